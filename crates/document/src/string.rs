//! Reading of strings. Most are short and have no escapes: the instructions for these stand where they are read.

use super::error::{JsonFault, JsonResult};
use super::plain::plain_length;
use super::{Reader, Span};

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
                Ok((rest.get(..length).unwrap_or_default(), false))
            }
            None => self.long_name(start),
        }
    }

    #[inline(never)]
    fn long_name(&mut self, start: usize) -> JsonResult<(&'a str, bool)> {
        let escaped = self.long_string(start)?;
        self.at += 1;
        Ok((self.document().raw(self.span_of_string(start, escaped)), escaped))
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
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
fn short_length(rest: &[u8]) -> Option<usize> {
    let (words, _) = rest.as_chunks();
    let mut at = 0;
    for word in words.iter().take(SHORT_WORDS) {
        let special = special_in(u64::from_le_bytes(*word));
        if special != 0 {
            at += (special.trailing_zeros() / u8::BITS) as usize;
            return (rest.get(at) == Some(&b'"')).then_some(at);
        }
        at += word.len();
    }
    None
}

/// Returns the length of a string without escapes; `None` for any other. Vector instructions are as quick for short ones.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
fn short_length(rest: &[u8]) -> Option<usize> {
    let length = plain_length(rest);
    (rest.get(length) == Some(&b'"')).then_some(length)
}

/// Sets the highest bit of the word's first quote, backslash or control character. Bytes behind it may be marked too: a
/// subtraction borrows from them.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
const fn special_in(word: u64) -> u64 {
    // With bit 1 flipped a quote is 0x20, next to the control characters.
    let low = (word ^ u64::from_le_bytes([2; 8])).wrapping_sub(u64::from_le_bytes([0x21; 8]));
    let backslash = (word ^ u64::from_le_bytes([b'\\'; 8])).wrapping_sub(u64::from_le_bytes([1; 8]));
    (low | backslash) & !word & u64::from_le_bytes([0x80; 8])
}

/// Number of words of a string in which its end is looked for first.
#[cfg(not(target_arch = "wasm32"))]
const SHORT_WORDS: usize = 4;

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

    proptest! {
        #[test]
        fn strings_are_read_alike_whatever_their_length(inside in "[a-z\"\\\\!é \u{1}-\u{ff}]{0,48}", behind in "[,}\" ]{0,9}") {
            let text = format!("\"{inside}\"{behind}");
            prop_assert_eq!(read(text.as_bytes(), false), read(text.as_bytes(), true));
        }
    }
}
