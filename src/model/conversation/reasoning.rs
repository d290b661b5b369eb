//! Reasoning that a request asks for, in whichever of the dialects' ways.

use crate::capability::Effort;
use crate::document::Span;
use crate::model::Parameter;

/// Switch of reasoning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReasoningMode {
    /// None.
    Off,
    /// On, within a budget where one is given.
    On,
    /// As much as the model finds fit.
    Adaptive,
}

/// Reasoning that a request asks for. `None`: it does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasoning {
    /// Switch.
    pub mode: Option<ReasoningMode>,
    /// Level.
    pub level: Option<Effort>,
    /// Upper bound, in tokens.
    pub budget: Option<u64>,
    /// Set when the answer is to show it, unset when not.
    pub is_shown: Option<bool>,
    /// Length of what is shown, in OpenAI's word.
    pub summary: Option<&'static str>,
    /// Set when the answer is to have a proof of it, to be returned.
    pub wants_proof: bool,
    /// Settings that said so.
    pub spans: Vec<(Parameter, Span)>,
}

impl Reasoning {
    /// Records the value of a setting, as written. Returns whether it is one of reasoning.
    pub(super) fn set(&mut self, parameter: Parameter, raw: &str, span: Span) -> bool {
        let word = raw.trim_matches('"');
        match parameter {
            Parameter::ReasoningLevel => match (word, Effort::of_name(word)) {
                (_, Some(Effort::None)) => self.mode = Some(ReasoningMode::Off),
                (_, Some(level)) => self.level = Some(level),
                ("true", _) => self.mode = Some(ReasoningMode::On),
                ("false", _) => self.mode = Some(ReasoningMode::Off),
                _ => {}
            },
            Parameter::ReasoningMode => match word {
                "enabled" | "true" | "reasoning" => self.mode = self.mode.or(Some(ReasoningMode::On)),
                "adaptive" => self.mode = Some(ReasoningMode::Adaptive),
                "disabled" | "false" => self.mode = Some(ReasoningMode::Off),
                _ => {}
            },
            Parameter::ReasoningBudget => match raw.parse::<i64>() {
                Ok(0) => self.mode = Some(ReasoningMode::Off),
                Ok(budget) if budget > 0 => self.budget = Some(budget.unsigned_abs()),
                // -1: as much as the model finds fit.
                Ok(_) => self.mode = Some(ReasoningMode::Adaptive),
                Err(_) => {}
            },
            Parameter::ReasoningDisplay => {
                self.is_shown = Some(!matches!(word, "false" | "omitted" | "none"));
                self.summary = ["concise", "detailed"].into_iter().find(|known| *known == word);
                // OpenRouter's switch to leave it out is the other way round; its name is not known here.
            }
            Parameter::ReasoningProof => self.wants_proof = true,
            _ => return false,
        }
        self.spans.push((parameter, span));
        true
    }

    /// Reports whether the request asks for reasoning.
    pub fn is_on(&self) -> bool {
        self.mode != Some(ReasoningMode::Off) && (self.mode.is_some() || self.level.is_some() || self.budget.is_some())
    }

    /// Reports whether the request says nothing of it.
    pub fn is_unsaid(&self) -> bool {
        self.spans.is_empty()
    }

    /// Returns the level, also from a budget.
    pub fn level_or_budget(&self) -> Option<Effort> {
        self.level.or_else(|| self.budget.map(Effort::of_budget))
    }

    /// Returns the setting of a kind.
    pub fn span(&self, parameter: Parameter) -> Option<Span> {
        self.spans.iter().find(|(known, _)| *known == parameter).map(|(_, span)| *span)
    }
}
