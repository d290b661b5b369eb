//! Changes of a streamed answer, from which every dialect is written.

use super::carrier::Proof;
use crate::model::{FinishReason, PartKind, ProviderError};
use crate::usage::Usage;

/// Change of a streamed answer. Texts are the inside of JSON strings.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamDelta<'a> {
    /// Start of the answer, before anything else but a failure.
    Start(&'a Start),
    /// Start of a block.
    Open(OutputBlock<'a>),
    /// Piece of the open block of a choice: of its text, or of a call's arguments.
    Piece(u32, &'a str),
    /// Proof of the open reasoning.
    Proof(u32, &'a Proof<'a>),
    /// End of the open block of a choice.
    Close(u32),
    /// End of a choice.
    Finish {
        /// Index of the choice.
        choice: u32,
        /// Reason.
        reason: FinishReason,
        /// Stop sequence that ended it.
        stop_sequence: Option<&'a str>,
    },
    /// Usage of the whole answer.
    Usage(&'a Usage),
    /// End of a complete answer.
    End,
    /// Failure: nothing follows.
    Fail(&'a ProviderError),
}

/// Facts at the start of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Start {
    /// Id.
    pub id: String,
    /// Model that answers.
    pub model: String,
    /// Creation time, in seconds since 1970.
    pub created: u64,
    /// Usage known so far.
    pub usage: Option<Usage>,
}

/// Block of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputBlock<'a> {
    /// Index of the choice.
    pub choice: u32,
    /// Index among the blocks of the choice.
    pub index: u32,
    /// Kind.
    pub kind: PartKind,
    /// The call that the block is.
    pub call: Option<BlockCall<'a>>,
}

/// Call that begins in a stream.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockCall<'a> {
    /// Index among the calls of the choice.
    pub index: u32,
    /// Id.
    pub id: &'a str,
    /// Name of the function.
    pub name: &'a str,
    /// Set for a call of a custom tool, whose pieces are those of its input.
    pub is_custom: bool,
    /// Proof that belongs to the call.
    pub proof: Option<&'a Proof<'a>>,
}

/// Receiver of deltas.
pub type Sink<'s> = &'s mut dyn FnMut(&StreamDelta<'_>);
