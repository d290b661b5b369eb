//! Operations with a rule in the settings: refused altogether, or passed on though they cannot be searched.

use crate::endpoint::{Endpoint, Operation};
use crate::provider::ROWS;
use serde::Deserialize;

/// Rule for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(schema, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "snake_case")]
pub enum OperationRule {
    /// Nobody may use it.
    Refuse,
    /// Parts of it that cannot be read go on, **unredacted**, and its span says so (`request_unread`).
    Pass,
}

/// Rules for operations, by their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OperationRules(Vec<(&'static str, OperationRule)>);

impl OperationRules {
    /// Sets an operation's rule.
    pub fn set(&mut self, name: &'static str, rule: OperationRule) {
        self.0.push((name, rule));
    }

    /// Rule of an operation, if there is one.
    pub fn of(&self, operation: &Operation) -> Option<OperationRule> {
        self.0.iter().find(|(name, _)| *name == operation.name).map(|(_, rule)| *rule)
    }
}

/// An operation by its name, which several may share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedOperation {
    /// The name.
    pub name: &'static str,
    /// Set when any of its requests is read.
    pub is_read: bool,
    /// Set when any of its requests with a body is not read and may carry text.
    pub is_unsearched: bool,
    /// Set for administration of the provider's account.
    pub administers: bool,
}

/// Every operation that a request may be, in the order of the table.
pub fn operations() -> Vec<NamedOperation> {
    let mut named: Vec<NamedOperation> = Vec::new();
    for operation in Operation::ALL {
        let NamedOperation { is_read, is_unsearched, .. } = of_rows(operation);
        match named.iter_mut().find(|known| known.name == operation.name) {
            Some(known) => {
                known.is_read |= is_read;
                known.is_unsearched |= is_unsearched;
            }
            None => named.push(of_rows(operation)),
        }
    }
    named
}

fn of_rows(operation: &'static Operation) -> NamedOperation {
    let own = ROWS.iter().flat_map(|row| row.endpoints);
    let rows = || Endpoint::all().iter().chain(own.clone()).filter(|row| *row.operation == *operation);
    let takes_media = rows().any(Endpoint::takes_media);
    NamedOperation {
        name: operation.name,
        is_read: rows().any(Endpoint::is_read),
        is_unsearched: takes_media || operation.carries_text && rows().any(|row| !row.is_read() && row.takes_body()),
        administers: operation.administers,
    }
}
