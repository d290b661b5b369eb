//! Sections: the settings split into parts that are parsed separately, so that a fault in one hides none in another.
//!
//! A part stays bytes until its turn: of a hundred thousand keys, only one at a time is parsed.

use super::problem::{Path, Problems, Unknown};
use super::serde_message::Plain;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::Segment;
use std::collections::BTreeSet;

/// Returns the settings' members in the order of `names`, not yet parsed; a `null` counts as absent. `None` when the
/// text as a whole cannot be read.
pub(super) fn sections<'a, const N: usize>(
    bytes: &'a [u8],
    names: &[&str; N],
    problems: &mut Problems,
) -> Option<[Option<&'a str>; N]> {
    let mut found = [None; N];
    let mut noted = Problems::default();
    match members(bytes, names, &mut found, &mut noted) {
        Ok(()) => {
            *problems = noted;
            Some(found)
        }
        Err(error) => {
            let (line, column) = position(bytes, error.at());
            problems.note(&Path::Top, format_args!("not JSON: {} at line {line}, column {column}", error.reason()));
            None
        }
    }
}

/// Passes the elements of a list to `each`, not yet parsed, in order.
pub(super) fn elements<'a>(
    section: &'a str,
    at: &Path<'_>,
    problems: &mut Problems,
    mut each: impl FnMut(&'a str, &Path<'_>, &mut Problems),
) {
    let read = Document::new(section.as_bytes()).and_then(|document| {
        let mut index = 0;
        Reader::new(document).array(|reader, _| {
            let element = document.raw(reader.value()?);
            each(element, &at.element(index), problems);
            index += 1;
            Ok(())
        })
    });
    if read.is_err() {
        problems.note(at, "expected a list");
    }
}

/// Parses one section, or one element of a list. Every fault in it becomes a problem. Then the result is `None`, or the
/// value without the faulty members.
pub(super) fn deserialize<T: DeserializeOwned>(section: &str, at: &Path<'_>, problems: &mut Problems) -> Option<T> {
    if problems.is_full() {
        return None;
    }
    let error = match serde_path_to_error::deserialize(&mut serde_json::Deserializer::from_str(section)) {
        Ok(value) => return Some(value),
        Err(error) => error,
    };
    // The first fault is known. To find the others, each faulty member is removed from a tree, and the tree is parsed
    // again. A tree loses repeated members, so they are searched for separately.
    let is_repeated = error.inner().to_string().starts_with(REPEATED);
    if !is_repeated {
        note(&error, at, problems);
    }
    note_repeated(section, at, problems);
    let mut tree: Value = serde_json::from_str(section).ok()?;
    if !is_repeated {
        take_out(&mut tree, &error)?;
    }
    for _ in 0..MOST_MISTAKES {
        let error = match serde_path_to_error::deserialize(&tree) {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        note(&error, at, problems);
        if problems.is_full() {
            return None;
        }
        take_out(&mut tree, &error)?;
    }
    None
}

/// Reads the outermost object and checks that everything in it is JSON.
fn members<'a, const N: usize>(
    bytes: &'a [u8],
    names: &[&str; N],
    found: &mut [Option<&'a str>; N],
    problems: &mut Problems,
) -> JsonResult {
    let document = Document::new(bytes)?;
    let mut reader = Reader::strict(document);
    let mut seen = [false; N];
    reader.object(|reader, name| {
        let is_null = reader.peek()? == ValueKind::Null;
        let value = document.raw(reader.value()?);
        let slots = names.iter().zip(found.iter_mut().zip(&mut seen));
        let Some((_, (slot, seen))) = slots.into_iter().find(|(known, _)| **known == &*name) else {
            let unknown = Unknown { what: "member", word: &name, known: names };
            problems.note(&Path::Top.member(&name), unknown);
            return Ok(());
        };
        if std::mem::replace(seen, true) {
            problems.note(&Path::Top.member(&name), "written twice");
        }
        *slot = (!is_null).then_some(value);
        Ok(())
    })?;
    reader.finish()
}

/// Records a problem for each repeated member, at any depth.
fn note_repeated(section: &str, at: &Path<'_>, problems: &mut Problems) {
    if let Ok(document) = Document::new(section.as_bytes()) {
        // The text has been parsed before, so it is JSON.
        let _ = repeated(&mut Reader::new(document), at, problems);
    }
}

fn repeated(reader: &mut Reader<'_>, at: &Path<'_>, problems: &mut Problems) -> JsonResult {
    let mut names = BTreeSet::new();
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, name| {
            let at = at.member(&name);
            if !names.insert(name.to_string()) {
                problems.note(&at, "written twice");
            }
            repeated(reader, &at, problems)
        }),
        ValueKind::Array => reader.array(|reader, index| repeated(reader, &at.element(index as usize), problems)),
        ValueKind::String | ValueKind::Number | ValueKind::Bool | ValueKind::Null => reader.skip(),
    }
}

/// Removes the innermost member that contains the fault, with everything below it. `None` when there is no such member,
/// as when the section itself is of the wrong type.
fn take_out(tree: &mut Value, error: &serde_path_to_error::Error<serde_json::Error>) -> Option<()> {
    let path: Vec<&Segment> = error.path().iter().collect();
    let last = path.iter().rposition(|segment| name(segment).is_some())?;
    let (parents, member) = (path.get(..last)?, name(path.get(last)?)?);
    let parent = parents.iter().try_fold(tree, |tree, segment| match segment {
        Segment::Seq { index } => tree.get_mut(index),
        other => tree.get_mut(name(other)?),
    })?;
    parent.as_object_mut()?.remove(member).map(drop)
}

fn name(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Map { key } => Some(key),
        Segment::Enum { variant } => Some(variant),
        Segment::Seq { .. } | Segment::Unknown => None,
    }
}

/// Adds a problem whose words show only names of the input: a key pasted into the wrong place must not reach a log.
fn note(error: &serde_path_to_error::Error<serde_json::Error>, at: &Path<'_>, problems: &mut Problems) {
    let inner = error.inner();
    let position = format!(" at line {} column {}", inner.line(), inner.column());
    let said = inner.to_string();
    let said = said.strip_suffix(&position).unwrap_or(&said);
    let segments: Vec<&Segment> = error.path().iter().collect();
    with_path(at, &segments, &mut |path| problems.note(path, Plain(said)));
}

/// Calls `each` with the path of `segments` under `at`.
fn with_path(at: &Path<'_>, segments: &[&Segment], each: &mut dyn FnMut(&Path<'_>)) {
    match segments.split_first() {
        None => each(at),
        Some((Segment::Seq { index }, rest)) => with_path(&at.element(*index), rest, each),
        Some((segment, rest)) => match name(segment) {
            Some(name) => with_path(&at.member(name), rest, each),
            None => with_path(at, rest, each),
        },
    }
}

/// Line and column of a byte, both from 1; the column counts characters.
fn position(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let is_character = |byte: &&u8| **byte & 0xc0 != 0x80;
    let column = before.iter().skip(line_start).filter(is_character).count();
    (memchr::memchr_iter(b'\n', before).count() + 1, column + 1)
}

/// Maximum number of times one section is parsed again. A section with more faults is refused as well, with these.
const MOST_MISTAKES: usize = 20;

/// Prefix of serde's message for a repeated member.
const REPEATED: &str = "duplicate field";
