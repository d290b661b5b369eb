//! Plain bytes of a JSON string: no quote, no backslash, no control character.

/// Returns the number of bytes before the first quote, backslash or control character.
#[inline(always)]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    // Names and most values are short: a call costs more than reading them.
    if let Some([first, second]) = bytes.first_chunk::<{ 2 * WORD }>().map(|head| head.as_chunks().0) {
        for (at, word) in [(0, first), (WORD, second)] {
            let special = special_in(u64::from_le_bytes(*word));
            if special != 0 {
                return at + (special.trailing_zeros() / u8::BITS) as usize;
            }
        }
    }
    further_plain_length(bytes)
}

/// [`plain_length`] of a longer string, or near the end of the text.
#[inline(never)]
fn further_plain_length(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks();
    let mut at = 0;
    for word in words.iter().take(SHORT / WORD) {
        let special = special_in(u64::from_le_bytes(*word));
        if special != 0 {
            return at + (special.trailing_zeros() / u8::BITS) as usize;
        }
        at += WORD;
    }
    if at < SHORT {
        return at + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len());
    }
    at + long_plain_length(bytes.get(at..).unwrap_or_default())
}

/// [`plain_length`] of a long string, in one pass by vector instructions.
#[cfg(target_arch = "wasm32")]
fn long_plain_length(bytes: &[u8]) -> usize {
    use std::arch::wasm32::{u8x16_eq, u8x16_lt, u8x16_splat, u64x2, v128, v128_any_true, v128_or};
    let special = |low: [u8; 8], high: [u8; 8]| -> v128 {
        let lanes = u64x2(u64::from_le_bytes(low), u64::from_le_bytes(high));
        let is = |byte| u8x16_eq(lanes, u8x16_splat(byte));
        v128_or(v128_or(is(b'"'), is(b'\\')), u8x16_lt(lanes, u8x16_splat(b' ')))
    };
    let (blocks, _) = bytes.as_chunks::<32>();
    let has_special = |block: &[u8; 32]| match block.as_chunks::<8>().0 {
        [first, second, third, fourth] => v128_any_true(v128_or(special(*first, *second), special(*third, *fourth))),
        _ => true,
    };
    let plain = blocks.iter().position(has_special).unwrap_or(blocks.len()) * 32;
    let rest = bytes.get(plain..).unwrap_or_default();
    plain + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
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
const SHORT: usize = 4 * WORD;
/// Number of bytes of a word.
const WORD: usize = size_of::<u64>();
