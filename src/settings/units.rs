//! Units: sizes, periods and times in the operator's form.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;
use std::time::Duration;

/// A number of bytes: `"32MiB"`, `"64KiB"`, `"1GiB"`, `"512B"`, or a plain number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Size(pub(super) u64);

impl Size {
    fn parse(text: &str) -> Result<Self, &'static str> {
        Ok(Self(whole(text, &SIZES).ok_or("not a size: write a whole number and B, KiB, MiB or GiB, as in \"32MiB\"")?))
    }
}

impl fmt::Display for Size {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(self.0, &SIZES, formatter)
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SizeVisitor;
        impl Visitor<'_> for SizeVisitor {
            type Value = Size;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a size such as \"32MiB\"")
            }

            fn visit_u64<E: Error>(self, bytes: u64) -> Result<Size, E> {
                Ok(Size(bytes))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Size, E> {
                Size::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(SizeVisitor)
    }
}

/// A length of time: `"250ms"`, `"10s"`, `"5m"`, `"1h"`. A bare number has no unit and is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Period(pub(super) Duration);

impl Period {
    fn parse(text: &str) -> Result<Self, &'static str> {
        let milliseconds = whole(text, &PERIODS).filter(|_| !text.ends_with(|c: char| c.is_ascii_digit()));
        let milliseconds =
            milliseconds.ok_or("not a duration: write a whole number and ms, s, m or h, as in \"250ms\"")?;
        Ok(Self(Duration::from_millis(milliseconds)))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        shown(u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX), &PERIODS, formatter)
    }
}

impl<'de> Deserialize<'de> for Period {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a duration such as \"10s\"", Self::parse)
    }
}

/// A time in seconds since 1970: `"2027-01-31T00:00:00Z"`, by RFC 3339 with any offset. Fractions of a second are cut
/// off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Moment(pub(super) u64);

impl Moment {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let seconds = rfc_3339(text.as_bytes()).ok_or("not a moment by RFC 3339, such as \"2027-01-31T00:00:00Z\"")?;
        Ok(Self(u64::try_from(seconds).map_err(|_| "lies before 1970")?))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text(deserializer, "a moment such as \"2027-01-31T00:00:00Z\"", Self::parse)
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
fn text<'de, D: Deserializer<'de>, T>(
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
fn whole(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = match unit {
        "" => 1,
        _ => units.iter().find(|(name, _)| *name == unit)?.1,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

/// Formats a value in the largest unit that divides it.
fn shown(value: u64, units: &[(&str, u64)], formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
    let fitting = units.iter().rev().find(|(_, factor)| value > 0 && value.is_multiple_of(*factor));
    let (unit, factor) = fitting.or_else(|| units.first()).copied().unwrap_or(("", 1));
    write!(formatter, "{}{unit}", value / factor)
}

/// Parses a time by RFC 3339, section 5.6, into seconds since 1970.
fn rfc_3339(text: &[u8]) -> Option<i64> {
    let (date_time, rest) = text.split_first_chunk::<19>()?;
    let &[y0, y1, y2, y3, b'-', m0, m1, b'-', d0, d1, b'T' | b't', rest_of_time @ ..] = date_time else {
        return None;
    };
    let [h0, h1, b':', i0, i1, b':', s0, s1] = rest_of_time else {
        return None;
    };
    let year = number(&[y0, y1, y2, y3])?;
    let (month, day) = (number(&[m0, m1])?, number(&[d0, d1])?);
    let (hour, minute, second) = (number(&[h0, h1])?, number(&[i0, i1])?, number(&[s0, s1])?);
    // A 60th second is a leap second; it counts as the second after it.
    let exists = (1..=12).contains(&month)
        && (1..=days_in(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    let offset = offset(after_fraction(rest)?)?;
    exists.then(|| days_since_1970(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

/// Skips the fraction of a second, if there is one.
fn after_fraction(rest: &[u8]) -> Option<&[u8]> {
    let Some(fraction) = rest.strip_prefix(b".") else {
        return Some(rest);
    };
    let digits = fraction.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if digits == 0 { None } else { fraction.get(digits..) }
}

/// Seconds east of UTC.
fn offset(written: &[u8]) -> Option<i64> {
    match *written {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h0, h1, b':', m0, m1] => {
            let (hours, minutes) = (number(&[h0, h1])?, number(&[m0, m1])?);
            let seconds = hours * 3600 + minutes * 60;
            let is_one = hours < 24 && minutes < 60;
            is_one.then_some(if sign == b'-' { -seconds } else { seconds })
        }
        _ => None,
    }
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + i64::from(digit - b'0')))
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_since_1970(year: i64, month: i64, day: i64) -> i64 {
    // Years that ended before this one. Every fourth had one more day, with the Gregorian exceptions.
    let ended = year - 1;
    let leap_days = ended.div_euclid(4) - ended.div_euclid(100) + ended.div_euclid(400);
    let months: i64 = (1..month).map(|month| days_in(year, month)).sum();
    ended * 365 + leap_days + months + day - 1 - DAYS_BEFORE_1970
}

/// From 1 January of the year 1 to 1 January 1970 in the Gregorian calendar.
const DAYS_BEFORE_1970: i64 = 719_162;

/// In bytes, ascending.
const SIZES: [(&str, u64); 4] = [("B", 1), ("KiB", KIB), ("MiB", MIB), ("GiB", 1 << 30)];

/// Bytes in a kibibyte.
pub(super) const KIB: u64 = 1 << 10;

/// Bytes in a mebibyte.
pub(super) const MIB: u64 = 1 << 20;

/// In milliseconds, ascending.
const PERIODS: [(&str, u64); 4] = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000)];

#[cfg(test)]
mod tests {
    use super::{Moment, Period, Size, days_in, days_since_1970};
    use std::time::Duration;

    #[test]
    fn days_are_counted_one_by_one() {
        let mut expected = 0;
        for year in 1970..2500 {
            for month in 1..=12 {
                for day in 1..=days_in(year, month) {
                    assert_eq!(days_since_1970(year, month, day), expected, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
        assert_eq!(days_since_1970(1969, 12, 31), -1);
    }

    #[test]
    fn moments_are_read_whatever_their_offset() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("2000-02-29T23:59:59Z", 951_868_799),
            ("2027-01-31T00:00:00Z", 1_801_353_600),
            ("2027-01-31t01:00:00.999999999+01:00", 1_801_353_600),
            ("2027-01-30T18:30:00-05:30", 1_801_353_600),
            ("2027-01-31T00:00:00-00:00", 1_801_353_600),
            ("2016-12-31T23:59:60z", 1_483_228_800),
            ("9999-12-31T23:59:59Z", 253_402_300_799),
        ] {
            assert_eq!(Moment::parse(text), Ok(Moment(seconds)), "{text}");
        }
        assert_eq!(Moment::parse("1969-12-31T23:59:59Z"), Err("lies before 1970"));
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2027-01-31",
            "2027-01-31T00:00:00",
            "2027-01-31 00:00:00Z",
            "2027-1-31T00:00:00Z",
            "2027-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2027-00-10T00:00:00Z",
            "2027-13-10T00:00:00Z",
            "2027-01-00T00:00:00Z",
            "2027-01-31T24:00:00Z",
            "2027-01-31T00:60:00Z",
            "2027-01-31T00:00:61Z",
            "2027-01-31T00:00:00.Z",
            "2027-01-31T00:00:00+24:00",
            "2027-01-31T00:00:00+0100",
            "2027-01-31T00:00:00Z ",
            "+027-01-31T00:00:00Z",
            "２027-01-31T00:00:00Z",
        ] {
            assert!(Moment::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn sizes_and_periods_are_shown_as_they_are_read() {
        for text in ["0B", "1B", "1023B", "1KiB", "64KiB", "1025KiB", "32MiB", "1GiB"] {
            assert_eq!(Size::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Size::parse("4096"), Ok(Size(4096)));
        for text in ["0ms", "250ms", "1s", "90s", "5m", "1h"] {
            assert_eq!(Period::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(Period::parse("2000ms"), Ok(Period(Duration::from_secs(2))));
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
            assert!(Size::parse(text).is_err(), "{text}");
        }
        for text in ["", "10", "s", "1.5s", "1 s", "-1s", "1d", "1S", "18446744073709551615h"] {
            assert!(Period::parse(text).is_err(), "{text}");
        }
    }
}
