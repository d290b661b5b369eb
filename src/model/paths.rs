//! Paths of values: how a place in a document is named to its author.

use crate::document::{Document, JsonResult, Reader, Span, ValueKind, sort_by_number};

/// Returns the paths of the values at some spans: from the top of the document, with `[]` for every element of a list,
/// as `messages[].name`. A span is that of a value, of the inside of a string, or of a member's name; the path of any
/// other is empty.
///
/// # Errors
/// Not JSON.
pub(super) fn paths(document: Document<'_>, spans: &[Span]) -> JsonResult<Vec<String>> {
    let mut wanted: Vec<(u32, usize)> = spans.iter().map(|span| span.start).zip(0..).collect();
    sort_by_number(&mut wanted, |(start, _)| u64::from(*start));
    let mut search = PathSearch { wanted, next: 0, path: String::new(), found: vec![String::new(); spans.len()] };
    let mut reader = Reader::new(document);
    search.read(&mut reader)?;
    reader.finish()?;
    Ok(search.found)
}

struct PathSearch {
    /// Starts of spans and their places in the list.
    wanted: Vec<(u32, usize)>,
    next: usize,
    path: String,
    found: Vec<String>,
}

impl PathSearch {
    /// Names the spans that start before an offset, or at it.
    fn name(&mut self, offset: usize) {
        while let Some((start, at)) = self.wanted.get(self.next).filter(|(start, _)| *start as usize <= offset) {
            if *start > 0
                && let Some(found) = self.found.get_mut(*at)
            {
                found.clone_from(&self.path);
            }
            self.next += 1;
        }
    }

    fn read(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        let kind = reader.peek()?;
        let start = reader.offset();
        let is_string = kind == ValueKind::String;
        // Both a value and, for a string, its inside.
        self.name(start + usize::from(is_string));
        let length = self.path.len();
        match kind {
            ValueKind::Object => reader.object(|reader, key| {
                if !self.path.is_empty() {
                    self.path.push('.');
                }
                self.path.push_str(&key);
                self.name(key.span.start as usize);
                let read = self.read(reader);
                self.path.truncate(length);
                read
            }),
            ValueKind::Array => reader.array(|reader, _| {
                self.path.push_str("[]");
                let read = self.read(reader);
                self.path.truncate(length);
                read
            }),
            _ => reader.skip(),
        }
    }
}
