//! Fallback: the attempts of one call at its targets, one after the other, which upstream instances of the filter make.
//!
//! The gateway's stream owns it; upstream instances find it by the call's key. Each attempt begins with the headers and
//! the body that the gateway has sent on, so that nothing set for one target reaches the next.

use super::body::BodyReader;
use super::for_target::{RoutedCall, ask_usage, attempt_record};
use crate::attempt::{Attempt, AttemptEnd, Exchange, Headers, address, client_form};
use crate::dialect::Dialect;
use crate::document::Edits;
use crate::endpoint::Route;
use crate::model::Refusal;
use crate::policy::{Measures, Rests, RouteChoice, Target};
use crate::price::DecimalText;
use crate::provider::Provider;
use crate::record::{AttemptRecord, MovedOn, Note};
use crate::settings::Plan;
use std::rc::Rc;
use std::sync::Arc;

/// Attempts of one call.
pub struct Fallback {
    pub(super) plan: Arc<Plan>,
    /// Arrival of the call's headers, in nanoseconds since 1970.
    pub(super) started: u64,
    /// The model that the client asked for.
    requested: String,
    reader: BodyReader,
    pub(super) exchange: Rc<Exchange>,
    /// Targets, in the order in which they have been and will be tried, and those for turned-down requests.
    pub(super) choice: RouteChoice,
    /// Headers that every attempt begins with: those that the first one got.
    pub(super) base: Option<Headers>,
    pub(super) tries: Vec<Try>,
    pub(super) rests: Option<Rc<dyn Rests>>,
    pub(super) measures: Option<Rc<dyn Measures>>,
}

/// Request of one attempt.
pub struct AttemptRequest {
    /// All headers.
    pub headers: Headers,
    /// The whole body; `None` leaves it as it has come.
    pub body: Option<Vec<u8>>,
}

/// One attempt.
pub(super) struct Try {
    /// The answer's reader, once the request is written.
    pub(super) attempt: Option<Attempt>,
    pub(super) record: AttemptRecord,
    /// Bytes of the answer that the client has not got, while its headers are held.
    pub(super) held: Option<Vec<u8>>,
    /// Set when Envoy was asked to try the next target.
    pub(super) is_given_up: bool,
}

/// Parts of a call that its attempts need.
pub(super) struct FallbackParts {
    pub(super) plan: Arc<Plan>,
    pub(super) started: u64,
    pub(super) requested: String,
    pub(super) reader: BodyReader,
    pub(super) exchange: Rc<Exchange>,
    pub(super) choice: RouteChoice,
    pub(super) rests: Option<Rc<dyn Rests>>,
    pub(super) measures: Option<Rc<dyn Measures>>,
}

impl Fallback {
    pub(super) fn new(parts: FallbackParts) -> Self {
        let FallbackParts { plan, started, requested, reader, exchange, choice, rests, measures } = parts;
        Self { plan, started, requested, reader, exchange, choice, base: None, tries: Vec::new(), rests, measures }
    }

    /// Number of attempts that may follow the first.
    pub(super) fn retries(&self) -> usize {
        self.choice.attempts().min(self.plan.attempts.max).saturating_sub(1)
    }

    /// Name of the provider whose target the next attempt is for.
    pub fn next_provider(&self) -> Option<&str> {
        let target = self.choice.targets.get(self.tries.len())?;
        self.provider(target).map(|provider| provider.name.as_str())
    }

    pub(super) fn provider(&self, target: &Target) -> Option<&Provider> {
        self.plan.providers.get(target.provider)
    }

    /// Begins an attempt at the provider that Envoy has chosen. Returns the attempt's index.
    ///
    /// # Errors
    /// Envoy has chosen a provider that the call has no target at: a credential would go to another's host.
    pub fn begin(&mut self, chosen: &str, headers: Headers, now: u64) -> Result<usize, Refusal> {
        self.give_up_last(now);
        let index = self.tries.len();
        let is_there = |target: &Target| {
            let provider = self.plan.providers.get(target.provider);
            provider.is_some_and(|provider| provider.name == chosen)
        };
        let targets = &self.choice.targets;
        let expected = targets.get(index).or_else(|| targets.last()).filter(|target| is_there(target));
        // Where a cluster stands for several providers, Envoy may choose a later one.
        let later = || targets.iter().skip(index).chain(targets).find(|target| is_there(target));
        let target = Arc::clone(expected.or_else(later).ok_or(Refusal::Internal)?);
        let later = self.choice.targets.iter().skip(index).position(|known| Arc::ptr_eq(known, &target));
        match later {
            Some(at) => {
                let target = self.choice.targets.remove(index + at);
                self.choice.targets.insert(index, target);
            }
            None => self.choice.targets.insert(index, Arc::clone(&target)),
        }
        self.base.get_or_insert(headers);
        let provider = self.plan.providers.get(target.provider).ok_or(Refusal::Internal)?;
        let record = attempt_record(provider, &self.exchange.route, Some((&*target, self.requested.as_str())));
        if let (Some(measures), Some(target)) = (&self.measures, &record.target) {
            measures.count_request(target);
        }
        let record = AttemptRecord { began: now.saturating_sub(self.started), sent: true, ..record };
        self.tries.push(Try { attempt: None, record, held: None, is_given_up: false });
        Ok(index)
    }

    /// Writes the request of the attempt that has begun last.
    ///
    /// # Errors
    /// It cannot be written for the target.
    pub fn write(&mut self, body: &[u8]) -> Result<AttemptRequest, Refusal> {
        let index = self.tries.len().checked_sub(1).ok_or(Refusal::Internal)?;
        let target = Arc::clone(self.choice.targets.get(index).ok_or(Refusal::Internal)?);
        let plan = Arc::clone(&self.plan);
        let mut headers = self.base.clone().unwrap_or_default();
        let mut route = self.exchange.route.clone();
        let client_path = headers.text(":path").unwrap_or_default().to_owned();
        let (is_stream, requested) = (self.exchange.stream, self.requested.as_str());
        let betas = headers.text("anthropic-beta").unwrap_or_default().to_owned();
        let mut read = self.reader.read(body)?;
        read.request.stream = is_stream;
        let call = RoutedCall {
            plan: &plan,
            requested,
            is_stream,
            started: self.started,
            betas: &betas,
            client: client_form(&route, &read.request),
            inputs: read.request.items.inputs(),
        };
        let at = call.at(&target, &route)?;
        let translated = at.write_path(&mut headers, &mut route)?;
        let mut edits = Edits::default();
        let there = translated.clone().map(|route| (route, client_path.as_str()));
        let written = at.write_body(&self.exchange.route, there, &read, &mut edits)?;
        if let Some(betas) = &written.betas {
            headers.set("anthropic-beta", betas);
        }
        let asks = translated.is_none();
        let hides_usage = asks && ask_usage(at.provider, &headers, &route, &mut read.request, &mut edits);
        let edited = (!edits.is_empty() && written.whole.is_none()).then(|| edits.applied(body));
        let whole = written.whole.map(String::into_bytes).or(edited);
        set_headers(&mut headers, &target, at.provider, translated.as_ref().unwrap_or(&route));
        let length = whole.as_ref().map_or(body.len(), Vec::len);
        headers.set("content-length", DecimalText::whole(length as u64).as_str());
        if let Some(last) = self.tries.last_mut() {
            last.record.lost = written.lost;
            let attempt = Attempt::new(Rc::clone(&self.exchange), hides_usage);
            last.attempt = Some(attempt.translated(written.translation));
        }
        Ok(AttemptRequest { headers, body: whole })
    }

    /// Writes the error that the client gets where a request cannot be written.
    pub fn write_refusal(&self, refusal: &Refusal) -> String {
        self.exchange.route.error_dialect().unwrap_or(Dialect::OpenAiChat).write_refusal(refusal)
    }

    /// Handles the end of an attempt. `is_not_reached`: there was no connection.
    pub fn on_end(&mut self, index: usize, is_not_reached: bool, now: u64) {
        let since = now.saturating_sub(self.started);
        let limit = u64::try_from(self.plan.attempts.first_event.as_nanos()).unwrap_or(u64::MAX);
        let is_limited = self.exchange.stream;
        let Some(ended) = self.tries.get_mut(index) else {
            return;
        };
        let duration = *ended.record.duration.get_or_insert_with(|| since.saturating_sub(ended.record.began));
        let has_begun = ended.attempt.as_ref().is_some_and(Attempt::has_begun) && ended.held.is_none();
        if has_begun || ended.is_given_up {
            return;
        }
        // Envoy's timer and this clock differ a little.
        let is_late = is_limited && duration.saturating_add(limit / 16) >= limit;
        let reason = if is_late { MovedOn::TimedOut } else { MovedOn::Reset };
        // The next attempt may have begun, and closed this one, before the host says why it ended.
        ended.record.moved_on = Some(match is_not_reached {
            true => MovedOn::NotReached,
            false => ended.record.moved_on.unwrap_or(reason),
        });
    }

    /// Closes the attempt before one that begins.
    fn give_up_last(&mut self, now: u64) {
        let Some(index) = self.tries.len().checked_sub(1) else {
            return;
        };
        self.on_end(index, false, now);
        if let Some(last) = self.tries.last_mut() {
            last.finish();
        }
    }

    /// Reports whether all of the last attempt's answer has come.
    pub(super) fn is_complete(&self) -> bool {
        let attempt = self.tries.last().and_then(|last| last.attempt.as_ref());
        attempt.is_some_and(Attempt::is_complete)
    }

    /// Adds the attempt that Envoy could not make, because it knows no host of the next target's provider. The target
    /// rests.
    pub(super) fn on_no_host(&mut self, now: u64) {
        let Some(target) = self.choice.targets.get(self.tries.len()).map(Arc::clone) else {
            return;
        };
        self.give_up_last(now);
        self.rest_without_host(&target);
        if let Some(provider) = self.provider(&target) {
            let record = attempt_record(provider, &self.exchange.route, Some((&*target, self.requested.as_str())));
            let began = now.saturating_sub(self.started);
            let record = AttemptRecord { began, duration: Some(0), moved_on: Some(MovedOn::NoHost), ..record };
            self.tries.push(Try { attempt: None, record, held: None, is_given_up: true });
        }
    }

    /// Reports whether an error reply of Envoy's own answers the call: the last attempt has no answer, or was given up.
    pub(super) fn awaits_answer(&self) -> bool {
        let has_answer = |last: &Try| last.attempt.as_ref().is_some_and(Attempt::has_begun) && last.held.is_none();
        self.tries.last().is_none_or(|last| last.is_given_up || !has_answer(last))
    }

    /// Takes the records of all attempts, and the remains of the last one.
    pub(super) fn take(&mut self, now: u64) -> (Vec<AttemptRecord>, AttemptEnd, Rc<Exchange>) {
        let mut tries = std::mem::take(&mut self.tries);
        let since = now.saturating_sub(self.started);
        let mut end = AttemptEnd::default();
        if let Some(last) = tries.last_mut() {
            last.record.duration.get_or_insert_with(|| since.saturating_sub(last.record.began));
            let is_answered = last.attempt.as_ref().is_some_and(Attempt::is_complete);
            end = last.finish();
            // Envoy had no retry left for it: its answer is the client's.
            if last.is_given_up && is_answered {
                last.record.moved_on = None;
            }
        }
        let records: Vec<AttemptRecord> = tries.into_iter().map(|done| done.record).collect();
        let may_be_billed = |record: &AttemptRecord| record.moved_on.is_some_and(MovedOn::may_be_billed);
        if records.iter().any(may_be_billed) {
            end.notes.push(Note::AttemptUsageUnknown);
        }
        let exchange = std::mem::replace(&mut self.exchange, Rc::new(Exchange::opaque(Route::default())));
        (records, end, exchange)
    }
}

impl Try {
    /// Writes the facts of the attempt to its record.
    fn finish(&mut self) -> AttemptEnd {
        match self.attempt.take() {
            Some(mut attempt) => attempt.finish(&mut self.record),
            None => AttemptEnd::default(),
        }
    }
}

/// Sets the headers of a target's requests, and the provider's address and credential.
fn set_headers(headers: &mut Headers, target: &Target, provider: &Provider, route: &Route) {
    for (name, value) in &target.headers {
        headers.set(name, value);
    }
    address(headers, provider, route, false);
    // Envoy's route has chosen the cluster already, and would not remove it here.
    headers.retain(|name, _| !name.starts_with("x-tollgate-"));
    headers.remove("transfer-encoding");
}
