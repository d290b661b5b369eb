//! Groups of digits: the marks between them, and the end of the last.

use super::ip::address_at;
use crate::kind::Kind;
use crate::view::View;

/// Parses the single mark at `at` that separates two groups of digits. Returns the start of the next group, and the
/// mark as a space, dash, dot or slash (typography has several characters for each).
pub(super) fn gap(view: &View<'_>, at: usize) -> Option<(usize, u8)> {
    let (length, mark) = match view.byte(at) {
        mark @ (b' ' | b'-' | b'.' | b'/') => (1, mark),
        0xc2 if view.has(at, "\u{a0}") => (2, b' '),
        0xe2 if view.has(at, "\u{202f}") => (3, b' '),
        0xe2 if view.has(at, "\u{2011}") || view.has(at, "\u{2010}") => (3, b'-'),
        0xe2 if view.has(at, "\u{2013}") => (3, b'-'),
        _ => return None,
    };
    let next = at + length;
    view.byte(next).is_ascii_digit().then_some((next, mark))
}

/// Reports whether a number may end here: no ASCII letter or digit directly after, and no further digits joined by
/// a dash or a dot, unless an IP address begins there, which is a finding of its own.
pub(super) fn closed(view: &View<'_>, end: usize) -> bool {
    match view.byte(end) {
        b'-' if view.byte(end + 1).is_ascii_digit() => {
            view.kinds.contains(Kind::IpAddress) && address_at(view, end + 1).is_some()
        }
        b'.' => !view.byte(end + 1).is_ascii_digit(),
        byte => !byte.is_ascii_alphanumeric(),
    }
}
