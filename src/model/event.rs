//! Deltas: what one answer, or one event of a streamed answer, says.

use crate::document::Span;
use crate::usage::{Bucket, Fee, ReportedUsage, UsageConvention, UsageReport};

/// What a piece of answered text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Content {
    /// Text for a reader.
    Text,
    /// The model's reasoning, where the provider shows it.
    Reasoning,
    /// Reasoning that the provider has signed, or will: the client gets it as it was written, to give it back so.
    SignedReasoning,
    /// Why the model would not answer.
    Refusal,
    /// What is said in audio that is the answer, or goes with it.
    Speech,
    /// Arguments of a tool call: the source text of a JSON document.
    Arguments,
    /// What a tool call takes that is no JSON: a custom tool's input, code, a command, a patch.
    Input,
}

/// Where consecutive pieces of one text belong: pieces of one channel, put together in order, are one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Channel {
    /// Index of the choice; 0 where a dialect has but one.
    pub choice: u32,
    /// Index of the content block or tool call within the choice.
    pub part: u32,
    /// What the text is.
    pub content: Content,
}

/// One fact of an answer. Spans lie in the document the delta was read from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// What kind of event this is, in the provider's word, where its body says so.
    EventName(Span),
    /// The provider's id of the answer.
    Id(Span),
    /// The model that answered.
    Model(Span),
    /// The model that goes on where the one named before gave up: it is the one that answered.
    Successor(Span),
    /// When the answer was created, in seconds since 1970 (OpenAI's `created`).
    Created(u64),
    /// The service tier that was used.
    ServiceTier(Span),
    /// OpenAI's `system_fingerprint`.
    Fingerprint(Span),
    /// A piece of text.
    Text {
        /// The text it continues.
        channel: Channel,
        /// The piece.
        text: Span,
    },
    /// A text that the stream has given piece by piece before, or one of an earlier turn: no fact, but placeholders may
    /// be in it.
    Repeated {
        /// What the text is.
        content: Content,
        /// All of it.
        text: Span,
    },
    /// A piece of a text that the same event gives under another name too: no fact.
    Echo {
        /// The text it continues, under this name.
        channel: Channel,
        /// The piece.
        text: Span,
    },
    /// All of a text, of which the stream may have given pieces before: no fact as far as it has, but placeholders may
    /// be in it.
    Complete {
        /// The text that the pieces were of.
        channel: Channel,
        /// Which one, where a part has several.
        place: u32,
        /// All of it.
        text: Span,
    },
    /// The rest of a complete text, which no piece had given. It is part of that one's span.
    Missing {
        /// The text it continues.
        channel: Channel,
        /// The rest.
        text: Span,
    },
    /// A part of a choice begins: a content block, an item.
    Part {
        /// Index of the choice.
        choice: u32,
        /// Index of the part within the choice.
        part: u32,
        /// What it is, in the provider's word.
        kind: Span,
    },
    /// A tool call begins, or is named.
    ToolCall {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        part: u32,
        /// The provider's id of the call.
        id: Option<Span>,
        /// The function's name.
        name: Option<Span>,
        /// Whether the provider runs the tool itself (a web search), so that nothing is asked of the client.
        builtin: bool,
    },
    /// The provider itself runs a tool for which its API has no name in the answer, but a place.
    BuiltinCall {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        part: u32,
        /// The provider's id of the call.
        id: Option<Span>,
        /// The tool.
        name: &'static str,
    },
    /// Arguments of a tool call that are JSON themselves, not the text of it (Anthropic's `input` in a whole answer).
    Arguments {
        /// Index of the choice.
        choice: u32,
        /// Index of the call within the choice.
        part: u32,
        /// The value, from bracket to bracket.
        value: Span,
    },
    /// A channel's text has ended, the answer has not (Anthropic's `content_block_stop`).
    PartEnd {
        /// Index of the choice.
        choice: u32,
        /// Index of the part.
        part: u32,
    },
    /// A choice has ended.
    Finish {
        /// Index of the choice.
        choice: u32,
        /// Why, in the provider's word.
        reason: Span,
    },
    /// The same, where the provider has a number for the word.
    FinishWord {
        /// Index of the choice.
        choice: u32,
        /// Why, in the word that the provider's API gives the number.
        reason: &'static str,
    },
    /// A choice exists, though it says nothing else (an answer without text).
    Choice(u32),
    /// What was counted so far; a later report holds instead of an earlier one.
    Usage(Box<UsageReport>),
    /// What other models were run for, which the counts leave out; a later list holds instead of an earlier one.
    OtherRuns(Vec<OtherRun>),
    /// The provider has used one of its tools once more, where each use is told.
    Use(Bucket),
    /// How often the provider has used one of its tools, where that is told apart from what it counts; the highest
    /// count holds.
    Uses(Bucket, u64),
    /// A fee of which the answer does not tell how much.
    Fee(Fee),
    /// Cost of the call as the provider reports it, in ticks of 1e-10 USD (xAI).
    CostTicks(u64),
    /// Numbers in each vector of an embedding.
    Dimensions(u32),
    /// The provider reports an error, in an error answer or within a stream.
    Failure {
        /// The provider's type of error.
        kind: Option<Span>,
        /// The provider's code.
        code: Option<Span>,
        /// Its status, where that is a word of its own (Google's `INVALID_ARGUMENT`).
        status: Option<Span>,
        /// The text for people.
        message: Option<Span>,
    },
    /// A fact that the canonical words cannot hold yet, kept under a fixed name: `status`, `cost`, `generation_id`, …
    Extra {
        /// The name.
        name: &'static str,
        /// A string or a number.
        value: Span,
    },
    /// A text that carries no fact but may hold a placeholder.
    Other(Span),
    /// Nothing more comes.
    End,
}

/// What another model than the answering one was run for within a call (an advisor, one that declined).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherRun {
    /// Which model; `None` where that is not said.
    pub model: Option<Span>,
    /// What was counted.
    pub counts: ReportedUsage,
    /// What the counts include.
    pub convention: UsageConvention,
}

impl Event {
    /// Whether it tells of a tool call.
    pub fn is_call(&self) -> bool {
        matches!(self, Self::ToolCall { .. } | Self::BuiltinCall { .. })
    }
}
