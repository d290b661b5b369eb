//! Names that a dialect gives to members which others have too, and the reading of members as items.

use super::texts::span;
use crate::document::{EditedDocument, JsonResult, JsonWriter, Key, Reader, Span, ValueKind};
use crate::model::{Branch, Item, Property, Request};

/// Names of members and their canonical properties. Several names may stand for one property; the first is written.
pub(super) struct Members(pub(super) &'static [(&'static str, Property)]);

impl Members {
    /// Returns the property that a name stands for.
    pub(super) fn property(&self, name: &str) -> Option<Property> {
        self.0.iter().find(|(known, _)| *known == name).map(|(_, property)| *property)
    }

    /// Reads a member's value by `read` and records it as a property if its name stands for one.
    pub(super) fn read<'a>(
        &self,
        reader: &mut Reader<'a>,
        name: &str,
        request: &mut Request,
        read: impl FnOnce(&mut Reader<'a>, &mut Request) -> JsonResult,
    ) -> JsonResult {
        let kind = reader.peek()?;
        let start = reader.offset();
        read(reader, request)?;
        let property = self.property(name).filter(|property| property.may_be_nested() || is_scalar(kind));
        if let Some(property) = property {
            request.items.push(Item::Property(property, span(start, reader.offset())));
        }
        Ok(())
    }
}

/// Writes the members that a part has, with their values as they are.
pub(super) fn copy(json: &mut JsonWriter, source: &EditedDocument<'_>, part: &Branch, members: &[(&str, Property)]) {
    for (name, property) in members {
        if let Some(value) = part.property(*property) {
            json.name(name).raw(&source.raw(value));
        }
    }
}

/// Returns the span of a member's name that stands for a value, with its quotes.
pub(super) fn value_of_name(key: &Key<'_>) -> Span {
    Span { start: key.span.start.saturating_sub(1), end: key.span.end.saturating_add(1), escaped: false }
}

/// Records an id that was read as text, with its quotes, as a property.
pub(super) fn push_id(property: Property, id: Option<Span>, request: &mut Request) {
    if let Some(id) = id {
        let value = span((id.start as usize).saturating_sub(1), (id.end as usize).saturating_add(1));
        request.items.push(Item::Property(property, value));
    }
}

fn is_scalar(kind: ValueKind) -> bool {
    !matches!(kind, ValueKind::Object | ValueKind::Array)
}
