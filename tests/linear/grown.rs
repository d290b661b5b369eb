//! JSON grown in one place: what is there again and again, or a long text in its stead. Tests and fuzzing have it in
//! common.

use std::fmt::Write;
use std::ops::Range;
use tollgate::document::{Document, JsonError, Reader, ValueKind, escape_into};

/// A value that can grow.
pub(crate) struct TextKind {
    /// Names and indexes on the way to it: `messages/0/content`.
    pub(crate) path: String,
    /// ValueKind of its value.
    pub(crate) kind: ValueKind,
    /// Where its inside lies: between quotes or brackets.
    pub(crate) inside: Range<usize>,
}

/// Every string, list and object of a JSON text that is not empty; none of what is no JSON.
pub(crate) fn places(json: &str) -> Vec<TextKind> {
    let mut places = Vec::new();
    if let Ok(document) = Document::new(json.as_bytes()) {
        let _ = walk(&mut Reader::new(document), "", &mut places);
    }
    places
}

fn walk(reader: &mut Reader<'_>, path: &str, places: &mut Vec<TextKind>) -> Result<(), JsonError> {
    let kind = reader.peek()?;
    let start = reader.offset() + 1;
    match kind {
        ValueKind::Object => reader.object(|reader, key| walk(reader, &format!("{path}/{}", &*key), places))?,
        ValueKind::Array => reader.array(|reader, index| walk(reader, &format!("{path}/{index}"), places))?,
        _ => reader.skip()?,
    }
    let end = reader.offset().saturating_sub(1);
    if matches!(kind, ValueKind::Object | ValueKind::Array | ValueKind::String) && start < end {
        places.push(TextKind { path: path.to_owned(), kind, inside: start..end });
    }
    Ok(())
}

/// How a place grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// Elements or members come again and again, as they are.
    Again,
    /// Members come again and again under other names; elements with a number in their texts.
    Anew,
    /// A text takes its place.
    Text(Text),
}

/// Make of a long text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Text {
    /// Lines of words, most of them with a value, and marks that are escaped.
    Lines,
    /// Values and nothing else.
    Values,
    /// JSON that is one text of such lines.
    JsonOfOne,
    /// JSON that is one text of such values.
    JsonOfValues,
    /// JSON of many short texts.
    JsonOfMany,
    /// JSON of many names.
    JsonOfKeys,
    /// JSON of many numbers.
    JsonOfNumbers,
    /// Base64 of a request whose text has such lines.
    Encoded,
    /// The same piece again and again.
    Piece(&'static str),
}

/// A JSON text in which a place has grown until the text has about `size` bytes.
pub(crate) fn grown(json: &str, place: &TextKind, way: Way, size: usize) -> String {
    let Range { start, end } = place.inside.clone();
    let (before, inside, after) = (&json[..start], &json[start..end], &json[end..]);
    let room = size.saturating_sub(json.len());
    let mut out = String::with_capacity(size + inside.len());
    out.push_str(before);
    match way {
        Way::Text(text) if place.kind == ValueKind::String => escape_into(&text.of(room), &mut out),
        Way::Text(text) => {
            out.push('"');
            escape_into(&text.of(room), &mut out);
            out.push('"');
            if place.kind == ValueKind::Object {
                out.push_str(":1");
            }
        }
        Way::Again | Way::Anew => {
            out.push_str(inside);
            for number in 0..room / (inside.len() + 1) {
                out.push_str(if place.kind == ValueKind::String { " " } else { "," });
                match (way, inside.split_once('"')) {
                    // The first text or name has a number before it.
                    // All of one length: a name with few digits is a word, and not searched.
                    (Way::Anew, Some((head, tail))) => drop(write!(out, "{head}\"{number:07}{tail}")),
                    _ => out.push_str(inside),
                }
            }
        }
    }
    out.push_str(after);
    out
}

impl Text {
    /// A text of about `size` bytes.
    pub(crate) fn of(self, size: usize) -> String {
        match self {
            Self::Lines => lines(size, |number| {
                let words = "and waits for an answer, as all do who write in the evening ".repeat(4);
                format!("{number}. \"u{number}@example.com\" writes {words}\tfrom C:\\temp\\{number} — é.\n")
            }),
            Self::Values => lines(size, |number| format!("u{number}@example.com\n")),
            Self::Piece(piece) => piece.repeat(size / piece.len()),
            Self::JsonOfOne => json_of(&Self::Lines.of(size * 9 / 10)),
            Self::JsonOfValues => json_of(&Self::Values.of(size * 9 / 10)),
            Self::JsonOfMany => lines(size, |number| format!("[\"u{number}@example.com\\n\"],")).list(),
            Self::JsonOfKeys => format!("{{{}\"\":1}}", lines(size, |number| format!("\"u{number}@example.com\":1,"))),
            Self::JsonOfNumbers => lines(size, |number| format!("4111111111111111,{number},")).list(),
            Self::Encoded => {
                use base64::Engine;
                let mut request = String::from("{\"messages\":[{\"role\":\"user\",\"content\":\"");
                escape_into(&Self::Lines.of(size / 2), &mut request);
                base64::engine::general_purpose::STANDARD.encode(request + "\"}]}")
            }
        }
    }
}

fn json_of(text: &str) -> String {
    let mut json = String::from("{\"rows\":\"");
    escape_into(text, &mut json);
    json + "\"}"
}

fn lines(size: usize, line: impl Fn(usize) -> String) -> String {
    let mut text = String::with_capacity(size + 64);
    for number in 0.. {
        if text.len() >= size {
            break;
        }
        text.push_str(&line(number));
    }
    text
}

trait List {
    fn list(self) -> String;
}

impl List for String {
    /// Elements, each with a comma behind it, as a list.
    fn list(self) -> String {
        format!("[{self}0]")
    }
}
