//! Patterns: model names, exact or with `*` for any text.

use memchr::memmem;

/// An exact name, or a pattern with `*` for any text, also empty. Case-sensitive, as model names are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// Text before the first `*`; the whole name where there is no `*`.
    start: String,
    /// Text after each `*`, in order; the last one ends the name. Empty where there is no `*`.
    pieces: Vec<String>,
}

impl Pattern {
    /// Parses a pattern. Every text is valid; `*` has no escape, since no provider has it in a model's name.
    pub fn new(written: &str) -> Self {
        let mut pieces = written.split('*').map(str::to_owned);
        let start = pieces.next().unwrap_or_default();
        Self { start, pieces: pieces.collect() }
    }

    /// Reports whether a name matches. One walk over the name, for any number of `*`: the leftmost match of a piece
    /// leaves the most room for the pieces after it, so nothing is ever tried twice.
    pub fn matches(&self, name: &str) -> bool {
        let Some((end, middle)) = self.pieces.split_last() else {
            return name == self.start;
        };
        let rest = name.strip_prefix(self.start.as_str());
        let Some(mut rest) = rest.and_then(|rest| rest.strip_suffix(end.as_str())).map(str::as_bytes) else {
            return false;
        };
        for piece in middle {
            let Some(at) = memmem::find(rest, piece.as_bytes()) else {
                return false;
            };
            rest = rest.get(at + piece.len()..).unwrap_or_default();
        }
        true
    }
}
