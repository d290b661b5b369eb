//! Message of an answer of OpenAI's chat completions: a whole answer's `message`, an event's `delta`.
//! <https://platform.openai.com/docs/api-reference/chat/object>, read 2026-11-21; deviations of single servers are
//! cited.

use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::hosted_tools;
use crate::dialect::openai::thoughts::{self, Thoughts};
use crate::dialect::texts::{demote, non_empty, read_property, read_rest, set_signed};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Owner, PartKind, Property};
use crate::usage::{Bucket, Fee};

/// Part index of the deprecated function call. A message has at most one.
pub(in crate::dialect) const FUNCTION_CALL: u32 = u32::MAX;

/// Reads a message. Returns whether there is one.
pub(in crate::dialect) fn read_message(
    reader: &mut Reader<'_>,
    is_whole: bool,
    events: &mut Vec<Event>,
) -> JsonResult<bool> {
    read_spoken(reader, is_whole, &mut false, events)
}

/// Reads the list of messages that Mistral sends in place of one after running tools itself: calls, their results, and
/// the answer. <https://docs.mistral.ai/cookbooks/mistral-connectors-05-connectors-in-completions>, read 2026-11-28.
pub(in crate::dialect) fn read_messages(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<bool> {
    let (mut told, mut calls, mut ran) = (events.len(), 0, Vec::new());
    let document = reader.document();
    reader.maybe_array(|reader, _| {
        let (start, mut is_result) = (events.len(), false);
        read_spoken(reader, true, &mut is_result, events)?;
        let end = events.len();
        if is_result {
            demote(events, start..end);
            for event in events.get_mut(told..start).unwrap_or_default() {
                if let Event::ToolCall { builtin, name, .. } = event {
                    *builtin = true;
                    ran.extend(name.and_then(|name| hosted_tools::of_tool(&document.text(name))).map(Event::Fee));
                }
            }
            events.append(&mut ran);
            told = events.len();
        } else {
            number_calls(events, start, &mut calls);
        }
        Ok(())
    })
}

/// Renumbers the calls of a message to follow those of the messages before it.
fn number_calls(events: &mut [Event], start: usize, calls: &mut u32) {
    let before = *calls;
    for event in events.iter_mut().skip(start) {
        match event {
            Event::ToolCall { part, .. } => {
                *part = part.saturating_add(before);
                *calls = calls.saturating_add(1);
            }
            Event::Arguments { part, .. } => *part = part.saturating_add(before),
            Event::Text { channel, .. } if matches!(channel.content, Content::Arguments | Content::Input) => {
                channel.part = channel.part.saturating_add(before);
            }
            _ => {}
        }
    }
}

/// Reads a message and whether it is a tool's result. Returns whether there is a message.
fn read_spoken(
    reader: &mut Reader<'_>,
    is_whole: bool,
    is_result: &mut bool,
    events: &mut Vec<Event>,
) -> JsonResult<bool> {
    let document = reader.document();
    let mut thoughts = Thoughts::default();
    let is_object = reader.maybe_object(|reader, key| {
        let start = events.len();
        match &*key {
            "content" => {
                read_content(reader, Content::Text, events)?;
                thoughts::set_apart(start, events);
            }
            "refusal" => read_content(reader, Content::Refusal, events)?,
            "tool_calls" => {
                reader.maybe_array(|reader, position| read_call(reader, position, is_whole, events))?;
            }
            "function_call" => read_call(reader, FUNCTION_CALL, true, events)?,
            "audio" => read_audio(reader, events)?,
            "annotations" if reader.peek()? == ValueKind::Array => {
                read_property(reader, (Property::Citations, Content::Text), events, |reader, events| {
                    reader.array(|reader, _| read_annotation(reader, events))
                })?;
            }
            // Groq: <https://console.groq.com/docs/compound/built-in-tools>, read 2026-11-28.
            "executed_tools" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| read_executed(reader, events))?;
            }
            "provider_metadata" if reader.peek()? == ValueKind::Object => read_metadata(reader, events)?,
            "role" => *is_result = reader.maybe_string()?.is_some_and(|role| document.raw(role) == "tool"),
            // Of Google's endpoint.
            "thought_signature" => {
                read_property(reader, (Property::Signature, Content::Text), events, |reader, _| reader.skip())?;
            }
            "extra_content" => read_extra_content(reader, Content::Text, events)?,
            // OpenRouter: <https://openrouter.ai/docs/features/multimodal/image-generation>, read 2026-11-28.
            "images" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, part| read_image(reader, part, events))?;
            }
            "images" => reader.skip()?,
            name => match thoughts::part(name) {
                Some(part) => {
                    read_content(reader, Content::Reasoning, events)?;
                    thoughts.say(part, start, events);
                }
                None => read_rest(reader, events)?,
            },
        }
        Ok(())
    })?;
    Ok(is_object)
}

/// Reads a content: a string, or a list of parts. An object is a JSON answer that the server has parsed (Cloudflare).
pub(in crate::dialect) fn read_content(
    reader: &mut Reader<'_>,
    content: Content,
    events: &mut Vec<Event>,
) -> JsonResult {
    match reader.peek()? {
        ValueKind::String => push_text(reader.string()?, content, events),
        ValueKind::Array => reader.array(|reader, position| match reader.peek()? {
            ValueKind::Object => {
                let first = events.len();
                read_part(reader, content, events)?;
                number_media(events, first, position);
                Ok(())
            }
            _ => read_content(reader, content, events),
        })?,
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Reads a part of a content. Sources, which Mistral lists among the texts, are recorded as a whole. Mistral puts its reasoning into parts:
/// `{"type":"thinking","thinking":[{"type":"text",…}]}` (<https://docs.mistral.ai/capabilities/reasoning>), Databricks
/// too: `{"type":"reasoning","summary":[…]}`
/// (<https://docs.databricks.com/aws/en/machine-learning/model-serving/query-reason-models>).
pub(in crate::dialect) fn read_part(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let (mut is_thought, mut is_signed, mut is_source) = (content == Content::Reasoning, false, false);
    let mut read = |reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>| match key {
        "type" => {
            let kind = reader.maybe_text()?.unwrap_or_default();
            is_thought |= kind.starts_with("thinking") || kind.starts_with("reasoning");
            is_source |= kind.ends_with("reference");
            Ok(())
        }
        "text" => read_content(reader, content, events),
        "thinking" | "reasoning" | "summary" => read_content(reader, Content::Reasoning, events),
        "refusal" => read_content(reader, Content::Refusal, events),
        // Some send it, empty, in every piece of text that they will sign.
        "signature" => {
            is_signed |= reader.peek()? == ValueKind::String;
            read_property(reader, (Property::Signature, Content::Reasoning), events, |reader, _| reader.skip())
        }
        "format" => read_property(reader, (Property::Format, Content::Reasoning), events, |reader, _| {
            is_signed |= super::is_signed_format(reader)?;
            Ok(())
        }),
        "data" => read_property(reader, (Property::Encrypted, Content::Reasoning), events, |reader, _| reader.skip()),
        "image_url" => read_media(reader, PartKind::Image, events),
        "input_audio" => read_media(reader, PartKind::Audio, events),
        "id" => read_property(reader, (Property::Id, Content::Reasoning), events, |reader, _| reader.skip()),
        _ if answer_members::read(FILE, reader, key, events)? => Ok(()),
        _ => read_rest(reader, events),
    };
    let ((), value) = reader.spanned(|reader| reader.object(|reader, key| read(reader, &key, events)))?;
    if is_source {
        events.push(Event::Property { owner: Content::Text.into(), property: Property::Citations, value });
    }
    if is_thought {
        for event in events.iter_mut().skip(first) {
            if let Event::Text { channel, .. } = event {
                channel.content = Content::Reasoning;
            }
        }
    }
    if is_signed {
        set_signed(events, first);
    }
    Ok(())
}

/// Members of a file that Mistral's tools made.
const FILE: &[AnswerMember] = &[
    opaque("file_id", Property::FileId, Owner::part(PartKind::File)),
    texts("file_name", Property::FileName, Owner::part(PartKind::File)),
    opaque("file_type", Property::MediaType, Owner::part(PartKind::File)),
];

/// Keeps several images apart, unlike texts, which form one text.
fn number_media(events: &mut [Event], first: usize, position: u32) {
    for event in events.iter_mut().skip(first) {
        if let Event::Property { owner: owner @ Owner::Part { kind: PartKind::Image | PartKind::Audio, .. }, .. } =
            event
        {
            owner.set_part(position);
        }
    }
}

fn push_text(text: Span, content: Content, events: &mut Vec<Event>) {
    if text.start < text.end {
        events.push(Event::Text { channel: Channel { choice: 0, part: 0, content }, text });
    }
}

/// Reads an image: `{"type":"image_url","image_url":{"url":"data:…"}}`.
fn read_image(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    reader.maybe_object(|reader, key| match &*key {
        "image_url" => read_media(reader, PartKind::Image, events),
        _ => reader.skip(),
    })?;
    crate::dialect::texts::set_part(events, first, part);
    Ok(())
}

/// Reads the address or the data of media: a string, or an object with one.
fn read_media(reader: &mut Reader<'_>, kind: PartKind, events: &mut Vec<Event>) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| match &*key {
            "url" => read_media(reader, kind, events),
            "data" => read_property(reader, (Property::Data, Owner::part(kind)), events, |reader, _| reader.skip()),
            "format" => {
                read_property(reader, (Property::MediaType, Owner::part(kind)), events, |reader, _| reader.skip())
            }
            _ => reader.skip(),
        }),
        ValueKind::String => {
            read_property(reader, (Property::Url, Owner::part(kind)), events, |reader, _| reader.skip())
        }
        _ => reader.skip(),
    }
}

/// Reads a source of the text: a web page that was searched for, or a file that OpenRouter read with a tool
/// (<https://openrouter.ai/docs/guides/overview/multimodal/pdfs>, read 2026-11-28).
fn read_annotation(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    read_typed(reader, events, |kind| match kind {
        "url_citation" => Some(Fee::WebSearch),
        "file" => Some(Fee::Tool),
        _ => None,
    })
}

/// Reads the signature of Google's own endpoint: `{"google":{"thought_signature":"…"}}`
/// (<https://ai.google.dev/gemini-api/docs/thought-signatures>, read 2026-11-29).
fn read_extra_content(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return reader.skip();
    }
    reader.object(|reader, key| match &*key {
        "google" => read_extra_content(reader, content, events),
        "thought_signature" => read_property(reader, (Property::Signature, content), events, |reader, _| reader.skip()),
        _ => reader.skip(),
    })
}

/// Reads metadata of the provider behind Vercel's gateway: `{"google":{"groundingMetadata":…}}`, as recorded in
/// March 2026.
fn read_metadata(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.object(|reader, key| {
        events.push(Event::Other(key.span));
        if &*key != "google" || reader.peek()? != ValueKind::Object {
            return read_rest(reader, events);
        }
        reader.object(|reader, key| {
            events.push(Event::Other(key.span));
            match &*key {
                "groundingMetadata" => crate::dialect::google::generate::candidate::read_grounding(reader, events),
                _ => read_rest(reader, events),
            }
        })
    })
}

/// Reads a tool use executed by Groq.
fn read_executed(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    read_typed(reader, events, hosted_tools::of_tool)
}

/// Reads an object for the fee that its type incurs.
fn read_typed(reader: &mut Reader<'_>, events: &mut Vec<Event>, fee: fn(&str) -> Option<Fee>) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return read_rest(reader, events);
    }
    let document = reader.document();
    let mut told = None;
    reader.object(|reader, key| {
        if &*key == "type" {
            let kind = non_empty(reader)?;
            told = kind.and_then(|kind| fee(&document.text(kind)));
            events.extend(kind.map(Event::Other));
            return Ok(());
        }
        events.push(Event::Other(key.span));
        read_rest(reader, events)
    })?;
    events.extend(told.map(Event::Fee));
    Ok(())
}

/// Reads spoken output. Its transcript is no `content`, and its bytes are no text.
fn read_audio(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "transcript" => read_content(reader, Content::Speech, events),
            "data" => read_property(reader, (Property::Data, Content::Speech), events, |reader, _| reader.skip()),
            "id" => read_property(reader, (Property::Id, Content::Speech), events, |reader, _| reader.skip()),
            _ => reader.skip(),
        })
        .map(drop)
}

/// Reads a tool call, or its start or a fragment of it, or the deprecated function call. In a whole answer each element
/// is a call of its own, whatever its index.
fn read_call(reader: &mut Reader<'_>, position: u32, is_whole: bool, events: &mut Vec<Event>) -> JsonResult {
    let mut call = CallPiece { part: position, ..CallPiece::default() };
    let first = events.len();
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
            reader.maybe_object(|reader, key| call.read(reader, &key, events)).map(drop)
        }
        "extra_content" => read_extra_content(reader, Content::Arguments, events),
        "thought_signature" => {
            read_property(reader, (Property::Signature, Content::Arguments), events, |reader, _| reader.skip())
        }
        "type" => {
            call.kind = non_empty(reader)?;
            Ok(())
        }
        _ => call.read(reader, &key, events),
    })?;
    for event in events.iter_mut().skip(first) {
        if let Event::Property { owner, .. } = event {
            owner.set_part(call.part);
        }
    }
    call.push(reader.document(), events);
    Ok(())
}

#[derive(Default)]
struct CallPiece {
    part: u32,
    id: Option<Span>,
    name: Option<Span>,
    /// JSON text of the arguments.
    text: Option<Span>,
    /// Arguments as a JSON value, as some servers send them.
    value: Option<Span>,
    kind: Option<Span>,
    is_custom: bool,
}

impl CallPiece {
    /// Reads a member of the function.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "name" => self.name = non_empty(reader)?,
            "arguments" | "input" if reader.peek()? == ValueKind::Object => {
                self.value = Some(reader.spanned(|reader| read_rest(reader, events))?.1);
            }
            "arguments" | "input" => self.text = non_empty(reader)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    fn push(self, document: Document<'_>, events: &mut Vec<Event>) {
        let Self { part, id, name, text, value, kind, is_custom } = self;
        // A custom tool's input is not JSON.
        let content = if is_custom { Content::Input } else { Content::Arguments };
        if id.is_some() || name.is_some() {
            events.push(Event::ToolCall { choice: 0, part, id, name, builtin: false });
        }
        if let Some(kind) = kind.filter(|_| is_custom) {
            let owner = Owner::Part { choice: 0, part, kind: PartKind::ToolCall };
            events.push(Event::Property { owner, property: Property::Type, value: kind.quoted() });
        }
        // Moonshot's own tool, which the client only hands back: "we charge a fee of $0.005 for the `$web_search` call"
        // (<https://platform.kimi.ai/docs/pricing/tools>, read 2026-11-28).
        let is_search = |name: &Span| document.raw(*name) == "$web_search";
        events.extend(name.filter(is_search).and(id).map(|_| Event::Use(Bucket::WebSearches)));
        let channel = Channel { choice: 0, part, content };
        events.extend(text.map(|text| Event::Text { channel, text }));
        events.extend(value.map(|value| Event::Arguments { choice: 0, part, value }));
    }
}
