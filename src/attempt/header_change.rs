//! Changes to the headers of an answer.

use std::borrow::Cow;

/// Change to a header of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HeaderChange {
    /// Set the header to one value, in place of all others.
    Set(Cow<'static, str>, Vec<u8>),
    /// Remove the header.
    Remove(Cow<'static, str>),
}
