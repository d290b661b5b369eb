//! Every call takes linear time: an input four times as long takes about four times as long, and sixteen times where
//! something is quadratic. These are past faults, by the clock; `tests/linear` counts instructions.

use super::support::{Answer, Gateway, settings, settings_for_all};
use cpu_time::ThreadTime;
use std::time::Duration;

/// Detects that four times as much at once takes much longer than four times the same. Uses the best of several
/// measurements, since other programs may use the machine: runs of similar length are interrupted about equally often.
/// Linear time is as long, quadratic time four times.
fn is_superlinear(run: impl Fn(usize), few: usize) -> bool {
    let time = |count: usize, times: usize| {
        let start = ThreadTime::now();
        (0..times).for_each(|_| run(count));
        start.elapsed()
    };
    let mut best = [Duration::MAX; 2];
    (0..8).all(|_| {
        best = [best[0].min(time(few, 4)), best[1].min(time(4 * few, 1))];
        best[1] * 4 > best[0] * 9
    })
}

/// `text` as the inside of a JSON string.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    tollgate::document::escape_into(text, &mut out);
    out
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

#[test]
fn many_findings_and_no_escape_between_them_take_linear_time() {
    let gateway = Gateway::new(&settings(""));
    let post = |count: usize| {
        let values = "192.0.2.1-".repeat(count);
        let body = format!(r#"{{"model":"m","messages":[{{"role":"user","content":"\n{values}\n"}}]}}"#);
        let seen = gateway.post("/v1/chat/completions", &body, &Answer::json("{}"));
        assert!(seen.sent().contains("[IP_ADDRESS_1]"));
    };
    assert!(!is_superlinear(post, 20_000));
    let answered = |count: usize| {
        let text = "[EMAIL_1]".repeat(count);
        let answer = format!(r#"{{"choices":[{{"message":{{"content":"\n{text}\n"}}}}]}}"#);
        let seen = gateway.post("/v1/chat/completions", &ASKED.replace("true", "false"), &Answer::json(&answer));
        assert!(!seen.text().contains("EMAIL"));
    };
    assert!(!is_superlinear(answered, 20_000));
}

/// A request with a value to restore.
const ASKED: &str =
    r#"{"model":"gpt-5.4","stream":true,"messages":[{"role":"user","content":"max.roe@bank.example"}]}"#;

/// The stream of these events, in pieces as they arrive over a network.
fn stream(events: impl Iterator<Item = String>) -> Answer {
    let all: String = events.map(|event| format!("data: {event}\n\n")).chain(["data: [DONE]\n\n".to_owned()]).collect();
    Answer::stream(all.as_bytes().chunks(4096).map(<[u8]>::to_vec).collect())
}

#[test]
fn a_stream_that_begins_a_placeholder_in_every_choice_takes_linear_time() {
    let gateway = Gateway::new(&settings(""));
    let say = |choice: usize| format!(r#"{{"index":{choice},"delta":{{"content":"["}}}}"#);
    let one_by_one = |count: usize| {
        let answer = stream((0..count).map(|choice| format!(r#"{{"choices":[{}]}}"#, say(choice))));
        gateway.post("/v1/chat/completions", ASKED, &answer);
    };
    assert!(!is_superlinear(one_by_one, 1000), "one by one");
    let at_once = |count: usize| {
        let choices: Vec<String> = (0..count).map(say).collect();
        let event = format!(r#"{{"choices":[{}]}}"#, choices.join(","));
        gateway.post("/v1/chat/completions", ASKED, &stream([event].into_iter()));
    };
    assert!(!is_superlinear(at_once, 2000), "at once");
}

#[test]
fn a_list_of_errors_takes_linear_time() {
    let gateway = Gateway::new(&settings(""));
    let answered = |element: &'static str| {
        let gateway = &gateway;
        move |count: usize| {
            let answer = format!("[{}{{}}]", format!("{element},").repeat(count));
            gateway.post("/v1/chat/completions", ASKED, &Answer::json(&answer));
        }
    };
    assert!(!is_superlinear(answered(r#"{"error":{"message":"[EMAIL_1]"}}"#), 1500), "errors");
    let counts = r#"{"x_groq":{"usage":{"prompt_tokens":1}},"usage":{"prompt_tokens":1}}"#;
    assert!(!is_superlinear(answered(counts), 1500), "counts");
}

#[test]
fn a_call_whose_arguments_come_again_and_again_is_one_part_of_the_span() {
    let more = r#","telemetry":{"otlp":{"cluster":"otel"},"content":"full"}"#;
    let mut gateway = Gateway::new(&settings_for_all(more));
    let call = r#"{"type":"function_call","name":"pour","arguments":["a"],"x":"b","arguments":["a"],"x":"b"}"#;
    let body = format!(r#"{{"model":"gemini-3-flash","input":[{call}]}}"#);
    gateway.post("/v1beta/interactions", &body, &Answer::json("{}"));
    let span = gateway.span();
    assert_eq!(span.get("gen_ai.input.messages").matches("pour").count(), 1, "{span:?}");
}

#[test]
fn what_a_model_makes_up_in_two_texts_has_two_placeholders_on_the_span() {
    let more = r#","telemetry":{"otlp":{"cluster":"otel"},"content":"redacted"}"#;
    let mut gateway = Gateway::new(&settings(more));
    let choice = |index: usize| format!(r#"{{"index":{index},"message":{{"content":"u{index}@example.org"}}}}"#);
    let answer = format!(r#"{{"choices":[{},{}]}}"#, choice(0), choice(1));
    gateway.post("/v1/chat/completions", &ASKED.replace("true", "false"), &Answer::json(&answer));
    let span = gateway.span();
    let output = span.get("gen_ai.output.messages");
    assert!(output.contains("[EMAIL_2]") && output.contains("[EMAIL_3]"), "{output}");
}

#[test]
fn a_batch_of_many_requests_and_its_results_take_linear_time() {
    let more = r#","telemetry":{"otlp":{"cluster":"otel"},"content":"full"},"redaction":{"placeholder_key":{"env":"PLACEHOLDER_KEY"}}"#;
    let gateway = Gateway::new(&settings(more));
    let entry = |number: usize| {
        format!(
            r#"{{"custom_id":"{number}","params":{{"model":"m{number}","max_tokens":1,"system":"s","tools":[{{"name":"f"}}],
            "messages":[{{"role":"user","content":"u{number}@example.com"}}]}}}}"#
        )
    };
    let asked = |count: usize| {
        let entries: Vec<String> = (0..count).map(entry).collect();
        let body = format!(r#"{{"requests":[{}]}}"#, entries.join(","));
        let seen = gateway.post("/v1/messages/batches", &body, &Answer::json("{}"));
        assert!(seen.sent().contains("[EMAIL_") && !seen.sent().contains('@'));
    };
    assert!(!is_superlinear(asked, 500), "requests");
    let line = r#"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"[EMAIL_A]["}]}}}"#;
    let answered = |count: usize| {
        let lines = format!("{line}\n").repeat(count).into_bytes();
        let answer = Answer::of("application/x-jsonl", lines.chunks(4096).map(<[u8]>::to_vec).collect());
        let path = "/v1/messages/batches/b/results";
        let key = format!("Bearer {}", super::support::KEY);
        let seen = gateway.call("GET", path, &[("authorization", &key)], &[], &answer);
        assert_eq!(seen.body, lines);
    };
    assert!(!is_superlinear(answered, 500), "results");
}
