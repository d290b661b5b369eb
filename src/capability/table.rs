//! The table with the operator's own facts.

use super::facts::Capabilities;
use super::lookup::lookup;
use super::thinking::ThinkingForm;
use crate::pattern::Pattern;

/// Facts of the operator's about models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CapabilityOverride {
    /// Names of the models, as requests to providers have them.
    pub models: Pattern,
    /// The facts.
    pub facts: Capabilities,
}

/// Capabilities of models, with those of the operator over all others.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CapabilityTable {
    overrides: Vec<CapabilityOverride>,
}

impl CapabilityTable {
    /// The built-in facts under an operator's. Of several overrides for a model the first with a fact decides it.
    pub fn new(overrides: Vec<CapabilityOverride>) -> Self {
        Self { overrides }
    }

    /// Capabilities of a model, by its name in requests to the provider.
    pub fn lookup(&self, model: &str) -> Capabilities {
        let matching = self.overrides.iter().filter(|own| own.models.matches(model));
        let own = matching.fold(Capabilities::UNKNOWN, |known, own| known.or(own.facts));
        let facts = own.or(lookup(model));
        if own.thinking.is_none() && own.reasoning == Some(false) {
            return Capabilities { thinking: Some(ThinkingForm::Unavailable), ..facts };
        }
        facts.completed()
    }
}
