//! The operator's own: prices, names and discounts, laid over the listed prices.

use super::Rates;
use super::rate::{Factor, PercentError};
use std::fmt;

/// An operator's own prices of one model. They hold under every service tier, in every region and for prompts of any
/// length, and no discount is taken off them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The provider, in the word that spans have for it: `openai`.
    pub provider: String,
    /// The model as answers name it, or without the date of its snapshot, which then covers all its snapshots.
    pub model: String,
    /// Its rates; what tokens without one cost is said at [`Book::cost`](super::Book::cost).
    pub rates: Rates,
}

/// What an operator calls a model: a deployment of Azure's, an application inference profile of Bedrock's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Alias {
    /// The provider, in the word that spans have for it.
    pub provider: String,
    /// The name, as requests or answers have it.
    pub name: String,
    /// The model that it is, as the book or an entry of the operator's names it.
    pub model: String,
}

/// What an operator pays less than is listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discount {
    provider: String,
    /// Names of models, with `*` for any text.
    models: String,
    percent: String,
    factor: Factor,
}

impl Discount {
    /// A discount on the models of a provider whose names fit a pattern, in which `*` is any text: `12.5` percent.
    ///
    /// # Errors
    /// What is wrong with the percentage.
    pub fn new(
        provider: impl Into<String>,
        models: impl Into<String>,
        percent: impl Into<String>,
    ) -> Result<Self, PercentError> {
        let percent = percent.into();
        let factor = Factor::off(&percent)?;
        Ok(Self { provider: provider.into(), models: models.into(), percent, factor })
    }

    /// Whether it is on a model that goes by any of these names.
    pub(super) fn is_on(&self, provider: &str, names: [&str; 2]) -> bool {
        self.provider == provider && names.iter().any(|name| fits(&self.models, name))
    }

    pub(super) const fn factor(&self) -> Factor {
        self.factor
    }
}

/// As the record names it: `-12.5%`.
impl fmt::Display for Discount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "-{}%", self.percent)
    }
}

/// Whether a name fits a pattern in which `*` is any text, also none. One walk: the leftmost place of a piece leaves
/// the most room for those after it.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let (middle, end) = rest.rsplit_once('*').unwrap_or(("", rest));
    let Some(mut name) = name.strip_prefix(start).and_then(|name| name.strip_suffix(end)) else {
        return false;
    };
    for piece in middle.split('*') {
        let Some((_, after)) = name.split_once(piece) else {
            return false;
        };
        name = after;
    }
    true
}
