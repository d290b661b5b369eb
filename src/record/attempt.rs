//! The attempt record: facts of one try of a call at one provider.

use crate::model::Reply;
use std::sync::Arc;

/// One try of a call at one provider.
#[derive(Clone, Debug)]
pub struct AttemptRecord {
    /// The provider, in the conventions' word: `openai`.
    pub provider: Arc<str>,
    /// Name of the model at the provider, where the settings route the requested one.
    pub model: Option<Arc<str>>,
    /// The provider's host and port.
    pub server: (Arc<str>, u16),
    /// Region from the path or the provider's host; prices may depend on it.
    pub region: Option<Arc<str>>,
    /// Set when the provider prices by the request's name for the model.
    pub priced_by_request_model: bool,
    /// Set once the request went to the provider. The call may be refused, or cut, after its provider was chosen.
    pub sent: bool,
    /// From the arrival of the call's headers to the start of the attempt, in nanoseconds.
    pub began: u64,
    /// Time that the attempt took, in nanoseconds; `None` for the only attempt of a call.
    pub duration: Option<u64>,
    /// Reason why the call went on to another target, or ended without one.
    pub moved_on: Option<MovedOn>,
    /// Status of the answer; `None` when none came.
    pub status: Option<u16>,
    /// From the arrival of the request's headers to the first piece of a streamed answer, in nanoseconds.
    pub first_chunk: Option<u64>,
    /// Until the first piece that has text or a tool call in it, in nanoseconds.
    pub first_token: Option<u64>,
    /// Count and timing of the pieces of a streamed answer that had text or a tool call in them.
    pub pace: Pace,
    /// Facts decoded from the answer.
    pub reply: Reply,
    /// Bytes of text in the answer, as written.
    pub output_text: u64,
    /// Names of what the translation of the request has lost, or would lose.
    pub lost: Vec<String>,
    /// Names of what the translation of the answer has lost.
    pub lost_in_answer: Vec<String>,
    /// Set when the usage was estimated, because the provider reported none and the settings ask for it.
    pub usage_estimated: bool,
}

impl AttemptRecord {
    /// Creates the record of a provider that was chosen and has not been called.
    pub fn of(provider: impl Into<Arc<str>>, server: (Arc<str>, u16)) -> Self {
        Self {
            provider: provider.into(),
            model: None,
            server,
            region: None,
            priced_by_request_model: false,
            sent: false,
            began: 0,
            duration: None,
            moved_on: None,
            status: None,
            first_chunk: None,
            first_token: None,
            pace: Pace::default(),
            reply: Reply::default(),
            output_text: 0,
            lost: Vec::new(),
            lost_in_answer: Vec::new(),
            usage_estimated: false,
        }
    }
}

/// Reason why a call went on from an attempt to another target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MovedOn {
    /// The status of the answer: 408, 429 or 5xx.
    Status,
    /// An error as the first event of a stream that had begun well.
    ErrorEvent,
    /// The request is too long for the model.
    ContextLength,
    /// The provider's content policy turned the request down.
    ContentPolicy,
    /// No connection to the provider.
    NotReached,
    /// No first event in time.
    TimedOut,
    /// The connection was closed before an answer.
    Reset,
    /// Envoy knows no host of the provider.
    NoHost,
    /// The target's API has no words for the request, which was not sent.
    Untranslatable,
    /// The target's API cannot say the request in full, and the settings allow no loss. It was not sent.
    TranslationLoss,
}

impl MovedOn {
    /// Name on spans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::ErrorEvent => "error_event",
            Self::ContextLength => "context_length",
            Self::ContentPolicy => "content_policy",
            Self::NotReached => "not_reached",
            Self::TimedOut => "timed_out",
            Self::Reset => "reset",
            Self::NoHost => "no_host",
            Self::Untranslatable => "untranslatable",
            Self::TranslationLoss => "translation_loss",
        }
    }

    /// Matches ends after which the provider may have run the model, and bill it.
    pub const fn may_be_billed(self) -> bool {
        matches!(self, Self::TimedOut | Self::Reset)
    }
}

/// Timing of the pieces of a streamed answer that have text in them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pace {
    /// Number of pieces.
    pub pieces: u64,
    /// Time from the first to the last, in nanoseconds.
    pub span: u64,
    /// Longest time between two, in nanoseconds.
    pub longest_gap: u64,
}

impl Pace {
    /// Mean time from one to the next, in nanoseconds; `None` for fewer than two.
    pub fn mean_gap(&self) -> Option<u64> {
        self.span.checked_div(self.pieces.checked_sub(1)?)
    }
}
