//! Any bytes as trace context: the provider always gets a valid `traceparent`. An input: `traceparent`, and behind a
//! line feed `tracestate`.

use tollgate::record::{FreshIds, TraceContext};

pub(crate) fn run(bytes: &[u8]) {
    let mut lines = bytes.splitn(2, |byte| *byte == b'\n');
    let fresh = FreshIds { trace_id: [1; 16], span_id: [2; 8] };
    let context = TraceContext::continue_or_start(lines.next(), lines.next(), fresh);
    assert_eq!(context.traceparent(true).as_str().len(), 55);
    assert_ne!(context.trace_id, [0; 16]);
}
