//! Sections: the settings split into parts that are parsed separately, so that a fault in one hides none in another.
//!
//! A part stays bytes until its turn: of a hundred thousand keys, only one at a time is parsed.

use super::problem::{Path, Problems, Unknown};
use crate::document::{Document, JsonResult, Reader, ValueKind};

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
    each: &mut dyn FnMut(&'a str, &Path<'_>, &mut Problems),
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

/// Line and column of a byte, both from 1; the column counts characters.
fn position(bytes: &[u8], at: usize) -> (usize, usize) {
    let before = bytes.get(..at).unwrap_or(bytes);
    let line_start = memchr::memrchr(b'\n', before).map_or(0, |newline| newline + 1);
    let is_character = |byte: &&u8| **byte & 0xc0 != 0x80;
    let column = before.iter().skip(line_start).filter(is_character).count();
    (memchr::memchr_iter(b'\n', before).count() + 1, column + 1)
}
