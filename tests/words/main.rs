//! The vocabulary: doc lines, types and names as the field has them.

#![cfg(test)]

#[path = "../layering/sources.rs"]
#[expect(dead_code, reason = "the layers need more of it")]
mod sources;

use sources::files;
use std::collections::BTreeMap;

/// Folders with code of ours.
const CODE: &[&str] =
    &["src", "crates", "command", "tests", "benches", "fuzz/src", "fuzz/targets", "integration/load/src"];

/// Words that begin no doc line: a line begins with the noun or verb it is about.
const NO_BEGINNINGS: &[&str] = &["What", "Whether", "Of", "Whom"];

/// Names that gave way to the field's; no type, variant, function or field is called so.
const REPLACED: &[&str] = &[
    "Unread",
    "Unreadable",
    "Reading",
    "Read",
    "Said",
    "Taker",
    "Guess",
    "Unsaid",
    "settled",
    "voice",
    "voice_of",
    "Speaks",
    "ModelsOwn",
    "also",
    "own",
    "places",
    "LIKE_OPENAI",
    "carrier",
    "carried_by",
    "tells_usage",
    "bills_requested",
    "Tally",
    "Counted",
    "Counting",
    "Within",
    "CacheBeside",
    "ThoughtsBeside",
    "counted_elsewhere",
    "Delta",
    "Kept",
    "keep",
    "kept",
    "Place",
    "Leaf",
    "Loose",
    "mute",
    "recall",
    "tell",
    "told",
    "Telling",
    "Tells",
    "Surely",
    "Once",
    "saw",
    "Lane",
    "under_way",
    "leaving",
    "LEAVE_WITHIN",
    "Resting",
    "quiet_until",
    "gave_up",
    "Again",
    "Question",
    "asked",
    "why",
    "typed",
    "within",
    "says_its_end",
    "is_openais",
    "doubt_usage",
    "looked_at",
];

/// A line of code without its visibility and indentation.
fn bare(line: &str) -> &str {
    let line = line.trim_start();
    let line = match line.strip_prefix("pub(") {
        Some(rest) => rest.split_once(") ").map_or("", |(_, rest)| rest),
        None => line.strip_prefix("pub ").unwrap_or(line),
    };
    ["const ", "unsafe ", "async "].iter().fold(line, |line, word| match line.strip_prefix(word) {
        Some(rest) if rest.starts_with("fn ") => rest,
        _ => line,
    })
}

fn name(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or_default()
}

/// The name that a line of code declares: a type, a function, a field, a variant, a constant.
fn declared(line: &str) -> Option<(&'static str, &str)> {
    const KEYWORDS: [&str; 8] = ["struct", "enum", "union", "trait", "type", "fn", "const", "static"];
    let bare = bare(line);
    for keyword in KEYWORDS {
        if let Some(rest) = bare.strip_prefix(keyword).and_then(|rest| rest.strip_prefix(' ')) {
            return Some((keyword, name(rest)));
        }
    }
    let begin = name(bare);
    let rest = bare.strip_prefix(begin)?;
    let is_field = rest.starts_with(": ") && line.trim_end().ends_with(',') && line.starts_with(' ');
    let is_variant = begin.starts_with(|c: char| c.is_ascii_uppercase()) && (rest == "," || rest == " {");
    (!begin.is_empty() && (is_field || is_variant)).then_some(("field", begin))
}

#[test]
fn doc_lines_begin_with_what_they_are_about() {
    let mut faults = Vec::new();
    for (path, text) in files(CODE) {
        for (number, line) in text.lines().enumerate() {
            let said = line.trim_start().strip_prefix("///").or_else(|| line.trim_start().strip_prefix("//!"));
            let first = said.and_then(|said| said.split_whitespace().next());
            if first.is_some_and(|word| NO_BEGINNINGS.contains(&word)) {
                faults.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
            }
        }
    }
    assert!(faults.is_empty(), "{} doc lines:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn one_name_is_one_type() {
    let mut types: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (path, text) in files(&["src", "command"]) {
        for (number, line) in text.lines().enumerate() {
            // Types that a trait asks for have its names.
            let is_own = !line.starts_with(' ') || !line.trim_start().starts_with("type ");
            match declared(line) {
                Some((keyword, name))
                    if keyword != "field" && !["fn", "const", "static"].contains(&keyword) && is_own =>
                {
                    types.entry(name.to_owned()).or_default().push(format!("{}:{}", path.display(), number + 1));
                }
                _ => {}
            }
        }
    }
    types.retain(|_, places| places.len() > 1);
    assert!(types.is_empty(), "{types:#?}");
}

#[test]
fn names_are_the_field_s() {
    let mut faults = Vec::new();
    for (path, text) in files(&["src", "command"]) {
        for (number, line) in text.lines().enumerate() {
            if let Some((_, name)) = declared(line).filter(|(_, name)| REPLACED.contains(name)) {
                faults.push(format!("{}:{}: {name}", path.display(), number + 1));
            }
        }
    }
    assert!(faults.is_empty(), "{} names:\n{}", faults.len(), faults.join("\n"));
}
