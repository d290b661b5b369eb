//! Google's `usageMetadata`: <https://ai.google.dev/api/generate-content#UsageMetadata> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#UsageMetadata>,
//! read 2026-11-21.
//!
//! The prompt's tokens include cached ones and exclude tools' results; the candidates' tokens exclude thoughts. Every
//! chunk of a stream reports anew, possibly less than before: the last report wins.

use crate::document::{JsonResult, Reader, Span};
use crate::model::{Event, Extra};
use crate::usage::{Fee, ReportedUsage, UsageConvention, UsageReport, UsageSource};

/// Reads the value of `usageMetadata`; an empty one reports nothing. Returns whether it is Vertex AI's, the only one
/// with a `trafficType`.
pub(in crate::dialect) fn read(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<bool> {
    let start = reader.peek().map(|_| reader.offset())?;
    let mut counts = ReportedUsage::default();
    let (mut is_empty, mut is_vertex) = (true, false);
    reader.maybe_object(|reader, key| {
        is_empty = false;
        match &*key {
            "trafficType" | "traffic_type" => {
                is_vertex = true;
                events.extend(reader.scalar()?.map(|value| Event::Extra { name: Extra::TrafficType, value }));
            }
            "serviceTier" | "service_tier" => events.extend(reader.maybe_string()?.map(Event::ServiceTier)),
            _ => read_count(reader, &key, &mut counts, events)?,
        }
        Ok(())
    })?;
    if !is_empty {
        events.push(report(counts, crate::dialect::texts::span(start, reader.offset())));
    }
    Ok(is_vertex)
}

/// Creates the usage report.
pub(in crate::dialect) fn report(counts: ReportedUsage, raw: Span) -> Event {
    Event::Usage(Box::new(UsageReport {
        counts,
        convention: UsageConvention::ReasoningExcluded,
        source: UsageSource::Body,
        raw,
    }))
}

fn read_count(reader: &mut Reader<'_>, key: &str, counts: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "promptTokenCount" | "prompt_token_count" => counts.input = reader.maybe_count()?,
        // The second is the Live API's name.
        "candidatesTokenCount" | "candidates_token_count" | "responseTokenCount" | "response_token_count" => {
            counts.output = reader.maybe_count()?;
        }
        "totalTokenCount" | "total_token_count" => counts.total = reader.maybe_count()?,
        "cachedContentTokenCount" | "cached_content_token_count" => counts.cache_read = reader.maybe_count()?,
        "thoughtsTokenCount" | "thoughts_token_count" => counts.reasoning = reader.maybe_count()?,
        "toolUsePromptTokenCount" | "tool_use_prompt_token_count" => counts.tool_input = reader.maybe_count()?,
        // Billed uses of Google's tools: `[{"tool":"GOOGLE_SEARCH_RETRIEVAL","successfulToolCallCount":2}]`. No
        // published type has it yet, some answers do: <https://discuss.ai.google.dev/t/174074>, read 2026-11-28.
        "billedToolCalls" | "billed_tool_calls" => {
            read_tools(reader, "tool", &["successfulToolCallCount", "successful_tool_call_count"], counts, events)?;
        }
        // batchEmbedContents has the name without the first s.
        "promptTokensDetails" | "prompt_tokens_details" | "promptTokenDetails" | "prompt_token_details" => {
            let prompt = read_modalities(reader)?;
            (counts.input_audio, counts.input_image, counts.input_video) = (prompt.audio, prompt.image, prompt.video);
        }
        "cacheTokensDetails" | "cache_tokens_details" => {
            let cached = read_modalities(reader)?;
            (counts.cache_read_audio, counts.cache_read_image) = (cached.audio, cached.image);
        }
        "candidatesTokensDetails"
        | "candidates_tokens_details"
        | "responseTokensDetails"
        | "response_tokens_details" => {
            let answered = read_modalities(reader)?;
            (counts.output_audio, counts.output_image) = (answered.audio, answered.image);
        }
        _ => reader.skip()?,
    }
    Ok(())
}

/// Reads a list of uses by tool. `tool` and `uses` name the members for the tool and for the number.
pub(in crate::dialect) fn read_tools(
    reader: &mut Reader<'_>,
    tool: &str,
    uses: &[&str],
    counts: &mut ReportedUsage,
    events: &mut Vec<Event>,
) -> JsonResult {
    let document = reader.document();
    reader
        .maybe_array(|reader, _| {
            let (mut name, mut count) = (None, None);
            reader.maybe_object(|reader, key| {
                match &*key {
                    key if key == tool => name = reader.maybe_string()?,
                    key if uses.contains(&key) => count = reader.maybe_count()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?;
            let name = name.map(|name| document.text(name).to_ascii_lowercase()).unwrap_or_default();
            count_tool(&name, count.unwrap_or_default(), counts, events);
            Ok(())
        })
        .map(drop)
}

/// Counts uses of one of Google's tools, by its lower-case name. Search and Maps are billed by use; reading of
/// addresses and files, and code execution, by tokens (<https://ai.google.dev/gemini-api/docs/pricing>, read
/// 2026-11-28). Vertex AI also bills other searches.
fn count_tool(tool: &str, uses: u64, counts: &mut ReportedUsage, events: &mut Vec<Event>) {
    let sum = match tool {
        _ if tool.starts_with("google_search") => &mut counts.web_searches,
        _ if tool.starts_with("google_map") => &mut counts.map_searches,
        "retrieval" | "file_search" => &mut counts.file_searches,
        _ if tool.starts_with("url_context") || tool.starts_with("code_execution") => return,
        _ => return events.extend((uses > 0).then_some(Event::Fee(Fee::Tool))),
    };
    *sum = Some(uses.saturating_add(sum.unwrap_or_default()));
}

/// Tokens by modality. Text and documents are not separated from the whole.
#[derive(Default)]
pub(in crate::dialect) struct Modalities {
    /// Audio tokens.
    pub(in crate::dialect) audio: Option<u64>,
    /// Image tokens.
    pub(in crate::dialect) image: Option<u64>,
    /// Video tokens.
    pub(in crate::dialect) video: Option<u64>,
}

/// Reads counts by modality. With numeric enums (`$alt=json;enum-encoding=int`) the numbers are those of
/// `google.ai.generativelanguage.v1beta.Modality`, which are Vertex AI's too, read 2026-11-21.
pub(in crate::dialect) fn read_modalities(reader: &mut Reader<'_>) -> JsonResult<Modalities> {
    let document = reader.document();
    let mut modalities = Modalities::default();
    reader.maybe_array(|reader, _| {
        let (mut modality, mut tokens) = (None, None);
        reader.maybe_object(|reader, key| {
            match &*key {
                "modality" => modality = reader.scalar()?,
                // The last is the name in interactions.
                "tokenCount" | "token_count" | "tokens" => tokens = reader.maybe_count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })?;
        let slot = match modality.map(|modality| document.raw(modality)) {
            Some("AUDIO" | "audio" | "4") => &mut modalities.audio,
            Some("IMAGE" | "image" | "2") => &mut modalities.image,
            Some("VIDEO" | "video" | "3") => &mut modalities.video,
            _ => return Ok(()),
        };
        *slot = tokens.map(|tokens| tokens.saturating_add(slot.unwrap_or_default())).or(*slot);
        Ok(())
    })?;
    Ok(modalities)
}
