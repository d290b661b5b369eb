//! Rows: what is known of one kind of provider, and what many of them have in common.

use super::CredentialShape;
use super::rows::ROWS;
use crate::dialect::Dialect;
use crate::endpoint::Endpoint;

/// What is known of one kind of provider. Code that needs to tell providers apart asks a row, never a name.
#[derive(Debug)]
pub struct ProviderRow {
    /// The word for it in the settings.
    pub kind: &'static str,
    /// `gen_ai.provider.name`, from the well-known values of the GenAI conventions where they have one; also its name
    /// in the price book.
    pub telemetry_name: &'static str,
    /// Where it is found: hosts, in which `*` stands for any part that is not empty, with a port where that is not the
    /// scheme's, and with the beginning of the path where a host is several providers.
    pub hosts: &'static [&'static str],
    /// On which port, unless the settings say otherwise.
    pub port: u16,
    /// What stands, in the paths of its API, where OpenAI's has `/v1`.
    pub base: &'static str,
    /// The dialects that are its own.
    pub dialects: &'static [Dialect],
    /// Those of others that it speaks besides: a call that names no provider goes first to one whose own they are.
    pub secondary_dialects: &'static [Dialect],
    /// How it is shown a key.
    pub credential: CredentialShape,
    /// Paths that mean something else with it than with all others.
    pub endpoints: &'static [Endpoint],
    /// Whether it reports usage in a stream without being asked, and may refuse to be asked (`stream_options`).
    pub streams_usage_by_default: bool,
    /// Whether what `*` stands for in its places is a region that its prices may depend on.
    pub regional: bool,
    /// Whether it bills by the name that the request has for the model, and answers with another one.
    pub priced_by_request_model: bool,
    /// Whether a request to it may leave its model out: it serves but one, or has one for those who name none.
    pub model_optional: bool,
    /// Allows it to be set up without a key, and then to be shown none: a server that one runs oneself.
    pub key_optional: bool,
}

impl ProviderRow {
    /// The row of a kind, by the settings' word for it.
    pub fn of(kind: &str) -> Option<&'static Self> {
        ROWS.iter().find(|row| row.kind == kind)
    }

    /// The region that a host names, where the kind's hosts do.
    pub(super) fn region(&self, host: &str) -> Option<String> {
        let hosts = self.hosts.iter().filter_map(|place| place.split(['/', ':']).next()?.split_once('*'));
        let mut named = hosts.filter_map(|(before, after)| host.strip_prefix(before)?.strip_suffix(after));
        named.find(|region| self.regional && !region.is_empty()).map(str::to_owned)
    }

    /// The row of the provider that is found at a host, a port and a path.
    pub fn at(host: &str, port: u16, path: &str) -> Option<&'static Self> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        ROWS.iter().find(|row| row.hosts.iter().any(|place| is_at(place, &host, port, path)))
    }

    /// Matches segments with which the paths of some provider begin, before the API's version.
    pub fn begins_base(segment: &str) -> bool {
        let begins = |path: &str| path.split('/').nth(1) == Some(segment);
        ROWS.iter().any(|row| begins(row.base) || row.hosts.iter().any(|place| begins(place)))
    }

    /// Where it is found unless the settings say otherwise; `None` where every customer has a host of his own.
    pub fn host(&self) -> Option<&'static str> {
        let first = self.hosts.first()?;
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
        Some(around) => is_between(around, host),
        None => host == name,
    };
    is_port && is_host && path.starts_with(base)
}

/// Matches hosts that have something between what stands before and after a pattern's `*`.
pub fn is_between((before, after): (&str, &str), host: &str) -> bool {
    host.len() > before.len() + after.len() && host.ends_with(after) && host.starts_with(before)
}

/// The dialects of those that follow OpenAI.
const OPENAI_LIKE: &[Dialect] = &[
    Dialect::OpenAiChat,
    Dialect::OpenAiCompletions,
    Dialect::OpenAiResponses,
    Dialect::OpenAiEmbeddings,
    Dialect::OpenAiImages,
    Dialect::OpenAiAudio,
    Dialect::OpenAiModerations,
];

/// What most rows have in common: OpenAI's dialects, a bearer token, HTTPS.
pub(super) const OPENAI_COMPATIBLE: ProviderRow = ProviderRow {
    kind: "",
    telemetry_name: "",
    hosts: &[],
    port: 443,
    base: "/v1",
    dialects: OPENAI_LIKE,
    credential: CredentialShape::Bearer,
    secondary_dialects: &[],
    endpoints: &[],
    streams_usage_by_default: false,
    regional: false,
    priced_by_request_model: false,
    model_optional: false,
    key_optional: false,
};

/// A row of one that speaks OpenAI's dialects below one base and is named the same everywhere.
pub(super) const fn compatible(name: &'static str, base: &'static str, hosts: &'static [&'static str]) -> ProviderRow {
    ProviderRow { kind: name, telemetry_name: name, hosts, base, ..OPENAI_COMPATIBLE }
}

/// A row of a server that one runs oneself, which speaks others' dialects too. Most serve but one model.
pub(super) const fn local(
    name: &'static str,
    port: u16,
    hosts: &'static [&'static str],
    secondary_dialects: &'static [Dialect],
) -> ProviderRow {
    ProviderRow {
        kind: name,
        telemetry_name: name,
        hosts,
        port,
        secondary_dialects,
        model_optional: true,
        key_optional: true,
        ..OPENAI_COMPATIBLE
    }
}

/// What others of those speak besides OpenAI's dialects.
pub(super) const MESSAGES: &[Dialect] = &[Dialect::AnthropicMessages];
pub(super) const MESSAGES_AND_RERANK: &[Dialect] = &[Dialect::AnthropicMessages, Dialect::Rerank];
