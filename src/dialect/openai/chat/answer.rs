//! Answers of OpenAI's chat completions and completions, whole and streamed, from every server of these dialects:
//! <https://platform.openai.com/docs/api-reference/chat>, read 2026-11-21. Deviations of single servers are cited where
//! they are read.
//!
//! One reader serves whole answers and events: an event's choices have a `delta` where a whole answer's have a
//! `message`, and those of completions a `text` in both. Some servers write several of these at once.

use super::message::{read_message, read_messages};
use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::failure::Reported;
use crate::dialect::texts::{demote, non_empty, push_some, read_extra, read_property, read_rest, retract};
use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::{Channel, Content, Event, Extra, Owner, Property};
use crate::usage::{Fee, UsageSource};
use std::ops::Range;

/// Members that only repeat the structure of an answer.
pub(super) const STRUCTURE: &[&str] = &[
    "object",
    "created",
    "choices[].index",
    "choices[].message.role",
    "choices[].message.content[].type",
    "choices[].message.content[].closed",
    "choices[].message.content[].thinking[].type",
    "choices[].message.tool_calls[].type",
    "choices[].message.tool_calls[].index",
];

/// Reads an answer to chat completions, or an event of one.
pub(in crate::dialect) fn read_chat(
    frame: AnswerFrame<'_>,
    _: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    read(frame, Shape { is_whole: frame.is_whole, is_completion: false }, events)
}

/// Reads an answer to completions, or an event of one.
pub(in crate::dialect) fn read_completion(
    frame: AnswerFrame<'_>,
    _: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    read(frame, Shape { is_whole: frame.is_whole, is_completion: true }, events)
}

/// Kind of answer.
#[derive(Clone, Copy)]
struct Shape {
    is_whole: bool,
    is_completion: bool,
}

impl Shape {
    /// Rank of a choice's member. Of several members with output the lowest rank wins. Perplexity and Writer repeat in
    /// every event's `message` the addition of its `delta`, or the sum of all, and Perplexity has an empty `delta` in
    /// whole answers; Together repeats a `text` in a `delta`.
    fn rank(self, member: &str) -> u8 {
        match (member, self.is_whole) {
            ("text", _) if self.is_completion => 0,
            ("message" | "messages", true) | ("delta", false) => 1,
            ("message", false) | ("delta", true) => 2,
            _ => 3,
        }
    }
}

fn read(frame: AnswerFrame<'_>, shape: Shape, events: &mut Vec<Event>) -> JsonResult {
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(frame.document);
    match reader.peek()? {
        // Google's endpoint wraps its errors in a list.
        ValueKind::Array => reader.array(|reader, _| read_object(reader, shape, events))?,
        _ => read_object(&mut reader, shape, events)?,
    }
    reader.finish()
}

fn read_object(reader: &mut Reader<'_>, shape: Shape, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let (mut answered, mut by_groq) = (false, false);
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            // First what OpenAI's answers have, in their order.
            "id" => push_some(events, non_empty(reader)?.map(Event::Id)),
            "object" => reader.skip()?,
            "created" => push_some(events, reader.maybe_count()?.map(Event::Created)),
            "model" => read_model(reader, events)?,
            "choices" => answered |= reader.maybe_array(|reader, at| read_choice(reader, at, shape, events))?,
            "usage" => crate::dialect::openai::usage::read(reader, events)?,
            "service_tier" => push_some(events, non_empty(reader)?.map(Event::ServiceTier)),
            "system_fingerprint" => push_some(events, non_empty(reader)?.map(Event::Fingerprint)),
            // Z.ai's search: <https://docs.z.ai/guides/tools/web-search>, read 2026-11-28.
            "web_search" if reader.peek()? == ValueKind::Array => {
                events.push(Event::Fee(Fee::WebSearch));
                read_property(reader, (Property::Sources, Owner::Answer), events, read_rest)?;
            }
            "x_groq" => {
                by_groq = true;
                read_groq(reader, &mut reported, events)?;
            }
            // OpenRouter: the upstream provider.
            "provider" => read_extra(Extra::UpstreamProvider, reader, events)?,
            // In Writer's events of completions this is the only member.
            "value" if shape.is_completion => answered |= read_text(reader, events)?,
            "obfuscation" | "p" | "request_id" | "timings" | "time_info" => reader.skip()?,
            _ if answer_members::read(ANSWER, reader, &key, events)? => {}
            _ if reported.read_flat(reader, &key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if by_groq {
        settle_usage(first, events);
    }
    reported.finish_from(first, answered, events);
    Ok(())
}

/// Members of an answer: verdicts of Azure's filters on the prompt, Perplexity's sources.
const ANSWER: &[AnswerMember] = &[
    opaque("prompt_filter_results", Property::Verdicts, Owner::Answer),
    texts("citations", Property::Sources, Owner::Answer),
    texts("search_results", Property::Sources, Owner::Answer),
];

/// Reads the model. OpenAI's `gpt-5-search-api` searches in every call, may search again, and does not report how often
/// (<https://developers.openai.com/api/docs/guides/tools-web-search>, read 2026-11-28).
fn read_model(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    if let Some(model) = non_empty(reader)? {
        events.push(Event::Model(model));
        // Quicker for a short name than the standard library's search.
        if document.raw(model).as_bytes().windows(SEARCHES.len()).any(|part| part == SEARCHES) {
            events.push(Event::Fee(Fee::WebSearch));
        }
    }
    Ok(())
}

/// Part of the name of a model that searches.
const SEARCHES: &[u8] = b"-search-api";

/// Reads Groq's own member: usage in streams that did not ask for it, and the reason for an early end of a stream.
/// <https://console.groq.com/docs/api-reference#chat-create>, read 2026-11-21.
fn read_groq(reader: &mut Reader<'_>, reported: &mut Reported, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "usage" => crate::dialect::openai::usage::read_from(reader, UsageSource::XGroq, events),
            "error" => reported.read(reader, events),
            _ => reader.skip(),
        })
        .map(drop)
}

/// Keeps, of two usages in one event, the one in the usual place.
fn settle_usage(first: usize, events: &mut Vec<Event>) {
    let source = |event: &Event| match event {
        Event::Usage(counted) => Some(counted.source),
        _ => None,
    };
    if events.iter().skip(first).any(|event| source(event) == Some(UsageSource::Body)) {
        retract(events, first, |event| source(event) == Some(UsageSource::XGroq));
    }
}

/// Reads a choice of chat completions, for dialects that embed such choices in an answer of their own.
pub(in crate::dialect) fn read_chat_choice(
    reader: &mut Reader<'_>,
    position: u32,
    is_whole: bool,
    events: &mut Vec<Event>,
) -> JsonResult {
    read_choice(reader, position, Shape { is_whole, is_completion: false }, events)
}

fn read_choice(reader: &mut Reader<'_>, position: u32, shape: Shape, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let mut index = position;
    let (mut finish, mut stop) = (None, None);
    let mut facts = None;
    reader.maybe_object(|reader, key| {
        let start = events.len();
        let says = match &*key {
            "message" | "delta" => read_message(reader, shape.is_whole, events)?,
            "messages" => read_messages(reader, events)?,
            "text" => read_text(reader, events)?,
            "index" => {
                index = reader.maybe_count()?.and_then(|index| index.try_into().ok()).unwrap_or(position);
                false
            }
            "finish_reason" => {
                finish = non_empty(reader)?;
                false
            }
            // Mistral's name for the finish reason on Amazon Bedrock. In vLLM's answers an additional member: the token
            // or text that stopped the output.
            "stop_reason" => {
                stop = non_empty(reader)?;
                false
            }
            _ => {
                read_choice_member(reader, &key, events)?;
                false
            }
        };
        if says {
            hold(shape.rank(&key), start, &mut facts, events);
        }
        Ok(())
    })?;
    push_some(events, finish.or(stop).map(|reason| Event::Finish { choice: index, reason }));
    let says = |event: &Event| matches!(event, Event::Text { .. } | Event::ToolCall { .. } | Event::Finish { .. });
    if !events.iter().skip(first).any(says) {
        events.push(Event::Choice(index));
    }
    crate::dialect::texts::set_choice(events, first, index);
    Ok(())
}

fn read_choice_member(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        // Moonshot has it here in streams: <https://platform.moonshot.ai/docs/api/chat>.
        "usage" => crate::dialect::openai::usage::read(reader, events),
        // OpenRouter: <https://openrouter.ai/docs/api-reference/overview>.
        "error" => crate::dialect::failure::read(reader, events),
        "native_finish_reason" => read_extra(Extra::NativeFinishReason, reader, events),
        "content_filter_offsets" | "token_ids" | "prompt_token_ids" | "prompt_logprobs" => reader.skip(),
        _ if answer_members::read(CHOICE, reader, key, events)? => Ok(()),
        _ => read_rest(reader, events),
    }
}

/// Members of a choice. Its probabilities are of single tokens: none holds a whole placeholder. The verdicts are those
/// of Azure's filters.
const CHOICE: &[AnswerMember] = &[
    opaque("logprobs", Property::Logprobs, Owner::CHOICE),
    opaque("log_probs", Property::Logprobs, Owner::CHOICE),
    opaque("content_filter_results", Property::Verdicts, Owner::CHOICE),
    opaque("content_filter_result", Property::Verdicts, Owner::CHOICE),
];

/// Resolves output from `start` on against earlier output of the same choice: the lower rank wins, on a tie the later
/// output. The other is demoted.
fn hold(rank: u8, start: usize, facts: &mut Option<(u8, Range<usize>)>, events: &mut [Event]) {
    let latest = start..events.len();
    match facts {
        Some((known, _)) if *known < rank => demote(events, latest),
        Some((_, before)) => {
            demote(events, before.clone());
            *facts = Some((rank, latest));
        }
        None => *facts = Some((rank, latest)),
    }
}

/// Reads a choice's text. Returns whether there is one, even an empty one.
fn read_text(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<bool> {
    let text = reader.maybe_string()?;
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    push_some(events, text.filter(|span| span.start < span.end).map(|text| Event::Text { channel, text }));
    Ok(text.is_some())
}
