//! Thinking that a request to Claude asks for, from the reasoning of any dialect, in the form that the model takes.
//! <https://docs.anthropic.com/en/docs/build-with-claude/extended-thinking> and `/adaptive-thinking`, read 2026-11-29.

use crate::capability::{AdaptiveUse, Capabilities, Effort, Efforts, ThinkingForm};
use crate::model::{Conversation, Loss, Losses, Parameter, Reasoning, ReasoningMode, ToolChoice};

/// Smallest budget, in tokens.
const LEAST_BUDGET: u64 = 1024;

/// Levels of Claude's effort.
const LEVELS: Efforts = Efforts::of(&[Effort::Low, Effort::Medium, Effort::High, Effort::XHigh, Effort::Max]);

/// Switch of thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialect) enum Switch {
    /// Nothing is said.
    Unset,
    /// None.
    Disabled,
    /// Within a budget, in tokens.
    Enabled(u64),
    /// As much as the model finds fit.
    Adaptive,
}

/// Thinking in Claude's form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::dialect) struct Thinking {
    pub(in crate::dialect) switch: Switch,
    pub(in crate::dialect) effort: Option<Effort>,
    /// Set when its text is to be shown, unset when not.
    pub(in crate::dialect) is_shown: Option<bool>,
}

impl Thinking {
    /// Reports whether the model thinks, as far as the request says.
    pub(in crate::dialect) const fn is_on(&self) -> bool {
        matches!(self.switch, Switch::Enabled(_) | Switch::Adaptive)
    }

    /// Plans the thinking of a request. `bound`: upper bound on its output, in tokens. `is_barred`: its history does not
    /// allow any.
    pub(in crate::dialect) fn plan(
        conversation: &Conversation<'_>,
        capabilities: &Capabilities,
        bound: u64,
        is_barred: bool,
        losses: &mut Losses,
    ) -> Self {
        let reasoning = &conversation.reasoning;
        let mut plan = Self { switch: Switch::Unset, effort: None, is_shown: None };
        if reasoning.is_unsaid() {
            return plan;
        }
        // Who asks to see it expects the model to reason as it finds fit.
        let is_implied = reasoning.mode.is_none() && reasoning.is_shown == Some(true);
        if !reasoning.is_on() && !is_implied {
            lose(reasoning, Parameter::ReasoningDisplay, losses);
            if reasoning.mode == Some(ReasoningMode::Off) {
                plan.switch = switched_off(reasoning, capabilities, losses);
            }
            return plan;
        }
        if capabilities.thinking == Some(ThinkingForm::Unavailable) || capabilities.reasoning == Some(false) {
            lose_all(reasoning, losses);
            return plan;
        }
        plan.effort = effort(reasoning, capabilities, losses);
        // A forced choice forbids thinking.
        if is_forced(conversation) || is_barred {
            lose(reasoning, Parameter::ReasoningMode, losses);
            lose(reasoning, Parameter::ReasoningBudget, losses);
            lose(reasoning, Parameter::ReasoningDisplay, losses);
            return plan;
        }
        plan.switch = switched_on(reasoning, capabilities, bound, losses);
        if plan.is_on() {
            plan.is_shown = reasoning.is_shown;
        } else {
            lose(reasoning, Parameter::ReasoningDisplay, losses);
        }
        plan
    }
}

/// Returns the level, where the model takes levels. One that a budget stands for is no level.
fn effort(reasoning: &Reasoning, capabilities: &Capabilities, losses: &mut Losses) -> Option<Effort> {
    let takes_budgets =
        matches!(capabilities.thinking, Some(ThinkingForm::Budget | ThinkingForm::BudgetOrAdaptive) | None);
    let level = if takes_budgets { reasoning.level } else { reasoning.level_or_budget() };
    let wanted = level?;
    let taken = match capabilities.efforts {
        // The model asked for may be another maker's, behind a name of its own.
        Some(efforts) => efforts.among(LEVELS).nearest(wanted),
        // Budgets were before levels.
        None if capabilities.thinking == Some(ThinkingForm::Budget) => None,
        None => LEVELS.nearest(wanted),
    };
    if reasoning.level.is_some()
        && taken != Some(wanted)
        && let Some(span) = reasoning.span(Parameter::ReasoningLevel)
    {
        losses.add_at(Loss::Limit(Parameter::ReasoningLevel), span);
    }
    taken
}

fn switched_off(reasoning: &Reasoning, capabilities: &Capabilities, losses: &mut Losses) -> Switch {
    match capabilities.thinking {
        Some(ThinkingForm::Unavailable) => Switch::Unset,
        Some(ThinkingForm::Adaptive(AdaptiveUse::Always)) => {
            lose_all(reasoning, losses);
            Switch::Unset
        }
        _ => Switch::Disabled,
    }
}

fn switched_on(reasoning: &Reasoning, capabilities: &Capabilities, bound: u64, losses: &mut Losses) -> Switch {
    let budget = match (capabilities.thinking, reasoning.budget) {
        (Some(ThinkingForm::Adaptive(_)), Some(_)) => {
            lose(reasoning, Parameter::ReasoningBudget, losses);
            return Switch::Adaptive;
        }
        (_, Some(budget)) => budget,
        // The level alone makes the model think.
        (Some(ThinkingForm::Budget), None) => reasoning.level.map_or(LEAST_BUDGET, |level| level.budget()),
        (Some(ThinkingForm::Adaptive(_) | ThinkingForm::BudgetOrAdaptive), None) => return Switch::Adaptive,
        (_, None) if reasoning.mode.is_some() || reasoning.level.is_none() => return Switch::Adaptive,
        (_, None) => return Switch::Unset,
    };
    let most = bound.saturating_sub(1);
    if most < LEAST_BUDGET {
        lose_all(reasoning, losses);
        return Switch::Unset;
    }
    // Room is left for the answer where the budget is cut.
    let fit = if budget > most { bound / 2 } else { budget }.clamp(LEAST_BUDGET, most);
    if reasoning.budget.is_some_and(|budget| budget != fit)
        && let Some(span) = reasoning.span(Parameter::ReasoningBudget)
    {
        losses.add_at(Loss::Limit(Parameter::ReasoningBudget), span);
    }
    Switch::Enabled(fit)
}

fn is_forced(conversation: &Conversation<'_>) -> bool {
    matches!(
        conversation.choice,
        Some((ToolChoice::Required | ToolChoice::Tool(_) | ToolChoice::Among { is_required: true, .. }, _))
    ) && !conversation.tools.is_empty()
}

pub(super) fn lose(reasoning: &Reasoning, parameter: Parameter, losses: &mut Losses) {
    if let Some(span) = reasoning.span(parameter) {
        losses.add_at(Loss::Parameter(parameter), span);
    }
}

fn lose_all(reasoning: &Reasoning, losses: &mut Losses) {
    for (parameter, span) in &reasoning.spans {
        losses.add_at(Loss::Parameter(*parameter), *span);
    }
}
