//! Events of a streamed answer, each with the state that its reading depends on. A stream amounts to what its events say and
//! the state that they leave, in order: an event that reads differently makes a different answer.

use crate::exchanges::Exchange;
use crate::reading::{Reading, read_frame};
use tollgate::attempt::{AnswerDecoder, Decoded};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect};
use tollgate::document::Document;
use tollgate::settings::Limits;

/// Event of a stream.
pub(crate) struct StreamFrame {
    name: String,
    state: AnswerState,
    is_exception: bool,
    pub(crate) data: String,
}

impl StreamFrame {
    /// Reads the event with other data in its place.
    pub(crate) fn read(&self, dialect: Dialect, data: &str) -> Option<Reading> {
        let document = Document::new(data.as_bytes()).ok()?;
        let Self { name, is_exception, .. } = self;
        let frame = AnswerFrame { name, is_exception: *is_exception, is_whole: false, document };
        read_frame(dialect, frame, self.state.clone())
    }
}

/// Reads the events of a stream as a call does.
pub(crate) fn frames(exchange: &Exchange) -> Vec<StreamFrame> {
    let mut decoder = AnswerDecoder::new(&exchange.route, true, &exchange.headers(None), Limits::default());
    let (mut frames, mut state) = (Vec::new(), AnswerState::default());
    decoder.push(&exchange.answer, true, &mut |decoded| {
        let Decoded::Frame { frame, said: Some(said), state: after, .. } = decoded else { return };
        let state = std::mem::replace(&mut state, after.clone());
        let (name, data) = (frame.name.to_string(), said.document.as_str().to_owned());
        frames.push(StreamFrame { name, state, is_exception: frame.is_exception, data });
    });
    frames
}
