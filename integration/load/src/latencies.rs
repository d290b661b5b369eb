//! Latencies: every single one is stored, so that percentiles are exact.

use std::time::Duration;

/// Durations in microseconds.
#[derive(Default)]
pub(crate) struct Latencies(Vec<f64>);

impl Latencies {
    /// Adds one.
    pub(crate) fn add(&mut self, duration: Duration) {
        self.0.push(duration.as_secs_f64() * 1e6);
    }

    /// Adds all of another's.
    pub(crate) fn append(&mut self, mut other: Self) {
        self.0.append(&mut other.0);
    }

    /// The requested percentiles, in microseconds; `None` when there are no latencies.
    pub(crate) fn percentiles<const N: usize>(mut self, wanted: [f64; N]) -> [Option<f64>; N] {
        self.0.sort_by(f64::total_cmp);
        // The smallest one that the given percentage does not exceed.
        let rank = |percent: f64| ((percent / 100.0 * self.0.len() as f64).ceil() as usize).saturating_sub(1);
        wanted.map(|percent| self.0.get(rank(percent)).copied())
    }
}
