//! The list against its sources, and the script that makes it.

use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::Command;
use tollgate::capability::{AdaptiveUse, PermittedSampling, ThinkingForm, lookup};

const LIST: &str = include_str!("../../src/capability/models.txt");

fn head(name: &str) -> impl Iterator<Item = &'static str> {
    LIST.lines().filter_map(move |line| line.strip_prefix("# ")?.strip_prefix(name)?.strip_prefix(": "))
}

/// Tables that the list was made from, which lie next to the project where it is developed.
fn tables(test: &str) -> Option<Vec<PathBuf>> {
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/prices");
    let paths: Vec<_> = head("source").map(|line| shared.join(line.split_once(", ").unwrap().0)).collect();
    let are_there = !paths.is_empty() && paths.iter().all(|path| path.is_file());
    if !are_there {
        println!("{test}: skipped, for there is no ../shared/prices with the tables that the list was made from");
    }
    are_there.then_some(paths)
}

fn made(paths: &[PathBuf], more: &[&str]) -> String {
    let output = Command::new("python3")
        .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/capabilities"))
        .args(paths)
        .args(["--date", head("date").next().unwrap()])
        .args(more)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn regenerating_the_list_gives_the_very_same_bytes() {
    let Some(paths) = tables("regenerating_the_list_gives_the_very_same_bytes") else {
        return;
    };
    let is_same = made(&paths, &[]) == LIST;
    assert!(
        is_same,
        "src/capability/models.txt differs from what scripts/capabilities makes: run it as its --help says"
    );
}

/// Facts of a line that a lookup does not have, or has otherwise.
fn differences(line: &str) -> Vec<String> {
    let cells: Vec<&str> = line.split('\t').collect();
    let [model, output, input, words] = cells[..] else { panic!("{line}") };
    let facts = lookup(model);
    let mut different = Vec::new();
    for (wanted, found) in [(output, facts.max_output), (input, facts.max_input)] {
        if !wanted.is_empty() && found.map(|bound| bound.to_string()).as_deref() != Some(wanted) {
            different.push(format!("{model}: {wanted}, found {found:?}"));
        }
    }
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let is_found = match word.strip_prefix("efforts=") {
            Some(levels) => {
                let found = facts.efforts.map(|found| found.iter().map(|level| level.name()).collect::<Vec<_>>());
                found.map(|found| found.join("+")).as_deref() == Some(levels)
            }
            None if word == "-sampling" => facts.sampling == Some(PermittedSampling::Refused),
            None => {
                let name = word.trim_start_matches('-');
                let found = crate::flags(&facts).into_iter().find(|(flag, _)| *flag == name);
                found.is_some_and(|(_, found)| found == Some(name == word))
            }
        };
        if !is_found {
            different.push(format!("{model}: {word}"));
        }
    }
    different
}

fn lines(list: &str) -> impl Iterator<Item = &str> {
    list.lines().filter(|line| !line.starts_with('#'))
}

#[test]
fn every_fact_of_the_list_is_found() {
    let different: Vec<_> = lines(LIST).flat_map(differences).collect();
    assert!(different.is_empty(), "{different:#?}");
    assert!(lines(LIST).count() > 2000);
}

#[test]
fn names_left_out_of_the_list_are_found_by_another_spelling() {
    let Some(paths) = tables("names_left_out_of_the_list_are_found_by_another_spelling") else {
        return;
    };
    let all = made(&paths, &["--all"]);
    let different: Vec<_> = lines(&all).flat_map(differences).collect();
    assert!(different.is_empty(), "{different:#?}");
    assert!(lines(&all).count() > lines(LIST).count());
}

/// The rules are held against what the newest source says of thinking, which the list does not have.
#[test]
fn the_rules_say_of_claude_s_thinking_what_the_source_says() {
    let Some(paths) = tables("the_rules_say_of_claude_s_thinking_what_the_source_says") else {
        return;
    };
    let source: Value = serde_json::from_slice(&std::fs::read(&paths[0]).unwrap()).unwrap();
    let mut models = 0;
    for (model, fields) in source.as_object().unwrap().iter().filter(|(model, _)| model.contains("claude-")) {
        let (adaptive, budget) = (&fields["supports_adaptive_thinking"], &fields["supports_legacy_thinking"]);
        let always = &fields["thinking_always_on"];
        let form = lookup(model).thinking;
        let is_fitting = match (adaptive.as_bool(), budget.as_bool(), always.as_bool()) {
            (Some(true), Some(true), _) => form == Some(ThinkingForm::BudgetOrAdaptive),
            (Some(true), _, Some(true)) => form == Some(ThinkingForm::Adaptive(AdaptiveUse::Always)),
            (Some(true), ..) => matches!(form, Some(ThinkingForm::Adaptive(_) | ThinkingForm::BudgetOrAdaptive)),
            _ => continue,
        };
        assert!(is_fitting, "{model}: {form:?}");
        models += 1;
    }
    assert!(models > 50, "{models}");
}
