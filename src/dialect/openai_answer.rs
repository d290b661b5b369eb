//! Answers of OpenAI's chat completions and completions, whole and streamed, as all write them who speak these
//! dialects: <https://platform.openai.com/docs/api-reference/chat>, read 2026-11-21. What only some write is cited
//! where it is read.
//!
//! Whole answers and events are read alike: an event's choices carry a `delta` where a whole answer's carry a
//! `message`, and those of completions a `text` in both. Some write several of these at once.

use super::api::Frame;
use super::failure::Reported;
use super::leaves::{non_empty, read_rest, retract};
use super::openai_message::{read_message, read_messages};
use crate::chat::{Channel, Content, Delta, Fee, UsageSource};
use crate::document::{Kind, Reader, Unreadable};
use std::ops::Range;

type Read = Result<(), Unreadable>;

/// Reads an answer to chat completions, or an event of one.
pub(super) fn read_chat(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    read(frame, Shape { is_whole: frame.is_whole, is_completion: false }, deltas)
}

/// Reads an answer to completions, or an event of one.
pub(super) fn read_completion(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    read(frame, Shape { is_whole: frame.is_whole, is_completion: true }, deltas)
}

/// What kind of answer is read.
#[derive(Clone, Copy)]
struct Shape {
    is_whole: bool,
    is_completion: bool,
}

impl Shape {
    /// Of several members of a choice that say something the one with the lowest rank holds. Perplexity and Writer
    /// repeat in every event's `message` what its `delta` adds, or what all have added up to, and Perplexity has an
    /// empty `delta` in whole answers; Together repeats a `text` in a `delta`.
    fn rank(self, member: &str) -> u8 {
        match (member, self.is_whole) {
            ("text", _) if self.is_completion => 0,
            ("message" | "messages", true) | ("delta", false) => 1,
            ("message", false) | ("delta", true) => 2,
            _ => 3,
        }
    }
}

fn read(frame: Frame<'_>, shape: Shape, deltas: &mut Vec<Delta>) -> Read {
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    let mut reader = Reader::new(frame.document);
    match reader.peek()? {
        // Google's endpoint puts its errors into a list.
        Kind::Array => reader.array(|reader, _| read_object(reader, shape, deltas))?,
        _ => read_object(&mut reader, shape, deltas)?,
    }
    reader.finish()
}

fn read_object(reader: &mut Reader<'_>, shape: Shape, deltas: &mut Vec<Delta>) -> Read {
    let first = deltas.len();
    let (mut answered, mut by_groq) = (false, false);
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => read_model(reader, deltas)?,
            // Z.ai's search: <https://docs.z.ai/guides/tools/web-search>, read 2026-11-28.
            "web_search" if reader.peek()? == Kind::Array => {
                deltas.push(Delta::Fee(Fee::WebSearch));
                read_rest(reader, deltas)?;
            }
            "created" => deltas.extend(reader.maybe_count()?.map(Delta::Created)),
            "service_tier" => deltas.extend(non_empty(reader)?.map(Delta::ServiceTier)),
            "system_fingerprint" => deltas.extend(non_empty(reader)?.map(Delta::Fingerprint)),
            "choices" => answered |= reader.maybe_array(|reader, at| read_choice(reader, at, shape, deltas))?,
            "usage" => super::openai_usage::read(reader, deltas)?,
            "x_groq" => {
                by_groq = true;
                read_groq(reader, &mut reported, deltas)?;
            }
            // OpenRouter: whom it has asked.
            "provider" => keep("upstream_provider", reader, deltas)?,
            // Writer's events of completions have nothing else.
            "value" if shape.is_completion => answered |= read_text(reader, deltas)?,
            "object" | "obfuscation" | "p" | "request_id" | "prompt_filter_results" | "timings" | "time_info" => {
                reader.skip()?;
            }
            _ => {
                if !reported.read_flat(reader, &key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    })?;
    if by_groq {
        settle_usage(first, deltas);
    }
    reported.finish_from(first, answered, deltas);
    Ok(())
}

/// The model. OpenAI's `gpt-5-search-api` searches in every call, may search again, and does not say how often
/// (<https://developers.openai.com/api/docs/guides/tools-web-search>, read 2026-11-28).
fn read_model(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = reader.document();
    if let Some(model) = non_empty(reader)? {
        deltas.push(Delta::Model(model));
        deltas.extend(document.raw(model).contains("-search-api").then_some(Delta::Fee(Fee::WebSearch)));
    }
    Ok(())
}

/// Groq's own member: usage in streams that were not asked for it, and why a stream ends early.
/// <https://console.groq.com/docs/api-reference#chat-create>, read 2026-11-21.
fn read_groq(reader: &mut Reader<'_>, reported: &mut Reported, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "usage" => super::openai_usage::read_from(reader, UsageSource::XGroq, deltas),
            "error" => reported.read(reader, deltas),
            _ => reader.skip(),
        })
        .map(drop)
}

/// Of two usages in one event the one in the usual place holds.
fn settle_usage(first: usize, deltas: &mut Vec<Delta>) {
    let source = |delta: &Delta| match delta {
        Delta::Usage(counted) => Some(counted.source),
        _ => None,
    };
    if deltas.iter().skip(first).any(|delta| source(delta) == Some(UsageSource::Body)) {
        retract(deltas, first, |delta| source(delta) == Some(UsageSource::XGroq));
    }
}

fn keep(name: &'static str, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    deltas.extend(non_empty(reader)?.map(|value| Delta::Kept { name, value }));
    Ok(())
}

/// Reads a choice of chat completions, for those who have the same within an answer of their own.
pub(super) fn read_chat_choice(
    reader: &mut Reader<'_>,
    position: u32,
    is_whole: bool,
    deltas: &mut Vec<Delta>,
) -> Read {
    read_choice(reader, position, Shape { is_whole, is_completion: false }, deltas)
}

fn read_choice(reader: &mut Reader<'_>, position: u32, shape: Shape, deltas: &mut Vec<Delta>) -> Read {
    let first = deltas.len();
    let mut index = position;
    let (mut finish, mut stop) = (None, None);
    let mut said = None;
    reader.maybe_object(|reader, key| {
        let start = deltas.len();
        let says = match &*key {
            "message" | "delta" => read_message(reader, shape.is_whole, deltas)?,
            "messages" => read_messages(reader, deltas)?,
            "text" => read_text(reader, deltas)?,
            "index" => {
                index = reader.maybe_count()?.and_then(|index| index.try_into().ok()).unwrap_or(position);
                false
            }
            "finish_reason" => {
                finish = non_empty(reader)?;
                false
            }
            // Mistral's name for it on Amazon Bedrock; vLLM's for the token or the text at which it stopped, besides.
            "stop_reason" => {
                stop = non_empty(reader)?;
                false
            }
            _ => {
                read_choice_member(reader, &key, deltas)?;
                false
            }
        };
        if says {
            hold(shape.rank(&key), start, &mut said, deltas);
        }
        Ok(())
    })?;
    deltas.extend(finish.or(stop).map(|reason| Delta::Finish { choice: index, reason }));
    let says = |delta: &Delta| matches!(delta, Delta::Text { .. } | Delta::ToolCall { .. } | Delta::Finish { .. });
    if !deltas.iter().skip(first).any(says) {
        deltas.push(Delta::Choice(index));
    }
    super::leaves::set_choice(deltas, first, index);
    Ok(())
}

fn read_choice_member(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
    match key {
        // Moonshot has it here in streams: <https://platform.moonshot.ai/docs/api/chat>.
        "usage" => super::openai_usage::read(reader, deltas),
        // OpenRouter: <https://openrouter.ai/docs/api-reference/overview>.
        "error" => super::failure::read(reader, deltas),
        "native_finish_reason" => keep("native_finish_reason", reader, deltas),
        // Tokens one by one, in which a placeholder is never whole; and what Azure's filters say of them.
        "logprobs" | "content_filter_results" | "content_filter_result" | "content_filter_offsets" => reader.skip(),
        "token_ids" | "prompt_token_ids" | "prompt_logprobs" => reader.skip(),
        _ => read_rest(reader, deltas),
    }
}

/// What was said last, from `start` on, holds instead of what was said before, or the other way round.
fn hold(rank: u8, start: usize, said: &mut Option<(u8, Range<usize>)>, deltas: &mut [Delta]) {
    let latest = start..deltas.len();
    match said {
        Some((known, _)) if *known < rank => mute(deltas, latest),
        Some((_, before)) => {
            mute(deltas, before.clone());
            *said = Some((rank, latest));
        }
        None => *said = Some((rank, latest)),
    }
}

/// Makes of what is said once more a text that carries no fact; placeholders may be in it all the same.
pub(super) fn mute(deltas: &mut [Delta], range: Range<usize>) {
    for delta in deltas.get_mut(range).unwrap_or_default() {
        match *delta {
            Delta::Text { text, .. } | Delta::Echo { text, .. } => *delta = Delta::Other(text),
            Delta::ToolCall { id, name, .. } => *delta = Delta::Other(name.or(id).unwrap_or_default()),
            Delta::Arguments { .. } | Delta::Use(_) => *delta = Delta::Other(Default::default()),
            _ => {}
        }
    }
}

/// A choice's text. Whether there is one, though it be empty.
fn read_text(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Result<bool, Unreadable> {
    let text = reader.maybe_string()?;
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    deltas.extend(text.filter(|span| span.start < span.end).map(|text| Delta::Text { channel, text }));
    Ok(text.is_some())
}
