//! Cohere's, Mistral's and Ollama's chats.

use super::{Frame, Turns, has, pieces};
use serde_json::{Value, json};
use tollgate::framing::Framing;

pub(super) fn cohere_v1() -> Turns {
    Turns {
        member: "chat_history",
        is_models: |turn| has(turn, "role", &["CHATBOT", "Chatbot", "chatbot"]),
        whole: |said| {
            json!({"response_id": "resp_9", "generation_id": "gen_9", "text": said.text, "finish_reason": "COMPLETE",
                "tool_calls": [{"name": "note", "parameters": said.arguments()}]})
        },
        taken: |answer| vec![json!({"role": "CHATBOT", "message": answer["text"], "tool_calls": answer["tool_calls"]})],
        stream: |said| {
            let mut frames =
                vec![("", json!({"event_type": "stream-start", "is_finished": false, "generation_id": "gen_9"}))];
            frames.extend(
                pieces(&said.text)
                    .iter()
                    .map(|piece| ("", json!({"event_type": "text-generation", "is_finished": false, "text": piece}))),
            );
            frames.push((
                "",
                json!({"event_type": "stream-end", "is_finished": true, "finish_reason": "COMPLETE",
                "response": (cohere_v1().whole)(said)}),
            ));
            frames
        },
        signs: false,
        framing: Framing::JsonLines,
        stored: Some("conversation_id"),
    }
}

pub(super) fn cohere_v2() -> Turns {
    Turns {
        member: "messages",
        is_models: |turn| has(turn, "role", &["assistant"]),
        whole: |said| {
            json!({"id": "msg_9", "finish_reason": "TOOL_CALL", "message": {"role": "assistant", "tool_plan": said.text,
                "content": [{"type": "thinking", "thinking": said.thought}, {"type": "text", "text": said.text}],
                "tool_calls": [{"id": "call_9", "type": "function", "function": {"name": "note",
                    "arguments": said.arguments().to_string()}}]}})
        },
        taken: |answer| vec![answer["message"].clone()],
        stream: |said| {
            let event = |kind: &'static str, index: u32, message: Value| {
                (kind, json!({"type": kind, "index": index, "delta": {"message": message}}))
            };
            let content = |index: u32, content: Value| event("content-delta", index, json!({"content": content}));
            let call = |kind, call: Value| event(kind, 0, json!({"tool_calls": call}));
            let mut frames = vec![
                event("message-start", 0, json!({"role": "assistant", "content": []})),
                event("content-start", 0, json!({"content": {"type": "thinking", "thinking": ""}})),
            ];
            frames.extend(pieces(&said.thought).iter().map(|piece| content(0, json!({"thinking": piece}))));
            frames.push(event("content-start", 1, json!({"content": {"type": "text", "text": ""}})));
            frames.extend(pieces(&said.text).iter().map(|piece| content(1, json!({"text": piece}))));
            frames.push(call(
                "tool-call-start",
                json!({"id": "call_9", "type": "function",
                "function": {"name": "note", "arguments": ""}}),
            ));
            let arguments = said.arguments().to_string();
            frames.extend(
                pieces(&arguments)
                    .iter()
                    .map(|piece| call("tool-call-delta", json!({"function": {"arguments": piece}}))),
            );
            frames.push(("tool-call-end", json!({"type": "tool-call-end", "index": 0})));
            frames.push(("message-end", json!({"type": "message-end", "delta": {"finish_reason": "TOOL_CALL"}})));
            frames
        },
        signs: false,
        framing: Framing::ServerSentEvents,
        stored: None,
    }
}

pub(super) fn mistral_conversations() -> Turns {
    Turns {
        member: "inputs",
        is_models: |turn| has(turn, "role", &["assistant"]) || has(turn, "type", &["function.call", "message.output"]),
        whole: |said| {
            json!({"object": "conversation.response", "conversation_id": "conv_9", "outputs": [
                {"object": "entry", "type": "message.output", "id": "msg_9", "role": "assistant", "content": [
                    {"type": "thinking", "thinking": [{"type": "text", "text": said.thought}]},
                    {"type": "text", "text": said.text}]},
                {"object": "entry", "type": "function.call", "id": "fc_9", "tool_call_id": "c9", "name": "note",
                    "arguments": said.arguments().to_string()}]})
        },
        taken: |answer| answer["outputs"].as_array().cloned().unwrap_or_default(),
        stream: |said| {
            let output = |index: u32, content: Value| {
                let kind = "message.output.delta";
                (
                    kind,
                    json!({"type": kind, "output_index": 0, "content_index": index, "id": "msg_9",
                    "role": "assistant", "content": content}),
                )
            };
            let mut frames: Vec<Frame> = pieces(&said.thought)
                .iter()
                .map(|piece| output(0, json!({"type": "thinking", "thinking": [{"type": "text", "text": piece}]})))
                .collect();
            frames.extend(pieces(&said.text).iter().map(|piece| output(1, json!(piece))));
            let arguments = said.arguments().to_string();
            frames.extend(pieces(&arguments).iter().map(|piece| {
                let kind = "function.call.delta";
                (
                    kind,
                    json!({"type": kind, "output_index": 1, "id": "fc_9", "tool_call_id": "c9", "name": "note",
                    "arguments": piece}),
                )
            }));
            let done = "conversation.response.done";
            frames.push((done, json!({"type": done})));
            frames
        },
        signs: false,
        framing: Framing::ServerSentEvents,
        stored: None,
    }
}

pub(super) fn ollama() -> Turns {
    Turns {
        member: "messages",
        is_models: |turn| has(turn, "role", &["assistant"]),
        whole: |said| {
            json!({"model": "m-1", "done": true, "done_reason": "stop", "message": {"role": "assistant",
                "content": said.text, "thinking": said.thought,
                "tool_calls": [{"function": {"name": "note", "arguments": said.arguments()}}]}})
        },
        taken: |answer| vec![answer["message"].clone()],
        stream: |said| {
            let line = |member: &str, text: &str| {
                let mut message = json!({"role": "assistant", "content": ""});
                message[member] = json!(text);
                ("", json!({"model": "m-1", "message": message, "done": false}))
            };
            let mut frames: Vec<Frame> = pieces(&said.thought).iter().map(|piece| line("thinking", piece)).collect();
            frames.extend(pieces(&said.text).iter().map(|piece| line("content", piece)));
            frames.push((
                "",
                json!({"model": "m-1", "done": false, "message": {"role": "assistant", "content": "",
                "tool_calls": [{"function": {"name": "note", "arguments": said.arguments()}}]}}),
            ));
            frames.push((
                "",
                json!({"model": "m-1", "done": true, "done_reason": "stop",
                "message": {"role": "assistant", "content": ""}}),
            ));
            frames
        },
        signs: false,
        framing: Framing::JsonLines,
        stored: None,
    }
}
