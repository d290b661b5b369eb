//! The call, part by part.

use crate::ALLOCATOR;
use crate::host::Memory;
use crate::prompt;
use std::hint::black_box;
use tollgate::attempt::Headers;
use tollgate::call::{Call, Ending, Step};
use tollgate::endpoint::Route;
use tollgate::filter::{Action, Root, Side, Stream};
use tollgate::price::{Book, PriceQuery};
use tollgate::provider::ProviderRow;
use tollgate::record::{CallRecord, FreshIds};
use tollgate::settings::Names;
use tollgate::telemetry::encode;

/// A part of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    RequestHeaders,
    RequestBody,
    AnswerHeaders,
    AnswerBody,
    AnswerEnd,
    Log,
    Endpoint,
    Price,
    Span,
}

impl Part {
    /// In the order in which they are run.
    pub(crate) const ALL: [Self; 9] = [
        Self::RequestHeaders,
        Self::RequestBody,
        Self::AnswerHeaders,
        Self::AnswerBody,
        Self::AnswerEnd,
        Self::Log,
        Self::Endpoint,
        Self::Price,
        Self::Span,
    ];

    /// Matches the callbacks that make up the call.
    pub(crate) const fn is_phase(self) -> bool {
        !matches!(self, Self::Endpoint | Self::Price | Self::Span)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::RequestHeaders => "request headers",
            Self::RequestBody => "request body",
            Self::AnswerHeaders => "answer headers",
            Self::AnswerBody => "answer body",
            Self::AnswerEnd => "end of the answer",
            Self::Log => "record, price and span",
            Self::Endpoint => "endpoint",
            Self::Price => "price",
            Self::Span => "span",
        }
    }
}

/// All that calls need.
pub(crate) struct Run {
    host: Memory,
    root: Root<Memory>,
    request: Headers,
    body: Vec<u8>,
    prices: Book,
    record: Option<CallRecord>,
}

impl Run {
    pub(crate) fn new() -> Self {
        let host = Memory::default();
        host.0.borrow_mut().now = 1_790_000_000_000_000_000;
        let mut root = Root::new(host.clone());
        assert!(root.configure(SETTINGS.as_bytes()));
        let body = prompt::openai_small(false).into_bytes();
        let request = headers(&[
            (":authority", "gateway.example"),
            (":path", PATH),
            (":method", "POST"),
            (":scheme", "http"),
            ("authorization", "Bearer tg-linear-0123456789abcdefghij"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("user-agent", "load/1"),
            ("content-length", &body.len().to_string()),
            ("x-forwarded-for", "127.0.0.1"),
            ("x-forwarded-proto", "http"),
            ("x-request-id", "9a2f9d5c-0f5b-4d5c-8f86-0d3f7f6b6f4e"),
        ]);
        Self { host, root, request, body, prices: Book::built_in(), record: None }
    }

    /// Runs every part, each through `each`, in the order of [`Part::ALL`].
    pub(crate) fn all(&mut self, mut each: impl FnMut(Part, &mut dyn FnMut())) {
        self.record.get_or_insert_with(record);
        self.begin();
        let mut stream = None;
        let length = self.body.len();
        each(Part::RequestHeaders, &mut || {
            assert_eq!(stream.insert(self.root.stream()).on_request_headers(false), Action::Pause);
        });
        let stream = stream.as_mut().unwrap();
        each(Part::RequestBody, &mut || assert_eq!(stream.on_request_body(length, true), Action::Continue));
        let answer = self.answer();
        each(Part::AnswerHeaders, &mut || assert_eq!(stream.on_response_headers(false), Action::Continue));
        each(Part::AnswerBody, &mut || {
            black_box(stream.on_response_body(answer, false));
        });
        each(Part::AnswerEnd, &mut || assert_eq!(stream.on_response_body(0, true), Action::Continue));
        self.log(stream, &mut each);
        self.alone(&mut each);
    }

    /// Begins to count, the host's side aside.
    pub(crate) fn counted(&self) {
        self.host.0.borrow_mut().is_counted = true;
    }

    /// Allocations of each part, the host's aside.
    pub(crate) fn allocations(&mut self) -> Vec<u64> {
        let mut counts = Vec::with_capacity(Part::ALL.len());
        let host = self.host.clone();
        self.all(|_, work| {
            let taken = || ALLOCATOR.taken() - host.0.borrow().taken;
            let before = taken();
            work();
            counts.push(taken() - before);
        });
        counts
    }

    /// Gives the host a request.
    fn begin(&self) {
        let mut world = self.host.0.borrow_mut();
        world.headers[Side::Request as usize] = self.request.clone();
        world.body[Side::Request as usize] = self.body.clone();
    }

    /// Gives the host an answer that repeats a placeholder of the request; returns its length.
    fn answer(&self) -> usize {
        let mut world = self.host.0.borrow_mut();
        let sent = String::from_utf8(world.body[Side::Request as usize].clone()).unwrap();
        assert!(!sent.contains(prompt::REPLY_TO), "redacted");
        let (_, behind) = sent.split_once(prompt::REPLY_MARK).unwrap();
        let (placeholder, _) = behind.split_once(';').unwrap();
        let answer = ANSWER.replace("ADDRESS", placeholder).into_bytes();
        let length = answer.len();
        world.headers[Side::Response as usize] = headers(&[
            (":status", "200"),
            ("content-type", "application/json"),
            ("content-length", &length.to_string()),
            ("x-request-id", "req_0123456789abcdef"),
        ]);
        world.body[Side::Response as usize] = answer;
        length
    }

    fn log(&self, stream: &mut Stream<Memory>, each: &mut impl FnMut(Part, &mut dyn FnMut())) {
        each(Part::Log, &mut || stream.on_log());
    }

    /// Endpoint, price and span, alone.
    fn alone(&self, each: &mut impl FnMut(Part, &mut dyn FnMut())) {
        let record = self.record.as_ref().unwrap();
        let openai = ProviderRow::of("openai").unwrap();
        each(Part::Endpoint, &mut || {
            black_box(Route::of(black_box("POST"), black_box(PATH), openai.endpoints));
        });
        let query = PriceQuery {
            provider: "openai",
            model: "gpt-4o-mini-2024-07-18",
            usage: record.last_attempt().unwrap().reply.usage.as_ref(),
            tier: Some("default"),
            at: Some(1_790_000_000),
            ..PriceQuery::default()
        };
        each(Part::Price, &mut || {
            black_box(self.prices.cost(black_box(&query)));
        });
        each(Part::Span, &mut || {
            black_box(encode(black_box(record), Names::Latest));
        });
    }
}

/// The record of a call like the one that is counted.
fn record() -> CallRecord {
    let plan = tollgate::settings::read(SETTINGS.as_bytes(), &|_| Some("secret".to_owned())).expect("valid settings");
    let mut call = Call::new(std::sync::Arc::new(plan), 1, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let body = prompt::openai_small(false).into_bytes();
    let head = headers(&[
        (":authority", "gateway.example"),
        (":path", PATH),
        (":method", "POST"),
        ("authorization", "Bearer tg-linear-0123456789abcdefghij"),
        ("content-type", "application/json"),
    ]);
    call.on_request_headers(head, false);
    assert!(matches!(call.on_request_body(&body), Step::Continue(_)));
    let answered = headers(&[(":status", "200"), ("content-type", "application/json")]);
    call.on_response_headers(&answered, false);
    call.on_response_body(ANSWER.as_bytes(), true, || 2);
    call.finish(3, &Ending::Whole).expect("a record")
}

fn headers(list: &[(&str, &str)]) -> Headers {
    Headers::from_iter(list.iter().map(|(name, value)| (*name, value.as_bytes())))
}

const PATH: &str = "/v1/chat/completions";

/// Everything is switched on; the digest is that of the key which the call presents.
const SETTINGS: &str = r#"{
    "providers": [
        {"name": "openai", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}},
        {"name": "anthropic", "kind": "anthropic", "credential": {"env": "ANTHROPIC_API_KEY"}}
    ],
    "keys": [{
        "id": "k", "team": "search", "user": "svc", "feature": "auto",
        "sha256": "c3062be096af0375e4cdba916ce20fe8ca4f058a663c96cd86ee7a2dbbfc2d35"
    }],
    "redaction": {"detect": ["email", "phone", "us_ssn", "payment_card", "iban", "ip_address", "api_key"]},
    "telemetry": {"otlp": {"cluster": "otel_collector"}},
    "strip_headers": ["baggage", "cookie"]
}"#;

const ANSWER: &str = concat!(
    r#"{"id":"chatcmpl-load0000000000000000000001","object":"chat.completion","created":1764000000,"#,
    r#""model":"gpt-4o-mini-2024-07-18","choices":[{"index":0,"message":{"role":"assistant","content":"#,
    r#""Ticket 88412-7\n\nDear Ms Fournier,\n\nthank you for writing. We have asked the team that looks after "#,
    r#"invoices to compare both versions with your order, and will write to ADDRESS as soon as they know more. "#,
    r#"Please send us the last two hundred lines of the log; where it lies is said on the page \"Where is my "#,
    r#"log?\". The refund goes back the way the payment came, which takes five working days from today. Please "#,
    r#"do not send numbers of cards or accounts by mail: a link to a form is on its way to ADDRESS.\n\nKind "#,
    r#"regards\n\nSummary: rounding differs since 4.18.2; log asked for; ADDRESS waits.","refusal":null},"#,
    r#""logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":512,"completion_tokens":148,"#,
    r#""total_tokens":660,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},"#,
    r#""completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}},"service_tier":"default","#,
    r#""system_fingerprint":"fp_load"}"#,
);
