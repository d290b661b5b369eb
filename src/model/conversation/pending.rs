//! Blocks of a streamed answer that are open, or wait for another one to end.

use super::carrier::Proof;
use super::custom_input::CustomInput;
use crate::document::KeySet;
use crate::model::{Failure, FinishReason, PartKind, ProviderError};
use std::collections::{BTreeMap, VecDeque};

/// Identity of a block: its kind, its index at the provider, and the number of calls at that index before.
pub(super) type Key = (PartKind, u32, u32);

/// Block that is open, or waits until another one is closed.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) key: Key,
    /// Facts of a call.
    pub(super) call: Option<PendingCall>,
    /// Decoder of the input of a custom tool, where it stands in the arguments of a function.
    pub(super) input: Option<CustomInput>,
    /// Set for pieces that are plain text: the input of a custom tool.
    pub(super) is_plain: bool,
    /// Pieces of one that waits.
    pub(super) text: String,
    /// Nesting of a call's arguments.
    pub(super) nesting: Nesting,
    /// Reasoning as it was signed, for a carrier.
    pub(super) signed: String,
    /// Proof of reasoning.
    pub(super) proof: Option<Proof<'static>>,
}

/// Call that begins.
#[derive(Debug)]
pub(super) struct PendingCall {
    pub(super) id: String,
    pub(super) name: String,
    /// Set for a call of a custom tool.
    pub(super) is_custom: bool,
    pub(super) proof: Option<Proof<'static>>,
}

/// State of a choice.
#[derive(Debug, Default)]
pub(super) struct ChoiceState {
    pub(super) open: Option<Pending>,
    pub(super) waiting: VecDeque<Pending>,
    pub(super) blocks: u32,
    pub(super) calls: u32,
    /// Number of calls that began at each index of the provider, and the id and name of the last.
    pub(super) known: BTreeMap<u32, (u32, String, String)>,
    /// Indexes of calls that the provider runs itself.
    pub(super) hosted: KeySet<u64>,
    /// Hashes of proofs so far: some providers repeat them at the end.
    pub(super) proofs: KeySet<u64>,
    pub(super) finish: Option<FinishReason>,
    pub(super) refuses: bool,
    pub(super) stop_sequence: Option<String>,
}

/// Nesting of JSON that comes in pieces, to tell whether it is complete.
#[derive(Debug, Default)]
pub(super) struct Nesting {
    depth: u32,
    in_string: bool,
    is_escaped: bool,
    has_begun: bool,
}

impl Pending {
    pub(super) fn new(key: Key, call: Option<PendingCall>) -> Self {
        let (text, signed, nesting) = (String::new(), String::new(), Nesting::default());
        Self { key, call, input: None, is_plain: false, text, nesting, signed, proof: None }
    }

    /// Kind of the block for the client: the tool that stands for a schema is text.
    pub(super) fn kind(&self) -> PartKind {
        match self.key.0 {
            PartKind::ToolCall if self.call.is_none() => PartKind::Text,
            PartKind::Plan => PartKind::Text,
            kind => kind,
        }
    }

    pub(super) fn is_unfinished_call(&self) -> bool {
        self.key.0 == PartKind::ToolCall && !self.nesting.is_complete()
    }
}

impl Nesting {
    /// Takes a piece of JSON, escaped as the inside of a string.
    pub(super) fn push(&mut self, escaped: &str) {
        for byte in crate::document::unescape(escaped).bytes() {
            match byte {
                _ if self.is_escaped => self.is_escaped = false,
                b'\\' if self.in_string => self.is_escaped = true,
                b'"' => self.in_string = !self.in_string,
                _ if self.in_string => {}
                b'{' | b'[' => {
                    self.depth += 1;
                    self.has_begun = true;
                }
                b'}' | b']' => self.depth = self.depth.saturating_sub(1),
                _ => {}
            }
        }
    }

    const fn is_complete(&self) -> bool {
        self.has_begun && self.depth == 0
    }
}

/// Failure that the gateway itself finds.
pub(super) fn own_failure(code: &str, message: &str) -> ProviderError {
    let failure = Failure { code: Some(code.to_owned()), ..Failure::default() };
    ProviderError { status: Some(502), failure, message: message.to_owned() }
}
