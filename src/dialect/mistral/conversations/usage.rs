//! Usage.

use crate::dialect::texts::span;
use crate::document::{JsonResult, Reader};
use crate::model::Event;
use crate::usage::{ReportedUsage, UsageConvention};

/// Reads usage. The prompt's tokens exclude those of connectors, which are Mistral's own tools.
pub(super) fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let start = reader.peek().map(|_| reader.offset())?;
    let mut counts = ReportedUsage::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "prompt_tokens" => counts.input = reader.maybe_count()?,
            "completion_tokens" => counts.output = reader.maybe_count()?,
            "total_tokens" => counts.total = reader.maybe_count()?,
            "connector_tokens" => counts.tool_input = reader.maybe_count()?,
            // Uses by connector.
            "connectors" => crate::dialect::hosted_tools::read_uses(reader, &mut counts, events)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    crate::dialect::texts::counted(counts, UsageConvention::Inclusive, span(start, reader.offset()), events);
    Ok(())
}
