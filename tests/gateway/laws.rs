//! The laws of a call, over every dialect: recorded traffic of real providers where it is next to the project, and the
//! project's own fixtures always.

use super::exchanges::{Exchange, exchanges, fixtures};
use super::support::{Answer, Attributes, EXPORT, Gateway, KEY, Seen, settings_for_all};
use proptest::prelude::Rng;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::Value;
use std::collections::BTreeMap;
use tollgate::attempt::{AnswerDecoder, Decoded};
use tollgate::dialect::Dialect;
use tollgate::model::{Content, Event};
use tollgate::settings::Limits;

impl Exchange {
    fn answer(&self, pieces: Vec<Vec<u8>>) -> Answer {
        Answer { status: self.status, ..Answer::of(self.content_type.clone(), pieces) }
    }

    /// The exchange through a gateway.
    fn through(&self, gateway: &Gateway, request: &[u8], answer: &Answer) -> Seen {
        let key = format!("Bearer {KEY}");
        let authority = self.authority();
        let mut headers = vec![("authorization", key.as_str()), (":authority", authority.as_str())];
        if !self.request_type.is_empty() {
            headers.push(("content-type", self.request_type.as_str()));
        }
        let body: &[&[u8]] = if request.is_empty() { &[] } else { &[request] };
        gateway.call(&self.method, &self.path, &headers, body, answer)
    }

    /// Reports whether the request is JSON that is read.
    pub(super) fn is_read(&self) -> bool {
        self.route.dialect.is_some() && self.request_type.starts_with("application/json") && !self.request.is_empty()
    }
}

pub(super) fn rng() -> TestRng {
    TestRunner::new_with_rng(Config::default(), TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha))
        .new_rng()
}

/// Splits bytes at random positions.
pub(super) fn cut(bytes: &[u8], pieces: usize, rng: &mut TestRng) -> Vec<Vec<u8>> {
    let mut cuts: Vec<usize> = (1..pieces).map(|_| rng.next_u32() as usize % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| bytes[pair[0]..pair[1]].to_vec()).collect()
}

/// Law 1, with a value to restore: any split of any stream gives the same bytes to the client and the same record.
/// (Every single split of the decoded facts: tests/traffic.)
#[test]
fn any_split_of_any_stream_gives_the_same_bytes_and_the_same_record() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let mut rng = rng();
    let (mut tried, mut week) = (0, 0);
    for exchange in exchanges().into_iter().filter(|exchange| exchange.is_stream() && exchange.is_read()) {
        let Ok(request) = std::str::from_utf8(&exchange.request) else { continue };
        let request = request.replacen('{', r#"{"x_note":"someone@example.com","#, 1);
        // Text that resembles a placeholder must be distinguished from one, at any split. Frames with checksums, and
        // texts within base64, stay as they are.
        let answer = match exchange.has_events() {
            true => String::from_utf8_lossy(&exchange.answer).replace(" the ", " [EMAIL_1] the [").into_bytes(),
            false => exchange.answer.clone(),
        };
        let mut run = |pieces: Vec<Vec<u8>>| -> (Vec<u8>, Attributes) {
            // At the same hour of the week: some prices depend on it.
            gateway.host.0.borrow_mut().now = STARTED + week * WEEK;
            week += 1;
            let seen = exchange.through(&gateway, request.as_bytes(), &exchange.answer(pieces));
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
            assert!(again.0 == whole.0, "{}: other bytes", exchange.id);
            assert_eq!(again.1, whole.1, "{}", exchange.id);
            tried += 1;
        }
    }
    println!("{tried} splits");
}

/// Nanoseconds since 1970, and in a week.
const STARTED: u64 = 1_790_000_000_000_000_000;
const WEEK: u64 = 604_800_000_000_000;

/// Law 3: where nothing is redacted, the provider gets the client's bytes, and the client the provider's.
#[test]
fn with_nothing_to_redact_bodies_pass_as_the_very_same_bytes() {
    let gateway = Gateway::new(&settings_for_all(r#","redaction":{"detect":[]}"#));
    let mut passed = 0;
    for exchange in exchanges() {
        let answer = exchange.answer(vec![exchange.answer.clone()]);
        let seen = exchange.through(&gateway, &exchange.request, &answer);
        let Some((_, sent)) = &seen.upstream else {
            let is_closed = matches!(seen.status, 400 | 415) || seen.text().contains("administration_not_allowed");
            assert!(is_closed, "{}: {} {}", exchange.id, seen.status, seen.text());
            continue;
        };
        passed += 1;
        if *sent == exchange.request {
            assert!(seen.body == exchange.answer, "{}: other bytes for the client", exchange.id);
            continue;
        }
        let asked = r#""stream_options":{"include_usage":true},"#;
        let sent = std::str::from_utf8(sent).unwrap();
        assert_eq!(sent.replacen(asked, "", 1).as_bytes(), exchange.request, "{}", exchange.id);
    }
    assert!(passed > 10);
    println!("{passed} passed");
}

/// Names of members whose text is not for people: kinds, names, identifiers, encoded bytes and addresses of media.
const STRUCTURAL: &[&str] = &[
    "type",
    "role",
    "model",
    "id",
    "name",
    "tool_call_id",
    "call_id",
    "previous_response_id",
    "tool_use_id",
    "url",
    "image_url",
    "file_url",
    // An MCP server's address, and its credential.
    "server_url",
    "authorization",
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
    "file_id",
    "source",
    "format",
    "stop_reason",
    // Cohere's kinds of vectors and of truncation, its documents' ids, the purpose of an embedding.
    "embedding_types",
    "truncate",
    "input_type",
    // Google's.
    "agent",
    "call_id",
    "category",
    "mime_type",
    "mimeType",
    "previous_interaction_id",
    "resolution",
    "response_mime_type",
    "responseMimeType",
    "response_modalities",
    "responseModalities",
    "task_type",
    "taskType",
    "thinking_level",
    "thinkingLevel",
    "thought_signature",
    "thoughtSignature",
    "threshold",
    "uri",
    // AWS's: ids, encoded and encrypted bytes, places.
    "authorization_token",
    "encrypted_index",
    "encrypted_stdout",
    "toolUseId",
    "bytes",
    "s3Location",
    "redactedContent",
    // Other words for a model, for media, for ids and for addresses that a provider calls.
    "conversation_id",
    "document_url",
    "image",
    "images",
    "keep_alive",
    "project_id",
    "think",
    "tool_name",
    "model_id",
    "version",
    "webhook",
];

/// Plants a mark in every text; members that are not text stay.
pub(super) fn plant(value: &mut Value, name: &str, marks: &mut usize) {
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
            let signed = is_signed(members);
            for (name, value) in members.iter_mut() {
                if !STRUCTURAL.contains(&name.as_str()) && !encoded && !signed {
                    plant(value, name, marks);
                }
            }
        }
        _ => {}
    }
}

/// Matches reasoning signed by its provider: nothing in it may be changed, so no mark is planted.
fn is_signed(members: &serde_json::Map<String, Value>) -> bool {
    let text = |name: &str| members.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let is_reasoning = match text("type") {
        Some(kind) => kind.starts_with("thinking") || kind.starts_with("reasoning") || kind == "thought",
        None => members.get("thought") == Some(&Value::Bool(true)) || !members.contains_key("functionCall"),
    };
    let signature =
        ["signature", "thoughtSignature", "thought_signature", "encrypted_content"].into_iter().find_map(text);
    is_reasoning && (signature.is_some() || text("format").is_some_and(|format| format != "unknown"))
}

/// Law 5: a mark in any text never leaves, and comes back to the client byte for byte.
#[test]
fn a_mark_in_any_text_leaf_never_leaves_and_comes_back() {
    let gateway = Gateway::new(&settings_for_all(""));
    let echoes = echoes();
    let (mut planted, mut left) = (BTreeMap::<Dialect, usize>::new(), Vec::new());
    for exchange in exchanges().iter().filter(|exchange| exchange.is_read()) {
        let Ok(mut request) = serde_json::from_slice::<Value>(&exchange.request) else {
            continue;
        };
        let mut marks = 0;
        plant(&mut request, "", &mut marks);
        let Some(dialect) = exchange.route.dialect else { continue };
        // The request has addresses of its own, which are numbered among the marks.
        let addresses = marks + exchange.request.iter().filter(|byte| **byte == b'@').count();
        let echo: Vec<String> = (1..=addresses).map(|number| format!("[EMAIL_{number}]")).collect();
        let answer = match echoes.get(&dialect) {
            Some((before, after)) => Answer::json(&[before, echo.join(" ").as_str(), after].concat()),
            None => Answer::json("{}"),
        };
        let seen = exchange.through(&gateway, request.to_string().as_bytes(), &answer);
        if seen.upstream.is_none() {
            assert_eq!(seen.status, 400, "{}: {}", exchange.id, seen.text());
            continue;
        }
        if let Some(at) = seen.sent().find("leaf.example") {
            let sent = seen.sent();
            let from = sent.floor_char_boundary(at.saturating_sub(160));
            left.push(format!("{} {dialect:?} leaves: …{}", exchange.id, sent.get(from..at + 12).unwrap()));
        }
        for mark in (1..=marks).filter(|_| echoes.contains_key(&dialect)) {
            let mark = format!("mark{mark}@leaf.example");
            if !seen.text().contains(&mark) {
                left.push(format!("{} {dialect:?}: {mark} does not come back", exchange.id));
                break;
            }
        }
        *planted.entry(dialect).or_default() += marks;
    }
    assert!(left.is_empty(), "{} of them: {left:#?}", left.len());
    assert!(planted.values().sum::<usize>() > 10);
    println!("marks: {planted:?}");
}

/// For each dialect that answers with a text, a whole answer split around that text.
fn echoes() -> BTreeMap<Dialect, (String, String)> {
    let whole = fixtures().into_iter().filter(|exchange| !exchange.is_stream());
    whole.filter_map(|exchange| Some((exchange.route.dialect?, around_text(&exchange)?))).collect()
}

fn around_text(exchange: &Exchange) -> Option<(String, String)> {
    let mut found = None;
    let mut reading = AnswerDecoder::new(&exchange.route, false, &exchange.headers(None), Limits::default());
    reading.push(&exchange.answer, true, &mut |read| {
        let Decoded::Whole { said: Some(said), .. } = read else { return };
        found = said.events.iter().find_map(|delta| match delta {
            Event::Text { channel, text } if channel.content == Content::Text => Some(text.range()),
            _ => None,
        });
    });
    let (text, range) = (std::str::from_utf8(&exchange.answer).ok()?, found?);
    Some((text.get(..range.start)?.to_owned(), text.get(range.end..)?.to_owned()))
}

/// Law 6: no input traps, hangs or grows: bytes torn, turned and repeated at random.
#[test]
fn damaged_traffic_never_panics_and_is_always_recorded() {
    let mut gateway = Gateway::new(&settings_for_all(&format!(r#"{EXPORT},"limits":{{"stream_event":"2KiB"}}"#)));
    let mut rng = rng();
    for exchange in exchanges() {
        for _ in 0..3 {
            let request = damaged(&exchange.request, &mut rng);
            let answer = damaged(&exchange.answer, &mut rng);
            let pieces = cut(&answer, 1 + rng.next_u32() as usize % 9, &mut rng);
            exchange.through(&gateway, &request, &exchange.answer(pieces.clone()));
            gateway.span();
            // With a whole request, so that the damaged answer is read.
            exchange.through(&gateway, &exchange.request, &exchange.answer(pieces));
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
