//! Classes of ASCII characters, looked up in a table.

/// A digit.
pub(super) const DIGIT: u8 = 1;
/// A lower-case letter.
pub(super) const LOWER: u8 = 2;
/// An upper-case letter.
pub(super) const UPPER: u8 = 4;
/// `_`
pub(super) const UNDERSCORE: u8 = 8;
/// `-`
pub(super) const HYPHEN: u8 = 16;
/// `+` and `'`
pub(super) const JOINT: u8 = 32;

/// Returns the class of a character, as one bit; 0 for all others.
pub(super) fn class(byte: u8) -> u8 {
    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut rest = classes.as_mut_slice();
        let mut byte = 0;
        while let Some((class, others)) = rest.split_first_mut() {
            *class = class_of(byte);
            byte = byte.wrapping_add(1);
            rest = others;
        }
        classes
    };
    CLASSES.get(usize::from(byte)).copied().unwrap_or_default()
}

const fn class_of(byte: u8) -> u8 {
    match byte {
        b'0'..=b'9' => DIGIT,
        b'a'..=b'z' => LOWER,
        b'A'..=b'Z' => UPPER,
        b'_' => UNDERSCORE,
        b'-' => HYPHEN,
        b'+' | b'\'' => JOINT,
        _ => 0,
    }
}
