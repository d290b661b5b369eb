//! Phone numbers: international ones (ITU-T E.164, seven to fifteen digits) behind `+` or `00`, and those of the North
//! American Numbering Plan. National numbers of other countries look like any other number and are not matched.
//!
//! In the North American plan area and exchange begin with 2 to 9; area codes with 9 in the middle are kept for its
//! expansion, and N11 are services (ATIS-0300055, ATIS-0300051).

use super::super::kind::Kind;
use super::super::view::View;
use super::card::card;
use super::ip::address_at;
use super::number::{closed, gap};
use super::ssn::ssn;
use std::ops::Range;

/// Maximum number of digits in an international number.
const DIGITS: usize = 15;
/// Minimum number of digits behind `+`, and behind `00`, which is weaker evidence.
const BEHIND_PLUS: usize = 7;
const BEHIND_ZEROS: usize = 9;
/// Number of digits with country code 1.
const NORTH_AMERICAN: usize = 11;
/// Maximum distance of one of [`WORDS`] before three groups with only spaces between them, in bytes.
const REACH: usize = 24;
/// Words that identify a phone number.
const WORDS: [&str; 7] = ["phone", "tel", "mobile", "cell", "call", "fax", "sms"];

/// Finds the phone number whose first digit is at `at`.
pub(in super::super) fn phone(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    let plus = match (view.back(at, 2), view.back(at, 1)) {
        (_, b'+') => at - 1,
        (b'+', b'(') => at - 2,
        _ => return zeros(view, at).or_else(|| north_american(view, at)),
    };
    if !view.open(plus) || view.back(plus, 1) == b'+' {
        return None;
    }
    let end = international(view, at, BEHIND_PLUS)?;
    let number = view.text.get(at..end)?;
    let wrapped = view.back(plus, 1) == b'(' && number.contains(')') && !number.contains('(');
    Some(plus - usize::from(wrapped)..end)
}

/// Finds an international number behind `00`: separated at least once, and not all in groups of four, as memory dumps
/// are.
fn zeros(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    if !view.has(at, "00") {
        return None;
    }
    let first = view.digits(at, 5);
    if !(2..=5).contains(&first) || !view.open(at) || view.joined(at) {
        return None;
    }
    let listed = view.back(at, 1) == b' ' && view.back(at, 2).is_ascii_digit();
    let code = if first == 2 { gap(view, at + 2)?.0 } else { at + 2 };
    let (second, mark) = gap(view, at + first)?;
    let dump = first == 4 && view.digits(second, 4) == 4;
    if listed || dump || !matches!(mark, b' ' | b'-') {
        return None;
    }
    let end = international(view, code, BEHIND_ZEROS)?;
    (end > second).then_some(at..end)
}

/// End of the number whose country code is at `code`. Groups are included as long as the number stays short enough;
/// dots separate all groups or none (`+37.7749` is a latitude).
fn international(view: &View<'_>, code: usize, fewest: usize) -> Option<usize> {
    if !matches!(view.byte(code), b'1'..=b'9') {
        return None;
    }
    let fixed = (view.byte(code) == b'1').then_some(NORTH_AMERICAN);
    let mut found = None;
    let mut start = code;
    let (mut total, mut groups, mut dots) = (0, 0, 0);
    loop {
        let group = view.digits(start, DIGITS);
        let end = start + group;
        total += group;
        groups += 1;
        if total > fixed.unwrap_or(DIGITS) {
            return found;
        }
        let enough = total >= fixed.unwrap_or(fewest);
        if enough && (dots == 0 || groups > 2) && ends(view, end, group) {
            found = Some(end);
        }
        let Some((next, dot)) = step(view, end) else {
            return found;
        };
        dots += usize::from(dot);
        let mixed = dots > 0 && dots != groups;
        if mixed || found.is_some() && begins_another(view, next) {
            return found;
        }
        start = next;
    }
}

/// Reports whether a number may end after this group: a short group followed by a mark and a digit is a date, a time or
/// an amount.
fn ends(view: &View<'_>, end: usize, group: usize) -> bool {
    let mark = matches!(view.byte(end), b'-' | b'.' | b'/' | b':' | b',');
    let goes_on = mark && view.byte(end + 1).is_ascii_digit();
    !view.byte(end).is_ascii_alphanumeric() && (group > 2 || !goes_on) || extension(view, end)
}

/// Reports whether an extension follows (`x123`); it is not a part of the number.
fn extension(view: &View<'_>, end: usize) -> bool {
    matches!(view.byte(end), b'x' | b'X') && view.byte(end + 1).is_ascii_digit()
}

/// Parses the separator of two groups of an international number: a mark, or parentheses around a group, or both.
/// Returns the start of the next group, and `true` if the mark was a dot.
fn step(view: &View<'_>, end: usize) -> Option<(usize, bool)> {
    let closed = end + usize::from(view.byte(end) == b')');
    if let Some((next, mark)) = gap(view, closed) {
        return Some((next, mark == b'.'));
    }
    let marked = closed + usize::from(matches!(view.byte(closed), b' ' | b'-'));
    let next = marked + usize::from(view.byte(marked) == b'(');
    view.byte(next).is_ascii_digit().then_some((next, false))
}

/// Reports whether a value of another kind, or the next phone number, begins at `at`.
fn begins_another(view: &View<'_>, at: usize) -> bool {
    let kinds = view.kinds;
    kinds.contains(Kind::PaymentCard) && card(view, at).is_some()
        || kinds.contains(Kind::UsSsn) && ssn(view, at).is_some()
        || kinds.contains(Kind::IpAddress) && address_at(view, at).is_some()
        || north_american(view, at).is_some()
}

/// Finds a North American number without `+`: separated into area, exchange and line, possibly behind a 1.
fn north_american(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    let (area, one) = match view.digits(at, 3) {
        1 if view.byte(at) == b'1' => (step(view, at + 1)?.0, true),
        3 => (at, false),
        _ => return None,
    };
    let bracketed = view.back(area, 1) == b'(' && view.byte(area + 3) == b')';
    let start = at - usize::from(bracketed && !one);
    if !view.open(start) || view.joined(start) || view.digits(area, 3) != 3 {
        return None;
    }
    let (exchange, first) = exchange(view, area + 3, bracketed)?;
    let (line, second) = match view.digits(exchange, 7) {
        3 => gap(view, exchange + 3)?,
        7 if bracketed => (exchange + 3, first),
        _ => return None,
    };
    let dots = (first == b'.') == (second == b'.') || bracketed;
    let exists = area_exists(view.number(area, 3)) && view.byte(exchange) >= b'2';
    if view.digits(line, 4) != 4 || !dots || !exists || second == b'/' {
        return None;
    }
    let end = line + 4;
    let ends = closed(view, end) || extension(view, end);
    let spaces = first == b' ' && second == b' ' && !bracketed;
    let meant = !spaces || one && !listed(view, at) || view.says(start, REACH, &WORDS);
    (ends && meant).then_some(start..end)
}

/// Start of the exchange after the area code, and the mark between them.
fn exchange(view: &View<'_>, area_end: usize, bracketed: bool) -> Option<(usize, u8)> {
    if !bracketed {
        return gap(view, area_end);
    }
    let next = area_end + 1;
    if view.byte(next).is_ascii_digit() { Some((next, b')')) } else { gap(view, next) }
}

/// Reports whether a number precedes, as in a table.
fn listed(view: &View<'_>, at: usize) -> bool {
    view.back(at, 1) == b' ' && view.back(at, 2).is_ascii_digit()
}

/// Reports whether the plan has such an area code.
fn area_exists(area: u32) -> bool {
    area >= 200 && area / 10 % 10 != 9 && area % 100 != 11
}
