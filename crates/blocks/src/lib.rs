//! Blocks of bytes: bit masks of the bytes in a range, by vector instructions on every target.

/// Number of bytes of a block: one for each bit of a mask.
pub const BLOCK: usize = u64::BITS as usize;

/// Sixteen bytes, or marks of bytes: all bits of each.
pub type Lanes = wide::u8x16;

/// Marks the bytes of a block that lie in one of the ranges, each a first byte and a number of bytes. The block's first
/// byte is the lowest bit.
#[inline(always)]
pub fn mask<const RANGES: usize>(block: &[u8; BLOCK], ranges: [(u8, u8); RANGES]) -> u64 {
    let (parts, _) = block.as_chunks();
    parts.iter().rev().fold(0, |bits, part| {
        let lanes = Lanes::new(*part);
        let marks = ranges.iter().fold(Lanes::ZERO, |marks, (first, count)| marks | within(lanes, *first, *count));
        bits << part.len() | u64::from(marks.to_bitmask())
    })
}

/// Marks the bytes of a range: a first byte and a number of bytes, below 128.
#[inline(always)]
pub fn within(lanes: Lanes, first: u8, count: u8) -> Lanes {
    if count == 1 {
        return lanes.simd_eq(Lanes::splat(first));
    }
    // Signed, since there is one instruction for that: the range's end becomes the greatest number.
    let lifted = lanes + Lanes::splat(0x80_u8.wrapping_sub(first).wrapping_sub(count));
    lifted.cast_signed().simd_gt(wide::i8x16::splat((0x7f - count) as i8)).cast_unsigned()
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
