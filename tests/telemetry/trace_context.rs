//! Trace context, by W3C Trace Context Level 2.

use proptest::prelude::*;
use tollgate::record::{FreshIds, TraceContext};

const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const FRESH: FreshIds = FreshIds { trace_id: [0xcc; 16], span_id: [0xdd; 8] };

fn read(traceparent: &str, tracestate: Option<&str>) -> TraceContext {
    let state = tracestate.map(str::as_bytes);
    TraceContext::continue_or_start(Some(traceparent.as_bytes()), state, FRESH)
}

fn state(tracestate: &str) -> Option<String> {
    read(PARENT, Some(tracestate)).state
}

#[test]
fn the_callers_trace_goes_on_with_a_span_of_our_own() {
    let context = read(PARENT, Some("vendor=1,other=2"));
    assert_eq!(context.traceparent(true).as_str(), "00-4bf92f3577b34da6a3ce929d0e0e4736-dddddddddddddddd-01");
    assert_eq!(context.parent_id, Some([0x00, 0xf0, 0x67, 0xaa, 0x0b, 0xa9, 0x02, 0xb7]));
    assert_eq!(context.state.as_deref(), Some("vendor=1,other=2"));
    assert!(context.sampled());
}

#[test]
fn without_a_traceparent_a_trace_begins_that_is_sampled_and_random() {
    let context = TraceContext::continue_or_start(None, Some(b"vendor=1"), FRESH);
    assert_eq!(context.traceparent(true).as_str(), "00-cccccccccccccccccccccccccccccccc-dddddddddddddddd-03");
    assert_eq!(context.parent_id, None);
    assert_eq!(context.state, None, "a state without its parent");
    assert!(context.sampled());
}

#[test]
fn an_invalid_traceparent_begins_a_new_trace_and_drops_the_state() {
    let long = format!("{PARENT}-00");
    let invalid = [
        "",
        "00",
        &long,
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0x",
        "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
        "0x-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
        "0é-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01.",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01,00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
    ];
    let begun = TraceContext::continue_or_start(None, None, FRESH);
    for traceparent in invalid {
        assert_eq!(read(traceparent, Some("vendor=1")), begun, "{traceparent}");
    }
    let not_text = TraceContext::continue_or_start(Some(&[0xff; 55]), None, FRESH);
    assert_eq!(not_text, begun);
}

#[test]
fn a_later_version_is_read_as_far_as_it_is_known_and_answered_in_ours() {
    for later in [
        "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "cc-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-what-the-future-holds",
        "fe-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-",
    ] {
        assert_eq!(
            read(later, None).traceparent(true).as_str(),
            "00-4bf92f3577b34da6a3ce929d0e0e4736-dddddddddddddddd-01",
            "{later}"
        );
    }
}

#[test]
fn the_random_flag_is_kept_and_unknown_flags_are_not() {
    for (received, recorded, expected) in [
        ("00", true, "01"),
        ("00", false, "00"),
        ("01", false, "00"),
        ("02", true, "03"),
        ("03", false, "02"),
        ("ff", true, "03"),
        ("fc", false, "00"),
    ] {
        let parent = format!("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-{received}");
        let context = read(&parent, None);
        assert!(context.flags <= 0x03, "{received}");
        let sent = context.traceparent(recorded).as_str().to_owned();
        assert!(sent.ends_with(&format!("-{expected}")), "{received}: {sent}");
    }
    assert!(!read("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-02", None).sampled());
}

#[test]
fn ids_are_never_zero_even_where_randomness_fails() {
    let zero = FreshIds { trace_id: [0; 16], span_id: [0; 8] };
    let context = TraceContext::continue_or_start(None, None, zero);
    assert_eq!(context.traceparent(true).as_str(), "00-00000000000000000000000000000001-0000000000000001-03");
}

#[test]
fn a_state_that_is_invalid_is_dropped_alone() {
    let too_many = vec!["a=1"; 33].join(",");
    let long_key = format!("{}=1", "a".repeat(257));
    let long_value = format!("a={}", "b".repeat(257));
    for invalid in [
        "",
        ",",
        "a",
        "a=",
        "=1",
        "a=b=c",
        "A=1",
        "a b=1",
        "ä=1",
        "a=ä",
        "a=\u{7f}",
        "a=\t1",
        "ok=1,bad",
        &too_many,
        &long_key,
        &long_value,
    ] {
        let context = read(PARENT, Some(invalid));
        assert_eq!(context.state, None, "{invalid}");
        assert_eq!(context.trace_id[0], 0x4b, "{invalid}");
    }
    let not_text = TraceContext::continue_or_start(Some(PARENT.as_bytes()), Some(b"a=\xff"), FRESH);
    assert_eq!((not_text.state, not_text.trace_id[0]), (None, 0x4b));
}

#[test]
fn members_of_a_state_keep_their_order_and_lose_the_space_around_them() {
    assert_eq!(state("b=2 ,\ta=1,,c=3 4").as_deref(), Some("b=2,a=1,c=3 4"));
    assert_eq!(state("t_e-n*a/n@t=!~").as_deref(), Some("t_e-n*a/n@t=!~"));
    let most = vec!["a=1"; 32].join(",");
    assert_eq!(state(&most), Some(most.clone()));
}

#[test]
fn a_state_that_is_too_long_loses_whole_members_the_long_ones_first() {
    let long = format!("long={}", "x".repeat(124));
    let short = |key: char| format!("{key}={}", "y".repeat(118));
    let [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(short);
    assert_eq!(state(&format!("{a},{long},{b},{c},{d}")), Some(format!("{a},{b},{c},{d}")));
    assert_eq!(state(&format!("{a},{b},{c},{d},{e}")), Some(format!("{a},{b},{c},{d}")));
    let exact = format!("{a},{b},{c},{d},e={}", "z".repeat(26));
    assert_eq!(exact.len(), 512);
    assert_eq!(state(&exact), Some(exact.clone()));
    assert_eq!(state(&format!("{exact}z")), Some(format!("{a},{b},{c},{d}")));
}

proptest! {
    #[test]
    fn whatever_the_headers_are_the_provider_gets_valid_ones(
        traceparent in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..80)),
        tracestate in proptest::option::of(proptest::collection::vec(any::<u8>(), 0..80)),
        trace_id: [u8; 16],
        span_id: [u8; 8],
        recorded: bool,
    ) {
        let fresh = FreshIds { trace_id, span_id };
        let context =
            TraceContext::continue_or_start(traceparent.as_deref(), tracestate.as_deref(), fresh);
        check_as_received(&context, recorded, fresh)?;
    }

    #[test]
    fn what_nearly_is_a_trace_context_is_read_or_replaced(
        traceparent in "[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(-[a-z]{0,4})?",
        tracestate in "([a-z0-9]{1,3}=[ -~]{0,200}[ \t]?,?){0,40}",
        recorded: bool,
    ) {
        let context = read(&traceparent, Some(&tracestate));
        prop_assert!(context.state.as_ref().is_none_or(|state| state.len() <= 512));
        check_as_received(&context, recorded, FRESH)?;
    }
}

/// Checks that a receiver of the headers reads the same trace, the call's span as its parent, and the same state.
fn check_as_received(context: &TraceContext, recorded: bool, fresh: FreshIds) -> Result<(), TestCaseError> {
    let sent = context.traceparent(recorded).as_str().to_owned();
    let state = context.state.as_deref().map(str::as_bytes);
    let received = TraceContext::continue_or_start(Some(sent.as_bytes()), state, fresh);
    prop_assert_eq!(received.trace_id, context.trace_id);
    prop_assert_eq!(received.parent_id, Some(context.span_id));
    prop_assert_eq!(received.sampled(), recorded);
    prop_assert_eq!(&received.state, &context.state);
    Ok(())
}
