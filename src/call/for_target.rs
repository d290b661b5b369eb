//! Parts of a request as its target gets them, and the record of an attempt there.

use super::body::{ParsedBody, RequestBody};
use crate::attempt::{Headers, RequestSource, provider_dialect, write_body, write_path};
use crate::document::Edits;
use crate::endpoint::{Route, split_query};
use crate::model::{Refusal, Request};
use crate::policy::Target;
use crate::provider::Provider;
use crate::record::AttemptRecord;
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

/// Writes a request's path for a target.
pub(super) fn write_path_for(
    provider: &Provider,
    target: &Target,
    requested: &str,
    headers: &mut Headers,
    route: &mut Route,
) -> Result<(), Refusal> {
    let model = target.model(requested);
    let path = headers.text(":path").unwrap_or_default();
    if let Cow::Owned(written) = write_path(route, path, provider, model).map_err(|_| Refusal::NoTarget)? {
        headers.set(":path", &written);
        route.model = Some(model.to_owned());
    }
    Ok(())
}

/// Writes a request's body for a target: adds its edits, or returns the whole body where it is written anew.
pub(super) fn write_body_for(
    provider: &Provider,
    target: &Target,
    requested: &str,
    route: &Route,
    body: &RequestBody<'_>,
    edits: &mut Edits,
) -> Result<Option<String>, Refusal> {
    let model = target.model(requested);
    let is_model_in_path = !route.model_range.is_empty();
    let changed = Some(model).filter(|model| *model != requested && !is_model_in_path);
    match (&body.kind, route.dialect) {
        (ParsedBody::Json(document), Some(dialect)) => {
            let to = provider_dialect(route, provider).map_err(|_| Refusal::NoTarget)?;
            let source = RequestSource { dialect, document: *document, request: &body.request, is_model_in_path };
            write_body(&source, to, target, changed, edits).map_err(|_| Refusal::NoTarget)
        }
        (ParsedBody::Form { .. }, _) => {
            if let Some(model) = changed {
                edits.replace(body.model_field().ok_or(Refusal::NoTarget)?, model);
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

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
