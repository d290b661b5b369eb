//! Writer of answers of Anthropic's messages, whole and streamed.
//! <https://docs.anthropic.com/en/api/messages> and `/messages-streaming`, read 2026-11-29.

use crate::dialect::api::{Frames, StreamWriter};
use crate::dialect::writing::write_object;
use crate::document::JsonWriter;
use crate::model::{
    AnswerContent, AnswerContext, Carrier, FinishReason, Loss, Losses, Maker, MessagePart, OutputBlock, Parameter,
    PartData, PartKind, Proof, ProofKind, Property, ProviderError, ReasoningPart, Start, StreamDelta,
};
use crate::usage::{Bucket, Usage};

/// Writes an answer, adding what the messages API cannot say to the losses. Of several choices there is room for one.
pub(super) fn write_answer(answer: &AnswerContent<'_>, losses: &mut Losses) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").escaped(&answer.id).name("type").string("message");
    json.name("role").string("assistant").name("model").escaped(&answer.model).name("content").begin_array();
    let choice = answer.choices.first();
    // Reasoning comes first, whatever the order of members elsewhere.
    let parts = || choice.iter().flat_map(|choice| &choice.parts);
    let is_reasoning = |part: &&MessagePart<'_>| matches!(part.data, PartData::Reasoning(_));
    let others = parts().filter(|part| !is_reasoning(part));
    parts().filter(is_reasoning).chain(others).for_each(|part| write_block(&mut json, part, losses));
    json.end_array();
    if answer.choices.len() > 1 {
        losses.add(Loss::Parameter(Parameter::Choices));
    }
    if choice.is_some_and(|choice| choice.logprobs.is_some()) {
        losses.add(Loss::Property(Property::Logprobs));
    }
    let stop = choice.and_then(|choice| choice.stop_sequence.as_deref());
    let finish = choice.and_then(|choice| choice.finish).unwrap_or(FinishReason::Stop);
    write_stop(&mut json, finish, stop);
    json.name("usage");
    write_usage(&mut json, answer.usage.as_ref());
    json.end_object();
    json.finish()
}

fn write_block(json: &mut JsonWriter, part: &MessagePart<'_>, losses: &mut Losses) {
    match &part.data {
        PartData::Text(text, citations) => {
            if citations.is_some() {
                losses.add_at(Loss::Property(Property::Citations), part.span);
            }
            json.begin_object().name("type").string("text").name("text").escaped(text).end_object();
        }
        PartData::Refusal(text) => {
            json.begin_object().name("type").string("text").name("text").escaped(text).end_object();
        }
        PartData::Reasoning(reasoning) => write_reasoning(json, reasoning),
        PartData::Call(call) => {
            json.begin_object().name("type").string("tool_use").name("id").escaped(&call.id);
            json.name("name").escaped(&call.name).name("input");
            write_object(json, &call.arguments, || losses.add_at(Loss::Property(Property::Arguments), part.span));
            json.end_object();
        }
        PartData::Media(media) => losses.add_at(Loss::Part(media.kind), part.span),
        PartData::Result(_) => losses.add_at(Loss::Part(PartKind::ToolResult), part.span),
    }
}

/// Writes reasoning. Another maker's proof travels in the place of Anthropic's; without a proof the client cannot return
/// it, but may show it.
fn write_reasoning(json: &mut JsonWriter, part: &ReasoningPart<'_>) {
    let encrypted = part.proof.as_ref().filter(|proof| proof.kind == ProofKind::Encrypted && part.text.is_empty());
    json.begin_object();
    match encrypted {
        Some(proof) => {
            json.name("type").string("redacted_thinking").name("data").escaped(&proof_value(part, proof));
        }
        None => {
            let signature = part.proof.as_ref().map(|proof| proof_value(part, proof)).unwrap_or_default();
            json.name("type").string("thinking").name("thinking").escaped(&part.text);
            json.name("signature").escaped(&signature);
        }
    }
    json.end_object();
}

/// Value of a proof as the client keeps it.
fn proof_value(part: &ReasoningPart<'_>, proof: &Proof<'_>) -> String {
    match proof.maker {
        Maker::Anthropic => proof.value.clone().into_owned(),
        _ => Carrier::write(&[Carrier::Reasoning(part.clone())]).unwrap_or_default(),
    }
}

fn write_stop(json: &mut JsonWriter, finish: FinishReason, stop: Option<&str>) {
    let is_stop = finish == FinishReason::Stop && stop.is_some();
    json.name("stop_reason").string(if is_stop { "stop_sequence" } else { word(finish) });
    match stop {
        Some(stop) => json.name("stop_sequence").escaped(stop),
        None => json.name("stop_sequence").raw("null"),
    };
}

/// Writes the usage: the input excludes cached tokens. Both counts are required.
fn write_usage(json: &mut JsonWriter, usage: Option<&Usage>) {
    json.begin_object();
    let Some(usage) = usage else {
        json.name("input_tokens").raw("0").name("output_tokens").raw("0").end_object();
        return;
    };
    let (read, write) = (usage.cache_read_total(), usage.cache_write_total());
    let cached = read.unwrap_or(0).saturating_add(write.unwrap_or(0));
    let input = usage.input_total().unwrap_or(0).saturating_sub(cached);
    json.name("input_tokens").raw(&input.to_string());
    for (name, count) in [("cache_creation_input_tokens", write), ("cache_read_input_tokens", read)] {
        if let Some(count) = count {
            json.name(name).raw(&count.to_string());
        }
    }
    let lifetimes = [
        ("ephemeral_5m_input_tokens", usage.count(Bucket::CacheWrite5m)),
        ("ephemeral_1h_input_tokens", usage.count(Bucket::CacheWrite1h)),
    ];
    if let [(_, Some(_)), (_, Some(_))] = lifetimes {
        json.name("cache_creation").begin_object();
        for (name, count) in lifetimes {
            json.name(name).raw(&count.unwrap_or(0).to_string());
        }
        json.end_object();
    }
    json.name("output_tokens").raw(&usage.output_total().unwrap_or(0).to_string()).end_object();
}

/// Returns the word of a finish reason. Clients refuse words that they do not know.
fn word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Length => "max_tokens",
        FinishReason::ToolCalls => "tool_use",
        FinishReason::ContentFilter | FinishReason::Refusal => "refusal",
        FinishReason::Stop | FinishReason::Error | FinishReason::Other => "end_turn",
    }
}

/// Writes an error: <https://docs.anthropic.com/en/api/errors>, read 2026-11-20.
pub(super) fn write_error(error: &ProviderError) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("type").string("error").name("error").begin_object();
    json.name("type").string(match error.status() {
        401 => "authentication_error",
        402 => "billing_error",
        403 => "permission_error",
        404 => "not_found_error",
        413 => "request_too_large",
        429 => "rate_limit_error",
        503 | 529 => "overloaded_error",
        408 | 504 => "timeout_error",
        424 | 500.. => "api_error",
        _ => "invalid_request_error",
    });
    json.name("message").string(&error.message).end_object().end_object();
    json.finish()
}

/// Begins a streamed answer.
pub(super) fn begin_stream(_: &AnswerContext) -> Box<dyn StreamWriter> {
    Box::new(MessageStreamWriter::default())
}

/// Writer of a message's events. Only the first choice has a place.
#[derive(Default)]
struct MessageStreamWriter {
    /// Index and kind of the open block.
    open: Option<(u32, PartKind)>,
    /// Text of the open reasoning, for the proof of another maker.
    reasoning: String,
    has_signature: bool,
    finish: Option<(FinishReason, Option<String>)>,
    usage: Option<Usage>,
}

impl MessageStreamWriter {
    fn start(&self, start: &Start, frames: &mut Frames<'_>) {
        let mut json = event("message_start");
        json.name("message").begin_object().name("id").string(&start.id).name("type").string("message");
        json.name("role").string("assistant").name("model").string(&start.model);
        json.name("content").begin_array().end_array();
        json.name("stop_reason").raw("null").name("stop_sequence").raw("null").name("usage");
        write_usage(&mut json, start.usage.as_ref());
        json.end_object();
        push(json, "message_start", frames);
    }

    fn open(&mut self, block: &OutputBlock<'_>, frames: &mut Frames<'_>) {
        self.open = Some((block.index, block.kind));
        self.reasoning.clear();
        self.has_signature = false;
        // Begins with its first piece or its proof, by which it is known whether its text is encrypted.
        if block.kind == PartKind::Reasoning {
            return;
        }
        let mut json = block_start(block.index);
        match &block.call {
            Some(call) => {
                json.name("type").string("tool_use").name("id").escaped(call.id).name("name").escaped(call.name);
                json.name("input").begin_object().end_object();
            }
            None => drop(json.name("type").string("text").name("text").string("")),
        }
        json.end_object();
        push(json, "content_block_start", frames);
    }

    fn piece(&mut self, text: &str, frames: &mut Frames<'_>) {
        let Some((index, kind)) = self.open else { return };
        if kind == PartKind::Reasoning {
            if self.reasoning.is_empty() {
                self.thinking_start(index, frames);
            }
            self.reasoning.push_str(text);
        }
        let (kind, member) = match kind {
            PartKind::ToolCall => ("input_json_delta", "partial_json"),
            PartKind::Reasoning => ("thinking_delta", "thinking"),
            _ => ("text_delta", "text"),
        };
        let mut json = block_delta(index, kind);
        json.name(member).escaped(text).end_object();
        push(json, "content_block_delta", frames);
    }

    fn thinking_start(&self, index: u32, frames: &mut Frames<'_>) {
        let mut json = block_start(index);
        json.name("type").string("thinking").name("thinking").string("").name("signature").string("").end_object();
        push(json, "content_block_start", frames);
    }

    fn proof(&mut self, proof: &Proof<'_>, frames: &mut Frames<'_>) {
        let Some((index, _)) = self.open else { return };
        let text = std::mem::take(&mut self.reasoning);
        let part = ReasoningPart { text: text.clone().into(), proof: Some(proof.clone()), id: None };
        let value = proof_value(&part, proof);
        self.has_signature = true;
        if text.is_empty() && proof.kind == ProofKind::Encrypted {
            let mut json = block_start(index);
            json.name("type").string("redacted_thinking").name("data").escaped(&value).end_object();
            return push(json, "content_block_start", frames);
        }
        if text.is_empty() {
            self.thinking_start(index, frames);
        }
        let mut json = block_delta(index, "signature_delta");
        json.name("signature").escaped(&value).end_object();
        push(json, "content_block_delta", frames);
    }

    fn close(&mut self, frames: &mut Frames<'_>) {
        let Some((index, kind)) = self.open.take() else { return };
        if kind == PartKind::Reasoning && self.reasoning.is_empty() && !self.has_signature {
            self.thinking_start(index, frames);
        }
        let mut json = event("content_block_stop");
        json.name("index").raw(&index.to_string());
        push(json, "content_block_stop", frames);
    }

    fn end(&mut self, frames: &mut Frames<'_>) {
        let mut json = event("message_delta");
        let (reason, stop) = self.finish.take().unwrap_or((FinishReason::Stop, None));
        json.name("delta").begin_object();
        write_stop(&mut json, reason, stop.as_deref());
        json.end_object().name("usage");
        write_usage(&mut json, self.usage.as_ref());
        push(json, "message_delta", frames);
        push(event("message_stop"), "message_stop", frames);
    }
}

impl StreamWriter for MessageStreamWriter {
    fn write(&mut self, delta: &StreamDelta<'_>, frames: &mut Frames<'_>) {
        match delta {
            StreamDelta::Start(start) => self.start(start, frames),
            StreamDelta::Open(block) if block.choice == 0 => self.open(block, frames),
            StreamDelta::Piece(0, text) => self.piece(text, frames),
            StreamDelta::Proof(0, proof) => self.proof(proof, frames),
            StreamDelta::Close(0) => self.close(frames),
            StreamDelta::Finish { choice: 0, reason, stop_sequence } => {
                self.finish = Some((*reason, stop_sequence.map(str::to_owned)));
            }
            StreamDelta::Usage(usage) => self.usage = Some(**usage),
            StreamDelta::End => self.end(frames),
            StreamDelta::Fail(error) => frames.push("error", &write_error(error)),
            StreamDelta::Finish { .. } => frames.lose(Loss::Parameter(Parameter::Choices)),
            StreamDelta::Open(_) | StreamDelta::Piece(..) | StreamDelta::Proof(..) | StreamDelta::Close(_) => {}
        }
    }
}

/// Begins an event.
fn event(kind: &str) -> JsonWriter {
    let mut json = JsonWriter::default();
    json.begin_object().name("type").string(kind);
    json
}

fn block_start(index: u32) -> JsonWriter {
    let mut json = event("content_block_start");
    json.name("index").raw(&index.to_string()).name("content_block").begin_object();
    json
}

fn block_delta(index: u32, kind: &str) -> JsonWriter {
    let mut json = event("content_block_delta");
    json.name("index").raw(&index.to_string()).name("delta").begin_object().name("type").string(kind);
    json
}

/// Ends an event.
fn push(mut json: JsonWriter, name: &str, frames: &mut Frames<'_>) {
    json.end_object();
    frames.push(name, &json.finish());
}
