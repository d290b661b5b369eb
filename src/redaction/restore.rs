//! The way back: placeholders become the values they stand for, in whole texts and in texts that come in pieces.

use super::placeholder::LONGEST;
use super::table::Placeholders;
use memchr::{memchr_iter, memrchr};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// What becomes of a value where it is put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// It stays as it is.
    None,
    /// It goes into a string of JSON source, such as a tool call's arguments, and is escaped once. Placeholders in the
    /// source are expected as they were written: no known model or provider escapes brackets.
    Json,
}

/// A change of a text: what lies in the range, in bytes, becomes something else. Its `Debug` shows lengths only.
#[derive(Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// What goes; empty for an insertion.
    pub range: Range<usize>,
    /// What comes; empty for a removal.
    pub with: String,
}

impl fmt::Debug for TextEdit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TextEdit({:?} → {} bytes)", self.range, self.with.len())
    }
}

/// A text with edits made that are sorted and do not overlap.
pub fn apply<'t>(text: &'t str, edits: &[TextEdit]) -> Cow<'t, str> {
    if edits.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut edited = String::with_capacity(text.len());
    let mut done = 0;
    for edit in edits {
        edited.push_str(text.get(done..edit.range.start).unwrap_or_default());
        edited.push_str(&edit.with);
        done = edit.range.end;
    }
    edited.push_str(text.get(done..).unwrap_or_default());
    Cow::Owned(edited)
}

impl Placeholders {
    /// Appends an edit for every placeholder in a whole text that is of this table or can be opened. Others of the same
    /// shape stay.
    pub fn restore(&self, text: &str, escape: Escape, edits: &mut Vec<TextEdit>) {
        self.restore_from(text, 0, escape, edits);
    }

    /// A whole text with the values put back.
    pub fn restored<'t>(&self, text: &'t str, escape: Escape) -> Cow<'t, str> {
        let mut edits = Vec::new();
        self.restore(text, escape, &mut edits);
        apply(text, &edits)
    }

    /// Appends the edits for what lies behind `from`.
    fn restore_from(&self, text: &str, from: usize, escape: Escape, edits: &mut Vec<TextEdit>) {
        if !self.restores() {
            return;
        }
        let rest = text.as_bytes().get(from..).unwrap_or_default();
        for at in memchr_iter(b'[', rest).map(|at| from + at) {
            if let Some((value, length)) = text.get(at..).and_then(|rest| self.value_at(rest)) {
                edits.push(TextEdit { range: at..at + length, with: escape.write(&value) });
            }
        }
    }
}

/// What one channel of a stream holds back: the beginning of a placeholder whose end has not come yet. One per channel:
/// content, reasoning, and each tool call's arguments.
#[derive(Clone, Debug, Default)]
pub struct PendingText {
    text: String,
}

impl PendingText {
    /// Takes the next piece of the channel and appends the edits that make of it what goes on now. The end of the piece
    /// is removed and held when a placeholder of the table may begin there, unless this is the `last` piece; what was
    /// held before comes back in an edit at 0, as the value or as it was.
    pub fn push(&mut self, table: &Placeholders, text: &str, escape: Escape, last: bool, edits: &mut Vec<TextEdit>) {
        let Some(from) = self.go_on(table, text, escape, last, edits) else {
            return;
        };
        table.restore_from(text, from, escape, edits);
        let rest = text.get(from..).unwrap_or_default();
        let begins = memrchr(b'[', rest.as_bytes()).and_then(|at| rest.get(at..));
        if let Some(begins) = begins.filter(|begins| !last && table.has_beginning(begins)) {
            self.text.push_str(begins);
            edits.push(TextEdit { range: text.len() - begins.len()..text.len(), with: String::new() });
        }
    }

    /// Gives out what is still held, as text: no more of the channel will come.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Whether nothing is held.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Settles what is held, now that `text` follows it. From where in `text` on all is still to be done; `None` when the
    /// whole of it is held too.
    fn go_on(
        &mut self,
        table: &Placeholders,
        text: &str,
        escape: Escape,
        last: bool,
        edits: &mut Vec<TextEdit>,
    ) -> Option<usize> {
        if self.text.is_empty() {
            return Some(0);
        }
        let held = self.text.len();
        let mut joined = self.text.clone();
        joined.extend(text.chars().take(LONGEST).take_while(char::is_ascii));
        if let Some((value, length)) = table.value_at(&joined) {
            let used = length - held;
            edits.push(TextEdit { range: 0..used, with: escape.write(&value) });
            self.text.clear();
            return Some(used);
        }
        if !last && joined.len() == held + text.len() && table.has_beginning(&joined) {
            if !text.is_empty() {
                edits.push(TextEdit { range: 0..text.len(), with: String::new() });
            }
            self.text = joined;
            return None;
        }
        edits.push(TextEdit { range: 0..0, with: self.take() });
        Some(0)
    }
}

impl Escape {
    /// A value as it is put back.
    fn write(self, value: &str) -> String {
        match self {
            Self::None => value.to_owned(),
            Self::Json => json(value),
        }
    }
}

/// A value as the inside of a JSON string (RFC 8259, section 7).
fn json(value: &str) -> String {
    let mut source = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '"' => source.push_str("\\\""),
            '\\' => source.push_str("\\\\"),
            '\n' => source.push_str("\\n"),
            '\r' => source.push_str("\\r"),
            '\t' => source.push_str("\\t"),
            '\0'..='\u{1f}' => {
                let code = u32::from(letter);
                let digit = |nibble| char::from_digit(nibble, 16).unwrap_or('0');
                source.extend(['\\', 'u', '0', '0', digit(code >> 4), digit(code & 0xf)]);
            }
            _ => source.push(letter),
        }
    }
    source
}
