//! Measures of targets, shared by the workers of one Envoy: how soon they answer, and how much of their rate is used.

use std::time::Duration;

/// Measures of a target. Workers that write at the same time may lose one another's: they order targets, and bound nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Measure {
    /// Decaying mean of the time to the first token of streamed answers, in nanoseconds; 0 is none.
    pub first_token: u64,
    /// Decaying mean of the time to the end of whole answers, in nanoseconds; 0 is none.
    pub whole: u64,
    /// Time of the last measured answer, in nanoseconds since 1970.
    pub measured: u64,
    /// Minute since 1970 that the counts are of.
    minute: u64,
    /// Requests in that minute.
    requests: u64,
    /// Tokens in that minute.
    tokens: u64,
    /// Thousandths that remain of the provider's own limit, by its last answer.
    remaining: u64,
    /// Time of that answer, in nanoseconds since 1970; 0 is none.
    answered: u64,
}

/// Rate that a target is declared to permit, per minute. `None` is not declared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeclaredRate {
    /// Requests.
    pub requests: Option<u64>,
    /// Tokens of input and output.
    pub tokens: Option<u64>,
}

/// Measures of targets, shared by the workers of one Envoy.
pub trait Measures {
    /// Returns the measures of a target.
    fn measure(&self, target: &str) -> Measure;
    /// Replaces the measures of a target.
    fn set_measure(&self, target: &str, measure: Measure);
    /// Current time, in nanoseconds since 1970.
    fn now(&self) -> u64;

    /// Counts a request that begins at a target.
    fn count_request(&self, target: &str) {
        let mut measure = self.measure(target);
        measure.count_request(self.now());
        self.set_measure(target, measure);
    }
}

impl Measure {
    /// Reads the bytes that [`bytes`](Self::bytes) writes; others are no measures.
    pub fn read(bytes: &[u8]) -> Self {
        let mut fields = [0; 8];
        let (numbers, rest) = bytes.as_chunks::<8>();
        if numbers.len() != fields.len() || !rest.is_empty() {
            return Self::default();
        }
        for (field, number) in fields.iter_mut().zip(numbers) {
            *field = u64::from_le_bytes(*number);
        }
        let [first_token, whole, measured, minute, requests, tokens, remaining, answered] = fields;
        Self { first_token, whole, measured, minute, requests, tokens, remaining, answered }
    }

    /// Writes the measures for the memory that workers share.
    pub fn bytes(&self) -> Vec<u8> {
        let Self { first_token, whole, measured, minute, requests, tokens, remaining, answered } = *self;
        [first_token, whole, measured, minute, requests, tokens, remaining, answered]
            .into_iter()
            .flat_map(u64::to_le_bytes)
            .collect()
    }

    /// Counts a request that begins at `now`, in nanoseconds since 1970.
    pub fn count_request(&mut self, now: u64) {
        self.begin_minute(now);
        self.requests = self.requests.saturating_add(1);
    }

    /// Counts the tokens of an answer that ends at `now`.
    pub fn count_tokens(&mut self, now: u64, tokens: u64) {
        self.begin_minute(now);
        self.tokens = self.tokens.saturating_add(tokens);
    }

    /// Adds the time that an answer took: to its first token if it is streamed, else to its end.
    pub fn add_time(&mut self, now: u64, is_stream: bool, time: u64) {
        let is_recent = now.saturating_sub(self.measured) < STALE;
        let mean = if is_stream { &mut self.first_token } else { &mut self.whole };
        *mean = match *mean {
            known @ 1.. if is_recent => (known / 4).saturating_mul(3).saturating_add(time / 4),
            _ => time,
        }
        .max(1);
        self.measured = now;
    }

    /// Notes the thousandths that remain of the provider's own limit.
    pub fn note_remaining(&mut self, now: u64, thousandths: u64) {
        (self.remaining, self.answered) = (thousandths.min(1000), now);
    }

    /// Mean time to the first token, or to the end of a whole answer. `None`: none was measured of late.
    pub fn time(&self, now: u64, is_stream: bool) -> Option<u64> {
        let mean = if is_stream { self.first_token } else { self.whole };
        (mean > 0 && now.saturating_sub(self.measured) < STALE).then_some(mean)
    }

    /// Thousandths in use of the declared rate, or of the provider's own limit, whichever is more.
    pub fn used(&self, now: u64, rate: DeclaredRate) -> u64 {
        let (requests, tokens) = if now / MINUTE == self.minute { (self.requests, self.tokens) } else { (0, 0) };
        let share = |count: u64, most: Option<u64>| most.map_or(0, |most| count.saturating_mul(1000) / most.max(1));
        let is_known = self.answered > 0 && now.saturating_sub(self.answered) < MINUTE;
        let by_provider = if is_known { 1000 - self.remaining.min(1000) } else { 0 };
        share(requests, rate.requests).max(share(tokens, rate.tokens)).max(by_provider)
    }

    fn begin_minute(&mut self, now: u64) {
        let minute = now / MINUTE;
        if minute != self.minute {
            (self.minute, self.requests, self.tokens) = (minute, 0, 0);
        }
    }
}

/// In nanoseconds.
const MINUTE: u64 = Duration::from_secs(60).as_nanos() as u64;

/// Age at which a time says nothing any more, in nanoseconds.
const STALE: u64 = 5 * MINUTE;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_read_as_they_were_written() {
        let mut measure = Measure::default();
        measure.count_request(7 * MINUTE);
        measure.count_tokens(7 * MINUTE, 300);
        measure.add_time(7 * MINUTE, true, 1_000_000);
        measure.note_remaining(7 * MINUTE, 250);
        assert_eq!(Measure::read(&measure.bytes()), measure);
        for bytes in [&b""[..], &[1; 63], &[1; 65]] {
            assert_eq!(Measure::read(bytes), Measure::default());
        }
    }

    #[test]
    fn the_mean_follows_the_last_answers_and_is_forgotten() {
        let mut measure = Measure::default();
        assert_eq!(measure.time(MINUTE, true), None);
        measure.add_time(MINUTE, true, 400);
        assert_eq!((measure.time(MINUTE, true), measure.time(MINUTE, false)), (Some(400), None));
        measure.add_time(MINUTE, true, 800);
        assert_eq!(measure.time(MINUTE, true), Some(500));
        assert_eq!(measure.time(6 * MINUTE, true), None);
        measure.add_time(6 * MINUTE, true, 80);
        assert_eq!(measure.time(6 * MINUTE, true), Some(80));
    }

    #[test]
    fn the_rate_in_use_is_that_of_the_minute_or_the_provider_s_own() {
        let rate = DeclaredRate { requests: Some(10), tokens: Some(1000) };
        let mut measure = Measure::default();
        measure.count_request(MINUTE);
        assert_eq!(measure.used(MINUTE, rate), 100);
        measure.count_tokens(MINUTE + 1, 500);
        assert_eq!(measure.used(MINUTE + 1, rate), 500);
        assert_eq!(measure.used(2 * MINUTE, rate), 0);
        measure.note_remaining(2 * MINUTE, 100);
        assert_eq!(measure.used(2 * MINUTE, rate), 900);
        assert_eq!(measure.used(3 * MINUTE, DeclaredRate::default()), 0);
    }
}
