//! Writer of answers of generateContent, whole and streamed: each piece of a stream is a whole answer.
//! <https://ai.google.dev/api/generate-content#generatecontentresponse> and the types of google-genai 3.6.1, read
//! 2026-11-29.

use super::logprobs::write_logprobs;
use super::turn_writer::write_args;
use crate::dialect::api::{Frames, StreamWriter};
use crate::dialect::google::error::write_error;
use crate::dialect::writing::mime;
use crate::document::{JsonWriter, unescape};
use crate::model::{
    AnswerChoice, AnswerContent, AnswerContext, Carrier, FinishReason, Loss, Losses, Maker, Media, MediaPart,
    MessagePart, OutputBlock, PartData, PartKind, Proof, Property, ProviderError, ReasoningPart, Start, StreamDelta,
};
use crate::usage::{Bucket, Usage};

/// Upper bound on the arguments of a call, which are held until they are complete, in bytes.
const MOST_ARGUMENTS: usize = 1 << 20;

/// Writes an answer, adding what Gemini's form cannot say to the losses.
pub(super) fn write_answer(answer: &AnswerContent<'_>, losses: &mut Losses) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("candidates").begin_array();
    for (index, choice) in answer.choices.iter().enumerate() {
        write_candidate(&mut json, index, choice, losses);
    }
    json.end_array();
    if let Some(usage) = &answer.usage {
        write_usage(&mut json, usage);
    }
    json.name("modelVersion").escaped(&answer.model).name("responseId").escaped(&answer.id).end_object();
    json.finish()
}

fn write_candidate(json: &mut JsonWriter, index: usize, choice: &AnswerChoice<'_>, losses: &mut Losses) {
    json.begin_object().name("content").begin_object().name("role").string("model").name("parts").begin_array();
    choice.parts.iter().for_each(|part| write_part(json, part, losses));
    json.end_array().end_object();
    json.name("finishReason").string(word(choice.finish.unwrap_or(FinishReason::Stop)));
    json.name("index").raw(&index.to_string());
    if let Some(logprobs) = &choice.logprobs {
        write_logprobs(json, logprobs);
    }
    json.end_object();
    if choice.stop_sequence.is_some() {
        losses.add(Loss::Property(Property::StopSequence));
    }
}

fn write_part(json: &mut JsonWriter, part: &MessagePart<'_>, losses: &mut Losses) {
    match &part.data {
        PartData::Text(text, citations) => {
            if citations.is_some() {
                losses.add_at(Loss::Property(Property::Citations), part.span);
            }
            json.begin_object().name("text").escaped(text).end_object();
        }
        PartData::Refusal(text) => drop(json.begin_object().name("text").escaped(text).end_object()),
        PartData::Reasoning(reasoning) => write_reasoning(json, reasoning),
        PartData::Call(call) => {
            json.begin_object().name("functionCall").begin_object();
            json.name("id").escaped(&call.id).name("name").escaped(&call.name);
            write_args(json, &call.arguments, || losses.add_at(Loss::Property(Property::Arguments), part.span));
            json.end_object();
            write_signature(json, call.proof.as_ref().and_then(call_signature));
            json.end_object();
        }
        // The type is required.
        PartData::Media(media) if matches!(&media.media, Media::Inline { kind, .. } if kind.is_empty()) => {
            losses.add_at(Loss::Part(media.kind), part.span);
        }
        PartData::Media(media) => write_media(json, media),
        PartData::Result(_) => losses.add_at(Loss::Part(PartKind::ToolResult), part.span),
    }
}

fn write_media(json: &mut JsonWriter, content: &MediaPart<'_>) {
    json.begin_object();
    match &content.media {
        Media::Inline { kind, data } => {
            json.name("inlineData").begin_object().name("mimeType").escaped(mime(kind));
            json.name("data").escaped(data).end_object();
        }
        Media::Url(url) | Media::File(url) => {
            json.name("fileData").begin_object();
            crate::dialect::writing::member(json, "mimeType", content.media_type.as_ref());
            json.name("fileUri").escaped(url).end_object();
        }
        Media::Text(text) => drop(json.name("text").escaped(text)),
    }
    json.end_object();
}

fn write_reasoning(json: &mut JsonWriter, part: &ReasoningPart<'_>) {
    json.begin_object().name("text").escaped(&part.text).name("thought").raw("true");
    let signature = part.proof.as_ref().and_then(|proof| match proof.maker {
        Maker::Google => Some(proof.value.to_string()),
        _ => Carrier::write(&[Carrier::Reasoning(part.clone())]).map(|carrier| standard_base64(&carrier)),
    });
    write_signature(json, signature);
    json.end_object();
}

/// Value of the proof of a call as the client keeps it.
fn call_signature(proof: &Proof<'_>) -> Option<String> {
    match proof.maker {
        Maker::Google => Some(proof.value.to_string()),
        _ => Carrier::write(&[Carrier::Call(proof.clone())]).map(|carrier| standard_base64(&carrier)),
    }
}

fn write_signature(json: &mut JsonWriter, signature: Option<String>) {
    if let Some(signature) = signature {
        json.name("thoughtSignature").escaped(&signature);
    }
}

/// Brings a carrier to the alphabet and padding of RFC 4648, section 4: the type is bytes, which some clients decode by
/// that alone.
fn standard_base64(carrier: &str) -> String {
    let mut text = carrier.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// Writes the usage: the prompt includes cached tokens and excludes those of tools' results, the candidates exclude
/// thoughts.
fn write_usage(json: &mut JsonWriter, usage: &Usage) {
    let (input, output) = (usage.input_total(), usage.output_total());
    let (tools, thoughts) = (usage.count(Bucket::ToolInput), usage.count(Bucket::Reasoning));
    let without = |total: Option<u64>, part: Option<u64>| total.map(|total| total.saturating_sub(part.unwrap_or(0)));
    let counts = [
        ("promptTokenCount", without(input, tools)),
        ("cachedContentTokenCount", usage.cache_read_total()),
        ("candidatesTokenCount", without(output, thoughts)),
        ("toolUsePromptTokenCount", tools),
        ("thoughtsTokenCount", thoughts),
        ("totalTokenCount", input.or(output).map(|_| input.unwrap_or(0).saturating_add(output.unwrap_or(0)))),
    ];
    json.name("usageMetadata").begin_object();
    for (name, count) in counts {
        if let Some(count) = count {
            json.name(name).raw(&count.to_string());
        }
    }
    json.end_object();
}

/// Returns the word of a finish reason. Calls end with `STOP` too.
fn word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop | FinishReason::ToolCalls => "STOP",
        FinishReason::Length => "MAX_TOKENS",
        FinishReason::ContentFilter | FinishReason::Refusal => "SAFETY",
        FinishReason::Error | FinishReason::Other => "OTHER",
    }
}

/// Begins a streamed answer.
pub(super) fn begin_stream(_: &AnswerContext) -> Box<dyn StreamWriter> {
    Box::new(PieceWriter::default())
}

/// Writer of pieces.
#[derive(Default)]
struct PieceWriter {
    start: Start,
    /// Open block of each choice.
    blocks: Vec<Option<OpenBlock>>,
    /// Ends of choices, for the last piece.
    ends: Vec<(u32, FinishReason)>,
    usage: Option<Usage>,
    is_over: bool,
}

/// Open block of a choice.
#[derive(Debug)]
struct OpenBlock {
    kind: PartKind,
    /// Id, name and signature of a call.
    call: Option<(String, String, Option<String>)>,
    /// Arguments of a call so far; text of reasoning, for the proof of another maker.
    text: String,
}

impl PieceWriter {
    fn piece(&self, choice: u32, frames: &mut Frames<'_>, part: impl FnOnce(&mut JsonWriter)) {
        let mut json = JsonWriter::default();
        json.begin_object().name("candidates").begin_array();
        json.begin_object().name("content").begin_object().name("role").string("model").name("parts");
        json.begin_array().begin_object();
        part(&mut json);
        json.end_object().end_array().end_object();
        json.name("index").raw(&choice.to_string()).end_object().end_array();
        self.end_piece(json, frames);
    }

    fn end_piece(&self, mut json: JsonWriter, frames: &mut Frames<'_>) {
        json.name("modelVersion").string(&self.start.model).name("responseId").string(&self.start.id).end_object();
        frames.push("", &json.finish());
    }

    fn block(&mut self, choice: u32) -> Option<&mut OpenBlock> {
        self.blocks.get_mut(choice as usize)?.as_mut()
    }

    fn open(&mut self, block: &OutputBlock<'_>) {
        let at = block.choice as usize;
        while self.blocks.len() <= at {
            self.blocks.push(None);
        }
        let call = block
            .call
            .as_ref()
            .map(|call| (call.id.to_owned(), call.name.to_owned(), call.proof.and_then(call_signature)));
        if let Some(open) = self.blocks.get_mut(at) {
            *open = Some(OpenBlock { kind: block.kind, call, text: String::new() });
        }
    }

    fn text(&mut self, choice: u32, text: &str, frames: &mut Frames<'_>) {
        let Some(block) = self.block(choice) else { return };
        if block.kind != PartKind::Text && block.text.len() < MOST_ARGUMENTS {
            block.text.push_str(text);
        }
        let is_too_long = block.text.len() >= MOST_ARGUMENTS;
        match block.kind {
            PartKind::ToolCall if is_too_long => self.fail(frames),
            PartKind::ToolCall => {}
            PartKind::Reasoning => {
                self.piece(choice, frames, |json| {
                    json.name("text").escaped(text).name("thought").raw("true");
                });
            }
            _ => self.piece(choice, frames, |json| {
                json.name("text").escaped(text);
            }),
        }
    }

    /// Ends a stream whose calls are longer than may be held.
    fn fail(&mut self, frames: &mut Frames<'_>) {
        self.is_over = true;
        let message = "The arguments of a call are too long to be translated.".to_owned();
        frames.push("", &write_error(&ProviderError { status: Some(502), message, ..ProviderError::default() }));
    }

    /// Writes the proof of the open reasoning. Another maker's needs the text too, as it was signed.
    fn proof(&mut self, choice: u32, proof: &Proof<'_>, frames: &mut Frames<'_>) {
        let Some(block) = self.block(choice) else { return };
        let text = std::mem::take(&mut block.text).into();
        let part = ReasoningPart { text, proof: Some(proof.clone()), id: None };
        let signature = match proof.maker {
            Maker::Google => Some(proof.value.to_string()),
            _ => Carrier::write(&[Carrier::Reasoning(part)]).map(|carrier| standard_base64(&carrier)),
        };
        self.piece(choice, frames, |json| {
            json.name("text").string("").name("thought").raw("true");
            write_signature(json, signature);
        });
    }

    /// Writes a call, which comes whole.
    fn close(&mut self, choice: u32, frames: &mut Frames<'_>) {
        let Some(block) = self.blocks.get_mut(choice as usize).and_then(Option::take) else { return };
        let Some((id, name, signature)) = block.call else { return };
        self.piece(choice, frames, |json| {
            json.name("functionCall").begin_object().name("id").escaped(&id).name("name").escaped(&name);
            // An event is a line to some clients. Outside of strings a line feed is a blank.
            let arguments = unescape(&block.text).replace(['\n', '\r'], " ");
            let is_empty = arguments.trim().is_empty();
            write_args(json, if is_empty { "{}" } else { &arguments }, || {});
            json.end_object();
            write_signature(json, signature);
        });
    }

    fn end(&mut self, frames: &mut Frames<'_>) {
        let mut json = JsonWriter::default();
        json.begin_object().name("candidates").begin_array();
        for (choice, reason) in std::mem::take(&mut self.ends) {
            // Clients keep no content without a part.
            json.begin_object().name("content").begin_object().name("role").string("model").name("parts");
            json.begin_array().begin_object().name("text").string("").end_object().end_array().end_object();
            json.name("finishReason").string(word(reason)).name("index").raw(&choice.to_string()).end_object();
        }
        json.end_array();
        if let Some(usage) = &self.usage {
            write_usage(&mut json, usage);
        }
        self.end_piece(json, frames);
    }
}

impl StreamWriter for PieceWriter {
    fn write(&mut self, delta: &StreamDelta<'_>, frames: &mut Frames<'_>) {
        if self.is_over {
            return;
        }
        match delta {
            StreamDelta::Start(start) => self.start = (*start).clone(),
            StreamDelta::Open(block) => self.open(block),
            StreamDelta::Piece(choice, text) => self.text(*choice, text, frames),
            StreamDelta::Proof(choice, proof) => self.proof(*choice, proof, frames),
            StreamDelta::Close(choice) => self.close(*choice, frames),
            StreamDelta::Finish { choice, reason, stop_sequence } => {
                self.ends.push((*choice, *reason));
                frames.lose_stop_sequence(*stop_sequence);
            }
            StreamDelta::Usage(usage) => self.usage = Some(**usage),
            StreamDelta::End => self.end(frames),
            StreamDelta::Fail(error) => {
                self.is_over = true;
                frames.push("", &write_error(error));
            }
        }
    }
}
