//! Any bytes as every framing, and as a compressed body: split anywhere, they give the same result, and no byte is
//! lost. An input: its kind, the limit, the offset of the split (two bytes), and the body.

use tollgate::framing::{Broken, Decoder, Frame, Framing, Inflate, Piece, multipart};

/// All bytes of the output, those that belong to no frame, and the frames' names and data.
type Decoded = (Vec<u8>, Vec<u8>, Vec<(String, bool, Vec<u8>)>);

fn decode(framing: Framing, pieces: [&[u8]; 2], limit: usize) -> Decoded {
    let (mut bytes, mut others, mut frames) = (Vec::new(), Vec::new(), Vec::new());
    let mut each = |piece: Piece<'_>| {
        bytes.extend_from_slice(piece.bytes());
        match piece {
            Piece::Frame(frame) => {
                rewrite(framing, &frame);
                frames.push((frame.name.to_string(), frame.is_exception, frame.data.to_vec()));
            }
            other => others.extend_from_slice(other.bytes()),
        }
    };
    let mut decoder = Decoder::new(framing, limit);
    for piece in pieces {
        decoder.push(piece, &mut each);
        assert!(decoder.held() <= limit.max(16));
    }
    decoder.finish(&mut each);
    (bytes, others, frames)
}

/// A frame rewritten with its own data is the same frame.
fn rewrite(framing: Framing, frame: &Frame<'_>) {
    let mut same = Vec::new();
    frame.rewrite(framing, &frame.data, &mut same);
    // Carriage returns within a JSON line's data become spaces.
    assert!(same == frame.raw || framing == Framing::JsonLines && frame.data.contains(&b'\r'));
    frame.rewrite(framing, b"{\"a\":\n1}", &mut same);
}

fn inflate(encoding: &str, pieces: [&[u8]; 2]) -> (Vec<u8>, Result<bool, Broken>) {
    let mut out = Vec::new();
    let Some(mut inflate) = Inflate::of(encoding) else {
        return (out, Ok(false));
    };
    let result = pieces.into_iter().try_for_each(|piece| inflate.push(piece, |bytes| out.extend_from_slice(bytes)));
    (out, result.map(|()| inflate.is_finished()))
}

fn form(body: &[u8], boundary: &str) {
    let mut end = 0;
    for part in multipart::parts(body, boundary) {
        assert!(part.range.start >= end);
        end = part.range.end;
        assert_eq!(body.get(part.range), Some(part.content));
    }
}

/// The framings, by the first byte of an input; gzip, deflate and a form come after them.
pub const FRAMINGS: [Framing; 4] =
    [Framing::ServerSentEvents, Framing::AwsEventStream, Framing::JsonArray, Framing::JsonLines];

pub(crate) fn run(input: &[u8]) {
    let Some(([what, limit, cut @ ..], bytes)) = input.split_first_chunk::<4>() else { return };
    // Deflate data expand up to a thousand times: a few bytes are enough.
    let bytes = if matches!(what % 7, 4 | 5) { bytes.get(..1024).unwrap_or(bytes) } else { bytes };
    let (first, second) = bytes.split_at(usize::from(u16::from_le_bytes(*cut)).min(bytes.len()));
    let limit = if *limit == u8::MAX { 1 << 20 } else { usize::from(*limit) };
    let framing = match usize::from(what % 7) {
        4 => return assert_eq!(inflate("gzip", [first, second]), inflate("gzip", [bytes, &[]])),
        5 => return assert_eq!(inflate("deflate", [first, second]), inflate("deflate", [bytes, &[]])),
        6 => {
            // Any content type, and a boundary that the bytes are likely to have.
            let boundary = multipart::boundary(&String::from_utf8_lossy(first)).unwrap_or_default().into_owned();
            form(bytes, &boundary);
            return form(bytes, "b");
        }
        framing => FRAMINGS[framing],
    };
    let whole = decode(framing, [bytes, &[]], limit);
    assert_eq!(whole.0, bytes);
    assert_eq!(decode(framing, [first, second], limit), whole);
}
