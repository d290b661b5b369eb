//! Shadows: the same calls at another target, without effect for clients.

use super::router::{Mirror, Outcome, Provider, Router, settings};
use super::support::{ANTHROPIC_KEY, Answer, Attributes, OPENAI_KEY};
use opentelemetry_proto::tonic::trace::v1::Span;
use serde_json::{Value, json};
use tollgate::call::Ending;
use tollgate::filter::{Action, Host, Side};

const PROMPT: &str = r#"{"model":"fast","messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;
const STREAMED: &str =
    r#"{"model":"fast","stream":true,"messages":[{"role":"user","content":"Write to ada@example.com"}]}"#;

fn model(shadow: &Value) -> Value {
    let targets = json!([{"provider": "openai", "model": "gpt-4o"}, {"provider": "local", "model": "qwen"}]);
    let mut model = json!({"name": "fast", "targets": targets});
    if !shadow.is_null() {
        model["shadow"] = shadow.clone();
    }
    json!([model])
}

fn claude() -> Value {
    json!({"provider": "anthropic", "model": "claude-haiku-4-5"})
}

fn good() -> Provider {
    let body = r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"message":{"role":"assistant","content":"To [EMAIL_1]"},"finish_reason":"stop"}],"usage":{"prompt_tokens":5,"completion_tokens":2,"total_tokens":7}}"#;
    Provider::Answers(Answer::json(body))
}

fn good_stream() -> Provider {
    let events = [
        r#"{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","content":"To [EMAIL_1]"}}]}"#,
        r#"{"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
        "[DONE]",
    ];
    Provider::Answers(Answer::stream(events.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect()))
}

fn of_claude() -> Provider {
    let body = r#"{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[{"type":"text","text":"To [EMAIL_1], from Claude"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":11,"output_tokens":13}}"#;
    Provider::Answers(Answer::json(body))
}

fn stream_of_claude() -> Provider {
    let events = [
        r#"{"type":"message_start","message":{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":11,"output_tokens":1}}}"#,
        r#"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":""}}"#,
        r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"To [EMAIL_1]"}}"#,
        r#"{"type":"content_block_stop","index":0}"#,
        r#"{"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":13}}"#,
        r#"{"type":"message_stop"}"#,
    ];
    Provider::Answers(Answer::stream(events.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect()))
}

/// A call with a shadow, and its spans: the call's own, and the shadow's.
fn call(
    shadow: &Value,
    mirror: Option<Mirror>,
    body: &str,
    main: Provider,
) -> (Router, Outcome, Attributes, Option<Span>) {
    let mut router = Router::new(&model(shadow));
    router.mirror.replace(mirror);
    let outcome = router.post(body, vec![main]);
    let mut spans = router.spans();
    let is_shadow = |span: &Span| Attributes::of(span).of.contains_key("tollgate.shadow");
    let at = spans.iter().position(|span| !is_shadow(span)).expect("the call's own span");
    let own = spans.remove(at);
    assert!(spans.len() <= 1 && spans.iter().all(is_shadow));
    if let Some(shadow) = spans.first() {
        assert_eq!((&shadow.trace_id, &shadow.parent_span_id), (&own.trace_id, &own.span_id));
        assert!(shadow.span_id != own.span_id && shadow.start_time_unix_nano >= own.start_time_unix_nano);
    }
    let own = Attributes::of(&own);
    (router, outcome, own, spans.pop())
}

/// Headers of an answer.
fn shown(outcome: &Outcome) -> String {
    format!("{:?}", outcome.headers)
}

/// Attributes of a call without its times.
fn timeless(attributes: &Attributes) -> Vec<(&String, &String)> {
    attributes.of.iter().filter(|(name, _)| !name.contains("time") && !name.contains("duration")).collect()
}

#[test]
fn a_shadow_gets_the_translated_redacted_request_and_has_a_span_of_its_own() {
    for first in [true, false] {
        let mirror = if first { Mirror::First(of_claude()) } else { Mirror::Last(of_claude()) };
        let (router, outcome, own, shadow) = call(&claude(), Some(mirror), PROMPT, good());
        let [sent] = &router.mirrored.borrow()[..] else { panic!("one request") };
        assert_eq!(
            (sent.headers.text(":path"), sent.headers.text(":authority")),
            (Some("/v1/messages"), Some("api.anthropic.com"))
        );
        let shown = format!("{:?}", sent.headers);
        assert!(shown.contains(ANTHROPIC_KEY) && !shown.contains(OPENAI_KEY));
        assert!(
            !shown.contains("x-tollgate-") && !shown.contains("x-envoy-") && !shown.contains("10.0.0.1"),
            "{shown}"
        );
        assert_eq!(sent.headers.text("x-own"), Some("kept"));
        assert_eq!(sent.headers.content_length(), Some(sent.body.len()));
        let body: Value = serde_json::from_slice(&sent.body).unwrap();
        assert_eq!(body["model"], "claude-haiku-4-5");
        assert!(body.to_string().contains("[EMAIL_1]") && !body.to_string().contains("ada@example.com"));
        let main = format!("{:?}", outcome.sent[0].headers);
        assert!(!main.contains("x-tollgate-") && main.contains(OPENAI_KEY) && !main.contains(ANTHROPIC_KEY));
        let shadow = Attributes::of(&shadow.unwrap());
        assert_eq!((shadow.get("tollgate.shadow"), shadow.get("tollgate.outcome")), ("true", "answered"));
        assert_eq!((shadow.get("gen_ai.usage.input_tokens"), shadow.get("gen_ai.usage.output_tokens")), ("11", "13"));
        assert_eq!((shadow.get("gen_ai.provider.name"), shadow.get("http.response.status_code")), ("anthropic", "200"));
        assert_eq!(shadow.get("tollgate.attempts.models"), "claude-haiku-4-5");
        assert_eq!(shadow.get("tollgate.key.id"), own.get("tollgate.key.id"));
        assert_ne!(shadow.get("tollgate.cost.total"), own.get("tollgate.cost.total"));
        assert!(!shadow.of.contains_key("tollgate.redacted.email"), "its values are counted once");
        // One call of the client's is one call.
        assert_eq!(router.host.0.borrow().counts["tollgate_calls_total"], 1);
    }
}

fn overloaded() -> Provider {
    let body = r#"{"type":"error","error":{"type":"overloaded_error","message":"No."}}"#;
    Provider::Answers(Answer { status: 529, ..Answer::json(body) })
}

fn broken_off() -> Provider {
    let cut = Some(Ending::CutByProvider("upstream_reset".into()));
    Provider::Answers(Answer { cut, ..Answer::stream(vec![b"event: message_start\ndata: {\"type\"".to_vec()]) })
}

#[test]
fn whatever_becomes_of_a_shadow_the_client_s_answer_and_the_call_s_span_are_the_same() {
    type Make = fn() -> Provider;
    type Shadows<'s> = &'s [(Make, &'s str)];
    let (hangs, unreachable): (Make, Make) = (|| Provider::Hangs, || Provider::Unreachable);
    let cases: [(&str, Make, Shadows<'_>); 2] = [
        (
            PROMPT,
            good,
            &[(of_claude, "answered"), (overloaded, "status 529"), (hangs, "reset"), (unreachable, "not_reached")],
        ),
        (
            STREAMED,
            good_stream,
            &[
                (stream_of_claude, "answered"),
                (overloaded, "status 529"),
                (broken_off, "reset"),
                (hangs, "timed_out"),
                (unreachable, "not_reached"),
            ],
        ),
    ];
    let ends: [fn(Provider) -> Mirror; 2] = [Mirror::First, Mirror::Last];
    for (body, main, shadows) in cases {
        let (_, plain, without, _) = call(&Value::Null, None, body, main());
        for (shadow, end) in shadows {
            for mirror in ends {
                let (router, seen, own, span) = call(&claude(), Some(mirror(shadow())), body, main());
                assert_eq!((seen.status, seen.text(), shown(&seen)), (200, plain.text(), shown(&plain)), "{end}");
                assert_eq!(timeless(&own), timeless(&without), "{end}");
                let span = Attributes::of(&span.expect("the shadow's span"));
                assert_eq!(span.get("tollgate.attempts.ends"), *end);
                assert_eq!(span.of.contains_key("gen_ai.usage.input_tokens"), *end == "answered");
                let world = router.host.0.borrow();
                assert!(world.shared.keys().all(|key| !key.contains("anthropic")), "a shadow lets no target rest");
            }
        }
    }
}

#[test]
fn content_is_captured_of_both_answers_where_it_is_captured() {
    let text = settings(&model(&claude()), "drop").replace(r#""telemetry":{"#, r#""telemetry":{"content":"full","#);
    let mut router = Router::of(&text);
    router.mirror.replace(Some(Mirror::Last(of_claude())));
    router.post(PROMPT, vec![good()]);
    let spans: Vec<Attributes> = router.spans().iter().map(Attributes::of).collect();
    for (span, own) in spans.iter().zip([true, false]) {
        assert_eq!(span.of.contains_key("tollgate.shadow"), !own);
        assert!(span.get("gen_ai.input.messages").contains("Write to ada@example.com"));
        let output = span.get("gen_ai.output.messages");
        assert!(output.contains("To ada@example.com") && output.contains("from Claude") != own, "{output}");
    }
    assert_eq!(spans.len(), 2);
}

#[test]
fn a_shadow_that_envoy_does_not_begin_is_noted() {
    let (_, outcome, own, shadow) = call(&claude(), None, PROMPT, good());
    assert_eq!((outcome.status, own.get("tollgate.notes")), (200, "shadow_not_begun"));
    assert!(shadow.is_none());
}

#[test]
fn what_cannot_be_said_to_the_shadow_is_on_its_span_and_harms_nothing() {
    let strict = json!({"provider": "anthropic", "model": "claude-haiku-4-5", "on_loss": "refuse"});
    let body = PROMPT.replace(r#""model""#, r#""seed":7,"model""#);
    let (router, outcome, _, shadow) = call(&strict, Some(Mirror::First(Provider::Hangs)), &body, good());
    assert_eq!(outcome.status, 200);
    assert!(router.mirrored.borrow().is_empty(), "nothing is sent");
    let shadow = Attributes::of(&shadow.unwrap());
    assert_eq!((shadow.get("tollgate.outcome"), shadow.get("error.type")), ("failed", "translation_loss"));
    assert_eq!(
        (shadow.get("tollgate.attempts.ends"), shadow.get("tollgate.lost.request")),
        ("translation_loss", "seed")
    );
    assert!(!shadow.of.keys().any(|name| name.starts_with("tollgate.cost")));
}

#[test]
fn a_share_of_the_calls_has_a_shadow_and_only_where_its_conditions_hold() {
    let share = |shadow: Value| {
        let router = Router::new(&model(&shadow));
        for _ in 0..400 {
            router.mirror.replace(Some(Mirror::First(of_claude())));
            router.post(PROMPT, vec![good()]);
        }
        router.mirrored.borrow().len()
    };
    let with = |member: &str, value: Value| {
        let mut shadow = claude();
        shadow[member] = value;
        shadow
    };
    assert_eq!(share(claude()), 400);
    assert!((60..140).contains(&share(with("share", json!(25)))));
    assert_eq!(share(with("when", json!({"teams": ["search"]}))), 0);
    assert_eq!(share(with("when", json!({"paths": ["/v1/chat/*"]}))), 400);
}

#[test]
fn a_call_that_changes_or_needs_what_is_stored_has_no_shadow() {
    let targets = json!([{"provider": "openai", "model": "gpt-4o"}]);
    let router = Router::new(&json!([{"name": "fast", "targets": targets, "shadow": claude()}]));
    let body = r#"{"model":"fast","input":"Hello","previous_response_id":"resp_1"}"#;
    router.mirror.replace(Some(Mirror::First(of_claude())));
    assert!(router.call_of("/v1/responses", "application/json", body, vec![]).is_none(), "the gateway's own attempt");
    assert!(router.mirrored.borrow().is_empty());
}

#[test]
fn a_mirrored_request_that_is_nobody_s_shadow_gets_no_credential() {
    let (router, ..) = call(&claude(), Some(Mirror::First(of_claude())), PROMPT, good());
    for named in ["1", "1.", "1.0000000000000000", "x.y", ""] {
        let mut shadow = router.upstream.upstream().unwrap();
        {
            let mut world = router.host.0.borrow_mut();
            world.states.clear();
            world.upstream = Some("anthropic".into());
            world.headers[0] = [(":path", "/v1/messages"), ("x-tollgate-call", named)].into_iter().collect();
            world.reply = None;
        }
        assert_eq!(shadow.on_request_headers(false), Action::Pause);
        assert_eq!(router.host.0.borrow().reply.as_ref().map(|reply| reply.status), Some(500));
        assert!(!format!("{:?}", router.host.headers(Side::Request)).contains(ANTHROPIC_KEY));
        shadow.on_done();
    }
}
