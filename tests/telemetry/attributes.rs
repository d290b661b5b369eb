//! The table of attributes against the conventions' registry.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use tollgate::telemetry::{Source, ValueType, attributes};

/// Folder of the registry, where it is next to the project; no part of the project needs it.
fn registry() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/semconv");
    if folder.is_dir() {
        return Some(folder);
    }
    println!("Not compared: no registry lies at {}", folder.display());
    None
}

/// Attributes that a file of the registry defines, and their types; an enumeration counts as a string.
fn defined(folder: &Path, file: &str) -> HashMap<String, String> {
    let text = std::fs::read_to_string(folder.join(file)).expect(file);
    let mut found = HashMap::new();
    let mut last = None;
    for line in text.lines() {
        let line = line.trim().trim_start_matches("- ");
        if let Some(key) = line.strip_prefix("key: ").or_else(|| line.strip_prefix("id: ")) {
            last = Some(key.to_owned());
        } else if let Some(value) = line.strip_prefix("type:")
            && let Some(key) = last.take()
        {
            let value = if value.is_empty() { "string" } else { value.trim() };
            found.insert(key, value.to_owned());
        }
    }
    assert!(found.len() > 3, "{file} was not understood");
    found
}

#[test]
fn every_current_name_is_in_the_registry_with_the_same_type() {
    let Some(folder) = registry() else { return };
    let mut known = defined(&folder, "genai-2026-08-03/openai/registry.yaml");
    known.extend(defined(&folder, "genai-after-2026-09/registry.yaml"));
    for attribute in attributes().filter(|attribute| attribute.source == Source::GenAi) {
        let expected = match attribute.value {
            ValueType::Json => "any",
            other => other.as_str(),
        };
        let found = known.get(attribute.latest).map(String::as_str);
        assert_eq!(found, Some(expected), "{}", attribute.latest);
    }
}

#[test]
fn every_deprecated_name_was_once_in_the_conventions() {
    let Some(folder) = registry() else { return };
    let deprecated = "deprecated-v1.44.0/gen-ai_deprecated_registry-deprecated.yaml";
    let known = defined(&folder, deprecated);
    for name in attributes().filter_map(|attribute| attribute.legacy_name()) {
        assert!(known.contains_key(name), "{name}");
    }
}

#[test]
fn only_the_conventions_own_names_look_like_theirs() {
    for attribute in attributes() {
        let name = attribute.latest;
        let expected = match attribute.source {
            Source::GenAi => name.starts_with("gen_ai.") || name.starts_with("openai."),
            Source::Tollgate => name.starts_with("tollgate."),
            Source::Langfuse => name == "gen_ai.usage.cost",
            Source::General => ["server.", "error.", "http.", "user."].iter().any(|prefix| name.starts_with(prefix)),
        };
        assert!(expected, "{name}");
        assert!(!attribute.meaning.is_empty(), "{name}");
    }
}

#[test]
fn no_name_is_given_twice() {
    let mut names: Vec<&str> =
        attributes().flat_map(|attribute| [Some(attribute.latest), attribute.legacy_name()]).flatten().collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}
