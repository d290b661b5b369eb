//! No call takes more than linear time: four times as long an input costs about four times as much, and sixteen times
//! where something is quadratic. These are the faults that were, by the clock; `tests/linear.rs` counts instructions.

use super::support::{Answer, Gateway, settings};
use std::time::{Duration, Instant};

/// Whether something takes much more than four times as long for four times as much, each time of several: once may be
/// the machine's fault.
fn is_superlinear(run: impl Fn(usize), few: usize) -> bool {
    let time = |count: usize| {
        let start = Instant::now();
        run(count);
        start.elapsed().max(Duration::from_micros(100))
    };
    (0..6).all(|_| time(4 * few) > time(few) * 9)
}

/// `text` as the inside of a JSON string.
fn escaped(text: &str) -> String {
    let quoted = serde_json::to_string(text).unwrap();
    quoted[1..quoted.len() - 1].to_owned()
}

#[test]
fn json_with_one_long_escaped_string_and_many_findings_takes_linear_time() {
    let gateway = Gateway::new(&settings(""));
    let post = |messages: &str| {
        let body = format!(r#"{{"model":"gpt-5.4","messages":{messages}}}"#);
        let seen = gateway.post("/v1/chat/completions", &body, &Answer::json("{}"));
        assert!(seen.sent().contains("[EMAIL_2]") && !seen.sent().contains('@'));
    };
    let json = |count: usize| {
        let lines: String = (0..count).map(|number| format!("u{number}@example.com\n")).collect();
        escaped(&format!(r#"{{"rows":"{}"}}"#, escaped(&lines)))
    };
    let result = |count| post(&format!(r#"[{{"role":"tool","tool_call_id":"c","content":"{}"}}]"#, json(count)));
    assert!(!is_superlinear(result, 1500), "a tool's result");
    let arguments = |count| {
        let function = format!(r#"{{"name":"f","arguments":"{}"}}"#, json(count));
        post(&format!(
            r#"[{{"role":"assistant","tool_calls":[{{"id":"c","type":"function","function":{function}}}]}}]"#
        ));
    };
    assert!(!is_superlinear(arguments, 1500), "arguments");
}
