//! Vertex AI through the filter: arguments of a call that its streams send value by value, and the cost of its traffic.

use super::support::{Answer, EXPORT, Gateway, KEY, settings_for_all};
use serde_json::Value;
use std::collections::BTreeMap;

const PATH: &str =
    "/v1/projects/p/locations/global/publishers/google/models/gemini-3-pro:streamGenerateContent?alt=sse";

const ASKED: &str = r#"{"contents":[{"role":"user","parts":[{"text":"Mail ada@example.com, not bob@example.org."}]}]}"#;

/// A chunk with a call, or with its continuation.
fn chunk(call: &str) -> String {
    let call = call.replace('\n', "");
    format!(
        "data: {{\"candidates\":[{{\"content\":{{\"role\":\"model\",\"parts\":[{{\"functionCall\":{call}}}]}}}}]}}\r\n\r\n"
    )
}

/// Arguments as a client assembles them: each by its path; and the number of chunks.
fn arguments(body: &str) -> (BTreeMap<String, String>, usize) {
    let mut arguments = BTreeMap::<String, String>::new();
    let chunks: Vec<Value> = body
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .map(|data| serde_json::from_str(data).unwrap())
        .collect();
    let pieces = chunks.iter().filter_map(|chunk| {
        chunk.pointer("/candidates/0/content/parts/0/functionCall/partialArgs").and_then(Value::as_array)
    });
    for piece in pieces.flatten() {
        let path = piece["jsonPath"].as_str().unwrap().to_owned();
        arguments.entry(path).or_default().push_str(piece["stringValue"].as_str().unwrap_or_default());
    }
    (arguments, chunks.len())
}

fn told(chunks: &[String]) -> (BTreeMap<String, String>, usize) {
    let gateway = Gateway::new(&settings_for_all(EXPORT));
    let seen = gateway.post(PATH, ASKED, &Answer::stream(vec![chunks.concat().into_bytes()]));
    assert!(!seen.sent().contains("@example"), "{}", seen.sent());
    arguments(seen.text())
}

#[test]
fn a_placeholder_that_is_cut_over_the_pieces_of_an_argument_is_put_back() {
    let end = "data: {\"candidates\":[{\"finishReason\":\"STOP\"}]}\r\n\r\n".to_owned();
    let (arguments, count) = told(&[
        chunk(r#"{"name":"mail","id":"c1","willContinue":true}"#),
        chunk(r#"{"partialArgs":[{"jsonPath":"$.to","stringValue":"<[EMA","willContinue":true}],"willContinue":true}"#),
        chunk(
            r#"{"partialArgs":[{"jsonPath":"$.to","stringValue":"IL_1]>","willContinue":true}],"willContinue":true}"#,
        ),
        chunk(
            r#"{"partialArgs":[{"jsonPath":"$.to","stringValue":" ["},
                {"jsonPath":"$.but_not","stringValue":"[EMAIL_","willContinue":true}],"willContinue":true}"#,
        ),
        chunk(
            r#"{"partialArgs":[{"jsonPath":"$.but_not","stringValue":"2]"},{"jsonPath":"$.times","numberValue":1},
                {"jsonPath":"$.body","stringValue":"[EMAIL_","willContinue":true}],"willContinue":true}"#,
        ),
        chunk(r#"{"partialArgs":[{"jsonPath":"$.body","stringValue":""}],"willContinue":true}"#),
        chunk("{}"),
        end,
    ]);
    let expected =
        [("$.to", "<ada@example.com> ["), ("$.but_not", "bob@example.org"), ("$.times", ""), ("$.body", "[EMAIL_")];
    assert_eq!(arguments, expected.map(|(path, text)| (path.to_owned(), text.to_owned())).into());
    assert_eq!(count, 8);
}

#[test]
fn what_began_like_a_placeholder_goes_on_as_a_piece_of_the_argument_it_is_of() {
    let (arguments, count) = told(&[
        chunk(r#"{"name":"mail","willContinue":true}"#),
        chunk(
            r#"{"partialArgs":[{"jsonPath":"$.to","stringValue":"at [EMAIL_","willContinue":true}],"willContinue":true}"#,
        ),
        "data: {\"candidates\":[{\"finishReason\":\"MAX_TOKENS\"}]}\r\n\r\n".to_owned(),
    ]);
    assert_eq!(arguments, [("$.to".to_owned(), "at [EMAIL_".to_owned())].into());
    assert_eq!(count, 4);
}

#[test]
fn traffic_of_vertex_ai_that_is_not_the_usual_has_the_price_of_its_tier() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let path = "/v1/projects/p/locations/global/publishers/google/models/gemini-2.5-flash:generateContent";
    let headers = [("content-type", "application/json"), (":authority", "aiplatform.googleapis.com")];
    let mut entry = |kind: &str| {
        let answer = format!(
            r#"{{"candidates":[{{"content":{{"parts":[{{"text":"Yes."}}]}},"finishReason":"STOP"}}],"modelVersion":"gemini-2.5-flash",
               "usageMetadata":{{"promptTokenCount":9,"candidatesTokenCount":2,"totalTokenCount":11,"trafficType":{kind}}}}}"#
        );
        let key = ("authorization", &*format!("Bearer {KEY}"));
        let headers = [&headers[..], &[key]].concat();
        gateway.call("POST", path, &headers, &[ASKED.as_bytes()], &Answer::json(&answer));
        let span = gateway.span();
        (span.get("tollgate.cost.entry").to_owned(), span.get("tollgate.cost.unknown").to_owned())
    };
    let known = |entry: &str| (format!("gcp.vertex_ai/gemini-2.5-flash{entry}"), String::new());
    assert_eq!(entry(r#""ON_DEMAND""#), known(""));
    assert_eq!(entry("1"), known(""));
    assert_eq!(entry(r#""ON_DEMAND_PRIORITY""#), known(" (priority)"));
    assert_eq!(entry("4"), known(" (flex)"));
    // Prepaid throughput is not billed by the token.
    assert_eq!(entry(r#""PROVISIONED_THROUGHPUT""#), (String::new(), "bucket".to_owned()));
}
