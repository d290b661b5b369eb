//! Shadow: the same call at another target, whose answer is recorded and goes to nobody.
//!
//! Envoy's route mirrors the request to the cluster that a header names, and an upstream instance of the filter there finds
//! the shadow by a second one: filter state does not reach a mirrored request. The call waits for nothing of it, and either
//! may end first.

use super::fallback::{AttemptRequest, Fallback, FallbackParts};
use super::phase::{CapturedInput, FallbackInput, Phase, Upstream};
use super::{Call, Ending};
use crate::attempt::{Exchange, Headers};
use crate::model::{Parameters, Refusal};
use crate::policy::{Destination, OnLoss, RouteChoice, Target};
use crate::price::{Cost, UnknownCost};
use crate::record::{CallRecord, Captured, MovedOn, Note, Outcome};
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;

/// Header that names the cluster of a call's shadow, for the mirror policy of Envoy's route.
pub const SHADOW_HEADER: &str = "x-tollgate-shadow";

/// Header by which a shadow finds its call. Neither leaves towards a provider.
pub const SHADOW_CALL_HEADER: &str = "x-tollgate-call";

/// The shadow of a call.
pub struct Shadow {
    call: Call,
    fallback: Rc<RefCell<Fallback>>,
    /// Random text, so that nobody else takes the shadow.
    token: String,
    /// Reason why no request could be written.
    refusal: Option<&'static str>,
}

/// Parts of a call that its shadow needs.
pub(super) struct ShadowParts<'p> {
    pub(super) target: &'p Arc<Target>,
    /// Headers that the gateway sends on.
    pub(super) headers: &'p Headers,
    pub(super) input: &'p FallbackInput,
    pub(super) exchange: &'p Exchange,
    pub(super) captured: &'p CapturedInput,
}

impl Call {
    /// Prepares the shadow of the call. It has neither rests nor measures, so that it changes no choice of targets.
    pub(super) fn shadow(&self, parts: &ShadowParts<'_>) -> Shadow {
        let FallbackInput { requested, reader } = parts.input.clone();
        let mut fallback = Fallback::new(FallbackParts {
            plan: Arc::clone(&self.plan),
            started: self.record.started,
            requested,
            reader,
            exchange: Rc::new(parts.exchange.clone()),
            choice: RouteChoice { targets: vec![Arc::clone(parts.target)], ..RouteChoice::default() },
            rests: None,
            measures: None,
        });
        // Envoy adds its own address to a mirrored request, and the route's changes of headers miss it: these are the
        // headers of the call's attempts.
        let mut headers = parts.headers.clone();
        headers.remove("x-forwarded-proto");
        fallback.base = Some(headers);
        let fallback = Rc::new(RefCell::new(fallback));
        let upstream = Upstream { fallback: Rc::clone(&fallback), input: parts.captured.clone() };
        let call = Self {
            plan: Arc::clone(&self.plan),
            record: self.record_of_shadow(),
            phase: Phase::Upstream(Box::new(upstream)),
            fresh: self.fresh,
            presented: self.presented.clone(),
            destination: Destination::Gateway,
            seal: self.seal.clone(),
            slots: None,
            rests: None,
            measures: None,
        };
        let token = self.record.trace.span_id.iter().map(|byte| format!("{byte:02x}")).collect();
        Shadow { call, fallback, token, refusal: None }
    }

    /// Notes that Envoy has not begun the shadow, unless it has not begun the call either.
    pub fn note_shadow_not_begun(&mut self) {
        if let Phase::Upstream(upstream) = &self.phase
            && !upstream.fallback.borrow().tries.is_empty()
        {
            self.record.note(Note::ShadowNotBegun);
        }
    }

    /// The call's record as far as it is the shadow's too.
    fn record_of_shadow(&self) -> CallRecord {
        let record = &self.record;
        CallRecord {
            trace: record.trace.clone(),
            started: record.started,
            ended: record.started,
            operation: record.operation,
            api_operation: record.api_operation,
            api_type: record.api_type,
            request_model: record.request_model.clone(),
            stream: record.stream,
            parameters: Parameters::clone(&record.parameters),
            input_text: record.input_text,
            belongs_to_other_call: record.belongs_to_other_call,
            attempts: Vec::new(),
            route: None,
            guard: None,
            shadow: true,
            cost: Cost::Unknown(UnknownCost::Usage),
            caller: record.caller.clone(),
            status: None,
            outcome: Outcome::Answered,
            redacted: Vec::new(),
            notes: Vec::new(),
            content: Captured::Nothing,
        }
    }
}

impl Shadow {
    /// Text that names it.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Begins at the provider that Envoy has chosen. Times count from here. Returns the index of the only attempt.
    ///
    /// # Errors
    /// Envoy has chosen another provider.
    pub fn begin(&mut self, chosen: &str, span_id: [u8; 8], now: u64) -> Result<usize, Refusal> {
        let record = &mut self.call.record;
        record.trace = record.trace.child(span_id);
        record.started = now;
        let mut fallback = self.fallback.borrow_mut();
        fallback.started = now;
        fallback.begin(chosen, Headers::default(), now)
    }

    /// The attempt, as an upstream instance handles it.
    pub const fn attempt(&self) -> &Rc<RefCell<Fallback>> {
        &self.fallback
    }

    /// Writes the request.
    ///
    /// # Errors
    /// It cannot be written for the target, or not in full where the settings demand it.
    pub fn write(&mut self, body: &[u8]) -> Result<AttemptRequest, Refusal> {
        let mut fallback = self.fallback.borrow_mut();
        let written = fallback.write(body);
        let is_strict = fallback.choice.targets.iter().any(|target| target.on_loss == OnLoss::Refuse);
        let Some(only) = fallback.tries.last_mut() else {
            return written;
        };
        let written = match written {
            Ok(_) if is_strict && !only.record.lost.is_empty() => {
                Err(Refusal::TranslationLoss { lost: only.record.lost.clone() })
            }
            written => written,
        };
        if let Err(refusal) = &written {
            self.refusal = Some(refusal.code());
            let is_lossy = matches!(refusal, Refusal::TranslationLoss { .. });
            only.record.moved_on = Some(if is_lossy { MovedOn::TranslationLoss } else { MovedOn::Untranslatable });
            only.record.sent = false;
            only.is_given_up = true;
        }
        written
    }

    /// Ends the shadow at `now`, in nanoseconds since 1970, and returns its record.
    pub fn end(&mut self, now: u64, ending: &Ending) -> Option<&CallRecord> {
        let status = self.fallback.borrow().tries.last().and_then(|only| only.record.status);
        self.call.record.status = status;
        self.call.end(now, ending)?;
        if let Some(code) = self.refusal {
            self.call.record.outcome = Outcome::Failed { error: code.to_owned() };
        }
        Some(&self.call.record)
    }

    /// Reports whether the span will be exported.
    pub fn is_exported(&self) -> bool {
        self.call.is_exported()
    }
}
