//! Amazon Bedrock: Converse, InvokeModel of every vendor, CountTokens, ApplyGuardrail.

use super::support::{Answer, answer, aws_stream, fixture, leaves, read, request, route};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::{AnswerState, Dialect};
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::framing::Framing;
use tollgate::model::{Channel, Content, Event, Extra, Refusal, Reply, Role, TextKind, ToolCall};
use tollgate::usage::Bucket;

pub(super) const JSON: &str = "application/json";
pub(super) const STREAM: &str = "application/vnd.amazon.eventstream";

/// Dialects with a whole and a streamed fixture.
const BOTH: [&str; 5] = ["bedrock_converse", "bedrock_nova", "bedrock_titan", "bedrock_text", "bedrock_model"];

pub(super) fn path(dialect: &str) -> String {
    fixture(dialect, "route").trim().split_once(' ').unwrap().1.to_owned()
}

pub(super) fn streaming(path: &str) -> Route {
    let path = path.replace("/converse", "/converse-stream").replace("/invoke", "/invoke-with-response-stream");
    route("POST", &path)
}

pub(super) fn invoke(model: &str) -> String {
    format!("/model/{model}/invoke")
}

pub(super) fn whole(path: &str, body: &str) -> Answer {
    answer(&route("POST", path), JSON, body.as_bytes())
}

/// A stream of chunks, each around an event of the model's own.
pub(super) fn chunks(events: &[&str]) -> Vec<u8> {
    let mut stream = Vec::new();
    for event in events {
        let data = format!(r#"{{"bytes":"{}","p":"abcdef"}}"#, STANDARD.encode(event));
        Framing::AwsEventStream.write("chunk", data.as_bytes(), &mut stream);
    }
    stream
}

pub(super) fn streamed(path: &str, events: &[&str]) -> Answer {
    answer(&streaming(path), STREAM, &chunks(events))
}

/// A message of AWS's framing that is an exception.
fn exception(kind: &str, payload: &str) -> Vec<u8> {
    message(&[(":exception-type", kind), (":content-type", JSON), (":message-type", "exception")], payload)
}

/// A message of AWS's framing with these headers.
fn message(told: &[(&str, &str)], payload: &str) -> Vec<u8> {
    let mut headers = Vec::new();
    for (name, value) in told {
        headers.push(u8::try_from(name.len()).unwrap());
        headers.extend_from_slice(name.as_bytes());
        headers.push(7);
        headers.extend_from_slice(&u16::try_from(value.len()).unwrap().to_be_bytes());
        headers.extend_from_slice(value.as_bytes());
    }
    let total = u32::try_from(16 + headers.len() + payload.len()).unwrap();
    let mut message = [total.to_be_bytes(), u32::try_from(headers.len()).unwrap().to_be_bytes()].concat();
    message.extend_from_slice(&crc32fast::hash(&message).to_be_bytes());
    message.extend_from_slice(&headers);
    message.extend_from_slice(payload.as_bytes());
    message.extend_from_slice(&crc32fast::hash(&message).to_be_bytes());
    message
}

#[test]
fn a_stream_amounts_to_the_whole_answer() {
    for dialect in BOTH {
        let path = path(dialect);
        let mut whole = whole(&path, &fixture(dialect, "answer.json")).reply;
        let lines = fixture(dialect, "stream.aws.txt");
        let mut streamed = answer(&streaming(&path), STREAM, &aws_stream(&lines));
        assert!(streamed.notes.is_empty(), "{dialect}: {:?}", streamed.notes);
        assert!(streamed.reply.ended, "{dialect}");
        // Some whole answers do not report their end, and some count blocks otherwise.
        for reply in [&mut whole, &mut streamed.reply] {
            reply.ended = true;
            let calls = std::mem::take(&mut reply.tool_calls).into_iter();
            reply.tool_calls = calls.map(|call| ToolCall { part: 0, ..call }).collect();
        }
        assert_eq!(streamed.reply, whole, "{dialect}");
        assert!(whole.usage.is_some() && whole.finished(), "{dialect}");
    }
}

#[test]
fn the_texts_of_a_stream_are_those_of_the_whole_answer() {
    for dialect in BOTH {
        let path = path(dialect);
        let whole = whole(&path, &fixture(dialect, "answer.json"));
        let streamed = answer(&streaming(&path), STREAM, &aws_stream(&fixture(dialect, "stream.aws.txt")));
        for content in [Content::Text, Content::Reasoning] {
            assert_eq!(streamed.text(content), whole.text(content), "{dialect}");
        }
        assert!(whole.text(Content::Text).contains("[EMAIL_1]") || whole.text(Content::Text).contains("[EMAIL_2]"));
    }
}

#[test]
fn converse_reads_every_block_of_a_request() {
    let converse = route("POST", &path("bedrock_converse"));
    let body = fixture("bedrock_converse", "request.json");
    let asked = request(&converse, &body);
    assert_eq!(asked.model.as_deref(), Some("eu.anthropic.claude-sonnet-4-5-20250929-v1:0"));
    let parameters = &asked.parameters;
    assert_eq!((parameters.max_tokens, parameters.temperature, parameters.top_p), (Some(512), Some(0.5), Some(0.75)));
    assert_eq!(
        (parameters.stop.as_slice(), parameters.service_tier.as_deref()),
        (&["END".to_owned()][..], Some("priority"))
    );
    let document = Document::new(body.as_bytes()).unwrap();
    let starts: Vec<u32> = asked.items.texts().map(|leaf| leaf.span.start).collect();
    assert!(starts.is_sorted());
    let of = |text: &str| {
        let leaf = asked.items.texts().find(|leaf| document.text(leaf.span) == text);
        let leaf = leaf.unwrap_or_else(|| panic!("{text} is no leaf"));
        (leaf.place, leaf.role, leaf.message)
    };
    assert_eq!(of("You help ada@example.com."), (TextKind::Text, Some(Role::System), None));
    assert_eq!(of("Write to bob@example.org"), (TextKind::Text, Some(Role::User), Some(0)));
    assert_eq!(of("Dear carol@example.net"), (TextKind::Text, Some(Role::User), Some(0)));
    assert_eq!(of("from the attic"), (TextKind::Other, Some(Role::User), Some(0)));
    assert_eq!(of("Bob it is"), (TextKind::SignedReasoning, Some(Role::Assistant), Some(1)));
    assert_eq!(of("bob@example.org"), (TextKind::ArgumentValue, Some(Role::Assistant), Some(1)));
    assert_eq!(of("4242424242424242"), (TextKind::ArgumentNumber, Some(Role::Assistant), Some(1)));
    assert_eq!(of("dave@example.com"), (TextKind::ToolResult, Some(Role::Tool), Some(2)));
    assert_eq!(of("delivered"), (TextKind::ToolResult, Some(Role::Tool), Some(2)));
    assert_eq!(of("Is it there?"), (TextKind::Text, Some(Role::User), Some(2)));
    assert_eq!(of("For instance to frank@example.com"), (TextKind::Other, None, None));
    assert_eq!(of("Eve"), (TextKind::Text, Some(Role::User), None));
    let names = asked.tool_calls.first().unwrap();
    assert_eq!(names.name.map(|name| document.text(name)).as_deref(), Some("send_mail"));
    assert_eq!(names.input.map(|input| document.raw(input).starts_with('{')), Some(true));
    for text in ["iVBORw0KGgo=", "c2lnbmVk", "tooluse_1"] {
        assert!(!asked.items.texts().any(|leaf| document.text(leaf.span) == text), "{text} must go as it is");
    }
}

#[test]
fn reasoning_that_nobody_has_signed_is_a_text_like_any_other() {
    let body = r#"{"messages":[{"role":"assistant","content":[{"reasoningContent":{"reasoningText":{"text":"R"}}},{"text":"T"}]}]}"#;
    let asked = request(&route("POST", "/model/openai.gpt-oss-120b-1:0/converse"), body);
    let places: Vec<TextKind> = asked.items.texts().map(|leaf| leaf.place).collect();
    assert_eq!(places, [TextKind::Text, TextKind::Text]);
}

#[test]
fn a_card_number_in_the_json_of_a_tool_result_is_a_leaf_of_its_own() {
    let body = r#"{"messages":[{"role":"user","content":[{"toolResult":{"toolUseId":"t","content":[{"json":{"card":4242424242424242}}]}}]}]}"#;
    let asked = request(&route("POST", "/model/m/converse"), body);
    let numbers = asked.items.texts().filter(|leaf| leaf.place == TextKind::ArgumentNumber);
    assert_eq!(numbers.count(), 1);
}

#[test]
fn cached_tokens_stand_beside_the_input_and_each_lifetime_has_its_bucket() {
    let reply = whole(&path("bedrock_converse"), &fixture("bedrock_converse", "answer.json")).reply;
    let usage = reply.usage.unwrap();
    assert_eq!((reply.counts.input, reply.counts.total, usage.input_total()), (Some(100), Some(2207), Some(2130)));
    assert_eq!((usage.count(Bucket::CacheWrite5m), usage.count(Bucket::CacheWrite1h)), (Some(10), Some(20)));
    assert_eq!((reply.service_tier.as_deref(), reply.extra(Extra::Latency)), (Some("priority"), Some("321")));
}

#[test]
fn a_count_under_its_older_name_is_not_counted_twice() {
    let body = r#"{"output":{"message":{"role":"assistant","content":[]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":1,"totalTokens":19,"cacheReadInputTokenCount":15,"cacheReadInputTokens":15,"cacheWriteInputTokenCount":0,"cacheWriteInputTokens":0,"serverToolUsage":{}}}"#;
    let reply = whole("/model/m/converse", body).reply;
    assert_eq!(reply.usage.unwrap().input_total(), Some(18));
    assert_eq!((reply.counts.cache_read, reply.counts.cache_write), (Some(15), Some(0)));
    assert_eq!(reply.finish_reasons, [Some("end_turn".to_owned())]);
}

#[test]
fn a_tool_that_bedrock_runs_is_told_from_the_clients() {
    let events = "messageStart\t{\"role\":\"assistant\"}\n\
        contentBlockStart\t{\"contentBlockIndex\":0,\"start\":{\"toolUse\":{\"name\":\"nova_grounding\",\"toolUseId\":\"t1\",\"type\":\"server_tool_use\"}}}\n\
        contentBlockStart\t{\"contentBlockIndex\":1,\"start\":{\"toolResult\":{\"toolUseId\":\"t1\",\"type\":\"nova_grounding_result\",\"status\":\"success\"}}}\n\
        contentBlockDelta\t{\"contentBlockIndex\":1,\"delta\":{\"toolResult\":[{\"text\":\"found\"}]}}\n\
        contentBlockDelta\t{\"contentBlockIndex\":2,\"delta\":{\"text\":\"So\"}}\n\
        messageStop\t{\"stopReason\":\"end_turn\"}\n\
        metadata\t{\"usage\":{\"inputTokens\":1,\"outputTokens\":2,\"totalTokens\":3}}";
    let stream = answer(&streaming("/model/m/converse"), STREAM, &aws_stream(events));
    assert!(stream.reply.tool_calls.first().unwrap().builtin);
    assert_eq!(stream.text(Content::Text), "So");
    let body = r#"{"output":{"message":{"role":"assistant","content":[{"toolUse":{"toolUseId":"t2","name":"mine","input":{},"type":"tool_use"}}]}},"stopReason":"tool_use"}"#;
    assert!(!whole("/model/m/converse", body).reply.tool_calls.first().unwrap().builtin);
}

#[test]
fn a_prompt_router_tells_which_model_it_chose() {
    let body = r#"{"output":{"message":{"role":"assistant","content":[{"text":"hi"}]}},"stopReason":"end_turn","trace":{"guardrail":{"modelOutput":["{}"]},"promptRouter":{"invokedModelId":"arn:aws:bedrock:us-east-1::foundation-model/x.y-v1:0"}}}"#;
    let reply = whole("/model/m/converse", body).reply;
    assert_eq!(reply.model.as_deref(), Some("arn:aws:bedrock:us-east-1::foundation-model/x.y-v1:0"));
}

#[test]
fn a_block_of_a_kind_that_is_unheard_of_or_empty_is_passed_over() {
    let body = r#"{"metrics":{"latencyMs":1},"output":{"message":{"role":"assistant","content":[{"toolResult":{"toolUseId":"t","content":[{"weird":1}]}},{"reasoningContent":{}},{"new":{"deep":["x"]}},7,{"text":null}]}},"stopReason":"end_turn","usage":{"inputTokens":3,"outputTokens":2,"totalTokens":5}}"#;
    let answer = whole("/model/m/converse", body);
    assert_eq!((answer.text(Content::Text).as_str(), answer.reply.finish_reasons.len()), ("", 1));
    assert!(answer.notes.is_empty());
}

#[test]
fn an_error_tells_its_type_in_a_header_or_in_the_body() {
    let headers = |kind: &str| {
        Headers::from_iter(vec![
            ("content-type".to_owned(), JSON.as_bytes().to_vec()),
            ("x-amzn-errortype".to_owned(), kind.as_bytes().to_vec()),
        ])
    };
    let body = br#"{"message":"The provided model identifier is invalid."}"#;
    for path in [
        "/model/m/converse",
        "/model/anthropic.claude-x/invoke",
        "/model/unheard-of/invoke",
        "/model/amazon.titan-x/invoke",
        "/model/meta.llama/invoke",
        "/model/amazon.nova-x/invoke",
        "/guardrail/g/version/1/apply",
    ] {
        let headers = headers("ValidationException:http://internal.amazon.com/coral/");
        let failure = read(&route("POST", path), false, &headers, &[body]).reply.failure.unwrap();
        assert_eq!(failure.kind.as_deref(), Some("ValidationException"), "{path}");
    }
    let body = r#"{"__type":"com.amazon.coral.service#ThrottlingException","Message":"Too many requests"}"#;
    let failure = whole("/model/m/converse", body).reply.failure.unwrap();
    assert_eq!(failure.kind.as_deref(), Some("ThrottlingException"));
    let long = "com.amazon.coral.service#AccessDeniedException:http://internal.amazon.com/coral#x";
    let body = format!(r#"{{"__type":"{long}","message":"No"}}"#);
    let named = whole("/model/m/converse", &body).reply.failure.unwrap();
    let headed = read(&route("POST", "/model/m/converse"), false, &headers(long), &[b"{}"]).reply.failure.unwrap();
    for failure in [named, headed] {
        assert_eq!(failure.kind.as_deref(), Some("AccessDeniedException"));
    }
}

#[test]
fn what_went_wrong_with_a_picture_is_a_text_of_the_request() {
    let body = r#"{"messages":[{"role":"assistant","content":[{"image":{"format":"png","source":{"bytes":"QUJD"},"error":{"message":"Shows ada@example.com"}}},{"audio":null}]}]}"#;
    assert_eq!(leaves(&route("POST", "/model/m/converse"), body), ["Shows ada@example.com"]);
}

#[test]
fn texts_that_are_checked_without_a_guardrail_are_leaves() {
    let checks = route("POST", "/guardrail-checks/invoke");
    let body = r#"{"messages":[{"role":"user","content":[{"text":"I am ada@example.com"}]}],"checks":{}}"#;
    assert!(leaves(&checks, body).contains(&"I am ada@example.com".to_owned()));
    let answer = r#"{"results":{"promptAttack":{"results":[{"category":"JAILBREAK","severityScore":0.5}]}},"usage":{"promptAttack":{"textUnits":1}}}"#;
    assert_eq!(whole("/guardrail-checks/invoke", answer).reply.failure, None);
}

#[test]
fn an_exception_in_a_stream_that_began_well_is_the_calls_failure() {
    let said = r#"{"message":"The system met an unexpected error.","originalStatusCode":500}"#;
    for (path, before) in [
        (
            "/model/amazon.nova-x/invoke",
            chunks(&[r#"{"contentBlockDelta":{"delta":{"text":"He"},"contentBlockIndex":0}}"#]),
        ),
        (
            "/model/anthropic.claude-x/invoke",
            chunks(&[r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"He"}}"#]),
        ),
        ("/model/meta.llama-x/invoke", chunks(&[r#"{"generation":"He"}"#])),
        ("/model/amazon.titan-text-x/invoke", chunks(&[r#"{"outputText":"He"}"#])),
        ("/model/unheard-of/invoke", chunks(&[r#"{"outputs":[{"text":"He"}]}"#])),
        ("/model/m/converse", aws_stream("contentBlockDelta\t{\"contentBlockIndex\":0,\"delta\":{\"text\":\"He\"}}")),
    ] {
        let stream = [before, exception("modelStreamErrorException", said)].concat();
        let answer = answer(&streaming(path), STREAM, &stream);
        assert_eq!(answer.reply.failure.as_ref().unwrap().kind.as_deref(), Some("modelStreamErrorException"), "{path}");
        assert_eq!(answer.text(Content::Text), "He", "{path}");
        assert!(!answer.reply.ended, "{path}");
    }
}

#[test]
fn an_error_that_says_why_in_a_header_is_the_calls_failure() {
    let said = [(":error-code", "InternalFailure"), (":error-message", "We are sorry."), (":message-type", "error")];
    for path in ["/model/m/converse", "/model/anthropic.claude-x/invoke", "/model/unheard-of/invoke"] {
        let stream = message(&said, "");
        let mut told = None;
        let headers = Headers::from_iter(vec![("content-type".to_owned(), STREAM.as_bytes().to_vec())]);
        let mut reading = AnswerDecoder::new(&streaming(path), true, &headers, Default::default());
        reading.push(&stream, true, &mut |read| {
            if let Decoded::Frame { said: Some(said), .. } = read {
                for delta in said.events {
                    if let Event::Failure { message, .. } = delta {
                        told = message.map(|message| said.document.text(message).into_owned());
                    }
                }
            }
        });
        assert_eq!(told.as_deref(), Some("We are sorry."), "{path}");
        let answer = answer(&streaming(path), STREAM, &stream);
        assert_eq!(answer.reply.failure.unwrap().kind.as_deref(), Some("InternalFailure"), "{path}");
        assert!(answer.notes.is_empty(), "{path}: {:?}", answer.notes);
    }
}

#[test]
fn converses_own_pieces_are_its_events() {
    let written = |content| {
        Dialect::BedrockConverse.write_text(
            &AnswerState::default(),
            &Reply::default(),
            Channel { choice: 0, part: 2, content },
            "x\n",
        )
    };
    assert_eq!(written(Content::Text).name, "contentBlockDelta");
    assert_eq!(written(Content::Text).data, r#"{"contentBlockIndex":2,"delta":{"text":"x\n"}}"#);
    assert_eq!(
        written(Content::Reasoning).data,
        r#"{"contentBlockIndex":2,"delta":{"reasoningContent":{"text":"x\n"}}}"#
    );
    assert_eq!(written(Content::Arguments).data, r#"{"contentBlockIndex":2,"delta":{"toolUse":{"input":"x\n"}}}"#);
}

#[test]
fn a_counted_request_is_read_within_its_wrapping() {
    let count = route("POST", "/model/anthropic.claude-x/count-tokens");
    let asked =
        r#"{"input":{"converse":{"system":[{"text":"S"}],"messages":[{"role":"user","content":[{"text":"L"}]}]}}}"#;
    assert_eq!(leaves(&count, asked), ["S", "L"]);
    let wrapped = request(&count, r#"{"input":{"invokeModel":{"body":"eyJwcm9tcHQiOiJMIn0="}}}"#);
    assert_eq!(wrapped.items.texts().map(|leaf| leaf.place).collect::<Vec<_>>(), [TextKind::Encoded]);
    let reply = answer(&count, JSON, br#"{"inputTokens":12}"#).reply;
    assert_eq!((reply.counts.input, reply.counts.output, reply.failure), (Some(12), None, None));
}

#[test]
fn parameters_that_only_some_models_have_are_read_beside_converses_own() {
    for (body, top_k) in [
        (r#"{"additionalModelRequestFields":{"top_k":40}}"#, 40),
        (r#"{"additionalModelRequestFields":{"inferenceConfig":{"topK":20}}}"#, 20),
    ] {
        let request = Dialect::BedrockConverse.read_request(Document::new(body.as_bytes()).unwrap()).unwrap();
        assert_eq!(request.parameters.top_k, Some(top_k), "{body}");
    }
    let body = r#"{"additionalModelRequestFields":{"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}}}"#;
    let request = Dialect::BedrockConverse.read_request(Document::new(body.as_bytes()).unwrap()).unwrap();
    assert_eq!(request.parameters.reasoning_level.as_deref(), Some("low"));
}

#[test]
fn a_guardrails_units_are_usage_without_tokens() {
    let path = path("bedrock_guardrail");
    let asked = fixture("bedrock_guardrail", "request.json");
    let texts = leaves(&route("POST", &path), &asked);
    assert_eq!(texts, ["Which shares should ada@example.com buy?", "guard_content", "Ask bob@example.org", "FULL"]);
    let leaves = request(&route("POST", &path), &asked.replace("\"INPUT\"", "\"OUTPUT\""))
        .items
        .texts()
        .copied()
        .collect::<Vec<_>>();
    let spoken = leaves.iter().filter(|leaf| leaf.message.is_some());
    assert!(spoken.clone().count() > 1 && spoken.clone().all(|leaf| leaf.role == Some(Role::Assistant)));
    let answer = whole(&path, &fixture("bedrock_guardrail", "answer.json"));
    assert!(answer.reply.usage.is_some_and(|usage| usage.is_empty()));
    assert_eq!(answer.reply.extra(Extra::GuardrailAction), Some("GUARDRAIL_INTERVENED"));
    assert_eq!(answer.texts, Vec::new());
}

#[test]
fn a_refusal_carries_its_code_where_awss_clients_look_for_it() {
    for dialect in [
        Dialect::BedrockConverse,
        Dialect::BedrockNova,
        Dialect::BedrockTitan,
        Dialect::BedrockText,
        Dialect::BedrockModel,
        Dialect::BedrockGuardrail,
    ] {
        let body: serde_json::Value = serde_json::from_str(&dialect.write_refusal(&Refusal::KeyUnknown)).unwrap();
        assert_eq!(body["__type"], "invalid_api_key");
        assert!(body["message"].as_str().unwrap().starts_with("Unknown virtual key"));
    }
}

#[test]
fn checks_without_a_guardrail_have_their_texts_and_their_units() {
    let checks = route("POST", "/guardrail-checks/invoke");
    let texts = leaves(
        &checks,
        r#"{"messages":[{"role":"user","content":[{"text":"I am ada@example.com"}]}],
            "checks":{"promptAttack":{"categories":[{"category":"JAILBREAK"}]}}}"#,
    );
    assert!(texts.iter().any(|text| text == "I am ada@example.com"), "{texts:?}");
    let body = r#"{"results":{"promptAttack":{"results":[{"category":"JAILBREAK","severityScore":0.0}]}},
        "usage":{"promptAttack":{"textUnits":1}}}"#;
    let read = answer(&checks, JSON, body.as_bytes());
    assert_eq!((read.reply.usage.map(|usage| usage.is_empty()), read.reply.failure), (Some(true), None));
}
