//! How an answer's body is cut: what its headers make of it, and what its first bytes make of that. Where the two
//! contradict one another the bytes hold: recorders, proxies and frameworks lose the media type or have one for all.

use super::Headers;
use crate::dialect::Dialect;
use crate::framing::Framing;

/// What the headers make of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct BodyFormat {
    label: DeclaredFormat,
    /// How it is cut if it is a stream, where one was asked for.
    stream: Option<Framing>,
}

/// Reading of the media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum DeclaredFormat {
    /// A JSON document.
    Json,
    /// A stream of this framing.
    Stream(Framing),
    /// An error in plain words.
    PlainText,
    /// Nothing that can be gone by.
    Unknown,
}

/// What the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyKind {
    /// One document.
    Whole,
    /// One document, unless another begins on a line behind it: then they are lines.
    WholeOrLines,
    /// A stream.
    Stream(Framing),
    /// Nothing that is read.
    Opaque,
}

/// Classification of a body's first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FirstBytes {
    /// A line of server-sent events, with which no JSON begins.
    Event,
    /// A message of AWS's: its length, which is never so great that the first byte counts.
    Message,
    /// A JSON object.
    Object,
    /// A JSON array.
    Array,
    /// Anything else.
    Other,
}

impl FirstBytes {
    /// Classifies the first bytes that are not blank; `None` while more are needed to tell.
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

/// Field names that begin lines of server-sent events; the last is llama.cpp's.
const FIELDS: [&[u8]; 5] = [b"data:", b"event:", b"id:", b"retry:", b"error:"];

impl BodyFormat {
    /// How a body is read whose answer has these headers; `None` when it is not to be read.
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
            // Some servers say so of all that they write. A transcription may be text.
            Some(media) if media.starts_with("text/") && dialect.is_some_and(|known| known != Dialect::OpenAiAudio) => {
                DeclaredFormat::Unknown
            }
            Some(media) if MEDIA.iter().any(|prefix| media.starts_with(prefix)) => return None,
            _ => DeclaredFormat::Unknown,
        };
        Some(Self { label, stream })
    }

    /// Matches an error in plain words.
    pub(super) fn is_plain_text(self) -> bool {
        self.label == DeclaredFormat::PlainText
    }

    /// Matches one document, as far as the headers tell.
    pub(super) fn is_whole(self) -> bool {
        self.is_plain_text() || self.label == DeclaredFormat::Json && self.stream != Some(Framing::JsonArray)
    }

    /// How it is cut, as far as the headers tell.
    pub(super) fn framing(self) -> Option<Framing> {
        match self.label {
            DeclaredFormat::Stream(framing) => Some(framing),
            _ => None,
        }
    }

    /// Settles a guess by the first bytes that are not blank.
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

/// Media that are not read.
const MEDIA: &[&str] = &["audio/", "image/", "video/", "font/", "text/", "application/zip", "application/pdf"];
