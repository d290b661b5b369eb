//! Gemini's cached contents and batches.

use super::{assert_closed, assert_restored, fixture, json, planted, post, stored};
use crate::conversations::{WITH_KEY, by, gateway};
use crate::support::{Answer, Gateway, KEY, sha256};
use serde_json::{Value, json as value};

const CACHES: &str = "/v1beta/cachedContents";
const BATCHES: &str = "/v1beta/models/gemini-2.5-flash:batchGenerateContent";
const EMBEDDINGS: &str = "/v1beta/models/gemini-embedding-001:asyncBatchEmbedContent";

/// The same request with names in snake case.
fn snaked(of: &Value) -> Value {
    let text = of.to_string();
    let names = [
        ("displayName", "display_name"),
        ("inputConfig", "input_config"),
        ("systemInstruction", "system_instruction"),
        ("functionCall\"", "function_call\""),
        ("functionResponse", "function_response"),
        ("generationConfig", "generation_config"),
        ("stopSequences", "stop_sequences"),
        ("functionDeclarations", "function_declarations"),
        ("toolConfig", "tool_config"),
    ];
    json(&names.iter().fold(text, |text, (camel, snake)| text.replace(camel, snake)))
}

fn embeddings() -> Value {
    let requests = ["one letter", "another letter"].map(|text| {
        value!({"request": {"model": "models/gemini-embedding-001", "content": {"parts": [{"text": text}, {"inlineData": {"mimeType": "image/png", "data": "aGk="}}]},
            "taskType": "RETRIEVAL_DOCUMENT", "title": "A letter"}})
    });
    value!({"batch": {"displayName": "vectors of May", "inputConfig": {"requests": {"requests": requests}}}})
}

#[test]
fn a_cache_or_a_batch_is_stored_with_lasting_placeholders_or_not_at_all() {
    let (caches, batches) = (fixture("gemini_caches"), fixture("gemini_stored"));
    for request in [caches.clone(), snaked(&caches)] {
        assert_closed("gemini", CACHES, "cached_contents", &request);
        assert_closed("vertex_ai", "/v1/projects/p/locations/us/cachedContents", "cached_contents", &request);
    }
    for request in [batches.clone(), snaked(&batches)] {
        assert_closed("gemini", BATCHES, "batches", &request);
    }
    assert_closed("gemini", EMBEDDINGS, "batches", &embeddings());
    let patch = |gateway: &Gateway, body: &str| {
        by(gateway, KEY, "PATCH", "/v1beta/cachedContents/1", body, &Answer::json("{}"))
    };
    let body = r#"{"ttl":"60s","displayName":"of ada@leaf.example"}"#;
    assert_eq!(patch(&gateway("gemini", ""), body).status, 400);
    assert!(patch(&gateway("gemini", ""), r#"{"ttl":"60s"}"#).upstream.is_some());
    assert!(!patch(&gateway("gemini", WITH_KEY), body).sent().contains("leaf.example"));
}

#[test]
fn a_cache_comes_back_with_its_name() {
    let gateway = gateway("gemini", WITH_KEY);
    let (request, _) = planted(fixture("gemini_caches"));
    let kept = stored(&gateway, CACHES, &request);
    let cache = |of: &Value| value!({"name": "cachedContents/1", "displayName": of["displayName"]});
    let list = |of: &Value| value!({"cachedContents": [cache(of)], "nextPageToken": "a"}).to_string();
    assert_restored(&gateway, CACHES, "application/json", &list(&kept), &list(&request));
    let one = |of: &Value| cache(of).to_string();
    assert_restored(&gateway, "/v1beta/cachedContents/1", "application/json", &one(&kept), &one(&request));
}

/// An operation with responses that repeat the requests in texts, arguments and thoughts.
fn operation(of: &Value, thought: &str) -> Value {
    let requests = &of["batch"]["inputConfig"]["requests"]["requests"];
    let text = requests.to_string();
    let parts = value!([{"text": thought, "thought": true, "thoughtSignature": "c2ln"}, {"text": text},
        {"functionCall": {"name": "note", "args": {"note": requests}}}, {"kindOfTomorrow": {"note": text}}]);
    let response = value!({"candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": "STOP"}]});
    let entries = value!({"inlinedResponses": {"inlinedResponses": [
        {"response": response, "metadata": requests[0]["metadata"]}, {"error": {"code": 13, "message": text}}]}});
    value!({"name": "batches/1", "metadata": {"displayName": of["batch"]["displayName"], "output": entries},
        "done": true, "response": entries})
}

#[test]
fn responses_of_a_batch_come_back_with_their_values() {
    let gateway = gateway("gemini", WITH_KEY);
    let (request, _) = planted(fixture("gemini_stored"));
    let kept = stored(&gateway, BATCHES, &request);
    // A signed thought stays as the provider wrote it, wherever it comes from.
    let thought = kept["batch"]["displayName"].as_str().unwrap();
    let one = |of: &Value| operation(of, thought).to_string();
    assert_restored(&gateway, "/v1beta/batches/1", "application/json", &one(&kept), &one(&request));
    let list = |of: &Value| value!({"operations": [operation(of, thought)]}).to_string();
    assert_restored(&gateway, "/v1beta/batches?pageSize=5", "application/json", &list(&kept), &list(&request));
}

#[test]
fn an_operation_is_no_fact_of_the_call_that_fetches_it() {
    let mut gateway = gateway("gemini", WITH_KEY);
    let cache = Answer::json(&std::fs::read_to_string("tests/fixtures/gemini_caches/answer.json").unwrap());
    post(&gateway, CACHES, &fixture("gemini_caches"));
    assert_eq!(gateway.span().get("gen_ai.request.model"), "gemini-2.5-flash");
    by(&gateway, KEY, "GET", "/v1beta/cachedContents/1", "", &cache);
    assert_eq!(gateway.span().get("gen_ai.usage.input_tokens"), "");
    let done = std::fs::read_to_string("tests/fixtures/gemini_stored/answer.json").unwrap();
    let failed = r#"{"name":"batches/1","done":true,"error":{"code":13,"message":"no","status":"INTERNAL"}}"#;
    for answer in [&done, failed] {
        by(&gateway, KEY, "GET", "/v1beta/batches/1", "", &Answer::json(answer));
        let span = gateway.span();
        assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), ("answered", ""), "{answer}");
        assert_eq!((span.get("gen_ai.operation.name"), span.get("tollgate.api.operation")), ("batches", "batches"));
        for absent in ["gen_ai.usage.input_tokens", "gen_ai.response.finish_reasons", "tollgate.cost.usd"] {
            assert_eq!(span.get(absent), "", "{absent}");
        }
    }
    let error = r#"{"error":{"code":404,"message":"no","status":"NOT_FOUND"}}"#;
    by(&gateway, KEY, "GET", "/v1beta/batches/1", "", &Answer { status: 404, ..Answer::json(error) });
    assert_eq!(gateway.span().get("error.type"), "404");
    post(&gateway, BATCHES, &fixture("gemini_stored"));
    let span = gateway.span();
    assert_eq!(span.get("gen_ai.request.model"), "gemini-2.5-flash");
    assert_eq!((span.get("gen_ai.request.max_tokens"), span.get("gen_ai.request.stop_sequences")), ("", ""));
}

#[test]
fn a_limited_key_may_use_every_model_of_its_batch_or_cache() {
    let gateway = Gateway::new(&format!(
        r#"{{"providers":[{{"name":"p","kind":"gemini","credential":{{"env":"OPENAI_API_KEY"}}}}],
          "keys":[{{"id":"limited","sha256":"{}","models":["gemini-2.5-flash*"]}}]}}"#,
        sha256(KEY)
    ));
    let batch = |entry: &str| format!(r#"{{"batch":{{"input_config":{{"requests":{{"requests":[{entry}]}}}}}}}}"#);
    let pro = "/v1beta/models/gemini-2.5-pro:batchGenerateContent";
    for (path, body, status) in [
        (BATCHES, batch(r#"{"request":{"contents":[]}}"#), 200),
        (BATCHES, batch(r#"{"request":{"model":"models/gemini-2.5-flash","contents":[]}}"#), 200),
        (BATCHES, batch(r#"{"request":{"model":"models/gemini-2.5-pro","contents":[]}}"#), 403),
        (BATCHES, batch(r#"{"request":{"contents":[]}},{"request":{"model":"models/gemini-2.5-pro"}}"#), 403),
        (
            BATCHES,
            r#"{"batch":{"model":"models/gemini-2.5-pro","inputConfig":{"fileName":"files/1"}}}"#.to_owned(),
            403,
        ),
        (BATCHES, r#"{"batch":{"inputConfig":{"fileName":"files/1"}}}"#.to_owned(), 200),
        (BATCHES, batch(r#"{"request":{"contents":[],"contents":[]}}"#), 400),
        (pro, batch(r#"{"request":{"model":"models/gemini-2.5-flash","contents":[]}}"#), 403),
        (CACHES, r#"{"model":"models/gemini-2.5-flash","contents":[]}"#.to_owned(), 200),
        (CACHES, r#"{"model":"models/gemini-2.5-pro","contents":[]}"#.to_owned(), 403),
    ] {
        let seen = by(&gateway, KEY, "POST", path, &body, &Answer::json("{}"));
        assert_eq!(seen.status, status, "{path} {body}: {}", seen.text());
        assert_eq!(seen.upstream.is_some(), status == 200, "{path} {body}");
    }
}
