//! Answers of Gemini interactions: an interaction with its steps, or events with pieces of it.
//! <https://ai.google.dev/api/interactions-api> and <https://ai.google.dev/gemini-api/docs/interactions/streaming>,
//! read 2026-11-21, with the types of google-genai 3.4.0.
//!
//! Before the revision 2026-05-20 an interaction had `outputs`, which are contents, in place of steps, and events
//! `content.start`, `content.delta`, `content.stop`, `interaction.complete`. Member names distinguish the two.

use super::usage::read_usage;
use crate::dialect::answer_members::{self, AnswerMember, PART, media_kind, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::failure::Reported;
use crate::dialect::google::arguments::read_json;
use crate::dialect::google::content::one_or_several;
use crate::dialect::texts::{non_empty, read_rest};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Extra, PartKind, Property};

pub(in crate::dialect) fn read_answer(
    frame: AnswerFrame<'_>,
    _: &mut AnswerState,
    events: &mut Vec<Event>,
) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let first = events.len();
    let (mut event, mut index, mut state) = (None, 0, InteractionState::default());
    reader.maybe_object(|reader, key| {
        match &*key {
            "event_type" => event = reader.maybe_string()?,
            "index" => index = reader.maybe_number()?.unwrap_or_default(),
            "interaction_id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "interaction" => {
                reader.maybe_object(|reader, key| match &*key {
                    // The steps have already come one by one.
                    "steps" | "outputs" => read_rest(reader, events),
                    _ => read_member(reader, &key, &mut state, events),
                })?;
            }
            "steps" | "outputs" => {
                reader.maybe_array(|reader, index| {
                    let first = events.len();
                    read_step(reader, events)?;
                    crate::dialect::texts::set_part(events, first, index);
                    Ok(())
                })?;
            }
            "step" | "content" => read_step(reader, events)?,
            "delta" => read_delta(reader, events)?,
            "metadata" => {
                reader.maybe_object(|reader, key| match &*key {
                    "total_usage" => read_usage(reader, events),
                    _ => read_rest(reader, events),
                })?;
            }
            // Usage of this step alone.
            "step_usage" | "event_id" => reader.skip()?,
            _ => read_member(reader, &key, &mut state, events)?,
        }
        Ok(())
    })?;
    let kind = event.map(|event| document.text(event));
    if event.is_some() {
        crate::dialect::texts::set_part(events, first, index);
    }
    events.extend(event.map(Event::EventName));
    finish(document, kind.as_deref(), index, state, events);
    reader.finish()
}

/// Status of an interaction.
#[derive(Default)]
struct InteractionState {
    status: Option<Span>,
    /// Errors, possibly recovered from.
    faults: Reported,
}

/// Appends the events that end something.
fn finish(document: Document<'_>, event: Option<&str>, index: u32, state: InteractionState, events: &mut Vec<Event>) {
    let InteractionState { status, faults } = state;
    if status.is_some_and(|status| document.raw(status) == "failed") {
        faults.finish(true, events);
    }
    let ended = status.filter(|status| !matches!(document.raw(*status), "" | "queued" | "in_progress"));
    events.extend(ended.map(|reason| Event::Finish { choice: 0, reason }));
    match event {
        None if ended.is_some() => events.push(Event::End),
        Some("interaction.completed" | "interaction.complete") => events.push(Event::End),
        Some("step.stop" | "content.stop") => events.push(Event::PartEnd { choice: 0, part: index }),
        _ => {}
    }
}

/// Reads a member of an interaction.
fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    state: &mut InteractionState,
    events: &mut Vec<Event>,
) -> JsonResult {
    match key {
        "id" => events.extend(non_empty(reader)?.map(Event::Id)),
        "model" | "agent" => events.extend(non_empty(reader)?.map(Event::Model)),
        "status" => {
            state.status = reader.maybe_string()?;
            events.extend(state.status.map(|value| Event::Extra { name: Extra::Status, value }));
        }
        "service_tier" => events.extend(non_empty(reader)?.map(Event::ServiceTier)),
        "usage" => read_usage(reader, events)?,
        "error" => crate::dialect::failure::read(reader, events)?,
        "errors" => state.faults.read(reader, events)?,
        "object" | "created" | "updated" | "previous_interaction_id" | "continuation_token" | "environment_id" => {
            reader.skip()?;
        }
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Reads a step, or one of the former outputs, which are contents or calls.
fn read_step(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let first = events.len();
    let mut call = FunctionCall::default();
    reader.maybe_object(|reader, key| match &*key {
        "content" => read_contents(reader, Content::Text, events),
        "summary" => read_contents(reader, Content::Reasoning, events),
        "text" => read_text(reader, Content::Text, events),
        _ => call.read_member(reader, &key, events),
    })?;
    if call.kind.is_some_and(|kind| document.raw(kind) == "user_input") {
        // The user's input, repeated.
        for event in events.iter_mut().skip(first) {
            if let Event::Text { text, .. } = *event {
                *event = Event::Other(text);
            }
        }
    }
    events.extend(call.kind.map(|kind| Event::Part { choice: 0, part: 0, kind }));
    call.own_members(document, first, events);
    call.emit(document, events);
    Ok(())
}

/// Reads the addition of an event to a step.
fn read_delta(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let (first, mut call) = (events.len(), FunctionCall::default());
    reader.maybe_object(|reader, key| match &*key {
        // Only a thought's summary has its text in a content.
        "content" => read_contents(reader, Content::Reasoning, events),
        "text" => read_text(reader, Content::Text, events),
        _ => call.read_member(reader, &key, events),
    })?;
    call.own_members(document, first, events);
    call.emit(document, events);
    Ok(())
}

/// Facts of a tool call so far.
#[derive(Default)]
struct FunctionCall {
    kind: Option<Span>,
    id: Option<Span>,
    name: Option<Span>,
    arguments: Option<StepArguments>,
}

enum StepArguments {
    /// A JSON value.
    Value(Span),
    /// A piece of JSON text.
    Text(Span),
}

impl FunctionCall {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult {
        match key {
            "type" => self.kind = non_empty(reader)?,
            "id" => self.id = non_empty(reader)?,
            "name" => self.name = non_empty(reader)?,
            "arguments" if reader.peek()? == ValueKind::String => {
                self.arguments = non_empty(reader)?.map(StepArguments::Text);
            }
            "arguments" => self.arguments = Some(StepArguments::Value(read_json(reader, events)?)),
            "resolution" => reader.skip()?,
            _ if answer_members::read(MEMBERS, reader, key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    /// Gives the members that have come to the part that the step is.
    fn own_members(&self, document: Document<'_>, first: usize, events: &mut [Event]) {
        let kind = self.kind.map(|kind| document.raw(kind)).unwrap_or_default();
        answer_members::set_kind(events, first, part_kind(kind).unwrap_or(PartKind::Text));
    }

    /// Appends the call, if it is one. A tool that Google runs is named by the type of its step.
    fn emit(self, document: Document<'_>, events: &mut Vec<Event>) {
        let Self { kind, id, name, arguments } = self;
        let is_call = |kind: &Span| document.raw(*kind).ends_with("_call");
        if let Some(kind) = kind.filter(is_call) {
            let builtin = document.raw(kind) != "function_call";
            let name = if builtin { Some(kind) } else { name };
            events.push(Event::ToolCall { choice: 0, part: 0, id, name, builtin });
        }
        let channel = Channel { choice: 0, part: 0, content: Content::Arguments };
        events.extend(arguments.map(|arguments| match arguments {
            StepArguments::Value(value) => Event::Arguments { choice: 0, part: 0, value },
            StepArguments::Text(text) => Event::Text { channel, text },
        }));
    }
}

/// Reads one or several contents: texts and media.
fn read_contents(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    one_or_several(reader, |reader, _| {
        if reader.peek()? == ValueKind::String {
            return read_text(reader, content, events);
        }
        let (first, mut kind) = (events.len(), None);
        reader.maybe_object(|reader, key| {
            match &*key {
                "text" => read_text(reader, content, events)?,
                "type" => kind = non_empty(reader)?,
                "resolution" => reader.skip()?,
                _ if answer_members::read(MEMBERS, reader, &key, events)? => {}
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })?;
        let kind = kind.map(|kind| document.raw(kind)).unwrap_or_default();
        answer_members::set_kind(events, first, part_kind(kind).unwrap_or_else(|| content.part_kind()));
        Ok(())
    })
}

/// Members of a step, a content or a delta of any type.
const MEMBERS: &[AnswerMember] = &[
    opaque("data", Property::Data, PART),
    opaque("uri", Property::Url, PART),
    opaque("mime_type", Property::MediaType, PART),
    opaque("signature", Property::Signature, PART),
    opaque("call_id", Property::CallId, PART),
    opaque("is_error", Property::IsError, PART),
    texts("result", Property::Result, PART),
    texts("annotations", Property::Citations, PART),
];

/// Returns the kind of part that the type of a step, a content or a delta stands for. `None`: it is one of texts.
fn part_kind(kind: &str) -> Option<PartKind> {
    match kind {
        "image" | "audio" | "video" | "document" => Some(media_kind(kind)),
        _ if kind.starts_with("thought") => Some(PartKind::Reasoning),
        _ if kind.ends_with("_call") || kind == "arguments_delta" => Some(PartKind::ToolCall),
        _ if kind.ends_with("_result") => Some(PartKind::ToolResult),
        _ => None,
    }
}

fn read_text(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let text = non_empty(reader)?;
    events.extend(text.map(|text| Event::Text { channel: Channel { choice: 0, part: 0, content }, text }));
    Ok(())
}
