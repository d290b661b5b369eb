//! The operator's own prices, names and discounts, which override the listed prices.

use super::Rates;
use super::rate::{Factor, PercentError};
use crate::pattern::Pattern;
use std::fmt;

/// An operator's own prices of one model. They apply under every service tier, in every region and to prompts of any
/// length, and are not discounted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The provider, by its name in spans: `openai`.
    pub provider: String,
    /// The model as answers name it, or without the date of its snapshot; an entry without the date covers all
    /// snapshots.
    pub model: String,
    /// Its rates; [`Book::cost`](super::Book::cost) describes the cost of tokens without one.
    pub rates: Rates,
}

/// An operator's name for a model: an Azure deployment, a Bedrock application inference profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The provider, by its name in spans.
    pub provider: String,
    /// The name in requests or answers.
    pub name: String,
    /// The model, by its name in the book or in an entry of the operator.
    pub model: String,
}

/// An operator's discount on listed prices.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    provider: String,
    models: Pattern,
    percent: String,
    factor: Factor,
}

impl Discount {
    /// Creates a discount, such as `12.5` percent, on the models of a provider whose names match a pattern with `*` for
    /// any text.
    ///
    /// # Errors
    /// The fault in the percentage.
    pub fn new(provider: impl Into<String>, models: &str, percent: impl Into<String>) -> Result<Self, PercentError> {
        let percent = percent.into();
        let factor = Factor::off(&percent)?;
        Ok(Self { provider: provider.into(), models: Pattern::new(models), percent, factor })
    }

    /// Reports whether it applies to a model with any of these names.
    pub(super) fn is_on(&self, provider: &str, names: [&str; 2]) -> bool {
        self.provider == provider && names.iter().any(|name| self.models.matches(name))
    }

    pub(super) const fn factor(&self) -> Factor {
        self.factor
    }
}

/// Form in the record: `-12.5%`.
impl fmt::Display for Discount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "-{}%", self.percent)
    }
}
