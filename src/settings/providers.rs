//! `providers`: the upstream providers.

use super::distinct::Distinct;
use super::member::{Listed, Required, Word, required};
use super::problem::{Path, Problems};
use super::section::{Context, List, RecordedName, Section};
#[cfg(schema)]
use super::validate::VISIBLE;
use super::validate::{
    Environment, LIKE_A_KEY, Label, Variable, from_environment, host_name, is_like_a_key, is_visible,
};
use crate::dialect::Dialect;
use crate::endpoint::Route;
use crate::provider::{CredentialShape, Provider, ProviderRow, ROWS};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::sync::Arc;

/// An upstream provider. A call goes to the provider that the client named (`/{name}/v1/…`, `x-tollgate-target`) or
/// whose host it addressed, or nowhere; at the gateway's own address to the first whose own the client's dialect is,
/// else to the first that speaks it; under Bedrock's and Vertex AI's paths that carry another's API (`/model/…/invoke`,
/// `:rawPredict`) first to those two. Paths that mean something else with one provider (Mistral's conversations,
/// Writer's chat, …) are read so where it is named, where its host is addressed, or where it is the only one.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct ProviderSettings {
    /// Its name, which is also that of Envoy's cluster, and of the path: `/{name}/v1/…`. Where it begins paths of
    /// Azure's and Replicate's (`openai`, `replicate`), it is the name only before a version (`/v1`, `/v1beta`); other
    /// words that APIs' paths begin with (`v1`, `model`, …) cannot be names.
    #[cfg_attr(schema, schemars(regex(pattern = VISIBLE), length(min = 1, max = LONGEST_NAME)))]
    name: Required<String>,
    /// Known provider (see docs/providers.md), which brings host, port, dialects, base path and the form of the
    /// credential; `openai_compatible` is any other host that speaks OpenAI's dialect.
    kind: Required<Word<&'static ProviderRow>>,
    /// The provider's key. A server of your own (Ollama, vLLM, llama.cpp, LM Studio, SGLang, TEI, TGI, Docker's model
    /// runner, LiteLLM) needs none, nor do Bedrock, Azure and Vertex AI where Envoy signs the requests or adds a token;
    /// they are then sent none. Every other provider needs one.
    credential: Option<CredentialSettings>,
    /// Name or address of its host, where it is not its kind's. It must be written where every customer has a host of
    /// his own: Azure, Bedrock, Databricks, Snowflake, watsonx, and servers of your own.
    host: Option<String>,
    /// Port at the host, where it is not its kind's.
    #[cfg_attr(schema, schemars(range(min = 1, max = u16::MAX)))]
    port: Option<u64>,
    /// Beginning of its paths, in place of OpenAI's `/v1`: with `/openai/v1` a client's `/v1/chat/completions` goes on
    /// as `/openai/v1/chat/completions`.
    #[cfg_attr(schema, schemars(regex(pattern = BASE_PATH)))]
    base_path: Option<String>,
    /// Its name on spans and in the price book, where it is not its kind's.
    telemetry_name: Option<Label>,
    /// Project of Google Cloud that the paths of Vertex AI name, by its id. Needed where calls of other APIs are translated
    /// for it; for `vertex_ai` alone.
    #[cfg_attr(schema, schemars(regex(pattern = PROJECT)))]
    project: Option<String>,
    /// Location that those paths name: `global`, `us`, `europe-west1`. Its host follows from it, and it from the host,
    /// where only one of them is written.
    #[cfg_attr(schema, schemars(regex(pattern = LOCATION)))]
    location: Option<String>,
    /// Differences from its kind. `streams_usage_by_default`: it reports usage in streams without being asked, and may
    /// refuse to be asked.
    quirks: Option<Vec<Word<Quirk>>>,
}

/// Source of a provider's key.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(deny_unknown_fields)]
struct CredentialSettings {
    /// Variable of Envoy's environment that holds the key. It has to be listed in `host_env_keys`: the filter's
    /// configuration is visible on the admin page, the environment is not.
    env: Required<Variable>,
    /// Header that carries the key (`authorization`: as a bearer token), where it is not its kind's.
    header: Option<Word<CredentialShape>>,
}

/// A difference of a provider from its kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quirk {
    /// It reports usage in streams by default, and may refuse a request for it.
    StreamsUsage,
}

impl Listed for Quirk {
    const NAME: &'static str = "quirk";

    fn list() -> impl Iterator<Item = (&'static str, Self)> {
        [("streams_usage_by_default", Self::StreamsUsage)].into_iter()
    }
}

impl Listed for &'static ProviderRow {
    const NAME: &'static str = "kind of provider";

    fn list() -> impl Iterator<Item = (&'static str, Self)> {
        ROWS.iter().map(|row| (row.kind, row))
    }
}

impl Listed for CredentialShape {
    const NAME: &'static str = "header for a key";

    fn list() -> impl Iterator<Item = (&'static str, Self)> {
        Self::ALL.into_iter().map(|shape| (shape.header(), shape))
    }
}

impl Section for List<ProviderSettings, 1> {
    type Checked = Vec<Provider>;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Vec<Provider> {
        let (mut providers, mut names) = (Vec::new(), Distinct::default());
        let Some(text) = required(text, "a list of at least one provider", at, problems) else {
            return providers;
        };
        let count = Self::each(text, at, problems, |index, written, at, problems| {
            if let Some(name) = written.name.as_ref() {
                if names.add(name, index).is_some() {
                    problems.note(&at.member("name"), "another provider has this name");
                }
                context.recorded.push(RecordedName { section: "providers", index, member: "name", name: name.clone() });
            }
            providers.extend(provider(written, context.environment, at, problems));
        });
        if count == 0 {
            problems.note(at, "empty: write at least one provider");
        }
        context.providers = providers.iter().map(|provider| provider.name.clone()).collect();
        context.telemetry_names = providers.iter().map(|provider| provider.telemetry_name.to_string()).collect();
        providers
    }
}

fn provider(
    written: ProviderSettings,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<Provider> {
    let name = name(written.name, &at.member("name"), problems);
    let row = row(written.kind, &at.member("kind"), problems);
    let needs_none = written.credential.is_none() && row.is_some_and(|row| row.key_optional);
    let credential = match needs_none {
        true => Some((String::new(), None)),
        false => credential(written.credential, environment, &at.member("credential"), problems),
    };
    let vertex = VertexPlace::checked(written.project, written.location, row, at, problems);
    let host = match (&written.host, &vertex.location) {
        (Some(text), _) => host(text, &at.member("host"), problems),
        (None, Some(location)) => Some(vertex_host(location)),
        (None, None) => row.and_then(|row| default_host(row, &at.member("host"), problems)),
    };
    let port = match written.port {
        Some(number) => port(number, &at.member("port"), problems),
        None => row.map(|row| row.port),
    };
    let base = written.base_path.and_then(|base| base_path(&base, &at.member("base_path"), problems));
    let telemetry_name = written.telemetry_name.and_then(|name| name.checked(&at.member("telemetry_name"), problems));
    let quirks = quirks(&written.quirks.unwrap_or_default(), &at.member("quirks"), problems);
    let (key, shape) = credential?;
    let mut provider = Provider::new(name?, row?, &key).at(host?, port?);
    provider.region = vertex.location.map(Arc::from).or(provider.region);
    provider.project = vertex.project;
    provider.base = base.unwrap_or(provider.base);
    provider.telemetry_name = telemetry_name.map_or(provider.telemetry_name, Arc::from);
    provider.streams_usage_by_default |= quirks.contains(&Quirk::StreamsUsage);
    Some(match shape {
        _ if needs_none => provider.without_key(),
        Some(shape) => provider.shown(shape, &key),
        None => provider,
    })
}

/// Place of Vertex AI's models.
#[derive(Default)]
struct VertexPlace {
    project: Option<String>,
    location: Option<String>,
}

impl VertexPlace {
    fn checked(
        project: Option<String>,
        location: Option<String>,
        row: Option<&ProviderRow>,
        at: &Path<'_>,
        problems: &mut Problems,
    ) -> Self {
        let has_projects = row.is_none_or(|row| row.dialects.contains(&Dialect::VertexPredict));
        let mut part = |written: Option<String>, member: &str, marks: &[u8]| {
            let written = written?;
            let is_fit = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || marks.contains(&byte);
            if !has_projects {
                problems.note(&at.member(member), "only the paths of Vertex AI (kind \"vertex_ai\") have one");
            } else if written.starts_with('.') || written.is_empty() || !written.bytes().all(is_fit) {
                problems.note(&at.member(member), "not one of Google Cloud: lower-case letters, digits and hyphens");
            }
            Some(written)
        };
        Self { project: part(project, "project", b"-.:"), location: part(location, "location", b"-") }
    }
}

/// Host of a location of Vertex AI: `_api_client.py` of google-genai 3.6.1, and `lib/vertex/_client.py` of the anthropic
/// SDK 2.11.0.
fn vertex_host(location: &str) -> String {
    match location {
        "global" => "aiplatform.googleapis.com".to_owned(),
        "us" | "eu" => format!("aiplatform.{location}.rep.googleapis.com"),
        location => format!("{location}-aiplatform.googleapis.com"),
    }
}

/// The host of a kind with one host for all customers.
fn default_host(row: &ProviderRow, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    if row.host().is_none() {
        problems.note(at, "missing: this kind of provider has another host for every customer or installation");
    }
    row.host().map(str::to_owned)
}

/// Checks the beginning of a path: `/openai/v1`, or nothing.
fn base_path(written: &str, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let base = written.trim_end_matches('/');
    let is_path = base.is_empty() || base.starts_with('/');
    if !is_path || !base.is_empty() && !is_visible(base) || base.contains(['?', '#']) {
        problems.note(at, "not the beginning of a path, such as \"/openai/v1\"");
        return None;
    }
    Some(base.to_owned())
}

fn quirks(written: &[Word<Quirk>], at: &Path<'_>, problems: &mut Problems) -> Vec<Quirk> {
    let words = written.iter().enumerate();
    words.filter_map(|(index, word)| word.checked(&at.element(index), problems)).collect()
}

/// Checks a provider's name, which becomes a header's value and is the name of Envoy's cluster.
fn name(written: Required<String>, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let name = written.or_note("the provider's name, which is also that of Envoy's cluster", at, problems)?;
    if !is_visible(&name) || name.len() > LONGEST_NAME {
        problems.note(at, "not 1 to 128 visible ASCII characters without a space");
        return None;
    }
    if is_like_a_key(&name) {
        problems.note(at, LIKE_A_KEY);
        return None;
    }
    if begins_paths(&name) {
        problems
            .note(at, "the paths of providers' APIs begin with this word: as \"/{name}/v1/…\" it could not be told");
        return None;
    }
    Some(name)
}

/// Matches names that begin known paths and would be ambiguous there. Words of kinds are not: they precede an API's
/// version.
fn begins_paths(name: &str) -> bool {
    let is_kind = ProviderRow::of(&name.replace('-', "_")).is_some();
    !is_kind && (Route::is_begun_by(name) || ProviderRow::begins_base(name))
}

fn row(
    written: Required<Word<&'static ProviderRow>>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<&'static ProviderRow> {
    written.or_note("the kind of provider, such as \"openai\"", at, problems)?.checked(at, problems)
}

fn credential(
    written: Option<CredentialSettings>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<(String, Option<CredentialShape>)> {
    let what = "{\"env\": \"…\"} with the name of a variable of the host's environment";
    let written = required(written, what, at, problems)?;
    let shape = written.header.and_then(|header| header.checked(&at.member("header"), problems));
    let at = at.member("env");
    let key = from_environment(written.env, environment, &at, problems)?;
    if key.contains(' ') {
        problems.note(&at, "the variable holds a space: it must hold the bare key, without \"Bearer\"");
        return None;
    }
    Some((key, shape))
}

/// Checks a DNS name or an IP address.
fn host(written: &str, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
    let host = host_name(written);
    if host.is_none() {
        problems.note(at, "not the name of a host; write it without scheme and path, and the port in \"port\"");
    }
    host
}

fn port(written: u64, at: &Path<'_>, problems: &mut Problems) -> Option<u16> {
    let port = u16::try_from(written).ok().filter(|port| *port > 0);
    if port.is_none() {
        problems.note(at, "out of range: 1 to 65535");
    }
    port
}

const LONGEST_NAME: usize = 128;

/// Ids of projects, with the domain of an older one: `example.com:project`.
#[cfg(schema)]
const PROJECT: &str = "^[0-9a-z:-][0-9a-z.:-]*$";

/// Locations of Google Cloud.
#[cfg(schema)]
const LOCATION: &str = "^[0-9a-z-]+$";

/// Beginnings of paths.
#[cfg(schema)]
const BASE_PATH: &str = r#"^(/[!"$->@-~]*)?$"#;
