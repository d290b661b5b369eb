//! Words for the parts of a request: what they are, and the members that several dialects have in common.

use super::Role;

/// Part of a request that holds members, texts and other parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Node {
    /// Message of the conversation, or instructions beside it. `None`: no role is given or it is unknown.
    Message(Option<Role>),
    /// Part of a message.
    Part(PartKind),
    /// Tool that the model may call.
    Tool,
    /// Rule by which the model chooses tools.
    ToolChoice,
    /// Format that the output has to have.
    OutputFormat,
}

/// Kind of a part of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartKind {
    /// Text.
    Text,
    /// Reasoning of an earlier turn, possibly signed or encrypted.
    Reasoning,
    /// The model's plan before it calls tools: text where there is no other place.
    Plan,
    /// The model's explanation of a refusal.
    Refusal,
    /// Image.
    Image,
    /// Audio.
    Audio,
    /// Video.
    Video,
    /// Document or any other file.
    File,
    /// Tool call of an earlier turn.
    ToolCall,
    /// Result of a tool call.
    ToolResult,
    /// Marker after the part up to which the provider caches the prompt.
    CacheMarker,
    /// Part that only its own dialect has.
    Other,
}

/// Member of a part that several dialects have, whatever they call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// Role, in the dialect's spelling.
    Role,
    /// Type, in the dialect's spelling.
    Type,
    /// Name of an author, a tool or a schema.
    Name,
    /// Id of a message or of a tool call.
    Id,
    /// Id of the call that a result answers.
    CallId,
    /// Id of a tool call among the items of a conversation, besides the one by which its result names it.
    ItemId,
    /// Arguments of a tool call: a JSON value, or a string of JSON.
    Arguments,
    /// Result of a tool call that is a JSON value.
    Result,
    /// Type of the source of media, in the dialect's spelling.
    SourceType,
    /// Address of media, or media encoded in an address (`data:`).
    Url,
    /// Encoded media.
    Data,
    /// Type of media, as MIME type or as a short name (`png`).
    MediaType,
    /// Id of a file at the provider.
    FileId,
    /// Name of a file.
    FileName,
    /// Resolution at which an image is read.
    Detail,
    /// The provider's signature of reasoning or of a call.
    Signature,
    /// Format of a signature, of encrypted reasoning, or of the input of a custom tool.
    Format,
    /// Reasoning encrypted by the provider.
    Encrypted,
    /// Failure of a tool.
    IsError,
    /// Marker of a prompt cache.
    CacheMarker,
    /// Description of a tool or a schema.
    Description,
    /// JSON schema.
    Schema,
    /// Strict adherence to the schema.
    Strict,
    /// Title of a document.
    Title,
    /// Context of a document.
    Context,
    /// Citations of an earlier answer, or the request for them.
    Citations,
    /// Probabilities of an answer's tokens.
    Logprobs,
    /// Stop sequence that ended an answer.
    StopSequence,
    /// Explanation of the reason for stopping.
    StopDetails,
    /// Sources of an answer, to which its citations may refer.
    Sources,
    /// Verdicts of filters and guardrails.
    Verdicts,
    /// Container in which the provider runs code.
    Container,
    /// Server whose tool was called, by its name in the request.
    Server,
    /// Progress of a part, in the dialect's spelling.
    Status,
    /// Vector of an embedding.
    Vector,
    /// Score of a document.
    Score,
    /// Position of a scored document in the request.
    DocumentIndex,
    /// Continuation of the last message instead of a new one.
    Prefix,
}

impl Property {
    /// Matches members whose value may be an object or a list. Others are recorded only as a string, number or boolean.
    pub fn may_be_nested(self) -> bool {
        matches!(
            self,
            Self::Arguments
                | Self::Result
                | Self::CacheMarker
                | Self::Schema
                | Self::Format
                | Self::Citations
                | Self::Encrypted
                | Self::Logprobs
        )
    }
}

impl Parameter {
    /// Matches values that ask for nothing: every API does so without them.
    pub fn is_default(self, value: &str) -> bool {
        match self {
            Self::Choices => value == "1",
            Self::FrequencyPenalty | Self::PresencePenalty => value.parse::<f64>() == Ok(0.0),
            Self::Logprobs | Self::Store | Self::SerialTools | Self::StrictTools => value == "false",
            Self::ParallelTools => value == "true",
            Self::Modalities => value.eq_ignore_ascii_case("[\"text\"]"),
            _ => false,
        }
    }
}

/// Setting of a call that several dialects have, whatever they call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Parameter {
    /// Model.
    Model,
    /// Streamed answer.
    Stream,
    /// Usage in the stream.
    StreamUsage,
    /// Upper bound on output tokens.
    MaxTokens,
    /// Sampling temperature.
    Temperature,
    /// Nucleus sampling.
    TopP,
    /// Top-k sampling.
    TopK,
    /// Frequency penalty.
    FrequencyPenalty,
    /// Presence penalty.
    PresencePenalty,
    /// Seed.
    Seed,
    /// Number of choices.
    Choices,
    /// Stop sequences: a string or a list.
    Stop,
    /// Reasoning level, in the dialect's spelling.
    ReasoningLevel,
    /// Upper bound on reasoning tokens.
    ReasoningBudget,
    /// Mode of reasoning, in the dialect's spelling.
    ReasoningMode,
    /// Form in which reasoning is shown.
    ReasoningDisplay,
    /// Request for a proof of reasoning in the answer.
    ReasoningProof,
    /// Permission to call several tools at once.
    ParallelTools,
    /// Prohibition to call several tools at once.
    SerialTools,
    /// Probabilities of the output's tokens: a switch, or their number.
    Logprobs,
    /// Number of likely tokens given for each place.
    TopLogprobs,
    /// Service tier.
    ServiceTier,
    /// Identifier of the application's user.
    User,
    /// Metadata kept with the call.
    Metadata,
    /// Key of a prompt cache.
    CacheKey,
    /// Name of content that the provider keeps in a cache.
    CachedContent,
    /// Id of an earlier answer, kept at the provider, that the call goes on from.
    PreviousAnswer,
    /// Id of a prompt that is kept at the provider.
    StoredPrompt,
    /// Text behind the place to be filled.
    Suffix,
    /// Dimensions of an embedding.
    Dimensions,
    /// Purpose of an embedding: of a query, a document, …
    EmbeddingPurpose,
    /// Number types of embeddings: a word, or a list of them.
    EmbeddingTypes,
    /// Encoding of embeddings: numbers, or base64.
    EmbeddingEncoding,
    /// Truncation of inputs that are too long: a switch, or the end that is cut.
    Truncation,
    /// Normalization of embeddings.
    Normalization,
    /// Number of documents that a reranking answers with.
    MostResults,
    /// Request for the documents in the answer of a reranking.
    ReturnDocuments,
    /// Time for which a prompt cache is kept.
    CacheRetention,
    /// Length of the answer, in words of the dialect.
    Verbosity,
    /// Storage of the answer at the provider.
    Store,
    /// Kinds of output.
    Modalities,
    /// Strict adherence to the schemas of all tools.
    StrictTools,
}
