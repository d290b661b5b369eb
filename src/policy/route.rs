//! Routes of models: the targets of a public name.

use super::condition::Conditions;
use super::measure::DeclaredRate;
use super::preference::Preference;
use crate::pattern::Pattern;
use crate::provider::Provider;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A provider and a model there, with what its requests get besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Target {
    /// Index of the provider in the settings.
    pub provider: usize,
    /// Name of the model at the provider; `None` is the requested name.
    pub model: Option<String>,
    /// Share of the calls that try it first; `None` beside targets with a weight is tried only after another.
    pub weight: Option<u64>,
    /// Members of a request's body where the client writes none: names, and values in JSON.
    pub defaults: Vec<(String, String)>,
    /// Members of a request's body whatever the client writes.
    pub overrides: Vec<(String, String)>,
    /// Headers of its requests, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Conditions for it to be one of a call's targets.
    pub when: Conditions,
    /// Classes of quality that it is of.
    pub quality: Vec<String>,
    /// Rate that it permits.
    pub rate: DeclaredRate,
    /// Handling of a request that its API cannot say in full.
    pub on_loss: OnLoss,
}

/// Handling of a request that the API of a target cannot say in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnLoss {
    /// It goes on without what is lost.
    #[default]
    Drop,
    /// The target does not get it.
    Refuse,
}

impl Target {
    /// Name of the model at the provider, for a requested one.
    pub fn model<'a>(&'a self, requested: &'a str) -> &'a str {
        self.model.as_deref().unwrap_or(requested)
    }

    /// Name under which its rest and its measures are shared.
    pub fn rest_name(&self, provider: &Provider) -> String {
        [&provider.name, "/", self.model.as_deref().unwrap_or("*")].concat()
    }
}

/// Targets of one public name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelRoute {
    /// The targets, in the order of the settings.
    pub targets: Vec<Arc<Target>>,
    /// Targets for a request that is too long for the target that had it.
    pub on_context_length: Vec<Arc<Target>>,
    /// Targets for a request that another target's content policy turns down.
    pub on_content_policy: Vec<Arc<Target>>,
    /// Preference among the targets.
    pub preference: Preference,
    /// Class of quality that a call asks for where it names none.
    pub quality: Option<String>,
    /// Source of the number by which the calls of a conversation keep to one target.
    pub consistent: Option<Consistency>,
    /// Target that gets the same calls besides, without effect for clients.
    pub shadow: Option<ShadowRoute>,
}

/// Target whose answers are only recorded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShadowRoute {
    /// The target.
    pub target: Arc<Target>,
    /// Share of the calls that it gets, in percent.
    pub share: u64,
}

/// Source of the number by which the calls of a conversation keep to one target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consistency {
    /// Header that names the conversation, in lower case. A call without it is known by the beginning of its prompt.
    pub header: Option<String>,
}

/// The public names, with their routes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelRoutes {
    /// Names and patterns in the order of the settings.
    names: Vec<String>,
    routes: Vec<ModelRoute>,
    exact: BTreeMap<String, usize>,
    patterns: Vec<(Pattern, usize)>,
}

impl ModelRoutes {
    /// Reports whether targets are chosen by measures.
    pub fn measures(&self) -> bool {
        self.routes.iter().any(|route| route.preference.measures())
    }

    /// Adds the route of a name, which is a pattern where it has a `*`.
    pub fn add(&mut self, name: String, route: ModelRoute) {
        let index = self.routes.len();
        if name.contains('*') {
            self.patterns.push((Pattern::new(&name), index));
        } else {
            self.exact.insert(name.clone(), index);
        }
        self.names.push(name);
        self.routes.push(route);
    }

    /// Reports whether the settings have no routes of models.
    pub fn is_empty(&self) -> bool {
        self.routes.is_empty()
    }

    /// Finds the route of a requested model: that of its exact name, else that of the first pattern that matches.
    pub fn find(&self, model: &str) -> Option<&ModelRoute> {
        let matching = || self.patterns.iter().find(|(pattern, _)| pattern.matches(model)).map(|(_, index)| index);
        self.routes.get(*self.exact.get(model).or_else(matching)?)
    }

    /// Exact names, in the order of the settings.
    pub fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.names.iter().map(String::as_str).filter(|name| !name.contains('*'))
    }
}
