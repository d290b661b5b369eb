//! One call from its first byte to its span.

use crate::exchanges::Exchange;
use std::cell::OnceCell;
use std::sync::Arc;
use tollgate::attempt::{Headers, OnResponseBody};
use tollgate::call::{Call, Ending, Step};
use tollgate::provider::{ProviderRow, ROWS};
use tollgate::record::FreshIds;
use tollgate::settings::Plan;
use tollgate::telemetry::encode;

thread_local! {
    static PLANS: [OnceCell<Arc<Plan>>; 2] = const { [OnceCell::new(), OnceCell::new()] };
}

/// A provider of each kind; the digest is that of the key which calls present. `keeps`: texts are kept for spans,
/// without what is personal, and placeholders are sealed.
fn plan(keeps: bool) -> Arc<Plan> {
    let provider = |row: &ProviderRow| {
        let (kind, host) = (row.kind, row.host().map_or_else(|| format!("{}.example", row.kind), str::to_owned));
        format!(r#"{{"name":"{kind}","kind":"{kind}","credential":{{"env":"K"}},"host":"{host}"}}"#)
    };
    let providers: Vec<String> = ROWS.iter().map(provider).collect();
    let content = if keeps { "redacted" } else { "none" };
    let redaction = if keeps { r#""redaction":{"placeholder_key":{"env":"P"}},"# } else { "" };
    let settings = format!(
        r#"{{"providers":[{}],
        "keys":[{{"id":"k","sha256":"c3062be096af0375e4cdba916ce20fe8ca4f058a663c96cd86ee7a2dbbfc2d35"}}],
        {redaction}"telemetry":{{"content":"{content}"}}}}"#,
        providers.join(",")
    );
    let plan = tollgate::settings::read(settings.as_bytes(), &|name| {
        Some(if name == "P" { "a-key-of-32-characters-or-more-for-placeholders" } else { "secret" }.to_owned())
    });
    Arc::new(plan.unwrap_or_else(|problems| panic!("{problems}")))
}

/// Outcome of a call.
#[derive(Debug, Default)]
pub(crate) struct Came {
    /// The request as it went on; `None` where it was refused.
    pub(crate) sent: Option<Vec<u8>>,
    /// The answer as it went on.
    pub(crate) got: Vec<u8>,
}

/// A call whose answer comes in pieces of a size.
pub(crate) fn call(exchange: &Exchange, piece: usize, keeps: bool) -> Came {
    let plan = PLANS.with(|[without, with]| Arc::clone(if keeps { with } else { without }.get_or_init(|| plan(keeps))));
    let mut call = Call::new(Arc::clone(&plan), 1, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let authority = exchange.authority();
    let of = |pairs: &[(&str, &str)]| Headers::from_iter(pairs.iter().map(|(name, value)| (*name, value.as_bytes())));
    let head = of(&[
        (":method", &exchange.method),
        (":path", &exchange.path),
        (":authority", &authority),
        ("content-type", &exchange.request_type),
        ("x-api-key", "tg-linear-0123456789abcdefghij"),
    ]);
    let mut came = Came::default();
    match call.on_request_headers(head, exchange.request.is_empty()) {
        Step::Wait => match call.on_request_body(&exchange.request) {
            Step::Continue(outbound) => came.sent = Some(outbound.body.unwrap_or_else(|| exchange.request.clone())),
            other => assert!(matches!(other, Step::Refuse(_)), "{other:?}"),
        },
        other => assert!(matches!(other, Step::Refuse(_)), "{other:?}"),
    }
    if came.sent.is_some() {
        call.on_response_headers(&exchange.headers(None), false);
        let mut push = |piece: &[u8], end| match call.on_response_body(piece, end, || 2) {
            OnResponseBody::Pass => came.got.extend_from_slice(piece),
            OnResponseBody::Replace(bytes) => came.got.extend_from_slice(&bytes),
            OnResponseBody::Hold => assert!(!end, "held beyond the end"),
        };
        exchange.answer.chunks(piece.max(1)).for_each(|piece| push(piece, false));
        push(&[], true);
    }
    let record = call.finish(4, &Ending::Whole).expect("it is recorded");
    encode(&record, plan.telemetry.names);
    came
}
