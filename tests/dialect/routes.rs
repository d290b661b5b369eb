//! Which path is which operation, in which dialect.

use super::support::route;
use tollgate::dialect::{Dialect, Route};
use tollgate::provider::Row;

/// Operation, dialect and model of a path.
fn told(method: &str, path: &str) -> (&'static str, Option<Dialect>, Option<String>) {
    let Route { operation, dialect, model, .. } = route(method, path);
    (operation.map_or("other", |operation| operation.name), dialect, model)
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
    let mantle = Row::of("bedrock_mantle").unwrap();
    let messages = told("POST", "/anthropic/v1/messages").1.unwrap();
    assert!(mantle.also.contains(&messages), "Claude is there, under its maker's API");
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
    assert_eq!(told("POST", "/v1/audio/voices"), ("audio_voices", None, None));
    assert_eq!(told("GET", "/v1/skills/s1/versions"), ("skills", None, None));
    assert_eq!(told("POST", "/v1/nothing/of/the/kind"), ("other", None, None));
    assert!(route("PUT", "/v1/chat/completions").other_method.is_some());
    assert_eq!(route("GET", "/v1/messages").voice(), Some(Dialect::AnthropicMessages));
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
        let Route { operation, dialect, .. } = Route::of("POST", path, Row::of(kind).unwrap().own);
        (operation.map(|operation| operation.name), dialect)
    };
    let images = (Some("images_generations"), Some(Dialect::OpenAiImages));
    assert_eq!(told("openrouter", "/api/v1/images"), images);
    let chat = (Some("chat_completions"), Some(Dialect::OpenAiChat));
    assert_eq!(told("snowflake", "/api/v2/cortex/inference:complete"), chat);
    assert_eq!(told("openai", "/v1/images"), (None, None));
    let databricks = Route::of("POST", "/serving-endpoints/my-llm/invocations", Row::of("databricks").unwrap().own);
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
        ("/v1beta/models/m:asyncBatchEmbedContent", "batches", None),
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
        let row = Row::of(kind).unwrap();
        row.dialects.iter().chain(row.also).any(|known| *known == dialect)
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
    let name = |host: &str, port: u16, path: &str| Row::at(host, port, path).map(|row| row.telemetry_name);
    assert_eq!(name("api.openai.com", 443, "/v1/responses"), Some("openai"));
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
fn a_hostile_path_is_an_unknown_one() {
    assert_eq!(told("POST", &"/a".repeat(100_000)).0, "other");
    assert_eq!(told("POST", &"/models/%zz".repeat(400)).0, "other");
    assert_eq!(told("POST", "/model//converse").0, "other");
    assert_eq!(told("POST", "").0, "other");
}
