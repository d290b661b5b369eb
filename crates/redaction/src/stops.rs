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
    /// Reports whether there are none.
    pub(super) const fn is_empty(&self) -> bool {
        self.digits | self.colons | self.marks == 0
    }

    /// Finds the stops of a block.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        // A loop over two arrays becomes vector instructions; `map` becomes a call for each byte where it is not inlined.
        let mut kinds = [0; BLOCK];
        for (kind, byte) in kinds.iter_mut().zip(block) {
            *kind = u8::from(is_digit(*byte)) | u8::from(*byte == b':') << 1 | u8::from(is_mark(*byte)) << 2;
        }
        let any = kinds.as_chunks::<8>().0.iter().fold(0, |any, word| any | u64::from_le_bytes(*word));
        // Most blocks have digits only.
        let bits = |bit: u32| if any & LOWEST << bit == 0 { 0 } else { bits(&kinds, bit) };
        Self { digits: bits(0), colons: bits(1), marks: bits(2) }
    }

    /// Counts the blocks before the first one with a stop.
    #[cfg(not(target_arch = "wasm32"))]
    pub(super) fn before(blocks: &[[u8; BLOCK]]) -> usize {
        // Without an early exit within a block the compiler compares many bytes at a time.
        let is_stop = |byte: u8| is_digit(byte) | (byte == b':') | is_mark(byte);
        let has_stop = |block: &[u8; BLOCK]| block.iter().fold(false, |any, byte| any | is_stop(*byte));
        blocks.iter().position(has_stop).unwrap_or(blocks.len())
    }

    /// Finds the stops of a block, by vector instructions: the compiler finds none for the masks.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn of(block: &[u8; BLOCK]) -> Self {
        let mut stops = Self::default();
        let mut at = 0;
        for bytes in block.as_chunks().0 {
            let lanes = Lanes::of(bytes);
            stops.digits |= lanes.digits().bits() << at;
            stops.colons |= lanes.colons().bits() << at;
            stops.marks |= lanes.marks().bits() << at;
            at += 16;
        }
        stops
    }

    /// Counts the blocks before the first one with a stop.
    #[cfg(target_arch = "wasm32")]
    pub(super) fn before(blocks: &[[u8; BLOCK]]) -> usize {
        let stops = |bytes: &[u8; 16]| Lanes::of(bytes).stops();
        let has_stop = |block: &[u8; BLOCK]| match block.as_chunks().0 {
            [first, second, third, fourth] => {
                stops(first).or(stops(second)).or(stops(third)).or(stops(fourth)).is_any()
            }
            _ => true,
        };
        blocks.iter().position(has_stop).unwrap_or(blocks.len())
    }
}

/// Sixteen bytes, or the results of a comparison of each.
#[cfg(target_arch = "wasm32")]
#[derive(Clone, Copy)]
struct Lanes(std::arch::wasm32::v128);

#[cfg(target_arch = "wasm32")]
impl Lanes {
    #[inline]
    fn of(bytes: &[u8; 16]) -> Self {
        let word = u128::from_le_bytes(*bytes);
        Self(std::arch::wasm32::u64x2(word as u64, (word >> 64) as u64))
    }

    #[inline]
    fn digits(self) -> Self {
        self.within(b'0', b'9')
    }

    #[inline]
    fn colons(self) -> Self {
        self.within(b':', b':')
    }

    /// Compares each byte with the mark that has the same lower half.
    #[inline]
    fn marks(self) -> Self {
        use std::arch::wasm32::{u8x16, u8x16_eq, u8x16_splat, u8x16_swizzle, v128_and};
        let marks = u8x16(b'@', 0, 0, 0, 0, 0, 0, b'G', b'H', b'I', b'J', 0, 0, b'-', 0, b'_');
        Self(u8x16_eq(self.0, u8x16_swizzle(marks, v128_and(self.0, u8x16_splat(0xf)))))
    }

    /// Stops of any kind.
    #[inline]
    fn stops(self) -> Self {
        // The colon follows the digits.
        self.within(b'0', b':').or(self.marks())
    }

    /// Compares signed numbers: V8 has no instruction for unsigned ones.
    #[inline]
    fn within(self, first: u8, last: u8) -> Self {
        use std::arch::wasm32::{i8x16_add, i8x16_lt, i8x16_splat};
        let lowest = i8x16_splat(i8::MIN.wrapping_sub_unsigned(first));
        Self(i8x16_lt(i8x16_add(self.0, lowest), i8x16_splat(i8::MIN.wrapping_add_unsigned(last - first + 1))))
    }

    #[inline]
    fn or(self, other: Self) -> Self {
        Self(std::arch::wasm32::v128_or(self.0, other.0))
    }

    #[inline]
    fn is_any(self) -> bool {
        std::arch::wasm32::v128_any_true(self.0)
    }

    #[inline]
    fn bits(self) -> u64 {
        u64::from(std::arch::wasm32::u8x16_bitmask(self.0))
    }
}

#[cfg(not(target_arch = "wasm32"))]
const fn is_digit(byte: u8) -> bool {
    byte.wrapping_sub(b'0') < 10
}

#[cfg(not(target_arch = "wasm32"))]
const fn is_mark(byte: u8) -> bool {
    (byte.wrapping_sub(b'G') < 4) | (byte == b'@') | (byte == b'-') | (byte == b'_')
}

/// One bit of each byte.
#[cfg(not(target_arch = "wasm32"))]
fn bits(bytes: &[u8; BLOCK], bit: u32) -> u64 {
    let (words, _) = bytes.as_chunks::<8>();
    // Byte i of a word is 0 or 1; the product has byte i's bit at 56 + i, and no two summands overlap.
    let word_bits =
        |word: &[u8; 8]| (u64::from_le_bytes(*word) >> bit & LOWEST).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().rev().fold(0, |places, word| places << 8 | word_bits(word))
}

/// The lowest bit of each byte of a word.
#[cfg(not(target_arch = "wasm32"))]
const LOWEST: u64 = u64::from_le_bytes([1; 8]);

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
                let skipped = Stops::before(&[[b' '; BLOCK], block]);
                assert_eq!(skipped, if expected.is_empty() { 2 } else { 1 }, "{byte} at {place}");
            }
        }
    }
}
