//! Form in which a provider takes a call: the client's own dialect, or the one that the call is translated into.

use crate::capability::CapabilityTable;
use crate::dialect::Dialect;
use crate::endpoint::Route;
use crate::model::{Untranslatable, Variant};
use crate::provider::Provider;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Reason why no request can be written for a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unwritable {
    /// Its provider does not speak the client's dialect, and nothing is written in one that it speaks.
    Dialect,
    /// The request has no place for the model's name, or the name does not fit there.
    Model,
    /// The body is not JSON.
    Body,
    /// The provider's dialect cannot say the request.
    Request(Untranslatable),
}

/// Dialect of a provider, and its form there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProviderForm {
    /// The dialect.
    pub dialect: Dialect,
    /// The provider's form of it.
    pub variant: Variant,
}

/// Dialects of conversations, in the order in which a provider that has several is written to.
const CONVERSATIONS: [Dialect; 7] = [
    Dialect::AnthropicMessages,
    Dialect::GeminiGenerate,
    Dialect::BedrockConverse,
    Dialect::CohereV2,
    Dialect::Ollama,
    Dialect::OpenAiChat,
    Dialect::OpenAiResponses,
];

/// Returns the form in which a provider takes the requests of a route for a model: a pure function of the three, by which
/// targets are chosen before anything is written. A provider's own dialect comes before another's that it takes besides.
///
/// # Errors
/// [`Unwritable::Dialect`].
pub fn provider_form(
    route: &Route,
    provider: &Provider,
    model: &str,
    capabilities: &CapabilityTable,
) -> Result<ProviderForm, Unwritable> {
    let dialect = route.dialect.ok_or(Unwritable::Dialect)?;
    let same = ProviderForm { dialect, variant: variant(dialect, provider) };
    let is_spoken = speaks(route, dialect, provider);
    if is_spoken && (provider.owns(dialect) || route.host_dialect.is_some()) {
        return Ok(same);
    }
    let translated = translated(route, dialect, provider, model, capabilities);
    translated.or_else(|| is_spoken.then_some(same)).ok_or(Unwritable::Dialect)
}

/// Reports whether a provider takes the requests of a route as they are.
fn speaks(route: &Route, dialect: Dialect, provider: &Provider) -> bool {
    // Bedrock and Vertex AI have the APIs of others only under paths of their own.
    let is_host = provider.owns(Dialect::BedrockConverse) || provider.owns(Dialect::VertexPredict);
    let is_tunnelled = is_host && !provider.owns(dialect) && !dialect.is_openai_family();
    let is_at_path = match route.host_dialect {
        Some(host) => provider.owns(host),
        None => !is_tunnelled,
    };
    provider.speaks(dialect) && is_at_path
}

/// Returns the form that a conversation is translated into. `None`: there is none, or the client's dialect is one that no
/// answers are written in.
fn translated(
    route: &Route,
    client: Dialect,
    provider: &Provider,
    model: &str,
    capabilities: &CapabilityTable,
) -> Option<ProviderForm> {
    let is_conversation =
        route.operation.is_some_and(|operation| matches!(operation.telemetry, "chat" | "generate_content"));
    if !is_conversation || !client.is_client() {
        return None;
    }
    let is_its = |dialect: &&Dialect| {
        // Vertex AI's paths name a project, which no setting has.
        **dialect != client && provider.owns(**dialect) && dialect.is_target() && !provider.owns(Dialect::VertexPredict)
    };
    let dialect = match *CONVERSATIONS.iter().find(is_its)? {
        Dialect::OpenAiChat
            if provider.owns(Dialect::OpenAiResponses)
                && capabilities.lookup(model).tools_while_reasoning == Some(false) =>
        {
            Dialect::OpenAiResponses
        }
        dialect => dialect,
    };
    Some(ProviderForm { dialect, variant: variant(dialect, provider) })
}

/// Provider's own form of a dialect.
fn variant(dialect: Dialect, provider: &Provider) -> Variant {
    match (dialect, provider.row.kind) {
        (Dialect::OpenAiChat, "mistral") => Variant::Mistral,
        (Dialect::OpenAiChat, "openai" | "azure_openai") => Variant::Common,
        (Dialect::OpenAiChat, _) => Variant::Compatible,
        _ => Variant::Common,
    }
}

impl ProviderForm {
    /// Path of a conversation's request, with OpenAI's base where the dialect is of that family.
    pub fn path(self, model: &str, is_stream: bool) -> Option<String> {
        let model = utf8_percent_encode(model, ESCAPED);
        Some(match (self.dialect, is_stream) {
            (Dialect::OpenAiChat, _) => "/v1/chat/completions".to_owned(),
            (Dialect::OpenAiResponses, _) => "/v1/responses".to_owned(),
            (Dialect::AnthropicMessages, _) => "/v1/messages".to_owned(),
            (Dialect::GeminiGenerate, false) => format!("/v1beta/models/{model}:generateContent"),
            (Dialect::GeminiGenerate, true) => format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
            (Dialect::BedrockConverse, false) => format!("/model/{model}/converse"),
            (Dialect::BedrockConverse, true) => format!("/model/{model}/converse-stream"),
            (Dialect::CohereV2, _) => "/v2/chat".to_owned(),
            (Dialect::Ollama, _) => "/api/chat".to_owned(),
            _ => return None,
        })
    }

    /// Headers of the dialect that its requests need.
    pub fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self.dialect {
            Dialect::AnthropicMessages => &[("anthropic-version", "2023-06-01")],
            _ => &[],
        }
    }
}

/// Characters of a model's name that are escaped in a path: all but those that RFC 3986 never reserves.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// Matches headers of one maker's clients and APIs, which mean nothing, or something else, at another's.
pub fn is_of_dialect(header: &str) -> bool {
    const PREFIXES: [&str; 6] = ["anthropic-", "openai-", "x-goog-", "x-stainless-", "x-amzn-bedrock-", "x-ratelimit-"];
    PREFIXES.iter().any(|prefix| header.starts_with(prefix))
}
