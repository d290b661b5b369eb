//! Streams, translated.

use serde_json::{Value, json};
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::Dialect;
use tollgate::document::Edits;
use tollgate::endpoint::Route;
use tollgate::model::AnswerContext;
use tollgate::settings::Limits;

/// Translates a stream that comes in pieces of this length.
pub(crate) fn translate_stream(from: Dialect, to: Dialect, body: &str, length: usize) -> String {
    let context = AnswerContext { now: 1_790_000_000, id: "made".to_owned(), stream_usage: true, ..Default::default() };
    translate_stream_for(context, (from, to), body, length)
}

/// Translates the stream that answers a call.
pub(crate) fn translate_stream_for(
    context: AnswerContext,
    (from, to): (Dialect, Dialect),
    body: &str,
    length: usize,
) -> String {
    let path = match from {
        Dialect::OpenAiResponses => "/v1/responses",
        Dialect::AnthropicMessages => "/v1/messages",
        Dialect::GeminiGenerate => "/v1beta/models/m:streamGenerateContent?alt=sse",
        _ => "/v1/chat/completions",
    };
    let mut translator = to.translate_stream(from, to.stream(), context).unwrap();
    let route = Route::of("POST", path, &[]);
    let headers: Headers = [(":status", "200"), ("content-type", "text/event-stream")]
        .iter()
        .map(|(name, value)| (*name, value.as_bytes()))
        .collect();
    let mut decoder = AnswerDecoder::new(&route, true, &headers, Limits::default());
    let mut out = Vec::new();
    let pieces: Vec<&[u8]> = body.as_bytes().chunks(length.max(1)).collect();
    for (at, piece) in pieces.iter().enumerate() {
        decoder.push(piece, at + 1 == pieces.len(), &mut |decoded| {
            if let Decoded::Frame { said: Some(said), .. } = decoded {
                translator.push(said.events, said.document, &Edits::default(), &mut out);
            }
        });
    }
    translator.finish(&mut out);
    String::from_utf8(out).unwrap()
}

/// Data of the frames.
pub(crate) fn data(stream: &str) -> Vec<Value> {
    let lines = stream.lines().filter_map(|line| line.strip_prefix("data: ")).filter(|data| *data != "[DONE]");
    lines.map(|data| serde_json::from_str(data).unwrap()).collect()
}

/// Stream with the named frames.
pub(crate) fn frames(frames: &[Value]) -> String {
    let frame = |data: &Value| format!("event: {}\ndata: {data}\n\n", data["type"].as_str().unwrap_or("message"));
    frames.iter().map(frame).collect()
}

#[test]
fn encrypted_reasoning_that_a_stream_repeats_is_one_block() {
    let item = |data: &str| json!({"id": "rs_1", "type": "reasoning", "summary": [], "encrypted_content": data});
    let response = |status: &str, output: &Value| json!({"id": "resp_1", "object": "response", "model": "m", "created_at": 5, "status": status, "output": output});
    let stream = frames(&[
        json!({"type": "response.created", "response": response("in_progress", &json!([]))}),
        json!({"type": "response.output_item.added", "output_index": 0, "item": item("first")}),
        json!({"type": "response.output_item.done", "output_index": 0, "item": item("last")}),
        json!({"type": "response.completed", "response": response("completed", &json!([item("last")]))}),
    ]);
    let written = translate_stream(Dialect::OpenAiResponses, Dialect::AnthropicMessages, &stream, 1 << 20);
    let starts: Vec<Value> =
        data(&written).into_iter().filter(|frame| frame["type"] == "content_block_start").collect();
    assert_eq!(starts.len(), 1, "{written}");
    let (_, proof) = written.split_once("\"data\":\"").unwrap();
    let carried = tollgate::model::Carrier::read(proof.split('"').next().unwrap());
    assert!(format!("{carried:?}").contains("last"), "the one of the whole text: {carried:?}");
}
