//! Benchmarks of the core without Envoy: bytes read, redacted, framed and restored per second.
//!
//! `cargo bench` prints them for people, `cargo bench -- --json` for `scripts/bench`; a word after `--` selects the
//! figures with that word in their names. Built for wasm, it runs in a VM too (`integration/bench/vm.mjs`).
#![expect(clippy::print_stdout, reason = "printing is what a benchmark is for")]

mod fixtures;
mod grown;
mod inputs;
// The requests used to measure Envoy, and the answer with embeddings.
#[path = "../../integration/load/src/embeddings.rs"]
mod embeddings;
#[path = "../../integration/load/src/prompt.rs"]
mod prompt;
mod reading;
mod stopwatch;

use prompt::{REPLY_MARK, REPLY_TO};
use std::error::Error;
use std::hint::black_box;
use std::sync::Arc;
use stopwatch::{Figure, Work};
use tollgate::attempt::Headers;
use tollgate::call::{Call, Ending, Step};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect};
use tollgate::document::{Document, Reader};
use tollgate::record::FreshIds;
use tollgate::redaction::{Kinds, Placeholders, Redactor};
use tollgate::settings::Plan;
use tollgate::telemetry::encode;

fn main() -> Result<(), Box<dyn Error>> {
    let mut bench = Bench::of_command_line();
    reading::dialects(&mut bench);
    reading::framings(&mut bench)?;
    bench.reading();
    bench.redacting();
    bench.calling()
}

/// Selection of the measurements, and the form of the output.
struct Bench {
    json: bool,
    /// Words; a name must contain one of them, unless there are none.
    wanted: Vec<String>,
    /// Subject of the last measurement.
    subject: String,
}

impl Bench {
    fn of_command_line() -> Self {
        let (options, wanted): (Vec<_>, Vec<_>) = std::env::args().skip(1).partition(|word| word.starts_with("--"));
        Self { json: options.iter().any(|option| option == "--json"), wanted, subject: String::new() }
    }

    fn measure<T, R>(&mut self, work: Work<'_>, prepare: impl FnMut() -> T, measured: impl FnMut(T) -> R) {
        let is_in_name = |word: &String| work.subject.contains(word.as_str()) || work.part.contains(word.as_str());
        if !self.wanted.is_empty() && !self.wanted.iter().any(is_in_name) {
            return;
        }
        let figure = Figure::of(work, prepare, measured);
        let is_first = self.subject != work.subject;
        work.subject.clone_into(&mut self.subject);
        println!("{}", if self.json { figure.json() } else { figure.line(is_first) });
    }

    /// Prints a note on something that is not measured.
    fn say(&self, text: &str) {
        if !self.json {
            println!("{text}");
        }
    }

    /// UTF-8, JSON, and the spans of all texts, in a conversation in prose.
    fn reading(&mut self) {
        for (part, dialect, body) in [
            ("OpenAI, 2 KB", Dialect::OpenAiChat, inputs::openai_2_kb()),
            ("OpenAI, 480 KB", Dialect::OpenAiChat, inputs::openai_480_kb()),
            ("Anthropic, 480 KB", Dialect::AnthropicMessages, inputs::anthropic_480_kb()),
        ] {
            let read = |body| Document::new(body).map(|document| dialect.read_request(document));
            let work = Work { subject: "read a prompt", part, bytes: body.len(), aim: Some(300.0) };
            self.measure(work, || body.as_slice(), read);
        }
    }

    /// Finding and replacing in decoded text.
    fn redacting(&mut self) {
        let redactor = Redactor::new(Kinds::ALL);
        for (part, text) in [("prose", inputs::prose()), ("a value in every line", inputs::dense())] {
            let redact = |mut table: Placeholders| table.redact_text(&redactor, &text).len();
            let work = Work { subject: "redact", part, bytes: text.len(), aim: None };
            self.measure(work, Placeholders::default, redact);
        }
    }

    /// Both halves of a call with everything switched on: all work of the filter except its host calls.
    fn calling(&mut self) -> Result<(), Box<dyn Error>> {
        let plan = tollgate::settings::read(SETTINGS, &|_| Some("sk-bench".to_owned()));
        let plan = Arc::new(plan.map_err(|problems| problems.to_string())?);
        let small = inputs::openai_2_kb();
        let chat = "/v1/chat/completions";
        let placeholder = placeholder(&forwarded(&plan, chat, small.clone())?.1)?;
        for (part, body) in
            [("2 KB, headers to provider", &small), ("480 KB, headers to provider", &inputs::openai_480_kb())]
        {
            let work = Work { subject: "call", part, bytes: body.len(), aim: None };
            self.measure(work, || body.clone(), |body| forwarded(&plan, chat, body).is_ok());
        }
        let events = inputs::events(&placeholder);
        let call = || forwarded(&plan, chat, small.clone()).ok().map(|(call, _)| call);
        let bytes = events.iter().map(Vec::len).sum();
        let work = Work { subject: "call", part: "500 events, to the span", bytes, aim: None };
        self.measure(work, call, |call| answered(&plan, call?, "text/event-stream", &events));
        self.embedding(&plan)
    }

    /// The answer with embeddings to a request with personal data: parts of the work, and all of it, in pieces as Envoy
    /// hands them out.
    fn embedding(&mut self, plan: &Arc<Plan>) -> Result<(), Box<dyn Error>> {
        let (request, answer) = (embeddings::request().into_bytes(), embeddings::answer());
        let (path, bytes) = ("/v1/embeddings", answer.len());
        placeholder(&forwarded(plan, path, request.clone())?.1)?;
        let work = |part| Work { subject: "embeddings", part, bytes, aim: None };
        self.measure(work("UTF-8"), || answer.as_bytes(), |answer| Document::new(answer).is_ok());
        let document = Document::new(answer.as_bytes())?;
        self.measure(work("JSON"), || Reader::new(document), |mut reader| reader.skip().is_ok());
        let read = |document| {
            let (frame, mut state) = (AnswerFrame::whole(document), AnswerState::default());
            let mut events = Vec::new();
            Dialect::OpenAiEmbeddings.read_answer(frame, &mut state, &mut events).map(|()| events)
        };
        self.measure(work("events"), || document, read);
        let pieces: Vec<Vec<u8>> = answer.as_bytes().chunks(reading::PIECE).map(<[u8]>::to_vec).collect();
        let call = || forwarded(plan, path, request.clone()).ok().map(|(call, _)| call);
        self.measure(work("an answer, to the span"), call, |call| answered(plan, call?, "application/json", &pieces));
        Ok(())
    }
}

/// A call whose request was sent to the provider, and the body that was sent.
fn forwarded(plan: &Arc<Plan>, path: &str, body: Vec<u8>) -> Result<(Call, Vec<u8>), Box<dyn Error>> {
    let mut call = Call::new(Arc::clone(plan), NOW, FreshIds { trace_id: [1; 16], span_id: [2; 8] });
    let length = body.len().to_string();
    let sent = headers(&[
        (":method", "POST"),
        (":path", path),
        (":authority", "gateway.example"),
        ("authorization", "Bearer tg-bench"),
        ("content-type", "application/json"),
        ("content-length", &length),
    ]);
    let Step::Wait = call.on_request_headers(sent, false) else {
        return Err("the headers are not held".into());
    };
    match call.on_request_body(&body) {
        Step::Continue(outbound) => Ok((call, outbound.body.unwrap_or(body))),
        other => Err(format!("not forwarded: {other:?}").into()),
    }
}

/// Answers a call piece by piece. Returns its encoded span.
fn answered(plan: &Plan, mut call: Call, media: &str, pieces: &[Vec<u8>]) -> Option<Vec<u8>> {
    let length = pieces.iter().map(Vec::len).sum::<usize>().to_string();
    let mut head = vec![(":status", "200"), ("content-type", media)];
    // A stream's length is not known before.
    if media == "application/json" {
        head.push(("content-length", &length));
    }
    call.on_response_headers(&headers(&head), false);
    for piece in pieces {
        black_box(call.on_response_body(piece, false, || NOW));
    }
    black_box(call.on_response_body(&[], true, || NOW));
    let record = call.finish(NOW, &Ending::Whole)?;
    Some(encode(&record, plan.telemetry.names))
}

/// The text in a body in place of the address to reply to.
fn placeholder(sent: &[u8]) -> Result<String, Box<dyn Error>> {
    let found = std::str::from_utf8(sent)?.split_once(REPLY_MARK).and_then(|(_, rest)| rest.split_once(';'));
    match found {
        Some((placeholder, _)) if placeholder != REPLY_TO => Ok(placeholder.to_owned()),
        _ => Err("the address is not redacted".into()),
    }
}

fn headers(list: &[(&str, &str)]) -> Headers {
    Headers::from_iter(list.iter().map(|(name, value)| (*name, value.as_bytes())))
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
