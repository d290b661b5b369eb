//! A gateway in memory: the filter, with a host that records its calls. It holds bodies as Envoy does: paused bytes are
//! kept and delivered again with the bytes that follow.

use super::exchanges::host_of;
use super::memory::QUESTION;
pub(crate) use super::memory::{GuardAnswer, Memory};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use std::borrow::Cow;
use std::collections::BTreeMap;
use tollgate::attempt::Headers;
use tollgate::call::{self, Ending};
use tollgate::filter::{Action, Root, Stream};
use tollgate::provider::ROWS;

/// The virtual key in [`settings`].
pub(crate) const KEY: &str = "tg-test-0123456789abcdefghij";

/// Key for the provider.
pub(crate) const OPENAI_KEY: &str = "sk-real-openai-key";
/// Key for the provider.
pub(crate) const ANTHROPIC_KEY: &str = "sk-ant-real-anthropic-key";

/// Secret for placeholder keys.
pub(crate) const PLACEHOLDER_KEY: &str = "a secret of placeholders, for tests only";
/// Secret of an earlier key.
pub(crate) const OLDER_PLACEHOLDER_KEY: &str = "an older secret of placeholders, for tests";

/// Settings with both providers, one key and an exporter; `more` are further members, with a comma before each.
pub(crate) fn settings(more: &str) -> String {
    let digest = sha256(KEY);
    format!(
        r#"{{"providers":[
            {{"name":"openai","kind":"openai","credential":{{"env":"OPENAI_API_KEY"}}}},
            {{"name":"anthropic","kind":"anthropic","credential":{{"env":"ANTHROPIC_API_KEY"}}}}],
          "keys":[{{"id":"test","sha256":"{digest}","team":"search","user":"ada","feature":"tests"}}]{more}}}"#
    )
}

/// The same with a provider of every kind, each at its own host or at an invented one.
pub(crate) fn settings_for_all(more: &str) -> String {
    let providers: Vec<String> = ROWS
        .iter()
        .map(|row| {
            let (kind, host) = (row.kind, host_of(row));
            format!(r#"{{"name":"{kind}","kind":"{kind}","host":"{host}","credential":{{"env":"OPENAI_API_KEY"}}}}"#)
        })
        .collect();
    let digest = sha256(KEY);
    format!(
        r#"{{"providers":[{}],"keys":[{{"id":"test","sha256":"{digest}"}}],"unknown_paths":"pass"{more}}}"#,
        providers.join(",")
    )
}

/// With an exporter.
pub(crate) const EXPORT: &str = r#","telemetry":{"otlp":{"cluster":"otel"}}"#;

/// Provider of the settings. `variable`: name of the one that its key is in.
pub(crate) fn provider(name: &str, kind: &str, host: Option<&str>, variable: &str) -> serde_json::Value {
    let mut provider = serde_json::json!({"name": name, "kind": kind, "credential": {"env": variable}});
    if let Some(host) = host {
        provider["host"] = host.into();
    }
    provider
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    use sha2::Digest;
    sha2::Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A provider's answer.
#[derive(Clone)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) headers: Vec<(&'static str, &'static str)>,
    pub(crate) pieces: Vec<Vec<u8>>,
    /// Set when the answer is incomplete.
    pub(crate) cut: Option<Ending>,
    /// Set when trailers end it.
    pub(crate) trailers: bool,
}

impl Answer {
    /// A whole JSON answer.
    pub(crate) fn json(body: &str) -> Self {
        Self::of("application/json", vec![body.as_bytes().to_vec()])
    }

    /// A stream in given pieces.
    pub(crate) fn stream(pieces: Vec<Vec<u8>>) -> Self {
        Self::of("text/event-stream; charset=utf-8", pieces)
    }

    pub(crate) fn of(content_type: impl Into<String>, pieces: Vec<Vec<u8>>) -> Self {
        let content_type = content_type.into();
        Self { status: 200, content_type, headers: Vec::new(), pieces, cut: None, trailers: false }
    }
}

/// Result of one call.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// The provider's request; `None` when nothing went upstream.
    pub(crate) upstream: Option<(BTreeMap<String, String>, Vec<u8>)>,
    /// The client's status.
    pub(crate) status: u16,
    /// The client's body.
    pub(crate) body: Vec<u8>,
    /// The pieces sent to the client, one for each piece received.
    pub(crate) pieces: Vec<Vec<u8>>,
    /// Headers of a refusal.
    pub(crate) reply_headers: Vec<(Cow<'static, str>, Cow<'static, str>)>,
}

impl Seen {
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn sent(&self) -> &str {
        std::str::from_utf8(&self.upstream.as_ref().expect("nothing went upstream").1).unwrap()
    }
}

/// A gateway in memory.
pub(crate) struct Gateway {
    pub(crate) root: Root<Memory>,
    pub(crate) host: Memory,
}

impl Gateway {
    pub(crate) fn new(settings: &str) -> Self {
        let host = Memory::default();
        host.0.borrow_mut().now = 1_790_000_000_000_000_000;
        let mut root = Root::new(host.clone());
        let configured = root.configure(settings.as_bytes());
        assert!(configured, "{:#?}", host.0.borrow().log);
        Self { root, host }
    }

    /// A call to a path with the known key.
    pub(crate) fn post(&self, path: &str, body: &str, answer: &Answer) -> Seen {
        let key = format!("Bearer {KEY}");
        let headers = [("authorization", key.as_str()), ("content-type", "application/json")];
        self.call("POST", path, &headers, &[body.as_bytes()], answer)
    }

    /// A call with explicit method and headers.
    pub(crate) fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &[&[u8]],
        answer: &Answer,
    ) -> Seen {
        let mut seen = Seen::default();
        let mut stream = self.root.stream();
        let named = headers.iter().find(|(name, _)| *name == ":authority").map_or("gateway.local", |(_, value)| value);
        let mut all: Vec<(String, Vec<u8>)> = [(":method", method), (":path", path), (":authority", named)]
            .iter()
            .chain(headers.iter().filter(|(name, _)| *name != ":authority"))
            .map(|(name, value)| (name.to_string(), value.as_bytes().to_vec()))
            .collect();
        if !body.is_empty() {
            let length: usize = body.iter().map(|piece| piece.len()).sum();
            all.push(("content-length".to_owned(), length.to_string().into_bytes()));
        }
        {
            let mut world = self.host.0.borrow_mut();
            world.headers = [Headers::from_iter(all), Headers::default()];
            world.buffer = [Vec::new(), Vec::new()];
            world.reply = None;
            world.ending.clone_from(&answer.cut);
        }
        let mut paused = stream.on_request_headers(body.is_empty()) == Action::Pause;
        for (number, piece) in body.iter().enumerate() {
            if self.host.0.borrow().reply.is_some() {
                break;
            }
            let held = paused;
            self.host.0.borrow_mut().buffer[0].extend_from_slice(piece);
            let length = self.host.0.borrow().buffer[0].len();
            paused = stream.on_request_body(length, number + 1 == body.len()) == Action::Pause;
            if !paused && !held {
                // Envoy has sent it on.
                let gone = std::mem::take(&mut self.host.0.borrow_mut().buffer[0]);
                seen.upstream.get_or_insert_default().1.extend(gone);
            }
        }
        if paused && self.host.0.borrow().reply.is_none() {
            let guard = self.host.0.borrow().guard.clone();
            paused = !self.guard_answers(&mut stream, &guard);
            if let GuardAnswer::TooLate(body) = guard {
                stream.on_log();
                self.guard_answers(&mut stream, &GuardAnswer::Some(200, body));
                return seen;
            }
        }
        let reply = self.host.0.borrow_mut().reply.take();
        if let Some(reply) = reply {
            seen.status = reply.status;
            seen.body = reply.body;
            seen.reply_headers = reply.headers;
            stream.on_response_headers(false);
            stream.on_response_body(seen.body.len(), true);
            stream.on_log();
            return seen;
        }
        assert!(!paused, "the request hangs");
        let sent = std::mem::take(&mut self.host.0.borrow_mut().buffer[0]);
        let headers = self.host.0.borrow().headers[0].clone();
        let upstream = seen.upstream.get_or_insert_default();
        upstream.1.extend(sent);
        upstream.0 = headers
            .iter()
            .map(|(name, value)| (name.to_owned(), String::from_utf8_lossy(value).into_owned()))
            .collect();
        self.answer(&mut stream, answer, &mut seen);
        stream.on_log();
        seen
    }

    /// Passes the guard's answer to the stream. Reports whether the request was sent on.
    fn guard_answers(&self, stream: &mut Stream<Memory>, guard: &GuardAnswer) -> bool {
        self.host.0.borrow_mut().resumed = false;
        match guard {
            GuardAnswer::None => stream.on_callout_answer(QUESTION, None),
            GuardAnswer::Some(status, body) => {
                stream.on_callout_answer(QUESTION, Some(call::ExternalResponse { status: *status, body }));
            }
            GuardAnswer::TooLate(_) => {}
        }
        self.host.0.borrow().resumed
    }

    fn answer(&self, stream: &mut Stream<Memory>, answer: &Answer, seen: &mut Seen) {
        let mut headers = vec![
            (":status".to_owned(), answer.status.to_string().into_bytes()),
            ("content-type".to_owned(), answer.content_type.as_bytes().to_vec()),
        ];
        for (name, value) in &answer.headers {
            headers.push((name.to_string(), value.as_bytes().to_vec()));
        }
        self.host.0.borrow_mut().headers[1] = Headers::from_iter(headers);
        seen.status = answer.status;
        let ends = answer.cut.is_none() && !answer.trailers;
        stream.on_response_headers(answer.pieces.is_empty() && ends);
        for (number, piece) in answer.pieces.iter().enumerate() {
            self.host.0.borrow_mut().buffer[1].extend_from_slice(piece);
            let length = self.host.0.borrow().buffer[1].len();
            let last = number + 1 == answer.pieces.len() && ends;
            let mut gone = Vec::new();
            if stream.on_response_body(length, last) == Action::Continue {
                gone = std::mem::take(&mut self.host.0.borrow_mut().buffer[1]);
            }
            seen.body.extend_from_slice(&gone);
            seen.pieces.push(gone);
        }
        if answer.trailers {
            stream.on_response_trailers();
            let gone = std::mem::take(&mut self.host.0.borrow_mut().buffer[1]);
            seen.body.extend_from_slice(&gone);
        }
        if answer.cut.is_none() {
            assert!(self.host.0.borrow().buffer[1].is_empty(), "the answer hangs");
        }
    }

    /// The spans that were exported, after letting time pass.
    pub(crate) fn spans(&mut self) -> Vec<Span> {
        self.host.0.borrow_mut().now += 60_000_000_000;
        self.root.on_tick();
        let callouts = std::mem::take(&mut self.host.0.borrow_mut().callouts);
        let mut spans = Vec::new();
        for (number, body) in callouts.iter().enumerate() {
            let token = u32::try_from(number + 1).unwrap();
            self.root.on_callout_answer(token, Some(200), None, &[]);
            let export = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
            let scopes = export.resource_spans.into_iter().flat_map(|resource| resource.scope_spans);
            spans.extend(scopes.flat_map(|scope| scope.spans));
        }
        spans
    }

    /// The only span that was exported.
    pub(crate) fn span(&mut self) -> Attributes {
        let mut spans = self.spans();
        assert_eq!(spans.len(), 1, "one call leaves one span");
        Attributes::of(&spans.remove(0))
    }
}

/// A span in a comparable form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attributes {
    pub(crate) name: String,
    pub(crate) error: bool,
    pub(crate) of: BTreeMap<String, String>,
}

impl Attributes {
    pub(crate) fn of(span: &Span) -> Self {
        let text = |value: Option<Value>| match value {
            Some(Value::StringValue(text)) => text,
            Some(Value::IntValue(number)) => number.to_string(),
            Some(Value::DoubleValue(number)) => number.to_string(),
            Some(Value::BoolValue(is)) => is.to_string(),
            Some(Value::ArrayValue(array)) => array
                .values
                .into_iter()
                .map(|value| match value.value {
                    Some(Value::StringValue(text)) => text,
                    other => format!("{other:?}"),
                })
                .collect::<Vec<_>>()
                .join(","),
            other => format!("{other:?}"),
        };
        Self {
            name: span.name.clone(),
            error: span.status.as_ref().is_some_and(|status| status.code == 2),
            of: span
                .attributes
                .iter()
                .map(|pair| (pair.key.clone(), text(pair.value.clone().and_then(|value| value.value))))
                .collect(),
        }
    }

    /// An attribute's value, empty when it is absent.
    pub(crate) fn get(&self, key: &str) -> &str {
        self.of.get(key).map_or("", String::as_str)
    }

    /// Removes values that differ from run to run.
    pub(crate) fn timeless(mut self) -> Self {
        for name in [
            "gen_ai.response.time_to_first_chunk",
            "tollgate.response.time_to_first_token",
            "tollgate.response.time_between_tokens",
            "tollgate.response.longest_gap",
        ] {
            self.of.remove(name);
        }
        self
    }
}
