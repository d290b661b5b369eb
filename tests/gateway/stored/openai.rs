//! OpenAI's conversations and stored responses.

use super::{assert_closed, assert_restored, fixture, json, planted, post, stored};
use crate::conversations::{WITH_KEY, by, gateway, placeholder};
use crate::support::{Answer, EXPORT, Gateway, KEY, settings, sha256};
use serde_json::{Value, json as value};

const PATH: &str = "/v1/conversations";

#[test]
fn a_conversation_is_stored_with_lasting_placeholders_or_not_at_all() {
    let request = fixture("openai_conversations");
    assert_closed("openai", PATH, "conversations", &request);
    assert_closed("openai", "/v1/conversations/conv_1/items", "conversations", &value!({"items": request["items"]}));
    assert_closed("openai", "/v1/conversations/conv_1", "conversations", &value!({"metadata": request["metadata"]}));
    assert_closed("azure_openai", "/openai/v1/conversations", "conversations", &request);
    assert_closed("azure_openai", "/openai/conversations?api-version=1", "conversations", &request);
}

#[test]
fn items_and_metadata_come_back_as_the_client_wrote_them() {
    let gateway = gateway("openai", WITH_KEY);
    let (request, _) = planted(fixture("openai_conversations"));
    let kept = stored(&gateway, PATH, &request);
    let list = |of: &Value| value!({"object": "list", "data": of["items"], "has_more": false}).to_string();
    for path in [
        "/v1/conversations/conv_1/items",
        "/v1/responses/resp_1/input_items?limit=20",
        "/openai/conversations/conv_1/items",
    ] {
        assert_restored(&gateway, path, "application/json", &list(&kept), &list(&request));
    }
    let conversation = |of: &Value| {
        value!({"id": "conv_1", "object": "conversation", "created_at": 1, "metadata": of["metadata"]}).to_string()
    };
    let path = "/v1/conversations/conv_1";
    assert_restored(&gateway, path, "application/json", &conversation(&kept), &conversation(&request));
    let seen = by(&gateway, KEY, "DELETE", &format!("{path}/items/msg_1"), "", &Answer::json(&conversation(&kept)));
    assert_eq!(seen.text(), conversation(&request));
    for (kept, given) in kept["items"].as_array().unwrap().iter().zip(request["items"].as_array().unwrap()) {
        let path = "/v1/conversations/conv_1/items/msg_1";
        assert_restored(&gateway, path, "application/json", &kept.to_string(), &given.to_string());
    }
}

#[test]
fn an_item_s_error_is_not_the_call_s() {
    let mut gateway = Gateway::new(&settings(EXPORT));
    for (answer, error) in [
        (r#"{"type":"mcp_call","id":"mcp_1","error":{"type":"http_error","code":500,"message":"no"}}"#, ""),
        (r#"{"object":"list","data":[{"type":"mcp_call","id":"mcp_1","error":"no"}]}"#, ""),
        (r#"{"error":{"type":"invalid_request_error","code":"not_there","message":"no"}}"#, "not_there"),
    ] {
        by(&gateway, KEY, "GET", "/v1/conversations/conv_1/items/mcp_1", "", &Answer::json(answer));
        let span = gateway.span();
        assert_eq!(span.get("error.type"), error, "{answer}");
        assert_eq!(span.get("tollgate.api.operation"), "conversations");
    }
}

#[test]
fn a_call_on_a_conversation_has_no_usage_and_no_cost_of_its_own() {
    let mut gateway = Gateway::new(&settings(EXPORT));
    let answer = Answer::json(&std::fs::read_to_string("tests/fixtures/openai_conversations/answer.json").unwrap());
    by(&gateway, KEY, "GET", "/v1/conversations/conv_1/items", "", &answer);
    let span = gateway.span();
    assert_eq!(span.get("gen_ai.operation.name"), "conversations");
    for absent in ["gen_ai.usage.input_tokens", "gen_ai.output.messages", "gen_ai.response.finish_reasons"] {
        assert_eq!(span.get(absent), "", "{absent}");
    }
}

#[test]
fn a_cancelled_response_is_restored() {
    let gateway = gateway("openai", WITH_KEY);
    let request = value!({"model": "m", "background": true, "input": "Write ada@leaf.example"});
    let ada = placeholder(post(&gateway, "/v1/responses", &request).sent());
    let answer = |name: &str| {
        format!(
            r#"{{"id":"resp_1","object":"response","status":"cancelled","output":[{{"type":"message",
            "role":"assistant","content":[{{"type":"output_text","text":"Dear {name}"}}]}}]}}"#
        )
    };
    for body in ["", "{}"] {
        let seen = by(&gateway, KEY, "POST", "/v1/responses/resp_1/cancel", body, &Answer::json(&answer(&ada)));
        assert_eq!(seen.text(), answer("ada@leaf.example"));
    }
}

#[test]
fn a_limited_key_stores_items_but_names_no_other_model_in_them() {
    let mut written = json(&settings(""));
    written["keys"] = value!([{"id": "limited", "sha256": sha256(KEY), "models": ["gpt-4o*"]}]);
    let gateway = Gateway::new(&written.to_string());
    let items = |model: &str| {
        value!({"items": [{"type": "additional_tools", "role": "developer",
            "tools": [{"type": "image_generation", "model": model}]}]})
    };
    for (request, status) in [
        (value!({"items": [{"role": "user", "content": "Hello"}]}), 200),
        (items("gpt-4o-image"), 200),
        (items("gpt-image-2"), 403),
        (value!({"model": "o1", "inputs": "Hello"}), 403),
    ] {
        let seen = post(&gateway, "/v1/conversations/conv_1/items", &request);
        assert_eq!(seen.status, status, "{request}: {}", seen.text());
    }
    // An empty conversation needs no body.
    let seen = by(&gateway, KEY, "POST", PATH, "", &Answer::json("{}"));
    assert_eq!(seen.status, 200, "{}", seen.text());
}
