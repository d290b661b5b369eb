//! Events of a stream. Some wrap the response so far, an item or a part of it, others add to a text. Repeated texts
//! produce events again, but are not counted twice.

use super::output::{self as item, Ids, Occurrence};
use super::piece::content;
use super::response::ResponseFacts;
use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::answer_state::{AnswerState, ItemState, bounded};
use crate::dialect::api::AnswerFrame;
use crate::dialect::failure::Reported;
use crate::dialect::hosted_tools;
use crate::dialect::texts::{non_empty, read_rest, set_part};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Owner, PartKind, Property};
use std::borrow::Cow;

pub(super) fn read_event(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let first = events.len();
    let mut event = ResponsesEvent::default();
    reader.maybe_object(|reader, key| event.read_member(reader, &key, events))?;
    std::mem::take(&mut event.reported).finish(true, events);
    event.emit(frame, first, events);
    event.store(frame, &mut state.item);
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
            "obfuscation" => reader.skip()?,
            _ if answer_members::read(EVENT, reader, key, events)? => {}
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
        } else if kind.ends_with(".done") {
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

    /// Stores where the event begins or ends a text, because [`super::piece::write_text`] writes such an event.
    fn store(&self, frame: AnswerFrame<'_>, item: &mut ItemState) {
        let document = frame.document;
        let kind = self.kind.map_or(Cow::Borrowed(frame.name), |kind| document.text(kind));
        let ended = kind.strip_suffix(".done");
        if ended.is_none() && !kind.ends_with(".added") {
            return;
        }
        let number = |span: Option<Span>| span.and_then(|span| document.raw(span).parse().ok());
        if let Some(id) = self.item_id.or_else(|| self.item?.item) {
            item.id = Some(bounded(&document.text(id)));
        }
        item.place = number(self.place).unwrap_or(item.place);
        item.number = number(self.number).or(item.number);
        if let Some(ended) = ended {
            item.ended = Some(bounded(ended));
        }
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

/// Members of an event. Probabilities are of single tokens: none holds a whole placeholder.
const EVENT: &[AnswerMember] = &[
    opaque("logprobs", Property::Logprobs, Owner::part(PartKind::Text)),
    texts("annotation", Property::Citations, Owner::part(PartKind::Text)),
    opaque("partial_image_b64", Property::Data, Owner::part(PartKind::Image)),
];

/// Types of last events.
const ENDS: &[&str] = &["response.completed", "response.incomplete", "response.failed", "response.cancelled"];
