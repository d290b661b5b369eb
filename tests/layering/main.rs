//! The map of modules, and their permitted dependencies.

#![cfg(test)]

mod dialects;
mod graph;
mod page;
mod sources;

use graph::Graph;
use sources::{core_files, files, module_of};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Modules that each module may use besides itself, in the order in which a call meets them. There is no cycle.
const MAY_USE: [(&str, &[&str]); 18] = [
    (
        "settings",
        &[
            "capability",
            "dialect",
            "document",
            "endpoint",
            "pattern",
            "policy",
            "price",
            "provider",
            "redaction",
            "usage",
        ],
    ),
    ("document", &[]),
    ("usage", &["document"]),
    ("pattern", &[]),
    ("model", &["capability", "document", "usage"]),
    ("framing", &[]),
    ("dialect", &["capability", "document", "framing", "model", "usage"]),
    ("endpoint", &["dialect", "model"]),
    ("provider", &["dialect", "endpoint"]),
    ("policy", &["dialect", "document", "endpoint", "model", "pattern", "provider"]),
    ("redaction", &[]),
    ("price", &["pattern", "usage"]),
    ("capability", &["pattern", "price"]),
    (
        "call",
        &[
            "attempt",
            "dialect",
            "document",
            "endpoint",
            "framing",
            "model",
            "policy",
            "price",
            "provider",
            "record",
            "redaction",
            "settings",
            "telemetry",
            "usage",
        ],
    ),
    (
        "attempt",
        &[
            "capability",
            "dialect",
            "document",
            "endpoint",
            "framing",
            "model",
            "policy",
            "price",
            "provider",
            "record",
            "redaction",
            "settings",
            "telemetry",
            "usage",
        ],
    ),
    ("record", &["model", "policy", "price"]),
    ("telemetry", &["document", "model", "price", "record", "settings", "usage"]),
    ("filter", &["attempt", "call", "policy", "record", "redaction", "settings", "telemetry"]),
];

/// Maximum number of lines: a longer file covers several subjects.
const LONGEST: usize = 500;

/// Folders with code of ours.
const CODE: [&str; 7] = ["src", "crates", "tests", "command", "fuzz", "benches", "integration/load"];

/// Lists every source file by its module.
fn modules() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let mut modules: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for (path, text) in core_files() {
        if path.components().count() > 1 {
            let module = path.components().next().unwrap().as_os_str().to_str().unwrap();
            modules.entry(module.to_owned()).or_default().push((path, text));
        }
    }
    modules
}

#[test]
fn the_map_names_every_module_in_the_order_of_a_call() {
    let map = include_str!("../../src/lib.rs");
    let named: Vec<&str> = map.lines().filter_map(module_of).collect();
    let known: Vec<&str> = MAY_USE.iter().map(|(module, _)| *module).collect();
    assert_eq!(named, known);
    let mut existing: Vec<String> = modules().into_keys().collect();
    existing.sort_by_key(|module| known.iter().position(|known| known == module));
    assert_eq!(existing, known);
}

#[test]
fn modules_use_only_whom_they_may_know() {
    let files = modules();
    for (module, allowed) in MAY_USE {
        for (path, text) in &files[module] {
            for used in text.split("crate::").skip(1) {
                let used: String = used.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                let known = MAY_USE.iter().any(|(name, _)| *name == used);
                assert!(
                    !known || used == module || allowed.contains(&used.as_str()),
                    "{} uses {used}, which {module} should not know",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn no_two_modules_know_each_other_even_by_way_of_others() {
    fn reach(from: &str, seen: &mut Vec<&str>) {
        let (_, used) = MAY_USE.iter().find(|(module, _)| *module == from).unwrap();
        for module in *used {
            if !seen.contains(module) {
                seen.push(module);
                reach(module, seen);
            }
        }
    }
    for (module, _) in MAY_USE {
        let mut seen = Vec::new();
        reach(module, &mut seen);
        assert!(!seen.contains(&module), "{module} is in a circle: {seen:?}");
    }
}

#[test]
fn the_core_does_not_know_envoy() {
    for (path, text) in core_files() {
        let knows = text.lines().any(|line| !line.trim_start().starts_with("//") && line.contains("proxy_wasm"));
        assert!(!knows, "{} knows proxy-wasm", path.display());
    }
}

#[test]
fn the_core_has_no_clock_no_randomness_and_no_files() {
    for (module, files) in modules().into_iter().filter(|(module, _)| module != "filter") {
        for (path, text) in files {
            for word in ["SystemTime", "Instant::", "std::env", "std::fs", "std::net::Tcp", "thread_local", "getrandom"]
            {
                assert!(!text.contains(word), "{} of {module} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn no_file_has_grown_beyond_one_subject() {
    let lines = files(&CODE).into_iter().map(|(path, text)| (path, text.lines().count()));
    let long: Vec<_> = lines.filter(|(_, lines)| *lines > LONGEST).collect();
    assert!(long.is_empty(), "longer than {LONGEST} lines: {long:?}");
}

#[test]
fn files_use_each_other_in_one_direction() {
    let files = core_files();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_path(), text.as_str())).collect();
    let graph = Graph::of(&files);
    let cycles = graph.cycles();
    let uses: String = cycles.iter().map(|cycle| graph.within(cycle)).collect();
    assert!(cycles.is_empty(), "files that use each other:\n{uses}");
}

#[test]
fn every_callback_that_the_filter_implements_is_exported() {
    let (filter, script) = (include_str!("../../crates/proxy-wasm/src/envoy.rs"), include_str!("../../scripts/wasm"));
    let (_, exports) = script.split_once("\nexports=(").unwrap();
    let exports: Vec<&str> = exports.split_once(')').unwrap().0.split_whitespace().collect();
    let callbacks = filter.lines().filter_map(|line| line.trim_start().strip_prefix("fn on_")?.split('(').next());
    let named = callbacks.map(|callback| match callback.strip_prefix("http_") {
        Some(of_stream) if callback != "http_call_response" => format!("proxy_on_{of_stream}"),
        _ => format!("proxy_on_{callback}"),
    });
    let missing: Vec<String> = named.filter(|name| !exports.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "not among the exports of scripts/wasm: {missing:?}");
}
