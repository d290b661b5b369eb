//! `tollgate price`, the command itself.
#![cfg(test)]

use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn price(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_tollgate"))
        .arg("price")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that reported wrong arguments does not read its input.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn lines(output: &Output) -> Vec<Value> {
    std::str::from_utf8(&output.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn file(name: &str, text: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

#[test]
fn one_question_comes_by_flags() {
    let output = price(
        &["--provider", "openai", "--model", "gpt-4o", "--input", "1000", "--cache-read", "5", "--tier", "default"],
        "",
    );
    assert!(output.status.success());
    let expected = r#"{"provider":"openai","model":"gpt-4o","entry":"openai/gpt-4o","cost":{"input":"0.0025","cache_read":"0.00000625"},"total":"0.00250625"}"#;
    assert_eq!(std::str::from_utf8(&output.stdout).unwrap(), format!("{expected}\n"));
}

#[test]
fn many_questions_come_as_lines() {
    let questions = r#"{"provider": "anthropic", "model": "claude-opus-4-8", "usage": {"input": 3, "output": null}, "tier": "fast", "region": "us"}

{"provider": "deepseek", "model": "deepseek-v4-pro", "usage": {"input": 1000}, "at": "2026-11-21T03:00:00Z"}
{"provider": "deepseek", "model": "deepseek-v4-pro", "usage": {"input": 1000}, "at": 1795143600}
{"provider": "deepseek", "model": "deepseek-v4-pro", "usage": {"input": 1000}}
{"provider": "openai", "model": "no-such-model", "usage": {"input": 1000}}
{"provider": "openai", "model": "gpt-4o"}
{"provider": "openai", "model": "gpt-4o", "usage": {"input_audio": 1}}"#;
    let path = file("questions.jsonl", questions);
    let by_file = price(&[path.to_str().unwrap()], "");
    for output in [price(&[], questions), price(&["-"], questions)] {
        assert_eq!(output.stdout, by_file.stdout);
    }
    assert!(by_file.status.success());
    let answers = lines(&by_file);
    let said: Vec<&str> = answers
        .iter()
        .map(|line| line.get("total").or_else(|| line.get("unknown")).unwrap().as_str().unwrap())
        .collect();
    assert_eq!(said, ["0.000033", "0.00066", "0.00132", "time", "model", "usage", "bucket"]);
    assert_eq!(answers[0]["entry"], "anthropic/claude-opus-4-8 (fast, us)");
    assert!(answers.iter().all(|line| line.get("total").is_some() != line.get("why").is_some()));
}

#[test]
fn a_line_that_is_no_question_is_answered_and_counted() {
    let input = concat!(
        "nonsense\n",
        r#"{"provider": "openai", "model": "gpt-4o", "usage": {"input": 1000}}"#,
        "\n",
        r#"{"provider": "openai", "model": "gpt-4o", "usage": {"inputs": 1000}}"#,
        "\n",
        r#"{"provider": "openai", "model": "gpt-4o", "useage": {}}"#,
        "\n",
        r#"{"provider": "openai", "model": "gpt-4o", "usage": {"input": -1}}"#,
        "\n",
        r#"{"provider": "openai", "model": "gpt-4o", "usage": {}, "at": "noon"}"#,
        "\n\u{fffd}",
    );
    let output = price(&[], input);
    assert_eq!(output.status.code(), Some(1));
    let answers = lines(&output);
    assert_eq!(answers.len(), 7);
    assert_eq!(answers[1]["total"], "0.0025");
    for (place, word) in
        [(0, "line 1: "), (2, "line 3: unknown bucket `inputs`; known: input, "), (3, "useage"), (5, "line 6: ")]
    {
        let error = answers[place]["error"].as_str().unwrap();
        assert!(error.contains(word), "{error}");
    }
    assert_eq!(output.stderr, b"error: 6 lines were no questions; their answers say why\n");
}

#[test]
fn own_prices_are_laid_over_the_book() {
    let own = json!({
        "overrides": [{"provider": "openai", "model": "in-house", "input": "1", "input_seconds": "0.5"}],
        "aliases": [{"provider": "azure.ai.openai", "name": "chat-prod", "model": "gpt-4o-mini"}],
        "discounts": [{"provider": "openai", "model": "gpt-4o*", "percent": "12.5"}],
    });
    let own = file("own.json", &own.to_string());
    let questions = r#"{"provider": "openai", "model": "in-house", "usage": {"input": 1000000}}
{"provider": "openai", "model": "in-house", "usage": {"input_seconds": 3}}
{"provider": "azure.ai.openai", "model": "chat-prod", "usage": {"input": 1000000}}
{"provider": "openai", "model": "gpt-4o", "usage": {"input": 1000000}}"#;
    let output = price(&["--prices", own.to_str().unwrap()], questions);
    let totals: Vec<Value> = lines(&output).iter().map(|line| line["total"].clone()).collect();
    assert_eq!(totals, ["1", "1.5", "0.15", "2.1875"]);
}

#[test]
fn what_is_wrong_is_said() {
    let wrong = file("wrong.json", r#"{"overrides": [{"provider": "openai", "model": "m", "input": 1}]}"#);
    for (arguments, code, words) in [
        (&["--provider", "openai"][..], 2, "--model"),
        (&["--input", "1"][..], 2, "--model"),
        (&["--provider", "openai", "--model", "m", "--input", "x"][..], 2, "invalid digit"),
        (&["--provider", "openai", "--model", "m", "--at", "noon"][..], 2, "RFC 3339"),
        (&["no-such-file"][..], 2, "no-such-file: "),
        (&["--prices", "no-such-file"][..], 2, "no-such-file: "),
        (&["--prices", wrong.to_str().unwrap()][..], 2, "prices.overrides[0].input: expected a decimal in quotes"),
    ] {
        let output = price(arguments, "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn help_teaches_with_examples_that_work() {
    let output = price(&["--help"], "");
    let help = String::from_utf8(output.stdout).unwrap();
    let examples: Vec<&str> = help.lines().filter_map(|line| line.trim().strip_prefix("tollgate price --")).collect();
    assert_eq!(examples.len(), 2, "{help}");
    for example in examples {
        let arguments: Vec<String> = format!("--{example}").split(' ').map(ToOwned::to_owned).collect();
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = price(&arguments, "");
        assert!(lines(&output)[0].get("total").is_some(), "{example}");
    }
    for line in help.lines().filter_map(|line| line.trim().strip_prefix("echo '")) {
        let (text, _) = line.split_once('\'').unwrap();
        serde_json::from_str::<Value>(text).unwrap();
    }
}

#[test]
fn a_flag_of_one_question_is_not_passed_over_with_many() {
    for flag in [["--tier", "flex"], ["--region", "eu"], ["--at", "1795143600"]] {
        let output = price(&flag, r#"{"provider": "openai", "model": "gpt-5", "usage": {"input": 1}}"#);
        assert_eq!(output.status.code(), Some(2), "{flag:?}");
    }
}

#[test]
fn what_is_wrong_with_a_line_is_said_of_that_line() {
    let output = price(&[], "\u{feff}{\"provider\": \"openai\", \"model\": \"m\"}\n{\"provider\": 1}\n");
    let answers = lines(&output);
    assert_eq!(answers[0]["unknown"], "usage");
    let error = answers[1]["error"].as_str().unwrap();
    assert!(error.starts_with("line 2: ") && error.ends_with(" at column 14"), "{error}");
}
