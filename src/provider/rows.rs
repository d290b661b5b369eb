//! The table of providers: a row without code is all that one more provider of a known dialect needs. Hosts and
//! credentials are those of the providers' own documentation (2026-11-21) for those that recorded traffic shows, and of
//! LiteLLM 1.109.1's table for most of the others, which nobody has called from here.

use super::CredentialShape;
use super::row::{LIKE_OPENAI, MESSAGES, MESSAGES_AND_RERANK, Row, like_openai, local};
use crate::dialect::{
    DATABRICKS, Dialect, HUGGING_FACE, MISTRAL, OPENROUTER, PERPLEXITY, REPLICATE, SNOWFLAKE, WRITER, XAI,
};

/// Every known kind.
pub static ROWS: &[Row] = &[
    Row {
        kind: "openai",
        telemetry_name: "openai",
        places: &["api.openai.com", "*.api.openai.com"],
        regional: true,
        ..LIKE_OPENAI
    },
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
        places: &[
            "*.openai.azure.com",
            "*.cognitiveservices.azure.com",
            "*.services.ai.azure.com/openai",
            // A Foundry project's, in which OpenAI's API is `…/api/projects/<name>/openai/v1`.
            "*.services.ai.azure.com/api/projects/",
            "*.openai.azure.us",
            // Where a resource has no name of its own; and in China.
            "*.api.cognitive.microsoft.com/openai",
            "*.openai.azure.cn",
        ],
        base: "/openai/v1",
        credential: CredentialShape::ApiKey,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    // Before that of Azure's own models, whose hosts are named like one of its.
    Row {
        kind: "github_models",
        telemetry_name: "github_models",
        places: &["models.github.ai", "models.inference.ai.azure.com"],
        base: "/inference",
        ..LIKE_OPENAI
    },
    Row {
        kind: "azure_ai_inference",
        telemetry_name: "azure.ai.inference",
        places: &["*.services.ai.azure.com", "*.models.ai.azure.com", "*.inference.ai.azure.com"],
        base: "/models",
        // Those of makers whose models it has, below `/anthropic` and `/providers/…`.
        also: &[
            Dialect::AnthropicMessages,
            Dialect::Rerank,
            Dialect::CohereV2,
            Dialect::CohereV1,
            Dialect::CohereEmbed,
            Dialect::MistralOcr,
        ],
        credential: CredentialShape::ApiKey,
        bills_requested: true,
        // Its clients name one only where an endpoint serves several.
        model_optional: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "gemini",
        base: "/v1beta/openai",
        telemetry_name: "gcp.gemini",
        places: &["generativelanguage.googleapis.com"],
        dialects: &[Dialect::GeminiGenerate, Dialect::GeminiEmbed, Dialect::GeminiInteractions],
        also: &[Dialect::VertexPredict, Dialect::OpenAiChat, Dialect::OpenAiEmbeddings, Dialect::OpenAiImages],
        credential: CredentialShape::XGoogApiKey,
        ..LIKE_OPENAI
    },
    Row {
        kind: "vertex_ai",
        telemetry_name: "gcp.vertex_ai",
        places: &["aiplatform.googleapis.com", "*-aiplatform.googleapis.com", "aiplatform.*.rep.googleapis.com"],
        dialects: &[Dialect::GeminiGenerate, Dialect::GeminiEmbed, Dialect::VertexPredict],
        also: &[
            Dialect::AnthropicMessages,
            Dialect::OpenAiChat,
            Dialect::OpenAiEmbeddings,
            Dialect::GeminiInteractions,
        ],
        regional: true,
        bills_requested: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "bedrock",
        base: "/openai/v1",
        telemetry_name: "aws.bedrock",
        places: &[
            "bedrock-runtime.*.amazonaws.com",
            "bedrock-runtime-fips.*.amazonaws.com",
            // Over IPv6 too; and in the European sovereign cloud (botocore 1.44.8's rules for endpoints).
            "bedrock-runtime.*.api.aws",
            "bedrock-runtime-fips.*.api.aws",
            "bedrock-runtime.*.amazonaws.eu",
            // Where models are listed.
            "bedrock.*.amazonaws.com",
        ],
        dialects: &[
            Dialect::BedrockConverse,
            Dialect::BedrockNova,
            Dialect::BedrockTitan,
            Dialect::BedrockText,
            Dialect::BedrockModel,
            Dialect::BedrockGuardrail,
        ],
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
        also: MESSAGES,
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
        also: &[Dialect::MistralOcr, Dialect::OpenAiAudio, Dialect::OpenAiChat, Dialect::OpenAiEmbeddings],
        ..LIKE_OPENAI
    },
    Row {
        kind: "mistral",
        telemetry_name: "mistral_ai",
        places: &["api.mistral.ai", "codestral.mistral.ai"],
        dialects: &[
            Dialect::OpenAiChat,
            Dialect::OpenAiCompletions,
            Dialect::OpenAiResponses,
            Dialect::OpenAiEmbeddings,
            Dialect::OpenAiAudio,
            Dialect::OpenAiModerations,
            Dialect::MistralOcr,
            Dialect::MistralConversations,
        ],
        own: MISTRAL,
        tells_usage: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "ollama",
        telemetry_name: "ollama",
        // No other server is known to listen at its port.
        places: &["localhost:11434", "*:11434", "ollama.com", "www.ollama.com"],
        dialects: &[Dialect::Ollama],
        also: &[
            Dialect::OpenAiChat,
            Dialect::OpenAiCompletions,
            Dialect::OpenAiResponses,
            Dialect::OpenAiEmbeddings,
            Dialect::OpenAiImages,
            Dialect::OpenAiAudio,
            Dialect::AnthropicMessages,
        ],
        port: 11434,
        key_optional: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "hugging_face",
        telemetry_name: "huggingface",
        places: &[
            "router.huggingface.co",
            "api-inference.huggingface.co",
            "*.endpoints.huggingface.cloud",
            "huggingface.co/api/",
        ],
        dialects: &[
            Dialect::OpenAiChat,
            Dialect::OpenAiCompletions,
            Dialect::OpenAiResponses,
            Dialect::OpenAiEmbeddings,
            Dialect::HuggingFace,
        ],
        // Other servers at endpoints of one's own, other providers behind its router.
        also: &[Dialect::Rerank, Dialect::OpenAiImages, Dialect::OpenAiAudio, Dialect::Replicate],
        own: HUGGING_FACE,
        model_optional: true,
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
        places: &["*.ml.cloud.ibm.com", "*.wxai.ibm.com"],
        dialects: &[Dialect::Watsonx],
        // Its model gateway, `/ml/gateway/v1`, and audio.
        also: &[Dialect::OpenAiChat, Dialect::OpenAiCompletions, Dialect::OpenAiEmbeddings, Dialect::OpenAiAudio],
        ..LIKE_OPENAI
    },
    Row {
        kind: "replicate",
        telemetry_name: "replicate",
        // The others are those of streams.
        places: &["api.replicate.com", "stream.replicate.com", "*.replicate.net"],
        dialects: &[Dialect::Replicate],
        own: REPLICATE,
        ..LIKE_OPENAI
    },
    Row {
        kind: "deepseek",
        telemetry_name: "deepseek",
        places: &["api.deepseek.com"],
        base: "",
        dialects: &[Dialect::OpenAiChat, Dialect::OpenAiCompletions, Dialect::OpenAiResponses],
        also: MESSAGES,
        ..LIKE_OPENAI
    },
    Row {
        kind: "xai",
        telemetry_name: "x_ai",
        places: &["api.x.ai", "*.api.x.ai"],
        also: MESSAGES,
        own: XAI,
        ..LIKE_OPENAI
    },
    Row {
        kind: "together",
        telemetry_name: "together",
        places: &["api.together.ai", "api.together.xyz"],
        also: &[Dialect::Rerank],
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
            Dialect::OpenAiImages,
            Dialect::OpenAiAudio,
            Dialect::Rerank,
        ],
        also: MESSAGES,
        own: OPENROUTER,
        model_optional: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "perplexity",
        telemetry_name: "perplexity",
        places: &["api.perplexity.ai"],
        base: "",
        own: PERPLEXITY,
        tells_usage: true,
        ..LIKE_OPENAI
    },
    Row {
        kind: "snowflake",
        telemetry_name: "snowflake",
        places: &["*.snowflakecomputing.com", "*.snowflakecomputing.cn"],
        also: MESSAGES,
        own: SNOWFLAKE,
        base: "/api/v2/cortex/v1",
        ..LIKE_OPENAI
    },
    Row {
        kind: "zai",
        telemetry_name: "z_ai",
        places: &["api.z.ai", "open.bigmodel.cn"],
        base: "/api/paas/v4",
        also: MESSAGES,
        ..LIKE_OPENAI
    },
    Row {
        kind: "moonshot",
        telemetry_name: "moonshot_ai",
        places: &["api.moonshot.ai", "api.moonshot.cn"],
        also: MESSAGES,
        ..LIKE_OPENAI
    },
    Row {
        kind: "writer",
        telemetry_name: "writer",
        places: &["api.writer.com"],
        own: WRITER,
        model_optional: true,
        ..LIKE_OPENAI
    },
    // Those that have nothing of their own.
    like_openai("groq", "/openai/v1", &["api.groq.com"]),
    Row { also: MESSAGES_AND_RERANK, ..like_openai("fireworks", "/inference/v1", &["api.fireworks.ai"]) },
    like_openai("cerebras", "/v1", &["api.cerebras.ai"]),
    Row {
        also: &[Dialect::AnthropicMessages, Dialect::GeminiGenerate],
        own: DATABRICKS,
        // Asked, it refuses for some makers' models: <https://github.com/anomalyco/opencode/issues/4698>.
        tells_usage: true,
        // Its prices are those of its endpoints; answers name what runs behind: `us.anthropic.claude-…`.
        bills_requested: true,
        ..like_openai(
            "databricks",
            "/serving-endpoints",
            &["*.azuredatabricks.net", "*.cloud.databricks.com", "*.gcp.databricks.com"],
        )
    },
    like_openai("nebius", "/v1", &["api.tokenfactory.nebius.com", "api.studio.nebius.com", "api.studio.nebius.ai"]),
    Row { also: MESSAGES, ..like_openai("deepinfra", "/v1/openai", &["api.deepinfra.com"]) },
    like_openai("sambanova", "/v1", &["api.sambanova.ai"]),
    Row { also: MESSAGES_AND_RERANK, ..like_openai("novita", "/openai/v1", &["api.novita.ai"]) },
    like_openai("hyperbolic", "/v1", &["api.hyperbolic.xyz"]),
    like_openai("nvidia", "/v1", &["integrate.api.nvidia.com"]),
    like_openai("avian", "/v1", &["api.avian.io"]),
    like_openai("crusoe", "/v1", &["api.inference.crusoecloud.com", "api.crusoe.ai"]),
    Row { also: &[Dialect::Rerank], ..like_openai("heroku", "/v1", &["*.inference.heroku.com"]) },
    like_openai("ai21", "/studio/v1", &["api.ai21.com"]),
    Row { also: MESSAGES, ..like_openai("aihubmix", "/v1", &["aihubmix.com"]) },
    like_openai("aimlapi", "/v1", &["api.aimlapi.com"]),
    like_openai("amazon_nova", "/v1", &["api.nova.amazon.com"]),
    like_openai("baseten", "/v1", &["inference.baseten.co"]),
    like_openai("chutes", "/v1", &["llm.chutes.ai"]),
    like_openai("clarifai", "/v2/ext/openai/v1", &["api.clarifai.com"]),
    like_openai("cortecs", "/v1", &["api.cortecs.ai"]),
    Row {
        also: MESSAGES,
        ..like_openai(
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
    like_openai("digitalocean", "/v1", &["inference.do-ai.run"]),
    like_openai("edenai", "/v3", &["api.edenai.run"]),
    like_openai("featherless", "/v1", &["api.featherless.ai"]),
    like_openai("friendli", "/serverless/v1", &["api.friendli.ai"]),
    like_openai("gigachat", "/api/v1", &["gigachat.devices.sberbank.ru"]),
    Row { also: MESSAGES, ..like_openai("github_copilot", "", &["api.githubcopilot.com", "api.*.githubcopilot.com"]) },
    like_openai("gmi", "/v1", &["api.gmi-serving.com"]),
    // Its proxies besides: one host for each provider, `anthropic.helicone.ai`.
    Row {
        also: Dialect::ALL,
        ..like_openai("helicone", "", &["ai-gateway.helicone.ai", "*.helicone.ai", "*.hconeai.com"])
    },
    like_openai("inception", "/v1", &["api.inceptionlabs.ai"]),
    like_openai("lambda", "/v1", &["api.lambda.ai"]),
    like_openai("meta", "/v1", &["api.meta.ai"]),
    like_openai("meta_llama", "/compat/v1", &["api.llama.com"]),
    Row { also: MESSAGES, ..like_openai("minimax", "/v1", &["api.minimax.io", "api.minimaxi.com"]) },
    like_openai("modelscope", "/v1", &["api-inference.modelscope.cn"]),
    like_openai("morph", "/v1", &["api.morphllm.com"]),
    Row { also: MESSAGES, ..like_openai("nano_gpt", "/api/v1", &["nano-gpt.com"]) },
    like_openai("nscale", "/v1", &["inference.api.nscale.com"]),
    like_openai("ovhcloud", "/v1", &["oai.endpoints.kepler.ai.cloud.ovh.net"]),
    like_openai("parasail", "/v1", &["api.parasail.io"]),
    Row { also: MESSAGES, ..like_openai("poe", "/v1", &["api.poe.com"]) },
    like_openai("publicai", "/v1", &["api.publicai.co"]),
    like_openai("reka", "/v1", &["api.reka.ai"]),
    like_openai("scaleway", "/v1", &["api.scaleway.ai"]),
    Row { also: MESSAGES, ..like_openai("synthetic", "/openai/v1", &["api.synthetic.new"]) },
    like_openai("tencent", "/v1", &["tokenhub-intl.tencentcloudmaas.com"]),
    like_openai("v0", "/v1", &["api.v0.dev"]),
    like_openai("venice", "/api/v1", &["api.venice.ai"]),
    Row { also: MESSAGES, ..like_openai("volcengine", "/api/v3", &["ark.cn-beijing.volces.com"]) },
    like_openai("wandb", "/v1", &["api.inference.wandb.ai"]),
    Row { also: MESSAGES, ..like_openai("xiaomi_mimo", "/v1", &["api.xiaomimimo.com"]) },
    Row { dialects: &[Dialect::OpenAiEmbeddings, Dialect::Rerank], ..like_openai("jina", "/v1", &["api.jina.ai"]) },
    Row {
        also: MESSAGES,
        credential: CredentialShape::XPortkeyApiKey,
        ..like_openai("portkey", "/v1", &["api.portkey.ai"])
    },
    // Gateways and products.
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
        // Its gateway hands on what any provider speaks, below the provider's name.
        also: Dialect::ALL,
        ..LIKE_OPENAI
    },
    Row {
        kind: "vercel",
        telemetry_name: "vercel_gateway",
        places: &["ai-gateway.vercel.sh"],
        also: MESSAGES_AND_RERANK,
        ..LIKE_OPENAI
    },
    Row {
        kind: "pydantic_gateway",
        telemetry_name: "pydantic_gateway",
        places: &["gateway.pydantic.dev", "gateway-*.pydantic.dev"],
        base: "/proxy/openai",
        also: Dialect::ALL,
        ..LIKE_OPENAI
    },
    Row {
        kind: "mirascope",
        telemetry_name: "mirascope_router",
        places: &["mirascope.com/router/v2"],
        base: "/router/v2/openai/v1",
        also: Dialect::ALL,
        ..LIKE_OPENAI
    },
    // Servers that one runs oneself, where they listen unless told otherwise.
    local("vllm", 8000, &["localhost:8000", "127.0.0.1:8000", "0.0.0.0:8000"], MESSAGES_AND_RERANK),
    local("llama_cpp", 8080, &["localhost:8080", "127.0.0.1:8080", "0.0.0.0:8080"], MESSAGES_AND_RERANK),
    local("lm_studio", 1234, &["localhost:1234", "127.0.0.1:1234", "0.0.0.0:1234"], MESSAGES),
    local("sglang", 30000, &["localhost:30000", "127.0.0.1:30000", "0.0.0.0:30000"], MESSAGES_AND_RERANK),
    // The port is that of many: they are no places. <https://github.com/huggingface/text-embeddings-inference>,
    // router/src/main.rs, and <https://huggingface.co/docs/text-generation-inference/reference/launcher>, read 2026-11-28.
    Row {
        dialects: &[Dialect::OpenAiEmbeddings, Dialect::Rerank, Dialect::HuggingFace],
        own: HUGGING_FACE,
        ..local("text_embeddings_inference", 3000, &[], &[])
    },
    Row { own: HUGGING_FACE, ..local("text_generation_inference", 3000, &[], &[Dialect::HuggingFace]) },
    // <https://docs.docker.com/reference/cli/docker/model/install-runner>, and its pull request docker/docs#22623, read
    // 2026-11-28.
    Row { base: "/engines/v1", ..local("docker_model_runner", 12434, &["localhost:12434", "127.0.0.1:12434"], &[]) },
    Row {
        kind: "litellm",
        telemetry_name: "litellm_proxy",
        places: &["localhost:4000", "127.0.0.1:4000", "0.0.0.0:4000"],
        also: Dialect::ALL,
        port: 4000,
        key_optional: true,
        ..LIKE_OPENAI
    },
    Row { also: &[Dialect::Rerank], ..like_openai("gpustack", "/v1", &[]) },
    Row { model_optional: true, ..like_openai("openai_compatible", "/v1", &[]) },
];
