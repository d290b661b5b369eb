//! Set of keys.

use std::borrow::Borrow;
use std::collections::BTreeMap;

/// Set of keys, in order. Its code in the filter is that of an index by such keys, which it shares: a set of the standard
/// library would be two to three kilobytes more for each type of key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet<K>(BTreeMap<K, usize>);

impl<K> Default for KeySet<K> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord> KeySet<K> {
    /// Adds a key. Reports whether it is new.
    pub fn insert(&mut self, key: K) -> bool {
        self.0.insert(key, 0).is_none()
    }

    /// Reports whether it has a key.
    pub fn contains<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.0.contains_key(key)
    }

    /// Number of keys.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Reports whether it has no key.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Keys, in order.
    pub fn iter(&self) -> impl Iterator<Item = &K> {
        self.0.keys()
    }

    /// Keys, in order.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.0.into_keys()
    }
}
