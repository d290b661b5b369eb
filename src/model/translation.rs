//! Translation of a call into another dialect: its target, its results and the reasons against it.

use super::Failure;
use super::vector::EmbeddingContext;
use crate::capability::Capabilities;
use crate::document::KeySet;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// CallKind of calls that are translated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// Conversation with a model.
    Conversation,
    /// Embedding of texts.
    Embedding,
}

/// Target that a request is written for.
#[derive(Clone, Copy, Debug, Default)]
pub struct WriteTarget<'t> {
    /// Model to ask for; `None` for the one that the client asked for.
    pub model: Option<&'t str>,
    /// Form of the dialect that the provider takes.
    pub variant: Variant,
    /// Facts about the model.
    pub capabilities: Capabilities,
    /// Set when a stream is to report its usage whatever the client asked for.
    pub reports_usage: bool,
    /// Form in which the client wrote the request.
    pub client: Variant,
    /// Trials that the client joins by a header, for providers that take their names in the body.
    pub betas: &'t [&'t str],
}

/// A provider's own form of a dialect that others speak too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Variant {
    /// The form of the dialect's own company.
    #[default]
    Common,
    /// Other companies' servers of OpenAI's APIs.
    Compatible,
    /// Mistral's chat and embeddings.
    Mistral,
    /// Amazon Bedrock's InvokeModel of Anthropic's models.
    Bedrock,
    /// Vertex AI's rawPredict of Anthropic's models.
    Vertex,
    /// Voyage's embeddings and reranking.
    Voyage,
    /// Jina's reranking.
    Jina,
}

impl Variant {
    /// Reports whether the path names the model.
    pub const fn has_model_in_path(self) -> bool {
        matches!(self, Self::Bedrock | Self::Vertex)
    }
}

/// Request written in another dialect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenRequest {
    /// Body.
    pub body: String,
    /// Name of the tool that the model is forced to call in place of a JSON schema.
    pub schema_tool: Option<String>,
    /// Names of functions as the client has them, by those that the target got.
    pub tool_names: Arc<BTreeMap<String, String>>,
    /// Names of the custom tools that the target got as functions, as the client has them.
    pub custom_tools: Arc<KeySet<String>>,
    /// Facts of a request for embeddings that its answer is written for.
    pub embedding: EmbeddingContext,
}

impl From<String> for WrittenRequest {
    fn from(body: String) -> Self {
        Self { body, ..Self::default() }
    }
}

/// Reason why a request or an answer cannot be written in a dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untranslatable {
    /// The dialect has no writer.
    NoWriter,
    /// The body cannot be read in its own dialect.
    Malformed,
    /// The request has no messages or texts.
    Empty,
    /// The request goes on from a conversation that another provider keeps.
    StoredState,
    /// A tool has no name.
    ToolWithoutName,
    /// The inputs are tokens of another model.
    TokenInput,
    /// The target takes one input at a time.
    SeveralInputs,
    /// The inputs are no texts.
    InputKind,
    /// The target takes fewer inputs at a time.
    TooManyInputs,
    /// The inputs have settings of their own.
    MixedSettings,
    /// The target's vectors have other numbers.
    NumberType,
    /// The target's vectors have other lengths.
    VectorLength,
}

impl Untranslatable {
    /// Every reason.
    pub const ALL: [Self; 12] = [
        Self::NoWriter,
        Self::Malformed,
        Self::Empty,
        Self::StoredState,
        Self::ToolWithoutName,
        Self::TokenInput,
        Self::SeveralInputs,
        Self::InputKind,
        Self::TooManyInputs,
        Self::MixedSettings,
        Self::NumberType,
        Self::VectorLength,
    ];
}

impl fmt::Display for Untranslatable {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        into.write_str(match self {
            Self::NoWriter => "Nothing is translated into this API.",
            Self::Malformed => "The body is not one of its API.",
            Self::Empty => "The request has no messages.",
            Self::StoredState => {
                "The request goes on from state that another provider keeps: send the whole conversation."
            }
            Self::ToolWithoutName => "A tool has no name.",
            Self::TokenInput => "Tokens of one model mean nothing to another: send texts.",
            Self::SeveralInputs => "The target takes one input in a call.",
            Self::InputKind => "The target takes texts alone.",
            Self::TooManyInputs => "The target takes fewer inputs in a call.",
            Self::MixedSettings => "The inputs have different settings, and the target has one for all.",
            Self::NumberType => "The target's vectors have another type of numbers.",
            Self::VectorLength => "The target has no vectors of this length.",
        })
    }
}

/// Error of a provider, to be written in the client's dialect.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ProviderError {
    /// Status of the answer; `None` in a stream.
    pub status: Option<u16>,
    /// The provider's words for it.
    pub failure: Failure,
    /// Message.
    pub message: String,
}

impl ProviderError {
    /// Status of the answer, or the one that the provider's words stand for.
    pub fn status(&self) -> u16 {
        self.status.filter(|status| *status >= 400).unwrap_or_else(|| {
            let words = [&self.failure.kind, &self.failure.status, &self.failure.code];
            words.into_iter().flatten().find_map(|word| status_of(word)).unwrap_or(500)
        })
    }
}

/// Status that a provider's word for an error stands for. Sources: the error types of the SDKs named at
/// [`FinishReason::of`](super::FinishReason::of), and the status of the exceptions of botocore 1.44.8.
fn status_of(word: &str) -> Option<u16> {
    if let Ok(status) = word.parse::<u16>() {
        return Some(status).filter(|status| (400..600).contains(status));
    }
    // Exceptions of event streams begin with a small letter.
    Some(match word.trim_end_matches("Exception").to_ascii_lowercase().as_str() {
        "invalid_request_error" | "invalid_argument" | "failed_precondition" | "validation" | "too_many_tokens" => 400,
        "authentication_error" | "unauthenticated" => 401,
        "billing_error" => 402,
        "permission_error" | "permission_denied" | "accessdenied" => 403,
        "not_found_error" | "not_found" | "resourcenotfound" => 404,
        "modeltimeout" => 408,
        "request_too_large" => 413,
        "modelerror" | "modelstreamerror" => 424,
        "rate_limit_error"
        | "rate_limit_exceeded"
        | "resource_exhausted"
        | "throttling"
        | "insufficient_quota"
        | "modelnotready"
        | "too_many_requests" => 429,
        "unavailable" | "serviceunavailable" | "server_overloaded" => 503,
        "timeout_error" | "deadline_exceeded" => 504,
        "overloaded_error" => 529,
        _ => return None,
    })
}
