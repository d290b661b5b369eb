//! The usage object of OpenAI's APIs and of those that follow them, in all its spellings.
//!
//! Chat completions, completions and embeddings say `prompt_tokens` and `completion_tokens`, responses, images and audio
//! `input_tokens` and `output_tokens`: <https://platform.openai.com/docs/api-reference>, read 2026-11-21. Cached, audio
//! and reasoning tokens are parts of these.

use crate::chat::{Counted, Counting, Delta, Tally, UsageSource};
use crate::document::{Kind, Reader, Span, Unreadable};

type Read = Result<(), Unreadable>;

/// Reads the value of `usage`; `null` reports nothing.
pub(super) fn read(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    read_from(reader, UsageSource::Body, deltas)
}

/// The same, found elsewhere.
pub(super) fn read_from(reader: &mut Reader<'_>, source: UsageSource, deltas: &mut Vec<Delta>) -> Read {
    reader.peek()?;
    let start = reader.offset();
    let mut tally = Tally::default();
    let is_object = reader.maybe_object(|reader, key| read_count(reader, &key, &mut tally, deltas))?;
    let raw = super::leaves::span(start, reader.offset());
    if is_object {
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting: Counting::Within, source, raw })));
    }
    Ok(())
}

fn read_count(reader: &mut Reader<'_>, key: &str, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "prompt_tokens" | "input_tokens" => tally.input = reader.maybe_count()?,
        "completion_tokens" | "output_tokens" => tally.output = reader.maybe_count()?,
        "total_tokens" => tally.total = reader.maybe_count()?,
        "prompt_tokens_details" | "input_tokens_details" | "input_token_details" => {
            read_input_details(reader, tally)?;
        }
        "completion_tokens_details" | "output_tokens_details" | "output_token_details" => {
            read_output_details(reader, tally)?;
        }
        // DeepSeek: <https://api-docs.deepseek.com/guides/kv_cache>.
        "prompt_cache_hit_tokens" => tally.cache_read = reader.maybe_count()?.or(tally.cache_read),
        // What OpenAI bills a transcription by, where it is not by token.
        "seconds" => tally.input_seconds = reader.maybe_count()?,
        "cost" => read_cost(reader, deltas)?,
        _ => reader.skip()?,
    }
    Ok(())
}

fn read_input_details(reader: &mut Reader<'_>, tally: &mut Tally) -> Read {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "cached_tokens" => tally.cache_read = reader.maybe_count()?.or(tally.cache_read),
                "cache_write_tokens" => tally.cache_write = reader.maybe_count()?,
                "audio_tokens" => tally.input_audio = reader.maybe_count()?,
                "image_tokens" => tally.input_image = reader.maybe_count()?,
                "video_tokens" => tally.input_video = reader.maybe_count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

fn read_output_details(reader: &mut Reader<'_>, tally: &mut Tally) -> Read {
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "reasoning_tokens" => tally.reasoning = reader.maybe_count()?,
                "audio_tokens" => tally.output_audio = reader.maybe_count()?,
                "image_tokens" => tally.output_image = reader.maybe_count()?,
                _ => reader.skip()?,
            }
            Ok(())
        })
        .map(drop)
}

/// What the provider says that the call cost: a number, or an object with the total.
fn read_cost(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut total = None;
    if reader.peek()? == Kind::Object {
        reader.object(|reader, key| {
            if &*key == "total_cost" {
                total = reader.scalar()?;
                return Ok(());
            }
            reader.skip()
        })?;
    } else {
        total = reader.scalar()?;
    }
    deltas.extend(total.map(|value: Span| Delta::Kept { name: "cost", value }));
    Ok(())
}
