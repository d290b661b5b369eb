//! Detection of repeated fields that policy depends on. Readers differ in the occurrence that they use, so the provider
//! might act upon another value than the one checked here.

use super::request_error::RequestError;

/// Records repeated fields.
#[derive(Debug, Default)]
pub(super) struct UniqueKeys {
    seen: u32,
    repeated: Option<&'static str>,
}

impl UniqueKeys {
    /// Records `key` if it is one of `deciding`, which must be the same list at every call.
    pub(super) fn observe(&mut self, key: &str, deciding: &[&'static str]) {
        let found = deciding.iter().enumerate().find(|(_, name)| **name == key);
        let Some((index, name)) = found else {
            return;
        };
        if self.seen & (1 << index) != 0 {
            self.repeated = Some(name);
        }
        self.seen |= 1 << index;
    }

    /// Includes the repeated field of a request within this one, if none is known yet.
    pub(super) fn include(&mut self, inner: &Self) {
        self.repeated = self.repeated.or(inner.repeated);
    }

    /// Checks that no field came twice.
    ///
    /// # Errors
    /// One did: [`RequestError::Ambiguous`].
    pub(super) fn check(&self) -> Result<(), RequestError> {
        self.repeated.map_or(Ok(()), |field| Err(RequestError::Ambiguous(field)))
    }
}
