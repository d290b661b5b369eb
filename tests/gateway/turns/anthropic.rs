//! Anthropic's messages, and Amazon Bedrock's Converse.

use super::{Turns, has, pieces};
use serde_json::{Value, json};
use tollgate::framing::Framing;

pub(super) fn anthropic_messages() -> Turns {
    Turns {
        member: "messages",
        is_models: |turn| has(turn, "role", &["assistant"]),
        whole: |said| {
            json!({"id": "msg_9", "type": "message", "role": "assistant", "model": "m-1", "stop_reason": "tool_use",
                "content": [{"type": "thinking", "thinking": said.thought, "signature": "c2ln"},
                    {"type": "text", "text": said.text},
                    {"type": "tool_use", "id": "toolu_9", "name": "note", "input": said.arguments()}],
                "usage": {"input_tokens": 9, "output_tokens": 9}})
        },
        taken: |answer| vec![json!({"role": "assistant", "content": answer["content"]})],
        stream: |said| {
            let delta = |index: u32, delta: Value| {
                ("content_block_delta", json!({"type": "content_block_delta", "index": index, "delta": delta}))
            };
            let start = |index: u32, block: Value| {
                let event = json!({"type": "content_block_start", "index": index, "content_block": block});
                ("content_block_start", event)
            };
            let stop = |index: u32| ("content_block_stop", json!({"type": "content_block_stop", "index": index}));
            let mut frames = vec![
                (
                    "message_start",
                    json!({"type": "message_start", "message": {"id": "msg_9", "type": "message",
                    "role": "assistant", "model": "m-1", "content": [],
                    "usage": {"input_tokens": 9, "output_tokens": 1}}}),
                ),
                start(0, json!({"type": "thinking", "thinking": "", "signature": ""})),
            ];
            frames.extend(
                pieces(&said.thought)
                    .iter()
                    .map(|piece| delta(0, json!({"type": "thinking_delta", "thinking": piece}))),
            );
            frames.extend([
                delta(0, json!({"type": "signature_delta", "signature": "c2ln"})),
                stop(0),
                start(1, json!({"type": "text", "text": ""})),
            ]);
            frames
                .extend(pieces(&said.text).iter().map(|piece| delta(1, json!({"type": "text_delta", "text": piece}))));
            frames
                .extend([stop(1), start(2, json!({"type": "tool_use", "id": "toolu_9", "name": "note", "input": {}}))]);
            let arguments = said.arguments().to_string();
            frames.extend(
                pieces(&arguments)
                    .iter()
                    .map(|piece| delta(2, json!({"type": "input_json_delta", "partial_json": piece}))),
            );
            frames.extend([
                stop(2),
                (
                    "message_delta",
                    json!({"type": "message_delta", "delta": {"stop_reason": "tool_use"},
                    "usage": {"output_tokens": 9}}),
                ),
                ("message_stop", json!({"type": "message_stop"})),
            ]);
            frames
        },
        signs: true,
        framing: Framing::ServerSentEvents,
        stored: Some("container"),
    }
}

pub(super) fn bedrock() -> Turns {
    Turns {
        member: "messages",
        is_models: |turn| has(turn, "role", &["assistant"]),
        whole: |said| {
            json!({"output": {"message": {"role": "assistant", "content": [
                {"reasoningContent": {"reasoningText": {"text": said.thought, "signature": "c2ln"}}},
                {"text": said.text},
                {"toolUse": {"toolUseId": "tooluse_9", "name": "note", "input": said.arguments()}}]}},
                "stopReason": "tool_use", "usage": {"inputTokens": 9, "outputTokens": 9, "totalTokens": 18}})
        },
        taken: |answer| vec![answer["output"]["message"].clone()],
        stream: |said| {
            let delta =
                |index: u32, delta: Value| ("contentBlockDelta", json!({"contentBlockIndex": index, "delta": delta}));
            let stop = |index: u32| ("contentBlockStop", json!({"contentBlockIndex": index}));
            let mut frames = vec![("messageStart", json!({"role": "assistant"}))];
            frames.extend(
                pieces(&said.thought).iter().map(|piece| delta(0, json!({"reasoningContent": {"text": piece}}))),
            );
            frames.extend([delta(0, json!({"reasoningContent": {"signature": "c2ln"}})), stop(0)]);
            frames.extend(pieces(&said.text).iter().map(|piece| delta(1, json!({"text": piece}))));
            frames.extend([
                stop(1),
                (
                    "contentBlockStart",
                    json!({"contentBlockIndex": 2,
                    "start": {"toolUse": {"toolUseId": "tooluse_9", "name": "note"}}}),
                ),
            ]);
            let arguments = said.arguments().to_string();
            frames.extend(pieces(&arguments).iter().map(|piece| delta(2, json!({"toolUse": {"input": piece}}))));
            frames.extend([stop(2), ("messageStop", json!({"stopReason": "tool_use"}))]);
            frames
        },
        signs: true,
        framing: Framing::AwsEventStream,
        stored: None,
    }
}
