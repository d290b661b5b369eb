//! What calls cost through all of the gateway, where the provider's own tools, its checks or an error decide about it.

use super::support::{Answer, Attributes, EXPORT, Gateway, KEY, settings_for_all};

/// The span of a call at a host.
fn span(host: &str, path: &str, headers: &[(&str, &str)], request: &str, answer: &Answer) -> Attributes {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let key = format!("Bearer {KEY}");
    let known = [(":authority", host), ("content-type", "application/json"), ("authorization", &*key)];
    gateway.call("POST", path, &[&known[..], headers].concat(), &[request.as_bytes()], answer);
    gateway.span()
}

/// Its cost, or why that is not known; nothing where nothing was bought.
fn cost(span: &Attributes) -> String {
    match (span.get("tollgate.cost.total"), span.get("tollgate.cost.unknown")) {
        (total, "") => total.to_owned(),
        ("", why) => format!("unknown: {why}"),
        both => panic!("{both:?}"),
    }
}

#[test]
fn cohere_on_bedrock_is_billed_by_what_bedrock_counts() {
    let body = |meta: &str| {
        format!(r#"{{"response_id":"r","text":"Hi","generation_id":"g","finish_reason":"COMPLETE"{meta}}}"#)
    };
    let of = |meta: &str, headers: &[(&'static str, &'static str)]| {
        let answer = Answer { headers: headers.to_vec(), ..Answer::json(&body(meta)) };
        let host = "bedrock-runtime.us-east-1.amazonaws.com";
        let span = span(host, "/model/cohere.command-r-v1:0/invoke", &[], r#"{"message":"x"}"#, &answer);
        (span.get("tollgate.cost.input").to_owned(), span.get("tollgate.cost.output").to_owned())
    };
    // 0.5 and 1.5 dollars for a million.
    let billed = ("0.0005".to_owned(), "0.00015".to_owned());
    let counts = [("x-amzn-bedrock-input-token-count", "1000"), ("x-amzn-bedrock-output-token-count", "100")];
    let tokens = r#""tokens":{"input_tokens":1066,"output_tokens":103}"#;
    let units = r#""billed_units":{"input_tokens":1000,"output_tokens":100}"#;
    assert_eq!(of("", &counts), billed);
    assert_eq!(of(&format!(r#","meta":{{{tokens}}}"#), &counts), billed);
    assert_eq!(of(&format!(r#","meta":{{{units},{tokens}}}"#), &counts), billed);
    assert_eq!(of(&format!(r#","meta":{{{units},{tokens}}}"#), &[]), billed);
}

#[test]
fn an_error_costs_nothing_and_nothing_is_unknown_about_it() {
    let request = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"x"}]}"#;
    let failed = |status: u16| {
        let answer = Answer { status, ..Answer::json(r#"{"error":{"message":"m","type":"some_error"}}"#) };
        span("api.openai.com", "/v1/chat/completions", &[], request, &answer)
    };
    for status in [400, 401, 404, 422, 429, 500, 503, 529] {
        let span = failed(status);
        assert_eq!((cost(&span), span.get("tollgate.outcome")), (String::new(), "failed"), "{status}");
    }
    // The model may have run until the time was over.
    for status in [408, 499, 504, 524] {
        assert_eq!(cost(&failed(status)), "unknown: usage", "{status}");
    }
    let within = Answer::json(r#"{"error":{"message":"m","code":429}}"#);
    assert_eq!(cost(&span("api.openai.com", "/v1/chat/completions", &[], request, &within)), "");
    let stream = |pieces: &[&str]| {
        let pieces = pieces.iter().map(|data| format!("data: {data}\n\n").into_bytes()).collect();
        let request = r#"{"model":"gpt-4o","stream":true,"messages":[{"role":"user","content":"x"}]}"#;
        cost(&span("api.openai.com", "/v1/chat/completions", &[], request, &Answer::stream(pieces)))
    };
    let error = r#"{"error":{"message":"m","type":"server_error"}}"#;
    assert_eq!(stream(&[error]), "");
    let said = r#"{"id":"c","model":"gpt-4o","choices":[{"index":0,"delta":{"content":"Hi"}}]}"#;
    assert_eq!(stream(&[said, error]), "unknown: usage");
}
