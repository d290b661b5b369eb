//! Calls as spans.

use super::calls::{STARTED, anthropic_whole, cut_by_client, openai_stream, refused, span};
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use tollgate::price::Cost;
use tollgate::record::{AttemptRecord, CallRecord, Captured, Outcome};
use tollgate::settings::Names;
use tollgate::telemetry::encode;

/// A call with one change.
pub(crate) fn with(record: CallRecord, change: impl FnOnce(&mut CallRecord)) -> CallRecord {
    let mut record = record;
    change(&mut record);
    record
}

fn value(record: &CallRecord, key: &str) -> Option<Value> {
    find(&span(record, Names::Latest), key)
}

fn find(span: &Span, key: &str) -> Option<Value> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == key);
    attribute.and_then(|attribute| attribute.value.clone()?.value)
}

fn text(value: &str) -> Option<Value> {
    Some(Value::StringValue(value.to_owned()))
}

fn texts(record: &CallRecord, key: &str) -> Vec<String> {
    let Some(Value::ArrayValue(array)) = value(record, key) else {
        return Vec::new();
    };
    let strings = array.values.into_iter().map(|value| match value.value {
        Some(Value::StringValue(text)) => text,
        other => panic!("{key} holds {other:?}"),
    });
    strings.collect()
}

#[test]
fn deprecated_provider_values_go_with_the_deprecated_name() {
    for (provider, system) in [
        ("openai", "openai"),
        ("anthropic", "anthropic"),
        ("azure.ai.inference", "az.ai.inference"),
        ("azure.ai.openai", "az.ai.openai"),
        ("gcp.vertex_ai", "vertex_ai"),
        ("gcp.gemini", "gemini"),
        ("x_ai", "xai"),
        ("openrouter", "openrouter"),
    ] {
        let record = with(refused(), |record| record.attempts = vec![attempt(provider)]);
        let span = span(&record, Names::Both);
        assert_eq!(find(&span, "gen_ai.provider.name"), text(provider));
        assert_eq!(find(&span, "gen_ai.system"), text(system));
    }
}

fn attempt(provider: &str) -> AttemptRecord {
    AttemptRecord::of(provider, ("provider.example".into(), 443))
}

#[test]
fn attributes_of_openai_are_on_no_other_providers_span() {
    let record = with(openai_stream(), |record| record.attempts[0].provider = "groq".into());
    for names in [Names::Latest, Names::Legacy, Names::Both] {
        for attribute in span(&record, names).attributes {
            assert!(!attribute.key.contains("openai"), "{}", attribute.key);
        }
    }
    assert_eq!(value(&record, "gen_ai.request.seed"), Some(Value::IntValue(-7)));
}

#[test]
fn what_is_not_known_is_absent() {
    let record = with(refused(), |record| {
        record.operation = None;
        record.api_operation = None;
        record.api_type = None;
        record.status = None;
    });
    let span = span(&record, Names::Both);
    let keys: Vec<&str> = span.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert_eq!(keys, ["tollgate.outcome", "error.type"]);
    assert_eq!(span.name, "tollgate.unknown");
}

#[test]
fn zero_is_written_where_the_provider_said_zero() {
    let record = anthropic_whole();
    let read = "gen_ai.usage.cache_read.input_tokens";
    assert_eq!(value(&record, read), Some(Value::IntValue(0)));
    assert_eq!(value(&record, "gen_ai.usage.reasoning.output_tokens"), None);
    assert_eq!(value(&record, "gen_ai.usage.input_tokens"), Some(Value::IntValue(2_060)));
    let written = "gen_ai.usage.cache_write.input_tokens";
    assert_eq!(value(&record, written), Some(Value::IntValue(2_048)));
}

#[test]
fn the_name_is_operation_and_model_as_far_as_known() {
    assert_eq!(span(&openai_stream(), Names::Latest).name, "chat gpt-5");
    assert_eq!(span(&refused(), Names::Latest).name, "chat");
}

#[test]
fn one_choice_asked_for_is_not_worth_saying() {
    let record = with(openai_stream(), |record| record.parameters.choices = Some(1));
    assert_eq!(value(&record, "gen_ai.request.choice.count"), None);
}

#[test]
fn the_usual_service_tier_is_not_worth_saying() {
    let auto = Some("auto".to_owned());
    let record = with(openai_stream(), |record| record.parameters.service_tier = auto);
    assert_eq!(value(&record, "openai.request.service_tier"), None);
}

#[test]
fn a_whole_answer_has_no_first_chunk() {
    let record = with(openai_stream(), |record| record.stream = false);
    assert_eq!(value(&record, "gen_ai.response.time_to_first_chunk"), None);
    assert_eq!(value(&record, "gen_ai.request.stream"), None);
}

#[test]
fn only_success_leaves_the_status_unset() {
    let error = |error: &str| error.to_owned();
    for (outcome, word, kind) in [
        (Outcome::Failed { error: error("rate_limit_exceeded") }, "failed", "rate_limit_exceeded"),
        (Outcome::Failed { error: error("") }, "failed", "_OTHER"),
        (Outcome::Refused { error: "model_not_allowed" }, "refused", "model_not_allowed"),
        (Outcome::CutByClient, "cut_by_client", "client_disconnected"),
        (Outcome::CutByProvider { error: error("stream_truncated") }, "cut_by_provider", "stream_truncated"),
    ] {
        let record = with(openai_stream(), |record| record.outcome = outcome);
        let status = span(&record, Names::Latest).status.expect("a status");
        assert_eq!((status.code, status.message.as_str()), (2, ""), "{word}");
        assert_eq!(value(&record, "tollgate.outcome"), text(word));
        assert_eq!(value(&record, "error.type"), text(kind));
    }
    assert_eq!(span(&openai_stream(), Names::Latest).status, None);
    assert_eq!(value(&openai_stream(), "error.type"), None);
}

#[test]
fn a_choice_whose_reason_never_came_ended_in_error() {
    let reasons = |record: &CallRecord| texts(record, "gen_ai.response.finish_reasons");
    assert_eq!(reasons(&cut_by_client()), ["error"]);

    let half = with(cut_by_client(), |record| {
        record.parameters.choices = Some(3);
        record.attempts[0].reply.finish_reasons = vec![None, Some("stop".to_owned())];
    });
    assert_eq!(reasons(&half), ["error", "stop", "error"]);

    let not_begun = with(refused(), |record| {
        record.attempts = vec![attempt("openai")];
        record.outcome = Outcome::Failed { error: "invalid_request_error".to_owned() };
    });
    assert!(reasons(&not_begun).is_empty(), "no answer began, so none broke off");
    assert!(reasons(&refused()).is_empty());

    let absurd = with(cut_by_client(), |record| record.parameters.choices = Some(u64::MAX));
    assert_eq!(reasons(&absurd).len(), 128);
}

#[test]
fn costs_are_exact_to_the_last_digit() {
    for (pico, shown, number) in [
        (0, "0", 0.0),
        (1, "0.000000000001", 1e-12),
        (1_500_000_000_000, "1.5", 1.5),
        (120_000_000_000_000, "120", 120.0),
        (30_000_000, "0.00003", 3e-5),
        (u64::MAX, "18446744.073709551615", 18_446_744.073_709_55),
    ] {
        let record = with(openai_stream(), |record| {
            record.cost = Cost::Exact { total: pico, parts: Vec::new(), entry: "entry".to_owned() };
        });
        assert_eq!(value(&record, "tollgate.cost.total"), text(shown));
        let cost = value(&record, "gen_ai.usage.cost");
        assert_eq!(cost, Some(Value::DoubleValue(number)));
    }
}

#[test]
fn an_unknown_cost_says_why_and_is_no_number() {
    let record = anthropic_whole();
    assert_eq!(value(&record, "tollgate.cost.unknown"), text("model"));
    assert_eq!(value(&record, "gen_ai.usage.cost"), None);
    assert_eq!(value(&record, "tollgate.cost.total"), None);
    assert_eq!(value(&refused(), "tollgate.cost.unknown"), None, "nothing was bought");
}

#[test]
fn a_call_that_reached_no_provider_cost_nothing_and_one_that_was_cut_may_have() {
    let cut = |status: Option<u16>, error: &str| {
        let record = with(cut_by_client(), |record| {
            record.status = status;
            record.outcome = Outcome::CutByProvider { error: error.to_owned() };
        });
        value(&record, "tollgate.cost.unknown")
    };
    assert_eq!(cut(None, "upstream_reset_before_response_started{connection_failure}"), None);
    assert_eq!(cut(None, "upstream_reset_before_response_started{connection_termination}"), text("usage"));
    assert_eq!(cut(Some(200), "upstream_reset_after_response_started{connection_termination}"), text("usage"));
    assert_eq!(value(&cut_by_client(), "tollgate.cost.unknown"), text("usage"));
    let nowhere = with(cut_by_client(), |record| record.attempts.clear());
    assert_eq!(value(&nowhere, "tollgate.cost.unknown"), None, "the client left before the request was whole");
}

#[test]
fn the_span_says_that_it_is_sampled_and_whether_its_parent_is_remote() {
    let flags = |record: &CallRecord| span(record, Names::Latest).flags;
    assert_eq!(flags(&openai_stream()), 0x303);
    assert_eq!(flags(&refused()), 0x103);
    let unsampled = with(openai_stream(), |record| record.trace.flags = 0);
    assert_eq!(flags(&unsampled), 0x301, "exported all the same");
}

#[test]
fn a_span_never_ends_before_it_starts() {
    let record = with(refused(), |record| record.ended = STARTED - 1);
    assert_eq!(span(&record, Names::Latest).end_time_unix_nano, STARTED);
}

#[test]
fn hashes_and_messages_are_written_only_when_kept() {
    let hashed = with(openai_stream(), |record| {
        record.content = Captured::Hashes { input: "ab".repeat(32), output: "cd".repeat(32) };
    });
    assert_eq!(value(&hashed, "tollgate.content.input.sha256"), text(&"ab".repeat(32)));
    assert_eq!(value(&hashed, "tollgate.content.output.sha256"), text(&"cd".repeat(32)));

    let long = format!("[{}]", "1,".repeat(5_000));
    let kept = with(openai_stream(), |record| {
        record.content = Captured::Messages { system: None, input: long.clone(), output: "[]".to_owned() };
    });
    assert_eq!(value(&kept, "gen_ai.system_instructions"), None);
    assert_eq!(value(&kept, "gen_ai.input.messages"), text(&long), "content is not cut");
    assert_eq!(value(&kept, "gen_ai.output.messages"), text("[]"));

    for attribute in span(&openai_stream(), Names::Both).attributes {
        let content = ["messages", "instructions", "content"];
        assert!(!content.iter().any(|word| attribute.key.contains(word)), "{}", attribute.key);
    }
}

#[test]
fn texts_from_outside_are_cut_at_the_end_of_a_character() {
    let long = Some(format!("{}é{}", "m".repeat(255), "m".repeat(100_000)));
    let record = with(openai_stream(), |record| {
        record.request_model.clone_from(&long);
        record.caller.user = long.as_deref().map(Into::into);
        record.attempts[0].reply.id.clone_from(&long);
        record.attempts[0].reply.finish_reasons = vec![long.clone(); 200];
        record.parameters.stop = vec!["s".repeat(9_999); 1_000];
        record.outcome = Outcome::Failed { error: "e".repeat(9_999) };
    });
    let expected = "m".repeat(255);
    assert_eq!(value(&record, "gen_ai.request.model"), text(&expected));
    assert_eq!(value(&record, "user.id"), text(&expected));
    assert_eq!(value(&record, "error.type"), text(&"e".repeat(256)));
    assert_eq!(texts(&record, "gen_ai.response.finish_reasons"), vec![expected; 128]);
    assert_eq!(texts(&record, "gen_ai.request.stop_sequences"), vec!["s".repeat(256); 128]);
    assert_eq!(span(&record, Names::Latest).name.len(), "chat ".len() + 255);
    assert!(encode(&record, Names::Both).len() < 80_000);
}

#[test]
fn numbers_that_the_protocol_cannot_carry_are_absent() {
    let record = with(openai_stream(), |record| {
        record.parameters.max_tokens = Some(u64::MAX);
        record.parameters.top_k = Some(i64::MAX);
    });
    assert_eq!(value(&record, "gen_ai.request.max_tokens"), None);
    assert_eq!(value(&record, "gen_ai.request.top_k"), Some(Value::IntValue(i64::MAX)));
}
