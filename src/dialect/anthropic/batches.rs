//! Anthropic message batches: <https://docs.anthropic.com/en/api/creating-message-batches> and
//! `/retrieving-message-batch-results`, with the types of the anthropic SDK 2.14.0, read 2026-11-29.
//!
//! A request is a list of messages requests. Its results are JSON lines, one for each. They belong to calls of the
//! batch, so that they hold no facts of the call that fetches them.

use super::messages::{read_answer_member, read_request_member};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{finish, non_empty, object, of_other_calls, read_other, read_rest};
use crate::dialect::unique_keys::UniqueKeys;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{Event, Request};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonLines,
    parameters: &[],
    read_request,
    read_answer,
    write_text: WrittenFrame::nothing,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let (mut models, mut unique) = (Vec::new(), UniqueKeys::default());
    reader.object(|reader, key| match &*key {
        "requests" => {
            reader.maybe_array(|reader, _| read_entry(reader, &mut models, &mut unique, &mut request)).map(drop)
        }
        _ => read_other(reader, None, &mut request.items),
    })?;
    finish(reader, &mut request)?;
    request.set_models(models);
    request.combine_calls();
    unique.check().map(|()| request)
}

/// Reads a request of the batch, and adds its model to `models`; an empty name, when it has none.
fn read_entry(
    reader: &mut Reader<'_>,
    models: &mut Vec<String>,
    unique: &mut UniqueKeys,
    request: &mut Request,
) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "custom_id" => reader.maybe_id().map(drop),
            "params" => {
                let mut keys = UniqueKeys::default();
                reader.maybe_object(|reader, key| read_request_member(reader, &key, &mut keys, request))?;
                unique.include(&keys);
                models.push(request.model.take().unwrap_or_default());
                Ok(())
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Reads an answer: a batch, a list of batches, or a line of results.
fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let first = events.len();
    let (mut id, mut reported) = (None, Reported::default());
    reader.maybe_object(|reader, key| match &*key {
        "id" => {
            id = non_empty(reader)?;
            Ok(())
        }
        "result" if reader.peek()? == ValueKind::Object => read_result(reader, events),
        _ if reported.read_marked(reader, &key, events)? => Ok(()),
        _ => read_rest(reader, events),
    })?;
    of_other_calls(first, events);
    events.extend(id.map(Event::Id));
    reported.finish_from(first, true, events);
    reader.finish()
}

/// Reads the result of one request: a message, or an error.
fn read_result(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reason = None;
    reader.object(|reader, key| match &*key {
        "message" if reader.peek()? == ValueKind::Object => {
            reader.object(|reader, key| read_answer_member(reader, &key, &mut reason, events))
        }
        _ => read_rest(reader, events),
    })
}
