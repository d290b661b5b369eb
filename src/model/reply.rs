//! The reply: a fold over the deltas of one answer, so that a streamed and a whole answer leave the same facts.

use super::tool_calls::ArgumentsState;
use super::{Content, Event, OtherRun, ToolCall, ToolCalls};
use crate::document::Document;
use crate::usage::{Bucket, Fee, Fees, ReportedUsage, Usage, UsageConvention, UsageReport, UsageSource};

/// An error that a provider reported.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Failure {
    /// The provider's type of error.
    pub kind: Option<String>,
    /// The provider's code.
    pub code: Option<String>,
    /// Its status, where that is a word of its own.
    pub status: Option<String>,
}

/// What another model was run for within the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Which model; `None` where that is not known.
    pub model: Option<String>,
    /// What was counted, in disjoint buckets.
    pub usage: Usage,
}

/// What an answer amounts to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The provider's id of the answer.
    pub id: Option<String>,
    /// The model that answered.
    pub model: Option<String>,
    /// When the answer was created, in seconds since 1970, where the dialect says so.
    pub created: Option<u64>,
    /// The service tier that was used.
    pub service_tier: Option<String>,
    /// OpenAI's `system_fingerprint`.
    pub fingerprint: Option<String>,
    /// What was counted, in disjoint buckets; `None` until the provider reports something.
    pub usage: Option<Usage>,
    /// The same as the provider wrote it.
    pub counts: ReportedUsage,
    /// Where that was found.
    pub usage_source: UsageSource,
    /// What other models were run for, which is in none of these counts and billed at their prices.
    pub other_runs: Vec<Run>,
    /// How often the provider has used its own tools, where that is told apart from what it counts.
    pub uses: Usage,
    /// Fees of which the answer does not tell how much.
    pub fees: Fees,
    /// Why each choice ended, by index; `None` where it has not.
    pub finish_reasons: Vec<Option<String>>,
    /// Tool calls, in the order in which they began.
    pub tool_calls: ToolCalls,
    /// The error, when the provider reported one.
    pub failure: Option<Failure>,
    /// Whether the model refused to answer, where the dialect has a word for that.
    pub refused: bool,
    /// Numbers in each vector of an embedding.
    pub dimensions: Option<u32>,
    /// Facts that the canonical words cannot hold yet, by name; of several the last.
    pub extras: Vec<(&'static str, String)>,
    /// Whether the answer said that it was over.
    pub ended: bool,
}

impl Reply {
    /// Takes over what one delta says. Texts are not kept.
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
            // A stream may begin with the tier that was asked for and end with the one that was given.
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
                    Content::Text | Content::Reasoning | Content::SignedReasoning | Content::Speech => {}
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
            Event::CostTicks(ticks) => self.set_extra("cost", &dollars(ticks)),
            Event::Uses(bucket, uses) => {
                self.uses.set(bucket, self.uses.count(bucket).max(Some(uses)));
                self.count_uses();
            }
            // What its images took is told.
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
            | Event::Other(_)
            | Event::EventName(_) => {}
        }
    }

    /// Whether every choice that began has said why it ended.
    pub fn finished(&self) -> bool {
        !self.finish_reasons.is_empty() && self.finish_reasons.iter().all(Option::is_some)
    }

    /// Makes room for a choice that is known to exist, though it has not ended.
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

    /// Takes over a report of counts: whole, but for those that report some at the beginning and others at the end. What
    /// stands in the place that the dialect has for it holds before what Groq has elsewhere.
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

    /// Takes over what is billed, where it is told apart from what the model read and wrote.
    pub fn bill(&mut self, billed: &UsageReport) {
        let ReportedUsage { input, output, .. } = billed.counts;
        self.counts.billed_input = input.or(self.counts.billed_input);
        self.counts.billed_output = output.or(self.counts.billed_output);
        self.usage = self.usage.map(|_| self.counts.usage(UsageConvention::Inclusive));
        self.count_uses();
    }

    /// Puts uses of tools that were told apart among what was counted, unless the counts have them; alone they are no
    /// count of a call.
    fn count_uses(&mut self) {
        let Some(usage) = &mut self.usage else {
            return;
        };
        for bucket in Bucket::OF_TOOLS {
            usage.set(bucket, self.counts.uses(bucket).or_else(|| self.uses.count(bucket)));
        }
    }

    /// A fact that was kept under a name.
    pub fn extra(&self, name: &str) -> Option<&str> {
        self.extras.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
    }

    /// Keeps a fact under a name.
    pub fn set_extra(&mut self, name: &'static str, value: &str) {
        let end = value.floor_char_boundary(LONGEST_KEPT);
        let value = value.get(..end).unwrap_or_default();
        match self.extras.iter_mut().find(|(known, _)| *known == name) {
            Some((_, old)) => value.clone_into(old),
            None => self.extras.push((name, value.to_owned())),
        }
    }
}

/// Ticks of 1e-10 USD as dollars, without zeros behind the last digit.
fn dollars(ticks: u64) -> String {
    let (whole, part) = (ticks / TICKS_PER_DOLLAR, ticks % TICKS_PER_DOLLAR);
    let decimal = format!("{whole}.{part:010}");
    decimal.trim_end_matches('0').trim_end_matches('.').to_owned()
}

const TICKS_PER_DOLLAR: u64 = 10_000_000_000;

/// Longest fact that is kept, in bytes.
const LONGEST_KEPT: usize = 1024;

/// Most choices that are kept: a provider's index is not to be trusted with the size of a list.
const MAX_CHOICES: usize = 128;
