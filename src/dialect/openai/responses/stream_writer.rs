//! Writer of streamed answers of responses.
//! <https://platform.openai.com/docs/api-reference/responses-streaming>, read 2026-11-29.
//!
//! The last events repeat the whole answer, which is kept for them up to a bound.

use super::response_writer::{
    CallWords, ResponseEnd, WrittenResponse, call_item, content_part, item_id, message_item, proof_value,
    reasoning_item, summary_part, write_response,
};
use crate::dialect::api::{Frames, StreamWriter};
use crate::document::JsonWriter;
use crate::model::{
    AnswerContext, Failure, FinishReason, Loss, OutputBlock, Parameter, PartKind, Proof, ProviderError, ReasoningPart,
    Start, StreamDelta,
};
use crate::usage::Usage;

/// Upper bound on text that is kept for the last events, in bytes: several times the longest output of a model.
const MOST_HELD: usize = 4 << 20;

/// Begins a streamed answer.
pub(super) fn begin_stream(_: &AnswerContext) -> Box<dyn StreamWriter> {
    Box::new(ResponseEventWriter::default())
}

/// Writer of events. Only the first choice has a place.
#[derive(Default)]
struct ResponseEventWriter {
    start: Option<Start>,
    /// Number of the next event.
    number: u64,
    /// Items so far, as JSON.
    items: Vec<String>,
    open: Option<OpenItem>,
    /// Bytes of text that are held.
    held: usize,
    finish: Option<FinishReason>,
    usage: Option<Usage>,
    is_over: bool,
}

/// Item in progress. A message has a part for each text or refusal, all others are one text.
struct OpenItem {
    kind: PartKind,
    id: String,
    /// Parts of a message that are complete.
    parts: Vec<String>,
    /// Kind of the open part of a message.
    part: PartKind,
    text: String,
    /// Id and name of a call.
    call: (String, String),
    words: &'static CallWords,
    proof: Option<String>,
}

impl OpenItem {
    /// Writes the item with this much of its text.
    fn write(&self, status: &str, text: &str) -> String {
        match self.kind {
            PartKind::ToolCall => call_item(self.words, &self.id, status, (&self.call.0, &self.call.1, text)),
            PartKind::Reasoning => reasoning_item(&self.id, text, self.proof.as_deref()),
            _ => message_item(&self.id, status, &self.parts),
        }
    }

    /// Text so far. A call of a function without arguments has an empty object.
    fn said(&self) -> &str {
        let is_call = self.kind == PartKind::ToolCall && self.words.member == "arguments";
        if is_call && self.text.is_empty() { "{}" } else { &self.text }
    }
}

impl ResponseEventWriter {
    /// Begins an event.
    fn event(&mut self, kind: &str) -> JsonWriter {
        let mut json = JsonWriter::default();
        json.begin_object().name("type").string(kind).name("sequence_number").raw(&self.number.to_string());
        self.number += 1;
        json
    }

    /// Begins an event of the open item.
    fn item_event(&mut self, kind: &str) -> JsonWriter {
        let mut json = self.event(kind);
        if let Some(open) = &self.open {
            json.name("item_id").string(&open.id).name("output_index").raw(&self.items.len().to_string());
            match open.kind {
                PartKind::ToolCall => {}
                PartKind::Reasoning => drop(json.name("summary_index").raw("0")),
                _ => drop(json.name("content_index").raw(&open.parts.len().to_string())),
            }
        }
        json
    }

    /// Writes an event with the response so far.
    fn response(&mut self, kind: &str, end: ResponseEnd<'_>, frames: &mut Frames<'_>) {
        let mut json = self.event(kind);
        let Some(start) = &self.start else { return };
        json.name("response");
        let (id, model) = (escaped(&start.id), escaped(&start.model));
        write_response(
            &mut json,
            &WrittenResponse {
                id: &id,
                model: &model,
                created: start.created,
                items: &self.items,
                end,
                service_tier: None,
                usage: self.usage.as_ref(),
            },
        );
        push(json, kind, frames);
    }

    fn start(&mut self, start: &Start, frames: &mut Frames<'_>) {
        self.start = Some(start.clone());
        for kind in ["response.created", "response.in_progress"] {
            self.response(kind, ResponseEnd::Open, frames);
        }
    }

    fn open(&mut self, block: &OutputBlock<'_>, frames: &mut Frames<'_>) {
        let kind = match block.kind {
            kind @ (PartKind::ToolCall | PartKind::Reasoning) => kind,
            _ => PartKind::Text,
        };
        let goes_on = kind == PartKind::Text && self.open.is_some();
        if !goes_on {
            self.end_item("completed", frames);
            self.begin_item(kind, block, frames);
        }
        if kind != PartKind::Text {
            return;
        }
        if let Some(open) = &mut self.open {
            open.part = block.kind;
        }
        let mut json = self.item_event("response.content_part.added");
        json.name("part").raw(&content_part(block.kind, "", None));
        push(json, "response.content_part.added", frames);
    }

    fn begin_item(&mut self, kind: PartKind, block: &OutputBlock<'_>, frames: &mut Frames<'_>) {
        let words = CallWords::of(block.call.as_ref().is_some_and(|call| call.is_custom));
        let prefix = match kind {
            PartKind::ToolCall => words.prefix,
            PartKind::Reasoning => "rs",
            _ => "msg",
        };
        let answer = self.start.as_ref().map(|start| start.id.as_str()).unwrap_or_default();
        let id = item_id(prefix, answer, self.items.len());
        let call = block.call.as_ref().map(|call| (call.id.to_owned(), call.name.to_owned())).unwrap_or_default();
        let (parts, text) = (Vec::new(), String::new());
        let open = OpenItem { kind, id, parts, part: block.kind, text, call, words, proof: None };
        let item = open.write("in_progress", "");
        self.open = Some(open);
        self.item("response.output_item.added", &item, frames);
    }

    /// Writes an event with an item.
    fn item(&mut self, kind: &str, item: &str, frames: &mut Frames<'_>) {
        let index = self.items.len().to_string();
        let mut json = self.event(kind);
        json.name("output_index").raw(&index).name("item").raw(item);
        push(json, kind, frames);
    }

    fn piece(&mut self, text: &str, frames: &mut Frames<'_>) {
        self.held += text.len();
        if self.held > MOST_HELD {
            return self.fail(&too_long(), frames);
        }
        let Some(open) = &mut self.open else { return };
        let (kind, is_first) = (open.kind, open.text.is_empty());
        open.text.push_str(text);
        let name = match (kind, open.part) {
            (PartKind::ToolCall, _) => open.words.events[0],
            (PartKind::Reasoning, _) => "response.reasoning_summary_text.delta",
            (_, PartKind::Refusal) => "response.refusal.delta",
            _ => "response.output_text.delta",
        };
        if kind == PartKind::Reasoning && is_first {
            let mut json = self.item_event("response.reasoning_summary_part.added");
            json.name("part").raw(&summary_part(""));
            push(json, "response.reasoning_summary_part.added", frames);
        }
        let mut json = self.item_event(name);
        json.name("delta").escaped(text);
        if name == "response.output_text.delta" {
            json.name("logprobs").raw("[]");
        }
        push(json, name, frames);
    }

    fn proof(&mut self, proof: &Proof<'_>) {
        let Some(open) = &mut self.open else { return };
        let part = ReasoningPart { text: open.text.clone().into(), proof: Some(proof.clone()), id: None };
        open.proof = proof_value(&part, proof);
        self.held += open.proof.as_ref().map_or(0, String::len);
    }

    /// Ends the open block. A message goes on with the next text.
    fn close(&mut self, frames: &mut Frames<'_>) {
        let Some(open) = &mut self.open else { return };
        let (kind, part) = (open.kind, open.part);
        if kind == PartKind::Text {
            let text = std::mem::take(&mut open.text);
            let content = content_part(part, &text, None);
            let is_refusal = part == PartKind::Refusal;
            let name = if is_refusal { "response.refusal.done" } else { "response.output_text.done" };
            let mut json = self.item_event(name);
            match is_refusal {
                true => drop(json.name("refusal").escaped(&text)),
                false => drop(json.name("text").escaped(&text).name("logprobs").raw("[]")),
            }
            push(json, name, frames);
            let mut json = self.item_event("response.content_part.done");
            json.name("part").raw(&content);
            push(json, "response.content_part.done", frames);
            if let Some(open) = &mut self.open {
                open.parts.push(content);
            }
            return;
        }
        let (text, words) = (open.said().to_owned(), open.words);
        if kind == PartKind::ToolCall {
            let mut json = self.item_event(words.events[1]);
            json.name(words.member).escaped(&text);
            push(json, words.events[1], frames);
        } else if !text.is_empty() {
            let mut json = self.item_event("response.reasoning_summary_text.done");
            json.name("text").escaped(&text);
            push(json, "response.reasoning_summary_text.done", frames);
            let mut json = self.item_event("response.reasoning_summary_part.done");
            json.name("part").raw(&summary_part(&text));
            push(json, "response.reasoning_summary_part.done", frames);
        }
        self.end_item("completed", frames);
    }

    /// Ends the open item.
    fn end_item(&mut self, status: &str, frames: &mut Frames<'_>) {
        let Some(open) = self.open.take() else { return };
        let item = open.write(status, open.said());
        self.item("response.output_item.done", &item, frames);
        self.items.push(item);
    }

    fn end(&mut self, frames: &mut Frames<'_>) {
        let end = ResponseEnd::Finished(self.finish.unwrap_or(FinishReason::Stop));
        self.end_item(end.item_status(), frames);
        let kind = match end.words().0 {
            "failed" => "response.failed",
            "incomplete" => "response.incomplete",
            _ => "response.completed",
        };
        self.response(kind, end, frames);
        self.is_over = true;
    }

    /// Ends the stream with a failure: of the response, or of a stream that has not begun.
    fn fail(&mut self, error: &ProviderError, frames: &mut Frames<'_>) {
        self.is_over = true;
        if self.start.is_some() {
            return self.response("response.failed", ResponseEnd::Failed(error), frames);
        }
        // OpenAI's SDK raises what is within `error`; its type has the members beside it.
        let body = crate::dialect::openai::chat::write_error(error);
        let within = body.strip_prefix('{').unwrap_or_default();
        let mut json = self.event("error");
        json.name("code");
        match error.failure.code.as_ref().or(error.failure.status.as_ref()).or(error.failure.kind.as_ref()) {
            Some(code) => json.string(code),
            None => json.raw("null"),
        };
        json.name("message").string(&error.message).name("param").raw("null");
        frames.push("error", &format!("{},{within}", json.finish()));
    }
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    crate::document::escape_into(text, &mut out);
    out
}

/// Failure at the bound of what is kept.
fn too_long() -> ProviderError {
    let failure = Failure { code: Some("stream_too_large".to_owned()), ..Failure::default() };
    let message = "The answer is too long to be repeated at its end, as this API demands.".to_owned();
    ProviderError { status: Some(502), failure, message }
}

/// Ends an event.
fn push(mut json: JsonWriter, name: &str, frames: &mut Frames<'_>) {
    json.end_object();
    frames.push(name, &json.finish());
}

impl StreamWriter for ResponseEventWriter {
    fn write(&mut self, delta: &StreamDelta<'_>, frames: &mut Frames<'_>) {
        if self.is_over {
            return;
        }
        match delta {
            StreamDelta::Start(start) => self.start(start, frames),
            StreamDelta::Open(block) if block.choice == 0 => self.open(block, frames),
            StreamDelta::Piece(0, text) => self.piece(text, frames),
            StreamDelta::Proof(0, proof) => self.proof(proof),
            StreamDelta::Close(0) => self.close(frames),
            StreamDelta::Finish { choice: 0, reason, stop_sequence } => {
                self.finish = Some(*reason);
                frames.lose_stop_sequence(*stop_sequence);
            }
            StreamDelta::Usage(usage) => self.usage = Some(**usage),
            StreamDelta::End => self.end(frames),
            StreamDelta::Fail(error) => self.fail(error, frames),
            StreamDelta::Finish { .. } => frames.lose(Loss::Parameter(Parameter::Choices)),
            StreamDelta::Open(_) | StreamDelta::Piece(..) | StreamDelta::Proof(..) | StreamDelta::Close(_) => {}
        }
    }
}
