//! Preference among the targets of a model.

/// Order in which the targets of a model are tried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Preference {
    /// Order of the settings.
    #[default]
    Order,
    /// Lowest cost first, by the price book.
    Cheapest,
    /// Shortest time to the first token first.
    Fastest,
    /// Least share of its rate in use first.
    LeastUsed,
}

impl Preference {
    /// Every preference, by its name in the settings.
    pub const ALL: [(&'static str, Self); 4] = [
        ("order", Self::Order),
        ("cheapest", Self::Cheapest),
        ("fastest", Self::Fastest),
        ("least_used", Self::LeastUsed),
    ];

    /// Reports whether it takes measures of the targets.
    pub const fn measures(self) -> bool {
        matches!(self, Self::Fastest | Self::LeastUsed)
    }
}

/// Reason for the target that is tried first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChoiceReason {
    /// First in the order of the settings.
    #[default]
    Order,
    /// Drawn by weight.
    Weight,
    /// Same as for the other calls of its conversation.
    Consistent,
    /// Lowest cost.
    Cheapest,
    /// Shortest time to the first token.
    Fastest,
    /// Least share of its rate in use.
    LeastUsed,
    /// Not measured of late, and tried to be measured.
    Unmeasured,
}

impl ChoiceReason {
    /// Name on spans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Weight => "weight",
            Self::Consistent => "consistent",
            Self::Cheapest => "cheapest",
            Self::Fastest => "fastest",
            Self::LeastUsed => "least_used",
            Self::Unmeasured => "unmeasured",
        }
    }
}
