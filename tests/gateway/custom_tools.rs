//! Codex's custom tool at targets that have none, with redaction, after a target that has it.

use super::responses::PEM;
use super::router::{Provider, Router};
use super::support::Answer;
use serde_json::{Value, json};

const PATH: &str = "/v1/responses";

fn chain() -> Value {
    json!([{"name": "code", "targets": [
        {"provider": "openai", "model": "gpt-5-codex"},
        {"provider": "anthropic", "model": "claude-sonnet-4-5"},
        {"provider": "gemini", "model": "gemini-2.5-flash"},
    ]}])
}

fn prompt(is_stream: bool) -> String {
    json!({"model": "code", "stream": is_stream, "store": false, "input": [
            {"type": "message", "role": "user", "content": [{"type": "input_text", "text": PEM}]},
            {"type": "custom_tool_call", "call_id": "c0", "name": "apply_patch", "input": format!("+{PEM}\n")},
            {"type": "custom_tool_call_output", "call_id": "c0", "output": "Write to ada@example.com"}],
        "tools": [{"type": "custom", "name": "apply_patch", "description": "Patches",
            "format": {"type": "grammar", "syntax": "lark", "definition": "start: /.+/"}}]})
    .to_string()
}

fn failing(status: u16) -> Provider {
    Provider::Answers(Answer { status, ..Answer::json("{}") })
}

/// Arguments of the function as the model writes them.
const ARGUMENTS: &str = r#"{"input":"key = '[API_KEY_1]'\n\"to\" [EMAIL_1] \ud83d\ude00"}"#;

fn input() -> String {
    format!("key = '{PEM}'\n\"to\" ada@example.com 😀")
}

#[test]
fn the_target_gets_a_function_and_the_client_its_custom_tool() {
    let arguments: Value = serde_json::from_str(ARGUMENTS).unwrap();
    let message = json!({"id": "msg_1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "tool_use",
        "content": [{"type": "tool_use", "id": "c1", "name": "apply_patch", "input": arguments}],
        "usage": {"input_tokens": 1, "output_tokens": 1}});
    let part = json!({"functionCall": {"id": "c1", "name": "apply_patch", "args": arguments}});
    let content = json!({"responseId": "r", "modelVersion": "m", "candidates": [{"finishReason": "STOP",
        "content": {"role": "model", "parts": [part]}}]});
    for (failures, good) in [(vec![failing(429)], message), (vec![failing(429), failing(529)], content)] {
        let mut router = Router::redacting_keys(&chain());
        let answers = failures.into_iter().chain([Provider::Answers(Answer::json(&good.to_string()))]).collect();
        let outcome = router.call(PATH, &prompt(false), answers);
        let answer: Value = serde_json::from_slice(&outcome.body).unwrap();
        let item = &answer["output"][0];
        assert_eq!((&item["type"], &item["call_id"]), (&json!("custom_tool_call"), &json!("c1")), "{answer}");
        assert_eq!(item["input"], input());
        for sent in &outcome.sent {
            let body = String::from_utf8_lossy(&sent.body);
            assert!(body.contains("+[API_KEY_1]") && body.contains("[EMAIL_1]"), "{}: {body}", sent.target);
            assert!(!body.contains("PRIVATE") && !body.contains("ada@"), "{}", sent.target);
        }
        let of = |at: usize| serde_json::from_slice::<Value>(&outcome.sent[at].body).unwrap();
        assert_eq!(of(0)["tools"][0]["type"], "custom", "OpenAI gets what came");
        assert_eq!(of(1)["messages"][1]["content"][0]["input"], json!({"input": "+[API_KEY_1]\n"}));
        assert_eq!(of(1)["tools"][0]["input_schema"]["required"], json!(["input"]));
        if outcome.sent.len() > 2 {
            assert_eq!(of(2)["tools"][0]["functionDeclarations"][0]["name"], "apply_patch");
        }
        assert!(router.span().get("tollgate.lost.request").contains("tools[].format"));
    }
}

#[test]
fn the_streamed_input_is_restored_wherever_the_arguments_are_cut() {
    let event = |data: &Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap()).into_bytes();
    for cut in 1..ARGUMENTS.len() {
        let (first, second) = ARGUMENTS.split_at(cut);
        let mut events = vec![
            json!({"type": "message_start", "message": {"id": "msg_1", "type": "message", "role": "assistant", "model": "m",
                "content": [], "usage": {"input_tokens": 1, "output_tokens": 1}}}),
            json!({"type": "content_block_start", "index": 0, "content_block": {"type": "tool_use", "id": "c1", "name": "apply_patch", "input": {}}}),
        ];
        events.extend([first, second].map(|piece| json!({"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta", "partial_json": piece}})));
        events.push(json!({"type": "content_block_stop", "index": 0}));
        events.push(
            json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"}, "usage": {"output_tokens": 9}}),
        );
        events.push(json!({"type": "message_stop"}));
        let stream = Provider::Answers(Answer::stream(events.iter().map(event).collect()));
        let outcome = Router::redacting_keys(&chain()).call(PATH, &prompt(true), vec![failing(429), stream]);
        let data = outcome.text().lines().filter_map(|line| line.strip_prefix("data: "));
        let events: Vec<Value> = data.map(|data| serde_json::from_str(data).unwrap()).collect();
        let of = |kind: &str| events.iter().filter(|event| event["type"] == kind).collect::<Vec<&Value>>();
        let pieces = of("response.custom_tool_call_input.delta");
        let said: String = pieces.iter().map(|piece| piece["delta"].as_str().unwrap()).collect();
        assert_eq!(said, input(), "{cut}");
        assert_eq!(of("response.output_item.done")[0]["item"]["input"], input(), "{cut}");
        assert_eq!(of("response.completed").len(), 1, "{cut}");
    }
}
