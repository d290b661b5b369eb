//! The guard: asked with texts after redaction, and its verdict.

use super::support::{Answer, EXPORT, Gateway, GuardAnswer, KEY, Seen, settings};
use proptest::prelude::*;
use serde_json::{Value, json};
use tollgate::policy::{GuardFault, GuardVerdict, LONGEST_VERDICT};

const CHAT: &str = "/v1/chat/completions";

fn gateway(on_failure: &str, guard: GuardAnswer) -> Gateway {
    let gateway = Gateway::new(&settings(&format!(
        r#","guards":{{"http":{{"cluster":"guard","path":"/check","timeout":"250ms","on_failure":"{on_failure}"}}}}{EXPORT}"#
    )));
    gateway.host.0.borrow_mut().guard = guard;
    gateway
}

fn verdict(body: &str) -> GuardAnswer {
    GuardAnswer::Some(200, body.as_bytes().to_vec())
}

fn chat(gateway: &Gateway, text: &str) -> Seen {
    let body = json!({"model": "gpt-5", "messages": [{"role": "user", "content": text}]}).to_string();
    gateway.post(CHAT, &body, &Answer::json(r#"{"choices":[{"message":{"content":"ok"},"finish_reason":"stop"}]}"#))
}

/// Question to the guard.
fn question(gateway: &Gateway) -> Value {
    let questions = &gateway.host.0.borrow().questions;
    serde_json::from_slice(questions.first().expect("nobody was asked")).expect("the question is JSON")
}

#[test]
fn an_allowed_call_goes_on_as_without_a_guard() {
    let mut guarded = gateway("refuse", verdict(r#"{"allow":true,"rule":"none"}"#));
    let plain = Gateway::new(&settings(""));
    let (seen, same) = (chat(&guarded, "I am ada@example.com"), chat(&plain, "I am ada@example.com"));
    assert_eq!((seen.status, &seen.body, seen.sent()), (same.status, &same.body, same.sent()));
    assert_eq!(seen.upstream.unwrap().0["content-length"], same.upstream.unwrap().0["content-length"]);
    let span = guarded.span();
    assert_eq!((span.get("tollgate.guard"), span.get("tollgate.guard.rule")), ("allowed", "none"));
    assert!(!span.get("tollgate.guard.duration").is_empty());
    assert_eq!(span.get("tollgate.outcome"), "answered");
}

#[test]
fn the_guard_gets_the_model_and_placeholders_and_never_personal_data() {
    let gateway = gateway("refuse", verdict(r#"{"allow":true}"#));
    chat(&gateway, "I am ada@example.com");
    assert_eq!(question(&gateway), json!({"model": "gpt-5", "texts": ["I am [EMAIL_1]"]}));
}

#[test]
fn the_guard_gets_the_texts_of_a_form() {
    let gateway = gateway("refuse", verdict(r#"{"allow":false,"rule":"pictures"}"#));
    let body = "--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\ngpt-image-1\r\n--b\r\n\
                content-disposition: form-data; name=\"prompt\"\r\n\r\na cat of ada@example.com\r\n--b--\r\n";
    let bearer = format!("Bearer {KEY}");
    let headers = [("authorization", bearer.as_str()), ("content-type", "multipart/form-data; boundary=b")];
    let seen = gateway.call("POST", "/v1/images/edits", &headers, &[body.as_bytes()], &Answer::json("{}"));
    assert_eq!((seen.status, seen.upstream.is_none()), (403, true));
    let texts = question(&gateway)["texts"].to_string();
    assert!(texts.contains("a cat of [EMAIL_1]") && !texts.contains("ada@"), "{texts}");
}

#[test]
fn a_refused_call_never_leaves_and_its_client_learns_no_rule() {
    let mut gateway = gateway("allow", verdict(r#"{"allow":false,"rule":"no_secrets"}"#));
    let seen = chat(&gateway, "the plan");
    assert_eq!((seen.status, seen.upstream.is_none()), (403, true));
    let body: Value = serde_json::from_slice(&seen.body).unwrap();
    assert_eq!(body["error"]["code"], "guard_refused");
    assert!(!seen.text().contains("no_secrets"));
    assert!(seen.reply_headers.contains(&("x-tollgate-refusal".into(), "guard_refused".into())));
    let span = gateway.span();
    assert_eq!((span.get("tollgate.guard"), span.get("tollgate.guard.rule")), ("refused", "no_secrets"));
    assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), ("refused", "guard_refused"));
    assert_eq!((span.get("gen_ai.provider.name"), span.get("tollgate.cost.unknown")), ("openai", ""));
}

#[test]
fn a_guard_without_a_verdict_leaves_it_to_the_settings() {
    for (answer, error) in [
        (GuardAnswer::None, "no_answer"),
        (GuardAnswer::Some(504, b"upstream request timeout".to_vec()), "504"),
        (verdict("yes"), "malformed"),
        (verdict(&" ".repeat(LONGEST_VERDICT + 1)), "too_long"),
    ] {
        let mut strict = gateway("refuse", answer.clone());
        let seen = chat(&strict, "hello");
        assert_eq!((seen.status, seen.upstream.is_none()), (503, true), "{error}");
        let span = strict.span();
        assert_eq!((span.get("tollgate.guard"), span.get("tollgate.guard.error")), ("failed", error));
        assert_eq!(span.get("error.type"), "guard_unavailable");

        let mut lenient = gateway("allow", answer);
        let seen = chat(&lenient, "hello");
        assert_eq!((seen.status, seen.upstream.is_some()), (200, true), "{error}");
        let span = lenient.span();
        assert_eq!((span.get("tollgate.guard"), span.get("tollgate.guard.error")), ("failed", error));
        assert_eq!(span.get("tollgate.outcome"), "answered");
    }
}

#[test]
fn a_guard_that_the_host_cannot_ask_has_no_verdict() {
    for (on_failure, status) in [("refuse", 503), ("allow", 200)] {
        let gateway = gateway(on_failure, GuardAnswer::None);
        gateway.host.0.borrow_mut().refuse_callouts = true;
        let seen = chat(&gateway, "hello");
        assert_eq!((seen.status, seen.upstream.is_some()), (status, status == 200));
    }
}

#[test]
fn an_answer_after_the_client_has_left_is_ignored() {
    let mut gateway = gateway("allow", GuardAnswer::TooLate(br#"{"allow":true}"#.to_vec()));
    let seen = chat(&gateway, "hello");
    assert!(seen.upstream.is_none() && seen.status == 0);
    let span = gateway.span();
    assert_eq!((span.get("tollgate.guard"), span.get("tollgate.outcome")), ("abandoned", "cut_by_client"));
    assert_eq!((span.get("tollgate.guard.duration"), span.get("tollgate.cost.unknown")), ("", ""));
}

#[test]
fn a_body_that_the_guard_cannot_see_is_refused_even_without_redaction() {
    let settings = settings(r#","redaction":{"detect":[]},"guards":{"http":{"cluster":"guard","path":"/check"}}"#);
    let gateway = Gateway::new(&settings);
    let seen = gateway.post("/v1/batches", r#"{"input_file_id":"file-1"}"#, &Answer::json("{}"));
    assert_eq!((seen.status, seen.upstream.is_none()), (403, true), "{}", seen.text());
}

#[test]
fn a_verdict_is_read_strictly() {
    let read = |body: &str| GuardVerdict::read(200, body.as_bytes());
    assert_eq!(read(r#" {"allow": true} "#), Ok(GuardVerdict { allow: true, rule: None }));
    let rule = Some("pii/email-1.a:b_c".to_owned());
    assert_eq!(read(r#"{"rule":"pii/email-1.a:b_c","allow":false}"#), Ok(GuardVerdict { allow: false, rule }));
    for body in [
        "",
        "{}",
        "true",
        "[true,\"a\"]",
        r#"{"allow":1}"#,
        r#"{"allow":"true"}"#,
        r#"{"allow":true,"allow":false}"#,
        r#"{"allow":true,"reason":"the text"}"#,
        r#"{"allow":true} {}"#,
        r#"{"allow":false,"rule":""}"#,
        r#"{"allow":false,"rule":"a text"}"#,
        r#"{"allow":false,"rule":["a"]}"#,
        r#"{"allow":null}"#,
        "\u{feff}{\"allow\":true}",
    ] {
        assert_eq!(read(body), Err(GuardFault::Malformed), "{body}");
    }
    let long = format!(r#"{{"allow":false,"rule":"{}"}}"#, "a".repeat(65));
    assert_eq!(read(&long), Err(GuardFault::Malformed));
    assert_eq!(GuardVerdict::read(204, br#"{"allow":true}"#), Err(GuardFault::Status(204)));
}

/// A verdict as serde derives it.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenVerdict {
    allow: bool,
    rule: Option<String>,
}

const MEMBERS: &[&str] = &[
    r#""allow":true"#,
    r#""allow" : false"#,
    r#""\u0061llow":true"#,
    r#""allow":null"#,
    r#""rule":"a-b""#,
    r#""rule":"\u0061""#,
    r#""rule":null"#,
    r#""rule":{"allow":true}"#,
    r#""reason":1"#,
    r#""rule""#,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_verdict_is_read_as_serde_reads_it(members in prop::collection::vec(prop::sample::select(MEMBERS), 0..4)) {
        let body = format!("{{{}}}", members.join(","));
        let read = GuardVerdict::read(200, body.as_bytes()).ok().map(|verdict| (verdict.allow, verdict.rule));
        let expected: Option<WrittenVerdict> = serde_json::from_str(&body).ok();
        prop_assert_eq!(read, expected.map(|verdict| (verdict.allow, verdict.rule)), "{}", body);
    }

    #[test]
    fn any_answer_of_the_guard_ends_in_a_decision(status in 100_u16..600, body in prop::collection::vec(any::<u8>(), 0..64)) {
        for (on_failure, expected) in [("refuse", 503), ("allow", 200)] {
            let seen = chat(&gateway(on_failure, GuardAnswer::Some(status, body.clone())), "hello");
            prop_assert_eq!(seen.status, expected);
        }
    }

    #[test]
    fn the_question_is_json_with_the_texts_that_the_provider_gets(text in "\\PC{0,40}", pieces in 1_usize..9) {
        let gateway = gateway("refuse", verdict(r#"{"allow":true}"#));
        let body = json!({"model": "gpt-5", "messages": [{"role": "user", "content": text}]}).to_string();
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let pieces: Vec<&[u8]> = body.as_bytes().chunks(body.len().div_ceil(pieces)).collect();
        let seen = gateway.call("POST", CHAT, &headers, &pieces, &Answer::json("{}"));
        let sent: Value = serde_json::from_str(seen.sent()).unwrap();
        prop_assert_eq!(&question(&gateway)["texts"][0], &sent["messages"][0]["content"]);
    }
}
