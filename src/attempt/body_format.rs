//! Detection of an answer's framing from its headers and first bytes. On contradiction the bytes win: recorders,
//! proxies and frameworks lose the media type or use a single one.

use super::Headers;
use crate::dialect::Dialect;
use crate::framing::Framing;

/// Format of the body according to the headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BodyFormat {
    label: DeclaredFormat,
    /// Framing in case of a stream, when the request asked for one.
    stream: Option<Framing>,
}

/// Classification of the media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeclaredFormat {
    /// JSON document.
    Json,
    /// Stream of this framing.
    Stream(Framing),
    /// Plain-text error.
    PlainText,
    /// Media type without information.
    Unknown,
}

/// Format of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyKind {
    /// One document.
    Whole,
    /// One document, or JSON lines if another document starts on the next line.
    WholeOrLines,
    /// Stream.
    Stream(Framing),
    /// Not read.
    Opaque,
}

/// Classification of a body's first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstBytes {
    /// A line of server-sent events. No JSON starts like this.
    Event,
    /// AWS event-stream message: it starts with its length, whose first byte is always zero.
    Message,
    /// JSON object.
    Object,
    /// JSON array.
    Array,
    /// Anything else.
    Other,
}

impl FirstBytes {
    /// Classifies the first bytes after white space; `None` while more are needed.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        Some(match bytes.first()? {
            0 => Self::Message,
            b'{' => Self::Object,
            b'[' => Self::Array,
            b':' => Self::Event,
            _ if FIELDS.iter().any(|field| bytes.starts_with(field)) => Self::Event,
            _ if FIELDS.iter().any(|field| field.starts_with(bytes)) => return None,
            _ => Self::Other,
        })
    }
}

/// Field names at the start of lines of server-sent events. The last is llama.cpp's.
const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b"error:"];

impl BodyFormat {
    /// Returns the format of a body whose answer has these headers; `None` when the body is not read.
    pub(super) fn of(dialect: Option<Dialect>, asked: bool, is_error: bool, headers: &Headers) -> Option<Self> {
        let media = headers.media_type();
        let stream = asked.then(|| dialect.map_or(Framing::ServerSentEvents, Dialect::stream));
        let label = match media.as_deref() {
            Some("text/event-stream") => DeclaredFormat::Stream(Framing::ServerSentEvents),
            Some("application/vnd.amazon.eventstream") => DeclaredFormat::Stream(Framing::AwsEventStream),
            Some("application/x-ndjson" | "application/stream+json" | "application/jsonl" | "application/x-jsonl") => {
                DeclaredFormat::Stream(Framing::JsonLines)
            }
            Some(media) if media == "application/json" || media.ends_with("+json") => DeclaredFormat::Json,
            Some("text/plain") if is_error => DeclaredFormat::PlainText,
            // Some servers label everything `text/…`. A transcription really may be text.
            Some(media) if media.starts_with("text/") && dialect.is_some_and(|known| known != Dialect::OpenAiAudio) => {
                DeclaredFormat::Unknown
            }
            Some(media) if MEDIA.iter().any(|prefix| media.starts_with(prefix)) => return None,
            _ => DeclaredFormat::Unknown,
        };
        Some(Self { label, stream })
    }

    /// Matches plain-text errors.
    pub(super) fn is_plain_text(self) -> bool {
        self.label == DeclaredFormat::PlainText
    }

    /// Matches a single document, as far as the headers determine it.
    pub(super) fn is_whole(self) -> bool {
        self.is_plain_text() || self.label == DeclaredFormat::Json && self.stream != Some(Framing::JsonArray)
    }

    /// Returns the framing, as far as the headers determine it.
    pub(super) fn framing(self) -> Option<Framing> {
        match self.label {
            DeclaredFormat::Stream(framing) => Some(framing),
            _ => None,
        }
    }

    /// Determines the format from the first bytes after white space.
    pub(super) fn sniff(self, look: FirstBytes) -> BodyKind {
        match (self.label, look) {
            (
                DeclaredFormat::PlainText,
                FirstBytes::Object | FirstBytes::Array | FirstBytes::Message | FirstBytes::Other,
            ) => BodyKind::Whole,
            (_, FirstBytes::Event) => BodyKind::Stream(Framing::ServerSentEvents),
            (_, FirstBytes::Message) => BodyKind::Stream(Framing::AwsEventStream),
            (_, FirstBytes::Array) if self.stream == Some(Framing::JsonArray) => BodyKind::Stream(Framing::JsonArray),
            (DeclaredFormat::Stream(Framing::JsonLines), _) => BodyKind::Stream(Framing::JsonLines),
            (DeclaredFormat::Unknown, FirstBytes::Object) if self.stream == Some(Framing::JsonLines) => {
                BodyKind::Stream(Framing::JsonLines)
            }
            (_, FirstBytes::Object) if self.stream.is_some() => BodyKind::WholeOrLines,
            (_, FirstBytes::Object | FirstBytes::Array) | (DeclaredFormat::Json, FirstBytes::Other) => BodyKind::Whole,
            (DeclaredFormat::Stream(framing), FirstBytes::Other) => BodyKind::Stream(framing),
            (DeclaredFormat::Unknown, FirstBytes::Other) => BodyKind::Opaque,
        }
    }
}

/// Media types that are not read.
const MEDIA: &[&str] = &["audio/", "image/", "video/", "font/", "text/", "application/zip", "application/pdf"];
