//! Google's generateContent and interactions.

use super::{Frame, Turns, has, pieces};
use serde_json::{Value, json};
use tollgate::framing::Framing;

pub(super) fn gemini_generate() -> Turns {
    Turns {
        member: "contents",
        is_models: |turn| has(turn, "role", &["model"]),
        whole: |said| {
            json!({"responseId": "r-9", "modelVersion": "m-1", "candidates": [{"index": 0, "finishReason": "STOP",
                "content": {"role": "model", "parts": [
                    {"text": said.thought, "thought": true, "thoughtSignature": "c2ln"},
                    {"text": said.text, "thoughtSignature": "c2lo"},
                    {"functionCall": {"name": "note", "args": said.arguments()}, "thoughtSignature": "c2lp"}]}}],
                "usageMetadata": {"promptTokenCount": 9, "candidatesTokenCount": 9, "totalTokenCount": 18}})
        },
        taken: |answer| vec![answer["candidates"][0]["content"].clone()],
        // Thoughts of a stream have no signature: the last part that is not a thought has it.
        stream: |said| {
            let chunk = |parts: Value| {
                let candidate = json!({"index": 0, "content": {"role": "model", "parts": parts}});
                ("", json!({"responseId": "r-9", "modelVersion": "m-1", "candidates": [candidate]}))
            };
            let thought = pieces(&said.thought);
            let mut frames: Vec<Frame> =
                thought.iter().map(|piece| chunk(json!([{"text": piece, "thought": true}]))).collect();
            frames.extend(pieces(&said.text).iter().map(|piece| chunk(json!([{"text": piece}]))));
            frames.push(chunk(json!([{"functionCall": {"name": "note", "args": said.arguments()},
                "thoughtSignature": "c2lp"}])));
            frames.push((
                "",
                json!({"responseId": "r-9", "modelVersion": "m-1", "candidates": [{"index": 0, "finishReason": "STOP",
                "content": {"role": "model", "parts": [{"text": ""}]}}]}),
            ));
            frames
        },
        signs: true,
        framing: Framing::ServerSentEvents,
        stored: Some("cachedContent"),
    }
}

pub(super) fn gemini_interactions() -> Turns {
    Turns {
        member: "input",
        is_models: |turn| {
            has(turn, "role", &["model"]) || has(turn, "type", &["thought", "function_call", "model_output"])
        },
        whole: |said| {
            json!({"id": "v1_9", "object": "interaction", "status": "completed", "model": "m-1", "steps": [
                {"type": "thought", "signature": "c2ln", "summary": [{"type": "text", "text": said.thought}]},
                {"type": "model_output", "content": [{"type": "text", "text": said.text}]},
                {"type": "function_call", "id": "c9", "name": "note", "arguments": said.arguments()}]})
        },
        taken: |answer| answer["steps"].as_array().cloned().unwrap_or_default(),
        stream: |said| {
            let delta = |index: u32, delta: Value| {
                ("step.delta", json!({"event_type": "step.delta", "index": index, "delta": delta}))
            };
            let start = |index: u32, step: Value| {
                ("step.start", json!({"event_type": "step.start", "index": index, "step": step}))
            };
            let stop = |index: u32| ("step.stop", json!({"event_type": "step.stop", "index": index}));
            let mut frames = vec![start(0, json!({"type": "thought"}))];
            frames.extend(
                pieces(&said.thought).iter().map(|piece| {
                    delta(0, json!({"type": "thought_summary", "content": {"type": "text", "text": piece}}))
                }),
            );
            frames.extend([
                delta(0, json!({"type": "thought_signature", "signature": "c2ln"})),
                stop(0),
                start(1, json!({"type": "model_output"})),
            ]);
            frames.extend(pieces(&said.text).iter().map(|piece| delta(1, json!({"type": "text", "text": piece}))));
            frames.extend([
                stop(1),
                start(2, json!({"type": "function_call", "id": "c9", "name": "note", "arguments": {}})),
            ]);
            let arguments = said.arguments().to_string();
            frames.extend(
                pieces(&arguments).iter().map(|piece| delta(2, json!({"type": "arguments_delta", "arguments": piece}))),
            );
            frames.push(stop(2));
            frames
        },
        signs: true,
        framing: Framing::ServerSentEvents,
        stored: Some("previous_interaction_id"),
    }
}
