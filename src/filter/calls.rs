//! Calls of one VM that upstream instances make attempts for, by their keys, and their shadows.

use crate::call::{Fallback, Shadow};
use crate::record::CallRecord;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::{Rc, Weak};

/// Calls whose attempts upstream instances make. A call's stream owns it, so that nothing is left here of one that has
/// ended.
#[derive(Clone, Default)]
pub struct Calls(Rc<CallTable>);

#[derive(Default)]
struct CallTable {
    calls: RefCell<BTreeMap<u64, UpstreamCall>>,
    last: Cell<u64>,
}

struct UpstreamCall {
    call: Weak<RefCell<Fallback>>,
    /// The shadow, until its instance takes it.
    shadow: Option<PendingShadow>,
}

/// A shadow, with the place where its record goes.
pub(super) type PendingShadow = (Box<Shadow>, Rc<dyn Records>);

/// Place where records go.
pub(super) trait Records {
    /// Queues a record for export.
    fn export(&self, record: &CallRecord);
}

impl Calls {
    /// Adds a call, and returns its key.
    pub(super) fn add(&self, call: &Rc<RefCell<Fallback>>, shadow: Option<PendingShadow>) -> u64 {
        let key = self.0.last.get().wrapping_add(1);
        self.0.last.set(key);
        self.0.calls.borrow_mut().insert(key, UpstreamCall { call: Rc::downgrade(call), shadow });
        key
    }

    /// Finds a call that has not ended.
    pub(super) fn find(&self, key: &str) -> Option<Weak<RefCell<Fallback>>> {
        let key = key.parse().ok()?;
        self.0.calls.borrow().get(&key).filter(|call| call.is_alive()).map(|call| Weak::clone(&call.call))
    }

    /// Takes the shadow of a call that has not ended, by its key and the shadow's token. From then on it is on its own.
    pub(super) fn take_shadow(&self, named: &str) -> Option<PendingShadow> {
        let (key, token) = named.split_once('.')?;
        let mut calls = self.0.calls.borrow_mut();
        let call = calls.get_mut(&key.parse().ok()?).filter(|call| call.is_alive())?;
        call.shadow.take_if(|(shadow, _)| shadow.token() == token)
    }

    /// Removes a call. Returns `true` if nobody has taken its shadow.
    pub(super) fn remove(&self, key: u64) -> bool {
        let removed = self.0.calls.borrow_mut().remove(&key);
        removed.is_some_and(|call| call.shadow.is_some())
    }

    /// Removes calls whose streams have ended without a word.
    pub(super) fn sweep(&self) {
        self.0.calls.borrow_mut().retain(|_, call| call.is_alive());
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

impl UpstreamCall {
    fn is_alive(&self) -> bool {
        self.call.strong_count() > 0
    }
}
