//! Contents that Gemini stores: cached contents (<https://ai.google.dev/api/caching>), and batches of generateContent and
//! of embedContent (<https://ai.google.dev/api/batch-api>, with `batches.py` of the google-genai SDK 3.6.1), read
//! 2026-11-29. Each name may be in camel or snake case.
//!
//! Cached contents are the members of one request. A batch has the requests of many calls within
//! `batch.inputConfig.requests.requests`, or names a file of them; the answer is a long-running operation, which has the
//! responses once it is done.

use super::content::{read_content, read_model};
use super::generate::{candidate, read_request_member};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{finish, non_empty, object, of_other_calls, read_other, read_rest};
use crate::dialect::unique_keys::UniqueKeys;
use crate::document::{Document, JsonResult, Key, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{Event, Request};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::JsonArray,
    parameters: &[],
    read_request,
    read_answer,
    write_text: WrittenFrame::nothing,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let (mut unique, mut is_batch) = (UniqueKeys::default(), false);
    reader.object(|reader, key| {
        if !is_batch_member(&key) {
            return read_request_member(reader, &key, &mut unique, &mut request);
        }
        is_batch = true;
        read_batch_member(reader, &key, &mut unique, &mut request)
    })?;
    finish(reader, &mut request)?;
    if is_batch {
        // The path's is the one of all; others need the key's permission too.
        request.other_models.extend(request.model.take());
        request.combine_calls();
    }
    unique.check().map(|()| request)
}

/// Matches members that hold a batch, its input or its list of requests.
fn is_batch_member(key: &str) -> bool {
    matches!(key, "batch" | "inputConfig" | "input_config" | "requests")
}

fn read_batch_member(reader: &mut Reader<'_>, key: &str, unique: &mut UniqueKeys, request: &mut Request) -> JsonResult {
    match key {
        "requests" if reader.peek()? == ValueKind::Array => {
            reader.array(|reader, _| read_entry(reader, unique, request))
        }
        "model" => note_model(reader, request),
        "fileName" | "file_name" => reader.opaque(),
        _ if is_batch_member(key) => {
            reader.maybe_object(|reader, key| read_batch_member(reader, &key, unique, request)).map(drop)
        }
        _ => read_other(reader, None, &mut request.items),
    }
}

fn note_model(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let model = read_model(reader, request)?;
    request.other_models.extend(model);
    Ok(())
}

/// Reads a request of the batch, with its metadata.
fn read_entry(reader: &mut Reader<'_>, unique: &mut UniqueKeys, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "request" => {
                let mut keys = UniqueKeys::default();
                reader.maybe_object(|reader, key| match &*key {
                    // Of a request to embed.
                    "content" => read_content(reader, None, request),
                    _ => read_request_member(reader, &key, &mut keys, request),
                })?;
                unique.include(&keys);
                request.other_models.extend(request.model.take());
                Ok(())
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Reads an answer: a cache or an operation, or a list of these, or an error.
fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let first = events.len();
    let (mut model, mut is_stored, mut reported) = (None, false, Reported::default());
    reader.maybe_object(|reader, key| {
        is_stored |= matches!(&*key, "name" | "metadata" | "done");
        match &*key {
            // That of an operation is the batch's.
            "error" if !is_stored => reported.read(reader, events),
            "model" => {
                model = non_empty(reader)?;
                Ok(())
            }
            // Tokens that are kept, not used.
            "usageMetadata" | "usage_metadata" => reader.skip(),
            _ => read_member(reader, &key, state, events),
        }
    })?;
    of_other_calls(first, events);
    events.extend(model.map(Event::Model));
    if !is_stored {
        reported.finish_from(first, true, events);
    }
    reader.finish()
}

/// Reads a member of any object of an answer. Responses may be anywhere.
fn read_member(reader: &mut Reader<'_>, key: &Key<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    events.push(Event::Other(key.span));
    match &**key {
        "candidates" if reader.peek()? == ValueKind::Array => {
            reader.array(|reader, position| candidate::read(reader, position, state, events))
        }
        _ => read_value(reader, state, events),
    }
}

fn read_value(reader: &mut Reader<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| read_member(reader, &key, state, events)),
        ValueKind::Array => reader.array(|reader, _| read_value(reader, state, events)),
        _ => read_rest(reader, events),
    }
}
