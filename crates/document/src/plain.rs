//! Plain bytes of a JSON string: no quote, no backslash, no control character.

/// Returns the number of bytes before the first quote, backslash or control character.
#[cfg(not(target_arch = "wasm32"))]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    // Names and most values are short: a call of memchr costs more than reading them.
    let mut at = 0;
    while at < SHORT {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(word) = rest.first_chunk() else {
            return at + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len());
        };
        let special = special_in(u64::from_le_bytes(*word));
        if special != 0 {
            return at + (special.trailing_zeros() / u8::BITS) as usize;
        }
        at += size_of::<u64>();
    }
    at + long_plain_length(bytes.get(at..).unwrap_or_default())
}

/// Returns the number of bytes before the first quote, backslash or control character, by vector instructions.
#[cfg(target_arch = "wasm32")]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    use std::arch::wasm32::{i8x16_add, i8x16_lt, i8x16_splat, u8x16_bitmask, u8x16_eq, u8x16_splat, u64x2, v128_or};
    let (blocks, rest) = bytes.as_chunks::<16>();
    let mut at = 0;
    for block in blocks {
        let word = u128::from_le_bytes(*block);
        let lanes = u64x2(word as u64, (word >> u64::BITS) as u64);
        let is = |byte| u8x16_eq(lanes, u8x16_splat(byte));
        // As signed numbers: V8 has no instruction that compares unsigned ones.
        let is_control = i8x16_lt(i8x16_add(lanes, i8x16_splat(i8::MIN)), i8x16_splat(i8::MIN + b' ' as i8));
        let special = u8x16_bitmask(v128_or(v128_or(is(b'"'), is(b'\\')), is_control));
        if special != 0 {
            return at + special.trailing_zeros() as usize;
        }
        at += block.len();
    }
    at + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

/// [`plain_length`] of a long string. Two passes over the same bytes, both by vector instructions on every target, are
/// quicker than one pass that compares each byte three ways.
#[cfg(not(target_arch = "wasm32"))]
fn long_plain_length(bytes: &[u8]) -> usize {
    let end = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
    let plain = bytes.get(..end).unwrap_or_default();
    // Without an early exit the compiler compares many bytes at a time.
    let controls = plain.iter().fold(false, |any, &byte| any | (byte < b' '));
    if controls { plain.iter().position(|&byte| byte < b' ').unwrap_or(end) } else { end }
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Sets the highest bit of the word's first special byte. Bytes behind it may be marked too: a borrow from them in a
/// subtraction makes them look special.
#[cfg(not(target_arch = "wasm32"))]
const fn special_in(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    const HIGHEST: u64 = u64::from_le_bytes([0x80; 8]);
    let quote = word ^ u64::from_le_bytes([b'"'; 8]);
    let backslash = word ^ u64::from_le_bytes([b'\\'; 8]);
    let is_quote = quote.wrapping_sub(ONES) & !quote;
    let is_backslash = backslash.wrapping_sub(ONES) & !backslash;
    let is_control = word.wrapping_sub(u64::from_le_bytes([b' '; 8])) & !word;
    (is_quote | is_backslash | is_control) & HIGHEST
}

/// Number of bytes of a string that are compared word by word.
#[cfg(not(target_arch = "wasm32"))]
const SHORT: usize = 32;
