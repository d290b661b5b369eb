//! Reasoning that a request asks for, in whichever of the dialects' ways.

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

/// Level of reasoning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ReasoningLevel {
    /// `none`
    None,
    /// `minimal`
    Minimal,
    /// `low`
    Low,
    /// `medium`
    Medium,
    /// `high`
    High,
    /// `xhigh`
    XHigh,
    /// `max`
    Max,
}

/// Reasoning that a request asks for. `None`: it does not say.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reasoning {
    /// Switch.
    pub mode: Option<ReasoningMode>,
    /// Level.
    pub level: Option<ReasoningLevel>,
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

impl ReasoningLevel {
    /// Every level, from the lowest.
    pub const ALL: [Self; 7] = [Self::None, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::XHigh, Self::Max];

    /// Word, the same in every dialect that has it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Minimal => "minimal",
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::XHigh => "xhigh",
            Self::Max => "max",
        }
    }

    /// Reads a word, in capitals or not.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.word().eq_ignore_ascii_case(word))
    }

    /// Level that stands for a budget in dialects without budgets: by the shares of a large budget that OpenRouter gives
    /// its levels (<https://openrouter.ai/docs/use-cases/reasoning-tokens>, read 2026-11-28). The lowest that every model
    /// with levels has is `low`.
    pub const fn of_budget(budget: u64) -> Self {
        match budget {
            0 => Self::None,
            1..=9_999 => Self::Low,
            10_000..=20_000 => Self::Medium,
            _ => Self::High,
        }
    }

    /// Budget that stands for the level in dialects without levels, in tokens.
    pub const fn budget(self) -> u64 {
        match self {
            Self::None => 0,
            Self::Minimal => 1_024,
            Self::Low => 4_096,
            Self::Medium => 12_288,
            Self::High => 24_576,
            Self::XHigh | Self::Max => 32_768,
        }
    }
}

impl Reasoning {
    /// Records the value of a setting, as written. Returns whether it is one of reasoning.
    pub(super) fn set(&mut self, parameter: Parameter, raw: &str, span: Span) -> bool {
        let word = raw.trim_matches('"');
        match parameter {
            Parameter::ReasoningLevel => match (word, ReasoningLevel::of(word)) {
                (_, Some(ReasoningLevel::None)) => self.mode = Some(ReasoningMode::Off),
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
    pub fn level_or_budget(&self) -> Option<ReasoningLevel> {
        self.level.or_else(|| self.budget.map(ReasoningLevel::of_budget))
    }

    /// Returns the setting of a kind.
    pub fn span(&self, parameter: Parameter) -> Option<Span> {
        self.spans.iter().find(|(known, _)| *known == parameter).map(|(_, span)| *span)
    }
}
