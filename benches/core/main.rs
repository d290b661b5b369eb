//! The core, measured natively: how many bytes a second it reads, redacts, cuts and restores.
//!
//! `cargo bench` prints it for people, `cargo bench -- --json` for `scripts/bench`; a word after `--` leaves
//! only the figures with that word in their names.
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]

mod inputs;
// The requests that Envoy is measured with.
#[path = "../../integration/load/src/prompt.rs"]
mod prompt;
mod stopwatch;

use prompt::{REPLY_MARK, REPLY_TO};
use std::error::Error;
use std::hint::black_box;
use std::rc::Rc;
use stopwatch::Figure;
use tollgate::call::{Call, Ending, Headers, OnRequestBody, OnRequestHeaders};
use tollgate::dialect::Dialect;
use tollgate::document::Document;
use tollgate::framing::{Decoder, Framing};
use tollgate::redaction::{Kinds, Placeholders, Redactor};
use tollgate::settings::Plan;
use tollgate::telemetry::{FreshIds, encode};

fn main() -> Result<(), Box<dyn Error>> {
    let bench = Bench::of_command_line();
    bench.reading();
    bench.redacting();
    bench.cutting();
    bench.calling()
}

/// What to measure, and how to print it.
struct Bench {
    json: bool,
    /// Words of which a name must have one, when there are any.
    wanted: Vec<String>,
}

impl Bench {
    fn of_command_line() -> Self {
        let (options, wanted): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
        Self { json: options.iter().any(|option| option == "--json"), wanted }
    }

    fn measure<T, R>(&self, name: &'static str, bytes: usize, prepare: impl FnMut() -> T, work: impl FnMut(T) -> R) {
        if self.wanted.is_empty() || self.wanted.iter().any(|word| name.contains(word)) {
            let figure = Figure::of(name, bytes, prepare, work);
            println!("{}", if self.json { figure.json() } else { figure.line() });
        }
    }

    /// UTF-8, JSON, and where every text lies.
    fn reading(&self) {
        for (name, dialect, body) in [
            ("read a request, OpenAI, 2 KB", Dialect::OpenAiChat, inputs::openai_2_kb()),
            ("read a request, OpenAI, 480 KB", Dialect::OpenAiChat, inputs::openai_480_kb()),
            ("read a request, Anthropic, 480 KB", Dialect::AnthropicMessages, inputs::anthropic_480_kb()),
        ] {
            let read = |body| Document::new(body).map(|document| dialect.read_request(document));
            self.measure(name, body.len(), || body.as_slice(), read);
        }
    }

    /// Finding and replacing in decoded text.
    fn redacting(&self) {
        let redactor = Redactor::new(Kinds::ALL);
        for (name, text) in [("redact, prose", inputs::prose()), ("redact, a value in every line", inputs::dense())] {
            let redact = |mut table: Placeholders| table.redact_text(&redactor, &text).len();
            self.measure(name, text.len(), Placeholders::default, redact);
        }
    }

    /// Cutting a stream into its events.
    fn cutting(&self) {
        let events = inputs::events("[EMAIL_1]");
        let pieces: Vec<_> = events.concat().chunks(16 << 10).map(<[u8]>::to_vec).collect();
        for (name, pieces) in [("cut a stream, event by event", events), ("cut a stream, 16 KB at a time", pieces)] {
            let cut = |mut decoder: Decoder| {
                let mut events = 0;
                pieces.iter().for_each(|piece| decoder.push(piece, |_| events += 1));
                events
            };
            self.measure(
                name,
                pieces.iter().map(Vec::len).sum(),
                || Decoder::new(Framing::ServerSentEvents, 1 << 20),
                cut,
            );
        }
    }

    /// Both halves of a call with everything switched on, which is all that the filter does but for its host calls.
    fn calling(&self) -> Result<(), Box<dyn Error>> {
        let plan = tollgate::settings::read(SETTINGS, &|_| Some("sk-bench".to_owned()));
        let plan = Rc::new(plan.map_err(|problems| problems.to_string())?);
        let small = inputs::openai_2_kb();
        let placeholder = placeholder(&forwarded(&plan, small.clone())?.1)?;
        for (name, body) in [
            ("call: 2 KB from headers to provider", &small),
            ("call: 480 KB from headers to provider", &inputs::openai_480_kb()),
        ] {
            self.measure(name, body.len(), || body.clone(), |body| forwarded(&plan, body).is_ok());
        }
        let events = inputs::events(&placeholder);
        let call = || forwarded(&plan, small.clone()).ok().map(|(call, _)| call);
        let bytes = events.iter().map(Vec::len).sum();
        self.measure("call: stream of 500 events, to the span", bytes, call, |call| answered(&plan, call?, &events));
        Ok(())
    }
}

/// A call whose request has gone to the provider, and the body that went.
fn forwarded(plan: &Rc<Plan>, body: Vec<u8>) -> Result<(Call, Vec<u8>), Box<dyn Error>> {
    let mut call = Call::new(Rc::clone(plan), NOW, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let length = body.len().to_string();
    let sent = headers(&[
        (":method", "POST"),
        (":path", "/v1/chat/completions"),
        (":authority", "gateway.example"),
        ("authorization", "Bearer tg-bench"),
        ("content-type", "application/json"),
        ("content-length", &length),
    ]);
    let OnRequestHeaders::Hold = call.on_request_headers(sent, false) else {
        return Err("the headers are not held".into());
    };
    match call.on_request_body(body) {
        OnRequestBody::Forward(forward) => Ok((call, forward.body)),
        other => Err(format!("not forwarded: {other:?}").into()),
    }
}

/// Answers a call event by event; gives its encoded span.
fn answered(plan: &Plan, mut call: Call, events: &[Vec<u8>]) -> Option<Vec<u8>> {
    call.on_response_headers(&headers(&[(":status", "200"), ("content-type", "text/event-stream")]), false);
    for event in events {
        black_box(call.on_response_body(event, false, || NOW));
    }
    black_box(call.on_response_body(&[], true, || NOW));
    let record = call.finish(NOW, &Ending::Whole)?;
    Some(encode(&record, plan.telemetry.names))
}

/// What stands in a body for the address to reply to.
fn placeholder(sent: &[u8]) -> Result<String, Box<dyn Error>> {
    let found = std::str::from_utf8(sent)?.split_once(REPLY_MARK).and_then(|(_, rest)| rest.split_once(';'));
    match found {
        Some((placeholder, _)) if placeholder != REPLY_TO => Ok(placeholder.to_owned()),
        _ => Err("the address is not redacted".into()),
    }
}

fn headers(list: &[(&str, &str)]) -> Headers {
    Headers(list.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect())
}

/// Nanoseconds since 1970.
const NOW: u64 = 1_764_000_000_000_000_000;

/// Everything switched on. The digest is that of `tg-bench`.
const SETTINGS: &[u8] = br#"{
    "providers": [{"name": "openai", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}}],
    "keys": [
        {"id": "bench", "team": "bench", "sha256": "a07615e0ddc0c6015f2ac02ef896fdd41e6081527494826f599ef212e74d6098"}
    ],
    "telemetry": {"otlp": {"cluster": "otel_collector"}}
}"#;
