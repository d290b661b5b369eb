//! The page about the architecture: its table of modules is the map's and the rules', and what it names exists.

use crate::MAY_USE;
use crate::sources::module_of;
use std::path::{Path, PathBuf};

const MARK: &str = "<!-- modules -->\n\n";

fn page() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/architecture.md")
}

/// A module's line in `src/lib.rs`, without the full stop.
fn line(module: &str) -> &'static str {
    let map = include_str!("../../src/lib.rs");
    let declares = |line: &&str| module_of(line) == Some(module);
    let before = map.lines().take_while(|line| !declares(line));
    before.last().unwrap().trim_start_matches("/// ").trim_end_matches('.')
}

fn table() -> String {
    let mut table = "| module | what it is | may use |\n|---|---|---|\n".to_owned();
    for (module, used) in MAY_USE {
        let used: Vec<String> = used.iter().map(|module| format!("`{module}`")).collect();
        let used = if used.is_empty() { "none".to_owned() } else { used.join(", ") };
        table.push_str(&format!("| `{module}` | {} | {used} |\n", line(module)));
    }
    table
}

/// `UPDATE_DOCS=1 cargo test --test layering` writes the table anew.
#[test]
fn the_page_has_the_modules_as_the_rules_have_them() {
    let text = std::fs::read_to_string(page()).unwrap();
    let (before, rest) = text.split_once(MARK).unwrap();
    let (found, after) = rest.split_once("\n\n").unwrap();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(page(), [before, MARK, &table(), "\n", after].concat()).unwrap();
        return;
    }
    assert_eq!(format!("{found}\n"), table(), "UPDATE_DOCS=1 cargo test --test layering writes the table anew");
}

#[test]
fn what_the_page_names_exists() {
    let text = std::fs::read_to_string(page()).unwrap();
    let named = text.split('`').skip(1).step_by(2).filter(|name| name.contains('/') && !name.contains(' '));
    let missing: Vec<&str> = named.filter(|name| !Path::new(env!("CARGO_MANIFEST_DIR")).join(name).exists()).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
