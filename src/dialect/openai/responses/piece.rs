//! Pieces of a streamed answer.

use crate::dialect::answer_state::{AnswerState, ItemState};
use crate::dialect::api::WrittenFrame;
use crate::document::escape_into;
use crate::model::{Channel, Content, Reply};
use std::fmt::Write;

/// Type of event that adds to a text.
struct Adds {
    kind: &'static str,
    /// Kind of the text.
    content: Content,
    /// Name of the index within the item, for items with several texts.
    place: Option<&'static str>,
}

const fn adds(kind: &'static str, content: Content, place: Option<&'static str>) -> Adds {
    Adds { kind, content, place }
}

/// Types of events that add to a text; of each kind of text the usual one comes first.
const ADDS: &[Adds] = &[
    adds("response.output_text.delta", Content::Text, Some("content_index")),
    adds("response.audio.transcript.delta", Content::Speech, None),
    adds("response.refusal.delta", Content::Refusal, Some("content_index")),
    adds("response.reasoning_summary_text.delta", Content::Reasoning, Some("summary_index")),
    adds("response.reasoning_text.delta", Content::Reasoning, Some("content_index")),
    adds("response.function_call_arguments.delta", Content::Arguments, None),
    adds("response.mcp_call_arguments.delta", Content::Arguments, None),
    adds("response.custom_tool_call_input.delta", Content::Input, None),
    adds("response.code_interpreter_call_code.delta", Content::Input, None),
    adds("response.shell_call_command.delta", Content::Input, Some("command_index")),
    adds("response.apply_patch_call_operation_diff.delta", Content::Input, None),
];

/// Returns the kind of text that an event of this type adds to; `None` if it is no text.
pub(super) fn content(kind: &str) -> Option<Content> {
    if let Some(adds) = ADDS.iter().find(|adds| adds.kind == kind) {
        return Some(adds.content);
    }
    match kind {
        "response.audio.delta" => None,
        _ if kind.contains("reasoning") => Some(Content::Reasoning),
        _ if kind.contains("arguments") => Some(Content::Arguments),
        _ => Some(Content::Input),
    }
}

pub(super) fn write_text(state: &AnswerState, _: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let ItemState { id, place, number, ended } = &state.item;
    let fits = |adds: &&Adds| adds.content == channel.content;
    let is_ended = |adds: &&Adds| adds.kind.strip_suffix(".delta") == ended.as_deref();
    let adds = ADDS.iter().filter(fits).find(is_ended).or_else(|| ADDS.iter().find(fits));
    let Some(Adds { kind, place: name, .. }) = adds else {
        return WrittenFrame::default();
    };
    let mut data = format!(r#"{{"type":"{kind}","output_index":{}"#, channel.part);
    if let Some(id) = id {
        data.push_str(r#","item_id":""#);
        escape_into(id, &mut data);
        data.push('"');
    }
    if let Some(name) = name {
        let _ = write!(data, r#","{name}":{place}"#);
    }
    if let Some(number) = number {
        let _ = write!(data, r#","sequence_number":{number}"#);
    }
    if channel.content == Content::Text {
        data.push_str(r#","logprobs":[]"#);
    }
    data.push_str(r#","delta":""#);
    escape_into(text, &mut data);
    data.push_str("\"}");
    WrittenFrame { name: kind, data }
}
