//! Values of an expected type. A value of any other type is a stray and is skipped.

use super::{JsonResult, Key, Reader, Span, ValueKind};
use std::borrow::Cow;

impl<'a> Reader<'a> {
    /// Reads a string. Skips any other value and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_string(&mut self) -> JsonResult<Option<Span>> {
        if self.next_byte() == b'"' {
            return self.string_here().map(Some);
        }
        self.stray()?;
        Ok(None)
    }

    /// Reads a string's text. Skips any other value and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_text(&mut self) -> JsonResult<Option<Cow<'a, str>>> {
        Ok(self.maybe_string()?.map(|span| self.document().text(span)))
    }

    /// Reads a number that fits `T`. Skips any other value and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_number<T: std::str::FromStr>(&mut self) -> JsonResult<Option<T>> {
        if self.peek()? == ValueKind::Number {
            let span = self.number()?;
            return Ok(self.finite(span).and_then(|span| self.document().raw(span).parse().ok()));
        }
        self.stray()?;
        Ok(None)
    }

    /// Reads a count: a whole number, also written with a decimal point (`12.0`) or as a string, which is the form of
    /// protocol buffers in JSON (<https://protobuf.dev/programming-guides/json/>, read 2026-11-28). Rounds up: `1.2`
    /// seconds are 2. Skips any other value, including one below zero or above 2^53, and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_count(&mut self) -> JsonResult<Option<u64>> {
        match self.plain_count() {
            Some(count) => Ok(Some(count)),
            None => self.any_count(),
        }
    }

    /// Reads a count however it is written. Not inlined, so that a plain one needs none of its registers.
    #[inline(never)]
    fn any_count(&mut self) -> JsonResult<Option<u64>> {
        self.peek()?;
        let start = self.at;
        let Some(span) = self.scalar()? else {
            return Ok(None);
        };
        let text = self.document().raw(span);
        let whole = || {
            let value = text.parse::<f64>().ok()?.ceil();
            (0.0..=9_007_199_254_740_992.0).contains(&value).then_some(value as u64)
        };
        let count = text.parse().ok().or_else(whole);
        if count.is_none() {
            self.note_stray(start);
        }
        Ok(count)
    }

    /// Reads a count of few digits, which a comma or bracket follows directly. `None`: nothing is read.
    fn plain_count(&mut self) -> Option<u64> {
        self.next_byte();
        let rest = self.bytes.get(self.at..)?;
        // Many are 0.
        if let [digit @ b'0'..=b'9', b',' | b'}' | b']', ..] = rest {
            self.at += 1;
            return Some(u64::from(digit & 0xf));
        }
        let mut count = 0;
        for (length, byte) in rest.iter().enumerate().take(MOST_DIGITS + 1) {
            let digit = byte.wrapping_sub(b'0');
            if digit > 9 {
                let is_number = length == 1 || length > 1 && rest.first() != Some(&b'0');
                let ends = matches!(byte, b',' | b'}' | b']');
                self.at += if is_number && ends { length } else { 0 };
                return (is_number && ends).then_some(count);
            }
            count = count * 10 + u64::from(digit);
        }
        None
    }

    /// Reads a whole number, also written with a decimal point (`40.0`). Skips any other value and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_integer(&mut self) -> JsonResult<Option<i64>> {
        if self.peek()? != ValueKind::Number {
            self.stray()?;
            return Ok(None);
        }
        let span = self.number()?;
        let text = self.document().raw(span);
        let is_whole = |value: &f64| value.fract() == 0.0 && value.abs() <= 9_007_199_254_740_992.0;
        let whole = || text.parse::<f64>().ok().filter(is_whole).map(|value| value as i64);
        Ok(text.parse().ok().or_else(whole))
    }

    /// Reads a string or a number. Skips any other value, including a number that is not finite (`NaN`), and returns
    /// `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn scalar(&mut self) -> JsonResult<Option<Span>> {
        match self.peek()? {
            ValueKind::String => self.string().map(Some),
            ValueKind::Number => self.number().map(|span| self.finite(span)),
            _ => self.stray().map(|()| None),
        }
    }

    /// Reads `true` or `false`. Skips any other value and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_bool(&mut self) -> JsonResult<Option<bool>> {
        let first = self.next_byte();
        self.stray()?;
        Ok(matches!(first, b't' | b'f').then_some(first == b't'))
    }

    /// Reads an object as [`object`](Self::object) does. Skips any other value and returns `false`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_object(&mut self, member: impl FnMut(&mut Self, Key<'_>) -> JsonResult) -> JsonResult<bool> {
        let is_object = self.next_byte() == b'{';
        if is_object { self.object(member) } else { self.stray() }?;
        Ok(is_object)
    }

    /// Reads an array as [`array`](Self::array) does. Skips any other value and returns `false`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_array(&mut self, element: impl FnMut(&mut Self, u32) -> JsonResult) -> JsonResult<bool> {
        let is_array = self.next_byte() == b'[';
        if is_array { self.array(element) } else { self.stray() }?;
        Ok(is_array)
    }

    /// Returns the span of a finite number; `None` for `NaN` and the infinities.
    fn finite(&self, span: Span) -> Option<Span> {
        self.document().raw(span).as_bytes().last().is_some_and(u8::is_ascii_digit).then_some(span)
    }
}

/// Number of digits that are read without regard to the size of 64 bits.
const MOST_DIGITS: usize = 18;

#[cfg(test)]
mod tests {
    use super::super::Document;
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_plain_count_is_read_as_any_other(text in "[ \n]?(0|[1-9][0-9]{0,20}|[0-9.e\"x-]{0,6})[,}\\] ]?") {
            let document = Document::new(text.as_bytes()).unwrap();
            let (mut quick, mut slow) = (Reader::new(document), Reader::new(document));
            prop_assert_eq!(quick.maybe_count(), slow.any_count());
            prop_assert_eq!(quick.at, slow.at);
        }
    }
}
