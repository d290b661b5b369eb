//! Answers, whole and streamed.

use super::usage::read_usage;
use crate::dialect::answer_members::{self, PART};
use crate::dialect::answer_state::{AnswerState, bounded};
use crate::dialect::api::AnswerFrame;
use crate::dialect::failure::Reported;
use crate::dialect::texts::{non_empty, of_other_calls, push_property, read_property, read_rest, set_part};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, PartKind, Property};

pub(super) fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let first = events.len();
    let (mut answered, mut index) = (false, 0);
    let mut reported = Reported::default();
    let mut entry = ConversationEntry::default();
    let mut reader = Reader::new(document);
    // A list of conversations.
    if reader.peek()? == ValueKind::Array {
        read_rest(&mut reader, events)?;
        return reader.finish();
    }
    reader.maybe_object(|reader, key| {
        match &*key {
            "conversation_id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "outputs" => {
                answered = true;
                reader.maybe_array(|reader, position| read_entry(reader, position, state, events))?;
            }
            // Those of earlier calls, when they are fetched.
            "entries" | "messages" => {
                answered = true;
                let start = events.len();
                reader.maybe_array(|reader, position| read_entry(reader, position, state, events))?;
                of_other_calls(start, events);
            }
            "usage" => read_usage(reader, events)?,
            "output_index" => index = reader.maybe_number()?.unwrap_or_default(),
            // Type of an event or of an error.
            "type" => entry.kind = non_empty(reader)?,
            "message" | "code" | "detail" | "error" => {
                reported.read_flat(reader, &key, events)?;
            }
            _ => entry.read(reader, &key, events)?,
        }
        Ok(())
    })?;
    let kind = entry.kind;
    let event = kind.map(|kind| document.text(kind)).unwrap_or_default();
    let is_event = event.contains('.');
    if is_event {
        entry.emit(document, first, state, events);
        set_part(events, first, index);
        events.extend(kind.map(Event::EventName));
    } else if let Some(value) = kind {
        reported.name(value);
    }
    reported.finish(answered || is_event && event != FAILED, events);
    if answered || event == DONE {
        events.push(Event::End);
    }
    reader.finish()
}

/// Last event of a stream.
const DONE: &str = "conversation.response.done";

/// Event that reports an error.
const FAILED: &str = "conversation.response.error";

/// Reads an entry of an answer.
fn read_entry(reader: &mut Reader<'_>, position: u32, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let mut entry = ConversationEntry::default();
    reader.maybe_object(|reader, key| match &*key {
        "type" => {
            entry.kind = non_empty(reader)?;
            Ok(())
        }
        _ => entry.read(reader, &key, events),
    })?;
    let document = reader.document();
    entry.emit(document, first, state, events);
    set_part(events, first, position);
    Ok(())
}

/// Facts of a call in an entry, or in an event that adds to one.
#[derive(Default)]
struct ConversationEntry {
    kind: Option<Span>,
    id: Option<Span>,
    call_id: Option<Span>,
    name: Option<Span>,
    text: Option<Span>,
    value: Option<Span>,
}

impl ConversationEntry {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "id" => self.id = non_empty(reader)?,
            "tool_call_id" => self.call_id = non_empty(reader)?,
            "name" => self.name = non_empty(reader)?,
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "content" if reader.peek()? == ValueKind::Object => {
                crate::dialect::openai::chat::message::read_part(reader, Content::Text, events)?;
            }
            "content" => crate::dialect::openai::chat::message::read_content(reader, Content::Text, events)?,
            "arguments" if reader.peek()? == ValueKind::String => self.text = Some(reader.string()?),
            "arguments" => self.value = Some(crate::dialect::google::arguments::read_json(reader, events)?),
            "info" => read_property(reader, (Property::Result, PART), events, read_rest)?,
            "object" | "role" | "agent_id" | "created_at" | "completed_at" | "content_index" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    /// Appends the call, if it is one: the client's, or one run by Mistral, which has the entry's id.
    fn emit(self, document: Document<'_>, first: usize, state: &mut AnswerState, events: &mut Vec<Event>) {
        let Self { kind, id, call_id, name, text, value } = self;
        let is = |word: &str| kind.is_some_and(|kind| document.raw(kind).starts_with(word));
        let (is_clients, is_mistrals) = (is("function.call"), is("tool.execution"));
        let property = if is_clients { Property::ItemId } else { Property::Id };
        push_property(PART, property, id.filter(|_| !is_mistrals), events);
        let is_call = is_clients || is_mistrals;
        answer_members::set_kind(events, first, if is_call { PartKind::ToolCall } else { PartKind::Text });
        if is_call {
            let id = if is_clients { call_id } else { id };
            events.push(Event::ToolCall { choice: 0, part: 0, id, name, builtin: is_mistrals });
            let tool = name.filter(|_| is_mistrals).map(|name| document.text(name));
            events.extend(tool.and_then(|tool| crate::dialect::hosted_tools::of_tool(&tool)).map(Event::Fee));
        } else {
            events.extend(name.map(Event::Other));
            if let Some(id) = id {
                state.entry = bounded(&document.text(id));
            }
        }
        let channel = Channel { choice: 0, part: 0, content: Content::Arguments };
        events.extend(text.filter(|text| text.start < text.end).map(|text| Event::Text { channel, text }));
        events.extend(value.map(|value| Event::Arguments { choice: 0, part: 0, value }));
    }
}
