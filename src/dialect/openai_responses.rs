//! OpenAI responses: <https://platform.openai.com/docs/api-reference/responses> and `/responses-streaming`, read
//! 2026-11-21; with what compacts a conversation and what counts its tokens.
//!
//! A whole answer is a response, whose output is a list of items: each is a part. A stream's events each have a type;
//! some wrap the response as far as it has come, an item or a part of one, others say what is added to a text. Texts
//! that come again are told of again, but not counted twice. Not read: encrypted reasoning, images and audio.

use super::api::{Api, Frame, Written};
use super::failure::Reported;
use super::hosted_tools;
use super::leaves::{non_empty, read_rest, set_part};
use super::openai_responses_item::{self as item, Ids, Telling};
use crate::chat::{Channel, Content, Counting, Delta, Fee, OtherRun, Reply, Tally};
use crate::document::{Document, Kind, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;
use std::borrow::Cow;
use std::fmt::Write;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request: super::openai_responses_input::read_request,
    read_answer,
    write_text,
    write_refusal: super::openai_chat::write_refusal,
};

type Read<T = ()> = Result<T, Unreadable>;

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    if frame.is_whole { read_whole(frame.document, deltas) } else { read_event(frame, deltas) }
}

/// A whole answer: a response, or an error.
fn read_whole(document: Document<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(document);
    let mut response = Response::default();
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        let known =
            response.read_member(reader, &key, Telling::Once, deltas)? || reported.read_flat(reader, &key, deltas)?;
        if known { Ok(()) } else { read_rest(reader, deltas) }
    })?;
    let answered = response.object.is_some();
    response.tell(document, true, deltas);
    reported.finish(answered, deltas);
    if answered {
        deltas.push(Delta::End);
    }
    reader.finish()
}

/// What a response says of itself, gathered member by member.
#[derive(Default)]
struct Response {
    object: Option<Span>,
    status: Option<Span>,
    incomplete: Option<Span>,
    web_searches: Option<u64>,
    /// Tokens that the tool for images has used.
    images: Tally,
    /// The model that makes images.
    image_model: Option<Span>,
}

impl Response {
    /// Whether the member is one of a response's; if not, it is still to be read.
    fn read_member(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        telling: Telling,
        deltas: &mut Vec<Delta>,
    ) -> Read<bool> {
        match key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "created_at" => deltas.extend(reader.maybe_count()?.map(Delta::Created)),
            "service_tier" => deltas.extend(non_empty(reader)?.map(Delta::ServiceTier)),
            "object" => self.object = reader.maybe_string()?,
            "status" => self.status = non_empty(reader)?,
            "incomplete_details" => self.read_incomplete(reader, deltas)?,
            "output" if reader.peek()? == Kind::Array => {
                let first = deltas.len();
                reader.array(|reader, part| item::read(reader, part, telling, deltas).map(drop))?;
                hosted_tools::add_up(deltas, first);
            }
            "tools" if reader.peek()? == Kind::Array => {
                reader.array(|reader, _| self.read_tool(reader, deltas))?;
            }
            "usage" => super::openai_usage::read(reader, deltas)?,
            "tool_usage" => self.read_tool_usage(reader, deltas)?,
            "input_tokens" => read_counted(reader, deltas)?,
            "prompt_cache_key" | "previous_response_id" => reader.skip()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn read_incomplete(&mut self, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "reason" => self.incomplete = non_empty(reader)?,
                    _ => read_rest(reader, deltas)?,
                }
                Ok(())
            })
            .map(drop)
    }

    /// Reads the usage of the provider's own tools: web searches, and another model's tokens for images (`ToolUsage` of
    /// the openai SDK 3.57.0, read 2026-11-28).
    fn read_tool_usage(&mut self, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
        reader
            .maybe_object(|reader, key| {
                match &*key {
                    "image_gen" => self.images = super::openai_usage::read_tool(reader, deltas)?,
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

    /// A tool that was offered: which model makes images, and whether it is the older one for web searches.
    fn read_tool(&mut self, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
        let document = reader.document();
        let (mut kind, mut model) = (None, None);
        if reader.peek()? != Kind::Object {
            return read_rest(reader, deltas);
        }
        reader.object(|reader, key| {
            let slot = match &*key {
                "type" => &mut kind,
                "model" => &mut model,
                _ => {
                    deltas.push(Delta::Other(key.span));
                    return read_rest(reader, deltas);
                }
            };
            *slot = non_empty(reader)?;
            deltas.extend(slot.map(Delta::Other));
            Ok(())
        })?;
        match kind.map(|kind| document.raw(kind)) {
            Some("image_generation") => self.image_model = model,
            Some(word) if word.starts_with("web_search_preview") => {
                deltas.extend(kind.map(|value| Delta::Kept { name: hosted_tools::PREVIEW_SEARCH, value }));
            }
            _ => {}
        }
        Ok(())
    }

    /// Another model's tokens for images; whose is not known where the tool does not name it.
    fn tell_images(&self, deltas: &mut Vec<Delta>) {
        let Tally { input, output, .. } = self.images;
        if input.unwrap_or_default() == 0 && output.unwrap_or_default() == 0 {
            return;
        }
        let Some(model) = self.image_model else {
            deltas.push(Delta::Fee(Fee::ImageGeneration));
            return;
        };
        let output_image = self.images.output_image.or(output);
        let tally = Tally { output_image, ..self.images };
        deltas.push(Delta::OtherRuns(vec![OtherRun { model: Some(model), tally, counting: Counting::Within }]));
    }

    /// Puts what was gathered behind what was read on the way. `over`: the response goes no further.
    fn tell(&self, document: Document<'_>, over: bool, deltas: &mut Vec<Delta>) {
        if self.object.is_some_and(|object| document.raw(object) == "response.compaction") {
            recall(deltas);
        }
        let usage = deltas.iter_mut().rev().find_map(|delta| match delta {
            Delta::Usage(counted) => Some(counted),
            _ => None,
        });
        if let Some(counted) = usage {
            counted.tally.web_searches = self.web_searches.or(counted.tally.web_searches);
        }
        self.tell_images(deltas);
        deltas.extend(self.status.map(|value| Delta::Kept { name: "status", value }));
        let reason = self.incomplete.or(self.status).filter(|_| over);
        deltas.extend(reason.map(|reason| Delta::Finish { choice: 0, reason }));
    }
}

/// The answer to a request that only asks how many tokens its input has.
fn read_counted(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let tally = Tally { input: reader.maybe_count()?, ..Tally::default() };
    super::leaves::counted(tally, Counting::Within, Span::default(), deltas);
    Ok(())
}

/// A compacted conversation has no output of its own: its items are those of earlier turns.
fn recall(deltas: &mut Vec<Delta>) {
    deltas.retain(|delta| {
        let is_of_an_item = matches!(delta, Delta::Part { .. } | Delta::ToolCall { .. } | Delta::Arguments { .. });
        !is_of_an_item && !matches!(delta, Delta::Uses(..) | Delta::Fee(_))
    });
    for delta in deltas {
        if let Delta::Text { channel, text } | Delta::Complete { channel, text, .. } = *delta {
            *delta = Delta::Repeated { content: channel.content, text };
        }
    }
}

fn read_event(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let first = deltas.len();
    let mut event = Event::default();
    reader.maybe_object(|reader, key| event.read_member(reader, &key, deltas))?;
    std::mem::take(&mut event.reported).finish(true, deltas);
    event.tell(frame, first, deltas);
    reader.finish()
}

/// What an event says, gathered member by member: its type may come last.
#[derive(Default)]
struct Event {
    kind: Option<Span>,
    /// Index of the item.
    output: u32,
    /// Index of what the item has several of: content, summaries, commands.
    place: Option<Span>,
    item_id: Option<Span>,
    number: Option<Span>,
    /// By what the item is known that the event wraps.
    item: Option<Ids>,
    /// Set when that is a summary.
    is_summary: bool,
    delta: Option<Span>,
    /// All of a text.
    whole: Option<Span>,
    code: Option<Span>,
    message: Option<Span>,
    response: Option<Response>,
    reported: Reported,
}

impl Event {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
        let kind = reader.peek()?;
        match key {
            "type" => self.kind = non_empty(reader)?,
            "delta" if kind == Kind::String => self.delta = non_empty(reader)?,
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
            // Padding, encoded media, and tokens one by one, in which a placeholder is never whole.
            "obfuscation" | "partial_image_b64" | "logprobs" => reader.skip()?,
            "response" => self.read_response(reader, deltas)?,
            "item" => self.item = Some(item::read(reader, 0, Telling::Again, deltas)?),
            "part" => item::read_part(reader, 0, Telling::Again, deltas)?,
            "message" if kind == Kind::String => {
                self.message = Some(reader.string()?);
                deltas.extend(self.message.map(Delta::Other));
            }
            "text" | "refusal" | "arguments" | "input" | "command" | "diff" if kind == Kind::String => {
                self.whole = non_empty(reader)?;
            }
            "code" if kind == Kind::String => self.code = Some(reader.string()?),
            _ if self.reported.read_marked(reader, key, deltas)? => {}
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    }

    fn read_response(&mut self, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
        let mut response = Response::default();
        reader.maybe_object(|reader, key| match &*key {
            "error" => super::failure::read(reader, deltas),
            _ if response.read_member(reader, &key, Telling::Again, deltas)? => Ok(()),
            _ => read_rest(reader, deltas),
        })?;
        self.response = Some(response);
        Ok(())
    }

    /// Puts what was gathered behind what was read on the way.
    fn tell(&self, frame: Frame<'_>, first: usize, deltas: &mut Vec<Delta>) {
        let kind = self.kind.map_or(Cow::Borrowed(frame.name), |kind| frame.document.text(kind));
        let output = self.output;
        if self.response.is_none() {
            set_part(deltas, first, output);
        }
        deltas.extend(self.kind.map(Delta::Event));
        let over = ENDS.contains(&&*kind);
        self.tell_whole(frame.document, &kind, first, deltas);
        if !over && !kind.ends_with(".done") {
            not_complete(first, deltas);
        }
        if let Some(text) = self.delta {
            deltas.extend(content(&kind).map(|content| Delta::Text { channel: channel(output, content), text }));
        }
        if kind.ends_with(".added") {
            name_calls(self.item.unwrap_or_default(), first, deltas);
            self.keep(false, deltas);
        } else if kind.ends_with(".done") {
            self.keep(true, deltas);
            deltas.push(Delta::PartEnd { choice: 0, part: output });
        }
        if !kind.ends_with(".done") {
            hosted_tools::forget_uses(deltas, first);
        }
        if let Some(response) = &self.response {
            response.tell(frame.document, over, deltas);
        }
        let fails = |delta: &Delta| matches!(delta, Delta::Failure { .. });
        if kind == "error" && !deltas.iter().skip(first).any(fails) {
            let (code, message) = (self.code, self.message);
            deltas.push(Delta::Failure { kind: None, code, status: None, message });
        }
        if over {
            deltas.push(Delta::End);
        }
    }

    /// A text as a whole, in an event of its own or in one of a part.
    fn tell_whole(&self, document: Document<'_>, kind: &str, first: usize, deltas: &mut Vec<Delta>) {
        let of_pieces = kind.strip_suffix(".done").and_then(|stem| content(&[stem, ".delta"].concat()));
        deltas.extend(self.whole.or(self.code).map(|text| match of_pieces {
            Some(content) => Delta::Complete { channel: channel(self.output, content), place: 0, text },
            None if kind.contains("arguments") => Delta::Repeated { content: Content::Arguments, text },
            None => Delta::Other(text),
        }));
        let index: u32 = self.place.and_then(|place| document.raw(place).parse().ok()).unwrap_or_default();
        let at = if self.is_summary { item::SUMMARY.saturating_add(index) } else { index };
        let is_within = self.response.is_some() || self.item.is_some();
        for delta in deltas.iter_mut().skip(first).filter(|_| !is_within) {
            if let Delta::Complete { place, .. } = delta {
                *place = at;
            }
        }
    }

    /// Keeps what an event has to say of its place that adds to a text there: [`write_text`] writes such a one.
    fn keep(&self, done: bool, deltas: &mut Vec<Delta>) {
        let mut keep = |name, value: Option<Span>| {
            deltas.extend(value.map(|value| Delta::Kept { name, value }));
        };
        keep("item_id", self.item_id.or_else(|| self.item?.item));
        keep("item_place", self.place);
        keep("sequence_number", self.number);
        keep("item_event", self.kind.filter(|_| done));
    }
}

fn channel(part: u32, content: Content) -> Channel {
    Channel { choice: 0, part, content }
}

/// Takes back that texts are whole, in an event that ends nothing.
fn not_complete(first: usize, deltas: &mut [Delta]) {
    for delta in deltas.iter_mut().skip(first) {
        if let Delta::Complete { channel, text, .. } = *delta {
            *delta = Delta::Repeated { content: channel.content, text };
        }
    }
}

/// Gives the calls of the provider's own tools their ids: once, for some providers have another one each time.
fn name_calls(ids: Ids, first: usize, deltas: &mut [Delta]) {
    for delta in deltas.iter_mut().skip(first) {
        if let Delta::ToolCall { id, builtin: true, .. } = delta {
            *id = ids.call.or(ids.item);
        }
    }
}

/// Events after which nothing comes.
const ENDS: &[&str] = &["response.completed", "response.incomplete", "response.failed", "response.cancelled"];

/// An event that adds to a text.
struct Adds {
    kind: &'static str,
    /// What the text is.
    content: Content,
    /// What the item has several of, if it has.
    place: Option<&'static str>,
}

const fn adds(kind: &'static str, content: Content, place: Option<&'static str>) -> Adds {
    Adds { kind, content, place }
}

/// The events that add to a text, for each content first the one that is usual.
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

/// What a text is that an event of this type adds to; `None` for what is no text.
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

fn write_text(reply: &Reply, channel: Channel, text: &str) -> Written {
    let ended = reply.kept("item_event").and_then(|kind| kind.strip_suffix(".done"));
    let fits = |adds: &&Adds| adds.content == channel.content;
    let is_ended = |adds: &&Adds| adds.kind.strip_suffix(".delta") == ended;
    let adds = ADDS.iter().filter(fits).find(is_ended).or_else(|| ADDS.iter().find(fits));
    let Some(Adds { kind, place, .. }) = adds else {
        return Written::default();
    };
    let mut data = format!(r#"{{"type":"{kind}","output_index":{}"#, channel.part);
    if let Some(id) = reply.kept("item_id") {
        data.push_str(r#","item_id":""#);
        escape_into(id, &mut data);
        data.push('"');
    }
    let number = |name| reply.kept(name).and_then(|value| value.parse::<u64>().ok());
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
    Written { name: kind, data }
}
