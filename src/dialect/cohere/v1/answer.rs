//! Answers, whole and streamed.

use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::cohere::usage::read_usage;
use crate::dialect::failure::Reported;
use crate::dialect::texts::{non_empty, read_rest, span};
use crate::document::{Document, JsonResult, Reader, Span};
use crate::model::{Channel, Content, Event, Extra, Owner, PartKind, Property};

pub(super) fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut facts = CohereV1Event::default();
    let read = reader.maybe_object(|reader, key| facts.read(reader, &key, events));
    // Also after an answer that breaks off.
    facts.finish(frame.document, events);
    read?;
    reader.finish()
}

/// Facts of an answer or event, whose kind may follow them.
#[derive(Default)]
struct CohereV1Event {
    event: Option<Span>,
    is_finished: Option<bool>,
    index: u32,
    id: Option<Span>,
    generation_id: Option<Span>,
    response_id: Option<Span>,
    text: Option<Span>,
    /// Set when a text has been read in the event's `tool_call_delta`.
    planned: bool,
    reason: Option<Span>,
    /// Set when a member with the API's output is present.
    answered: bool,
    reported: Reported,
}

impl CohereV1Event {
    fn read(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "event_type" => self.event = reader.maybe_string()?,
            "is_finished" => self.is_finished = reader.maybe_bool()?,
            "index" => self.index = index(reader)?.unwrap_or_default(),
            "id" => self.id = non_empty(reader)?,
            "generation_id" => self.generation_id = non_empty(reader)?,
            "response_id" => self.response_id = non_empty(reader)?,
            "text" | "summary" => {
                self.text = reader.maybe_string()?;
                self.answered |= self.text.is_some();
            }
            "finish_reason" => self.reason = non_empty(reader)?,
            "generations" => {
                self.answered = true;
                reader.maybe_array(|reader, position| read_generation(reader, position, false, events))?;
            }
            "tool_calls" => {
                self.answered = true;
                reader.maybe_array(|reader, part| read_call(reader, part, true, events))?;
            }
            "tool_call_delta" => self.planned = read_call_delta(reader, events)?,
            "response" => {
                reader.maybe_object(|reader, key| read_repeated(reader, &key, events))?;
            }
            "meta" => read_usage(reader, events)?,
            "token_strings" | "tokens" => reader.skip()?,
            _ if answer_members::read(MEMBERS, reader, key, events)? => {}
            // Error in a stream of generate.
            "err" => self.reported.read(reader, events)?,
            _ => {
                if !self.reported.read_flat(reader, key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    }

    fn finish(self, document: Document<'_>, events: &mut Vec<Event>) {
        let event = self.event.map(|event| document.text(event));
        let is_event = event.is_some() || self.is_finished.is_some();
        // Some streams repeat the model's plan within a `tool-calls-chunk`, and the whole plan comes again with the
        // calls.
        let speaks = match event.as_deref() {
            None | Some("text-generation") => true,
            Some("tool-calls-chunk") => !self.planned,
            Some(_) => false,
        };
        let channel = Channel { choice: self.index, part: 0, content: Content::Text };
        events.extend(self.text.filter(|text| text.start < text.end).map(|text| match speaks {
            true => Event::Text { channel, text },
            false => Event::Other(text),
        }));
        events.extend(self.event.map(Event::EventName));
        if is_event {
            events.extend(self.generation_id.map(Event::Id));
        } else {
            events.extend(self.response_id.or(self.id).map(Event::Id));
            events.extend(self.generation_id.map(|value| Event::Extra { name: Extra::GenerationId, value }));
        }
        let has_reason = self.reason.is_some();
        events.extend(self.reason.map(|reason| Event::Finish { choice: self.index, reason }));
        let is_last = self.is_finished == Some(true) || event.as_deref() == Some("stream-end");
        if is_last || !is_event && (self.answered || has_reason) {
            events.push(Event::End);
        }
        self.reported.finish(is_event || self.answered, events);
    }
}

/// Reads a member of the whole answer repeated at the end of its stream. Facts that the stream left out are taken from
/// it; its texts are only restored.
fn read_repeated(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "id" => events.extend(non_empty(reader)?.map(Event::Id)),
        "response_id" => {
            events.extend(non_empty(reader)?.map(|value| Event::Extra { name: Extra::ResponseId, value }));
        }
        "finish_reason" => {
            events.extend(non_empty(reader)?.map(|reason| Event::Finish { choice: 0, reason }));
        }
        "generations" => {
            reader.maybe_array(|reader, position| read_generation(reader, position, true, events))?;
        }
        "tool_calls" => {
            reader.maybe_array(|reader, part| read_call(reader, part, false, events))?;
        }
        "meta" => read_usage(reader, events)?,
        "generation_id" => reader.skip()?,
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Members of an answer or of one of its texts. Probabilities are of single tokens: none holds a whole placeholder.
const MEMBERS: &[AnswerMember] = &[
    opaque("logprobs", Property::Logprobs, Owner::CHOICE),
    opaque("token_likelihoods", Property::Logprobs, Owner::CHOICE),
    texts("citations", Property::Citations, Owner::part(PartKind::Text)),
    texts("documents", Property::Sources, Owner::Answer),
    texts("search_results", Property::Sources, Owner::Answer),
];

/// Reads one text of generate. `again`: its text has come in pieces before.
fn read_generation(reader: &mut Reader<'_>, position: u32, again: bool, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let (mut choice, mut reason) = (position, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "text" if again => read_rest(reader, events)?,
            "text" => {
                let channel = Channel { choice: 0, part: 0, content: Content::Text };
                events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
            }
            "index" => choice = index(reader)?.unwrap_or(position),
            "finish_reason" => reason = non_empty(reader)?,
            "id" => reader.skip()?,
            _ if answer_members::read(MEMBERS, reader, &key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::Choice(choice));
    events.extend(reason.map(|reason| Event::Finish { choice, reason }));
    crate::dialect::texts::set_choice(events, first, choice);
    Ok(())
}

/// Reads a whole tool call: `{"name":…,"parameters":{…}}`. `is_first`: its whole arguments have not come before.
fn read_call(reader: &mut Reader<'_>, part: u32, is_first: bool, events: &mut Vec<Event>) -> JsonResult {
    let (mut name, mut value) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "name" => name = non_empty(reader)?,
            "parameters" => {
                reader.peek()?;
                let start = reader.offset();
                read_rest(reader, events)?;
                value = Some(span(start, reader.offset()));
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::ToolCall { choice: 0, part, id: None, name, builtin: false });
    events.extend(value.filter(|_| is_first).map(|value| Event::Arguments { choice: 0, part, value }));
    Ok(())
}

/// Reads a fragment of a tool call or, without an index, of the plan for it. Returns whether it is a plan.
fn read_call_delta(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<bool> {
    let (mut part, mut name, mut arguments, mut plan) = (None, None, None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => part = index(reader)?,
            "name" => name = non_empty(reader)?,
            "parameters" => arguments = non_empty(reader)?,
            "text" => plan = non_empty(reader)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    let part = part.unwrap_or_default();
    if name.is_some() {
        events.push(Event::ToolCall { choice: 0, part, id: None, name, builtin: false });
    }
    let channel = |part, content| Channel { choice: 0, part, content };
    events.extend(arguments.map(|text| Event::Text { channel: channel(part, Content::Arguments), text }));
    events.extend(plan.map(|text| Event::Text { channel: channel(0, Content::Text), text }));
    Ok(plan.is_some())
}

/// Reads an index. Cohere's types allow any kind of number.
fn index(reader: &mut Reader<'_>) -> JsonResult<Option<u32>> {
    Ok(reader.maybe_count()?.and_then(|index| index.try_into().ok()))
}
