//! Keys that were pasted in place of a name, by what only the whole of the settings tells.

use super::problem::{Path, Problems};
use crate::policy::Keyring;
use std::collections::BTreeMap;

/// Notes names that are keys: a virtual one of the settings, or one of the host's environment. `names`: each with its
/// place in the section.
pub(super) fn note_keys(
    names: &BTreeMap<String, usize>,
    secrets: &[&str],
    keyring: &Keyring,
    (section, member): (&str, &str),
    problems: &mut Problems,
) {
    let top = Path::Top;
    let section = top.member(section);
    for (name, index) in names {
        let is_secret = secrets.iter().any(|secret| is_in(name, secret));
        if is_secret || keyring.find(name.as_bytes()).is_some() {
            problems.note(&section.element(*index).member(member), KEY);
        }
    }
}

/// Finds a secret in a name: alone, or long enough to stand there by no chance.
fn is_in(name: &str, secret: &str) -> bool {
    name == secret || secret.len() >= SHORTEST_SECRET && name.contains(secret)
}

const KEY: &str = "is a key: write a name, for this is recorded";
const SHORTEST_SECRET: usize = 8;
