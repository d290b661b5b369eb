//! Amazon Bedrock through the filter: texts within base64, and texts that its streams split in pieces.

use super::support::{Answer, EXPORT, Gateway, settings_for_all};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tollgate::dialect::unwrap_chunk;
use tollgate::framing::{Decoder, Framing, Piece};

const STREAM: &str = "application/vnd.amazon.eventstream";

fn fixture(name: &str) -> String {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

fn streamed(dialect: &str) -> (String, String, Answer) {
    let path = fixture(&format!("{dialect}/route")).trim().split_once(' ').unwrap().1.to_owned();
    let path = path.replace("/converse", "/converse-stream").replace("/invoke", "/invoke-with-response-stream");
    let mut stream = Vec::new();
    for line in fixture(&format!("{dialect}/stream.aws.txt")).lines() {
        let (name, data) = line.split_once('\t').unwrap();
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut stream);
    }
    let pieces = stream.chunks(7).map(<[u8]>::to_vec).collect();
    (path, fixture(&format!("{dialect}/request.json")), Answer::of(STREAM, pieces))
}

/// Names and payloads of a stream's messages, unwrapped.
fn messages(stream: &[u8]) -> Vec<(String, Value)> {
    let mut decoder = Decoder::new(Framing::AwsEventStream, 1 << 20);
    let mut messages = Vec::new();
    let mut each = |piece: Piece<'_>| match piece {
        Piece::Frame(frame) => {
            let data = unwrap_chunk(&frame.data).unwrap_or_else(|| frame.data.to_vec());
            messages.push((frame.name.to_string(), serde_json::from_slice(&data).unwrap()));
        }
        other => panic!("{other:?}"),
    };
    decoder.push(stream, &mut each);
    decoder.finish(&mut each);
    messages
}

/// All strings at a place of the messages, concatenated.
fn joined(messages: &[(String, Value)], places: &[&str]) -> String {
    let found = |(_, data): &(String, Value)| {
        places.iter().find_map(|place| data.pointer(place).and_then(Value::as_str).map(str::to_owned))
    };
    messages.iter().filter_map(found).collect()
}

#[test]
fn a_placeholder_that_a_stream_cuts_over_its_events_is_put_back() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    for (dialect, texts, told) in [
        ("bedrock_converse", &["/delta/text"][..], "I wrote to bob@example.org as ada@example.com asked."),
        ("bedrock_nova", &["/contentBlockDelta/delta/text"], "I write to bob@example.org now."),
        ("bedrock_titan", &["/outputText"], "\nHello ada@example.com!"),
        ("bedrock_text", &["/generation"], "\nHello ada@example.com!"),
        ("bedrock_model", &["/delta/text"], "I wrote to bob@example.org."),
    ] {
        let (path, request, answer) = streamed(dialect);
        let seen = gateway.post(&path, &request, &answer);
        assert!(!seen.sent().contains("@example"), "{dialect}: {}", seen.sent());
        let messages = messages(&seen.body);
        assert_eq!(joined(&messages, texts), told, "{dialect}");
        let span = gateway.span();
        assert_eq!(span.get("tollgate.outcome"), "answered", "{dialect}");
        assert_eq!(span.get("gen_ai.provider.name"), "aws.bedrock", "{dialect}");
    }
}

#[test]
fn what_began_like_a_placeholder_reaches_the_client_in_a_frame_of_its_own_api() {
    let gateway = Gateway::new(&settings_for_all(EXPORT));
    let frame = |name: &str, data: &str| {
        let mut frame = Vec::new();
        Framing::AwsEventStream.write(name, data.as_bytes(), &mut frame);
        frame
    };
    let chunk = |event: &str| frame("chunk", &format!(r#"{{"bytes":"{}"}}"#, STANDARD.encode(event)));
    let converse = [
        frame("contentBlockDelta", r#"{"contentBlockIndex":0,"delta":{"text":"see [EMAIL_"}}"#),
        frame("messageStop", r#"{"stopReason":"end_turn"}"#),
    ];
    let nova = [
        chunk(r#"{"contentBlockDelta":{"delta":{"text":"see [EMAIL_"},"contentBlockIndex":0}}"#),
        chunk(r#"{"contentBlockStop":{"contentBlockIndex":0}}"#),
        chunk(r#"{"messageStop":{"stopReason":"end_turn"}}"#),
    ];
    let claude = [
        chunk(r#"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"see [EMAIL_"}}"#),
        chunk(r#"{"type":"content_block_stop","index":0}"#),
    ];
    let legacy = [chunk(r#"{"completion":"see [EMAIL_","stop_reason":null}"#)];
    let llama = [chunk(r#"{"generation":"see [EMAIL_"}"#), chunk(r#"{"generation":"","stop_reason":"stop"}"#)];
    let mistral = [
        chunk(r#"{"choices":[{"index":0,"message":{"role":"assistant","content":"see [EMAIL_"},"stop_reason":null}]}"#),
        chunk(r#"{"choices":[{"index":0,"message":{"role":"assistant","content":""},"stop_reason":"stop"}]}"#),
    ];
    let asked = r#"{"messages":[{"role":"user","content":[{"text":"ada@example.com"}]}],"prompt":"ada@example.com"}"#;
    for (path, pieces, name, place) in [
        ("/model/m/converse-stream", &converse[..], "contentBlockDelta", "/delta/text"),
        ("/model/amazon.nova-x/invoke-with-response-stream", &nova, "chunk", "/contentBlockDelta/delta/text"),
        ("/model/anthropic.claude-x/invoke-with-response-stream", &claude, "chunk", "/delta/text"),
        ("/model/anthropic.claude-v2/invoke-with-response-stream", &legacy, "chunk", "/completion"),
        ("/model/meta.llama-x/invoke-with-response-stream", &llama, "chunk", "/generation"),
        ("/model/mistral.mistral-large-x/invoke-with-response-stream", &mistral, "chunk", "/choices/0/message/content"),
    ] {
        let seen = gateway.post(path, asked, &Answer::of(STREAM, pieces.to_vec()));
        let messages = messages(&seen.body);
        assert_eq!(joined(&messages, &[place]), "see [EMAIL_", "{path}: {messages:?}");
        assert!(messages.iter().all(|(told, _)| told == name || told == "messageStop"), "{path}: {messages:?}");
    }
}

#[test]
fn a_request_within_base64_is_redacted_too() {
    let gateway = Gateway::new(&settings_for_all(EXPORT));
    let path = "/model/anthropic.claude-sonnet-4-5-20250929-v1:0/count-tokens";
    let inner = r#"{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"messages":[{"role":"user","content":"I am ada@example.com"}]}"#;
    let counted = |body: &str| format!(r#"{{"input":{{"invokeModel":{{"body":"{}"}}}}}}"#, STANDARD.encode(body));
    let seen = gateway.post(path, &counted(inner), &Answer::json(r#"{"inputTokens":12}"#));
    assert_eq!(seen.sent(), counted(&inner.replace("ada@example.com", "[EMAIL_1]")));
    // A body without findings stays byte for byte, and a body that is not base64 is a text.
    let plain = counted(r#"{"prompt":"Hi"}"#);
    assert_eq!(gateway.post(path, &plain, &Answer::json("{}")).sent(), plain);
    let text = r#"{"input":{"invokeModel":{"body":"ada@example.com"}}}"#;
    assert!(!gateway.post(path, text, &Answer::json("{}")).sent().contains("ada@"));
}

#[test]
fn whoever_invokes_a_model_is_refused_in_awss_words_whichever_api_the_model_speaks() {
    let gateway = Gateway::new(&settings_for_all(EXPORT));
    for model in
        ["anthropic.claude-x", "openai.gpt-oss-120b-1:0", "cohere.command-r-v1:0", "amazon.nova-x", "unheard-of"]
    {
        let path = format!("/model/{model}/invoke");
        for seen in [
            gateway.call("POST", &path, &[("content-type", "application/json")], &[b"{}"], &Answer::json("{}")),
            gateway.post(&path, "{", &Answer::json("{}")),
        ] {
            let body: Value = serde_json::from_str(seen.text()).unwrap();
            assert!(body["__type"].is_string() && body["message"].is_string(), "{model}: {body}");
        }
    }
}

#[test]
fn a_tier_that_is_told_in_a_header_is_priced_and_optimized_latency_has_no_listed_price() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let path = "/model/us.amazon.nova-2-lite-v1%3A0/invoke";
    let body = r#"{"output":{"message":{"role":"assistant","content":[{"text":"Hi"}]}},"stopReason":"end_turn","usage":{"inputTokens":1000000,"outputTokens":1000000}}"#;
    let mut cost = |headers: &[(&'static str, &'static str)]| {
        let answer = Answer { headers: headers.to_vec(), ..Answer::json(body) };
        gateway.post(path, r#"{"messages":[{"role":"user","content":[{"text":"Hi"}]}]}"#, &answer);
        let span = gateway.span();
        ["total", "unknown"].map(|name| span.get(&format!("tollgate.cost.{name}")).to_owned())
    };
    let usual = cost(&[]);
    assert_eq!(cost(&[("x-amzn-bedrock-service-tier", "default")]), usual);
    // A million in at 0.33 USD, a million out at 2.75; with priority at 0.5775 and 4.8125.
    assert_eq!(usual, ["3.08", ""]);
    assert_eq!(cost(&[("x-amzn-bedrock-service-tier", "priority")]), ["5.39", ""]);
    assert_eq!(cost(&[("x-amzn-bedrock-performanceconfig-latency", "standard")]), usual);
    assert_eq!(cost(&[("x-amzn-bedrock-performanceconfig-latency", "optimized")]), ["", "bucket"]);
}

#[test]
fn an_inference_profile_is_priced_as_such_though_the_answer_names_the_bare_model() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let mut entry = |asked: &str, answered: &str| {
        let body = format!(
            r#"{{"id":"m","type":"message","model":"{answered}","content":[],"usage":{{"input_tokens":10,"output_tokens":1}}}}"#
        );
        let request = r#"{"anthropic_version":"bedrock-2023-05-31","max_tokens":5,"messages":[]}"#;
        gateway.post(&format!("/model/{asked}/invoke"), request, &Answer::json(&body));
        gateway.span().get("tollgate.cost.entry").to_owned()
    };
    let profile = "eu.anthropic.claude-opus-4-8";
    for answered in ["anthropic.claude-opus-4-8", "claude-opus-4-8", profile] {
        assert_eq!(entry(profile, answered), format!("aws.bedrock/{profile}"), "{answered}");
    }
    let arn = "arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.anthropic.claude-opus-4-8";
    assert_eq!(entry(arn, "anthropic.claude-opus-4-8"), format!("aws.bedrock/{profile}"));
    // A name of the operator's own identifies no model: the answer does.
    assert_eq!(
        entry("my.anthropic.claude-opus-4-8", "anthropic.claude-opus-4-8"),
        "aws.bedrock/anthropic.claude-opus-4-8"
    );
}
