//! Pieces of a streamed answer.

use super::answer::PLAN;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(_: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let part = channel.part;
    let (name, before, after) = match channel.content {
        Content::Plan => ("tool-plan-delta", r#""tool_plan":""#, ""),
        Content::Reasoning | Content::SignedReasoning => ("content-delta", r#""content":{"thinking":""#, "}"),
        Content::Text | Content::Refusal | Content::Speech => ("content-delta", r#""content":{"text":""#, "}"),
        Content::Arguments | Content::Input => ("tool-call-delta", r#""tool_calls":{"function":{"arguments":""#, "}}"),
    };
    let mut data = format!(r#"{{"type":"{name}","#);
    if part != PLAN {
        let _ = write!(data, r#""index":{part},"#);
    }
    data.push_str(r#""delta":{"message":{"#);
    data.push_str(before);
    escape_into(text, &mut data);
    let _ = write!(data, "\"{after}}}}}}}");
    WrittenFrame { name, data }
}
