//! Framings: bytes to frames and back, and the encodings around them, compressed bodies and forms. A framing knows
//! neither the meaning of a frame nor the provider.

mod aws_event_stream;
mod decoder;
mod gzip;
mod inflate;
mod json_array;
mod json_lines;
/// Bodies of `multipart/form-data`.
pub mod multipart;
mod parameters;
mod sse;

pub use decoder::Decoder;
pub use inflate::{Broken, Inflate};
pub use json_lines::LinesProbe;

use std::borrow::Cow;

/// Framing of a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Framing {
    /// Server-sent events (`text/event-stream`): a frame is an event.
    ServerSentEvents,
    /// AWS event stream (`application/vnd.amazon.eventstream`): a frame is a message.
    AwsEventStream,
    /// One JSON array that arrives element by element: a frame is an element. A text that is not an array is one frame.
    JsonArray,
    /// Newline-delimited JSON: a frame is a line that is not blank.
    JsonLines,
}

/// One whole frame.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame<'a> {
    /// All bytes of the frame, including its end.
    pub raw: &'a [u8],
    /// Name in the framing. Server-sent events: the last `event:` field. AWS event stream: `:event-type`; for an
    /// exception `:exception-type`, for an error `:error-code`. Empty where there is none.
    pub name: Cow<'a, str>,
    /// AWS event stream: set when the message's type is `exception` or `error`.
    pub is_exception: bool,
    /// The payload; for an AWS error, which has none, its `:error-message`.
    pub data: Cow<'a, [u8]>,
    /// Offset of the payload in `raw`; `None` when it is not contiguous there, or the frame has no place for one.
    pub data_at: Option<usize>,
}

/// Output of a [`Decoder`], in the order of the stream. The concatenated bytes of all pieces are the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece<'a> {
    /// A whole frame.
    Frame(Frame<'a>),
    /// Bytes between frames that belong to none: JSON array brackets, commas and white space, blank lines.
    Between {
        /// The bytes.
        bytes: &'a [u8],
        /// Set when the bracket that closes the stream is among them.
        ends: bool,
    },
    /// Bytes of a frame that cannot be read. They are passed on.
    Skipped {
        /// The bytes; those of one frame may come in several pieces.
        bytes: &'a [u8],
        /// Reason.
        reason: SkipReason,
    },
}

/// Reason why a piece goes by unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SkipReason {
    /// Its frame is longer than the limit.
    TooLarge,
    /// A checksum is wrong, a length impossible, or the frame ends too early.
    Broken,
}

impl<'a> Piece<'a> {
    /// The piece's bytes in the stream.
    pub fn bytes(&self) -> &'a [u8] {
        match self {
            Self::Frame(frame) => frame.raw,
            Self::Between { bytes, .. } | Self::Skipped { bytes, .. } => bytes,
        }
    }
}

impl<'a> Frame<'a> {
    /// Creates a frame without a name; its payload is `data_at..data_end` of `raw`.
    fn unnamed(raw: &'a [u8], data_at: usize, data_end: usize) -> Self {
        let data = raw.get(data_at..data_end).unwrap_or_default();
        Self { raw, name: Cow::Borrowed(""), is_exception: false, data: Cow::Borrowed(data), data_at: Some(data_at) }
    }

    /// Writes the frame with other data: adapts lengths, checksums and `data:` lines, and keeps everything else.
    /// `framing` must be the one it was decoded with. Line ends in the data, where the framing cannot hold them, become
    /// an equivalent in JSON: several `data:` lines, or spaces.
    pub fn rewrite(&self, framing: Framing, data: &[u8], out: &mut Vec<u8>) {
        match framing {
            Framing::ServerSentEvents => sse::rewrite(self, data, out),
            Framing::AwsEventStream => aws_event_stream::rewrite(self, data, out),
            Framing::JsonArray => self.splice(data, out),
            Framing::JsonLines => json_lines::rewrite(self, data, out),
        }
    }

    /// Writes other data in the place of the frame's.
    fn splice(&self, data: &[u8], out: &mut Vec<u8>) {
        let (before, rest) = self.data_at.and_then(|at| self.raw.split_at_checked(at)).unwrap_or((self.raw, &[]));
        out.extend_from_slice(before);
        out.extend_from_slice(data);
        out.extend_from_slice(rest.get(self.data.len()..).unwrap_or_default());
    }
}

impl Framing {
    /// Writes a new frame. Server-sent events have an `event:` line only when `name` is not empty; AWS messages are
    /// events of the type `name` with JSON as payload; a JSON line has its line feed; an element of an array has no
    /// separators.
    pub fn write(self, name: &str, data: &[u8], out: &mut Vec<u8>) {
        match self {
            Self::ServerSentEvents => sse::write(name, data, out),
            Self::AwsEventStream => aws_event_stream::write(name, data, out),
            Self::JsonArray => out.extend_from_slice(data),
            Self::JsonLines => json_lines::write(data, out),
        }
    }
}
