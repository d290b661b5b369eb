//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(_: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = String::new();
    write_delta(channel.part, channel.content, text, &mut data);
    WrittenFrame { name: "contentBlockDelta", data }
}

/// Writes a `contentBlockDelta`.
pub(in crate::dialect) fn write_delta(index: u32, content: Content, text: &str, data: &mut String) {
    let (before, after) = match content {
        Content::Text | Content::Plan | Content::Refusal | Content::Speech => (r#""text":""#, "\""),
        Content::Reasoning | Content::SignedReasoning => (r#""reasoningContent":{"text":""#, "\"}"),
        Content::Arguments | Content::Input => (r#""toolUse":{"input":""#, "\"}"),
    };
    let _ = write!(data, r#"{{"contentBlockIndex":{index},"delta":{{{before}"#);
    escape_into(text, data);
    data.push_str(after);
    data.push_str("}}");
}
