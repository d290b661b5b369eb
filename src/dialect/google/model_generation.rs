//! Generations of Gemini models, by their names: how they are asked to reason, and what they take.
//!
//! <https://ai.google.dev/gemini-api/docs/thinking> and
//! <https://cloud.google.com/vertex-ai/generative-ai/docs/thinking>, read 2026-11-29.

/// Generation of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ModelGeneration {
    /// Gemini 2.0 and earlier: no reasoning.
    Early,
    /// Gemini 2.5: reasoning within a budget of tokens. A least budget above 0 cannot be switched off.
    Budgets {
        /// Smallest budget, apart from none.
        least: u64,
        /// Largest budget.
        most: u64,
        /// Set when reasoning can be switched off.
        may_be_off: bool,
    },
    /// Gemini 3 and later: levels of reasoning.
    Levels,
    /// Another model, or none known.
    Unknown,
}

impl ModelGeneration {
    /// ModelGeneration of the model of a name.
    pub(super) fn of(model: &str) -> Self {
        let name = model.rsplit('/').next().unwrap_or(model);
        let Some(rest) = name.strip_prefix("gemini-") else { return Self::Unknown };
        let number = |text: &str| text.parse::<u32>().ok();
        let mut version = rest.split('-').next().unwrap_or_default().split('.');
        let (major, minor) = (version.next().and_then(number), version.next().and_then(number));
        match (major, minor) {
            (Some(..=1), _) | (Some(2), None | Some(..=4)) => Self::Early,
            (Some(2), _) if rest.contains("flash-lite") => Self::Budgets { least: 512, most: 24_576, may_be_off: true },
            (Some(2), _) if rest.contains("flash") => Self::Budgets { least: 1, most: 24_576, may_be_off: true },
            (Some(2), _) => Self::Budgets { least: 128, most: 32_768, may_be_off: false },
            (Some(_), _) => Self::Levels,
            // Names of the latest model of a kind.
            (None, _) if rest.ends_with("-latest") => Self::Levels,
            (None, _) => Self::Unknown,
        }
    }

    /// Reports whether the model is known to lack what came with Gemini 3: JSON beside functions, media within results,
    /// resolutions of single images.
    pub(super) const fn is_before_3(self) -> bool {
        matches!(self, Self::Early | Self::Budgets { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generations_are_read_from_names() {
        let pro = ModelGeneration::Budgets { least: 128, most: 32_768, may_be_off: false };
        for (name, generation) in [
            ("gemini-1.5-flash", ModelGeneration::Early),
            ("gemini-2.0-flash-001", ModelGeneration::Early),
            ("models/gemini-2.5-pro", pro),
            ("gemini-3-flash-preview", ModelGeneration::Levels),
            ("publishers/google/models/gemini-3.1-pro-preview", ModelGeneration::Levels),
            ("gemini-flash-latest", ModelGeneration::Levels),
            ("gemma-3-27b-it", ModelGeneration::Unknown),
            ("gpt-5", ModelGeneration::Unknown),
        ] {
            assert_eq!(ModelGeneration::of(name), generation, "{name}");
        }
    }
}
