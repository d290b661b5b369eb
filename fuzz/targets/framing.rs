//! Any bytes as server-sent events: cut in two anywhere, they give the same events and lose no byte.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::framing::{Decoder, Piece};

fn decode(pieces: [&[u8]; 2], limit: usize) -> (Vec<u8>, Vec<Vec<u8>>) {
    let (mut bytes, mut events) = (Vec::new(), Vec::new());
    let mut each = |piece: Piece<'_>| match piece {
        Piece::Event(event) => {
            bytes.extend_from_slice(event.raw);
            events.push(event.data.to_vec());
        }
        Piece::Unread(unread) => bytes.extend_from_slice(unread),
    };
    let mut decoder = Decoder::new(limit);
    pieces.into_iter().for_each(|piece| decoder.push(piece, &mut each));
    decoder.finish(&mut each);
    (bytes, events)
}

fuzz_target!(|input: (u8, u8, &[u8])| {
    let (cut, limit, stream) = input;
    let limit = usize::from(limit);
    let whole = decode([stream, &[]], limit);
    assert_eq!(whole.0, stream);
    let (first, second) = stream.split_at(usize::from(cut).min(stream.len()));
    assert_eq!(decode([first, second], limit), whole);
});
