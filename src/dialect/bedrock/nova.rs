//! InvokeModel of Amazon Nova: <https://docs.aws.amazon.com/nova/latest/userguide/using-invoke-api.html>, read
//! 2026-11-21.
//!
//! Requests, whole answers and events have Converse's members. An event is wrapped in a member with the event's name. A
//! stream puts each piece of text into a block of its own, which ends at once; all these blocks are one text.

use super::aws::Common;
use super::converse::answer::ConverseEvent;
use super::converse::parameters::INFERENCE;
use super::converse::piece::write_delta;
use super::converse::request::read_request;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::document::{JsonResult, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, Reply};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[INFERENCE],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut whole = ConverseEvent::new("", events);
    let mut common = Common::default();
    reader.maybe_object(|reader, key| match &*key {
        "messageStart" | "contentBlockStart" | "contentBlockDelta" | "contentBlockStop" | "messageStop"
        | "metadata"
            if reader.peek()? == ValueKind::Object =>
        {
            let mut event = ConverseEvent::new(&key, events);
            reader.object(|reader, key| event.read(reader, &key, events))?;
            close(event, events);
            Ok(())
        }
        _ if common.read(reader, &key, events)? => Ok(()),
        _ => whole.read(reader, &key, events),
    })?;
    reader.finish()?;
    whole.finish(events);
    common.push(frame.is_exception, events);
    Ok(())
}

/// Puts texts into part 0 and tool calls into later parts.
fn close(event: ConverseEvent<'_>, events: &mut Vec<Event>) {
    let behind = event.index.saturating_add(1);
    let mut calls = false;
    for event in event.own_events(events) {
        match event {
            Event::Text { channel, .. } if channel.content == Content::Arguments => channel.part = behind,
            Event::Arguments { part, .. } => *part = behind,
            Event::ToolCall { part, .. } => (*part, calls) = (behind, true),
            _ => {}
        }
    }
    // A tool call ends the text before it.
    events.extend(calls.then_some(Event::PartEnd { choice: 0, part: 0 }));
    events.extend(event.ends_part().then_some(Event::PartEnd { choice: 0, part: behind }));
    event.finish(events);
}

fn write_text(_: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = String::from(r#"{"contentBlockDelta":"#);
    write_delta(channel.part.saturating_sub(1), channel.content, text, &mut data);
    data.push('}');
    WrittenFrame { name: "", data }
}
