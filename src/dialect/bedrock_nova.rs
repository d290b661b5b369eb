//! InvokeModel of Amazon Nova: <https://docs.aws.amazon.com/nova/latest/userguide/using-invoke-api.html>, read
//! 2026-11-21.
//!
//! Requests, whole answers and events have Converse's members; an event's name is a member's around it. A stream gives
//! each piece of text a block of its own, which ends at once: all of them are one text.

use super::api::{Api, Frame, Written};
use super::aws::Common;
use super::bedrock_converse::{Event, write_delta};
use super::bedrock_request::read_request;
use crate::chat::{Channel, Content, Delta, Reply};
use crate::document::{Kind, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::AwsEventStream,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::aws::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut whole = Event::new("", deltas);
    let mut common = Common::default();
    reader.maybe_object(|reader, key| match &*key {
        "messageStart" | "contentBlockStart" | "contentBlockDelta" | "contentBlockStop" | "messageStop"
        | "metadata"
            if reader.peek()? == Kind::Object =>
        {
            let mut event = Event::new(&key, deltas);
            reader.object(|reader, key| event.read(reader, &key, deltas))?;
            close(event, deltas);
            Ok(())
        }
        _ if common.read(reader, &key, deltas)? => Ok(()),
        _ => whole.read(reader, &key, deltas),
    })?;
    reader.finish()?;
    whole.finish(deltas);
    common.push(frame.is_exception, deltas);
    Ok(())
}

/// Puts texts into part 0, and tool calls into the parts behind it.
fn close(event: Event<'_>, deltas: &mut Vec<Delta>) {
    let behind = event.index.saturating_add(1);
    let mut calls = false;
    for delta in event.own(deltas) {
        match delta {
            Delta::Text { channel, .. } if channel.content == Content::Arguments => channel.part = behind,
            Delta::Arguments { part, .. } => *part = behind,
            Delta::ToolCall { part, .. } => (*part, calls) = (behind, true),
            _ => {}
        }
    }
    // A tool call ends the text before it.
    deltas.extend(calls.then_some(Delta::PartEnd { choice: 0, part: 0 }));
    deltas.extend(event.ends_part().then_some(Delta::PartEnd { choice: 0, part: behind }));
    event.finish(deltas);
}

fn write_text(_: &Reply, channel: Channel, text: &str) -> Written {
    let mut data = String::from(r#"{"contentBlockDelta":"#);
    write_delta(channel.part.saturating_sub(1), channel.content, text, &mut data);
    data.push('}');
    Written { name: "", data }
}
