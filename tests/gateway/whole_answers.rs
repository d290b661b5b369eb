//! Whole answers that may have to be restored: kept once until their end.

use super::support::{KEY, settings};
use proptest::prelude::*;
use proptest::sample::select;
use std::sync::Arc;
use tollgate::attempt::{Headers, OnResponseBody};
use tollgate::call::{Call, Step};
use tollgate::record::FreshIds;

fn headers(list: &[(&str, &str)]) -> Headers {
    Headers::from_iter(list.iter().copied())
}

/// A call whose request had an address taken out, and whose answer has begun with these headers.
fn answering(answer: &[(&str, &str)]) -> Call {
    let plan = tollgate::settings::read(settings("").as_bytes(), &|_| Some("sk".to_owned())).unwrap();
    let mut call = Call::new(Arc::new(plan), 1, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let key = format!("Bearer {KEY}");
    let sent = [
        (":method", "POST"),
        (":path", "/v1/chat/completions"),
        (":authority", "gateway.example"),
        ("authorization", key.as_str()),
        ("content-type", "application/json"),
    ];
    call.on_request_headers(headers(&sent), false);
    let body = br#"{"model":"gpt-4o-mini","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    assert!(matches!(call.on_request_body(body), Step::Continue(_)));
    call.on_response_headers(&headers(answer), false);
    call
}

/// The last of what goes to the client, for an answer in pieces whose end comes without bytes.
fn last(call: &mut Call, answer: &str) -> OnResponseBody {
    for piece in answer.as_bytes().chunks(1000) {
        assert_eq!(call.on_response_body(piece, false, || 2), OnResponseBody::Hold);
    }
    call.on_response_body(&[], true, || 3)
}

#[test]
fn an_answer_of_known_length_is_kept_in_memory_reserved_once_and_handed_on_in_it() {
    let answer = format!(r#"{{"choices":[{{"message":{{"content":"{}"}}}}]}}"#, "word ".repeat(9000));
    let length = answer.len().to_string();
    let head = [(":status", "200"), ("content-type", "application/json"), ("content-length", length.as_str())];
    let OnResponseBody::Replace(body) = last(&mut answering(&head), &answer) else {
        panic!("nothing goes on");
    };
    assert!(body == answer.as_bytes());
    // A copy, or memory that grew, would have another size.
    assert_eq!(body.capacity(), answer.len() + ROOM_FOR_VALUES);
}

#[test]
fn an_answer_of_known_length_is_restored_in_the_memory_that_was_reserved() {
    let answer = format!(r#"{{"choices":[{{"message":{{"content":"{}for [EMAIL_1]"}}}}]}}"#, "word ".repeat(9000));
    let length = answer.len().to_string();
    let head = [(":status", "200"), ("content-type", "application/json"), ("content-length", length.as_str())];
    let OnResponseBody::Replace(body) = last(&mut answering(&head), &answer) else {
        panic!("nothing goes on");
    };
    assert!(body == answer.replace("[EMAIL_1]", "ada@example.com").as_bytes());
    assert_eq!(body.capacity(), answer.len() + ROOM_FOR_VALUES);
}

/// Memory that is reserved beyond the declared length, for values in place of their placeholders.
const ROOM_FOR_VALUES: usize = 512;

#[test]
fn no_memory_is_reserved_for_a_length_that_may_not_be_kept() {
    let answer = r#"{"choices":[]}"#;
    let head = [(":status", "200"), ("content-type", "application/json"), ("content-length", "1000000000")];
    let OnResponseBody::Replace(body) = last(&mut answering(&head), answer) else {
        panic!("nothing goes on");
    };
    assert_eq!(body, answer.as_bytes());
    assert!(body.capacity() < 1000);
}

#[test]
fn white_space_before_an_answer_goes_on_at_once_and_is_not_repeated() {
    let answer = r#"{"choices":[{"message":{"content":"for [EMAIL_1]"}}]}"#;
    let mut call = answering(&[(":status", "200"), ("content-type", "application/json")]);
    assert_eq!(call.on_response_body(b"\n ", false, || 2), OnResponseBody::Pass);
    let begun = call.on_response_body(&[b" ", answer.as_bytes()].concat(), false, || 3);
    assert_eq!(begun, OnResponseBody::Replace(b" ".to_vec()));
    let restored = answer.replace("[EMAIL_1]", "ada@example.com");
    assert_eq!(call.on_response_body(b"", true, || 4), OnResponseBody::Replace(restored.into_bytes()));
}

/// Pieces of the inside of a JSON string: placeholders, escapes, and parts of both.
fn piece() -> impl Strategy<Value = &'static str> {
    select(vec![
        "[EMAIL_1]",
        "[EMAIL_2]",
        r"\u005bEMAIL_1]",
        r"\u005BEMAIL_1\u005d",
        r"[EMAIL\u005f1]",
        r"\\u005b",
        r"\\",
        r"\n",
        r#"\""#,
        r"\u00e9",
        r"\ud83d\ude00",
        "[",
        "EMAIL_1]",
        "é",
        " ",
        "word",
    ])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_text_is_restored_however_it_is_escaped(pieces in prop::collection::vec(piece(), 0..12)) {
        let inside = pieces.concat();
        let answer = format!(r#"{{"choices":[{{"index":0,"message":{{"role":"assistant","content":"{inside}"}},"finish_reason":"stop"}}]}}"#);
        let head = [(":status", "200"), ("content-type", "application/json")];
        let content = |body: &[u8]| {
            let body: serde_json::Value = serde_json::from_slice(body).unwrap();
            body["choices"][0]["message"]["content"].as_str().unwrap().to_owned()
        };
        let OnResponseBody::Replace(body) = last(&mut answering(&head), &answer) else {
            panic!("nothing goes on");
        };
        prop_assert_eq!(content(&body), content(answer.as_bytes()).replace("[EMAIL_1]", "ada@example.com"));
    }
}
