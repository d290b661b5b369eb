//! Spellings: forms of a model's name in a provider's paths, ARNs and answers, mapped to the form of the book. By rule,
//! never by similarity.

use percent_encoding::percent_decode_str;
use std::borrow::Cow;

/// Spellings of a model's name, nearest first, starting with the name as given; and the region in the name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spellings<'a> {
    given: &'a str,
    /// Spellings besides the name as given; most models have none.
    others: Vec<Cow<'a, str>>,
    /// Number of spellings that keep the geography of the given name. The others omit it, and the model may have
    /// another price there.
    pub(super) placed: usize,
    pub(super) region: Option<&'a str>,
}

/// Returns every spelling by the provider's rules.
///
/// - Amazon Bedrock: the last part of an ARN of a foundation model or an inference profile (the ARN of an application
///   inference profile, of provisioned throughput or of a custom model names no model); a name without `:0`, and
///   without `-v1:0`; last, without the geography before it (`us.`, `eu.`, `global.`, …). See docs.aws.amazon.com,
///   Bedrock, Supported foundation models, and Inference profiles.
/// - Gemini API: a name without `models/` before it. See ai.google.dev, Models.
/// - Vertex AI: the last part of `projects/…/publishers/x/models/y`, alone and with its publisher; a name without
///   `google/` before it, as its OpenAI-compatible endpoint has it. See cloud.google.com, OpenAI compatibility.
/// - Azure: `gpt-3.5` for `gpt-35`, and the other way round, "interchangeably" (learn.microsoft.com, Azure OpenAI, Chat
///   markup language, read 2026-11-21).
/// - Ollama: a name without `:latest`, the default tag. See docs.ollama.com, API.
/// - Replicate: a name without the hash of its version. See replicate.com/docs, HTTP API.
pub(super) fn spellings<'a>(provider: &str, model: &'a str) -> Spellings<'a> {
    let mut names = Vec::new();
    let (mut region, mut placed) = (None, usize::MAX);
    match provider {
        "aws.bedrock" => (region, placed) = bedrock(model, &mut names),
        "gcp.gemini" => names.extend(model.strip_prefix("models/").map(Cow::Borrowed)),
        "gcp.vertex_ai" => vertex(model, &mut names),
        "azure.ai.openai" | "azure.ai.inference" => names.extend(azure(model).map(Cow::Owned)),
        "ollama" => names.extend(model.strip_suffix(":latest").map(Cow::Borrowed)),
        "replicate" => names.extend(without_hash(model).map(Cow::Borrowed)),
        _ => {}
    }
    Spellings { given: model, others: names, placed, region }
}

impl Spellings<'_> {
    /// Every spelling, nearest first.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        std::iter::once(self.given).chain(self.others.iter().map(AsRef::as_ref))
    }
}

/// Decodes the percent-encoding of a name in a path. Returns it as given where it has none or does not decode to text.
pub(crate) fn decoded(model: &str) -> Cow<'_, str> {
    if memchr::memchr(b'%', model.as_bytes()).is_none() {
        return Cow::Borrowed(model);
    }
    percent_decode_str(model).decode_utf8().unwrap_or(Cow::Borrowed(model))
}

/// Adds a Bedrock model's spellings. Returns the region of a foundation model's ARN and the number of names with their
/// geography.
fn bedrock<'a>(model: &'a str, names: &mut Vec<Cow<'a, str>>) -> (Option<&'a str>, usize) {
    let mut region = None;
    let mut name = model;
    if model.starts_with("arn:") {
        let mut parts = model.splitn(6, ':').skip(3);
        let place = parts.next();
        let resource = parts.nth(1).unwrap_or_default();
        let foundation = resource.strip_prefix("foundation-model/");
        region = foundation.and(place);
        let Some(named) = foundation.or_else(|| resource.strip_prefix("inference-profile/")) else {
            return (region, 1 + names.len());
        };
        name = named;
        names.push(Cow::Borrowed(name));
    }
    versions(name, names);
    let placed = 1 + names.len();
    if let Some(bare) = without_geography(name)
        && without_geography(bare).is_none()
    {
        names.push(Cow::Borrowed(bare));
        versions(bare, names);
    }
    (region, placed)
}

/// Ids of a model's inference profiles for each geography.
pub(super) fn profiles(model: &str) -> impl Iterator<Item = String> {
    GEOGRAPHIES.into_iter().map(move |geography| format!("{geography}.{model}"))
}

/// The id of a Bedrock model without the geography of its inference profile.
pub(crate) fn without_geography(name: &str) -> Option<&str> {
    let (geography, bare) = name.split_once('.')?;
    GEOGRAPHIES.contains(&geography).then_some(bare)
}

/// Adds a Bedrock name without its first version, and with `:0` where that is missing.
fn versions<'a>(name: &'a str, names: &mut Vec<Cow<'a, str>>) {
    let shorter = name.strip_suffix(":0");
    match shorter {
        Some(shorter) => names.push(Cow::Borrowed(shorter)),
        None => names.push(Cow::Owned(format!("{name}:0"))),
    }
    names.extend(shorter.unwrap_or(name).strip_suffix("-v1").map(Cow::Borrowed));
}

fn vertex<'a>(model: &'a str, names: &mut Vec<Cow<'a, str>>) {
    let Some((before, name)) = model.rsplit_once("models/") else {
        return names.extend(model.strip_prefix("google/").map(Cow::Borrowed));
    };
    names.push(Cow::Borrowed(name));
    if let Some((_, publisher)) = before.trim_end_matches('/').rsplit_once("publishers/") {
        names.push(Cow::Owned(format!("{publisher}/{name}")));
    }
}

fn azure(model: &str) -> Option<String> {
    let older = model.strip_prefix("gpt-35").map(|rest| format!("gpt-3.5{rest}"));
    older.or_else(|| model.strip_prefix("gpt-3.5").map(|rest| format!("gpt-35{rest}")))
}

fn without_hash(model: &str) -> Option<&str> {
    let (name, hash) = model.rsplit_once(':')?;
    is_hash(hash).then_some(name)
}

/// Matches the hash of a Replicate version.
pub(crate) fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Geographies before a model's name in the id of a cross-region inference profile.
const GEOGRAPHIES: [&str; 9] = ["us", "us-gov", "eu", "apac", "au", "ca", "global", "in", "jp"];
