//! Rates, factors and amounts: whole numbers of pico-dollars, written as decimals.

use super::decimal::DecimalText;
use crate::usage::{Bucket, Unit};
use std::fmt;

/// Number of units that a price is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Tokens and characters.
    Million,
    /// Everything else: seconds, images, pages, searches, requests.
    One,
}

impl Per {
    /// Unit of a bucket's price.
    pub const fn of(bucket: Bucket) -> Self {
        match bucket.unit() {
            Unit::Token | Unit::Character => Self::Million,
            Unit::Second | Unit::Image | Unit::Page | Unit::Search | Unit::Request => Self::One,
        }
    }

    /// Maximum number of decimals in a price; the last is a pico-dollar for one.
    const fn decimals(self) -> usize {
        match self {
            Self::Million => 6,
            Self::One => 12,
        }
    }

    /// Highest plausible rate, in pico-dollars: above it, the unit was mistaken.
    const fn highest(self) -> u64 {
        match self {
            Self::Million => Rate::HIGHEST.0,
            Self::One => 1000 * PICO,
        }
    }

    /// [`highest`](Self::highest) in words.
    const fn too_much(self) -> &'static str {
        match self {
            Self::Million => "a dollar a token",
            Self::One => "1000 dollars for one",
        }
    }
}

impl fmt::Display for Per {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Million => "US dollars per million tokens",
            Self::One => "US dollars for one",
        })
    }
}

/// Price of one token (second, image, …), in whole pico-dollars (1 USD = 10^12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rate(u64);

impl Rate {
    /// Highest plausible rate of a token: a dollar.
    pub const HIGHEST: Self = Self(PICO);

    /// Parses a price such as `2.50` or `0.075`: digits, with at most as many decimals as make the last a pico-dollar
    /// for one.
    ///
    /// # Errors
    /// The fault in the text, in words that follow its path in the settings.
    pub fn parse(text: &str, per: Per) -> Result<Self, RateError> {
        let (text, negative) = match text.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (text, false),
        };
        match digits(text, per.decimals()) {
            Err(DecimalFault::NotDecimal) => Err(RateError::NotDecimal(per)),
            _ if negative => Err(RateError::Negative),
            Err(DecimalFault::TooPrecise) => Err(RateError::TooPrecise(per)),
            Ok(value) if value > per.highest() => Err(RateError::TooLarge(per)),
            Ok(value) => Ok(Self(value)),
        }
    }

    /// Pico-dollars for one.
    pub const fn picodollars(self) -> u64 {
        self.0
    }

    /// Price of `count` units, in pico-dollars; `None` where that exceeds 64 bits (18.4 million dollars).
    ///
    /// Factors are applied to the product, and only then is the amount rounded, once: half a pico-dollar counts as a
    /// whole one.
    pub(super) fn times(self, count: u64, factors: [Option<Factor>; 2]) -> Option<u64> {
        let mut product = u128::from(self.0) * u128::from(count);
        let mut divisor = 1_u128;
        // A division of 128 bits is slow, above all in a VM.
        if factors == [None; 2] {
            return u64::try_from(product).ok();
        }
        for Factor(millionths) in factors.into_iter().flatten() {
            product = product.checked_mul(u128::from(millionths))?;
            divisor *= u128::from(MILLION);
        }
        u64::try_from(product.checked_add(divisor / 2)? / divisor).ok()
    }
}

/// Dollars per million, in the form that [`Rate::parse`] reads.
impl fmt::Display for Rate {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(DecimalText::new(self.0, Per::Million.decimals()).as_str())
    }
}

/// Reason why a text is not a rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not digits with at most one point between them.
    #[error("is not a decimal number such as 2.50 ({0})")]
    NotDecimal(Per),
    /// One would cost a fraction of a pico-dollar.
    #[error("has more than {} decimals, which is finer than prices are kept", .0.decimals())]
    TooPrecise(Per),
    /// Below zero.
    #[error("is negative")]
    Negative,
    /// Above the highest plausible rate.
    #[error("is more than {limit}: prices are in {0}", limit = .0.too_much())]
    TooLarge(Per),
}

/// Multiplier of an amount: a region's surcharge, or the rest after a discount; in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Factor(u32);

impl Factor {
    /// Parses `1.1`. `None` unless it is a decimal below ten with at most six digits behind its point.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let millionths = digits(text, 6).ok()?;
        (millionths < 10 * MILLION).then(|| u32::try_from(millionths).ok().map(Self)).flatten()
    }

    /// Rest of a whole after a percentage is taken off.
    ///
    /// # Errors
    /// The fault in the text, in words that follow its path in the settings.
    pub(super) fn off(percent: &str) -> Result<Self, PercentError> {
        let ten_thousandths = digits(percent, 4).map_err(|fault| match fault {
            DecimalFault::NotDecimal => PercentError::NotDecimal,
            DecimalFault::TooPrecise => PercentError::TooPrecise,
        })?;
        let taken = u32::try_from(ten_thousandths).ok().filter(|taken| *taken <= WHOLE);
        taken.map(|taken| Self(WHOLE - taken)).ok_or(PercentError::TooLarge)
    }
}

/// Reason why a text is not a percentage to take off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PercentError {
    /// Not digits with at most one point between them.
    #[error("is not a decimal number such as 12.5 (percent off the book's price)")]
    NotDecimal,
    /// More precise than discounts are stored.
    #[error("has more than four decimals")]
    TooPrecise,
    /// More than the whole price.
    #[error("is more than 100")]
    TooLarge,
}

enum DecimalFault {
    NotDecimal,
    TooPrecise,
}

/// Digits of a decimal as a whole number, padded with zeros to this number of decimals. Saturates at 64 bits.
fn digits(text: &str, decimals: usize) -> Result<u64, DecimalFault> {
    let (whole, behind) = match text.split_once('.') {
        Some((whole, behind)) => (whole, Some(behind)),
        None => (text, None),
    };
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !behind.is_none_or(is_number) {
        return Err(DecimalFault::NotDecimal);
    }
    let behind = behind.unwrap_or("");
    let padding = decimals.checked_sub(behind.len()).ok_or(DecimalFault::TooPrecise)?;
    let written = whole.bytes().chain(behind.bytes()).chain(std::iter::repeat_n(b'0', padding));
    Ok(written.fold(0_u64, |value, digit| value.saturating_mul(10).saturating_add(u64::from(digit & 0xf))))
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

    /// Sets one rate, for building.
    #[must_use]
    pub fn with(mut self, bucket: Bucket, rate: Rate) -> Self {
        self.set(bucket, Some(rate));
        self
    }
}

/// An amount in pico-dollars as exact dollars: `0.0001234`, `12`.
pub fn decimal(picodollars: u64) -> String {
    DecimalText::of(picodollars).as_str().to_owned()
}

/// An amount in pico-dollars as dollars, where a float is required: the nearest one, below 9,007 dollars.
pub fn dollars(picodollars: u64) -> f64 {
    picodollars as f64 / PICO as f64
}

/// Pico-dollars in a dollar.
const PICO: u64 = 1_000_000_000_000;
const MILLION: u64 = 1_000_000;
/// A whole in millionths.
const WHOLE: u32 = 1_000_000;
