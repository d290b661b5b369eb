//! Answers: a response with a list of output items; each item is a part.

use super::event::read_event;
use super::output::Occurrence;
use super::response::ResponseFacts;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::failure::Reported;
use crate::dialect::texts::read_rest;
use crate::document::{Document, JsonResult, Reader};
use crate::model::Event;

pub(super) fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    if frame.is_whole { read_whole(frame.document, events) } else { read_event(frame, state, events) }
}

/// Reads a whole answer: a response, or an error.
fn read_whole(document: Document<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(document);
    let mut response = ResponseFacts::default();
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        let known = response.read_member(reader, &key, Occurrence::First, events)?
            || reported.read_flat(reader, &key, events)?;
        if known { Ok(()) } else { read_rest(reader, events) }
    })?;
    let answered = response.object.is_some();
    response.emit(document, true, events);
    reported.finish(answered, events);
    if answered {
        events.push(Event::End);
    }
    reader.finish()
}
