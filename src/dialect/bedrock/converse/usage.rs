//! Usage.

use crate::dialect::texts::span;
use crate::document::{JsonResult, Reader};
use crate::model::Event;
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

/// Reads usage. Bedrock's input excludes cached tokens. InvokeModel of Amazon Nova, and older answers, end their names
/// in `Count`.
pub(super) fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut counts = ReportedUsage::default();
    reader.peek()?;
    let start = reader.offset();
    let is_object = reader.maybe_object(|reader, key| {
        match &*key {
            "inputTokens" => counts.input = reader.maybe_count()?,
            "outputTokens" => counts.output = reader.maybe_count()?,
            "totalTokens" => counts.total = reader.maybe_count()?,
            "cacheReadInputTokens" | "cacheReadInputTokenCount" => {
                counts.cache_read = reader.maybe_count()?.or(counts.cache_read);
            }
            "cacheWriteInputTokens" | "cacheWriteInputTokenCount" => {
                counts.cache_write = reader.maybe_count()?.or(counts.cache_write);
            }
            "cacheDetails" => {
                reader.maybe_array(|reader, _| read_cache_detail(reader, &mut counts))?;
            }
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if is_object {
        let (convention, source) = (UsageConvention::CacheExcluded, UsageSource::Body);
        let raw = span(start, reader.offset());
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source, raw })));
    }
    Ok(())
}

/// Reads the tokens written to the cache for one lifetime.
fn read_cache_detail(reader: &mut Reader<'_>, counts: &mut ReportedUsage) -> JsonResult {
    let (mut lifetime, mut tokens) = (None, None);
    reader.maybe_object(|reader, key| {
        match &*key {
            "ttl" => lifetime = reader.maybe_text()?,
            "inputTokens" => tokens = reader.maybe_count()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    let sum = match lifetime.as_deref() {
        Some("1h") => &mut counts.cache_write_1h,
        _ => &mut counts.cache_write_5m,
    };
    *sum = tokens.map(|tokens: u64| sum.unwrap_or_default().saturating_add(tokens)).or(*sum);
    Ok(())
}
