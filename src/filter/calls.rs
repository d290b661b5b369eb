//! Calls of one VM that upstream instances make attempts for, by their keys.

use crate::call::Fallback;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

/// Calls whose attempts upstream instances make. A call's stream owns it, so that nothing is left here of one that has
/// ended.
#[derive(Clone, Default)]
pub struct Calls(Rc<CallTable>);

#[derive(Default)]
struct CallTable {
    calls: RefCell<BTreeMap<u64, Weak<RefCell<Fallback>>>>,
    last: Cell<u64>,
}

impl Calls {
    /// Adds a call, and returns its key.
    pub(super) fn add(&self, call: &Rc<RefCell<Fallback>>) -> u64 {
        let key = self.0.last.get().wrapping_add(1);
        self.0.last.set(key);
        self.0.calls.borrow_mut().insert(key, Rc::downgrade(call));
        key
    }

    /// Finds a call that has not ended.
    pub(super) fn find(&self, key: &str) -> Option<Weak<RefCell<Fallback>>> {
        let key = key.parse().ok()?;
        self.0.calls.borrow().get(&key).filter(|call| call.strong_count() > 0).map(Weak::clone)
    }

    /// Removes a call.
    pub(super) fn remove(&self, key: u64) {
        self.0.calls.borrow_mut().remove(&key);
    }

    /// Removes calls whose streams have ended without a word.
    pub(super) fn sweep(&self) {
        self.0.calls.borrow_mut().retain(|_, call| call.strong_count() > 0);
    }

    /// Number of calls.
    pub fn len(&self) -> usize {
        self.0.calls.borrow().len()
    }

    /// Reports whether there are no calls.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
