//! Members of answers that are recorded with their values, as tables.

use super::texts::{read_property, read_rest};
use crate::document::{JsonResult, Reader};
use crate::model::{Event, Owner, PartKind, Property};

/// Member that is recorded with its value.
pub(super) struct AnswerMember {
    name: &'static str,
    property: Property,
    owner: Owner,
    /// Set for encoded bytes, ids, numbers and enums, which hold no placeholder.
    is_opaque: bool,
}

/// Creates a member whose texts may hold placeholders.
pub(super) const fn texts(name: &'static str, property: Property, owner: Owner) -> AnswerMember {
    AnswerMember { name, property, owner, is_opaque: false }
}

/// Creates a member without texts.
pub(super) const fn opaque(name: &'static str, property: Property, owner: Owner) -> AnswerMember {
    AnswerMember { name, property, owner, is_opaque: true }
}

/// Reads a member of the table and returns true. Returns false for any other member, which is then still unread.
pub(super) fn read(
    members: &[AnswerMember],
    reader: &mut Reader<'_>,
    key: &str,
    events: &mut Vec<Event>,
) -> JsonResult<bool> {
    let Some(member) = members.iter().find(|member| member.name == key) else { return Ok(false) };
    read_property(reader, (member.property, member.owner), events, |reader, events| match member.is_opaque {
        true => reader.skip(),
        false => read_rest(reader, events),
    })?;
    Ok(true)
}

/// Owner of members until the kind of their part is known.
pub(super) const PART: Owner = Owner::part(PartKind::Other);

/// Gives members in events from `first` on that were read before the kind of their part to a part of this kind.
pub(super) fn set_kind(events: &mut [Event], first: usize, known: PartKind) {
    for event in events.iter_mut().skip(first) {
        if let Event::Property { owner: Owner::Part { kind, .. }, .. } = event
            && *kind == PartKind::Other
        {
            *kind = known;
        }
    }
}

/// Returns the kind of media of a MIME type, or of a word that begins one.
pub(super) fn media_kind(media: &str) -> PartKind {
    match media.split('/').next() {
        Some("image") => PartKind::Image,
        Some("audio") => PartKind::Audio,
        Some("video") => PartKind::Video,
        _ => PartKind::File,
    }
}
