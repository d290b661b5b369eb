//! `operations`: the operator's rules for operations, by name.

use super::problem::{Path, Problems, Unknown};
use super::section::deserialize;
use super::written;
use crate::policy::{OperationRule, OperationRules, operations};

/// Checks the section.
pub(super) fn rules(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> OperationRules {
    let mut rules = OperationRules::default();
    let Some(section) = section else {
        return rules;
    };
    let written = deserialize::<written::Named<written::OperationSettings>>(section, at, problems);
    let known = operations();
    let mut seen: Vec<&str> = Vec::new();
    for (name, rule) in written.iter().flat_map(|written| &written.0) {
        let at = at.member(name);
        let Some(operation) = known.iter().find(|operation| operation.name == name) else {
            let names: Vec<&str> = known.iter().map(|operation| operation.name).collect();
            problems.note(&at, Unknown { what: "operation", word: name, known: &names });
            continue;
        };
        if seen.contains(&operation.name) {
            problems.note(&at, "written twice");
        }
        seen.push(operation.name);
        let rule = match rule {
            written::OperationSettings::Refuse => OperationRule::Refuse,
            written::OperationSettings::Pass => OperationRule::Pass,
        };
        if operation.administers && rule == OperationRule::Pass {
            problems.note(&at, "administration of the provider's account is never reached with a virtual key");
        }
        rules.set(operation.name, rule);
    }
    rules
}
