//! What Anthropic counts: <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.
//!
//! Cached tokens stand beside the input, reasoning is part of the output. In a stream `message_start` tells the input
//! and the few tokens of output that there are by then; `message_delta` tells sums, each of which holds instead of an
//! earlier one.

use super::leaves::{counted, non_empty, span};
use crate::chat::{Counting, Delta, Tally};
use crate::document::{Reader, Unreadable};

type Read = Result<(), Unreadable>;

/// Reads the value of `usage`; `null` reports nothing.
pub(super) fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut tally = Tally::default();
    reader.peek()?;
    let start = reader.offset();
    reader.maybe_object(|reader, key| {
        match &*key {
            "output_tokens_details" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "thinking_tokens" => tally.reasoning = reader.maybe_count()?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            "server_tool_use" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "web_search_requests" => tally.web_searches = reader.maybe_count()?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            "iterations" => read_iterations(reader, &mut tally, deltas)?,
            "service_tier" => deltas.extend(non_empty(reader)?.map(Delta::ServiceTier)),
            "inference_geo" => keep("inference_geo", reader, deltas)?,
            "speed" => keep("speed", reader, deltas)?,
            _ => read_count(reader, &key, &mut tally)?,
        }
        Ok(())
    })?;
    counted(tally, Counting::CacheBeside, span(start, reader.offset()), deltas);
    Ok(())
}

/// Reads the count that is the whole answer of count_tokens.
pub(super) fn read_counted(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    let tally = Tally { input: reader.maybe_count()?, ..Tally::default() };
    counted(tally, Counting::CacheBeside, span(0, 0), deltas);
    Ok(())
}

fn keep(name: &'static str, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    deltas.extend(non_empty(reader)?.map(|value| Delta::Kept { name, value }));
    Ok(())
}

/// A count that a usage and one of its iterations have alike.
fn read_count(reader: &mut Reader<'_>, key: &str, tally: &mut Tally) -> Read {
    match key {
        "input_tokens" => tally.input = reader.maybe_count()?,
        "output_tokens" => tally.output = reader.maybe_count()?,
        "cache_read_input_tokens" => tally.cache_read = reader.maybe_count()?,
        "cache_creation_input_tokens" => tally.cache_write = reader.maybe_count()?,
        "cache_creation" => {
            reader.maybe_object(|reader, key| {
                match &*key {
                    "ephemeral_5m_input_tokens" => tally.cache_write_5m = reader.maybe_count()?,
                    "ephemeral_1h_input_tokens" => tally.cache_write_1h = reader.maybe_count()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?;
        }
        _ => reader.skip()?,
    }
    Ok(())
}

/// The runs of which a call was made up. The sums hold what its model was run for, but not what a compaction took,
/// though that is billed like the rest: <https://docs.anthropic.com/en/build-with-claude/compaction>, read 2026-11-21.
/// Nor do they hold runs of another model (an advisor's, a fallback's), whose prices are others: these are kept.
fn read_iterations(reader: &mut Reader<'_>, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    let document = reader.document();
    let mut of_another = false;
    reader.peek()?;
    let start = reader.offset();
    reader.maybe_array(|reader, _| {
        let (mut kind, mut run) = (None, Tally::default());
        reader.maybe_object(|reader, key| match &*key {
            "type" => {
                kind = reader.maybe_string()?;
                Ok(())
            }
            _ => read_count(reader, &key, &mut run),
        })?;
        match kind.map(|kind| document.raw(kind)) {
            Some("compaction") => tally.add_apart(&run),
            Some("message") | None => {}
            Some(_) => of_another = true,
        }
        Ok(())
    })?;
    let value = span(start, reader.offset());
    deltas.extend(of_another.then_some(Delta::Kept { name: "usage_iterations", value }));
    Ok(())
}
