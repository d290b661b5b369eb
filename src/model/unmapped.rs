//! Members of a request or an answer for which no item or event stands: what a dialect says and the canonical words cannot.

use super::{Event, Item, Items, TextKind};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, sort_by_number};

/// Member without a canonical word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unmapped {
    /// Path from the top of the document, with `[]` for every element of a list: `messages[].name`.
    pub path: String,
    /// The value as written: a string, number, boolean, or an empty object.
    pub value: Span,
}

/// Lists the values of a request that no item covers.
///
/// # Errors
/// Not JSON.
pub fn unmapped(document: Document<'_>, items: &Items) -> JsonResult<Vec<Unmapped>> {
    outside(document, items.iter().filter_map(covered).collect())
}

/// Lists the values of an answer that no event covers.
///
/// # Errors
/// Not JSON.
pub fn unmapped_in_answer(document: Document<'_>, events: &[Event]) -> JsonResult<Vec<Unmapped>> {
    outside(document, events.iter().flat_map(Event::spans).collect())
}

fn outside(document: Document<'_>, mut covered: Vec<Span>) -> JsonResult<Vec<Unmapped>> {
    // A value that stands nowhere, such as counts of members here and there.
    covered.retain(|span| span.end > 0);
    // Longer spans come before those that they contain.
    sort_by_number(&mut covered, |span| u64::from(span.start) << 32 | u64::from(u32::MAX - span.end));
    let mut search = UnmappedSearch { covered, next: 0, path: String::new(), found: Vec::new() };
    let mut reader = Reader::new(document);
    search.read(&mut reader)?;
    reader.finish()?;
    Ok(search.found)
}

/// Span of the document that an item stands for.
fn covered(item: &Item) -> Option<Span> {
    match *item {
        Item::Parameter(_, span) | Item::Property(_, span) => Some(span),
        // Text of a member that the dialect does not know is found for redaction only.
        Item::Text(text) => (text.place != TextKind::Other).then_some(text.span),
        Item::Open(_) | Item::Close => None,
    }
}

struct UnmappedSearch {
    /// Spans by their start, an outer one before those within it.
    covered: Vec<Span>,
    /// Index of the first span that may cover what is still to be read.
    next: usize,
    path: String,
    found: Vec<Unmapped>,
}

impl UnmappedSearch {
    fn read(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        let kind = reader.peek()?;
        let start = reader.offset();
        if self.covers(start, kind) {
            return reader.skip();
        }
        let before = self.found.len();
        let length = self.path.len();
        let mut is_empty = true;
        match kind {
            ValueKind::Object => reader.object(|reader, key| {
                is_empty = false;
                if !self.path.is_empty() {
                    self.path.push('.');
                }
                self.path.push_str(&key);
                let read = self.read(reader);
                self.path.truncate(length);
                read
            })?,
            ValueKind::Array => reader.array(|reader, _| {
                is_empty = false;
                self.path.push_str("[]");
                let read = self.read(reader);
                self.path.truncate(length);
                read
            })?,
            _ => reader.skip()?,
        }
        // A null and an empty list are the same as nothing.
        let says_nothing = matches!(kind, ValueKind::Null | ValueKind::Array);
        if is_empty && self.found.len() == before && !says_nothing {
            let value = Span { start: offset(start), end: offset(reader.offset()), escaped: false };
            self.found.push(Unmapped { path: self.path.clone(), value });
        }
        Ok(())
    }

    /// Matches a value at an offset that a span covers. The span of a string may leave out the quotes.
    fn covers(&mut self, start: usize, kind: ValueKind) -> bool {
        while self.covered.get(self.next).is_some_and(|span| (span.start as usize) < start) {
            self.next += 1;
        }
        let first = self.covered.get(self.next).map(|span| span.start as usize);
        first == Some(start) || kind == ValueKind::String && first == Some(start + 1)
    }
}

fn offset(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}
