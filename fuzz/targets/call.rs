//! A whole call of any bytes, cut anywhere: it never hangs and is always recorded.
#![no_main]

use libfuzzer_sys::fuzz_target;
use std::rc::Rc;
use tollgate::call::{Call, Ending, Headers, OnRequestBody, OnRequestHeaders};
use tollgate::telemetry::FreshIds;

const SETTINGS: &str = r#"{"providers":[{"name":"openai","kind":"openai","credential":{"env":"K"}},
    {"name":"anthropic","kind":"anthropic","credential":{"env":"K"}}],
    "keys":[{"id":"k","sha256":"2c70e12b7a0646f92279f427c7b38e7334d8e5389cff167a1dc30e73f826b683"}],
    "telemetry":{"content":"redacted"},"limits":{"stream_event":"1KiB","response_body":"1KiB"}}"#;

fn headers(list: &[(&str, &str)]) -> Headers {
    Headers(list.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect())
}

fuzz_target!(|input: (bool, bool, u16, &[u8], &[u8])| {
    let (claude, stream, cut, request, answer) = input;
    let plan = tollgate::settings::read(SETTINGS.as_bytes(), &|_| Some("secret".to_owned())).unwrap();
    let mut call = Call::new(Rc::new(plan), 1, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let path = if claude { "/v1/messages" } else { "/v1/chat/completions" };
    let head = [(":method", "POST"), (":path", path), (":authority", "gateway"), ("x-api-key", "key")];
    assert!(matches!(call.on_request_headers(headers(&head), false), OnRequestHeaders::Hold));
    assert!(matches!(call.on_request_body_growing(request.len() / 2), OnRequestBody::Hold));
    if let OnRequestBody::Forward(_) = call.on_request_body(request.to_vec()) {
        let media = if stream { "text/event-stream" } else { "application/json" };
        call.on_response_headers(&headers(&[(":status", "200"), ("content-type", media)]), false);
        let (first, second) = answer.split_at(usize::from(cut).min(answer.len()));
        call.on_response_body(first, false, || 2);
        call.on_response_body(second, true, || 3);
    }
    assert!(call.finish(4, &Ending::Whole).is_some());
});
