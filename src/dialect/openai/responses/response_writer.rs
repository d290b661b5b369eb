//! Writer of a response and its output items, for whole answers and for the events of a stream.
//! <https://platform.openai.com/docs/api-reference/responses/object> and `Response` of the openai SDK 3.57.0, read
//! 2026-11-29.

use crate::dialect::openai::chat::is_tier;
use crate::document::JsonWriter;
use crate::model::{Carrier, FinishReason, Maker, PartKind, Proof, ProviderError, ReasoningPart};
use crate::usage::{Bucket, Usage};

/// Response to be written. Texts are the inside of JSON strings.
#[derive(Default)]
pub(super) struct WrittenResponse<'r> {
    pub(super) id: &'r str,
    pub(super) model: &'r str,
    pub(super) created: u64,
    /// Items of the output, as JSON.
    pub(super) items: &'r [String],
    pub(super) end: ResponseEnd<'r>,
    pub(super) service_tier: Option<&'r str>,
    pub(super) usage: Option<&'r Usage>,
}

/// State of a response.
#[derive(Clone, Copy, Default)]
pub(super) enum ResponseEnd<'r> {
    /// It goes on.
    #[default]
    Open,
    /// It ended for a reason.
    Finished(FinishReason),
    /// It failed.
    Failed(&'r ProviderError),
}

impl ResponseEnd<'_> {
    /// Word for the state, and the reason where the output is cut.
    pub(super) const fn words(self) -> (&'static str, Option<&'static str>) {
        match self {
            Self::Open => ("in_progress", None),
            Self::Failed(_) | Self::Finished(FinishReason::Error) => ("failed", None),
            Self::Finished(FinishReason::Length) => ("incomplete", Some("max_output_tokens")),
            Self::Finished(FinishReason::ContentFilter | FinishReason::Refusal) => {
                ("incomplete", Some("content_filter"))
            }
            Self::Finished(_) => ("completed", None),
        }
    }

    /// Word for the state of the last item.
    pub(super) const fn item_status(self) -> &'static str {
        match self.words().1 {
            Some(_) => "incomplete",
            None => "completed",
        }
    }
}

/// Writes a response. What a client's SDK requires and only the request knows has its default.
pub(super) fn write_response(json: &mut JsonWriter, response: &WrittenResponse<'_>) {
    let (status, incomplete) = response.end.words();
    json.begin_object().name("id").escaped(response.id).name("object").string("response");
    json.name("created_at").raw(&response.created.to_string()).name("status").string(status);
    json.name("error");
    match response.end {
        ResponseEnd::Failed(error) => write_reason(json, error),
        ResponseEnd::Finished(FinishReason::Error) => {
            let message = "The model's output is broken.".to_owned();
            write_reason(json, &ProviderError { message, ..ProviderError::default() });
        }
        _ => drop(json.raw("null")),
    }
    json.name("incomplete_details");
    match incomplete {
        Some(reason) => json.begin_object().name("reason").string(reason).end_object(),
        None => json.raw("null"),
    };
    json.name("instructions").raw("null").name("metadata").raw("{}").name("model").escaped(response.model);
    json.name("output").begin_array();
    for item in response.items {
        json.raw(item);
    }
    json.end_array().name("parallel_tool_calls").raw("true");
    if let Some(tier) = response.service_tier.filter(|tier| is_tier(tier)) {
        json.name("service_tier").escaped(tier);
    }
    json.name("temperature").raw("null").name("text").raw(r#"{"format":{"type":"text"}}"#);
    json.name("tool_choice").string("auto").name("tools").raw("[]").name("top_p").raw("null").name("usage");
    match response.usage {
        Some(usage) => write_usage(json, usage),
        None => drop(json.raw("null")),
    }
    json.end_object();
}

/// Writes the reason of a failure, in one of the words that a client's SDK knows.
fn write_reason(json: &mut JsonWriter, error: &ProviderError) {
    let code = match error.status() {
        429 => "rate_limit_exceeded",
        400..=499 => "invalid_prompt",
        _ => "server_error",
    };
    json.begin_object().name("code").string(code).name("message").string(&error.message).end_object();
}

/// Writes the usage: the input includes cached tokens, the output those spent on reasoning. All counts are required.
fn write_usage(json: &mut JsonWriter, usage: &Usage) {
    let count = |count: Option<u64>| count.unwrap_or(0).to_string();
    let (input, output) = (usage.input_total().unwrap_or(0), usage.output_total().unwrap_or(0));
    json.begin_object().name("input_tokens").raw(&input.to_string());
    json.name("input_tokens_details").begin_object();
    json.name("cached_tokens").raw(&count(usage.cache_read_total()));
    json.name("cache_write_tokens").raw(&count(usage.cache_write_total())).end_object();
    json.name("output_tokens").raw(&output.to_string()).name("output_tokens_details").begin_object();
    json.name("reasoning_tokens").raw(&count(usage.count(Bucket::Reasoning))).end_object();
    json.name("total_tokens").raw(&input.saturating_add(output).to_string()).end_object();
}

/// Returns the id of an item, made from that of the answer: the same each time.
pub(super) fn item_id(kind: &str, answer: &str, index: usize) -> String {
    let own = match answer.split_once(['-', '_']) {
        Some((prefix, rest)) if prefix.bytes().all(|byte| byte.is_ascii_lowercase()) => rest,
        _ => answer,
    };
    let own: String = own.chars().filter(char::is_ascii_alphanumeric).take(40).collect();
    format!("{kind}_{own}_{index}")
}

/// Writes a part of a message: text, or a refusal.
pub(super) fn content_part(kind: PartKind, text: &str, logprobs: Option<&str>) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("type");
    match kind {
        PartKind::Refusal => drop(json.string("refusal").name("refusal").escaped(text)),
        _ => {
            json.string("output_text").name("text").escaped(text).name("annotations").raw("[]");
            json.name("logprobs").raw(logprobs.unwrap_or("[]"));
        }
    }
    json.end_object();
    json.finish()
}

/// Writes a message.
pub(super) fn message_item(id: &str, status: &str, parts: &[String]) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").string(id).name("type").string("message").name("status").string(status);
    json.name("role").string("assistant").name("content").begin_array();
    for part in parts {
        json.raw(part);
    }
    json.end_array().end_object();
    json.finish()
}

/// Words for calls of one kind of tools.
pub(super) struct CallWords {
    /// Prefix of the items' ids.
    pub(super) prefix: &'static str,
    /// Type of the items.
    pub(super) kind: &'static str,
    /// Member of an item with the arguments or the input.
    pub(super) member: &'static str,
    /// Types of the events of a piece and of the whole of it.
    pub(super) events: [&'static str; 2],
}

impl CallWords {
    /// Words for calls of custom tools, or of functions.
    pub(super) const fn of(is_custom: bool) -> &'static Self {
        if is_custom { &CUSTOM } else { &FUNCTION }
    }
}

const FUNCTION: CallWords = CallWords {
    prefix: "fc",
    kind: "function_call",
    member: "arguments",
    events: ["response.function_call_arguments.delta", "response.function_call_arguments.done"],
};

/// `ResponseCustomToolCall` and its events.
const CUSTOM: CallWords = CallWords {
    prefix: "ctc",
    kind: "custom_tool_call",
    member: "input",
    events: ["response.custom_tool_call_input.delta", "response.custom_tool_call_input.done"],
};

/// Writes a call; its id for the client, its name and its arguments or input are escaped.
pub(super) fn call_item(
    words: &CallWords,
    id: &str,
    status: &str,
    (call_id, name, arguments): (&str, &str, &str),
) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").string(id).name("type").string(words.kind).name("status").string(status);
    json.name("call_id").escaped(call_id).name("name").escaped(name);
    json.name(words.member).escaped(arguments).end_object();
    json.finish()
}

/// Writes reasoning, with its proof.
pub(super) fn reasoning_item(id: &str, text: &str, proof: Option<&str>) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").string(id).name("type").string("reasoning").name("summary").begin_array();
    if !text.is_empty() {
        json.raw(&summary_part(text));
    }
    json.end_array();
    if let Some(proof) = proof {
        json.name("encrypted_content").escaped(proof);
    }
    json.end_object();
    json.finish()
}

/// Writes a part of a summary.
pub(super) fn summary_part(text: &str) -> String {
    format!(r#"{{"type":"summary_text","text":"{text}"}}"#)
}

/// Value of a proof as the client keeps it: another maker's travels in the place of OpenAI's.
pub(super) fn proof_value(part: &ReasoningPart<'_>, proof: &Proof<'_>) -> Option<String> {
    match proof.maker {
        Maker::OpenAi => Some(proof.value.clone().into_owned()),
        _ => Carrier::write(&[Carrier::Reasoning(part.clone())]),
    }
}
