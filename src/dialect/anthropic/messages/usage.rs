//! Anthropic's usage: <https://docs.anthropic.com/en/api/messages>, read 2026-11-21.
//!
//! The input excludes cached tokens, the output includes reasoning. In a stream `message_start` reports the input and
//! the few output tokens so far. `message_delta` reports sums; a later sum replaces an earlier one.

use crate::dialect::texts::{counted, non_empty, read_extra, span};
use crate::document::{Document, JsonResult, Reader, Span};
use crate::model::{Event, Extra, OtherRun};
use crate::usage::{ReportedUsage, UsageConvention};

/// Reads the value of `usage`; `null` reports nothing.
pub(in crate::dialect) fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut usage = ReportedUsage::default();
    reader.peek()?;
    let start = reader.offset();
    reader.maybe_object(|reader, key| {
        match &*key {
            "output_tokens_details" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "thinking_tokens" => usage.reasoning = reader.maybe_count()?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            "server_tool_use" => crate::dialect::hosted_tools::read_uses(reader, &mut usage, events)?,
            "iterations" => read_iterations(reader, &mut usage, events)?,
            "service_tier" => events.extend(non_empty(reader)?.map(Event::ServiceTier)),
            "inference_geo" => read_extra(Extra::InferenceGeo, reader, events)?,
            "speed" => read_extra(Extra::Speed, reader, events)?,
            // Gateways that speak Anthropic's API.
            _ if crate::dialect::reported_cost::read(reader, &key, events)? => {}
            _ => read_count(reader, &key, &mut usage)?,
        }
        Ok(())
    })?;
    counted(usage, UsageConvention::CacheExcluded, span(start, reader.offset()), events);
    Ok(())
}

/// Reads the count that is the whole answer of count_tokens.
pub(in crate::dialect) fn read_counted(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let usage = ReportedUsage { input: reader.maybe_count()?, ..ReportedUsage::default() };
    counted(usage, UsageConvention::CacheExcluded, span(0, 0), events);
    Ok(())
}

/// Reads a count that a usage and its iterations share.
fn read_count(reader: &mut Reader<'_>, key: &str, usage: &mut ReportedUsage) -> JsonResult {
    match key {
        "input_tokens" => usage.input = reader.maybe_count()?,
        "output_tokens" => usage.output = reader.maybe_count()?,
        "cache_read_input_tokens" => usage.cache_read = reader.maybe_count()?,
        "cache_creation_input_tokens" => usage.cache_write = reader.maybe_count()?,
        "cache_creation" => {
            reader.maybe_object(|reader, key| {
                match &*key {
                    "ephemeral_5m_input_tokens" => usage.cache_write_5m = reader.maybe_count()?,
                    "ephemeral_1h_input_tokens" => usage.cache_write_1h = reader.maybe_count()?,
                    _ => reader.skip()?,
                }
                Ok(())
            })?;
        }
        _ => reader.skip()?,
    }
    Ok(())
}

/// Reads the runs that make up a call. The sums include the runs of the call's model, but not a compaction, which is
/// billed like the rest: <https://docs.anthropic.com/en/build-with-claude/compaction>, read 2026-11-21. They also
/// exclude runs of other models, each billed at its own prices.
fn read_iterations(reader: &mut Reader<'_>, usage: &mut ReportedUsage, events: &mut Vec<Event>) -> JsonResult {
    let document = reader.document();
    let mut rounds = Rounds::default();
    reader.maybe_array(|reader, _| {
        let (mut kind, mut model, mut counts) = (None, None, ReportedUsage::default());
        reader.maybe_object(|reader, key| match &*key {
            "type" => {
                kind = reader.maybe_string()?;
                Ok(())
            }
            "model" => {
                model = non_empty(reader)?;
                Ok(())
            }
            _ => read_count(reader, &key, &mut counts),
        })?;
        let run = OtherRun { model, counts, convention: UsageConvention::CacheExcluded };
        match kind.map(|kind| document.raw(kind)) {
            Some("compaction") => usage.add_extra(&counts),
            Some("message") | None => rounds.add_run(run, document),
            Some("fallback_message") => (rounds.fell_back, rounds.serving) = (true, model),
            Some(_) => {
                rounds.push_other(run);
                return Ok(());
            }
        }
        usage.note_prompt(&counts);
        Ok(())
    })?;
    let others = rounds.finish(document);
    events.extend((!others.is_empty()).then_some(Event::OtherRuns(others)));
    Ok(())
}

/// Rounds of a call, separated by inclusion in the sums, which hold the answering model's rounds. An advisor's rounds
/// (`advisor_message`) are excluded. If a model declined and a fallback took over, the answer's last round is a
/// `fallback_message`, and earlier rounds of other models are declined attempts. These are billed too unless they
/// produced no output: <https://platform.claude.com/docs/en/build-with-claude/refusals-and-fallback>, with the types of
/// the anthropic SDK 2.14.0, read 2026-11-28.
#[derive(Default)]
struct Rounds {
    /// The answering model, when the rounds name it.
    serving: Option<Span>,
    fell_back: bool,
    /// The call's own runs, by model.
    runs: Vec<OtherRun>,
    /// Set when a round with output does not name its model.
    has_unnamed: bool,
    others: Vec<OtherRun>,
    /// Set when there are more runs than are stored.
    has_more: bool,
}

impl Rounds {
    fn add_run(&mut self, run: OtherRun, document: Document<'_>) {
        let Some(model) = run.model else {
            self.has_unnamed |= run.counts.output != Some(0);
            return;
        };
        if !self.fell_back {
            self.serving = Some(model);
        }
        let is_same =
            |known: &&mut OtherRun| known.model.is_some_and(|known| document.raw(known) == document.raw(model));
        if let Some(known) = self.runs.iter_mut().find(is_same) {
            known.counts.add(&run.counts);
        } else if self.runs.len() < MOST_RUNS {
            self.runs.push(run);
        } else {
            self.has_more = true;
        }
    }

    fn push_other(&mut self, run: OtherRun) {
        if self.others.len() < MOST_RUNS {
            self.others.push(run);
        } else {
            self.has_more = true;
        }
    }

    /// Returns the runs that the sums exclude. A run without a model stands for runs with too few known facts.
    fn finish(self, document: Document<'_>) -> Vec<OtherRun> {
        let Self { serving, fell_back, runs, has_unnamed, mut others, has_more } = self;
        let served = serving.map(|model| document.raw(model));
        let is_declined =
            |run: &OtherRun| run.model.map(|model| document.raw(model)) != served && run.counts.output != Some(0);
        others.extend(runs.into_iter().filter(is_declined));
        if has_more || fell_back && has_unnamed {
            others.push(OtherRun {
                model: None,
                counts: ReportedUsage::default(),
                convention: UsageConvention::CacheExcluded,
            });
        }
        others
    }
}

/// Upper bound on stored runs of other models. Each is stored separately, because prices may depend on the prompt's
/// length.
const MOST_RUNS: usize = 64;
