//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

pub(super) fn write_text(state: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = String::new();
    let _ = write!(data, r#"{{"candidates":[{{"index":{},"content":{{"role":"model","parts":[{{"#, channel.choice);
    let end = match channel.content {
        Content::Arguments | Content::Input => {
            data.push_str(r#""functionCall":{"partialArgs":[{"jsonPath":""#);
            escape_into(&state.argument, &mut data);
            data.push_str(r#"","stringValue":""#);
            r#"","willContinue":true}],"willContinue":true}"#
        }
        Content::Reasoning | Content::SignedReasoning => {
            data.push_str(r#""thought":true,"text":""#);
            "\""
        }
        Content::Text | Content::Plan | Content::Refusal | Content::Speech => {
            data.push_str(r#""text":""#);
            "\""
        }
    };
    escape_into(text, &mut data);
    let _ = write!(data, "{end}}}]}}}}]}}");
    WrittenFrame { name: "", data }
}
