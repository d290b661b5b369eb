//! Google's `usageMetadata`: <https://ai.google.dev/api/generate-content#UsageMetadata> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/reference/rest/v1/GenerateContentResponse#UsageMetadata>,
//! read 2026-11-21.
//!
//! Cached tokens are part of the prompt's; thoughts stand beside the candidates', the results of tools beside the
//! prompt's. Every chunk of a stream reports anew, and what it counted may be less than before: the last one holds.

use crate::chat::{Counted, Counting, Delta, Tally, UsageSource};
use crate::document::{Reader, Span, Unreadable};

type Read = Result<(), Unreadable>;

/// Reads the value of `usageMetadata`; an empty one reports nothing. Whether it is Vertex AI's: only that has a
/// `trafficType`.
pub(super) fn read(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Result<bool, Unreadable> {
    let start = reader.peek().map(|_| reader.offset())?;
    let mut tally = Tally::default();
    let (mut is_empty, mut is_vertex) = (true, false);
    reader.maybe_object(|reader, key| {
        is_empty = false;
        match &*key {
            "trafficType" | "traffic_type" => {
                is_vertex = true;
                deltas.extend(reader.scalar()?.map(|value| Delta::Kept { name: "traffic_type", value }));
            }
            "serviceTier" | "service_tier" => deltas.extend(reader.maybe_string()?.map(Delta::ServiceTier)),
            _ => read_count(reader, &key, &mut tally)?,
        }
        Ok(())
    })?;
    if !is_empty {
        deltas.push(report(tally, super::leaves::span(start, reader.offset())));
    }
    Ok(is_vertex)
}

/// The report of what was counted.
pub(super) fn report(tally: Tally, raw: Span) -> Delta {
    Delta::Usage(Box::new(Counted { tally, counting: Counting::ThoughtsBeside, source: UsageSource::Body, raw }))
}

fn read_count(reader: &mut Reader<'_>, key: &str, tally: &mut Tally) -> Read {
    match key {
        "promptTokenCount" | "prompt_token_count" => tally.input = reader.maybe_count()?,
        // The Live API's name is the second.
        "candidatesTokenCount" | "candidates_token_count" | "responseTokenCount" | "response_token_count" => {
            tally.output = reader.maybe_count()?;
        }
        "totalTokenCount" | "total_token_count" => tally.total = reader.maybe_count()?,
        "cachedContentTokenCount" | "cached_content_token_count" => tally.cache_read = reader.maybe_count()?,
        "thoughtsTokenCount" | "thoughts_token_count" => tally.reasoning = reader.maybe_count()?,
        "toolUsePromptTokenCount" | "tool_use_prompt_token_count" => tally.tool_input = reader.maybe_count()?,
        "billedToolCalls" | "billed_tool_calls" => read_billed(reader, tally)?,
        // batchEmbedContents has the name without the first s.
        "promptTokensDetails" | "prompt_tokens_details" | "promptTokenDetails" | "prompt_token_details" => {
            let prompt = read_modalities(reader)?;
            (tally.input_audio, tally.input_image, tally.input_video) = (prompt.audio, prompt.image, prompt.video);
        }
        "cacheTokensDetails" | "cache_tokens_details" => {
            let cached = read_modalities(reader)?;
            (tally.cache_read_audio, tally.cache_read_image) = (cached.audio, cached.image);
        }
        "candidatesTokensDetails"
        | "candidates_tokens_details"
        | "responseTokensDetails"
        | "response_tokens_details" => {
            let answered = read_modalities(reader)?;
            (tally.output_audio, tally.output_image) = (answered.audio, answered.image);
        }
        _ => reader.skip()?,
    }
    Ok(())
}

/// What Google bills of the tools it has run: `[{"tool":"GOOGLE_SEARCH_RETRIEVAL","successfulToolCallCount":2}]`. None of
/// its types has it yet, some answers do: <https://discuss.ai.google.dev/t/174074>, read 2026-11-28.
fn read_billed(reader: &mut Reader<'_>, tally: &mut Tally) -> Read {
    let document = reader.document();
    reader
        .maybe_array(|reader, _| {
            let (mut tool, mut count) = (None, None);
            reader.maybe_object(|reader, key| {
                match &*key {
                    "tool" => tool = reader.maybe_string()?,
                    "successfulToolCallCount" | "successful_tool_call_count" => count = reader.maybe_count()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?;
            let is_search = |tool| document.text(tool).to_ascii_lowercase().starts_with("google_search");
            if let Some(count) = count.filter(|_| tool.is_some_and(is_search)) {
                tally.web_searches = Some(count.saturating_add(tally.web_searches.unwrap_or_default()));
            }
            Ok(())
        })
        .map(drop)
}

/// Tokens by what they are of; text and documents are not told apart from the whole.
#[derive(Default)]
pub(super) struct Modalities {
    /// Of audio.
    pub(super) audio: Option<u64>,
    /// Of images.
    pub(super) image: Option<u64>,
    /// Of video.
    pub(super) video: Option<u64>,
}

/// Reads counts by modality. Modalities are numbers where enums are (`$alt=json;enum-encoding=int`): those of
/// `google.ai.generativelanguage.v1beta.Modality`, which are Vertex AI's too, read 2026-11-21.
pub(super) fn read_modalities(reader: &mut Reader<'_>) -> Result<Modalities, Unreadable> {
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
