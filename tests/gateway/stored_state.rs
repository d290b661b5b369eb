//! Calls that continue from the provider's stored state: placeholders of an earlier call are restored to their values,
//! or not at all.

use super::conversations::{NO_TEAM, OTHER_TEAM, WITH_KEY, WITHIN_CALL, WITHIN_ENVOY, by, gateway, placeholder};
use super::support::{Answer, KEY};

/// A request of each dialect that names stored state, with an address in it.
const STORED: &[(&str, &str, &str, &str)] = &[
    (
        "openai",
        "/v1/responses",
        "previous_response_id",
        r#"{"model":"m","previous_response_id":"resp_1","input":"Write bob@bank.example"}"#,
    ),
    (
        "openai",
        "/v1/responses",
        "conversation",
        r#"{"model":"m","conversation":{"id":"conv_1"},"input":"Write bob@bank.example"}"#,
    ),
    ("openai", "/v1/responses", "conversation", r#"{"model":"m","conversation":"c","input":"bob@bank.example"}"#),
    (
        "openai",
        "/v1/responses",
        "input",
        r#"{"model":"m","input":[{"type":"item_reference","id":"msg_1"},{"role":"user","content":"bob@bank.example"}]}"#,
    ),
    (
        "openai",
        "/v1/responses",
        "input",
        r#"{"model":"m","input":[{"id":"msg_1"},{"role":"user","content":"bob@bank.example"}]}"#,
    ),
    (
        "openai",
        "/v1/responses",
        "input",
        r#"{"model":"m","input":[{"type":"compaction","encrypted_content":"gA"},{"role":"user","content":"bob@bank.example"}]}"#,
    ),
    (
        "openai",
        "/v1/chat/completions",
        "audio",
        r#"{"model":"m","messages":[{"role":"assistant","audio":{"id":"audio_1"}},{"role":"user","content":"bob@bank.example"}]}"#,
    ),
    (
        "anthropic",
        "/v1/messages",
        "container",
        r#"{"model":"m","max_tokens":1,"container":"container_1","messages":[{"role":"user","content":"bob@bank.example"}]}"#,
    ),
    (
        "anthropic",
        "/v1/messages",
        "container",
        r#"{"model":"m","max_tokens":1,"container":{"id":"c_1"},"messages":[{"role":"user","content":"bob@bank.example"}]}"#,
    ),
    (
        "gemini",
        "/v1beta/models/gemini-3-flash:generateContent",
        "cachedContent",
        r#"{"cachedContent":"cachedContents/1","contents":[{"parts":[{"text":"bob@bank.example"}]}]}"#,
    ),
    (
        "gemini",
        "/v1beta/interactions",
        "previous_interaction_id",
        r#"{"model":"m","previous_interaction_id":"i","input":"bob@bank.example"}"#,
    ),
    ("cohere", "/v1/chat", "conversation_id", r#"{"model":"m","conversation_id":"c","message":"bob@bank.example"}"#),
    ("mistral", "/v1/conversations/conv_1", "conversations", r#"{"inputs":"bob@bank.example"}"#),
    (
        "mistral",
        "/v1/conversations/conv_1/restart",
        "conversations",
        r#"{"from_entry_id":"e","inputs":"bob@bank.example"}"#,
    ),
    (
        "ollama",
        "/api/generate",
        "context",
        r#"{"model":"m","stream":false,"context":[1,2,3],"prompt":"bob@bank.example"}"#,
    ),
];

#[test]
fn without_a_key_a_call_that_names_stored_state_and_has_something_to_redact_is_refused() {
    for (kind, path, named, request) in STORED {
        let mut gateway = gateway(kind, "");
        let seen = gateway.post(path, request, &Answer::json("{}"));
        assert_eq!((seen.status, seen.upstream.is_none()), (400, true), "{kind} {named}: {}", seen.text());
        assert!(seen.text().contains("redaction.placeholder_key"), "{kind} {named}: {}", seen.text());
        assert!(seen.text().contains(named), "{kind} {named}: {}", seen.text());
        assert_eq!(gateway.span().get("error.type"), "stored_state_not_redactable", "{kind}");
        let nothing = request.replace("bob@bank.example", "nobody");
        assert!(gateway.post(path, &nothing, &Answer::json("{}")).upstream.is_some(), "{kind} {named}");
    }
}

#[test]
fn with_a_key_a_call_that_names_stored_state_passes_redacted() {
    for (kind, path, named, request) in STORED {
        for redaction in [WITH_KEY, WITHIN_CALL, WITHIN_ENVOY] {
            let gateway = gateway(kind, redaction);
            let seen = gateway.post(path, request, &Answer::json("{}"));
            assert!(!seen.sent().contains("bob@"), "{kind} {named}: {}", seen.sent());
        }
    }
}

#[test]
fn members_that_name_no_state_are_none() {
    for (kind, path, request) in [
        ("openai", "/v1/responses", r#"{"model":"m","previous_response_id":null,"input":"bob@bank.example"}"#),
        ("openai", "/v1/responses", r#"{"model":"m","conversation":null,"input":"bob@bank.example"}"#),
        ("ollama", "/api/generate", r#"{"model":"m","stream":false,"context":[],"prompt":"bob@bank.example"}"#),
        (
            "anthropic",
            "/v1/messages",
            r#"{"model":"m","max_tokens":1,"container":{"skills":[]},"messages":[{"role":"user","content":"bob@bank.example"}]}"#,
        ),
        (
            "openai",
            "/v1/responses",
            r#"{"model":"m","input":[{"id":"msg_1","role":"assistant","content":"bob@bank.example"}]}"#,
        ),
    ] {
        let seen = gateway(kind, "").post(path, request, &Answer::json("{}"));
        assert!(seen.sent().contains("[EMAIL_1]"), "{kind}: {}", seen.sent());
    }
}

/// A response with a text.
fn response(text: &str) -> Answer {
    Answer::json(&format!(
        r#"{{"id":"resp_2","object":"response","status":"completed","model":"m","output":[{{"type":"message",
            "role":"assistant","content":[{{"type":"output_text","text":"{text}","annotations":[]}}]}}]}}"#
    ))
}

const RESPONSES: &str = "/v1/responses";
const FIRST: &str = r#"{"model":"m","input":"The customer is anna@one.example"}"#;
const SECOND: &str = r#"{"model":"m","previous_response_id":"resp_1","input":"The customer is berta@two.example"}"#;

#[test]
fn an_answer_about_an_earlier_calls_customer_never_names_the_later_calls() {
    for (redaction, restored) in [(WITH_KEY, true), (WITHIN_ENVOY, true), (WITHIN_CALL, false)] {
        let gateway = gateway("openai", redaction);
        let anna = placeholder(by(&gateway, KEY, "POST", RESPONSES, FIRST, &response("ok")).sent());
        let berta = placeholder(by(&gateway, KEY, "POST", RESPONSES, SECOND, &response("ok")).sent());
        assert_ne!(anna, berta);
        let seen = by(&gateway, KEY, "POST", RESPONSES, SECOND, &response(&format!("{anna} came before {berta}")));
        let first = if restored { "anna@one.example" } else { &anna };
        assert!(seen.text().contains(&format!("{first} came before berta@two.example")), "{}", seen.text());
    }
}

#[test]
fn another_tenant_reads_the_placeholder() {
    for redaction in [WITH_KEY, WITHIN_ENVOY] {
        let gateway = gateway("openai", redaction);
        let anna = placeholder(by(&gateway, KEY, "POST", RESPONSES, FIRST, &response("ok")).sent());
        for key in [OTHER_TEAM, NO_TEAM] {
            let seen = by(&gateway, key, "POST", RESPONSES, SECOND, &response(&format!("about {anna}")));
            assert!(seen.text().contains(&format!("about {anna}")), "{}", seen.text());
            // A placeholder in its own request opens nothing either.
            let echo = format!(r#"{{"model":"m","input":"Say {anna}"}}"#);
            let seen = by(&gateway, key, "POST", RESPONSES, &echo, &response(&format!("about {anna}")));
            assert!(seen.sent().contains(&anna) && seen.text().contains(&anna), "{}", seen.text());
        }
    }
}

#[test]
fn what_was_stored_is_restored_when_it_is_fetched() {
    let gateway = gateway("openai", WITH_KEY);
    let anna = placeholder(by(&gateway, KEY, "POST", RESPONSES, FIRST, &response("ok")).sent());
    let seen = by(&gateway, KEY, "GET", "/v1/responses/resp_1", "", &response(&format!("about {anna}")));
    assert!(seen.text().contains("about anna@one.example"), "{}", seen.text());
    let seen = by(&gateway, OTHER_TEAM, "GET", "/v1/responses/resp_1", "", &response(&format!("about {anna}")));
    assert!(seen.text().contains(&anna), "{}", seen.text());
}

#[test]
fn placeholders_of_earlier_calls_are_restored_in_a_stream_cut_anywhere() {
    let gateway = gateway("openai", WITH_KEY);
    let anna = placeholder(by(&gateway, KEY, "POST", RESPONSES, FIRST, &response("ok")).sent());
    let streamed = SECOND.replacen('{', r#"{"stream":true,"#, 1);
    for cut in 1..anna.len() {
        let delta = |text: &str| {
            format!(
                "data: {{\"type\":\"response.output_text.delta\",\"item_id\":\"m\",\"output_index\":0,\
                 \"content_index\":0,\"delta\":\"{text}\"}}\n\n"
            )
        };
        let (start, rest) = anna.split_at(cut);
        let stream = format!("{}{}", delta(&format!("about {start}")), delta(&format!("{rest}.")));
        for size in [1, 7, 4096] {
            let pieces = stream.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
            let seen = by(&gateway, KEY, "POST", RESPONSES, &streamed, &Answer::stream(pieces));
            assert!(seen.text().contains("anna@one.example."), "cut at {cut}: {}", seen.text());
        }
    }
}

#[test]
fn a_placeholder_of_the_key_before_is_restored_after_a_rotation() {
    let before = gateway("openai", r#""placeholder_key":{"env":"OLDER_PLACEHOLDER_KEY"}"#);
    let anna = placeholder(by(&before, KEY, "POST", RESPONSES, FIRST, &response("ok")).sent());
    let rotated = r#""placeholder_key":{"env":"PLACEHOLDER_KEY","older":[{"env":"OLDER_PLACEHOLDER_KEY"}]}"#;
    for (redaction, told) in [(rotated, "anna@one.example"), (WITH_KEY, &*anna)] {
        let seen = by(&gateway("openai", redaction), KEY, "POST", RESPONSES, SECOND, &response(&format!("for {anna}")));
        assert!(seen.text().contains(&format!("for {told}")), "{}", seen.text());
    }
}

#[test]
fn shared_values_lie_in_a_fixed_number_of_slots() {
    let gateway = gateway("openai", WITHIN_ENVOY);
    for number in 0..500 {
        let request = FIRST.replace("anna", &format!("anna{number}"));
        by(&gateway, KEY, "POST", RESPONSES, &request, &response("ok"));
    }
    let world = gateway.host.0.borrow();
    assert!(world.shared.len() <= 64, "{}", world.shared.len());
    assert!(!world.shared.values().any(|bytes| String::from_utf8_lossy(bytes).contains("anna")), "a value in clear");
}
