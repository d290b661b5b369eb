//! Writer of `thinkingConfig`: a level or a budget, by the model. Both together are refused.

use crate::capability::{Capabilities, Effort, ThinkingForm};
use crate::document::JsonWriter;
use crate::model::{Loss, Losses, Parameter, Reasoning, ReasoningMode};

/// Value of the bound on reasoning.
enum Bound {
    Level(&'static str),
    Budget(i64),
}

/// Writes the reasoning that a request asks for.
pub(super) fn write_thinking(
    json: &mut JsonWriter,
    reasoning: &Reasoning,
    capabilities: &Capabilities,
    losses: &mut Losses,
) {
    if capabilities.thinking == Some(ThinkingForm::Unavailable) {
        let lost = reasoning.spans.iter().filter(|_| reasoning.mode != Some(ReasoningMode::Off));
        lost.for_each(|(parameter, span)| losses.add_at(Loss::Parameter(*parameter), *span));
        return;
    }
    let mut writer = ThinkingWriter { reasoning, losses };
    let bound = writer.bound(capabilities);
    let is_shown = shown(reasoning);
    if bound.is_none() && is_shown.is_none() {
        return;
    }
    json.name("thinkingConfig").begin_object();
    match bound {
        Some(Bound::Level(level)) => drop(json.name("thinkingLevel").string(level)),
        Some(Bound::Budget(budget)) => drop(json.name("thinkingBudget").raw(&budget.to_string())),
        None => {}
    }
    if let Some(is_shown) = is_shown {
        json.name("includeThoughts").raw(if is_shown { "true" } else { "false" });
    }
    json.end_object();
}

/// Reports whether thoughts are to be shown. Elsewhere who switches reasoning on sees it; here it has to be asked for.
fn shown(reasoning: &Reasoning) -> Option<bool> {
    let is_switched = reasoning.mode == Some(ReasoningMode::On) || reasoning.span(Parameter::ReasoningMode).is_some();
    reasoning.is_shown.or_else(|| (reasoning.is_on() && is_switched).then_some(true))
}

struct ThinkingWriter<'w> {
    reasoning: &'w Reasoning,
    losses: &'w mut Losses,
}

impl ThinkingWriter<'_> {
    fn bound(&mut self, capabilities: &Capabilities) -> Option<Bound> {
        let Reasoning { mode, level, budget, .. } = *self.reasoning;
        match (mode, capabilities.thinking) {
            (Some(ReasoningMode::Off), Some(ThinkingForm::GeminiLevel)) => {
                // There is no lower one.
                self.lose_limit();
                Some(self.level(Effort::Minimal, capabilities))
            }
            (Some(ReasoningMode::Off), Some(ThinkingForm::GeminiBudget(range))) if !range.can_be_off => {
                self.lose_limit();
                Some(Bound::Budget(range.least.into()))
            }
            (Some(ReasoningMode::Off), _) => Some(Bound::Budget(0)),
            (_, Some(ThinkingForm::GeminiLevel)) => match (level, budget) {
                (Some(level), budget) => {
                    budget.into_iter().for_each(|_| self.lose(Parameter::ReasoningBudget));
                    Some(self.level(level, capabilities))
                }
                (None, Some(budget)) => {
                    self.lose(Parameter::ReasoningBudget);
                    Some(self.level(Effort::of_budget(budget), capabilities))
                }
                // As much as the model finds fit, which it does unasked.
                (None, None) => None,
            },
            (_, Some(ThinkingForm::GeminiBudget(range))) => match (level, budget) {
                (level, Some(budget)) => {
                    level.into_iter().for_each(|_| self.lose(Parameter::ReasoningLevel));
                    let fit = budget.clamp(range.least.into(), range.most.into());
                    if fit != budget {
                        self.lose_limit();
                    }
                    Some(Bound::Budget(i64::try_from(fit).unwrap_or_default()))
                }
                (Some(level), None) => {
                    self.lose(Parameter::ReasoningLevel);
                    let fit = level.budget().clamp(range.least.into(), range.most.into());
                    Some(Bound::Budget(i64::try_from(fit).unwrap_or_default()))
                }
                (None, None) => self.dynamic(),
            },
            _ => match (level, budget) {
                (level, Some(budget)) => {
                    level.into_iter().for_each(|_| self.lose(Parameter::ReasoningLevel));
                    Some(Bound::Budget(i64::try_from(budget).unwrap_or(i64::MAX)))
                }
                (Some(level), None) => Some(self.level(level, capabilities)),
                (None, None) => self.dynamic(),
            },
        }
    }

    /// Budget for as much as the model finds fit.
    fn dynamic(&self) -> Option<Bound> {
        self.reasoning.mode.is_some().then_some(Bound::Budget(-1))
    }

    /// Word of a level, of those that the model takes. `max` is not among Gemini's.
    fn level(&mut self, wanted: Effort, capabilities: &Capabilities) -> Bound {
        let taken =
            capabilities.efforts.and_then(|efforts| efforts.nearest(wanted)).unwrap_or(wanted).min(Effort::XHigh);
        if taken != wanted && self.reasoning.level.is_some() {
            self.lose_limit();
        }
        Bound::Level(taken.name())
    }

    fn lose(&mut self, parameter: Parameter) {
        if let Some(span) = self.reasoning.span(parameter) {
            self.losses.add_at(Loss::Parameter(parameter), span);
        }
    }

    /// Names the setting that is brought to a limit.
    fn lose_limit(&mut self) {
        let among = [Parameter::ReasoningBudget, Parameter::ReasoningLevel, Parameter::ReasoningMode];
        let said = among.into_iter().find_map(|parameter| Some((parameter, self.reasoning.span(parameter)?)));
        if let Some((parameter, span)) = said {
            self.losses.add_at(Loss::Limit(parameter), span);
        }
    }
}
