//! Rows: properties of one kind of provider, and defaults shared by many of them.

use super::CredentialShape;
use crate::dialect::Dialect;
use crate::endpoint::Endpoint;

/// Properties of one kind of provider. Code that distinguishes providers queries a row, never a name.
#[derive(Debug)]
pub struct ProviderRow {
    /// Its word in the settings.
    pub kind: &'static str,
    /// `gen_ai.provider.name`, from the well-known values of the GenAI conventions where they have one; also its name
    /// in the price book.
    pub telemetry_name: &'static str,
    /// Addresses: hosts with `*` for any part that is not empty, with a port if it is not the scheme's, and with the
    /// beginning of the path where several providers share a host.
    pub hosts: &'static [&'static str],
    /// Port, unless the settings set another.
    pub port: u16,
    /// Prefix of its API's paths in place of OpenAI's `/v1`.
    pub base: &'static str,
    /// Dialects it owns.
    pub dialects: &'static [Dialect],
    /// Dialects it accepts but does not own: a call that names no provider goes first to one that owns its dialect.
    pub secondary_dialects: &'static [Dialect],
    /// Form of its credential.
    pub credential: CredentialShape,
    /// Paths that have another meaning at this provider than at all others.
    pub endpoints: &'static [Endpoint],
    /// Set when it reports usage in a stream by default, and may refuse a request for it (`stream_options`).
    pub streams_usage_by_default: bool,
    /// Set when the part of its hosts matched by `*` is a region that its prices may depend on.
    pub regional: bool,
    /// Set when it bills by the requested name of the model, and answers with another one.
    pub priced_by_request_model: bool,
    /// Set when a request to it may omit the model: it serves only one, or has a default.
    pub model_optional: bool,
    /// Set when it can be configured without a key and is then sent none: a self-hosted server, or a cloud to which
    /// Envoy itself can prove an identity (AWS signatures, OAuth tokens of Entra and Google).
    pub key_optional: bool,
}

impl ProviderRow {
    /// The region in a host, for kinds whose hosts contain one.
    pub(super) fn region(&self, host: &str) -> Option<String> {
        let hosts = self.hosts.iter().filter_map(|place| place.split(['/', ':']).next()?.split_once('*'));
        let mut named = hosts.filter_map(|(before, after)| host.strip_prefix(before)?.strip_suffix(after));
        named.find(|region| self.regional && !region.is_empty()).map(str::to_owned)
    }

    /// Default host; `None` where every customer has a host of their own.
    pub fn host(&self) -> Option<&'static str> {
        let first = self.hosts.first()?;
        let host = first.split(['/', ':']).next()?;
        (!host.contains('*') && host != "localhost").then_some(host)
    }
}

/// Dialects of OpenAI-compatible providers.
const OPENAI_LIKE: &[Dialect] = &[
    Dialect::OpenAiChat,
    Dialect::OpenAiCompletions,
    Dialect::OpenAiResponses,
    Dialect::OpenAiEmbeddings,
    Dialect::OpenAiImages,
    Dialect::OpenAiAudio,
    Dialect::OpenAiModerations,
];

/// Defaults of most rows: OpenAI's dialects, a bearer token, HTTPS.
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

/// Creates the row of an OpenAI-compatible provider with one base and the same name everywhere.
pub(super) const fn compatible(name: &'static str, base: &'static str, hosts: &'static [&'static str]) -> ProviderRow {
    ProviderRow { kind: name, telemetry_name: name, hosts, base, ..OPENAI_COMPATIBLE }
}

/// Creates the row of a self-hosted server that also speaks others' dialects. Most serve only one model.
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

/// Secondary dialects of OpenAI-compatible providers.
pub(super) const MESSAGES: &[Dialect] = &[Dialect::AnthropicMessages];
pub(super) const MESSAGES_AND_RERANK: &[Dialect] = &[Dialect::AnthropicMessages, Dialect::Rerank];
