//! Requests for a target: spliced where it speaks the client's dialect. A writer of another dialect takes its place here,
//! in [`write_body`].

use super::splice::splice;
use crate::dialect::Dialect;
use crate::document::{Document, Edits};
use crate::endpoint::Route;
use crate::model::Request;
use crate::policy::Target;
use crate::provider::Provider;
use std::borrow::Cow;

/// Reason why no request can be written for a target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// Its provider does not speak the client's dialect, and nothing is written in one that it speaks.
    Dialect,
    /// The request has no place for the model's name, or the name does not fit there.
    Model,
    /// The body is not JSON.
    Body,
}

/// A request as the client wrote it, and as it was read.
pub struct RequestSource<'a> {
    /// The client's dialect.
    pub dialect: Dialect,
    /// The body.
    pub document: Document<'a>,
    /// Its elements.
    pub request: &'a Request,
    /// Set when the path names the model, so that the body need not.
    pub is_model_in_path: bool,
}

/// Returns the dialect in which a provider takes the requests of a route: a pure function of the two, by which targets
/// are chosen before anything is written.
///
/// # Errors
/// [`Unwritable::Dialect`].
pub fn provider_dialect(route: &Route, provider: &Provider) -> Result<Dialect, Unwritable> {
    let dialect = route.dialect.ok_or(Unwritable::Dialect)?;
    // Bedrock and Vertex AI have the APIs of others only under paths of their own.
    let is_host = provider.owns(Dialect::BedrockConverse) || provider.owns(Dialect::VertexPredict);
    let is_tunnelled = is_host && !provider.owns(dialect) && !dialect.is_openai_family();
    let is_at_path = match route.host_dialect {
        Some(host) => provider.owns(host),
        None => !is_tunnelled,
    };
    if provider.speaks(dialect) && is_at_path { Ok(dialect) } else { Err(Unwritable::Dialect) }
}

/// Writes a request's body for a target whose provider takes the dialect `to`. Adds to the edits where that is the
/// client's own; else returns the whole body, and the edits are used up. `model`: the model's name at the provider, where
/// it differs from the requested one.
///
/// # Errors
/// The request cannot be written for the target.
pub fn write_body(
    source: &RequestSource<'_>,
    to: Dialect,
    target: &Target,
    model: Option<&str>,
    edits: &mut Edits,
) -> Result<Option<String>, Unwritable> {
    // Another dialect's writer takes the document, the edits and the request from here.
    if to != source.dialect {
        return Err(Unwritable::Dialect);
    }
    let has_place = splice(source.document, target, model, edits).map_err(|_| Unwritable::Body)?;
    if has_place || source.is_model_in_path || model.is_none() { Ok(None) } else { Err(Unwritable::Model) }
}

/// Returns a request's path with the model's name at the provider, where the path names it.
///
/// # Errors
/// The name cannot be a part of a path, or stands for another API there.
pub fn write_path<'a>(
    route: &Route,
    path: &'a str,
    provider: &Provider,
    model: &str,
) -> Result<Cow<'a, str>, Unwritable> {
    if route.model_range.is_empty() || route.model.as_deref() == Some(model) {
        return Ok(Cow::Borrowed(path));
    }
    let written = route.path_with_model(path, model).ok_or(Unwritable::Model)?;
    // On Bedrock the model's name says which API the body is of.
    let is_same = Route::of("POST", &written, provider.row.endpoints).dialect == route.dialect;
    if is_same { Ok(Cow::Owned(written)) } else { Err(Unwritable::Dialect) }
}
