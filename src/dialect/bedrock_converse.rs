//! Amazon Bedrock Converse and ConverseStream, with CountTokens:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html>,
//! `API_runtime_ConverseStream.html` and `API_runtime_CountTokens.html`, read 2026-11-21.
//!
//! Whole answers and events are read alike, by their members' names; which event a frame is, its name tells. Not read:
//! media.

use super::api::{Api, Frame, Written};
use super::aws::Common;
use super::bedrock_request::read_request;
use super::leaves::{non_empty, read_rest, set_part, span};
use crate::chat::{Channel, Content, Counted, Counting, Delta, Fee, Reply, Tally, UsageSource};
use crate::document::{Kind, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api = Api {
    stream: Framing::AwsEventStream,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::aws::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut event = Event::new(frame.name, deltas);
    let mut common = Common::default();
    reader.maybe_object(
        |reader, key| {
            if common.read(reader, &key, deltas)? { Ok(()) } else { event.read(reader, &key, deltas) }
        },
    )?;
    reader.finish()?;
    event.close(deltas);
    common.push(frame.is_exception, deltas);
    Ok(())
}

/// An event, or a whole answer, while it is read.
pub(super) struct Event<'a> {
    name: &'a str,
    /// Index of the first delta that is its own.
    first: usize,
    /// Index of the content block.
    pub(super) index: u32,
    reason: Option<Span>,
    /// Whether it is the last event, or the whole answer.
    ends: bool,
}

impl<'a> Event<'a> {
    pub(super) fn new(name: &'a str, deltas: &[Delta]) -> Self {
        Self { name, first: deltas.len(), index: 0, reason: None, ends: name == "metadata" }
    }

    /// Reads one of its members.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
        match key {
            "role" => {
                deltas.push(Delta::Choice(0));
                reader.skip()?;
            }
            "contentBlockIndex" => {
                self.index = reader.maybe_count()?.and_then(|index| index.try_into().ok()).unwrap_or_default();
            }
            "start" => {
                reader.maybe_object(|reader, key| read_start(reader, &key, deltas))?;
            }
            "delta" => {
                reader.maybe_object(|reader, key| read_delta(reader, &key, deltas))?;
            }
            "output" => {
                self.ends = true;
                read_output(reader, deltas)?;
            }
            "stopReason" => self.reason = non_empty(reader)?,
            "usage" => read_usage(reader, deltas)?,
            "trace" => {
                reader.maybe_object(|reader, key| read_trace(reader, &key, deltas))?;
            }
            "metrics" => read_only(reader, "latencyMs", deltas, |value| Delta::Kept { name: "latency_ms", value })?,
            "performanceConfig" => {
                read_only(reader, "latency", deltas, |value| Delta::Kept { name: "performance", value })?;
            }
            "serviceTier" => read_only(reader, "type", deltas, Delta::ServiceTier)?,
            // The whole answer of CountTokens.
            "inputTokens" => {
                let tally = Tally { input: reader.maybe_count()?, ..Tally::default() };
                super::leaves::counted(tally, Counting::CacheBeside, Span::default(), deltas);
            }
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    }

    /// Whether it says that a content block is over.
    pub(super) fn ends_part(&self) -> bool {
        self.name == "contentBlockStop"
    }

    /// Its own deltas.
    pub(super) fn own<'d>(&self, deltas: &'d mut [Delta]) -> &'d mut [Delta] {
        deltas.get_mut(self.first..).unwrap_or_default()
    }

    /// Adds what closes something.
    pub(super) fn close(self, deltas: &mut Vec<Delta>) {
        if matches!(self.name, "contentBlockStart" | "contentBlockDelta") {
            set_part(deltas, self.first, self.index);
        }
        if self.ends_part() {
            deltas.push(Delta::PartEnd { choice: 0, part: self.index });
        }
        self.finish(deltas);
    }

    /// The same, but for content blocks.
    pub(super) fn finish(self, deltas: &mut Vec<Delta>) {
        deltas.extend(self.reason.map(|reason| Delta::Finish { choice: 0, reason }));
        deltas.extend(self.ends.then_some(Delta::End));
    }
}

/// An object of which one member is a fact.
fn read_only(reader: &mut Reader<'_>, name: &str, deltas: &mut Vec<Delta>, fact: impl Fn(Span) -> Delta) -> Read {
    reader
        .maybe_object(|reader, key| {
            if &*key != name {
                return reader.skip();
            }
            deltas.extend(reader.scalar()?.map(&fact));
            Ok(())
        })
        .map(drop)
}

fn read_output(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "message" => reader
                .maybe_object(|reader, key| match &*key {
                    "role" => {
                        deltas.push(Delta::Choice(0));
                        reader.skip()
                    }
                    "content" => reader
                        .maybe_array(|reader, part| {
                            let first = deltas.len();
                            reader.maybe_object(|reader, key| read_block(reader, &key, deltas))?;
                            set_part(deltas, first, part);
                            Ok(())
                        })
                        .map(drop),
                    _ => read_rest(reader, deltas),
                })
                .map(drop),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

/// A content block of a whole answer: an object with one member, whose name says what it is.
fn read_block(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "text" => read_text(reader, Content::Text, deltas),
        "toolUse" => read_tool_use(reader, deltas),
        "reasoningContent" => read_reasoning(reader, deltas),
        "citationsContent" => read_cited(reader, deltas),
        "image" | "audio" | "video" => read_media(reader, deltas),
        _ => read_rest(reader, deltas),
    }
}

/// How a content block of a stream begins; that of a text or of reasoning says nothing.
fn read_start(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "toolUse" => read_tool_use(reader, deltas),
        "image" => reader.skip(),
        _ => read_rest(reader, deltas),
    }
}

fn read_delta(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "text" => read_text(reader, Content::Text, deltas),
        "toolUse" => reader
            .maybe_object(|reader, key| match &*key {
                "input" if reader.peek()? == Kind::String => read_text(reader, Content::Arguments, deltas),
                "input" => read_input(reader, deltas).map(|value| {
                    deltas.push(Delta::Arguments { choice: 0, part: 0, value });
                }),
                _ => read_rest(reader, deltas),
            })
            .map(drop),
        "reasoningContent" => read_reasoning(reader, deltas),
        "image" => read_media(reader, deltas),
        _ => read_rest(reader, deltas),
    }
}

fn read_text(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    let channel = Channel { choice: 0, part: 0, content };
    deltas.extend(non_empty(reader)?.map(|text| Delta::Text { channel, text }));
    Ok(())
}

fn read_tool_use(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = reader.document();
    let (mut id, mut name, mut input, mut builtin) = (None, None, None, false);
    reader.maybe_object(|reader, key| {
        match &*key {
            "toolUseId" => id = reader.maybe_string()?,
            "name" => name = reader.maybe_string()?,
            "input" => input = Some(read_input(reader, deltas)?),
            // `server_tool_use`: Bedrock itself runs the tool. Some models say `tool_use` for the others.
            "type" => builtin = reader.maybe_string()?.is_some_and(|kind| document.raw(kind) != "tool_use"),
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    deltas.push(Delta::ToolCall { choice: 0, part: 0, id, name, builtin });
    let tool = name.filter(|_| builtin).map(|name| document.text(name));
    deltas.extend(tool.and_then(|tool| super::hosted_tools::of_tool(&tool)).map(Delta::Fee));
    deltas.extend(input.map(|value| Delta::Arguments { choice: 0, part: 0, value }));
    Ok(())
}

/// Arguments that are JSON themselves: their texts are noted, and where they lie.
fn read_input(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Result<Span, Unreadable> {
    reader.peek()?;
    let start = reader.offset();
    read_rest(reader, deltas)?;
    Ok(span(start, reader.offset()))
}

/// Reasoning: `reasoningText` around it in a whole answer only. What is encrypted is for the provider.
fn read_reasoning(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let (first, mut is_signed) = (deltas.len(), false);
    reader.maybe_object(|reader, key| match &*key {
        "text" => read_text(reader, Content::Reasoning, deltas),
        "reasoningText" => read_reasoning(reader, deltas),
        "signature" => {
            is_signed = true;
            reader.skip()
        }
        "redactedContent" => reader.skip(),
        _ => read_rest(reader, deltas),
    })?;
    if is_signed {
        super::leaves::set_signed(deltas, first);
    }
    Ok(())
}

/// A text with what it cites. In a stream the text is like any other.
fn read_cited(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "content" => reader
                .maybe_array(|reader, _| reader.maybe_object(|reader, key| read_block(reader, &key, deltas)).map(drop))
                .map(drop),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

fn read_media(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "source" | "format" => reader.skip(),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

/// What guardrails and routers did; a router tells which model it chose.
fn read_trace(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
    match key {
        // Both are billed besides: <https://aws.amazon.com/bedrock/pricing/>, read 2026-11-28.
        "promptRouter" => {
            deltas.push(Delta::Fee(Fee::PromptRouter));
            read_only(reader, "invokedModelId", deltas, Delta::Model)
        }
        "guardrail" => {
            deltas.push(Delta::Fee(Fee::Guardrail));
            read_rest(reader, deltas)
        }
        _ => read_rest(reader, deltas),
    }
}

/// Bedrock counts cached tokens beside the input. InvokeModel of Amazon Nova, and older answers, end their names in
/// `Count`.
fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut tally = Tally::default();
    reader.peek()?;
    let start = reader.offset();
    let is_object = reader.maybe_object(|reader, key| {
        match &*key {
            "inputTokens" => tally.input = reader.maybe_count()?,
            "outputTokens" => tally.output = reader.maybe_count()?,
            "totalTokens" => tally.total = reader.maybe_count()?,
            "cacheReadInputTokens" | "cacheReadInputTokenCount" => {
                tally.cache_read = reader.maybe_count()?.or(tally.cache_read);
            }
            "cacheWriteInputTokens" | "cacheWriteInputTokenCount" => {
                tally.cache_write = reader.maybe_count()?.or(tally.cache_write);
            }
            "cacheDetails" => {
                reader.maybe_array(|reader, _| read_cache_detail(reader, &mut tally))?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if is_object {
        let (counting, source) = (Counting::CacheBeside, UsageSource::Body);
        let raw = span(start, reader.offset());
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting, source, raw })));
    }
    Ok(())
}

/// How many tokens were written to the cache to live so long.
fn read_cache_detail(reader: &mut Reader<'_>, tally: &mut Tally) -> Read {
    let (mut lifetime, mut tokens) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "ttl" => lifetime = reader.maybe_text()?,
            "inputTokens" => tokens = reader.maybe_count()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let sum = match lifetime.as_deref() {
        Some("1h") => &mut tally.cache_write_1h,
        _ => &mut tally.cache_write_5m,
    };
    *sum = tokens.map(|tokens: u64| sum.unwrap_or_default().saturating_add(tokens)).or(*sum);
    Ok(())
}

fn write_text(_: &Reply, channel: Channel, text: &str) -> Written {
    let mut data = String::new();
    write_delta(channel.part, channel.content, text, &mut data);
    Written { name: "contentBlockDelta", data }
}

/// Writes a `contentBlockDelta`.
pub(super) fn write_delta(index: u32, content: Content, text: &str, data: &mut String) {
    let (before, after) = match content {
        Content::Text | Content::Refusal | Content::Speech => (r#""text":""#, "\""),
        Content::Reasoning | Content::SignedReasoning => (r#""reasoningContent":{"text":""#, "\"}"),
        Content::Arguments | Content::Input => (r#""toolUse":{"input":""#, "\"}"),
    };
    let _ = write!(data, r#"{{"contentBlockIndex":{index},"delta":{{{before}"#);
    escape_into(text, data);
    data.push_str(after);
    data.push_str("}}");
}
