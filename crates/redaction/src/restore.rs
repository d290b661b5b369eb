//! Restoring: replaces placeholders by their values, in whole texts and in texts that arrive in pieces.

use super::placeholder::LONGEST;
use super::table::Placeholders;
use memchr::{memchr_iter, memrchr};
use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

/// Escaping of restored values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escape {
    /// None.
    None,
    /// Escapes the value once, for a string of JSON source, such as a tool call's arguments. Placeholders in the source
    /// are expected unescaped: no known model or provider escapes brackets.
    Json,
}

/// Replacement of a byte range of a text. Its `Debug` shows lengths only.
#[derive(Clone, PartialEq, Eq)]
pub struct TextEdit {
    /// Replaced range; empty for an insertion.
    pub range: Range<usize>,
    /// Replacement; empty for a removal.
    pub with: String,
}

impl fmt::Debug for TextEdit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "TextEdit({:?} → {} bytes)", self.range, self.with.len())
    }
}

/// Returns the edited text. The edits must be sorted and must not overlap.
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
    /// Appends an edit for every placeholder in a whole text that is in this table or can be opened. Others of the same
    /// form stay.
    pub fn restore(&self, text: &str, escape: Escape, edits: &mut Vec<TextEdit>) {
        self.restore_from(text, 0, escape, edits);
    }

    /// Restores the values in a whole text.
    pub fn restored<'t>(&self, text: &'t str, escape: Escape) -> Cow<'t, str> {
        let mut edits = Vec::new();
        self.restore(text, escape, &mut edits);
        apply(text, &edits)
    }

    /// Appends the edits for the text from `from` on.
    fn restore_from(&self, text: &str, from: usize, escape: Escape, edits: &mut Vec<TextEdit>) {
        let rest = text.get(from..).unwrap_or_default();
        self.each_placeholder(rest, |range, value| {
            edits.push(TextEdit { range: from + range.start..from + range.end, with: escape.write(value) });
        });
    }

    /// Passes the range and the value of every placeholder in a whole text to `each`, in order.
    pub fn each_placeholder(&self, text: &str, mut each: impl FnMut(Range<usize>, &str)) {
        if !self.restores() {
            return;
        }
        for at in memchr_iter(b'[', text.as_bytes()) {
            if let Some((value, length)) = text.get(at..).and_then(|rest| self.value_at(rest)) {
                each(at..at + length, &value);
            }
        }
    }
}

/// Text held back from one channel of a stream: the beginning of a placeholder whose end has not arrived. One per
/// channel: content, reasoning, and each tool call's arguments.
#[derive(Clone, Debug, Default)]
pub struct PendingText {
    text: String,
}

impl PendingText {
    /// Takes the next piece of the channel and appends the edits that turn it into the text to send now. If a
    /// placeholder may begin at the end of the piece, that end is removed and held, unless this is the `last` piece.
    /// Text held earlier is returned in an edit at 0, as the value or unchanged.
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

    /// Returns the held text, at the end of the channel.
    pub fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    /// Reports whether no text is held.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Resolves the held text, now that `text` follows it. Returns the offset in `text` from which the rest is still to
    /// be done; `None` when all of it is held too.
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
    /// Escapes a value.
    pub fn write(self, value: &str) -> String {
        match self {
            Self::None => value.to_owned(),
            Self::Json => json(value),
        }
    }
}

/// Escapes a value as the inside of a JSON string (RFC 8259, section 7).
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
