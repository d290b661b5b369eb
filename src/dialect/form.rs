//! Requests as a form (`multipart/form-data`): audio and images with the fields of a JSON body.
//! <https://platform.openai.com/docs/api-reference/audio> and `/images`, read 2026-11-21.

use super::request_error::RequestError;
use crate::framing::multipart::{self, FormPart, charset};
use crate::model::Request;
use memchr::memmem::Finder;
use std::ops::Range;

/// A form as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// The request. Its `texts` are empty: the form's texts are listed below.
    pub request: Request,
    /// Ranges of the body with texts that may hold personal data.
    pub texts: Vec<Range<usize>>,
    /// Ranges of the body with the headers of the parts, which contain names of fields and files.
    pub headers: Vec<Range<usize>>,
    /// First part that cannot be searched.
    pub opaque: Option<Opaque>,
}

/// Part of a form that cannot be searched and is no image or audio.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Opaque {
    /// Reason, a fixed text.
    pub reason: &'static str,
    /// Offset of the part.
    pub at: usize,
}

/// Reads a form's fields. Images and audio are skipped.
///
/// # Errors
/// [`RequestError::Ambiguous`]: a field that policy depends on occurs twice.
pub fn read_form(body: &[u8], boundary: &str) -> Result<Form, RequestError> {
    let mut form = Form::default();
    let mut unique = super::unique_keys::UniqueKeys::default();
    let delimiter = format!("--{boundary}");
    let finder = Finder::new(&delimiter);
    let mut end = None;
    for part in multipart::parts(body, boundary) {
        unique.observe(&part.name, &["model", "stream"]);
        end = Some(part.range.end);
        form.headers.push(part.headers.clone());
        match read_content(&part, &finder) {
            Ok(Some(text)) => form.read_field(&part, text),
            Ok(None) => {}
            Err(reason) => form.opaque = form.opaque.or(Some(Opaque { reason, at: part.range.start })),
        }
    }
    if !is_framed(body, &delimiter, end) {
        form.opaque = form.opaque.or(Some(Opaque { reason: "text outside of a form's parts", at: 0 }));
    }
    unique.check().map(|()| form)
}

impl Form {
    fn read_field(&mut self, part: &FormPart<'_>, text: &str) {
        let Self { request, texts, opaque, .. } = self;
        let value = text.trim();
        match &*part.name {
            "model" => request.model = Some(text.to_owned()),
            "stream" if is_bool(value) => request.stream = is_true(value),
            "temperature" if value.parse::<f64>().is_ok() => request.parameters.temperature = value.parse().ok(),
            "n" if value.parse::<u64>().is_ok() => request.parameters.choices = value.parse().ok(),
            // Default character set of all other parts (RFC 7578, section 4.6).
            "_charset_" if !value.eq_ignore_ascii_case("utf-8") => {
                *opaque = opaque.or(Some(Opaque { reason: NOT_UTF8, at: part.range.start }));
            }
            // Image or voice, encoded in a data URL.
            _ if is_encoded(value) => {}
            _ => texts.push(part.range.clone()),
        }
    }
}

/// Returns the text of a part; nothing for an image or audio.
fn read_content<'a>(part: &FormPart<'a>, delimiter: &Finder<'_>) -> Result<Option<&'a str>, &'static str> {
    let is_encoded = part.encoding.is_some_and(|encoding| {
        !PLAIN_ENCODINGS.iter().any(|plain| plain.as_bytes().eq_ignore_ascii_case(encoding.trim_ascii()))
    });
    let text = std::str::from_utf8(part.content).ok().filter(|text| !is_encoded && !text.contains('\0'));
    if is_media(part) {
        // Readers disagree on the end of a part: another part could be hidden from the search within a file.
        return match text {
            Some(text) => Ok(Some(text)),
            None if delimiter.find(part.content).is_none() => Ok(None),
            None => Err("a boundary within a file"),
        };
    }
    let media = part.content_type.unwrap_or_default();
    match text {
        _ if is_encoded => Err("an encoded part of a form"),
        _ if starts_with(media, "multipart/") => Err("a form within a form"),
        Some(text) if is_read_as_utf8(media, text) => Ok(Some(text)),
        _ => Err(NOT_UTF8),
    }
}

/// Matches image and audio parts, by the APIs' names for them: `image[]` is one of several.
fn is_media(part: &FormPart<'_>) -> bool {
    let name = part.name.split('[').next().unwrap_or_default();
    part.filename.is_some() && matches!(name, "file" | "audio" | "image" | "images" | "mask" | "input_reference")
}

/// Matches texts that read the same in UTF-8 and in the declared character set.
fn is_read_as_utf8(content_type: &str, text: &str) -> bool {
    let Some(charset) = charset(content_type) else {
        return true;
    };
    let is_utf8 = ["utf-8", "utf8", "us-ascii", "ascii"].iter().any(|name| charset.eq_ignore_ascii_case(name));
    // Some clients declare such a set for everything; non-ASCII text would be misread.
    let has_ascii = ["iso-8859-", "latin1", "windows-125"].iter().any(|name| starts_with(&charset, name));
    is_utf8 || (has_ascii && text.is_ascii())
}

fn starts_with(text: &str, beginning: &str) -> bool {
    text.get(..beginning.len()).is_some_and(|start| start.eq_ignore_ascii_case(beginning))
}

/// Matches bodies with only white space before the first part and after the last.
fn is_framed(body: &[u8], delimiter: &str, end: Option<usize>) -> bool {
    let rest = body.get(end.unwrap_or_default()..).unwrap_or_default().trim_ascii();
    let is_end = rest.strip_prefix(delimiter.as_bytes()).is_some_and(|rest| rest.is_empty() || rest == b"--");
    body.trim_ascii_start().starts_with(delimiter.as_bytes()) && (rest.is_empty() || is_end)
}

/// Matches data URLs with encoded bytes.
fn is_encoded(value: &str) -> bool {
    let head = value.split_once(";base64,").map_or("", |(head, _)| head);
    head.starts_with("data:") && head.len() < 128 && memchr::memchr2(b'@', b' ', value.as_bytes()).is_none()
}

fn is_bool(value: &str) -> bool {
    ["true", "false", "1", "0", ""].iter().any(|word| value.eq_ignore_ascii_case(word))
}

/// Matches true as various languages spell it: `true`, `True`, `1`.
fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value == "1"
}

/// Encodings that leave a text unchanged.
const PLAIN_ENCODINGS: &[&str] = &["7bit", "8bit", "binary"];

const NOT_UTF8: &str = "a part of a form that is not UTF-8";
