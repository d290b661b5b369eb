//! Operations: requests that providers serve, named as in their APIs and in the semantic conventions.

/// Properties of an operation, determined by its path alone.
#[derive(Debug, PartialEq, Eq)]
pub struct Operation {
    /// Name in the API: `chat_completions`.
    pub name: &'static str,
    /// `gen_ai.operation.name`: a value of the conventions if they have one (OpenTelemetry GenAI, registry of
    /// 2026-08-03), else a value in the same style.
    pub telemetry: &'static str,
    /// `openai.api.type`, for the provider OpenAI.
    pub api_type: Option<&'static str>,
    /// Set when a request may omit its model and the provider chooses one.
    pub model_optional: bool,
    /// Set when an answer's counts are the call's own. Counts of a job, a stored answer or an estimate belong to
    /// another call, or to none.
    pub counts: bool,
    /// Set when the operation's texts outlive the call at the provider, or are of earlier calls.
    pub stored: bool,
    /// Set when the operation may run a model: a key limited to some models may not pass such a request unread.
    pub runs_model: bool,
    /// Set when a request's body may hold users' texts.
    pub carries_text: bool,
    /// Set when an answer holds vectors, and at most little text: it goes to the client while it is read.
    pub answers_vectors: bool,
    /// Set for administration of the provider's account, forbidden to every virtual key.
    pub administers: bool,
}

const fn runs(name: &'static str, telemetry: &'static str) -> Operation {
    Operation {
        name,
        telemetry,
        api_type: None,
        model_optional: false,
        counts: true,
        stored: false,
        runs_model: true,
        carries_text: true,
        answers_vectors: false,
        administers: false,
    }
}

const fn chooses(name: &'static str, telemetry: &'static str) -> Operation {
    Operation { model_optional: true, ..runs(name, telemetry) }
}

/// Operation that answers with vectors.
const fn embeds(name: &'static str) -> Operation {
    Operation { answers_vectors: true, ..runs(name, "embeddings") }
}

const fn keeps(name: &'static str) -> Operation {
    Operation { model_optional: true, counts: false, runs_model: false, ..runs(name, name) }
}

const fn fetches(name: &'static str, telemetry: &'static str) -> Operation {
    Operation { telemetry, stored: true, ..keeps(name) }
}

/// Operation whose requests leave texts with the provider for later calls.
const fn stores(name: &'static str) -> Operation {
    Operation { stored: true, ..keeps(name) }
}

/// Operation whose requests name things and hold no texts.
const fn names(name: &'static str) -> Operation {
    Operation { carries_text: false, ..keeps(name) }
}

const fn jobs(name: &'static str, telemetry: &'static str) -> Operation {
    Operation { counts: false, ..runs(name, telemetry) }
}

/// Operation whose requests leave texts with the provider, for calls that it makes later.
const fn stored_jobs(name: &'static str, telemetry: &'static str) -> Operation {
    Operation { model_optional: true, stored: true, ..jobs(name, telemetry) }
}

macro_rules! operations {
    ($($constant:ident = $operation:expr;)*) => {
        $(pub(super) const $constant: &Operation = &$operation;)*

        impl Operation {
            /// Every operation. Some APIs share names.
            pub const ALL: &'static [&'static Self] = &[$($constant),*];
        }
    };
}

operations! {
    // OpenAI
    CHAT = Operation { api_type: Some("chat_completions"), ..runs("chat_completions", "chat") };
    CHAT_GET = fetches("chat_completions_get", "fetch_completion");
    CHAT_DEFERRED = Operation { stored: true, ..chooses("chat_completions_deferred", "chat") };
    COMPLETIONS = runs("completions", "text_completion");
    RESPONSES = Operation { api_type: Some("responses"), ..chooses("responses", "chat") };
    RESPONSES_COMPACT = Operation { api_type: Some("responses"), ..runs("responses_compact", "chat") };
    RESPONSES_COUNT_TOKENS = keeps("responses_count_tokens");
    RESPONSES_GET = fetches("responses_get", "fetch_response");
    DECISIONS = runs("decisions", "decision");
    EMBEDDINGS = embeds("embeddings");
    IMAGES_GENERATIONS = chooses("images_generations", "image_generation");
    IMAGES_EDITS = chooses("images_edits", "image_edit");
    IMAGES_VARIATIONS = chooses("images_variations", "image_variation");
    VIDEOS = jobs("videos", "video_generation");
    SPEECH = chooses("audio_speech", "speech");
    TRANSCRIPTIONS = chooses("audio_transcriptions", "transcription");
    TRANSLATIONS = runs("audio_translations", "translation");
    VOICES = keeps("audio_voices");
    MODERATIONS = chooses("moderations", "moderation");
    CLASSIFICATIONS = runs("classifications", "classification");
    MODELS = keeps("models");
    FILES = keeps("files");
    UPLOADS = keeps("uploads");
    BATCHES = jobs("batches", "batches");
    FINE_TUNING = jobs("fine_tuning", "fine_tuning");
    ASSISTANTS = jobs("assistants", "assistants");
    THREAD_MESSAGES = keeps("messages_other");
    CONVERSATIONS = stores("conversations");
    VECTOR_STORES = keeps("vector_stores");
    CONTAINERS = keeps("containers");
    EVALS = jobs("evals", "evals");
    SKILLS = keeps("skills");
    REALTIME = runs("realtime", "realtime");
    ORGANIZATION = Operation { administers: true, ..keeps("organization_usage") };
    // Anthropic
    MESSAGES = runs("messages", "chat");
    MESSAGES_COUNT_TOKENS = keeps("messages_count_tokens");
    MESSAGES_BATCHES = stored_jobs("messages_batches", "batches");
    COMPLETE = runs("complete", "text_completion");
    AGENTS = jobs("agents", "agents");
    // Google
    GENERATE_CONTENT = runs("generate_content", "generate_content");
    EMBED_CONTENT = embeds("embed_content");
    BATCH_EMBED_CONTENTS = embeds("batch_embed_contents");
    COUNT_TOKENS = keeps("count_tokens");
    PREDICT = runs("predict", "embeddings");
    RAW_PREDICT = runs("raw_predict", "chat");
    INTERACTIONS = chooses("interactions", "chat");
    CACHED_CONTENTS = stores("cached_contents");
    GEMINI_BATCHES = stored_jobs("batches", "batches");
    CORPORA = keeps("corpora");
    FILE_SEARCH_STORES = keeps("file_search_stores");
    OPERATIONS = names("operations");
    // AWS
    CONVERSE = runs("converse", "chat");
    INVOKE_MODEL = runs("invoke_model", "chat");
    APPLY_GUARDRAIL = keeps("apply_guardrail");
    GUARDRAIL_CHECKS = keeps("guardrail_checks");
    ASYNC_INVOKE = jobs("async_invoke", "batches");
    // Cohere, Voyage and similar APIs; v1 has a default model.
    CHAT_V1 = chooses("chat_v1", "chat");
    CHAT_V2 = runs("chat_v2", "chat");
    GENERATE_V1 = chooses("generate_v1", "text_completion");
    SUMMARIZE_V1 = chooses("summarize_v1", "text_completion");
    CLASSIFY_V1 = chooses("classify_v1", "classification");
    PARSE_V2 = runs("parse_v2", "ocr");
    EMBED_V1 = Operation { model_optional: true, ..embeds("embed_v1") };
    EMBED_V2 = embeds("embed_v2");
    RERANK_V1 = chooses("rerank_v1", "rerank");
    RERANK_V2 = runs("rerank_v2", "rerank");
    TOKENIZE = keeps("tokenize");
    EMBED_JOBS = jobs("embed_jobs", "embeddings");
    DATASETS = keeps("datasets");
    // Mistral, whose conversations run a model, or an agent that names one.
    OCR = runs("ocr", "ocr");
    MISTRAL_CONVERSATIONS = chooses("conversations", "chat");
    MISTRAL_CONVERSATIONS_APPEND = Operation { stored: true, ..chooses("conversations", "chat") };
    LIBRARIES = keeps("libraries");
    // Ollama
    OLLAMA_CHAT = runs("ollama_chat", "chat");
    OLLAMA_GENERATE = runs("ollama_generate", "text_completion");
    OLLAMA_EMBED = embeds("ollama_embed");
    SYSTEM_ONE = runs("systemone", "classification");
    OLLAMA_WEB_SEARCH = keeps("ollama_web_search");
    OLLAMA_SHOW = names("ollama_show");
    OLLAMA_MODELS = keeps("ollama_models");
    // Others
    HF_INFERENCE = chooses("hf_inference", "text_completion");
    WATSONX_GENERATION = runs("watsonx_generation", "text_completion");
    WATSONX_CHAT = runs("watsonx_chat", "chat");
    WATSONX_EMBEDDINGS = embeds("watsonx_embeddings");
    WATSONX_RERANK = runs("watsonx_rerank", "rerank");
    WATSONX_TOKENIZATION = keeps("watsonx_tokenization");
    WATSONX_TIME_SERIES = runs("watsonx_time_series", "time_series");
    REPLICATE_PREDICTIONS = chooses("replicate_predictions", "text_completion");
    REPLICATE_PREDICTIONS_GET = fetches("replicate_predictions", "fetch_prediction");
    TRAININGS = jobs("trainings", "fine_tuning");
    DEPLOYMENTS = names("deployments");
}
