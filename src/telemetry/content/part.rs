//! Parts of messages, in the form of the conventions' schemas (`gen-ai-input-messages.json` and
//! `gen-ai-output-messages.json` of the OpenTelemetry GenAI conventions, read 2026-11-29).

use crate::document::{Document, JsonWriter, Reader};
use crate::model::PartKind;

/// Writes messages and their parts, with texts of a total length.
pub(super) struct PartWriter {
    /// The JSON text so far.
    pub(super) json: JsonWriter,
    /// Bytes of text that may still be written.
    budget: usize,
    message: MessageProgress,
}

/// State of the message that parts are written to.
#[derive(Clone, Copy, Default)]
enum MessageProgress {
    /// Parts belong to no message.
    #[default]
    None,
    /// Its first part opens the message of this role.
    Pending(&'static str),
    /// It has a part.
    Open,
}

/// A media part's data, which is named and not copied.
pub(super) enum MediaSource<'a> {
    /// Address.
    Uri(&'a str),
    /// Id of a file at the provider.
    File(&'a str),
    /// Encoded data, by the number of its bytes.
    Inline(usize),
}

impl PartWriter {
    /// Writes at most `budget` bytes of text.
    pub(super) fn new(budget: usize) -> Self {
        Self { json: JsonWriter::default(), budget, message: MessageProgress::None }
    }

    /// Begins a message. It is written once it has a part.
    pub(super) fn begin_message(&mut self, role: &'static str) {
        self.message = MessageProgress::Pending(role);
    }

    /// Ends the message begun last, if any.
    pub(super) fn end_message(&mut self) {
        if let MessageProgress::Open = std::mem::take(&mut self.message) {
            self.json.end_array().end_object();
        }
    }

    /// Writes a text of a type: `text`, `reasoning`.
    pub(super) fn text(&mut self, kind: &str, text: &str) {
        let text = self.take(text);
        self.begin(kind, None);
        self.json.name("content").string(text).end_object();
    }

    /// Writes a tool call. Arguments that are JSON stay JSON, others are a string.
    pub(super) fn tool_call(&mut self, id: Option<&str>, name: Option<&str>, arguments: &str) {
        let arguments = self.take(arguments);
        self.begin("tool_call", id);
        self.json.name("name").string(name.unwrap_or_default());
        if is_json(arguments) {
            self.json.name("arguments").raw(arguments);
        } else if !arguments.is_empty() {
            self.json.name("arguments").string(arguments);
        }
        self.json.end_object();
    }

    /// Writes the result of a tool call: a text.
    pub(super) fn tool_result(&mut self, id: Option<&str>, response: &str) {
        let response = self.take(response);
        self.begin("tool_call_response", id);
        self.json.name("response").string(response).end_object();
    }

    /// Writes the result of a tool call that is a JSON value.
    pub(super) fn tool_value(&mut self, id: Option<&str>, response: &str) {
        let response = self.take(response);
        self.begin("tool_call_response", id);
        self.json.name("response");
        if is_json(response) {
            self.json.raw(response)
        } else {
            self.json.string(response)
        };
        self.json.end_object();
    }

    /// Writes media of a type, as MIME type or as a short name; empty when unknown.
    pub(super) fn media(&mut self, kind: PartKind, media_type: &str, source: &MediaSource<'_>) {
        let modality = modality(kind);
        let named = match source {
            MediaSource::Uri(_) => "uri",
            MediaSource::File(_) => "file",
            MediaSource::Inline(_) => "blob",
        };
        self.begin(named, None);
        self.json.name("modality").string(modality);
        if media_type.contains('/') {
            self.json.name("mime_type").string(media_type);
        } else if !media_type.is_empty() && kind != PartKind::File {
            self.json.name("mime_type").string(&format!("{modality}/{media_type}"));
        }
        match *source {
            MediaSource::Uri(uri) => {
                let uri = self.take(uri);
                self.json.name("uri").string(uri);
            }
            MediaSource::File(id) => {
                let id = self.take(id);
                self.json.name("file_id").string(id);
            }
            // The schema's `content` would be all of the data.
            MediaSource::Inline(size) => {
                self.json.name("size").raw(&size.to_string());
            }
        }
        self.json.end_object();
    }

    /// Begins a part.
    fn begin(&mut self, kind: &str, id: Option<&str>) {
        if let MessageProgress::Pending(role) = self.message {
            self.json.begin_object().name("role").string(role).name("parts").begin_array();
            self.message = MessageProgress::Open;
        }
        self.json.begin_object().name("type").string(kind);
        if let Some(id) = id {
            self.json.name("id").string(id);
        }
    }

    /// Returns the longest prefix of a text that may still be written, and counts it.
    fn take<'t>(&mut self, text: &'t str) -> &'t str {
        let kept = cut(text, self.budget);
        self.budget -= kept.len();
        kept
    }
}

/// Returns the modality of media of a kind.
const fn modality(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Image => "image",
        PartKind::Audio => "audio",
        PartKind::Video => "video",
        _ => "document",
    }
}

fn is_json(text: &str) -> bool {
    // With a byte order mark it could not stand within other JSON.
    let document = Document::new(text.as_bytes()).ok().filter(|_| !text.starts_with('\u{feff}'));
    document.is_some_and(|document| {
        let mut reader = Reader::strict(document);
        reader.skip().and_then(|()| reader.finish()).is_ok()
    })
}

/// Longest prefix of a text within `limit` bytes.
pub(super) fn cut(text: &str, limit: usize) -> &str {
    let end = text.floor_char_boundary(limit);
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::is_json;
    use proptest::prelude::*;

    #[test]
    fn what_could_not_stand_within_json_is_not_json() {
        for text in ["\u{feff}{}", "NaN", "-Infinity", "{} {}", "\"a", "\"\t\"", "01", "[1,]", ""] {
            assert!(!is_json(text), "{text}");
        }
        assert!(is_json(" {\"a\": [1e999, \"\\ud800\"]} "));
    }

    proptest! {
        #[test]
        fn what_is_json_agrees_with_serde_json(text in r#"[\[\]{}",:0-9eE.+\-truefalsnNaN \\u\u{e9}\u{feff}]{0,24}"#) {
            let expected = serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok();
            prop_assert_eq!(is_json(&text), expected, "{}", text);
        }
    }
}
