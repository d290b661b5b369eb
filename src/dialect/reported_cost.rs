//! Costs as providers report them, by their member names among the counts.
//!
//! `cost`: OpenRouter (<https://openrouter.ai/docs/sdks/python/api-reference/components/chatusage>), Vercel's gateway,
//! Avian, and, with a total in an object, Perplexity
//! (<https://docs.perplexity.ai/api-reference/chat-completions-post>); `cost_in_usd_ticks`: xAI
//! (<https://docs.x.ai/developers/cost-tracking>). Read 2026-11-28. `estimated_cost`: DeepInfra, as its answers have
//! it.

use crate::document::{JsonResult, Reader, Span, ValueKind};
use crate::model::{Event, Extra};

/// Reads a cost member of a usage and returns true. Returns false for any other member, which is then still unread.
pub(super) fn read(reader: &mut Reader<'_>, key: &str, events: &mut Vec<Event>) -> JsonResult<bool> {
    match key {
        "cost" | "estimated_cost" | "total_cost" => {
            let total = read_total(reader)?;
            events.extend(total.map(|value| Event::Extra { name: Extra::Cost, value }));
        }
        // Azure bills otherwise and sends a zero, which reports nothing.
        "cost_in_usd_ticks" => {
            events.extend(reader.maybe_count()?.filter(|ticks| *ticks > 0).map(Event::CostTicks));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Reads a number, possibly as a string, or an object with the total.
fn read_total(reader: &mut Reader<'_>) -> JsonResult<Option<Span>> {
    if reader.peek()? != ValueKind::Object {
        return reader.scalar();
    }
    let mut total = None;
    reader.object(|reader, key| {
        match &*key {
            "total_cost" | "total" => total = reader.scalar()?.or(total),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(total)
}
