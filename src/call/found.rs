//! The values found in a request's document.

use crate::document::{Document, Edits, JsonResult, Reader, Scalar, Span, Unescaped};
use crate::model::{TextKind, TextSpan};
use crate::redaction::{Finding, Kind, Placeholders, RawSearch, RawStep, Redactor};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use std::ops::Range;

/// The values found in a document.
#[derive(Default)]
pub(super) struct Found {
    values: Vec<LocatedValue>,
    /// Texts of values that are written with escapes, one after another.
    texts: String,
    /// Findings in one text.
    findings: Vec<Finding>,
    /// A text with escapes.
    decoded: Unescaped,
    /// A string of JSON within a text.
    inner: Unescaped,
}

/// A value to replace.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LocatedValue {
    /// Its range, first within a text, finally within the document.
    place: Range<usize>,
    kind: Kind,
    /// Range of its text in [`Found::texts`]; empty when it is written without escapes.
    text: Range<usize>,
    quotes: Quotes,
}

/// Quotes around the placeholder of a number, which has to become a string.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    None,
    /// In a document.
    Plain,
    /// In JSON within a text.
    Escaped,
}

impl Quotes {
    const fn text(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Plain => "\"",
            Self::Escaped => "\\\"",
        }
    }
}

/// Number of values for which memory is taken at first: most requests have fewer.
const USUAL: usize = 8;

impl Found {
    /// Appends the values in a text of the document, and records the placeholders in it: look-alikes must stay distinct
    /// from new ones, wherever they are.
    pub(super) fn find_in_leaf(
        &mut self,
        document: Document<'_>,
        leaf: &TextSpan,
        redactor: &Redactor,
        table: &mut Placeholders,
    ) {
        let is_decoded = !leaf.span.escaped || is_special(leaf.place) || may_be_json(document.raw(leaf.span));
        if !is_decoded && self.find_in_raw(document, leaf.span, redactor, table) {
            return;
        }
        self.find_decoded(document, leaf, redactor, table);
    }

    /// Decodes a text and appends the values in it.
    fn find_decoded(&mut self, document: Document<'_>, leaf: &TextSpan, redactor: &Redactor, table: &mut Placeholders) {
        let mut decoded = std::mem::take(&mut self.decoded);
        let text = decoded.text(document, leaf.span);
        table.reserve(text);
        // A provider accepts signed text only unchanged, placeholders included.
        if leaf.place != TextKind::SignedReasoning {
            let first = self.values.len();
            self.find_in_text(text, leaf.place, redactor);
            self.locate(first, document, leaf.span, &decoded);
        }
        self.decoded = decoded;
    }

    /// Appends the values in a string, of which only lines with other escapes than line breaks and quotes are decoded.
    /// Reports whether they are certain.
    fn find_in_raw(
        &mut self,
        document: Document<'_>,
        span: Span,
        redactor: &Redactor,
        table: &mut Placeholders,
    ) -> bool {
        let (values, texts) = (self.values.len(), self.texts.len());
        let mut search = RawSearch::new(document.raw(span));
        loop {
            let first = self.values.len();
            let step = search.go_on(redactor, &mut self.findings);
            self.take_findings();
            self.shift(first, span.start as usize);
            let is_certain = match step {
                RawStep::Done => {
                    table.reserve(document.raw(span));
                    return true;
                }
                RawStep::Decode(lines) => {
                    let before = search.before(&lines);
                    self.find_in_lines(document, part(span, &lines), before, redactor, table)
                }
                RawStep::Unclear => false,
            };
            if !is_certain {
                self.values.truncate(values);
                self.texts.truncate(texts);
                return false;
            }
        }
    }

    /// Decodes lines of a string and appends the values in them. Reports whether they are certain.
    fn find_in_lines(
        &mut self,
        document: Document<'_>,
        lines: Span,
        before: &str,
        redactor: &Redactor,
        table: &mut Placeholders,
    ) -> bool {
        let mut decoded = std::mem::take(&mut self.decoded);
        let text = decoded.text(document, lines);
        table.reserve(text);
        let first = self.values.len();
        let is_certain = redactor.find_in_lines(text, before, &mut self.findings);
        self.take_findings();
        self.locate(first, document, lines, &decoded);
        self.decoded = decoded;
        is_certain
    }

    /// Appends the values in a text, with places relative to it.
    fn find_in_text(&mut self, text: &str, place: TextKind, redactor: &Redactor) {
        match place {
            TextKind::ArgumentNumber => self.find_number(text, 0, Quotes::Plain, redactor),
            // Base64, searched after decoding.
            TextKind::Encoded if STANDARD.decode(text).is_ok() => {}
            // Any text may be JSON: other programs write JSON texts too.
            _ if looks_like_json(text) => {
                let (values, texts) = (self.values.len(), self.texts.len());
                if self.find_in_json(text, redactor).is_err() {
                    self.values.truncate(values);
                    self.texts.truncate(texts);
                    self.find(text, redactor);
                }
            }
            _ => self.find(text, redactor),
        }
    }

    fn find_in_json(&mut self, text: &str, redactor: &Redactor) -> JsonResult {
        let document = Document::new(text.as_bytes())?;
        let mut reader = Reader::new(document);
        let mut inner = std::mem::take(&mut self.inner);
        reader.scalars(&mut |part| match part {
            Scalar::Key(span) | Scalar::String(span) => {
                let first = self.values.len();
                self.find(inner.text(document, span), redactor);
                self.locate(first, document, span, &inner);
            }
            Scalar::Number(span) => {
                self.find_number(document.raw(span), span.start as usize, Quotes::Escaped, redactor);
            }
        })?;
        self.inner = inner;
        reader.finish()
    }

    /// Appends the findings in a text, with places relative to it.
    fn find(&mut self, text: &str, redactor: &Redactor) {
        redactor.find(text, &mut self.findings);
        self.take_findings();
    }

    /// Appends the findings just made as values.
    fn take_findings(&mut self) {
        if self.values.capacity() == 0 && !self.findings.is_empty() {
            self.values.reserve(USUAL);
        }
        let values = self.findings.drain(..);
        self.values.extend(values.map(|Finding { range, kind }| LocatedValue {
            place: range,
            kind,
            text: 0..0,
            quotes: Quotes::None,
        }));
    }

    /// Appends a number that is personal as a whole: a card number written without quotes.
    fn find_number(&mut self, raw: &str, start: usize, quotes: Quotes, redactor: &Redactor) {
        let values = self.values.len();
        self.find(raw, redactor);
        let found = self.values.drain(values..).find(|found| found.place == (0..raw.len()));
        if let Some(found) = found {
            self.values.push(LocatedValue { place: start..start + raw.len(), quotes, ..found });
        }
    }

    /// Maps the places from the value `first` on, in a span's text, to places in the document.
    fn locate(&mut self, first: usize, document: Document<'_>, span: Span, decoded: &Unescaped) {
        if span.escaped {
            let raw = document.raw(span);
            for LocatedValue { place, text, .. } in self.values.iter_mut().skip(first) {
                if Range::is_empty(text) {
                    let start = self.texts.len();
                    self.texts.push_str(decoded.as_str().get(place.clone()).unwrap_or_default());
                    *text = start..self.texts.len();
                }
                *place = decoded.locate(raw, place.clone());
            }
        }
        self.shift(first, span.start as usize);
    }

    /// Moves the places from the value `first` on.
    fn shift(&mut self, first: usize, by: usize) {
        for LocatedValue { place, .. } in self.values.iter_mut().skip(first) {
            *place = by + place.start..by + place.end;
        }
    }

    /// Replaces all values by placeholders.
    pub(super) fn replace(&self, document: Document<'_>, table: &mut Placeholders, edits: &mut Edits) {
        for LocatedValue { place, kind, text, quotes } in &self.values {
            let text =
                if text.is_empty() { document.as_str().get(place.clone()) } else { self.texts.get(text.clone()) };
            edits.replace_by(place.clone(), |with| {
                with.push_str(quotes.text());
                table.write_placeholder(*kind, text.unwrap_or_default(), with);
                with.push_str(quotes.text());
            });
        }
    }
}

/// Matches texts that are not searched as texts.
const fn is_special(place: TextKind) -> bool {
    matches!(place, TextKind::ArgumentNumber | TextKind::Encoded | TextKind::SignedReasoning)
}

/// Matches texts that look like JSON: escapes in its strings would hide values.
fn looks_like_json(text: &str) -> bool {
    matches!(text.trim_ascii_start().as_bytes(), [b'{' | b'[' | b'"', ..])
}

/// Matches strings whose text may look like JSON.
fn may_be_json(raw: &str) -> bool {
    let space =
        |rest: &str| ["\\n", "\\r", "\\t", "\\f"].iter().find_map(|escape| Some(rest.strip_prefix(escape)?.len()));
    let mut rest = raw.trim_start();
    while let Some(left) = space(rest) {
        rest = rest.get(rest.len() - left..).unwrap_or_default().trim_start();
    }
    // Brackets and spaces may be written as `\u005b`.
    looks_like_json(rest) || rest.starts_with("\\\"") || rest.starts_with("\\u")
}

/// Span of a part of a string.
fn part(span: Span, range: &Range<usize>) -> Span {
    let offset = |at: usize| span.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX)).min(span.end);
    Span { start: offset(range.start), end: offset(range.end), escaped: true }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redaction::Kinds;
    use proptest::prelude::*;
    use proptest::sample::select;

    /// Values, what is similar to them, and what stands beside them.
    fn piece() -> impl Strategy<Value = String> {
        let values = select(vec![
            "4111 1111 1111 1111",
            "3782-822463-10005",
            "DE89370400440532013000",
            "GB82 WEST 1234 5698 7654 32",
            "536-22-8791",
            "536228791",
            "415-555-0132",
            "415 555 0132",
            "(415) 555-0132",
            "+1 415-555-0132",
            "0049 30 901820",
            "192.0.2.33",
            "2001:db8::1",
            "fe80::1:2%eth0",
            "a@b.example",
            "josé@example.es",
            "用户@例子.广告",
            "npm_abcdefghijklmnopqrABCDEFGHIJKLMNOPQRST",
            "sk-abcdefghABCDEF12345678",
            "AKIAIOSFODNN7EXAMPLE",
            "-----BEGIN PRIVATE KEY-----",
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSj",
            "-----END PRIVATE KEY-----",
            "[EMAIL_7]",
            "[PHONE_1234567890]",
        ]);
        let marks = select(vec![
            "\n",
            "\n\n",
            "\t",
            "\r\n",
            "\"",
            "\\",
            "/",
            "\u{8}",
            "\u{c}",
            "\0",
            " ",
            "-",
            ".",
            ":",
            "::",
            "@",
            "+",
            "(",
            ")",
            "_",
            ",",
            "[",
            "]",
            "é",
            "\u{a0}",
            "\u{2013}",
            "😀",
            "n",
            "u",
            "\\n",
            "\\u00e9",
            "pm_",
            "ssn ",
            "SSN:\n",
            "version ",
            "version\n",
            "tel",
            "phone: ",
            "{",
            "[1, ",
            "                                                              ",
        ]);
        prop_oneof![4 => values.prop_map(str::to_owned), 4 => marks.prop_map(str::to_owned), 1 => "[0-9]{1,9}", 1 => "[a-zA-Z]{1,9}", 1 => "[a-z \n]{80,300}"]
    }

    /// A string as written: every character plainly, by its short escape, or by its number; and halves of pairs.
    fn raw() -> impl Strategy<Value = String> {
        let numbered = prop_oneof![8 => Just(0), 1 => any::<u64>(), 1 => (0..64_u32).prop_map(|at| 1 << at)];
        let written = (piece(), numbered, any::<bool>()).prop_map(|(text, numbered, is_short)| {
            let mut raw = String::new();
            for (index, letter) in text.chars().enumerate() {
                if numbered >> (index % 64) & 1 == 1 {
                    letter.encode_utf16(&mut [0; 2]).iter().for_each(|unit| raw.push_str(&format!("\\u{unit:04x}")));
                } else {
                    match letter {
                        '/' if is_short => raw.push_str("\\/"),
                        '\u{8}' if is_short => raw.push_str("\\b"),
                        '\u{c}' if is_short => raw.push_str("\\f"),
                        _ => crate::document::escape_into(letter.encode_utf8(&mut [0; 4]), &mut raw),
                    }
                }
            }
            raw
        });
        let half = select(vec!["\\ud83d", "\\ude00", "\\u0000"]).prop_map(str::to_owned);
        prop::collection::vec(prop_oneof![12 => written, 1 => half], 0..24).prop_map(|pieces| pieces.concat())
    }

    /// Kinds, places and texts of values, and the placeholders that come after those in the text.
    type Outcome = (Vec<(Kind, Range<usize>, String)>, Vec<String>);

    fn outcome(found: &Found, document: Document<'_>, mut table: Placeholders) -> Outcome {
        let text = |value: &LocatedValue| match &value.text {
            text if text.is_empty() => document.as_str().get(value.place.clone()).unwrap().to_owned(),
            text => found.texts.get(text.clone()).unwrap().to_owned(),
        };
        let values = found.values.iter().map(|value| (value.kind, value.place.clone(), text(value)));
        (values.collect(), Kind::ALL.map(|kind| table.placeholder_for(kind, "x")).to_vec())
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_string_searched_as_written_has_the_values_of_its_decoded_text(raw in raw()) {
            let quoted = format!("\"{raw}\"");
            let document = Document::new(quoted.as_bytes()).unwrap();
            let span = Reader::new(document).string().unwrap();
            let leaf = TextSpan { span, place: TextKind::Text, role: None, message: None, call: None };
            let redactor = Redactor::new(Kinds::ALL);
            let (mut quick, mut slow) = (Found::default(), Found::default());
            let (mut table, mut expected) = (Placeholders::default(), Placeholders::default());
            quick.find_in_leaf(document, &leaf, &redactor, &mut table);
            slow.find_decoded(document, &leaf, &redactor, &mut expected);
            prop_assert_eq!(outcome(&quick, document, table), outcome(&slow, document, expected));
        }
    }

    #[test]
    fn usual_strings_are_not_decoded_as_a_whole() {
        for raw in
            ["a\\nb@c.example\\n", "\\\"b@c.example\\\"", "\\u00e9\\nb@c.example\\n\\\\", "log:\\n192.0.2.33 - -\\n"]
        {
            let quoted = format!("\"{raw}\"");
            let document = Document::new(quoted.as_bytes()).unwrap();
            let span = Reader::new(document).string().unwrap();
            let mut found = Found::default();
            assert!(
                found.find_in_raw(document, span, &Redactor::new(Kinds::ALL), &mut Placeholders::default()),
                "{raw}"
            );
            assert_eq!(found.values.len(), 1, "{raw}");
        }
    }
}
