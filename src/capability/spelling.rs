//! Spellings: names under which the list may have a model, by rule, never by similarity. `scripts/capabilities` has the
//! same ones.

use crate::price::{fine_tuned_base, is_hash, undated, without_geography};

/// Finds a model by the nearest spelling of its name: the name without the beginning of its path (`models/`, `openai/`, an
/// ARN), or without all of it; each also without Bedrock's geography and vendor; each of these as the base of a fine-tuned
/// model, without a tag, a version number and a date, one after the other.
pub(super) fn nearest<T>(model: &str, find: fn(&str) -> Option<T>) -> Option<T> {
    let mut last = "";
    for path in paths(model) {
        for head in heads(path) {
            for name in tails(head) {
                let is_repeated = std::mem::replace(&mut last, name) == name;
                if let Some(found) = if is_repeated { None } else { find(name) } {
                    return Some(found);
                }
            }
        }
    }
    None
}

/// The name without its path, tags, versions and dates, for rules.
pub(super) fn bare(model: &str) -> &str {
    let [_, _, path] = paths(model);
    let [.., bare] = tails(path);
    bare
}

fn paths(model: &str) -> [&str; 3] {
    let after_first = model.split_once('/').map_or(model, |(_, rest)| rest);
    [model, after_first, model.rsplit_once('/').map_or(model, |(_, last)| last)]
}

fn heads(path: &str) -> [&str; 3] {
    let bare = without_geography(path).unwrap_or(path);
    [path, bare, without_vendor(bare)]
}

fn tails(head: &str) -> [&str; 6] {
    let base = fine_tuned_base(head).unwrap_or(head);
    let untuned = base.strip_prefix("ft:").unwrap_or(base);
    let untagged = without_tag(untuned);
    let unversioned = without_version(untagged);
    [head, base, untuned, untagged, unversioned, undated(unversioned).unwrap_or(unversioned)]
}

/// A Bedrock id without the vendor before it.
fn without_vendor(name: &str) -> &str {
    match name.split_once('.') {
        Some((vendor, rest)) if is_vendor(vendor) && rest.starts_with(|first: char| first.is_ascii_lowercase()) => rest,
        _ => name,
    }
}

fn is_vendor(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// The name without a word behind a colon that names the same model: a version of Bedrock's, the hash of Replicate's, the
/// default tag of Ollama's, a choice of route of OpenRouter's (openrouter.ai/docs, Model variants, read 2026-11-29).
fn without_tag(name: &str) -> &str {
    match name.rsplit_once(':') {
        Some((name, tag)) if TAGS.contains(&tag) || is_hash(tag) => name,
        _ => name,
    }
}

/// The name without Bedrock's version, as in `-v1`.
fn without_version(name: &str) -> &str {
    match name.rsplit_once("-v") {
        Some((name, version)) if !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => name,
    }
}

const TAGS: [&str; 9] = ["0", "latest", "beta", "exacto", "floor", "free", "nitro", "online", "thinking"];
