//! Gemini generateContent, streamGenerateContent and countTokens, of the Gemini API and of Vertex AI:
//! <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/api/tokens> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference>, read 2026-11-21.
//!
//! A stream's chunks, events or array elements, are whole answers each. A stream has no end marker: it is over when its
//! candidates have finish reasons, or its prompt was blocked. Skips media.

use super::content::{one_or_several, read_content, read_content_of, read_model};
use crate::dialect::RequestError;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, Refusal, Reply, Request, Role};
use crate::usage::{Fee, ReportedUsage, UsageConvention};
use std::fmt::Write;

pub(in crate::dialect) const API: Api =
    Api { stream: Framing::JsonArray, read_request, read_answer, write_text, write_refusal };

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| read_member(reader, &key, &mut unique, &mut request))?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_member(
    reader: &mut Reader<'_>,
    key: &str,
    unique: &mut crate::dialect::unique_keys::UniqueKeys,
    request: &mut Request,
) -> JsonResult {
    // Both spellings are one field.
    let name = if key == "system_instruction" { "systemInstruction" } else { key };
    unique.observe(name, &["model", "contents", "systemInstruction"]);
    match key {
        "model" => request.model = read_model(reader)?,
        "contents" => {
            one_or_several(reader, |reader, index| read_content(reader, Some(index), request))?;
        }
        "systemInstruction" | "system_instruction" => read_content_of(reader, Role::System, None, request)?,
        "generationConfig" | "generation_config" => read_config(reader, request)?,
        "tools" => {
            one_or_several(reader, |reader, _| read_tool(reader, request))?;
        }
        "serviceTier" | "service_tier" => {
            request.parameters.service_tier = reader.api_text()?.map(Into::into);
        }
        "cachedContent" | "cached_content" => crate::dialect::texts::read_state(reader, "cachedContent", request)?,
        "safetySettings" | "safety_settings" => reader.stray()?,
        // countTokens may wrap the request to count.
        "generateContentRequest" | "generate_content_request" => {
            reader.maybe_object(|reader, key| read_member(reader, &key, unique, request))?;
        }
        _ => crate::dialect::texts::read_other(reader, None, &mut request.items)?,
    }
    Ok(())
}

/// Reads a tool. Vertex AI bills third-party searches, and its own for enterprises, at other prices, and does not
/// report which it made (<https://cloud.google.com/vertex-ai/generative-ai/pricing>, read 2026-11-28).
fn read_tool(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return crate::dialect::texts::read_other(reader, None, &mut request.items);
    }
    reader.object(|reader, key| {
        let name = key.to_ascii_lowercase().replace('_', "");
        if matches!(&*name, "enterprisewebsearch" | "parallelaisearch" | "exaaisearch") {
            request.offered.fees.insert(Fee::Tool);
        }
        crate::dialect::texts::read_other(reader, None, &mut request.items)
    })
}

/// Reads `GenerationConfig`: <https://ai.google.dev/api/generate-content#generationconfig>, read 2026-11-21.
fn read_config(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let mut output = OutputConfig::default();
    reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut output, request))?;
    request.parameters.output_type = output.kind();
    Ok(())
}

/// Reads a generation parameter.
pub(in crate::dialect) fn read_parameter(
    reader: &mut Reader<'_>,
    key: &str,
    output: &mut OutputConfig,
    request: &mut Request,
) -> JsonResult {
    let parameters = &mut request.parameters;
    match key {
        "maxOutputTokens" | "max_output_tokens" => parameters.max_tokens = reader.maybe_count()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "topP" | "top_p" => parameters.top_p = reader.maybe_number()?,
        "topK" | "top_k" => parameters.top_k = reader.maybe_integer()?,
        "candidateCount" | "candidate_count" => parameters.choices = reader.maybe_count()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "presencePenalty" | "presence_penalty" => parameters.presence_penalty = reader.maybe_number()?,
        "frequencyPenalty" | "frequency_penalty" => parameters.frequency_penalty = reader.maybe_number()?,
        "stopSequences" | "stop_sequences" => crate::dialect::texts::read_stop(reader, request)?,
        "responseMimeType" | "response_mime_type" => output.read_media_type(reader)?,
        "responseModalities" | "response_modalities" => output.read_modalities(reader)?,
        "thinkingConfig" | "thinking_config" => {
            reader.maybe_object(|reader, key| {
                match &*key {
                    "thinkingLevel" | "thinking_level" => {
                        request.parameters.reasoning_level = reader.api_text()?.map(Into::into);
                    }
                    _ => crate::dialect::texts::read_other(reader, None, &mut request.items)?,
                }
                Ok(())
            })?;
        }
        _ => crate::dialect::texts::read_other(reader, None, &mut request.items)?,
    }
    Ok(())
}

/// Requested kind of output.
#[derive(Default)]
pub(in crate::dialect) struct OutputConfig {
    medium: Option<&'static str>,
    format: Option<&'static str>,
    text: bool,
}

impl OutputConfig {
    /// Reads the requested media type of text.
    pub(in crate::dialect) fn read_media_type(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        self.format = match reader.api_text()?.as_deref() {
            Some("application/json") => Some("json"),
            Some(text) if text.starts_with("text/") => Some("text"),
            _ => None,
        };
        Ok(())
    }

    /// Reads the output type of an interaction. Types of JSON schemas mean JSON.
    pub(in crate::dialect) fn read_type(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        match reader.api_text()?.as_deref() {
            Some("image") => self.medium = Some("image"),
            Some("audio") => self.medium = Some("speech"),
            Some("text") => self.text = true,
            Some("object" | "array") => self.format = Some("json"),
            _ => {}
        }
        Ok(())
    }

    /// Reads one modality or several. Numbers are those of `GenerationConfig.Modality`, read 2026-11-21.
    pub(in crate::dialect) fn read_modalities(&mut self, reader: &mut Reader<'_>) -> JsonResult {
        let document = reader.document();
        one_or_several(reader, |reader, _| {
            let modality = if reader.peek()? == ValueKind::String { reader.api_word() } else { reader.scalar() };
            match modality?.map(|modality| document.raw(modality)) {
                Some("IMAGE" | "image" | "2") => self.medium = Some("image"),
                Some("AUDIO" | "audio" | "3") => self.medium = Some("speech"),
                Some("TEXT" | "text" | "1") => self.text = true,
                _ => {}
            }
            Ok(())
        })
    }

    /// Output type as the semantic conventions spell it.
    pub(in crate::dialect) fn kind(&self) -> Option<&'static str> {
        self.medium.or(self.format).or_else(|| self.text.then_some("text"))
    }
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    // Not Google's, but some proxies in front of it add it.
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    // An error in answer to a request for an array is wrapped in one.
    let mut calls = frame.calls;
    one_or_several(&mut reader, |reader, _| read_chunk(reader, &mut calls, events))?;
    reader.finish()
}

/// Reads a whole answer or a chunk of a stream. `calls`: number of tool calls so far.
fn read_chunk(reader: &mut Reader<'_>, calls: &mut u32, events: &mut Vec<Event>) -> JsonResult {
    let first = events.len();
    let mut is_vertex = false;
    let mut total = None;
    let mut reported = crate::dialect::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "responseId" | "response_id" => {
                events.extend(crate::dialect::texts::non_empty(reader)?.map(Event::Id));
            }
            "modelVersion" | "model_version" => {
                events.extend(crate::dialect::texts::non_empty(reader)?.map(Event::Model));
            }
            "candidates" => {
                reader.maybe_array(|reader, position| super::candidate::read(reader, position, calls, events))?;
            }
            "promptFeedback" | "prompt_feedback" => read_feedback(reader, events)?,
            "usageMetadata" | "usage_metadata" => is_vertex |= super::usage::read(reader, events)?,
            // Only Vertex AI reports the time.
            "createTime" | "create_time" => {
                is_vertex = true;
                reader.skip()?;
            }
            _ if reported.read_marked(reader, &key, events)? => {}
            // Answer of countTokens.
            "totalTokens" | "total_tokens" => total = reader.maybe_count()?,
            _ => crate::dialect::texts::read_rest(reader, events)?,
        }
        Ok(())
    })?;
    reported.finish(true, events);
    let counts = ReportedUsage { total, ..ReportedUsage::default() };
    crate::dialect::texts::counted(counts, UsageConvention::ReasoningExcluded, Span::default(), events);
    let new = events.get_mut(first..).unwrap_or_default();
    super::candidate::spell_reasons(reader.document(), is_vertex, new);
    Ok(())
}

/// Reads `PromptFeedback`: a blocked prompt has no candidate, and nothing follows.
fn read_feedback(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let mut reason = None;
    reader.maybe_object(|reader, key| {
        match &*key {
            "blockReason" | "block_reason" => reason = reader.scalar()?,
            "safetyRatings" | "safety_ratings" => reader.skip()?,
            _ => crate::dialect::texts::read_rest(reader, events)?,
        }
        Ok(())
    })?;
    if let Some(value) = reason.filter(|reason| !UNBLOCKED.contains(&document.raw(*reason))) {
        events.push(Event::Extra { name: "block_reason", value });
        events.push(Event::End);
    }
    Ok(())
}

/// Values that mean that a prompt was not blocked, of the Gemini API and of Vertex AI.
const UNBLOCKED: &[&str] = &["", "0", "BLOCK_REASON_UNSPECIFIED", "BLOCKED_REASON_UNSPECIFIED"];

fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let mut data = String::new();
    let _ = write!(data, r#"{{"candidates":[{{"index":{},"content":{{"role":"model","parts":[{{"#, channel.choice);
    let end = match channel.content {
        Content::Arguments | Content::Input => {
            data.push_str(r#""functionCall":{"partialArgs":[{"jsonPath":""#);
            escape_into(reply.extra(super::candidate::ARGUMENT).unwrap_or_default(), &mut data);
            data.push_str(r#"","stringValue":""#);
            r#"","willContinue":true}],"willContinue":true}"#
        }
        Content::Reasoning | Content::SignedReasoning => {
            data.push_str(r#""thought":true,"text":""#);
            "\""
        }
        Content::Text | Content::Refusal | Content::Speech => {
            data.push_str(r#""text":""#);
            "\""
        }
    };
    escape_into(text, &mut data);
    let _ = write!(data, "{end}}}]}}}}]}}");
    WrittenFrame { name: "", data }
}

/// Writes an error: <https://google.aip.dev/193>, read 2026-11-21, with the gateway's own code as the reason in
/// `ErrorInfo`.
pub(in crate::dialect) fn write_refusal(refusal: &Refusal) -> String {
    let http = refusal.status();
    let mut body = format!(r#"{{"error":{{"code":{http},"message":""#);
    escape_into(&refusal.message(), &mut body);
    let (status, reason) = (status_word(http), refusal.code().to_ascii_uppercase());
    let _ = write!(body, r#"","status":"{status}","details":[{{"@type":"type.googleapis.com/google.rpc.ErrorInfo","#);
    let _ = write!(body, r#""reason":"{reason}","domain":"tollgate"}}]}}}}"#);
    body
}

/// Returns Google's name of an HTTP status: <https://cloud.google.com/apis/design/errors>, "Handling errors", read
/// 2026-11-21.
const fn status_word(http: u16) -> &'static str {
    match http {
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ABORTED",
        429 => "RESOURCE_EXHAUSTED",
        400..=499 => "INVALID_ARGUMENT",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        _ => "INTERNAL",
    }
}
