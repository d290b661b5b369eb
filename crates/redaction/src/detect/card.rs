//! Payment card numbers: ISO/IEC 7812 with the networks' published ranges and lengths, and the Luhn check digit.
//!
//! Ranges as Wikipedia's "Payment card number" lists them (2025) after the networks' own pages.

use super::super::view::View;
use super::number::{closed, gap};
use std::ops::Range;

/// A network's range of first four digits, and the lengths of its numbers.
type Network = (u32, u32, &'static [usize]);

/// Lengths that several networks allow.
const SIXTEEN_UP: &[usize] = &[16, 17, 18, 19];
const FOURTEEN_UP: &[usize] = &[14, 15, 16, 17, 18, 19];
const THIRTEEN_UP: &[usize] = &[13, 14, 15, 16, 17, 18, 19];

const NETWORKS: [Network; 20] = [
    (4000, 4999, &[13, 16, 19]), // Visa
    (5100, 5599, &[16]),         // Mastercard
    (2221, 2720, &[16]),         // Mastercard, second series
    (3400, 3499, &[15]),         // American Express
    (3700, 3799, &[15]),         // American Express
    (6011, 6011, SIXTEEN_UP),    // Discover
    (6440, 6599, SIXTEEN_UP),    // Discover
    (3000, 3059, FOURTEEN_UP),   // Diners Club
    (3095, 3095, FOURTEEN_UP),   // Diners Club
    (3600, 3699, FOURTEEN_UP),   // Diners Club
    (3800, 3999, FOURTEEN_UP),   // Diners Club
    (3528, 3589, SIXTEEN_UP),    // JCB
    (6200, 6299, SIXTEEN_UP),    // UnionPay
    (8100, 8171, SIXTEEN_UP),    // UnionPay
    (5018, 5018, THIRTEEN_UP),   // Maestro
    (5020, 5020, THIRTEEN_UP),   // Maestro
    (5038, 5038, THIRTEEN_UP),   // Maestro
    (5893, 5893, THIRTEEN_UP),   // Maestro
    (6304, 6304, THIRTEEN_UP),   // Maestro
    (6759, 6763, THIRTEEN_UP),   // Maestro
];

/// Shortest and longest number, in digits.
const SHORTEST: usize = 13;
const LONGEST: usize = 19;
/// Minimum number of digits in the first group and in a further one: cards are printed with 4-4-4-4, 4-6-5 and 4-3-3-3.
const FIRST_GROUP: usize = 4;
const FURTHER_GROUP: usize = 3;

/// Finds the card number whose first digit is at `at`, its groups separated by single spaces or dashes. Of several
/// valid ends the last is taken.
pub(in super::super) fn card(view: &View<'_>, at: usize) -> Option<Range<usize>> {
    let first = view.digits(at, LONGEST);
    // No network's numbers begin with another digit.
    let begins = matches!(view.byte(at), b'2'..=b'6' | b'8');
    if !begins || !(FIRST_GROUP..=LONGEST).contains(&first) {
        return None;
    }
    if !view.open(at) || view.joined(at) {
        return None;
    }
    let mut sums = Luhn::default();
    let mut found = None;
    for (group, total) in Groups::new(view, at, first) {
        let end = group.end;
        group.for_each(|place| sums.push(u32::from(view.byte(place) & 0xf)));
        if total >= SHORTEST && sums.is_valid() && issued(view, at, total) && closed(view, end) {
            found = Some(at..end);
        }
    }
    found
}

/// Groups of a number: the range of each, and the number of digits up to its end.
struct Groups<'v> {
    view: &'v View<'v>,
    next: Option<Range<usize>>,
    total: usize,
}

impl<'v> Groups<'v> {
    fn new(view: &'v View<'v>, at: usize, first: usize) -> Self {
        Self { view, next: Some(at..at + first), total: 0 }
    }
}

impl Iterator for Groups<'_> {
    type Item = (Range<usize>, usize);

    fn next(&mut self) -> Option<Self::Item> {
        let group = self.next.take()?;
        self.total += group.len();
        if let Some((start, b' ' | b'-')) = gap(self.view, group.end) {
            let length = self.view.digits(start, LONGEST);
            let fits = length >= FURTHER_GROUP && self.total + length <= LONGEST;
            self.next = fits.then(|| start..start + length);
        }
        Some((group, self.total))
    }
}

/// Reports whether a network has numbers of this length with the first digits at `at`.
fn issued(view: &View<'_>, at: usize, length: usize) -> bool {
    let first = view.number(at, FIRST_GROUP);
    let mut networks = NETWORKS.iter();
    networks.any(|(low, high, lengths)| (*low..=*high).contains(&first) && lengths.contains(&length))
}

/// The Luhn check (ISO/IEC 7812-1 annex B) of a number and all its prefixes: every second digit from the right is
/// doubled, so there is one sum for either parity of the length.
#[derive(Default)]
struct Luhn {
    count: usize,
    even: u32,
    odd: u32,
}

impl Luhn {
    fn push(&mut self, digit: u32) {
        let doubled = if digit < 5 { digit * 2 } else { digit * 2 - 9 };
        let at_even = self.count.is_multiple_of(2);
        self.even += if at_even { doubled } else { digit };
        self.odd += if at_even { digit } else { doubled };
        self.count += 1;
    }

    fn is_valid(&self) -> bool {
        let sum = if self.count.is_multiple_of(2) { self.even } else { self.odd };
        sum.is_multiple_of(10)
    }
}
