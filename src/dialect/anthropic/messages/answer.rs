//! Answers, whole and streamed.
//!
//! One reader serves whole answers and events, keyed by member names: an event wraps a message, a content block or a
//! delta in a member of that name.

use super::turn::is_opaque;
use super::usage::{read_counted, read_usage};
use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::texts::{non_empty, read_extra, read_property, read_rest, set_part};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Extra, Owner, PartKind, Property};
use crate::usage::Fee;

/// Members that only repeat the structure of an answer.
pub(super) const STRUCTURE: &[&str] = &["type", "role"];

pub(super) fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    // Proxies that also speak OpenAI's dialect end a stream with `[DONE]`.
    if !frame.is_whole && frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(frame.document);
    match reader.peek()? {
        // Vertex AI wraps the errors of a streaming request in a list.
        ValueKind::Array => reader.array(|reader, _| read_object(reader, frame, state, events))?,
        _ => read_object(&mut reader, frame, state, events)?,
    }
    reader.finish()
}

fn read_object(
    reader: &mut Reader<'_>,
    frame: AnswerFrame<'_>,
    state: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    let document = frame.document;
    let (mut kind, mut reason) = (None, None);
    let mut common = crate::dialect::bedrock::aws::Common::default();
    let mut reported = crate::dialect::failure::Reported::default();
    let mut index = 0;
    let first = events.len();
    reader.maybe_object(|reader, key| match &*key {
        "type" => {
            kind = reader.maybe_string()?;
            Ok(())
        }
        "index" => {
            index = reader.maybe_count()?.and_then(|index| u32::try_from(index).ok()).unwrap_or_default();
            Ok(())
        }
        "message" if reader.peek()? == ValueKind::Object => {
            reader.object(|reader, key| read_message_member(reader, &key, &mut reason, events))
        }
        "completion" => {
            state.is_completion = true;
            crate::dialect::anthropic::complete::read_completion(reader, events)
        }
        "content_block" => read_block(reader, 0, events),
        "delta" => read_delta(reader, &mut reason, events),
        "input_tokens" => read_counted(reader, events),
        _ if reported.read_marked(reader, &key, events)? => Ok(()),
        _ if common.read(reader, &key, events)? => Ok(()),
        _ => read_message_member(reader, &key, &mut reason, events),
    })?;
    let kind = kind.map(|kind| document.text(kind));
    let ends = match kind.as_deref() {
        Some("content_block_start" | "content_block_delta") => {
            set_part(events, first, index);
            false
        }
        Some("content_block_stop") => {
            events.push(Event::PartEnd { choice: 0, part: index });
            false
        }
        Some("message_start") => {
            events.push(Event::Choice(0));
            false
        }
        Some("message" | "message_stop") => true,
        // The legacy API has no end event.
        Some("completion") | None => reason.is_some(),
        Some(_) => false,
    };
    events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    events.extend(ends.then_some(Event::End));
    reported.finish_from(first, true, events);
    common.push_from(first, frame.is_exception, events);
    Ok(())
}

/// Reads a member of a message (a whole answer, or the message in `message_start`) or of the delta of `message_delta`.
pub(in crate::dialect::anthropic) fn read_message_member(
    reader: &mut Reader<'_>,
    key: &str,
    reason: &mut Option<Span>,
    events: &mut Vec<Event>,
) -> JsonResult {
    match key {
        "id" => events.extend(non_empty(reader)?.map(Event::Id)),
        "model" => events.extend(non_empty(reader)?.map(Event::Model)),
        "content" if reader.peek()? == ValueKind::Array => {
            reader.array(|reader, part| read_block(reader, part, events))?;
        }
        "stop_reason" => *reason = non_empty(reader)?.or(*reason),
        "stop_sequence" => {
            read_property(reader, (Property::StopSequence, Owner::CHOICE), events, read_rest)?;
        }
        "stop_details" => {
            read_property(reader, (Property::StopDetails, Owner::CHOICE), events, read_stop_details)?;
        }
        "usage" => read_usage(reader, events)?,
        "request_id" => read_extra(Extra::RequestId, reader, events)?,
        // Code was run, or could have been: the time of a container with files is billed either way.
        "container" => {
            let has_run = reader.peek()? == ValueKind::Object;
            events.extend(has_run.then_some(Event::Fee(Fee::CodeExecution)));
            read_property(reader, (Property::Container, Owner::Answer), events, |reader, _| reader.skip())?;
        }
        "role" | "type" | "log_id" => reader.skip()?,
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Reads the model's reason for stopping: <https://docs.anthropic.com/en/api/handling-stop-reasons>, read 2026-11-21.
fn read_stop_details(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "category" => read_extra(Extra::RefusalCategory, reader, events),
            "type" => reader.skip(),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

/// Reads a content block, whole or at its start.
fn read_block(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let (mut kind, mut id, mut name, mut input, mut successor) = (None, None, None, None, None);
    let first = events.len();
    reader.maybe_object(|reader, key| {
        match &*key {
            "type" => kind = reader.maybe_string()?,
            "id" => id = reader.maybe_string()?,
            "name" => name = reader.maybe_string()?,
            "input" => {
                input = Some(reader.spanned(|reader| read_rest(reader, events))?.1);
            }
            "text" => read_text(reader, Content::Text, events)?,
            "thinking" => read_text(reader, Content::Reasoning, events)?,
            "data" => {
                read_property(reader, (Property::Encrypted, Content::Reasoning), events, |reader, _| reader.skip())?;
            }
            "signature" => {
                read_property(reader, (Property::Signature, Content::Reasoning), events, |reader, _| reader.skip())?;
            }
            "citations" => read_property(reader, (Property::Citations, Content::Text), events, read_result)?,
            "to" => successor = read_successor(reader, events)?,
            "content" => {
                read_property(reader, (Property::Result, Owner::part(PartKind::ToolResult)), events, read_result)?
            }
            _ if answer_members::read(BLOCK, reader, &key, events)? => {}
            _ if is_opaque(&key) => reader.skip()?,
            _ => read_result(reader, events)?,
        }
        Ok(())
    })?;
    events.extend(kind.map(|kind| Event::Part { choice: 0, part, kind }));
    let kind = kind.map(|kind| document.raw(kind)).unwrap_or_default();
    if kind.ends_with("tool_use") {
        // The provider runs `server_tool_use` and `mcp_tool_use` itself.
        events.push(Event::ToolCall { choice: 0, part, id, name, builtin: kind != "tool_use" });
        if kind == "server_tool_use" {
            let fee = name.and_then(|name| crate::dialect::hosted_tools::of_tool(&document.text(name)));
            events.extend(fee.map(Event::Fee));
        }
        events.extend(input.map(|value| Event::Arguments { choice: 0, part, value }));
    } else {
        events.extend(name.map(Event::Other));
        events.extend(successor.filter(|_| kind == "fallback").map(Event::Successor));
    }
    set_part(events, first, part);
    Ok(())
}

/// Members of calls and results of tools that Anthropic runs.
const BLOCK: &[AnswerMember] = &[
    opaque("tool_use_id", Property::CallId, Owner::part(PartKind::ToolResult)),
    opaque("is_error", Property::IsError, Owner::part(PartKind::ToolResult)),
    texts("server_name", Property::Server, Owner::part(PartKind::ToolCall)),
];

/// Reads the model that takes over when another one declined (`fallback`). In a stream only this names the answering
/// model, as in `accumulate_event` of the anthropic SDK 2.14.0, read 2026-11-28.
fn read_successor(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<Option<Span>> {
    let mut model = None;
    if reader.peek()? != ValueKind::Object {
        return read_result(reader, events).map(|()| None);
    }
    reader.object(|reader, key| match &*key {
        "model" => {
            model = non_empty(reader)?;
            Ok(())
        }
        _ => read_result(reader, events),
    })?;
    Ok(model)
}

/// Reads the result of a provider's tool, or citations. Members that only the provider reads are skipped.
fn read_result(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => {
            reader.object(|reader, key| if is_opaque(&key) { reader.skip() } else { read_result(reader, events) })
        }
        ValueKind::Array => reader.array(|reader, _| read_result(reader, events)),
        _ => read_rest(reader, events),
    }
}

/// Reads the delta of a content block or of the message.
fn read_delta(reader: &mut Reader<'_>, reason: &mut Option<Span>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" => read_text(reader, Content::Text, events),
            "thinking" => read_text(reader, Content::Reasoning, events),
            "partial_json" => read_text(reader, Content::Arguments, events),
            "citation" => read_property(reader, (Property::Citations, Content::Text), events, read_result),
            "signature" => {
                read_property(reader, (Property::Signature, Content::Reasoning), events, |reader, _| reader.skip())
            }
            "type" => reader.skip(),
            _ if is_opaque(&key) => reader.skip(),
            _ => read_message_member(reader, &key, reason, events),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part: 0, content };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}
