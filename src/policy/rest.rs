//! Rest of targets: one that answered 429 or 503 is tried last for a while.

use std::time::Duration;

/// Rest of a target.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// End of the rest, in nanoseconds since 1970.
    pub until: u64,
    /// Number of failures in a row.
    pub failures: u8,
    /// Set when Envoy knew no host of the target's provider: another attempt would end the call.
    pub has_no_host: bool,
}

/// Readiness of a target for a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It is tried in its place.
    Ready,
    /// It rests, and is tried last.
    Rests,
    /// It rests, and is not tried while others are there.
    NoHost,
}

/// Rests of targets, shared by the workers of one Envoy.
pub trait Rests {
    /// Returns the rest of a target.
    fn rest(&self, target: &str) -> Rest;
    /// Replaces the rest of a target.
    fn set_rest(&self, target: &str, rest: Rest);
    /// Current time, in nanoseconds since 1970.
    fn now(&self) -> u64;
}

impl Rest {
    /// Reads the bytes that [`bytes`](Self::bytes) writes; others are no rest.
    pub fn read(bytes: &[u8]) -> Self {
        match bytes.split_last_chunk::<8>() {
            Some((&[failures, no_host], until)) => {
                Self { until: u64::from_le_bytes(*until), failures, has_no_host: no_host == 1 }
            }
            _ => Self::default(),
        }
    }

    /// Writes it for the memory that workers share.
    pub fn bytes(self) -> [u8; 10] {
        let [a, b, c, d, e, f, g, h] = self.until.to_le_bytes();
        [self.failures, self.has_no_host.into(), a, b, c, d, e, f, g, h]
    }

    /// Returns the target's readiness at `now`, in nanoseconds since 1970.
    pub fn readiness(self, now: u64) -> Readiness {
        match self.until > now {
            true if self.has_no_host => Readiness::NoHost,
            true => Readiness::Rests,
            false => Readiness::Ready,
        }
    }

    /// Returns the rest after one more failure at `now`. `wait`: the time that the target asks for, in nanoseconds;
    /// without it the rest begins with `shortest` and doubles with each failure in a row.
    #[must_use]
    pub fn after_failure(self, now: u64, wait: Option<u64>, shortest: Duration, longest: Duration) -> Self {
        let nanoseconds = |period: Duration| u64::try_from(period.as_nanos()).unwrap_or(u64::MAX);
        let doubled = 1_u64.checked_shl(self.failures.into()).unwrap_or(u64::MAX);
        let rest = wait.unwrap_or_else(|| nanoseconds(shortest).saturating_mul(doubled)).min(nanoseconds(longest));
        // A failure of a call that began before this rest does not shorten it.
        let until = self.until.max(now.saturating_add(rest));
        Self { until, failures: self.failures.saturating_add(1), has_no_host: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: u64 = 1_000_000_000;

    #[test]
    fn a_rest_doubles_up_to_the_longest_and_takes_what_is_asked_for() {
        let after = |rest: Rest, wait| rest.after_failure(0, wait, Duration::from_secs(2), Duration::from_secs(60));
        let mut rest = Rest::default();
        for seconds in [2, 4, 8, 16, 32, 60, 60] {
            rest = after(Rest { until: 0, ..rest }, None);
            assert_eq!(rest.until, seconds * SECOND);
        }
        assert_eq!(after(Rest::default(), Some(7 * SECOND)).until, 7 * SECOND);
        assert_eq!(after(Rest::default(), Some(u64::MAX)).until, 60 * SECOND);
        let tired = |until, failures| Rest { until, failures, has_no_host: false };
        assert_eq!(after(tired(9 * SECOND, 1), Some(SECOND)).until, 9 * SECOND);
        assert_eq!(after(tired(0, u8::MAX), None).until, 60 * SECOND);
    }

    #[test]
    fn a_rest_is_read_as_it_was_written() {
        for has_no_host in [false, true] {
            let rest = Rest { until: 0x0102_0304_0506_0708, failures: 3, has_no_host };
            assert_eq!(Rest::read(&rest.bytes()), rest);
        }
        for bytes in [&b""[..], b"123456789", b"12345678901"] {
            assert_eq!(Rest::read(bytes), Rest::default());
        }
    }
}
