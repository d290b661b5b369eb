//! The call record: all that is known of one call when it ends, however it ends.

use super::Note;
use super::trace_context::TraceContext;
use crate::model::{Parameters, Reply};
use crate::price::Cost;

/// One call, as span, log and bill see it. No secret and, unless [`Captured`] says so, no content is in it.
#[derive(Clone, Debug)]
pub struct CallRecord {
    /// Ids of the span, and of its parent where the caller sent one.
    pub trace: TraceContext,
    /// When the request's headers arrived, in nanoseconds since 1970.
    pub started: u64,
    /// When the last byte had gone, or the call was cut, in nanoseconds since 1970.
    pub ended: u64,
    /// From the arrival of the request's headers to the first piece of a streamed answer, in nanoseconds.
    pub first_chunk: Option<u64>,
    /// Until the first piece that has text or a tool call in it, in nanoseconds.
    pub first_token: Option<u64>,
    /// How many pieces of a streamed answer had text or a tool call in them, and how they followed one another.
    pub pace: Pace,
    /// The operation, in the conventions' word: `chat`; `None` when the path is unknown.
    pub operation: Option<&'static str>,
    /// The operation in the API's own word: `converse`.
    pub api_operation: Option<&'static str>,
    /// OpenAI's API type, `chat_completions`, where the provider is OpenAI.
    pub api_type: Option<&'static str>,
    /// The provider, in the conventions' word: `openai`; `None` when the call was refused before one was chosen.
    pub provider: Option<String>,
    /// The provider's host and port.
    pub server: Option<(String, u16)>,
    /// The model asked for.
    pub request_model: Option<String>,
    /// Whether a streamed answer was asked for.
    pub stream: bool,
    /// Parameters of the request.
    pub parameters: Parameters,
    /// What the answer amounted to.
    pub reply: Reply,
    /// Bytes of text that the request had, where they are counted for an estimate.
    pub input_text: u64,
    /// Bytes of text that the answer had, as they were written.
    pub output_text: u64,
    /// Whether the usage was estimated, because the provider reported none and the settings ask for it.
    pub usage_estimated: bool,
    /// Whether what was counted is another call's: tokens counted before they are sent, an answer that is fetched
    /// again.
    pub belongs_to_other_call: bool,
    /// What the call cost.
    pub cost: Cost,
    /// Who called.
    pub caller: Caller,
    /// The status the client got; `None` when it went before any.
    pub status: Option<u16>,
    /// How the call ended.
    pub outcome: Outcome,
    /// How many values were replaced, by kind's name, only those above zero.
    pub redacted: Vec<(&'static str, u32)>,
    /// What could not be done, in fixed words: `response_too_large`, `response_encoding`, `response_unreadable`, …
    pub notes: Vec<Note>,
    /// What of the conversation is kept, as the settings say.
    pub content: Captured,
}

impl CallRecord {
    /// Matches calls that bought nothing: no provider was called or reached, it refused or failed before it answered
    /// anything, or what was counted is another call's. A call that was cut or ran out of time at a gateway between may
    /// be billed.
    pub fn is_free(&self) -> bool {
        let reply = &self.reply;
        let answered_nothing = || {
            let is_silent = self.output_text == 0 && reply.tool_calls.is_empty();
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
        self.belongs_to_other_call || self.provider.is_none() || failed && reply.usage.is_none()
    }
}

/// Statuses that say that the time ran out, or the client went, while the model may have run: nginx's 499 and
/// Cloudflare's 524 among them.
const OUT_OF_TIME: &[u16] = &[408, 499, 504, 524];

/// How the pieces of a streamed answer that have text in them followed one another.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// How many there were.
    pub pieces: u64,
    /// From the first to the last, in nanoseconds.
    pub span: u64,
    /// The longest time between two, in nanoseconds.
    pub longest_gap: u64,
}

impl Pace {
    /// The mean time from one to the next, in nanoseconds; `None` of fewer than two.
    pub fn mean_gap(&self) -> Option<u64> {
        self.span.checked_div(self.pieces.checked_sub(1)?)
    }
}

/// Who called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// The virtual key's id, never the key.
    pub key_id: Option<String>,
    /// The team the key belongs to.
    pub team: Option<String>,
    /// The user: the key's, or the one the client named.
    pub user: Option<String>,
    /// The feature: the key's, or the one the client named.
    pub feature: Option<String>,
}

/// How a call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The answer went to the client whole, and it was no error.
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
    /// The client went away before the answer was whole.
    CutByClient,
    /// The provider went away before the answer was whole, or never answered.
    CutByProvider {
        /// Envoy's word for it (`upstream_reset…`), or `stream_truncated`.
        error: String,
    },
}

/// What is kept of the conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Captured {
    /// Nothing.
    #[default]
    Nothing,
    /// SHA-256 in lower-case hexadecimal.
    Hashes {
        /// Of all input texts, each followed by a zero byte.
        input: String,
        /// Of the output's texts, a zero byte between them.
        output: String,
    },
    /// JSON by the conventions' schemas (`gen_ai.input.messages`, …), personal data in it or not.
    Messages {
        /// `gen_ai.system_instructions`, where the dialect carries them apart.
        system: Option<String>,
        /// `gen_ai.input.messages`.
        input: String,
        /// `gen_ai.output.messages`.
        output: String,
    },
}
