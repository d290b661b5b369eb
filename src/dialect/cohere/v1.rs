//! Cohere v1: chat, generate, summarize, classify and tokenize, some also as Amazon Bedrock has them for Cohere's
//! Command models. <https://docs.cohere.com/v1/reference/chat>, `/v1/reference/generate`, `/summarize` and `/classify`,
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-cohere-command.html> and
//! `/model-parameters-cohere-command-r-plus.html`, read 2026-11-21.
//!
//! A stream is one JSON object per line, each with an `event_type`. Streams of Bedrock's older models have none, but
//! mark the last object. The last object repeats the whole answer in `response`: its texts are restored, not counted.

use super::common::{read_parameter, read_usage, write_refusal};
use crate::dialect::RequestError;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::members::Members;
use crate::dialect::texts::{non_empty, read_other, read_rest, span};
use crate::dialect::turns::read_said;
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    CallName, Channel, Content, Event, Node, PartKind, Property, Reply, Request, Role, TextKind, TextSpan,
};
use std::fmt::Write;

pub(in crate::dialect) const API: Api =
    Api { stream: Framing::JsonLines, read_request, read_answer, write_text, write_refusal };

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let (mut turns, mut asked, mut results) = (0, None, 0..0);
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "message", "chat_history", "prompt", "preamble"]);
        reader.peek()?;
        let start = reader.offset();
        match &*key {
            "message" | "prompt" | "text" => {
                let first = request.items.len();
                read_said(reader, Role::User, None, &mut request)?;
                asked = request.items.texts_from(first).next().map(|text| text.span.start);
            }
            "preamble" => read_said(reader, Role::System, None, &mut request)?,
            "chat_history" => {
                reader.maybe_array(|reader, index| {
                    turns = index.saturating_add(1);
                    read_turn(reader, index, &mut request)
                })?;
            }
            "tool_results" => {
                request.items.open(Node::Message(Some(Role::User)));
                read_results(reader, &mut request)?;
                request.items.close();
                results = start..reader.offset();
            }
            "conversation_id" => crate::dialect::texts::read_state(reader, "conversation_id", &mut request)?,
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.items)?;
                }
            }
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    // The current message follows the history, wherever it stands; tool results follow the question that they are for.
    for leaf in request.items.texts_from_mut(0) {
        if results.contains(&(leaf.span.start as usize)) {
            leaf.message = Some(turns.saturating_add(1));
        } else if asked == Some(leaf.span.start) {
            leaf.message = Some(turns);
        }
    }
    unique.check().map(|()| request)
}

/// Members of a turn of the history, apart from its contents.
const TURN: Members = Members(&[("role", Property::Role)]);

/// Reads a turn of the history.
fn read_turn(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = Role::User;
    reader.maybe_object(|reader, key| {
        TURN.read(reader, &key, request, |reader, request| match &*key {
            "role" => {
                let word = reader.api_text()?.unwrap_or_default();
                let is = |name: &str| word.eq_ignore_ascii_case(name);
                role = match () {
                    () if is("chatbot") => Role::Assistant,
                    () if is("system") => Role::System,
                    () if is("tool") => Role::Tool,
                    () => Role::User,
                };
                Ok(())
            }
            "message" if reader.peek()? == ValueKind::String => {
                let text = crate::dialect::texts::text(reader.string()?, index);
                request.items.push_text(text);
                Ok(())
            }
            "tool_calls" => reader.maybe_array(|reader, _| read_earlier_call(reader, Some(index), request)).map(drop),
            "tool_results" => read_results(reader, request),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set_role(opened, Some(role));
    if role == Role::Tool {
        request.items.set(opened, Node::Message(Some(Role::User)));
    }
    request.items.texts_from_mut(opened).for_each(|leaf| leaf.message = Some(index));
    Ok(())
}

/// Members of a tool call.
const CALL: Members = Members(&[("name", Property::Name), ("parameters", Property::Arguments)]);

/// Reads a tool call repeated in the request. Its arguments are a JSON value.
fn read_earlier_call(reader: &mut Reader<'_>, message: Option<u32>, request: &mut Request) -> JsonResult {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    request.items.open(Node::Part(PartKind::ToolCall));
    reader.maybe_object(|reader, key| {
        CALL.read(reader, &key, request, |reader, request| match &*key {
            "name" => {
                names.name = reader.maybe_id()?;
                Ok(())
            }
            "parameters" => {
                names.input = Some(read_call_parameters(reader, message, call, request)?);
                Ok(())
            }
            _ => read_other(reader, message, &mut request.items),
        })
    })?;
    request.items.close();
    request.tool_calls.push(names);
    Ok(())
}

/// Reads the arguments of a call and returns their location.
fn read_call_parameters(
    reader: &mut Reader<'_>,
    message: Option<u32>,
    call: u32,
    request: &mut Request,
) -> JsonResult<Span> {
    reader.peek()?;
    let start = reader.offset();
    reader.scalars(&mut |part| {
        let (span, place) = match part {
            Scalar::Key(span) | Scalar::String(span) => (span, TextKind::ArgumentValue),
            Scalar::Number(span) => (span, TextKind::ArgumentNumber),
        };
        let role = Some(Role::Assistant);
        request.items.push_text(TextSpan { span, place, role, message, call: Some(call) });
    })?;
    Ok(span(start, reader.offset()))
}

/// Members of a tool's results, apart from the call.
const RESULT: Members = Members(&[("outputs", Property::Result)]);

/// Reads tool results: `[{"call":{…},"outputs":[{…}]}]`.
fn read_results(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_array(|reader, _| {
            request.items.open(Node::Part(PartKind::ToolResult));
            reader.maybe_object(|reader, key| {
                RESULT.read(reader, &key, request, |reader, request| match &*key {
                    "call" => read_earlier_call(reader, None, request),
                    _ => crate::dialect::google::content::read_result(reader, None, request),
                })
            })?;
            request.items.close();
            Ok(())
        })
        .map(drop)
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut facts = CohereV1Event::default();
    let read = reader.maybe_object(|reader, key| facts.read(reader, &key, events));
    // Also after an answer that breaks off.
    facts.finish(frame.document, events);
    read?;
    reader.finish()
}

/// Facts of an answer or event, whose kind may follow them.
#[derive(Default)]
struct CohereV1Event {
    event: Option<Span>,
    is_finished: Option<bool>,
    index: u32,
    id: Option<Span>,
    generation_id: Option<Span>,
    response_id: Option<Span>,
    text: Option<Span>,
    /// Set when a text has been read in the event's `tool_call_delta`.
    planned: bool,
    reason: Option<Span>,
    /// Set when a member with the API's output is present.
    answered: bool,
    reported: Reported,
}

impl CohereV1Event {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "event_type" => self.event = reader.maybe_string()?,
            "is_finished" => self.is_finished = reader.maybe_bool()?,
            "index" => self.index = index(reader)?.unwrap_or_default(),
            "id" => self.id = non_empty(reader)?,
            "generation_id" => self.generation_id = non_empty(reader)?,
            "response_id" => self.response_id = non_empty(reader)?,
            "text" | "summary" => {
                self.text = reader.maybe_string()?;
                self.answered |= self.text.is_some();
            }
            "finish_reason" => self.reason = non_empty(reader)?,
            "generations" => {
                self.answered = true;
                reader.maybe_array(|reader, position| read_generation(reader, position, false, events))?;
            }
            "tool_calls" => {
                self.answered = true;
                reader.maybe_array(|reader, part| read_call(reader, part, true, events))?;
            }
            "tool_call_delta" => self.planned = read_call_delta(reader, events)?,
            "response" => {
                reader.maybe_object(|reader, key| read_repeated(reader, &key, events))?;
            }
            "meta" => read_usage(reader, events)?,
            // Single tokens: none holds a whole placeholder.
            "token_strings" | "tokens" | "logprobs" => reader.skip()?,
            // Error in a stream of generate.
            "err" => self.reported.read(reader, events)?,
            _ => {
                if !self.reported.read_flat(reader, key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, document: Document<'_>, events: &mut Vec<Event>) {
        let event = self.event.map(|event| document.text(event));
        let is_event = event.is_some() || self.is_finished.is_some();
        // Some streams repeat the model's plan within a `tool-calls-chunk`, and the whole plan comes again with the
        // calls.
        let speaks = match event.as_deref() {
            None | Some("text-generation") => true,
            Some("tool-calls-chunk") => !self.planned,
            Some(_) => false,
        };
        let channel = Channel { choice: self.index, part: 0, content: Content::Text };
        events.extend(self.text.filter(|text| text.start < text.end).map(|text| match speaks {
            true => Event::Text { channel, text },
            false => Event::Other(text),
        }));
        events.extend(self.event.map(Event::EventName));
        if is_event {
            events.extend(self.generation_id.map(Event::Id));
        } else {
            events.extend(self.response_id.or(self.id).map(Event::Id));
            events.extend(self.generation_id.map(|value| Event::Extra { name: "generation_id", value }));
        }
        let has_reason = self.reason.is_some();
        events.extend(self.reason.map(|reason| Event::Finish { choice: self.index, reason }));
        let is_last = self.is_finished == Some(true) || event.as_deref() == Some("stream-end");
        if is_last || !is_event && (self.answered || has_reason) {
            events.push(Event::End);
        }
        self.reported.finish(is_event || self.answered, events);
    }
}

/// Reads a member of the whole answer repeated at the end of its stream. Facts that the stream left out are taken from
/// it; its texts are only restored.
fn read_repeated(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "id" => events.extend(non_empty(reader)?.map(Event::Id)),
        "response_id" => {
            events.extend(non_empty(reader)?.map(|value| Event::Extra { name: "response_id", value }));
        }
        "finish_reason" => {
            events.extend(non_empty(reader)?.map(|reason| Event::Finish { choice: 0, reason }));
        }
        "generations" => {
            reader.maybe_array(|reader, position| read_generation(reader, position, true, events))?;
        }
        "tool_calls" => {
            reader.maybe_array(|reader, part| read_call(reader, part, false, events))?;
        }
        "meta" => read_usage(reader, events)?,
        "generation_id" => reader.skip()?,
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Reads one text of generate. `again`: its text has come in pieces before.
fn read_generation(reader: &mut Reader<'_>, position: u32, again: bool, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let (mut choice, mut reason) = (position, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "text" if again => read_rest(reader, events)?,
            "text" => {
                let channel = Channel { choice: 0, part: 0, content: Content::Text };
                events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
            }
            "index" => choice = index(reader)?.unwrap_or(position),
            "finish_reason" => reason = non_empty(reader)?,
            "id" | "token_likelihoods" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::Choice(choice));
    events.extend(reason.map(|reason| Event::Finish { choice, reason }));
    crate::dialect::texts::set_choice(events, first, choice);
    Ok(())
}

/// Reads a whole tool call: `{"name":…,"parameters":{…}}`. `is_first`: its whole arguments have not come before.
fn read_call(reader: &mut Reader<'_>, part: u32, is_first: bool, events: &mut Vec<Event>) -> JsonResult {
    let (mut name, mut value) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "name" => name = non_empty(reader)?,
            "parameters" => {
                reader.peek()?;
                let start = reader.offset();
                read_rest(reader, events)?;
                value = Some(span(start, reader.offset()));
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::ToolCall { choice: 0, part, id: None, name, builtin: false });
    events.extend(value.filter(|_| is_first).map(|value| Event::Arguments { choice: 0, part, value }));
    Ok(())
}

/// Reads a fragment of a tool call or, without an index, of the plan for it. Returns whether it is a plan.
fn read_call_delta(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<bool> {
    let (mut part, mut name, mut arguments, mut plan) = (None, None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => part = index(reader)?,
            "name" => name = non_empty(reader)?,
            "parameters" => arguments = non_empty(reader)?,
            "text" => plan = non_empty(reader)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    let part = part.unwrap_or_default();
    if name.is_some() {
        events.push(Event::ToolCall { choice: 0, part, id: None, name, builtin: false });
    }
    let channel = |part, content| Channel { choice: 0, part, content };
    events.extend(arguments.map(|text| Event::Text { channel: channel(part, Content::Arguments), text }));
    events.extend(plan.map(|text| Event::Text { channel: channel(0, Content::Text), text }));
    Ok(plan.is_some())
}

/// Reads an index. Cohere's types allow any kind of number.
fn index(reader: &mut Reader<'_>) -> JsonResult<Option<u32>> {
    Ok(reader.maybe_count()?.and_then(|index| index.try_into().ok()))
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = String::from(r#"{"is_finished":false,"#);
    let (choice, part) = (channel.choice, channel.part);
    match channel.content {
        Content::Arguments | Content::Input => {
            let _ =
                write!(data, r#""event_type":"tool-calls-chunk","tool_call_delta":{{"index":{part},"parameters":""#);
        }
        Content::Text | Content::Reasoning | Content::SignedReasoning | Content::Refusal | Content::Speech => {
            data.push_str(r#""event_type":"text-generation","#);
            if reply.finish_reasons.len() > 1 {
                let _ = write!(data, r#""index":{choice},"#);
            }
            data.push_str(r#""text":""#);
        }
    }
    escape_into(text, &mut data);
    let is_call = matches!(channel.content, Content::Arguments | Content::Input);
    data.push_str(if is_call { "\"}}" } else { "\"}" });
    WrittenFrame { name: "", data }
}
