//! The reply: a fold over the deltas of one answer, so that a streamed and a whole answer leave the same facts.

use super::{Delta, Usage};
use crate::document::Document;

/// An error that a provider reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The provider's type of error.
    pub kind: Option<String>,
    /// The provider's code.
    pub code: Option<String>,
}

/// A tool call that the model asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToolCall {
    /// Index of the choice.
    pub choice: u32,
    /// Index of the call, or of its content block, within the choice.
    pub part: u32,
    /// The provider's id.
    pub id: Option<String>,
    /// The function's name.
    pub name: Option<String>,
}

/// What an answer amounts to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The provider's id of the answer.
    pub id: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// When the answer was created, in seconds since 1970, where the dialect says so.
    pub created: Option<u64>,
    /// The service tier that was used.
    pub service_tier: Option<String>,
    /// OpenAI's `system_fingerprint`.
    pub fingerprint: Option<String>,
    /// Tokens; `None` until the provider reports some.
    pub usage: Option<Usage>,
    /// Why each choice ended, by index; `None` where it has not.
    pub finish_reasons: Vec<Option<String>>,
    /// Tool calls, in the order in which they began.
    pub tool_calls: Vec<ToolCall>,
    /// The error, when the provider reported one.
    pub failure: Option<Failure>,
    /// Whether the answer said that it was over.
    pub ended: bool,
}

impl Reply {
    /// Takes over what one delta says. Texts are not kept.
    pub fn apply(&mut self, delta: &Delta, document: Document<'_>) {
        let text = |span| document.text(span).into_owned();
        match *delta {
            Delta::Id(span) => {
                self.id.get_or_insert_with(|| text(span));
            }
            Delta::Model(span) => {
                self.model.get_or_insert_with(|| text(span));
            }
            Delta::Created(seconds) => self.created = Some(seconds),
            Delta::ServiceTier(span) => {
                self.service_tier.get_or_insert_with(|| text(span));
            }
            Delta::Fingerprint(span) => {
                self.fingerprint.get_or_insert_with(|| text(span));
            }
            Delta::Text { channel, .. } => self.choice(channel.choice),
            Delta::ToolCall { choice, part, id, name } => {
                self.choice(choice);
                self.tool_call(choice, part, id.map(text), name.map(text));
            }
            Delta::Finish { choice, reason } => {
                self.choice(choice);
                if let Some(slot) = self.finish_reasons.get_mut(choice as usize) {
                    *slot = Some(text(reason));
                }
            }
            Delta::Usage(usage) => self.usage.get_or_insert_default().update(&usage),
            Delta::Failure { kind, code, .. } => {
                self.failure.get_or_insert_with(|| Failure { kind: kind.map(text), code: code.map(text) });
            }
            Delta::End => self.ended = true,
            Delta::Arguments { .. } | Delta::PartEnd { .. } | Delta::Other(_) => {}
        }
    }

    /// Whether every choice that began has said why it ended.
    pub fn finished(&self) -> bool {
        !self.finish_reasons.is_empty() && self.finish_reasons.iter().all(Option::is_some)
    }

    /// Makes room for a choice that is known to exist, though it has not ended.
    fn choice(&mut self, index: u32) {
        let length = index as usize + 1;
        if self.finish_reasons.len() < length && length <= MAX_CHOICES {
            self.finish_reasons.resize(length, None);
        }
    }

    fn tool_call(&mut self, choice: u32, part: u32, id: Option<String>, name: Option<String>) {
        let known = self.tool_calls.iter_mut().rev().find(|call| call.choice == choice && call.part == part);
        // An index that comes again with another id is another call: some providers never count up.
        let same = known.filter(|call| id.is_none() || call.id.is_none() || call.id == id);
        if let Some(call) = same {
            call.id = call.id.take().or(id);
            call.name = call.name.take().or(name);
        } else if self.tool_calls.len() < MAX_TOOL_CALLS {
            self.tool_calls.push(ToolCall { choice, part, id, name });
        }
    }
}

/// Most choices that are kept: a provider's index is not to be trusted with the size of a list.
const MAX_CHOICES: usize = 128;

/// Most tool calls that are kept.
const MAX_TOOL_CALLS: usize = 1024;
