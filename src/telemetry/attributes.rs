//! The table of attributes: every name that a span may have, in its current and its deprecated spelling.
//!
//! `gen_ai.*` and `openai.*` names are those of OpenTelemetry's GenAI conventions (registry of 2026-08-03 with the
//! changes merged until 2026-09). Deprecated names are those that a released convention once gave the same fact, as
//! version 1.44.0 of the core conventions lists them. They keep changing: no other file spells one.

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Attribute {
    /// The name in the current conventions, or Tollgate's own; with `<kind>` at its end, one for each kind.
    pub latest: &'static str,
    /// The name without the word in angle brackets at its end, a stand-in for one of several.
    pub stem: &'static str,
    /// The deprecated name.
    pub legacy: Legacy,
    /// Type of its values.
    pub value: ValueType,
    /// Convention that defines it.
    pub source: Source,
    /// Meaning, in Markdown.
    pub meaning: &'static str,
}

/// The deprecated name of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Legacy {
    /// No deprecated name: the current one is used also where deprecated names are requested.
    None,
    /// One deprecated name.
    Name(&'static str),
    /// A deprecated name for OpenAI only, and none for other providers.
    OpenAi(&'static str),
}

/// Type of an attribute's values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// A string.
    String,
    /// A whole number.
    Int,
    /// A floating-point number.
    Double,
    /// True, or the attribute is absent.
    Boolean,
    /// A list of strings.
    Strings,
    /// JSON in a string.
    Json,
}

/// Convention that defines an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// OpenTelemetry's GenAI conventions.
    GenAi,
    /// OpenTelemetry's general conventions.
    General,
    /// No convention, but Langfuse reads it.
    Langfuse,
    /// Tollgate.
    Tollgate,
}

/// All attributes, in their order on a span.
pub fn attributes() -> impl Iterator<Item = &'static Attribute> {
    TABLE.iter()
}

impl Attribute {
    /// The deprecated name, for any provider.
    pub const fn legacy_name(&self) -> Option<&'static str> {
        match self.legacy {
            Legacy::None => None,
            Legacy::Name(name) | Legacy::OpenAi(name) => Some(name),
        }
    }
}

impl ValueType {
    /// Word for the type, as the conventions write it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Int => "int",
            Self::Double => "double",
            Self::Boolean => "boolean",
            Self::Strings => "string[]",
            Self::Json => "JSON string",
        }
    }
}

/// The deprecated `gen_ai.system` value of a provider's name: most are the same.
pub(super) fn legacy_provider(provider: &str) -> &str {
    match provider {
        "azure.ai.inference" => "az.ai.inference",
        "azure.ai.openai" => "az.ai.openai",
        "gcp.vertex_ai" => "vertex_ai",
        "gcp.gemini" => "gemini",
        "x_ai" => "xai",
        same => same,
    }
}

/// Returns a name without the word in angle brackets at its end.
const fn stem(name: &'static str) -> &'static str {
    let mut end = 0;
    while let Some((before, [byte, ..])) = name.as_bytes().split_at_checked(end)
        && *byte != b'<'
    {
        end = before.len() + 1;
    }
    match name.split_at_checked(end) {
        Some((stem, _)) => stem,
        None => name,
    }
}

/// Declares each row as a constant, and [`TABLE`] with all of them, so that it misses no row.
macro_rules! table {
    ($($row:ident: $latest:literal, $legacy:expr, $value:ident, $source:ident, $meaning:literal;)*) => {
        $(pub(super) const $row: Attribute = Attribute {
            latest: $latest,
            stem: stem($latest),
            legacy: $legacy,
            value: ValueType::$value,
            source: Source::$source,
            meaning: $meaning,
        };)*

        const TABLE: &[Attribute] = &[$($row),*];
    };
}

use Legacy::{Name, None as Same, OpenAi};

table! {
    OPERATION: "gen_ai.operation.name", Same, String, GenAi,
        "the operation, such as `chat`; absent when the path is unknown";
    API_OPERATION: "tollgate.api.operation", Same, String, Tollgate,
        "the operation in the API's own word, such as `chat_completions`, `converse` or `invoke_model`";
    PROVIDER: "gen_ai.provider.name", Name("gen_ai.system"), String, GenAi,
        "the provider, such as `openai`; absent when the call was refused before one was chosen";
    API_TYPE: "openai.api.type", Same, String, GenAi,
        "OpenAI's API, such as `chat_completions`";
    SERVER_ADDRESS: "server.address", Same, String, General,
        "the provider's host";
    SERVER_PORT: "server.port", Same, Int, General,
        "the provider's port";
    REQUEST_MODEL: "gen_ai.request.model", Same, String, GenAi,
        "the model asked for";
    ATTEMPT_PROVIDERS: "tollgate.attempts.providers", Same, Strings, Tollgate,
        "the provider of each attempt, in order, where the settings have targets for the model; the answer is the last one's";
    ATTEMPT_MODELS: "tollgate.attempts.models", Same, Strings, Tollgate,
        "the model's name there, in the same order";
    ATTEMPT_ENDS: "tollgate.attempts.ends", Same, Strings, Tollgate,
        "how each attempt ended, in the same order: why the call went on (`status 429`, `error_event`, `context_length`, \
         `content_policy`, `not_reached`, `timed_out`, `reset`, `no_host`), or why it did not get there (`untranslatable`, \
         `translation_loss`), and of the last one the status of an error, or the \
         call's outcome";
    ATTEMPT_DURATIONS: "tollgate.attempts.durations", Same, Strings, Tollgate,
        "seconds that each attempt took, in the same order, where there may be several";
    ROUTE_REASON: "tollgate.route.reason", Same, String, Tollgate,
        "why the model's first target was the first: `order`, `weight`, `consistent`, `cheapest`, `fastest`, `least_used`, \
         `unmeasured`";
    ROUTE_PASSED_OVER: "tollgate.route.passed_over", Same, Strings, Tollgate,
        "the model's targets that were left out or put last, each as `provider/model: reason`: `api`, a condition (`path`, \
         `header`, `team`, `text`, `hours`), `quality`, a need of the request (`tools`, `images`, `audio`, `documents`, \
         `schema`, `context_length`), `rests`, `no_host`";
    SHADOW: "tollgate.shadow", Same, Boolean, Tollgate,
        "`true` on the span of a shadow, a child of its call's: no client got its answer, and its usage and cost are on no \
         other span";
    ATTEMPT_LOST: "tollgate.attempts.lost", Same, Strings, Tollgate,
        "`tollgate.lost.request` of each attempt, in the same order, its names joined by `, `; absent where there is one \
         attempt, or nothing was lost";
    LOST_REQUEST: "tollgate.lost.request", Same, Strings, Tollgate,
        "what the provider could not be told of the request, because it speaks another API than the client: members by their \
         paths in the client's request (`messages[].name`), never their values, anything else by its kind; at most 32";
    LOST_ANSWER: "tollgate.lost.answer", Same, Strings, Tollgate,
        "likewise what the client could not be told of the answer; of a stream each kind once, and no members that only the \
         provider's API has";
    STREAM: "gen_ai.request.stream", Same, Boolean, GenAi,
        "`true` when a streamed answer was asked for, else absent";
    MAX_TOKENS: "gen_ai.request.max_tokens", Same, Int, GenAi,
        "upper bound of output tokens asked for";
    TEMPERATURE: "gen_ai.request.temperature", Same, Double, GenAi,
        "sampling temperature asked for";
    TOP_P: "gen_ai.request.top_p", Same, Double, GenAi,
        "nucleus sampling asked for";
    TOP_K: "gen_ai.request.top_k", Same, Int, GenAi,
        "top-k sampling asked for";
    FREQUENCY_PENALTY: "gen_ai.request.frequency_penalty", Same, Double, GenAi,
        "frequency penalty asked for";
    PRESENCE_PENALTY: "gen_ai.request.presence_penalty", Same, Double, GenAi,
        "presence penalty asked for";
    SEED: "gen_ai.request.seed", OpenAi("gen_ai.openai.request.seed"), Int, GenAi,
        "seed asked for";
    CHOICES: "gen_ai.request.choice.count", Same, Int, GenAi,
        "choices asked for, when not one";
    STOP: "gen_ai.request.stop_sequences", Same, Strings, GenAi,
        "stop sequences asked for";
    REASONING_LEVEL: "gen_ai.request.reasoning.level", Same, String, GenAi,
        "level of reasoning asked for, in the provider's word";
    OUTPUT_TYPE: "gen_ai.output.type", Same, String, GenAi,
        "output format asked for: `text`, `json`, `image` or `speech`";
    REQUEST_TIER: "openai.request.service_tier", Name("gen_ai.openai.request.service_tier"), String, GenAi,
        "service tier asked for, when not `auto`; OpenAI only";
    RESPONSE_ID: "gen_ai.response.id", Same, String, GenAi,
        "the provider's id of the answer";
    RESPONSE_MODEL: "gen_ai.response.model", Same, String, GenAi,
        "the model that answered";
    FINISH_REASONS: "gen_ai.response.finish_reasons", Same, Strings, GenAi,
        "why each choice ended, in the provider's word; `error` where it broke off";
    FIRST_CHUNK: "gen_ai.response.time_to_first_chunk", Same, Double, GenAi,
        "seconds until the first event of a streamed answer that has data: comments only keep the connection alive";
    FIRST_TOKEN: "tollgate.response.time_to_first_token", Same, Double, Tollgate,
        "seconds until the first piece of a streamed answer that has text or a tool call in it";
    TOKEN_GAP: "tollgate.response.time_between_tokens", Same, Double, Tollgate,
        "mean seconds from one such piece to the next";
    LONGEST_GAP: "tollgate.response.longest_gap", Same, Double, Tollgate,
        "the longest such time, in seconds";
    REFUSED: "tollgate.response.refused", Same, Boolean, Tollgate,
        "`true` when the model refused to answer, where the provider has a word for that";
    CHOICES_ANSWERED: "tollgate.response.choices", Same, Int, Tollgate,
        "how many choices came, when not one";
    DIMENSIONS: "gen_ai.embeddings.dimension.count", Same, Int, GenAi,
        "numbers in each vector of an embedding";
    REQUEST_ID: "tollgate.provider.request_id", Same, String, Tollgate,
        "by which id the provider's support finds the call";
    RESPONSE_TIER: "openai.response.service_tier", Name("gen_ai.openai.response.service_tier"), String, GenAi,
        "service tier used; OpenAI only";
    FINGERPRINT: "openai.response.system_fingerprint",
        Name("gen_ai.openai.response.system_fingerprint"), String, GenAi,
        "OpenAI's `system_fingerprint`";
    INPUT_TOKENS: "gen_ai.usage.input_tokens", Name("gen_ai.usage.prompt_tokens"), Int, GenAi,
        "all input tokens, cached ones included";
    CACHE_READ: "gen_ai.usage.cache_read.input_tokens", Same, Int, GenAi,
        "of these, read from the provider's cache";
    CACHE_WRITE: "gen_ai.usage.cache_write.input_tokens",
        Name("gen_ai.usage.cache_creation.input_tokens"), Int, GenAi,
        "of these, written to the provider's cache";
    AUDIO_INPUT: "gen_ai.usage.audio.input_tokens", Same, Int, GenAi,
        "of these, audio, when any";
    OUTPUT_TOKENS: "gen_ai.usage.output_tokens", Name("gen_ai.usage.completion_tokens"), Int, GenAi,
        "all output tokens, reasoning included";
    REASONING_TOKENS: "gen_ai.usage.reasoning.output_tokens", Same, Int, GenAi,
        "of these, spent on reasoning";
    IMAGE_INPUT: "gen_ai.usage.image.input_tokens", Same, Int, GenAi,
        "of all input tokens, images, when any";
    IMAGE_OUTPUT: "gen_ai.usage.image.output_tokens", Same, Int, GenAi,
        "of all output tokens, images, when any";
    AUDIO_OUTPUT: "gen_ai.usage.audio.output_tokens", Same, Int, GenAi,
        "of these, audio, when any";
    USAGE_UNITS: "tollgate.usage.<bucket>", Same, Int, Tollgate,
        "what was counted that is not in the token counts above: `searches`, `input_seconds`, `output_images`, `pages`, \
         `cache_write_1h`, `tool_input`, …";
    USAGE_ESTIMATED: "tollgate.usage.estimated", Same, Boolean, Tollgate,
        "`true` when the provider reported no usage and the settings ask for an estimate, which this then is";
    COUNTED: "tollgate.counted.<count>", Same, Int, Tollgate,
        "what was counted of another call, in place of `gen_ai.usage.<count>` and `tollgate.usage.<count>`, so that no sum \
         has it twice: tokens counted before they are sent, an answer fetched again, a prediction looked after";
    USAGE_COST: "gen_ai.usage.cost", Same, Double, Langfuse,
        "the cost in US dollars, for those who read numbers; not in the conventions, Langfuse reads it";
    COST_TOTAL: "tollgate.cost.total", Same, String, Tollgate,
        "the cost in US dollars, exact to the last digit";
    COST_PART: "tollgate.cost.<bucket>", Same, String, Tollgate,
        "of it, what one bucket cost, such as `input`, `cache_read`, `output` or `reasoning`";
    COST_REPORTED: "tollgate.cost.reported", Same, String, Tollgate,
        "what the provider itself said that the call cost, in its currency and as it wrote it; xAI's ticks as US dollars";
    COST_ENTRY: "tollgate.cost.entry", Same, String, Tollgate,
        "the price book's entry that matched, or the entries of all models that the call ran";
    COST_UNKNOWN: "tollgate.cost.unknown", Same, String, Tollgate,
        "why the cost is not known: `model`, `usage`, `bucket`, `time`, or a fee of which the answer does not tell how \
         much: `web_search`, `file_search`, `map_search`, `code_execution`, `image_generation`, `guardrail`, \
         `prompt_router`, `tool`; absent where nothing was bought: the call was refused, reached no provider, or was \
         answered by an error alone";
    OUTCOME: "tollgate.outcome", Same, String, Tollgate,
        "`answered`, `failed`, `refused`, `cut_by_client` or `cut_by_provider`";
    ERROR_TYPE: "error.type", Same, String, General,
        "what went wrong: the provider's error type, a refusal's code, `client_disconnected`, `stream_truncated`, …; where Envoy has answered itself, its own word for why, such as `upstream_reset_before_response_started` or `response_timeout`";
    PROVIDER_ERROR: "tollgate.provider.error.type", Same, String, Tollgate,
        "the provider's type of error, where it is a word and no sentence; absent where Envoy has answered itself";
    PROVIDER_ERROR_CODE: "tollgate.provider.error.code", Same, String, Tollgate,
        "its code";
    STATUS: "http.response.status_code", Same, Int, General,
        "the HTTP status that the client got; absent when it went before any";
    KEY_ID: "tollgate.key.id", Same, String, Tollgate,
        "the virtual key's id, never the key";
    TEAM: "tollgate.team", Same, String, Tollgate,
        "the team that the key belongs to";
    USER: "user.id", Same, String, General,
        "the user: the key's, or the one that the client named";
    FEATURE: "tollgate.feature", Same, String, Tollgate,
        "the feature: the key's, or the one that the client named";
    TOOL_CALLS: "tollgate.tool_calls", Same, Strings, Tollgate,
        "names of the tools that the model asked the client to run, in order";
    TOOL_CALL_IDS: "tollgate.tool_calls.ids", Same, Strings, Tollgate,
        "their ids, in the same order";
    BUILTIN_TOOL_CALLS: "tollgate.tool_calls.builtin", Same, Strings, Tollgate,
        "names of the tools that the provider ran itself, in order";
    REDACTED: "tollgate.redacted.<kind>", Same, Int, Tollgate,
        "how many values of a kind were replaced before the provider saw them";
    GUARD: "tollgate.guard", Same, String, Tollgate,
        "what the guard said: `allowed`, `refused`, `failed` (no verdict, so the settings decided) or `abandoned` (the \
         call ended first)";
    GUARD_RULE: "tollgate.guard.rule", Same, String, Tollgate,
        "the guard's rule that decided";
    GUARD_ERROR: "tollgate.guard.error", Same, String, Tollgate,
        "why there is no verdict: `no_answer`, a status, `too_long` or `malformed`; Envoy answers 503 for a guard that is \
         not reached and 504 for one that takes too long";
    GUARD_DURATION: "tollgate.guard.duration", Same, Double, Tollgate,
        "seconds until the guard answered";
    NOTES: "tollgate.notes", Same, Strings, Tollgate,
        "what could not be done, see below";
    INPUT_HASH: "tollgate.content.input.sha256", Same, String, Tollgate,
        "SHA-256 of all input texts, each followed by a zero byte; where the settings keep hashes";
    OUTPUT_HASH: "tollgate.content.output.sha256", Same, String, Tollgate,
        "SHA-256 of the output's texts, a zero byte between them; where the settings keep hashes";
    SYSTEM_INSTRUCTIONS: "gen_ai.system_instructions", Same, Json, GenAi,
        "the system prompt, where it stands apart from the messages; where the settings keep content";
    INPUT_MESSAGES: "gen_ai.input.messages", Same, Json, GenAi,
        "the conversation, with media by their address, file or size (`size`, in bytes), not their data; where the settings keep content";
    OUTPUT_MESSAGES: "gen_ai.output.messages", Same, Json, GenAi,
        "the answer; where the settings keep content";
}
