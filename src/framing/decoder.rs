//! What all framings share: what is not whole yet is held, and each framing is shown every byte once.

use super::aws_event_stream::Messages;
use super::json_array::Elements;
use super::json_lines::Lines;
use super::sse::Events;
use super::{Framing, Piece};

/// Cuts a stream into frames. Holds no more than one unfinished frame, and that only up to its limit.
#[derive(Debug)]
pub struct Decoder {
    held: Vec<u8>,
    cutter: Cutter,
}

/// How far the current frame has been looked at, framing by framing.
#[derive(Debug)]
enum Cutter {
    Events(Events),
    Messages(Messages),
    Elements(Elements),
    Lines(Lines),
}

/// So many bytes, at the least, are put behind held ones at a time.
const PORTION: usize = 4 << 10;

impl Decoder {
    /// `limit`: longest frame that is read, in bytes.
    pub fn new(framing: Framing, limit: usize) -> Self {
        let cutter = match framing {
            Framing::ServerSentEvents => Cutter::Events(Events::new(limit)),
            Framing::AwsEventStream => Cutter::Messages(Messages::new(limit)),
            Framing::JsonArray => Cutter::Elements(Elements::new(limit)),
            Framing::JsonLines => Cutter::Lines(Lines::new(limit)),
        };
        Self { held: Vec::new(), cutter }
    }

    /// Takes the next bytes of the stream and hands out what they complete, at once.
    pub fn push(&mut self, chunk: &[u8], mut each: impl FnMut(Piece<'_>)) {
        let mut chunk = chunk;
        // What is held is completed with little more of the chunk than it takes, in portions that grow with it, so that
        // time stays in proportion to the bytes. The rest is read where it lies.
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

    /// The stream is over: what is left goes out, as a frame where the framing does not ask for an end.
    pub fn finish(&mut self, mut each: impl FnMut(Piece<'_>)) {
        let held = std::mem::take(&mut self.held);
        if !held.is_empty() {
            each(self.cutter.last(&held));
        }
    }

    /// How many bytes have come in that have not gone out.
    pub fn held(&self) -> usize {
        self.held.len()
    }
}

impl Cutter {
    /// Hands out all that is whole in `bytes`, which begin where the last piece ended; returns how many bytes that was.
    fn cut(&mut self, bytes: &[u8], each: &mut impl FnMut(Piece<'_>)) -> usize {
        match self {
            Self::Events(events) => cut(bytes, |rest| events.next(rest), each),
            Self::Messages(messages) => cut(bytes, |rest| messages.next(rest), each),
            Self::Elements(elements) => cut(bytes, |rest| elements.next(rest), each),
            Self::Lines(lines) => cut(bytes, |rest| lines.next(rest), each),
        }
    }

    /// What the held bytes, which nothing will follow, amount to.
    fn last<'a>(&mut self, held: &'a [u8]) -> Piece<'a> {
        match self {
            Self::Events(events) => events.last(held),
            Self::Messages(messages) => messages.last(held),
            Self::Elements(elements) => elements.last(held),
            Self::Lines(lines) => lines.last(held),
        }
    }
}

/// `next` gives the piece that the bytes begin with, or nothing while more bytes are needed to tell.
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
