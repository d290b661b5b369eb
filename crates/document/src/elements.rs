//! Arrays whose elements are skipped and counted: numbers among them block by block.

use super::error::{JsonFault, JsonResult};
use super::numbers::Numbers;
use super::{Reader, ValueKind};

impl Reader<'_> {
    /// Skips an array and returns its number of elements.
    ///
    /// # Errors
    /// Not an array, or not JSON.
    pub fn length(&mut self) -> JsonResult<u32> {
        self.count_elements(&mut |reader, _| {
            reader.skip()?;
            Ok(true)
        })
    }

    /// Skips an array and returns its number of elements. Skips any other value and returns `None`.
    ///
    /// # Errors
    /// Not JSON.
    pub fn maybe_length(&mut self) -> JsonResult<Option<u32>> {
        if self.peek()? == ValueKind::Array {
            return self.length().map(Some);
        }
        self.stray()?;
        Ok(None)
    }

    /// Reads an array: skips its numbers and returns how many they are. `other` reads or skips exactly one value for
    /// the index of each other element.
    ///
    /// # Errors
    /// Not an array, or not JSON.
    pub fn count_numbers(&mut self, mut other: impl FnMut(&mut Self, u32) -> JsonResult) -> JsonResult<u32> {
        self.count_elements(&mut |reader, index| {
            let is_number = reader.peek()? == ValueKind::Number;
            if is_number { reader.skip() } else { other(reader, index) }?;
            Ok(is_number)
        })
    }

    /// Reads an array and returns the number of elements that count. `element` reads or skips exactly one value for
    /// each index, but not for every number, and returns whether it counts.
    fn count_elements(&mut self, element: &mut dyn FnMut(&mut Self, u32) -> JsonResult<bool>) -> JsonResult<u32> {
        self.open(b'[', JsonFault::NotAnArray)?;
        if self.closes(b']') {
            return Ok(0);
        }
        let (mut index, mut count) = (0_u32, 0_u32);
        loop {
            if index == FEW {
                let numbers = self.skip_numbers();
                index = index.saturating_add(numbers);
                count = count.saturating_add(numbers);
            }
            count = count.saturating_add(element(self, index)?.into());
            if !self.goes_on(b']')? {
                return Ok(count);
            }
            index = index.saturating_add(1);
        }
    }

    /// Skips numbers that are elements of an array, each with the comma behind it, and returns how many they are.
    /// Another element follows.
    fn skip_numbers(&mut self) -> u32 {
        let Numbers { count, length } = Numbers::of(self.bytes.get(self.at..).unwrap_or_default());
        self.at += length;
        count
    }
}

/// Elements of an array that are read one by one: in a short array, blocks would cost more than they save.
const FEW: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Document, JsonError};
    use proptest::prelude::*;

    /// Result of reading the array, and the offset behind it.
    type Outcome = (Result<u32, JsonError>, usize);

    /// Reads an array element by element.
    fn one_by_one(reader: &mut Reader<'_>, counts: fn(ValueKind) -> bool) -> JsonResult<u32> {
        let mut count = 0;
        reader.array(|reader, _| {
            let kind = reader.peek()?;
            match kind {
                ValueKind::Array => one_by_one(reader, counts).map(drop),
                _ => reader.skip(),
            }?;
            count += u32::from(counts(kind));
            Ok(())
        })?;
        Ok(count)
    }

    fn outcome(text: &str, is_strict: bool, read: impl FnOnce(&mut Reader<'_>) -> JsonResult<u32>) -> Outcome {
        let document = Document::new(text.as_bytes()).unwrap();
        let mut reader = if is_strict { Reader::strict(document) } else { Reader::new(document) };
        let result = read(&mut reader);
        let at = if result.is_ok() { reader.offset() } else { 0 };
        (result, at)
    }

    fn check(text: &str) {
        for is_strict in [false, true] {
            let all = outcome(text, is_strict, |reader| one_by_one(reader, |_| true));
            assert_eq!(outcome(text, is_strict, |reader| reader.length()), all, "{text}");
            let numbers = outcome(text, is_strict, |reader| one_by_one(reader, |kind| kind == ValueKind::Number));
            let counted = outcome(text, is_strict, |reader| reader.count_numbers(|reader, _| reader.skip()));
            assert_eq!(counted, numbers, "{text}");
        }
    }

    /// An array that is long enough for blocks, with a text in it at every alignment.
    fn check_within(text: &str) {
        for before in 0..=64 {
            check(&format!("[0,0,0,0,0,0,0,0,{}{text},{}1]", "7,".repeat(before / 2), " ".repeat(70 + before % 2)));
        }
    }

    #[test]
    fn numbers_are_counted_however_they_are_written() {
        for number in ["0", "-0", "10", "0.5", "-0.0625", "1e5", "1E+05", "-1.25e-7", "0e0", "NaN", "-Infinity"] {
            for space in ["", " ", "\n   ", "\r\n\t"] {
                check_within(number);
                check_within(&format!("{space}{number}{space}"));
                check_within(&format!("{number}{space},{space}{number}"));
            }
        }
        for number in ["00", "01", "-01", "-", "+1", ".5", "5.", "1..2", "1.2.3", "1e", "1e+", "1e5.2", "1e5e2", "1.e5"]
        {
            check_within(number);
        }
        for other in
            ["", ",", "1 2", "- 1", "1 .5", "1e 5", "1-2", "--1", "1e--1", "1-", "1+", "1E+-1", "1,,2", "\u{b}1"]
        {
            check_within(other);
        }
        for other in ["\"1\"", "[1,2]", "null", "{\"a\":[1]}", "é", "]", "1]", "}", "[[", "\u{0}"] {
            check_within(other);
        }
    }

    #[test]
    fn long_runs_of_one_class_keep_their_meaning_over_blocks() {
        for length in 1..200 {
            let (digits, spaces) = ("1".repeat(length), " ".repeat(length));
            for number in ["D", "0.D", "D.5", "1eD", "1e+D", "0D", "0.D.5", "1eD.5", "1eDe5", "DS", "SD", "DS1", "S,D"]
            {
                let number = number.replace('D', &digits).replace('S', &spaces);
                check(&format!("[0,0,0,0,0,0,0,0,0,{number},{}1]", " ".repeat(70)));
            }
        }
    }

    #[test]
    fn numbers_of_an_array_are_read_in_blocks() {
        let text = format!("[{}]", vec!["-0.0123456789"; 1000].join(", "));
        let document = Document::new(text.as_bytes()).unwrap();
        let mut reader = Reader::new(document);
        let mut called = 0;
        let count = reader.count_elements(&mut |reader, _| {
            called += 1;
            reader.skip().map(|()| true)
        });
        assert_eq!(count, Ok(1000));
        assert!(called < 20, "{called} one by one");
    }

    /// A number, well or badly written.
    fn number() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => any::<f32>().prop_map(|number| format!("{number}")),
            3 => any::<f64>().prop_map(|number| format!("{number:e}")),
            3 => any::<i64>().prop_map(|number| number.to_string()),
            2 => "-?(0|[1-9][0-9]{0,80})(\\.[0-9]{1,80})?([eE][+-]?[0-9]{1,70})?",
            1 => "[-+.eE0-9 ,\n]{0,6}",
        ]
    }

    fn separator() -> impl Strategy<Value = String> {
        prop_oneof![8 => Just(",".to_owned()), 4 => Just(", ".to_owned()), 1 => "[ \n\r\t]{0,9},[ \n\r\t]{0,90}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 2_000 } else { 20_000 }))]

        #[test]
        fn any_bytes_in_an_array_read_as_one_by_one(start in 0..70_usize, bytes in "[-+.eE0-9, \n\r\t\\]\\[\"aé]{0,300}") {
            check(&format!("[0,0,0,0,0,0,0,0,{}{bytes}]{}", " ".repeat(start), " ".repeat(64)));
        }

        #[test]
        fn any_numbers_in_an_array_read_as_one_by_one(
            elements in prop::collection::vec((number(), separator()), 0..40),
            change in prop::option::of((any::<prop::sample::Index>(), "[-+.eE0-9, \n\\]\\[n\"]")),
            cut in prop::option::of(any::<prop::sample::Index>()),
        ) {
            let body: String = elements.iter().flat_map(|(number, separator)| [number.as_str(), separator]).collect();
            let mut text = format!("[{body}0]{}", " ".repeat(64));
            if let Some((at, with)) = change {
                let at = at.index(text.len());
                text.replace_range(at..=at, &with);
            }
            if let Some(cut) = cut {
                text.truncate(cut.index(text.len()));
            }
            check(&text);
        }
    }
}
