//! Times in the operator's form.

#[cfg(schema)]
use super::schema::{json_schema, schemas};
use super::units::text;
use serde::de::{Deserialize, Deserializer};

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

#[cfg(schema)]
schemas! {
    [] Moment = |_| json_schema!({
        "title": "time", "type": "string", "format": "date-time", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt]",
    });
}

#[cfg(test)]
mod tests {
    use super::{Moment, days_in, days_since_1970};

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
}
