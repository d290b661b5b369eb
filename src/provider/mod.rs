//! Providers: the table of known providers, and those configured by the operator.

mod lookup;
mod row;
mod rows;
mod secret;

pub use lookup::is_between;
pub use row::ProviderRow;
pub use rows::ROWS;
pub use secret::Secret;

use crate::dialect::Dialect;
use crate::endpoint::{Route, split_query};
use std::borrow::Cow;
use std::sync::Arc;

/// Form of the credential sent to a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialShape {
    /// `authorization: Bearer <key>`
    Bearer,
    /// `x-api-key: <key>`
    XApiKey,
    /// `api-key: <key>`
    ApiKey,
    /// `x-goog-api-key: <key>`
    XGoogApiKey,
    /// `x-portkey-api-key: <key>`
    XPortkeyApiKey,
}

impl CredentialShape {
    /// Every shape.
    pub const ALL: [Self; 5] = [Self::Bearer, Self::XApiKey, Self::ApiKey, Self::XGoogApiKey, Self::XPortkeyApiKey];

    /// The header, in lower case.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Bearer => "authorization",
            Self::XApiKey => "x-api-key",
            Self::ApiKey => "api-key",
            Self::XGoogApiKey => "x-goog-api-key",
            Self::XPortkeyApiKey => "x-portkey-api-key",
        }
    }

    /// The header's value for a key.
    pub fn value(self, key: &str) -> Secret {
        match self {
            Self::Bearer => Secret::new(format!("Bearer {key}")),
            Self::XApiKey | Self::ApiKey | Self::XGoogApiKey | Self::XPortkeyApiKey => Secret::new(key),
        }
    }
}

/// An upstream provider.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Unique name among the providers: also the routing header's value, and so the name of Envoy's cluster.
    pub name: String,
    /// Its kind.
    pub row: &'static ProviderRow,
    /// Host: a DNS name in lower case without a trailing dot, or an IP address without brackets.
    pub host: Arc<str>,
    /// Port.
    pub port: u16,
    /// Name in spans and in the price book.
    pub telemetry_name: Arc<str>,
    /// Set when it reports usage in a stream by default, and may refuse a request for it.
    pub streams_usage_by_default: bool,
    /// Prefix of its paths in place of OpenAI's `/v1`; without a trailing slash.
    pub base: String,
    /// The region of its host, where its kind's hosts name one.
    pub region: Option<Arc<str>>,
    /// The project that its paths name (Vertex AI).
    pub project: Option<String>,
    /// Header that carries the credential, in lower case.
    pub credential_header: &'static str,
    /// The header's value; `None` where the filter sends no key, nor the header.
    pub credential: Option<Secret>,
}

impl Provider {
    /// Creates a provider of a kind, at the kind's default address, with a key.
    pub fn new(name: impl Into<String>, row: &'static ProviderRow, key: &str) -> Self {
        Self {
            name: name.into(),
            row,
            host: row.host().unwrap_or_default().into(),
            port: row.port,
            region: None,
            project: None,
            base: row.base.to_owned(),
            telemetry_name: row.telemetry_name.into(),
            streams_usage_by_default: row.streams_usage_by_default,
            credential_header: row.credential.header(),
            credential: Some(row.credential.value(key)),
        }
    }

    /// Removes the key.
    #[must_use]
    pub fn without_key(self) -> Self {
        Self { credential: None, ..self }
    }

    /// Sets another address.
    #[must_use]
    pub fn at(self, host: impl Into<Arc<str>>, port: u16) -> Self {
        let host = host.into();
        Self { region: self.row.region(&host).map(Arc::from), host, port, ..self }
    }

    /// Sets the key in another form than its kind's.
    #[must_use]
    pub fn shown(self, shape: CredentialShape, key: &str) -> Self {
        Self { credential_header: shape.header(), credential: Some(shape.value(key)), ..self }
    }

    /// The `:authority` of its requests: the host, and the port if it is not that of HTTPS.
    pub fn authority(&self) -> Cow<'_, str> {
        let host = &*self.host;
        match (self.port, host.contains(':')) {
            (443, false) => Cow::Borrowed(host),
            (443, true) => Cow::Owned(format!("[{host}]")),
            (port, false) => Cow::Owned(format!("{host}:{port}")),
            (port, true) => Cow::Owned(format!("[{host}]:{port}")),
        }
    }

    /// Path of a request to it, where that differs from the client's: OpenAI's `/v1` becomes its own base.
    pub fn path(&self, path: &str, route: &Route, is_called: bool) -> Option<String> {
        let (bare, query) = path.split_at_checked(split_query(path).0.len())?;
        let client_base = bare.get(..route.base).unwrap_or_default().trim_end_matches('/');
        let is_openai_family = route.dialect.map_or_else(|| self.owns(Dialect::OpenAiChat), Dialect::is_openai_family);
        let other_base = !is_called && is_openai_family && client_base == OPENAI_BASE && self.base != OPENAI_BASE;
        let rest = bare.get(client_base.len()..).filter(|_| other_base)?;
        Some([&self.base, rest, query].concat())
    }

    /// The key itself, without the form of its header.
    pub fn key(&self) -> Option<&str> {
        let value = self.credential.as_ref()?.reveal();
        Some(value.strip_prefix("Bearer ").unwrap_or(value))
    }

    /// Reports whether it speaks a dialect.
    pub fn speaks(&self, dialect: Dialect) -> bool {
        self.owns(dialect) || self.row.secondary_dialects.contains(&dialect.primary())
    }

    /// Reports whether it owns a dialect.
    pub fn owns(&self, dialect: Dialect) -> bool {
        self.row.dialects.contains(&dialect.primary())
    }
}

/// The base of OpenAI's own API.
const OPENAI_BASE: &str = "/v1";
