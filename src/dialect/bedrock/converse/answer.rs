//! Answers, whole and streamed.
//!
//! One reader serves whole answers and events, keyed by member names. The frame's name is the type of its event.

use super::usage::read_usage;
use crate::dialect::answer_members::{self, AnswerMember, PART, media_kind, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::bedrock::aws::Common;
use crate::dialect::texts::{non_empty, read_property, read_rest, set_part};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Extra, Owner, PartKind, Property};
use crate::usage::{Fee, ReportedUsage, UsageConvention};

pub(super) fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut event = ConverseEvent::new(frame.name, events);
    let mut common = Common::default();
    reader.maybe_object(
        |reader, key| {
            if common.read(reader, &key, events)? { Ok(()) } else { event.read(reader, &key, events) }
        },
    )?;
    reader.finish()?;
    event.close(events);
    common.push(frame.is_exception, events);
    Ok(())
}

/// Members of an answer that repeat its structure.
pub(super) const STRUCTURE: &[&str] = &["output.message.role", "output.message.content[].toolUse.type"];

/// State of an event or whole answer while it is read.
pub(in crate::dialect) struct ConverseEvent<'a> {
    name: &'a str,
    /// Index of its first entry in the list of decoded events.
    first: usize,
    /// Index of the content block.
    pub(in crate::dialect) index: u32,
    reason: Option<Span>,
    /// Set for the last event and for a whole answer.
    ends: bool,
}

impl<'a> ConverseEvent<'a> {
    pub(in crate::dialect) fn new(name: &'a str, events: &[Event]) -> Self {
        Self { name, first: events.len(), index: 0, reason: None, ends: name == "metadata" }
    }

    /// Reads one member.
    pub(in crate::dialect) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        events: &mut Vec<Event>,
    ) -> JsonResult {
        match key {
            "role" => {
                events.push(Event::Choice(0));
                reader.skip()?;
            }
            "contentBlockIndex" => {
                self.index = reader.maybe_count()?.and_then(|index| index.try_into().ok()).unwrap_or_default();
            }
            "start" => {
                reader.maybe_object(|reader, key| read_start(reader, &key, events))?;
            }
            "delta" => {
                reader.maybe_object(|reader, key| read_delta(reader, &key, events))?;
            }
            "output" => {
                self.ends = true;
                read_output(reader, events)?;
            }
            "stopReason" => self.reason = non_empty(reader)?,
            "usage" => read_usage(reader, events)?,
            "trace" => {
                reader.maybe_object(|reader, key| read_trace(reader, &key, events))?;
            }
            "metrics" => read_only(reader, "latencyMs", events, |value| Event::Extra { name: Extra::Latency, value })?,
            "performanceConfig" => {
                read_only(reader, "latency", events, |value| Event::Extra { name: Extra::Performance, value })?;
            }
            "serviceTier" => read_only(reader, "type", events, Event::ServiceTier)?,
            // Whole answer of CountTokens.
            "inputTokens" => {
                let counts = ReportedUsage { input: reader.maybe_count()?, ..ReportedUsage::default() };
                crate::dialect::texts::counted(counts, UsageConvention::CacheExcluded, Span::default(), events);
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    /// Reports whether the event ends a content block.
    pub(in crate::dialect) fn ends_part(&self) -> bool {
        self.name == "contentBlockStop"
    }

    /// Its own decoded events.
    pub(in crate::dialect) fn own_events<'d>(&self, events: &'d mut [Event]) -> &'d mut [Event] {
        events.get_mut(self.first..).unwrap_or_default()
    }

    /// Appends the events that end something.
    pub(in crate::dialect) fn close(self, events: &mut Vec<Event>) {
        if matches!(self.name, "contentBlockStart" | "contentBlockDelta") {
            set_part(events, self.first, self.index);
        }
        if self.ends_part() {
            events.push(Event::PartEnd { choice: 0, part: self.index });
        }
        self.finish(events);
    }

    /// Variant of `close` without content blocks.
    pub(in crate::dialect) fn finish(self, events: &mut Vec<Event>) {
        events.extend(self.reason.map(|reason| Event::Finish { choice: 0, reason }));
        events.extend(self.ends.then_some(Event::End));
    }
}

/// Reads one member of an object as a fact and skips the others.
fn read_only(reader: &mut Reader<'_>, name: &str, events: &mut Vec<Event>, fact: impl Fn(Span) -> Event) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            if &*key != name {
                return reader.skip();
            }
            events.extend(reader.scalar()?.map(&fact));
            Ok(())
        })
        .map(drop)
}

fn read_output(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "message" => reader
                .maybe_object(|reader, key| match &*key {
                    "role" => {
                        events.push(Event::Choice(0));
                        reader.skip()
                    }
                    "content" => reader
                        .maybe_array(|reader, part| {
                            let first = events.len();
                            reader.maybe_object(|reader, key| read_block(reader, &key, events))?;
                            set_part(events, first, part);
                            Ok(())
                        })
                        .map(drop),
                    _ => read_rest(reader, events),
                })
                .map(drop),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

/// Reads a content block of a whole answer: an object with one member, named by the block's kind.
fn read_block(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "text" => read_text(reader, Content::Text, events),
        "toolUse" => read_tool_use(reader, events),
        "reasoningContent" => read_reasoning(reader, events),
        "citationsContent" => read_cited(reader, events),
        "image" | "audio" | "video" | "document" => read_media(reader, media_kind(key), events),
        "toolResult" => read_tool_result(reader, events),
        _ => read_rest(reader, events),
    }
}

/// Reads the start of a streamed content block, which is empty for text and reasoning.
fn read_start(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "toolUse" => read_tool_use(reader, events),
        "toolResult" => read_tool_result(reader, events),
        "image" => read_media(reader, PartKind::Image, events),
        _ => read_rest(reader, events),
    }
}

fn read_delta(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "text" => read_text(reader, Content::Text, events),
        "toolUse" => reader
            .maybe_object(|reader, key| match &*key {
                "input" if reader.peek()? == ValueKind::String => read_text(reader, Content::Arguments, events),
                "input" => read_input(reader, events).map(|value| {
                    events.push(Event::Arguments { choice: 0, part: 0, value });
                }),
                _ => read_rest(reader, events),
            })
            .map(drop),
        "reasoningContent" => read_reasoning(reader, events),
        "image" => read_media(reader, PartKind::Image, events),
        "toolResult" => read_property(reader, (Property::Result, TOOL_RESULT), events, read_rest),
        "citation" => read_property(reader, (Property::Citations, Content::Text), events, read_rest),
        _ => read_rest(reader, events),
    }
}

fn read_text(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part: 0, content };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

fn read_tool_use(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let (mut id, mut name, mut input, mut builtin) = (None, None, None, false);
    reader.maybe_object(|reader, key| {
        match &*key {
            "toolUseId" => id = reader.maybe_string()?,
            "name" => name = reader.maybe_string()?,
            "input" => input = Some(read_input(reader, events)?),
            // Bedrock itself runs a `server_tool_use`. Some models label the other calls `tool_use`.
            "type" => builtin = reader.maybe_string()?.is_some_and(|kind| document.raw(kind) != "tool_use"),
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::ToolCall { choice: 0, part: 0, id, name, builtin });
    let tool = name.filter(|_| builtin).map(|name| document.text(name));
    events.extend(tool.and_then(|tool| crate::dialect::hosted_tools::of_tool(&tool)).map(Event::Fee));
    events.extend(input.map(|value| Event::Arguments { choice: 0, part: 0, value }));
    Ok(())
}

/// Reads arguments that are a JSON value: their texts and their location.
fn read_input(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<Span> {
    reader.spanned(|reader| read_rest(reader, events)).map(|((), input)| input)
}

/// Reads the result of a tool that Bedrock ran, or its start.
fn read_tool_result(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            _ if answer_members::read(RESULT, reader, &key, events)? => Ok(()),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

const TOOL_RESULT: Owner = Owner::part(PartKind::ToolResult);

/// Members of a tool's result.
const RESULT: &[AnswerMember] = &[
    opaque("toolUseId", Property::CallId, TOOL_RESULT),
    opaque("status", Property::Status, TOOL_RESULT),
    texts("content", Property::Result, TOOL_RESULT),
];

/// Reads reasoning, wrapped in `reasoningText` in whole answers only. Encrypted reasoning is for the provider.
fn read_reasoning(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let (first, mut is_signed) = (events.len(), false);
    reader.maybe_object(|reader, key| match &*key {
        "text" => read_text(reader, Content::Reasoning, events),
        "reasoningText" => read_reasoning(reader, events),
        "signature" => {
            is_signed = true;
            read_property(reader, (Property::Signature, Content::Reasoning), events, |reader, _| reader.skip())
        }
        "redactedContent" => {
            read_property(reader, (Property::Encrypted, Content::Reasoning), events, |reader, _| reader.skip())
        }
        _ => read_rest(reader, events),
    })?;
    if is_signed {
        crate::dialect::texts::set_signed(events, first);
    }
    Ok(())
}

/// Reads a text with its citations. In a stream such a text is like any other.
fn read_cited(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "content" => reader
                .maybe_array(|reader, _| reader.maybe_object(|reader, key| read_block(reader, &key, events)).map(drop))
                .map(drop),
            "citations" => read_property(reader, (Property::Citations, Content::Text), events, read_rest),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

/// Reads media: `{"format":"png","source":{"bytes":"…"}}`.
fn read_media(reader: &mut Reader<'_>, kind: PartKind, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    reader.maybe_object(|reader, key| match &*key {
        "source" if reader.peek()? == ValueKind::Object => reader.object(|reader, key| match &*key {
            _ if answer_members::read(MEDIA, reader, &key, events)? => Ok(()),
            _ => reader.skip(),
        }),
        _ if answer_members::read(MEDIA, reader, &key, events)? => Ok(()),
        _ => read_rest(reader, events),
    })?;
    answer_members::set_kind(events, first, kind);
    Ok(())
}

/// Members of media and of their source.
const MEDIA: &[AnswerMember] = &[
    opaque("format", Property::MediaType, PART),
    opaque("bytes", Property::Data, PART),
    opaque("s3Location", Property::Url, PART),
];

/// Reads the traces of guardrails and routers. A router's trace names the chosen model.
fn read_trace(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        // Both are billed separately: <https://aws.amazon.com/bedrock/pricing/>, read 2026-11-28.
        "promptRouter" => {
            events.push(Event::Fee(Fee::PromptRouter));
            read_only(reader, "invokedModelId", events, Event::Model)
        }
        "guardrail" => {
            events.push(Event::Fee(Fee::Guardrail));
            read_property(reader, (Property::Verdicts, Owner::Answer), events, read_rest)
        }
        _ => read_rest(reader, events),
    }
}
