//! Operation and dialect of each path.

use super::support::route;
use tollgate::dialect::Dialect;
use tollgate::endpoint::Route;
use tollgate::provider::{Provider, ProviderRow, ROWS};

/// Operation, dialect and model of a path.
fn told(method: &str, path: &str) -> (&'static str, Option<Dialect>, Option<String>) {
    let Route { operation, dialect, model, .. } = route(method, path);
    (operation.map_or("other", |operation| operation.name), dialect, model)
}

/// Provider and operation of a request at a URL without its scheme.
fn at(method: &str, url: &str) -> (&'static str, &'static str) {
    let (authority, path) = url.split_once('/').unwrap();
    let (host, port) = authority.split_once(':').unwrap_or((authority, "443"));
    let path = &format!("/{path}");
    let row = ProviderRow::at(host, port.parse().unwrap(), path);
    let Route { operation, .. } = Route::of(method, path, row.map_or(&[], |row| row.endpoints));
    (row.map_or("nobody", |row| row.telemetry_name), operation.map_or("other", |operation| operation.name))
}

#[test]
fn the_same_api_is_known_under_every_providers_base() {
    for path in [
        "/v1/chat/completions",
        "/chat/completions",
        "/openai/v1/chat/completions?x=1",
        "/client/v4/accounts/a1/ai/v1/chat/completions",
        "/serving-endpoints/chat/completions",
        "/models/chat/completions?api-version=2024-05-01-preview",
    ] {
        assert_eq!(told("POST", path), ("chat_completions", Some(Dialect::OpenAiChat), None), "{path}");
    }
}

#[test]
fn a_model_in_the_path_is_decoded() {
    let arn = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/ab12";
    let path = "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Aapplication-inference-profile%2Fab12/converse";
    assert_eq!(told("POST", path), ("converse", Some(Dialect::BedrockConverse), Some(arn.to_owned())));
    let deployed = told("POST", "/openai/deployments/my%20gpt/chat/completions?api-version=2024-10-21");
    assert_eq!(deployed.2.as_deref(), Some("my gpt"));
    let gemini = route("POST", "/v1beta/models/gemini-2.5-pro:streamGenerateContent?alt=sse");
    assert_eq!((gemini.model.as_deref(), gemini.stream), (Some("gemini-2.5-pro"), Some(true)));
}

#[test]
fn anthropics_agents_and_skills_are_no_unknown_paths() {
    for (method, path, operation) in [
        ("POST", "/v1/agents?beta=true", "agents"),
        ("GET", "/v1/sessions/sesn_1/events/stream?beta=true", "agents"),
        ("POST", "/v1/memory_stores/m/memories", "agents"),
        ("POST", "/v1/skills", "skills"),
        ("GET", "/v1/skills/skill_1/versions", "skills"),
        ("GET", "/v1/organizations/workspaces", "organization_usage"),
    ] {
        assert_eq!(told(method, path), (operation, None, None), "{path}");
    }
    // Mistral has an API of this name that is read.
    assert_eq!(told("POST", "/v1/agents/completions").1, Some(Dialect::OpenAiChat));
}

#[test]
fn what_vertex_ai_carries_is_read_where_its_maker_is_known() {
    let path = |behind: &str| format!("/v1/projects/p/locations/us-central1/{behind}");
    for (behind, dialect, model) in [
        ("publishers/anthropic/models/claude-x@1:rawPredict", Some(Dialect::AnthropicMessages), "claude-x@1"),
        ("publishers/mistralai/models/m:rawPredict", Some(Dialect::OpenAiChat), "m"),
        (
            "publishers/ai21/models/jamba-1.5-mini%40001:streamRawPredict",
            Some(Dialect::OpenAiChat),
            "jamba-1.5-mini@001",
        ),
        ("publishers/acme/models/m:rawPredict", None, "m"),
        ("endpoints/12345:streamRawPredict", None, "12345"),
    ] {
        let route = route("POST", &path(behind));
        assert_eq!(route.operation.map(|operation| operation.name), Some("raw_predict"), "{behind}");
        assert_eq!((route.dialect, route.model.as_deref()), (dialect, Some(model)), "{behind}");
        assert_eq!(route.location.as_deref(), Some("us-central1"), "{behind}");
    }
}

#[test]
fn bedrock_s_jobs_pass_and_its_checks_are_read() {
    for (method, path) in [
        ("POST", "/async-invoke"),
        ("GET", "/async-invoke?maxResults=5"),
        ("GET", "/async-invoke/arn%3Aaws%3Abedrock%3Aus-east-1%3A1%3Aasync-invoke%2Fa1"),
    ] {
        assert_eq!(told(method, path), ("async_invoke", None, None), "{path}");
    }
    let checks = Some(Dialect::BedrockGuardrail);
    assert_eq!(told("POST", "/guardrail-checks/invoke"), ("guardrail_checks", checks, None));
    let mantle = ProviderRow::of("bedrock_mantle").unwrap();
    let messages = told("POST", "/anthropic/v1/messages").1.unwrap();
    assert!(mantle.secondary_dialects.contains(&messages), "Claude is there, under its maker's API");
}

#[test]
fn the_models_maker_decides_how_invoke_model_is_read() {
    let dialect = |model: &str| told("POST", &format!("/model/{model}/invoke")).1;
    assert_eq!(dialect("anthropic.claude-3-haiku-20240307-v1%3A0"), Some(Dialect::AnthropicMessages));
    assert_eq!(dialect("eu.anthropic.claude-sonnet-4-5-20250929-v1:0"), Some(Dialect::AnthropicMessages));
    assert_eq!(dialect("us.amazon.nova-lite-v1:0"), Some(Dialect::BedrockNova));
    assert_eq!(dialect("amazon.titan-text-lite-v1"), Some(Dialect::BedrockTitan));
    assert_eq!(dialect("cohere.embed-english-v3"), Some(Dialect::CohereEmbed));
    assert_eq!(dialect("unheard-of"), Some(Dialect::BedrockModel));
}

#[test]
fn what_is_not_read_is_known_by_its_operation() {
    assert_eq!(told("GET", "/v1/models"), ("models", None, None));
    assert_eq!(told("GET", "/v1/files/file-1/content"), ("files", None, None));
    assert_eq!(told("POST", "/v1/threads/t1/runs"), ("assistants", None, None));
    assert_eq!(told("GET", "/v1/chat/completions"), ("chat_completions_get", None, None));
    assert_eq!(told("GET", "/v1/chat/completions/c1/messages"), ("chat_completions_get", None, None));
    assert_eq!(told("DELETE", "/v1/chat/completions/c1"), ("chat_completions_get", None, None));
    let azures = |path: &str| told("POST", &format!("/openai/{path}?api-version=2024-05-01-preview")).0;
    assert_eq!(
        [azures("assistants"), azures("threads/t1/runs"), azures("threads/t1/messages")],
        ["assistants", "assistants", "messages_other"]
    );
    assert_eq!([azures("vector_stores/v1/files"), azures("batches")], ["vector_stores", "batches"]);
    assert_eq!(told("POST", "/v1/audio/voices"), ("audio_voices", None, None));
    assert_eq!(told("GET", "/v1/skills/s1/versions"), ("skills", None, None));
    assert_eq!(told("POST", "/v1/nothing/of/the/kind"), ("other", None, None));
    assert!(route("PUT", "/v1/chat/completions").other_method.is_some());
    assert_eq!(route("GET", "/v1/messages").error_dialect(), Some(Dialect::AnthropicMessages));
}

#[test]
fn an_answer_that_is_fetched_later_is_read_as_one_that_comes_at_once() {
    let kept = told("GET", "/v1/chat/completions/c1");
    assert_eq!(kept, ("chat_completions_get", Some(Dialect::OpenAiChat), None));
    let deferred = route("GET", "/v1/chat/deferred-completion/r1");
    assert_eq!(deferred.dialect, Some(Dialect::OpenAiChat));
    assert!(deferred.operation.unwrap().counts, "the request that is answered later counts nothing");
    assert_eq!(told("POST", "/v1/decisions"), ("decisions", Some(Dialect::OpenAiResponses), None));
}

#[test]
fn a_provider_has_paths_of_its_own() {
    let told = |kind: &str, path: &str| {
        let Route { operation, dialect, .. } = Route::of("POST", path, ProviderRow::of(kind).unwrap().endpoints);
        (operation.map(|operation| operation.name), dialect)
    };
    let images = (Some("images_generations"), Some(Dialect::OpenAiImages));
    assert_eq!(told("openrouter", "/api/v1/images"), images);
    let chat = (Some("chat_completions"), Some(Dialect::OpenAiChat));
    assert_eq!(told("snowflake", "/api/v2/cortex/inference:complete"), chat);
    assert_eq!(told("openai", "/v1/images"), (None, None));
    let databricks =
        Route::of("POST", "/serving-endpoints/my-llm/invocations", ProviderRow::of("databricks").unwrap().endpoints);
    assert_eq!((databricks.dialect, databricks.model.as_deref()), (Some(Dialect::OpenAiChat), Some("my-llm")));
}

#[test]
fn what_clients_of_google_mistral_voyage_and_azure_ask_for_is_known_and_read_where_it_has_texts() {
    let vertex = "/v1/projects/p/locations/global";
    let known = |path: &str| {
        let (operation, dialect, _) = told("POST", path);
        (operation, dialect)
    };
    let generate = Some(Dialect::GeminiGenerate);
    let predict = Some(Dialect::VertexPredict);
    for (path, operation, dialect) in [
        ("/v1beta/dynamic/d1:streamGenerateContent?alt=sse", "generate_content", generate),
        (&*format!("{vertex}/endpoints/42:countTokens"), "count_tokens", generate),
        (&*format!("{vertex}/publishers/google/models/m:computeTokens"), "count_tokens", generate),
        (&*format!("{vertex}/endpoints/42:predict"), "predict", predict),
        (&*format!("{vertex}/publishers/google/models/veo:predictLongRunning"), "videos", predict),
        (&*format!("{vertex}/publishers/google/models/veo:fetchPredictOperation"), "operations", None),
        (&*format!("{vertex}/publishers/ai21/models/jamba:rawPredict"), "raw_predict", Some(Dialect::OpenAiChat)),
        (&*format!("{vertex}/endpoints/42:rawPredict"), "raw_predict", None),
        (&*format!("{vertex}/batchPredictionJobs"), "batches", None),
        (&*format!("{vertex}/tuningJobs"), "fine_tuning", None),
        ("/v1beta/models/m:asyncBatchEmbedContent", "batches", Some(Dialect::GeminiStored)),
        (&*format!("{vertex}/cachedContents"), "cached_contents", Some(Dialect::GeminiStored)),
        ("/v1beta/batches/b1:cancel", "batches", None),
        ("/v1beta/tunedModels", "fine_tuning", None),
        ("/v1/classifications", "classifications", Some(Dialect::OpenAiModerations)),
        ("/v1/chat/classifications", "classifications", Some(Dialect::OpenAiModerations)),
        ("/providers/mistral/azure/ocr", "ocr", Some(Dialect::MistralOcr)),
        ("/v1/multimodalembeddings", "embeddings", Some(Dialect::OpenAiEmbeddings)),
        ("/v1/contextualizedembeddings", "embeddings", Some(Dialect::OpenAiEmbeddings)),
        ("/v2/batches", "batches", None),
    ] {
        assert_eq!(known(path), (operation, dialect), "{path}");
    }
    assert_eq!(told("GET", "/v1beta/operations/o1"), ("operations", None, None));
}

#[test]
fn who_is_called_by_name_speaks_all_that_its_host_has() {
    let speaks = |kind: &str, dialect: Dialect| {
        let row = ProviderRow::of(kind).unwrap();
        row.dialects.iter().chain(row.secondary_dialects).any(|known| *known == dialect)
    };
    for (kind, dialect) in [
        ("mistral", Dialect::OpenAiResponses),
        ("gemini", Dialect::OpenAiImages),
        ("azure_ai_inference", Dialect::CohereV1),
        ("azure_ai_inference", Dialect::CohereV2),
        ("azure_ai_inference", Dialect::CohereEmbed),
        ("azure_ai_inference", Dialect::MistralOcr),
    ] {
        assert!(speaks(kind, dialect), "{kind} does not speak {dialect:?}");
    }
}

#[test]
fn a_host_names_its_provider() {
    let name = |host: &str, port: u16, path: &str| ProviderRow::at(host, port, path).map(|row| row.telemetry_name);
    assert_eq!(name("api.openai.com", 443, "/v1/responses"), Some("openai"));
    assert_eq!(name("API.OpenAI.com.", 443, "/v1/responses"), Some("openai"));
    assert_eq!(name("acme.openai.azure.com", 443, "/openai/v1/responses"), Some("azure.ai.openai"));
    assert_eq!(name("acme.services.ai.azure.com", 443, "/models/chat/completions"), Some("azure.ai.inference"));
    assert_eq!(name("acme.services.ai.azure.com", 443, "/openai/v1/embeddings"), Some("azure.ai.openai"));
    assert_eq!(name("bedrock-runtime.eu-west-1.amazonaws.com", 443, "/"), Some("aws.bedrock"));
    assert_eq!(name("europe-west4-aiplatform.googleapis.com", 443, "/"), Some("gcp.vertex_ai"));
    assert_eq!(name("localhost", 11434, "/api/chat"), Some("ollama"));
    assert_eq!(name("localhost", 9, "/"), None);
    assert_eq!(name("evil-openai.azure.com", 443, "/"), None);
}

#[test]
fn stored_chat_completions_are_known() {
    for (method, path) in [
        ("GET", "/v1/chat/completions?limit=2"),
        ("GET", "/v1/chat/completions/chatcmpl_1"),
        ("GET", "/v1/chat/completions/chatcmpl_1/messages"),
        ("POST", "/v1/chat/completions/chatcmpl_1"),
        ("DELETE", "/v1/chat/completions/chatcmpl_1"),
    ] {
        assert_eq!(told(method, path).0, "chat_completions_get", "{method} {path}");
    }
}

#[test]
fn azures_assistants_stores_and_batches_are_known_without_a_version_in_the_path() {
    for (path, operation) in [
        ("/openai/assistants?api-version=2024-05-01-preview", "assistants"),
        ("/openai/threads/t/runs?api-version=2024-05-01-preview", "assistants"),
        ("/openai/threads/t/messages?api-version=2024-05-01-preview", "messages_other"),
        ("/openai/vector_stores?api-version=2024-05-01-preview", "vector_stores"),
        ("/openai/batches?api-version=2024-10-21", "batches"),
        ("/openai/v1/video/generations/jobs?api-version=preview", "videos"),
    ] {
        assert_eq!(at("POST", &format!("acme.openai.azure.com{path}")), ("azure.ai.openai", operation), "{path}");
    }
    let project = "acme.services.ai.azure.com/api/projects/one";
    assert_eq!(at("POST", &format!("{project}/openai/v1/responses")), ("azure.ai.openai", "responses"));
    assert_eq!(at("POST", &format!("{project}/threads/t/runs?api-version=v1")), ("azure.ai.openai", "assistants"));
}

#[test]
fn googles_jobs_and_operations_are_known() {
    let host = "generativelanguage.googleapis.com/v1beta";
    for (method, path, operation) in [
        ("GET", "batches/b1", "batches"),
        ("POST", "batches/b1:cancel", "batches"),
        ("POST", "models/gemini-embedding-001:asyncBatchEmbedContent", "batches"),
        ("GET", "operations/o1", "operations"),
        ("GET", "models/veo-3.0/operations/o1", "operations"),
        ("POST", "models/veo-3.0:predictLongRunning", "videos"),
        ("POST", "tunedModels", "fine_tuning"),
        ("POST", "corpora", "corpora"),
        ("GET", "models/gemini-2.5-flash", "models"),
    ] {
        assert_eq!(at(method, &format!("{host}/{path}")), ("gcp.gemini", operation), "{path}");
    }
    let host = "us-central1-aiplatform.googleapis.com/v1/projects/p/locations/l";
    for (path, operation) in [
        ("tuningJobs", "fine_tuning"),
        ("batchPredictionJobs", "batches"),
        ("publishers/google/models/gemini-2.5-flash:computeTokens", "count_tokens"),
        ("publishers/google/models/veo-3.0:fetchPredictOperation", "operations"),
        ("endpoints/123:predict", "predict"),
    ] {
        assert_eq!(at("POST", &format!("{host}/{path}")), ("gcp.vertex_ai", operation), "{path}");
    }
}

#[test]
fn a_colon_before_googles_verb_may_be_encoded() {
    let path = "/v1beta/models/gemini-2.5-flash%3AgenerateContent";
    assert_eq!(told("POST", path).2.as_deref(), Some("gemini-2.5-flash"));
    assert_eq!(told("POST", &path.replace("%3A", "%3a")).0, "generate_content");
    assert_eq!(told("POST", "/v1beta/models/%3AgenerateContent").0, "other");
}

#[test]
fn a_fragment_that_a_client_or_recorder_left_in_a_path_does_not_matter() {
    assert_eq!(told("POST", "/v1/chat/completions#stream").0, "chat_completions");
    assert_eq!(told("POST", "/v1/audio/transcriptions#stream").0, "audio_transcriptions");
}

#[test]
fn a_conversation_of_mistrals_runs_a_model_and_one_of_openais_does_not() {
    let runs = |host: &str, method: &str, path: &str| {
        let row = ProviderRow::at(host, 443, path).unwrap();
        let operation = Route::of(method, path, row.endpoints).operation.unwrap();
        (operation.name, operation.runs_model, operation.counts)
    };
    assert_eq!(runs("api.mistral.ai", "POST", "/v1/conversations"), ("conversations", true, true));
    assert_eq!(runs("api.mistral.ai", "POST", "/v1/conversations/c1"), ("conversations", true, true));
    assert_eq!(runs("api.mistral.ai", "GET", "/v1/conversations/c1"), ("conversations", false, false));
    assert_eq!(runs("api.openai.com", "POST", "/v1/conversations"), ("conversations", false, false));
    assert_eq!(at("POST", "api.mistral.ai/v1/agents/completions"), ("mistral_ai", "chat_completions"));
    assert_eq!(at("PATCH", "api.mistral.ai/v1/agents/a1"), ("mistral_ai", "agents"));
}

#[test]
fn providers_own_paths_are_known() {
    for (method, url, provider, operation) in [
        ("POST", "acme.cloud.databricks.com/serving-endpoints/mine/invocations", "databricks", "chat_completions"),
        ("POST", "acme.snowflakecomputing.com/api/v2/cortex/inference:complete", "snowflake", "chat_completions"),
        ("POST", "api.voyageai.com/v1/multimodalembeddings", "voyage", "embeddings"),
        ("POST", "api.mistral.ai/v1/chat/classifications", "mistral_ai", "classifications"),
        ("POST", "eu-de.ml.cloud.ibm.com/ml/v1/text/classifications", "ibm.watsonx.ai", "other"),
        ("POST", "us-east-1.aws.wxai.ibm.com/ml/v1/text/chat", "ibm.watsonx.ai", "watsonx_chat"),
        ("GET", "eu-de.ml.cloud.ibm.com/ml/v1/foundation_model_specs", "ibm.watsonx.ai", "models"),
        ("GET", "bedrock.us-east-1.amazonaws.com/foundation-models", "aws.bedrock", "models"),
        ("POST", "bedrock-runtime.us-east-1.api.aws/model/m/converse", "aws.bedrock", "converse"),
        ("POST", "bedrock-runtime.us-east-1.api.aws/async-invoke", "aws.bedrock", "async_invoke"),
        ("POST", "bedrock-runtime.us-east-1.amazonaws.com/guardrail-checks/invoke", "aws.bedrock", "guardrail_checks"),
        ("POST", "eastus.api.cognitive.microsoft.com/openai/deployments/d/embeddings", "azure.ai.openai", "embeddings"),
        ("GET", "api.x.ai/v1/chat/deferred-completion/r1", "x_ai", "chat_completions_deferred"),
        ("POST", "e1.us-east-1.aws.endpoints.huggingface.cloud/embed", "huggingface", "hf_inference"),
        ("POST", "e1.us-east-1.aws.endpoints.huggingface.cloud/rerank", "huggingface", "rerank_v1"),
        ("POST", "huggingface.co/api/inference-proxy/together/v1/chat/completions", "huggingface", "chat_completions"),
        ("POST", "gpu-box:11434/api/chat", "ollama", "ollama_chat"),
        ("POST", "127.0.0.1:8000/rerank", "vllm", "rerank_v1"),
        ("POST", "anthropic.helicone.ai/v1/messages", "helicone", "messages"),
    ] {
        assert_eq!(at(method, url), (provider, operation), "{url}");
    }
}

#[test]
fn what_shows_an_account_or_hands_out_keys_is_left_unknown() {
    for (method, url) in [
        ("GET", "openrouter.ai/api/v1/key"),
        ("GET", "api.deepseek.com/user/balance"),
        ("GET", "api.replicate.com/v1/webhooks/default/secret"),
        ("GET", "api.replicate.com/v1/account"),
        ("GET", "api.x.ai/v1/api-key"),
        ("POST", "generativelanguage.googleapis.com/v1alpha/auth_tokens"),
        ("POST", "api.openai.com/v1/chatkit/sessions"),
    ] {
        assert_eq!(at(method, url).1, "other", "{url}");
    }
}

#[test]
fn a_model_that_only_the_path_names_is_read_there() {
    for path in [
        "/v1/account/gateway/azure-openai/acme/my-gpt/chat/completions?api-version=2024-10-21",
        "/v1/engines/my-gpt/chat/completions",
        "/v1/engines/my-gpt/completions",
        "/v1/engines/my-gpt/embeddings",
    ] {
        assert_eq!(told("POST", path).2.as_deref(), Some("my-gpt"), "{path}");
    }
    assert_eq!(at("POST", "acme.services.ai.azure.com/providers/mistral/azure/ocr").1, "ocr");
}

#[test]
fn of_replicate_all_is_known_that_its_client_asks_for() {
    for (method, url, operation) in [
        ("GET", "api.replicate.com/v1/predictions", "replicate_predictions"),
        ("GET", "stream.replicate.com/v1/streams/s1", "replicate_predictions"),
        ("GET", "stream-b.svc.ric1.c.replicate.net/v1/streams/s1", "replicate_predictions"),
        ("POST", "api.replicate.com/v1/models/acme/tiny/predictions", "replicate_predictions"),
        ("POST", "api.replicate.com/v1/deployments/acme/mine/predictions", "replicate_predictions"),
        ("POST", "api.replicate.com/v1/models/acme/tiny/versions/v1/trainings", "trainings"),
        ("POST", "api.replicate.com/v1/models", "models"),
        ("PATCH", "api.replicate.com/v1/deployments/acme/mine", "deployments"),
    ] {
        assert_eq!(at(method, url), ("replicate", operation), "{method} {url}");
    }
}

#[test]
fn what_goes_through_a_gateway_below_its_providers_name_is_spoken_by_the_gateway() {
    for path in [
        "anthropic/v1/messages",
        "google-ai-studio/v1beta/models/gemini-2.5-flash:generateContent",
        "aws-bedrock/bedrock-runtime/us-east-1/model/amazon.nova-lite-v1:0/converse",
        "cohere/v2/chat",
        "replicate/predictions",
    ] {
        let path = format!("/v1/account/gateway/{path}");
        let row = ProviderRow::at("gateway.ai.cloudflare.com", 443, &path).unwrap();
        let dialect = route("POST", &path).dialect.unwrap();
        assert!(Provider::new("cloudflare", row, "key").speaks(dialect), "{path}");
    }
    for kind in ["fireworks", "databricks", "minimax", "xai", "bedrock_mantle", "portkey", "vllm", "dashscope", "poe"] {
        let row = ROWS.iter().find(|row| row.kind == kind).unwrap();
        assert!(Provider::new(kind, row, "key").speaks(Dialect::AnthropicMessages), "{kind}");
    }
}

#[test]
fn a_hostile_path_is_an_unknown_one() {
    assert_eq!(told("POST", &"/a".repeat(100_000)).0, "other");
    assert_eq!(told("POST", &"/models/%zz".repeat(400)).0, "other");
    assert_eq!(told("POST", "/model//converse").0, "other");
    assert_eq!(told("POST", "").0, "other");
}
