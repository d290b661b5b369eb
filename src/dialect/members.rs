//! Names that a dialect gives to members which others have too, and the reading of members as items.

use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Item, Property, Request};

/// Names of members and their canonical properties. Several names may stand for one property.
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
        let (kind, start) = (reader.peek()?, reader.offset());
        read(reader, request)?;
        let property = self.property(name).filter(|property| property.may_be_nested() || is_scalar(kind));
        if let Some(property) = property {
            request.items.push(Item::Property(property, reader.span_from(start)));
        }
        Ok(())
    }
}

/// Reads a value by `read` and records it as a property of the open part.
pub(super) fn record<'a>(
    reader: &mut Reader<'a>,
    property: Property,
    request: &mut Request,
    read: impl FnOnce(&mut Reader<'a>, &mut Request) -> JsonResult,
) -> JsonResult {
    let ((), span) = reader.spanned(|reader| read(reader, request))?;
    request.items.push(Item::Property(property, span));
    Ok(())
}

/// Records a string that was read before as a property: a name that stands for a value, an id.
pub(super) fn push(property: Property, string: Span, request: &mut Request) {
    request.items.push(Item::Property(property, string.quoted()));
}

/// Records the ids of a tool call or of its result, which name the call by one id and themselves by another.
pub(super) fn push_ids(is_call: bool, call: Option<Span>, own: Option<Span>, request: &mut Request) {
    let named = if is_call { Property::Id } else { Property::CallId };
    let besides = if is_call && call.is_some() { Property::ItemId } else { Property::Id };
    for (property, id) in [(named, call), (besides, own)] {
        id.into_iter().for_each(|id| push(property, id, request));
    }
}

fn is_scalar(kind: ValueKind) -> bool {
    !matches!(kind, ValueKind::Object | ValueKind::Array)
}
