//! Slots: a fixed number of storage places for values shared by the workers of one Envoy.

/// The slots, in the host's memory. A value written to an occupied slot replaces the one there.
pub trait Slots {
    /// Returns the bytes in a slot.
    fn read(&self, slot: u32) -> Option<Vec<u8>>;
    /// Replaces the bytes in a slot.
    fn write(&self, slot: u32, bytes: &[u8]);
    /// Current time, in nanoseconds since 1970.
    fn now(&self) -> u64;
}

/// The contents of a slot.
#[derive(Clone, Copy)]
pub(super) struct Slot<'a> {
    /// The token of the value's placeholder, of ten bytes.
    pub(super) token: &'a [u8],
    /// End of the value's lifetime, in nanoseconds since 1970.
    pub(super) expires: u64,
    /// The value, sealed.
    pub(super) sealed: &'a [u8],
}

impl<'a> Slot<'a> {
    /// Parses a slot's bytes.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let (token, rest) = bytes.split_at_checked(TOKEN)?;
        let (expires, sealed) = rest.split_first_chunk()?;
        Some(Self { token, expires: u64::from_le_bytes(*expires), sealed })
    }

    /// Writes a slot's bytes.
    pub(super) fn write(&self) -> Vec<u8> {
        [self.token, &self.expires.to_le_bytes(), self.sealed].concat()
    }
}

/// Length of a token, in bytes.
const TOKEN: usize = 10;
