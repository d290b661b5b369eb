//! The recorded traffic of real providers, where it is next to the project: every field of every exchange equals the
//! oracle's expectation, or has an exception that is listed with its reason.

use std::path::{Path, PathBuf};
use std::process::Command;

/// Hosts of the recordings that no table can know: the recorders' own machines.
const AT: [&str; 4] = [
    "gpustack.local=gpustack",
    "localhost:5002=openai_compatible",
    "localhost:8787=pydantic_gateway",
    "localhost:3000=mirascope_router",
];

#[test]
fn every_field_of_the_recorded_traffic_is_as_expected_or_an_exception_with_a_reason() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = |name: &str| -> PathBuf { root.join("../shared/traffic").join(name) };
    if !file("dev.jsonl").is_file() {
        println!("no recorded traffic beside the project: nothing to compare");
        return;
    }
    for split in [None, Some("7")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        command.arg("replay").arg("--check").arg(file("dev.expected.jsonl")).arg(file("dev.jsonl"));
        command.arg("--exceptions").arg(root.join("tests/traffic/exceptions.jsonl"));
        command.args(AT.iter().flat_map(|at| ["--at", at])).args(split.iter().flat_map(|size| ["--split", size]));
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        println!("{}", text.lines().last().unwrap_or_default());
        assert!(output.status.success(), "in pieces of {split:?}: {text}");
    }
}
