//! Routes: meaning of a request's method and path.

use super::administration::{is_administration, is_of_organization};
use super::index::candidates;
use super::operation::{INVOKE_MODEL, REALTIME};
use super::pattern::{Model, parts};
use super::table::{ENDPOINTS, Endpoint, EndpointDialect};
use super::upgrade::{Upgrade, is_gemini_live};
use super::{Operation, model_vendor};
use crate::dialect::Dialect;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use std::ops::Range;

/// Facts from a request's method and path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// The operation; `None` when no provider is known to have the path.
    pub operation: Option<&'static Operation>,
    /// Dialect of the bodies; `None` when they are not read.
    pub dialect: Option<Dialect>,
    /// Model named by the path.
    pub model: Option<String>,
    /// Range of the model's name in the path, percent-encoded; empty where the path has none.
    pub model_range: Range<usize>,
    /// Set when `model` is a deployment's name; the body's model may be more specific (Azure).
    pub is_deployment: bool,
    /// Location of the model, for paths that name it (Vertex AI).
    pub location: Option<String>,
    /// Streaming of the answer, for paths that determine it.
    pub stream: Option<bool>,
    /// Set when a stream reports usage unasked, at any provider. It may refuse a request for it.
    pub streams_usage_by_default: bool,
    /// Set when a streamed answer's events are wrapped in base64, like those of Bedrock's InvokeModel.
    pub wrapped: bool,
    /// The provider's own dialect, when this path tunnels another vendor's API.
    pub host_dialect: Option<Dialect>,
    /// Set for administration of the provider's account, whether or not the path is known.
    pub administers: bool,
    /// Dialect of the path's endpoint for another method, when the path is known for that method only.
    pub other_method: Option<EndpointDialect>,
    /// Purpose of the upgrade, when the request asks for one.
    pub upgrade: Option<Upgrade>,
    /// Offset in the path at which the endpoint's part begins, after the API's base.
    pub base: usize,
}

impl Route {
    /// Finds the route of a request. Query and fragment are ignored; a fragment is not sent, but recorded by some
    /// (Mistral's client asks for `chat/completions#stream`). `own` are endpoints of the request's provider in addition
    /// to the common ones.
    pub fn of(method: &str, path: &str, own: &[Endpoint]) -> Self {
        let path = without_query(path);
        let unknown = Self::default();
        if path.len() > LONGEST_PATH {
            return unknown;
        }
        let segments: Vec<&str> = parts(path).filter(|segment| !segment.is_empty()).collect();
        let Some((row, found)) = Endpoint::matching(method, &segments, own) else {
            let mut rows = own.iter().chain(candidates(&segments));
            let other_method = rows.find(|row| row.matches(row.method(), &segments).is_some()).map(|row| row.dialect);
            return Self { other_method, administers: is_administration(path, None), ..unknown };
        };
        let tail = segments.get(found.start..).unwrap_or_default();
        let offset = |part: &str| part.as_ptr().addr() - path.as_ptr().addr();
        let range = |first: &str, last: &str| offset(first)..offset(last) + last.len();
        let (model, model_range) = match found.model {
            Model::None => (None, 0..0),
            Model::One(name) => (Some(decoded(name)), range(name, name)),
            Model::Several { start, count } => match tail.get(start..start + count) {
                Some(names @ [first, .., last]) => (Some(decoded(&names.join("/"))), range(first, last)),
                Some([name]) => (Some(decoded(name)), range(name, name)),
                _ => (None, 0..0),
            },
        };
        let (dialect, wrapped) = match row.dialect {
            EndpointDialect::Dialect(dialect) => (Some(dialect), false),
            EndpointDialect::ByModelVendor => (model.as_deref().map(model_vendor::dialect), row.stream == Some(true)),
            EndpointDialect::Nothing => (None, false),
        };
        let base = tail.first().map_or(0, |first| offset(first));
        Self {
            operation: Some(row.operation),
            dialect,
            model,
            model_range,
            is_deployment: row.names_deployment(),
            location: location(&segments),
            stream: row.stream,
            streams_usage_by_default: row.streams_usage_by_default,
            wrapped,
            host_dialect: row.host_dialect,
            base,
            administers: row.operation.administers
                || match dialect {
                    None => is_administration(path, Some(base)),
                    Some(_) => is_of_organization(path.get(..base).unwrap_or_default()),
                },
            other_method: None,
            upgrade: None,
        }
    }

    /// Finds the route of an upgrade: that of the equivalent request. The method is ignored, because a WebSocket is
    /// opened by `GET` or by `CONNECT` for any purpose (RFC 6455 section 4.1, RFC 8441 section 4).
    pub fn of_upgrade(path: &str, own: &[Endpoint]) -> Self {
        let route = if is_gemini_live(path) {
            let (operation, dialect) = (Some(REALTIME), Some(Dialect::GeminiGenerate));
            Self { operation, dialect, ..Self::default() }
        } else {
            Self::of("POST", path, own)
        };
        Self { upgrade: Some(Upgrade::of(route.operation)), ..route }
    }
}

impl Route {
    /// Returns the path with another model in the place of its own; `None` where it has none, or the name cannot be a part
    /// of a path.
    pub fn path_with_model(&self, path: &str, model: &str) -> Option<String> {
        let (before, behind) = (path.get(..self.model_range.start)?, path.get(self.model_range.end..)?);
        let is_several = path.get(self.model_range.clone())?.contains('/');
        let is_dots = |part: &str| part.is_empty() || part == "." || part == "..";
        if self.model_range.is_empty() || model.split('/').any(is_dots) {
            return None;
        }
        let mut written = before.to_owned();
        for (index, part) in model.split('/').enumerate() {
            if index > 0 {
                written.push_str(if is_several { "/" } else { "%2F" });
            }
            written.extend(utf8_percent_encode(part, OF_SEGMENT));
        }
        written.push_str(behind);
        Some(written)
    }

    /// Matches paths that a known endpoint covers from the first segment on, without room for a base path.
    pub fn is_whole(method: &str, path: &str) -> bool {
        let path = without_query(path);
        if path.len() > LONGEST_PATH {
            return false;
        }
        let segments: Vec<&str> = parts(path).filter(|segment| !segment.is_empty()).collect();
        let first = segments.first().copied().unwrap_or_default();
        let mut rows = candidates(&segments).filter(|row| row.head() == first);
        rows.any(|row| row.matches(method, &segments).is_some_and(|found| found.start == 0))
    }

    /// Matches first segments of known endpoints.
    pub fn is_begun_by(segment: &str) -> bool {
        ENDPOINTS.iter().any(|row| row.head() == segment)
    }

    /// Returns the dialect of the errors that the client expects. Clients of Amazon Bedrock expect AWS's, whatever the
    /// model's API.
    pub fn error_dialect(&self) -> Option<Dialect> {
        let is_invoked = self.operation == Some(INVOKE_MODEL);
        match self.other_method {
            _ if is_invoked => Some(Dialect::BedrockModel),
            Some(EndpointDialect::Dialect(dialect)) => Some(dialect),
            Some(EndpointDialect::ByModelVendor) => Some(Dialect::BedrockModel),
            Some(EndpointDialect::Nothing) | None => self.dialect,
        }
    }
}

/// Returns a path without query and fragment.
fn without_query(path: &str) -> &str {
    let end = memchr::memchr2(b'?', b'#', path.as_bytes()).unwrap_or(path.len());
    path.get(..end).unwrap_or_default()
}

/// Returns the location in a path such as `projects/…/locations/us-east5/…`.
fn location(segments: &[&str]) -> Option<String> {
    let at = segments.iter().position(|segment| *segment == "locations")?;
    segments.get(at + 1).map(|location| decoded(location))
}

/// Decodes percent-encoding; invalid UTF-8 is replaced.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Bytes that are encoded in a segment of a path: all but the unreserved ones of RFC 3986, section 2.3.
const OF_SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Upper bound on the length of a matched path, in bytes.
const LONGEST_PATH: usize = 8192;
