//! Decoded text of a JSON string, with the way back to its source.

use super::escape::escape_at;
use super::{Document, Span, locate};
use std::ops::Range;

/// Decoded text of one string at a time. Its memory is used again for the next one.
#[derive(Debug, Default)]
pub struct Unescaped {
    text: String,
    /// Offsets in the text, each with that in the source, ascending. Between two neighbors is no escape, or there are at
    /// most some [`STRIDE`]s of source.
    anchors: Vec<(usize, usize)>,
}

/// Length of a part without escapes that is not read again to find an offset in it, in bytes.
const STRIDE: usize = 128;

impl Unescaped {
    /// Returns the text at a span; a copy only where it has escapes.
    pub fn text<'t>(&'t mut self, document: Document<'t>, span: Span) -> &'t str {
        let raw = document.raw(span);
        if span.escaped { self.decode(raw) } else { raw }
    }

    /// The text last decoded.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn decode(&mut self, raw: &str) -> &str {
        self.text.clear();
        self.text.reserve(raw.len());
        self.anchors.clear();
        let mut rest = raw;
        while let Some(at) = memchr::memchr(b'\\', rest.as_bytes()) {
            let (plain, escape) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.push_plain(plain, raw.len() - rest.len());
            let (decoded, used) = escape_at(escape);
            self.text.push(decoded);
            rest = escape.get(used..).unwrap_or_default();
        }
        self.push_plain(rest, raw.len() - rest.len());
        self.anchors.push((self.text.len(), raw.len()));
        &self.text
    }

    /// Appends a part without escapes that begins at `source`.
    fn push_plain(&mut self, plain: &str, source: usize) {
        let text = self.text.len();
        self.text.push_str(plain);
        let known = self.anchors.last().map_or(0, |(_, source)| *source);
        if plain.len() >= STRIDE {
            self.anchors.extend([(text, source), (text + plain.len(), source + plain.len())]);
        } else if source - known >= STRIDE {
            self.anchors.push((text, source));
        }
    }

    /// Maps a range of the text last decoded to a range of its source. The range must lie between characters.
    pub fn locate(&self, raw: &str, range: Range<usize>) -> Range<usize> {
        self.source_of(raw, range.start)..self.source_of(raw, range.end)
    }

    fn source_of(&self, raw: &str, offset: usize) -> usize {
        let next = self.anchors.partition_point(|(text, _)| *text <= offset);
        let (text, source) = next.checked_sub(1).and_then(|at| self.anchors.get(at)).copied().unwrap_or_default();
        let is_plain = self.anchors.get(next).is_none_or(|(end, behind)| end - text == behind - source);
        let mut offsets = [offset - text];
        if !is_plain {
            locate(raw.get(source..).unwrap_or_default(), &mut offsets);
        }
        source + offsets.first().copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Reader, unescape};
    use proptest::prelude::*;

    /// A string's source: plain parts, short and long, and escapes of every kind.
    fn source() -> impl Strategy<Value = String> {
        let escapes = prop::sample::select(vec![
            "\\n",
            "\\\"",
            "\\\\",
            "\\/",
            "\\u0040",
            "\\u00e9",
            "\\ud83d\\ude00",
            "\\ud83d",
            "\\ude00",
            "\\u0000",
        ]);
        let piece = prop_oneof![3 => escapes.prop_map(str::to_owned), 2 => "[a-z é😀]{0,5}", 1 => "[a-z é]{100,200}"];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn texts_and_ranges_are_those_of_the_plain_functions(sources in prop::collection::vec(source(), 1..4)) {
            let mut unescaped = Unescaped::default();
            for raw in sources {
                let quoted = format!("\"{raw}\"");
                let document = Document::new(quoted.as_bytes()).unwrap();
                let span = Reader::new(document).string().unwrap();
                let text = unescaped.text(document, span).to_owned();
                prop_assert_eq!(&text, &unescape(&raw));
                let places: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
                for (from, to) in places.iter().zip(places.iter().skip(7)) {
                    let mut offsets = [*from, *to];
                    locate(&raw, &mut offsets);
                    if span.escaped {
                        prop_assert_eq!(unescaped.locate(&raw, *from..*to), offsets[0]..offsets[1]);
                    }
                }
            }
        }
    }
}
