//! Framings: bytes to frames and back, and the encodings around them, compressed bodies and forms. A framing knows
//! neither the meaning of a frame nor the provider.

mod aws_event_stream;
mod broken;
mod decoder;
mod frame;
mod gzip;
mod inflate;
mod json_array;
mod json_lines;
/// Bodies of `multipart/form-data`.
pub mod multipart;
mod parameters;
mod sse;

pub use broken::Broken;
pub use decoder::Decoder;
pub use frame::{Frame, Piece, SkipReason};
pub use inflate::Inflate;
pub use json_lines::LinesProbe;

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

impl Frame<'_> {
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
