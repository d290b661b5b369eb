//! Envoy's router as far as a call with several targets meets it: the gateway's stream, one upstream instance for each
//! attempt, and what happens between them.

use super::memory::Memory;
use super::support::{Answer, Attributes, EXPORT, KEY, provider, sha256};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use serde_json::{Value, json};
use std::cell::RefCell;
use tollgate::attempt::Headers;
use tollgate::filter::{Action, Calls, FilterState, Host, Root, Side, Stream, UpstreamStream};

/// Path of the calls.
pub(crate) const CHAT: &str = "/v1/chat/completions";

/// Envoy as far as a call meets it.
pub(crate) struct Router {
    pub(crate) gateway: Root<Memory>,
    pub(crate) upstream: Root<Memory>,
    calls: Calls,
    pub(crate) host: Memory,
    /// Behaviour of the shadow's provider, where the route mirrors calls.
    pub(crate) mirror: RefCell<Option<Mirror>>,
    /// Requests of shadows.
    pub(crate) mirrored: RefCell<Vec<Sent>>,
}

/// Behaviour of a shadow's provider. It ends before its call, or after it.
pub(crate) enum Mirror {
    First(Provider),
    Last(Provider),
}

/// Behaviour of one attempt's provider.
pub(crate) enum Provider {
    Answers(Answer),
    /// Answers, and Envoy may make no more attempts: too many calls do at once.
    AnswersLast(Answer),
    /// No connection comes about.
    Unreachable,
    /// No first event within the limit.
    Hangs,
    /// Envoy knows no host.
    NoHost,
}

/// Request of one attempt.
pub(crate) struct Sent {
    pub(crate) target: String,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

/// Result of one call.
pub(crate) struct Outcome {
    pub(crate) sent: Vec<Sent>,
    pub(crate) status: u16,
    pub(crate) headers: Headers,
    pub(crate) body: Vec<u8>,
}

impl Outcome {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn targets(&self) -> Vec<&str> {
        self.sent.iter().map(|sent| sent.target.as_str()).collect()
    }
}

pub(crate) fn settings(models: &Value, on_loss: &str) -> String {
    let settings = json!({
        "providers": [
            provider("openai", "openai", None, "OPENAI_API_KEY"),
            provider("azure", "azure_openai", Some("acme.openai.azure.com"), "ANTHROPIC_API_KEY"),
            {"name": "local", "kind": "vllm", "host": "vllm.mesh"},
            provider("anthropic", "anthropic", None, "ANTHROPIC_API_KEY"),
            provider("claude-too", "anthropic", Some("claude.mesh"), "ANTHROPIC_API_KEY"),
            provider("gemini", "gemini", None, "OPENAI_API_KEY"),
            provider("gemini-too", "gemini", Some("gemini.mesh"), "OPENAI_API_KEY"),
        ],
        "keys": [{"id": "test", "sha256": sha256(KEY)}],
        "attempts": {"upstream": true, "first_event": "1s", "rest": "10s", "longest_rest": "60s"},
        "models": models,
        "translation": {"on_loss": on_loss},
        "redaction": {"detect": ["email"]},
    });
    let text = settings.to_string();
    format!("{}{EXPORT}}}", text.strip_suffix('}').unwrap())
}

impl Router {
    pub(crate) fn new(models: &Value) -> Self {
        Self::of(&settings(models, "drop"))
    }

    /// The same, with settings that allow no loss in translations.
    pub(crate) fn strict(models: &Value) -> Self {
        Self::of(&settings(models, "refuse"))
    }

    /// The same with a bound on the attempts of a call.
    pub(crate) fn bounded(models: &Value, most: u32) -> Self {
        let bound = format!(r#""upstream":true,"max":{most}"#);
        Self::of(&settings(models, "drop").replace(r#""upstream":true"#, &bound))
    }

    /// The same with API keys among what is redacted.
    pub(crate) fn redacting_keys(models: &Value) -> Self {
        Self::of(&settings(models, "drop").replace(r#"["email"]"#, r#"["email","api_key"]"#))
    }

    /// The same with settings of one's own.
    pub(crate) fn of(settings: &str) -> Self {
        let host = Memory::default();
        host.0.borrow_mut().now = 1_790_000_000_000_000_000;
        let calls = Calls::default();
        let mut gateway = Root::sharing(host.clone(), calls.clone());
        let configured = gateway.configure(settings.as_bytes());
        assert!(configured, "{:#?}", host.0.borrow().log);
        let mut upstream = Root::sharing(host.clone(), calls.clone());
        assert!(upstream.configure(br#" { "role": "attempt" } "#));
        Self { gateway, upstream, calls, host, mirror: RefCell::default(), mirrored: RefCell::default() }
    }

    /// One call from the client's first header to the gateway's log.
    pub(crate) fn post(&self, body: &str, providers: Vec<Provider>) -> Outcome {
        self.call(CHAT, body, providers)
    }

    /// The same with another path.
    pub(crate) fn call(&self, path: &str, body: &str, providers: Vec<Provider>) -> Outcome {
        self.call_of(path, "application/json", body, providers).expect("the gateway makes the attempt itself")
    }

    /// The same with another type of body. `None` when the gateway leaves no attempt to upstream instances.
    pub(crate) fn call_of(&self, path: &str, media: &str, body: &str, providers: Vec<Provider>) -> Option<Outcome> {
        let mut stream = self.gateway.stream();
        let bearer = format!("Bearer {KEY}");
        let request: Headers = [
            (":method", "POST"),
            (":path", path),
            (":authority", "gateway.local"),
            ("authorization", &bearer),
            ("content-type", media),
            ("x-envoy-max-retries", "99"),
            ("x-own", "kept"),
            ("content-length", &body.len().to_string()),
        ]
        .into_iter()
        .collect();
        {
            let mut world = self.host.0.borrow_mut();
            world.states.clear();
            world.headers = [request, Headers::default()];
            world.buffer = [body.as_bytes().to_vec(), Vec::new()];
            world.reply = None;
            world.local_reply = None;
            world.ending = None;
        }
        assert_eq!(stream.on_request_headers(false), Action::Pause);
        let length = body.len();
        let action = stream.on_request_body(length, true);
        if self.host.0.borrow().reply.is_some() {
            stream.on_log();
        }
        self.host.state(FilterState::Call)?;
        assert_eq!(action, Action::Continue);
        let retries = self.host.headers(Side::Request).text("x-envoy-max-retries").unwrap().parse().unwrap();
        let left = self.host.0.borrow().buffer[0].clone();
        let shadow = self.begin_shadow(&left);
        match (shadow, self.mirror.take()) {
            (Some(shadow), Some(Mirror::First(provider))) => {
                self.end_shadow(shadow, &provider);
                Some(self.attempts(&mut stream, &left, providers, retries))
            }
            (Some(shadow), Some(Mirror::Last(provider))) => {
                let outcome = self.attempts(&mut stream, &left, providers, retries);
                self.end_shadow(shadow, &provider);
                Some(outcome)
            }
            _ => Some(self.attempts(&mut stream, &left, providers, retries)),
        }
    }

    /// Mirrors a request as Envoy does: without filter state and retries, with headers of its own.
    fn begin_shadow(&self, body: &[u8]) -> Option<UpstreamStream<Memory>> {
        let mut headers = self.host.headers(Side::Request);
        let cluster = headers.text("x-tollgate-shadow")?.to_owned();
        self.mirror.borrow().as_ref()?;
        self.aside(|| {
            headers.remove("x-envoy-max-retries");
            headers.set("x-envoy-internal", "true");
            headers.set("x-forwarded-for", "10.0.0.1");
            {
                let mut world = self.host.0.borrow_mut();
                world.states.clear();
                world.upstream = Some(cluster.clone());
                world.headers = [headers, Headers::default()];
                world.buffer = [body.to_vec(), Vec::new()];
            }
            let mut shadow = self.upstream.upstream().unwrap();
            assert_eq!(shadow.on_request_headers(false), Action::Pause);
            if self.host.0.borrow().reply.is_none() {
                let action = shadow.on_request_body(body.len(), true);
                let is_refused = self.host.0.borrow_mut().reply.take().is_some();
                assert_eq!(action, if is_refused { Action::Pause } else { Action::Continue });
                if !is_refused {
                    let body = self.host.0.borrow().buffer[0].clone();
                    let sent = Sent { target: cluster, headers: self.host.headers(Side::Request), body };
                    self.mirrored.borrow_mut().push(sent);
                }
            }
            Some(shadow)
        })
    }

    fn end_shadow(&self, mut shadow: UpstreamStream<Memory>, provider: &Provider) {
        self.aside(|| {
            if let Moved::Final(_) = self.answer(&mut shadow, provider, false) {
                shadow.on_done();
            }
        });
    }

    /// Runs a stream beside the one that the host has.
    fn aside<T>(&self, run: impl FnOnce() -> T) -> T {
        let kept = {
            let world = self.host.0.borrow();
            (
                world.states.clone(),
                world.upstream.clone(),
                world.headers.clone(),
                world.buffer.clone(),
                world.ending.clone(),
            )
        };
        let done = run();
        let mut world = self.host.0.borrow_mut();
        (world.states, world.upstream, world.headers, world.buffer, world.ending) = kept;
        done
    }

    fn attempts(&self, stream: &mut Stream<Memory>, body: &[u8], providers: Vec<Provider>, retries: usize) -> Outcome {
        let mut sent = Vec::new();
        for (number, provider) in providers.into_iter().enumerate() {
            assert!(number <= retries, "Envoy makes no more attempts");
            let target = self.host.state(FilterState::Target).unwrap();
            if let Provider::NoHost = provider {
                return self.local_reply(stream, sent, "no_healthy_upstream");
            }
            let mut attempt = self.upstream.upstream().unwrap();
            {
                let mut world = self.host.0.borrow_mut();
                world.upstream = Some(target.clone());
                world.buffer = [body.to_vec(), Vec::new()];
            }
            assert_eq!(attempt.on_request_headers(false), Action::Pause);
            assert_eq!(attempt.on_request_body(body.len(), true), Action::Continue);
            let written = self.host.0.borrow().buffer[0].clone();
            sent.push(Sent { target, headers: self.host.headers(Side::Request), body: written });
            let is_last = number == retries || matches!(provider, Provider::AnswersLast(_));
            let moved = self.answer(&mut attempt, &provider, !is_last);
            match moved {
                Moved::On => {}
                Moved::Nowhere if is_last => {
                    return self.local_reply(stream, sent, "upstream_reset_before_response_started");
                }
                Moved::Nowhere => {}
                Moved::Final(pieces) => return self.finish(stream, attempt, sent, pieces),
            }
        }
        panic!("Envoy wants one more attempt");
    }

    /// Passes a provider's answer to its attempt, up to the point at which the router tries again or answers.
    fn answer(&self, attempt: &mut UpstreamStream<Memory>, provider: &Provider, may_retry: bool) -> Moved {
        let answer = match provider {
            Provider::Answers(answer) | Provider::AnswersLast(answer) => answer,
            Provider::Unreachable => {
                self.host.0.borrow_mut().is_not_reached = true;
                attempt.on_done();
                self.host.0.borrow_mut().is_not_reached = false;
                return Moved::Nowhere;
            }
            Provider::Hangs | Provider::NoHost => {
                self.host.0.borrow_mut().now += 1_000_000_000;
                attempt.on_done();
                return Moved::Nowhere;
            }
        };
        let status = answer.status.to_string();
        let mut headers: Headers =
            [(":status", status.as_str()), ("content-type", &answer.content_type)].into_iter().collect();
        answer.headers.iter().for_each(|(name, value)| headers.push(name, value.as_bytes()));
        self.host.0.borrow_mut().headers[1] = headers;
        let mut held = attempt.on_response_headers(answer.pieces.is_empty()) == Action::Pause;
        let asks = |router: &Self| router.host.headers(Side::Response).first("x-tollgate-retry").is_some();
        if !held && may_retry && asks(self) {
            attempt.on_done();
            return Moved::On;
        }
        let mut gone = Vec::new();
        for (index, piece) in answer.pieces.iter().enumerate() {
            self.host.0.borrow_mut().buffer[1].extend_from_slice(piece);
            let length = self.host.0.borrow().buffer[1].len();
            let end = index + 1 == answer.pieces.len() && answer.cut.is_none();
            if attempt.on_response_body(length, end) == Action::Continue {
                if held && may_retry && asks(self) {
                    attempt.on_done();
                    return Moved::On;
                }
                held = false;
                let piece = std::mem::take(&mut self.host.0.borrow_mut().buffer[1]);
                gone.push((piece, end));
            }
        }
        assert!(!held || answer.cut.is_some(), "the answer hangs");
        self.host.0.borrow_mut().ending.clone_from(&answer.cut);
        Moved::Final(gone)
    }

    /// Passes the answer of the last attempt to the gateway.
    fn finish(
        &self,
        stream: &mut Stream<Memory>,
        mut attempt: UpstreamStream<Memory>,
        sent: Vec<Sent>,
        pieces: Vec<(Vec<u8>, bool)>,
    ) -> Outcome {
        stream.on_response_headers(pieces.is_empty());
        let headers = self.host.headers(Side::Response);
        let status = headers.text(":status").unwrap().parse().unwrap();
        let mut body = Vec::new();
        for (piece, end) in pieces {
            self.host.0.borrow_mut().buffer[1] = piece;
            let length = self.host.0.borrow().buffer[1].len();
            assert_eq!(stream.on_response_body(length, end), Action::Continue);
            body.append(&mut std::mem::take(&mut self.host.0.borrow_mut().buffer[1]));
        }
        stream.on_log();
        attempt.on_done();
        Outcome { sent, status, headers, body }
    }

    /// Answers as Envoy does where no provider has.
    fn local_reply(&self, stream: &mut Stream<Memory>, sent: Vec<Sent>, details: &str) -> Outcome {
        {
            let mut world = self.host.0.borrow_mut();
            world.headers[1] = [(":status", "503")].into_iter().collect();
            world.local_reply = Some(details.to_owned());
        }
        stream.on_response_headers(false);
        self.host.0.borrow_mut().buffer[1] = b"Envoy's own".to_vec();
        assert_eq!(stream.on_response_body("Envoy's own".len(), true), Action::Continue);
        stream.on_log();
        let body = std::mem::take(&mut self.host.0.borrow_mut().buffer[1]);
        Outcome { sent, status: 503, headers: self.host.headers(Side::Response), body }
    }

    /// The span of the only call since the last export.
    pub(crate) fn span(&mut self) -> Attributes {
        let spans = self.spans();
        assert_eq!(spans.len(), 1, "one call leaves one span");
        Attributes::of(&spans[0])
    }

    /// The spans since the last export.
    pub(crate) fn spans(&mut self) -> Vec<Span> {
        self.host.0.borrow_mut().now += 1_000_000_000;
        self.gateway.on_tick();
        let exports = std::mem::take(&mut self.host.0.borrow_mut().callouts);
        self.gateway.on_callout_answer(1, Some(200), None, &[]);
        let spans = exports.iter().flat_map(|body| {
            let export = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
            export.resource_spans.into_iter().flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans)
        });
        assert!(self.calls.is_empty(), "a call is left in the table");
        spans.collect()
    }
}

/// Further course of a call after an attempt.
enum Moved {
    /// The router tries the next target.
    On,
    /// There is no answer.
    Nowhere,
    /// The answer is the client's: its pieces, each with the end of the body or not.
    Final(Vec<(Vec<u8>, bool)>),
}
