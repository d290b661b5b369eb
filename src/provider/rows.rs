//! The table of providers. Each host and shape of credential is that of the provider's own documentation, as it was on
//! 2026-11-21; a row without code is all that one more provider of a known dialect needs.

use super::{CredentialShape, Row};
use crate::dialect::{Dialect, HUGGING_FACE, WRITER};

/// The dialects of those that follow OpenAI.
const OPENAI_LIKE: &[Dialect] = &[
    Dialect::OpenAiChat,
    Dialect::OpenAiCompletions,
    Dialect::OpenAiResponses,
    Dialect::OpenAiEmbeddings,
    Dialect::OpenAiImages,
    Dialect::OpenAiAudio,
    Dialect::OpenAiModerations,
];

/// What most rows have in common: OpenAI's dialects, a bearer token, HTTPS.
const LIKE_OPENAI: Row = Row {
    kind: "",
    telemetry_name: "",
    places: &[],
    port: 443,
    base: "/v1",
    dialects: OPENAI_LIKE,
    credential: CredentialShape::Bearer,
    also: &[],
    own: &[],
    tells_usage: false,
    regional: false,
    bills_requested: false,
};

/// Every dialect: for gateways that speak them all.
const ALL_READ: &[Dialect] = Dialect::ALL;

/// Every known kind.
pub static ROWS: &[Row] = &[
    Row { kind: "openai", telemetry_name: "openai", places: &["api.openai.com", "*.api.openai.com"], ..LIKE_OPENAI },
    Row {
        kind: "anthropic",
        telemetry_name: "anthropic",
        places: &["api.anthropic.com"],
        dialects: &[Dialect::AnthropicMessages, Dialect::AnthropicComplete],
        also: &[Dialect::OpenAiChat],
        credential: CredentialShape::XApiKey,
        regional: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "azure_openai",
        telemetry_name: "azure.ai.openai",
        places: &["*.openai.azure.com", "*.cognitiveservices.azure.com", "*.services.ai.azure.com/openai"],
        base: "/openai/v1",
        credential: CredentialShape::ApiKey,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "azure_ai_inference",
        telemetry_name: "azure.ai.inference",
        places: &["*.services.ai.azure.com", "*.models.ai.azure.com", "*.inference.ai.azure.com"],
        base: "/models",
        credential: CredentialShape::ApiKey,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "gemini",
        base: "/v1beta/openai",
        telemetry_name: "gcp.gemini",
        places: &["generativelanguage.googleapis.com"],
        dialects: &[Dialect::GeminiGenerate, Dialect::GeminiEmbed, Dialect::GeminiInteractions],
        also: &[Dialect::OpenAiChat, Dialect::OpenAiEmbeddings],
        credential: CredentialShape::XGoogApiKey,
        ..LIKE_OPENAI
    },
    Row {
        kind: "vertex_ai",
        telemetry_name: "gcp.vertex_ai",
        places: &["aiplatform.googleapis.com", "*-aiplatform.googleapis.com", "aiplatform.*.rep.googleapis.com"],
        dialects: &[Dialect::GeminiGenerate, Dialect::GeminiEmbed, Dialect::VertexPredict],
        also: &[Dialect::AnthropicMessages, Dialect::OpenAiChat],
        regional: true,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "bedrock",
        base: "/openai/v1",
        telemetry_name: "aws.bedrock",
        places: &["bedrock-runtime.*.amazonaws.com", "bedrock-runtime-fips.*.amazonaws.com"],
        dialects: &[Dialect::BedrockConverse, Dialect::BedrockTitan, Dialect::BedrockText, Dialect::BedrockGuardrail],
        also: &[
            Dialect::AnthropicMessages,
            Dialect::CohereV1,
            Dialect::CohereEmbed,
            Dialect::Rerank,
            Dialect::OpenAiChat,
        ],
        regional: true,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "bedrock_mantle",
        telemetry_name: "aws.bedrock_mantle",
        places: &["bedrock-mantle.*.api.aws"],
        regional: true,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "cohere",
        base: "/compatibility/v1",
        telemetry_name: "cohere",
        places: &["api.cohere.com", "api.cohere.ai", "*.api.cohere.com"],
        dialects: &[Dialect::CohereV2, Dialect::CohereV1, Dialect::CohereEmbed, Dialect::Rerank],
        also: &[Dialect::OpenAiAudio, Dialect::OpenAiChat],
        ..LIKE_OPENAI
    },
    Row {
        kind: "mistral",
        telemetry_name: "mistral_ai",
        places: &["api.mistral.ai", "codestral.mistral.ai"],
        dialects: &[
            Dialect::OpenAiChat,
            Dialect::OpenAiEmbeddings,
            Dialect::OpenAiAudio,
            Dialect::OpenAiModerations,
            Dialect::MistralOcr,
        ],
        tells_usage: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "ollama",
        telemetry_name: "ollama",
        places: &["localhost:11434", "127.0.0.1:11434", "ollama.com"],
        dialects: &[Dialect::Ollama],
        also: &[Dialect::OpenAiChat, Dialect::OpenAiCompletions, Dialect::OpenAiEmbeddings],
        port: 11434,
        ..LIKE_OPENAI
    },
    Row {
        kind: "hugging_face",
        telemetry_name: "huggingface",
        places: &["router.huggingface.co", "api-inference.huggingface.co", "*.endpoints.huggingface.cloud"],
        dialects: &[Dialect::OpenAiChat, Dialect::OpenAiEmbeddings, Dialect::HuggingFace],
        also: &[],
        own: HUGGING_FACE,
        ..LIKE_OPENAI
    },
    Row {
        kind: "voyage",
        telemetry_name: "voyage",
        places: &["api.voyageai.com"],
        dialects: &[Dialect::OpenAiEmbeddings, Dialect::Rerank],
        ..LIKE_OPENAI
    },
    Row {
        kind: "watsonx",
        telemetry_name: "ibm.watsonx.ai",
        places: &["*.ml.cloud.ibm.com"],
        dialects: &[Dialect::Watsonx],
        ..LIKE_OPENAI
    },
    Row {
        kind: "replicate",
        telemetry_name: "replicate",
        places: &["api.replicate.com"],
        dialects: &[Dialect::Replicate],
        ..LIKE_OPENAI
    },
    Row { kind: "groq", telemetry_name: "groq", places: &["api.groq.com"], base: "/openai/v1", ..LIKE_OPENAI },
    Row {
        kind: "deepseek",
        telemetry_name: "deepseek",
        places: &["api.deepseek.com"],
        base: "",
        dialects: &[Dialect::OpenAiChat, Dialect::OpenAiCompletions, Dialect::OpenAiResponses],
        also: &[Dialect::AnthropicMessages],
        ..LIKE_OPENAI
    },
    Row { kind: "xai", telemetry_name: "x_ai", places: &["api.x.ai"], ..LIKE_OPENAI },
    Row {
        kind: "together",
        telemetry_name: "together",
        places: &["api.together.xyz", "api.together.ai"],
        ..LIKE_OPENAI
    },
    Row {
        kind: "fireworks",
        telemetry_name: "fireworks",
        places: &["api.fireworks.ai"],
        base: "/inference/v1",
        ..LIKE_OPENAI
    },
    Row {
        kind: "openrouter",
        telemetry_name: "openrouter",
        places: &["openrouter.ai"],
        base: "/api/v1",
        dialects: &[
            Dialect::OpenAiChat,
            Dialect::OpenAiCompletions,
            Dialect::OpenAiResponses,
            Dialect::OpenAiEmbeddings,
            Dialect::OpenAiAudio,
            Dialect::Rerank,
        ],
        also: &[Dialect::AnthropicMessages],
        ..LIKE_OPENAI
    },
    Row {
        kind: "perplexity",
        telemetry_name: "perplexity",
        places: &["api.perplexity.ai"],
        base: "",
        tells_usage: true,
        ..LIKE_OPENAI
    },
    Row { kind: "cerebras", telemetry_name: "cerebras", places: &["api.cerebras.ai"], ..LIKE_OPENAI },
    Row {
        kind: "databricks",
        telemetry_name: "databricks",
        places: &["*.azuredatabricks.net", "*.cloud.databricks.com", "*.gcp.databricks.com"],
        base: "/serving-endpoints",
        ..LIKE_OPENAI
    },
    Row {
        kind: "snowflake",
        telemetry_name: "snowflake",
        places: &["*.snowflakecomputing.com"],
        base: "/api/v2/cortex/v1",
        ..LIKE_OPENAI
    },
    Row {
        kind: "zai",
        telemetry_name: "z_ai",
        places: &["api.z.ai", "open.bigmodel.cn"],
        base: "/api/paas/v4",
        ..LIKE_OPENAI
    },
    Row {
        kind: "moonshot",
        telemetry_name: "moonshot_ai",
        places: &["api.moonshot.ai", "api.moonshot.cn"],
        ..LIKE_OPENAI
    },
    Row {
        kind: "nebius",
        telemetry_name: "nebius",
        places: &["api.studio.nebius.com", "api.tokenfactory.nebius.com"],
        ..LIKE_OPENAI
    },
    Row {
        kind: "deepinfra",
        telemetry_name: "deepinfra",
        places: &["api.deepinfra.com"],
        base: "/v1/openai",
        ..LIKE_OPENAI
    },
    Row { kind: "sambanova", telemetry_name: "sambanova", places: &["api.sambanova.ai"], ..LIKE_OPENAI },
    Row { kind: "novita", telemetry_name: "novita", places: &["api.novita.ai"], base: "/openai/v1", ..LIKE_OPENAI },
    Row { kind: "hyperbolic", telemetry_name: "hyperbolic", places: &["api.hyperbolic.xyz"], ..LIKE_OPENAI },
    Row { kind: "nvidia", telemetry_name: "nvidia", places: &["integrate.api.nvidia.com"], ..LIKE_OPENAI },
    Row { kind: "writer", telemetry_name: "writer", places: &["api.writer.com"], own: WRITER, ..LIKE_OPENAI },
    Row { kind: "avian", telemetry_name: "avian", places: &["api.avian.io"], ..LIKE_OPENAI },
    Row { kind: "crusoe", telemetry_name: "crusoe", places: &["api.inference.crusoecloud.com"], ..LIKE_OPENAI },
    Row { kind: "heroku", telemetry_name: "heroku", places: &["*.inference.heroku.com"], ..LIKE_OPENAI },
    Row {
        kind: "github_models",
        telemetry_name: "github_models",
        places: &["models.github.ai", "models.inference.ai.azure.com"],
        base: "/inference",
        ..LIKE_OPENAI
    },
    Row {
        kind: "openai_codex",
        telemetry_name: "openai_codex",
        places: &["chatgpt.com/backend-api/codex"],
        base: "/backend-api/codex",
        dialects: &[Dialect::OpenAiResponses],
        ..LIKE_OPENAI
    },
    Row {
        kind: "cloudflare",
        telemetry_name: "cloudflare",
        places: &["api.cloudflare.com", "gateway.ai.cloudflare.com"],
        base: "",
        ..LIKE_OPENAI
    },
    Row {
        kind: "vercel",
        telemetry_name: "vercel_gateway",
        places: &["ai-gateway.vercel.sh"],
        dialects: &[Dialect::OpenAiChat, Dialect::OpenAiResponses, Dialect::OpenAiEmbeddings],
        also: &[Dialect::AnthropicMessages],
        ..LIKE_OPENAI
    },
    Row { kind: "portkey", telemetry_name: "portkey", places: &["api.portkey.ai"], ..LIKE_OPENAI },
    Row {
        kind: "pydantic_gateway",
        telemetry_name: "pydantic_gateway",
        places: &["gateway.pydantic.dev"],
        base: "",
        ..LIKE_OPENAI
    },
    Row { kind: "vllm", telemetry_name: "vllm", places: &["localhost:8000"], port: 8000, ..LIKE_OPENAI },
    Row { kind: "llama_cpp", telemetry_name: "llama_cpp", places: &["localhost:8080"], port: 8080, ..LIKE_OPENAI },
    Row { kind: "lm_studio", telemetry_name: "lm_studio", places: &["localhost:1234"], port: 1234, ..LIKE_OPENAI },
    Row { kind: "sglang", telemetry_name: "sglang", places: &["localhost:30000"], port: 30000, ..LIKE_OPENAI },
    Row {
        kind: "litellm",
        telemetry_name: "litellm_proxy",
        places: &["localhost:4000", "0.0.0.0:4000"],
        base: "",
        dialects: ALL_READ,
        port: 4000,
        ..LIKE_OPENAI
    },
    Row { kind: "openai_compatible", telemetry_name: "openai_compatible", places: &[], ..LIKE_OPENAI },
];
