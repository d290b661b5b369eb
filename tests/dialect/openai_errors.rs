//! Errors in the place of answers of OpenAI's dialects, and within their streams.

use super::openai::{chat, stream, whole};
use super::support::{Answer, answer, fixture, read, route};
use tollgate::attempt::Headers;
use tollgate::dialect::{AnswerFrame, AnswerState};
use tollgate::document::Document;
use tollgate::model::Content;

/// Type, code, status.
fn failure(answer: &Answer) -> Option<[Option<&str>; 3]> {
    let failure = answer.reply.failure.as_ref()?;
    Some([failure.kind.as_deref(), failure.code.as_deref(), failure.status.as_deref()])
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
            route("POST", path)
                .dialect
                .unwrap()
                .read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut deltas)
                .unwrap();
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
fn an_error_in_json_is_one_under_the_media_type_of_words_too() {
    let headers = |status: &str| {
        let pair = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        Headers::from_iter(vec![pair(":status", status), pair("content-type", "text/plain")])
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
