//! An attempt of an upstream instance against the same call in the gateway's own stream, over the project's fixtures: the
//! provider gets the same bytes, the client too, and the record says the same.

use super::exchanges::{Exchange, fixtures};
use super::router::{Provider, Router};
use super::support::{Answer, Attributes, EXPORT, Gateway, KEY, settings_for_all};
use std::collections::BTreeMap;

fn answer(exchange: &Exchange) -> Answer {
    let pieces = exchange.answer.chunks(if exchange.is_stream() { 37 } else { 4096 }).map(<[u8]>::to_vec).collect();
    Answer { status: exchange.status, ..Answer::of(exchange.content_type.clone(), pieces) }
}

/// Attributes that the two ways have in common.
fn common(attributes: Attributes) -> Attributes {
    let mut attributes = attributes.timeless();
    let is_of_targets = |name: &str| name.starts_with("tollgate.attempts.") || name.starts_with("tollgate.route.");
    attributes.of.retain(|name, _| !is_of_targets(name));
    attributes
}

#[test]
fn an_attempt_upstream_is_the_gateway_s_own_byte_for_byte() {
    let mut lone = Gateway::new(&settings_for_all(EXPORT));
    let mut routers: BTreeMap<String, Router> = BTreeMap::new();
    let (mut compared, mut streams) = (0, 0);
    for exchange in fixtures().iter().filter(|exchange| exchange.host.is_empty() && exchange.method == "POST") {
        let bearer = format!("Bearer {KEY}");
        let headers = [("authorization", bearer.as_str()), ("content-type", exchange.request_type.as_str())];
        let answer = answer(exchange);
        let seen = lone.call("POST", &exchange.path, &headers, &[&exchange.request], &answer);
        let span = lone.span();
        let Some((sent, body)) = &seen.upstream else { continue };
        if span.get("gen_ai.request.model").is_empty() || exchange.answer.is_empty() || exchange.status >= 500 {
            continue;
        }
        let provider = sent["x-tollgate-provider"].clone();
        let router = routers.entry(provider.clone()).or_insert_with(|| {
            let target = format!(r#"{{"provider":"{provider}"}}"#);
            let models = format!(r#","models":[{{"name":"*","targets":[{target},{target}]}}]"#);
            let more = format!(r#"{EXPORT},"attempts":{{"upstream":true}}{models}"#);
            Router::of(&settings_for_all(&more))
        });
        let request = std::str::from_utf8(&exchange.request).unwrap();
        let providers = vec![Provider::Answers(answer)];
        let outcome = router.call_of(&exchange.path, &exchange.request_type, request, providers);
        let outcome = outcome.unwrap_or_else(|| panic!("{}: no attempt upstream", exchange.id));
        let [attempt] = outcome.sent.as_slice() else { panic!("{}: {} attempts", exchange.id, outcome.sent.len()) };
        let shown = String::from_utf8_lossy(&attempt.body);
        assert_eq!(shown, String::from_utf8_lossy(body), "{}", exchange.id);
        for name in [":path", ":authority", "authorization", "api-key", "x-api-key", "x-goog-api-key", "content-type"] {
            assert_eq!(attempt.headers.text(name), sent.get(name).map(String::as_str), "{} {name}", exchange.id);
        }
        let (here, there) = (String::from_utf8_lossy(&outcome.body), String::from_utf8_lossy(&seen.body));
        // A stream that lacks its end is given one.
        assert!(here == there || here.starts_with(&*there) && here.contains("stream_cut"), "{}", exchange.id);
        assert_eq!(common(router.span()), common(span), "{}", exchange.id);
        compared += 1;
        streams += usize::from(exchange.is_stream());
    }
    assert!(compared > 45 && streams >= 20, "{compared} compared, {streams} streams");
}
