//! Answers, whole and streamed.

use crate::dialect::answer_members::{self, AnswerMember, opaque};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::failure::Reported;
use crate::dialect::openai::thoughts::{self, Thoughts};
use crate::dialect::texts::{non_empty, read_property, read_rest};
use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Channel, Content, Event, Extra, Owner, PartKind, Property};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

/// Members that only repeat the structure of an answer.
pub(super) const STRUCTURE: &[&str] = &[
    "created_at",
    "done",
    "message.role",
    "message.tool_calls[].type",
    "message.tool_calls[].function.index",
    "prompt_eval_count",
    "eval_count",
];

pub(super) fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut counts = ReportedUsage::default();
    let (mut answered, mut is_done, mut reason) = (false, false, None);
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "message" if reader.peek()? == ValueKind::Object => {
                answered = true;
                let mut thoughts = Thoughts::default();
                reader.object(|reader, key| read_answered(reader, &key, state.calls, &mut thoughts, events))?;
            }
            "response" => {
                answered = true;
                push_text(reader, Content::Text, events)?;
            }
            "thinking" => push_text(reader, Content::Reasoning, events)?,
            "embeddings" => {
                answered = true;
                reader.maybe_array(|reader, index| read_vector(reader, index, events))?;
            }
            "embedding" => {
                answered = true;
                read_vector(reader, 0, events)?;
            }
            // Answers of System One, whose counts have OpenAI's names.
            "answers" => {
                answered = true;
                read_rest(reader, events)?;
            }
            "usage" => crate::dialect::openai::usage::read(reader, events)?,
            "done" => is_done |= reader.maybe_bool()? == Some(true),
            // Status of a model pull, push or creation.
            "status" => is_done |= reader.maybe_text()?.as_deref() == Some("success"),
            "done_reason" => reason = non_empty(reader)?,
            "prompt_eval_count" => counts.input = reader.maybe_count()?,
            "eval_count" => counts.output = reader.maybe_count()?,
            "total_duration" => extra(Extra::TotalDuration, reader, events)?,
            "load_duration" => extra(Extra::LoadDuration, reader, events)?,
            "prompt_eval_duration" => extra(Extra::PromptDuration, reader, events)?,
            "eval_duration" => extra(Extra::OutputDuration, reader, events)?,
            "context" | "created_at" => reader.skip()?,
            _ if answer_members::read(MEMBERS, reader, &key, events)? => {}
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    if !counts.is_empty() {
        // The counts stand among the members of the answer, in no object of their own.
        let (convention, source, raw) = (UsageConvention::Inclusive, UsageSource::Body, Span::default());
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source, raw })));
    }
    if is_done {
        events.push(Event::End);
    }
    reported.finish(answered, events);
    reader.finish()
}

/// Members of an answer. Probabilities are of single tokens: none holds a whole placeholder.
const MEMBERS: &[AnswerMember] = &[
    opaque("logprobs", Property::Logprobs, Owner::CHOICE),
    opaque("image", Property::Data, Owner::part(PartKind::Image)),
];

/// Reads a duration in nanoseconds.
fn extra(name: Extra, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    events.extend(reader.scalar()?.map(|value| Event::Extra { name, value }));
    Ok(())
}

/// Reads a member of an answered message. `calls`: number of tool calls in the lines before.
fn read_answered(
    reader: &mut Reader<'_>,
    key: &str,
    calls: u32,
    thoughts: &mut Thoughts,
    events: &mut Vec<Event>,
) -> JsonResult {
    let start = events.len();
    match key {
        "content" => {
            events.push(Event::Choice(0));
            push_text(reader, Content::Text, events)
        }
        "tool_calls" => {
            reader.maybe_array(|reader, position| read_call(reader, calls.saturating_add(position), events)).map(drop)
        }
        "images" => reader
            .maybe_array(|reader, part| {
                let owner = Owner::Part { choice: 0, part, kind: PartKind::Image };
                read_property(reader, (Property::Data, owner), events, |reader, _| reader.skip())
            })
            .map(drop),
        "role" => reader.skip(),
        name => match thoughts::part(name) {
            Some(part) if reader.peek()? == ValueKind::String => {
                push_text(reader, Content::Reasoning, events)?;
                thoughts.say(part, start, events);
                Ok(())
            }
            _ => read_rest(reader, events),
        },
    }
}

fn push_text(reader: &mut Reader<'_>, content: Content, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice: 0, part: 0, content };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

/// Reads a whole tool call: `{"function":{"name":…,"arguments":{…}}}`. Its `index` is ignored: older servers send none,
/// and some parsers of newer ones leave it at 0 for every call.
fn read_call(reader: &mut Reader<'_>, part: u32, events: &mut Vec<Event>) -> JsonResult {
    let (mut id, mut name) = (None, None);
    let (mut value, mut text) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => id = non_empty(reader)?,
            "function" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "index" => reader.skip()?,
                        "name" => name = non_empty(reader)?,
                        "arguments" if reader.peek()? == ValueKind::String => text = non_empty(reader)?,
                        "arguments" => {
                            value = Some(reader.spanned(|reader| read_rest(reader, events))?.1);
                        }
                        _ => read_rest(reader, events)?,
                    }
                    Ok(())
                })?;
            }
            "type" => reader.skip()?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.push(Event::ToolCall { choice: 0, part, id, name, builtin: false });
    let channel = Channel { choice: 0, part, content: Content::Arguments };
    events.extend(text.map(|text| Event::Text { channel, text }));
    events.extend(value.map(|value| Event::Arguments { choice: 0, part, value }));
    Ok(())
}

/// Reads a vector of an embedding. All have the length of the first.
fn read_vector(reader: &mut Reader<'_>, index: u32, events: &mut Vec<Event>) -> JsonResult {
    events.push(Event::Choice(index));
    read_property(reader, (Property::Vector, Owner::Choice(index)), events, |reader, events| {
        if index > 0 {
            return reader.skip();
        }
        let numbers = reader.maybe_length()?;
        events.extend(numbers.filter(|numbers| *numbers > 0).map(Event::Dimensions));
        Ok(())
    })
}
