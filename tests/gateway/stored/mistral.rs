//! Mistral's conversations, which are fetched as lists of entries.

use super::{assert_restored, planted, stored};
use crate::conversations::{WITH_KEY, by, gateway};
use crate::support::{Answer, KEY};
use serde_json::{Value, json};

#[test]
fn entries_of_a_conversation_come_back_with_their_values() {
    let mut gateway = gateway("mistral", WITH_KEY);
    let (request, _) =
        planted(json!({"model": "mistral-medium", "instructions": "Answer tenants politely.", "inputs": [
        {"type": "message.input", "role": "user", "content": "What does the letter say?"},
        {"type": "message.output", "role": "assistant", "content": [{"type": "text", "text": "The roof leaks."}]},
        {"type": "function.call", "tool_call_id": "c1", "name": "find_tenant", "arguments": "{\"flat\":\"second\"}"},
        {"type": "function.result", "tool_call_id": "c1", "result": "The tenant is away."}]}));
    let kept = stored(&gateway, "/v1/conversations", &request);
    let path = "/v1/conversations/conv_1";
    for (last, member) in [("history", "entries"), ("messages", "messages")] {
        let list = |of: &Value| {
            json!({"object": format!("conversation.{last}"), "conversation_id": "conv_1", member: of["inputs"]})
                .to_string()
        };
        let path = format!("{path}/{last}");
        assert_restored(&gateway, &path, "application/json", &list(&kept), &list(&request));
        gateway.spans();
        by(&gateway, KEY, "GET", &path, "", &Answer::json(&list(&kept)));
        let span = gateway.span();
        assert_eq!((span.get("tollgate.outcome"), span.get("gen_ai.response.model")), ("answered", ""));
    }
    let one = |of: &Value| json!({"object": "conversation", "id": "conv_1", "instructions": of["instructions"]});
    assert_restored(&gateway, path, "application/json", &one(&kept).to_string(), &one(&request).to_string());
    let list = |of: &Value| json!([one(of)]).to_string();
    assert_restored(&gateway, "/v1/conversations?page=1", "application/json", &list(&kept), &list(&request));
}
