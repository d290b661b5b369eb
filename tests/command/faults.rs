//! The small exchanges in `../shared/faults`, where that is next to the project, each against its expectation. An
//! expectation is an object by the exchange's id, with facts that `tollgate replay` prints: `output_text` is compared
//! by its SHA-256, `usage` and `error` by the members that are named.

use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The facts of each exchange, read in pieces of this size, by its id.
fn facts(file: &Path, split: Option<&str>) -> BTreeMap<String, Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
    command.arg("replay").arg(file).args(split.iter().flat_map(|size| ["--split", size]));
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let facts = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    facts.map(|facts| (facts["id"].as_str().unwrap().to_owned(), facts)).collect()
}

/// An expectation in the form of the facts, and the facts limited to its members.
fn compared(name: &str, expected: &Value, facts: &Value) -> (Value, Value) {
    match (name, expected, &facts[name]) {
        ("output_text", Value::String(text), _) => {
            let digest: String = Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect();
            (Value::String(digest), facts["output_text_sha256"].clone())
        }
        ("usage" | "error", Value::Object(members), Value::Object(got)) => {
            let named = members.keys().map(|name| (name.clone(), got.get(name).cloned().unwrap_or_default()));
            (expected.clone(), Value::Object(named.collect()))
        }
        (_, _, got) => (expected.clone(), got.clone()),
    }
}

#[test]
fn every_fault_beside_the_project_comes_out_right_whole_and_cut() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faults");
    let file = |name: &str| -> PathBuf { folder.join(name) };
    let Ok(expected) = std::fs::read_to_string(file("expected.json")) else {
        println!("no faults beside the project: nothing to compare");
        return;
    };
    let expected: BTreeMap<String, Map<String, Value>> = serde_json::from_str(&expected).unwrap();
    let mut wrong = Vec::new();
    for split in [None, Some("1"), Some("7")] {
        let facts = facts(&file("exchanges.jsonl"), split);
        for (id, expected) in &expected {
            let facts = facts.get(id).unwrap_or_else(|| panic!("{id} is not there"));
            for (name, expected) in expected {
                let (expected, got) = compared(name, expected, facts);
                if expected != got {
                    wrong.push(format!("{id} {name}, in pieces of {split:?}: expected {expected}, got {got}"));
                }
            }
        }
    }
    println!("{} exchanges, read three times", expected.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
