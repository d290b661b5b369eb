//! OpenAI's chat completions and responses.

use super::{Frame, Turns, has, pieces};
use serde_json::{Value, json};
use tollgate::framing::Framing;

pub(super) fn openai_chat() -> Turns {
    Turns {
        member: "messages",
        is_models: |turn| has(turn, "role", &["assistant"]),
        whole: |said| {
            json!({"id": "gen-1", "object": "chat.completion", "model": "m-1", "choices": [{"index": 0,
                "finish_reason": "tool_calls", "message": {"role": "assistant", "content": said.text,
                "reasoning_details": [{"type": "reasoning.text", "text": said.thought,
                    "format": "anthropic-claude-v1", "signature": "c2ln", "index": 0}],
                "tool_calls": [{"id": "call_9", "type": "function", "function": {"name": "note",
                    "arguments": said.arguments().to_string()}}]}}],
                "usage": {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}})
        },
        taken: |answer| vec![answer["choices"][0]["message"].clone()],
        stream: |said| {
            let chunk = |delta: Value| {
                let choice = json!({"index": 0, "delta": delta, "finish_reason": null});
                ("", json!({"id": "gen-1", "object": "chat.completion.chunk", "model": "m-1", "choices": [choice]}))
            };
            let detail = |member: &str, text: &str| {
                chunk(json!({"reasoning_details": [{"type": "reasoning.text", member: text,
                    "format": "anthropic-claude-v1", "index": 0}]}))
            };
            let call = |function: Value| chunk(json!({"tool_calls": [{"index": 0, "function": function}]}));
            let mut frames: Vec<Frame> = pieces(&said.thought).iter().map(|piece| detail("text", piece)).collect();
            frames.push(detail("signature", "c2ln"));
            frames.extend(pieces(&said.text).iter().map(|piece| chunk(json!({"content": piece}))));
            frames.push(chunk(json!({"tool_calls": [{"index": 0, "id": "call_9", "type": "function",
                "function": {"name": "note", "arguments": ""}}]})));
            let arguments = said.arguments().to_string();
            frames.extend(pieces(&arguments).iter().map(|piece| call(json!({"arguments": piece}))));
            frames.push((
                "",
                json!({"id": "gen-1", "object": "chat.completion.chunk", "model": "m-1",
                "choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}),
            ));
            frames
        },
        signs: true,
        framing: Framing::ServerSentEvents,
        stored: None,
    }
}

pub(super) fn openai_responses() -> Turns {
    Turns {
        member: "input",
        is_models: |turn| {
            let kind = turn.get("type").and_then(Value::as_str).unwrap_or_default();
            has(turn, "role", &["assistant"]) || kind == "reasoning" || kind.ends_with("_call")
        },
        whole: |said| {
            json!({"id": "resp_1", "object": "response", "model": "m-1", "status": "completed", "output": [
                {"type": "reasoning", "id": "rs_9", "encrypted_content": "gAAA",
                    "summary": [{"type": "summary_text", "text": said.thought}]},
                {"type": "message", "id": "msg_9", "role": "assistant", "status": "completed",
                    "content": [{"type": "output_text", "text": said.text, "annotations": []}]},
                {"type": "function_call", "id": "fc_9", "call_id": "call_9", "name": "note", "status": "completed",
                    "arguments": said.arguments().to_string()}],
                "usage": {"input_tokens": 9, "output_tokens": 9, "total_tokens": 18}})
        },
        taken: |answer| answer["output"].as_array().cloned().unwrap_or_default(),
        stream: |said| {
            let event = |kind: &'static str, output: u32, item: &str, more: Value| {
                let mut event = json!({"type": kind, "output_index": output, "item_id": item, "content_index": 0});
                event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
                (kind, event)
            };
            let added = "response.output_item.added";
            let mut frames = vec![
                (
                    "response.created",
                    json!({"type": "response.created", "response": {"id": "resp_1", "model": "m-1",
                    "object": "response", "status": "in_progress", "output": []}}),
                ),
                (
                    added,
                    json!({"type": added, "output_index": 0, "item": {"type": "reasoning", "id": "rs_9",
                    "summary": []}}),
                ),
            ];
            let summary = "response.reasoning_summary_text.delta";
            frames.extend(
                pieces(&said.thought)
                    .iter()
                    .map(|piece| event(summary, 0, "rs_9", json!({"summary_index": 0, "delta": piece}))),
            );
            let text = "response.output_text.delta";
            frames.extend(pieces(&said.text).iter().map(|piece| event(text, 1, "msg_9", json!({"delta": piece}))));
            frames.push((
                added,
                json!({"type": added, "output_index": 2, "item": {"type": "function_call",
                "id": "fc_9", "call_id": "call_9", "name": "note", "arguments": ""}}),
            ));
            let arguments = said.arguments().to_string();
            let delta = "response.function_call_arguments.delta";
            frames.extend(pieces(&arguments).iter().map(|piece| event(delta, 2, "fc_9", json!({"delta": piece}))));
            let completed = "response.completed";
            frames.push((completed, json!({"type": completed, "response": (openai_responses().whole)(said)})));
            frames
        },
        signs: true,
        framing: Framing::ServerSentEvents,
        stored: Some("previous_response_id"),
    }
}
