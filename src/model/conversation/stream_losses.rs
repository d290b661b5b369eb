//! Losses of a streamed answer: what its frames say and no stream is written with.

use super::part::is_custom;
use crate::document::{Document, Span};
use crate::model::{Event, Loss, Losses, Owner, PartKind, Property};

/// Losses of a streamed answer, each kind once, by the path of its first place.
#[derive(Debug, Default)]
pub struct StreamLosses {
    /// The losses.
    pub losses: Losses,
    /// Set when the client's dialect has custom tools.
    pub has_custom_tools: bool,
}

impl StreamLosses {
    /// Adds the losses of a frame.
    pub fn note(&mut self, events: &[Event], document: Document<'_>) {
        for event in events {
            match *event {
                Event::ToolCall { id, name, builtin: true, .. } => self.add(Loss::Tool, name.or(id), document),
                Event::BuiltinCall { id, .. } => self.add(Loss::Tool, id, document),
                Event::Property { owner, property, value } => {
                    let raw = document.raw(value);
                    let is_called = self.has_custom_tools && is_custom(raw.trim_matches('"'));
                    let says_nothing =
                        matches!(raw, "null" | "\"\"" | "[]" | "{}") || property == Property::Type && is_called;
                    if let Some(loss) = loss(owner, property).filter(|_| !says_nothing) {
                        self.add(loss, Some(value), document);
                    }
                }
                _ => {}
            }
        }
    }

    fn add(&mut self, loss: Loss, place: Option<Span>, document: Document<'_>) {
        if self.losses.iter().any(|known| *known == loss) {
            return;
        }
        match place {
            Some(place) => self.losses.add_at(loss, place),
            None => self.losses.add(loss),
        }
        // A frame that was read is JSON.
        let _ = self.losses.resolve(document);
    }
}

/// Loss of a member of a frame. `None`: it is written, or says nothing apart from what is written.
fn loss(owner: Owner, property: Property) -> Option<Loss> {
    let kind = match owner {
        Owner::Part { kind, .. } => Some(kind),
        Owner::Answer | Owner::Choice(_) => None,
    };
    match (kind, property) {
        (None, Property::StopSequence) | (Some(_), Property::Id | Property::Status) => None,
        (Some(PartKind::Reasoning), Property::Signature | Property::Encrypted | Property::Format) => None,
        (Some(PartKind::ToolCall), Property::Type) => Some(Loss::Tool),
        (Some(PartKind::ToolCall), Property::Signature | Property::ItemId) => None,
        (
            Some(kind @ (PartKind::Image | PartKind::Audio | PartKind::Video | PartKind::File)),
            Property::Data | Property::Url | Property::MediaType,
        ) => Some(Loss::Part(kind)),
        (_, property) => Some(Loss::Property(property)),
    }
}
