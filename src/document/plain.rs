//! Plain bytes of a JSON string: those that neither end it, nor escape anything, nor are forbidden in it.

/// How many bytes a string goes on for without quote, backslash or control character.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    // Names and most values are short: a call of memchr costs more than they do.
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

/// The same for a long string. Two looks at the same bytes, both by vector instructions on every target, are quicker than
/// one that weighs each byte three ways.
fn long_plain_length(bytes: &[u8]) -> usize {
    let end = memchr::memchr2(b'"', b'\\', bytes).unwrap_or(bytes.len());
    let plain = bytes.get(..end).unwrap_or_default();
    // Without an early end the compiler compares many bytes at a time.
    let controls = plain.iter().fold(false, |any, &byte| any | (byte < b' '));
    if controls { plain.iter().position(|&byte| byte < b' ').unwrap_or(end) } else { end }
}

const fn is_special(byte: u8) -> bool {
    matches!(byte, b'"' | b'\\' | 0..b' ')
}

/// Marks the highest bit of the first of a word's bytes that is special. Bytes behind that one may be marked too: what is
/// borrowed from them in a subtraction makes them look special.
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

/// Up to so many bytes of a string are looked at word by word.
const SHORT: usize = 32;
