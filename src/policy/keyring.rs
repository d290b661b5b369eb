//! The keyring: virtual keys, stored only as their SHA-256.

use crate::document::sort_by_number;
use crate::pattern::Pattern;
use sha2::{Digest as _, Sha256};
use std::fmt;
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The virtual keys, by digest.
#[derive(Clone, Default)]
pub struct Keyring {
    /// Ascending by the first eight bytes of the digest.
    entries: Vec<(Digest, Arc<VirtualKey>)>,
}

impl Keyring {
    /// Takes the keys. If two share a digest, either may be found, so the settings refuse that.
    pub fn new(keys: Vec<(Digest, VirtualKey)>) -> Self {
        let shared = keys.into_iter().map(|(digest, key)| (digest, Arc::new(key)));
        let mut entries: Vec<_> = shared.collect();
        sort_by_number(&mut entries, |(digest, _)| digest.bucket());
        Self { entries }
    }

    /// Finds the virtual key that a client presented. An empty key, and one of more than 4 KiB, is unknown and is not
    /// hashed.
    ///
    /// The duration depends on the first eight bytes of the presented key's digest, which locate the entry in the list,
    /// and on nothing else of the list's digests: entries with equal beginnings are compared whole and in constant
    /// time. A client with exact measurements might learn that some digest begins with certain bits. It cannot steer
    /// towards the rest, because it chooses keys and not digests, and no part of a digest reveals anything about the
    /// key: even with the whole digest, the key itself would still have to be guessed.
    pub fn find(&self, presented: &[u8]) -> Option<&Arc<VirtualKey>> {
        if presented.is_empty() || presented.len() > LONGEST_KEY {
            return None;
        }
        let digest = Digest::of(presented);
        let bucket = digest.bucket();
        let from = self.entries.partition_point(|(entry, _)| entry.bucket() < bucket);
        let alike = self.entries.iter().skip(from).take_while(|(entry, _)| entry.bucket() == bucket);
        // No early exit: the position among equals must not show either.
        alike.fold(None, |found, (entry, key)| if entry.is(&digest) { Some(key) } else { found })
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Reports whether there are no keys, so that every call is refused.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_list().entries(self.entries.iter().map(|(_, key)| key)).finish()
    }
}

/// Identity and permissions of a virtual key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualKey {
    /// Name in records of its calls, unique among the keys.
    pub id: Arc<str>,
    /// The team that pays.
    pub team: Option<Arc<str>>,
    /// The person or program.
    pub user: Option<Arc<str>>,
    /// Purpose of the calls.
    pub feature: Option<Arc<str>>,
    /// Models it may use; `None` is every model.
    pub models: Option<Vec<Pattern>>,
    /// Start of its refusal, in seconds since 1970; `None` is never.
    pub expires: Option<u64>,
}

impl VirtualKey {
    /// Reports whether the key may use a model, by the name in the client's request.
    pub fn allows(&self, model: &str) -> bool {
        self.models.as_ref().is_none_or(|models| models.iter().any(|pattern| pattern.matches(model)))
    }

    /// Reports whether the key has expired at `now`, in seconds since 1970. It has expired from `expires` on.
    pub fn expired(&self, now: u64) -> bool {
        self.expires.is_some_and(|expires| now >= expires)
    }
}

/// SHA-256 of a virtual key. `Debug` does not show it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digest([u8; 32]);

impl Digest {
    /// Hashes a key's bytes.
    pub fn of(key: &[u8]) -> Self {
        Self(Sha256::digest(key).into())
    }

    /// Parses 64 hexadecimal digits of either case; `None` for anything else.
    pub fn parse(hexadecimal: &str) -> Option<Self> {
        let (pairs, rest) = hexadecimal.as_bytes().as_chunks::<2>();
        let mut bytes = [0; 32];
        if !rest.is_empty() || pairs.len() != bytes.len() {
            return None;
        }
        for (byte, &[high, low]) in bytes.iter_mut().zip(pairs) {
            *byte = nibble(high)? << 4 | nibble(low)?;
        }
        Some(Self(bytes))
    }

    /// The first eight bytes, which sort keys into buckets of mostly one.
    fn bucket(&self) -> u64 {
        self.0.first_chunk().copied().map_or(0, u64::from_be_bytes)
    }

    fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Digest(…)")
    }
}

fn nibble(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

/// Maximum length of a key, in bytes. Longer ones are unknown without a hash, so that no client can make the gateway
/// hash megabytes.
const LONGEST_KEY: usize = 4096;
