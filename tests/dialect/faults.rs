//! Answers that deviate from their API's documentation, in the shapes of public bug reports: one of each kind, read
//! whole, in events, and in pieces of one byte.

use super::support::{Answer, answer, read, route};
use tollgate::attempt::Headers;
use tollgate::endpoint::{MISTRAL, Route};
use tollgate::framing::Framing;
use tollgate::model::{Content, Extra};

const SSE: &str = "text/event-stream";

/// Reads a stream of events, at once and byte by byte.
fn events(route: &Route, events: &[&str]) -> Answer {
    let body: String = events.iter().map(|event| format!("data: {event}\n\n")).collect();
    answer(route, SSE, body.as_bytes())
}

fn chat() -> Route {
    route("POST", "/v1/chat/completions")
}

fn responses() -> Route {
    route("POST", "/v1/responses")
}

fn names(read: &Answer) -> Vec<&str> {
    read.reply.tool_calls.iter().map(|call| call.name.as_deref().unwrap_or_default()).collect()
}

/// Reads a stream of tool calls: members of each delta's call.
fn calls(members: &[&str]) -> Answer {
    let event = |call: &&str| format!(r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{{{call}}}]}}}}]}}"#);
    let all: Vec<String> = members.iter().map(event).collect();
    events(&chat(), &all.iter().map(String::as_str).collect::<Vec<_>>())
}

#[test]
fn a_tool_s_name_that_comes_in_pieces_is_put_together() {
    let whole = [("g", "et_", "weather")];
    for (one, two, three) in whole {
        for id in [r#""id":"c1","#, r#""id":"","#, r#""id":null,"#, ""] {
            let read = calls(&[
                &format!(r#""index":0,"id":"c1","function":{{"name":"{one}","arguments":""}}"#),
                &format!(r#""index":0,{id}"function":{{"name":"{two}","arguments":""}}"#),
                &format!(r#""index":0,{id}"function":{{"name":"{three}","arguments":"{{\"a\""}}"#),
                &format!(r#""index":0,{id}"function":{{"arguments":":1}}"}}"#),
            ]);
            assert_eq!(names(&read), ["get_weather"], "{id}");
            assert_eq!(read.text(Content::Arguments), r#"{"a":1}"#);
            assert_eq!(read.reply.tool_calls[0].id.as_deref(), Some("c1"));
        }
    }
    let deprecated = [r#"{"name":"get_","arguments":""}"#, r#"{"name":"weather","arguments":"{}"}"#];
    let event = |call| format!(r#"{{"choices":[{{"index":0,"delta":{{"function_call":{call}}}}}]}}"#);
    assert_eq!(names(&events(&chat(), &[&event(deprecated[0]), &event(deprecated[1])])), ["get_weather"]);
    let mistral = [
        r#"{"type":"function.call.delta","output_index":0,"tool_call_id":"t","name":"get_","arguments":""}"#,
        r#"{"type":"function.call.delta","output_index":0,"tool_call_id":"t","name":"weather","arguments":"{}"}"#,
    ];
    assert_eq!(names(&events(&Route::of("POST", "/v1/conversations", MISTRAL), &mistral)), ["get_weather"]);
}

#[test]
fn a_tool_s_name_that_comes_late_or_again_is_the_name_of_the_same_call() {
    let late = calls(&[
        r#""index":0,"id":"c1","function":{"arguments":"{\"a\":"}"#,
        r#""index":0,"function":{"name":"f","arguments":"1}"}"#,
    ]);
    assert_eq!(names(&late), ["f"]);
    for id in [r#""id":"c1","#, r#""id":"","#, "", r#""id":"fresh","#] {
        let again = calls(&[
            r#""index":0,"id":"c1","function":{"name":"f","arguments":"{"}"#,
            &format!(r#""index":0,{id}"function":{{"name":"f","arguments":"}}"}}"#),
        ]);
        assert_eq!(names(&again), ["f"], "{id}");
    }
}

#[test]
fn a_fragment_with_a_fresh_id_and_no_name_belongs_to_the_call_before() {
    for name in [r#""name":"","#, r#""name":null,"#, ""] {
        let read = calls(&[
            r#""index":0,"id":"a","function":{"name":"f","arguments":""}"#,
            &format!(r#""index":0,"id":"b","function":{{{name}"arguments":"{{\"q\":"}}"#),
            &format!(r#""index":0,"id":"c","function":{{{name}"arguments":"1}}"}}"#),
        ]);
        assert_eq!(names(&read), ["f"], "{name}");
        assert_eq!(read.reply.tool_calls[0].id.as_deref(), Some("a"));
    }
}

#[test]
fn another_call_at_the_same_index_is_no_piece_of_the_one_before() {
    let read = calls(&[
        r#""index":0,"function":{"name":"f","arguments":"{\"a\":1}"}"#,
        r#""index":0,"function":{"name":"g","arguments":"{}"}"#,
        r#""index":0,"id":"x","function":{"name":"h","arguments":""}"#,
        r#""index":0,"id":"y","function":{"name":"h","arguments":"{}"}"#,
        r#""index":0,"id":"z","function":{"name":"h","arguments":"{}"}"#,
    ]);
    assert_eq!(names(&read), ["f", "g", "h", "h", "h"]);
}

#[test]
fn reasoning_is_reasoning_under_each_of_its_names() {
    for member in [
        r#""reasoning_content":"hm""#,
        r#""reasoning":"hm""#,
        r#""reasoning_text":"hm""#,
        r#""thinking":"hm""#,
        r#""reasoning_details":[{"type":"reasoning.text","text":"hm","index":0}]"#,
        r#""thinking_blocks":[{"type":"thinking","thinking":"hm"}]"#,
        r#""reasoning":"hm","reasoning_text":"hm","reasoning_details":[{"type":"reasoning.text","text":"hm"}]"#,
    ] {
        let streamed = format!(r#"{{"choices":[{{"index":0,"delta":{{{member}}}}}]}}"#);
        let whole = format!(r#"{{"choices":[{{"index":0,"message":{{{member},"content":"ok"}}}}]}}"#);
        let said = r#"{"choices":[{"index":0,"delta":{"content":"ok"}}]}"#;
        for read in [events(&chat(), &[&streamed, said]), answer(&chat(), "application/json", whole.as_bytes())] {
            assert_eq!((read.text(Content::Reasoning).as_str(), read.text(Content::Text).as_str()), ("hm", "ok"));
        }
    }
    for name in ["thinking", "reasoning", "reasoning_content", "reasoning_text"] {
        let line = format!(r#"{{"model":"q","message":{{"role":"assistant","content":"","{name}":"hm"}}}}"#);
        let read = answer(&route("POST", "/api/chat"), "application/x-ndjson", line.as_bytes());
        assert_eq!(read.text(Content::Reasoning), "hm", "{name}");
    }
}

const LABELS: [&str; 9] = [
    "application/json",
    "text/plain; charset=utf-8",
    "text/html",
    "text/event-stream",
    "application/x-ndjson",
    "application/vnd.amazon.eventstream",
    "application/octet-stream",
    "application/problem+json",
    "",
];

/// Reads an answer under a media type, with and without a request for a stream, whole and byte by byte.
fn under(route: &Route, label: &str, body: &[u8]) -> Vec<Answer> {
    let headers = Headers::from_iter(vec![("content-type".to_owned(), label.as_bytes().to_vec())]);
    let pieces: Vec<&[u8]> = body.chunks(1).collect();
    [true, false]
        .iter()
        .flat_map(|asked| [vec![body], pieces.clone()].map(|pieces| read(route, *asked, &headers, &pieces)))
        .collect()
}

#[test]
fn lines_of_json_are_read_under_any_media_type() {
    let lines = r#"{"model":"q","message":{"role":"assistant","content":"o{\"}"},"done":false}
{"model":"q","message":{"role":"assistant","content":"k"},"done":false}

{"model":"q","message":{"role":"assistant","content":""},"done_reason":"stop","done":true,"eval_count":2}
"#;
    for label in LABELS {
        for said in under(&route("POST", "/api/chat"), label, lines.as_bytes()) {
            assert_eq!((said.text(Content::Text).as_str(), said.notes.as_slice()), ("o{\"}k", &[][..]), "{label}");
            assert_eq!(said.reply.finish_reasons, [Some("stop".to_owned())], "{label}");
        }
    }
}

#[test]
fn events_are_read_under_any_media_type() {
    let body = "\u{feff}data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"o\"}}]}\n\nevent: message\ndata: \
                {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"k\"}}]}\n\ndata: [DONE]\n\n";
    for label in LABELS {
        for said in under(&chat(), label, body.as_bytes()) {
            assert_eq!((said.text(Content::Text).as_str(), said.notes.as_slice()), ("ok", &[][..]), "{label}");
            assert!(said.reply.ended, "{label}");
        }
    }
}

#[test]
fn an_array_of_gemini_s_is_read_under_any_media_type_and_its_events_are_too() {
    let chunk = |text: &str| format!(r#"{{"candidates":[{{"content":{{"parts":[{{"text":"{text}"}}]}},"index":0}}]}}"#);
    let array = format!("[{}\r\n,\r\n{}]", chunk("o"), chunk("k"));
    let events = format!("data: {}\r\n\r\ndata: {}\r\n\r\n", chunk("o"), chunk("k"));
    for path in ["", "?alt=sse"] {
        let route = route("POST", &format!("/v1beta/models/gemini-2.5-flash:streamGenerateContent{path}"));
        for (label, body) in LABELS.iter().flat_map(|label| [(label, &array), (label, &events)]) {
            let headers = Headers::from_iter(vec![("content-type".to_owned(), label.as_bytes().to_vec())]);
            for pieces in [vec![body.as_bytes()], body.as_bytes().chunks(1).collect()] {
                let said = read(&route, true, &headers, &pieces);
                assert_eq!((said.text(Content::Text).as_str(), said.notes.as_slice()), ("ok", &[][..]), "{label}");
            }
        }
    }
}

#[test]
fn messages_of_aws_and_whole_answers_are_read_under_any_media_type() {
    let route = route("POST", "/model/m/converse-stream");
    let mut body = Vec::new();
    for (name, data) in [
        ("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"ok"}}"#),
        ("messageStop", r#"{"stopReason":"end_turn"}"#),
    ] {
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut body);
    }
    let whole = "{\n \"choices\": [\n  {\"index\": 0, \"message\": {\"content\": \"ok\"}}\n ]\n}\n";
    for label in LABELS {
        for said in under(&route, label, &body) {
            assert_eq!((said.text(Content::Text).as_str(), said.notes.as_slice()), ("ok", &[][..]), "{label}");
        }
        if label != "application/x-ndjson" {
            for said in under(&chat(), label, whole.as_bytes()) {
                assert_eq!((said.text(Content::Text).as_str(), said.notes.as_slice()), ("ok", &[][..]), "{label}");
            }
        }
    }
}

#[test]
fn text_behind_a_whole_answer_does_not_make_lines_of_it() {
    let body = r#"{"choices":[{"index":0,"message":{"content":"ok"}}]} and more"#;
    for said in under(&chat(), "application/json", body.as_bytes()) {
        assert_eq!(said.notes, ["response_unreadable"]);
    }
}

/// Events of a Responses stream: `at` is the position of the text.
fn done(stem: &str, member: &str, at: &str, text: &str) -> String {
    format!(r#"{{"type":"response.{stem}.done","item_id":"m","output_index":0,{at},"{member}":"{text}"}}"#)
}

fn delta(stem: &str, at: &str, text: &str) -> String {
    format!(r#"{{"type":"response.{stem}.delta","item_id":"m","output_index":0,{at},"delta":"{text}"}}"#)
}

fn completed(output: &str) -> String {
    format!(
        r#"{{"type":"response.completed","response":{{"object":"response","status":"completed","output":[{output}]}}}}"#
    )
}

fn message(text: &str) -> String {
    format!(r#"{{"type":"message","id":"m","role":"assistant","content":[{{"type":"output_text","text":"{text}"}}]}}"#)
}

#[test]
fn a_text_that_a_responses_stream_has_only_in_its_done_events_is_the_output() {
    let at = r#""content_index":0"#;
    let whole = "o\\u006b \\\"so\\\" \\ud83d\\ude00";
    let part = format!(
        r#"{{"type":"response.content_part.done","output_index":0,{at},"part":{{"type":"output_text","text":"{whole}"}}}}"#
    );
    let item = format!(r#"{{"type":"response.output_item.done","output_index":0,"item":{}}}"#, message(whole));
    let (text, end) = (done("output_text", "text", at, whole), completed(&message(whole)));
    let begun = delta("output_text", at, "o\\u006b \\\"s");
    let told = [begun.as_str(), &text, &part, &item, &end];
    for from in 0..told.len() {
        for upto in [from + 1, told.len()] {
            let some: Vec<&str> = told.get(from..upto).unwrap_or_default().to_vec();
            if some.len() == 1 && from == 0 {
                continue;
            }
            let read = events(&responses(), &some);
            assert_eq!(read.text(Content::Text), "ok \"so\" 😀", "{some:?}");
        }
    }
    let read =
        events(&responses(), &[&delta("output_text", at, "o"), &delta("output_text", at, "\\u006b \\\""), &item]);
    assert_eq!(read.text(Content::Text), "ok \"so\" 😀");
}

#[test]
fn every_text_that_responses_have_may_come_in_its_done_event_alone() {
    for (stem, member, at, content) in [
        ("output_text", "text", r#""content_index":0"#, Content::Text),
        ("refusal", "refusal", r#""content_index":0"#, Content::Refusal),
        ("reasoning_text", "text", r#""content_index":0"#, Content::Reasoning),
        ("reasoning_summary_text", "text", r#""summary_index":0"#, Content::Reasoning),
        ("function_call_arguments", "arguments", r#""x":0"#, Content::Arguments),
        ("mcp_call_arguments", "arguments", r#""x":0"#, Content::Arguments),
        ("custom_tool_call_input", "input", r#""x":0"#, Content::Input),
        ("code_interpreter_call_code", "code", r#""x":0"#, Content::Input),
        ("shell_call_command", "command", r#""command_index":0"#, Content::Input),
        ("apply_patch_call_operation_diff", "diff", r#""x":0"#, Content::Input),
    ] {
        let whole = done(stem, member, at, "ok");
        assert_eq!(events(&responses(), &[&whole]).text(content), "ok", "{stem}");
        assert_eq!(events(&responses(), &[&whole, &whole]).text(content), "ok", "{stem}");
        assert_eq!(events(&responses(), &[&delta(stem, at, "o"), &whole]).text(content), "ok", "{stem}");
        assert_eq!(events(&responses(), &[&delta(stem, at, "ok"), &whole]).text(content), "ok", "{stem}");
    }
    let spoken = r#"{"type":"transcript.text.done","text":"ok"}"#;
    assert_eq!(events(&route("POST", "/v1/audio/transcriptions"), &[spoken]).text(Content::Text), "ok");
}

#[test]
fn texts_that_are_told_again_at_another_place_or_otherwise_are_not_counted_twice() {
    let (first, second) = (r#""content_index":0"#, r#""content_index":1"#);
    let parts = r#"{"type":"message","id":"m","content":[{"type":"output_text","text":"ab"},{"type":"output_text","text":"cd"}]}"#;
    let shifted = [r#"{"type":"reasoning","id":"r","summary":[]}"#, &message("ok")].join(",");
    for (told, expected) in [
        // The answer's end has the item at another index.
        (vec![delta("output_text", first, "ok"), done("output_text", "text", first, "ok"), completed(&shifted)], "ok"),
        (vec![delta("output_text", first, "ok"), completed(&shifted)], "ok"),
        // Two parts, with only their pieces sent.
        (vec![delta("output_text", first, "ab"), delta("output_text", second, "cd"), completed(parts)], "abcd"),
        // Two parts with the same text.
        (vec![done("output_text", "text", first, "ok"), delta("output_text", second, "ok"), done("output_text", "text", second, "ok")], "okok"),
        // A text whose end differs from its pieces.
        (vec![delta("output_text", first, "ok "), done("output_text", "text", first, "ok")], "ok "),
        (vec![delta("output_text", first, "no"), done("output_text", "text", first, "other")], "no"),
        // The request's own text, and an item that has only begun.
        (vec![r#"{"type":"response.created","response":{"output":[{"type":"message","content":[{"type":"output_text","text":"old"}]}]}}"#.to_owned()], ""),
        (vec![completed(r#"{"type":"message","content":[{"type":"input_text","text":"asked"}]}"#)], ""),
    ] {
        let told: Vec<&str> = told.iter().map(String::as_str).collect();
        assert_eq!(events(&responses(), &told).text(Content::Text), expected, "{told:?}");
    }
}

#[test]
fn what_a_provider_says_that_a_call_cost_is_read_by_every_name_it_has() {
    for (usage, expected) in [
        (r#""cost_in_usd_ticks":232856000"#, Some("0.0232856")),
        (r#""cost_in_usd_ticks":10000000000"#, Some("1")),
        (r#""cost_in_usd_ticks":123456789012"#, Some("12.3456789012")),
        (r#""cost_in_usd_ticks":0"#, None),
        (r#""cost_in_usd_ticks":-1"#, None),
        (r#""cost":0.00014,"cost_details":{"upstream_inference_cost":null}"#, Some("0.00014")),
        (r#""cost":"0.003576""#, Some("0.003576")),
        (r#""cost":{"request_cost":0.005,"total_cost":0.00519}"#, Some("0.00519")),
        (r#""estimated_cost":0.0000268"#, Some("0.0000268")),
        (r#""cost":NaN"#, None),
        (r#""cost":null"#, None),
    ] {
        let whole = format!(r#"{{"choices":[],"usage":{{"prompt_tokens":5,{usage}}}}}"#);
        let cost = |read: &Answer| read.reply.extra(Extra::Cost).map(str::to_owned);
        let expected = expected.map(str::to_owned);
        assert_eq!(cost(&answer(&chat(), "application/json", whole.as_bytes())), expected, "{usage}");
        assert_eq!(cost(&events(&chat(), &[&whole, "[DONE]"])), expected, "{usage}");
        let response =
            format!(r#"{{"type":"response.completed","response":{{"usage":{{"input_tokens":5,{usage}}}}}}}"#);
        assert_eq!(cost(&events(&responses(), &[&response])), expected, "{usage}");
        let anthropic = format!(r#"{{"type":"message","content":[],"usage":{{"input_tokens":5,{usage}}}}}"#);
        let read = answer(&route("POST", "/v1/messages"), "application/json", anthropic.as_bytes());
        assert_eq!(cost(&read), expected, "{usage}");
    }
}

#[test]
fn a_number_that_is_none_does_not_make_an_answer_unread() {
    for word in ["NaN", "Infinity", "-Infinity"] {
        let said = format!(
            r#"{{"choices":[{{"index":0,"NAME":{{"content":"ok"}},"logprobs":{{"content":[{{"token":"a","logprob":{word}}}]}},
                "finish_reason":"stop"}}],"usage":{{"prompt_tokens":5,"completion_tokens":{word},"cost":{word}}}}}"#
        );
        let (whole, event) = (said.replace("NAME", "message"), said.replace("NAME", "delta").replace('\n', ""));
        let array =
            format!(r#"[{{"candidates":[{{"content":{{"parts":[{{"text":"ok"}}]}},"avgLogprobs":{word}}}]}},{word}]"#);
        let gemini = route("POST", "/v1beta/models/g:streamGenerateContent");
        for read in [
            answer(&chat(), "application/json", whole.as_bytes()),
            events(&chat(), &[&event, "[DONE]"]),
            answer(&gemini, "application/json", array.as_bytes()),
        ] {
            assert_eq!((read.text(Content::Text).as_str(), read.notes.as_slice()), ("ok", &[][..]), "{word}");
            assert_eq!((read.reply.counts.output, read.reply.extra(Extra::Cost)), (None, None));
        }
    }
    for word in ["nan", "inf", "Inf", "+Infinity", "-NaN", "Nan", "Infinit"] {
        let whole = format!(r#"{{"choices":[],"x":{word}}}"#);
        assert_eq!(answer(&chat(), "application/json", whole.as_bytes()).notes, ["response_unreadable"], "{word}");
    }
}

/// The code and type of an answer's error.
fn failed(read: &Answer) -> Option<(Option<&str>, Option<&str>)> {
    read.reply.failure.as_ref().map(|failure| (failure.code.as_deref(), failure.kind.as_deref()))
}

#[test]
fn an_error_under_the_status_of_a_success_is_one_in_every_shape_and_dialect() {
    for (error, code) in [
        (r#""choices":null,"base_resp":{"status_code":1008,"status_msg":"insufficient balance"}"#, Some("1008")),
        (
            r#""result":null,"success":false,"errors":[{"code":5007,"message":"No such model"}],"messages":[]"#,
            Some("5007"),
        ),
        (r#""errors":[{"code":5007,"message":"No such model"}],"success":false"#, Some("5007")),
        (r#""success":false,"result":[],"error":[{"code":2001,"message":"Please configure"}]"#, Some("2001")),
        (r#""success":false"#, None),
        (r#""code":500,"msg":"404 NOT_FOUND","success":false"#, Some("500")),
        (r#""error_code":336003,"error_msg":"too long","id":"as-1""#, Some("336003")),
        (r#""code":10013,"message":"not allowed","sid":"cht1""#, Some("10013")),
    ] {
        let body = format!("{{{error}}}");
        for path in ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/rerank", "/v2/chat", "/api/chat"]
        {
            let read = answer(&route("POST", path), "application/json", body.as_bytes());
            assert_eq!(failed(&read), Some((code, None)), "{path}: {body}");
        }
        let streams = [chat(), route("POST", "/v1/completions"), route("POST", "/v2/chat")];
        for route in &streams {
            assert_eq!(failed(&events(route, &[&body])), Some((code, None)), "{body}");
        }
        if error.contains("success") || error.contains("base_resp") {
            let gemini = "/v1beta/models/g:streamGenerateContent?alt=sse";
            for path in ["/v1/messages", "/v1/responses", gemini] {
                let code = if error.contains("\"msg\"") { None } else { code };
                assert_eq!(failed(&events(&route("POST", path), &[&body])), Some((code, None)), "{path}: {body}");
            }
        }
    }
}

#[test]
fn a_word_of_success_is_no_error() {
    for more in [
        r#""base_resp":{"status_code":0,"status_msg":"success"}"#,
        r#""success":true,"errors":[],"messages":[]"#,
        r#""code":0,"message":"Success","sid":"cht1""#,
        r#""error_code":0,"error_msg":"""#,
        r#""error":null"#,
    ] {
        let whole = format!(r#"{{"choices":[{{"message":{{"content":"ok"}}}}],{more}}}"#);
        let read = answer(&chat(), "application/json", whole.as_bytes());
        assert_eq!((failed(&read), read.text(Content::Text).as_str()), (None, "ok"), "{more}");
        assert_eq!(failed(&events(&chat(), &[&format!("{{{more}}}")])), None, "{more}");
        if more.contains("Success") {
            continue;
        }
        let anthropic = format!(r#"{{"type":"message","content":[],{more}}}"#);
        assert_eq!(failed(&events(&route("POST", "/v1/messages"), &[&anthropic])), None, "{more}");
    }
}

#[test]
fn an_error_in_the_place_of_a_field_s_name_is_an_error() {
    let body = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"ok\"}}]}\n\nerror: {\"code\":500,\"message\":\
                \"context shift is disabled\",\"type\":\"server_error\"}\n\n";
    for path in ["/v1/chat/completions", "/v1/completions", "/v1/messages", "/completion", "/v1/responses"] {
        let read = answer(&route("POST", path), SSE, body.as_bytes());
        assert_eq!(failed(&read), Some((Some("500"), Some("server_error"))), "{path}");
    }
    let words = answer(&chat(), SSE, b"error: out of memory\n\n");
    assert_eq!(failed(&words), Some((None, None)));
}

#[test]
fn an_event_of_that_name_is_an_error_in_any_words() {
    for data in [r#"{"code":"InvalidParameter","message":"No.","request_id":"1"}"#, r#"{"Code":"InvalidParameter"}"#] {
        let body = format!("id:1\nevent:error\n:HTTP_STATUS/400\ndata:{data}\n\n");
        for path in ["/v1/chat/completions", "/v1/messages", "/v1beta/models/g:streamGenerateContent?alt=sse"] {
            let read = answer(&route("POST", path), SSE, body.as_bytes());
            assert_eq!(failed(&read), Some((Some("InvalidParameter"), None)), "{path}: {data}");
        }
    }
}
