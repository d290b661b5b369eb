//! What Gemini interactions answer: an interaction with its steps, or events that tell of it piece by piece.
//! <https://ai.google.dev/api/interactions-api> and <https://ai.google.dev/gemini-api/docs/interactions/streaming>,
//! read 2026-11-21, with the types of google-genai 3.4.0.
//!
//! Before the revision 2026-05-20 an interaction had `outputs`, which are contents, in the steps' place, and events
//! `content.start`, `content.delta`, `content.stop`, `interaction.complete`. Both are told apart by members' names.

use super::api::Frame;
use super::failure::Reported;
use super::gemini_candidate::read_json;
use crate::chat::{Channel, Content, Delta, Tally};
use crate::document::{Document, Kind, Reader, Span, Unreadable};

type Read = Result<(), Unreadable>;

pub(super) fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let first = deltas.len();
    let (mut event, mut index, mut state) = (None, 0, State::default());
    reader.maybe_object(|reader, key| {
        match &*key {
            "event_type" => event = reader.maybe_string()?,
            "index" => index = reader.maybe_number()?.unwrap_or_default(),
            "interaction_id" => deltas.extend(super::leaves::non_empty(reader)?.map(Delta::Id)),
            "interaction" => {
                reader.maybe_object(|reader, key| match &*key {
                    // The steps have been told one by one.
                    "steps" | "outputs" => super::leaves::read_rest(reader, deltas),
                    _ => read_member(reader, &key, &mut state, deltas),
                })?;
            }
            "steps" | "outputs" => {
                reader.maybe_array(|reader, index| {
                    let first = deltas.len();
                    read_step(reader, deltas)?;
                    super::leaves::set_part(deltas, first, index);
                    Ok(())
                })?;
            }
            "step" | "content" => read_step(reader, deltas)?,
            "delta" => read_delta(reader, deltas)?,
            "metadata" => {
                reader.maybe_object(|reader, key| match &*key {
                    "total_usage" => read_usage(reader, deltas),
                    _ => super::leaves::read_rest(reader, deltas),
                })?;
            }
            // Of this step alone.
            "step_usage" | "event_id" => reader.skip()?,
            _ => read_member(reader, &key, &mut state, deltas)?,
        }
        Ok(())
    })?;
    let kind = event.map(|event| document.text(event));
    if event.is_some() {
        super::leaves::set_part(deltas, first, index);
    }
    deltas.extend(event.map(Delta::Event));
    finish(document, kind.as_deref(), index, state, deltas);
    reader.finish()
}

/// How an interaction stands.
#[derive(Default)]
struct State {
    status: Option<Span>,
    /// What went wrong, which may have been got over.
    faults: Reported,
}

/// What closes something.
fn finish(document: Document<'_>, event: Option<&str>, index: u32, state: State, deltas: &mut Vec<Delta>) {
    let State { status, faults } = state;
    if status.is_some_and(|status| document.raw(status) == "failed") {
        faults.finish(true, deltas);
    }
    let ended = status.filter(|status| !matches!(document.raw(*status), "" | "queued" | "in_progress"));
    deltas.extend(ended.map(|reason| Delta::Finish { choice: 0, reason }));
    match event {
        None if ended.is_some() => deltas.push(Delta::End),
        Some("interaction.completed" | "interaction.complete") => deltas.push(Delta::End),
        Some("step.stop" | "content.stop") => deltas.push(Delta::PartEnd { choice: 0, part: index }),
        _ => {}
    }
}

/// A member of an interaction.
fn read_member(reader: &mut Reader<'_>, key: &str, state: &mut State, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "id" => deltas.extend(super::leaves::non_empty(reader)?.map(Delta::Id)),
        "model" | "agent" => deltas.extend(super::leaves::non_empty(reader)?.map(Delta::Model)),
        "status" => {
            state.status = reader.maybe_string()?;
            deltas.extend(state.status.map(|value| Delta::Kept { name: "status", value }));
        }
        "service_tier" => deltas.extend(super::leaves::non_empty(reader)?.map(Delta::ServiceTier)),
        "usage" => read_usage(reader, deltas)?,
        "error" => super::failure::read(reader, deltas)?,
        "errors" => state.faults.read(reader, deltas)?,
        "object" | "created" | "updated" | "previous_interaction_id" | "continuation_token" | "environment_id" => {
            reader.skip()?;
        }
        _ => super::leaves::read_rest(reader, deltas)?,
    }
    Ok(())
}

/// A step; or one of the former outputs, which are contents and calls alike.
fn read_step(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = reader.document();
    let first = deltas.len();
    let mut call = Call::default();
    reader.maybe_object(|reader, key| match &*key {
        "content" => read_contents(reader, Content::Text, deltas),
        "summary" => read_contents(reader, Content::Reasoning, deltas),
        "text" => read_text(reader, Content::Text, deltas),
        _ => call.read_member(reader, &key, deltas),
    })?;
    if call.kind.is_some_and(|kind| document.raw(kind) == "user_input") {
        // What was asked, repeated.
        for delta in deltas.iter_mut().skip(first) {
            if let Delta::Text { text, .. } = *delta {
                *delta = Delta::Other(text);
            }
        }
    }
    deltas.extend(call.kind.map(|kind| Delta::Part { choice: 0, part: 0, kind }));
    call.tell(document, deltas);
    Ok(())
}

/// What an event adds to a step.
fn read_delta(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = reader.document();
    let mut call = Call::default();
    reader.maybe_object(|reader, key| match &*key {
        // Only a thought's summary has its text in a content.
        "content" => read_contents(reader, Content::Reasoning, deltas),
        "text" => read_text(reader, Content::Text, deltas),
        _ => call.read_member(reader, &key, deltas),
    })?;
    call.tell(document, deltas);
    Ok(())
}

/// A call of a tool, as far as it is told.
#[derive(Default)]
struct Call {
    kind: Option<Span>,
    id: Option<Span>,
    name: Option<Span>,
    arguments: Option<Arguments>,
}

enum Arguments {
    /// JSON itself.
    Value(Span),
    /// A piece of its text.
    Text(Span),
}

impl Call {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Read {
        match key {
            "type" => self.kind = super::leaves::non_empty(reader)?,
            "id" => self.id = super::leaves::non_empty(reader)?,
            "name" => self.name = super::leaves::non_empty(reader)?,
            "arguments" if reader.peek()? == Kind::String => {
                self.arguments = super::leaves::non_empty(reader)?.map(Arguments::Text);
            }
            "arguments" => self.arguments = Some(Arguments::Value(read_json(reader, deltas)?)),
            // What was encoded or lies elsewhere, and what ties results to calls.
            "data" | "uri" | "mime_type" | "signature" | "call_id" | "resolution" => reader.skip()?,
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    }

    /// Tells of the call, if it is one. A tool that Google runs goes by the kind of its step.
    fn tell(self, document: Document<'_>, deltas: &mut Vec<Delta>) {
        let Self { kind, id, name, arguments } = self;
        let is_call = |kind: &Span| document.raw(*kind).ends_with("_call");
        if let Some(kind) = kind.filter(is_call) {
            let builtin = document.raw(kind) != "function_call";
            let name = if builtin { Some(kind) } else { name };
            deltas.push(Delta::ToolCall { choice: 0, part: 0, id, name, builtin });
        }
        let channel = Channel { choice: 0, part: 0, content: Content::Arguments };
        deltas.extend(arguments.map(|arguments| match arguments {
            Arguments::Value(value) => Delta::Arguments { choice: 0, part: 0, value },
            Arguments::Text(text) => Delta::Text { channel, text },
        }));
    }
}

/// A content or several: texts, and media that are passed over.
fn read_contents(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    super::gemini_content::one_or_several(reader, |reader, _| {
        if reader.peek()? == Kind::String {
            return read_text(reader, content, deltas);
        }
        reader
            .maybe_object(|reader, key| match &*key {
                "text" => read_text(reader, content, deltas),
                "type" | "data" | "uri" | "mime_type" | "signature" | "resolution" => reader.skip(),
                _ => super::leaves::read_rest(reader, deltas),
            })
            .map(drop)
    })
}

fn read_text(reader: &mut Reader<'_>, content: Content, deltas: &mut Vec<Delta>) -> Read {
    let text = super::leaves::non_empty(reader)?;
    deltas.extend(text.map(|text| Delta::Text { channel: Channel { choice: 0, part: 0, content }, text }));
    Ok(())
}

/// `Usage`: as in generateContent thoughts stand beside the output and tools' results beside the input.
fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let start = reader.peek().map(|_| reader.offset())?;
    let mut tally = Tally::default();
    let mut is_empty = true;
    reader.maybe_object(|reader, key| {
        is_empty = false;
        read_count(reader, &key, &mut tally, deltas)
    })?;
    if !is_empty {
        deltas.push(super::gemini_usage::report(tally, super::leaves::span(start, reader.offset())));
    }
    Ok(())
}

fn read_count(reader: &mut Reader<'_>, key: &str, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "total_input_tokens" => tally.input = reader.maybe_count()?,
        "total_output_tokens" => tally.output = reader.maybe_count()?,
        "total_tokens" => tally.total = reader.maybe_count()?,
        "total_cached_tokens" => tally.cache_read = reader.maybe_count()?,
        // The second is the former name.
        "total_thought_tokens" | "total_reasoning_tokens" => {
            tally.reasoning = reader.maybe_count()?.or(tally.reasoning)
        }
        "total_tool_use_tokens" => tally.tool_input = reader.maybe_count()?,
        "input_tokens_by_modality" => {
            let input = super::gemini_usage::read_modalities(reader)?;
            (tally.input_audio, tally.input_image, tally.input_video) = (input.audio, input.image, input.video);
        }
        "cached_tokens_by_modality" => {
            let cached = super::gemini_usage::read_modalities(reader)?;
            (tally.cache_read_audio, tally.cache_read_image) = (cached.audio, cached.image);
        }
        "output_tokens_by_modality" => {
            let output = super::gemini_usage::read_modalities(reader)?;
            (tally.output_audio, tally.output_image) = (output.audio, output.image);
        }
        // What grounds the answer: `[{"type":"google_search","count":2}]`.
        "grounding_tool_count" => super::gemini_usage::read_tools(reader, "type", &["count"], tally, deltas)?,
        _ => reader.skip()?,
    }
    Ok(())
}
