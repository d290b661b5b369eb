//! Endpoints: map a method and path to an operation and its dialect.

use super::Operation;
use super::operation::*;
use super::pattern::{Match, PathPattern};
use crate::dialect::Dialect;

/// One endpoint: a path and its meaning.
#[derive(Debug)]
pub struct Endpoint {
    /// HTTP method; empty for any.
    method: &'static str,
    /// Pattern for the end of the path.
    pattern: PathPattern,
    /// The operation.
    pub operation: &'static Operation,
    /// Dialect of the bodies, if they are read.
    pub dialect: EndpointDialect,
    /// Streaming of the answer, for paths that determine it.
    pub stream: Option<bool>,
    /// The provider's own dialect, when this path tunnels another vendor's API.
    pub host_dialect: Option<Dialect>,
    /// Set when its streams report usage unasked. They may refuse a request for it.
    pub streams_usage_by_default: bool,
}

/// Dialect of an endpoint's bodies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointDialect {
    /// This dialect.
    Dialect(Dialect),
    /// Dialect of the model's maker, on Amazon Bedrock, determined by the model's name.
    ByModelVendor,
    /// Bodies are not read.
    Nothing,
}

impl Endpoint {
    /// Endpoint for a POST with bodies read in a dialect.
    pub const fn post(pattern: &'static str, operation: &'static Operation, dialect: Dialect) -> Self {
        Self { method: "POST", dialect: EndpointDialect::Dialect(dialect), ..Self::passthrough("", pattern, operation) }
    }

    const fn hosted_by(self, host_dialect: Dialect) -> Self {
        Self { host_dialect: Some(host_dialect), ..self }
    }

    /// Turns the endpoint into a GET, whose answer is read.
    pub(super) const fn fetched(self) -> Self {
        self.by("GET")
    }

    /// Sets another method.
    pub(super) const fn by(self, method: &'static str) -> Self {
        Self { method, ..self }
    }

    pub(super) const fn streams(self, stream: bool) -> Self {
        Self { stream: Some(stream), ..self }
    }

    const fn by_model_vendor(pattern: &'static str, stream: bool) -> Self {
        let row = Self::passthrough("POST", pattern, INVOKE_MODEL).streams(stream).hosted_by(Dialect::BedrockConverse);
        Self { dialect: EndpointDialect::ByModelVendor, ..row }
    }

    pub(super) const fn streams_usage_by_default(self) -> Self {
        Self { streams_usage_by_default: true, ..self }
    }

    /// Endpoint that is recognised but not read.
    pub(super) const fn passthrough(
        method: &'static str,
        pattern: &'static str,
        operation: &'static Operation,
    ) -> Self {
        Self {
            method,
            pattern: PathPattern::new(pattern),
            operation,
            dialect: EndpointDialect::Nothing,
            stream: None,
            host_dialect: None,
            streams_usage_by_default: false,
        }
    }

    /// Every endpoint common to all providers.
    pub fn all() -> &'static [Self] {
        ENDPOINTS
    }

    /// Matches endpoints whose bodies are read.
    pub fn is_read(&self) -> bool {
        self.dialect != EndpointDialect::Nothing
    }

    /// Matches endpoints whose requests may have a body.
    pub fn takes_body(&self) -> bool {
        !matches!(self.method, "GET" | "DELETE")
    }

    /// Matches endpoints whose bodies may be raw images, audio or video.
    pub fn takes_media(&self) -> bool {
        matches!(self.dialect, EndpointDialect::Dialect(dialect) if dialect.takes_media())
    }

    /// Matches endpoints whose path names the model by a deployment, a name chosen by its owner.
    pub(super) fn names_deployment(&self) -> bool {
        self.pattern.text().contains("deployments/{model}")
    }

    /// Returns the first segment of the pattern; empty when it has a wildcard.
    pub(super) const fn head(&self) -> &'static str {
        self.pattern.head()
    }

    /// Pattern for the end of the path, segment by segment: `*` is any one segment, `{model}` the model's name, `{model+}`
    /// a name of one or more segments, a final `**` any rest, even an empty one. Empty for the root.
    pub const fn pattern(&self) -> &'static str {
        self.pattern.text()
    }

    /// Returns the last segment of the pattern; empty when it has a wildcard.
    pub(super) const fn end(&self) -> &'static str {
        self.pattern.end()
    }

    /// HTTP method; empty for any.
    pub const fn method(&self) -> &'static str {
        self.method
    }

    /// Matches a method and the path's segments. Returns the start of the match and the model's name in the path.
    pub(super) fn matches<'a>(&self, method: &str, segments: &[&'a str]) -> Option<Match<'a>> {
        if !self.method.is_empty() && self.method != method {
            return None;
        }
        self.pattern.find(segments)
    }
}

use Dialect as D;
use Endpoint as E;

/// Every known common endpoint, specific before general. The sources are those of the dialects; OpenAI's are
/// <https://platform.openai.com/docs/api-reference>, read 2026-11-21.
///
/// Known paths pass. A path that only shows an account's keys, secrets and balance, or hands out keys that bypass the
/// gateway, is therefore left unknown.
pub(super) static ENDPOINTS: &[Endpoint] = &[
    // Ollama
    E::post("api/chat", OLLAMA_CHAT, D::Ollama),
    E::post("api/generate", OLLAMA_GENERATE, D::Ollama),
    E::post("api/embed", OLLAMA_EMBED, D::Ollama).streams(false),
    E::post("api/embeddings", OLLAMA_EMBED, D::Ollama).streams(false),
    // LiteLLM's proxy has this path too.
    E::post("v1/systemone", SYSTEM_ONE, D::Ollama).streams(false),
    E::post("api/web_search", OLLAMA_WEB_SEARCH, D::Ollama).streams(false),
    E::passthrough("POST", "api/show", OLLAMA_SHOW),
    E::passthrough("GET", "api/tags", MODELS),
    E::post("api/pull", OLLAMA_MODELS, D::Ollama),
    E::post("api/push", OLLAMA_MODELS, D::Ollama),
    E::post("api/create", OLLAMA_MODELS, D::Ollama),
    E::passthrough("POST", "api/copy", OLLAMA_MODELS),
    E::passthrough("DELETE", "api/delete", OLLAMA_MODELS),
    E::passthrough("", "api/blobs/*", OLLAMA_MODELS),
    E::passthrough("GET", "api/ps", OLLAMA_MODELS),
    E::passthrough("GET", "api/version", OLLAMA_MODELS),
    // watsonx, Replicate
    E::post("ml/*/text/generation", WATSONX_GENERATION, D::Watsonx),
    E::post("ml/*/text/generation_stream", WATSONX_GENERATION, D::Watsonx).streams(true),
    E::post("ml/*/generation/text", WATSONX_GENERATION, D::Watsonx),
    E::post("ml/*/text/chat", WATSONX_CHAT, D::Watsonx),
    E::post("ml/*/text/chat_stream", WATSONX_CHAT, D::Watsonx).streams(true),
    E::post("ml/*/text/embeddings", WATSONX_EMBEDDINGS, D::Watsonx),
    E::post("ml/*/text/rerank", WATSONX_RERANK, D::Watsonx),
    E::post("ml/*/text/tokenization", WATSONX_TOKENIZATION, D::Watsonx),
    // A deployed model is addressed by its deployment's name.
    E::post("ml/*/deployments/{model}/text/generation", WATSONX_GENERATION, D::Watsonx),
    E::post("ml/*/deployments/{model}/text/generation_stream", WATSONX_GENERATION, D::Watsonx).streams(true),
    E::post("ml/*/deployments/{model}/text/chat", WATSONX_CHAT, D::Watsonx),
    E::post("ml/*/deployments/{model}/text/chat_stream", WATSONX_CHAT, D::Watsonx).streams(true),
    E::passthrough("POST", "ml/*/time_series/forecast", WATSONX_TIME_SERIES),
    E::passthrough("POST", "ml/*/deployments/{model}/time_series/forecast", WATSONX_TIME_SERIES),
    E::passthrough("GET", "ml/*/foundation_model_specs", MODELS),
    E::passthrough("GET", "ml/*/foundation_model_tasks", MODELS),
    E::passthrough("", "ml/*/fine_tunings/**", FINE_TUNING),
    E::post("v1/models/{model+}/predictions", REPLICATE_PREDICTIONS, D::Replicate),
    E::post("v1/deployments/{model+}/predictions", REPLICATE_PREDICTIONS, D::Replicate),
    E::post("v1/predictions", REPLICATE_PREDICTIONS, D::Replicate),
    E::post("v1/predictions/*", REPLICATE_PREDICTIONS_GET, D::Replicate).fetched(),
    E::passthrough("POST", "v1/predictions/*/cancel", REPLICATE_PREDICTIONS_GET),
    E::passthrough("GET", "v1/predictions", REPLICATE_PREDICTIONS_GET),
    // Cloudflare's gateway has no version in this path.
    E::post("replicate/predictions", REPLICATE_PREDICTIONS, D::Replicate),
    // OpenAI and all that speak its dialects. Azure names the model's deployment in the path.
    E::post("deployments/{model}/chat/completions", CHAT, D::OpenAiChat),
    // Azure's former path for answers from the caller's own data.
    E::post("deployments/{model}/extensions/chat/completions", CHAT, D::OpenAiChat),
    E::post("deployments/{model}/completions", COMPLETIONS, D::OpenAiCompletions),
    E::post("deployments/{model}/embeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("deployments/{model}/images/generations", IMAGES_GENERATIONS, D::OpenAiImages),
    E::post("deployments/{model}/images/edits", IMAGES_EDITS, D::OpenAiImages),
    E::post("deployments/{model}/audio/speech", SPEECH, D::OpenAiAudio),
    E::post("deployments/{model}/audio/transcriptions", TRANSCRIPTIONS, D::OpenAiAudio),
    E::post("deployments/{model}/audio/translations", TRANSLATIONS, D::OpenAiAudio),
    // Cloudflare's gateway to Azure; then engines, which OpenAI had before models, and LiteLLM's proxy still has.
    E::post("azure-openai/*/{model}/chat/completions", CHAT, D::OpenAiChat),
    E::post("azure-openai/*/{model}/embeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("engines/{model}/chat/completions", CHAT, D::OpenAiChat),
    E::post("engines/{model}/completions", COMPLETIONS, D::OpenAiCompletions),
    E::post("engines/{model}/embeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("chat/completions", CHAT, D::OpenAiChat),
    // Completions stored at OpenAI.
    E::post("chat/completions/*", CHAT_GET, D::OpenAiChat).fetched(),
    E::passthrough("GET", "chat/completions/**", CHAT_GET),
    E::passthrough("POST", "chat/completions/*", CHAT_GET),
    E::passthrough("DELETE", "chat/completions/*", CHAT_GET),
    // xAI: <https://docs.x.ai/docs/guides/deferred-chat-completions>, read 2026-11-28.
    E::post("chat/deferred-completion/*", CHAT_DEFERRED, D::OpenAiChat).fetched(),
    // Mistral: both answers have the form of a chat.
    E::post("fim/completions", COMPLETIONS, D::OpenAiChat),
    E::post("agents/completions", CHAT, D::OpenAiChat),
    E::post("completions", COMPLETIONS, D::OpenAiCompletions),
    E::post("responses/compact", RESPONSES_COMPACT, D::OpenAiResponses),
    E::post("responses/input_tokens", RESPONSES_COUNT_TOKENS, D::OpenAiResponses),
    E::post("responses", RESPONSES, D::OpenAiResponses),
    E::post("responses/*", RESPONSES_GET, D::OpenAiResponses).fetched(),
    E::post("responses/*/cancel", RESPONSES_GET, D::OpenAiResponses),
    E::post("responses/*/input_items", RESPONSES_GET, D::OpenAiConversations).fetched(),
    E::passthrough("", "responses/**", RESPONSES_GET),
    // Questions about the input of a responses request.
    E::post("v1/decisions", DECISIONS, D::OpenAiResponses),
    E::post("embeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("images/generations", IMAGES_GENERATIONS, D::OpenAiImages),
    E::post("images/edits", IMAGES_EDITS, D::OpenAiImages),
    E::post("images/variations", IMAGES_VARIATIONS, D::OpenAiImages),
    E::post("audio/speech", SPEECH, D::OpenAiAudio),
    E::post("audio/transcriptions", TRANSCRIPTIONS, D::OpenAiAudio),
    E::post("audio/translations", TRANSLATIONS, D::OpenAiAudio),
    E::passthrough("", "v1/audio/voices/**", VOICES),
    E::passthrough("", "v1/audio/voice_consents/**", VOICES),
    E::post("moderations", MODERATIONS, D::OpenAiModerations),
    // Mistral's, for texts and chats, by custom classifiers.
    E::post("v1/classifications", CLASSIFICATIONS, D::OpenAiModerations),
    E::post("v1/chat/classifications", CLASSIFICATIONS, D::OpenAiModerations),
    E::passthrough("", "threads/*/messages/**", THREAD_MESSAGES),
    E::passthrough("", "v1/threads/**", ASSISTANTS),
    E::passthrough("", "v1/assistants/**", ASSISTANTS),
    // Azure has the version in the query; paths of a Foundry project stand below its name.
    E::passthrough("", "openai/threads/**", ASSISTANTS),
    E::passthrough("", "openai/assistants/**", ASSISTANTS),
    E::passthrough("", "openai/vector_stores/**", VECTOR_STORES),
    E::passthrough("", "api/projects/*/threads/**", ASSISTANTS),
    E::passthrough("", "api/projects/*/assistants/**", ASSISTANTS),
    E::passthrough("", "api/projects/*/vector_stores/**", VECTOR_STORES),
    E::passthrough("", "realtime/**", REALTIME),
    E::passthrough("", "v1/vector_stores/**", VECTOR_STORES),
    E::post("v1/conversations", CONVERSATIONS, D::OpenAiConversations),
    E::post("v1/conversations/*", CONVERSATIONS, D::OpenAiConversations),
    E::post("v1/conversations/*", CONVERSATIONS, D::OpenAiConversations).fetched(),
    E::post("v1/conversations/*/items", CONVERSATIONS, D::OpenAiConversations),
    E::post("v1/conversations/*/items", CONVERSATIONS, D::OpenAiConversations).fetched(),
    E::post("v1/conversations/*/items/*", CONVERSATIONS, D::OpenAiConversations).fetched(),
    // Answers with the conversation.
    E::post("v1/conversations/*/items/*", CONVERSATIONS, D::OpenAiConversations).by("DELETE"),
    E::passthrough("", "v1/conversations/**", CONVERSATIONS),
    E::passthrough("", "v1/containers/**", CONTAINERS),
    E::passthrough("", "v1/evals/**", EVALS),
    E::passthrough("", "v1/skills/**", SKILLS),
    E::passthrough("", "v1/uploads/**", UPLOADS),
    E::passthrough("", "fine_tuning/**", FINE_TUNING),
    E::passthrough("", "v1/organization/**", ORGANIZATION),
    // The same on Azure, in API versions given in the query.
    E::post("openai/conversations", CONVERSATIONS, D::OpenAiConversations),
    E::post("openai/conversations/*", CONVERSATIONS, D::OpenAiConversations),
    E::post("openai/conversations/*", CONVERSATIONS, D::OpenAiConversations).fetched(),
    E::post("openai/conversations/*/items", CONVERSATIONS, D::OpenAiConversations),
    E::post("openai/conversations/*/items", CONVERSATIONS, D::OpenAiConversations).fetched(),
    E::post("openai/conversations/*/items/*", CONVERSATIONS, D::OpenAiConversations).fetched(),
    E::post("openai/conversations/*/items/*", CONVERSATIONS, D::OpenAiConversations).by("DELETE"),
    E::passthrough("", "openai/conversations/**", CONVERSATIONS),
    E::passthrough("", "openai/containers/**", CONTAINERS),
    E::passthrough("", "openai/evals/**", EVALS),
    E::passthrough("", "openai/uploads/**", UPLOADS),
    E::passthrough("", "openai/batches/**", BATCHES),
    E::passthrough("", "v1/videos/**", VIDEOS),
    E::passthrough("", "video/generations/**", VIDEOS),
    E::passthrough("", "audio/voices/**", VOICES),
    E::passthrough("", "audio/voice_consents/**", VOICES),
    E::passthrough("", "v1/fine-tunes/**", FINE_TUNING),
    // Anthropic
    E::post("messages/count_tokens", MESSAGES_COUNT_TOKENS, D::AnthropicMessages),
    E::post("messages/batches", MESSAGES_BATCHES, D::AnthropicBatches),
    E::post("messages/batches", MESSAGES_BATCHES, D::AnthropicBatches).fetched(),
    E::post("messages/batches/*", MESSAGES_BATCHES, D::AnthropicBatches).fetched(),
    E::post("messages/batches/*/results", MESSAGES_BATCHES, D::AnthropicBatches).fetched(),
    E::passthrough("", "messages/batches/**", MESSAGES_BATCHES),
    E::post("v1/messages", MESSAGES, D::AnthropicMessages),
    E::post("v1/complete", COMPLETE, D::AnthropicComplete),
    // Managed agents and their setup, also for containers: paths of the anthropic SDK 2.14.0.
    E::passthrough("", "v1/agents/**", AGENTS),
    E::passthrough("", "v1/sessions/**", AGENTS),
    E::passthrough("", "v1/deployments/**", AGENTS),
    E::passthrough("", "v1/environments/**", AGENTS),
    E::passthrough("", "v1/memory_stores/**", AGENTS),
    E::passthrough("", "v1/vaults/**", AGENTS),
    E::passthrough("", "v1/user_profiles/**", ORGANIZATION),
    E::passthrough("", "v1/organizations/**", ORGANIZATION),
    // Google: Gemini API and Vertex AI
    E::post("models/{model}:generateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(false),
    E::post("models/{model}:streamGenerateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(true),
    E::post("endpoints/{model}:generateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(false),
    E::post("endpoints/{model}:streamGenerateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(true),
    E::post("tunedModels/{model}:generateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(false),
    E::post("tunedModels/{model}:streamGenerateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(true),
    E::post("models/{model}:embedContent", EMBED_CONTENT, D::GeminiEmbed),
    E::post("models/{model}:batchEmbedContents", BATCH_EMBED_CONTENTS, D::GeminiEmbed),
    E::post("dynamic/{model}:generateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(false),
    E::post("dynamic/{model}:streamGenerateContent", GENERATE_CONTENT, D::GeminiGenerate).streams(true),
    E::post("models/{model}:countTokens", COUNT_TOKENS, D::GeminiGenerate),
    E::post("endpoints/{model}:countTokens", COUNT_TOKENS, D::GeminiGenerate),
    E::post("models/{model}:computeTokens", COUNT_TOKENS, D::GeminiGenerate),
    E::post("endpoints/{model}:computeTokens", COUNT_TOKENS, D::GeminiGenerate),
    E::post("publishers/anthropic/models/count-tokens:rawPredict", MESSAGES_COUNT_TOKENS, D::AnthropicMessages)
        .hosted_by(D::VertexPredict),
    E::post("publishers/anthropic/models/{model}:rawPredict", RAW_PREDICT, D::AnthropicMessages)
        .hosted_by(D::VertexPredict),
    E::post("publishers/anthropic/models/{model}:streamRawPredict", RAW_PREDICT, D::AnthropicMessages)
        .hosted_by(D::VertexPredict),
    // Mistral reports usage unasked and refuses unknown members.
    E::post("publishers/mistralai/models/{model}:rawPredict", RAW_PREDICT, D::OpenAiChat)
        .hosted_by(D::VertexPredict)
        .streams_usage_by_default(),
    E::post("publishers/mistralai/models/{model}:streamRawPredict", RAW_PREDICT, D::OpenAiChat)
        .hosted_by(D::VertexPredict)
        .streams_usage_by_default(),
    E::post("publishers/ai21/models/{model}:rawPredict", RAW_PREDICT, D::OpenAiChat).hosted_by(D::VertexPredict),
    E::post("publishers/ai21/models/{model}:streamRawPredict", RAW_PREDICT, D::OpenAiChat).hosted_by(D::VertexPredict),
    E::passthrough("POST", "models/{model}:rawPredict", RAW_PREDICT).hosted_by(D::VertexPredict),
    E::passthrough("POST", "models/{model}:streamRawPredict", RAW_PREDICT).hosted_by(D::VertexPredict),
    E::passthrough("POST", "endpoints/{model}:rawPredict", RAW_PREDICT).hosted_by(D::VertexPredict),
    E::passthrough("POST", "endpoints/{model}:streamRawPredict", RAW_PREDICT).hosted_by(D::VertexPredict),
    E::post("models/{model}:predict", PREDICT, D::VertexPredict),
    E::post("endpoints/{model}:predict", PREDICT, D::VertexPredict),
    // Videos: requested like predictions and fetched later.
    E::post("models/{model}:predictLongRunning", VIDEOS, D::VertexPredict),
    E::passthrough("POST", "models/{model}:fetchPredictOperation", OPERATIONS),
    E::post("interactions", INTERACTIONS, D::GeminiInteractions),
    E::passthrough("", "interactions/**", INTERACTIONS),
    E::post("cachedContents", CACHED_CONTENTS, D::GeminiStored),
    E::post("cachedContents", CACHED_CONTENTS, D::GeminiStored).fetched(),
    E::post("cachedContents/*", CACHED_CONTENTS, D::GeminiStored).fetched(),
    E::post("cachedContents/*", CACHED_CONTENTS, D::GeminiStored).by("PATCH"),
    E::passthrough("", "cachedContents/**", CACHED_CONTENTS),
    E::passthrough("", "fileSearchStores/**", FILE_SEARCH_STORES),
    E::post("models/{model}:batchGenerateContent", GEMINI_BATCHES, D::GeminiStored),
    E::post("models/{model}:asyncBatchEmbedContent", GEMINI_BATCHES, D::GeminiStored),
    E::post("v1beta/batches", GEMINI_BATCHES, D::GeminiStored).fetched(),
    E::post("v1beta/batches/*", GEMINI_BATCHES, D::GeminiStored).fetched(),
    E::passthrough("", "v1beta/batches/**", BATCHES),
    E::passthrough("", "batchPredictionJobs/**", BATCHES),
    E::passthrough("", "tuningJobs/**", FINE_TUNING),
    E::passthrough("", "tunedModels/**", FINE_TUNING),
    E::passthrough("", "operations/**", OPERATIONS),
    E::passthrough("", "corpora/**", CORPORA),
    // Amazon Bedrock
    E::post("model/{model}/converse", CONVERSE, D::BedrockConverse).streams(false),
    E::post("model/{model}/converse-stream", CONVERSE, D::BedrockConverse).streams(true),
    E::by_model_vendor("model/{model}/invoke", false),
    E::by_model_vendor("model/{model}/invoke-with-response-stream", true),
    E::passthrough("POST", "model/{model}/invoke-with-bidirectional-stream", INVOKE_MODEL)
        .hosted_by(D::BedrockConverse),
    E::post("model/{model}/count-tokens", COUNT_TOKENS, D::BedrockConverse),
    E::post("guardrail/*/version/*/apply", APPLY_GUARDRAIL, D::BedrockGuardrail),
    E::post("guardrail-checks/invoke", GUARDRAIL_CHECKS, D::BedrockGuardrail),
    E::passthrough("", "async-invoke/**", ASYNC_INVOKE).hosted_by(D::BedrockConverse),
    E::passthrough("GET", "foundation-models/**", MODELS),
    E::passthrough("GET", "inference-profiles/**", MODELS),
    // Cohere, Voyage
    E::post("v1/chat", CHAT_V1, D::CohereV1),
    E::post("v2/chat", CHAT_V2, D::CohereV2),
    E::post("v1/generate", GENERATE_V1, D::CohereV1),
    E::post("v1/embed", EMBED_V1, D::CohereEmbed),
    E::post("v2/embed", EMBED_V2, D::CohereEmbed),
    E::post("v1/rerank", RERANK_V1, D::Rerank),
    E::post("v2/rerank", RERANK_V2, D::Rerank),
    // vLLM, LiteLLM's proxy, Text Embeddings Inference.
    E::post("rerank", RERANK_V1, D::Rerank),
    E::post("v1/summarize", SUMMARIZE_V1, D::CohereV1),
    E::post("v1/classify", CLASSIFY_V1, D::CohereV1),
    E::post("v2/parse", PARSE_V2, D::MistralOcr),
    E::post("v1/tokenize", TOKENIZE, D::CohereV1),
    E::passthrough("POST", "v1/detokenize", TOKENIZE),
    E::passthrough("", "v2/batches/**", BATCHES),
    E::post("v1/multimodalembeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("v1/contextualizedembeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::passthrough("", "v1/embed-jobs/**", EMBED_JOBS),
    E::passthrough("", "v1/datasets/**", DATASETS),
    E::passthrough("", "v1/finetuning/**", FINE_TUNING),
    // Mistral
    E::post("v1/ocr", OCR, D::MistralOcr),
    E::post("providers/mistral/azure/ocr", OCR, D::MistralOcr),
    E::passthrough("", "v1/batch/jobs/**", BATCHES),
    // Shared by several providers.
    E::passthrough("", "files/**", FILES),
    E::passthrough("", "batches/**", BATCHES),
    E::passthrough("GET", "models/**", MODELS),
    E::passthrough("DELETE", "models/**", MODELS),
];
