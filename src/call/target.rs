//! Targets of a call, chosen by the model that the client asks for.

use super::Call;
use crate::attempt::provider_form;
use crate::endpoint::Route;
use crate::model::Refusal;
use crate::policy::{ChoiceFacts, Destination, Readiness, RouteChoice, Target};
use std::sync::Arc;

/// Provider of a call, and the targets where the settings have some for its model.
pub(super) struct ChosenTargets {
    /// Index of the provider in the plan: the first target's, where there are targets.
    pub(super) provider: usize,
    pub(super) choice: RouteChoice,
    /// The model that the client asks for, where there are targets.
    pub(super) requested: String,
}

impl ChosenTargets {
    /// A provider for a call whose model has no targets of its own.
    pub(super) fn provider(provider: usize) -> Self {
        Self { provider, choice: RouteChoice::default(), requested: String::new() }
    }
}

impl Call {
    /// Chooses the targets of a requested model, in the order in which they are tried. `None` where the settings have none
    /// for it, or the client has chosen its provider.
    pub(super) fn choose_targets(
        &mut self,
        model: Option<&String>,
        route: &Route,
    ) -> Result<Option<ChosenTargets>, Refusal> {
        if self.destination != Destination::Gateway {
            return Ok(None);
        }
        let plan = Arc::clone(&self.plan);
        let found = model.and_then(|model| Some((model, plan.models.find(model)?)));
        let Some((requested, found)) = found else {
            return Ok(None);
        };
        let is_writable = |target: &Target| {
            let provider = plan.providers.get(target.provider);
            provider.is_some_and(|provider| provider_form(route, provider, target.model(requested)).is_ok())
        };
        let now = self.rests.as_ref().map_or(0, |rests| rests.now());
        let readiness = |target: &Target| {
            let provider = plan.providers.get(target.provider);
            let shared = self.rests.as_ref().zip(provider);
            shared.map_or(Readiness::Ready, |(rests, provider)| rests.rest(&target.rest_name(provider)).readiness(now))
        };
        let facts = ChoiceFacts {
            draw: self.fresh.trace_id.first_chunk().copied().map_or(0, u64::from_le_bytes),
            is_writable: &is_writable,
            readiness: &readiness,
            most: plan.attempts.max,
        };
        let choice = found.choose(&facts);
        let first = choice.targets.first().ok_or(Refusal::NoTarget)?;
        let index = first.provider;
        let provider = plan.providers.get(index).ok_or(Refusal::Internal)?;
        self.note_provider(provider, route, Some(first.model(requested)));
        Ok(Some(ChosenTargets { provider: index, choice, requested: requested.clone() }))
    }
}
