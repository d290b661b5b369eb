//! Conversations in each dialect: the position of turns, a model's answer, and the parts of an answer that are sent
//! back.

#[path = "turns/anthropic.rs"]
mod anthropic;
#[path = "turns/google.rs"]
mod google;
#[path = "turns/openai.rs"]
mod openai;
#[path = "turns/others.rs"]
mod others;

use super::exchanges::{Exchange, streamed};
use base64::Engine;
use serde_json::{Value, json};
use tollgate::dialect::Dialect;
use tollgate::framing::Framing;

/// An answer, in no dialect yet.
pub(super) struct FrameFacts {
    pub(super) thought: String,
    pub(super) text: String,
    /// The only argument of a tool call.
    pub(super) argument: String,
}

impl FrameFacts {
    fn arguments(&self) -> Value {
        json!({"to": self.argument})
    }
}

/// A frame of a stream: its event's name, its data.
type Frame = (&'static str, Value);

/// A dialect whose clients send earlier turns back.
pub(super) struct Turns {
    /// The member that has the turns.
    pub(super) member: &'static str,
    /// Set for a turn of the model's.
    pub(super) is_models: fn(&Value) -> bool,
    /// A whole answer.
    pub(super) whole: fn(&FrameFacts) -> Value,
    /// The turns that a client makes of a whole answer.
    pub(super) taken: fn(&Value) -> Vec<Value>,
    /// Set when the thought of a whole answer is signed.
    pub(super) signs: bool,
    /// The same answer in a stream.
    pub(super) stream: fn(&FrameFacts) -> Vec<Frame>,
    framing: Framing,
    /// The member that names the provider's stored state of earlier turns.
    pub(super) stored: Option<&'static str>,
}

/// The beginning of every thought, used to find it again.
pub(super) const THOUGHT: &str = "It is ";
/// The beginning of every text.
pub(super) const TEXT: &str = "You serve ";

impl Turns {
    /// Finds the turns of a dialect, if it has any.
    pub(super) fn of(dialect: Dialect) -> Option<Self> {
        Some(match dialect {
            Dialect::OpenAiChat => openai::openai_chat(),
            Dialect::OpenAiResponses => openai::openai_responses(),
            Dialect::AnthropicMessages => anthropic::anthropic_messages(),
            Dialect::GeminiGenerate => google::gemini_generate(),
            Dialect::GeminiInteractions => google::gemini_interactions(),
            Dialect::BedrockConverse | Dialect::BedrockNova => anthropic::bedrock(),
            Dialect::CohereV1 => others::cohere_v1(),
            Dialect::CohereV2 => others::cohere_v2(),
            Dialect::MistralConversations => others::mistral_conversations(),
            Dialect::Ollama => others::ollama(),
            _ => return None,
        })
    }

    /// Media type, bytes of a stream, and the frames that have a signed thought.
    pub(super) fn written(&self, exchange: &Exchange, frames: &[Frame]) -> (&'static str, Vec<u8>, Vec<Vec<u8>>) {
        let framing = if exchange.route.wrapped { Framing::AwsEventStream } else { self.framing };
        let media = match framing {
            Framing::AwsEventStream => "application/vnd.amazon.eventstream",
            Framing::JsonLines => "application/x-ndjson",
            _ => "text/event-stream",
        };
        let (mut stream, mut thoughts) = (Vec::new(), Vec::new());
        for (name, data) in frames {
            let mut frame = Vec::new();
            let encoded = base64::engine::general_purpose::STANDARD.encode(data.to_string());
            match framing {
                Framing::AwsEventStream if exchange.route.wrapped => {
                    framing.write("chunk", json!({"bytes": encoded}).to_string().as_bytes(), &mut frame);
                }
                _ => framing.write(name, data.to_string().as_bytes(), &mut frame),
            }
            if is_of_thought(data) {
                thoughts.push(frame.clone());
            }
            stream.extend(frame);
        }
        (media, stream, thoughts)
    }
}

/// Matches frames of a stream with a piece of a thought that the provider signs.
fn is_of_thought(data: &Value) -> bool {
    let text = data.to_string();
    ["thinking_delta", "reasoning_details", "reasoning_summary_text.delta", "thought_summary", "reasoningContent"]
        .iter()
        .any(|word| text.contains(word))
}

/// Splits a text into short pieces.
fn pieces(text: &str) -> Vec<String> {
    let characters: Vec<char> = text.chars().collect();
    characters.chunks(23).map(|piece| piece.iter().collect()).collect()
}

/// The path of an exchange's request for a stream, or for a whole answer.
pub(super) fn path(exchange: &Exchange, stream: bool) -> String {
    let whole = exchange
        .path
        .replace(":streamGenerateContent", ":generateContent")
        .replace(":streamRawPredict", ":rawPredict")
        .replace("/converse-stream", "/converse")
        .replace("/invoke-with-response-stream", "/invoke");
    if !stream {
        return whole.replace("?alt=sse", "").replace("&alt=sse", "");
    }
    let path = streamed(&whole).replace(":rawPredict", ":streamRawPredict");
    if path.contains("alt=sse") || !path.contains(":streamGenerateContent") {
        return path;
    }
    format!("{path}{}alt=sse", if path.contains('?') { '&' } else { '?' })
}

/// Sets, in the body, a request for a stream or for a whole answer.
pub(super) fn set_stream(dialect: Dialect, request: &mut Value, stream: bool) {
    let by_path = [Dialect::GeminiGenerate, Dialect::BedrockConverse, Dialect::BedrockNova];
    let Some(members) = request.as_object_mut() else { return };
    if by_path.contains(&dialect) || (members.contains_key("anthropic_version") && !members.contains_key("model")) {
        return;
    }
    members.remove("stream_options");
    members.insert("stream".to_owned(), json!(stream));
}

/// A turn of a user's.
pub(super) fn user(dialect: Dialect) -> Value {
    match dialect {
        Dialect::GeminiGenerate => json!({"role": "user", "parts": [{"text": "Whom?"}]}),
        Dialect::GeminiInteractions => json!({"type": "user_input", "content": [{"type": "text", "text": "Whom?"}]}),
        Dialect::BedrockConverse | Dialect::BedrockNova => json!({"role": "user", "content": [{"text": "Whom?"}]}),
        Dialect::CohereV1 => json!({"role": "USER", "message": "Whom?"}),
        _ => json!({"role": "user", "content": "Whom?"}),
    }
}

fn has(turn: &Value, member: &str, values: &[&str]) -> bool {
    turn.get(member).and_then(Value::as_str).is_some_and(|value| values.contains(&value))
}
