//! Ollama: chat, generate, embed, and the handling of models.
//! <https://github.com/ollama/ollama/blob/main/docs/api.md>, read 2026-11-21. System One, which answers questions by
//! probabilities: <https://docs.ollama.com/api/systemone>, an excerpt, read 2026-11-28.
//!
//! A stream is a JSON object a line, each like a whole answer; one is sent unless it is declined. Counts come with the
//! last one. Not read: `context`, `logprobs`, pictures.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest, span};
use super::thoughts::{self, Thoughts};
use crate::chat::{
    CallName, Channel, Content, Counted, Counting, Delta, Leaf, Place, Refusal, Reply, Request, Role, Tally,
    UsageSource,
};
use crate::document::{Document, Kind, Loose, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api = Api { stream: Framing::JsonLines, read_request, read_answer, write_text, write_refusal };

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    // Without a word about it, an answer is streamed; where none can be, its endpoint says so.
    let mut request = Request { stream: true, usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "name", "stream", "messages", "prompt", "system", "input"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            // The older word, in requests about a model.
            "name" => request.model = request.model.take().or(reader.maybe_text()?.map(Into::into)),
            "stream" => request.stream = reader.maybe_bool()? != Some(false),
            "messages" => {
                reader.maybe_array(|reader, index| read_message(reader, index, &mut request))?;
            }
            "prompt" | "suffix" => read_text(reader, Role::User, Some(0), &mut request)?,
            "system" => read_text(reader, Role::System, None, &mut request)?,
            "input" if reader.peek()? == Kind::Array => {
                reader.array(|reader, index| read_text(reader, Role::User, Some(index), &mut request))?;
            }
            "input" => read_text(reader, Role::User, Some(0), &mut request)?,
            "options" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            "think" => request.parameters.reasoning_level = reader.api_text()?.map(Into::into),
            "format" => read_format(reader, &mut request)?,
            // Tokens of the texts of earlier calls.
            "context" => super::leaves::read_state(reader, "context", &mut request)?,
            "images" => super::leaves::read_media(reader, &mut request.leaves)?,
            // How long the model is to stay in memory.
            "keep_alive" => reader.opaque()?,
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "num_predict" => parameters.max_tokens = reader.maybe_count()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" => parameters.top_p = reader.maybe_number()?,
        "top_k" => parameters.top_k = reader.maybe_integer()?,
        "frequency_penalty" => parameters.frequency_penalty = reader.maybe_number()?,
        "presence_penalty" => parameters.presence_penalty = reader.maybe_number()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "stop" => return super::leaves::read_stop(reader, request),
        _ => return read_other(reader, None, &mut request.leaves),
    }
    Ok(())
}

/// `json`, or a schema.
fn read_format(reader: &mut Reader<'_>, request: &mut Request) -> Read {
    let is_json = match reader.peek()? {
        Kind::String => reader.api_text()?.as_deref() == Some("json"),
        kind => {
            read_other(reader, None, &mut request.leaves)?;
            kind == Kind::Object
        }
    };
    if is_json {
        request.parameters.output_type = Some("json");
    }
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, role: Role, message: Option<u32>, request: &mut Request) -> Read {
    if reader.peek()? != Kind::String {
        return read_other(reader, message, &mut request.leaves);
    }
    let span = reader.string()?;
    request.leaves.push(Leaf { span, place: Place::Text, role: Some(role), message, call: None });
    Ok(())
}

fn read_message(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let first = request.leaves.len();
    let mut role = None;
    reader.maybe_object(|reader, key| match &*key {
        "role" => {
            role = match reader.api_text()?.as_deref() {
                Some("system") => Some(Role::System),
                Some("assistant") => Some(Role::Assistant),
                Some("tool") => Some(Role::Tool),
                _ => Some(Role::User),
            };
            Ok(())
        }
        "content" | "thinking" => read_text(reader, Role::User, Some(index), request),
        "tool_calls" => reader.maybe_array(|reader, _| read_earlier_call(reader, index, request)).map(drop),
        "images" => super::leaves::read_media(reader, &mut request.leaves),
        "tool_name" | "tool_call_id" => reader.opaque(),
        _ => read_other(reader, Some(index), &mut request.leaves),
    })?;
    for leaf in request.leaves.iter_mut().skip(first) {
        leaf.role = role;
        if role == Some(Role::Tool) && leaf.place == Place::Text {
            leaf.place = Place::ToolResult;
        }
    }
    Ok(())
}

/// A tool call of an earlier turn.
fn read_earlier_call(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    let call = u32::try_from(request.tool_calls.len()).unwrap_or(u32::MAX);
    let mut names = CallName::default();
    reader.maybe_object(|reader, key| match &*key {
        "id" => {
            names.id = reader.maybe_id()?;
            Ok(())
        }
        "function" => reader
            .maybe_object(|reader, key| match &*key {
                "name" => {
                    names.name = reader.maybe_id()?;
                    Ok(())
                }
                "arguments" => {
                    names.input = read_arguments(reader, index, call, request)?;
                    Ok(())
                }
                _ => read_other(reader, Some(index), &mut request.leaves),
            })
            .map(drop),
        "type" => reader.api_word().map(drop),
        _ => read_other(reader, Some(index), &mut request.leaves),
    })?;
    request.tool_calls.push(names);
    Ok(())
}

/// Arguments: JSON themselves, whose place is given back; or, from clients of OpenAI's API, the text of it.
fn read_arguments(
    reader: &mut Reader<'_>,
    index: u32,
    call: u32,
    request: &mut Request,
) -> Result<Option<Span>, Unreadable> {
    let mut leaf = |span, place| {
        request.leaves.push(Leaf { place, call: Some(call), ..super::leaves::text(span, index) });
    };
    if reader.peek()? == Kind::String {
        leaf(reader.string()?, Place::Arguments);
        return Ok(None);
    }
    let start = reader.offset();
    reader.loose(&mut |part| match part {
        Loose::Key(span) | Loose::String(span) => leaf(span, Place::ArgumentLeaf),
        Loose::Number(span) => leaf(span, Place::ArgumentNumber),
    })?;
    Ok(Some(span(start, reader.offset())))
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut tally = Tally::default();
    let (mut answered, mut is_done, mut reason) = (false, false, None);
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "message" if reader.peek()? == Kind::Object => {
                answered = true;
                let mut thoughts = Thoughts::default();
                reader.object(|reader, key| read_said(reader, &key, frame.calls, &mut thoughts, deltas))?;
            }
            "response" => {
                answered = true;
                push_text(reader, Content::Text, deltas)?;
            }
            "thinking" => push_text(reader, Content::Reasoning, deltas)?,
            "embeddings" => {
                answered = true;
                reader.maybe_array(|reader, index| read_vector(reader, index, deltas))?;
            }
            "embedding" => {
                answered = true;
                read_vector(reader, 0, deltas)?;
            }
            // Of System One's questions; the counts have OpenAI's names there.
            "answers" => {
                answered = true;
                read_rest(reader, deltas)?;
            }
            "usage" => super::openai_usage::read(reader, deltas)?,
            "done" => is_done |= reader.maybe_bool()? == Some(true),
            // Of a model that is fetched, sent or made.
            "status" => is_done |= reader.maybe_text()?.as_deref() == Some("success"),
            "done_reason" => reason = non_empty(reader)?,
            "prompt_eval_count" => tally.input = reader.maybe_count()?,
            "eval_count" => tally.output = reader.maybe_count()?,
            "total_duration" => keep("total_duration", reader, deltas)?,
            "load_duration" => keep("load_duration", reader, deltas)?,
            "prompt_eval_duration" => keep("prompt_eval_duration", reader, deltas)?,
            "eval_duration" => keep("eval_duration", reader, deltas)?,
            // Tokens, in which a placeholder is never whole; a picture, encoded.
            "context" | "logprobs" | "image" | "created_at" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    })?;
    deltas.extend(reason.map(|reason| Delta::Finish { choice: 0, reason }));
    if !tally.is_empty() {
        // The counts stand among the members of the answer, in no object of their own.
        let (counting, source, raw) = (Counting::Within, UsageSource::Body, Span::default());
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting, source, raw })));
    }
    if is_done {
        deltas.push(Delta::End);
    }
    reported.finish(answered, deltas);
    reader.finish()
}

/// A duration in nanoseconds.
fn keep(name: &'static str, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    deltas.extend(reader.scalar()?.map(|value| Delta::Kept { name, value }));
    Ok(())
}

/// A member of an answered message; `calls`: how many tool calls lines before have told of.
fn read_said(reader: &mut Reader<'_>, key: &str, calls: u32, thoughts: &mut Thoughts, deltas: &mut Vec<Delta>) -> Read {
    let start = deltas.len();
    match key {
        "content" => {
            deltas.push(Delta::Choice(0));
            push_text(reader, Content::Text, deltas)
        }
        "tool_calls" => {
            reader.maybe_array(|reader, position| read_call(reader, calls.saturating_add(position), deltas)).map(drop)
        }
        "role" | "images" => reader.skip(),
        name => match thoughts::part(name) {
            Some(part) if reader.peek()? == Kind::String => {
                push_text(reader, Content::Reasoning, deltas)?;
                thoughts.say(part, start, deltas);
                Ok(())
            }
            _ => read_rest(reader, deltas),
        },
    }
}

fn push_text(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    let channel = Channel { choice: 0, part: 0, content };
    deltas.extend(non_empty(reader)?.map(|text| Delta::Text { channel, text }));
    Ok(())
}

/// A tool call, whole: `{"function":{"name":…,"arguments":{…}}}`. Its `index` is not gone by: older servers have none,
/// and some parsers of newer ones leave every call's at 0.
fn read_call(reader: &mut Reader<'_>, part: u32, deltas: &mut Vec<Delta>) -> Read {
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
                        "arguments" if reader.peek()? == Kind::String => text = non_empty(reader)?,
                        "arguments" => {
                            let start = reader.offset();
                            read_rest(reader, deltas)?;
                            value = Some(span(start, reader.offset()));
                        }
                        _ => read_rest(reader, deltas)?,
                    }
                    Ok(())
                })?;
            }
            "type" => reader.skip()?,
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    deltas.push(Delta::ToolCall { choice: 0, part, id, name, builtin: false });
    let channel = Channel { choice: 0, part, content: Content::Arguments };
    deltas.extend(text.map(|text| Delta::Text { channel, text }));
    deltas.extend(value.map(|value| Delta::Arguments { choice: 0, part, value }));
    Ok(())
}

/// A vector of an embedding; the first tells how long all are.
fn read_vector(reader: &mut Reader<'_>, index: u32, deltas: &mut Vec<Delta>) -> Read {
    deltas.push(Delta::Choice(index));
    if index > 0 {
        return reader.skip();
    }
    let mut numbers = 0_u32;
    reader.maybe_array(|reader, index| {
        numbers = index.saturating_add(1);
        reader.skip()
    })?;
    deltas.extend((numbers > 0).then_some(Delta::Dimensions(numbers)));
    Ok(())
}

/// A line of a chat and of a generation at once: clients read the member that they know.
fn write_text(reply: &Reply, channel: Channel, text: &str) -> Written {
    let mut written = String::new();
    escape_into(text, &mut written);
    let mut data = String::from(r#"{"model":""#);
    escape_into(reply.model.as_deref().unwrap_or_default(), &mut data);
    // Arguments come whole, so that none are ever held back.
    let (content, response, thinking) = match channel.content {
        Content::Reasoning | Content::SignedReasoning => ("", "", written.as_str()),
        _ => (written.as_str(), written.as_str(), ""),
    };
    let _ =
        write!(data, r#"","created_at":"1970-01-01T00:00:00Z","message":{{"role":"assistant","content":"{content}""#);
    if !thinking.is_empty() {
        // Ollama's own name, but for what stands before it and has another.
        let (before, behind) = thoughts::around(if channel.part == 0 { THINKING } else { channel.part });
        let _ = write!(data, ",{before}{thinking}{behind}");
    }
    let _ = write!(data, r#"}},"response":"{response}""#);
    if !thinking.is_empty() {
        let _ = write!(data, r#","thinking":"{thinking}""#);
    }
    data.push_str(r#","done":false}"#);
    Written { name: "", data }
}

/// The part that Ollama's name of reasoning stands for.
const THINKING: u32 = 3;

/// Errors: <https://docs.ollama.com/api/errors>, read 2026-11-21.
fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
