//! One call from first header to last byte, without I/O: takes headers and bytes, returns actions, and finally the
//! call's record.

mod admission;
mod answer;
mod body;
mod capture;
mod conceal;
mod forward;
mod fallback;
mod fallback_answer;
mod for_target;
mod found;
mod guard;
mod measure;
mod models;
mod phase;
mod redact;
mod request;
mod shadow;
mod step;
mod strip;
mod target;

pub use fallback::{AttemptRequest, Fallback};
pub use fallback_answer::{OnAttemptBody, OnAttemptHeaders, RETRY_HEADER};
pub use shadow::{SHADOW_CALL_HEADER, SHADOW_HEADER, Shadow};
pub use step::{ExternalRequest, ExternalResponse, LONGEST_ANSWER, LocalReply, Outbound, Step};

use crate::attempt::{self, Bill, Headers};
use crate::model::{Parameters, Refusal};
use crate::policy::{Destination, Measures, Presented, Rests};
use crate::price::{Cost, UnknownCost};
use crate::record::{CallRecord, Caller, Captured, FreshIds, Note, Outcome, TraceContext};
use crate::redaction::{Redactor, Seal, Slots};
use crate::settings::{Plan, Sampling};
use phase::Phase;
use std::rc::Rc;
use std::sync::Arc;

/// One call.
pub struct Call {
    plan: Arc<Plan>,
    record: CallRecord,
    phase: Phase,
    fresh: FreshIds,
    /// Keys presented by the client; they are never forwarded or recorded.
    presented: Presented,
    /// Destination chosen by the client.
    destination: Destination,
    /// Creates and opens the caller's placeholders, if the settings have a placeholder key.
    seal: Option<Rc<Seal>>,
    /// Values shared by the workers of one Envoy.
    slots: Option<Rc<dyn Slots>>,
    /// Rests of targets, shared likewise.
    rests: Option<Rc<dyn Rests>>,
    /// Measures of targets, shared likewise.
    measures: Option<Rc<dyn Measures>>,
}

/// End of a stream, as the host saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The client got all of the answer.
    Whole,
    /// The client disconnected first.
    CutByClient,
    /// The provider disconnected first or never answered; holds the host's reason.
    CutByProvider(String),
}

impl Call {
    /// Creates a call whose headers arrive at `now`, in nanoseconds since 1970. `fresh` are random ids for its span.
    pub fn new(plan: Arc<Plan>, now: u64, fresh: FreshIds) -> Self {
        let record = CallRecord {
            trace: TraceContext::continue_or_start(None, None, fresh),
            started: now,
            ended: now,
            operation: None,
            api_operation: None,
            api_type: None,
            request_model: None,
            stream: false,
            parameters: Parameters::default(),
            input_text: 0,
            belongs_to_other_call: false,
            attempts: Vec::new(),
            route: None,
            guard: None,
            shadow: false,
            cost: Cost::Unknown(UnknownCost::Usage),
            caller: Caller::default(),
            status: None,
            outcome: Outcome::Answered,
            redacted: Vec::new(),
            notes: Vec::new(),
            content: Captured::Nothing,
        };
        Self {
            plan,
            record,
            phase: Phase::Idle,
            fresh,
            presented: Presented::default(),
            destination: Destination::Gateway,
            seal: None,
            slots: None,
            rests: None,
            measures: None,
        }
    }

    /// Adds the slots shared by the workers of one Envoy, when the settings use them.
    #[must_use]
    pub fn with_slots(self, slots: Rc<dyn Slots>) -> Self {
        Self { slots: Some(slots), ..self }
    }

    /// Adds the rests of targets that the workers of one Envoy share, when upstream instances make attempts.
    #[must_use]
    pub fn with_rests(self, rests: Rc<dyn Rests>) -> Self {
        Self { rests: Some(rests), ..self }
    }

    /// Adds the measures of targets that the workers of one Envoy share, when models' targets are chosen by them.
    #[must_use]
    pub fn with_measures(self, measures: Rc<dyn Measures>) -> Self {
        Self { measures: Some(measures), ..self }
    }

    /// The search of requests, which knows the caller's placeholders.
    fn redactor(&self) -> Redactor {
        Redactor::new(self.plan.redaction.kinds).with_seal(self.seal.as_ref())
    }

    /// The search of content for the span.
    fn content_redactor(&self) -> Redactor {
        Redactor::new(self.plan.telemetry.content_redacted).with_seal(self.seal.as_ref())
    }

    /// Reports whether bodies are searched, for personal data or by a guard.
    fn is_searched(&self) -> bool {
        !self.plan.redaction.kinds.is_empty() || self.plan.guards.is_some()
    }

    /// Reports whether the host has to supply the ending, because the call ended before its answer did.
    pub fn is_unfinished(&self) -> bool {
        match &self.phase {
            Phase::Idle | Phase::Over => false,
            Phase::Reading(_) | Phase::Asking(_) => true,
            Phase::Forwarded(forwarded) => !forwarded.attempt.is_complete(),
            Phase::Upstream(upstream) => !upstream.fallback.borrow().is_complete(),
        }
    }

    /// Reports whether the rest of the answer is to be read.
    pub fn reads_answer(&self) -> bool {
        matches!(self.phase, Phase::Forwarded(_))
    }

    /// Handles an error reply by the host itself. `reason` is the host's own: the provider did not answer or was never
    /// called. Returns the body that the client gets in place of the host's, after attempts at several targets.
    pub fn on_local_reply(&mut self, headers: &Headers, reason: String, now: u64) -> Option<String> {
        let mut body = None;
        match &self.phase {
            Phase::Forwarded(forwarded) if !forwarded.attempt.has_begun() => {}
            Phase::Upstream(upstream) if upstream.fallback.borrow().awaits_answer() => {
                let fallback = Rc::clone(&upstream.fallback);
                let mut fallback = fallback.borrow_mut();
                if matches!(reason.as_str(), "no_healthy_upstream" | "cluster_not_found") {
                    fallback.on_no_host(now);
                }
                if is_of_provider(&reason) {
                    body = Some(fallback.write_refusal(&Refusal::NoAnswer));
                }
                self.take_attempts(&mut fallback, now);
            }
            _ => return None,
        }
        self.phase = Phase::Over;
        self.record.status = headers.text(":status").and_then(|status| status.parse().ok());
        self.record.outcome = if is_of_provider(&reason) {
            Outcome::CutByProvider { error: reason }
        } else {
            Outcome::Failed { error: reason }
        };
        body
    }

    /// Ends the call at `now`, in nanoseconds since 1970, and returns its record. `None` when no request had arrived.
    pub fn finish(mut self, now: u64, ending: &Ending) -> Option<CallRecord> {
        self.end(now, ending).is_some().then_some(self.record)
    }

    /// Ends the call where it stands, as [`finish`](Self::finish) does. A second time it returns `None`.
    pub fn end(&mut self, now: u64, ending: &Ending) -> Option<&CallRecord> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => return None,
            Phase::Over => self.conceal(),
            Phase::Reading(_) | Phase::Asking(_) => {
                self.conceal();
                self.record.outcome = cut(ending);
            }
            Phase::Forwarded(forwarded) => {
                let complete = self.end_attempt(forwarded);
                self.conceal();
                self.record.outcome = if complete { self.answered() } else { cut(ending) };
            }
            Phase::Upstream(upstream) => {
                let complete = self.end_upstream(*upstream, now);
                self.conceal();
                self.record.outcome = if complete { self.answered() } else { cut(ending) };
            }
        }
        self.record.ended = now.max(self.record.started);
        self.mark_usage_incomplete();
        self.measure_attempts();
        self.estimate_usage();
        self.price();
        Some(&self.record)
    }

    /// Outcome of a call with a complete answer.
    fn answered(&self) -> Outcome {
        let is_truncated = self.record.notes.contains(&Note::StreamTruncated);
        match self.record.last_attempt() {
            Some(record) => attempt::outcome(record, is_truncated),
            None => Outcome::Answered,
        }
    }

    /// Adds a note when a cut answer had reported usage: the output count, and so the cost, are those at that point.
    fn mark_usage_incomplete(&mut self) {
        let cut = matches!(self.record.outcome, Outcome::CutByClient | Outcome::CutByProvider { .. });
        let reply = self.record.last_attempt().map(|attempt| &attempt.reply);
        if cut && reply.is_some_and(|reply| reply.usage.is_some() && !reply.finished()) {
            self.record.note(Note::UsageIncomplete);
        }
    }

    /// Estimates usage that the provider did not report, if the settings ask for it, and marks it as estimated.
    fn estimate_usage(&mut self) {
        let record = &mut self.record;
        let was_served = !matches!(record.outcome, Outcome::Failed { .. } | Outcome::Refused { .. });
        let wanted = self.plan.telemetry.estimate_usage && record.input_text > 0 && !record.belongs_to_other_call;
        if let Some(attempt) = record.attempts.last_mut().filter(|attempt| wanted && was_served && attempt.sent) {
            attempt::estimate_usage(attempt, record.input_text);
        }
    }

    /// Adds up what the attempts cost.
    fn price(&mut self) {
        let record = &self.record;
        if record.belongs_to_other_call {
            return;
        }
        let request_model = record.request_model.as_deref();
        let (prices, ended) = (&self.plan.prices, record.ended);
        // An attempt that the call went on from has no answer that anybody is billed for, as far as is known.
        let billed = record.attempts.iter().filter(|attempt| attempt.moved_on.is_none());
        let costs = billed.map(|attempt| Bill { prices, attempt, request_model, ended }.cost());
        if let Some(cost) = costs.reduce(Cost::and) {
            self.record.cost = cost;
        }
    }

    /// Reports whether the call's span will be exported.
    pub fn is_exported(&self) -> bool {
        self.plan.telemetry.sampling == Sampling::Always || self.record.trace.sampled()
    }
}

/// Matches host reasons that mean that the provider did not answer. Other reasons come from the host's filters (limits,
/// authorization) and routes. Envoy's names: `ResponseCodeDetailValues` in `envoy/stream_info/stream_info.h`.
fn is_of_provider(reason: &str) -> bool {
    reason.contains("upstream") || matches!(reason, "response_timeout" | "cluster_not_found" | "maintenance_mode")
}

fn cut(ending: &Ending) -> Outcome {
    match ending {
        Ending::CutByClient => Outcome::CutByClient,
        Ending::CutByProvider(error) => Outcome::CutByProvider { error: error.clone() },
        Ending::Whole => Outcome::CutByProvider { error: "_OTHER".to_owned() },
    }
}
