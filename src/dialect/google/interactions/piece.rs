//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(_: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let (before, after) = match channel.content {
        Content::Text | Content::Plan | Content::Refusal | Content::Speech => (r#""type":"text","text":""#, "\""),
        Content::Reasoning | Content::SignedReasoning => {
            (r#""type":"thought_summary","content":{"type":"text","text":""#, "\"}")
        }
        Content::Arguments | Content::Input => (r#""type":"arguments_delta","arguments":""#, "\""),
    };
    let mut data = String::new();
    let _ = write!(data, r#"{{"event_type":"step.delta","index":{},"delta":{{{before}"#, channel.part);
    escape_into(text, &mut data);
    data.push_str(after);
    data.push_str("}}");
    WrittenFrame { name: "step.delta", data }
}
