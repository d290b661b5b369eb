//! Endpoints of single providers, in place of or in addition to the common ones.

use super::Endpoint;
use super::operation::*;
use super::table::Endpoint as E;
use crate::dialect::Dialect as D;

/// Hugging Face: the inference API of one model, at its path or at an endpoint of its own.
pub const HUGGING_FACE: &[Endpoint] = &[
    // Also found below a model's path.
    E::post("v1/chat/completions", CHAT, D::OpenAiChat),
    E::post("v1/completions", COMPLETIONS, D::OpenAiCompletions),
    E::post("v1/embeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("models/{model+}/pipeline/*", HF_INFERENCE, D::HuggingFace),
    E::post("models/{model+}", HF_INFERENCE, D::HuggingFace),
    E::post("pipeline/*/{model+}", HF_INFERENCE, D::HuggingFace),
    E::post("generate", HF_INFERENCE, D::HuggingFace).streams(false),
    E::post("generate_stream", HF_INFERENCE, D::HuggingFace).streams(true),
    // Text Embeddings Inference, and servers in the style of Amazon SageMaker.
    E::post("embed", HF_INFERENCE, D::HuggingFace),
    E::post("embed_all", HF_INFERENCE, D::HuggingFace),
    E::post("embed_sparse", HF_INFERENCE, D::HuggingFace),
    E::post("predict", HF_INFERENCE, D::HuggingFace),
    E::post("similarity", HF_INFERENCE, D::HuggingFace),
    E::post("invocations", HF_INFERENCE, D::HuggingFace),
    E::post("tokenize", TOKENIZE, D::HuggingFace),
    E::post("", HF_INFERENCE, D::HuggingFace),
];

/// Replicate: <https://replicate.com/docs/reference/http>, read 2026-11-28. A prediction's stream has a host of its
/// own.
pub const REPLICATE: &[Endpoint] = &[
    E::post("v1/streams/*", REPLICATE_PREDICTIONS_GET, D::Replicate).streams(true).fetched(),
    E::passthrough("", "v1/trainings/**", TRAININGS),
    E::passthrough("POST", "v1/models/*/*/versions/*/trainings", TRAININGS),
    E::passthrough("", "v1/models", MODELS),
    E::passthrough("", "v1/models/*/*", MODELS),
    E::passthrough("GET", "v1/collections/**", MODELS),
    E::passthrough("GET", "v1/search", MODELS),
    E::passthrough("", "v1/deployments", DEPLOYMENTS),
    E::passthrough("", "v1/deployments/*/*", DEPLOYMENTS),
];

/// xAI: own names for audio: <https://docs.x.ai/docs/model-capabilities/audio/voice>; for answers that are fetched
/// later, and for its lists of models: <https://docs.x.ai/docs/api-reference>, read 2026-11-28.
pub const XAI: &[Endpoint] = &[
    E::post("v1/stt", TRANSCRIPTIONS, D::OpenAiAudio),
    E::post("v1/tts", SPEECH, D::OpenAiAudio),
    E::passthrough("GET", "v1/language-models/**", MODELS),
    E::passthrough("GET", "v1/embedding-models/**", MODELS),
    E::passthrough("GET", "v1/image-generation-models/**", MODELS),
];

/// OpenRouter: images at a path of its own: <https://openrouter.ai/docs/api-reference/overview>, read 2026-11-28.
pub const OPENROUTER: &[Endpoint] = &[E::post("v1/images", IMAGES_GENERATIONS, D::OpenAiImages)];

/// Databricks: a model is addressed by its endpoint's name:
/// <https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference>, read 2026-11-28.
pub const DATABRICKS: &[Endpoint] = &[E::post("serving-endpoints/{model}/invocations", CHAT, D::OpenAiChat)];

/// Snowflake's older path:
/// <https://docs.snowflake.com/en/developer-guide/snowflake-rest-api/reference/cortex-inference>, read 2026-11-28; its
/// requests have no `stream_options`.
pub const SNOWFLAKE: &[Endpoint] =
    &[E::post("cortex/inference:complete", CHAT, D::OpenAiChat).streams_usage_by_default()];

/// Writer: OpenAI's chat completions at a path that is Cohere's chat elsewhere.
pub const WRITER: &[Endpoint] = &[E::post("v1/chat", CHAT, D::OpenAiChat)];

/// Mistral: conversations that run a model, at OpenAI's path for stored conversations.
pub const MISTRAL: &[Endpoint] = &[
    E::post("v1/conversations", MISTRAL_CONVERSATIONS, D::MistralConversations),
    E::post("v1/conversations/*", MISTRAL_CONVERSATIONS_APPEND, D::MistralConversations),
    E::post("v1/conversations/*/restart", MISTRAL_CONVERSATIONS_APPEND, D::MistralConversations),
    E::post("v1/conversations", CONVERSATIONS, D::MistralConversations).fetched(),
    E::post("v1/conversations/*", CONVERSATIONS, D::MistralConversations).fetched(),
    E::post("v1/conversations/*/history", CONVERSATIONS, D::MistralConversations).fetched(),
    E::post("v1/conversations/*/messages", CONVERSATIONS, D::MistralConversations).fetched(),
    E::passthrough("", "v1/conversations/**", CONVERSATIONS),
    E::passthrough("", "v1/libraries/**", LIBRARIES),
];

/// Perplexity: chat without OpenAI's `/v1`, and these endpoints with it.
pub const PERPLEXITY: &[Endpoint] = &[
    E::post("v1/sonar", CHAT, D::OpenAiChat),
    E::post("v1/embeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("v1/contextualizedembeddings", EMBEDDINGS, D::OpenAiEmbeddings),
    E::post("v1/responses", RESPONSES, D::OpenAiResponses),
];
