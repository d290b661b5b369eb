//! Edits of a request's own members. A call to a provider that speaks the client's dialect keeps its body byte for byte
//! but for these.

use crate::document::{Document, Edits, JsonResult, Reader};
use std::ops::Range;

/// Edit of a member of the request's object.
pub(super) enum MemberEdit<'m> {
    /// Removes the member.
    Remove(&'m str),
    /// Sets the member to a JSON value.
    Set(&'m str, String),
    /// Adds the member, unless the request has one of this name.
    Add(&'m str, String),
}

impl MemberEdit<'_> {
    const fn name(&self) -> &str {
        match self {
            Self::Remove(name) | Self::Set(name, _) | Self::Add(name, _) => name,
        }
    }
}

/// Ranges of a member and of its value, and its edit.
struct MemberRange {
    member: Range<usize>,
    value: Range<usize>,
    edit: Option<usize>,
}

/// Adds the edits of members to those of a document.
///
/// # Errors
/// Not an object, or not JSON.
pub(super) fn edit_members(document: Document<'_>, wanted: &[MemberEdit<'_>], edits: &mut Edits) -> JsonResult {
    let mut places: Vec<MemberRange> = Vec::new();
    let mut reader = Reader::new(document);
    reader.object(|reader, key| {
        let edit = wanted.iter().position(|edit| edit.name() == &*key);
        let value = reader.value()?.range();
        places.push(MemberRange { member: key.span.quoted().range().start..value.end, value, edit });
        Ok(())
    })?;
    let is_removed =
        |place: &MemberRange| matches!(place.edit.and_then(|at| wanted.get(at)), Some(MemberEdit::Remove(_)));
    let kept = places.iter().rposition(|place| !is_removed(place)).map_or(0, |at| at + 1);
    for (at, place) in places.iter().enumerate() {
        match place.edit.and_then(|edit| wanted.get(edit)) {
            Some(MemberEdit::Set(_, value)) => edits.replace(place.value.clone(), value),
            // With the comma behind it.
            Some(MemberEdit::Remove(_)) if at < kept => {
                let end = places.get(at + 1).map_or(place.member.end, |next| next.member.start);
                edits.replace(place.member.start..end, "");
            }
            _ => {}
        }
    }
    // The last members, with the comma before them; what is added stands in their place.
    let before = kept.checked_sub(1).and_then(|at| places.get(at));
    let added = added(wanted, &places, before.is_some());
    let start = before.map(|place| place.member.end).or_else(|| places.first().map(|place| place.member.start));
    let end = places.last().map(|place| place.member.end);
    match (start, end) {
        (Some(start), Some(end)) if end > start || !added.is_empty() => edits.replace(start..end.max(start), added),
        (Some(_), Some(_)) => {}
        // An empty object ends right before where the reader stands.
        _ => edits.insert(reader.offset().saturating_sub(1), added),
    }
    Ok(())
}

/// Writes the members that the request lacks.
fn added(wanted: &[MemberEdit<'_>], places: &[MemberRange], follows: bool) -> String {
    let mut text = String::new();
    for (at, edit) in wanted.iter().enumerate() {
        let (MemberEdit::Set(name, value) | MemberEdit::Add(name, value)) = edit else { continue };
        if places.iter().any(|place| place.edit == Some(at)) {
            continue;
        }
        if follows || !text.is_empty() {
            text.push(',');
        }
        text.push_str(&format!("\"{name}\":{value}"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edited(body: &str, wanted: &[MemberEdit<'_>]) -> String {
        let mut edits = Edits::default();
        edit_members(Document::new(body.as_bytes()).unwrap(), wanted, &mut edits).unwrap();
        String::from_utf8(edits.applied(body.as_bytes())).unwrap()
    }

    #[test]
    fn members_are_removed_with_one_comma_wherever_they_stand() {
        let wanted = [MemberEdit::Remove("a"), MemberEdit::Remove("b")];
        for (body, without) in [
            (r#"{"a":1,"b":2,"c":3}"#, r#"{"c":3}"#),
            (r#"{"a":1, "c":3 , "b":2}"#, r#"{"c":3}"#),
            (r#"{"c":3,"a":1,"b":2 }"#, r#"{"c":3 }"#),
            (r#"{ "a":1,"b":2 }"#, "{  }"),
            ("{}", "{}"),
        ] {
            assert_eq!(edited(body, &wanted), without, "{body}");
        }
    }

    #[test]
    fn a_member_is_set_where_it_stands_and_added_where_there_is_none() {
        let wanted =
            [MemberEdit::Remove("a"), MemberEdit::Set("m", "\"x\"".to_owned()), MemberEdit::Add("v", "1".to_owned())];
        for (body, after) in [
            (r#"{"m":"y","c":{"m":1}}"#, r#"{"m":"x","c":{"m":1},"v":1}"#),
            (r#"{"c":3,"v":2,"a":1}"#, r#"{"c":3,"v":2,"m":"x"}"#),
            (r#"{"a":1}"#, r#"{"m":"x","v":1}"#),
            ("{ }", r#"{ "m":"x","v":1}"#),
        ] {
            assert_eq!(edited(body, &wanted), after, "{body}");
        }
    }
}
