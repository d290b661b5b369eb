//! Stops: bytes that may mark a value, as bit masks of blocks.

/// Number of bytes examined at once: one for each bit of a mask.
pub(super) const BLOCK: usize = u64::BITS as usize;

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
    /// Finds the stops of a block.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        // A loop over two arrays becomes vector instructions; `map` becomes a call for each byte where it is not inlined.
        let mut kinds = [0; BLOCK];
        for (kind, byte) in kinds.iter_mut().zip(block) {
            let is_digit = u8::from(byte.wrapping_sub(b'0') < 10);
            *kind = is_digit | u8::from(*byte == b':') << 1 | u8::from(is_mark(*byte)) << 2;
        }
        Self { digits: bits(&kinds, 0), colons: bits(&kinds, 1), marks: bits(&kinds, 2) }
    }

    /// Finds the stops of a block, by vector instructions: the compiler finds none for the masks.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        use std::arch::wasm32::{u8x16_bitmask, u8x16_eq, u8x16_lt, u8x16_splat, u8x16_sub, u64x2, v128_or};
        let mut stops = Self::default();
        let (words, _) = block.as_chunks::<8>();
        let (pairs, _) = words.as_chunks::<2>();
        for (index, [low, high]) in pairs.iter().enumerate() {
            let lanes = u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high));
            let is = |byte: u8| u8x16_eq(lanes, u8x16_splat(byte));
            let within = |first: u8, count: u8| u8x16_lt(u8x16_sub(lanes, u8x16_splat(first)), u8x16_splat(count));
            let marks = v128_or(v128_or(is(b'@'), is(b'-')), v128_or(is(b'_'), within(b'G', 4)));
            let at = 16 * index;
            stops.digits |= u64::from(u8x16_bitmask(within(b'0', 10))) << at;
            stops.colons |= u64::from(u8x16_bitmask(is(b':'))) << at;
            stops.marks |= u64::from(u8x16_bitmask(marks)) << at;
        }
        stops
    }
}

#[cfg(not(target_arch = "wasm32"))]
const fn is_mark(byte: u8) -> bool {
    (byte.wrapping_sub(b'G') < 4) | (byte == b'@') | (byte == b'-') | (byte == b'_')
}

/// One bit of each byte.
#[cfg(not(target_arch = "wasm32"))]
fn bits(bytes: &[u8; BLOCK], bit: u32) -> u64 {
    const LOWEST: u64 = u64::from_le_bytes([1; 8]);
    let (words, _) = bytes.as_chunks::<8>();
    // Byte i of a word is 0 or 1; the product has byte i's bit at 56 + i, and no two summands overlap.
    let word_bits =
        |word: &[u8; 8]| (u64::from_le_bytes(*word) >> bit & LOWEST).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().rev().fold(0, |places, word| places << 8 | word_bits(word))
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
            }
        }
    }
}
