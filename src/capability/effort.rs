//! Levels of reasoning effort.

/// Level of reasoning effort, or of thinking.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effort {
    /// No reasoning.
    None,
    /// The least reasoning.
    Minimal,
    /// Little.
    Low,
    /// The middle.
    Medium,
    /// Much.
    High,
    /// More.
    XHigh,
    /// The most.
    Max,
}

impl Effort {
    /// Every level, the least first.
    pub const ALL: [Self; 7] = [Self::None, Self::Minimal, Self::Low, Self::Medium, Self::High, Self::XHigh, Self::Max];

    /// Word of OpenAI's and Anthropic's APIs; Gemini has it in capitals.
    pub const fn name(self) -> &'static str {
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

    /// Level of a word, in small letters or in capitals.
    pub fn of_name(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.name().eq_ignore_ascii_case(word))
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

impl FromIterator<Effort> for Efforts {
    fn from_iter<I: IntoIterator<Item = Effort>>(levels: I) -> Self {
        levels.into_iter().fold(Self::default(), |Self(bits), level| Self(bits | 1 << level as u8))
    }
}

/// Set of levels that a model takes; an empty one takes none at all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Efforts(u8);

impl Efforts {
    /// The set of some levels.
    pub const fn of(levels: &[Effort]) -> Self {
        let (mut bits, mut rest) = (0, levels);
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u8;
            rest = others;
        }
        Self(bits)
    }

    /// The same levels as a number.
    pub(super) const fn bits(self) -> u8 {
        self.0
    }

    /// The levels of a number.
    pub(super) const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The levels that are in both sets.
    pub const fn among(self, others: Self) -> Self {
        Self(self.0 & others.0)
    }

    /// Reports whether a level is among them.
    pub const fn has(self, level: Effort) -> bool {
        self.0 & (1 << level as u8) != 0
    }

    /// Matches a model that takes no level.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The levels, the least first.
    pub fn iter(self) -> impl Iterator<Item = Effort> {
        Effort::ALL.into_iter().filter(move |level| self.has(*level))
    }

    /// The level itself; else the nearest below it that reasons, else the least above it. None of an empty set.
    pub fn nearest(self, level: Effort) -> Option<Effort> {
        let below = || self.iter().filter(|known| *known != Effort::None && *known < level).last();
        let above = || self.iter().find(|known| *known > level);
        if self.has(level) { Some(level) } else { below().or_else(above) }
    }
}
