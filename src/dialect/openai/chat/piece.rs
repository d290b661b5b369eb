//! Pieces of a streamed answer.

use super::message::FUNCTION_CALL;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

/// Writes an event that adds a piece of text.
pub(in crate::dialect) fn write_text(_: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = chunk(reply, "chat.completion.chunk");
    let Channel { choice, part, content } = channel;
    let _ = write!(data, r#""choices":[{{"index":{choice},"delta":{{"#);
    let end = match content {
        Content::Text | Content::Plan => {
            data.push_str(r#""content":""#);
            "\""
        }
        Content::Refusal => {
            data.push_str(r#""refusal":""#);
            "\""
        }
        Content::Speech => {
            data.push_str(r#""audio":{"transcript":""#);
            "\"}"
        }
        Content::Reasoning | Content::SignedReasoning => {
            let (before, behind) = crate::dialect::openai::thoughts::around(part);
            data.push_str(before);
            behind
        }
        Content::Arguments if part == FUNCTION_CALL => {
            data.push_str(r#""function_call":{"arguments":""#);
            "\"}"
        }
        Content::Input => {
            let _ = write!(data, r#""tool_calls":[{{"index":{part},"custom":{{"input":""#);
            "\"}}]"
        }
        Content::Arguments => {
            let _ = write!(data, r#""tool_calls":[{{"index":{part},"function":{{"arguments":""#);
            "\"}}]"
        }
    };
    escape_into(text, &mut data);
    data.push_str(end);
    data.push_str("},\"finish_reason\":null}]}");
    WrittenFrame { name: "", data }
}

/// Writes the start of an event, up to its choices.
pub(in crate::dialect) fn chunk(reply: &Reply, object: &str) -> String {
    let mut data = String::from("{");
    let mut member = |name: &str, value: Option<&String>| {
        if let Some(value) = value {
            let _ = write!(data, "\"{name}\":\"");
            escape_into(value, &mut data);
            data.push_str("\",");
        }
    };
    member("id", reply.id.as_ref());
    member("model", reply.model.as_ref());
    let created = reply.created.unwrap_or_default();
    let _ = write!(data, r#""object":"{object}","created":{created},"#);
    data
}
