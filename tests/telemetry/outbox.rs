//! The outbox, scene by scene.

use super::calls::{anthropic_whole, openai_stream, span};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::time::Duration;
use tollgate::settings::{Names, OtlpPlan};
use tollgate::telemetry::{BATCHES_OUT, Dropped, Envelope, ExportOutcome, Outbox, encode};

pub(crate) const SECOND: u64 = 1_000_000_000;
pub(crate) const NOW: u64 = 1_795_000_000 * SECOND;
/// Jitter that changes nothing.
pub(crate) const EVEN: u64 = 1 << 63;

pub(crate) fn plan() -> OtlpPlan {
    OtlpPlan {
        cluster: "collector".to_owned(),
        authority: "collector".to_owned(),
        path: "/v1/traces".to_owned(),
        headers: Vec::new(),
        timeout: Duration::from_secs(10),
        batch_spans: 512,
        batch_bytes: 1 << 20,
        batch_interval: Duration::from_secs(1),
        queue_spans: 8192,
        queue_bytes: 8 << 20,
        retry_for: Duration::from_secs(300),
    }
}

pub(crate) fn envelope() -> Envelope {
    Envelope::new(&[("service.name".to_owned(), "tollgate".to_owned())])
}

pub(crate) fn status(code: u32) -> ExportOutcome<'static> {
    ExportOutcome::Status { code, retry_after: None, body: b"" }
}

/// An encoded span that is identified by its name.
pub(crate) fn named(name: &str) -> Vec<u8> {
    let span = Span { name: name.to_owned(), ..Span::default() };
    span.encode_to_vec()
}

/// Names of the spans in an export.
pub(crate) fn names(body: &[u8]) -> Vec<String> {
    let request = ExportTraceServiceRequest::decode(body).expect("an export");
    let scopes = request.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
    scopes.flat_map(|scope| scope.spans).map(|span| span.name).collect()
}

/// Sends the next export that is due. Returns the names in it, and the id for its answer.
pub(crate) fn send(outbox: &mut Outbox, now: u64) -> Option<(u32, Vec<String>)> {
    let export = outbox.next_export(now)?;
    let found = names(export.body);
    assert_eq!(found.len(), export.spans);
    Some((export.id, found))
}

/// An outbox with one span in it, sent once at [`NOW`]; and the attempt's id.
pub(crate) fn sent(plan: &OtlpPlan) -> (Outbox, u32) {
    let mut outbox = Outbox::new(plan, envelope());
    outbox.push(&named("a"), NOW);
    outbox.flush();
    let (id, _) = send(&mut outbox, NOW).unwrap();
    (outbox, id)
}

/// An answer that asks to wait.
pub(crate) fn asked_to_wait<'a>(retry_after: &'a str) -> ExportOutcome<'a> {
    ExportOutcome::Status { code: 429, retry_after: Some(retry_after.as_bytes()), body: b"" }
}

#[test]
fn an_export_is_what_the_published_messages_make_of_it() {
    let mut outbox = Outbox::new(
        &plan(),
        Envelope::new(
            &[
                ("service.name", "gateway"),
                ("telemetry.sdk.name", "opentelemetry"),
                ("service.name", "twice"),
                ("k8s.pod.name", "egress-0"),
            ]
            .map(|(key, value)| (key.to_owned(), value.to_owned())),
        ),
    );
    let calls = [openai_stream(), anthropic_whole()];
    for record in &calls {
        outbox.push(&encode(record, Names::Both), NOW);
    }
    let export = outbox.next_export(NOW + SECOND).unwrap();
    let request = ExportTraceServiceRequest::decode(export.body).unwrap();
    assert_eq!(request.encode_to_vec(), export.body, "nothing in it is unknown");

    let [resource_spans] = request.resource_spans.as_slice() else { panic!("one resource") };
    let [scope_spans] = resource_spans.scope_spans.as_slice() else { panic!("one scope") };
    assert_eq!(scope_spans.spans, calls.map(|record| span(&record, Names::Both)));
    assert_eq!((resource_spans.schema_url.as_str(), scope_spans.schema_url.as_str()), ("", ""));

    let scope = scope_spans.scope.as_ref().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!((scope.name.as_str(), scope.version.as_str()), ("tollgate", version));
    let attributes = &resource_spans.resource.as_ref().unwrap().attributes;
    let found: Vec<(&str, &str)> = attributes
        .iter()
        .map(|attribute| match attribute.value.as_ref().unwrap().value.as_ref() {
            Some(Value::StringValue(text)) => (attribute.key.as_str(), text.as_str()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        found,
        [
            ("service.name", "gateway"),
            ("k8s.pod.name", "egress-0"),
            ("telemetry.sdk.name", "tollgate"),
            ("telemetry.sdk.language", "rust"),
            ("telemetry.sdk.version", version),
        ]
    );
}

#[test]
fn spans_wait_until_the_interval_of_the_oldest_is_over() {
    let mut outbox = Outbox::new(&plan(), envelope());
    outbox.push(&named("a"), NOW);
    outbox.push(&named("b"), NOW + SECOND / 2);
    assert_eq!(send(&mut outbox, NOW + SECOND - 1), None);
    let (id, found) = send(&mut outbox, NOW + SECOND).unwrap();
    assert_eq!(found, ["a", "b"]);
    assert_eq!(send(&mut outbox, NOW + SECOND), None, "it is sent once");
    outbox.answered(id, status(200), NOW + SECOND, EVEN);
    assert!(outbox.is_idle());
    assert_eq!((outbox.exported(), outbox.dropped()), (2, Dropped::default()));
}

#[test]
fn a_full_batch_goes_at_once() {
    let mut outbox = Outbox::new(&OtlpPlan { batch_spans: 2, ..plan() }, envelope());
    outbox.push(&named("a"), NOW);
    assert_eq!(send(&mut outbox, NOW), None);
    for name in ["b", "c"] {
        outbox.push(&named(name), NOW);
    }
    assert_eq!(send(&mut outbox, NOW).unwrap().1, ["a", "b"]);
    assert_eq!(send(&mut outbox, NOW), None, "the rest is no full batch");
}

#[test]
fn a_batch_of_full_size_goes_at_once_and_is_never_larger() {
    let limit = 1_000;
    let mut outbox = Outbox::new(&OtlpPlan { batch_bytes: limit, ..plan() }, envelope());
    for index in 0..20 {
        outbox.push(&named(&format!("{index:0100}")), NOW);
    }
    let mut spans = 0;
    while let Some(export) = outbox.next_export(NOW) {
        assert!(export.body.len() <= limit, "{}", export.body.len());
        assert!(export.body.len() > limit - 110, "{} leaves room", export.body.len());
        spans += export.spans;
    }
    assert_eq!((spans, outbox.queued()), (16, 20), "four are not a full batch yet");
}

#[test]
fn a_span_larger_than_a_batch_goes_alone() {
    let mut outbox = Outbox::new(&OtlpPlan { batch_bytes: 300, ..plan() }, envelope());
    let large = "l".repeat(5_000);
    for name in ["a", &large, "b"] {
        outbox.push(&named(name), NOW);
    }
    assert_eq!(send(&mut outbox, NOW).unwrap().1, ["a"]);
    assert_eq!(send(&mut outbox, NOW).unwrap().1, [large]);
    assert_eq!(send(&mut outbox, NOW + SECOND).unwrap().1, ["b"]);
}

#[test]
fn spans_that_wait_hold_no_more_than_their_bytes_and_one_batch() {
    let mut outbox = Outbox::new(&OtlpPlan { batch_bytes: 2000, ..plan() }, envelope());
    for _ in 0..100 {
        outbox.push(&named(&"l".repeat(100)), NOW);
    }
    assert!(outbox.queued_bytes() > 5 * 2000, "several batches");
    let more = outbox.held_bytes() - outbox.queued_bytes();
    assert!(more <= 2000, "{more}");
}

#[test]
fn a_span_larger_than_the_queue_is_dropped_and_counted() {
    let mut outbox = Outbox::new(&OtlpPlan { queue_bytes: 100, ..plan() }, envelope());
    outbox.push(&named(&"l".repeat(100)), NOW);
    assert!(outbox.is_idle());
    assert_eq!(outbox.dropped().queue_full, 1);
}

#[test]
fn a_full_queue_keeps_the_oldest_spans_wherever_they_are() {
    let narrow = OtlpPlan { queue_spans: 2, batch_spans: 1, ..plan() };
    let mut outbox = Outbox::new(&narrow, envelope());
    for name in ["a", "b", "c"] {
        outbox.push(&named(name), NOW);
    }
    let (first, found) = send(&mut outbox, NOW).unwrap();
    assert_eq!(found, ["a"]);
    outbox.push(&named("d"), NOW);
    assert_eq!(outbox.dropped().queue_full, 2, "what is on its way still takes its room");
    outbox.answered(first, status(200), NOW, EVEN);
    outbox.push(&named("e"), NOW);
    assert_eq!(send(&mut outbox, NOW).unwrap().1, ["b"]);
    assert_eq!(send(&mut outbox, NOW).unwrap().1, ["e"]);
}

#[test]
fn only_so_many_batches_are_out_at_once() {
    let mut outbox = Outbox::new(&OtlpPlan { batch_spans: 1, ..plan() }, envelope());
    for index in 0..10 {
        outbox.push(&named(&index.to_string()), NOW);
    }
    let mut ids = Vec::new();
    while let Some((id, _)) = send(&mut outbox, NOW) {
        ids.push(id);
    }
    assert_eq!(ids.len(), BATCHES_OUT);
    outbox.answered(ids[0], status(503), NOW, EVEN);
    assert_eq!(send(&mut outbox, NOW), None, "a batch that rests keeps its place");
    outbox.answered(ids[1], status(200), NOW, EVEN);
    assert!(send(&mut outbox, NOW).is_some());
}

#[test]
fn a_flush_makes_everything_due_once() {
    let (mut outbox, id) = sent(&plan());
    outbox.answered(id, asked_to_wait("60"), NOW, EVEN);
    outbox.push(&named("b"), NOW);
    assert_eq!(send(&mut outbox, NOW), None);
    outbox.flush();
    outbox.push(&named("c"), NOW);
    let (again, found) = send(&mut outbox, NOW).unwrap();
    assert_eq!(found, ["a"]);
    let (rest, found) = send(&mut outbox, NOW).unwrap();
    assert_eq!(found, ["b", "c"]);
    outbox.answered(again, status(503), NOW, EVEN);
    outbox.push(&named("d"), NOW);
    assert_eq!(send(&mut outbox, NOW), None, "what comes later is batched and waits as ever");
    assert!(!outbox.is_idle());
    outbox.answered(rest, status(200), NOW, EVEN);
    assert_eq!((outbox.exported(), outbox.queued()), (2, 2));
}

#[test]
fn a_clock_that_is_set_back_stops_nothing() {
    let (mut outbox, id) = sent(&plan());
    outbox.answered(id, asked_to_wait("60"), NOW, EVEN);
    outbox.push(&named("b"), NOW);
    let back = NOW - 86_400 * SECOND;
    assert_eq!(send(&mut outbox, back).unwrap().1, ["a"]);
    assert_eq!(send(&mut outbox, back).unwrap().1, ["b"]);
}

#[test]
fn limits_of_zero_send_spans_one_by_one_or_none() {
    let none = OtlpPlan {
        batch_spans: 0,
        batch_bytes: 0,
        batch_interval: Duration::ZERO,
        retry_for: Duration::ZERO,
        ..plan()
    };
    let mut outbox = Outbox::new(&none, envelope());
    outbox.push(&named("a"), NOW);
    outbox.push(&named("b"), NOW);
    let (id, found) = send(&mut outbox, NOW).unwrap();
    assert_eq!(found, ["a"]);
    assert_eq!(send(&mut outbox, NOW).unwrap().1, ["b"]);
    outbox.answered(id, status(503), NOW, EVEN);
    assert_eq!(outbox.dropped().expired, 1);

    let mut outbox = Outbox::new(&OtlpPlan { queue_spans: 0, ..plan() }, envelope());
    outbox.push(&named("a"), NOW);
    assert_eq!(outbox.dropped().queue_full, 1);
}
