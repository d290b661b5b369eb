//! Any bytes as trace context: the provider always gets a valid `traceparent`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tollgate::telemetry::{FreshIds, TraceContext};

fuzz_target!(|input: (&[u8], &[u8])| {
    let fresh = FreshIds { trace_id: [1; 16], span_id: [2; 8] };
    let context = TraceContext::continue_or_start(Some(input.0), Some(input.1), fresh);
    assert_eq!(context.traceparent(true).len(), 55);
    assert_ne!(context.trace_id, [0; 16]);
});
