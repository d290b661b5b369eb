//! The lookup of a model's capabilities by its name.

use super::facts::Capabilities;
use super::spelling::{bare, nearest};
use super::{listed, rules};
use crate::price::decoded;

/// Capabilities of a model that are known without settings. Its name may be as any API has it: with a provider, a path or an
/// ARN before it, percent-encoded, with a version or a date behind it.
pub fn lookup(model: &str) -> Capabilities {
    if model.len() > LONGEST_NAME {
        return Capabilities::UNKNOWN;
    }
    let name = decoded(model);
    let listed = nearest(&name, listed::find).unwrap_or_default();
    listed.or(rules::of(bare(&name))).completed()
}

/// In bytes, as in the price book.
const LONGEST_NAME: usize = 4096;
