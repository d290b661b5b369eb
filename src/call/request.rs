//! Request body: reads and redacts it, and sends it to its provider.

use super::admission::{HeldRequest, may_run_unread, unserved};
use super::{Call, CapturedInput, Forwarded, Phase};
use crate::attempt::{Attempt, Exchange, Headers, address};
use crate::dialect::{Dialect, Form, RequestError, read_form, read_unknown_request};
use crate::document::{Document, Edits};
use crate::endpoint::Route;
use crate::model::{Items, Refusal, Request, TextKind, TextSpan};
use crate::policy::{Destination, VirtualKey, choose};
use crate::provider::Provider;
use crate::record::{AttemptRecord, Note};
use crate::redaction::Placeholders;
use crate::settings::ContentCapture;
use crate::telemetry::{Input, input_hash};
use crate::usage::Fee;
use std::rc::Rc;

/// A local reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalReply {
    /// HTTP status.
    pub status: u16,
    /// Headers in addition to those of every local reply.
    pub headers: &'static [(&'static str, &'static str)],
    /// JSON body in the client's dialect.
    pub body: String,
    /// Refusal code, for Envoy's response details.
    pub code: &'static str,
}

/// Action for a request's headers.
#[derive(Debug)]
pub enum OnRequestHeaders {
    /// Hold the headers until the body has been read.
    Hold,
    /// Replace the headers by these; the body follows unread.
    Pass(Headers),
    /// Refuse the call.
    Refuse(LocalReply),
}

/// Action for a request's body.
#[derive(Debug)]
pub enum OnRequestBody {
    /// Wait for more of the body.
    Hold,
    /// Forward the call to the provider.
    Forward(Forward),
    /// Refuse the call.
    Refuse(LocalReply),
    /// Pass the body on; the call does not read it.
    Pass,
}

/// The request to the provider.
#[derive(Debug)]
pub struct Forward {
    /// Headers, in place of the held ones.
    pub headers: Headers,
    /// The whole body.
    pub body: Vec<u8>,
    /// Set when the body is unchanged.
    pub unchanged: bool,
}

impl Call {
    /// Handles growth of the request's body to `length` bytes, with more to come. The host keeps the bytes until then.
    pub fn on_request_body_growing(&mut self, length: usize) -> OnRequestBody {
        let limit = self.plan.limits.request_body;
        match &self.phase {
            Phase::Reading(held) if length > limit => {
                let error_dialect = held.error_dialect();
                OnRequestBody::Refuse(self.refuse(error_dialect, &Refusal::BodyTooLarge { limit }))
            }
            Phase::Reading(_) => OnRequestBody::Hold,
            _ => OnRequestBody::Pass,
        }
    }

    /// Handles the complete request body.
    pub fn on_request_body(&mut self, body: Vec<u8>) -> OnRequestBody {
        match self.on_request_body_growing(body.len()) {
            OnRequestBody::Hold => {}
            decided => return decided,
        }
        let Phase::Reading(held) = std::mem::replace(&mut self.phase, Phase::Over) else {
            return OnRequestBody::Pass;
        };
        let error_dialect = held.error_dialect();
        match self.forward(*held, body) {
            Ok(forward) => OnRequestBody::Forward(forward),
            Err(refusal) => OnRequestBody::Refuse(self.refuse(error_dialect, &refusal)),
        }
    }

    /// Reads the body and decides what to forward.
    fn forward(&mut self, held: HeldRequest, body: Vec<u8>) -> Result<Forward, Refusal> {
        let Some(dialect) = held.dialect else {
            return self.forward_as_it_is(held, body);
        };
        if let Some(boundary) = &held.form {
            let form = read_form(&body, boundary).map_err(unreadable_request)?;
            return self.forward_form(held, dialect, form, body);
        }
        let read = Document::new(&body).map_err(RequestError::from);
        let read = read.and_then(|document| Ok((document, dialect.read_request(document)?)));
        let (document, mut request) = match read {
            Err(RequestError::NotJson(_) | RequestError::NotAnObject) if held.may_pass => {
                return self.forward_as_it_is(held, body);
            }
            read => read.map_err(unreadable_request)?,
        };
        let plan = Rc::clone(&self.plan);
        let HeldRequest { mut headers, route, key, .. } = held;
        let provider = self.decide(&headers, &route, dialect, &key, &mut request)?;
        let provider = plan.providers.get(provider).ok_or(Refusal::NoProvider)?;

        let mut exchange = Exchange::opaque(route);
        exchange.characters = request.characters;
        exchange.keeps_reasoning |= request.signs_reasoning;
        let stored = exchange.stored_state(request.stored_state);
        exchange.table = self.placeholders(stored);
        exchange.offered = request.offered;
        // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>, read 2026-11-28.
        if headers.first("x-amzn-bedrock-guardrailidentifier").is_some() {
            exchange.offered.fees.insert(Fee::Guardrail);
        }
        let mut edits = Edits::default();
        let redactor = plan.redactor.with_seal(self.seal.as_ref());
        super::redact::redact(document, &request.items, &redactor, &mut exchange.table, &mut edits);
        self.check_redacted(&exchange.table, stored)?;
        let asks = !provider.streams_usage_by_default
            && !exchange.route.streams_usage_by_default
            && takes_options(&headers, &exchange.route);
        let asked_usage = request.ask_usage.take().filter(|_| asks);
        let hides_usage = asked_usage.is_some();
        if let Some((place, text)) = asked_usage {
            edits.replace(place, text);
        }
        self.record.input_text = request.items.texts().map(|leaf| leaf.span.range().len() as u64).sum();
        let input = self.capture_input(dialect, document, &request);
        self.send(&mut headers, provider, exchange, hides_usage, input);
        Ok(finished(headers, body, &mut edits))
    }

    /// Forwards a form. Its texts are not JSON and lie between files.
    fn forward_form(
        &mut self,
        held: HeldRequest,
        dialect: Dialect,
        form: Form,
        body: Vec<u8>,
    ) -> Result<Forward, Refusal> {
        let plan = Rc::clone(&self.plan);
        let HeldRequest { mut headers, route, key, may_pass, .. } = held;
        let Form { mut request, texts, headers: names, opaque } = form;
        if let Some(opaque) = opaque.filter(|_| !plan.redactor.kinds().is_empty()) {
            self.note_unsearched(opaque.reason, opaque.at, may_pass)?;
        }
        let provider = self.decide(&headers, &route, dialect, &key, &mut request)?;
        let provider = plan.providers.get(provider).ok_or(Refusal::NoProvider)?;
        let mut exchange = Exchange::opaque(route);
        exchange.table = self.placeholders(None);
        let redactor = plan.redactor.with_seal(self.seal.as_ref());
        let mut edits = Edits::default();
        let names = if plan.redactor.kinds().is_empty() { Vec::new() } else { names };
        for range in names {
            let text = body.get(range.clone()).unwrap_or_default();
            match super::redact::redact_names(text, &redactor, &mut exchange.table) {
                Ok(None) => {}
                Ok(Some(redacted)) => edits.replace(range, redacted),
                Err(reason) => self.note_unsearched(reason, range.start, may_pass)?,
            }
        }
        for range in texts {
            let Some(text) = body.get(range.clone()).and_then(|text| std::str::from_utf8(text).ok()) else {
                continue;
            };
            self.record.input_text += text.len() as u64;
            let redacted = exchange.table.redact_text(&redactor, text);
            if redacted != text {
                edits.replace(range, redacted.into_owned());
            }
        }
        self.record.redacted = exchange.table.counts();
        self.send(&mut headers, provider, exchange, false, CapturedInput::default());
        Ok(finished(headers, body, &mut edits))
    }

    /// Adds a note for a part that cannot be searched, if the settings let it pass.
    fn note_unsearched(&mut self, reason: &'static str, at: usize, may_pass: bool) -> Result<(), Refusal> {
        if !may_pass {
            return Err(Refusal::BodyUnreadable { reason, at });
        }
        self.record.note(Note::RequestUnread);
        Ok(())
    }

    /// Forwards a body of no known dialect. Readable facts are recorded, nothing is changed.
    fn forward_as_it_is(&mut self, held: HeldRequest, body: Vec<u8>) -> Result<Forward, Refusal> {
        let HeldRequest { headers, route, key, dialect, .. } = held;
        if let (Some(operation), Some(_)) = (route.operation, dialect) {
            may_run_unread(&headers, operation, &route, &key)?;
            self.record.note(Note::RequestUnread);
        }
        if let Ok(mut request) = Document::new(&body).and_then(read_unknown_request) {
            request.model = route.model.clone().or_else(|| request.model.take());
            request.stream = route.stream.unwrap_or(request.stream);
            self.note_request(&request);
            let models: Vec<String> = request.model.into_iter().chain(request.other_models).collect();
            if let Some(model) = models.iter().find(|model| !key.allows(model)) {
                return Err(Refusal::ModelNotAllowed { model: model.clone() });
            }
            self.check_no_key(models.iter())?;
        }
        let provider = self.note_target(&headers, &route)?;
        Ok(finished(self.pass(headers, route, provider), body, &mut Edits::default()))
    }

    /// Decides whether the call may be forwarded, and selects the provider by its index in the plan.
    fn decide(
        &mut self,
        headers: &Headers,
        route: &Route,
        dialect: Dialect,
        key: &VirtualKey,
        request: &mut Request,
    ) -> Result<usize, Refusal> {
        // A model in the path is the one that runs, whatever the body says, so the key must allow it. A deployment's
        // name is its owner's choice, so the record prefers the body's model.
        let asked = request.model.take();
        let runs = route.model.clone().or_else(|| asked.clone());
        request.model = if route.is_deployment { asked.or_else(|| route.model.clone()) } else { runs.clone() };
        request.stream = route.stream.unwrap_or(request.stream);
        self.note_request(request);
        let authority = headers.text(":authority").unwrap_or_default();
        let plan = Rc::clone(&self.plan);
        let path = headers.text(":path").unwrap_or_default();
        let destination = self.destination;
        let provider = choose(&plan.providers, destination, Some(dialect), route.host_dialect, authority, path);
        let optional = route.operation.is_some_and(|operation| operation.model_optional)
            || provider.is_some_and(|provider| provider.row.model_optional);
        check_model(key, runs.as_ref(), &request.other_models, optional)?;
        self.check_no_key(runs.iter().chain(&request.other_models))?;
        let provider = provider.ok_or_else(|| unserved(destination))?;
        self.note_provider(provider, route);
        plan.providers.iter().position(|known| std::ptr::eq(known, provider)).ok_or(Refusal::NoProvider)
    }

    /// Begins the attempt at a provider: addresses its headers.
    pub(super) fn send(
        &mut self,
        headers: &mut Headers,
        provider: &Provider,
        mut exchange: Exchange,
        hides_usage: bool,
        input: CapturedInput,
    ) {
        self.strip(headers);
        address(headers, provider, &exchange.route, self.destination == Destination::Host);
        exchange.stream = self.record.stream;
        let exchange = Rc::new(exchange);
        let attempt = Attempt::new(Rc::clone(&exchange), hides_usage);
        if let Some(record) = self.record.attempts.last_mut() {
            record.sent = true;
        }
        self.phase = Phase::Forwarded(Box::new(Forwarded { exchange, attempt, input }));
    }

    /// Creates an empty placeholder table for the call. `stored`: the provider stores texts with placeholders of
    /// earlier calls.
    pub(super) fn placeholders(&self, stored: Option<&'static str>) -> Placeholders {
        let mut table = Placeholders::new(self.seal.clone());
        if stored.is_some() {
            table.expect_others();
        }
        table
    }

    /// Records how much was redacted, and refuses the call if its placeholders could be confused with those of earlier
    /// calls.
    fn check_redacted(&mut self, table: &Placeholders, stored: Option<&'static str>) -> Result<(), Refusal> {
        self.record.redacted = table.counts();
        match stored {
            Some(named) if self.seal.is_none() && !table.is_empty() => Err(Refusal::StoredState { named }),
            _ => Ok(()),
        }
    }

    fn note_request(&mut self, request: &Request) {
        self.record.request_model.clone_from(&request.model);
        self.record.stream = request.stream;
        self.record.parameters = request.parameters.clone();
        // Stop sequences on the span are redacted like its other content.
        let redactor = self.plan.telemetry.content_redactor.with_seal(self.seal.as_ref());
        for stop in &mut self.record.parameters.stop {
            *stop = Placeholders::new(self.seal.clone()).redact_text(&redactor, stop).into_owned();
        }
    }

    pub(super) fn note_provider(&mut self, provider: &Provider, route: &Route) {
        let server = (provider.host.clone(), provider.port);
        let location = route.location.clone().filter(|_| provider.row.regional);
        self.record.attempts.push(AttemptRecord {
            region: location.or_else(|| provider.region.clone()),
            priced_by_request_model: provider.row.priced_by_request_model,
            ..AttemptRecord::of(&provider.telemetry_name, server)
        });
        self.record.api_type = route.operation.and_then(|operation| operation.api_type);
    }

    /// Captures the input for the span. It is computed here, because the body is gone after forwarding.
    fn capture_input(&self, dialect: Dialect, document: Document<'_>, request: &Request) -> CapturedInput {
        let telemetry = &self.plan.telemetry;
        match telemetry.content {
            ContentCapture::None => CapturedInput::default(),
            ContentCapture::Hash => CapturedInput { hash: Some(input_hash(document, request)), input: None },
            ContentCapture::Full => {
                CapturedInput { input: Some(Input::of(document, request, telemetry.content_limit)), hash: None }
            }
            ContentCapture::Redacted => {
                CapturedInput { input: Some(self.redacted_input(dialect, document, request)), hash: None }
            }
        }
    }

    /// The input, redacted by the kinds set for content, which may be more than the provider's.
    fn redacted_input(&self, dialect: Dialect, document: Document<'_>, request: &Request) -> Input {
        let telemetry = &self.plan.telemetry;
        let (mut table, mut edits) = (self.placeholders(None), Edits::default());
        let redactor = telemetry.content_redactor.with_seal(self.seal.as_ref());
        // Signed texts are redacted too: a span's texts never go back to the provider.
        let readable = |leaf: &TextSpan| match leaf.place {
            TextKind::SignedReasoning => TextSpan { place: TextKind::Reasoning, ..*leaf },
            _ => *leaf,
        };
        let items: Items = request.items.texts().map(readable).collect();
        super::redact::redact(document, &items, &redactor, &mut table, &mut edits);
        let body = edits.applied(document.as_str().as_bytes());
        let read = |redacted| Some((redacted, dialect.read_request(redacted).ok()?));
        match Document::new(&body).ok().and_then(read) {
            Some((redacted, request)) => Input::of(redacted, &request, telemetry.content_limit),
            None => Input::default(),
        }
    }
}

/// Applies the edits to the body.
fn finished(mut headers: Headers, body: Vec<u8>, edits: &mut Edits) -> Forward {
    if edits.is_empty() {
        return Forward { headers, body, unchanged: true };
    }
    let body = edits.applied(&body);
    headers.set("content-length", body.len().to_string());
    headers.remove("transfer-encoding");
    Forward { headers, body, unchanged: false }
}

/// Checks that the key allows every model that may run. `others`: further models, or, for a request that names only a
/// list, the models of the list.
fn check_model(key: &VirtualKey, model: Option<&String>, others: &[String], optional: bool) -> Result<(), Refusal> {
    if let Some(model) = model.into_iter().chain(others).find(|model| !key.allows(model)) {
        return Err(Refusal::ModelNotAllowed { model: model.clone() });
    }
    match model {
        None if others.is_empty() && !(optional && key.models.is_none()) => Err(Refusal::ModelMissing),
        _ => Ok(()),
    }
}

/// Reports whether a request may ask for usage in the stream. Azure refuses `stream_options` in versions of its API
/// before 2024-09-01: <https://learn.microsoft.com/en-us/azure/ai-services/openai/api-version-deprecation>, read
/// 2026-11-28.
fn takes_options(headers: &Headers, route: &Route) -> bool {
    let path = headers.text(":path").unwrap_or_default();
    let query = path.split_once('?').map_or("", |(_, query)| query);
    let version = query.split('&').find_map(|member| member.strip_prefix("api-version="));
    !route.is_deployment || version.is_none_or(|version| version >= "2024-09-01")
}

fn unreadable(reason: crate::document::JsonError) -> Refusal {
    Refusal::BodyUnreadable { reason: reason.reason(), at: reason.at() }
}

fn unreadable_request(reason: RequestError) -> Refusal {
    match reason {
        RequestError::NotJson(reason) => unreadable(reason),
        RequestError::NotAnObject => Refusal::BodyUnreadable { reason: "not an object", at: 0 },
        RequestError::Ambiguous(field) => Refusal::BodyAmbiguous { field },
    }
}
