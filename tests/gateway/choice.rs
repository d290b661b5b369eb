//! Choice among the targets of a model: by conditions, by what the request needs, by a preference, and for a conversation.

use super::support::{Answer, EXPORT, Gateway, KEY, Seen, provider, sha256};
use serde_json::{Value, json};

const CHAT: &str = "/v1/chat/completions";

/// A gateway with one model, of some targets at servers of the operator's own.
fn gateway(model: &Value) -> Gateway {
    let mut model = model.clone();
    model["name"] = json!("fast");
    let servers: Vec<Value> = ["one", "two", "three"]
        .map(|name| provider(name, "vllm", Some(&format!("{name}.mesh")), "OPENAI_API_KEY"))
        .into();
    let settings = json!({
        "providers": servers,
        "keys": [{"id": "test", "sha256": sha256(KEY), "team": "search"}],
        "models": [model],
        "capabilities": [{"model": "small", "images": false, "tools": false, "schema": false, "max_input_tokens": 1000}],
        "prices": {"overrides": [
            {"provider": "vllm", "model": "costly", "input": "10", "output": "10"},
            {"provider": "vllm", "model": "cheap", "input": "1", "output": "1"},
        ]},
    });
    let text = settings.to_string();
    Gateway::new(&format!("{}{EXPORT}}}", text.strip_suffix('}').unwrap()))
}

/// A target for calls that meet conditions, beside one for all.
fn when(conditions: &Value) -> Gateway {
    gateway(&json!({"targets": [
        {"provider": "one", "model": "special", "when": conditions},
        {"provider": "two", "model": "usual"},
    ]}))
}

fn call(gateway: &Gateway, headers: &[(&str, &str)], body: &Value) -> Seen {
    let key = format!("Bearer {KEY}");
    let mut all = vec![("authorization", key.as_str()), ("content-type", "application/json")];
    all.extend(headers);
    gateway.call("POST", CHAT, &all, &[body.to_string().as_bytes()], &Answer::json("{}"))
}

fn ask(text: &str) -> Value {
    json!({"model": "fast", "messages": [{"role": "user", "content": text}]})
}

/// The model that a call was sent to.
fn sent(gateway: &Gateway, headers: &[(&str, &str)], body: &Value) -> String {
    let seen = call(gateway, headers, body);
    let body: Value = serde_json::from_str(seen.sent()).unwrap();
    body["model"].as_str().unwrap().to_owned()
}

/// Choice on the span of the last call.
fn choice(gateway: &mut Gateway) -> (String, String) {
    let span = gateway.span();
    (span.get("tollgate.route.reason").to_owned(), span.get("tollgate.route.passed_over").to_owned())
}

#[test]
fn a_declared_intent_chooses_the_target_and_the_span_says_why() {
    let mut gateway = when(&json!({"headers": [{"name": "x-intent", "values": ["classify", "label-*"]}]}));
    for (intent, model) in [("classify", "special"), ("label-spam", "special"), ("write", "usual")] {
        assert_eq!(sent(&gateway, &[("x-intent", intent)], &ask("Hi")), model);
        let passed_over = if model == "usual" { "one/special: header" } else { "" };
        assert_eq!(choice(&mut gateway), ("order".to_owned(), passed_over.to_owned()));
    }
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "usual");
}

#[test]
fn a_header_without_values_only_has_to_be_there() {
    let gateway = when(&json!({"headers": [{"name": "X-Canary"}]}));
    assert_eq!(sent(&gateway, &[("x-canary", "")], &ask("Hi")), "special");
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "usual");
}

#[test]
fn teams_and_paths_choose_the_target() {
    for (conditions, model) in [
        (json!({"teams": ["search"]}), "special"),
        (json!({"teams": ["sea*", "other"]}), "special"),
        (json!({"teams": ["billing"]}), "usual"),
        (json!({"paths": ["/v1/chat/*"]}), "special"),
        (json!({"paths": ["/v1/responses"]}), "usual"),
        (json!({"teams": ["search"], "paths": ["/v1/responses"]}), "usual"),
    ] {
        assert_eq!(sent(&when(&conditions), &[], &ask("Hi")), model, "{conditions}");
    }
}

#[test]
fn the_size_of_the_text_chooses_the_target_and_an_image_has_none() {
    let gateway = when(&json!({"text": {"at_least": "1KiB"}}));
    assert_eq!(sent(&gateway, &[], &ask(&"a".repeat(1023))), "usual");
    assert_eq!(sent(&gateway, &[], &ask(&"a".repeat(1024))), "special");
    let image = json!({"model": "fast", "messages": [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": format!("data:image/png;base64,{}", "A".repeat(4000))}},
    ]}]});
    assert_eq!(sent(&gateway, &[], &image), "usual");
    assert_eq!(sent(&when(&json!({"text": {"at_most": 10}})), &[], &ask("Hi")), "special");
}

/// The calls are made on Monday, 21 September 2026, at 14:13 UTC.
#[test]
fn the_time_of_day_chooses_the_target() {
    for (hours, model) in [
        (json!({"from": "09:00", "to": "17:00"}), "special"),
        (json!({"from": "09:00", "to": "17:00", "days": ["sat", "sun"]}), "usual"),
        (json!({"from": "09:00", "to": "15:00", "days": ["mon"], "utc_offset_minutes": 120}), "usual"),
        (json!({"from": "23:00", "to": "06:00", "utc_offset_minutes": 540}), "special"),
    ] {
        assert_eq!(sent(&when(&json!({"hours": [hours]})), &[], &ask("Hi")), model, "{hours}");
    }
}

#[test]
fn a_class_of_quality_is_asked_for_by_header_or_by_the_model() {
    let targets = json!([
        {"provider": "one", "model": "small", "quality": ["draft"]},
        {"provider": "two", "model": "large", "quality": ["draft", "final"]},
    ]);
    let mut gateway = gateway(&json!({"targets": targets, "quality": "draft"}));
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "small");
    assert_eq!(choice(&mut gateway).1, "");
    let seen = call(&gateway, &[("x-tollgate-quality", "final")], &ask("Hi"));
    assert!(seen.sent().contains("\"large\"") && !seen.upstream.unwrap().0.contains_key("x-tollgate-quality"));
    assert_eq!(choice(&mut gateway).1, "one/small: quality");
    let seen = call(&gateway, &[("x-tollgate-quality", "best")], &ask("Hi"));
    assert_eq!((seen.status, seen.upstream.is_none()), (400, true));
    let span = gateway.span();
    assert_eq!(span.get("error.type"), "no_target");
    assert_eq!(span.get("tollgate.route.passed_over"), "one/small: quality,two/large: quality");
}

#[test]
fn a_model_that_is_known_not_to_take_the_request_is_passed_over() {
    let mut gateway = gateway(&json!({"prefer": "least_used", "targets": [
        {"provider": "one", "model": "small", "rate": {"requests": 1_000_000}},
        {"provider": "two", "model": "large", "rate": {"requests": 1}},
    ]}));
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "small");
    gateway.spans();
    let with = |member: &str, value: Value| {
        let mut body = ask("Hi");
        body[member] = value;
        body
    };
    let image = json!([{"type": "image_url", "image_url": {"url": "https://example.com/a.png"}}]);
    let tool = json!({"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}});
    let schema = json!({"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}}});
    for (body, need) in [
        (with("messages", json!([{"role": "user", "content": image}])), "images"),
        (with("tools", json!([tool])), "tools"),
        (with("response_format", schema), "schema"),
        (ask(&"word ".repeat(1000)), "context_length"),
    ] {
        assert_eq!(sent(&gateway, &[], &body), "large", "{need}");
        assert_eq!(choice(&mut gateway).1, format!("one/small: {need}"));
    }
    let settings = json!({"targets": [{"provider": "one", "model": "small"}]});
    assert_eq!(sent(&self::gateway(&settings), &[], &with("tools", json!([tool]))), "small", "there is no other");
}

#[test]
fn the_cheapest_target_is_that_of_the_price_book_and_one_without_a_price_is_last() {
    let mut gateway = gateway(&json!({"prefer": "cheapest", "targets": [
        {"provider": "one", "model": "unknown"},
        {"provider": "one", "model": "costly"},
        {"provider": "two", "model": "cheap"},
    ]}));
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "cheap");
    assert_eq!(choice(&mut gateway).0, "cheapest");
}

#[test]
fn the_least_used_target_is_that_with_most_of_its_rate_left() {
    let gateway = gateway(&json!({"prefer": "least_used", "targets": [
        {"provider": "one", "model": "a", "rate": {"requests": 10}},
        {"provider": "two", "model": "b", "rate": {"requests": 5}},
    ]}));
    let models: Vec<String> = (0..9).map(|_| sent(&gateway, &[], &ask("Hi"))).collect();
    assert_eq!(models.iter().filter(|model| *model == "a").count(), 6, "{models:?}");
    // A new minute begins at nothing.
    gateway.host.0.borrow_mut().now += 60_000_000_000;
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "a");
}

#[test]
fn what_the_provider_says_of_its_own_limit_counts_as_use() {
    let gateway = gateway(&json!({"prefer": "least_used", "targets": [
        {"provider": "one", "model": "a"}, {"provider": "two", "model": "b"},
    ]}));
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
    let limits = vec![("x-ratelimit-limit-tokens", "1000"), ("x-ratelimit-remaining-tokens", "10")];
    let answer = Answer { headers: limits, ..Answer::json("{}") };
    gateway.call("POST", CHAT, &headers, &[ask("Hi").to_string().as_bytes()], &answer);
    assert_eq!(sent(&gateway, &[], &ask("Hi")), "b");
}

#[test]
fn calls_of_a_conversation_keep_to_one_target_by_its_header_or_by_its_beginning() {
    let by_header = gateway(&json!({"consistent": {"header": "x-session"}, "targets": [
        {"provider": "one", "model": "a"}, {"provider": "two", "model": "b"}, {"provider": "three", "model": "c"},
    ]}));
    let mut used = std::collections::BTreeSet::new();
    for session in 0..30 {
        let session = format!("s-{session}");
        let first = sent(&by_header, &[("x-session", &session)], &ask("Hi"));
        assert_eq!(sent(&by_header, &[("x-session", &session)], &ask("And now?")), first);
        used.insert(first);
    }
    assert_eq!(used.len(), 3);
    used.clear();
    for number in 0..30 {
        let (system, user) = (json!({"role": "system", "content": "Be brief."}), format!("Question {number}"));
        let mut messages = vec![system, json!({"role": "user", "content": user})];
        let first = sent(&by_header, &[], &json!({"model": "fast", "messages": messages}));
        messages.push(json!({"role": "assistant", "content": "Answer"}));
        messages.push(json!({"role": "user", "content": "More"}));
        assert_eq!(sent(&by_header, &[], &json!({"model": "fast", "messages": messages, "top_p": 1})), first);
        used.insert(first);
    }
    assert_eq!(used.len(), 3);
}
