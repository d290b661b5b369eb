//! Answers of OpenAI's chat completions, completions, embeddings and moderations, from every provider that speaks these
//! dialects.

use super::support::{Answer, answer, fixture, read, route};
use tollgate::attempt::Headers;
use tollgate::dialect::{AnswerState, Dialect};
use tollgate::endpoint::Route;
use tollgate::model::{Channel, Content, Extra, Reply, ToolCall};
use tollgate::usage::Bucket;

pub(super) fn chat() -> Route {
    route("POST", "/v1/chat/completions")
}

fn completions() -> Route {
    route("POST", "/v1/completions")
}

/// Reads a whole answer.
pub(super) fn whole(route: &Route, body: &str) -> Answer {
    answer(route, "application/json", body.as_bytes())
}

/// Reads a stream of these events, each in one line, and its end marker.
pub(super) fn stream(route: &Route, events: &[&str]) -> Answer {
    let mut body: String = events.iter().map(|event| format!("data: {}\n\n", event.replace('\n', " "))).collect();
    body.push_str("data: [DONE]\n\n");
    answer(route, "text/event-stream", body.as_bytes())
}

fn named(calls: &[ToolCall]) -> Vec<&str> {
    calls.iter().map(|call| call.name.as_deref().unwrap_or_default()).collect()
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
    assert_eq!(read.reply.extra(Extra::UpstreamProvider), Some("Upstream"));
    let within = whole(&chat(), r#"{"choices":[],"usage":{"prompt_tokens":1,"service_tier":"standard"}}"#);
    assert_eq!(within.reply.service_tier.as_deref(), Some("standard"));
    assert_eq!(read.reply.extra(Extra::NativeFinishReason), Some("STOP"));
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
                let read = stream(&route, &[&dialect.write_text(&AnswerState::default(), &reply, channel, text).data]);
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
        let headers = Headers::from_iter(vec![("content-type".to_owned(), media.as_bytes().to_vec())]);
        for pieces in [vec![body.as_bytes()], body.as_bytes().chunks(1).collect()] {
            let answer = read(&chat(), true, &headers, &pieces);
            assert_eq!((answer.text(Content::Text).as_str(), answer.notes.as_slice()), ("Hi", &[][..]), "{media}");
        }
    }
    let headers = Headers::from_iter(vec![("content-type".to_owned(), b"text/plain".to_vec())]);
    let transcript = read(&route("POST", "/v1/audio/transcriptions"), false, &headers, &[b"[Music] Good evening."]);
    assert_eq!(transcript.notes, ["response_content_type"]);
}
