//! Tools run by the provider: their names in answers, and their charges besides tokens.
//!
//! OpenAI bills web and file searches by the call, code interpreter and hosted shell by the container's time, images by
//! the tokens of the model that makes them; MCP, computer use, patches and local shells are tokens only
//! (<https://developers.openai.com/api/docs/pricing>). xAI bills searches and code by the call
//! (<https://docs.x.ai/developers/pricing>), Perplexity each of its tools
//! (<https://docs.perplexity.ai/docs/getting-started/pricing>), Groq each of them too (<https://groq.com/pricing>).
//! Anthropic bills web searches, and code by the container's time; fetching and finding tools is tokens only
//! (<https://platform.claude.com/docs/en/about-claude/pricing>). All read 2026-11-28. A tool that is not known here may
//! be billed.

use crate::document::{JsonResult, Reader, ValueKind};
use crate::model::Event;
use crate::usage::{Bucket, Fee, ReportedUsage};

/// Charge for one use of a tool, besides tokens.
#[derive(Clone, Copy)]
enum Charge {
    Nothing,
    Use(Bucket),
    Fee(Fee),
}

use Charge::{Nothing, Use};

/// Returns the charge for an item of a response, by its type.
pub(super) fn of_item(kind: &str) -> Option<Event> {
    let charge = match kind {
        // Run by the client, or tokens only.
        "function_call" | "custom_tool_call" | "computer_call" | "local_shell_call" | "shell_call"
        | "apply_patch_call" => Nothing,
        // Output is reported only for shells run by OpenAI:
        // <https://developers.openai.com/api/docs/guides/tools-shell>, read 2026-11-28.
        "shell_call_output" => Charge::Fee(Fee::CodeExecution),
        // Perplexity's: <https://docs.perplexity.ai/api-reference/responses-post>, read 2026-11-28.
        "search_results" => Charge::Fee(Fee::WebSearch),
        // Azure's agents: <https://learn.microsoft.com/en-us/azure/ai-foundry/agents/how-to/tools/bing-grounding>, read
        // 2026-11-28.
        _ if kind.starts_with("bing_") => Charge::Fee(Fee::WebSearch),
        _ => kind.strip_suffix("_call").map_or(Nothing, of_count),
    };
    match charge {
        Nothing => None,
        // OpenAI does not bill the number of code runs.
        Use(Bucket::CodeRuns) => Some(Event::Fee(Fee::CodeExecution)),
        Use(bucket) => Some(Event::Use(bucket)),
        Charge::Fee(fee) => Some(Event::Fee(fee)),
    }
}

/// Returns the fee of a tool run by the provider, by its name, for answers that do not count its uses.
pub(super) fn of_tool(name: &str) -> Option<Fee> {
    match of_count(name) {
        Nothing => None,
        Use(bucket) => Fee::ALL.into_iter().find(|fee| fee.bucket() == Some(bucket)),
        Charge::Fee(fee) => Some(fee),
    }
}

/// Returns the charge for a tool, by the name of its use count.
fn of_count(name: &str) -> Charge {
    let name = name.trim_start_matches('$').trim_end_matches("_requests").trim_end_matches("_calls");
    match name {
        "web_search" | "web_search_premium" | "x_search" | "search_web" | "search" | "browser_search" => {
            Use(Bucket::WebSearches)
        }
        "nova_grounding" => Charge::Fee(Fee::WebSearch),
        "file_search" | "collections_search" | "document_library" => Use(Bucket::FileSearches),
        // xAI's search in attachments costs more than one in collections.
        "document_search" | "attachment_search" => Charge::Fee(Fee::Tool),
        "code_interpreter" | "code_execution" | "python" => Use(Bucket::CodeRuns),
        "bash_code_execution" | "text_editor_code_execution" | "nova_code_interpreter" => {
            Charge::Fee(Fee::CodeExecution)
        }
        "image_generation" => Charge::Fee(Fee::ImageGeneration),
        "web_fetch" | "mcp" | "advisor" => Nothing,
        // Totals over all tools.
        "tool_calls" | "tool" | "total" => Nothing,
        _ if name.starts_with("tool_search") || name.starts_with("tool_calls") => Nothing,
        _ => Charge::Fee(Fee::Tool),
    }
}

/// Reads uses by tool: `{"web_search_requests":2}`, Perplexity's `{"search_web":{"invocation":2}}`.
pub(super) fn read_uses(reader: &mut Reader<'_>, counts: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    // Some repeat the object under a second name.
    let mut told = ReportedUsage::default();
    reader.maybe_object(|reader, key| {
        let Some(uses) = read_count(reader)? else {
            return Ok(());
        };
        let sum = match of_count(&key) {
            Nothing => return Ok(()),
            Use(Bucket::WebSearches) => &mut told.web_searches,
            Use(Bucket::FileSearches) => &mut told.file_searches,
            Use(_) => &mut told.code_runs,
            Charge::Fee(fee) => {
                events.extend((uses > 0).then_some(Event::Fee(fee)));
                return Ok(());
            }
        };
        *sum = Some(uses.saturating_add(sum.unwrap_or_default()));
        Ok(())
    })?;
    counts.web_searches = told.web_searches.or(counts.web_searches);
    counts.file_searches = told.file_searches.or(counts.file_searches);
    counts.code_runs = told.code_runs.or(counts.code_runs);
    Ok(())
}

fn read_count(reader: &mut Reader<'_>) -> JsonResult<Option<u64>> {
    if reader.peek()? != ValueKind::Object {
        return reader.maybe_count();
    }
    let mut count = None;
    reader.object(|reader, key| {
        match &*key {
            "invocation" | "count" => count = reader.maybe_count()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(count)
}

/// Replaces single uses, from `first` on, by their number.
pub(super) fn add_up(events: &mut Vec<Event>, first: usize) {
    for bucket in Bucket::OF_TOOLS {
        let uses = events.iter().skip(first).filter(|event| **event == Event::Use(bucket)).count();
        let uses = u64::try_from(uses).ok().filter(|uses| *uses > 0);
        events.extend(uses.map(|uses| Event::Uses(bucket, uses)));
    }
    forget_uses(events, first);
}

/// Removes single uses, from `first` on.
pub(super) fn forget_uses(events: &mut Vec<Event>, first: usize) {
    super::texts::retract(events, first, |event| matches!(event, Event::Use(_)));
}
