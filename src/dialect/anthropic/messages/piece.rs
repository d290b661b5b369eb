//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(state: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    if state.is_completion {
        return crate::dialect::anthropic::complete::write_text(state, reply, channel, text);
    }
    let part = channel.part;
    let (kind, member) = match channel.content {
        Content::Text | Content::Plan | Content::Refusal | Content::Speech => ("text_delta", "text"),
        Content::Reasoning | Content::SignedReasoning => ("thinking_delta", "thinking"),
        Content::Arguments | Content::Input => ("input_json_delta", "partial_json"),
    };
    let mut data = String::new();
    let _ = write!(data, r#"{{"type":"content_block_delta","index":{part},"#);
    let _ = write!(data, r#""delta":{{"type":"{kind}","{member}":""#);
    escape_into(text, &mut data);
    data.push_str("\"}}");
    WrittenFrame { name: "content_block_delta", data }
}
