//! Plain bytes of a JSON string: no quote, no backslash, no control character.

use tollgate_blocks::{Lanes, within};

/// Returns the number of bytes before the first quote, backslash or control character.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    let (parts, rest) = bytes.as_chunks();
    let mut at = 0;
    for part in parts {
        let special = special(Lanes::new(*part)).to_bitmask();
        if special != 0 {
            return at + special.trailing_zeros() as usize;
        }
        at += part.len();
    }
    at + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Marks the bytes for which [`is_special`] holds.
#[inline(always)]
pub(super) fn special(lanes: Lanes) -> Lanes {
    let is = |byte| lanes.simd_eq(Lanes::splat(byte));
    within(lanes, 0, b' ') | is(b'"') | is(b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_special_byte_is_found_at_every_place() {
        for byte in 0..=u8::MAX {
            for place in 0..100 {
                for behind in [0, 1, 20, 100] {
                    let mut bytes = vec![b'~'; place + 1 + behind];
                    bytes[place] = byte;
                    let expected = if byte < 0x20 || byte == 0x22 || byte == 0x5c { place } else { bytes.len() };
                    assert_eq!(plain_length(&bytes), expected, "{byte} at {place} of {}", bytes.len());
                }
            }
        }
    }
}
