//! Edits of a JSON request for its target: the model's name, and the members that the target's settings have.

use crate::document::{Document, Edits, JsonResult, Reader, ValueKind, escape_into};
use crate::policy::Target;
use std::borrow::Cow;

/// Members of an object in the settings: names, and values in JSON.
type BodyMembers<'a> = Vec<(Cow<'a, str>, &'a str)>;

/// Adds the edits of a body for a target. `model`: the model's name at the provider, where it differs from the body's.
/// Reports whether the body names its model.
///
/// # Errors
/// Not JSON.
pub(super) fn splice(
    document: Document<'_>,
    target: &Target,
    model: Option<&str>,
    edits: &mut Edits,
) -> JsonResult<bool> {
    let (defaults, overrides) = (members(&target.defaults), members(&target.overrides));
    let mut names_model = false;
    let mut reader = Reader::new(document);
    merge(&mut reader, &defaults, &overrides, MOST_DEPTH, edits, &mut |reader, name, edits| {
        if name != MODEL || reader.peek()? != ValueKind::String {
            return Ok(false);
        }
        names_model = true;
        let value = reader.value()?;
        if let Some(model) = model {
            edits.replace_by(value.range(), |written| quote(model, written));
        }
        Ok(true)
    })?;
    Ok(names_model)
}

fn members(written: &[(String, String)]) -> BodyMembers<'_> {
    written.iter().map(|(name, value)| (Cow::Borrowed(name.as_str()), value.as_str())).collect()
}

/// Reader of members that need no merging. Reports whether it has read the value.
type ReadMember<'r> = dyn FnMut(&mut Reader<'_>, &str, &mut Edits) -> JsonResult<bool> + 'r;

/// Merges members into the object that begins here: overrides always, defaults where the object has none of the name.
/// `depth`: bound on objects within objects.
fn merge(
    reader: &mut Reader<'_>,
    defaults: &BodyMembers<'_>,
    overrides: &BodyMembers<'_>,
    depth: u32,
    edits: &mut Edits,
    read: &mut ReadMember<'_>,
) -> JsonResult {
    reader.peek()?;
    let inside = reader.offset() + 1;
    let (mut seen, mut is_empty) = (Vec::new(), true);
    reader.object(|reader, name| {
        is_empty = false;
        if read(reader, &name, edits)? {
            return Ok(());
        }
        let (default, over) = (value(defaults, &name), value(overrides, &name));
        if default.or(over).is_none() {
            return reader.skip();
        }
        seen.push((*name).to_owned());
        let is_object = reader.peek()? == ValueKind::Object && depth > 0;
        match over {
            Some(over) if !is_object || !over.starts_with('{') => {
                let value = reader.value()?;
                edits.replace(value.range(), over);
                Ok(())
            }
            None if !is_object => reader.skip(),
            _ => merge(reader, &inner(default), &inner(over), depth - 1, edits, &mut |_, _, _| Ok(false)),
        }
    })?;
    let is_new = |name: &str| !seen.iter().any(|known| known == name);
    let defaults = defaults.iter().filter(|(name, _)| value(overrides, name).is_none());
    let added: Vec<_> = overrides.iter().chain(defaults).filter(|(name, _)| is_new(name)).collect();
    if !added.is_empty() {
        edits.replace_by(inside..inside, |written| add(&added, is_empty, written));
    }
    Ok(())
}

/// Writes members behind the bracket that opens their object. `is_last`: no other member follows.
fn add(members: &[&(Cow<'_, str>, &str)], is_last: bool, written: &mut String) {
    for (index, (name, value)) in members.iter().enumerate() {
        quote(name, written);
        written.push(':');
        written.push_str(value);
        if !is_last || index + 1 < members.len() {
            written.push(',');
        }
    }
}

fn value<'a>(members: &BodyMembers<'a>, name: &str) -> Option<&'a str> {
    members.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
}

/// Members of an object of the settings; none for another value.
fn inner(value: Option<&str>) -> BodyMembers<'_> {
    let mut members = Vec::new();
    let Some(document) = value.and_then(|value| Document::new(value.as_bytes()).ok()) else {
        return members;
    };
    let read = Reader::new(document).object(|reader, name| {
        members.push((document.text(name.span), document.raw(reader.value()?)));
        Ok(())
    });
    // Another value than an object has no members.
    if read.is_err() {
        members.clear();
    }
    members
}

fn quote(text: &str, written: &mut String) {
    written.push('"');
    escape_into(text, written);
    written.push('"');
}

const MODEL: &str = "model";

/// Bound on objects of the settings within each other that are merged. A deeper one replaces the client's.
const MOST_DEPTH: u32 = 8;

#[cfg(test)]
mod tests {
    use super::*;

    fn spliced(body: &str, model: Option<&str>, defaults: &[(&str, &str)], overrides: &[(&str, &str)]) -> String {
        let written = |members: &[(&str, &str)]| {
            members.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
        };
        let target = Target {
            provider: 0,
            model: None,
            weight: None,
            defaults: written(defaults),
            overrides: written(overrides),
            headers: Vec::new(),
            on_loss: crate::policy::OnLoss::Drop,
        };
        let mut edits = Edits::default();
        let document = Document::new(body.as_bytes()).unwrap();
        splice(document, &target, model, &mut edits).unwrap();
        String::from_utf8(edits.applied(body.as_bytes())).unwrap()
    }

    #[test]
    fn only_the_model_s_name_changes_where_nothing_else_is_set() {
        let body = "\u{feff} { \"model\" : \"fast\", \"n\":[{\"model\":\"fast\"}] }";
        let expected = body.replacen("\"fast\"", r#""gpt\"4""#, 1);
        assert_eq!(spliced(body, Some("gpt\"4"), &[], &[]), expected);
        assert_eq!(spliced(body, None, &[], &[]), body);
        assert_eq!(spliced(r#"{"model":7}"#, Some("a"), &[], &[]), r#"{"model":7}"#);
    }

    #[test]
    fn defaults_are_added_and_overrides_replace() {
        let defaults = [("temperature", "0"), ("user", "\"x\"")];
        let overrides = [("top_p", "1"), ("user", "\"y\"")];
        assert_eq!(spliced("{}", None, &defaults, &overrides), r#"{"top_p":1,"user":"y","temperature":0}"#);
        assert_eq!(
            spliced(r#"{"temperature":0.5,"top_p":0.1,"user":{"a":1}}"#, None, &defaults, &overrides),
            r#"{"temperature":0.5,"top_p":1,"user":"y"}"#
        );
        assert_eq!(spliced(r#"{ "a": 1}"#, None, &defaults[..1], &[]), r#"{"temperature":0, "a": 1}"#);
    }

    #[test]
    fn objects_are_merged_member_by_member() {
        let defaults = [("generationConfig", r#"{"temperature":0,"thinkingConfig":{"thinkingBudget":0}}"#)];
        let overrides = [("generationConfig", r#"{"topK": 5}"#)];
        assert_eq!(
            spliced(r#"{"generationConfig":{"temperature":1,"thinkingConfig":{}}}"#, None, &defaults, &overrides),
            r#"{"generationConfig":{"topK":5,"temperature":1,"thinkingConfig":{"thinkingBudget":0}}}"#
        );
        let flat = spliced(r#"{"generationConfig":3}"#, None, &defaults, &overrides);
        assert_eq!(flat, r#"{"generationConfig":{"topK": 5}}"#);
    }
}
