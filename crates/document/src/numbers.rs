//! Numbers in an array, checked and counted block by block: each class of bytes is a bit mask, and the grammar of
//! RFC 8259, section 6, is arithmetic on them.

use tollgate_blocks::{BLOCK, mask};

/// Numbers at the start of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Numbers {
    /// How many there are.
    pub(super) count: u32,
    /// Number of bytes up to the comma behind the last one.
    pub(super) length: usize,
}

impl Numbers {
    /// Finds numbers at the start of a text that begins with the element of an array. Counts only those that have a
    /// comma behind them. Ends before the first byte that cannot stand between numbers, and before the last, shorter
    /// block.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let (blocks, _) = bytes.as_chunks::<BLOCK>();
        let mut grammar = Grammar::default();
        let mut found = Self::default();
        let mut index = 0;
        // The block with the array's end would be read for few numbers.
        while let Some(block) = blocks.get(index)
            && mask(block, [(b']', 1)]) == 0
        {
            if let Some(edge) = grammar.edge() {
                let rest = blocks.get(index..).unwrap_or_default();
                let (count, edge) = found.take_plain(rest, index, edge);
                // The last byte of the block before says the rest.
                if count > 0 {
                    index += count;
                    let last = blocks.get(index - 1).and_then(|block| block.last()).copied().unwrap_or_default();
                    grammar = Grammar::behind(last, edge);
                }
            }
            let Some(block) = blocks.get(index) else {
                break;
            };
            let wrong;
            (wrong, grammar) = grammar.check(block);
            // Carries go upwards: below the first wrong byte all masks are right.
            found.add(mask(block, [(b',', 1)]) & !wrong & wrong.wrapping_sub(1), index);
            if wrong != 0 {
                break;
            }
            index += 1;
        }
        found
    }

    /// Counts the commas of a block.
    #[inline(always)]
    fn add(&mut self, commas: u64, index: usize) {
        if commas != 0 {
            self.count = self.count.saturating_add(commas.count_ones());
            self.length = (index + 1) * BLOCK - commas.leading_zeros() as usize;
        }
    }

    /// Takes blocks of plain numbers. `index` is that of the first. Returns the number of blocks and the state behind
    /// them.
    #[inline(never)]
    fn take_plain(&mut self, blocks: &[[u8; BLOCK]], index: usize, mut edge: Edge) -> (usize, Edge) {
        let (mut count, mut commas, mut last) = (0, 0_u32, None);
        for block in blocks {
            let found = mask(block, [(b',', 1)]);
            let Some(next) = edge.check(block, found) else {
                break;
            };
            edge = next;
            // No more than bytes of a document.
            commas = commas.wrapping_add(found.count_ones());
            if found != 0 {
                last = Some((count, found));
            }
            count += 1;
        }
        if let Some((place, found)) = last {
            self.add(found, index + place);
            self.count = self.count.saturating_add(commas - found.count_ones());
        }
        (count, edge)
    }
}

/// State of the check behind a block of plain numbers: without an exponent, and with white space only behind
/// commas. Each part is the lowest bit, or zero.
#[derive(Clone, Copy)]
struct Edge {
    /// The block's last byte is a digit.
    digit: u64,
    point: u64,
    /// A comma, or white space behind one.
    gap: u64,
    /// A zero that begins a number.
    leading_zero: u64,
    /// The block ends in the digits of a fraction.
    in_fraction: u64,
}

impl Edge {
    /// Checks a block; `None` when it holds something that is no plain number.
    #[inline(always)]
    fn check(self, block: &[u8; BLOCK], commas: u64) -> Option<Self> {
        let digits = mask(block, [(b'0', 10)]);
        let points = mask(block, [(b'.', 1)]);
        let minuses = mask(block, [(b'-', 1)]);
        let gaps = commas | mask(block, [(b' ', 1), (b'\n', 1)]);
        let separators = points | commas;
        let behind_digit = digits << 1 | self.digit;
        let behind_point = points << 1 | self.point;
        let behind_gap = gaps << 1 | self.gap;
        let firsts = digits & !(behind_digit | behind_point);
        // The addition carries a bit from the start of a fraction to the place behind it.
        let (sum, in_fraction) = (behind_point | self.in_fraction).overflowing_add(digits);
        // A digit stands behind anything, a point and a comma behind a digit, a minus and white space behind a gap.
        let right = digits | behind_gap ^ (separators & (behind_gap ^ behind_digit));
        let mut wrong = !(right & (digits | points | minuses | gaps)) | sum & points;
        // Most numbers have one digit before their point.
        if (firsts << 1 | self.leading_zero) & digits != 0 {
            let zeros = mask(block, [(b'0', 1)]);
            wrong |= ((firsts & zeros) << 1 | self.leading_zero) & digits;
        }
        let next = Self {
            digit: digits >> 63,
            point: points >> 63,
            gap: gaps >> 63,
            leading_zero: firsts >> 63 & u64::from(block.last() == Some(&b'0')),
            in_fraction: in_fraction.into(),
        };
        (wrong == 0).then_some(next)
    }
}

/// State of the check behind a block. Each part is the lowest bit, or zero.
#[derive(Clone, Copy)]
struct Grammar {
    /// The block's last byte is a digit.
    digit: u64,
    comma: u64,
    point: u64,
    /// A minus that begins a number.
    minus: u64,
    space: u64,
    /// `e` or `E`, or the sign behind it.
    exponent: u64,
    /// `e` or `E`.
    letter: u64,
    /// A zero that begins a number.
    leading_zero: u64,
    /// The block ends in white space behind a comma.
    in_gap: u64,
    /// The block ends in the digits of a fraction.
    in_fraction: u64,
    /// The block ends in the digits of an exponent.
    in_exponent: u64,
}

impl Default for Grammar {
    /// State before the first number, as behind a comma.
    fn default() -> Self {
        Self {
            digit: 0,
            comma: 1,
            point: 0,
            minus: 0,
            space: 0,
            exponent: 0,
            letter: 0,
            leading_zero: 0,
            in_gap: 0,
            in_fraction: 0,
            in_exponent: 0,
        }
    }
}

impl Grammar {
    /// State behind a block of plain numbers that ends in this byte.
    fn behind(last: u8, edge: Edge) -> Self {
        let is = |is_class: bool| u64::from(is_class);
        let space = is(matches!(last, b' ' | b'\n'));
        Self {
            digit: edge.digit,
            comma: is(last == b','),
            point: edge.point,
            minus: is(last == b'-'),
            space,
            exponent: 0,
            letter: 0,
            leading_zero: edge.leading_zero,
            in_gap: space,
            in_fraction: edge.in_fraction,
            in_exponent: 0,
        }
    }

    /// The state as one behind plain numbers; `None` within an exponent, and in white space behind a number.
    fn edge(self) -> Option<Edge> {
        let is_plain = self.exponent | self.in_exponent | self.space & !self.in_gap == 0;
        let Self { digit, comma, point, in_gap, leading_zero, in_fraction, .. } = self;
        is_plain.then_some(Edge { digit, point, gap: comma | in_gap, leading_zero, in_fraction })
    }

    /// Checks a block. Marks bytes that cannot stand where they do: only the first mark is certain to be one.
    #[inline(never)]
    fn check(self, block: &[u8; BLOCK]) -> (u64, Self) {
        let digits = mask(block, [(b'0', 10)]);
        let commas = mask(block, [(b',', 1)]);
        let points = mask(block, [(b'.', 1)]);
        let minuses = mask(block, [(b'-', 1)]);
        let spaces = mask(block, [(b' ', 1), (b'\r', 1)]) | mask(block, [(b'\t', 2)]);
        let letters = mask(block, [(b'e', 1), (b'E', 1)]);
        let pluses = mask(block, [(b'+', 1)]);
        let behind_digit = digits << 1 | self.digit;
        let behind_comma = commas << 1 | self.comma;
        let behind_point = points << 1 | self.point;
        let behind_space = spaces << 1 | self.space;
        let behind_letter = letters << 1 | self.letter;
        let signs = (minuses | pluses) & behind_letter;
        let exponents = letters | signs;
        let behind_exponent = exponents << 1 | self.exponent;
        let leading_minuses = minuses & !signs;
        let behind_minus = leading_minuses << 1 | self.minus;

        let (gap_ends, in_gap) = run_ends(behind_comma & spaces, spaces, self.in_gap);
        let begins = gap_ends | behind_comma & !spaces;
        let firsts = digits & (begins | behind_minus);
        let (fraction_ends, in_fraction) = run_ends(behind_point & digits, digits, self.in_fraction);
        let (exponent_ends, in_exponent) = run_ends(behind_exponent & digits, digits, self.in_exponent);
        let mut wrong = !(digits | commas | points | minuses | spaces | letters | pluses);
        wrong |= (points | letters) & !behind_digit;
        wrong |= pluses & !behind_letter;
        wrong |= leading_minuses & !begins;
        wrong |= digits & !(firsts | behind_digit | behind_point | behind_exponent);
        wrong |= commas & !(behind_digit | behind_space & !begins);
        wrong |= spaces & !(behind_digit | behind_comma | behind_space);
        wrong |= fraction_ends & points;
        wrong |= exponent_ends & (points | letters);
        let leading_zeros = firsts & mask(block, [(b'0', 1)]);
        wrong |= (leading_zeros << 1 | self.leading_zero) & digits;
        let next = Self {
            digit: digits >> 63,
            comma: commas >> 63,
            point: points >> 63,
            minus: leading_minuses >> 63,
            space: spaces >> 63,
            exponent: exponents >> 63,
            letter: letters >> 63,
            leading_zero: leading_zeros >> 63,
            in_gap,
            in_fraction,
            in_exponent,
        };
        (wrong, next)
    }
}

/// Marks the places behind runs of a class that begin at `starts`. `is_open`: one began before the block and reached its
/// end. Also returns whether one reaches the end of this block.
#[inline(always)]
fn run_ends(starts: u64, class: u64, is_open: u64) -> (u64, u64) {
    // The addition carries a bit from the start of a run to the place behind it.
    let (sum, overflows) = starts.carrying_add(class, is_open != 0);
    (sum & !class, overflows.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(if cfg!(debug_assertions) { 1_000 } else { 20_000 }))]

        #[test]
        fn no_number_is_left_to_be_read_alone(
            numbers in prop::collection::vec(
                prop_oneof![
                    6 => "-?[0-9]\\.[0-9]{1,12},",
                    1 => "-?[1-9][0-9],",
                    1 => "-?[0-9]\\.[0-9]{1,9}[eE][+-]?[0-9]{1,3}[ \n\r\t]{0,3},",
                    1 => "[ \n\r\t]{0,20}-?(0|[1-9][0-9]{0,90})(\\.[0-9]{1,90})?([eE][+-]?[0-9]{1,70})?,[ \n]{0,3}",
                ],
                0..60,
            ),
        ) {
            let text = numbers.concat();
            let blocks = text.get(..text.len() / BLOCK * BLOCK).unwrap();
            let length = blocks.rfind(',').map_or(0, |comma| comma + 1);
            let count = u32::try_from(blocks.matches(',').count()).unwrap();
            prop_assert_eq!(Numbers::of(text.as_bytes()), Numbers { count, length });
        }
    }
}
