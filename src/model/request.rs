//! The canonical request: what a client asks for, whatever dialect it asks in.

use crate::document::Span;
use crate::usage::Fees;

/// Who says a text of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The operator of the application (`system`, `developer`).
    System,
    /// The person or program that asks.
    User,
    /// The model, in an earlier turn.
    Assistant,
    /// A tool's result.
    Tool,
}

/// What a text leaf of a request is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Text of a message.
    Text,
    /// Reasoning of an earlier turn that nobody has signed.
    Reasoning,
    /// Reasoning of an earlier turn that the provider has signed: changed, it is refused (Anthropic's `thinking`). It
    /// goes back as it came, with the placeholders that the provider wrote.
    SignedReasoning,
    /// Arguments of an earlier tool call, as JSON inside a string.
    Arguments,
    /// A leaf, or a key, of arguments that are JSON themselves (Anthropic's `tool_use.input`).
    ArgumentLeaf,
    /// A number of such arguments.
    ArgumentNumber,
    /// A tool's result.
    ToolResult,
    /// JSON in base64, a request of its own (the body that Bedrock's CountTokens wraps).
    Encoded,
    /// Any other text: a tool's description, metadata, a field this dialect does not know.
    Other,
}

/// One text leaf of a request, in the order of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextSpan {
    /// Where the text lies.
    pub span: Span,
    /// What it is.
    pub place: TextKind,
    /// Who says it; `None` outside the conversation.
    pub role: Option<Role>,
    /// Index of the message; `None` outside the messages (Anthropic's `system`, tools, metadata).
    pub message: Option<u32>,
    /// Index into [`Request::tool_calls`] for arguments.
    pub call: Option<u32>,
}

/// An earlier tool call that the request repeats.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallName {
    /// The call's id.
    pub id: Option<Span>,
    /// The function's name.
    pub name: Option<Span>,
    /// Its arguments, where they are JSON themselves and not the text of it.
    pub input: Option<Span>,
}

/// The parameters that the conventions name, as the client wrote them. `None`: not in the request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    /// Upper bound of output tokens.
    pub max_tokens: Option<u64>,
    /// Sampling temperature.
    pub temperature: Option<f64>,
    /// Nucleus sampling.
    pub top_p: Option<f64>,
    /// Top-k sampling; some take a number below zero for none.
    pub top_k: Option<i64>,
    /// Frequency penalty.
    pub frequency_penalty: Option<f64>,
    /// Presence penalty.
    pub presence_penalty: Option<f64>,
    /// Seed.
    pub seed: Option<i64>,
    /// Number of choices asked for.
    pub choices: Option<u64>,
    /// Stop sequences.
    pub stop: Vec<String>,
    /// Level of reasoning, in the provider's word.
    pub reasoning_level: Option<String>,
    /// Output format asked for, in the conventions' word: `text`, `json`, `image`, `speech`.
    pub output_type: Option<&'static str>,
    /// Service tier asked for.
    pub service_tier: Option<String>,
}

/// Facts of the provider's own tools that a request offers, on which the cost depends and of which the answer may not
/// tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Offered {
    /// OpenAI's older tool for web searches, which may cost something else.
    pub preview_search: bool,
    /// A tool with which Anthropic's execution of code is free.
    pub frees_code: bool,
    /// Fees that the call incurs whatever the answer is.
    pub fees: Fees,
}

impl Offered {
    /// Notes a tool by its type.
    pub fn note(&mut self, kind: &str) {
        self.preview_search |= kind.starts_with("web_search_preview");
        // "Code execution is free when used with web search or web fetch (`web_search_20260209`, `web_fetch_20260209`,
        // or later)" (<https://platform.claude.com/docs/en/agents-and-tools/tool-use/code-execution-tool>, read
        // 2026-11-28).
        let version = kind.strip_prefix("web_search_").or_else(|| kind.strip_prefix("web_fetch_"));
        let version = version.and_then(|version| version.parse::<u32>().ok());
        self.frees_code |= version.is_some_and(|version| version >= 20_260_209);
    }
}

/// A request as read from its document.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Request {
    /// The model asked for.
    pub model: Option<String>,
    /// Models that may run besides: fallbacks, those of the provider's own tools.
    pub other_models: Vec<String>,
    /// Whether a streamed answer is asked for.
    pub stream: bool,
    /// Parameters of the call.
    pub parameters: Parameters,
    /// Every text leaf that may carry personal data, in the order of the document.
    pub texts: Vec<TextSpan>,
    /// Characters of text to be spoken: what speech is billed by, where its answer counts nothing.
    pub characters: Option<u64>,
    /// The earlier tool calls that the request repeats.
    pub tool_calls: Vec<CallName>,
    /// Facts of the provider's own tools.
    pub offered: Offered,
    /// Whether the client asked for usage in the stream (OpenAI's `stream_options.include_usage`).
    pub usage_asked: bool,
    /// Set when the request has the provider sign its reasoning, or give it encrypted besides.
    pub signs_reasoning: bool,
    /// The member that names what the provider keeps of earlier calls (`previous_response_id`).
    pub stored_state: Option<&'static str>,
    /// What has to be put where, for the provider to report usage in the stream though the client did not ask:
    /// a range of the document and its new text.
    pub ask_usage: Option<(std::ops::Range<usize>, String)>,
}
