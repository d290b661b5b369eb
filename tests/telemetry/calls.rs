//! Calls at their end, as input of spans.

use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tollgate::model::{Extra, Parameters, Reply, ToolCall, ToolCalls};
use tollgate::policy::ChoiceReason;
use tollgate::price::{Cost, UnknownCost};
use tollgate::record::{AttemptRecord, CallRecord, Caller, Captured, Note, Outcome, Pace, RouteRecord, TraceContext};
use tollgate::settings::Names;
use tollgate::telemetry::encode;
use tollgate::usage::{Bucket, Usage};

pub(crate) const STARTED: u64 = 1_795_000_000_000_000_000;

/// A streamed OpenAI call with every possible attribute except content.
pub(crate) fn openai_stream() -> CallRecord {
    CallRecord {
        trace: TraceContext {
            trace_id: [0x4b; 16],
            span_id: [0xa0; 8],
            parent_id: Some([0x0f; 8]),
            flags: 0x03,
            state: Some("vendor=1".to_owned()),
        },
        started: STARTED,
        ended: STARTED + 2_250_000_000,
        operation: Some("chat"),
        api_operation: Some("chat_completions"),
        api_type: Some("chat_completions"),
        request_model: Some("gpt-5".to_owned()),
        stream: true,
        parameters: openai_parameters(),
        attempts: vec![AttemptRecord {
            sent: true,
            status: Some(200),
            first_chunk: Some(312_500_000),
            first_token: Some(400_000_000),
            pace: Pace { pieces: 5, span: 1_000_000_000, longest_gap: 750_000_000 },
            reply: openai_reply(),
            usage_estimated: true,
            ..AttemptRecord::of("openai", ("api.openai.com".into(), 443))
        }],
        route: Some(RouteRecord {
            reason: ChoiceReason::Cheapest,
            passed_over: vec!["azure/my-gpt: rests".to_owned(), "local/*: team".to_owned()],
        }),
        guard: None,
        shadow: false,
        input_text: 0,
        belongs_to_other_call: false,
        cost: Cost::Exact {
            total: 1_234_500_000,
            parts: vec![(Bucket::Input, 1_000_000_000), (Bucket::CacheRead, 34_500_000), (Bucket::Output, 200_000_000)],
            entry: "openai/gpt-5".to_owned(),
        },
        caller: Caller {
            key_id: Some("checkout-dev".into()),
            team: Some("payments".into()),
            user: Some("user-17".into()),
            feature: Some("refund-helper".into()),
        },
        status: Some(200),
        outcome: Outcome::Answered,
        redacted: vec![("email", 2), ("iban", 1)],
        notes: vec![Note::ResponseUnreadable],
        content: Captured::Nothing,
    }
}

fn openai_parameters() -> Parameters {
    Parameters {
        max_tokens: Some(512),
        temperature: Some(0.2),
        top_p: Some(0.9),
        top_k: Some(40),
        frequency_penalty: Some(0.5),
        presence_penalty: Some(-0.5),
        seed: Some(-7),
        choices: Some(2),
        stop: vec!["END".to_owned(), "\n\n".to_owned()],
        reasoning_level: Some("low".to_owned()),
        output_type: Some("json"),
        service_tier: Some("flex".to_owned()),
    }
}

fn openai_reply() -> Reply {
    Reply {
        id: Some("chatcmpl-1".to_owned()),
        model: Some("gpt-5-2026-08-07".to_owned()),
        created: Some(1_795_000_000),
        service_tier: Some("default".to_owned()),
        fingerprint: Some("fp_1".to_owned()),
        usage: Some(
            Usage::default()
                .with(Bucket::Input, 800)
                .with(Bucket::CacheRead, 256)
                .with(Bucket::InputAudio, 10)
                .with(Bucket::Output, 30)
                .with(Bucket::Reasoning, 64)
                .with(Bucket::OutputAudio, 5)
                .with(Bucket::InputImage, 11)
                .with(Bucket::OutputImage, 12)
                .with(Bucket::WebSearches, 3),
        ),
        finish_reasons: vec![Some("stop".to_owned()), Some("tool_calls".to_owned())],
        tool_calls: [
            ToolCall {
                choice: 1,
                id: Some("call_1".to_owned()),
                name: Some("refund".to_owned()),
                ..ToolCall::default()
            },
            ToolCall { choice: 1, part: 1, ..ToolCall::default() },
            ToolCall { part: 2, name: Some("web_search".to_owned()), builtin: true, ..ToolCall::default() },
        ]
        .into_iter()
        .collect(),
        refused: true,
        dimensions: Some(1536),
        extras: vec![(Extra::Cost, "0.0015".to_owned()), (Extra::RequestId, "req_1".to_owned())],
        ended: true,
        ..Reply::default()
    }
}

/// A whole answer of Anthropic's, part of its input written to the cache.
pub(crate) fn anthropic_whole() -> CallRecord {
    CallRecord {
        trace: root(),
        api_operation: Some("messages"),
        api_type: None,
        belongs_to_other_call: false,
        request_model: Some("claude-sonnet-5".to_owned()),
        stream: false,
        parameters: Parameters {
            max_tokens: Some(1024),
            service_tier: Some("standard_only".to_owned()),
            ..Parameters::default()
        },
        attempts: vec![AttemptRecord {
            sent: true,
            status: Some(200),
            reply: Reply {
                id: Some("msg_1".to_owned()),
                model: Some("claude-sonnet-5".to_owned()),
                service_tier: Some("standard".to_owned()),
                usage: Some(
                    Usage::default()
                        .with(Bucket::Input, 12)
                        .with(Bucket::CacheRead, 0)
                        .with(Bucket::CacheWrite5m, 2_000)
                        .with(Bucket::CacheWrite1h, 48)
                        .with(Bucket::Output, 99),
                ),
                finish_reasons: vec![Some("end_turn".to_owned())],
                ended: true,
                ..Reply::default()
            },
            ..AttemptRecord::of("anthropic", ("api.anthropic.com".into(), 443))
        }],
        cost: Cost::Unknown(UnknownCost::Model),
        redacted: Vec::new(),
        notes: Vec::new(),
        ..openai_stream()
    }
}

/// A call that was refused before any of it was read.
pub(crate) fn refused() -> CallRecord {
    CallRecord {
        trace: root(),
        started: STARTED,
        ended: STARTED + 80_000,
        operation: Some("chat"),
        api_operation: Some("chat_completions"),
        api_type: Some("chat_completions"),
        request_model: None,
        stream: false,
        parameters: Parameters::default(),
        attempts: Vec::new(),
        route: None,
        guard: None,
        shadow: false,
        input_text: 0,
        belongs_to_other_call: false,
        cost: Cost::Unknown(UnknownCost::Usage),
        caller: Caller::default(),
        status: Some(401),
        outcome: Outcome::Refused { error: "invalid_api_key" },
        redacted: Vec::new(),
        notes: Vec::new(),
        content: Captured::Nothing,
    }
}

/// A stream that the client left after the first pieces.
pub(crate) fn cut_by_client() -> CallRecord {
    let mut whole = openai_stream();
    let attempt = whole.attempts.remove(0);
    CallRecord {
        parameters: Parameters::default(),
        attempts: vec![AttemptRecord {
            usage_estimated: false,
            reply: Reply {
                usage: None,
                refused: false,
                dimensions: None,
                extras: Vec::new(),
                finish_reasons: Vec::new(),
                tool_calls: ToolCalls::default(),
                service_tier: None,
                fingerprint: None,
                ended: false,
                ..attempt.reply
            },
            ..attempt
        }],
        belongs_to_other_call: false,
        cost: Cost::Unknown(UnknownCost::Usage),
        outcome: Outcome::CutByClient,
        redacted: Vec::new(),
        notes: Vec::new(),
        ..whole
    }
}

fn root() -> TraceContext {
    TraceContext { trace_id: [0x01; 16], span_id: [0x02; 8], parent_id: None, flags: 0x03, state: None }
}

/// The span of a call as any receiver decodes it; equal, byte for byte, to the encoding of the published messages.
pub(crate) fn span(record: &CallRecord, names: Names) -> Span {
    let encoded = encode(record, names);
    let span = Span::decode(encoded.as_slice()).expect("a span");
    assert_eq!(span.encode_to_vec(), encoded);
    span
}
