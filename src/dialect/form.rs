//! Requests that come as a form (`multipart/form-data`): audio and images with the fields that a JSON body would have.
//! <https://platform.openai.com/docs/api-reference/audio> and `/images`, read 2026-11-21.

use super::Unread;
use crate::chat::Request;
use crate::framing::multipart;
use std::ops::Range;

/// A form as read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Form {
    /// What it asks for. Its leaves are none: texts lie in `texts`.
    pub request: Request,
    /// Where, in the body, texts lie that may carry personal data.
    pub texts: Vec<Range<usize>>,
}

/// Reads a form's fields. Files are passed over.
///
/// # Errors
/// [`Unread::Ambiguous`]: a field that decides about the call is there twice.
pub fn read_form(body: &[u8], boundary: &str) -> Result<Form, Unread> {
    let mut form = Form::default();
    let mut once = super::once::Once::default();
    for part in multipart::parts(body, boundary) {
        once.saw(&part.name, &["model", "stream"]);
        if part.filename.is_some() {
            continue;
        }
        let Ok(text) = std::str::from_utf8(part.content) else {
            continue;
        };
        let Form { request, texts } = &mut form;
        let value = text.trim();
        match &*part.name {
            "model" => request.model = Some(text.to_owned()),
            "stream" => request.stream = is_true(value),
            "temperature" => request.parameters.temperature = value.parse().ok(),
            "n" => request.parameters.choices = value.parse().ok(),
            // An image or a voice, encoded within an address.
            _ if value.starts_with("data:") => {}
            _ => texts.push(part.range),
        }
    }
    once.check().map(|()| form)
}

/// Clients write a truth as their language does: `true`, `True`, `1`.
fn is_true(value: &str) -> bool {
    value.eq_ignore_ascii_case("true") || value == "1"
}
