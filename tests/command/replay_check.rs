//! Output of `tollgate replay --check`.

use crate::support::*;
use serde_json::{Value, json};
use std::process::Output;

/// The facts of all exchanges, as the command itself reads them: expectations to change.
fn expectations() -> Vec<Value> {
    let lines = [whole(), streamed(), failed()];
    let mut facts = facts(&tollgate_reading(&["replay", "-"], &text(&lines)));
    for facts in &mut facts {
        let facts = facts.as_object_mut().unwrap();
        facts.remove("usage");
        facts.insert("oracle".to_owned(), json!("invented"));
        facts.insert("notes".to_owned(), json!(["about the oracle"]));
    }
    facts
}

/// Checks all exchanges against expectations, with exceptions. `name` separates the files of tests.
fn check(name: &str, expected: &[Value], exceptions: &[Value], arguments: &[&str]) -> Output {
    let recording = file(&format!("{name}.jsonl"), &[whole(), streamed(), failed()]);
    let expected = file(&format!("{name}.expected.jsonl"), expected);
    let exceptions = file(&format!("{name}.exceptions.jsonl"), exceptions);
    let (recording, expected, exceptions) =
        (recording.to_str().unwrap(), expected.to_str().unwrap(), exceptions.to_str().unwrap());
    let fixed = ["replay", "--check", expected, "--exceptions", exceptions, recording];
    tollgate(&[&fixed[..], arguments].concat())
}

#[test]
fn what_is_as_expected_is_counted_and_the_exit_code_is_0() {
    let output = check("equal", &expectations(), &[], &[]);
    let report = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(report.contains("3 exchanges, 3 of them as expected."), "{report}");
    assert!(report.contains("0 different, 0 excepted"), "{report}");
    for head in ["provider ", "operation ", "field "] {
        assert!(report.lines().any(|line| line.starts_with(head)), "{report}");
    }
}

#[test]
fn a_difference_is_shown_with_both_values_and_the_exit_code_is_1() {
    let mut expected = expectations();
    expected[0]["input_tokens"] = json!(8);
    let output = check("different", &expected, &[], &[]);
    let report = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{report}");
    assert!(
        report.contains("whole openai chat_completions input_tokens\n    expected 8\n    got      7\n"),
        "{report}"
    );
}

#[test]
fn an_exception_explains_a_difference_and_is_listed_with_its_reason() {
    let mut expected = expectations();
    expected[0]["input_tokens"] = json!(8);
    let exception = json!({"field": "input_*", "provider": "open*", "expected": 8, "reason": "It cannot count."});
    let output = check("excepted", &expected, &[exception], &[]);
    let report = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(report.contains("It cannot count."), "{report}");
    assert!(report.contains("1 excepted"), "{report}");
}

#[test]
fn an_exception_holds_only_where_all_its_conditions_do() {
    let mut expected = expectations();
    expected[0]["input_tokens"] = json!(8);
    let conditions = [
        json!({"id": "other"}),
        json!({"provider": "anthropic"}),
        json!({"operation": ["messages", "responses"]}),
        json!({"stream": true}),
        json!({"status": 404}),
        json!({"expected": null}),
        json!({"got": 9}),
    ];
    for (number, condition) in conditions.into_iter().enumerate() {
        let mut exception = condition;
        exception["field"] = json!("input_tokens");
        exception["reason"] = json!("None.");
        let output = check(&format!("condition-{number}"), &expected, &[exception.clone()], &[]);
        assert_eq!(output.status.code(), Some(1), "{exception}");
        assert!(printed(&output).contains("never"), "{exception}");
    }
}

#[test]
fn a_parameter_and_a_part_of_an_error_are_compared_by_themselves() {
    let mut expected = expectations();
    expected[0]["request_params"]["top_k"] = json!(5);
    expected[2]["error"]["type"] = json!("other_error");
    let report = printed(&check("members", &expected, &[], &[]));
    assert!(report.contains("request_params.top_k\n    expected 5\n    got      null"), "{report}");
    assert!(report.contains("error.type\n    expected \"other_error\""), "{report}");
}

#[test]
fn equal_is_equal_by_value() {
    let mut expected = expectations();
    expected[0]["input_tokens"] = json!(7.0);
    expected[0]["request_params"]["stop"] = json!("END");
    expected[1]["request_params"]["stop"] = json!([]);
    expected[0]["finish_reasons"] = json!(["", "stop"]);
    expected[1]["service_tier"] = json!("");
    expected[0]["raw_usage"]["nothing"] = Value::Null;
    expected[0]["block_types"] = Value::Null;
    let output = check("by-value", &expected, &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", printed(&output));
}

#[test]
fn what_is_not_there_is_told() {
    let mut expected = expectations();
    expected[0]["id"] = json!("elsewhere");
    let output = check("missing", &expected, &[], &[]);
    let report = printed(&output);
    assert_eq!(output.status.code(), Some(1));
    assert!(report.contains("1 exchanges without expectations: whole"), "{report}");
    assert!(report.contains("1 expectations without an exchange."), "{report}");
}

#[test]
fn so_many_differences_are_listed_as_are_asked_for() {
    let mut expected = expectations();
    for facts in &mut expected {
        facts["status"] = json!(299);
    }
    let report = printed(&check("limit", &expected, &[], &["--limit", "1"]));
    assert_eq!(report.matches("expected 299").count(), 1, "{report}");
    assert!(report.contains("… and 2 more; --limit 3 shows them."), "{report}");
}

#[test]
fn a_field_that_no_expectation_has_is_not_taken_for_one_that_agrees() {
    let output = check("no-field", &expectations(), &[], &["--fields", "finish_reason"]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "tollgate: --fields finish_reason: no expectation has it\n");
    assert_eq!(check("field", &expectations(), &[], &["--fields", "id,status"]).status.code(), Some(0));
}

#[test]
fn an_expectation_without_an_id_is_a_fault() {
    let mut expected = expectations();
    expected[1].as_object_mut().unwrap().remove("id");
    let output = check("no-id", &expected, &[], &[]);
    assert_eq!(output.status.code(), Some(2), "{}", printed(&output));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("no-id.expected.jsonl, line 2: `id` is no text, or not there"), "{said}");
}

#[test]
fn a_check_of_a_recording_with_a_line_that_cannot_be_read_is_reported_and_fails() {
    let recording = file("broken.jsonl", &[whole(), json!({"id": 1}), streamed(), failed()]);
    let expected = file("broken.expected.jsonl", &expectations());
    let output = tollgate(&["replay", "--check", expected.to_str().unwrap(), recording.to_str().unwrap()]);
    assert_eq!(output.status.code(), Some(2));
    assert!(printed(&output).contains("3 exchanges, 3 of them as expected."), "{}", printed(&output));
}
