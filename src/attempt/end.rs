//! Remains of an attempt that has ended.

use crate::record::Note;
use crate::telemetry::Output;

/// Facts of an attempt that are not in its record.
#[derive(Default)]
pub struct AttemptEnd {
    /// Set when the whole answer has come.
    pub complete: bool,
    /// Parts of the answer that could not be dealt with.
    pub notes: Vec<Note>,
    /// Texts of the answer, where they are kept.
    pub output: Option<Output>,
}
