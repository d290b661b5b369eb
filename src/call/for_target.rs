//! Parts of a request as its target gets them, and the record of an attempt there.

use super::body::{ParsedBody, RequestBody};
use crate::attempt::{
    AnswerTranslation, Headers, ModelAt, RequestSource, Unwritable, client_framing, is_of_dialect, provider_form,
    write_body, write_path,
};
use crate::dialect::Dialect;
use crate::document::Edits;
use crate::endpoint::{Route, split_query};
use crate::model::{AnswerContext, EmbeddingContext, Item, Parameter, Refusal, Request, Variant};
use crate::policy::Target;
use crate::provider::Provider;
use crate::record::AttemptRecord;
use crate::settings::Plan;
use std::borrow::Cow;
use std::sync::Arc;

/// Creates the record of an attempt at a provider. `model`: its name there, where the settings route it.
pub(super) fn attempt_record(provider: &Provider, route: &Route, model: Option<&str>) -> AttemptRecord {
    let server = (provider.host.clone(), provider.port);
    let location = route.location.as_deref().filter(|_| provider.row.regional).map(Arc::from);
    AttemptRecord {
        model: model.map(Arc::from),
        region: location.or_else(|| provider.region.clone()),
        priced_by_request_model: provider.row.priced_by_request_model,
        ..AttemptRecord::of(Arc::clone(&provider.telemetry_name), server)
    }
}

/// A request at one of its targets.
pub(super) struct AtTarget<'t> {
    pub(super) plan: &'t Plan,
    pub(super) provider: &'t Provider,
    pub(super) target: &'t Target,
    /// The model that the client asks for.
    pub(super) requested: &'t str,
    pub(super) is_stream: bool,
    /// Form in which the client writes.
    pub(super) client: Variant,
    /// Number of inputs of a request for embeddings.
    pub(super) inputs: usize,
    /// Arrival of the call's headers, in nanoseconds since 1970.
    pub(super) started: u64,
}

/// Parts of a target's request other than its headers.
#[derive(Default)]
pub(super) struct ForTarget {
    /// The whole body, where it is written anew.
    pub(super) whole: Option<String>,
    /// Translation of the answer.
    pub(super) translation: Option<Box<AnswerTranslation>>,
    /// Names of what the translation loses.
    pub(super) lost: Vec<String>,
}

impl AtTarget<'_> {
    /// Writes the path, and the headers of a dialect that the request is translated into. Returns that dialect's route;
    /// `None` where the request stays in its own.
    pub(super) fn write_path(&self, headers: &mut Headers, route: &mut Route) -> Result<Option<Route>, Refusal> {
        let model = self.target.model(self.requested);
        let path = headers.text(":path").unwrap_or_default();
        let form = provider_form(route, self.provider, model).map_err(refusal)?;
        if !form.is_translated(route, self.client) {
            if let Cow::Owned(written) = write_path(route, path, self.provider, model).map_err(refusal)? {
                headers.set(":path", &written);
                route.model = Some(model.to_owned());
            }
            return Ok(None);
        }
        let path = form.path(route, model, self.is_stream, self.inputs).ok_or(Refusal::NoTarget)?;
        headers.retain(|name, _| !is_of_dialect(name));
        headers.set("content-type", "application/json");
        for (name, value) in form.headers() {
            headers.set(name, value);
        }
        let translated = Route::of("POST", &path, self.provider.row.endpoints);
        headers.set(":path", &path);
        Ok(Some(translated))
    }

    /// Writes the body: adds its edits, or returns the whole where it is written anew. `at`: the route of the dialect that
    /// it is translated into, and the client's own path.
    pub(super) fn write_body(
        &self,
        route: &Route,
        at: Option<(Route, &str)>,
        body: &RequestBody<'_>,
        edits: &mut Edits,
    ) -> Result<ForTarget, Refusal> {
        let model = ModelAt {
            name: self.target.model(self.requested),
            requested: self.requested,
            capabilities: &self.plan.capabilities,
        };
        let is_model_in_path = !route.model_range.is_empty();
        match (&body.kind, route.dialect) {
            (ParsedBody::Json(document), Some(dialect)) => {
                let form = provider_form(route, self.provider, model.name).map_err(refusal)?;
                let (document, request, is_translated) = (*document, &body.request, at.is_some());
                let source = RequestSource { dialect, document, request, is_model_in_path, is_translated };
                let mut written = write_body(&source, form, self.target, &model, edits).map_err(refusal)?;
                written.embedding.is_bare |= is_older_embed(route, &body.request);
                let translation = at.map(|(route, path)| {
                    let framing = client_framing(dialect, path);
                    let context = self.context(&body.request, dialect, (written.schema_tool, written.embedding));
                    Box::new(AnswerTranslation { route, client: dialect, framing, context })
                });
                Ok(ForTarget { whole: written.whole, translation, lost: written.losses })
            }
            (ParsedBody::Form { .. }, _) => {
                if model.name != model.requested && !is_model_in_path {
                    edits.replace(body.model_field().ok_or(Refusal::NoTarget)?, model.name);
                }
                Ok(ForTarget::default())
            }
            _ => Ok(ForTarget::default()),
        }
    }

    /// Facts of the call that its answer is written for.
    fn context(
        &self,
        request: &Request,
        client: Dialect,
        (schema_tool, embedding): (Option<String>, EmbeddingContext),
    ) -> AnswerContext {
        AnswerContext {
            now: self.started / NANOSECONDS,
            id: format!("tollgate-{:x}", self.started),
            model: self.target.model(self.requested).to_owned(),
            stream_usage: request.usage_asked || client != Dialect::OpenAiChat,
            schema_tool,
            embedding,
            variant: self.client,
        }
    }
}

/// Matches requests of Cohere's embed whose answers have no types of numbers: all without them but those of version 2.
fn is_older_embed(route: &Route, request: &Request) -> bool {
    let has_types = |item: &Item| matches!(item, Item::Parameter(Parameter::EmbeddingTypes, _));
    let is_second = route.operation.is_some_and(|operation| operation.name == "embed_v2");
    route.dialect == Some(Dialect::CohereEmbed) && !is_second && !request.items.iter().any(has_types)
}

fn refusal(reason: Unwritable) -> Refusal {
    match reason {
        Unwritable::Request(reason) => Refusal::Untranslatable { reason },
        _ => Refusal::NoTarget,
    }
}

const NANOSECONDS: u64 = 1_000_000_000;

/// Asks for usage in the stream where the client does not and the provider would not report it. Reports whether it does.
pub(super) fn ask_usage(
    provider: &Provider,
    headers: &Headers,
    route: &Route,
    request: &mut Request,
    edits: &mut Edits,
) -> bool {
    let is_default = provider.streams_usage_by_default;
    let asks = !is_default && !route.streams_usage_by_default && takes_options(headers, route);
    let Some((place, text)) = request.ask_usage.take().filter(|_| asks) else {
        return false;
    };
    edits.replace(place, text);
    true
}

/// Reports whether a request may ask for usage in the stream. Azure refuses `stream_options` in versions of its API
/// before 2024-09-01: <https://learn.microsoft.com/en-us/azure/ai-services/openai/api-version-deprecation>, read
/// 2026-11-28.
fn takes_options(headers: &Headers, route: &Route) -> bool {
    if !route.is_deployment {
        return true;
    }
    let path = headers.text(":path").unwrap_or_default();
    let (_, query) = split_query(path);
    let version = query.unwrap_or_default().split('&').find_map(|member| member.strip_prefix("api-version="));
    version.is_none_or(|version| version >= "2024-09-01")
}
