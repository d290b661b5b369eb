//! Costs as providers report them, by the names that they have for them among the counts.
//!
//! `cost`: OpenRouter (<https://openrouter.ai/docs/sdks/python/api-reference/components/chatusage>), Vercel's gateway,
//! Avian, and, with a total in an object, Perplexity
//! (<https://docs.perplexity.ai/api-reference/chat-completions-post>);
//! `cost_in_usd_ticks`: xAI (<https://docs.x.ai/developers/cost-tracking>). Read 2026-11-28. `estimated_cost`:
//! DeepInfra, as its answers have it.

use crate::chat::Delta;
use crate::document::{Kind, Reader, Span, Unreadable};

/// Reads a member of a usage, if it is one of them; if not, it is still to be read.
pub(super) fn read(reader: &mut Reader<'_>, key: &str, deltas: &mut Vec<Delta>) -> Result<bool, Unreadable> {
    match key {
        "cost" | "estimated_cost" | "total_cost" => {
            let total = read_total(reader)?;
            deltas.extend(total.map(|value| Delta::Kept { name: "cost", value }));
        }
        // Azure, who bills otherwise, has a zero there: that says nothing.
        "cost_in_usd_ticks" => {
            deltas.extend(reader.maybe_count()?.filter(|ticks| *ticks > 0).map(Delta::CostTicks));
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// A number, also one as a text, or an object with the total.
fn read_total(reader: &mut Reader<'_>) -> Result<Option<Span>, Unreadable> {
    if reader.peek()? != Kind::Object {
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
