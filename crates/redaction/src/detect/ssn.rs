//! US social security numbers.
//!
//! Valid numbers by SSA, "Determining Social Security numbers" (answer 425, 2012) and POMS RM 10201.035: never 000, 666
//! or 900 to 999 in front, never 00 in the middle, never 0000 at the end. Numbers from 900 on are taxpayer numbers
//! (ITIN), another kind, and are not matched. Two numbers that were printed in advertisements belong to nobody.

use super::super::view::View;
use super::number::{closed, gap};
use std::ops::Range;

/// Maximum distance of one of [`WORDS`] before nine bare digits, in bytes.
const REACH: usize = 24;
/// Words that identify a social security number.
const WORDS: [&str; 3] = ["ssn", "social sec", "social-sec"];
/// Numbers of advertisements: Woolworth's wallet card (1938) and the Social Security Board's pamphlet (1940).
const ADVERTISED: [(u32, u32, u32); 2] = [(78, 5, 1120), (219, 9, 9999)];

/// Finds the number whose first digit is at `at`: AAA-GG-SSSS with dashes or spaces; nine bare digits only after a word
/// such as "SSN".
pub(in super::super) fn ssn(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    if !view.open(at) || view.joined(at) {
        return None;
    }
    let (group, serial) = match view.digits(at, 9) {
        9 if view.says(at, REACH, &WORDS) => (at + 3, at + 5),
        3 => separated(view, at)?,
        _ => return None,
    };
    let end = serial + 4;
    let parts = (view.number(at, 3), view.number(group, 2), view.number(serial, 4));
    let exists = !matches!(parts, (0 | 666 | 900.., _, _) | (_, 0, _) | (_, _, 0)) && !ADVERTISED.contains(&parts);
    (exists && closed(view, end)).then_some(at..end)
}

/// Starts of group and serial number, when the same mark precedes both.
fn separated(view: &View<'_>, at: usize) -> Option<(usize, usize)> {
    let (group, first) = gap(view, at + 3)?;
    let (serial, second) = gap(view, group + 2)?;
    let listed = first == b' ' && view.back(at, 1) == b' ' && view.back(at, 2).is_ascii_digit();
    let shaped = view.digits(group, 2) == 2 && view.digits(serial, 4) == 4;
    (shaped && !listed && first == second && matches!(first, b'-' | b' ')).then_some((group, serial))
}
