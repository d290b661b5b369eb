//! Search of the inside of a JSON string as written.
//!
//! Most escapes are line breaks, tabs and quotes, which no value but a private key contains: they are the borders of
//! lines. A line with a candidate and without other escapes is searched as written. The caller decodes the others, and
//! the whole string where a word far before a value decides, or where a private key begins.

use super::lines::lines_around;
use super::redactor::{Finding, Redactor, Search};
use std::cell::Cell;
use std::ops::{ControlFlow, Range};

/// Search of one string.
#[derive(Debug)]
pub struct RawSearch<'a> {
    raw: &'a str,
    /// The start, or the backslash of a border; what lies before it is done.
    done: usize,
}

/// Next step of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RawStep {
    /// Nothing: the string is searched.
    Done,
    /// Lines have to be decoded and searched by [`Redactor::find_in_lines`].
    Decode(Range<usize>),
    /// The whole string has to be decoded and searched by [`Redactor::find`]; findings made so far do not count.
    Unclear,
}

impl<'a> RawSearch<'a> {
    /// Starts before the first byte. `raw` has the escapes of JSON.
    pub const fn new(raw: &'a str) -> Self {
        Self { raw, done: 0 }
    }

    /// Appends the findings in the next lines that need not be decoded, as ranges of the string.
    pub fn go_on(&mut self, redactor: &Redactor, findings: &mut Vec<Finding>) -> RawStep {
        if self.done >= self.raw.len() || redactor.kinds().is_empty() {
            return RawStep::Done;
        }
        let unclear = Cell::new(false);
        let mut search = Search::of_raw(self.raw, self.done, redactor, &unclear, findings);
        let stopped = search.run();
        let border = search.border();
        match stopped {
            _ if unclear.get() => RawStep::Unclear,
            ControlFlow::Continue(()) => {
                self.done = self.raw.len();
                RawStep::Done
            }
            ControlFlow::Break(at) => {
                let lines = lines_around(self.raw.as_bytes(), border, at);
                self.done = lines.end;
                RawStep::Decode(lines)
            }
        }
    }

    /// The text before some lines.
    pub fn before(&self, lines: &Range<usize>) -> &'a str {
        self.raw.get(..lines.start).unwrap_or_default()
    }
}
