//! Events of a streamed answer, each with all that its reading depends on.

use crate::exchanges::Exchange;
use crate::reading::{Reading, read_frame};
use tollgate::attempt::{AnswerDecoder, Decoded};
use tollgate::dialect::{AnswerFrame, Dialect};
use tollgate::document::Document;
use tollgate::settings::Limits;

/// Event of a stream.
pub(crate) struct StreamFrame {
    name: String,
    calls: u32,
    is_exception: bool,
    pub(crate) data: String,
}

impl StreamFrame {
    /// Reads the event with other data in its place.
    pub(crate) fn read(&self, dialect: Dialect, data: &str) -> Option<Reading> {
        let document = Document::new(data.as_bytes()).ok()?;
        let Self { name, calls, is_exception, .. } = self;
        let frame = AnswerFrame { name, calls: *calls, is_exception: *is_exception, is_whole: false, document };
        read_frame(dialect, frame)
    }
}

/// Reads the events of a stream as a call does.
pub(crate) fn frames(exchange: &Exchange) -> Vec<StreamFrame> {
    let mut decoder = AnswerDecoder::new(&exchange.route, true, &exchange.headers(None), Limits::default());
    let (mut frames, mut calls) = (Vec::new(), 0);
    decoder.push(&exchange.answer, true, &mut |decoded| {
        let Decoded::Frame { frame, said: Some(said), .. } = decoded else { return };
        let (name, data) = (frame.name.to_string(), said.document.as_str().to_owned());
        frames.push(StreamFrame { name, calls, is_exception: frame.is_exception, data });
        calls += said.events.iter().filter(|event| event.is_call()).count() as u32;
    });
    frames
}
