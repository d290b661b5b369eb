//! Endings of a call: cut, failed, unreadable, or in order, and the record of each.

use super::calls::{ANTHROPIC, OPENAI, fixture, gateway, plain};
use super::support::Answer;
use tollgate::call::Ending;

#[test]
fn a_call_that_was_cut_is_recorded_with_what_was_seen_and_why() {
    let mut gateway = gateway("");
    let stream = fixture("openai_chat/stream.sse");
    let half = stream.as_bytes()[..stream.len() / 2].to_vec();
    let request = r#"{"model":"gpt-4o-mini","stream":true,"messages":[]}"#;
    for (cut, outcome, error) in [
        (Some(Ending::CutByClient), "cut_by_client", "client_disconnected"),
        (
            Some(Ending::CutByProvider("upstream_reset_after_response_started".to_owned())),
            "cut_by_provider",
            "upstream_reset_after_response_started",
        ),
        // The connection was closed in order, the stream was not.
        (None, "cut_by_provider", "stream_truncated"),
    ] {
        let answer = Answer { cut, ..Answer::stream(vec![half.clone()]) };
        gateway.post(OPENAI, request, &answer);
        let span = gateway.span();
        assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), (outcome, error));
        assert_eq!(span.get("gen_ai.response.id"), "chatcmpl-fixture1");
        assert_eq!(span.get("gen_ai.response.finish_reasons"), "error");
        assert!(span.error);
    }
    let answer = fixture("openai_chat/answer.json");
    let half = answer.as_bytes()[..answer.len() / 2].to_vec();
    let answer = Answer { cut: Some(Ending::CutByClient), ..Answer::of("application/json", vec![half]) };
    gateway.post(OPENAI, &plain(OPENAI), &answer);
    assert_eq!(gateway.span().get("gen_ai.response.model"), "gpt-4o-mini-2024-07-18");
}

#[test]
fn a_client_that_leaves_at_the_end_of_a_stream_has_not_cut_it() {
    let mut gateway = gateway("");
    let request = r#"{"model":"gpt-4o-mini","stream":true,"messages":[]}"#;
    let stream = fixture("openai_chat/stream.sse").into_bytes();
    let answer = Answer { cut: Some(Ending::CutByClient), ..Answer::stream(vec![stream]) };
    gateway.post(OPENAI, request, &answer);
    let span = gateway.span();
    assert_eq!((span.get("tollgate.outcome"), span.get("error.type"), span.error), ("answered", "", false));
}

#[test]
fn an_answer_that_cannot_be_read_passes_and_is_recorded_as_such() {
    let mut gateway = gateway(r#","limits":{"response_body":"1KiB","stream_event":"1KiB"}"#);
    let long = format!(r#"{{"choices":[],"x":"{}"}}"#, "y".repeat(3000));
    let encoded = Answer { headers: vec![("content-encoding", "br")], ..Answer::json("\u{1f}\u{8b}") };
    let html = Answer { status: 502, ..Answer::of("text/html", vec![b"<h1>Bad gateway</h1>".to_vec()]) };
    let event = Answer::stream(vec![format!("data: {long}\n\ndata: [DONE]\n\n").into_bytes()]);
    let cases = [
        (encoded, "response_encoding", "answered"),
        (html, "response_content_type", "failed"),
        (Answer::json("not json"), "response_unreadable", "answered"),
        (Answer::json(&long), "response_too_large", "answered"),
        (event, "stream_event_too_large", "answered"),
        (Answer::stream(vec![b"data: {oops\n\ndata: [DONE]\n\n".to_vec()]), "stream_event_unreadable", "answered"),
    ];
    for (answer, note, outcome) in cases {
        let sent: Vec<u8> = answer.pieces.concat();
        for text in ["hi", "ada@example.com"] {
            let request = format!(r#"{{"model":"gpt-4o","messages":[{{"role":"user","content":"{text}"}}]}}"#);
            let seen = gateway.post(OPENAI, &request, &answer);
            assert_eq!(seen.body, sent);
            let span = gateway.span();
            assert_eq!((span.get("tollgate.notes"), span.get("tollgate.outcome")), (note, outcome));
            assert_eq!(span.get("gen_ai.usage.input_tokens"), "", "unknown is not zero");
            assert_eq!(span.get("tollgate.cost.total"), "");
        }
    }
}

#[test]
fn a_provider_s_error_is_the_client_s_and_its_type_is_recorded() {
    let mut gateway = gateway("");
    let body =
        r#"{"error":{"message":"No, [EMAIL_1]","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#;
    let answer = Answer { status: 429, ..Answer::json(body) };
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let seen = gateway.post(OPENAI, request, &answer);
    assert_eq!((seen.status, seen.text().contains("No, ada@example.com")), (429, true));
    let span = gateway.span();
    assert_eq!((span.get("error.type"), span.get("tollgate.outcome")), ("insufficient_quota", "failed"));

    let stream = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"usage\":{\"input_tokens\":9}}}\n\n\
                  event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}\n\n";
    let request = r#"{"model":"claude-sonnet-4-5","stream":true,"messages":[]}"#;
    gateway.post(ANTHROPIC, request, &Answer::stream(vec![stream.as_bytes().to_vec()]));
    let span = gateway.span();
    assert_eq!((span.get("error.type"), span.get("tollgate.outcome")), ("overloaded_error", "failed"));
    assert_eq!(span.get("gen_ai.usage.input_tokens"), "9");
}

#[test]
fn trailers_in_place_of_a_last_piece_lose_nothing() {
    let mut gateway = gateway("");
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let answer = r#"{"choices":[{"index":0,"message":{"content":"[EMAIL_1]"},"finish_reason":"stop"}]}"#;
    let answer = Answer { trailers: true, ..Answer::json(answer) };
    let seen = gateway.post(OPENAI, request, &answer);
    assert!(seen.text().contains("ada@example.com"));
    assert_eq!(gateway.span().get("tollgate.outcome"), "answered");
}
