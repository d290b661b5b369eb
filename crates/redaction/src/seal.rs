//! Keyed placeholders: `[EMAIL_K5XW…]`, with a token derived from the value, the tenant and a key of the settings.
//!
//! The same value has the same placeholder in every call of a tenant, so that a conversation can continue from state
//! that the provider stores or has signed, and a prompt cache keeps its prefix. There are two forms of token,
//! distinguished by length:
//!
//! - *sealed*: the value itself under AES-SIV (RFC 5297); a holder of the key opens it without a table;
//! - *hashed*: the first eight bytes of a keyed hash and two check bytes against chance matches, restored from the
//!   call's table or from the slots that the workers of one Envoy share.
//!
//! Both are upper-case base32 (RFC 4648 without padding): models copy one case of letters without mistakes.

use super::kind::Kind;
use super::slots::{Slot, Slots};
use aes_siv::KeyInit;
use aes_siv::siv::Aes128Siv;
use data_encoding::BASE32_NOPAD;
use serde::Deserialize;
#[cfg(all(feature = "schema", not(target_arch = "wasm32")))]
use serde::Serialize;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;
use std::sync::Arc;

/// Longest value that is sealed, in bytes; longer ones have a hashed placeholder.
const LONGEST_SEALED: usize = 64;
/// Length of AES-SIV's synthetic initialization vector, which authenticates, in bytes.
const IV: usize = 16;
/// Lengths of a hashed token's parts, in bytes: the hash, and the check bytes against chance matches.
const HASH: usize = 8;
const CHECK: usize = 2;
/// Longest value that a slot holds, in bytes: it limits the total size of the slots.
const LONGEST_KEPT: usize = 1024;

/// Minimum and maximum number of letters in a token.
pub(super) const SHORTEST_TOKEN: usize = letters(HASH + CHECK);
pub(super) const LONGEST_TOKEN: usize = letters(IV + LONGEST_SEALED);

const fn letters(bytes: usize) -> usize {
    (bytes * 8).div_ceil(5)
}

/// Matches bytes that are allowed in a token.
pub(super) const fn is_letter(byte: u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

/// Restoration scope of a placeholder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[cfg_attr(all(feature = "schema", not(target_arch = "wasm32")), derive(Serialize, schemars::JsonSchema), schemars(inline, extend("default" = Self::default())))]
#[serde(rename_all = "snake_case")]
pub enum RestoreScope {
    /// The answer to the request that it was made for.
    Call,
    /// Every answer of the same Envoy to the tenant, as long as its slots hold the value.
    Envoy,
    /// Every answer of any Envoy to the tenant: the placeholder contains the value, sealed.
    #[default]
    Anywhere,
}

/// A key of placeholders. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PlaceholderKey([u8; 32]);

impl PlaceholderKey {
    /// Minimum length of a secret from which a key is derived, in bytes.
    pub const SHORTEST_SECRET: usize = 32;

    /// Derives a key from a secret of any form; `None` when it is shorter than 32 bytes.
    pub fn derive(secret: &str) -> Option<Self> {
        let is_long = secret.len() >= Self::SHORTEST_SECRET;
        is_long
            .then(|| Self(Sha256::new_with_prefix(b"tollgate placeholder 1\0").chain_update(secret).finalize().into()))
    }

    fn cipher(&self) -> Aes128Siv {
        Aes128Siv::new(&self.0.into())
    }
}

impl fmt::Debug for PlaceholderKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PlaceholderKey(…)")
    }
}

/// Placeholder settings of a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealing {
    /// The key of new placeholders.
    pub key: PlaceholderKey,
    /// Keys of earlier placeholders, which are still restored.
    pub older: Vec<PlaceholderKey>,
    /// Restoration scope of a placeholder.
    pub scope: RestoreScope,
    /// Number of slots that the workers of one Envoy share, for [`RestoreScope::Envoy`].
    pub slots: u32,
    /// Lifetime of a slot's value, in nanoseconds.
    pub lifetime: u64,
}

/// Makes and opens the placeholders of one tenant. `Debug` shows neither keys nor tenant.
pub struct Seal {
    sealing: Arc<Sealing>,
    /// Associated data of every sealed value.
    tenant: Vec<u8>,
    /// The ciphers of the keys, the newest first; created on first use.
    ciphers: RefCell<Vec<Aes128Siv>>,
    slots: Option<Rc<dyn Slots>>,
}

/// Tenant. Only its own calls restore its placeholders.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant<'a> {
    /// A team, by its name.
    Team(&'a str),
    /// A virtual key without a team, by its id.
    Key(&'a str),
}

/// Purpose of an encryption: part of its associated data, so that none can be used as another.
#[derive(Clone, Copy)]
enum Purpose {
    Value,
    Hash,
    Check,
    Slot,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::Value => b"value",
            Self::Hash => b"hash",
            Self::Check => b"check",
            Self::Slot => b"slot",
        }
    }
}

impl Seal {
    /// Creates a seal for one tenant.
    pub fn new(sealing: Arc<Sealing>, tenant: Tenant<'_>, slots: Option<Rc<dyn Slots>>) -> Self {
        let tenant = match tenant {
            Tenant::Team(team) => [b"team\0", team.as_bytes()].concat(),
            Tenant::Key(id) => [b"key\0", id.as_bytes()].concat(),
        };
        Self { sealing, tenant, ciphers: RefCell::default(), slots }
    }

    /// Reports whether placeholders of other calls are restored.
    pub fn crosses_calls(&self) -> bool {
        self.sealing.scope != RestoreScope::Call
    }

    /// Makes a value's placeholder.
    pub(super) fn placeholder(&self, kind: Kind, value: &str) -> Option<String> {
        let token = match self.sealing.scope {
            RestoreScope::Anywhere if value.len() <= LONGEST_SEALED => {
                self.encrypt(0, Purpose::Value, kind, &[], value.as_bytes())?
            }
            RestoreScope::Anywhere | RestoreScope::Call | RestoreScope::Envoy => self.hashed(kind, value)?,
        };
        if self.sealing.scope == RestoreScope::Envoy {
            self.store(kind, &token, value);
        }
        Some(format!("[{}_{}]", kind.label(), BASE32_NOPAD.encode(&token)))
    }

    /// Matches tokens made for this tenant, with any of the keys.
    pub(super) fn made(&self, kind: Kind, token: &str) -> bool {
        let Ok(token) = BASE32_NOPAD.decode(token.as_bytes()) else {
            return false;
        };
        match token.split_at_checked(HASH) {
            Some((hash, check)) if check.len() == CHECK => {
                self.keys().any(|key| self.check(key, kind, hash).is_some_and(|made| made == check))
            }
            _ => self.opened(Purpose::Value, kind, &[], &token).is_some(),
        }
    }

    /// Opens a token, also one of another call.
    pub(super) fn open(&self, kind: Kind, token: &str) -> Option<String> {
        let token = BASE32_NOPAD.decode(token.as_bytes()).ok()?;
        let value = match (token.len() == HASH + CHECK, self.sealing.scope) {
            (false, RestoreScope::Anywhere) => self.opened(Purpose::Value, kind, &[], &token)?,
            (true, RestoreScope::Envoy) => self.load(kind, &token)?,
            _ => return None,
        };
        String::from_utf8(value).ok()
    }

    fn hashed(&self, kind: Kind, value: &str) -> Option<Vec<u8>> {
        let mut token = self.encrypt(0, Purpose::Hash, kind, value.as_bytes(), &[])?;
        token.truncate(HASH);
        let check = self.check(0, kind, &token)?;
        token.extend(check);
        Some(token)
    }

    fn check(&self, key: usize, kind: Kind, hash: &[u8]) -> Option<Vec<u8>> {
        let mut check = self.encrypt(key, Purpose::Check, kind, hash, &[])?;
        check.truncate(CHECK);
        Some(check)
    }

    /// Puts a value into its slot, unless it is there and will be for a while.
    fn store(&self, kind: Kind, token: &[u8], value: &str) {
        let Some(slots) = self.slots.as_ref().filter(|_| value.len() <= LONGEST_KEPT) else {
            return;
        };
        let (number, now) = (self.slot(token), slots.now());
        let lasting = now.saturating_add(self.sealing.lifetime / 2);
        let known = slots.read(number);
        let is_there =
            known.as_deref().and_then(Slot::read).is_some_and(|slot| slot.token == token && slot.expires > lasting);
        if is_there {
            return;
        }
        let expires = now.saturating_add(self.sealing.lifetime);
        let context = Slot { token, expires, sealed: &[] }.write();
        if let Some(sealed) = self.encrypt(0, Purpose::Slot, kind, &context, value.as_bytes()) {
            slots.write(number, &Slot { token, expires, sealed: &sealed }.write());
        }
    }

    /// Takes a value from its slot.
    fn load(&self, kind: Kind, token: &[u8]) -> Option<Vec<u8>> {
        let slots = self.slots.as_ref()?;
        let known = slots.read(self.slot(token))?;
        let slot = Slot::read(&known).filter(|slot| slot.token == token && slot.expires > slots.now())?;
        let context = Slot { sealed: &[], ..slot }.write();
        self.opened(Purpose::Slot, kind, &context, slot.sealed)
    }

    fn slot(&self, token: &[u8]) -> u32 {
        let hash = token.first_chunk().copied().map_or(0, u32::from_be_bytes);
        hash.checked_rem(self.sealing.slots).unwrap_or_default()
    }

    /// The keys' indexes, the newest first.
    fn keys(&self) -> std::ops::RangeInclusive<usize> {
        0..=self.sealing.older.len()
    }

    fn encrypt(&self, key: usize, purpose: Purpose, kind: Kind, context: &[u8], plain: &[u8]) -> Option<Vec<u8>> {
        self.with_cipher(key, |cipher| cipher.encrypt(self.headers(purpose, kind, context), plain).ok())
    }

    /// Opens a sealed value with the key it was sealed with.
    fn opened(&self, purpose: Purpose, kind: Kind, context: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.keys().find_map(|key| {
            self.with_cipher(key, |cipher| cipher.decrypt(self.headers(purpose, kind, context), sealed).ok())
        })
    }

    fn headers<'a>(&'a self, purpose: Purpose, kind: Kind, context: &'a [u8]) -> [&'a [u8]; 4] {
        [purpose.label(), &self.tenant, kind.label().as_bytes(), context]
    }

    /// Runs `work` with the cipher of a key. The key schedule is computed once per call, and only where a placeholder
    /// needs it.
    fn with_cipher<T>(&self, key: usize, work: impl FnOnce(&mut Aes128Siv) -> Option<T>) -> Option<T> {
        let mut ciphers = self.ciphers.try_borrow_mut().ok()?;
        while ciphers.len() <= key {
            let next = match ciphers.len() {
                0 => &self.sealing.key,
                older => self.sealing.older.get(older - 1)?,
            };
            ciphers.push(next.cipher());
        }
        work(ciphers.get_mut(key)?)
    }
}

impl fmt::Debug for Seal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Seal").field("scope", &self.sealing.scope).finish_non_exhaustive()
    }
}
