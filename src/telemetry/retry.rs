//! Retry decisions: consequences of a collector's answer for the spans of an export, by the [OTLP
//! specification](https://opentelemetry.io/docs/specs/otlp/#otlphttp-response) (read 2026-11).

use super::protobuf::{FieldValue, Fields};

/// Result of an export.
#[derive(Clone, Copy, Debug)]
pub enum ExportOutcome<'a> {
    /// The collector answered.
    Status {
        /// The HTTP status.
        code: u32,
        /// `retry-after`, as received.
        retry_after: Option<&'a [u8]>,
        /// The body, an `ExportTraceServiceResponse` where the collector accepted the export.
        body: &'a [u8],
    },
    /// No answer: no connection, no healthy host, or a timeout.
    NoAnswer,
}

/// Decision on the spans of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Accepted, except for spans that the collector will never take.
    Taken {
        /// Number of rejected spans.
        rejected: u64,
    },
    /// The collector will never take them.
    Refused,
    /// To be sent again.
    Retry {
        /// Wait that the collector asked for, in nanoseconds.
        after: Option<u64>,
    },
}

/// Judges an answer that came at `now`, in nanoseconds since 1970.
pub(super) fn judge(answer: ExportOutcome<'_>, now: u64) -> Verdict {
    match answer {
        ExportOutcome::Status { code: 200..=299, body, .. } => Verdict::Taken { rejected: rejected(body) },
        ExportOutcome::Status { code: 429 | 502 | 503 | 504, retry_after, .. } => {
            Verdict::Retry { after: retry_after.and_then(|value| wait(value, now)) }
        }
        ExportOutcome::Status { .. } => Verdict::Refused,
        ExportOutcome::NoAnswer => Verdict::Retry { after: None },
    }
}

/// Delay after a number of attempts, in nanoseconds: a second, doubling up to thirty. It is spread from half to one and
/// a half times that, by `jitter`, which is uniform over all numbers.
pub(super) fn backoff(tries: u32, jitter: u64) -> u64 {
    let doublings = tries.saturating_sub(1).min(DOUBLINGS);
    let delay = (SHORTEST_DELAY << doublings).min(LONGEST_DELAY);
    let spread = (u128::from(delay) * u128::from(jitter)) >> u64::BITS;
    // Less than the delay, since the jitter is less than 2^64.
    delay / 2 + spread as u64
}

/// Number of spans that the collector rejected from an accepted export. Zero for a body that cannot be read.
fn rejected(body: &[u8]) -> u64 {
    if body.len() > LONGEST_RESPONSE {
        return 0;
    }
    rejected_spans(body).and_then(|rejected| u64::try_from(rejected).ok()).unwrap_or(0)
}

/// `partial_success.rejected_spans` of an `ExportTraceServiceResponse`; `None` where the body is none.
fn rejected_spans(body: &[u8]) -> Option<i64> {
    let mut rejected = 0;
    for field in Fields::new(body) {
        let (PARTIAL_SUCCESS, FieldValue::Bytes(partial)) = field? else {
            continue;
        };
        for field in Fields::new(partial) {
            if let (REJECTED_SPANS, FieldValue::Number(number)) = field? {
                rejected = number as i64;
            }
        }
    }
    Some(rejected)
}

const PARTIAL_SUCCESS: u64 = 1;
const REJECTED_SPANS: u64 = 1;

/// Wait requested by a `Retry-After`, in nanoseconds: a number of seconds, or until a date.
pub fn wait(value: &[u8], now: u64) -> Option<u64> {
    let value = value.trim_ascii();
    if !value.is_empty() && value.iter().all(u8::is_ascii_digit) {
        let seconds = value
            .iter()
            .fold(0_u64, |seconds, digit| seconds.saturating_mul(10).saturating_add(u64::from(digit - b'0')));
        return Some(seconds.saturating_mul(SECOND));
    }
    let until = http_date(value)?.saturating_mul(SECOND);
    Some(until.saturating_sub(now))
}

/// Parses `Sun, 06 Nov 1994 08:49:37 GMT`, the only form of a date that may be sent (RFC 9110, section 5.6.7), into
/// seconds since 1970. The day of the week is not checked.
fn http_date(date: &[u8]) -> Option<u64> {
    let [_, _, _, b',', b' ', d1, d2, b' ', m1, m2, m3, b' ', y1, y2, y3, y4, b' ', clock @ ..] = date else {
        return None;
    };
    let [h1, h2, b':', i1, i2, b':', s1, s2, b' ', b'G', b'M', b'T'] = clock else {
        return None;
    };
    let name = [*m1, *m2, *m3];
    let month = MONTHS.iter().position(|month| **month == name)? as u64 + 1;
    let (year, day) = (number(&[*y1, *y2, *y3, *y4])?, number(&[*d1, *d2])?);
    let (hour, minute, second) = (number(&[*h1, *h2])?, number(&[*i1, *i2])?, number(&[*s1, *s2])?);
    // A leap second counts as the one after it.
    if year < 1970 || !(1..=31).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    Some(((days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second)
}

fn number(digits: &[u8]) -> Option<u64> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u64::from(digit - b'0')))
}

/// Days from 1970-01-01 to a date of the Gregorian calendar, from 1970 on.
///
/// Years are counted from March, so that a leap day is the last of its year.
fn days(year: u64, month: u64, day: u64) -> u64 {
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    let leap_days = year / 4 - year / 100 + year / 400;
    // From March on, months come in fives of 153 days.
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + leap_days + day_of_year - DAYS_TO_1970
}

const MONTHS: [&[u8; 3]; 12] =
    [b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"];
/// From 1 March of the year 0 to 1970-01-01.
const DAYS_TO_1970: u64 = 719_468;
/// A second, in nanoseconds.
pub(super) const SECOND: u64 = 1_000_000_000;
const SHORTEST_DELAY: u64 = SECOND;
const LONGEST_DELAY: u64 = 30 * SECOND;
/// Number of doublings that reach the longest delay.
const DOUBLINGS: u32 = 5;
/// Longest answer that is read, in bytes: OTLP's own limit.
const LONGEST_RESPONSE: usize = 4 << 20;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_retry_after_are_read() {
        // Expected values by `date -u -d … +%s`.
        for (date, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
            ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799),
            ("Wed, 01 Mar 2000 00:00:00 GMT", 951_868_800),
            ("Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
            ("Thu, 31 Dec 2026 12:00:00 GMT", 1_798_718_400),
            ("Mon, 01 Mar 2100 00:00:00 GMT", 4_107_542_400),
        ] {
            assert_eq!(http_date(date.as_bytes()), Some(seconds), "{date}");
        }
    }

    #[test]
    fn what_is_no_date_is_no_wait() {
        for date in [
            "",
            "soon",
            "-1",
            "1.5",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 CET",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 24:49:37 GMT",
            "Sun, 06 Nov 1969 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 GMT ago",
        ] {
            assert_eq!(wait(date.as_bytes(), 0), None, "{date}");
        }
    }

    #[test]
    fn every_day_is_the_one_after_the_day_before() {
        let mut expected = 0;
        for year in 1970..2400_u64 {
            let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
            let february = if leap { 29 } else { 28 };
            for (month, length) in (1..).zip([31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]) {
                for day in 1..=length {
                    assert_eq!(days(year, month, day), expected, "{year}-{month}-{day}");
                    expected += 1;
                }
            }
        }
    }

    #[test]
    fn a_wait_is_seconds_or_the_time_until_a_date() {
        let now = 784_111_777 * SECOND;
        assert_eq!(wait(b" 120 ", now), Some(120 * SECOND));
        assert_eq!(wait(b"99999999999999999999999", now), Some(u64::MAX));
        assert_eq!(wait(b"Sun, 06 Nov 1994 08:50:07 GMT", now), Some(30 * SECOND));
        assert_eq!(wait(b"Sun, 06 Nov 1994 08:49:00 GMT", now), Some(0), "it is past");
    }

    #[test]
    fn waits_double_from_a_second_to_thirty_and_are_spread_by_half() {
        let middle = u64::MAX / 2 + 1;
        let waits: Vec<u64> = (1..=8).map(|tries| backoff(tries, middle) / SECOND).collect();
        assert_eq!(waits, [1, 2, 4, 8, 16, 30, 30, 30]);
        assert_eq!(backoff(1, 0), SECOND / 2);
        assert_eq!(backoff(1, u64::MAX), SECOND / 2 + SECOND - 1);
        assert_eq!(backoff(u32::MAX, u64::MAX), 45 * SECOND - 1);
    }
}
