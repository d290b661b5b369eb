//! Framing: frames are whole and returned at once, for any chunk boundaries; compressed bodies and forms are read.

#![cfg(test)]

mod aws_event_stream;
mod inflate;
mod json;
mod laws;
mod multipart;
mod recorded;
mod sse;

use tollgate::framing::{Decoder, Framing, Piece, SkipReason};

const ALL: [Framing; 4] = [Framing::ServerSentEvents, Framing::AwsEventStream, Framing::JsonArray, Framing::JsonLines];

/// Longer than any stream here.
const NO_LIMIT: usize = 1 << 22;

/// Output of a decoder, in order; neighbours of one kind are merged, except frames.
#[derive(Debug, Clone, PartialEq)]
enum Out {
    Frame { raw: Vec<u8>, name: String, is_exception: bool, data: Vec<u8> },
    Between(Vec<u8>, bool),
    Skipped(Vec<u8>, SkipReason),
}

impl Out {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Frame { raw, .. } => raw,
            Self::Between(bytes, _) | Self::Skipped(bytes, _) => bytes,
        }
    }

    /// The same with other data.
    fn with(&self, data: &[u8]) -> Self {
        match self.clone() {
            Self::Frame { raw, name, is_exception, .. } => Self::Frame { raw, name, is_exception, data: data.to_vec() },
            other => other,
        }
    }
}

fn take(outs: &mut Vec<Out>, piece: &Piece<'_>) {
    assert!(!piece.bytes().is_empty(), "an empty piece");
    match (piece, outs.last_mut()) {
        (Piece::Frame(frame), _) => {
            if let Some(at) = frame.data_at {
                assert_eq!(&frame.raw[at..at + frame.data.len()], &*frame.data);
            }
            outs.push(Out::Frame {
                raw: frame.raw.to_vec(),
                name: frame.name.to_string(),
                is_exception: frame.is_exception,
                data: frame.data.to_vec(),
            });
        }
        (Piece::Between { bytes, ends }, Some(Out::Between(before, ended))) => {
            before.extend_from_slice(bytes);
            *ended |= ends;
        }
        (Piece::Skipped { bytes, reason }, Some(Out::Skipped(before, known))) if reason == known => {
            before.extend_from_slice(bytes);
        }
        (Piece::Between { bytes, ends }, _) => outs.push(Out::Between(bytes.to_vec(), *ends)),
        (Piece::Skipped { bytes, reason }, _) => outs.push(Out::Skipped(bytes.to_vec(), *reason)),
    }
}

/// Decodes a stream that arrives in these pieces.
fn decode<'a>(framing: Framing, pieces: impl IntoIterator<Item = &'a [u8]>, limit: usize) -> Vec<Out> {
    let mut decoder = Decoder::new(framing, limit);
    let mut outs = Vec::new();
    for piece in pieces {
        decoder.push(piece, |piece| take(&mut outs, &piece));
        // The prelude of an AWS message, and two bytes of an event's last line, are needed at any limit.
        assert!(decoder.held() <= limit.max(16), "holds more than its limit");
    }
    decoder.finish(|piece| take(&mut outs, &piece));
    assert_eq!(decoder.held(), 0);
    outs
}

fn whole(framing: Framing, stream: &[u8]) -> Vec<Out> {
    decode(framing, [stream], NO_LIMIT)
}

fn bytes(outs: &[Out]) -> Vec<u8> {
    outs.iter().flat_map(Out::bytes).copied().collect()
}

/// The data of all frames, as text.
fn data(outs: &[Out]) -> Vec<String> {
    let data = |out: &Out| match out {
        Out::Frame { data, .. } => Some(String::from_utf8(data.clone()).unwrap()),
        Out::Between(..) | Out::Skipped(..) => None,
    };
    outs.iter().filter_map(data).collect()
}

/// The only frame of a stream, rewritten with other data.
fn rewritten(framing: Framing, stream: &[u8], data: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut decoder = Decoder::new(framing, NO_LIMIT);
    let mut each = |piece: Piece<'_>| match piece {
        Piece::Frame(frame) => frame.rewrite(framing, data, &mut out),
        other => out.extend_from_slice(other.bytes()),
    };
    decoder.push(stream, &mut each);
    decoder.finish(&mut each);
    out
}
