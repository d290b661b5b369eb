//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(state: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let part = channel.part;
    let call = reply.tool_calls.iter().find(|call| call.part == part).filter(|_| is_of_a_call(channel));
    let name = match call {
        Some(call) if call.builtin => "tool.execution.delta",
        _ if is_of_a_call(channel) => "function.call.delta",
        _ => "message.output.delta",
    };
    let mut data = format!(r#"{{"type":"{name}","output_index":{part}"#);
    let mut member = |name: &str, value: &str| {
        let _ = write!(data, ",\"{name}\":\"");
        escape_into(value, &mut data);
        data.push('"');
    };
    let id = call.and_then(|call| call.id.as_deref());
    member("id", id.unwrap_or(&state.entry));
    if is_of_a_call(channel) {
        member("tool_call_id", id.unwrap_or_default());
        member("name", call.and_then(|call| call.name.as_deref()).unwrap_or_default());
        member("arguments", text);
        data.push('}');
        return WrittenFrame { name, data };
    }
    let is_thought = matches!(channel.content, Content::Reasoning | Content::SignedReasoning);
    data.push_str(r#","content_index":0,"role":"assistant","content":"#);
    data.push_str(if is_thought { r#"{"type":"thinking","thinking":[{"type":"text","text":""# } else { "\"" });
    escape_into(text, &mut data);
    data.push_str(if is_thought { "\"}]}}" } else { "\"}" });
    WrittenFrame { name, data }
}

const fn is_of_a_call(channel: Channel) -> bool {
    matches!(channel.content, Content::Arguments | Content::Input)
}
