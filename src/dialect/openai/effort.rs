//! Effort of reasoning in requests of chat completions and responses:
//! <https://platform.openai.com/docs/guides/reasoning>, read 2026-11-29.

use crate::capability::{Capabilities, Effort};
use crate::model::{Loss, Losses, Parameter, Reasoning, ReasoningMode};

/// Returns the level that is asked for, or the nearest that the model takes; a budget is brought to a level. What is not
/// said then is added to the losses. `has_summaries`: the API has a switch for showing the reasoning.
pub(super) fn effort(
    reasoning: &Reasoning,
    capabilities: &Capabilities,
    has_summaries: bool,
    losses: &mut Losses,
) -> Option<Effort> {
    let effort = taken(reasoning, capabilities);
    for (parameter, span) in &reasoning.spans {
        let loss = Loss::Parameter(*parameter);
        match parameter {
            Parameter::ReasoningBudget if reasoning.budget.is_some() => losses.add_at(loss, *span),
            // A model that does not reason needs no word for that.
            Parameter::ReasoningMode | Parameter::ReasoningLevel
                if effort.is_none() && (reasoning.is_on() || capabilities.reasoning != Some(false)) =>
            {
                losses.add_at(loss, *span);
            }
            Parameter::ReasoningLevel if reasoning.level.is_some_and(|level| Some(level) != effort) => {
                losses.add_at(Loss::Limit(*parameter), *span);
            }
            Parameter::ReasoningDisplay if reasoning.is_shown == Some(true) && !has_summaries => {
                losses.add_at(loss, *span);
            }
            _ => {}
        }
    }
    effort
}

fn taken(reasoning: &Reasoning, capabilities: &Capabilities) -> Option<Effort> {
    let wanted = match reasoning.mode {
        Some(ReasoningMode::Off) => Effort::None,
        _ => reasoning.level_or_budget()?,
    };
    match capabilities.efforts {
        Some(efforts) if wanted == Effort::None => efforts.has(wanted).then_some(wanted),
        Some(efforts) => efforts.nearest(wanted),
        None if capabilities.reasoning == Some(false) => None,
        // Only where the client itself has the word: others' servers do not know it.
        None => Some(wanted).filter(|_| wanted != Effort::None || reasoning.span(Parameter::ReasoningLevel).is_some()),
    }
}

/// Matches settings of sampling, which reasoning models refuse.
pub(super) fn is_sampling(parameter: Parameter) -> bool {
    matches!(
        parameter,
        Parameter::Temperature
            | Parameter::TopP
            | Parameter::FrequencyPenalty
            | Parameter::PresencePenalty
            | Parameter::Logprobs
            | Parameter::TopLogprobs
    )
}
