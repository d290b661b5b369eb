//! Gemini generateContent, streamGenerateContent and countTokens, of the Gemini API and of Vertex AI:
//! <https://ai.google.dev/api/generate-content>, <https://ai.google.dev/api/tokens> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference>, read 2026-11-21.
//!
//! A stream's chunks, events or array elements, are whole answers each. A stream has no end marker: it is over when its
//! candidates have finish reasons, or its prompt was blocked. Skips media.

use super::content::one_or_several;
use super::request::read_request;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::document::{JsonResult, Reader, Span, escape_into};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, Refusal, Reply};
use crate::usage::{ReportedUsage, UsageConvention};
use std::fmt::Write;

pub(in crate::dialect) const API: Api =
    Api { stream: Framing::JsonArray, read_request, read_answer, write_text, write_refusal };

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
