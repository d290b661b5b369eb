//! The stopwatch: how long one piece of work takes, and how the figures are printed.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// What was measured of one piece of work.
pub(crate) struct Figure {
    /// What was done.
    pub(crate) name: &'static str,
    /// How many bytes it was done to.
    pub(crate) bytes: usize,
    /// How long it took, in seconds: the median.
    pub(crate) seconds: f64,
}

impl Figure {
    /// Does the work over and over, each time to something newly prepared; only the work is timed.
    pub(crate) fn of<T, R>(
        name: &'static str,
        bytes: usize,
        mut prepare: impl FnMut() -> T,
        mut work: impl FnMut(T) -> R,
    ) -> Self {
        let begin = Instant::now();
        let mut times = Vec::new();
        while begin.elapsed() < WARM_UP + LASTS {
            let prepared = prepare();
            let start = Instant::now();
            drop(black_box(work(black_box(prepared))));
            let time = start.elapsed();
            if begin.elapsed() > WARM_UP {
                times.push(time);
            }
        }
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        Self { name, bytes, seconds: median.as_secs_f64() }
    }

    /// A line for people.
    pub(crate) fn line(&self) -> String {
        let Self { name, bytes, seconds } = self;
        let (speed, microseconds) = (*bytes as f64 / seconds / 1e6, seconds * 1e6);
        format!("{name:44} {speed:8.0} MB/s   {bytes:7} B in {microseconds:9.1} µs")
    }

    /// A line of JSON for `scripts/bench`.
    pub(crate) fn json(&self) -> String {
        let Self { name, bytes, seconds } = self;
        format!(r#"{{"name":"{name}","bytes":{bytes},"seconds":{seconds:e}}}"#)
    }
}

const WARM_UP: Duration = Duration::from_millis(100);
const LASTS: Duration = Duration::from_millis(400);
