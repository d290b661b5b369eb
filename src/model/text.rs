//! Texts of a request: their authors, kinds and locations.

use crate::document::Span;

/// Author of a text of the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// The application's operator (`system`, `developer`).
    System,
    /// The person or program that sends the request.
    User,
    /// The model, in an earlier turn.
    Assistant,
    /// A tool, returning its result.
    Tool,
}

/// Kind of a request text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextKind {
    /// Text of a message.
    Text,
    /// Unsigned reasoning of an earlier turn.
    Reasoning,
    /// Reasoning of an earlier turn signed by the provider, which rejects it when changed (Anthropic's `thinking`). It
    /// is returned unchanged, with the placeholders that the provider wrote.
    SignedReasoning,
    /// Arguments of an earlier tool call, as JSON within a string.
    Arguments,
    /// String or key within arguments that are a JSON value (Anthropic's `tool_use.input`).
    ArgumentValue,
    /// Number within arguments that are a JSON value.
    ArgumentNumber,
    /// A tool's result.
    ToolResult,
    /// Base64 of JSON that is itself a request (the body that Bedrock's CountTokens wraps).
    Encoded,
    /// Any other text: a tool's description, metadata, a field unknown to the dialect.
    Other,
}

/// One text of a request, in document order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextSpan {
    /// Location of the text.
    pub span: Span,
    /// Kind of the text.
    pub place: TextKind,
    /// Author; `None` outside the conversation.
    pub role: Option<Role>,
    /// Index of the message; `None` outside the messages (Anthropic's `system`, tools, metadata).
    pub message: Option<u32>,
    /// Index into [`Request::tool_calls`](super::Request::tool_calls), for arguments.
    pub call: Option<u32>,
}
