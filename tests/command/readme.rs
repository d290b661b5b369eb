//! The commands in README and docs, run as shown.

use super::support::{failed, streamed, whole};
use std::path::Path;
use std::process::Command;

#[test]
fn every_command_in_readme_and_docs_runs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<_> = std::fs::read_dir(root.join("docs")).unwrap().map(|page| page.unwrap().path()).collect();
    pages.push(root.join("README.md"));
    // In a fixed order: a command may use the output of an earlier one.
    pages.sort();
    let shown: String = pages.iter().map(|page| std::fs::read_to_string(page).unwrap()).collect();
    let folder = std::env::temp_dir().join(format!("tollgate-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let exchanges = [whole(), streamed(), failed()].map(|exchange| exchange.to_string() + "\n").concat();
    std::fs::write(folder.join("exchanges.jsonl"), exchanges).unwrap();
    let question = r#"{"provider":"openai","model":"gpt-4o","usage":{"input":1000}}"#;
    std::fs::write(folder.join("calls.jsonl"), question).unwrap();
    std::fs::write(folder.join("own.json"), "{}").unwrap();
    let mut run = 0;
    for line in shown.lines().filter_map(|line| line.strip_prefix("    tollgate ")) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tollgate"));
        let output = command.args(line.split(' ')).current_dir(&folder).output().unwrap();
        let (said, complaint) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "tollgate {line}: {said}{complaint}");
        // The facts of the first run are the expectations of a later one.
        if line == "replay exchanges.jsonl" {
            std::fs::write(folder.join("expected.jsonl"), output.stdout).unwrap();
        }
        run += 1;
    }
    std::fs::remove_dir_all(folder).unwrap();
    assert_eq!(run, 5);
}
