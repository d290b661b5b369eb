//! Pieces of a streamed answer.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::WrittenFrame;
use crate::dialect::openai::thoughts::{self};
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

/// Writes a line that serves both a chat and a generation: clients read the member that they know.
pub(super) fn write_text(_: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut written = String::new();
    escape_into(text, &mut written);
    let mut data = String::from(r#"{"model":""#);
    escape_into(reply.model.as_deref().unwrap_or_default(), &mut data);
    // Arguments come whole, so none are ever held back.
    let (content, response, thinking) = match channel.content {
        Content::Reasoning | Content::SignedReasoning => ("", "", written.as_str()),
        _ => (written.as_str(), written.as_str(), ""),
    };
    let _ =
        write!(data, r#"","created_at":"1970-01-01T00:00:00Z","message":{{"role":"assistant","content":"{content}""#);
    if !thinking.is_empty() {
        // Ollama's own name, unless a server in front of it uses another.
        let (before, behind) = thoughts::around(if channel.part == 0 { THINKING } else { channel.part });
        let _ = write!(data, ",{before}{thinking}{behind}");
    }
    let _ = write!(data, r#"}},"response":"{response}""#);
    if !thinking.is_empty() {
        let _ = write!(data, r#","thinking":"{thinking}""#);
    }
    data.push_str(r#","done":false}"#);
    WrittenFrame { name: "", data }
}

/// Part index for Ollama's name of reasoning.
const THINKING: u32 = 3;
