//! Stops: bytes that may mark a value, as bit masks of blocks.

use tollgate_blocks::{BLOCK, Lanes, within};

/// The stops of a block. The first byte is the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Stops {
    /// ASCII digits.
    pub(super) digits: u64,
    /// `:`
    pub(super) colons: u64,
    /// `@`, `-`, `_`, and the letters G to J, of which H has no effect.
    pub(super) marks: u64,
}

impl Stops {
    /// Reports whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.digits | self.colons | self.marks == 0
    }

    /// Finds the first block with a stop. Returns its index and its stops, or the number of blocks and none.
    #[inline(never)]
    pub(super) fn first(blocks: &[[u8; BLOCK]]) -> (usize, Self) {
        for (index, block) in blocks.iter().enumerate() {
            let stops = Self::of(block);
            if !stops.is_empty() {
                return (index, stops);
            }
        }
        (blocks.len(), Self::default())
    }

    /// Finds the stops of a block.
    #[inline(always)]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let &[first, second, third, fourth] = block.as_chunks().0 else {
            return Self::default();
        };
        let lanes = [first, second, third, fourth].map(Lanes::new);
        // The colon follows the digits.
        let numeric = lanes.map(|lanes| within(lanes, b'0', 11));
        let marks = lanes.map(marks);
        let any_numeric = any(numeric);
        if !(any_numeric | any(marks)).any() {
            return Self::default();
        }
        let marks = bits(marks);
        if !any_numeric.any() {
            return Self { marks, ..Self::default() };
        }
        let colons = bits(lanes.map(|lanes| lanes.simd_eq(Lanes::splat(b':'))));
        Self { digits: bits(numeric) ^ colons, colons, marks }
    }
}

/// Reports whether the target has an instruction that looks up each byte in a table of sixteen.
const HAS_SHUFFLE: bool = cfg!(any(target_feature = "simd128", target_feature = "ssse3", target_feature = "neon"));

/// Finds the marks.
#[inline(always)]
fn marks(lanes: Lanes) -> Lanes {
    if HAS_SHUFFLE {
        // Compares each byte with the mark that has the same lower half.
        let marks = Lanes::new([b'@', 0, 0, 0, 0, 0, 0, b'G', b'H', b'I', b'J', 0, 0, b'-', 0, b'_']);
        return lanes.simd_eq(marks.shuffle_zeroing(lanes & Lanes::splat(0xf)));
    }
    let is = |byte| lanes.simd_eq(Lanes::splat(byte));
    within(lanes, b'G', 4) | is(b'@') | is(b'-') | is(b'_')
}

/// Joins four results.
#[inline(always)]
fn any([first, second, third, fourth]: [Lanes; 4]) -> Lanes {
    first | second | (third | fourth)
}

/// One bit for each byte of a block.
#[inline(always)]
fn bits(found: [Lanes; 4]) -> u64 {
    found.iter().rev().fold(0, |bits, lanes| bits << Lanes::LANES | u64::from(lanes.to_bitmask()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK {
                let mut block = [b' '; BLOCK];
                block[place] = byte;
                let bit = 1 << place;
                let expected = Stops {
                    digits: if byte.is_ascii_digit() { bit } else { 0 },
                    colons: if byte == b':' { bit } else { 0 },
                    marks: if b"@-_GHIJ".contains(&byte) { bit } else { 0 },
                };
                assert_eq!(Stops::of(&block), expected, "{byte} at {place}");
                let first = if expected.is_empty() { 2 } else { 1 };
                assert_eq!(Stops::first(&[[b' '; BLOCK], block]), (first, expected), "{byte} at {place}");
            }
        }
    }
}
