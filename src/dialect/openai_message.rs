//! What is said in an answer of OpenAI's chat completions: a whole answer's `message`, an event's `delta`.
//! <https://platform.openai.com/docs/api-reference/chat/object>, read 2026-11-21; what only some write is cited.

use super::hosted_tools;
use super::leaves::{non_empty, read_rest, set_signed, span};
use super::openai_answer::mute;
use super::thoughts::{self, Thoughts};
use crate::chat::{Bucket, Channel, Content, Delta, Fee};
use crate::document::{Document, Kind, Reader, Span, Unreadable};

type Read = Result<(), Unreadable>;

/// The part that the deprecated function call is: a message has but one.
pub(super) const FUNCTION_CALL: u32 = u32::MAX;

/// Reads a message. Whether there is one.
pub(super) fn read_message(
    reader: &mut Reader<'_>,
    is_whole: bool,
    deltas: &mut Vec<Delta>,
) -> Result<bool, Unreadable> {
    read_spoken(reader, is_whole, &mut false, deltas)
}

/// Reads the messages that Mistral has in the place of one where it has run tools itself: calls, what came of them, and
/// the answer. <https://docs.mistral.ai/cookbooks/mistral-connectors-05-connectors-in-completions>, read 2026-11-28.
pub(super) fn read_messages(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Result<bool, Unreadable> {
    let (mut told, mut calls, mut ran) = (deltas.len(), 0, Vec::new());
    let document = reader.document();
    reader.maybe_array(|reader, _| {
        let (start, mut is_result) = (deltas.len(), false);
        read_spoken(reader, true, &mut is_result, deltas)?;
        let end = deltas.len();
        if is_result {
            mute(deltas, start..end);
            for delta in deltas.get_mut(told..start).unwrap_or_default() {
                if let Delta::ToolCall { builtin, name, .. } = delta {
                    *builtin = true;
                    ran.extend(name.and_then(|name| hosted_tools::of_tool(&document.text(name))).map(Delta::Fee));
                }
            }
            deltas.append(&mut ran);
            told = deltas.len();
        } else {
            number_calls(deltas, start, &mut calls);
        }
        Ok(())
    })
}

/// Numbers the calls of a message on from those of the messages before it.
fn number_calls(deltas: &mut [Delta], start: usize, calls: &mut u32) {
    let before = *calls;
    for delta in deltas.iter_mut().skip(start) {
        match delta {
            Delta::ToolCall { part, .. } => {
                *part = part.saturating_add(before);
                *calls = calls.saturating_add(1);
            }
            Delta::Arguments { part, .. } => *part = part.saturating_add(before),
            Delta::Text { channel, .. } if matches!(channel.content, Content::Arguments | Content::Input) => {
                channel.part = channel.part.saturating_add(before);
            }
            _ => {}
        }
    }
}

/// Reads a message, and whether it is what a tool has returned. Whether there is one.
fn read_spoken(
    reader: &mut Reader<'_>,
    is_whole: bool,
    is_result: &mut bool,
    deltas: &mut Vec<Delta>,
) -> Result<bool, Unreadable> {
    let document = reader.document();
    let mut thoughts = Thoughts::default();
    let is_object = reader.maybe_object(|reader, key| {
        let start = deltas.len();
        match &*key {
            "content" => {
                read_content(reader, Content::Text, deltas)?;
                thoughts::set_apart(start, deltas);
            }
            "refusal" => read_content(reader, Content::Refusal, deltas)?,
            "tool_calls" => {
                reader.maybe_array(|reader, position| read_call(reader, position, is_whole, deltas))?;
            }
            "function_call" => read_call(reader, FUNCTION_CALL, true, deltas)?,
            "audio" => read_audio(reader, deltas)?,
            "annotations" if reader.peek()? == Kind::Array => {
                reader.array(|reader, _| read_annotation(reader, deltas))?;
            }
            // Groq: <https://console.groq.com/docs/compound/built-in-tools>, read 2026-11-28.
            "executed_tools" if reader.peek()? == Kind::Array => {
                reader.array(|reader, _| read_executed(reader, deltas))?;
            }
            "provider_metadata" if reader.peek()? == Kind::Object => read_metadata(reader, deltas)?,
            "role" => *is_result = reader.maybe_string()?.is_some_and(|role| document.raw(role) == "tool"),
            // What Google's endpoint has its models remember by; pictures, encoded.
            "extra_content" | "thought_signature" | "images" => reader.skip()?,
            name => match thoughts::part(name) {
                Some(part) => {
                    read_content(reader, Content::Reasoning, deltas)?;
                    thoughts.say(part, start, deltas);
                }
                None => read_rest(reader, deltas)?,
            },
        }
        Ok(())
    })?;
    Ok(is_object)
}

/// A content: a string, or a list of parts. An object is an answer in JSON that the server has parsed (Cloudflare).
pub(super) fn read_content(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    match reader.peek()? {
        Kind::String => push_text(reader.string()?, content, deltas),
        Kind::Array => reader.array(|reader, _| match reader.peek()? {
            Kind::Object => read_part(reader, content, deltas),
            _ => read_content(reader, content, deltas),
        })?,
        _ => read_rest(reader, deltas)?,
    }
    Ok(())
}

/// A part of a content. Mistral has its reasoning in parts: `{"type":"thinking","thinking":[{"type":"text",…}]}`
/// (<https://docs.mistral.ai/capabilities/reasoning>), Databricks too: `{"type":"reasoning","summary":[…]}`
/// (<https://docs.databricks.com/aws/en/machine-learning/model-serving/query-reason-models>).
pub(super) fn read_part(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    let first = deltas.len();
    let (mut is_thought, mut is_signed) = (content == Content::Reasoning, false);
    reader.object(|reader, key| match &*key {
        "type" => {
            let kind = reader.maybe_text()?.unwrap_or_default();
            is_thought |= kind.starts_with("thinking") || kind.starts_with("reasoning");
            Ok(())
        }
        "text" => read_content(reader, content, deltas),
        "thinking" | "reasoning" | "summary" => read_content(reader, Content::Reasoning, deltas),
        "refusal" => read_content(reader, Content::Refusal, deltas),
        // Some have it, empty, in every piece of what they will sign.
        "signature" => {
            is_signed |= reader.peek()? == Kind::String;
            reader.skip()
        }
        "format" => {
            is_signed |= super::openai_chat::is_signed_format(reader)?;
            Ok(())
        }
        "id" | "data" | "image_url" | "input_audio" => reader.skip(),
        _ => read_rest(reader, deltas),
    })?;
    if is_thought {
        for delta in deltas.iter_mut().skip(first) {
            if let Delta::Text { channel, .. } = delta {
                channel.content = Content::Reasoning;
            }
        }
    }
    if is_signed {
        set_signed(deltas, first);
    }
    Ok(())
}

fn push_text(text: Span, content: Content, deltas: &mut Vec<Delta>) {
    if text.start < text.end {
        deltas.push(Delta::Text { channel: Channel { choice: 0, part: 0, content }, text });
    }
}

/// Reads a source of the text: a page of the web, which was searched for, or a file, which OpenRouter has read with a
/// tool (<https://openrouter.ai/docs/guides/overview/multimodal/pdfs>, read 2026-11-28).
fn read_annotation(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    read_typed(reader, deltas, |kind| match kind {
        "url_citation" => Some(Fee::WebSearch),
        "file" => Some(Fee::Tool),
        _ => None,
    })
}

/// Reads the words of the provider behind Vercel's gateway: `{"google":{"groundingMetadata":…}}`, as recorded in March
/// 2026.
fn read_metadata(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader.object(|reader, key| {
        deltas.push(Delta::Other(key.span));
        if &*key != "google" || reader.peek()? != Kind::Object {
            return read_rest(reader, deltas);
        }
        reader.object(|reader, key| {
            deltas.push(Delta::Other(key.span));
            match &*key {
                "groundingMetadata" => super::gemini_candidate::read_grounding(reader, deltas),
                _ => read_rest(reader, deltas),
            }
        })
    })
}

/// A tool that Groq has run.
fn read_executed(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    read_typed(reader, deltas, hosted_tools::of_tool)
}

/// Reads an object for the fee that its type tells of.
fn read_typed(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>, fee: fn(&str) -> Option<Fee>) -> Read {
    if reader.peek()? != Kind::Object {
        return read_rest(reader, deltas);
    }
    let document = reader.document();
    let mut told = None;
    reader.object(|reader, key| {
        if &*key == "type" {
            let kind = non_empty(reader)?;
            told = kind.and_then(|kind| fee(&document.text(kind)));
            deltas.extend(kind.map(Delta::Other));
            return Ok(());
        }
        deltas.push(Delta::Other(key.span));
        read_rest(reader, deltas)
    })?;
    deltas.extend(told.map(Delta::Fee));
    Ok(())
}

/// Spoken output: its transcript is no `content`, and its bytes no text.
fn read_audio(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "transcript" => read_content(reader, Content::Speech, deltas),
            _ => reader.skip(),
        })
        .map(drop)
}

/// A tool call, or the beginning or a fragment of one, or the deprecated function call. In a whole answer each element
/// is a call of its own, whatever index it has.
fn read_call(reader: &mut Reader<'_>, position: u32, is_whole: bool, deltas: &mut Vec<Delta>) -> Read {
    let mut call = Call { part: position, ..Call::default() };
    reader.maybe_object(|reader, key| match &*key {
        "index" => {
            let index = reader.maybe_count()?.and_then(|index| index.try_into().ok());
            call.part = index.filter(|_| !is_whole).unwrap_or(position);
            Ok(())
        }
        "id" => {
            call.id = non_empty(reader)?;
            Ok(())
        }
        "function" | "custom" => {
            call.is_custom |= &*key == "custom";
            reader.maybe_object(|reader, key| call.read(reader, &key, deltas)).map(drop)
        }
        "type" | "extra_content" | "thought_signature" => reader.skip(),
        _ => call.read(reader, &key, deltas),
    })?;
    call.push(reader.document(), deltas);
    Ok(())
}

#[derive(Default)]
struct Call {
    part: u32,
    id: Option<Span>,
    name: Option<Span>,
    /// The text of the arguments.
    text: Option<Span>,
    /// Arguments that are JSON themselves, as some servers have them.
    value: Option<Span>,
    is_custom: bool,
}

impl Call {
    /// Reads a member of the function.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
        match key {
            "name" => self.name = non_empty(reader)?,
            "arguments" | "input" if reader.peek()? == Kind::Object => {
                let start = reader.offset();
                read_rest(reader, deltas)?;
                self.value = Some(span(start, reader.offset()));
            }
            "arguments" | "input" => self.text = non_empty(reader)?,
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    }

    fn push(self, document: Document<'_>, deltas: &mut Vec<Delta>) {
        let Self { part, id, name, text, value, is_custom } = self;
        // A custom tool's input is no JSON.
        let content = if is_custom { Content::Input } else { Content::Arguments };
        if id.is_some() || name.is_some() {
            deltas.push(Delta::ToolCall { choice: 0, part, id, name, builtin: false });
        }
        // Moonshot's own, which the client only hands back: "we charge a fee of $0.005 for the `$web_search` call"
        // (<https://platform.kimi.ai/docs/pricing/tools>, read 2026-11-28).
        let is_search = |name: &Span| document.raw(*name) == "$web_search";
        deltas.extend(name.filter(is_search).and(id).map(|_| Delta::Use(Bucket::WebSearches)));
        let channel = Channel { choice: 0, part, content };
        deltas.extend(text.map(|text| Delta::Text { channel, text }));
        deltas.extend(value.map(|value| Delta::Arguments { choice: 0, part, value }));
    }
}
