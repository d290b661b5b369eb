//! Input of a call.

use super::part::{close, cut, member, separate, tool_call};
use crate::document::Document;
use crate::model::{Request, Role, TextKind, TextSpan};
use std::collections::BTreeSet;
use std::fmt::Write;

/// The input of one call, as `gen_ai.system_instructions` and `gen_ai.input.messages`.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub(super) system: Option<String>,
    pub(super) messages: String,
}

impl Input {
    /// Captures the texts of a request, truncated so that all of them together stay within `limit` bytes.
    pub fn of(document: Document<'_>, request: &Request, limit: usize) -> Self {
        let mut budget = limit;
        let system: Vec<&TextSpan> =
            request.items.texts().filter(|leaf| leaf.message.is_none() && leaf.role == Some(Role::System)).collect();
        let mut instructions = String::from("[");
        for leaf in &system {
            part(document, request, leaf, &mut budget, &mut instructions);
        }
        instructions.push(']');
        let mut messages = String::from("[");
        let spoken = request.items.texts().filter(|leaf| leaf.message.is_some());
        let (mut open, mut told) = (None, BTreeSet::new());
        for leaf in spoken {
            if open != leaf.message {
                close(open.is_some(), &mut messages);
                separate(&mut messages);
                open = leaf.message;
                let role = match leaf.role {
                    Some(Role::System) => "system",
                    Some(Role::Assistant) => "assistant",
                    Some(Role::Tool) => "tool",
                    Some(Role::User) | None => "user",
                };
                let _ = write!(messages, r#"{{"role":"{role}","parts":["#);
            }
            // All text spans of arguments that are JSON themselves form one part.
            if leaf.call.is_none_or(|call| told.insert(call)) {
                part(document, request, leaf, &mut budget, &mut messages);
            }
        }
        close(open.is_some(), &mut messages);
        messages.push(']');
        Self { system: (!system.is_empty()).then_some(instructions), messages }
    }
}

fn part(document: Document<'_>, request: &Request, leaf: &TextSpan, budget: &mut usize, json: &mut String) {
    let call = leaf.call.and_then(|call| request.tool_calls.get(call as usize));
    let whole = match call.and_then(|call| call.input) {
        Some(input) => document.raw(input).into(),
        None => document.text(leaf.span),
    };
    let text = cut(&whole, *budget);
    *budget -= text.len();
    let kind = match leaf.place {
        TextKind::Text => "text",
        TextKind::Reasoning | TextKind::SignedReasoning => "reasoning",
        TextKind::ToolResult => "tool_call_response",
        // A number in a tool's result.
        TextKind::ArgumentNumber if leaf.call.is_none() => return,
        TextKind::Arguments | TextKind::ArgumentValue | TextKind::ArgumentNumber => {
            separate(json);
            let id = call.and_then(|call| call.id).map(|id| document.text(id));
            let name = call.and_then(|call| call.name).map(|name| document.text(name));
            tool_call(id.as_deref(), name.as_deref(), text, json);
            return;
        }
        TextKind::Encoded | TextKind::Other => return,
    };
    separate(json);
    let _ = write!(json, r#"{{"type":"{kind}""#);
    member(if kind == "tool_call_response" { "response" } else { "content" }, text, json);
    json.push('}');
}
