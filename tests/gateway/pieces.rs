//! Placeholders that an answer has in pieces: they are restored whole, in every framing and dialect.

use super::support::{Answer, Gateway, KEY, Seen, sha256};

/// A gateway to one provider.
fn gateway(kind: &str) -> Gateway {
    let digest = sha256(KEY);
    Gateway::new(&format!(
        r#"{{"providers":[{{"name":"p","kind":"{kind}","host":"p.example","credential":{{"env":"OPENAI_API_KEY"}}}}],
          "keys":[{{"id":"test","sha256":"{digest}"}}]}}"#
    ))
}

fn fixture(dialect: &str, file: &str) -> String {
    let path = format!("{}/tests/fixtures/{dialect}/{file}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// A call with a dialect's fixtures, the answer in pieces of one byte.
fn called(kind: &str, dialect: &str, file: &str, media: &'static str) -> Seen {
    let route = fixture(dialect, "route");
    let (_, path) = route.trim().split_once(' ').unwrap();
    let answer = fixture(dialect, file);
    let pieces = answer.bytes().map(|byte| vec![byte]).collect();
    let seen = gateway(kind).post(path, &fixture(dialect, "request.json"), &Answer::of(media, pieces));
    assert!(!seen.sent().contains("bob@example.org"), "{dialect}: {}", seen.sent());
    seen
}

/// All texts under these names in a stream's JSON, concatenated.
fn texts(seen: &Seen, names: &[&str]) -> String {
    let mut said = String::new();
    for line in seen.text().lines() {
        let data = line.strip_prefix("data:").unwrap_or(line).trim();
        if let Ok(value) = serde_json::from_str(data) {
            collect(&value, names, &mut said);
        }
    }
    said
}

fn collect(value: &serde_json::Value, names: &[&str], said: &mut String) {
    for (name, value) in value.as_object().into_iter().flatten() {
        match value.as_str() {
            Some(text) if names.contains(&name.as_str()) => said.push_str(text),
            // The end of a Cohere stream repeats all of it.
            _ if name != "response" => collect(value, names, said),
            _ => {}
        }
    }
    value.as_array().into_iter().flatten().for_each(|value| collect(value, names, said));
}

const SAID: &str = "I wrote to bob@example.org — as ada@example.com asked. Unknown: [EMAIL_77].";

#[test]
fn they_come_back_in_json_lines() {
    let cohere = called("cohere", "cohere_v1", "stream.ndjson", "application/stream+json");
    let said = texts(&cohere, &["text"]);
    assert!(said.starts_with(SAID), "{said}");
    let last = cohere.text().lines().last().unwrap();
    assert!(last.contains(SAID) && !last.contains("[EMAIL_2]"), "the whole at the end is restored too: {last}");
    assert!(texts(&cohere, &["parameters"]).contains(r#"{"to":"bob@example.org","path":"a\\b"}"#));

    let ollama = called("ollama", "ollama", "stream.ndjson", "application/x-ndjson");
    assert_eq!(texts(&ollama, &["content"]), SAID);
    assert_eq!(texts(&ollama, &["thinking"]), "ada@example.com comes first");
    assert!(ollama.text().contains(r#""arguments": {"to": "bob@example.org""#), "{}", ollama.text());
}

#[test]
fn they_come_back_in_server_sent_events() {
    let cohere = called("cohere", "cohere_v2", "stream.sse", "text/event-stream");
    let said = texts(&cohere, &["text"]);
    assert!(said.starts_with(SAID), "{said}");
    assert_eq!(texts(&cohere, &["thinking"]), "ada@example.com comes first");
    assert_eq!(texts(&cohere, &["tool_plan"]), "I will write to bob@example.org.");
    assert_eq!(texts(&cohere, &["arguments"]), r#"{"to":"bob@example.org","path":"a\\b"}"#);

    let mistral = called("mistral", "mistral", "stream.sse", "text/event-stream");
    let said = texts(&mistral, &["content"]);
    assert_eq!(said, "Bob is at bob@example.org, Ada.");
    assert_eq!(texts(&mistral, &["text"]), "I look for bob@example.org.");
    assert_eq!(texts(&mistral, &["arguments"]), r#"{"query":"bob@example.org"}{"to":"ada@example.com"}"#);

    let watsonx = called("watsonx", "watsonx", "stream.sse", "text/event-stream");
    assert_eq!(texts(&watsonx, &["generated_text"]), SAID);
}

#[test]
fn they_come_back_in_texts_that_are_no_json() {
    let replicate = called("replicate", "replicate", "stream.sse", "text/event-stream");
    let said: String = replicate.text().lines().filter_map(|line| line.strip_prefix("data: ")).collect();
    assert_eq!(said, format!("{SAID}{{}}"));
}

#[test]
fn they_come_back_in_a_whole_answer_that_is_a_list_of_pieces() {
    let replicate = called("replicate", "replicate", "answer.json", "application/json");
    let value: serde_json::Value = serde_json::from_str(replicate.text()).unwrap();
    let output = value["output"].as_array().unwrap();
    let said: String = output.iter().filter_map(serde_json::Value::as_str).collect();
    assert_eq!(said, SAID);
}
