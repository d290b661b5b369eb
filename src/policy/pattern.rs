//! Patterns: names of models, exact or with `*` for any text.

use memchr::memmem;

/// A name, or several by `*`, which stands for any text, also for none. Case-sensitive, as model names are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// What the name begins with: all of it where there is no `*`.
    start: String,
    /// What comes after each `*`, in order; the last one ends the name. Empty where there is no `*`.
    pieces: Vec<String>,
}

impl Pattern {
    /// Reads a pattern. Every text is one; there is no escape for `*`, which no provider has in a model's name.
    pub fn new(written: &str) -> Self {
        let mut pieces = written.split('*').map(str::to_owned);
        let start = pieces.next().unwrap_or_default();
        Self { start, pieces: pieces.collect() }
    }

    /// Whether a name fits. One walk over the name, however many `*` there are: the leftmost place of a piece leaves
    /// the most room for those after it, so nothing is ever tried twice.
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
