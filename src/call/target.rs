//! Targets of a call: chosen by the model that the client asks for, and the request written for one of them.

use super::Call;
use super::body::{ParsedBody, RequestBody};
use crate::attempt::{Headers, RequestSource, provider_dialect, write_body, write_path};
use crate::document::Edits;
use crate::endpoint::Route;
use crate::model::Refusal;
use crate::policy::{ChoiceFacts, Destination, RouteChoice, Target};
use std::borrow::Cow;
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
            provider.is_some_and(|provider| provider_dialect(route, provider).is_ok())
        };
        let facts = ChoiceFacts {
            draw: self.fresh.trace_id.first_chunk().copied().map_or(0, u64::from_le_bytes),
            is_writable: &is_writable,
            rests: &|_| false,
            most: plan.attempts.max,
        };
        let choice = found.choose(&facts);
        let first = choice.targets.first().ok_or(Refusal::NoTarget)?;
        let index = first.provider;
        let provider = plan.providers.get(index).ok_or(Refusal::Internal)?;
        self.note_provider(provider, route, Some(first.model(requested)));
        Ok(Some(ChosenTargets { provider: index, choice, requested: requested.clone() }))
    }

    /// Writes a request's path for its only target.
    pub(super) fn write_path_for(
        &self,
        target: &Target,
        requested: &str,
        headers: &mut Headers,
        route: &mut Route,
    ) -> Result<(), Refusal> {
        let provider = self.plan.providers.get(target.provider).ok_or(Refusal::Internal)?;
        let model = target.model(requested);
        let path = headers.text(":path").unwrap_or_default();
        if let Cow::Owned(written) = write_path(route, path, provider, model).map_err(|_| Refusal::NoTarget)? {
            headers.set(":path", &written);
            route.model = Some(model.to_owned());
        }
        Ok(())
    }

    /// Adds the edits of a request's body for its only target.
    pub(super) fn write_body_for(
        &self,
        target: &Target,
        requested: &str,
        route: &Route,
        body: &RequestBody<'_>,
        edits: &mut Edits,
    ) -> Result<(), Refusal> {
        let model = target.model(requested);
        let is_model_in_path = !route.model_range.is_empty();
        let changed = Some(model).filter(|model| *model != requested && !is_model_in_path);
        match (&body.kind, route.dialect) {
            (ParsedBody::Json(document), Some(dialect)) => {
                let source = RequestSource { dialect, document: *document, request: &body.request, is_model_in_path };
                write_body(&source, dialect, target, changed, edits).map_err(|_| Refusal::NoTarget)?;
            }
            (ParsedBody::Form { .. }, _) => {
                if let Some(model) = changed {
                    edits.replace(body.model_field().ok_or(Refusal::NoTarget)?, model);
                }
            }
            _ => {}
        }
        Ok(())
    }
}
