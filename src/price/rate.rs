//! Rates and amounts: whole numbers of pico-dollars, written as decimals.

use crate::chat::Bucket;
use std::fmt;

/// What one token costs, in whole pico-dollars (1 USD = 10^12): dollars per million tokens, times 10^6.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u64);

impl Rate {
    /// The highest rate that is believed: a dollar a token. Above it someone has mistaken the unit.
    pub const HIGHEST: Self = Self(PICO);

    /// Reads dollars per million tokens, such as `2.50` or `0.075`: digits, and at most six behind the point.
    ///
    /// # Errors
    /// What is wrong with the text, in words that follow its path in the settings.
    pub fn parse(text: &str) -> Result<Self, RateError> {
        let (text, negative) = match text.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        let (whole, decimals) = match text.split_once('.') {
            Some((whole, decimals)) => (whole, Some(decimals)),
            None => (text, None),
        };
        let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(whole) || !decimals.is_none_or(is_number) {
            return Err(RateError::NotDecimal);
        }
        if negative {
            return Err(RateError::Negative);
        }
        let decimals = decimals.unwrap_or("");
        let Some(padding) = DECIMALS.checked_sub(decimals.len()) else {
            return Err(RateError::TooPrecise);
        };
        let mut value = 0_u64;
        for digit in whole.bytes().chain(decimals.bytes()) {
            value = value.saturating_mul(10).saturating_add(u64::from(digit & 0xf));
        }
        for _ in 0..padding {
            value = value.saturating_mul(10);
        }
        if value > Self::HIGHEST.0 {
            return Err(RateError::TooLarge);
        }
        Ok(Self(value))
    }

    /// Pico-dollars per token.
    pub const fn picodollars(self) -> u64 {
        self.0
    }

    /// What so many tokens cost, in pico-dollars; `None` where that exceeds 64 bits (18.4 million dollars).
    pub const fn times(self, tokens: u64) -> Option<u64> {
        self.0.checked_mul(tokens)
    }
}

/// Dollars per million tokens, as [`Rate::parse`] reads them.
impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&fixed_point(self.0, DECIMALS))
    }
}

/// Why a text is no rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Anything but digits with at most one point between them.
    #[error("is not a decimal number such as 2.50 (US dollars per million tokens)")]
    NotDecimal,
    /// A token would cost a fraction of a pico-dollar.
    #[error("has more than six decimals, which is finer than prices are kept")]
    TooPrecise,
    /// Below zero.
    #[error("is negative")]
    Negative,
    /// Above [`Rate::HIGHEST`].
    #[error("is more than a dollar a token: prices are in US dollars per million tokens")]
    TooLarge,
}

/// One rate per bucket, where it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rates {
    rates: [Option<Rate>; Bucket::ALL.len()],
}

impl Rates {
    /// The rate of a bucket as it was set, `None` where it was not.
    pub fn rate(&self, bucket: Bucket) -> Option<Rate> {
        self.rates.get(bucket as usize).copied().flatten()
    }

    /// Sets the rate of a bucket; `None` makes it unknown.
    pub fn set(&mut self, bucket: Bucket, rate: Option<Rate>) {
        if let Some(slot) = self.rates.get_mut(bucket as usize) {
            *slot = rate;
        }
    }

    /// The same with one rate set: for building.
    #[must_use]
    pub fn with(mut self, bucket: Bucket, rate: Rate) -> Self {
        self.set(bucket, Some(rate));
        self
    }

    /// What a bucket's tokens are billed at: its own rate, or the one that stands in for it.
    ///
    /// - Reasoning is output: OpenAI and Anthropic bill it so, and price it apart nowhere.
    /// - Where reading from the cache has no price, it is input: OpenAI's models without a discount are billed so.
    /// - Where writing to the cache has no price for any lifetime, it is input: OpenAI's models before GPT-5.6.
    ///   With a price for one lifetime only, the other's is unknown: an hour costs 1.6 times what five minutes do
    ///   at Anthropic, so that taking the one for the other would be wrong by much.
    /// - But where writing has a price and reading has none, the entry was not written in full: unknown.
    /// - Audio has no stand-in: it costs many times what text does.
    pub(super) fn billed(&self, bucket: Bucket) -> Option<Rate> {
        let writes_priced = self.rate(Bucket::CacheWrite5m).is_some() || self.rate(Bucket::CacheWrite1h).is_some();
        self.rate(bucket).or_else(|| match bucket {
            Bucket::Reasoning => self.rate(Bucket::Output),
            Bucket::CacheRead | Bucket::CacheWrite5m | Bucket::CacheWrite1h if !writes_priced => {
                self.rate(Bucket::Input)
            }
            _ => None,
        })
    }
}

/// An amount in pico-dollars as exact dollars: `0.0001234`, `12`.
pub fn decimal(picodollars: u64) -> String {
    fixed_point(picodollars, 12)
}

/// An amount in pico-dollars as dollars, for where a float must be: the nearest one, below 9,007 dollars.
pub fn dollars(picodollars: u64) -> f64 {
    picodollars as f64 / PICO as f64
}

/// `value` times 10^-`decimals`, without zeros at its end.
fn fixed_point(value: u64, decimals: usize) -> String {
    let digits = format!("{value:0>width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at_checked(digits.len() - decimals).unwrap_or((&digits, ""));
    match fraction.trim_end_matches('0') {
        "" => whole.to_owned(),
        fraction => format!("{whole}.{fraction}"),
    }
}

/// Pico-dollars in a dollar.
const PICO: u64 = 1_000_000_000_000;
/// Decimals of dollars per million tokens: the sixth is a pico-dollar per token.
const DECIMALS: usize = 6;
