//! How an answer's body is cut: what its headers make of it, and what its first byte makes of that.

use super::Headers;
use crate::dialect::Dialect;
use crate::framing::Framing;

/// What the headers make of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guess {
    /// A JSON document. `stream`: how it is cut if it is a stream all the same, where one was asked for.
    Json { stream: Option<Framing> },
    /// A stream of this framing.
    Stream(Framing),
    /// An error in plain words.
    Words,
    /// They do not say. `stream`: how it is cut if it is a stream, where one was asked for.
    Unsaid { stream: Option<Framing> },
}

/// What the body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// One document.
    Whole,
    /// A stream.
    Stream(Framing),
    /// Nothing that is read.
    Nothing,
}

impl Guess {
    /// How a body is read whose answer has these headers; `None` when it is not to be read.
    pub(super) fn of(dialect: Option<Dialect>, asked: bool, is_error: bool, headers: &Headers) -> Option<Self> {
        let media = headers.media_type();
        let stream = asked.then(|| dialect.map_or(Framing::ServerSentEvents, Dialect::stream));
        match media.as_deref() {
            Some("text/event-stream") => Some(Self::Stream(Framing::ServerSentEvents)),
            Some("application/vnd.amazon.eventstream") => Some(Self::Stream(Framing::AwsEventStream)),
            Some("application/x-ndjson" | "application/stream+json" | "application/jsonl" | "application/x-jsonl") => {
                Some(Self::Stream(Framing::JsonLines))
            }
            Some(media) if media == "application/json" || media.ends_with("+json") => {
                Some(Self::Json { stream: stream.filter(|framing| *framing == Framing::JsonArray || !is_error) })
            }
            Some("text/plain") if is_error => Some(Self::Words),
            // Some servers say so of all that they write. A transcription may be that.
            Some("text/plain") if dialect.is_some_and(|dialect| dialect != Dialect::OpenAiAudio) => {
                Some(Self::Unsaid { stream })
            }
            Some(media) if MEDIA.iter().any(|prefix| media.starts_with(prefix)) => None,
            _ => Some(Self::Unsaid { stream }),
        }
    }

    /// What the first byte that is not white space makes of a guess. Providers answer a request for a stream with an
    /// error in JSON under the stream's media type, or one for a stream by a stream under that of JSON, with which no
    /// JSON begins; and recorders and proxies lose the media type.
    pub(super) fn settled(self, first: u8) -> Found {
        match (self, first) {
            (Self::Json { stream: Some(Framing::JsonArray) }, b'[') => Found::Stream(Framing::JsonArray),
            (
                Self::Json { stream: Some(Framing::ServerSentEvents) } | Self::Unsaid { stream: Some(_) },
                b':' | b'd' | b'e' | b'i' | b'r',
            ) => Found::Stream(Framing::ServerSentEvents),
            (Self::Json { .. } | Self::Words, _) => Found::Whole,
            (Self::Stream(Framing::ServerSentEvents), b'{' | b'[') => Found::Whole,
            (Self::Stream(framing), _) => Found::Stream(framing),
            (Self::Unsaid { .. }, 0) => Found::Stream(Framing::AwsEventStream),
            (Self::Unsaid { stream: Some(Framing::JsonLines) }, b'{') => Found::Stream(Framing::JsonLines),
            (Self::Unsaid { stream: Some(Framing::JsonArray) }, b'[') => Found::Stream(Framing::JsonArray),
            (Self::Unsaid { .. }, b'{' | b'[') => Found::Whole,
            (Self::Unsaid { .. }, _) => Found::Nothing,
        }
    }
}

/// Media that are not read.
const MEDIA: &[&str] = &["audio/", "image/", "video/", "font/", "text/", "application/zip", "application/pdf"];
