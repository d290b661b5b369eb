//! Anthropic's message batches.

use super::{assert_closed, assert_restored, fixture, json, planted, post, stored};
use crate::conversations::{WITH_KEY, by, gateway};
use crate::support::{Answer, Gateway, KEY, settings, sha256};
use serde_json::{Value, json as value};

const PATH: &str = "/v1/messages/batches";
const RESULTS: &str = "/v1/messages/batches/msgbatch_1/results";

#[test]
fn a_batch_is_stored_with_lasting_placeholders_or_not_at_all() {
    assert_closed("anthropic", PATH, "messages_batches", &fixture("anthropic_batches"));
    assert_closed("anthropic", "/v1/messages/batches?beta=true", "messages_batches", &fixture("anthropic_batches"));
}

/// A line of results whose message repeats a request in its text, in a tool's input and in a thought.
fn line(id: &str, of: &Value, thought: &str) -> String {
    let said = of.to_string();
    let line = value!({"custom_id": id, "result": {"type": "succeeded", "message": {
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-haiku-4-5", "content": [
            {"type": "thinking", "thinking": thought, "signature": "c2ln"},
            {"type": "text", "text": said, "citations": [{"type": "char_location", "cited_text": said}]},
            {"type": "tool_use", "id": "toolu_1", "name": "note", "input": {"note": of}},
            {"type": "kind_of_tomorrow", "note": said}],
        "stop_reason": "tool_use", "usage": {"input_tokens": 1, "output_tokens": 2}}}});
    format!("{line}\n")
}

#[test]
fn results_come_back_with_their_values_in_lines_cut_anywhere() {
    let gateway = gateway("anthropic", WITH_KEY);
    let (request, _) = planted(fixture("anthropic_batches"));
    let kept = stored(&gateway, PATH, &request);
    let error = |of: &Value| {
        let message = format!("{} is none", of["requests"][1]["note"].as_str().unwrap());
        let error = value!({"type": "error", "error": {"type": "invalid_request_error", "message": message}});
        format!("{}\n", value!({"custom_id": "3", "result": {"type": "errored", "error": error}}))
    };
    // A signed thought stays as the provider wrote it, wherever it comes from.
    let thought = kept["requests"][0]["params"]["system"].as_str().unwrap();
    let lines = |of: &Value| {
        let [first, second] = [0, 1].map(|index| line("first", &of["requests"][index]["params"]["messages"], thought));
        format!("{first}{}{second}", error(of))
    };
    for media in ["application/x-jsonl", "application/x-ndjson", "application/binary", "application/json"] {
        assert_restored(&gateway, RESULTS, media, &lines(&kept), &lines(&request));
    }
    // A single one, without a line's end.
    let one = |of: &Value| line("first", &of["requests"][0], thought).trim_end().to_owned();
    for media in ["application/x-jsonl", "application/json"] {
        assert_restored(&gateway, RESULTS, media, &one(&kept), &one(&request));
    }
}

#[test]
fn results_are_no_facts_of_the_call_that_fetches_them() {
    let mut gateway = gateway("anthropic", WITH_KEY);
    let lines = std::fs::read_to_string("tests/fixtures/anthropic_batches/stream.ndjson").unwrap();
    by(&gateway, KEY, "GET", RESULTS, "", &Answer::of("application/x-jsonl", vec![lines.into_bytes()]));
    let span = gateway.span();
    assert_eq!(
        (span.get("tollgate.outcome"), span.get("error.type"), span.get("tollgate.notes")),
        ("answered", "", "")
    );
    assert_eq!(span.get("gen_ai.operation.name"), "batches");
    let absent = ["gen_ai.usage.input_tokens", "gen_ai.usage.output_tokens", "gen_ai.response.id", "tollgate.cost.usd"];
    for absent in absent {
        assert_eq!(span.get(absent), "", "{absent}");
    }
    let error = r#"{"type":"error","error":{"type":"not_found_error","message":"no"},"request_id":"req_1"}"#;
    by(&gateway, KEY, "GET", RESULTS, "", &Answer { status: 404, ..Answer::json(error) });
    assert_eq!(gateway.span().get("error.type"), "not_found_error");
}

#[test]
fn a_batch_has_the_model_of_its_requests_and_no_parameters() {
    let mut gateway = gateway("anthropic", WITH_KEY);
    let one = fixture("anthropic_batches");
    let mut two = one.clone();
    two["requests"][1]["params"]["model"] = value!("claude-opus-4-5");
    for (request, model) in [(one, "claude-haiku-4-5"), (two, "")] {
        post(&gateway, PATH, &request);
        let span = gateway.span();
        assert_eq!(span.get("gen_ai.request.model"), model);
        assert_eq!((span.get("gen_ai.request.max_tokens"), span.get("gen_ai.request.stop_sequences")), ("", ""));
        assert_eq!(span.get("tollgate.api.operation"), "messages_batches");
    }
}

#[test]
fn a_limited_key_may_use_every_model_of_its_batch() {
    let mut written = json(&settings(""));
    written["keys"] = value!([{"id": "limited", "sha256": sha256(KEY), "models": ["claude-haiku*"]}]);
    let gateway = Gateway::new(&written.to_string());
    let batch = |params: &[&str]| {
        let requests: Vec<String> =
            params.iter().map(|params| format!(r#"{{"custom_id":"a","params":{{{params}}}}}"#)).collect();
        format!(r#"{{"requests":[{}]}}"#, requests.join(","))
    };
    let haiku = r#""model":"claude-haiku-4-5","messages":[]"#;
    for (params, status) in [
        (vec![haiku], 200),
        (vec![haiku, haiku], 200),
        (vec![haiku, r#""model":"claude-haiku-9","messages":[]"#], 200),
        (vec![haiku, r#""model":"claude-opus-4-5","messages":[]"#], 403),
        (vec![r#""model":"claude-opus-4-5","messages":[]"#], 403),
        (vec![haiku, r#""messages":[]"#], 403),
        (vec![r#""messages":[]"#], 403),
        (vec![r#""model":"claude-haiku-4-5","fallbacks":[{"model":"claude-opus-4-5"}],"messages":[]"#], 403),
        (vec![r#""model":"claude-haiku-4-5","tools":[{"type":"advisor_20260301","model":"claude-opus-4-5"}]"#], 403),
        (vec![haiku, r#""model":"claude-haiku-4-5","model":"claude-opus-4-5","messages":[]"#], 400),
        (vec![], 400),
    ] {
        let body = batch(&params);
        let seen = by(&gateway, KEY, "POST", PATH, &body, &Answer::json("{}"));
        assert_eq!(seen.status, status, "{body}: {}", seen.text());
        assert_eq!(seen.upstream.is_some(), status == 200, "{body}");
    }
    for twice in [
        r#"{"requests":[{"params":{"model":"claude-haiku-4-5"},"params":{"model":"claude-opus-4-5"}}]}"#,
        r#"{"requests":[{"params":{"model":"claude-opus-4-5"}}],"requests":[{"params":{"model":"claude-haiku-4-5"}}]}"#,
    ] {
        assert_eq!(by(&gateway, KEY, "POST", PATH, twice, &Answer::json("{}")).status, 403, "{twice}");
    }
}
