//! Parts of a request as its target gets them, and the record of an attempt there.

use super::body::{ParsedBody, RequestBody};
use crate::attempt::{
    AnswerTranslation, Headers, ModelAt, ProviderForm, RequestSource, Unwritable, client_framing, is_of_dialect,
    is_written_anew, provider_form, write_body, write_path,
};
use crate::dialect::Dialect;
use crate::document::{Document, Edits, Reader};
use crate::endpoint::{Route, split_query};
use crate::model::{AnswerContext, Item, Parameter, Refusal, Request, Variant};
use crate::policy::{OnLoss, Target};
use crate::provider::Provider;
use crate::record::{AttemptRecord, MovedOn};
use crate::settings::Plan;
use std::borrow::Cow;
use std::sync::Arc;

/// Creates the record of an attempt at a provider. `target`: where the settings route the call, for a requested model.
pub(super) fn attempt_record(provider: &Provider, route: &Route, target: Option<(&Target, &str)>) -> AttemptRecord {
    let server = (provider.host.clone(), provider.port);
    let location = route.location.as_deref().filter(|_| provider.row.regional).map(Arc::from);
    AttemptRecord {
        model: target.map(|(target, requested)| Arc::from(target.model(requested))),
        target: target.map(|(target, _)| target.rest_name(provider).into()),
        region: location.or_else(|| provider.region.clone()),
        priced_by_request_model: provider.row.priced_by_request_model,
        ..AttemptRecord::of(Arc::clone(&provider.telemetry_name), server)
    }
}

/// A call whose requests are written for targets.
#[derive(Clone, Copy)]
pub(super) struct RoutedCall<'t> {
    pub(super) plan: &'t Plan,
    /// The model that the client asks for.
    pub(super) requested: &'t str,
    pub(super) is_stream: bool,
    /// Arrival of the call's headers, in nanoseconds since 1970.
    pub(super) started: u64,
    /// Names of Anthropic's trials that the client joins by a header, between commas.
    pub(super) betas: &'t str,
    /// Form in which the client writes.
    pub(super) client: Variant,
    /// Number of inputs of a request for embeddings.
    pub(super) inputs: usize,
}

/// A request at one of its targets.
pub(super) struct AtTarget<'t> {
    pub(super) provider: &'t Provider,
    call: RoutedCall<'t>,
    target: &'t Target,
    /// Form in which the provider takes it.
    form: ProviderForm,
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
    /// Value of the header that names Anthropic's trials, where the client names them in the body.
    pub(super) betas: Option<String>,
}

impl<'t> RoutedCall<'t> {
    /// Returns the request at a target. `route`: the client's.
    pub(super) fn at(self, target: &'t Target, route: &Route) -> Result<AtTarget<'t>, Refusal> {
        let provider = self.plan.providers.get(target.provider).ok_or(Refusal::Internal)?;
        let model = target.model(self.requested);
        let form = provider_form(route, provider, model, &self.plan.capabilities).map_err(refusal)?;
        let form = form.of_client(route, self.client);
        Ok(AtTarget { provider, call: self, target, form })
    }

    /// Checks that the request can be written for a target, and in full where the settings demand it. Writes it to see
    /// where that is in doubt.
    pub(super) fn check(
        self,
        target: &Target,
        route: &Route,
        body: &RequestBody<'_>,
        edits: &mut Edits,
        is_doubtful: bool,
    ) -> Result<(), Refusal> {
        let is_strict = target.on_loss == OnLoss::Refuse;
        if !is_strict && !is_doubtful {
            return Ok(());
        }
        let at = self.at(target, route)?;
        let is_written_anew = match (&body.kind, route.dialect) {
            (ParsedBody::Json(document), Some(dialect)) => is_written_anew(dialect, *document, at.form),
            _ => false,
        };
        if !is_written_anew {
            return Ok(());
        }
        let lost = at.write_body(route, None, body, edits)?.lost;
        if is_strict && !lost.is_empty() { Err(Refusal::TranslationLoss { lost }) } else { Ok(()) }
    }

    /// Creates the record of a target that does not get the request.
    pub(super) fn record_of_passed_over(
        self,
        target: &Target,
        route: &Route,
        reason: &Refusal,
    ) -> Option<AttemptRecord> {
        let provider = self.plan.providers.get(target.provider)?;
        let (moved_on, lost) = match reason {
            Refusal::TranslationLoss { lost } => (MovedOn::TranslationLoss, lost.clone()),
            _ => (MovedOn::Untranslatable, Vec::new()),
        };
        let record = attempt_record(provider, route, Some((target, self.requested)));
        Some(AttemptRecord { moved_on: Some(moved_on), duration: Some(0), lost, ..record })
    }
}

impl AtTarget<'_> {
    /// Writes the path, and the headers of a dialect that the request is translated into. Returns that dialect's route;
    /// `None` where the request stays in its own.
    pub(super) fn write_path(&self, headers: &mut Headers, route: &mut Route) -> Result<Option<Route>, Refusal> {
        let (model, form) = (self.target.model(self.call.requested), self.form);
        let path = headers.text(":path").unwrap_or_default();
        if form.is_of_client(route.dialect) {
            if let Cow::Owned(written) = write_path(route, path, self.provider, model).map_err(refusal)? {
                headers.set(":path", &written);
                route.model = Some(model.to_owned());
            }
            return Ok(None);
        }
        let RoutedCall { is_stream, inputs, .. } = self.call;
        let written = form.path(route, self.provider, model, is_stream, inputs).ok_or(Refusal::NoTarget)?;
        if !form.translates_answer(route.dialect) {
            let written = match (form.dialect, split_query(path), split_query(&written)) {
                // The answer is the client's as it comes, and so in the framing that the client's query asks for.
                (Dialect::GeminiGenerate, (_, Some(query)), (bare, _)) => [bare, "?", query].concat(),
                (Dialect::GeminiGenerate, (_, None), (bare, _)) => bare.to_owned(),
                _ => written,
            };
            headers.set(":path", &written);
            for (name, value) in form.headers() {
                if headers.first(name).is_none() {
                    headers.set(name, value);
                }
            }
            route.model = Some(model.to_owned());
            return Ok(None);
        }
        let path = written;
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
        let RoutedCall { plan, requested, .. } = self.call;
        let model = ModelAt { name: self.target.model(requested), requested, capabilities: &plan.capabilities };
        let is_model_in_path = !route.model_range.is_empty();
        match (&body.kind, route.dialect) {
            (ParsedBody::Json(document), Some(dialect)) => {
                let betas: Vec<&str> = match dialect {
                    Dialect::AnthropicMessages => named(self.call.betas).collect(),
                    _ => Vec::new(),
                };
                let source = RequestSource {
                    dialect,
                    document: *document,
                    request: &body.request,
                    is_model_in_path,
                    betas: &betas,
                };
                let mut written = write_body(&source, self.form, self.target, &model, edits).map_err(refusal)?;
                written.embedding.is_bare |= is_older_embed(route, &body.request);
                let translation = at.map(|(route, path)| {
                    let framing = client_framing(dialect, path);
                    let context = AnswerContext {
                        schema_tool: written.schema_tool,
                        tool_names: written.tool_names,
                        custom_tools: written.custom_tools,
                        embedding: written.embedding,
                        ..self.context(&body.request, dialect)
                    };
                    Box::new(AnswerTranslation { route, client: dialect, framing, context })
                });
                let names_betas = self.form.client == Variant::Bedrock && self.form.dialect == dialect;
                let betas = names_betas.then(|| betas_in(*document)).filter(|betas| !betas.is_empty());
                Ok(ForTarget { whole: written.whole, translation, lost: written.losses, betas })
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
    fn context(&self, request: &Request, client: Dialect) -> AnswerContext {
        AnswerContext {
            now: self.call.started / NANOSECONDS,
            id: format!("tollgate-{:x}", self.call.started),
            model: self.target.model(self.call.requested).to_owned(),
            stream_usage: request.usage_asked || client != Dialect::OpenAiChat,
            variant: self.call.client,
            ..AnswerContext::default()
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

/// Names between commas.
fn named(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|name| !name.is_empty())
}

/// Names of Anthropic's trials in a body as Amazon Bedrock takes it, as a header's value: `lib/bedrock/_client.py` of the
/// anthropic SDK 2.11.0.
fn betas_in(document: Document<'_>) -> String {
    let mut names = Vec::new();
    let read = Reader::new(document).object(|reader, name| match &*name {
        "anthropic_beta" => reader.array(|reader, _| {
            names.extend(reader.maybe_text()?.map(Cow::into_owned));
            Ok(())
        }),
        _ => reader.skip(),
    });
    names.retain(|name| name.bytes().all(|byte| byte.is_ascii_graphic()));
    if read.is_ok() { names.join(",") } else { String::new() }
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
