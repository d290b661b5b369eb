//! Fields that decide about a call must not be there twice: which one holds differs from reader to reader, and what was
//! checked here would not be what the provider acts upon.

use super::RequestError;

/// Notes fields that come again.
#[derive(Debug, Default)]
pub(super) struct UniqueKeys {
    seen: u32,
    repeated: Option<&'static str>,
}

impl UniqueKeys {
    /// Notes that `key` was met, when it is one of `deciding`; the same list at every call.
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

    /// Makes sure that none came again.
    ///
    /// # Errors
    /// One did: [`RequestError::Ambiguous`].
    pub(super) fn check(&self) -> Result<(), RequestError> {
        self.repeated.map_or(Ok(()), |field| Err(RequestError::Ambiguous(field)))
    }
}
