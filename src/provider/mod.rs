//! Providers: the table of those that are known, and the ones that the operator has set up.

mod secret;

pub use secret::Secret;

use crate::dialect::Dialect;

/// What is known of one kind of provider. Code that needs to tell providers apart asks a row, never a name.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The word for it in the settings.
    pub kind: &'static str,
    /// Where it is found unless the settings say otherwise.
    pub host: &'static str,
    /// On which port.
    pub port: u16,
    /// `gen_ai.provider.name`, from the well-known values of the GenAI conventions; also its name in the price book.
    pub telemetry_name: &'static str,
    /// The dialects it speaks, the one that is its own first.
    pub dialects: &'static [Dialect],
    /// How it is shown a key.
    pub credential: CredentialShape,
}

impl Row {
    /// The row of a kind, by the settings' word for it.
    pub fn of(kind: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.kind == kind)
    }
}

/// How a provider is shown a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialShape {
    /// `authorization: Bearer <key>`
    Bearer,
    /// `x-api-key: <key>`
    XApiKey,
}

impl CredentialShape {
    /// The header, in lower case.
    pub const fn header(self) -> &'static str {
        match self {
            Self::Bearer => "authorization",
            Self::XApiKey => "x-api-key",
        }
    }

    /// The header's value for a key.
    pub fn value(self, key: &str) -> Secret {
        match self {
            Self::Bearer => Secret::new(format!("Bearer {key}")),
            Self::XApiKey => Secret::new(key),
        }
    }
}

/// A provider that calls may go to.
#[derive(Clone, Debug)]
pub struct Provider {
    /// Its name, unique among the providers: also the routing header's value, and so the name of Envoy's cluster.
    pub name: String,
    /// Its kind.
    pub row: &'static Row,
    /// Its host: a DNS name in lower case without a dot at its end, or an IP address without brackets.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The header that carries the credential, in lower case.
    pub credential_header: &'static str,
    /// That header's value.
    pub credential: Secret,
}

impl Provider {
    /// A provider of a kind, at the kind's own address, shown a key.
    pub fn new(name: impl Into<String>, row: &'static Row, key: &str) -> Self {
        Self {
            name: name.into(),
            row,
            host: row.host.to_owned(),
            port: row.port,
            credential_header: row.credential.header(),
            credential: row.credential.value(key),
        }
    }

    /// The same at another address.
    #[must_use]
    pub fn at(self, host: impl Into<String>, port: u16) -> Self {
        Self { host: host.into(), port, ..self }
    }

    /// What a request to it says in `:authority`: the host, and the port where it is not that of HTTPS.
    pub fn authority(&self) -> String {
        let (left, right) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        let host = &self.host;
        match self.port {
            443 => format!("{left}{host}{right}"),
            port => format!("{left}{host}{right}:{port}"),
        }
    }

    /// Whether it speaks a dialect.
    pub fn speaks(&self, dialect: Dialect) -> bool {
        self.row.dialects.contains(&dialect)
    }
}

/// Every known kind. Hosts and headers are those of
/// <https://platform.openai.com/docs/api-reference/authentication> and <https://docs.anthropic.com/en/api/overview>.
pub const ROWS: &[Row] = &[
    Row {
        kind: "openai",
        host: "api.openai.com",
        port: 443,
        telemetry_name: "openai",
        dialects: &[Dialect::OpenAiChat],
        credential: CredentialShape::Bearer,
    },
    Row {
        kind: "anthropic",
        host: "api.anthropic.com",
        port: 443,
        telemetry_name: "anthropic",
        dialects: &[Dialect::AnthropicMessages],
        credential: CredentialShape::XApiKey,
    },
];
