//! Ranges: numbers are accepted between a useful minimum and a feasible maximum.

use super::problem::{Path, Problems};
use super::units::{Period, Size};
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

/// Sets a size, in bytes, if it is within a range.
pub(super) fn size(
    slot: &mut usize,
    written: Option<Size>,
    range: RangeInclusive<u64>,
    at: &Path<'_>,
    problems: &mut Problems,
) {
    let range = Size(*range.start())..=Size(*range.end());
    if let Some(Size(bytes)) = in_range(written, &range, at, problems) {
        *slot = usize::try_from(bytes).unwrap_or(usize::MAX);
    }
}

/// Sets a number if it is within a range.
pub(super) fn count(
    slot: &mut usize,
    written: Option<u64>,
    range: RangeInclusive<u64>,
    at: &Path<'_>,
    problems: &mut Problems,
) {
    if let Some(number) = in_range(written, &range, at, problems) {
        *slot = usize::try_from(number).unwrap_or(usize::MAX);
    }
}

/// Sets a period if it is within a range of milliseconds.
pub(super) fn period(
    slot: &mut Duration,
    written: Option<Period>,
    range: RangeInclusive<u64>,
    at: &Path<'_>,
    problems: &mut Problems,
) {
    let [start, end] = [*range.start(), *range.end()].map(|bound| Period(Duration::from_millis(bound)));
    if let Some(Period(period)) = in_range(written, &(start..=end), at, problems) {
        *slot = period;
    }
}

fn in_range<T: PartialOrd + fmt::Display>(
    written: Option<T>,
    range: &RangeInclusive<T>,
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
