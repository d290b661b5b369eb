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
            status: None,
            first_chunk: None,
            first_token: None,
            pace: Pace::default(),
            reply: Reply::default(),
            output_text: 0,
            usage_estimated: false,
        }
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
