//! Answers on their way to the client: what was taken out is put back, whole and streamed.

use super::calls::{ANTHROPIC, OPENAI, fixture, gateway, plain};
use super::support::{Answer, Attributes, Gateway, Seen};

/// A fixture's request, with a request for a stream.
fn streaming(name: &str) -> String {
    fixture(&format!("{name}/request.json")).replacen('{', "{\"stream\":true,", 1)
}

/// A streamed call of the fixtures, in pieces of a size.
fn streamed(gateway: &Gateway, path: &str, name: &str, size: usize) -> Seen {
    let stream = fixture(&format!("{name}/stream.sse"));
    let pieces = stream.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
    gateway.post(path, &streaming(name), &Answer::stream(pieces))
}

/// The text of a stream's events at a path of members.
fn joined(stream: &str, path: &[&str]) -> String {
    let datas = stream.lines().filter_map(|line| line.strip_prefix("data: "));
    let values = datas.filter_map(|data| serde_json::from_str::<serde_json::Value>(data).ok());
    values
        .filter_map(|value| {
            let found = path.iter().fold(&value, |value, step| match step.parse::<usize>() {
                Ok(index) => &value[index],
                Err(_) => &value[*step],
            });
            found.as_str().map(str::to_owned)
        })
        .collect()
}

#[test]
fn what_was_taken_out_is_put_back_into_a_whole_answer() {
    let mut gateway = gateway("");
    let seen =
        gateway.post(OPENAI, &fixture("openai_chat/request.json"), &Answer::json(&fixture("openai_chat/answer.json")));
    let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    let message = &answer["choices"][0]["message"];
    assert_eq!(
        message["content"],
        "I wrote to bob@example.org — as ada@example.com asked. Card 4242 4242 4242 4242; unknown [EMAIL_77]."
    );
    assert_eq!(message["tool_calls"][0]["function"]["arguments"], r#"{"to":"bob@example.org","path":"a\\b"}"#);
    let span = gateway.span();
    assert_eq!(span.name, "chat gpt-4o-mini");
    assert_eq!(span.get("gen_ai.usage.input_tokens"), "1200");
    assert_eq!(span.get("gen_ai.usage.output_tokens"), "45");
    assert_eq!(span.get("gen_ai.usage.cache_read.input_tokens"), "1024");
    assert_eq!(span.get("gen_ai.usage.reasoning.output_tokens"), "20");
    assert_eq!(span.get("gen_ai.response.finish_reasons"), "tool_calls");
    assert_eq!(span.get("gen_ai.response.id"), "chatcmpl-fixture1");
    assert_eq!(span.get("openai.response.service_tier"), "default");
    assert_eq!(span.get("tollgate.redacted.email"), "5");
    assert_eq!(
        (span.get("tollgate.team"), span.get("user.id"), span.get("tollgate.key.id")),
        ("search", "ada", "test")
    );
    // 176 uncached at 0.15 USD a million, 1024 cached at 0.075, 45 out at 0.60.
    assert_eq!(span.get("tollgate.cost.total"), "0.0001302");

    let seen = gateway.post(
        ANTHROPIC,
        &fixture("anthropic_messages/request.json"),
        &Answer::json(&fixture("anthropic_messages/answer.json")),
    );
    let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    assert_eq!(answer["content"][0]["thinking"], "Ask [EMAIL_2] first", "it is signed");
    assert_eq!(answer["content"][1]["text"], "I wrote to bob@example.org as ada@example.com asked.");
    assert_eq!(answer["content"][2]["input"]["to"], "bob@example.org");
    let span = gateway.span();
    assert_eq!(span.get("gen_ai.usage.input_tokens"), "2130");
    assert_eq!(span.get("gen_ai.usage.cache_write.input_tokens"), "30");
    assert_eq!(span.get("gen_ai.usage.output_tokens"), "77");
    // 100 at 3 USD a million, 2000 read at 0.30, 10 written at 3.75, 20 at 6, 77 out at 15.
    assert_eq!(span.get("tollgate.cost.total"), "0.0022125");
}

#[test]
fn what_was_taken_out_is_put_back_into_a_stream_cut_anywhere() {
    let mut gateway = gateway("");
    let mut first: Option<(String, Attributes)> = None;
    for size in [1, 2, 3, 7, 64, 1 << 20] {
        let seen = streamed(&gateway, OPENAI, "openai_chat", size);
        let text = seen.text().to_owned();
        assert_eq!(
            joined(&text, &["choices", "0", "delta", "content"]),
            "I wrote to bob@example.org — as ada@example.com asked. Card 4242 4242 4242 4242; unknown [EMAIL_77]."
        );
        assert_eq!(
            joined(&text, &["choices", "0", "delta", "tool_calls", "0", "function", "arguments"]),
            r#"{"to":"bob@example.org","path":"a\\b"}"#
        );
        assert!(text.ends_with("data: [DONE]\n\n"));
        let span = gateway.span().timeless();
        let (text_before, span_before) = first.get_or_insert_with(|| (text.clone(), span.clone()));
        assert_eq!((&text, &span), (&*text_before, &*span_before), "pieces of {size}");
    }
    let mut first: Option<(String, Attributes)> = None;
    for size in [1, 2, 5, 100, 1 << 20] {
        let seen = streamed(&gateway, ANTHROPIC, "anthropic_messages", size);
        let text = seen.text().to_owned();
        assert_eq!(joined(&text, &["delta", "thinking"]), "Ask [EMAIL_2] first", "it is signed");
        assert_eq!(joined(&text, &["delta", "text"]), "I wrote to bob@example.org as ada@example.com asked.");
        assert_eq!(joined(&text, &["delta", "partial_json"]), r#"{"to": "bob@example.org", "note": "a\\b"}"#);
        let span = gateway.span().timeless();
        let (text_before, span_before) = first.get_or_insert_with(|| (text.clone(), span.clone()));
        assert_eq!((&text, &span), (&*text_before, &*span_before), "pieces of {size}");
    }
}

#[test]
fn a_streamed_call_and_the_whole_call_leave_the_same_record() {
    let mut gateway = gateway("");
    for (path, name) in [(OPENAI, "openai_chat"), (ANTHROPIC, "anthropic_messages")] {
        let answer = Answer::json(&fixture(&format!("{name}/answer.json")));
        gateway.post(path, &fixture(&format!("{name}/request.json")), &answer);
        let whole = gateway.span();
        streamed(&gateway, path, name, 50);
        let mut stream = gateway.span();
        assert_ne!(stream.get("gen_ai.response.time_to_first_chunk"), "");
        stream = stream.timeless();
        assert_eq!(stream.of.remove("gen_ai.request.stream").as_deref(), Some("true"));
        assert_eq!(whole, stream);
    }
}

#[test]
fn an_event_of_a_stream_goes_on_as_soon_as_it_is_whole() {
    let gateway = gateway("");
    for (path, name) in [(OPENAI, "openai_chat"), (ANTHROPIC, "anthropic_messages")] {
        let request = streaming(name);
        let stream = fixture(&format!("{name}/stream.sse"));
        let events: Vec<Vec<u8>> = stream.split_inclusive("\n\n").map(|event| event.as_bytes().to_vec()).collect();
        let seen = gateway.post(path, &request, &Answer::stream(events.clone()));
        for (event, piece) in events.iter().zip(&seen.pieces) {
            let hidden = event.windows(12).any(|part| part == b"\"choices\":[]");
            assert_eq!(piece.is_empty(), hidden, "{}", String::from_utf8_lossy(event));
        }
    }
}

#[test]
fn what_is_spoken_is_restored_though_its_transcript_comes_in_pieces() {
    let gateway = gateway("");
    let request = r#"{"model":"gpt-4o-audio","stream":true,"messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let delta = |audio: &str| format!(r#"data: {{"choices":[{{"index":0,"delta":{{"audio":{{{audio}}}}}}}]}}"#);
    let end = r#"data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    for pieces in [[r#""transcript":"Mail [EM""#, r#""transcript":"AIL_1].""#], [r#""transcript":"See [EM""#, ""]] {
        let stream = format!("{}\n\n{}\n\n{end}\n\n", delta(pieces[0]), delta(pieces[1]));
        let seen = gateway.post(OPENAI, request, &Answer::stream(vec![stream.into_bytes()]));
        let spoken: String = seen
            .text()
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line.strip_prefix("data: ")?).ok())
            .filter_map(|event| Some(event["choices"][0]["delta"]["audio"]["transcript"].as_str()?.to_owned()))
            .collect();
        let expected = if pieces[1].is_empty() { "See [EM" } else { "Mail ada@example.com." };
        assert_eq!(spoken, expected);
    }
}

#[test]
fn what_looked_like_a_placeholder_s_beginning_to_the_end_is_not_lost() {
    let gateway = gateway("");
    let request = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let chunk = |delta: &str, finish: &str| {
        format!(
            "data: {{\"id\":\"c1\",\"created\":5,\"model\":\"m\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":{finish}}}]}}\n\n"
        )
    };
    let text = |stream: &str| joined(stream, &["choices", "0", "delta", "content"]);
    let begun = chunk(r#"{"content":"see [EMAIL_"}"#, "null");
    // The text ends with an event of its own, within its last event, or with the stream.
    for rest in [chunk("{}", "\"stop\"") + "data: [DONE]\n\n", "data: [DONE]\n\n".to_owned(), String::new()] {
        let stream = begun.clone() + &rest;
        let seen = gateway.post(OPENAI, request, &Answer::stream(vec![stream.into_bytes()]));
        assert_eq!(text(seen.text()), "see [EMAIL_");
        let written = seen.text().split("\n\n").nth(1).unwrap();
        assert_eq!(
            written,
            r#"data: {"id":"c1","model":"m","object":"chat.completion.chunk","created":5,"choices":[{"index":0,"delta":{"content":"[EMAIL_"},"finish_reason":null}]}"#
        );
    }
    let last = chunk(r#"{"content":"see [EMAIL_"}"#, "\"length\"");
    let seen = gateway.post(OPENAI, request, &Answer::stream(vec![last.clone().into_bytes()]));
    assert_eq!(seen.text(), last);

    let request = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"ada@example.com"}]}"#;
    let stream = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"a [\"}}\n\n\
                  event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}\n\n";
    let seen = gateway.post(ANTHROPIC, request, &Answer::stream(vec![stream.as_bytes().to_vec()]));
    let expected = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"a \"}}\n\n\
                    event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":3,\"delta\":{\"type\":\"text_delta\",\"text\":\"[\"}}\n\n\
                    event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":3}\n\n";
    assert_eq!(seen.text(), expected);
}

#[test]
fn what_is_put_back_into_arguments_is_escaped_for_both_documents_it_lies_in() {
    let gateway = gateway("");
    // A quoted local part has quotes of its own.
    let request = r#"{"model":"m","messages":[{"role":"user","content":"key -----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----"}]}"#;
    let answer = r#"{"choices":[{"message":{"content":"[API_KEY_1]","tool_calls":[{"function":{"name":"f","arguments":"{\"k\":\"[API_KEY_1]\"}"}}]},"finish_reason":"stop"}]}"#;
    let seen = gateway.post(OPENAI, request, &Answer::json(answer));
    assert!(!seen.sent().contains("AAAA"), "{}", seen.sent());
    let answer: serde_json::Value = serde_json::from_str(seen.text()).unwrap();
    let message = &answer["choices"][0]["message"];
    let key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
    assert_eq!(message["content"], key);
    let arguments = message["tool_calls"][0]["function"]["arguments"].as_str().unwrap();
    let arguments: serde_json::Value = serde_json::from_str(arguments).unwrap();
    assert_eq!(arguments["k"], key);
}

#[test]
fn a_text_that_looks_like_a_placeholder_already_stays_what_it_is() {
    let gateway = gateway("");
    let request = r#"{"model":"m","messages":[{"role":"user","content":"[EMAIL_1] is not ada@example.com"}]}"#;
    let answer = r#"{"choices":[{"message":{"content":"[EMAIL_1] [EMAIL_2]"}}]}"#;
    let seen = gateway.post(OPENAI, request, &Answer::json(answer));
    assert!(seen.sent().contains("[EMAIL_1] is not [EMAIL_2]"));
    assert!(seen.text().contains("[EMAIL_1] ada@example.com"));
}

#[test]
fn one_call_s_placeholders_are_unknown_to_the_next() {
    let gateway = gateway("");
    let request = r#"{"model":"m","messages":[{"role":"user","content":"ada@example.com"}]}"#;
    gateway.post(OPENAI, request, &Answer::json("{}"));
    let answer = r#"{"choices":[{"message":{"content":"[EMAIL_1]"}}]}"#;
    let seen = gateway.post(OPENAI, &plain(OPENAI), &Answer::json(answer));
    assert_eq!(seen.text(), answer);
}
