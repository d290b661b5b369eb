//! Amounts as decimals, exact to the last digit.

/// A decimal, written without an allocation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DecimalText {
    /// ASCII, at the end.
    text: [u8; LONGEST],
    start: usize,
}

impl DecimalText {
    /// An amount in pico-dollars as exact dollars: `0.0001234`, `12`.
    pub fn of(picodollars: u64) -> Self {
        Self::new(picodollars, 12)
    }

    /// A whole number.
    pub fn whole(number: u64) -> Self {
        Self::new(number, 0)
    }

    /// `value` times 10^-`decimals`, without trailing zeros behind the point; at most 19 decimals.
    pub(super) fn new(value: u64, decimals: usize) -> Self {
        let mut decimal = Self { text: [0; LONGEST], start: LONGEST };
        let (mut rest, mut left) = (value, decimals);
        while left >= 4 && rest.is_multiple_of(10_000) {
            (rest, left) = (rest / 10_000, left - 4);
        }
        while left > 0 && rest.is_multiple_of(10) {
            (rest, left) = (rest / 10, left - 1);
        }
        if left > 0 {
            for _ in 0..left {
                decimal.put_before(digit(rest));
                rest /= 10;
            }
            decimal.put_before(b'.');
        }
        loop {
            decimal.put_before(digit(rest));
            rest /= 10;
            if rest == 0 {
                return decimal;
            }
        }
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.as_bytes()).unwrap_or_default()
    }

    /// Returns the text, which is ASCII.
    pub fn as_bytes(&self) -> &[u8] {
        self.text.get(self.start..).unwrap_or_default()
    }

    fn put_before(&mut self, byte: u8) {
        let start = self.start.saturating_sub(1);
        if let Some(slot) = self.text.get_mut(start) {
            *slot = byte;
            self.start = start;
        }
    }
}

const fn digit(number: u64) -> u8 {
    b'0' + (number % 10) as u8
}

/// Twenty digits, a point, and room.
const LONGEST: usize = 24;
