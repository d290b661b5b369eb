//! Requests for a target: spliced where it speaks the client's dialect, else written anew in its own.

use super::form::{ProviderForm, Unwritable};
use super::splice::splice;
use crate::capability::CapabilityTable;
use crate::dialect::{Dialect, TranslationSource};
use crate::document::{Document, Edits, KeySet};
use crate::endpoint::Route;
use crate::model::{EmbeddingContext, Losses, Request, WriteTarget, WrittenRequest};
use crate::policy::Target;
use crate::provider::Provider;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Model of a request at its target.
pub struct ModelAt<'m> {
    /// Name there.
    pub name: &'m str,
    /// Name that the client asked for.
    pub requested: &'m str,
    /// Facts about models.
    pub capabilities: &'m CapabilityTable,
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
    /// Names of Anthropic's trials that the client joins by a header.
    pub betas: &'a [&'a str],
}

/// A request as its target gets it.
#[derive(Debug, Default)]
pub struct WrittenBody {
    /// The whole body, where it is written anew; else the edits are the changes.
    pub whole: Option<String>,
    /// Name of the tool that the model is forced to call in place of a JSON schema.
    pub schema_tool: Option<String>,
    /// Names of functions as the client has them, by those that the target got.
    pub tool_names: Arc<BTreeMap<String, String>>,
    /// Names of the custom tools that the target got as functions, as the client has them.
    pub custom_tools: Arc<KeySet<String>>,
    /// Facts of a request for embeddings that its answer is written for.
    pub embedding: EmbeddingContext,
    /// Names of what the target's dialect cannot say.
    pub losses: Vec<String>,
}

/// Writes a request's body for a target in its provider's form. Adds to the edits where that is the client's dialect; else
/// returns the whole body, and the edits are used up. `model`: the model's name at the provider.
///
/// # Errors
/// The request cannot be written for the target.
pub fn write_body(
    source: &RequestSource<'_>,
    form: ProviderForm,
    target: &Target,
    model: &ModelAt<'_>,
    edits: &mut Edits,
) -> Result<WrittenBody, Unwritable> {
    if is_written_anew(source.dialect, source.document, form) {
        return translate(source, form, target, model, edits);
    }
    let changed = Some(model.name).filter(|name| *name != model.requested && !source.is_model_in_path);
    let has_place = splice(source.document, target, changed, edits).map_err(|_| Unwritable::Body)?;
    match has_place || source.is_model_in_path || changed.is_none() {
        true => Ok(WrittenBody::default()),
        false => Err(Unwritable::Model),
    }
}

/// Reports whether the body of a request is written anew for a provider's form.
pub fn is_written_anew(dialect: Dialect, document: Document<'_>, form: ProviderForm) -> bool {
    !form.is_of_client(Some(dialect)) || dialect.is_foreign(document, form.variant)
}

/// Writes a request anew in another dialect, and merges the target's members into it.
fn translate(
    source: &RequestSource<'_>,
    form: ProviderForm,
    target: &Target,
    model: &ModelAt<'_>,
    edits: &Edits,
) -> Result<WrittenBody, Unwritable> {
    let from = TranslationSource { dialect: source.dialect, document: source.document, edits, read: source.request };
    let written = WriteTarget {
        model: Some(model.name),
        variant: form.variant,
        capabilities: model.capabilities.lookup(model.name),
        reports_usage: true,
        client: form.client,
        betas: source.betas,
    };
    let mut losses = Losses::default();
    let write = if form.is_of_client(Some(source.dialect)) { Dialect::rewrite_request } else { Dialect::write_request };
    let mut written = write(form.dialect, &from, &written, &mut losses).map_err(Unwritable::Request)?;
    let mut merged = Edits::default();
    let document = Document::new(written.body.as_bytes()).map_err(|_| Unwritable::Body)?;
    splice(document, target, None, &mut merged).map_err(|_| Unwritable::Body)?;
    let whole = match merged.is_empty() {
        true => std::mem::take(&mut written.body),
        false => String::from_utf8(merged.applied(written.body.as_bytes())).map_err(|_| Unwritable::Body)?,
    };
    let losses = losses.names();
    let WrittenRequest { schema_tool, tool_names, custom_tools, embedding, .. } = written;
    Ok(WrittenBody { whole: Some(whole), schema_tool, tool_names, custom_tools, embedding, losses })
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
