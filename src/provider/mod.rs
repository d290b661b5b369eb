//! Providers: the table of those that are known, and the ones that the operator has set up.

mod rows;
mod secret;

pub use rows::ROWS;
pub use secret::Secret;

use crate::dialect::{Dialect, Endpoint, Route};

/// What is known of one kind of provider. Code that needs to tell providers apart asks a row, never a name.
#[derive(Debug)]
pub struct Row {
    /// The word for it in the settings.
    pub kind: &'static str,
    /// `gen_ai.provider.name`, from the well-known values of the GenAI conventions where they have one; also its name in
    /// the price book.
    pub telemetry_name: &'static str,
    /// Where it is found: hosts, in which `*` stands for any part that is not empty, with a port where that is not the
    /// scheme's, and with the beginning of the path where a host is several providers.
    pub places: &'static [&'static str],
    /// On which port, unless the settings say otherwise.
    pub port: u16,
    /// What stands, in the paths of its API, where OpenAI's has `/v1`.
    pub base: &'static str,
    /// The dialects that are its own.
    pub dialects: &'static [Dialect],
    /// Those of others that it speaks besides: a call that names no provider goes first to one whose own they are.
    pub also: &'static [Dialect],
    /// How it is shown a key.
    pub credential: CredentialShape,
    /// Paths that mean something else with it than with all others.
    pub own: &'static [Endpoint],
    /// Whether it reports usage in a stream without being asked, and may refuse to be asked (`stream_options`).
    pub tells_usage: bool,
    /// Whether what `*` stands for in its places is a region that its prices may depend on.
    pub regional: bool,
    /// Whether it bills by the name that the request has for the model, and answers with another one.
    pub bills_requested: bool,
    /// Whether a request to it may leave its model out: it serves but one, or has one for those who name none.
    pub model_optional: bool,
}

impl Row {
    /// The row of a kind, by the settings' word for it.
    pub fn of(kind: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.kind == kind)
    }

    /// The region that a host names, where the kind's hosts do.
    fn region(&self, host: &str) -> Option<String> {
        let hosts = self.places.iter().filter_map(|place| place.split(['/', ':']).next()?.split_once('*'));
        let mut named = hosts.filter_map(|(before, after)| host.strip_prefix(before)?.strip_suffix(after));
        named.find(|region| self.regional && !region.is_empty()).map(str::to_owned)
    }

    /// The row of the provider that is found at a host, a port and a path.
    pub fn at(host: &str, port: u16, path: &str) -> Option<&'static Self> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        ROWS.iter().find(|row| row.places.iter().any(|place| is_at(place, &host, port, path)))
    }

    /// Where it is found unless the settings say otherwise; `None` where every customer has a host of his own.
    pub fn host(&self) -> Option<&'static str> {
        let first = self.places.first()?;
        let host = first.split(['/', ':']).next()?;
        (!host.contains('*') && host != "localhost").then_some(host)
    }
}

/// Whether a place, as a row has it, is this one.
fn is_at(place: &str, host: &str, port: u16, path: &str) -> bool {
    let (authority, base) = place.find('/').and_then(|at| place.split_at_checked(at)).unwrap_or((place, ""));
    let (name, at) = authority.split_once(':').map_or((authority, None), |(name, port)| (name, Some(port)));
    let is_port = at.is_none_or(|at| at.parse() == Ok(port));
    let is_host = match name.split_once('*') {
        Some((before, after)) => {
            host.len() > before.len() + after.len() && host.starts_with(before) && host.ends_with(after)
        }
        None => host == name,
    };
    is_port && is_host && path.starts_with(base)
}

/// How a provider is shown a key.
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
    /// The word for it on spans and in the price book.
    pub telemetry_name: String,
    /// Whether it reports usage in a stream without being asked, and may refuse to be asked.
    pub tells_usage: bool,
    /// What stands, in its paths, where OpenAI's has `/v1`; without a slash at its end.
    pub base: String,
    /// The region of its host, where its kind's hosts name one.
    pub region: Option<String>,
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
            host: row.host().unwrap_or_default().to_owned(),
            port: row.port,
            region: None,
            base: row.base.to_owned(),
            telemetry_name: row.telemetry_name.to_owned(),
            tells_usage: row.tells_usage,
            credential_header: row.credential.header(),
            credential: row.credential.value(key),
        }
    }

    /// The same at another address.
    #[must_use]
    pub fn at(self, host: impl Into<String>, port: u16) -> Self {
        let host = host.into();
        Self { region: self.row.region(&host), host, port, ..self }
    }

    /// The same, shown its key in another way than its kind is.
    #[must_use]
    pub fn shown(self, shape: CredentialShape, key: &str) -> Self {
        Self { credential_header: shape.header(), credential: shape.value(key), ..self }
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

    /// The path of a request to it, where that differs from the client's: OpenAI's `/v1` becomes its own base, and a key
    /// in the query, which can only be a virtual one, goes.
    pub fn path(&self, path: &str, route: &Route, is_called: bool) -> Option<String> {
        let (bare, query) = path.split_once('?').map_or((path, None), |(bare, query)| (bare, Some(query)));
        let client_base = bare.get(..route.base).unwrap_or_default().trim_end_matches('/');
        let is_openais = route.dialect.map_or_else(|| self.owns(Dialect::OpenAiChat), Dialect::is_openais);
        let other_base = !is_called && is_openais && client_base == OPENAI_BASE && self.base != OPENAI_BASE;
        let has_key = query.is_some_and(|query| query.split('&').any(is_key));
        if !other_base && !has_key {
            return None;
        }
        let mut changed = match bare.get(client_base.len()..).filter(|_| other_base) {
            Some(rest) => [&self.base, rest].concat(),
            None => bare.to_owned(),
        };
        let mut mark = '?';
        for member in query.into_iter().flat_map(|query| query.split('&')).filter(|member| !is_key(member)) {
            changed.push(mark);
            changed.push_str(member);
            mark = '&';
        }
        Some(changed)
    }

    /// Whether it speaks a dialect.
    pub fn speaks(&self, dialect: Dialect) -> bool {
        self.owns(dialect) || self.row.also.contains(&dialect)
    }

    /// Whether a dialect is its own.
    pub fn owns(&self, dialect: Dialect) -> bool {
        self.row.dialects.contains(&dialect)
    }
}

/// The base of OpenAI's own API.
const OPENAI_BASE: &str = "/v1";

fn is_key(member: &str) -> bool {
    member.starts_with("key=")
}
