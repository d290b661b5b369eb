//! Candidates: the positions of a text at which the detectors examine it.
//!
//! Most numbers are none of those searched for: years, amounts, times. The lengths of a number's groups, and of the gaps
//! between them, rule them out by a few operations on a mask of the digits. What is left out here is never found, so
//! each rule requires less than the detectors behind it.

use super::stops::Stops;
use std::ops::ControlFlow;
use tollgate_blocks::BLOCK;

/// Longest gap between two groups of a number, in bytes: `)` and a mark of three bytes.
const GAP: u32 = 4;

/// Passes the candidates of each block to `each`, with the block's offset and its digits, from `from` on. Blocks without
/// a stop are left out.
pub(super) fn each_block<B>(
    bytes: &[u8],
    from: usize,
    mut each: impl FnMut(usize, u64, u64) -> ControlFlow<B>,
) -> ControlFlow<B> {
    let (blocks, rest) = bytes.get(from..).unwrap_or_default().as_chunks::<BLOCK>();
    let mut last = [0; BLOCK];
    last.iter_mut().zip(rest).for_each(|(to, from)| *to = *from);
    let block_at = |index: usize| blocks.get(index).or_else(|| (index == blocks.len()).then_some(&last));
    let stops_at =
        |index: usize| block_at(index).map(|block| Stops::first(std::slice::from_ref(block)).1).unwrap_or_default();
    let mut known = None;
    let mut goes_on = 0;
    let mut index = 0;
    while index <= blocks.len() {
        let this = known.take().unwrap_or_else(|| {
            let (skipped, stops) = Stops::first(blocks.get(index..).unwrap_or_default());
            index += skipped;
            if index == blocks.len() { stops_at(index) } else { stops }
        });
        if !this.is_empty() {
            // The next block matters only where a number or an address may reach into it.
            known = ((this.digits | this.colons) >> (u64::BITS - 1 - GAP) != 0).then(|| stops_at(index + 1));
            let start = from + index * BLOCK;
            let next = known.unwrap_or_default();
            each(start, candidates(bytes, start, this, next, goes_on), this.digits)?;
        }
        goes_on = this.digits >> (u64::BITS - 1);
        index += 1;
    }
    ControlFlow::Continue(())
}

/// The candidates of the block that begins at `start`. `goes_on`: 1 where its first digit goes on with a group.
fn candidates(bytes: &[u8], start: usize, this: Stops, next: Stops, goes_on: u64) -> u64 {
    let mut places = this.marks | near_colons(this.colons, next.colons);
    let mut groups = this.digits & !(this.digits << 1 | goes_on);
    while groups != 0 {
        let at = groups.trailing_zeros();
        let group = groups & groups.wrapping_neg();
        groups ^= group;
        let digits = this.digits >> at | (next.digits << 1) << (u64::BITS - 1 - at);
        if may_begin_value(bytes, start + at as usize, digits) {
            places |= group;
        }
    }
    places
}

/// Colons that another one follows, directly or after a group of an IPv6 address.
const fn near_colons(this: u64, next: u64) -> u64 {
    if this == 0 {
        return 0;
    }
    let colons = this as u128 | (next as u128) << u64::BITS;
    let one_behind = colons >> 1;
    let two_behind = one_behind | one_behind >> 1;
    let four_behind = two_behind | two_behind >> 2;
    this & (four_behind | colons >> 5) as u64
}

/// Reports whether a value may begin at, or around, the group of digits at `at`. `digits`: the digits from there on.
fn may_begin_value(bytes: &[u8], at: usize, digits: u64) -> bool {
    let back = |steps| at.checked_sub(steps).and_then(|place| bytes.get(place)).copied().unwrap_or(0);
    let length = digits.trailing_ones();
    let before = back(1);
    if before.is_ascii_alphabetic() {
        let country = length > 1 && back(2).is_ascii_alphabetic();
        let escape = before == b'u' || back(2) == b'\\' || back(5) == b'u' && back(6) == b'\\';
        return country || escape;
    }
    before == b'+' || before == b'(' && back(2) == b'+' || may_begin_number(bytes, at, length, digits)
}

/// Reports whether a card's number, a social security number, an IPv4 address, or a phone number without `+` may begin
/// with a group of digits.
fn may_begin_number(bytes: &[u8], at: usize, length: u32, digits: u64) -> bool {
    let byte = |place| bytes.get(place).copied().unwrap_or(0);
    let is_card = || matches!(byte(at), b'2'..=b'6' | b'8');
    // In one piece: a social security number, or a card's.
    if length == 9 || (13..=19).contains(&length) && is_card() {
        return true;
    }
    let Some((gap, second, behind)) = next_group(digits, length) else {
        return false;
    };
    let next_is = |wanted| next_group(behind, 0).is_some_and(|(_, third, _)| third == wanted);
    let zeros = || byte(at) == b'0' && byte(at + 1) == b'0';
    let is_begun = match (length, second) {
        // A phone number behind a 1, with or without a mark before its line.
        (1, 3) => byte(at) == b'1' && (next_is(3) || next_is(7)),
        // A phone number or a social security number, which end with four digits.
        (3, 2 | 3) => next_is(4),
        (3, 7) => true,
        (0..=3, _) => false,
        _ => second >= 3 && is_card(),
    };
    is_begun
        || (2..6).contains(&length) && zeros()
        || length < 4 && gap == 1 && byte(at + length as usize) == b'.' && is_quad(bytes, at, digits)
}

/// The group of digits behind the first `length` ones: the gap before it, its length, and the digits behind it.
fn next_group(digits: u64, length: u32) -> Option<(u32, u32, u64)> {
    let behind = digits.checked_shr(length).unwrap_or(0);
    let gap = behind.trailing_zeros();
    let from = behind.checked_shr(gap).unwrap_or(0);
    let group = from.trailing_ones();
    (gap <= GAP).then(|| (gap, group, from.checked_shr(group).unwrap_or(0)))
}

/// Reports whether three groups of at most three digits follow a first one, each behind one byte, and no fifth number
/// behind a dot.
fn is_quad(bytes: &[u8], at: usize, digits: u64) -> bool {
    let mut end = digits.trailing_ones();
    for _ in 0..3 {
        let length = digits.checked_shr(end + 1).unwrap_or(0).trailing_ones();
        if !(1..=3).contains(&length) {
            return false;
        }
        end += 1 + length;
    }
    let goes_on = digits.checked_shr(end + 1).unwrap_or(0) & 1 == 1;
    !goes_on || bytes.get(at + end as usize) != Some(&b'.')
}
