//! Hash of a text that is the same in every instance, for names and ids that are made from others.

/// FNV-1a of a text: <https://www.rfc-editor.org/rfc/rfc9923>.
pub fn stable_hash(text: &str) -> u64 {
    text.bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
