//! Units: whole numbers, sizes, periods and decimals in the operator's form, with their ranges.
//!
//! A setting's range and default are in its type, so that they are declared where the setting is.

use super::problem::{Path, Problems};
#[cfg(schema)]
use super::schema::{json_schema, schemas};
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

/// A whole number from `MIN` to `MAX`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Integer<const MIN: u64, const DEFAULT: u64, const MAX: u64>(u64);

/// A number of bytes from `MIN` to `MAX`: `"32MiB"`, `"64KiB"`, `"1GiB"`, `"512B"`, or a plain number.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size<const MIN: u64, const DEFAULT: u64, const MAX: u64>(Bytes);

/// A length of time from `MIN` to `MAX` milliseconds: `"250ms"`, `"10s"`, `"5m"`, `"1h"`. A bare number has no unit and
/// is refused.
#[derive(Clone, Copy, Debug)]
pub(super) struct Period<const MIN: u64, const DEFAULT: u64, const MAX: u64>(Milliseconds);

impl<const MIN: u64, const DEFAULT: u64, const MAX: u64> Integer<MIN, DEFAULT, MAX> {
    /// The written number, or the default with a problem when it is out of range.
    pub(super) fn checked(written: Option<Self>, at: &Path<'_>, problems: &mut Problems) -> u64 {
        in_range(written.map(|Self(number)| number), MIN..=MAX, at, problems).unwrap_or(DEFAULT)
    }
}

impl<const MIN: u64, const DEFAULT: u64, const MAX: u64> Size<MIN, DEFAULT, MAX> {
    /// The written size in bytes, or the default with a problem when it is out of range.
    pub(super) fn checked(written: Option<Self>, at: &Path<'_>, problems: &mut Problems) -> usize {
        let written = written.map(|Self(bytes)| bytes);
        let Bytes(bytes) = in_range(written, Bytes(MIN)..=Bytes(MAX), at, problems).unwrap_or(Bytes(DEFAULT));
        usize::try_from(bytes).unwrap_or(usize::MAX)
    }
}

impl<const MIN: u64, const DEFAULT: u64, const MAX: u64> Period<MIN, DEFAULT, MAX> {
    /// The written period, or the default with a problem when it is out of range.
    pub(super) fn checked(written: Option<Self>, at: &Path<'_>, problems: &mut Problems) -> Duration {
        let range = Milliseconds(MIN)..=Milliseconds(MAX);
        let written = written.map(|Self(period)| period);
        let Milliseconds(period) = in_range(written, range, at, problems).unwrap_or(Milliseconds(DEFAULT));
        Duration::from_millis(period)
    }
}

impl<'de, const MIN: u64, const DEFAULT: u64, const MAX: u64> Deserialize<'de> for Integer<MIN, DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        u64::deserialize(deserializer).map(Self)
    }
}

impl<'de, const MIN: u64, const DEFAULT: u64, const MAX: u64> Deserialize<'de> for Size<MIN, DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Bytes::deserialize(deserializer).map(Self)
    }
}

impl<'de, const MIN: u64, const DEFAULT: u64, const MAX: u64> Deserialize<'de> for Period<MIN, DEFAULT, MAX> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a duration such as \"10s\"", Milliseconds::parse).map(Self)
    }
}

fn in_range<T: PartialOrd + fmt::Display>(
    written: Option<T>,
    range: RangeInclusive<T>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<T> {
    let value = written?;
    if !range.contains(&value) {
        problems.note(at, format_args!("out of range: {} to {}", range.start(), range.end()));
        return None;
    }
    Some(value)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Bytes(pub(super) u64);

impl Bytes {
    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(Self(whole(text, &SIZES).ok_or("not a size: write a whole number and B, KiB, MiB or GiB, as in \"32MiB\"")?))
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(self.0, &SIZES, formatter)
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;
        impl Visitor<'_> for SizeVisitor {
            type Value = Bytes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a size such as \"32MiB\"")
            }

            fn visit_u64<E: Error>(self, bytes: u64) -> Result<Bytes, E> {
                Ok(Bytes(bytes))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
                Bytes::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(SizeVisitor)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Milliseconds(u64);

impl Milliseconds {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let milliseconds = whole(text, &PERIODS).filter(|_| !text.ends_with(|c: char| c.is_ascii_digit()));
        milliseconds.map(Self).ok_or("not a duration: write a whole number and ms, s, m or h, as in \"250ms\"")
    }
}

impl fmt::Display for Milliseconds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(self.0, &PERIODS, formatter)
    }
}

/// A decimal, stored as text so that no digit is lost: `"2.50"`. A JSON number is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Decimal(pub(super) String);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a decimal in quotes such as \"2.50\"", |text| Ok(Self(text.to_owned())))
    }
}

/// Deserializes a string and nothing else.
pub(super) fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expected: &'static str,
    parse: fn(&str) -> Result<T, &'static str>,
) -> Result<T, D::Error> {
    struct TextVisitor<T> {
        expected: &'static str,
        parse: fn(&str) -> Result<T, &'static str>,
    }
    impl<T> Visitor<'_> for TextVisitor<T> {
        type Value = T;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str(self.expected)
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            (self.parse)(text).map_err(E::custom)
        }
    }
    deserializer.deserialize_str(TextVisitor { expected, parse })
}

/// Parses a whole number with a unit into the smallest unit; `None` when it is not one or does not fit.
fn whole(text: &str, units: &[NamedUnit]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit {
        "" => 1,
        _ => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Formats a value in the largest unit that divides it.
fn shown(value: u64, units: &[NamedUnit], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let fitting = units.iter().rev().find(|(_, factor)| value > 0 && value.is_multiple_of(*factor));
    let (unit, factor) = fitting.or_else(|| units.first()).copied().unwrap_or(("", 1));
    write!(formatter, "{}{unit}", value / factor)
}

/// Name of a unit, and how many of the smallest one it is.
type NamedUnit = (&'static str, u64);

/// In bytes, ascending.
const SIZES: [NamedUnit; 4] = [("B", 1), ("KiB", KIB), ("MiB", MIB), ("GiB", 1 << 30)];

/// Bytes in a kibibyte.
pub(super) const KIB: u64 = 1 << 10;

/// Bytes in a mebibyte.
pub(super) const MIB: u64 = 1 << 20;

/// In milliseconds, ascending.
const PERIODS: [NamedUnit; 4] = [("ms", 1), ("s", SECOND), ("m", MINUTE), ("h", HOUR)];

/// Milliseconds in a second.
pub(super) const SECOND: u64 = 1000;

/// Milliseconds in a minute.
pub(super) const MINUTE: u64 = 60 * SECOND;

/// Milliseconds in an hour.
pub(super) const HOUR: u64 = 60 * MINUTE;

#[cfg(schema)]
schemas! {
    [const MIN: u64, const DEFAULT: u64, const MAX: u64] Integer<MIN, DEFAULT, MAX> = |_| json_schema!({
        "type": "integer", "minimum": MIN, "maximum": MAX, "default": DEFAULT,
    });
    [const MIN: u64, const DEFAULT: u64, const MAX: u64] Size<MIN, DEFAULT, MAX> = |_| json_schema!({
        "title": "size", "type": ["string", "integer"], "pattern": format!("^0*[0-9]{{1,10}}({})?$", alternatives(&SIZES)),
        "minimum": MIN, "maximum": MAX,
        "x-minimum": Bytes(MIN).to_string(), "x-maximum": Bytes(MAX).to_string(), "default": Bytes(DEFAULT).to_string(),
    });
    [const MIN: u64, const DEFAULT: u64, const MAX: u64] Period<MIN, DEFAULT, MAX> = |_| json_schema!({
        "title": "duration", "type": "string", "pattern": format!("^0*[0-9]{{1,10}}({})$", alternatives(&PERIODS)),
        "x-minimum": Milliseconds(MIN).to_string(), "x-maximum": Milliseconds(MAX).to_string(),
        "default": Milliseconds(DEFAULT).to_string(),
    });
    [] Decimal = |_| json_schema!({ "title": "decimal", "type": "string", "pattern": "^[0-9]+(\\.[0-9]+)?$" });
}

#[cfg(schema)]
fn alternatives(units: &[NamedUnit]) -> String {
    units.iter().map(|(name, _)| *name).collect::<Vec<_>>().join("|")
}

#[cfg(test)]
mod tests {
    use super::{Bytes, Milliseconds};

    #[test]
    fn sizes_and_periods_are_shown_as_they_are_read() {
        for text in ["0B", "1B", "1023B", "1KiB", "64KiB", "1025KiB", "32MiB", "1GiB"] {
            assert_eq!(Bytes::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Bytes::parse("4096"), Ok(Bytes(4096)));
        for text in ["0ms", "250ms", "1s", "90s", "5m", "1h"] {
            assert_eq!(Milliseconds::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Milliseconds::parse("2000ms"), Ok(Milliseconds(2000)));
    }

    #[test]
    fn what_is_no_size_or_period_is_refused() {
        for text in [
            "",
            "MiB",
            "-1B",
            "1.5MiB",
            "1 MiB",
            "1mb",
            "1MB",
            "0x10",
            "99999999999999999999",
            "18446744073709551615KiB",
        ] {
            assert!(Bytes::parse(text).is_err(), "{text}");
        }
        for text in ["", "10", "s", "1.5s", "1 s", "-1s", "1d", "1S", "18446744073709551615h"] {
            assert!(Milliseconds::parse(text).is_err(), "{text}");
        }
    }
}
