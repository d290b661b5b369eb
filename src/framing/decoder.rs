//! The decoder common to all framings: holds incomplete frames and passes every byte to its framing once.

use super::aws_event_stream::Messages;
use super::json_array::Elements;
use super::json_lines::Lines;
use super::sse::Events;
use super::{Framing, Piece};

/// Splits a stream into frames. Holds at most one incomplete frame, up to its limit.
#[derive(Debug)]
pub struct Decoder {
    held: Vec<u8>,
    cutter: Cutter,
}

/// State of the current frame, by framing.
#[derive(Debug)]
enum Cutter {
    Events(Events),
    Messages(Messages),
    Elements(Elements),
    Lines(Lines),
}

/// Minimum number of bytes appended to held ones at a time.
const PORTION: usize = 4 << 10;

impl Decoder {
    /// Creates a decoder. `limit`: longest frame that is read, in bytes.
    pub fn new(framing: Framing, limit: usize) -> Self {
        let cutter = match framing {
            Framing::ServerSentEvents => Cutter::Events(Events::new(limit)),
            Framing::AwsEventStream => Cutter::Messages(Messages::new(limit)),
            Framing::JsonArray => Cutter::Elements(Elements::new(limit)),
            Framing::JsonLines => Cutter::Lines(Lines::new(limit)),
        };
        Self { held: Vec::new(), cutter }
    }

    /// Takes the next bytes of the stream and passes on every piece they complete, at once.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(Piece<'_>)) {
        let mut chunk = chunk;
        // Held bytes are completed with little more of the chunk than necessary, in portions that grow with them, so
        // that time stays proportional to the number of bytes. The rest is read in place.
        while !self.held.is_empty() && !chunk.is_empty() {
            let before = self.held.len();
            let (portion, rest) = chunk.split_at_checked(before.max(PORTION)).unwrap_or((chunk, &[]));
            self.held.extend_from_slice(portion);
            let used = self.cutter.cut(&self.held, &mut each);
            if let Some(used) = used.checked_sub(before) {
                self.held.clear();
                chunk = chunk.get(used..).unwrap_or_default();
            } else {
                self.held.drain(..used);
                chunk = rest;
            }
        }
        if !chunk.is_empty() {
            let used = self.cutter.cut(chunk, &mut each);
            self.held.extend_from_slice(chunk.get(used..).unwrap_or_default());
        }
    }

    /// Ends the stream: passes on the held bytes, as a frame where the framing needs no end marker.
    pub fn finish(&mut self, mut each: impl FnMut(Piece<'_>)) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            each(self.cutter.last(&held));
        }
    }

    /// Number of bytes held back.
    pub fn held(&self) -> usize {
        self.held.len()
    }
}

impl Cutter {
    /// Passes on every complete piece of `bytes`, which begin where the last piece ended. Returns the number of bytes
    /// used.
    fn cut(&mut self, bytes: &[u8], each: &mut impl FnMut(Piece<'_>)) -> usize {
        match self {
            Self::Events(events) => cut(bytes, |rest| events.next(rest), each),
            Self::Messages(messages) => cut(bytes, |rest| messages.next(rest), each),
            Self::Elements(elements) => cut(bytes, |rest| elements.next(rest), each),
            Self::Lines(lines) => cut(bytes, |rest| lines.next(rest), each),
        }
    }

    /// Returns the held bytes as the last piece.
    fn last<'a>(&mut self, held: &'a [u8]) -> Piece<'a> {
        match self {
            Self::Events(events) => events.last(held),
            Self::Messages(messages) => messages.last(held),
            Self::Elements(elements) => elements.last(held),
            Self::Lines(lines) => lines.last(held),
        }
    }
}

/// Calls `next` until it needs more bytes. `next` returns the piece that the bytes begin with.
fn cut<'a>(
    bytes: &'a [u8],
    mut next: impl FnMut(&'a [u8]) -> Option<Piece<'a>>,
    each: &mut impl FnMut(Piece<'_>),
) -> usize {
    let mut rest = bytes;
    while let Some(piece) = Some(rest).filter(|rest| !rest.is_empty()).and_then(&mut next) {
        rest = rest.get(piece.bytes().len()..).unwrap_or_default();
        each(piece);
    }
    bytes.len() - rest.len()
}
