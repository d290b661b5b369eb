//! Answers, whole and streamed.

use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::cohere::usage::read_usage;
use crate::dialect::failure::Reported;
use crate::dialect::texts::{non_empty, read_rest};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Owner, PartKind, Property};

/// Members that only repeat the structure of an answer.
pub(super) const STRUCTURE: &[&str] = &["message.role", "message.content[].type", "message.tool_calls[].type"];

/// Part index for `tool_plan`, which stands outside the content blocks.
pub(super) const PLAN: u32 = u32::MAX;

pub(super) fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let first = events.len();
    let (mut event, mut index) = (None, None);
    let mut facts = CohereV2Event::default();
    let mut reader = Reader::new(document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "type" => event = reader.maybe_string()?,
            "index" => index = reader.maybe_count()?.and_then(|index| index.try_into().ok()),
            "delta" => {
                reader.maybe_object(|reader, key| facts.read(reader, &key, events))?;
            }
            _ => facts.read(reader, &key, events)?,
        }
        Ok(())
    })?;
    if let Some(index) = index {
        set_part(events, first, index);
    }
    events.extend(event.map(Event::EventName));
    events.extend(facts.reason.map(|reason| Event::Finish { choice: 0, reason }));
    let part = index.unwrap_or_default();
    match event.map(|event| document.text(event)).as_deref() {
        Some("message-end") => events.push(Event::End),
        Some("content-end" | "tool-call-end") => events.push(Event::PartEnd { choice: 0, part }),
        None if facts.answered => events.push(Event::End),
        _ => {}
    }
    facts.reported.finish(facts.answered || event.is_some(), events);
    reader.finish()
}

/// Sets the index of what an event adds to, apart from the plan.
fn set_part(events: &mut [Event], first: usize, index: u32) {
    crate::dialect::texts::set_part(events, first, index);
    for event in events.iter_mut().skip(first) {
        if let Event::Text { channel, .. } = event
            && channel.content == Content::Plan
        {
            channel.part = PLAN;
        }
    }
}

/// Facts of an answer or event besides the pieces of its message.
#[derive(Default)]
struct CohereV2Event {
    /// Set when there is a message.
    answered: bool,
    reason: Option<Span>,
    reported: Reported,
}

impl CohereV2Event {
    /// Reads a member of an answer, of an event or of its delta.
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            // In an error `message` is a text.
            "message" if reader.peek()? == ValueKind::Object => {
                self.answered = true;
                reader.object(|reader, key| self.read_message(reader, &key, events))?;
            }
            "finish_reason" => self.reason = non_empty(reader)?,
            "usage" => read_usage(reader, events)?,
            _ if answer_members::read(MEMBERS, reader, key, events)? => {}
            _ => {
                if !self.reported.read_flat(reader, key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    }

    fn read_message(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "content" => read_blocks(reader, events)?,
            // A reflection in the style of a chain of thought, as Cohere calls it.
            "tool_plan" => {
                let channel = Channel { choice: 0, part: PLAN, content: Content::Plan };
                events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
            }
            "tool_calls" => each(reader, events, read_call)?,
            "role" => reader.skip()?,
            _ if answer_members::read(MEMBERS, reader, key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }
}

/// Members of an answer and of its message. Probabilities are of single tokens: none holds a whole placeholder.
const MEMBERS: &[AnswerMember] = &[
    opaque("logprobs", Property::Logprobs, Owner::CHOICE),
    texts("citations", Property::Citations, Owner::part(PartKind::Text)),
];

/// Reads the elements of a list, or a single element without a list.
fn each(
    reader: &mut Reader<'_>,
    events: &mut Vec<Event>,
    read: fn(&mut Reader<'_>, u32, &mut Vec<Event>) -> JsonResult,
) -> JsonResult {
    match reader.peek()? {
        ValueKind::Array => reader.array(|reader, position| read(reader, position, events)),
        _ => read(reader, 0, events),
    }
}

/// Reads a message's content, or a block of it.
fn read_blocks(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    if reader.peek()? == ValueKind::String {
        return read_text(reader, 0, Content::Text, events);
    }
    each(reader, events, read_block)
}

fn read_block(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "type" => {
                events.extend(non_empty(reader)?.map(|kind| Event::Part { choice: 0, part, kind }));
                Ok(())
            }
            "text" => read_text(reader, part, Content::Text, events),
            "thinking" => read_text(reader, part, Content::Reasoning, events),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

fn read_text(reader: &mut Reader<'_>, part: u32, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part, content };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

/// Reads a tool call, or its start or a fragment of it.
fn read_call(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let (mut id, mut name, mut arguments) = (None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            "type" => reader.skip()?,
            "function" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "name" => name = non_empty(reader)?,
                        "arguments" => arguments = non_empty(reader)?,
                        _ => read_rest(reader, events)?,
                    }
                    Ok(())
                })?;
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if id.is_some() || name.is_some() {
        events.push(Event::ToolCall { choice: 0, part, id, name, builtin: false });
    }
    let channel = Channel { choice: 0, part, content: Content::Arguments };
    events.extend(arguments.map(|text| Event::Text { channel, text }));
    Ok(())
}
