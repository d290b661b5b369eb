//! The table of providers. One more provider of a known dialect needs a row and no code. Hosts and credentials are
//! those of the providers' own documentation (2026-11-21) for providers in recorded traffic, and of LiteLLM 1.109.1's
//! table for most of the others, which have never been called from here.

use super::CredentialShape;
use super::row::{MESSAGES, MESSAGES_AND_RERANK, OPENAI_COMPATIBLE, ProviderRow, compatible, local};
use crate::dialect::Dialect as D;
use crate::endpoint::{DATABRICKS, HUGGING_FACE, MISTRAL, OPENROUTER, PERPLEXITY, REPLICATE, SNOWFLAKE, WRITER, XAI};

/// Every known kind.
pub static ROWS: &[ProviderRow] = &[
    ProviderRow {
        kind: "openai",
        telemetry_name: "openai",
        hosts: &["api.openai.com", "*.api.openai.com"],
        regional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "anthropic",
        telemetry_name: "anthropic",
        hosts: &["api.anthropic.com"],
        dialects: &[D::AnthropicMessages, D::AnthropicComplete],
        secondary_dialects: &[D::OpenAiChat],
        credential: CredentialShape::XApiKey,
        regional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "azure_openai",
        telemetry_name: "azure.ai.openai",
        hosts: &[
            "*.openai.azure.com",
            "*.cognitiveservices.azure.com",
            "*.services.ai.azure.com/openai",
            // A Foundry project's host; OpenAI's API is at `…/api/projects/<name>/openai/v1` there.
            "*.services.ai.azure.com/api/projects/",
            "*.openai.azure.us",
            // For resources without a name of their own; and in China.
            "*.api.cognitive.microsoft.com/openai",
            "*.openai.azure.cn",
        ],
        base: "/openai/v1",
        credential: CredentialShape::ApiKey,
        priced_by_request_model: true,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    // Before Azure's own models, since one of its hosts matches theirs.
    ProviderRow {
        kind: "github_models",
        telemetry_name: "github_models",
        hosts: &["models.github.ai", "models.inference.ai.azure.com"],
        base: "/inference",
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "azure_ai_inference",
        telemetry_name: "azure.ai.inference",
        hosts: &["*.services.ai.azure.com", "*.models.ai.azure.com", "*.inference.ai.azure.com"],
        base: "/models",
        // Dialects of vendors whose models it has, below `/anthropic` and `/providers/…`.
        secondary_dialects: &[D::AnthropicMessages, D::Rerank, D::CohereV2, D::CohereV1, D::CohereEmbed, D::MistralOcr],
        credential: CredentialShape::ApiKey,
        priced_by_request_model: true,
        // Its clients name a model only where an endpoint serves several.
        model_optional: true,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "gemini",
        base: "/v1beta/openai",
        telemetry_name: "gcp.gemini",
        hosts: &["generativelanguage.googleapis.com"],
        dialects: &[D::GeminiGenerate, D::GeminiEmbed, D::GeminiInteractions],
        secondary_dialects: &[D::VertexPredict, D::OpenAiChat, D::OpenAiEmbeddings, D::OpenAiImages],
        credential: CredentialShape::XGoogApiKey,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "vertex_ai",
        telemetry_name: "gcp.vertex_ai",
        hosts: &["aiplatform.googleapis.com", "*-aiplatform.googleapis.com", "aiplatform.*.rep.googleapis.com"],
        dialects: &[D::GeminiGenerate, D::GeminiEmbed, D::VertexPredict],
        secondary_dialects: &[D::AnthropicMessages, D::OpenAiChat, D::OpenAiEmbeddings, D::GeminiInteractions],
        regional: true,
        priced_by_request_model: true,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "bedrock",
        base: "/openai/v1",
        telemetry_name: "aws.bedrock",
        hosts: &[
            "bedrock-runtime.*.amazonaws.com",
            "bedrock-runtime-fips.*.amazonaws.com",
            // Over IPv6 too; and in the European sovereign cloud (botocore 1.44.8's rules for endpoints).
            "bedrock-runtime.*.api.aws",
            "bedrock-runtime-fips.*.api.aws",
            "bedrock-runtime.*.amazonaws.eu",
            // Lists models.
            "bedrock.*.amazonaws.com",
        ],
        dialects: &[
            D::BedrockConverse,
            D::BedrockNova,
            D::BedrockTitan,
            D::BedrockText,
            D::BedrockModel,
            D::BedrockGuardrail,
        ],
        secondary_dialects: &[D::AnthropicMessages, D::CohereV1, D::CohereEmbed, D::Rerank, D::OpenAiChat],
        regional: true,
        priced_by_request_model: true,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "bedrock_mantle",
        telemetry_name: "aws.bedrock_mantle",
        hosts: &["bedrock-mantle.*.api.aws"],
        secondary_dialects: MESSAGES,
        regional: true,
        priced_by_request_model: true,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "cohere",
        base: "/compatibility/v1",
        telemetry_name: "cohere",
        hosts: &["api.cohere.com", "api.cohere.ai", "*.api.cohere.com"],
        dialects: &[D::CohereV2, D::CohereV1, D::CohereEmbed, D::Rerank],
        secondary_dialects: &[D::MistralOcr, D::OpenAiAudio, D::OpenAiChat, D::OpenAiEmbeddings],
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "mistral",
        telemetry_name: "mistral_ai",
        hosts: &["api.mistral.ai", "codestral.mistral.ai"],
        dialects: &[
            D::OpenAiChat,
            D::OpenAiCompletions,
            D::OpenAiResponses,
            D::OpenAiEmbeddings,
            D::OpenAiAudio,
            D::OpenAiModerations,
            D::MistralOcr,
            D::MistralConversations,
        ],
        endpoints: MISTRAL,
        streams_usage_by_default: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "ollama",
        telemetry_name: "ollama",
        // No other server is known to listen at its port.
        hosts: &["localhost:11434", "*:11434", "ollama.com", "www.ollama.com"],
        dialects: &[D::Ollama],
        secondary_dialects: &[
            D::OpenAiChat,
            D::OpenAiCompletions,
            D::OpenAiResponses,
            D::OpenAiEmbeddings,
            D::OpenAiImages,
            D::OpenAiAudio,
            D::AnthropicMessages,
        ],
        port: 11434,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "hugging_face",
        telemetry_name: "huggingface",
        hosts: &[
            "router.huggingface.co",
            "api-inference.huggingface.co",
            "*.endpoints.huggingface.cloud",
            "huggingface.co/api/",
        ],
        dialects: &[D::OpenAiChat, D::OpenAiCompletions, D::OpenAiResponses, D::OpenAiEmbeddings, D::HuggingFace],
        // Other servers at dedicated endpoints, other providers behind its router.
        secondary_dialects: &[D::Rerank, D::OpenAiImages, D::OpenAiAudio, D::Replicate],
        endpoints: HUGGING_FACE,
        model_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "voyage",
        telemetry_name: "voyage",
        hosts: &["api.voyageai.com"],
        dialects: &[D::OpenAiEmbeddings, D::Rerank],
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "watsonx",
        telemetry_name: "ibm.watsonx.ai",
        hosts: &["*.ml.cloud.ibm.com", "*.wxai.ibm.com"],
        dialects: &[D::Watsonx],
        // Its model gateway, `/ml/gateway/v1`, and audio.
        secondary_dialects: &[D::OpenAiChat, D::OpenAiCompletions, D::OpenAiEmbeddings, D::OpenAiAudio],
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "replicate",
        telemetry_name: "replicate",
        // The other hosts serve streams.
        hosts: &["api.replicate.com", "stream.replicate.com", "*.replicate.net"],
        dialects: &[D::Replicate],
        endpoints: REPLICATE,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "deepseek",
        telemetry_name: "deepseek",
        hosts: &["api.deepseek.com"],
        base: "",
        dialects: &[D::OpenAiChat, D::OpenAiCompletions, D::OpenAiResponses],
        secondary_dialects: MESSAGES,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "xai",
        telemetry_name: "x_ai",
        hosts: &["api.x.ai", "*.api.x.ai"],
        secondary_dialects: MESSAGES,
        endpoints: XAI,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "together",
        telemetry_name: "together",
        hosts: &["api.together.ai", "api.together.xyz"],
        secondary_dialects: &[D::Rerank],
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "openrouter",
        telemetry_name: "openrouter",
        hosts: &["openrouter.ai"],
        base: "/api/v1",
        dialects: &[
            D::OpenAiChat,
            D::OpenAiCompletions,
            D::OpenAiResponses,
            D::OpenAiEmbeddings,
            D::OpenAiImages,
            D::OpenAiAudio,
            D::Rerank,
        ],
        secondary_dialects: MESSAGES,
        endpoints: OPENROUTER,
        model_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "perplexity",
        telemetry_name: "perplexity",
        hosts: &["api.perplexity.ai"],
        base: "",
        endpoints: PERPLEXITY,
        streams_usage_by_default: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "snowflake",
        telemetry_name: "snowflake",
        hosts: &["*.snowflakecomputing.com", "*.snowflakecomputing.cn"],
        secondary_dialects: MESSAGES,
        endpoints: SNOWFLAKE,
        base: "/api/v2/cortex/v1",
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "zai",
        telemetry_name: "z_ai",
        hosts: &["api.z.ai", "open.bigmodel.cn"],
        base: "/api/paas/v4",
        secondary_dialects: MESSAGES,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "moonshot",
        telemetry_name: "moonshot_ai",
        hosts: &["api.moonshot.ai", "api.moonshot.cn"],
        secondary_dialects: MESSAGES,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "writer",
        telemetry_name: "writer",
        hosts: &["api.writer.com"],
        endpoints: WRITER,
        model_optional: true,
        ..OPENAI_COMPATIBLE
    },
    // Providers without particularities.
    compatible("groq", "/openai/v1", &["api.groq.com"]),
    ProviderRow {
        secondary_dialects: MESSAGES_AND_RERANK,
        ..compatible("fireworks", "/inference/v1", &["api.fireworks.ai"])
    },
    compatible("cerebras", "/v1", &["api.cerebras.ai"]),
    ProviderRow {
        secondary_dialects: &[D::AnthropicMessages, D::GeminiGenerate],
        endpoints: DATABRICKS,
        // It refuses the request for usage for some vendors' models:
        // <https://github.com/anomalyco/opencode/issues/4698>.
        streams_usage_by_default: true,
        // Its prices are those of its endpoints; answers name the model behind them: `us.anthropic.claude-…`.
        priced_by_request_model: true,
        ..compatible(
            "databricks",
            "/serving-endpoints",
            &["*.azuredatabricks.net", "*.cloud.databricks.com", "*.gcp.databricks.com"],
        )
    },
    compatible("nebius", "/v1", &["api.tokenfactory.nebius.com", "api.studio.nebius.com", "api.studio.nebius.ai"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("deepinfra", "/v1/openai", &["api.deepinfra.com"]) },
    compatible("sambanova", "/v1", &["api.sambanova.ai"]),
    ProviderRow { secondary_dialects: MESSAGES_AND_RERANK, ..compatible("novita", "/openai/v1", &["api.novita.ai"]) },
    compatible("hyperbolic", "/v1", &["api.hyperbolic.xyz"]),
    compatible("nvidia", "/v1", &["integrate.api.nvidia.com"]),
    compatible("avian", "/v1", &["api.avian.io"]),
    compatible("crusoe", "/v1", &["api.inference.crusoecloud.com", "api.crusoe.ai"]),
    ProviderRow { secondary_dialects: &[D::Rerank], ..compatible("heroku", "/v1", &["*.inference.heroku.com"]) },
    compatible("ai21", "/studio/v1", &["api.ai21.com"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("aihubmix", "/v1", &["aihubmix.com"]) },
    compatible("aimlapi", "/v1", &["api.aimlapi.com"]),
    compatible("amazon_nova", "/v1", &["api.nova.amazon.com"]),
    compatible("baseten", "/v1", &["inference.baseten.co"]),
    compatible("chutes", "/v1", &["llm.chutes.ai"]),
    compatible("clarifai", "/v2/ext/openai/v1", &["api.clarifai.com"]),
    compatible("cortecs", "/v1", &["api.cortecs.ai"]),
    ProviderRow {
        secondary_dialects: MESSAGES,
        ..compatible(
            "dashscope",
            "/compatible-mode/v1",
            &[
                "dashscope-intl.aliyuncs.com",
                "dashscope.aliyuncs.com",
                "dashscope-us.aliyuncs.com",
                "*.maas.aliyuncs.com",
            ],
        )
    },
    compatible("digitalocean", "/v1", &["inference.do-ai.run"]),
    compatible("edenai", "/v3", &["api.edenai.run"]),
    compatible("featherless", "/v1", &["api.featherless.ai"]),
    compatible("friendli", "/serverless/v1", &["api.friendli.ai"]),
    compatible("gigachat", "/api/v1", &["gigachat.devices.sberbank.ru"]),
    ProviderRow {
        secondary_dialects: MESSAGES,
        ..compatible("github_copilot", "", &["api.githubcopilot.com", "api.*.githubcopilot.com"])
    },
    compatible("gmi", "/v1", &["api.gmi-serving.com"]),
    // Includes its proxies: one host for each provider, `anthropic.helicone.ai`.
    ProviderRow {
        secondary_dialects: D::ALL,
        ..compatible("helicone", "", &["ai-gateway.helicone.ai", "*.helicone.ai", "*.hconeai.com"])
    },
    compatible("inception", "/v1", &["api.inceptionlabs.ai"]),
    compatible("lambda", "/v1", &["api.lambda.ai"]),
    compatible("meta", "/v1", &["api.meta.ai"]),
    compatible("meta_llama", "/compat/v1", &["api.llama.com"]),
    ProviderRow {
        secondary_dialects: MESSAGES,
        ..compatible("minimax", "/v1", &["api.minimax.io", "api.minimaxi.com"])
    },
    compatible("modelscope", "/v1", &["api-inference.modelscope.cn"]),
    compatible("morph", "/v1", &["api.morphllm.com"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("nano_gpt", "/api/v1", &["nano-gpt.com"]) },
    compatible("nscale", "/v1", &["inference.api.nscale.com"]),
    compatible("ovhcloud", "/v1", &["oai.endpoints.kepler.ai.cloud.ovh.net"]),
    compatible("parasail", "/v1", &["api.parasail.io"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("poe", "/v1", &["api.poe.com"]) },
    compatible("publicai", "/v1", &["api.publicai.co"]),
    compatible("reka", "/v1", &["api.reka.ai"]),
    compatible("scaleway", "/v1", &["api.scaleway.ai"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("synthetic", "/openai/v1", &["api.synthetic.new"]) },
    compatible("tencent", "/v1", &["tokenhub-intl.tencentcloudmaas.com"]),
    compatible("v0", "/v1", &["api.v0.dev"]),
    compatible("venice", "/api/v1", &["api.venice.ai"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("volcengine", "/api/v3", &["ark.cn-beijing.volces.com"]) },
    compatible("wandb", "/v1", &["api.inference.wandb.ai"]),
    ProviderRow { secondary_dialects: MESSAGES, ..compatible("xiaomi_mimo", "/v1", &["api.xiaomimimo.com"]) },
    ProviderRow { dialects: &[D::OpenAiEmbeddings, D::Rerank], ..compatible("jina", "/v1", &["api.jina.ai"]) },
    ProviderRow {
        secondary_dialects: MESSAGES,
        credential: CredentialShape::XPortkeyApiKey,
        ..compatible("portkey", "/v1", &["api.portkey.ai"])
    },
    // Gateways and products.
    ProviderRow {
        kind: "openai_codex",
        telemetry_name: "openai_codex",
        hosts: &["chatgpt.com/backend-api/codex"],
        base: "/backend-api/codex",
        dialects: &[D::OpenAiResponses],
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "cloudflare",
        telemetry_name: "cloudflare",
        hosts: &["api.cloudflare.com", "gateway.ai.cloudflare.com"],
        base: "",
        // Its gateway passes on any provider's API, below the provider's name.
        secondary_dialects: D::ALL,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "vercel",
        telemetry_name: "vercel_gateway",
        hosts: &["ai-gateway.vercel.sh"],
        secondary_dialects: MESSAGES_AND_RERANK,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "pydantic_gateway",
        telemetry_name: "pydantic_gateway",
        hosts: &["gateway.pydantic.dev", "gateway-*.pydantic.dev"],
        base: "/proxy/openai",
        secondary_dialects: D::ALL,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow {
        kind: "mirascope",
        telemetry_name: "mirascope_router",
        hosts: &["mirascope.com/router/v2"],
        base: "/router/v2/openai/v1",
        secondary_dialects: D::ALL,
        ..OPENAI_COMPATIBLE
    },
    // Self-hosted servers, at their default ports.
    local("vllm", 8000, &["localhost:8000", "127.0.0.1:8000", "0.0.0.0:8000"], MESSAGES_AND_RERANK),
    local("llama_cpp", 8080, &["localhost:8080", "127.0.0.1:8080", "0.0.0.0:8080"], MESSAGES_AND_RERANK),
    local("lm_studio", 1234, &["localhost:1234", "127.0.0.1:1234", "0.0.0.0:1234"], MESSAGES),
    local("sglang", 30000, &["localhost:30000", "127.0.0.1:30000", "0.0.0.0:30000"], MESSAGES_AND_RERANK),
    // The default port is shared by many programs, so the rows have no hosts.
    // <https://github.com/huggingface/text-embeddings-inference>, router/src/main.rs, and
    // <https://huggingface.co/docs/text-generation-inference/reference/launcher>, read 2026-11-28.
    ProviderRow {
        dialects: &[D::OpenAiEmbeddings, D::Rerank, D::HuggingFace],
        endpoints: HUGGING_FACE,
        ..local("text_embeddings_inference", 3000, &[], &[])
    },
    ProviderRow { endpoints: HUGGING_FACE, ..local("text_generation_inference", 3000, &[], &[D::HuggingFace]) },
    // <https://docs.docker.com/reference/cli/docker/model/install-runner>, and its pull request docker/docs#22623, read
    // 2026-11-28.
    ProviderRow {
        base: "/engines/v1",
        ..local("docker_model_runner", 12434, &["localhost:12434", "127.0.0.1:12434"], &[])
    },
    ProviderRow {
        kind: "litellm",
        telemetry_name: "litellm_proxy",
        hosts: &["localhost:4000", "127.0.0.1:4000", "0.0.0.0:4000"],
        secondary_dialects: D::ALL,
        port: 4000,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    },
    ProviderRow { secondary_dialects: &[D::Rerank], ..compatible("gpustack", "/v1", &[]) },
    ProviderRow { model_optional: true, ..compatible("openai_compatible", "/v1", &[]) },
];
