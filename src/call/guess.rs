//! How an answer's body is cut: what its headers make of it, and what its first bytes make of that. Where the two
//! contradict one another the bytes hold: recorders, proxies and frameworks lose the media type or have one for all.

use super::Headers;
use crate::dialect::Dialect;
use crate::framing::Framing;

/// What the headers make of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Guess {
    label: Label,
    /// How it is cut if it is a stream, where one was asked for.
    stream: Option<Framing>,
}

/// Reading of the media type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    /// A JSON document.
    Json,
    /// A stream of this framing.
    Stream(Framing),
    /// An error in plain words.
    Words,
    /// Nothing that can be gone by.
    Unsaid,
}

/// What the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// One document.
    Whole,
    /// One document, unless another begins on a line behind it: then they are lines.
    WholeOrLines,
    /// A stream.
    Stream(Framing),
    /// Nothing that is read.
    Nothing,
}

/// Classification of a body's first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
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

impl Look {
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

impl Guess {
    /// How a body is read whose answer has these headers; `None` when it is not to be read.
    pub(super) fn of(dialect: Option<Dialect>, asked: bool, is_error: bool, headers: &Headers) -> Option<Self> {
        let media = headers.media_type();
        let stream = asked.then(|| dialect.map_or(Framing::ServerSentEvents, Dialect::stream));
        let label = match media.as_deref() {
            Some("text/event-stream") => Label::Stream(Framing::ServerSentEvents),
            Some("application/vnd.amazon.eventstream") => Label::Stream(Framing::AwsEventStream),
            Some("application/x-ndjson" | "application/stream+json" | "application/jsonl" | "application/x-jsonl") => {
                Label::Stream(Framing::JsonLines)
            }
            Some(media) if media == "application/json" || media.ends_with("+json") => Label::Json,
            Some("text/plain") if is_error => Label::Words,
            // Some servers say so of all that they write. A transcription may be text.
            Some(media) if media.starts_with("text/") && dialect.is_some_and(|known| known != Dialect::OpenAiAudio) => {
                Label::Unsaid
            }
            Some(media) if MEDIA.iter().any(|prefix| media.starts_with(prefix)) => return None,
            _ => Label::Unsaid,
        };
        Some(Self { label, stream })
    }

    /// Matches an error in plain words.
    pub(super) fn is_words(self) -> bool {
        self.label == Label::Words
    }

    /// Matches one document, as far as the headers tell.
    pub(super) fn is_whole(self) -> bool {
        self.is_words() || self.label == Label::Json && self.stream != Some(Framing::JsonArray)
    }

    /// How it is cut, as far as the headers tell.
    pub(super) fn framing(self) -> Option<Framing> {
        match self.label {
            Label::Stream(framing) => Some(framing),
            _ => None,
        }
    }

    /// Settles a guess by the first bytes that are not blank.
    pub(super) fn settled(self, look: Look) -> Found {
        match (self.label, look) {
            (Label::Words, Look::Object | Look::Array | Look::Message | Look::Other) => Found::Whole,
            (_, Look::Event) => Found::Stream(Framing::ServerSentEvents),
            (_, Look::Message) => Found::Stream(Framing::AwsEventStream),
            (_, Look::Array) if self.stream == Some(Framing::JsonArray) => Found::Stream(Framing::JsonArray),
            (Label::Stream(Framing::JsonLines), _) => Found::Stream(Framing::JsonLines),
            (Label::Unsaid, Look::Object) if self.stream == Some(Framing::JsonLines) => {
                Found::Stream(Framing::JsonLines)
            }
            (_, Look::Object) if self.stream.is_some() => Found::WholeOrLines,
            (_, Look::Object | Look::Array) | (Label::Json, Look::Other) => Found::Whole,
            (Label::Stream(framing), Look::Other) => Found::Stream(framing),
            (Label::Unsaid, Look::Other) => Found::Nothing,
        }
    }
}

/// Media that are not read.
const MEDIA: &[&str] = &["audio/", "image/", "video/", "font/", "text/", "application/zip", "application/pdf"];
