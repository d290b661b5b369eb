//! The request's half of a call: who calls, what for, and what goes to the provider.

use super::{Call, Headers, Phase};
use crate::chat::{Refusal, Request};
use crate::dialect::{Dialect, Unread};
use crate::document::{Document, Edits};
use crate::policy::{VirtualKey, choose, presented};
use crate::provider::Provider;
use crate::redaction::Placeholders;
use crate::settings::{ContentCapture, UnknownPaths};
use crate::telemetry::{Input, Outcome, TraceContext, input_hash};
use std::rc::Rc;

/// An answer of Tollgate's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply {
    /// The HTTP status.
    pub status: u16,
    /// A JSON body in the client's dialect.
    pub body: String,
    /// The refusal's code, for Envoy's response details.
    pub code: &'static str,
}

/// What becomes of a request's headers.
#[derive(Debug)]
pub enum OnRequestHeaders {
    /// They are held until the body has been read.
    Hold,
    /// These go on in their place; the body follows unread.
    Pass(Headers),
    /// The call is refused.
    Refuse(LocalReply),
}

/// What becomes of a request's body.
#[derive(Debug)]
pub enum OnRequestBody {
    /// More of it is awaited.
    Hold,
    /// The call goes to the provider.
    Forward(Forward),
    /// The call is refused.
    Refuse(LocalReply),
    /// It is not read here.
    Pass,
}

/// What goes to the provider.
#[derive(Debug)]
pub struct Forward {
    /// The headers, in place of the held ones.
    pub headers: Headers,
    /// The whole body.
    pub body: Vec<u8>,
    /// Whether the body is the very same that came.
    pub unchanged: bool,
}

/// A request whose headers are held.
pub(super) struct Held {
    headers: Headers,
    dialect: Dialect,
    key: Rc<VirtualKey>,
}

/// A request that went to the provider: what its answer has to be read with.
pub(super) struct Exchange {
    pub(super) dialect: Dialect,
    pub(super) table: Placeholders,
    /// Usage was asked for on the client's behalf: its event is not the client's.
    pub(super) hide_usage: bool,
    pub(super) input: Option<Input>,
    pub(super) input_hash: Option<String>,
}

impl Call {
    /// The request's headers have arrived. `end`: no body follows.
    pub fn on_request_headers(&mut self, headers: Headers, end: bool) -> OnRequestHeaders {
        let parent = headers.first("traceparent");
        let state = headers.first("tracestate");
        self.record.trace = TraceContext::continue_or_start(parent, state, self.fresh);
        let path = headers.text(":path").unwrap_or_default();
        let dialect = Dialect::of_path(path);
        match self.admit(&headers, dialect, end) {
            Ok(Admitted::Read { dialect, key }) => {
                self.phase = Phase::Reading(Box::new(Held { headers, dialect, key }));
                OnRequestHeaders::Hold
            }
            Ok(Admitted::Pass(headers)) => {
                self.phase = Phase::Passed;
                OnRequestHeaders::Pass(headers)
            }
            Err(refusal) => {
                let voice = dialect.unwrap_or_else(|| voice_of(&headers));
                OnRequestHeaders::Refuse(self.refuse(voice, &refusal))
            }
        }
    }

    /// So many bytes of the request's body have arrived, and more are to come; the host keeps them until then.
    pub fn on_request_body_growing(&mut self, length: usize) -> OnRequestBody {
        let limit = self.plan.limits.request_body;
        match &self.phase {
            Phase::Reading(held) if length > limit => {
                let dialect = held.dialect;
                OnRequestBody::Refuse(self.refuse(dialect, &Refusal::BodyTooLarge { limit }))
            }
            Phase::Reading(_) => OnRequestBody::Hold,
            _ => OnRequestBody::Pass,
        }
    }

    /// The request's body has arrived, whole.
    pub fn on_request_body(&mut self, body: Vec<u8>) -> OnRequestBody {
        match self.on_request_body_growing(body.len()) {
            OnRequestBody::Hold => {}
            decided => return decided,
        }
        let Phase::Reading(held) = std::mem::replace(&mut self.phase, Phase::Over) else {
            return OnRequestBody::Pass;
        };
        let dialect = held.dialect;
        match self.forward(*held, body) {
            Ok(forward) => OnRequestBody::Forward(forward),
            Err(refusal) => OnRequestBody::Refuse(self.refuse(dialect, &refusal)),
        }
    }

    /// Decides by the headers alone.
    fn admit(&mut self, headers: &Headers, dialect: Option<Dialect>, end: bool) -> Result<Admitted, Refusal> {
        self.record.operation = dialect.map(Dialect::operation);
        let key = self.identify(headers, dialect)?;
        let Some(dialect) = dialect else {
            return match self.plan.unknown_paths {
                UnknownPaths::Refuse => Err(Refusal::UnknownPath),
                UnknownPaths::Pass => self.pass_unknown(headers).map(Admitted::Pass),
            };
        };
        if headers.first(":method") != Some(b"POST") {
            return Err(Refusal::MethodNotAllowed);
        }
        if headers.media_type().is_some_and(|media| !is_json(&media)) {
            return Err(Refusal::ContentTypeUnsupported);
        }
        if headers.is_encoded() {
            return Err(Refusal::ContentEncodingUnsupported);
        }
        let limit = self.plan.limits.request_body;
        let announced = headers.text("content-length").and_then(|length| length.parse().ok());
        if announced.is_some_and(|length: usize| length > limit) {
            return Err(Refusal::BodyTooLarge { limit });
        }
        if end {
            return Err(Refusal::BodyUnreadable { reason: "empty", at: 0 });
        }
        Ok(Admitted::Read { dialect, key })
    }

    /// Finds the caller by the virtual key it presents.
    fn identify(&mut self, headers: &Headers, dialect: Option<Dialect>) -> Result<Rc<VirtualKey>, Refusal> {
        let presented = presented(
            headers.first("authorization"),
            headers.first("x-api-key"),
            dialect.map_or("authorization", Dialect::key_header),
        );
        let presented = presented.ok_or(Refusal::KeyMissing)?;
        let key = Rc::clone(self.plan.keyring.find(presented).ok_or(Refusal::KeyUnknown)?);
        let named =
            |header: &str| headers.text(header).map(|value| value.trim().to_owned()).filter(|value| !value.is_empty());
        let caller = &mut self.record.caller;
        caller.key_id = Some(key.id.clone());
        caller.team.clone_from(&key.team);
        caller.user = key.user.clone().or_else(|| named("x-tollgate-user"));
        caller.feature = key.feature.clone().or_else(|| named("x-tollgate-feature"));
        if key.expired(self.record.started / 1_000_000_000) {
            return Err(Refusal::KeyExpired);
        }
        Ok(key)
    }

    /// Reads the body and decides what goes to the provider.
    fn forward(&mut self, held: Held, body: Vec<u8>) -> Result<Forward, Refusal> {
        let plan = Rc::clone(&self.plan);
        let Held { mut headers, dialect, key } = held;
        let document = Document::new(&body).map_err(unreadable)?;
        let request = dialect.read_request(document).map_err(unread)?;
        self.note_request(&request);
        check_model(&key, &request)?;
        let authority = headers.text(":authority").unwrap_or_default();
        let provider = choose(&plan.providers, Some(dialect), authority).ok_or(Refusal::NoProvider)?;
        self.note_provider(provider, dialect);

        let mut table = Placeholders::default();
        let mut edits = Edits::default();
        super::redact::redact(document, &request.leaves, &plan.redactor, &mut table, &mut edits);
        self.record.redacted = table.counts();
        let hide_usage = request.ask_usage.is_some();
        if let Some((place, text)) = request.ask_usage.clone() {
            edits.replace(place, text);
        }
        let (input, input_hash) = self.capture_input(dialect, document, &request);
        let unchanged = edits.is_empty();
        self.address(&mut headers, provider);
        let body = if unchanged {
            body
        } else {
            let body = edits.applied(document.as_str().as_bytes());
            headers.set("content-length", body.len().to_string());
            headers.remove("transfer-encoding");
            body
        };
        self.phase = Phase::Forwarded(Box::new(Exchange { dialect, table, hide_usage, input, input_hash }));
        Ok(Forward { headers, body, unchanged })
    }

    fn note_request(&mut self, request: &Request) {
        self.record.request_model.clone_from(&request.model);
        self.record.stream = request.stream;
        self.record.parameters = request.parameters.clone();
        // The span's copy of what the client wrote must not say what its texts may not.
        let redactor = &self.plan.telemetry.content_redactor;
        for stop in &mut self.record.parameters.stop {
            *stop = Placeholders::default().redact_text(redactor, stop).into_owned();
        }
    }

    fn note_provider(&mut self, provider: &Provider, dialect: Dialect) {
        self.record.provider = Some(provider.row.telemetry_name.to_owned());
        self.record.server = Some((provider.host.clone(), provider.port));
        self.record.api_type = dialect.openai_api_type();
    }

    /// What of the input is kept; computed here, because the body does not outlive its forwarding.
    fn capture_input(&self, dialect: Dialect, document: Document<'_>, request: &Request) -> Kept {
        let telemetry = &self.plan.telemetry;
        match telemetry.content {
            ContentCapture::None => (None, None),
            ContentCapture::Hash => (None, Some(input_hash(document, request))),
            ContentCapture::Full => (Some(Input::of(document, request, telemetry.content_limit)), None),
            ContentCapture::Redacted => (Some(self.redacted_input(dialect, document, request)), None),
        }
    }

    /// The input with personal data taken out by the kinds set for content, which may be more than the provider's.
    fn redacted_input(&self, dialect: Dialect, document: Document<'_>, request: &Request) -> Input {
        let telemetry = &self.plan.telemetry;
        let (mut table, mut edits) = (Placeholders::default(), Edits::default());
        super::redact::redact(document, &request.leaves, &telemetry.content_redactor, &mut table, &mut edits);
        let body = edits.applied(document.as_str().as_bytes());
        let read = |redacted| Some((redacted, dialect.read_request(redacted).ok()?));
        match Document::new(&body).ok().and_then(read) {
            Some((redacted, request)) => Input::of(redacted, &request, telemetry.content_limit),
            None => Input::default(),
        }
    }

    /// Makes a client's headers those that go to a provider.
    fn address(&self, headers: &mut Headers, provider: &Provider) {
        let taken = |name: &str| {
            name.starts_with("x-tollgate-")
                || matches!(name, "authorization" | "x-api-key")
                || self.plan.strip_headers.iter().any(|strip| strip == name)
        };
        headers.0.retain(|(name, _)| !taken(name));
        headers.set(provider.credential_header, provider.credential.reveal());
        headers.set(":authority", provider.authority());
        headers.set(PROVIDER_HEADER, provider.name.as_str());
        headers.set("accept-encoding", "identity");
        headers.set("traceparent", self.record.trace.traceparent(self.is_exported()));
        if self.record.trace.state.is_none() {
            headers.remove("tracestate");
        }
    }

    /// A path that no dialect knows goes on with the provider's credential, its body unread.
    fn pass_unknown(&mut self, headers: &Headers) -> Result<Headers, Refusal> {
        let plan = Rc::clone(&self.plan);
        let authority = headers.text(":authority").unwrap_or_default();
        let spoken = || choose(&plan.providers, Some(voice_of(headers)), authority);
        let provider = choose(&plan.providers, None, authority).or_else(spoken);
        let provider = provider.ok_or(Refusal::NoProvider)?;
        self.record.provider = Some(provider.row.telemetry_name.to_owned());
        self.record.server = Some((provider.host.clone(), provider.port));
        let mut headers = headers.clone();
        self.address(&mut headers, provider);
        Ok(headers)
    }

    /// Ends the call with an answer of our own, in the client's dialect.
    fn refuse(&mut self, dialect: Dialect, refusal: &Refusal) -> LocalReply {
        self.phase = Phase::Over;
        self.record.status = Some(refusal.status());
        self.record.outcome = Outcome::Refused { error: refusal.code() };
        LocalReply { status: refusal.status(), body: dialect.write_refusal(refusal), code: refusal.code() }
    }
}

/// What of the input is kept: its texts, or their hash.
type Kept = (Option<Input>, Option<String>);

/// What the headers alone decide.
enum Admitted {
    Read { dialect: Dialect, key: Rc<VirtualKey> },
    Pass(Headers),
}

/// In which dialect a client is answered whose path says nothing.
fn voice_of(headers: &Headers) -> Dialect {
    match headers.first("anthropic-version") {
        Some(_) => Dialect::AnthropicMessages,
        None => Dialect::OpenAiChat,
    }
}

fn check_model(key: &VirtualKey, request: &Request) -> Result<(), Refusal> {
    let model = request.model.as_deref().ok_or(Refusal::ModelMissing)?;
    if key.allows(model) {
        return Ok(());
    }
    Err(Refusal::ModelNotAllowed { model: model.to_owned() })
}

fn unreadable(reason: crate::document::Unreadable) -> Refusal {
    Refusal::BodyUnreadable { reason: reason.reason, at: reason.at }
}

fn unread(reason: Unread) -> Refusal {
    match reason {
        Unread::NotJson(reason) => unreadable(reason),
        Unread::NotAnObject => Refusal::BodyUnreadable { reason: "not an object", at: 0 },
        Unread::Ambiguous(field) => Refusal::BodyAmbiguous { field },
    }
}

fn is_json(media: &str) -> bool {
    media == "application/json" || media.ends_with("+json")
}

/// By this header Envoy's route finds the provider's cluster; the route removes it.
const PROVIDER_HEADER: &str = "x-tollgate-provider";
