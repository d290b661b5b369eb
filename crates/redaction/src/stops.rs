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
        // Most blocks of prose have none: this loop alone costs a fifth of the masks.
        if !block.iter().fold(false, |any, byte| any | is_stop(*byte)) {
            return Self::default();
        }
        Self {
            digits: bits(block, |byte| byte.is_ascii_digit()),
            colons: bits(block, |byte| byte == b':'),
            marks: bits(block, is_mark),
        }
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

#[cfg(any(test, not(target_arch = "wasm32")))]
const fn is_stop(byte: u8) -> bool {
    // `:` follows 9.
    (byte.wrapping_sub(b'0') <= b':' - b'0') | is_mark(byte)
}

#[cfg(any(test, not(target_arch = "wasm32")))]
const fn is_mark(byte: u8) -> bool {
    (byte.wrapping_sub(b'G') < 4) | (byte == b'@') | (byte == b'-') | (byte == b'_')
}

/// The bytes that match, as bits.
#[cfg(any(test, not(target_arch = "wasm32")))]
fn bits(block: &[u8; BLOCK], is_match: impl Fn(u8) -> bool) -> u64 {
    // A loop over two arrays becomes vector instructions; `map` becomes a call for each byte where it is not inlined.
    let mut flags = [0; BLOCK];
    for (flag, byte) in flags.iter_mut().zip(block) {
        *flag = u8::from(is_match(*byte));
    }
    let (words, _) = flags.as_chunks::<8>();
    // Byte i of a word is 0 or 1; the product has byte i's bit at 56 + i, and no two summands overlap.
    let bits = words.iter().map(|word| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56);
    bits.rev().fold(0, |places, bits| places << 8 | bits)
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
