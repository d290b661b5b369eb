//! OpenAI conversations: <https://platform.openai.com/docs/api-reference/conversations>, with the types of the openai SDK
//! 3.57.0, read 2026-11-29; and the list of a stored response's input items
//! (<https://platform.openai.com/docs/api-reference/responses/input-items>), which has the same form.
//!
//! Their items are those of responses. All of them belong to other calls, so that answers hold no facts of the call's own.

use super::responses::{Occurrence, OutputItem, read_item, read_output_item};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::parameters::{self, Row, read_setting, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{finish, non_empty, object, of_other_calls, read_rest, set_signed};
use crate::dialect::unique_keys::UniqueKeys;
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{Event, Parameter, Request};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[ROWS],
    read_request,
    read_answer,
    write_text: WrittenFrame::nothing,
    write_refusal: super::error::write_refusal,
};

/// Reads a request: items to begin a conversation with or to add to one, and its metadata.
fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = UniqueKeys::default();
    reader.object(|reader, key| match &*key {
        // OpenAI's runs no model; a server in front of another API may.
        "model" => {
            unique.observe(&key, &["model"]);
            request.model = parameters::text(reader, Parameter::Model, &mut request)?;
            Ok(())
        }
        "items" => reader.maybe_array(|reader, index| read_item(reader, index, &mut request)).map(drop),
        _ => read_setting(reader, ROWS, &key, &mut request),
    })?;
    finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Members of a request, apart from its items.
const ROWS: &[Row] = &[row("metadata", Parameter::Metadata)];

/// Reads an answer: a conversation, a list of items, or one item.
fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let first = events.len();
    let (mut id, mut item, mut reported) = (None, OutputItem::default(), Reported::default());
    reader.maybe_object(|reader, key| match &*key {
        "id" => {
            id = non_empty(reader)?;
            Ok(())
        }
        "data" if reader.peek()? == ValueKind::Array => {
            reader.array(|reader, part| read_output_item(reader, part, Occurrence::Aside, events).map(drop))
        }
        "object" | "created_at" | "first_id" | "last_id" | "has_more" => reader.skip(),
        "metadata" => read_rest(reader, events),
        // That of an item's own tool call.
        "error" if item.has_type() => read_rest(reader, events),
        _ if reported.read_marked(reader, &key, events)? => Ok(()),
        _ => item.read_member(reader, &key, Occurrence::Aside, events),
    })?;
    item.emit(&reader, Occurrence::Aside, events);
    if item.is_encrypted() {
        set_signed(events, first);
    }
    of_other_calls(first, events);
    events.extend(id.map(Event::Id));
    reported.finish_from(first, true, events);
    reader.finish()
}
