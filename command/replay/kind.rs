//! Kind of an answer's body: by the core's framing or, where the core does not read the body, by its appearance.

use serde::de::IgnoredAny;
use tollgate::attempt::Headers;
use tollgate::framing::Framing;

/// The kind of a body that the core split into frames.
pub(crate) const fn of_framing(framing: Framing) -> &'static str {
    match framing {
        Framing::ServerSentEvents => "sse",
        Framing::AwsEventStream => "eventstream",
        Framing::JsonArray => "json_array",
        Framing::JsonLines => "ndjson",
    }
}

/// The kind of a body that was not split.
pub(crate) fn of_body(headers: &Headers, body: &[u8]) -> &'static str {
    let media = headers.media_type().unwrap_or_default();
    let text = body.trim_ascii_start();
    if media == "application/vnd.amazon.eventstream" {
        return "eventstream";
    }
    if ["data:", "event:", ":"].iter().any(|field| text.starts_with(field.as_bytes())) {
        return "sse";
    }
    if is_json(text) {
        return match text.first() {
            Some(b'{') if media.ends_with("jsonl") || media.ends_with("ndjson") => "ndjson",
            Some(b'{') => "json",
            Some(b'[') => "json_array",
            _ => "json_invalid",
        };
    }
    let mut lines = text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    if text.starts_with(b"{") && lines.all(is_json) {
        return "ndjson";
    }
    if media.ends_with("json") {
        return "json_invalid";
    }
    if media.starts_with("text/") || media.is_empty() && std::str::from_utf8(body).is_ok() {
        return "text";
    }
    "binary"
}

fn is_json(text: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(text).is_ok()
}
