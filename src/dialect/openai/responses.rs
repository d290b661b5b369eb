//! OpenAI responses: <https://platform.openai.com/docs/api-reference/responses> and `/responses-streaming`, read
//! 2026-11-21; with compaction of a conversation and token counting.
//!
//! A whole answer is a response with a list of output items; each item is a part. A stream's events have a type: some
//! wrap the response so far, an item or a part of it, others add to a text. Repeated texts produce events again, but
//! are not counted twice. Skips encrypted reasoning, images and audio.

use super::responses_item::{self as item, Ids, Occurrence};
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::hosted_tools;
use crate::dialect::texts::{non_empty, read_rest, set_part};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, OtherRun, Reply};
use crate::usage::{Fee, ReportedUsage, UsageConvention};
use std::borrow::Cow;
use std::fmt::Write;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request: super::responses_input::read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    if frame.is_whole { read_whole(frame.document, events) } else { read_event(frame, events) }
}

/// Reads a whole answer: a response, or an error.
fn read_whole(document: Document<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(document);
    let mut response = ResponseFacts::default();
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        let known = response.read_member(reader, &key, Occurrence::First, events)?
            || reported.read_flat(reader, &key, events)?;
        if known { Ok(()) } else { read_rest(reader, events) }
    })?;
    let answered = response.object.is_some();
    response.emit(document, true, events);
    reported.finish(answered, events);
    if answered {
        events.push(Event::End);
    }
    reader.finish()
}

/// Facts of a response, collected member by member.
#[derive(Default)]
struct ResponseFacts {
    object: Option<Span>,
    status: Option<Span>,
    incomplete: Option<Span>,
    web_searches: Option<u64>,
    /// Tokens used by the image tool.
    images: ReportedUsage,
    /// Model that makes the images.
    image_model: Option<Span>,
}

impl ResponseFacts {
    /// Reads a member of a response and returns true. Returns false for any other member, which is then still unread.
    fn read_member(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        occurrence: Occurrence,
        events: &mut Vec<Event>,
    ) -> JsonResult<bool> {
        match key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "created_at" => events.extend(reader.maybe_count()?.map(Event::Created)),
            "service_tier" => events.extend(non_empty(reader)?.map(Event::ServiceTier)),
            "object" => self.object = reader.maybe_string()?,
            "status" => self.status = non_empty(reader)?,
            "incomplete_details" => self.read_incomplete(reader, events)?,
            "output" if reader.peek()? == ValueKind::Array => {
                let first = events.len();
                reader.array(|reader, part| item::read(reader, part, occurrence, events).map(drop))?;
                hosted_tools::add_up(events, first);
            }
            "tools" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| self.read_tool(reader, events))?;
            }
            "usage" => super::usage::read(reader, events)?,
            "tool_usage" => self.read_tool_usage(reader, events)?,
            "input_tokens" => read_counted(reader, events)?,
            "prompt_cache_key" | "previous_response_id" => reader.skip()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_incomplete(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "reason" => self.incomplete = non_empty(reader)?,
                    _ => read_rest(reader, events)?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Reads the usage of the provider's own tools: web searches, and another model's tokens for images (`ToolUsage` of
    /// the openai SDK 3.57.0, read 2026-11-28).
    fn read_tool_usage(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "image_gen" => self.images = super::usage::read_tool(reader, events)?,
                    "web_search" => {
                        reader.maybe_object(|reader, key| {
                            match &*key {
                                "num_requests" => self.web_searches = reader.maybe_count()?,
                                _ => reader.skip()?,
                            }
                            Ok(())
                        })?;
                    }
                    _ => reader.skip()?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Reads an offered tool, for the model that makes images and for the older web search tool.
    fn read_tool(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        let document = reader.document();
        let (mut kind, mut model) = (None, None);
        if reader.peek()? != ValueKind::Object {
            return read_rest(reader, events);
        }
        reader.object(|reader, key| {
            let slot = match &*key {
                "type" => &mut kind,
                "model" => &mut model,
                _ => {
                    events.push(Event::Other(key.span));
                    return read_rest(reader, events);
                }
            };
            *slot = non_empty(reader)?;
            events.extend(slot.map(Event::Other));
            Ok(())
        })?;
        match kind.map(|kind| document.raw(kind)) {
            Some("image_generation") => self.image_model = model,
            Some(word) if word.starts_with("web_search_preview") => {
                events.extend(kind.map(|value| Event::Extra { name: hosted_tools::PREVIEW_SEARCH, value }));
            }
            _ => {}
        }
        Ok(())
    }

    /// Appends another model's tokens for images. If the tool does not name the model, they become a fee of unknown
    /// amount.
    fn emit_images(&self, events: &mut Vec<Event>) {
        let ReportedUsage { input, output, .. } = self.images;
        if input.unwrap_or_default() == 0 && output.unwrap_or_default() == 0 {
            return;
        }
        let Some(model) = self.image_model else {
            events.push(Event::Fee(Fee::ImageGeneration));
            return;
        };
        let output_image = self.images.output_image.or(output);
        let counts = ReportedUsage { output_image, ..self.images };
        events.push(Event::OtherRuns(vec![OtherRun {
            model: Some(model),
            counts,
            convention: UsageConvention::Inclusive,
        }]));
    }

    /// Appends the collected facts after the events already read. `over`: the response goes no further.
    fn emit(&self, document: Document<'_>, over: bool, events: &mut Vec<Event>) {
        if self.object.is_some_and(|object| document.raw(object) == "response.compaction") {
            retract(events);
        }
        let usage = events.iter_mut().rev().find_map(|event| match event {
            Event::Usage(counted) => Some(counted),
            _ => None,
        });
        if let Some(counted) = usage {
            counted.counts.web_searches = self.web_searches.or(counted.counts.web_searches);
        }
        self.emit_images(events);
        events.extend(self.status.map(|value| Event::Extra { name: "status", value }));
        let reason = self.incomplete.or(self.status).filter(|_| over);
        events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    }
}

/// Reads the answer to a request that only counts its input tokens.
fn read_counted(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let counts = ReportedUsage { input: reader.maybe_count()?, ..ReportedUsage::default() };
    crate::dialect::texts::counted(counts, UsageConvention::Inclusive, Span::default(), events);
    Ok(())
}

/// Retracts output of a compacted conversation: its items are those of earlier turns.
fn retract(events: &mut Vec<Event>) {
    events.retain(|event| {
        let is_of_an_item = matches!(event, Event::Part { .. } | Event::ToolCall { .. } | Event::Arguments { .. });
        !is_of_an_item && !matches!(event, Event::Uses(..) | Event::Fee(_))
    });
    for event in events {
        if let Event::Text { channel, text } | Event::Complete { channel, text, .. } = *event {
            *event = Event::Repeated { content: channel.content, text };
        }
    }
}

fn read_event(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let first = events.len();
    let mut event = ResponsesEvent::default();
    reader.maybe_object(|reader, key| event.read_member(reader, &key, events))?;
    std::mem::take(&mut event.reported).finish(true, events);
    event.emit(frame, first, events);
    reader.finish()
}

/// Facts of an event, collected member by member, because the type may come last.
#[derive(Default)]
struct ResponsesEvent {
    kind: Option<Span>,
    /// Index of the item.
    output: u32,
    /// Index within the item: of a content, a summary, a command.
    place: Option<Span>,
    item_id: Option<Span>,
    number: Option<Span>,
    /// Ids of the item that the event wraps.
    item: Option<Ids>,
    /// Set when `place` is the index of a summary.
    is_summary: bool,
    event: Option<Span>,
    /// A full text.
    whole: Option<Span>,
    code: Option<Span>,
    message: Option<Span>,
    response: Option<ResponseFacts>,
    reported: Reported,
}

impl ResponsesEvent {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        let kind = reader.peek()?;
        match key {
            "type" => self.kind = non_empty(reader)?,
            "delta" if kind == ValueKind::String => self.event = non_empty(reader)?,
            "output_index" => {
                let index = reader.maybe_count()?;
                self.output = index.and_then(|index| index.try_into().ok()).unwrap_or_default();
            }
            "content_index" | "summary_index" | "command_index" => {
                self.is_summary = key == "summary_index";
                self.place = reader.scalar()?;
            }
            "item_id" => self.item_id = reader.maybe_string()?,
            "sequence_number" => self.number = reader.scalar()?,
            // Padding, encoded media, and single tokens: none holds a whole placeholder.
            "obfuscation" | "partial_image_b64" | "logprobs" => reader.skip()?,
            "response" => self.read_response(reader, events)?,
            "item" => self.item = Some(item::read(reader, 0, Occurrence::Repeated, events)?),
            "part" => item::read_part(reader, 0, Occurrence::Repeated, events)?,
            "message" if kind == ValueKind::String => {
                self.message = Some(reader.string()?);
                events.extend(self.message.map(Event::Other));
            }
            "text" | "refusal" | "arguments" | "input" | "command" | "diff" if kind == ValueKind::String => {
                self.whole = non_empty(reader)?;
            }
            "code" if kind == ValueKind::String => self.code = Some(reader.string()?),
            _ if self.reported.read_marked(reader, key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    fn read_response(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        let mut response = ResponseFacts::default();
        reader.maybe_object(|reader, key| match &*key {
            "error" => crate::dialect::failure::read(reader, events),
            _ if response.read_member(reader, &key, Occurrence::Repeated, events)? => Ok(()),
            _ => read_rest(reader, events),
        })?;
        self.response = Some(response);
        Ok(())
    }

    /// Appends the collected facts after the events already read.
    fn emit(&self, frame: AnswerFrame<'_>, first: usize, events: &mut Vec<Event>) {
        let kind = self.kind.map_or(Cow::Borrowed(frame.name), |kind| frame.document.text(kind));
        let output = self.output;
        if self.response.is_none() {
            set_part(events, first, output);
        }
        events.extend(self.kind.map(Event::EventName));
        let over = ENDS.contains(&&*kind);
        self.emit_whole(frame.document, &kind, first, events);
        if !over && !kind.ends_with(".done") {
            not_complete(first, events);
        }
        if let Some(text) = self.event {
            events.extend(content(&kind).map(|content| Event::Text { channel: channel(output, content), text }));
        }
        if kind.ends_with(".added") {
            name_calls(self.item.unwrap_or_default(), first, events);
            self.extra(false, events);
        } else if kind.ends_with(".done") {
            self.extra(true, events);
            events.push(Event::PartEnd { choice: 0, part: output });
        }
        if !kind.ends_with(".done") {
            hosted_tools::forget_uses(events, first);
        }
        if let Some(response) = &self.response {
            response.emit(frame.document, over, events);
        }
        let fails = |event: &Event| matches!(event, Event::Failure { .. });
        if kind == "error" && !events.iter().skip(first).any(fails) {
            let (code, message) = (self.code, self.message);
            events.push(Event::Failure { kind: None, code, status: None, message });
        }
        if over {
            events.push(Event::End);
        }
    }

    /// Appends a full text, from an event of its own or from one of a part.
    fn emit_whole(&self, document: Document<'_>, kind: &str, first: usize, events: &mut Vec<Event>) {
        let of_pieces = kind.strip_suffix(".done").and_then(|stem| content(&[stem, ".delta"].concat()));
        events.extend(self.whole.or(self.code).map(|text| match of_pieces {
            Some(content) => Event::Complete { channel: channel(self.output, content), place: 0, text },
            None if kind.contains("arguments") => Event::Repeated { content: Content::Arguments, text },
            None => Event::Other(text),
        }));
        let index: u32 = self.place.and_then(|place| document.raw(place).parse().ok()).unwrap_or_default();
        let at = if self.is_summary { item::SUMMARY.saturating_add(index) } else { index };
        let is_within = self.response.is_some() || self.item.is_some();
        for event in events.iter_mut().skip(first).filter(|_| !is_within) {
            if let Event::Complete { place, .. } = event {
                *place = at;
            }
        }
    }

    /// Stores where an event adds to a text, because [`write_text`] writes such an event.
    fn extra(&self, done: bool, events: &mut Vec<Event>) {
        let mut extra = |name, value: Option<Span>| {
            events.extend(value.map(|value| Event::Extra { name, value }));
        };
        extra("item_id", self.item_id.or_else(|| self.item?.item));
        extra("item_place", self.place);
        extra("sequence_number", self.number);
        extra("item_event", self.kind.filter(|_| done));
    }
}

fn channel(part: u32, content: Content) -> Channel {
    Channel { choice: 0, part, content }
}

/// Retracts the completion of texts in an event that ends nothing.
fn not_complete(first: usize, events: &mut [Event]) {
    for event in events.iter_mut().skip(first) {
        if let Event::Complete { channel, text, .. } = *event {
            *event = Event::Repeated { content: channel.content, text };
        }
    }
}

/// Sets the ids of calls of the provider's own tools. Only once, because some providers send another id each time.
fn name_calls(ids: Ids, first: usize, events: &mut [Event]) {
    for event in events.iter_mut().skip(first) {
        if let Event::ToolCall { id, builtin: true, .. } = event {
            *id = ids.call.or(ids.item);
        }
    }
}

/// Types of last events.
const ENDS: &[&str] = &["response.completed", "response.incomplete", "response.failed", "response.cancelled"];

/// Type of event that adds to a text.
struct Adds {
    kind: &'static str,
    /// Kind of the text.
    content: Content,
    /// Name of the index within the item, for items with several texts.
    place: Option<&'static str>,
}

const fn adds(kind: &'static str, content: Content, place: Option<&'static str>) -> Adds {
    Adds { kind, content, place }
}

/// Types of events that add to a text; of each kind of text the usual one comes first.
const ADDS: &[Adds] = &[
    adds("response.output_text.delta", Content::Text, Some("content_index")),
    adds("response.audio.transcript.delta", Content::Speech, None),
    adds("response.refusal.delta", Content::Refusal, Some("content_index")),
    adds("response.reasoning_summary_text.delta", Content::Reasoning, Some("summary_index")),
    adds("response.reasoning_text.delta", Content::Reasoning, Some("content_index")),
    adds("response.function_call_arguments.delta", Content::Arguments, None),
    adds("response.mcp_call_arguments.delta", Content::Arguments, None),
    adds("response.custom_tool_call_input.delta", Content::Input, None),
    adds("response.code_interpreter_call_code.delta", Content::Input, None),
    adds("response.shell_call_command.delta", Content::Input, Some("command_index")),
    adds("response.apply_patch_call_operation_diff.delta", Content::Input, None),
];

/// Returns the kind of text that an event of this type adds to; `None` if it is no text.
fn content(kind: &str) -> Option<Content> {
    if let Some(adds) = ADDS.iter().find(|adds| adds.kind == kind) {
        return Some(adds.content);
    }
    match kind {
        "response.audio.delta" => None,
        _ if kind.contains("reasoning") => Some(Content::Reasoning),
        _ if kind.contains("arguments") => Some(Content::Arguments),
        _ => Some(Content::Input),
    }
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let ended = reply.extra("item_event").and_then(|kind| kind.strip_suffix(".done"));
    let fits = |adds: &&Adds| adds.content == channel.content;
    let is_ended = |adds: &&Adds| adds.kind.strip_suffix(".delta") == ended;
    let adds = ADDS.iter().filter(fits).find(is_ended).or_else(|| ADDS.iter().find(fits));
    let Some(Adds { kind, place, .. }) = adds else {
        return WrittenFrame::default();
    };
    let mut data = format!(r#"{{"type":"{kind}","output_index":{}"#, channel.part);
    if let Some(id) = reply.extra("item_id") {
        data.push_str(r#","item_id":""#);
        escape_into(id, &mut data);
        data.push('"');
    }
    let number = |name| reply.extra(name).and_then(|value| value.parse::<u64>().ok());
    if let Some(name) = place {
        let _ = write!(data, r#","{name}":{}"#, number("item_place").unwrap_or_default());
    }
    if let Some(number) = number("sequence_number") {
        let _ = write!(data, r#","sequence_number":{number}"#);
    }
    if channel.content == Content::Text {
        data.push_str(r#","logprobs":[]"#);
    }
    data.push_str(r#","delta":""#);
    escape_into(text, &mut data);
    data.push_str("\"}");
    WrittenFrame { name: kind, data }
}
