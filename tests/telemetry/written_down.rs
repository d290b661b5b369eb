//! Spans against golden files and the table of attributes.

use super::calls::{anthropic_whole, cut_by_client, openai_stream, refused, span};
use super::span::with;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use std::fmt::Write;
use std::path::Path;
use tollgate::model::Failure;
use tollgate::policy::GuardFault;
use tollgate::price::Cost;
use tollgate::record::{CallRecord, Captured, GuardDecision, GuardRecord};
use tollgate::settings::Names;
use tollgate::telemetry::{Attribute, ValueType, attributes};
use tollgate::usage::{Bucket, Usage};

/// Calls, the requested names, and the file with the expected span.
fn golden() -> Vec<(&'static str, CallRecord, Names)> {
    vec![
        ("openai_stream", openai_stream(), Names::Latest),
        ("openai_stream_legacy", openai_stream(), Names::Legacy),
        ("openai_stream_both", openai_stream(), Names::Both),
        ("anthropic_whole", anthropic_whole(), Names::Latest),
        ("anthropic_whole_legacy", anthropic_whole(), Names::Legacy),
        ("refused", refused(), Names::Latest),
        ("cut_by_client", cut_by_client(), Names::Latest),
    ]
}

/// A span as lines for people.
fn shown(span: &Span) -> String {
    let hex = |id: &[u8]| id.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let mut lines = String::new();
    let status = span.status.as_ref().map_or(0, |status| status.code);
    writeln!(lines, "name: {}", span.name).unwrap();
    writeln!(lines, "kind: {}, status: {status}, flags: {:#x}", span.kind, span.flags).unwrap();
    writeln!(lines, "trace: {}, state: {:?}", hex(&span.trace_id), span.trace_state).unwrap();
    writeln!(lines, "span: {}, parent: {:?}", hex(&span.span_id), hex(&span.parent_span_id)).unwrap();
    let (start, end) = (span.start_time_unix_nano, span.end_time_unix_nano);
    writeln!(lines, "from {start} to {end}").unwrap();
    for attribute in &span.attributes {
        let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
        let value = value.expect("a value");
        writeln!(lines, "{}: {}", attribute.key, shown_value(value)).unwrap();
    }
    lines
}

fn shown_value(value: &Value) -> String {
    match value {
        Value::StringValue(text) => format!("{text:?}"),
        Value::BoolValue(truth) => truth.to_string(),
        Value::IntValue(number) => number.to_string(),
        Value::DoubleValue(number) => format!("{number:?}"),
        Value::ArrayValue(array) => {
            let values = array.values.iter().filter_map(|value| value.value.as_ref());
            format!("[{}]", values.map(shown_value).collect::<Vec<_>>().join(", "))
        }
        other => panic!("no attribute is {other:?}"),
    }
}

#[test]
fn calls_make_the_spans_that_are_written_down() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/spans");
    for (name, record, names) in golden() {
        let found = shown(&span(&record, names));
        let file = folder.join(name).with_extension("txt");
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            std::fs::write(&file, &found).unwrap();
        }
        let expected = std::fs::read_to_string(&file).unwrap_or_default();
        assert_eq!(expected, found, "{name}: UPDATE_GOLDEN=1 writes it anew");
    }
}

#[test]
fn every_attribute_is_in_the_table_with_its_type() {
    let kept = with(openai_stream(), |record| {
        record.content =
            Captured::Messages { system: Some("[]".to_owned()), input: "[]".to_owned(), output: "[]".to_owned() };
    });
    let more = [(kept, Names::Both), (anthropic_whole(), Names::Both)];
    let calls = golden().into_iter().map(|(_, record, names)| (record, names)).chain(more);
    for (record, names) in calls {
        let span = span(&record, names);
        let mut seen = std::collections::HashSet::new();
        for attribute in span.attributes {
            assert!(seen.insert(attribute.key.clone()), "{} is there twice", attribute.key);
            let value = attribute.value.and_then(|value| value.value);
            let named =
                |row: &&Attribute| row.latest == attribute.key || row.legacy_name() == Some(attribute.key.as_str());
            let one_of = |row: &&Attribute| row.stem != row.latest && attribute.key.starts_with(row.stem);
            let row = attributes().find(named).or_else(|| attributes().find(one_of));
            let expected = row.unwrap_or_else(|| panic!("{} is in no row", attribute.key)).value;
            let fits = matches!(
                (expected, value.expect("a value")),
                (ValueType::String | ValueType::Json, Value::StringValue(_))
                    | (ValueType::Int, Value::IntValue(_))
                    | (ValueType::Double, Value::DoubleValue(_))
                    | (ValueType::Boolean, Value::BoolValue(true))
                    | (ValueType::Strings, Value::ArrayValue(_))
            );
            assert!(fits, "{} is no {}", attribute.key, expected.as_str());
        }
    }
}

#[test]
fn every_row_of_the_table_is_used() {
    let buckets = Bucket::ALL.map(|bucket| (bucket, 1)).to_vec();
    let usage = Bucket::ALL.into_iter().fold(Usage::default(), |usage, bucket| usage.with(bucket, 1));
    let full = with(openai_stream(), |record| {
        record.attempts[0].reply.usage = Some(usage);
        record.attempts[0].model = Some("gpt-5-mini".into());
        record.attempts[0].duration = Some(1);
        record.attempts[0].lost = vec!["seed".to_owned()];
        record.attempts[0].lost_in_answer = vec!["choices[].logprobs".to_owned()];
        let first = record.attempts[0].clone();
        record.attempts.insert(0, first);
        record.cost = Cost::Exact { total: 8, parts: buckets, entry: "e".to_owned() };
        record.content =
            Captured::Messages { system: Some("[]".to_owned()), input: "[]".to_owned(), output: "[]".to_owned() };
    });
    let hashed = with(cut_by_client(), |record| {
        let word = |word: &str| Some(word.to_owned());
        record.attempts[0].reply.failure =
            Some(Failure { kind: word("overloaded_error"), code: word("529"), status: None });
        record.guard = Some(GuardRecord {
            decision: GuardDecision::Failed(GuardFault::NoAnswer),
            rule: word("no_secrets"),
            waited: Some(1),
        });
        record.content = Captured::Hashes { input: "00".to_owned(), output: "01".to_owned() };
    });
    let counted = with(openai_stream(), |record| {
        record.shadow = true;
        record.attempts[0].reply.usage = Some(Usage::default().with(Bucket::Input, 1));
        record.belongs_to_other_call = true;
    });
    let keys: Vec<String> = [full, hashed, counted]
        .iter()
        .flat_map(|record| span(record, Names::Both).attributes)
        .map(|attribute| attribute.key)
        .collect();
    for row in attributes() {
        assert!(keys.iter().any(|key| key.starts_with(row.stem)), "{}", row.latest);
        if let Some(legacy) = row.legacy_name() {
            assert!(keys.iter().any(|key| key == legacy), "{legacy}");
        }
    }
}

#[test]
fn both_names_are_the_current_ones_and_the_deprecated_ones() {
    for record in [openai_stream(), anthropic_whole(), refused(), cut_by_client()] {
        let [latest, legacy, both] = [Names::Latest, Names::Legacy, Names::Both].map(|names| {
            let attributes = span(&record, names).attributes.into_iter();
            attributes.map(|attribute| attribute.key).collect::<std::collections::BTreeSet<_>>()
        });
        assert_eq!(both, latest.union(&legacy).cloned().collect());
    }
}
