//! Form in which a provider takes a call: the client's own dialect, or the one that the call is translated into.

use crate::capability::CapabilityTable;
use crate::dialect::Dialect;
use crate::endpoint::Route;
use crate::model::{CallKind, Item, Parameter, Request, Untranslatable, Variant};
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
    /// The client's form, where the dialect is the client's.
    pub client: Variant,
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

/// Dialects of embeddings, in that order.
const EMBEDDINGS: [Dialect; 4] =
    [Dialect::GeminiEmbed, Dialect::CohereEmbed, Dialect::Ollama, Dialect::OpenAiEmbeddings];

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
    if let Some(form) = other_form(route, dialect, provider, model) {
        return Ok(form);
    }
    let own = variant(dialect, provider);
    let same = ProviderForm { dialect, variant: own, client: own };
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

/// Returns the form of a conversation that another one of its dialect, or at a path of a host's own, is brought into.
fn other_form(route: &Route, client: Dialect, provider: &Provider, model: &str) -> Option<ProviderForm> {
    if !is_translatable(route, client) {
        return None;
    }
    let written = client_variant(route, client);
    let form = |dialect: Dialect, variant| ProviderForm { dialect, variant, client: written };
    if provider.project.is_some() {
        // Anthropic's and Google's models have paths and APIs of their own there.
        let dialect = if model.contains("claude") { Dialect::AnthropicMessages } else { Dialect::GeminiGenerate };
        // The path of a client of Vertex AI names its project itself.
        return (dialect != client || written != Variant::Vertex).then(|| form(dialect, Variant::Vertex));
    }
    // From a path of Amazon Bedrock's or Vertex AI's to the company itself.
    let is_at_its_own = provider.owns(client) && route.host_dialect.is_some_and(|host| !provider.owns(host));
    (is_at_its_own && client == Dialect::AnthropicMessages).then(|| form(client, Variant::Common))
}

/// Returns the form that a call is translated into. `None`: there is none, or the client's dialect is one that no answers
/// are written in.
fn translated(
    route: &Route,
    client: Dialect,
    provider: &Provider,
    model: &str,
    capabilities: &CapabilityTable,
) -> Option<ProviderForm> {
    let kind = kind(route).filter(|kind| client.is_client(*kind) && !route.wrapped)?;
    // The paths of Vertex AI name a project.
    if provider.owns(Dialect::VertexPredict) {
        return None;
    }
    let is_other = |dialect: &Dialect| *dialect != client && dialect.is_target(kind);
    let form = |dialect, variant| ProviderForm { dialect, variant, client: Variant::Common };
    if kind == CallKind::Embedding && provider.owns(Dialect::BedrockTitan) {
        // The model's name says which API it has there.
        let dialect = Route::of("POST", &invoke_path(model), &[]).dialect.filter(is_other)?;
        return Some(form(dialect, Variant::Bedrock));
    }
    let dialects: &[Dialect] = match kind {
        CallKind::Conversation => &CONVERSATIONS,
        CallKind::Embedding => &EMBEDDINGS,
    };
    let dialect = match *dialects.iter().find(|dialect| is_other(dialect) && provider.owns(**dialect))? {
        Dialect::OpenAiChat
            if provider.owns(Dialect::OpenAiResponses)
                && capabilities.lookup(model).tools_while_reasoning == Some(false) =>
        {
            Dialect::OpenAiResponses
        }
        dialect => dialect,
    };
    Some(form(dialect, variant(dialect, provider)))
}

/// Kind of the calls of a route that are translated.
fn kind(route: &Route) -> Option<CallKind> {
    // Of InvokeModel's the model's name says it.
    let is_embedding = route.model.as_deref().is_some_and(|model| model.contains("embed"));
    Some(match route.operation?.telemetry {
        _ if is_embedding && matches!(route.dialect?, Dialect::BedrockTitan | Dialect::CohereEmbed) => {
            CallKind::Embedding
        }
        "chat" | "generate_content" => CallKind::Conversation,
        "embeddings" => CallKind::Embedding,
        _ => return None,
    })
}

/// Path of InvokeModel at Amazon Bedrock.
fn invoke_path(model: &str) -> String {
    format!("/model/{}/invoke", utf8_percent_encode(model, ESCAPED))
}

/// Form in which a client writes its request. Of reranking's the path or a member says it: Cohere's older one is like Jina's.
pub fn client_form(route: &Route, request: &Request) -> Variant {
    let has = |wanted: &[Parameter]| {
        let is_wanted = |item: &Item| matches!(item, Item::Parameter(parameter, _) if wanted.contains(parameter));
        request.items.iter().any(is_wanted)
    };
    match (route.dialect, route.operation) {
        (Some(Dialect::Rerank), Some(operation)) if operation.name == "rerank_v2" => Variant::Common,
        (Some(Dialect::Rerank), _) if has(&[Parameter::TopK, Parameter::Truncation]) => Variant::Voyage,
        (Some(Dialect::Rerank), _) if has(&[Parameter::MostResults]) => Variant::Jina,
        (Some(Dialect::Rerank), _) => Variant::Compatible,
        _ => Variant::Common,
    }
}

/// Matches conversations whose answers are written in the client's dialect. Streams of Amazon Bedrock's InvokeModel are
/// wrapped in events of AWS's, which nothing writes.
fn is_translatable(route: &Route, client: Dialect) -> bool {
    kind(route) == Some(CallKind::Conversation) && client.is_client(CallKind::Conversation) && !route.wrapped
}

/// Form in which a client of a path writes a dialect.
fn client_variant(route: &Route, dialect: Dialect) -> Variant {
    match (dialect, route.host_dialect) {
        (Dialect::AnthropicMessages, Some(Dialect::VertexPredict)) => Variant::Vertex,
        (Dialect::AnthropicMessages, Some(_)) => Variant::Bedrock,
        (Dialect::GeminiGenerate, _) if route.location.is_some() => Variant::Vertex,
        _ => Variant::Common,
    }
}

/// Provider's own form of a dialect.
fn variant(dialect: Dialect, provider: &Provider) -> Variant {
    match (dialect, provider.row.kind) {
        (Dialect::OpenAiChat | Dialect::OpenAiEmbeddings, "mistral") => Variant::Mistral,
        (Dialect::OpenAiEmbeddings | Dialect::Rerank, "voyage") => Variant::Voyage,
        (Dialect::Rerank, "jina") => Variant::Jina,
        (Dialect::Rerank, kind) if kind != "cohere" => Variant::Compatible,
        (Dialect::OpenAiChat | Dialect::OpenAiEmbeddings, "openai" | "azure_openai") => Variant::Common,
        (Dialect::OpenAiChat | Dialect::OpenAiEmbeddings, _) => Variant::Compatible,
        _ => Variant::Common,
    }
}

impl ProviderForm {
    /// Matches the form in which a client of a dialect has written its request.
    pub fn is_of_client(self, dialect: Option<Dialect>) -> bool {
        Some(self.dialect) == dialect && self.variant == self.client
    }

    /// Adds the form in which a client has written its request, where the dialect has forms that its request tells apart.
    #[must_use]
    pub fn of_client(self, route: &Route, client: Variant) -> Self {
        let is_alike = matches!(
            (client, self.variant),
            // Cohere has an older form at a path of its own.
            (_, Variant::Compatible) | (Variant::Compatible, _) | (Variant::Jina, Variant::Common)
        );
        match self.dialect {
            Dialect::Rerank if route.dialect == Some(self.dialect) && !is_alike => Self { client, ..self },
            _ => self,
        }
    }

    /// Reports whether the answer is written anew for a client of a dialect.
    pub fn translates_answer(self, dialect: Option<Dialect>) -> bool {
        Some(self.dialect) != dialect || self.dialect == Dialect::Rerank && self.variant != self.client
    }

    /// Path of a request that is written anew, with OpenAI's base where the dialect is of that family. `inputs`: their
    /// number in a request for embeddings.
    pub fn path(
        self,
        route: &Route,
        provider: &Provider,
        model: &str,
        is_stream: bool,
        inputs: usize,
    ) -> Option<String> {
        let is_embedding = kind(route) == Some(CallKind::Embedding);
        let name = model;
        let model = utf8_percent_encode(model, ESCAPED);
        if self.variant == Variant::Vertex {
            // `lib/vertex/_client.py` of the anthropic SDK 2.11.0, `_api_client.py` and `models.py` of google-genai 3.6.1.
            let project = provider.project.as_deref()?;
            let location = provider.region.as_deref().unwrap_or("global");
            let (publisher, method) = match (self.dialect, is_stream) {
                (Dialect::AnthropicMessages, false) => ("anthropic", "rawPredict"),
                (Dialect::AnthropicMessages, true) => ("anthropic", "streamRawPredict"),
                (_, false) => ("google", "generateContent"),
                (_, true) => ("google", "streamGenerateContent?alt=sse"),
            };
            return Some(format!(
                "/v1/projects/{project}/locations/{location}/publishers/{publisher}/models/{model}:{method}"
            ));
        }
        Some(match (self.dialect, is_stream) {
            (Dialect::OpenAiChat, _) => "/v1/chat/completions".to_owned(),
            (Dialect::OpenAiResponses, _) => "/v1/responses".to_owned(),
            (Dialect::AnthropicMessages, _) => "/v1/messages".to_owned(),
            (Dialect::GeminiGenerate, false) => format!("/v1beta/models/{model}:generateContent"),
            (Dialect::GeminiGenerate, true) => format!("/v1beta/models/{model}:streamGenerateContent?alt=sse"),
            (Dialect::BedrockConverse, false) => format!("/model/{model}/converse"),
            (Dialect::BedrockConverse, true) => format!("/model/{model}/converse-stream"),
            (Dialect::CohereV2, _) => "/v2/chat".to_owned(),
            (Dialect::OpenAiEmbeddings, _) => "/v1/embeddings".to_owned(),
            (Dialect::GeminiEmbed, _) if inputs == 1 => format!("/v1beta/models/{model}:embedContent"),
            (Dialect::GeminiEmbed, _) => format!("/v1beta/models/{model}:batchEmbedContents"),
            (Dialect::CohereEmbed | Dialect::BedrockTitan, _) if self.variant == Variant::Bedrock => invoke_path(name),
            (Dialect::CohereEmbed, _) => "/v2/embed".to_owned(),
            (Dialect::Rerank, _) if self.variant == Variant::Common => "/v2/rerank".to_owned(),
            (Dialect::Rerank, _) => "/v1/rerank".to_owned(),
            (Dialect::Ollama, _) if is_embedding => "/api/embed".to_owned(),
            (Dialect::Ollama, _) => "/api/chat".to_owned(),
            _ => return None,
        })
    }

    /// Headers of the dialect that its requests need.
    pub fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self.dialect {
            Dialect::AnthropicMessages if self.variant == Variant::Common => &[("anthropic-version", "2023-06-01")],
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
