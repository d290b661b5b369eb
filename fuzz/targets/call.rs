//! A whole call with any request and any answer, in any pieces: it never hangs, is always recorded, and the pieces
//! change neither the client's answer nor the record. An input: a line of method, path, size of the pieces and the
//! status; the request's headers and body; a separator; a line, the answer's headers and body.

use crate::message::{Message, pieces, two};
use std::sync::Arc;
use tollgate::attempt::{Headers, OnResponseBody};
use tollgate::call::{Call, Ending, Step};
use tollgate::provider::ROWS;
use tollgate::settings::Plan;
use tollgate::record::{CallRecord, FreshIds};
use tollgate::telemetry::encode;

thread_local! {
    static PLAN: Arc<Plan> = Arc::new(plan(r#"{"stream_event":"4KiB","response_body":"16KiB"}"#));
}

/// The virtual key of every call.
const KEY: &str = "tg-fuzz-0123456789abcdefghijkl";

/// A provider of each kind, and limits; the digest is that of [`KEY`].
pub(crate) fn plan(limits: &str) -> Plan {
    let provider =
        |kind| format!(r#"{{"name":"{kind}","kind":"{kind}","credential":{{"env":"K"}},"host":"provider.example"}}"#);
    let providers: Vec<String> = ROWS.iter().map(|row| provider(row.kind)).collect();
    let settings = format!(
        r#"{{"providers":[{}],
        "keys":[{{"id":"k","sha256":"49e9c10fadc015277b56c1126e29650429ed22a8668cb80d9369490d8b6567ea"}}],
        "unknown_paths":"pass","telemetry":{{"content":"redacted"}},
        "redaction":{{"placeholder_key":{{"env":"K"}}}},
        "limits":{limits}}}"#,
        providers.join(",")
    );
    let plan =
        tollgate::settings::read(settings.as_bytes(), &|_| Some("a-secret-of-thirty-two-bytes-or-more".to_owned()));
    plan.unwrap_or_else(|problems| panic!("{problems}"))
}

fn headers(message: &Message<'_>, first: &[(&str, &str)]) -> Headers {
    let mut all: Vec<_> = first.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect();
    all.extend(message.headers.iter().map(|(name, value)| (name.to_owned(), value.to_vec())));
    Headers::from_iter(all)
}

/// Returns the client's answer, and the record.
pub(crate) fn called(
    plan: &Arc<Plan>,
    request: &Message<'_>,
    answer: &Message<'_>,
    size: usize,
) -> (Vec<u8>, CallRecord) {
    let mut got = Vec::new();
    let mut call = Call::new(Arc::clone(plan), 1, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let head =
        [(":method", request.word(0)), (":path", request.word(1)), (":authority", "gateway"), ("x-api-key", KEY)];
    let goes_on = match call.on_request_headers(headers(request, &head), request.body.is_empty()) {
        Step::Wait => match call.on_request_body_growing(request.body.len() / 2) {
            Step::Wait => matches!(call.on_request_body(request.body), Step::Continue(_)),
            _ => false,
        },
        Step::Continue(_) => true,
        Step::Refuse(_) | Step::Answer(_) | Step::Ask(_) => false,
    };
    if goes_on {
        let status = request.number(3).clamp(100, 599).to_string();
        call.on_response_headers(&headers(answer, &[(":status", &status)]), false);
        let mut push = |piece: &[u8], end| match call.on_response_body(piece, end, || 2) {
            OnResponseBody::Pass => got.extend_from_slice(piece),
            OnResponseBody::Replace(bytes) => got.extend_from_slice(&bytes),
            OnResponseBody::Hold => assert!(!end, "held beyond the end"),
        };
        pieces(answer.body, size, size).for_each(|piece| push(piece, false));
        push(&[], true);
    }
    let record = call.finish(4, &Ending::Whole).expect("it is recorded");
    (got, record)
}

pub(crate) fn run(input: &[u8]) {
    let plan = PLAN.with(Arc::clone);
    let (request, answer) = two(input);
    let (request, answer) = (Message::of(request), Message::of(answer));
    let (got, record) = called(&plan, &request, &answer, 0);
    let (same, again) = called(&plan, &request, &answer, request.number(2).max(1));
    assert!(got == same, "{:?} is not {:?}", String::from_utf8_lossy(&got), String::from_utf8_lossy(&same));
    let replies = |record: &CallRecord| record.attempts.iter().map(|attempt| attempt.reply.clone()).collect::<Vec<_>>();
    assert_eq!(replies(&record), replies(&again));
    assert_eq!(record.cost, again.cost);
    encode(&record, plan.telemetry.names);
}
