//! The call record: all facts about one call at its end, however it ended.

use super::{AttemptRecord, GuardRecord, Note, RouteRecord, TraceContext};
use crate::model::Parameters;
use crate::price::Cost;
use std::sync::Arc;

/// One call, for span, log and bill. Contains no secret and, unless [`Captured`] has it, no content.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// Ids of the span, and of its parent where the caller sent one.
    pub trace: TraceContext,
    /// Arrival of the request's headers, in nanoseconds since 1970.
    pub started: u64,
    /// Time when the last byte was sent, or the call was cut, in nanoseconds since 1970.
    pub ended: u64,
    /// The operation, in the conventions' word: `chat`; `None` when the path is unknown.
    pub operation: Option<&'static str>,
    /// The operation in the API's own word: `converse`.
    pub api_operation: Option<&'static str>,
    /// OpenAI's API type, `chat_completions`, where the provider is OpenAI.
    pub api_type: Option<&'static str>,
    /// The requested model.
    pub request_model: Option<String>,
    /// Set when a streamed answer was requested.
    pub stream: bool,
    /// Parameters of the request.
    pub parameters: Parameters,
    /// Bytes of text in the request, where they are counted for an estimate.
    pub input_text: u64,
    /// Set when the usage belongs to another call: tokens counted before they are sent, an answer that is fetched
    /// again.
    pub belongs_to_other_call: bool,
    /// The attempts, in order; none when the call was refused before a provider was chosen. The client got the last
    /// one's answer.
    pub attempts: Vec<AttemptRecord>,
    /// Choice among the targets of the model, where the settings have some.
    pub route: Option<RouteRecord>,
    /// Question to the guard, if one was asked.
    pub guard: Option<GuardRecord>,
    /// Set for a shadow: its answer went to nobody.
    pub shadow: bool,
    /// Cost of the call, all attempts together.
    pub cost: Cost,
    /// The caller.
    pub caller: Caller,
    /// Status the client received; `None` when it left before any.
    pub status: Option<u16>,
    /// Outcome of the call.
    pub outcome: Outcome,
    /// Numbers of replaced values, by the kind's name, only those above zero.
    pub redacted: Vec<(&'static str, u32)>,
    /// Parts of the call that could not be dealt with.
    pub notes: Vec<Note>,
    /// Content of the conversation, as far as the settings keep it.
    pub content: Captured,
}

impl CallRecord {
    /// Notes a part that could not be dealt with, once.
    pub fn note(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// The attempt whose answer the client got.
    pub fn last_attempt(&self) -> Option<&AttemptRecord> {
        self.attempts.last()
    }

    /// Matches calls that bought nothing: no provider was called or reached, the call was refused or failed before any
    /// answer, or its usage belongs to another call. A call that was cut or timed out at a gateway in between may be
    /// billed.
    pub fn is_free(&self) -> bool {
        let Some(attempt) = self.last_attempt() else {
            return true;
        };
        let reply = &attempt.reply;
        let answered_nothing = || {
            let is_silent = attempt.output_text == 0 && reply.tool_calls.is_empty();
            match self.status {
                Some(status) if status >= 400 => !OUT_OF_TIME.contains(&status),
                _ => is_silent,
            }
        };
        let failed = match &self.outcome {
            Outcome::Refused { .. } => true,
            Outcome::Failed { .. } => answered_nothing(),
            Outcome::CutByProvider { error } => self.status.is_none() && error.contains("connection_failure"),
            Outcome::Answered | Outcome::CutByClient => false,
        };
        self.belongs_to_other_call || !attempt.sent || failed && reply.usage.is_none()
    }
}

/// Statuses of a timeout or a client disconnect, after which the model may have run; includes nginx's 499 and
/// Cloudflare's 524.
const OUT_OF_TIME: &[u16] = &[408, 499, 504, 524];

/// The caller.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The virtual key's id, never the key.
    pub key_id: Option<Arc<str>>,
    /// The team the key belongs to.
    pub team: Option<Arc<str>>,
    /// The user: the key's, or the one the client named.
    pub user: Option<Arc<str>>,
    /// The feature: the key's, or the one the client named.
    pub feature: Option<Arc<str>>,
}

/// Outcome of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The whole answer was sent to the client, and it was not an error.
    Answered,
    /// The answer is an error, by its status or within a stream; its type is `error.type`.
    Failed {
        /// Low in cardinality: the provider's error type, or the status.
        error: String,
    },
    /// Tollgate answered itself.
    Refused {
        /// The refusal's code, such as `invalid_api_key`.
        error: &'static str,
    },
    /// The client disconnected before the answer was complete.
    CutByClient,
    /// The provider disconnected before the answer was complete, or never answered.
    CutByProvider {
        /// Envoy's response code details (`upstream_reset…`), or `stream_truncated`.
        error: String,
    },
}

/// Captured content of the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Captured {
    /// Nothing.
    #[default]
    Nothing,
    /// SHA-256 in lower-case hexadecimal.
    Hashes {
        /// Hash of all input texts, each followed by a zero byte.
        input: String,
        /// Hash of the output's texts, with a zero byte between them.
        output: String,
    },
    /// JSON by the conventions' schemas (`gen_ai.input.messages`, …), redacted or not.
    Messages {
        /// `gen_ai.system_instructions`, where the dialect has them apart.
        system: Option<String>,
        /// `gen_ai.input.messages`.
        input: String,
        /// `gen_ai.output.messages`.
        output: String,
    },
}
