//! Cases that no fixture shows: what an attacker, a broken provider or an unlucky cut would send.

use crate::bait::BAIT;
use crate::calls;
use crate::cases::Reach::{Counted, Far, Timed};
use crate::cases::{Case, Reach, USUAL};
use crate::exchanges::Exchange;
use crate::grown::Text;
use std::fmt::Write;
use tollgate::document::escape_into;
use tollgate::endpoint::Route;

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    texts(&mut cases);
    answers(&mut cases);
    lists(&mut cases);
    framings(&mut cases);
    forms(&mut cases);
    // Of these the texts are kept for the span too.
    let kept = ["one long escaped string", "again and again", "of letters", "made up", "never end", "its index"];
    let keeping = cases.iter().filter(|case| kept.iter().any(|part| case.name.contains(part)));
    let keeping: Vec<Case> = keeping.map(Case::kept).collect();
    cases.extend(keeping);
    cases
}

fn of(path: &str, request: String, media: &str, answer: Vec<u8>) -> Exchange {
    Exchange {
        id: String::new(),
        host: "gateway.local".to_owned(),
        method: "POST".to_owned(),
        path: path.to_owned(),
        route: Route::of("POST", path, &[]),
        request: request.into_bytes(),
        request_type: "application/json".to_owned(),
        status: 200,
        content_type: media.to_owned(),
        answer,
    }
}

const CHAT: &str = "/v1/chat/completions";
const EVENTS: &str = "text/event-stream";
const JSON: &str = "application/json";

/// A request of one message.
fn said(text: &str) -> String {
    format!(r#"{{"model":"m","stream":true,"messages":[{{"role":"user","content":"{}"}}]}}"#, escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    escape_into(text, &mut out);
    out
}

/// A request whose placeholder comes back.
fn asked() -> String {
    said("I am max.roe@bank.example")
}

fn texts(cases: &mut Vec<Case>) {
    for bait in BAIT {
        cases.push(Case::new(format!("a text of {bait:?}"), Counted, USUAL, |size| {
            of(CHAT, said(&bait.repeat(size / bait.len())), JSON, Vec::new())
        }));
        cases.push(Case::new(format!("a tool's result of {bait:?} within JSON"), Timed, USUAL, |size| {
            let json = format!("{{\"a\":\"{}\"}}", escaped(&bait.repeat(size / 2 / bait.len())));
            let message = format!(r#"{{"role":"tool","tool_call_id":"c","content":"{}"}}"#, escaped(&json));
            of(CHAT, format!(r#"{{"model":"m","messages":[{message}]}}"#), JSON, Vec::new())
        }));
        cases.push(Case::new(format!("an answer of {bait:?} in tiny pieces"), Timed, 5, |size| {
            let event = format!("data: {}\n\n", delta(0, &escaped(bait)));
            of(CHAT, asked(), EVENTS, event.repeat(size / event.len()).into_bytes())
        }));
    }
    for (name, text) in [
        ("values", Text::Values),
        ("one long escaped string of values", Text::JsonOfValues),
        ("one long escaped string", Text::JsonOfOne),
    ] {
        cases.push(Case::new(format!("a tool's result: {name}"), Far, USUAL, move |size| {
            let message = format!(r#"{{"role":"tool","tool_call_id":"c","content":"{}"}}"#, escaped(&text.of(size)));
            of(CHAT, format!(r#"{{"model":"m","messages":[{message}]}}"#), JSON, Vec::new())
        }));
        cases.push(Case::new(format!("arguments: {name}"), Far, USUAL, move |size| {
            let function = format!(r#"{{"name":"f","arguments":"{}"}}"#, escaped(&text.of(size)));
            let message = format!(r#"{{"role":"assistant","tool_calls":[{{"id":"c","function":{function}}}]}}"#);
            of(CHAT, format!(r#"{{"model":"m","messages":[{message}]}}"#), JSON, Vec::new())
        }));
    }
    cases.push(Case::new("many messages", Far, USUAL, |size| {
        let mut messages = String::from(r#"{"role":"user","content":"a"}"#);
        for number in 0..size / 60 {
            let _ = write!(messages, r#",{{"role":"user","content":"I am u{number}@example.com\n"}}"#);
        }
        of(CHAT, format!(r#"{{"model":"m","messages":[{messages}]}}"#), JSON, Vec::new())
    }));
    cases.push(Case::new("arguments told of again and again", Counted, USUAL, |size| {
        let name = "n".repeat(size / 2);
        let again = r#","arguments":["a@b.example"],"x":"b""#;
        let call = format!(r#"{{"type":"function_call","name":"{name}"{}}}"#, again.repeat(size / 2 / again.len()));
        of("/v1beta/interactions", format!(r#"{{"model":"m","input":[{call}]}}"#), JSON, Vec::new())
    }));
    for (name, open, close) in [("lists", "[", "]"), ("objects", "{\"text\":", "}"), ("parts", "[{\"text\":", "}]")] {
        cases.push(Case::new(format!("contents of nested {name}"), Counted, USUAL, move |size| {
            let depth = 100 / open.len().min(2);
            let nested = format!("{}\"a@b.example\"{}", open.repeat(depth), close.repeat(depth));
            let message = format!(r#"{{"role":"user","content":{nested}}},"#);
            let messages = message.repeat(size / message.len());
            of(CHAT, format!(r#"{{"model":"m","messages":[{messages}{{}}]}}"#), JSON, Vec::new())
        }));
    }
}

/// An event's data that says a text in a choice.
fn delta(choice: usize, text: &str) -> String {
    format!(r#"{{"id":"i","choices":[{{"index":{choice},"delta":{{"content":"{text}"}}}}]}}"#)
}

fn stream(events: impl Iterator<Item = String>) -> Vec<u8> {
    let mut all = String::new();
    for event in events {
        let _ = write!(all, "data: {event}\n\n");
    }
    all.push_str("data: [DONE]\n\n");
    all.into_bytes()
}

/// Values of a request, and all of them in the answer.
fn values(count: usize) -> (String, impl Iterator<Item = String>) {
    let text: String = (0..count).map(|number| format!("u{number}@example.com ")).collect();
    (said(&text), (1..=count).map(|number| format!("[EMAIL_{number}] ")))
}

fn answers(cases: &mut Vec<Case>) {
    cases.push(Case::new("many values put back into a whole answer", Far, USUAL, |size| {
        let (request, placeholders) = values(size / 20);
        let text: String = placeholders.collect();
        let answer = format!(r#"{{"choices":[{{"index":0,"message":{{"content":"{text}"}}}}]}}"#);
        of(CHAT, request, JSON, answer.into_bytes())
    }));
    cases.push(Case::new("many values put back into a stream", Far, 11, |size| {
        let (request, placeholders) = values(size / 100);
        of(CHAT, request, EVENTS, stream(placeholders.map(|text| delta(0, &text))))
    }));
    cases.push(Case::new("many values put back into a stream of letters", Far, 300, |size| {
        let (request, placeholders) = values(size / 800);
        let letters = placeholders.collect::<String>().into_bytes();
        let events = letters.into_iter().map(|letter| delta(0, &char::from(letter).to_string()));
        of(CHAT, request, EVENTS, stream(events))
    }));
    cases.push(Case::new("a stream with a choice for each event, each with a text held", Far, 300, |size| {
        of(CHAT, asked(), EVENTS, stream((0..size / 70).map(|choice| delta(choice, "["))))
    }));
    cases.push(Case::new("an event with many choices, each with a text held", Far, USUAL, |size| {
        let mut choices = String::from(r#"{"index":0,"delta":{}}"#);
        for number in 1..size / 45 {
            let _ = write!(choices, r#",{{"index":{number},"delta":{{"content":"["}}}}"#);
        }
        let event = format!(r#"{{"choices":[{choices}]}}"#);
        of(CHAT, asked(), EVENTS, stream([event.clone(), event].into_iter()))
    }));
    let parts = |size: usize, more: &'static str| {
        let event = move |number: usize| {
            let delta = format!(r#""index":{number},"delta":{{"type":"text_delta","text":"[EMAIL"}}"#);
            let text = format!("{{\"type\":\"content_block_delta\",{delta}}}\n\n");
            let more = more.replace("NUMBER", &number.to_string());
            format!("event: content_block_delta\ndata: {text}{more}")
        };
        let events: String = (0..size / 140).map(event).collect();
        of("/v1/messages", asked().replace("\"model\"", "\"max_tokens\":9,\"model\""), EVENTS, events.into_bytes())
    };
    cases.push(Case::new("a stream of blocks that never end", Far, 300, move |size| parts(size, "")));
    cases.push(Case::new("a stream of blocks that end", Counted, 300, move |size| {
        parts(size, "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":NUMBER}\n\n")
    }));
    // The model repeats what it got.
    let echoed = |count: usize| {
        let (request, _) = values(count);
        let sent = calls::call(&of(CHAT, request.clone(), JSON, Vec::new()), USUAL, true).sent.unwrap();
        let sent = String::from_utf8(sent).unwrap();
        let (_, text) = sent.split_once("\"content\":\"").unwrap();
        assert!(!text.contains('@'));
        (request, text.trim_end_matches(['"', '}', ']']).to_owned())
    };
    for (name, piece) in [("bytes", 1), ("pieces", 29)] {
        let sealed =
            Case::new(format!("sealed placeholders put back into a stream of {name}"), Counted, 300, move |size| {
                let (request, text) = echoed(size / 60 / (60 / piece.max(2)));
                let pieces: Vec<String> =
                    text.as_bytes().chunks(piece).map(|piece| String::from_utf8_lossy(piece).into_owned()).collect();
                of(CHAT, request, EVENTS, stream(pieces.iter().map(|piece| delta(0, piece))))
            });
        cases.push(sealed.kept());
    }
    cases.push(
        Case::new("sealed placeholders put back into a whole answer", Counted, USUAL, move |size| {
            let (request, text) = echoed(size / 60);
            let answer = format!(r#"{{"choices":[{{"index":0,"message":{{"content":"{text}"}}}}]}}"#);
            of(CHAT, request, JSON, answer.into_bytes())
        })
        .kept(),
    );
    type Call = fn(usize) -> (usize, usize, usize);
    let calls: [(&str, Call); 4] = [
        ("each with its index", |number| (number, number, 0)),
        ("of one index", |number| (0, number, number)),
        ("told of again at another index", |number| (number, number % 2000, 0)),
        ("of one id", |number| (number % 1000, 0, number)),
    ];
    for (name, call) in calls {
        cases.push(Case::new(format!("tool calls of a stream, {name}"), Counted, 300, move |size| {
            let event = |number| {
                let (index, id, name) = call(number);
                let called = format!(r#"{{"index":{index},"id":"call_{id}","function":{{"name":"f{name}"}}}}"#);
                format!(r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{called}]}}}}]}}"#)
            };
            of(CHAT, asked(), EVENTS, stream((0..size / 120).map(event)))
        }));
    }
    cases.push(Case::new("what a model made up in many choices", Counted, 300, |size| {
        let (request, _) = values(size / 60);
        let events = (0..size / 160).map(|number| delta(number % 120, &format!("v{number}@example.org ")));
        of(CHAT, request, EVENTS, stream(events))
    }));
}

fn lists(cases: &mut Vec<Case>) {
    let elements = [
        r#"{"error":{"message":"[EMAIL_1]"}}"#,
        r#"{"error":"a"}"#,
        r#"{"id":"i","model":"m","error":"a"}"#,
        r#"{"x_groq":{"usage":{"prompt_tokens":1}},"usage":{"prompt_tokens":1}}"#,
        r#"{"amazon-bedrock-invocationMetrics":{}}"#,
        r#"{"type":"error","error":{"type":"a"}}"#,
        r#"{"type":"message_stop"}"#,
        r#"{"choices":[{"delta":{"content":"["},"finish_reason":"stop"}]}"#,
        r#"{"candidates":[{"content":{"parts":[{"text":"["}]}}]}"#,
        r#"{"detail":[{"msg":"a"}]}"#,
        "{}",
        "[[]]",
        "1",
    ];
    let paths = [
        CHAT,
        "/v1/messages",
        "/v1/responses",
        "/v1beta/models/m:generateContent",
        "/v1beta/models/m:streamGenerateContent",
        "/model/m/invoke",
        "/v2/chat",
    ];
    for path in paths {
        for element in elements {
            cases.push(Case::new(format!("{path} answered with a list of {element}"), Timed, USUAL, move |size| {
                let answer = format!("[{}{element}]", format!("{element},").repeat(size / (element.len() + 1)));
                let request = if path.contains("models/m") {
                    r#"{"contents":[{"parts":[{"text":"max.roe@bank.example"}]}]}"#.to_owned()
                } else {
                    asked().replace("\"model\"", "\"max_tokens\":9,\"input\":\"a@b.example\",\"model\"")
                };
                of(path, request, JSON, answer.into_bytes())
            }));
        }
    }
}

fn framings(cases: &mut Vec<Case>) {
    let mut framed =
        |name: &str, reach: Reach, piece, media: &'static str, before: &'static str, again: &'static str| {
            cases.push(Case::new(name, reach, piece, move |size| {
                let answer = [before, &again.repeat(size / again.len())].concat();
                of(CHAT, asked(), media, answer.into_bytes())
            }));
        };
    framed("an event that never ends, byte by byte", Counted, 1, EVENTS, "data: ", "[");
    framed("an event of many data lines", Counted, 300, EVENTS, "", "data: {\r\n");
    framed("an event of many names", Counted, 300, EVENTS, "", "event: a\n");
    framed("comments", Counted, 300, EVENTS, "", ": keep-alive\n\n");
    framed("empty lines", Counted, 1, EVENTS, "", "\n");
    framed("bare returns", Counted, 1, EVENTS, "", "\r");
    framed("returns and feeds, byte by byte", Counted, 1, EVENTS, "data: {}", "\r\n");
    framed("a list that never ends, byte by byte", Timed, 1, JSON, "", "[");
    framed("white space before an answer", Timed, 1, JSON, "", " ");
    framed("an answer that is no JSON", Timed, 300, JSON, "{", "\"a\":");
    let lines = "application/x-ndjson";
    framed("a line that never ends, byte by byte", Counted, 1, lines, "{", "\"a\":1,");
    framed("blank lines", Counted, 1, lines, "", "\n");
    framed("lines", Counted, 300, lines, "", "{\"choices\":[{\"delta\":{\"content\":\"[E\"}}]}\n");
    for (name, before, again) in [
        ("elements between white space, byte by byte", "[", "{} , "),
        ("numbers of a list, byte by byte", "[", "1,"),
        ("a number that never ends, byte by byte", "[", "1"),
        ("an element of strings, byte by byte", "[{", "\"\\\"[\","),
    ] {
        cases.push(Case::new(name, Timed, 1, move |size| {
            let answer = [before, &again.repeat(size / again.len())].concat();
            let request = r#"{"contents":[{"parts":[{"text":"max.roe@bank.example"}]}]}"#;
            of("/v1beta/models/m:streamGenerateContent", request.to_owned(), JSON, answer.into_bytes())
        }));
    }
}

fn forms(cases: &mut Vec<Case>) {
    let field = "\r\n--b\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\n";
    let all: [(&str, Reach, String, &str, &str); 7] = [
        (
            "a form of many fields",
            Far,
            String::new(),
            "\r\n--b\r\ncontent-disposition: form-data; name=\"prompt\"\r\n\r\na@b.example",
            "",
        ),
        ("a form of one long text", Counted, field.to_owned(), "a@b.example\n", ""),
        ("boundaries that nearly match", Counted, field.to_owned(), "\r\n--b \t \r", ""),
        ("boundaries of line feeds alone", Timed, field.to_owned(), "\n--b", ""),
        ("headers without end", Timed, "\r\n--b\r\n".to_owned(), "a: b\r\n ", ""),
        ("parameters without end", Timed, "\r\n--b\r\ncontent-disposition: form-data".to_owned(), "; name=\"\\\"", ""),
        ("fields without content", Timed, String::new(), "\r\n--b\r\n\r\n", ""),
    ];
    for (name, reach, before, again, after) in all {
        cases.push(Case::new(name, reach, USUAL, move |size| {
            let model = "\r\n--b\r\ncontent-disposition: form-data; name=\"model\"\r\n\r\nwhisper-1";
            let body = [model, &before, &again.repeat(size / again.len()), after, "\r\n--b--\r\n"].concat();
            let media = "multipart/form-data; boundary=b".to_owned();
            let exchange = of("/v1/audio/transcriptions", body, JSON, b"{\"text\":\"[EMAIL_1]\"}".to_vec());
            Exchange { request_type: media, ..exchange }
        }));
    }
}
