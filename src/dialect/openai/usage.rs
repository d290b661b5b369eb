//! The usage object of OpenAI's APIs and of those that follow them, in all its spellings.
//!
//! Chat completions, completions and embeddings use `prompt_tokens` and `completion_tokens`, responses, images and
//! audio `input_tokens` and `output_tokens`: <https://platform.openai.com/docs/api-reference>, read 2026-11-21. Cached,
//! audio and reasoning tokens are parts of these. Some providers put such counts next to the details instead of into
//! them. If both are present, the details win, in any order.

use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Event, Extra};
use crate::usage::{Fee, ReportedUsage, UsageConvention, UsageReport, UsageSource};

/// Reads the value of `usage`; `null` and `{}` report nothing.
pub(in crate::dialect) fn read(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    read_from(reader, UsageSource::Body, events)
}

/// Variant of `read` for a usage found elsewhere.
pub(in crate::dialect) fn read_from(
    reader: &mut Reader<'_>,
    source: UsageSource,
    events: &mut Vec<Event>,
) -> JsonResult {
    if reader.peek()? != ValueKind::Object {
        return reader.stray();
    }
    let (counts, convention, raw) = (ReportedUsage::default(), UsageConvention::Inclusive, Span::default());
    // Filled where it stays: it is large.
    let mut report = Box::new(UsageReport { counts, convention, source, raw });
    let mut says_something = false;
    let start = reader.offset();
    reader.object(|reader, key| {
        says_something = true;
        read_count(reader, &key, &mut report.counts, events)
    })?;
    report.raw = reader.span_from(start);
    settle_reasoning(&mut report.counts);
    if says_something {
        events.push(Event::Usage(report));
    }
    Ok(())
}

/// Separates billed reasoning that neither the output nor the total includes. Vercel's gateway reports Gemini's so, as
/// its reported cost shows: there is more reasoning than output. Perplexity's deep research reasons about its findings
/// apart from its answer, and bills both. Its citations identify such reasoning, and cost nothing without it
/// (<https://docs.perplexity.ai/getting-started/pricing>, read 2026-11-28).
fn settle_reasoning(counts: &mut ReportedUsage) {
    let is_cited = counts.extra_tool_input.is_some();
    let counted = counts.input.unwrap_or_default().saturating_add(counts.output.unwrap_or_default());
    let exceeds = counts.output.is_some() && counts.reasoning > counts.output && counts.total == Some(counted);
    counts.extra_reasoning = counts.reasoning.filter(|_| is_cited || exceeds);
    counts.extra_tool_input = counts.extra_tool_input.filter(|_| counts.reasoning.is_some());
}

fn read_count(reader: &mut Reader<'_>, key: &str, counts: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    match key {
        // Some write both spellings, with zeros in the unused one.
        "prompt_tokens" => counts.input = reader.maybe_count()?.or(counts.input),
        "input_tokens" => counts.input = counts.input.or(reader.maybe_count()?),
        "completion_tokens" => counts.output = reader.maybe_count()?.or(counts.output),
        "output_tokens" => counts.output = counts.output.or(reader.maybe_count()?),
        "total_tokens" => counts.total = reader.maybe_count()?,
        "prompt_tokens_details" | "prompt_token_details" | "input_tokens_details" | "input_token_details" => {
            read_input_details(reader, counts)?;
        }
        "completion_tokens_details" | "output_tokens_details" | "output_token_details" => {
            read_output_details(reader, counts)?;
        }
        // DeepSeek (<https://api-docs.deepseek.com/guides/kv_cache>), Together and Moonshot, Databricks and gateways to
        // Anthropic, Mistral.
        "prompt_cache_hit_tokens" | "cached_tokens" | "cache_read_input_tokens" | "num_cached_tokens" => {
            counts.cache_read = counts.cache_read.or(reader.maybe_count()?);
        }
        "cache_creation_input_tokens" => counts.cache_write = counts.cache_write.or(reader.maybe_count()?),
        // Perplexity: <https://docs.perplexity.ai/api-reference/chat-completions-post>.
        "reasoning_tokens" => counts.reasoning = counts.reasoning.or(reader.maybe_count()?),
        "citation_tokens" => counts.extra_tool_input = reader.maybe_count()?,
        "num_search_queries" => counts.web_searches = reader.maybe_count()?,
        // Determines Perplexity's price of a request.
        "search_context_size" => events.extend(
            crate::dialect::texts::non_empty(reader)?
                .map(|value| Event::Extra { name: Extra::SearchContextSize, value }),
        ),
        // OpenRouter: <https://openrouter.ai/docs/guides/features/plugins/web-search>; xAI; Perplexity.
        "server_tool_use" | "server_tool_use_details" | "server_side_tool_usage_details" | "tool_calls_details" => {
            crate::dialect::hosted_tools::read_uses(reader, counts, events)?;
        }
        // xAI's search without a tool was billed by the source, at $25 for 1,000:
        // <https://docs.x.ai/docs/guides/live-search>, read 2026-11-28.
        "num_sources_used" => {
            let sources = reader.maybe_count()?;
            events.extend(sources.filter(|sources| *sources > 0).map(|_| Event::Fee(Fee::WebSearch)));
        }
        "cached_tokens_details" => read_cached_details(reader, counts)?,
        // Billing unit of OpenAI's transcriptions that are not billed by token, and of Mistral's audio in a chat.
        "seconds" | "prompt_audio_seconds" => counts.input_seconds = reader.maybe_count()?,
        // Others have this member next to the usage; Mistral has it here.
        "service_tier" => events.extend(crate::dialect::texts::non_empty(reader)?.map(Event::ServiceTier)),
        _ if crate::dialect::reported_cost::read(reader, key, events)? => {}
        _ => reader.skip()?,
    }
    Ok(())
}

fn read_input_details(reader: &mut Reader<'_>, counts: &mut ReportedUsage) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                // The second is Perplexity's: <https://docs.perplexity.ai/api-reference/responses-post>, read
                // 2026-11-28.
                "cached_tokens" | "cache_read_input_tokens" => {
                    counts.cache_read = reader.maybe_count()?.or(counts.cache_read);
                }
                // OpenRouter and OpenAI; LiteLLM; Alibaba, Perplexity.
                "cache_write_tokens" | "cache_creation_tokens" | "cache_creation_input_tokens" => {
                    counts.cache_write = reader.maybe_count()?.or(counts.cache_write);
                }
                "cached_tokens_details" => read_cached_details(reader, counts)?,
                "audio_tokens" => counts.input_audio = reader.maybe_count()?,
                "image_tokens" => counts.input_image = reader.maybe_count()?,
                "video_tokens" => counts.input_video = reader.maybe_count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

/// Reads the cached tokens that are not text (OpenAI's speech models).
fn read_cached_details(reader: &mut Reader<'_>, counts: &mut ReportedUsage) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "audio_tokens" => counts.cache_read_audio = reader.maybe_count()?,
                // The second is that of OpenAI's image tool.
                "image_tokens" | "cached_image_tokens" => counts.cache_read_image = reader.maybe_count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

/// Reads the usage of a tool that runs another model.
pub(in crate::dialect) fn read_tool(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<ReportedUsage> {
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| read_count(reader, &key, &mut counts, events))?;
    Ok(counts)
}

fn read_output_details(reader: &mut Reader<'_>, counts: &mut ReportedUsage) -> JsonResult {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "reasoning_tokens" => counts.reasoning = reader.maybe_count()?.or(counts.reasoning),
                "audio_tokens" => counts.output_audio = reader.maybe_count()?,
                "image_tokens" => counts.output_image = reader.maybe_count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}
