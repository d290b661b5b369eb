//! Routes: what a method and a path ask for.

use super::administration::{is_administration, is_of_organization};
use super::operation::INVOKE_MODEL;
use super::table::{ENDPOINTS, Endpoint, EndpointDialect, Model};
use super::{Operation, Upgrade, model_vendor};
use crate::dialect::Dialect;

/// What a request's first line says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Route {
    /// What is asked for; `None` when no provider is known to have the path.
    pub operation: Option<&'static Operation>,
    /// In which dialect; `None` where bodies are not read.
    pub dialect: Option<Dialect>,
    /// The model, where the path names it.
    pub model: Option<String>,
    /// Whether that is the name of a deployment, which the body's model may tell more of (Azure).
    pub is_deployment: bool,
    /// Where it is to run, where the path says so (Vertex AI).
    pub location: Option<String>,
    /// Whether the answer is streamed, where the path says so.
    pub stream: Option<bool>,
    /// Whether a stream tells its usage without being asked, and may refuse to be asked, whoever the provider is.
    pub streams_usage_by_default: bool,
    /// Whether a streamed answer's events are wrapped in base64, as those of Bedrock's InvokeModel are.
    pub wrapped: bool,
    /// A dialect of the provider that the path is one of, where it carries the API of another.
    pub host_dialect: Option<Dialect>,
    /// Set for administration of the provider's account, be the path known or not.
    pub administers: bool,
    /// What it would speak with another method, where the path is known with that only.
    pub other_method: Option<EndpointDialect>,
    /// Purpose of the upgrade, when the request asks for one.
    pub upgrade: Option<Upgrade>,
    /// Where, in the path, that part begins which says what is asked for; before it lies the API's base.
    pub base: usize,
}

impl Route {
    /// The route of a request; a query does not matter, nor a fragment, which is not sent, but recorded by some
    /// (Mistral's client asks for `chat/completions#stream`). `own` are endpoints that its provider has besides those
    /// that all are looked for.
    pub fn of(method: &str, path: &str, own: &[Endpoint]) -> Self {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let unknown = Self::default();
        if path.len() > LONGEST_PATH {
            return unknown;
        }
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let found = own.iter().chain(ENDPOINTS).find_map(|row| Some((row, row.matches(method, &segments)?)));
        let Some((row, found)) = found else {
            let mut rows = own.iter().chain(ENDPOINTS);
            let other_method = rows.find(|row| row.matches(row.method(), &segments).is_some()).map(|row| row.dialect);
            return Self { other_method, administers: is_administration(path, None), ..unknown };
        };
        let tail = segments.get(found.start..).unwrap_or_default();
        let model = match found.model {
            Model::None => None,
            Model::One(name) => Some(decoded(name)),
            Model::Several { start, count } => tail.get(start..start + count).map(|names| decoded(&names.join("/"))),
        };
        let (dialect, wrapped) = match row.dialect {
            EndpointDialect::Dialect(dialect) => (Some(dialect), false),
            EndpointDialect::ByModelVendor => (model.as_deref().map(model_vendor::dialect), row.stream == Some(true)),
            EndpointDialect::Nothing => (None, false),
        };
        let base = tail.first().map_or(0, |first| first.as_ptr().addr() - path.as_ptr().addr());
        Self {
            operation: Some(row.operation),
            dialect,
            model,
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
}

impl Route {
    /// Matches paths that a known endpoint covers from the first segment on, so that nothing can stand before them.
    pub fn is_whole(method: &str, path: &str) -> bool {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        if path.len() > LONGEST_PATH {
            return false;
        }
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        let first = segments.first().copied().unwrap_or_default();
        let mut rows = ENDPOINTS.iter().filter(|row| row.first() == first);
        rows.any(|row| row.matches(method, &segments).is_some_and(|found| found.start == 0))
    }

    /// Matches segments that a known endpoint begins with.
    pub fn is_begun_by(segment: &str) -> bool {
        ENDPOINTS.iter().any(|row| row.first() == segment)
    }

    /// In which dialect its client awaits errors: of Amazon Bedrock's that is AWS's, whichever API the model speaks.
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

/// `projects/…/locations/us-east5/…`
fn location(segments: &[&str]) -> Option<String> {
    let mut segments = segments.iter().skip_while(|segment| **segment != "locations").skip(1);
    segments.next().map(|location| decoded(location))
}

/// A part of a path with its percent-encoding undone; what is not UTF-8 then is replaced.
fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Longest path that is looked at, in bytes.
const LONGEST_PATH: usize = 8192;
