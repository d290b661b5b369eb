//! Fold over the events of one answer, so that streamed and whole answers leave the same facts.

use super::tool_calls::ArgumentsState;
use super::{Content, Event, Extra, OtherRun, ToolCall, ToolCalls};
use crate::document::Document;
use crate::usage::{Bucket, Fee, Fees, ReportedUsage, Usage, UsageConvention, UsageReport, UsageSource};

/// An error reported by the provider.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The provider's type of error.
    pub kind: Option<String>,
    /// The provider's code.
    pub code: Option<String>,
    /// Status, for APIs that have one in addition to the code.
    pub status: Option<String>,
}

/// Run of another model within the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The model; `None` when unknown.
    pub model: Option<String>,
    /// Usage in disjoint buckets.
    pub usage: Usage,
}

/// Facts of an answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The provider's id of the answer.
    pub id: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// Creation time of the answer, in seconds since 1970, for dialects that report it.
    pub created: Option<u64>,
    /// Service tier used.
    pub service_tier: Option<String>,
    /// OpenAI's `system_fingerprint`.
    pub fingerprint: Option<String>,
    /// Usage in disjoint buckets; `None` until the provider reports some.
    pub usage: Option<Usage>,
    /// The same usage as the provider reported it.
    pub counts: ReportedUsage,
    /// Source of the usage.
    pub usage_source: UsageSource,
    /// Runs of other models. None of these counts includes them; they are billed at those models' prices.
    pub other_runs: Vec<Run>,
    /// Uses of the provider's own tools, for APIs that report them apart from the usage.
    pub uses: Usage,
    /// Fees of an amount that the answer does not state.
    pub fees: Fees,
    /// Finish reason of each choice, by index; `None` until the choice ends.
    pub finish_reasons: Vec<Option<String>>,
    /// Tool calls, in order of their start.
    pub tool_calls: ToolCalls,
    /// The error, when the provider reported one.
    pub failure: Option<Failure>,
    /// Set when the model refused to answer, for dialects that mark refusals.
    pub refused: bool,
    /// Dimensions of each embedding vector.
    pub dimensions: Option<u32>,
    /// Facts without a field of their own. The last value wins.
    pub extras: Vec<(Extra, String)>,
    /// Set when the answer's end marker has arrived.
    pub ended: bool,
}

impl Reply {
    /// Applies one event. Texts are not stored.
    pub fn apply(&mut self, event: &Event, document: Document<'_>) {
        let text = |span| document.text(span).into_owned();
        match *event {
            Event::Id(span) => {
                self.id.get_or_insert_with(|| text(span));
            }
            Event::Model(span) => {
                self.model.get_or_insert_with(|| text(span));
            }
            Event::Successor(span) => self.model = Some(text(span)),
            Event::Created(seconds) => self.created = Some(seconds),
            // A stream may start with the requested tier and end with the tier used.
            Event::ServiceTier(span) => self.service_tier = Some(text(span)),
            Event::Fingerprint(span) => {
                self.fingerprint.get_or_insert_with(|| text(span));
            }
            Event::Text { channel, text } | Event::Missing { channel, text } => {
                self.choice(channel.choice);
                match channel.content {
                    Content::Refusal => self.refused = true,
                    Content::Arguments | Content::Input => {
                        let last = document.raw(text).trim_ascii_end().bytes().next_back();
                        let ends = matches!(last, Some(b'}' | b']'));
                        let arguments = if ends { ArgumentsState::Closed } else { ArgumentsState::Open };
                        self.tool_calls.argue(channel.choice, channel.part, arguments);
                    }
                    Content::Text | Content::Reasoning | Content::SignedReasoning | Content::Plan | Content::Speech => {
                    }
                }
            }
            Event::Choice(index) => self.choice(index),
            Event::Part { choice, .. } => self.choice(choice),
            Event::ToolCall { choice, part, id, name, builtin } => {
                self.choice(choice);
                self.tool_calls.record(ToolCall { choice, part, id: id.map(text), name: name.map(text), builtin });
            }
            Event::BuiltinCall { choice, part, id, name } => {
                self.choice(choice);
                let name = Some(name.to_owned());
                self.tool_calls.record(ToolCall { choice, part, id: id.map(text), name, builtin: true });
            }
            Event::Finish { choice, reason } => self.finish(choice, text(reason)),
            Event::FinishWord { choice, reason } => self.finish(choice, reason.to_owned()),
            Event::Usage(ref counted) => self.count(counted),
            Event::OtherRuns(ref runs) => {
                let run = |run: &OtherRun| Run { model: run.model.map(text), usage: run.counts.usage(run.convention) };
                self.other_runs = runs.iter().map(run).collect();
                self.fees.remove(Fee::ImageGeneration);
            }
            Event::Use(bucket) => {
                let uses = self.uses.count(bucket).unwrap_or_default().saturating_add(1);
                self.uses.set(bucket, Some(uses));
                self.count_uses();
            }
            Event::CostTicks(ticks) => self.set_extra(Extra::Cost, &dollars(ticks)),
            Event::Uses(bucket, uses) => {
                self.uses.set(bucket, self.uses.count(bucket).max(Some(uses)));
                self.count_uses();
            }
            // The other runs already count the images' tokens.
            Event::Fee(Fee::ImageGeneration) if !self.other_runs.is_empty() => {}
            Event::Fee(fee) => self.fees.insert(fee),
            Event::Dimensions(dimensions) => self.dimensions = Some(dimensions),
            Event::Failure { kind, code, status, .. } => {
                self.failure.get_or_insert_with(|| Failure {
                    kind: kind.map(text),
                    code: code.map(text),
                    status: status.map(text),
                });
            }
            Event::Extra { name, value } => self.set_extra(name, &document.text(value)),
            Event::End => self.ended = true,
            Event::Arguments { choice, part, .. } => {
                self.tool_calls.argue(choice, part, ArgumentsState::Closed);
            }
            Event::Repeated { .. }
            | Event::Echo { .. }
            | Event::Complete { .. }
            | Event::PartEnd { .. }
            | Event::Property { .. }
            | Event::Other(_)
            | Event::EventName(_) => {}
        }
    }

    /// Reports whether every started choice has a finish reason.
    pub fn finished(&self) -> bool {
        !self.finish_reasons.is_empty() && self.finish_reasons.iter().all(Option::is_some)
    }

    /// Makes room for a choice that exists but has not ended.
    fn choice(&mut self, index: u32) {
        let length = index as usize + 1;
        if self.finish_reasons.len() < length && length <= MAX_CHOICES {
            self.finish_reasons.resize(length, None);
        }
    }

    fn finish(&mut self, choice: u32, reason: String) {
        self.choice(choice);
        if let Some(slot) = self.finish_reasons.get_mut(choice as usize) {
            *slot = Some(reason);
        }
    }

    /// Applies a usage report. It replaces the earlier one, except for dialects that report some counts at the start
    /// and others at the end. Usage from the dialect's own place takes precedence over Groq's other place.
    pub fn count(&mut self, counted: &UsageReport) {
        let known = self.usage.is_some().then_some(self.usage_source);
        if (known, counted.source) == (Some(UsageSource::Body), UsageSource::XGroq) {
            return;
        }
        match counted.convention {
            UsageConvention::CacheExcluded => self.counts.update(&counted.counts),
            UsageConvention::Inclusive | UsageConvention::ReasoningExcluded => self.counts = counted.counts,
        }
        self.usage = Some(self.counts.usage(counted.convention));
        self.usage_source = counted.source;
        self.count_uses();
    }

    /// Applies billed counts reported apart from the tokens that the model read and wrote.
    pub fn bill(&mut self, billed: &UsageReport) {
        let ReportedUsage { input, output, .. } = billed.counts;
        self.counts.billed_input = input.or(self.counts.billed_input);
        self.counts.billed_output = output.or(self.counts.billed_output);
        self.usage = self.usage.map(|_| self.counts.usage(UsageConvention::Inclusive));
        self.count_uses();
    }

    /// Merges separately reported tool uses into the usage, unless the usage has them. Tool uses alone are no usage of
    /// a call.
    fn count_uses(&mut self) {
        let Some(usage) = &mut self.usage else {
            return;
        };
        for bucket in Bucket::OF_TOOLS {
            usage.set(bucket, self.counts.uses(bucket).or_else(|| self.uses.count(bucket)));
        }
    }

    /// Returns the value of an extra fact.
    pub fn extra(&self, name: Extra) -> Option<&str> {
        self.extras.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Stores an extra fact.
    pub fn set_extra(&mut self, name: Extra, value: &str) {
        let end = value.floor_char_boundary(LONGEST_KEPT);
        let value = value.get(..end).unwrap_or_default();
        match self.extras.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.extras.push((name, value.to_owned())),
        }
    }
}

/// Formats ticks of 1e-10 USD as dollars, without trailing zeros.
fn dollars(ticks: u64) -> String {
    let (whole, part) = (ticks / TICKS_PER_DOLLAR, ticks % TICKS_PER_DOLLAR);
    let decimal = format!("{whole}.{part:010}");
    decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const TICKS_PER_DOLLAR: u64 = 10_000_000_000;

/// Upper bound on a stored extra fact, in bytes.
const LONGEST_KEPT: usize = 1024;

/// Upper bound on stored choices: a provider's index must not determine an allocation.
const MAX_CHOICES: usize = 128;
