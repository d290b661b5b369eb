//! Writer of answers of chat completions, whole and streamed.
//! <https://platform.openai.com/docs/api-reference/chat/object> and `/streaming`, read 2026-11-29.

use crate::dialect::api::{Frames, StreamWriter};
use crate::dialect::chat_writing::{call_member, kind, write_call};
use crate::document::{JsonWriter, KeySet};
use crate::model::{
    AnswerChoice, AnswerContent, AnswerContext, FinishReason, Loss, Losses, OutputBlock, PartData, PartKind, Property,
    ProviderError, Start, StreamDelta,
};
use crate::usage::{Bucket, Usage};

/// Writes an answer, adding what chat completions cannot say to the losses.
pub(super) fn write_answer(answer: &AnswerContent<'_>, losses: &mut Losses) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("id").escaped(&answer.id).name("object").string("chat.completion");
    json.name("created").raw(&answer.created.to_string()).name("model").escaped(&answer.model);
    json.name("choices").begin_array();
    for (index, choice) in answer.choices.iter().enumerate() {
        write_choice(&mut json, index, choice, losses);
    }
    json.end_array();
    if let Some(usage) = &answer.usage {
        json.name("usage");
        write_usage(&mut json, usage);
    }
    if let Some(tier) = answer.service_tier.as_deref().filter(|tier| is_tier(tier)) {
        json.name("service_tier").escaped(tier);
    }
    json.end_object();
    json.finish()
}

/// Matches tiers that clients know.
fn is_tier(tier: &str) -> bool {
    matches!(tier, "auto" | "default" | "flex" | "scale" | "priority")
}

fn write_choice(json: &mut JsonWriter, index: usize, choice: &AnswerChoice<'_>, losses: &mut Losses) {
    json.begin_object().name("index").raw(&index.to_string());
    json.name("message").begin_object().name("role").string("assistant");
    let of = |kind: PartKind| -> Vec<&str> { choice.parts.iter().filter_map(|part| part.output_text(kind)).collect() };
    for (name, kind) in [("content", PartKind::Text), ("refusal", PartKind::Refusal)] {
        match of(kind).as_slice() {
            [] => json.name(name).raw("null"),
            texts => json.name(name).escaped(&texts.concat()),
        };
    }
    let reasoning = of(PartKind::Reasoning).concat();
    if !reasoning.is_empty() {
        json.name("reasoning_content").escaped(&reasoning);
    }
    let mut calls = Vec::new();
    for part in &choice.parts {
        match &part.data {
            PartData::Call(call) => calls.push(&**call),
            PartData::Text(_, Some(_)) => losses.add_at(Loss::Property(Property::Citations), part.span),
            PartData::Media(media) => losses.add_at(Loss::Part(media.kind), part.span),
            _ => {}
        }
    }
    if !calls.is_empty() {
        json.name("tool_calls").begin_array();
        calls.into_iter().for_each(|call| write_call(json, &call.id, call));
        json.end_array();
    }
    json.end_object();
    match &choice.logprobs {
        Some(logprobs) => json.name("logprobs").raw(logprobs),
        None => json.name("logprobs").raw("null"),
    };
    let finish = choice.finish.unwrap_or(FinishReason::Stop);
    json.name("finish_reason").string(word(finish, choice.refuses()));
    if choice.stop_sequence.is_some() {
        losses.add(Loss::Property(Property::StopSequence));
    }
    json.end_object();
}

/// Writes the usage: the prompt includes cached tokens, the completion those spent on reasoning.
fn write_usage(json: &mut JsonWriter, usage: &Usage) {
    let (input, output) = (usage.input_total().unwrap_or(0), usage.output_total().unwrap_or(0));
    json.begin_object().name("prompt_tokens").raw(&input.to_string());
    json.name("completion_tokens").raw(&output.to_string());
    json.name("total_tokens").raw(&input.saturating_add(output).to_string());
    let details = [
        (
            "prompt_tokens_details",
            [("cached_tokens", usage.cache_read_total()), ("cache_write_tokens", usage.cache_write_total())],
        ),
        ("completion_tokens_details", [("reasoning_tokens", usage.count(Bucket::Reasoning)), ("", None)]),
    ];
    for (name, counts) in details {
        if counts.iter().all(|(_, count)| count.is_none()) {
            continue;
        }
        json.name(name).begin_object();
        for (name, count) in counts {
            if let Some(count) = count {
                json.name(name).raw(&count.to_string());
            }
        }
        json.end_object();
    }
    json.end_object();
}

/// Returns the word of a finish reason. Clients refuse words that they do not know.
fn word(reason: FinishReason, has_refusal: bool) -> &'static str {
    match reason {
        // Beside the words of a refusal.
        FinishReason::Refusal if has_refusal => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter | FinishReason::Refusal => "content_filter",
        FinishReason::Stop | FinishReason::Error | FinishReason::Other => "stop",
    }
}

/// Writes an error: <https://platform.openai.com/docs/guides/error-codes/api-errors>, read 2026-11-20.
pub(in crate::dialect) fn write_error(error: &ProviderError) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("error").begin_object().name("message").string(&error.message);
    json.name("type").string(error_type(error.status())).name("param").raw("null").name("code");
    match error.failure.code.as_ref().or(error.failure.status.as_ref()).or(error.failure.kind.as_ref()) {
        Some(code) => json.string(code),
        None => json.raw("null"),
    };
    json.end_object().end_object();
    json.finish()
}

fn error_type(status: u16) -> &'static str {
    match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        408 | 424 | 500.. => "server_error",
        _ => "invalid_request_error",
    }
}

/// Begins a streamed answer.
pub(super) fn begin_stream(context: &AnswerContext) -> Box<dyn StreamWriter> {
    Box::new(ChunkWriter {
        reports_usage: context.stream_usage,
        start: Start::default(),
        blocks: Vec::new(),
        refuses: KeySet::default(),
    })
}

/// Block that is open.
#[derive(Clone, Copy)]
struct ChunkBlock {
    kind: PartKind,
    /// Index of a call.
    call: u32,
    /// Set for a call of a custom tool.
    is_custom: bool,
    is_empty: bool,
}

/// Writer of chunks.
struct ChunkWriter {
    reports_usage: bool,
    start: Start,
    /// Open block of each choice.
    blocks: Vec<ChunkBlock>,
    /// Choices with the words of a refusal.
    refuses: KeySet<u64>,
}

impl ChunkWriter {
    /// Begins a chunk, up to its choices.
    fn chunk(&self) -> JsonWriter {
        let mut json = JsonWriter::default();
        json.begin_object().name("id").string(&self.start.id).name("object").string("chat.completion.chunk");
        json.name("created").raw(&self.start.created.to_string()).name("model").string(&self.start.model);
        json.name("choices").begin_array();
        json
    }

    /// Writes a chunk with one choice: its delta, and the reason for its end.
    fn choice(
        &self,
        choice: u32,
        reason: Option<FinishReason>,
        frames: &mut Frames<'_>,
        delta: impl FnOnce(&mut JsonWriter),
    ) {
        let mut json = self.chunk();
        json.begin_object().name("index").raw(&choice.to_string()).name("delta").begin_object();
        delta(&mut json);
        json.end_object().name("logprobs").raw("null").name("finish_reason");
        match reason {
            Some(reason) => json.string(word(reason, self.refuses.contains(&u64::from(choice)))),
            None => json.raw("null"),
        };
        json.end_object().end_array();
        if self.reports_usage {
            json.name("usage").raw("null");
        }
        json.end_object();
        frames.push("", &json.finish());
    }

    fn open(&mut self, block: &OutputBlock<'_>, frames: &mut Frames<'_>) {
        let at = block.choice as usize;
        let is_new = self.blocks.len() <= at;
        if is_new {
            self.blocks.resize(at + 1, ChunkBlock { kind: PartKind::Text, call: 0, is_custom: false, is_empty: true });
        }
        let (index, is_custom) = block.call.as_ref().map_or((0, false), |call| (call.index, call.is_custom));
        if let Some(open) = self.blocks.get_mut(at) {
            *open = ChunkBlock { kind: block.kind, call: index, is_custom, is_empty: true };
        }
        if block.kind == PartKind::Refusal {
            self.refuses.insert(block.choice.into());
        }
        if is_new && block.choice > 0 {
            self.begin(block.choice, frames);
        }
        if let Some(call) = &block.call {
            self.choice(block.choice, None, frames, |json| {
                json.name("tool_calls").begin_array().begin_object().name("index").raw(&index.to_string());
                json.name("id").escaped(call.id).name("type").string(kind(is_custom)).name(kind(is_custom));
                json.begin_object().name("name").escaped(call.name).name(call_member(is_custom)).string("");
                json.end_object().end_object().end_array();
            });
        }
    }

    fn begin(&self, choice: u32, frames: &mut Frames<'_>) {
        self.choice(choice, None, frames, |json| {
            json.name("role").string("assistant").name("content").string("");
        });
    }

    /// Ends a block. Arguments of a call are never empty: clients parse them.
    fn close(&mut self, choice: u32, frames: &mut Frames<'_>) {
        let open = self.blocks.get(choice as usize);
        if open.is_some_and(|open| open.kind == PartKind::ToolCall && open.is_empty && !open.is_custom) {
            self.piece(choice, "{}", frames);
        }
    }

    fn piece(&mut self, choice: u32, text: &str, frames: &mut Frames<'_>) {
        let Some(open) = self.blocks.get_mut(choice as usize) else { return };
        open.is_empty = false;
        let ChunkBlock { kind: of, call: index, is_custom, .. } = *open;
        self.choice(choice, None, frames, |json| match of {
            PartKind::Reasoning => drop(json.name("reasoning_content").escaped(text)),
            PartKind::Refusal => drop(json.name("refusal").escaped(text)),
            PartKind::ToolCall => {
                json.name("tool_calls").begin_array().begin_object().name("index").raw(&index.to_string());
                json.name(kind(is_custom)).begin_object().name(call_member(is_custom)).escaped(text);
                json.end_object().end_object().end_array();
            }
            _ => drop(json.name("content").escaped(text)),
        });
    }
}

impl StreamWriter for ChunkWriter {
    fn write(&mut self, delta: &StreamDelta<'_>, frames: &mut Frames<'_>) {
        match delta {
            StreamDelta::Start(start) => {
                self.start = (*start).clone();
                self.begin(0, frames);
            }
            StreamDelta::Open(block) => self.open(block, frames),
            StreamDelta::Piece(choice, text) => self.piece(*choice, text, frames),
            StreamDelta::Proof(..) => {}
            StreamDelta::Close(choice) => self.close(*choice, frames),
            StreamDelta::Finish { choice, reason, stop_sequence } => {
                self.choice(*choice, Some(*reason), frames, |_| {});
                frames.lose_stop_sequence(*stop_sequence);
            }
            StreamDelta::Usage(usage) if self.reports_usage => {
                let mut json = self.chunk();
                json.end_array().name("usage");
                write_usage(&mut json, usage);
                json.end_object();
                frames.push("", &json.finish());
            }
            StreamDelta::Usage(_) => {}
            StreamDelta::End => frames.push("", "[DONE]"),
            StreamDelta::Fail(error) => frames.push("", &write_error(error)),
        }
    }
}
