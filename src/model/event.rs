//! Events decoded from one answer, or from one event of a streamed answer.

use super::{Extra, PartKind, Property};
use crate::document::Span;
use crate::usage::{Bucket, Fee, ReportedUsage, UsageConvention, UsageReport};

/// Kind of an output text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// Ordinary text.
    Text,
    /// The model's reasoning, where the provider shows it.
    Reasoning,
    /// Reasoning that the provider has signed or will sign. The client gets it unchanged, because it has to return it
    /// unchanged.
    SignedReasoning,
    /// The model's plan before it calls tools (Cohere): reasoning that is shown as text where there is no other place.
    Plan,
    /// The model's explanation of its refusal.
    Refusal,
    /// Transcript of audio that is, or accompanies, the answer.
    Speech,
    /// Arguments of a tool call: the source text of a JSON document.
    Arguments,
    /// Tool input that is not JSON: a custom tool's input, code, a command, a patch.
    Input,
}

/// Identity of one output text: the pieces of one channel, concatenated in order, are one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// Index of the choice; 0 for dialects with a single choice.
    pub choice: u32,
    /// Index of the content block or tool call within the choice.
    pub part: u32,
    /// Kind of the text.
    pub content: Content,
}

/// Part of an answer that a member belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The answer as a whole.
    Answer,
    /// A choice.
    Choice(u32),
    /// A part of a choice.
    Part {
        /// Index of the choice.
        choice: u32,
        /// Index of the part within the choice.
        part: u32,
        /// Kind of the part: parts of several kinds may have one index.
        kind: PartKind,
    },
}

impl Owner {
    /// The first choice, until its index is known.
    pub const CHOICE: Self = Self::Choice(0);

    /// First part of a kind, until its index is known.
    pub const fn part(kind: PartKind) -> Self {
        Self::Part { choice: 0, part: 0, kind }
    }

    /// Sets the index of the choice.
    pub fn set_choice(&mut self, index: u32) {
        if let Self::Choice(choice) | Self::Part { choice, .. } = self {
            *choice = index;
        }
    }

    /// Sets the index of the part.
    pub fn set_part(&mut self, index: u32) {
        if let Self::Part { part, .. } = self {
            *part = index;
        }
    }
}

impl From<Content> for Owner {
    fn from(content: Content) -> Self {
        Self::part(content.part_kind())
    }
}

impl Content {
    /// Kind of the parts that have texts of this kind.
    pub const fn part_kind(self) -> PartKind {
        match self {
            Self::Text => PartKind::Text,
            Self::Plan => PartKind::Plan,
            Self::Reasoning | Self::SignedReasoning => PartKind::Reasoning,
            Self::Refusal => PartKind::Refusal,
            Self::Speech => PartKind::Audio,
            Self::Arguments | Self::Input => PartKind::ToolCall,
        }
    }
}

/// One fact of an answer. Spans refer to the document that the event was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Event type in the provider's spelling, for bodies that carry it.
    EventName(Span),
    /// The provider's id of the answer.
    Id(Span),
    /// The model that answered.
    Model(Span),
    /// Model that took over after the one named before gave up: the answering model.
    Successor(Span),
    /// Creation time of the answer, in seconds since 1970 (OpenAI's `created`).
    Created(u64),
    /// Service tier used.
    ServiceTier(Span),
    /// OpenAI's `system_fingerprint`.
    Fingerprint(Span),
    /// A piece of text.
    Text {
        /// Channel that the piece continues.
        channel: Channel,
        /// The piece.
        text: Span,
    },
    /// Text that the stream has already given in pieces, or text of an earlier turn. Adds no fact, but may hold
    /// placeholders.
    Repeated {
        /// Kind of the text.
        content: Content,
        /// The full text.
        text: Span,
    },
    /// Piece of text that the same event also gives under another name. Adds no fact.
    Echo {
        /// Channel that the piece continues under this name.
        channel: Channel,
        /// The piece.
        text: Span,
    },
    /// A full text; the stream may have given pieces of it before. Pieces already seen add no fact, but the text may
    /// hold placeholders.
    Complete {
        /// Channel of the text's pieces.
        channel: Channel,
        /// Index of the text within its part, for parts with several texts.
        place: u32,
        /// The full text.
        text: Span,
    },
    /// Remainder of a complete text that no piece had given. Its span lies within that text's span.
    Missing {
        /// Channel that the piece continues.
        channel: Channel,
        /// The remainder.
        text: Span,
    },
    /// Start of a part of a choice: a content block, an item.
    Part {
        /// Index of the choice.
        choice: u32,
        /// Index of the part within the choice.
        part: u32,
        /// Type of the part, in the provider's spelling.
        kind: Span,
    },
    /// Start of a tool call, or its name.
    ToolCall {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        part: u32,
        /// The provider's id of the call.
        id: Option<Span>,
        /// The function's name.
        name: Option<Span>,
        /// Set when the provider runs the tool itself (a web search), so that the client has nothing to run.
        builtin: bool,
    },
    /// Use of a provider's own tool that the answer marks by a member instead of a name.
    BuiltinCall {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        part: u32,
        /// The provider's id of the call.
        id: Option<Span>,
        /// Name of the tool.
        name: &'static str,
    },
    /// Tool call arguments that are a JSON value instead of JSON text (Anthropic's `input` in a whole answer).
    Arguments {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        part: u32,
        /// The value, from bracket to bracket.
        value: Span,
    },
    /// A member that several dialects have, with its value as written: a signature, citations, probabilities, the data of
    /// an image, the result of a tool that the provider ran.
    Property {
        /// Part, choice or answer that has the member.
        owner: Owner,
        /// The member.
        property: Property,
        /// Its value.
        value: Span,
    },
    /// End of a channel's text while the answer goes on (Anthropic's `content_block_stop`).
    PartEnd {
        /// Index of the choice.
        choice: u32,
        /// Index of the part.
        part: u32,
    },
    /// End of a choice.
    Finish {
        /// Index of the choice.
        choice: u32,
        /// Finish reason, in the provider's spelling.
        reason: Span,
    },
    /// End of a choice for a provider that encodes the finish reason as a number.
    FinishWord {
        /// Index of the choice.
        choice: u32,
        /// Name that the provider's API gives to the number.
        reason: &'static str,
    },
    /// Existence of a choice without other facts (an answer without text).
    Choice(u32),
    /// Usage counted so far. A later report replaces an earlier one.
    Usage(Box<UsageReport>),
    /// Runs of other models, which the counts leave out. A later list replaces an earlier one.
    OtherRuns(Vec<OtherRun>),
    /// One more use of a provider's tool, for APIs that report each use.
    Use(Bucket),
    /// Number of uses of a provider's tool, for APIs that report it apart from the usage. The highest count wins.
    Uses(Bucket, u64),
    /// A fee of an amount that the answer does not state.
    Fee(Fee),
    /// Cost of the call as reported by the provider, in ticks of 1e-10 USD (xAI).
    CostTicks(u64),
    /// Dimensions of each embedding vector.
    Dimensions(u32),
    /// An error reported by the provider, as an error answer or within a stream.
    Failure {
        /// The provider's type of error.
        kind: Option<Span>,
        /// The provider's code.
        code: Option<Span>,
        /// Status, for APIs that have one in addition to the code (Google's `INVALID_ARGUMENT`).
        status: Option<Span>,
        /// Human-readable message.
        message: Option<Span>,
    },
    /// A fact without an event of its own.
    Extra {
        /// The fact.
        name: Extra,
        /// A string or a number.
        value: Span,
    },
    /// Text that adds no fact but may hold a placeholder.
    Other(Span),
    /// End of the answer.
    End,
}

/// Run of a model other than the answering one within a call (an advisor, a model that declined).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherRun {
    /// The model; `None` when the answer does not name it.
    pub model: Option<Span>,
    /// Counts of the run.
    pub counts: ReportedUsage,
    /// Convention of the counts.
    pub convention: UsageConvention,
}

impl Event {
    /// Spans of the document that the event stands for. Text that is only restored is none.
    pub fn spans(&self) -> Vec<Span> {
        match *self {
            Self::EventName(span)
            | Self::Id(span)
            | Self::Model(span)
            | Self::Successor(span)
            | Self::ServiceTier(span)
            | Self::Fingerprint(span)
            | Self::Text { text: span, .. }
            | Self::Repeated { text: span, .. }
            | Self::Echo { text: span, .. }
            | Self::Complete { text: span, .. }
            | Self::Missing { text: span, .. }
            | Self::Part { kind: span, .. }
            | Self::Arguments { value: span, .. }
            | Self::Property { value: span, .. }
            | Self::Finish { reason: span, .. }
            | Self::Extra { value: span, .. } => vec![span],
            Self::ToolCall { id, name, .. } => id.into_iter().chain(name).collect(),
            Self::BuiltinCall { id, .. } => id.into_iter().collect(),
            Self::Usage(ref report) => vec![report.raw],
            Self::OtherRuns(ref runs) => runs.iter().filter_map(|run| run.model).collect(),
            Self::Failure { kind, code, status, message } => {
                [kind, code, status, message].into_iter().flatten().collect()
            }
            _ => Vec::new(),
        }
    }

    /// Reports whether the event starts or names a tool call.
    pub fn is_call(&self) -> bool {
        matches!(self, Self::ToolCall { .. } | Self::BuiltinCall { .. })
    }
}
