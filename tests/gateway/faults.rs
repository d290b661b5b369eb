//! Answers in the shapes of public bug reports, through a whole gateway: the client's answer, and the span.

use super::support::{Answer, EXPORT, Gateway, settings, settings_for_all};
use serde_json::Value;
use std::collections::BTreeMap;

const CHAT: &str = "/v1/chat/completions";

fn gateway() -> Gateway {
    Gateway::new(&settings(&format!(r#","redaction":{{}}{EXPORT}"#)))
}

/// A request for a stream, with an address in it.
const ASKED: &str = r#"{"model":"m","stream":true,"stream_options":{"include_usage":true},
    "messages":[{"role":"user","content":"I am ada@example.com"}]}"#;

/// A body in pieces of a size.
fn cut(body: &str, size: usize) -> Vec<Vec<u8>> {
    body.as_bytes().chunks(size).map(<[u8]>::to_vec).collect()
}

/// The texts of all deltas by name, concatenated.
fn deltas(stream: &str) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::<String, String>::new();
    for data in stream.lines().filter_map(|line| line.strip_prefix("data: ")) {
        let event: Value = serde_json::from_str(data).unwrap_or_default();
        for (name, value) in event["choices"][0]["delta"].as_object().into_iter().flatten() {
            let text = [value, &value[0]["text"], &value[0]["thinking"]].into_iter().find_map(Value::as_str);
            texts.entry(name.clone()).or_default().push_str(text.unwrap_or_default());
        }
    }
    texts
}

#[test]
fn reasoning_is_restored_under_each_of_its_names_however_it_is_cut() {
    let detail = |kind: &str, name: &str, text: &str| format!(r#"[{{"type":"{kind}","{name}":"{text}"}}]"#);
    for names in [
        vec!["reasoning_content"],
        vec!["reasoning"],
        vec!["reasoning_text"],
        vec!["thinking"],
        vec!["reasoning", "reasoning_content"],
        vec!["reasoning", "reasoning_details"],
        vec!["reasoning_details", "reasoning"],
        vec!["reasoning_content", "thinking_blocks"],
        vec!["reasoning_details"],
    ] {
        let mut body = String::new();
        // The last piece is a beginning that never becomes a placeholder.
        for piece in ["It is [EM", "AIL", "_1] who", " asks. [EMAI"] {
            let members: Vec<String> = names
                .iter()
                .map(|name| match *name {
                    "reasoning_details" => format!(r#""{name}":{}"#, detail("reasoning.text", "text", piece)),
                    "thinking_blocks" => format!(r#""{name}":{}"#, detail("thinking", "thinking", piece)),
                    _ => format!(r#""{name}":"{piece}""#),
                })
                .collect();
            body += &format!("data: {{\"choices\":[{{\"index\":0,\"delta\":{{{}}}}}]}}\n\n", members.join(","));
        }
        body += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"},\"finish_reason\":\"stop\"}]}\n\n";
        body += "data: [DONE]\n\n";
        for size in [1, 7, body.len()] {
            let mut gateway = gateway();
            let seen = gateway.post(CHAT, ASKED, &Answer::stream(cut(&body, size)));
            let texts = deltas(seen.text());
            for name in &names {
                assert_eq!(texts[*name], "It is ada@example.com who asks. [EMAI", "{names:?}: {}", seen.text());
            }
            let known: Vec<_> = texts.keys().filter(|name| *name != "content").collect();
            assert_eq!(known.len(), names.len(), "{known:?}");
            assert_ne!(gateway.span().get("tollgate.response.time_to_first_token"), "");
        }
    }
}

#[test]
fn a_stream_under_a_wrong_media_type_is_restored_however_it_is_cut() {
    let event = |text: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"{text}"}}}}]}}"#);
    let body = format!("data: {}\n\ndata: {}\n\ndata: [DONE]\n\n", event("to [EMA"), event("IL_1]."));
    for media in ["application/json", "text/plain", "text/html", "application/x-ndjson", ""] {
        for size in [1, 3, body.len()] {
            let mut gateway = gateway();
            let seen = gateway.post(CHAT, ASKED, &Answer::of(media, cut(&body, size)));
            assert_eq!(deltas(seen.text())["content"], "to ada@example.com.", "{media}");
            assert_eq!(gateway.span().get("tollgate.notes"), "", "{media}");
        }
    }
}

#[test]
fn lines_under_a_wrong_media_type_are_restored_line_by_line() {
    let line =
        |text: &str| format!(r#"{{"model":"q","message":{{"role":"assistant","content":"{text}"}},"done":false}}"#);
    let body = format!("{}\n{}\n{{\"done\":true,\"done_reason\":\"stop\"}}\n", line("to [EMA"), line("IL_1]."));
    for media in ["application/json", "text/plain", "text/event-stream", "application/x-ndjson"] {
        for (size, stream) in [(1, true), (7, false), (body.len(), true), (body.len(), false)] {
            let mut gateway = Gateway::new(&settings_for_all(EXPORT));
            let asked = format!(
                r#"{{"model":"q","stream":{stream},"messages":[{{"role":"user","content":"ada@example.com"}}]}}"#
            );
            let headers = [
                ("authorization", "Bearer tg-test-0123456789abcdefghij"),
                ("content-type", "application/json"),
                (":authority", "ollama.example"),
            ];
            let seen =
                gateway.call("POST", "/api/chat", &headers, &[asked.as_bytes()], &Answer::of(media, cut(&body, size)));
            let said: String = seen
                .text()
                .lines()
                .map(|line| {
                    serde_json::from_str::<Value>(line).unwrap()["message"]["content"]
                        .as_str()
                        .unwrap_or_default()
                        .to_owned()
                })
                .collect();
            assert_eq!(said, "to ada@example.com.", "{media} {stream}: {}", seen.text());
            let span = gateway.span();
            assert_eq!(
                (span.get("tollgate.notes"), span.get("gen_ai.response.finish_reasons")),
                ("", "stop"),
                "{media}"
            );
        }
    }
}

#[test]
fn a_text_that_comes_whole_after_too_few_pieces_is_restored_whole() {
    let done = r#"{"type":"response.output_text.done","item_id":"m","output_index":0,"content_index":0,"text":"to [EMAIL_1]."}"#;
    let delta =
        r#"{"type":"response.output_text.delta","item_id":"m","output_index":0,"content_index":0,"delta":"to [EMA"}"#;
    let end = r#"{"type":"response.completed","response":{"object":"response","status":"completed","output":[]}}"#;
    let asked = r#"{"model":"gpt-5","stream":true,"input":"I am ada@example.com"}"#;
    for events in [vec![delta, done, end], vec![done, end]] {
        let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
        for size in [1, body.len()] {
            let mut gateway = gateway();
            let seen = gateway.post("/v1/responses", asked, &Answer::stream(cut(&body, size)));
            assert!(seen.text().contains(r#""text":"to ada@example.com.""#), "{}", seen.text());
            assert_ne!(gateway.span().get("tollgate.response.time_to_first_token"), "");
        }
    }
}

#[test]
fn a_number_that_is_none_passes_as_it_was_written() {
    let asked =
        r#"{"model":"m","messages":[{"role":"user","content":"ada@example.com"}],"temperature":NaN,"top_p":-Infinity}"#;
    let answer =
        r#"{"choices":[{"index":0,"message":{"content":"[EMAIL_1]"},"logprobs":{"content":[{"logprob":-Infinity}]}}]}"#;
    let mut gateway = gateway();
    let seen = gateway.post(CHAT, asked, &Answer::json(answer));
    assert_eq!(seen.sent(), asked.replace("ada@example.com", "[EMAIL_1]"));
    assert_eq!(seen.text(), answer.replace("[EMAIL_1]", "ada@example.com"));
    let span = gateway.span();
    assert_eq!((span.get("gen_ai.request.temperature"), span.get("tollgate.notes")), ("", ""));
}

/// OpenRouter keeps the connection alive with comments until the provider begins.
#[test]
fn a_comment_is_not_the_first_chunk_of_a_stream() {
    let event = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"}}]}\n\n";
    let first = |pieces: &[&str]| -> f64 {
        let mut gateway = gateway();
        let pieces = pieces.iter().map(|piece| piece.as_bytes().to_vec()).collect();
        gateway.post(CHAT, ASKED, &Answer { cut: Some(tollgate::call::Ending::CutByClient), ..Answer::stream(pieces) });
        gateway.span().get("gen_ai.response.time_to_first_chunk").parse().unwrap_or(f64::NAN)
    };
    for silence in [": OPENROUTER PROCESSING\n\n", ":\n", "\n\n", "retry: 1000\n\n", "id: 1\n\n", "data:\n\n"] {
        assert!(first(&[silence, silence]).is_nan(), "{silence:?}");
        assert_eq!(first(&[silence, event]), first(&[event]), "{silence:?}");
    }
    assert!(first(&[event]) > 0.0);
}

#[test]
fn what_envoy_answers_itself_is_not_said_to_be_the_provider_s() {
    let worded =
        r#"{"error":{"message":"The provider gave no answer.","type":"api_error","code":"provider_unreachable"}}"#;
    let plain = "upstream connect error or disconnect/reset before headers. reset reason: connection failure";
    for (media, body) in [("application/json", worded), ("text/plain", plain)] {
        for (word, status, outcome) in [
            ("upstream_reset_before_response_started", 503, "cut_by_provider"),
            ("no_healthy_upstream", 503, "cut_by_provider"),
            ("cluster_not_found", 503, "cut_by_provider"),
            ("response_timeout", 504, "cut_by_provider"),
            ("request_rate_limited", 429, "failed"),
            ("ext_authz_denied", 403, "failed"),
        ] {
            let mut gateway = gateway();
            gateway.host.0.borrow_mut().local_reply = Some(word.to_owned());
            let answer = Answer { status, ..Answer::of(media, vec![body.as_bytes().to_vec()]) };
            let seen = gateway.post(CHAT, ASKED, &answer);
            assert_eq!((seen.status, seen.text()), (status, body));
            let span = gateway.span();
            assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), (outcome, word));
            assert_eq!((span.get("tollgate.provider.error.type"), span.get("tollgate.provider.error.code")), ("", ""));
            assert_eq!(span.get("http.response.status_code"), status.to_string());
            assert!(span.error);
        }
    }
    let mut gateway = gateway();
    gateway.post(CHAT, ASKED, &Answer { status: 503, ..Answer::json(worded) });
    let span = gateway.span();
    assert_eq!((span.get("tollgate.outcome"), span.get("error.type")), ("failed", "provider_unreachable"));
}
