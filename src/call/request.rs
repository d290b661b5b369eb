//! Request body: one pipeline for JSON, forms and opaque bodies. It is read, decided upon, redacted, asked about, and
//! sent to its provider.

use super::Call;
use super::admission::{called, may_run_unread, unserved};
use super::body::{BodyReader, ParsedBody, RequestBody, Unsearched};
use super::for_target::{ForTarget, RoutedCall, ask_usage};
use super::phase::{FallbackInput, HeldRequest, Phase, Prepared};
use super::step::{Outbound, Step};
use super::target::ChosenTargets;
use crate::attempt::{Exchange, Headers, client_form};
use crate::endpoint::Route;
use crate::model::{Refusal, Request};
use crate::policy::{VirtualKey, choose};
use crate::record::Note;
use crate::redaction::Placeholders;
use crate::usage::Fee;
use std::sync::Arc;

impl Call {
    /// Handles growth of the request's body to `length` bytes, with more to come. The host keeps the bytes until then.
    pub fn on_request_body_growing(&mut self, length: usize) -> Step {
        let limit = self.plan.limits.request_body;
        match &self.phase {
            Phase::Reading(held) if length > limit => {
                let error_dialect = held.error_dialect();
                Step::Refuse(self.refuse(error_dialect, &Refusal::BodyTooLarge { limit }))
            }
            Phase::Reading(_) | Phase::Asking(_) => Step::Wait,
            _ => Step::Continue(Outbound::default()),
        }
    }

    /// Handles the complete request body.
    pub fn on_request_body(&mut self, body: &[u8]) -> Step {
        match self.on_request_body_growing(body.len()) {
            Step::Wait => {}
            decided => return decided,
        }
        let held = match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Reading(held) => held,
            phase => {
                self.phase = phase;
                return Step::Wait;
            }
        };
        let error_dialect = held.error_dialect();
        match self.process(*held, body) {
            Ok(step) => step,
            Err(refusal) => Step::Refuse(self.refuse(error_dialect, &refusal)),
        }
    }

    /// Reads the body, prepares the request, and sends it or asks about it first.
    fn process(&mut self, held: HeldRequest, bytes: &[u8]) -> Result<Step, Refusal> {
        let mut body = held.body.read(bytes)?;
        if let Some(unsearched) = body.unsearched().filter(|_| self.is_searched()) {
            self.note_unsearched(unsearched, held.body.may_pass)?;
        }
        self.record.input_text = body.text_bytes();
        let chosen = self.decide(&held, &mut body)?;
        let error_dialect = held.error_dialect();
        let HeldRequest { headers, route, body: reader, .. } = held;
        let prepared = self.prepare(headers, route, chosen, &mut body, &reader)?;
        if body.is_opaque() {
            return Ok(Step::Continue(self.send(prepared)));
        }
        self.ask_or_send(prepared, &reader, bytes, error_dialect)
    }

    /// Redacts the body, and makes everything ready for its provider.
    fn prepare(
        &mut self,
        mut headers: Headers,
        mut route: Route,
        chosen: ChosenTargets,
        body: &mut RequestBody<'_>,
        reader: &BodyReader,
    ) -> Result<Prepared, Refusal> {
        let ChosenTargets { provider, mut choice, requested } = chosen;
        let plan = Arc::clone(&self.plan);
        let stored = Exchange::stored_state(&route, body.request.stored_state);
        let mut table = self.placeholders(stored);
        let redactor = self.redactor();
        let mut unsearched = Vec::new();
        let mut edits = body.redact(&redactor, &mut table, &mut unsearched);
        for unsearched in unsearched {
            self.note_unsearched(unsearched, reader.may_pass)?;
        }
        self.check_redacted(&table, stored)?;
        let (is_stream, started) = (self.record.stream, self.record.started);
        let is_routed = !choice.targets.is_empty();
        let betas = headers.text("anthropic-beta").filter(|_| is_routed).unwrap_or_default().to_owned();
        let call = RoutedCall {
            plan: &plan,
            requested: &requested,
            is_stream,
            started,
            betas: &betas,
            client: client_form(&route, &body.request),
            inputs: if is_routed { body.request.items.inputs() } else { 0 },
        };
        if is_routed {
            self.narrow(&mut choice, call, &route, body, &mut edits)?;
        }
        // What an operation does besides answering would be done twice, and a shadow knows nothing of stored state.
        let has_shadow = stored.is_none() && route.operation.is_some_and(|operation| operation.runs_model);
        choice.shadow = choice.shadow.filter(|_| has_shadow);
        let provider = choice.targets.first().map_or(provider, |first| first.provider);
        let is_fallback = plan.attempts.upstream && (choice.attempts() > 1 || choice.shadow.is_some());
        let client_path = headers.text(":path").unwrap_or_default().to_owned();
        let target = choice.targets.first().filter(|_| !is_fallback);
        let at_target = target.map(|target| call.at(target, &route)).transpose()?;
        let translated = match &at_target {
            Some(at) => at.write_path(&mut headers, &mut route)?,
            None => None,
        };
        let mut exchange = Exchange { table, ..Exchange::opaque(route) };
        exchange.read(&body.request);
        if is_fallback && let Some(dialect) = exchange.route.dialect.filter(|_| exchange.route.model.is_some()) {
            let mut models = choice.all().filter_map(|target| target.model.as_deref());
            exchange.keeps_reasoning |= models.any(|model| dialect.signs_reasoning(Some(model)));
        }
        // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html>, read 2026-11-28.
        if matches!(body.kind, ParsedBody::Json(..)) && headers.first("x-amzn-bedrock-guardrailidentifier").is_some() {
            exchange.offered.fees.insert(Fee::Guardrail);
        }
        let mut written = ForTarget::default();
        if let Some(at) = &at_target {
            let there = translated.clone().map(|route| (route, client_path.as_str()));
            written = at.write_body(&exchange.route, there, body, &mut edits)?;
        }
        if let Some(betas) = &written.betas {
            headers.set("anthropic-beta", betas);
        }
        let asks = |provider| ask_usage(provider, &headers, &exchange.route, &mut body.request, &mut edits);
        let at = plan.providers.get(provider);
        let hides_usage = at.filter(|_| !is_fallback && translated.is_none()).is_some_and(asks);
        let input = self.capture_input(body);
        let edited = (!edits.is_empty() && written.whole.is_none()).then(|| edits.applied(body.bytes()));
        let body = written.whole.map(String::into_bytes).or(edited);
        if let Some(record) = self.record.attempts.last_mut() {
            record.lost = written.lost;
        }
        let translation = written.translation;
        let fallback = is_fallback.then(|| FallbackInput { requested, reader: reader.clone() });
        Ok(Prepared { headers, provider, choice, fallback, exchange, translation, hides_usage, input, body })
    }

    /// Adds a note for a part that cannot be searched, if the settings let it pass.
    fn note_unsearched(&mut self, part: Unsearched, may_pass: bool) -> Result<(), Refusal> {
        if !may_pass {
            return Err(Refusal::BodyUnreadable { reason: part.reason, at: part.at });
        }
        self.record.note(Note::RequestUnread);
        Ok(())
    }

    /// Decides whether the call may be forwarded, and selects its targets or its provider.
    fn decide(&mut self, held: &HeldRequest, body: &mut RequestBody<'_>) -> Result<ChosenTargets, Refusal> {
        let HeldRequest { headers, route, key, body: reader } = held;
        let is_opaque = body.is_opaque();
        if let (true, Some(operation), Some(_)) = (is_opaque, route.operation, reader.dialect) {
            may_run_unread(headers, operation, route, key)?;
            self.record.note(Note::RequestUnread);
        }
        // A model in the path is the one that runs, whatever the body says, so the key must allow it. A deployment's
        // name is its owner's choice, so the record prefers the body's model.
        let request = &mut body.request;
        let asked = request.model.take();
        let runs = route.model.clone().or_else(|| asked.clone());
        request.model = if route.is_deployment { asked.or_else(|| route.model.clone()) } else { runs.clone() };
        request.stream = route.stream.unwrap_or(request.stream);
        self.note_request(request);
        let plan = Arc::clone(&self.plan);
        let destination = self.destination;
        let routed = !is_opaque && reader.dialect.is_some() && !plan.models.is_empty();
        let provider = match reader.dialect.filter(|_| !is_opaque) {
            None => called(&plan.providers, destination, route, headers),
            dialect => {
                let authority = headers.text(":authority").unwrap_or_default();
                let path = headers.text(":path").unwrap_or_default();
                choose(&plan.providers, destination, dialect, route.host_dialect, authority, path)
            }
        };
        let operation = route.operation;
        let optional = is_opaque
            || operation.is_some_and(|operation| !operation.runs_model)
            || key.models.is_none()
                && (operation.is_some_and(|operation| operation.model_optional)
                    || provider.is_some_and(|provider| provider.row.model_optional));
        check_model(key, runs.as_ref(), &request.other_models, optional)?;
        self.check_no_key(runs.iter().chain(&request.other_models))?;
        if routed && let Some(chosen) = self.choose_targets(runs.as_ref(), held, body)? {
            return Ok(chosen);
        }
        let provider = provider.ok_or_else(|| unserved(destination))?;
        self.note_provider(provider, route, None);
        let index = plan.providers.iter().position(|known| std::ptr::eq(known, provider));
        index.map(ChosenTargets::provider).ok_or(Refusal::NoProvider)
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
        let redactor = self.content_redactor();
        for stop in &mut self.record.parameters.stop {
            *stop = Placeholders::new(self.seal.clone()).redact_text(&redactor, stop).into_owned();
        }
    }
}

/// Checks that the key allows every model that may run. `others`: further models, or, for a request that names only a
/// list, the models of the list.
fn check_model(key: &VirtualKey, model: Option<&String>, others: &[String], optional: bool) -> Result<(), Refusal> {
    if let Some(model) = model.into_iter().chain(others).find(|model| !key.allows(model)) {
        return Err(Refusal::ModelNotAllowed { model: model.clone() });
    }
    match model {
        None if others.is_empty() && !optional => Err(Refusal::ModelMissing),
        _ => Ok(()),
    }
}
