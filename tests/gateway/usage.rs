//! Usage of a call, as the client asked for it and as it is paid for.

use super::calls::{ANTHROPIC, OPENAI, fixture, gateway};
use super::support::{Answer, EXPORT, Gateway, KEY, settings, settings_for_all};
use tollgate::call::Ending;

#[test]
fn usage_is_asked_for_where_the_client_did_not_and_its_event_is_kept_from_the_client() {
    let mut gateway = gateway(r#","redaction":{"detect":[]}"#);
    let stream = fixture("openai_chat/stream.sse");
    let usage_event = "data: {\"id\":\"chatcmpl-fixture1\"";
    let of_usage = stream.split_inclusive("\n\n").find(|event| event.contains("\"choices\":[]")).unwrap();
    assert!(of_usage.starts_with(usage_event));
    let without = stream.replace(of_usage, "");
    let body = |options: &str| format!(r#"{{"model":"gpt-4o-mini","stream":true{options},"messages":[]}}"#);
    let cases = [
        ("", r#"{"stream_options":{"include_usage":true},"model":"gpt-4o-mini","stream":true,"messages":[]}"#, false),
        (r#","stream_options":null"#, &body(r#","stream_options":{"include_usage":true}"#), false),
        (r#","stream_options":{}"#, &body(r#","stream_options":{"include_usage":true}"#), false),
        (
            r#","stream_options":{"include_usage": false }"#,
            &body(r#","stream_options":{"include_usage": true }"#),
            false,
        ),
        (r#","stream_options":{"x":1}"#, &body(r#","stream_options":{"include_usage":true,"x":1}"#), false),
        (r#","stream_options":{"include_usage":true}"#, &body(r#","stream_options":{"include_usage":true}"#), true),
    ];
    for (options, expected, asked) in cases {
        for size in [1, 17, 1 << 20] {
            let pieces = stream.as_bytes().chunks(size).map(<[u8]>::to_vec).collect();
            let seen = gateway.post(OPENAI, &body(options), &Answer::stream(pieces));
            assert_eq!(seen.sent(), expected);
            assert_eq!(seen.text(), if asked { &stream } else { &without });
            assert_eq!(gateway.span().get("gen_ai.usage.input_tokens"), "1200");
        }
    }
}

#[test]
fn usage_is_not_asked_for_in_a_version_of_azures_api_that_would_refuse_it() {
    let gateway = Gateway::new(&settings_for_all(""));
    let body = r#"{"stream":true,"messages":[]}"#;
    for (version, asks) in [
        ("?api-version=2023-05-15", false),
        ("?x=1&api-version=2024-08-01-preview", false),
        ("?api-version=2024-09-01-preview", true),
        ("?api-version=2024-10-21", true),
        ("?api-version=preview", true),
        ("", true),
    ] {
        let path = format!("/openai/deployments/d/chat/completions{version}");
        let key = format!("Bearer {KEY}");
        let headers = [("authorization", key.as_str()), (":authority", "azure_openai.example")];
        let seen = gateway.call("POST", &path, &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.sent().contains("include_usage"), asks, "{version}");
    }
}

#[test]
fn usage_is_not_asked_of_those_who_tell_it_anyway_and_may_refuse_to_be_asked() {
    let gateway = Gateway::new(&settings_for_all(""));
    let body = r#"{"model":"m","stream":true,"messages":[]}"#;
    let key = format!("Bearer {KEY}");
    for (host, asks) in
        [("databricks.example", false), ("api.mistral.ai", false), ("api.perplexity.ai", false), ("api.x.ai", true)]
    {
        let headers = [("authorization", key.as_str()), (":authority", host)];
        let seen = gateway.call("POST", OPENAI, &headers, &[body.as_bytes()], &Answer::json("{}"));
        assert_eq!(seen.sent().contains("include_usage"), asks, "{host}");
    }
    let mistral = "/v1/projects/p/locations/l/publishers/mistralai/models/mistral-small:streamRawPredict";
    let headers = [("authorization", key.as_str()), (":authority", "aiplatform.googleapis.com")];
    let seen = gateway.call("POST", mistral, &headers, &[body.as_bytes()], &Answer::json("{}"));
    assert_eq!(seen.sent(), body);
}

#[test]
fn usage_told_before_a_cut_is_marked_as_incomplete() {
    let mut gateway = gateway("");
    let request = r#"{"model":"claude-sonnet-4-5","stream":true,"messages":[]}"#;
    let stream = fixture("anthropic_messages/stream.sse");
    let begun = stream.split("event: message_delta").next().unwrap().as_bytes().to_vec();
    for cut in [Some(Ending::CutByClient), None] {
        let answer = Answer { cut, ..Answer::stream(vec![begun.clone()]) };
        gateway.post(ANTHROPIC, request, &answer);
        let span = gateway.span();
        assert_eq!(span.get("gen_ai.usage.output_tokens"), "1");
        assert!(span.get("tollgate.notes").contains("usage_incomplete"), "{span:?}");
    }
    gateway.post(ANTHROPIC, request, &Answer::stream(vec![stream.into_bytes()]));
    assert_eq!(gateway.span().get("tollgate.notes"), "");
}

/// Sums of tokens over spans counted a future call twice, and a fetched answer as often as it was fetched.
#[test]
fn what_is_counted_of_another_call_is_in_no_sum_and_costs_nothing() {
    let export = r#","telemetry":{"otlp":{"cluster":"otel"},"estimate_usage":true}"#;
    let mut gateway = Gateway::new(&settings(export));
    let usage = r#"{"input_tokens":1200,"input_tokens_details":{"cached_tokens":1000},"output_tokens":30}"#;
    let answer = format!(r#"{{"id":"resp_1","object":"response","status":"completed","output":[],"usage":{usage}}}"#);
    let key = format!("Bearer {KEY}");
    gateway.call("GET", "/v1/responses/resp_1", &[("authorization", &key)], &[], &Answer::json(&answer));
    let fetched = gateway.span();
    let asked = r#"{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"How long is this?"}]}"#;
    gateway.post("/v1/messages/count_tokens", asked, &Answer::json(r#"{"input_tokens":14}"#));
    let counted = gateway.span();
    gateway.post("/v1/messages/count_tokens", asked, &Answer::json("{}"));
    let uncounted = gateway.span();
    assert_eq!(fetched.get("tollgate.counted.input_tokens"), "1200");
    assert_eq!(fetched.get("tollgate.counted.cache_read.input_tokens"), "1000");
    assert_eq!(fetched.get("tollgate.counted.output_tokens"), "30");
    assert_eq!(counted.get("tollgate.counted.input_tokens"), "14");
    for span in [fetched, counted, uncounted] {
        let has = |prefix: &str| span.of.keys().any(|name| name.starts_with(prefix));
        assert!(!has("gen_ai.usage.") && !has("tollgate.usage.") && !has("tollgate.cost."), "{:?}", span.of);
    }
}

#[test]
fn what_other_models_were_run_for_is_in_the_cost_or_makes_it_unknown() {
    let mut gateway = gateway("");
    let mut cost = |more: &str, runs: &str| {
        let answer = format!(
            r#"{{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{{"type":"text","text":"Yes"}}],"stop_reason":"end_turn","usage":{{"input_tokens":1000,"output_tokens":100{more},"iterations":[{runs}]}}}}"#
        );
        let request = r#"{"model":"claude-haiku-4-5","max_tokens":9,"messages":[]}"#;
        gateway.post(ANTHROPIC, request, &Answer::json(&answer));
        let span = gateway.span();
        ["total", "output", "entry", "unknown"].map(|name| span.get(&format!("tollgate.cost.{name}")).to_owned())
    };
    let own = r#"{"type":"message","input_tokens":1000,"output_tokens":100}"#;
    let advisor = r#"{"type":"advisor_message","model":"claude-opus-4-8","input_tokens":2000,"output_tokens":10}"#;
    // 1000 at 1 USD a million, 100 out at 5.
    assert_eq!(cost("", own), ["0.0015", "0.0005", "anthropic/claude-haiku-4-5-20251001", ""]);
    // In addition, each time, 2000 at 5 USD a million, 10 out at 25.
    let entries = "anthropic/claude-haiku-4-5-20251001 + anthropic/claude-opus-4-8";
    assert_eq!(cost("", &format!("{own},{advisor},{advisor}")), ["0.022", "0.001", entries, ""]);
    // 4000 of its own at 5 USD a million, 20 out at 25: the attempt that was declined.
    let declined = r#"{"type":"message","model":"claude-opus-4-8","input_tokens":4000,"output_tokens":20}"#;
    let fallback =
        r#"{"type":"fallback_message","model":"claude-haiku-4-5-20251001","input_tokens":1000,"output_tokens":100}"#;
    assert_eq!(cost("", &format!("{declined},{fallback}")), ["0.022", "0.001", entries, ""]);
    let unheard_of = advisor.replacen("claude-opus-4-8", "claude-unheard-of", 1);
    let unnamed = r#"{"type":"rehearsal_message","input_tokens":2000,"output_tokens":10}"#;
    for run in [unheard_of.as_str(), unnamed] {
        assert_eq!(cost("", &format!("{own},{run}")), ["", "", "", "model"]);
    }
    assert_eq!(cost(r#","speed":"fast""#, &format!("{own},{advisor}"))[0], "", "at which speed it ran is not said");
}

#[test]
fn a_prompt_is_as_long_as_its_longest_round_and_not_as_their_sum() {
    let mut gateway = gateway("");
    let mut cost = |rounds: [u64; 2]| {
        let [first, second] = rounds;
        let answer = format!(
            r#"{{"id":"m","type":"message","model":"claude-sonnet-4-20250514","content":[],"stop_reason":"end_turn","usage":{{"input_tokens":{},"output_tokens":0,"iterations":[{{"type":"message","input_tokens":{first},"output_tokens":0}},{{"type":"message","input_tokens":1,"cache_read_input_tokens":{},"output_tokens":0}}]}}}}"#,
            first + second,
            second - 1,
        );
        let request = r#"{"model":"claude-sonnet-4-0","max_tokens":9,"messages":[]}"#;
        gateway.post(ANTHROPIC, request, &Answer::json(&answer));
        gateway.span().get("tollgate.cost.total").to_owned()
    };
    // 3 USD a million, and 6 for prompts of more than 200,000 tokens.
    assert_eq!(cost([150_000, 150_000]), "0.9");
    assert_eq!(cost([50_000, 250_000]), "1.8");
}

#[test]
fn the_location_of_a_vertex_ai_path_decides_the_price() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let mut cost = |location: &str| {
        let path = format!(
            "/v1/projects/p/locations/{location}/publishers/anthropic/models/claude-sonnet-4-5@20250929:rawPredict"
        );
        let answer = r#"{"id":"m","type":"message","model":"claude-sonnet-4-5-20250929","content":[],"stop_reason":"end_turn","usage":{"input_tokens":1000,"output_tokens":0}}"#;
        let request = r#"{"anthropic_version":"vertex-2023-10-16","max_tokens":9,"messages":[]}"#;
        gateway.post(&path, request, &Answer::json(answer));
        gateway.span().get("tollgate.cost.total").to_owned()
    };
    // 3 USD a million, and a tenth more in any region but the global one.
    assert_eq!((cost("global"), cost("us-east5")), ("0.003".to_owned(), "0.0033".to_owned()));
}

#[test]
fn what_perplexity_searched_is_paid_for() {
    let mut gateway = Gateway::new(&settings_for_all(EXPORT));
    let body = r#"{"model":"sonar","messages":[]}"#;
    let answer = r#"{"model":"sonar","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":178,"total_tokens":186,
        "search_context_size":"low","cost":{"request_cost":0.005,"total_cost":0.00519}}}"#;
    let key = format!("Bearer {KEY}");
    let headers = [("authorization", key.as_str()), (":authority", "api.perplexity.ai")];
    gateway.call("POST", "/chat/completions", &headers, &[body.as_bytes()], &Answer::json(answer));
    let span = gateway.span();
    assert_eq!((span.get("tollgate.cost.total"), span.get("tollgate.cost.reported")), ("0.005186", "0.00519"));
    // By the example and the prices of <https://docs.perplexity.ai/getting-started/pricing>.
    let answer = r#"{"model":"sonar-deep-research","choices":[],"usage":{"prompt_tokens":33,"completion_tokens":7163,
        "total_tokens":7196,"citation_tokens":20016,"num_search_queries":18,"reasoning_tokens":73997}}"#;
    gateway.call("POST", "/chat/completions", &headers, &[body.as_bytes()], &Answer::json(answer));
    assert_eq!(gateway.span().get("tollgate.cost.total"), "0.409393");
}

#[test]
fn an_image_of_some_megabytes_in_one_event_is_paid_for() {
    let mut gateway = gateway("");
    let encoded = "iVBORw0K".repeat(1 << 19);
    let event = format!(
        r#"{{"type":"image_generation.completed","b64_json":"{encoded}","usage":{{"input_tokens":9,"output_tokens":4160,"total_tokens":4169}}}}"#
    );
    let body = r#"{"model":"gpt-image-1","prompt":"a cat","stream":true}"#;
    let stream = format!("event: image_generation.completed\ndata: {event}\n\n");
    let pieces = stream.as_bytes().chunks(16 << 10).map(<[u8]>::to_vec).collect();
    let seen = gateway.post("/v1/images/generations", body, &Answer::stream(pieces));
    assert_eq!(seen.text(), stream);
    assert_eq!(gateway.span().get("gen_ai.usage.output_tokens"), "4160");
}
