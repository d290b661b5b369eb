//! Texts that outlive their call at the provider: what is stored with placeholders comes back with its values.

mod anthropic;
mod google;
mod mistral;
mod openai;

use super::conversations::{NO_TEAM, OTHER_TEAM, WITH_KEY, WITHIN_CALL, WITHIN_ENVOY, by, gateway};
use super::exchanges::fixtures;
use super::laws::plant;
use super::support::{Answer, Gateway, KEY, Seen};
use serde_json::Value;

/// The request of a dialect's fixtures.
fn fixture(dialect: &str) -> Value {
    let exchange = fixtures().into_iter().find(|exchange| exchange.id.starts_with(dialect)).unwrap();
    serde_json::from_slice(&exchange.request).unwrap()
}

/// A request with a mark in every text, and the number of its marks.
fn planted(mut request: Value) -> (Value, usize) {
    let mut marks = 0;
    plant(&mut request, "", &mut marks);
    // Values come back without escapes that they need not have.
    (json(&request.to_string().replace("\\\\u0040", "@")), marks)
}

fn post(gateway: &Gateway, path: &str, request: &Value) -> Seen {
    by(gateway, KEY, "POST", path, &request.to_string(), &Answer::json("{}"))
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The value that a request leaves with the provider, which has no mark in it.
fn stored(gateway: &Gateway, path: &str, request: &Value) -> Value {
    let seen = post(gateway, path, request);
    let sent = seen.sent();
    assert!(!sent.contains("leaf.example"), "{path}: {sent}");
    json(sent)
}

/// A call without something to redact passes as it is; with something it is refused unless there is a placeholder key.
fn assert_closed(kind: &str, path: &str, named: &str, request: &Value) {
    let without = gateway(kind, "");
    let (marked, marks) = planted(request.clone());
    assert!(marks > 0);
    let mut closed = gateway(kind, "");
    let seen = post(&closed, path, &marked);
    assert_eq!((seen.status, seen.upstream.is_none()), (400, true), "{path}: {}", seen.text());
    assert!(seen.text().contains("redaction.placeholder_key") && seen.text().contains(named), "{}", seen.text());
    assert_eq!(closed.span().get("error.type"), "stored_state_not_redactable", "{path}");
    let bytes = serde_json::to_string_pretty(request).unwrap();
    for gateway in [without, gateway(kind, WITH_KEY), gateway(kind, r#""detect":[]"#)] {
        let seen = by(&gateway, KEY, "POST", path, &bytes, &Answer::json("{ }"));
        assert_eq!((seen.sent(), seen.text()), (bytes.as_str(), "{ }"), "{path}");
    }
    for redaction in [WITH_KEY, WITHIN_CALL, WITHIN_ENVOY] {
        stored(&gateway(kind, redaction), path, &marked);
    }
}

/// An answer with stored texts gives them back to their tenant, however it is cut, and to no other.
fn assert_restored(gateway: &Gateway, path: &str, media: &str, kept: &str, given: &str) {
    for size in [1, 7, 64, 1 << 20] {
        let pieces = kept.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
        let seen = by(gateway, KEY, "GET", path, "", &Answer::of(media.to_owned(), pieces));
        assert_eq!(seen.text(), given, "{path}, in pieces of {size}");
    }
    for key in [OTHER_TEAM, NO_TEAM] {
        let pieces = vec![kept.as_bytes().to_vec()];
        let seen = by(gateway, key, "GET", path, "", &Answer::of(media.to_owned(), pieces));
        assert_eq!(seen.text(), kept, "{path}");
    }
}
