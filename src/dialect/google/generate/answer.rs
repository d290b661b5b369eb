//! Answers, whole and streamed.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::AnswerFrame;
use crate::dialect::google::content::one_or_several;
use crate::dialect::texts::read_property;
use crate::document::{JsonResult, Reader, Span};
use crate::model::{Event, Extra, Owner, Property};
use crate::usage::{ReportedUsage, UsageConvention};

pub(super) fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    // Not Google's, but some proxies in front of it add it.
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    // An error in answer to a request for an array is wrapped in one.
    one_or_several(&mut reader, |reader, _| read_chunk(reader, state, events))?;
    reader.finish()
}

/// Reads a whole answer or a chunk of a stream.
fn read_chunk(reader: &mut Reader<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
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
                reader.maybe_array(|reader, position| super::candidate::read(reader, position, state, events))?;
            }
            "promptFeedback" | "prompt_feedback" => {
                read_property(reader, (Property::StopDetails, Owner::Answer), events, read_feedback)?;
            }
            "usageMetadata" | "usage_metadata" => is_vertex |= crate::dialect::google::usage::read(reader, events)?,
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
        events.push(Event::Extra { name: Extra::BlockReason, value });
        events.push(Event::End);
    }
    Ok(())
}

/// Values that mean that a prompt was not blocked, of the Gemini API and of Vertex AI.
const UNBLOCKED: &[&str] = &["", "0", "BLOCK_REASON_UNSPECIFIED", "BLOCKED_REASON_UNSPECIFIED"];
