//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(_: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = String::from(r#"{"is_finished":false,"#);
    let (choice, part) = (channel.choice, channel.part);
    match channel.content {
        Content::Arguments | Content::Input => {
            let _ =
                write!(data, r#""event_type":"tool-calls-chunk","tool_call_delta":{{"index":{part},"parameters":""#);
        }
        Content::Text
        | Content::Plan
        | Content::Reasoning
        | Content::SignedReasoning
        | Content::Refusal
        | Content::Speech => {
            data.push_str(r#""event_type":"text-generation","#);
            if reply.finish_reasons.len() > 1 {
                let _ = write!(data, r#""index":{choice},"#);
            }
            data.push_str(r#""text":""#);
        }
    }
    escape_into(text, &mut data);
    let is_call = matches!(channel.content, Content::Arguments | Content::Input);
    data.push_str(if is_call { "\"}}" } else { "\"}" });
    WrittenFrame { name: "", data }
}
