//! Reading of strings. Most are short and have no escapes: the instructions for these stand where they are read.

use super::error::{JsonFault, JsonResult};
use super::plain::{plain_length, special};
use super::{Reader, Span};
use tollgate_blocks::{Lanes, within};

impl<'a> Reader<'a> {
    /// Reads a string.
    ///
    /// # Errors
    /// Not a string, or not JSON.
    pub fn string(&mut self) -> JsonResult<Span> {
        if self.next_byte() != b'"' {
            return self.wrong(JsonFault::NotAString);
        }
        self.string_here()
    }

    /// Reads the string whose opening quote is the current byte.
    #[inline(always)]
    pub(super) fn string_here(&mut self) -> JsonResult<Span> {
        let start = self.at + 1;
        let escaped = self.pass_string()?;
        Ok(self.span_of_string(start, escaped))
    }

    /// Passes the string whose opening quote is the current byte. Returns whether it has escapes: a span in a result is
    /// taken apart byte by byte.
    #[inline(always)]
    pub(super) fn pass_string(&mut self) -> JsonResult<bool> {
        let start = self.at + 1;
        let escaped = match short_length(self.bytes.get(start..).unwrap_or_default()) {
            Some(length) => {
                self.at = start + length;
                false
            }
            None => self.long_string(start)?,
        };
        self.at += 1;
        Ok(escaped)
    }

    /// Reads the name whose opening quote is the current byte, as [`pass_string`](Self::pass_string) does, and returns it as
    /// written.
    #[inline(always)]
    pub(super) fn name_here(&mut self) -> JsonResult<(&'a str, bool)> {
        let start = self.at + 1;
        let rest = self.document().as_str().get(start..).unwrap_or_default();
        match short_length(rest.as_bytes()) {
            Some(length) => {
                self.at = start + length + 1;
                if self.strays.is_some() && !is_plain_name(rest.as_bytes(), length) {
                    self.note_name(rest.get(..length).unwrap_or_default(), self.span_of_string(start, false));
                }
                Ok((rest.get(..length).unwrap_or_default(), false))
            }
            None => self.long_name(start),
        }
    }

    #[inline(never)]
    fn long_name(&mut self, start: usize) -> JsonResult<(&'a str, bool)> {
        let escaped = self.long_string(start)?;
        self.at += 1;
        let span = self.span_of_string(start, escaped);
        let raw = self.document().raw(span);
        if self.strays.is_some() {
            self.note_name(raw, span);
        }
        Ok((raw, escaped))
    }

    /// Span of the string that was just passed and whose text begins at `start`.
    #[inline(always)]
    pub(super) fn span_of_string(&self, start: usize, escaped: bool) -> Span {
        // Offsets fit: `Document::new` refuses a longer text.
        Span { start: start as u32, end: (self.at - 1) as u32, escaped }
    }

    /// Reads a string of any length, whose text begins at `start`, to its closing quote. Returns whether it has escapes.
    #[inline(never)]
    fn long_string(&mut self, start: usize) -> JsonResult<bool> {
        let mut escaped = false;
        self.at = start;
        loop {
            self.at += plain_length(self.bytes.get(self.at..).unwrap_or_default());
            match self.bytes.get(self.at) {
                Some(b'"') => return Ok(escaped),
                Some(b'\\') => {
                    escaped = true;
                    self.escape()?;
                }
                _ => return self.wrong(JsonFault::ControlCharacter),
            }
        }
    }

    /// Checks and skips the escape at the current backslash.
    fn escape(&mut self) -> JsonResult {
        let length = match self.bytes.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => 2,
            Some(b'u') => {
                let digits = self.bytes.get(self.at + 2..self.at + 6).unwrap_or_default();
                if digits.len() < 4 || !digits.iter().all(u8::is_ascii_hexdigit) {
                    return self.wrong(JsonFault::NoSuchEscape);
                }
                6
            }
            _ => return self.wrong(JsonFault::NoSuchEscape),
        };
        self.at += length;
        Ok(())
    }
}

/// Returns the length of a string that ends within its first bytes and has no escape; `None` for any other.
#[inline(always)]
fn short_length(rest: &[u8]) -> Option<usize> {
    let (blocks, _) = rest.as_chunks();
    let mut at = 0;
    for block in blocks.iter().take(SHORT_BLOCKS) {
        let special = special(Lanes::new(*block)).to_bitmask();
        if special != 0 {
            at += special.trailing_zeros() as usize;
            return (rest.get(at) == Some(&b'"')).then_some(at);
        }
        at += block.len();
    }
    None
}

/// Number of blocks of a string in which its end is looked for first.
const SHORT_BLOCKS: usize = 2;

/// Matches names of a few small letters and underscores, which most are. Such a name is a word.
#[inline(always)]
fn is_plain_name(rest: &[u8], length: usize) -> bool {
    let letters = |block: &[u8; 16]| {
        let lanes = Lanes::new(*block);
        within(lanes, b'a', 26) | within(lanes, b'_', 1)
    };
    length <= 16 && rest.first_chunk().is_some_and(|block| letters(block).to_bitmask() | u32::MAX << length == u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;
    use proptest::prelude::*;

    /// Reads a string from its first byte, by the way of long ones or by that of all.
    fn read(text: &[u8], is_long: bool) -> JsonResult<Span> {
        let mut reader = Reader::new(Document::new(text)?);
        let span = if is_long {
            let escaped = reader.long_string(1)?;
            reader.at += 1;
            Span { start: 1, end: reader.at as u32 - 1, escaped }
        } else {
            reader.string()?
        };
        assert_eq!(reader.at, span.end as usize + 1);
        Ok(span)
    }

    #[test]
    fn every_byte_at_every_place_of_a_short_string_is_read_as_in_a_long_one() {
        for byte in 0..0x80 {
            for place in 1..40 {
                let mut text = [b'~'; 48];
                (text[0], text[40], text[place]) = (b'"', b'"', byte);
                assert_eq!(read(&text, false), read(&text, true), "{byte} at {place}");
            }
        }
    }

    #[test]
    fn a_plain_name_is_a_word() {
        for byte in 0..0x80 {
            for length in 0..20 {
                for place in 0..20 {
                    let mut text = [b'z'; 40];
                    text[place] = byte;
                    let is_plain = text.iter().take(length).all(|byte| byte.is_ascii_lowercase() || *byte == b'_');
                    assert_eq!(is_plain_name(&text, length), is_plain && length <= 16, "{byte} at {place} of {length}");
                    let name = std::str::from_utf8(&text[..length]).unwrap();
                    assert!(!is_plain_name(&text, length) || super::super::is_word(name), "{name}");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn strings_are_read_alike_whatever_their_length(inside in "[a-z\"\\\\!é \u{1}-\u{ff}]{0,48}", behind in "[,}\" ]{0,9}") {
            let text = format!("\"{inside}\"{behind}");
            prop_assert_eq!(read(text.as_bytes(), false), read(text.as_bytes(), true));
        }
    }
}
