//! Answers of OpenAI's chat completions, completions, embeddings and moderations, from every provider that speaks these
//! dialects.

use super::support::{Answer, answer, fixture, read, route};
use tollgate::call::Headers;
use tollgate::dialect::{AnswerFrame, Dialect};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::model::{Channel, Content, Reply, ToolCall};
use tollgate::usage::{Bucket, UsageSource};

fn chat() -> Route {
    route("POST", "/v1/chat/completions")
}

fn completions() -> Route {
    route("POST", "/v1/completions")
}

/// Reads a whole answer.
fn whole(route: &Route, body: &str) -> Answer {
    answer(route, "application/json", body.as_bytes())
}

/// Reads a stream of these events, each in one line, and its end marker.
fn stream(route: &Route, events: &[&str]) -> Answer {
    let mut body: String = events.iter().map(|event| format!("data: {}\n\n", event.replace('\n', " "))).collect();
    body.push_str("data: [DONE]\n\n");
    answer(route, "text/event-stream", body.as_bytes())
}

fn named(calls: &[ToolCall]) -> Vec<&str> {
    calls.iter().map(|call| call.name.as_deref().unwrap_or_default()).collect()
}

/// Type, code, status.
fn failure(answer: &Answer) -> Option<[Option<&str>; 3]> {
    let failure = answer.reply.failure.as_ref()?;
    Some([failure.kind.as_deref(), failure.code.as_deref(), failure.status.as_deref()])
}

#[test]
fn a_stream_and_the_whole_answer_it_amounts_to_say_the_same() {
    for (dialect, path) in [("openai_chat", "/v1/chat/completions"), ("openai_completions", "/v1/completions")] {
        let route = route("POST", path);
        let whole = whole(&route, &fixture(dialect, "answer.json"));
        let streamed = answer(&route, "text/event-stream", fixture(dialect, "stream.sse").as_bytes());
        assert!(streamed.reply.ended, "{dialect}");
        assert_eq!(Reply { ended: false, ..streamed.reply }, whole.reply, "{dialect}");
        let mut texts = [streamed.texts, whole.texts];
        texts.iter_mut().for_each(|texts| texts.sort());
        assert_eq!(texts[0], texts[1], "{dialect}");
    }
}

#[test]
fn a_chunk_without_choices_and_usage_null_on_the_others() {
    let read = stream(
        &chat(),
        &[
            r#"{"id":"","model":"","object":"","created":0,"choices":[],"prompt_filter_results":[{"prompt_index":0,
               "content_filter_results":{"hate":{"filtered":false,"severity":"safe"}}}]}"#,
            r#"{"id":"c1","model":"m-1","created":7,"obfuscation":"xK","usage":null,"choices":[{"index":0,
               "content_filter_results":{"hate":{"filtered":false}},"delta":{"role":"assistant","content":"Hi"}}]}"#,
            r#"{"id":"c1","model":"m-1","choices":[{"index":0,"delta":{},"finish_reason":"content_filter"}]}"#,
            r#"{"id":"c1","model":"m-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":1,"total_tokens":4}}"#,
        ],
    );
    assert_eq!((read.reply.id.as_deref(), read.reply.model.as_deref()), (Some("c1"), Some("m-1")));
    assert_eq!(read.text(Content::Text), "Hi");
    assert_eq!(read.reply.finish_reasons, [Some("content_filter".to_owned())]);
    assert_eq!(
        (read.reply.counts.input, read.reply.counts.output, read.reply.counts.total),
        (Some(3), Some(1), Some(4))
    );
    assert!(read.reply.ended && read.reply.failure.is_none());
}

#[test]
fn of_usage_on_many_chunks_the_last_holds_and_an_empty_one_says_nothing() {
    let chunk = |usage: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"content":"a"}}}}],"usage":{usage}}}"#);
    let first = r#"{"prompt_tokens":12,"completion_tokens":1,"cost":0.5,"prompt_tokens_details":{"cached_tokens":4}}"#;
    let last = r#"{"prompt_tokens":12,"completion_tokens":2,"total_tokens":null,"cost":0.75}"#;
    let read = stream(&chat(), &[&chunk(first), &chunk(last), &chunk("{}"), &chunk("null")]);
    let tally = read.reply.counts;
    assert_eq!((tally.input, tally.output, tally.total, tally.cache_read), (Some(12), Some(2), None, None));
    assert_eq!(read.reply.extra("cost"), Some("0.75"));
    assert!(stream(&chat(), &[&chunk("null")]).reply.usage.is_none());
    assert!(whole(&chat(), r#"{"choices":[],"usage":{}}"#).reply.usage.is_none());
}

#[test]
fn usage_under_x_groq_counts_where_there_is_no_other() {
    let groq = r#"{"choices":[],"x_groq":{"id":"req_1","usage":{"prompt_tokens":5,"completion_tokens":1}}}"#;
    let both = r#"{"usage":{"prompt_tokens":8},"x_groq":{"id":"r","usage":{"prompt_tokens":9}},"choices":[]}"#;
    let read = |events: &[&str]| {
        let reply = stream(&chat(), events).reply;
        (reply.usage_source, reply.counts.input)
    };
    assert_eq!(read(&[groq]), (UsageSource::XGroq, Some(5)));
    assert_eq!(read(&[both]), (UsageSource::Body, Some(8)));
    assert_eq!(read(&[groq, both]), (UsageSource::Body, Some(8)));
    assert_eq!(read(&[both, groq]), (UsageSource::Body, Some(8)));
}

#[test]
fn calls_that_share_an_index_and_have_no_id_are_told_apart_by_their_names() {
    let call = |name: &str| {
        format!(
            r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{{"index":0,"id":"","function":{{"name":{name},"arguments":"{{}}"}}}}]}}}}]}}"#
        )
    };
    let read = stream(&chat(), &[&call(r#""f""#), &call("null"), &call(r#""f""#), &call(r#""g""#)]);
    assert_eq!(named(&read.reply.tool_calls), ["f", "g"]);
}

#[test]
fn counts_are_read_in_all_their_spellings() {
    let tally = |usage: &str| whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply.counts;
    for top in ["prompt_cache_hit_tokens", "cached_tokens", "cache_read_input_tokens", "num_cached_tokens"] {
        assert_eq!(tally(&format!(r#"{{"prompt_tokens":9,"{top}":5}}"#)).cache_read, Some(5), "{top}");
        let details = r#""prompt_tokens_details":{"cached_tokens":4}"#;
        assert_eq!(tally(&format!(r#"{{"{top}":5,{details}}}"#)).cache_read, Some(4), "{top}");
        assert_eq!(tally(&format!(r#"{{{details},"{top}":5}}"#)).cache_read, Some(4), "{top}");
    }
    assert_eq!(tally(r#"{"cache_creation_input_tokens":6}"#).cache_write, Some(6));
    assert_eq!(tally(r#"{"prompt_tokens_details":{"cache_write_tokens":6}}"#).cache_write, Some(6));
    let perplexity = tally(r#"{"input_tokens_details":{"cache_creation_input_tokens":6,"cache_read_input_tokens":5}}"#);
    assert_eq!((perplexity.cache_write, perplexity.cache_read), (Some(6), Some(5)));
    assert_eq!(tally(r#"{"reasoning_tokens":3}"#).reasoning, Some(3));
    let cited = tally(r#"{"completion_tokens":9,"citation_tokens":7}"#);
    assert_eq!((cited.extra_tool_input, cited.extra_reasoning), (None, None));
    assert_eq!(
        tally(r#"{"prompt_tokens":12,"input_tokens":0,"output_tokens":0,"completion_tokens":2}"#).input,
        Some(12)
    );
    assert_eq!(tally(r#"{"prompt_audio_seconds":9,"prompt_tokens_details":null}"#).input_seconds, Some(9));
    assert_eq!(tally(r#"{"server_tool_use_details":{"web_search_requests":2}}"#).web_searches, Some(2));
}

#[test]
fn reasoning_that_the_total_has_on_top_stands_beside_the_output() {
    let usage = r#"{"prompt_tokens":10,"completion_tokens":5,"total_tokens":22,
        "completion_tokens_details":{"reasoning_tokens":7}}"#;
    let reply = whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply;
    let usage = reply.usage.unwrap();
    assert_eq!((usage.count(Bucket::Output), usage.count(Bucket::Reasoning)), (Some(5), Some(7)));
    assert_eq!(usage.output_total(), Some(12));
}

#[test]
fn reasoning_of_which_there_is_more_than_output_stands_beside_it() {
    let usage = |total: u64| {
        let usage = format!(
            r#"{{"prompt_tokens":28,"completion_tokens":5,"total_tokens":{total},
                "completion_tokens_details":{{"reasoning_tokens":49}}}}"#
        );
        whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply.usage.unwrap()
    };
    for total in [33, 82] {
        let usage = usage(total);
        assert_eq!((usage.count(Bucket::Output), usage.count(Bucket::Reasoning)), (Some(5), Some(49)), "{total}");
    }
}

#[test]
fn what_a_call_cost_may_be_a_number_or_an_object() {
    let cost = |usage: &str| {
        let reply = whole(&chat(), &format!(r#"{{"choices":[],"usage":{usage}}}"#)).reply;
        reply.extra("cost").map(str::to_owned)
    };
    assert_eq!(cost(r#"{"cost":0.00014,"cost_details":{"cost":9}}"#).as_deref(), Some("0.00014"));
    assert_eq!(cost(r#"{"cost":{"request_cost":0.005,"total_cost":0.006}}"#).as_deref(), Some("0.006"));
    assert_eq!(cost(r#"{"cost":0}"#).as_deref(), Some("0"));
    assert_eq!(cost(r#"{"cost":null}"#), None);
}

#[test]
fn a_chunk_that_says_the_same_in_message_and_delta_counts_once() {
    let chunk = |message: &str, delta: &str| {
        format!(r#"{{"choices":[{{"index":0,"message":{{"content":"{message}"}},"delta":{{"content":"{delta}"}}}}]}}"#)
    };
    let read = stream(&chat(), &[&chunk("1", "1"), &chunk("1 2", " 2"), &chunk("1 2", "")]);
    assert_eq!(read.text(Content::Text), "1 2");
    assert_eq!(whole(&chat(), &chunk("1 2", "")).text(Content::Text), "1 2");
    let reversed = r#"{"choices":[{"delta":{"content":""},"message":{"content":"1 2"},"index":0}]}"#;
    assert_eq!(whole(&chat(), reversed).text(Content::Text), "1 2");
    assert_eq!(stream(&chat(), &[reversed]).text(Content::Text), "");
    let calls = r#"{"choices":[{"message":{"tool_calls":[{"id":"a","function":{"name":"f","arguments":"{}"}}]},
        "delta":{"tool_calls":[{"index":0,"id":"a","function":{"name":"f","arguments":"{}"}}]}}]}"#;
    assert_eq!(named(&stream(&chat(), &[calls]).reply.tool_calls), ["f"]);
    assert_eq!(stream(&chat(), &[calls]).text(Content::Arguments), "{}");
    let alone = r#"{"choices":[{"index":0,"message":{"content":"whole"}}]}"#;
    assert_eq!(stream(&chat(), &[alone]).text(Content::Text), "whole");
}

#[test]
fn content_may_be_a_list_of_parts_with_thoughts_among_them() {
    let part = r#"[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true},
        {"type":"text","text":"Yes"},{"type":"reference","reference_ids":[1]},{"type":"text","text":"."}]"#;
    let databricks = r#"[{"type":"reasoning","summary":[{"type":"summary_text","text":"hm","signature":"c2ln"}]},
        {"type":"text","text":"Yes."}]"#;
    for content in [part, databricks] {
        let body = format!(r#"{{"choices":[{{"index":0,"message":{{"content":{content}}}}}]}}"#);
        let chunk = body.replace("message", "delta");
        for read in [whole(&chat(), &body), stream(&chat(), &[&chunk])] {
            assert_eq!((read.text(Content::Text), read.text(Content::Reasoning)), ("Yes.".into(), "hm".into()));
        }
    }
    let parsed = r#"{"choices":[{"index":0,"message":{"content":{"title":"in JSON"}}}]}"#;
    assert_eq!(whole(&chat(), parsed).text(Content::Text), "");
}

#[test]
fn reasoning_under_two_names_counts_once() {
    let details = r#""reasoning_details":[{"type":"reasoning.text","text":"hm","signature":"c2ln"},
        {"type":"reasoning.encrypted","data":"Z2g="}]"#;
    for (members, expected) in [
        (r#""reasoning":"hm""#.to_owned(), "hm"),
        (r#""reasoning_content":"hm","reasoning":"hm""#.to_owned(), "hm"),
        (r#""reasoning":"hm","reasoning_content":"""#.to_owned(), "hm"),
        (format!(r#""reasoning":"hm",{details}"#), "hm"),
        (format!(r#"{details},"reasoning_content":"hm""#), "hm"),
        (format!(r#""reasoning":null,{details}"#), "hm"),
        (r#""thinking_blocks":[{"type":"thinking","thinking":"hm","signature":"s"}]"#.to_owned(), "hm"),
        (r#""reasoning":"","reasoning_details":[]"#.to_owned(), ""),
    ] {
        let body = format!(r#"{{"choices":[{{"message":{{{members},"content":"a"}}}}]}}"#);
        let read = whole(&chat(), &body);
        assert_eq!(
            (read.text(Content::Reasoning).as_str(), read.text(Content::Text).as_str()),
            (expected, "a"),
            "{body}"
        );
    }
}

#[test]
fn an_index_that_comes_again_with_another_id_is_another_tool_call() {
    let call = |rest: &str| format!(r#"{{"choices":[{{"index":0,"delta":{{"tool_calls":[{{{rest}}}]}}}}]}}"#);
    let first = call(r#""index":0,"id":"a","type":"function","function":{"name":"f","arguments":""}"#);
    let more = call(r#""index":0,"id":null,"function":{"name":null,"arguments":"{}"}"#);
    let again = call(r#""index":0,"id":"b","function":{"name":"f","arguments":"{}"}"#);
    assert_eq!(named(&stream(&chat(), &[&first, &more, &again]).reply.tool_calls), ["f", "f"]);
    // Mistral's have no index at all.
    let bare =
        [call(r#""id":"x1","function":{"name":"g","arguments":"{}"}"#), call(r#""id":"x2","function":{"name":"h"}"#)];
    assert_eq!(named(&stream(&chat(), &[&bare[0], &bare[1]]).reply.tool_calls), ["g", "h"]);
    let whole = whole(
        &chat(),
        r#"{"choices":[{"message":{"tool_calls":[{"index":0,"id":"","function":{"name":"f","arguments":"{}"}},
            {"index":0,"id":"","function":{"name":"g","arguments":{"a":1}}},
            {"id":"c","type":"custom","custom":{"name":"h","input":"free"}}]}}]}"#,
    );
    assert_eq!(named(&whole.reply.tool_calls), ["f", "g", "h"]);
    assert_eq!((whole.text(Content::Arguments).as_str(), whole.text(Content::Input).as_str()), ("{}", "free"));
}

#[test]
fn the_deprecated_function_call_is_a_tool_call_and_an_empty_one_is_none() {
    let legacy =
        r#"{"choices":[{"index":0,"delta":{"content":null,"function_call":{"name":"f","arguments":"{\"a\""}}}]}"#;
    let rest =
        r#"{"choices":[{"index":0,"delta":{"function_call":{"arguments":":1}"}},"finish_reason":"function_call"}]}"#;
    let read = stream(&chat(), &[legacy, rest]);
    assert_eq!((named(&read.reply.tool_calls), read.text(Content::Arguments).as_str()), (vec!["f"], "{\"a\":1}"));
    let empty = whole(
        &chat(),
        r#"{"id":"","service_tier":"","system_fingerprint":"","choices":[{"index":0,"finish_reason":"","message":{
            "role":"assistant","content":"Hi","refusal":"","audio":{"id":"","data":"","expires_at":0,"transcript":""},
            "function_call":{"name":"","arguments":""},"tool_calls":null}}]}"#,
    );
    assert!(empty.reply.tool_calls.is_empty() && !empty.reply.refused);
    assert_eq!((empty.reply.id, empty.reply.service_tier, empty.reply.finish_reasons), (None, None, vec![None]));
    assert_eq!(empty.texts.len(), 1);
}

#[test]
fn choices_of_several_are_told_apart_though_they_come_interleaved() {
    let chunk = |index: u32, delta: &str, finish: &str| {
        format!(r#"{{"choices":[{{"delta":{delta},"finish_reason":{finish},"index":{index}}}]}}"#)
    };
    let read = stream(
        &chat(),
        &[
            &chunk(1, r#"{"content":"b"}"#, "null"),
            &chunk(0, r#"{"content":"a"}"#, "null"),
            &chunk(2, r#"{"refusal":"no"}"#, "null"),
            &chunk(1, "{}", r#""length""#),
            &chunk(0, r#"{"content":"!"}"#, r#""eos""#),
            &chunk(3, r#"{"role":"assistant","content":""}"#, "null"),
        ],
    );
    let said = |index: usize| read.reply.finish_reasons[index].as_deref();
    assert_eq!((said(0), said(1), said(2), said(3)), (Some("eos"), Some("length"), None, None));
    assert_eq!((read.text(Content::Text).as_str(), read.reply.refused), ("a!", true));
    assert_eq!(read.reply.finish_reasons.len(), 4, "a choice that says nothing is one");
}

#[test]
fn the_first_id_and_the_last_tier_hold() {
    let read = stream(
        &chat(),
        &[
            r#"{"id":"a","service_tier":"auto","provider":"Upstream","choices":[]}"#,
            r#"{"id":"b","service_tier":"default","choices":[{"index":0,"native_finish_reason":"STOP","delta":{}}]}"#,
            r#"{"id":"b","service_tier":null,"choices":[]}"#,
        ],
    );
    assert_eq!((read.reply.id.as_deref(), read.reply.service_tier.as_deref()), (Some("a"), Some("default")));
    assert_eq!(read.reply.extra("upstream_provider"), Some("Upstream"));
    let within = whole(&chat(), r#"{"choices":[],"usage":{"prompt_tokens":1,"service_tier":"standard"}}"#);
    assert_eq!(within.reply.service_tier.as_deref(), Some("standard"));
    assert_eq!(read.reply.extra("native_finish_reason"), Some("STOP"));
}

#[test]
fn spoken_output_and_encoded_pictures_are_no_text() {
    let body = r#"{"choices":[{"index":0,"message":{"content":null,"audio":{"id":"audio_1","data":"UklGRg==",
        "expires_at":1,"transcript":"Hello"},"images":[{"image_url":{"url":"data:image/png;base64,AAAA"}}]},
        "finish_reason":"stop"}]}"#;
    let read = whole(&chat(), body);
    assert_eq!((read.text(Content::Text).as_str(), read.text(Content::Speech).as_str()), ("", "Hello"));
    assert_eq!(read.reply.finish_reasons, [Some("stop".to_owned())]);
}

#[test]
fn an_error_in_the_midst_of_a_stream_leaves_what_was_read_before() {
    let begun = r#"{"id":"c","model":"m","choices":[{"index":0,"delta":{"content":"Hi"}}]}"#;
    let upstream = r#"{"id":"c","choices":[{"index":0,"delta":{"content":""},"finish_reason":"error"}],
        "error":{"code":502,"message":"gone","metadata":{"raw":"x"}}}"#;
    let read = stream(&chat(), &[begun, upstream]);
    assert_eq!(failure(&read), Some([None, Some("502"), None]));
    assert_eq!((read.reply.id.as_deref(), read.reply.finish_reasons[0].as_deref()), (Some("c"), Some("error")));
    let named_event = format!(
        "data: {begun}\n\nevent: error\ndata: {}\n\n",
        r#"{"error":{"message":"bad call","type":"invalid_request_error","code":"tool_use_failed","failed_generation":"{"}}"#
    );
    let read = answer(&chat(), "text/event-stream", named_event.as_bytes());
    assert_eq!(failure(&read), Some([Some("invalid_request_error"), Some("tool_use_failed"), None]));
    assert_eq!((read.reply.model.as_deref(), read.text(Content::Text).as_str()), (Some("m"), "Hi"));
    let groq = r#"{"choices":[],"x_groq":{"id":"r","error":"over capacity"}}"#;
    assert_eq!(failure(&stream(&chat(), &[begun, groq])), Some([None; 3]));
    let within = r#"{"choices":[{"index":0,"error":{"code":429,"message":"slow"},"message":{"content":""}}]}"#;
    assert_eq!(failure(&whole(&chat(), within)), Some([None, Some("429"), None]));
}

#[test]
fn errors_are_read_in_all_their_shapes() {
    for (body, expected, message) in [
        (r#"{"error":{"message":"m","type":"t","param":null,"code":"c"}}"#, [Some("t"), Some("c"), None], "m"),
        (r#"{"error":{"message":"m","code":401}}"#, [None, Some("401"), None], "m"),
        (
            r#"{"error":{"code":"c","message":"m","status":400,"innererror":{"code":"x"}}}"#,
            [None, Some("c"), None],
            "m",
        ),
        (r#"[{"error":{"code":404,"message":"m","status":"NOT_FOUND"}}]"#, [None, Some("404"), Some("NOT_FOUND")], "m"),
        (r#"{"error":"m"}"#, [None; 3], "m"),
        (r#"{"error":["m","n"]}"#, [None; 3], "m"),
        (r#"{"code":"c","error":"m"}"#, [None, Some("c"), None], "m"),
        (r#"{"error":"m","error_type":"validation"}"#, [Some("validation"), None, None], "m"),
        (r#"{"detail":"m"}"#, [None; 3], "m"),
        (r#"{"detail":[{"loc":["body","model"],"msg":"m","type":"missing"}]}"#, [None; 3], "m"),
        (r#"{"object":"error","message":"m","type":"t","code":"1500"}"#, [Some("t"), Some("1500"), None], "m"),
        (
            r#"{"object":"error","message":{"detail":[{"msg":"m"}]},"type":"t","code":null}"#,
            [Some("t"), None, None],
            "m",
        ),
        (r#"{"message":"m","type":"t","param":"p","code":404}"#, [Some("t"), Some("404"), None], "m"),
        (r#"{"error_code":"BAD_REQUEST","message":"m"}"#, [None, Some("BAD_REQUEST"), None], "m"),
        (r#"{"errors":[{"code":7000,"message":"m"}],"success":false,"result":null}"#, [None, Some("7000"), None], "m"),
        (r#"{"errors":[{"description":"m","key":"fail.x"}]}"#, [None, Some("fail.x"), None], "m"),
        (r#"{"type":"error","error":{"type":"t","message":"m"},"request_id":"r"}"#, [Some("t"), None, None], "m"),
        (r#"{"status":"failure","message":"m"}"#, [None; 3], "m"),
        (r#"{"id":"req","model":"x","error":{"message":"m"}}"#, [None; 3], "m"),
    ] {
        for path in ["/v1/chat/completions", "/v1/completions", "/v1/embeddings", "/v1/moderations"] {
            if body.starts_with('[') && !path.ends_with("completions") {
                continue;
            }
            let read = whole(&route("POST", path), body);
            assert_eq!(failure(&read), Some(expected), "{path} {body}");
            assert_eq!((read.reply.id, read.reply.model), (None, None), "{path} {body}");
            let mut deltas = Vec::new();
            let document = Document::new(body.as_bytes()).unwrap();
            route("POST", path).dialect.unwrap().read_answer(AnswerFrame::whole(document), &mut deltas).unwrap();
            let said = deltas.iter().find_map(|delta| match delta {
                tollgate::model::Event::Failure { message, .. } => *message,
                _ => None,
            });
            assert_eq!(said.map(|span| document.text(span).into_owned()).as_deref(), Some(message), "{path} {body}");
        }
    }
}

#[test]
fn what_only_resembles_an_error_is_none() {
    for body in [
        r#"{"choices":[],"error":null,"errors":[],"message":"fine","type":"x","code":"y"}"#,
        r#"{"choices":[],"error":"","detail":null}"#,
        r#"{"choices":[],"error":{}}"#,
        r#"{"choices":[],"error":false,"messages":[]}"#,
        r#"{"id":"c","model":"m"}"#,
        "null",
        r#""text""#,
    ] {
        assert_eq!(failure(&whole(&chat(), body)), None, "{body}");
    }
    let items = r#"{"object":"list","data":[],"message":"fine"}"#;
    assert_eq!(failure(&whole(&route("POST", "/v1/embeddings"), items)), None);
}

#[test]
fn blank_lines_before_the_answer_do_not_hide_it() {
    let body = format!("\n   \n\n{}", fixture("openai_chat", "answer.json"));
    assert_eq!(whole(&chat(), &body).reply, whole(&chat(), &fixture("openai_chat", "answer.json")).reply);
}

#[test]
fn completions_are_read_whole_and_streamed() {
    let read = whole(&completions(), &fixture("openai_completions", "answer.json"));
    assert_eq!(read.reply.finish_reasons, [Some("stop".to_owned()), Some("length".to_owned())]);
    assert_eq!((read.reply.counts.input, read.reply.counts.output), (Some(30), Some(24)));
    assert_eq!(read.text(Content::Text), "Thank you, [EMAIL_1], for [PAYMENT_CARD_1].");
}

#[test]
fn a_completion_that_repeats_its_text_in_a_delta_counts_once() {
    let chunk = r#"{"choices":[{"index":0,"delta":{"role":"assistant","content":"Hi","token_id":9},"text":"Hi"}]}"#;
    let last = r#"{"choices":[{"index":0,"text":"","delta":{"content":""},"finish_reason":"eos"}],
        "usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}"#;
    for route in [completions(), chat()] {
        let read = stream(&route, &[chunk, last]);
        assert_eq!((read.text(Content::Text).as_str(), read.reply.counts.total), ("Hi", Some(3)));
    }
    let values = stream(&completions(), &[r#"{"value":"To "}"#, r#"{"value":"be"}"#]);
    assert_eq!((values.text(Content::Text).as_str(), values.reply.failure), ("To be", None));
    let bare = whole(&completions(), r#"{"choices":[{"text":"Hi","log_probs":null}],"model":"p"}"#);
    assert_eq!((bare.text(Content::Text).as_str(), bare.reply.finish_reasons), ("Hi", vec![None]));
}

#[test]
fn messages_in_the_place_of_one_are_calls_of_the_providers_own_and_an_answer() {
    let body = r#"{"id":"c1","model":"mistral-medium-latest","choices":[{"index":0,"finish_reason":"stop","messages":[
        {"role":"assistant","content":"","tool_calls":[{"id":"t1","function":{"name":"search","arguments":"{\"q\":1}"}}]},
        {"role":"tool","tool_call_id":"t1","content":"found"},
        {"role":"assistant","content":"","tool_calls":[{"id":"t2","function":{"name":"open","arguments":"{}"}}]},
        {"role":"tool","tool_call_id":"t2","content":"opened"},
        {"role":"assistant","content":[{"type":"text","text":"It is so."}],
            "tool_calls":[{"id":"t3","function":{"name":"own","arguments":"{}"}}]}]}]}"#;
    let read = whole(&chat(), body);
    assert_eq!(read.text(Content::Text), "It is so.");
    let calls: Vec<_> = read.reply.tool_calls.iter().map(|call| (call.id.as_deref().unwrap(), call.builtin)).collect();
    assert_eq!(calls, [("t1", true), ("t2", true), ("t3", false)]);
    assert_eq!(read.text(Content::Arguments), "{\"q\":1}{}{}");
}

#[test]
fn an_embedding_says_how_long_it_is_and_not_what_it_is() {
    let route = route("POST", "/v1/embeddings");
    let read = whole(&route, &fixture("openai_embeddings", "answer.json"));
    assert_eq!((read.reply.dimensions, read.reply.finish_reasons.len()), (Some(4), 2));
    assert_eq!((read.reply.model.as_deref(), read.reply.counts.input), (Some("text-embedding-3-small"), Some(17)));
    let encoded = |base64: &str| {
        let body = format!(r#"{{"data":[{{"embedding":"{base64}","index":0}}]}}"#);
        whole(&route, &body).reply.dimensions
    };
    assert_eq!(encoded("AACAPgAAAL8AAIA+"), Some(3));
    assert_eq!((encoded("AACAPg=="), encoded("AACAPgAAAL8="), encoded("")), (Some(1), Some(2), Some(0)));
    // Slashes may be escaped.
    assert_eq!(encoded("AACA\\/wAAAL8AAIA+"), Some(3));
}

#[test]
fn a_total_alone_is_what_the_input_is_billed_by() {
    let route = route("POST", "/v1/embeddings");
    let reply = whole(&route, r#"{"data":[],"model":"v","usage":{"total_tokens":12}}"#).reply;
    assert_eq!((reply.counts.input, reply.counts.total), (None, Some(12)));
    assert_eq!(reply.usage.unwrap().count(Bucket::Input), Some(12));
}

#[test]
fn embeddings_of_chunks_are_as_long_as_the_first_and_as_many_as_their_documents() {
    let route = route("POST", "/v1/contextualizedembeddings");
    let body = r#"{"object":"list","data":[
        {"object":"list","data":[{"object":"embedding","embedding":[1,2,3],"index":0},{"embedding":[4,5,6],"index":1}],"index":0},
        {"object":"list","data":[{"object":"embedding","embedding":[7,8,9],"index":0}],"index":1}],
        "model":"voyage-context-3","usage":{"total_tokens":14}}"#;
    let reply = whole(&route, body).reply;
    assert_eq!((reply.dimensions, reply.finish_reasons.len()), (Some(3), 2));
    assert_eq!(reply.usage.unwrap().count(Bucket::Input), Some(14));
}

#[test]
fn a_moderation_has_an_id_a_model_and_sometimes_usage() {
    let route = route("POST", "/v1/moderations");
    let read = whole(&route, &fixture("openai_moderations", "answer.json"));
    assert_eq!((read.reply.id.as_deref(), read.reply.usage), (Some("modr-fixture1"), None));
    assert_eq!(read.reply.model.as_deref(), Some("omni-moderation-latest"));
    let mistral = whole(&route, r#"{"id":"x","usage":{"prompt_tokens":4,"total_tokens":4},"results":[]}"#);
    assert_eq!(mistral.reply.counts.input, Some(4));
}

#[test]
fn a_text_that_is_written_is_read_back_where_it_belongs() {
    let reply = Reply { id: Some("c\"1".into()), model: Some("m".into()), created: Some(7), ..Reply::default() };
    let text = "a \"[EMAIL_1]\"\n";
    let dialects = [(Dialect::OpenAiChat, chat()), (Dialect::OpenAiCompletions, completions())];
    for (dialect, route) in dialects {
        let contents = [Content::Text, Content::Reasoning, Content::Refusal, Content::Arguments, Content::Input];
        for content in contents {
            // The parts of a plain and a deprecated call.
            for part in [0, 3, u32::MAX] {
                let part = if content == Content::Arguments { part } else { 0 };
                let channel = Channel { choice: 1, part, content };
                let read = stream(&route, &[&dialect.write_text(&reply, channel, text).data]);
                assert_eq!(read.texts, [(channel, text.to_owned())], "{dialect:?} {content:?}");
                assert_eq!(read.reply.id, reply.id);
            }
        }
    }
}

#[test]
fn a_stream_and_an_answer_are_read_whatever_media_type_they_go_under() {
    let stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\n\ndata: [DONE]\n\n";
    let whole = r#"{"choices":[{"index":0,"message":{"content":"Hi"}}]}"#;
    for (media, body) in [
        ("application/json", stream),
        ("text/plain; charset=utf-8", stream),
        ("text/plain", whole),
        ("text/event-stream", whole),
    ] {
        let headers = Headers(vec![("content-type".to_owned(), media.as_bytes().to_vec())]);
        for pieces in [vec![body.as_bytes()], body.as_bytes().chunks(1).collect()] {
            let answer = read(&chat(), true, &headers, &pieces);
            assert_eq!((answer.text(Content::Text).as_str(), answer.notes.as_slice()), ("Hi", &[][..]), "{media}");
        }
    }
    let headers = Headers(vec![("content-type".to_owned(), b"text/plain".to_vec())]);
    let transcript = read(&route("POST", "/v1/audio/transcriptions"), false, &headers, &[b"[Music] Good evening."]);
    assert_eq!(transcript.notes, ["response_content_type"]);
}

#[test]
fn an_error_in_json_is_one_under_the_media_type_of_words_too() {
    let headers = |status: &str| {
        let pair = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        Headers(vec![pair(":status", status), pair("content-type", "text/plain")])
    };
    let body = r#"{"error":{"message":"No.","type":"invalid_request_error","code":"no_such_model"}}"#;
    let read_as = |status, body: &str| read(&chat(), true, &headers(status), &[body.as_bytes()]).reply.failure;
    let failure = read_as("404", body).unwrap();
    assert_eq!(
        (failure.kind.as_deref(), failure.code.as_deref()),
        (Some("invalid_request_error"), Some("no_such_model"))
    );
    assert_eq!(read_as("503", "no healthy upstream"), Some(tollgate::model::Failure::default()));
    assert_eq!(read_as("500", "data could not be read"), Some(tollgate::model::Failure::default()));
}
