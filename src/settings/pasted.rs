//! Keys pasted in place of a name; detecting them takes the settings as a whole.

use super::plan::Plan;
use super::problem::{Path, Problems};
use super::section::RecordedName;
use crate::provider::Provider;

/// Records a problem for each name that is a key: a virtual one of the settings, or one of the host's environment.
pub(super) fn note_keys(names: &[RecordedName], plan: &Plan, problems: &mut Problems) {
    let otlp = plan.telemetry.otlp.iter().flat_map(|otlp| &otlp.headers).map(|(_, value)| value.reveal());
    let secrets: Vec<&str> = plan.providers.iter().filter_map(Provider::key).chain(otlp).collect();
    let top = Path::Top;
    for RecordedName { section, index, member, name } in names {
        let is_secret = secrets.iter().any(|secret| is_in(name, secret));
        if is_secret || plan.keys.find(name.as_bytes()).is_some() {
            problems.note(&top.member(section).element(*index).member(member), KEY);
        }
    }
}

/// Matches names that contain a secret: alone, or too long to occur by chance.
fn is_in(name: &str, secret: &str) -> bool {
    name == secret || secret.len() >= SHORTEST_SECRET && name.contains(secret)
}

const KEY: &str = "is a key: write a name, for this is recorded";
const SHORTEST_SECRET: usize = 8;
