//! Blocks of bytes, and bit masks of the bytes in a range.

/// Number of bytes of a block: one for each bit of a mask.
pub(super) const BLOCK: usize = u64::BITS as usize;

/// Marks the bytes of a block that lie in one of the ranges, each a first byte and a number of bytes. The block's first
/// byte is the lowest bit.
#[cfg(not(target_arch = "wasm32"))]
#[inline(always)]
pub(super) fn mask<const RANGES: usize>(block: &[u8; BLOCK], ranges: [(u8, u8); RANGES]) -> u64 {
    // A loop over two arrays becomes vector instructions.
    let mut marks = [0; BLOCK];
    for (mark, byte) in marks.iter_mut().zip(block) {
        *mark = ranges.iter().fold(0, |any, (first, count)| any | u8::from(byte.wrapping_sub(*first) < *count));
    }
    let (words, _) = marks.as_chunks::<8>();
    // Byte i of a word is 0 or 1; the product has byte i's bit at 56 + i, and no two summands overlap.
    let bits = |word: &[u8; 8]| u64::from_le_bytes(*word).wrapping_mul(0x0102_0408_1020_4080) >> 56;
    words.iter().rev().fold(0, |places, word| places << 8 | bits(word))
}

/// Marks the bytes of a block that lie in one of the ranges, by vector instructions: the compiler finds none for this.
#[cfg(target_arch = "wasm32")]
#[inline(always)]
pub(super) fn mask<const RANGES: usize>(block: &[u8; BLOCK], ranges: [(u8, u8); RANGES]) -> u64 {
    use std::arch::wasm32::{i8x16_add, i8x16_eq, i8x16_gt, u8x16_bitmask, u8x16_splat, u64x2, v128_or};
    let (words, _) = block.as_chunks::<8>();
    let (pairs, _) = words.as_chunks::<2>();
    pairs.iter().rev().fold(0, |places, [low, high]| {
        let lanes = u64x2(u64::from_le_bytes(*low), u64::from_le_bytes(*high));
        // Signed, since there is one instruction for that: the range's end becomes the greatest number.
        let within = |(first, count): (u8, u8)| match count {
            1 => i8x16_eq(lanes, u8x16_splat(first)),
            _ => {
                let lifted = i8x16_add(lanes, u8x16_splat(128_u8.wrapping_sub(first).wrapping_sub(count)));
                i8x16_gt(lifted, u8x16_splat(127 - count))
            }
        };
        let marks = ranges.into_iter().map(within).fold(u64x2(0, 0), |any, range| v128_or(any, range));
        places << 16 | u64::from(u8x16_bitmask(marks))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_found_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..BLOCK {
                let mut block = [b'~'; BLOCK];
                block[place] = byte;
                let marked = |is_marked: bool| if is_marked { 1 << place } else { 0 };
                assert_eq!(mask(&block, [(b'0', 10)]), marked(byte.is_ascii_digit()), "{byte} at {place}");
                let is_one = b" \t\n".contains(&byte);
                assert_eq!(mask(&block, [(b' ', 1), (b'\t', 2)]), marked(is_one), "{byte} at {place}");
            }
        }
    }
}
