//! Keys pasted in place of a name; detecting them takes the settings as a whole.

use super::problem::{Path, Problems};
use crate::policy::Keyring;
use std::collections::BTreeMap;

/// Records a problem for each name that is a key: a virtual one of the settings, or one of the host's environment.
/// `names`: each with its index in the section.
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

/// Matches names that contain a secret: alone, or too long to occur by chance.
fn is_in(name: &str, secret: &str) -> bool {
    name == secret || secret.len() >= SHORTEST_SECRET && name.contains(secret)
}

const KEY: &str = "is a key: write a name, for this is recorded";
const SHORTEST_SECRET: usize = 8;
