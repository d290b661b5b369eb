//! Administration of a provider's account: members, keys, projects, money and deployments. Virtual keys give no access.
//!
//! Paths of the SDKs openai 3.57, anthropic, openrouter, mistralai, together and fireworks-ai, and of LiteLLM's proxy;
//! of xAI (<https://docs.x.ai/docs/management-api>), Azure
//! (<https://learn.microsoft.com/en-us/azure/ai-services/openai/reference>), Databricks
//! (<https://docs.databricks.com/api>) and Snowflake
//! (<https://docs.snowflake.com/en/developer-guide/snowflake-rest-api>): all read 2026-11-28.

use std::borrow::Cow;

/// Matches paths of account administration. `known`: offset at which the operation starts in a path of a known
/// operation; the part after it contains names chosen by users.
pub(super) fn is_administration(path: &str, known: Option<usize>) -> bool {
    let path = decoded(path);
    let has_dots = path.split(['/', '\\']).any(|segment| segment == "..");
    let base = known.filter(|_| !has_dots).and_then(|known| path.get(..known)).unwrap_or(&path);
    let segments: Vec<&str> = base.split(['/', '\\']).filter(|segment| !segment.is_empty()).map(name).collect();
    let is_named = segments.iter().enumerate().any(|(index, segment)| {
        // A name chosen by a user follows a holder.
        let before = index.checked_sub(1).and_then(|before| segments.get(before));
        before.is_none_or(|before| !is(before, HOLDERS)) && is(segment, WORDS)
    });
    is_named || is_of_a_project(&segments) || (known.is_none() && is_deployment(&segments)) || shares(&path)
}

/// Matches a base path that belongs to an organization. Nothing below it is read.
pub(super) fn is_of_organization(base: &str) -> bool {
    let is_long = base.len() > "organization".len();
    is_long && decoded(base).split(['/', '\\']).any(|segment| is(name(segment), &["organization", "organizations"]))
}

/// Returns a segment without its parameters and action.
fn name(segment: &str) -> &str {
    segment.split([';', ':']).next().unwrap_or_default()
}

fn is(segment: &str, words: &[&str]) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(segment))
}

/// Matches a project of an account. Projects of Vertex AI and of Azure's Foundry are only where a model runs.
fn is_of_a_project(segments: &[&str]) -> bool {
    let Some(at) = segments.iter().position(|segment| is(segment, &["projects"])) else {
        return false;
    };
    let is_foundry =
        at.checked_sub(1).and_then(|before| segments.get(before)).is_some_and(|before| is(before, &["api"]));
    let runs = segments.get(at + 2).is_some_and(|place| is(place, &["locations", "publishers"]));
    !is_foundry && !runs
}

/// Matches a deployment itself, or the list of deployments, without a call of its model (Azure).
fn is_deployment(segments: &[&str]) -> bool {
    let at = segments.iter().position(|segment| is(segment, &["deployments"]));
    let is_azures = |at: usize| segments.iter().take(at).any(|before| is(before, &["openai", "api"]));
    at.is_some_and(|at| is_azures(at) && segments.len() <= at + 2)
}

/// Matches access control of any resource: <https://ai.google.dev/api/tuning>, read 2026-11-28.
fn shares(path: &str) -> bool {
    path.split('/').any(|segment| {
        let (name, action) = segment.split_once(':').unwrap_or((segment, ""));
        is(name, &["permissions"])
            || is(action, &["getIamPolicy", "setIamPolicy", "testIamPermissions", "transferOwnership"])
    })
}

/// Returns a path without percent-encoding.
fn decoded(path: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy()
}

/// Segments followed by a name.
const HOLDERS: &[&str] =
    &["projects", "locations", "accounts", "orgs", "deployments", "model", "models", "engines", "tunedModels", "files"];

/// Segments that denote a part of an account.
const WORDS: &[&str] = &[
    // OpenAI, Anthropic
    "organization",
    "organizations",
    "user_profiles",
    "admin",
    "admin_api_keys",
    "audit_logs",
    "billing",
    "dashboard",
    "external_keys",
    "invites",
    "service_accounts",
    "spend_limits",
    // OpenRouter, Together, Mistral, xAI, Fireworks, Perplexity, DeepSeek, Moonshot, DeepInfra, Hugging Face
    "account",
    "activity",
    "api-key",
    "api-keys",
    "api-tokens",
    "api_keys",
    "apiKeys",
    "auth",
    "balance",
    "byok",
    "credentials",
    "credits",
    "external-users",
    "generate_auth_token",
    "guardrails",
    "key",
    "keys",
    "members",
    "oauth",
    "payment",
    "private-endpoints",
    "revoke_auth_token",
    "scim",
    "secret",
    "secrets",
    "user",
    "users",
    "webhooks",
    "whoami",
    "whoami-v2",
    "workspaces",
    // Azure, Amazon Bedrock, Vertex AI
    "connections",
    "custom-models",
    "foundation-model-agreement",
    "logging",
    "provisioned-model-throughput",
    "provisioned-model-throughputs",
    "use-case-for-model-access",
    // Databricks, Snowflake
    "2.0",
    "2.1",
    "grants",
    "network-policies",
    "roles",
    "statements",
    "warehouses",
    // LiteLLM's proxy
    "budget",
    "config",
    "customer",
    "end_user",
    "global",
    "spend",
    "sso",
    "team",
];
