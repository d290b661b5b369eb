//! The laws of a call, over recorded traffic of real providers where it lies beside the project, and over the project's
//! own fixtures always.

use super::support::{Answer, Attributes, EXPORT, Gateway, KEY, settings};
use base64::Engine;
use proptest::prelude::Rng;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::Value;
use std::path::{Path, PathBuf};
use tollgate::dialect::{Dialect, Route};

/// One exchange of a client with a provider.
struct Exchange {
    id: String,
    path: &'static str,
    request: Vec<u8>,
    status: u16,
    content_type: String,
    answer: Vec<u8>,
}

impl Exchange {
    fn is_stream(&self) -> bool {
        self.content_type.starts_with("text/event-stream")
    }

    fn answer(&self, pieces: Vec<Vec<u8>>) -> Answer {
        let content_type = if self.is_stream() { "text/event-stream" } else { "application/json" };
        Answer { status: self.status, ..Answer::of(content_type, pieces) }
    }
}

fn path_of(dialect: Dialect) -> Option<&'static str> {
    match dialect {
        Dialect::OpenAiChat => Some("/v1/chat/completions"),
        Dialect::AnthropicMessages => Some("/v1/messages"),
        _ => None,
    }
}

fn fixtures() -> Vec<Exchange> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let read = |name: &str, file: &str| std::fs::read(folder.join(name).join(file)).unwrap();
    let of = |name: &str, path, file: &str, content_type: &str| Exchange {
        id: format!("{name}/{file}"),
        path,
        request: read(name, "request.json"),
        status: 200,
        content_type: content_type.to_owned(),
        answer: read(name, file),
    };
    [("openai_chat", "/v1/chat/completions"), ("anthropic_messages", "/v1/messages")]
        .into_iter()
        .flat_map(|(name, path)| {
            [of(name, path, "answer.json", "application/json"), of(name, path, "stream.sse", "text/event-stream")]
        })
        .collect()
}

/// The recorded exchanges in a dialect that is spoken; none, and a word about it, where there are no recordings.
fn recorded() -> Vec<Exchange> {
    let file: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traffic/dev.jsonl");
    let Ok(text) = std::fs::read_to_string(&file) else {
        println!("no recorded traffic beside the project: only its own fixtures are tried");
        return Vec::new();
    };
    let base64 = base64::engine::general_purpose::STANDARD;
    let body = |value: &Value| base64.decode(value["body_b64"].as_str().unwrap_or_default()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter_map(|line| {
            let url = line["request"]["url"].as_str()?;
            let rest = url.split_once("://")?.1;
            let path = rest.get(rest.find('/')?..)?;
            let dialect = Route::of("POST", path, &[]).dialect?;
            let headers = line["response"]["headers"].as_array()?;
            let content_type = headers
                .iter()
                .find(|header| header[0].as_str().is_some_and(|name| name.eq_ignore_ascii_case("content-type")))?;
            Some(Exchange {
                id: line["id"].as_str()?.to_owned(),
                path: path_of(dialect)?,
                request: body(&line["request"]),
                status: u16::try_from(line["response"]["status"].as_u64()?).ok()?,
                content_type: content_type[1].as_str()?.to_owned(),
                answer: body(&line["response"]),
            })
        })
        .collect()
}

fn exchanges() -> Vec<Exchange> {
    fixtures().into_iter().chain(recorded()).collect()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("recorded requests are text")
}

fn rng() -> TestRng {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha))
        .new_rng()
}

/// Cuts bytes at random places.
fn cut(bytes: &[u8], pieces: usize, rng: &mut TestRng) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = (1..pieces).map(|_| rng.next_u32() as usize % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect()
}

/// Law 1: any split of any stream gives the same bytes to the client and the same record.
#[test]
fn any_split_of_any_stream_gives_the_same_bytes_and_the_same_record() {
    let mut gateway = Gateway::new(&settings(EXPORT));
    let mut rng = rng();
    let mut tried = 0;
    for exchange in exchanges().into_iter().filter(Exchange::is_stream) {
        // Something that looks like a placeholder has to be told apart from what is one, wherever it is cut.
        let request = text(&exchange.request).replacen('{', r#"{"user":"someone@example.com","#, 1);
        let answer = String::from_utf8_lossy(&exchange.answer).replace(" the ", " [EMAIL_1] the [").into_bytes();
        let mut run = |pieces: Vec<Vec<u8>>| -> (Vec<u8>, Attributes) {
            let seen = gateway.post(exchange.path, &request, &exchange.answer(pieces));
            (seen.body, gateway.span().timeless())
        };
        let whole = run(vec![answer.clone()]);
        for round in 0..6 {
            let pieces = if round == 0 && answer.len() < 1 << 14 {
                answer.iter().map(|byte| vec![*byte]).collect()
            } else {
                cut(&answer, 2 + round * 8, &mut rng)
            };
            let again = run(pieces);
            assert_eq!(again.0, whole.0, "{}", exchange.id);
            assert_eq!(again.1, whole.1, "{}", exchange.id);
            tried += 1;
        }
    }
    println!("{tried} splits");
}

/// Law 3: where nothing is redacted, the provider gets what the client sent, and the client what the provider sent.
#[test]
fn with_nothing_to_redact_bodies_pass_as_the_very_same_bytes() {
    let gateway = Gateway::new(&settings(r#","redaction":{"detect":[]}"#));
    for exchange in exchanges() {
        let request = text(&exchange.request);
        let seen = gateway.post(exchange.path, request, &exchange.answer(vec![exchange.answer.clone()]));
        if seen.upstream.is_none() {
            assert_eq!(seen.status, 400, "{}", exchange.id);
            continue;
        }
        let asked = r#""stream_options":{"include_usage":true},"#;
        if seen.sent() != request {
            assert_eq!(seen.sent().replacen(asked, "", 1), request, "{}", exchange.id);
        } else {
            assert_eq!(seen.body, exchange.answer, "{}", exchange.id);
        }
    }
}

/// Names of members whose text is not for people: kinds, names, identifiers, encoded bytes and addresses of media.
const STRUCTURAL: [&str; 25] = [
    "type",
    "role",
    "model",
    "id",
    "name",
    "tool_call_id",
    "tool_use_id",
    "url",
    "image_url",
    "data",
    "input_audio",
    "signature",
    "media_type",
    "file_data",
    "file",
    "encrypted_content",
    "effort",
    "reasoning_effort",
    "service_tier",
    "cache_control",
    "thinking",
    "file_id",
    "source",
    "format",
    "stop_reason",
];

/// Plants a mark in every text leaf; what lies within a member that is no text stays.
fn plant(value: &mut Value, name: &str, marks: &mut usize) {
    match value {
        Value::String(text) => {
            *text = if name == "arguments" && text.starts_with('{') {
                let mut inner: Value = serde_json::from_str(text).unwrap_or_default();
                plant(&mut inner, "", marks);
                inner.to_string().replace('@', "\\u0040")
            } else {
                *marks += 1;
                format!("{text}\n mark{marks}@leaf.example")
            };
        }
        Value::Array(values) => values.iter_mut().for_each(|value| plant(value, name, marks)),
        Value::Object(members) => {
            let encoded = members.get("type").and_then(Value::as_str).is_some_and(|kind| kind == "base64");
            for (name, value) in members.iter_mut() {
                if !STRUCTURAL.contains(&name.as_str()) && !encoded {
                    plant(value, name, marks);
                }
            }
        }
        _ => {}
    }
}

/// Law 5: a mark in any text leaf never leaves, and comes back to the client byte for byte.
#[test]
fn a_mark_in_any_text_leaf_never_leaves_and_comes_back() {
    let gateway = Gateway::new(&settings(""));
    let mut planted = 0;
    for exchange in exchanges() {
        let Ok(mut request) = serde_json::from_slice::<Value>(&exchange.request) else {
            continue;
        };
        let mut marks = 0;
        plant(&mut request, "", &mut marks);
        // The request has addresses of its own, which are numbered among the marks.
        let addresses = marks + exchange.request.iter().filter(|byte| **byte == b'@').count();
        let echo: Vec<String> = (1..=addresses).map(|number| format!("[EMAIL_{number}]")).collect();
        let answer = serde_json::json!({
            "choices": [{"index": 0, "message": {"role": "assistant", "content": echo.join(" ")}}],
            "content": [{"type": "text", "text": echo.join(" ")}],
        });
        let seen = gateway.post(exchange.path, &request.to_string(), &Answer::json(&answer.to_string()));
        if seen.upstream.is_none() {
            assert_eq!(seen.status, 400, "{}", exchange.id);
            continue;
        }
        assert!(!seen.sent().contains("leaf.example"), "{}: {}", exchange.id, seen.sent());
        for mark in 1..=marks {
            assert!(seen.text().contains(&format!("mark{mark}@leaf.example")), "{}: mark {mark}", exchange.id);
        }
        planted += marks;
    }
    assert!(planted > 10);
    println!("{planted} marks");
}

/// Law 6: nothing that arrives traps, hangs or grows: bytes torn, turned and repeated at random.
#[test]
fn damaged_traffic_never_panics_and_is_always_recorded() {
    let mut gateway = Gateway::new(&settings(&format!(r#"{EXPORT},"limits":{{"stream_event":"2KiB"}}"#)));
    let mut rng = rng();
    for exchange in exchanges() {
        for _ in 0..3 {
            let request = damaged(&exchange.request, &mut rng);
            let answer = damaged(&exchange.answer, &mut rng);
            let pieces = cut(&answer, 1 + rng.next_u32() as usize % 9, &mut rng);
            let key = format!("Bearer {}", KEY);
            let headers = [("authorization", key.as_str())];
            let halves = request.split_at(rng.next_u32() as usize % (request.len() + 1));
            gateway.call("POST", exchange.path, &headers, &[halves.0, halves.1], &exchange.answer(pieces.clone()));
            gateway.span();
            // Of a request that is whole, so that the damaged answer is read.
            gateway.post(exchange.path, text(&exchange.request), &exchange.answer(pieces));
            gateway.span();
        }
    }
}

fn damaged(bytes: &[u8], rng: &mut TestRng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + rng.next_u32() % 4 {
        if bytes.is_empty() {
            break;
        }
        let at = rng.next_u32() as usize % bytes.len();
        match rng.next_u32() % 5 {
            0 => bytes[at] ^= 1 << (rng.next_u32() % 8),
            1 => bytes.truncate(at),
            2 => bytes.insert(at, b"\"\\{}[],:\n\r\x00\xff"[rng.next_u32() as usize % 12]),
            3 => {
                bytes.remove(at);
            }
            _ => {
                let end = (at + 40).min(bytes.len());
                let again = bytes[at..end].to_vec();
                bytes.splice(at..at, again);
            }
        }
    }
    bytes
}
