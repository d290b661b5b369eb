//! Routes of models: the targets of a public name, and the order in which a call tries them.

use super::Readiness;
use crate::pattern::Pattern;
use crate::provider::Provider;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A provider and a model there, with what its requests get besides.
#[derive(Clone, Debug, PartialEq, Eq)]
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

    /// Name under which its rest is shared.
    pub fn rest_name(&self, provider: &Provider) -> String {
        [&provider.name, "/", self.model.as_deref().unwrap_or("*")].concat()
    }
}

/// Targets of one public name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelRoute {
    /// The targets, in the order of preference.
    pub targets: Vec<Arc<Target>>,
    /// Targets for a request that is too long for the target that had it.
    pub on_context_length: Vec<Arc<Target>>,
    /// Targets for a request that another target's content policy turns down.
    pub on_content_policy: Vec<Arc<Target>>,
}

/// Facts of a call that its targets are chosen by.
pub struct ChoiceFacts<'a> {
    /// A random number.
    pub draw: u64,
    /// Reports whether a request can be written for a target.
    pub is_writable: &'a dyn Fn(&Target) -> bool,
    /// Returns the readiness of a target.
    pub readiness: &'a dyn Fn(&Target) -> Readiness,
    /// Upper bound on the number of targets.
    pub most: usize,
}

/// Targets of one call, in the order in which they are tried.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RouteChoice {
    /// The targets.
    pub targets: Vec<Arc<Target>>,
    /// Targets for a request that is too long for the one that had it.
    pub on_context_length: Vec<Arc<Target>>,
    /// Targets for a request that another one's content policy turns down.
    pub on_content_policy: Vec<Arc<Target>>,
}

impl RouteChoice {
    /// All targets.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Target>> {
        self.targets.iter().chain(&self.on_context_length).chain(&self.on_content_policy)
    }

    /// Most targets that a call may have before it ends.
    pub fn attempts(&self) -> usize {
        self.targets.len() + self.on_context_length.len().max(self.on_content_policy.len())
    }
}

impl ModelRoute {
    /// Chooses the targets of a call. One of those with a weight comes first, drawn by the weights of those that do not
    /// rest; the others follow in the order of preference. Targets that rest come last; those that Envoy has no host of are
    /// left out, unless there is no other.
    pub fn choose(&self, facts: &ChoiceFacts<'_>) -> RouteChoice {
        let writable = |targets: &[Arc<Target>]| -> Vec<Arc<Target>> {
            targets.iter().filter(|target| (facts.is_writable)(target)).map(Arc::clone).collect()
        };
        let (mut targets, mut rested, mut absent) = (Vec::new(), Vec::new(), Vec::new());
        for target in writable(&self.targets) {
            match (facts.readiness)(&target) {
                Readiness::Ready => targets.push(target),
                Readiness::Rests => rested.push(target),
                Readiness::NoHost => absent.push(target),
            }
        }
        if let Some(drawn) = drawn(&targets, facts.draw) {
            let first = targets.remove(drawn);
            targets.insert(0, first);
        }
        targets.append(&mut rested);
        if targets.is_empty() {
            targets = absent;
        }
        targets.truncate(facts.most);
        let on_context_length = writable(&self.on_context_length);
        RouteChoice { targets, on_context_length, on_content_policy: writable(&self.on_content_policy) }
    }
}

/// Draws one of the targets by their weights; `None` where none has a weight.
fn drawn(targets: &[Arc<Target>], draw: u64) -> Option<usize> {
    let weight = |target: &Arc<Target>| target.weight.unwrap_or_default();
    let sum: u64 = targets.iter().map(weight).sum();
    let mut left = draw.checked_rem(sum)?;
    targets.iter().position(|target| match left.checked_sub(weight(target)) {
        Some(rest) => {
            left = rest;
            false
        }
        None => true,
    })
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
