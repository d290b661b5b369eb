//! Any answer to any request, in any pieces: the output equals the input, and the decoded facts do not depend on the
//! pieces. An input: a line of method, path, a word for a stream, size of the pieces and limit; the answer's headers;
//! its body.

use crate::message::{Message, pieces};
use tollgate::attempt::{AnswerDecoder, Decoded};
use tollgate::endpoint::Route;
use tollgate::model::Reply;
use tollgate::settings::Limits;
use tollgate::record::Note;

/// All bytes, the reply, and what could not be read, each once.
type Outcome = (Vec<u8>, Reply, Vec<Note>);

fn read(message: &Message<'_>, route: &Route, limits: Limits, size: usize) -> Outcome {
    let (mut bytes, mut reply, mut notes) = (Vec::new(), Reply::default(), Vec::new());
    let mut reading = AnswerDecoder::new(route, message.word(2) == "stream", &message.headers, limits);
    let mut each = |read: Decoded<'_>| {
        let said = match read {
            Decoded::Note(note) if notes.contains(&note) => None,
            Decoded::Note(note) => {
                notes.push(note);
                None
            }
            Decoded::Whole { bytes: whole, said } => {
                bytes.extend_from_slice(whole);
                said
            }
            Decoded::Frame { frame, said, .. } => {
                bytes.extend_from_slice(frame.raw);
                said
            }
            Decoded::Rest { bytes: rest, .. } => {
                bytes.extend_from_slice(rest);
                None
            }
        };
        if let Some(said) = said {
            said.events.iter().for_each(|delta| reply.apply(delta, said.document));
        }
    };
    pieces(message.body, size, size).for_each(|piece| reading.push(piece, false, &mut each));
    reading.push(&[], true, &mut each);
    reading.finish(&mut reply);
    (bytes, reply, notes)
}

pub(crate) fn run(input: &[u8]) {
    let message = Message::of(input);
    let route = message.route();
    let limit = if message.number(4) == 0 { 1 << 20 } else { message.number(4) };
    let limits = Limits { response_body: limit, stream_event: limit, ..Limits::default() };
    let whole = read(&message, &route, limits, 0);
    if !message.headers.is_encoded() {
        assert_eq!(whole.0, message.body);
    }
    assert_eq!(read(&message, &route, limits, message.number(3).max(1)), whole);
    // An answer that is cut off somewhere.
    let mut reading = AnswerDecoder::new(&route, message.word(2) == "stream", &message.headers, limits);
    reading.push(message.body, false, &mut |_| {});
    reading.cut(&mut |said| assert!(!said.document.as_str().is_empty() || said.events.is_empty()));
    reading.push(b"more", true, &mut |_| {});
}
