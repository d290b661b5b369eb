//! Ollama: chat, generate, embed, and model management. <https://github.com/ollama/ollama/blob/main/docs/api.md>, read
//! 2026-11-21. System One, which answers questions by probabilities: <https://docs.ollama.com/api/systemone>, an
//! excerpt, read 2026-11-28.
//!
//! A stream is one JSON object per line, each like a whole answer. Answers are streamed unless the request declines.
//! The last object has the counts. Skips `context`, `logprobs` and images.

use super::RequestError;
use super::api::{AnswerFrame, Api, WrittenFrame};
use super::failure::Reported;
use super::members::Members;
use super::openai::thoughts::{self, Thoughts};
use super::parameters::{self, Row, read_setting, row};
use super::texts::{non_empty, read_other, read_rest, span};
use super::tools::read_plain_tools;
use super::turns::{read_earlier_call, read_media_parts, read_part_of, read_said, read_suffix};
use crate::document::{Document, JsonResult, Reader, Scalar, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, Event, Item, Node, Parameter, PartKind, Property, Refusal, Reply, Request, Role, TextKind,
    TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};
use std::fmt::Write;

pub(super) const API: Api = Api { stream: Framing::JsonLines, read_request, read_answer, write_text, write_refusal };

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = super::texts::object(document)?;
    // The default is a streamed answer. Endpoints that cannot stream say so themselves.
    let mut request = Request { stream: true, usage_asked: true, ..Request::default() };
    let mut unique = super::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "name", "stream", "messages", "prompt", "system", "input"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            // Older name, in requests about a model.
            "name" => {
                let name = parameters::text(reader, Parameter::Model, &mut request)?;
                request.model = request.model.take().or(name);
            }
            "stream" => request.stream = read_stream(reader, &mut request)?,
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            "prompt" => read_said(reader, Role::User, Some(0), &mut request)?,
            "suffix" => read_suffix(reader, &mut request)?,
            "system" => read_said(reader, Role::System, None, &mut request)?,
            "input" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, index| read_said(reader, Role::User, Some(index), &mut request))?;
            }
            "input" => read_said(reader, Role::User, Some(0), &mut request)?,
            "options" => {
                reader.maybe_object(|reader, key| read_setting(reader, ROWS, &key, &mut request))?;
            }
            "tools" => read_plain_tools(reader, &mut request)?,
            "format" => read_format(reader, &mut request)?,
            // Tokens of earlier calls' texts.
            "context" => super::texts::read_state(reader, "context", &mut request)?,
            "images" => read_media_parts(reader, PartKind::Image, Property::Data, &mut request)?,
            // Time for which the model stays in memory.
            "keep_alive" => reader.opaque()?,
            _ if parameters::read(reader, TOP_ROWS, &key, &mut request)? => {}
            _ => read_setting(reader, ROWS, &key, &mut request)?,
        }
        Ok(())
    })?;
    super::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Names of parameters at the top alone.
const TOP_ROWS: &[Row] = &[row("think", Parameter::ReasoningLevel)];

/// Names of parameters, at the top or in `options`.
const ROWS: &[Row] = &[
    row("num_predict", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("top_p", Parameter::TopP),
    row("top_k", Parameter::TopK),
    row("frequency_penalty", Parameter::FrequencyPenalty),
    row("presence_penalty", Parameter::PresencePenalty),
    row("seed", Parameter::Seed),
    row("stop", Parameter::Stop),
    row("logprobs", Parameter::Logprobs),
    row("top_logprobs", Parameter::TopLogprobs),
    row("dimensions", Parameter::Dimensions),
];

/// Reads the switch that declines a streamed answer.
fn read_stream(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult<bool> {
    let is_declined = |reader: &mut Reader<'_>, _: &mut Request| Ok(reader.maybe_bool()? == Some(false));
    Ok(!parameters::record(reader, Parameter::Stream, request, is_declined)?)
}

/// Reads the output format: `json`, or a schema.
fn read_format(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    request.items.open(Node::OutputFormat);
    let kind = reader.peek()?;
    let start = reader.offset();
    let is_json = match kind {
        ValueKind::String => reader.api_text()?.as_deref() == Some("json"),
        kind => {
            read_other(reader, None, &mut request.items)?;
            kind == ValueKind::Object
        }
    };
    let property = if kind == ValueKind::Object { Property::Schema } else { Property::Type };
    request.items.push(Item::Property(property, span(start, reader.offset())));
    request.items.close();
    if is_json {
        request.parameters.output_type = Some("json");
    }
    Ok(())
}

/// Members of a message, apart from its contents.
const MESSAGE: Members =
    Members(&[("role", Property::Role), ("tool_name", Property::Name), ("tool_call_id", Property::CallId)]);

fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let opened = request.items.open(Node::Message(None));
    let mut role = None;
    reader.maybe_object(|reader, key| {
        MESSAGE.read(reader, &key, request, |reader, request| match &*key {
            "role" => {
                role = match reader.api_text()?.as_deref() {
                    Some("system") => Some(Role::System),
                    Some("assistant") => Some(Role::Assistant),
                    Some("tool") => Some(Role::Tool),
                    _ => Some(Role::User),
                };
                Ok(())
            }
            "content" => read_text(reader, index, request),
            "thinking" => read_part_of(PartKind::Reasoning, request, |request| read_text(reader, index, request)),
            "tool_calls" => {
                reader.maybe_array(|reader, _| read_earlier_call(reader, index, request, read_arguments)).map(drop)
            }
            "images" => read_media_parts(reader, PartKind::Image, Property::Data, request),
            "tool_name" | "tool_call_id" => reader.opaque(),
            _ => read_other(reader, Some(index), &mut request.items),
        })
    })?;
    request.items.close();
    request.items.set_role(opened, role);
    if role == Some(Role::Tool) {
        for leaf in request.items.texts_from_mut(opened).filter(|leaf| leaf.place == TextKind::Text) {
            leaf.place = TextKind::ToolResult;
        }
    }
    Ok(())
}

/// Reads a text of a message. The texts of any other value are recorded.
fn read_text(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::String {
        return read_other(reader, Some(index), &mut request.items);
    }
    let text = super::texts::text(reader.string()?, index);
    request.items.push_text(text);
    Ok(())
}

/// Reads arguments: a JSON value, whose location is returned, or JSON text from clients of OpenAI's API.
fn read_arguments(reader: &mut Reader<'_>, index: u32, call: u32, request: &mut Request) -> JsonResult<Option<Span>> {
    let mut leaf = |span, place| {
        request.items.push_text(TextSpan { place, call: Some(call), ..super::texts::text(span, index) });
    };
    if reader.peek()? == ValueKind::String {
        leaf(reader.string()?, TextKind::Arguments);
        return Ok(None);
    }
    let start = reader.offset();
    reader.scalars(&mut |part| match part {
        Scalar::Key(span) | Scalar::String(span) => leaf(span, TextKind::ArgumentValue),
        Scalar::Number(span) => leaf(span, TextKind::ArgumentNumber),
    })?;
    Ok(Some(span(start, reader.offset())))
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut counts = ReportedUsage::default();
    let (mut answered, mut is_done, mut reason) = (false, false, None);
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "message" if reader.peek()? == ValueKind::Object => {
                answered = true;
                let mut thoughts = Thoughts::default();
                reader.object(|reader, key| read_answered(reader, &key, frame.calls, &mut thoughts, events))?;
            }
            "response" => {
                answered = true;
                push_text(reader, Content::Text, events)?;
            }
            "thinking" => push_text(reader, Content::Reasoning, events)?,
            "embeddings" => {
                answered = true;
                reader.maybe_array(|reader, index| read_vector(reader, index, events))?;
            }
            "embedding" => {
                answered = true;
                read_vector(reader, 0, events)?;
            }
            // Answers of System One, whose counts have OpenAI's names.
            "answers" => {
                answered = true;
                read_rest(reader, events)?;
            }
            "usage" => super::openai::usage::read(reader, events)?,
            "done" => is_done |= reader.maybe_bool()? == Some(true),
            // Status of a model pull, push or creation.
            "status" => is_done |= reader.maybe_text()?.as_deref() == Some("success"),
            "done_reason" => reason = non_empty(reader)?,
            "prompt_eval_count" => counts.input = reader.maybe_count()?,
            "eval_count" => counts.output = reader.maybe_count()?,
            "total_duration" => extra("total_duration", reader, events)?,
            "load_duration" => extra("load_duration", reader, events)?,
            "prompt_eval_duration" => extra("prompt_eval_duration", reader, events)?,
            "eval_duration" => extra("eval_duration", reader, events)?,
            // Single tokens: none holds a whole placeholder. And an encoded image.
            "context" | "logprobs" | "image" | "created_at" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    if !counts.is_empty() {
        // The counts stand among the members of the answer, in no object of their own.
        let (convention, source, raw) = (UsageConvention::Inclusive, UsageSource::Body, Span::default());
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source, raw })));
    }
    if is_done {
        events.push(Event::End);
    }
    reported.finish(answered, events);
    reader.finish()
}

/// Reads a duration in nanoseconds.
fn extra(name: &'static str, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    events.extend(reader.scalar()?.map(|value| Event::Extra { name, value }));
    Ok(())
}

/// Reads a member of an answered message. `calls`: number of tool calls in the lines before.
fn read_answered(
    reader: &mut Reader<'_>,
    key: &str,
    calls: u32,
    thoughts: &mut Thoughts,
    events: &mut Vec<Event>,
) -> JsonResult {
    let start = events.len();
    match key {
        "content" => {
            events.push(Event::Choice(0));
            push_text(reader, Content::Text, events)
        }
        "tool_calls" => {
            reader.maybe_array(|reader, position| read_call(reader, calls.saturating_add(position), events)).map(drop)
        }
        "role" | "images" => reader.skip(),
        name => match thoughts::part(name) {
            Some(part) if reader.peek()? == ValueKind::String => {
                push_text(reader, Content::Reasoning, events)?;
                thoughts.say(part, start, events);
                Ok(())
            }
            _ => read_rest(reader, events),
        },
    }
}

fn push_text(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part: 0, content };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

/// Reads a whole tool call: `{"function":{"name":…,"arguments":{…}}}`. Its `index` is ignored: older servers send none,
/// and some parsers of newer ones leave it at 0 for every call.
fn read_call(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let (mut id, mut name) = (None, None);
    let (mut value, mut text) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            "function" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "index" => reader.skip()?,
                        "name" => name = non_empty(reader)?,
                        "arguments" if reader.peek()? == ValueKind::String => text = non_empty(reader)?,
                        "arguments" => {
                            value = Some(reader.spanned(|reader| read_rest(reader, events))?.1);
                        }
                        _ => read_rest(reader, events)?,
                    }
                    Ok(())
                })?;
            }
            "type" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::ToolCall { choice: 0, part, id, name, builtin: false });
    let channel = Channel { choice: 0, part, content: Content::Arguments };
    events.extend(text.map(|text| Event::Text { channel, text }));
    events.extend(value.map(|value| Event::Arguments { choice: 0, part, value }));
    Ok(())
}

/// Reads a vector of an embedding. All have the length of the first.
fn read_vector(reader: &mut Reader<'_>, index: u32, events: &mut Vec<Event>) -> JsonResult {
    events.push(Event::Choice(index));
    if index > 0 {
        return reader.skip();
    }
    let mut numbers = 0_u32;
    reader.maybe_array(|reader, index| {
        numbers = index.saturating_add(1);
        reader.skip()
    })?;
    events.extend((numbers > 0).then_some(Event::Dimensions(numbers)));
    Ok(())
}

/// Writes a line that serves both a chat and a generation: clients read the member that they know.
fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut written = String::new();
    escape_into(text, &mut written);
    let mut data = String::from(r#"{"model":""#);
    escape_into(reply.model.as_deref().unwrap_or_default(), &mut data);
    // Arguments come whole, so none are ever held back.
    let (content, response, thinking) = match channel.content {
        Content::Reasoning | Content::SignedReasoning => ("", "", written.as_str()),
        _ => (written.as_str(), written.as_str(), ""),
    };
    let _ =
        write!(data, r#"","created_at":"1970-01-01T00:00:00Z","message":{{"role":"assistant","content":"{content}""#);
    if !thinking.is_empty() {
        // Ollama's own name, unless a server in front of it uses another.
        let (before, behind) = thoughts::around(if channel.part == 0 { THINKING } else { channel.part });
        let _ = write!(data, ",{before}{thinking}{behind}");
    }
    let _ = write!(data, r#"}},"response":"{response}""#);
    if !thinking.is_empty() {
        let _ = write!(data, r#","thinking":"{thinking}""#);
    }
    data.push_str(r#","done":false}"#);
    WrittenFrame { name: "", data }
}

/// Part index for Ollama's name of reasoning.
const THINKING: u32 = 3;

/// Writes an error: <https://docs.ollama.com/api/errors>, read 2026-11-21.
fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
