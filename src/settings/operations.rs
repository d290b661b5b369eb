//! `operations`: the operator's rules for operations, by name.

use super::member::{Named, NamedValue};
use super::problem::{Path, Problems, Unknown};
#[cfg(schema)]
use super::schema::{Schema, json_schema};
use super::section::{Context, Section};
use super::value::deserialize;
use crate::policy::{OperationRule, OperationRules, operations};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;

/// Rules for operations, by their names (see docs/operations.md): `{"batches": "pass", "videos": "refuse"}`. Without a
/// rule, a body that cannot be searched is refused where redaction is on.
#[derive(Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(transparent)]
pub(super) struct OperationSettings(Named<OperationRule>);

impl NamedValue for OperationRule {
    const EXPECTED: &'static str = "an object of operations with `refuse` or `pass`";

    #[cfg(schema)]
    fn names() -> Schema {
        json_schema!({ "enum": operations().iter().map(|operation| operation.name).collect::<Vec<_>>() })
    }
}

impl Section for OperationSettings {
    type Checked = OperationRules;

    fn check(text: Option<&str>, _: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> OperationRules {
        let written = text.and_then(|text| deserialize::<Self>(text, at, problems));
        written.map_or_else(OperationRules::default, |Self(Named(written))| rules(&written, at, problems))
    }
}

fn rules(written: &[(String, OperationRule)], at: &Path<'_>, problems: &mut Problems) -> OperationRules {
    let mut rules = OperationRules::default();
    let known = operations();
    for (name, rule) in written {
        let at = at.member(name);
        let Some(operation) = known.iter().find(|operation| operation.name == name) else {
            let names: Vec<&str> = known.iter().map(|operation| operation.name).collect();
            problems.note(&at, Unknown { what: "operation", word: name, known: &names });
            continue;
        };
        if operation.administers && *rule == OperationRule::Pass {
            problems.note(&at, "administration of the provider's account is never reached with a virtual key");
        }
        rules.set(operation.name, *rule);
    }
    rules
}
