//! The stopwatch: measures the duration of one piece of work, and prints the figures.

use std::fmt::Write;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// A measurement: its name in two parts (subject and part), the number of bytes processed, and the megabytes per second
/// it should reach, where the project has a target.
#[derive(Clone, Copy)]
pub(crate) struct Work<'a> {
    pub(crate) subject: &'a str,
    pub(crate) part: &'a str,
    pub(crate) bytes: usize,
    pub(crate) aim: Option<f64>,
}

/// Result of one measurement.
pub(crate) struct Figure<'a> {
    work: Work<'a>,
    /// Duration in seconds: the median.
    seconds: f64,
}

impl<'a> Figure<'a> {
    /// Repeats the work, each time on newly prepared input; only the work is timed. Short work is timed many times at
    /// once: in a VM, reading the clock has a cost.
    pub(crate) fn of<T, R>(work: Work<'a>, mut prepare: impl FnMut() -> T, mut measured: impl FnMut(T) -> R) -> Self {
        let mut timed = |count: usize| {
            let prepared: Vec<T> = std::iter::repeat_with(&mut prepare).take(count).collect();
            let start = Instant::now();
            for input in prepared {
                drop(black_box(measured(black_box(input))));
            }
            start.elapsed() / u32::try_from(count).unwrap_or(u32::MAX)
        };
        let begin = Instant::now();
        let mut count = 1;
        while begin.elapsed() < WARM_UP {
            let once = timed(count).max(Duration::from_nanos(1));
            count = usize::try_from(BATCH.as_nanos() / once.as_nanos()).unwrap_or(1).clamp(1, 4096);
        }
        let mut times = vec![timed(count)];
        while begin.elapsed() < WARM_UP + LASTS {
            times.push(timed(count));
        }
        let middle = times.len() / 2;
        let (_, median, _) = times.select_nth_unstable(middle);
        Self { work, seconds: median.as_secs_f64() }
    }

    fn megabytes_a_second(&self) -> f64 {
        self.work.bytes as f64 / self.seconds / 1e6
    }

    /// A line for people: the subject of several lines is printed once, and a missed target is marked.
    pub(crate) fn line(&self, is_first: bool) -> String {
        let Self { work: Work { subject, part, bytes, aim }, seconds } = self;
        let (speed, microseconds) = (self.megabytes_a_second(), seconds * 1e6);
        let subject = if is_first { subject } else { "" };
        let mut line = format!("{subject:24} {part:32} {speed:8.0} MB/s   {bytes:7} B in {microseconds:9.1} µs");
        if let Some(aim) = aim.filter(|aim| speed < *aim) {
            let _ = write!(line, "   MISSED: {aim} MB/s");
        }
        line
    }

    /// A line of JSON for `scripts/bench`.
    pub(crate) fn json(&self) -> String {
        let Self { work: Work { subject, part, bytes, aim }, seconds } = self;
        let aim = aim.map_or("null".to_owned(), |aim| aim.to_string());
        format!(r#"{{"subject":"{subject}","part":"{part}","bytes":{bytes},"seconds":{seconds:e},"aim":{aim}}}"#)
    }
}

const WARM_UP: Duration = Duration::from_millis(50);
const LASTS: Duration = Duration::from_millis(100);
const BATCH: Duration = Duration::from_micros(200);
