//! One call from first header to last byte, without I/O: takes headers and bytes, returns actions, and finally the
//! call's record.

mod address;
mod admission;
mod answer;
mod bill;
mod conceal;
mod body_format;
mod header_facts;
mod headers;
mod reading;
mod redact;
mod request;
mod restore;
mod seen_texts;

pub use answer::{OnResponseBody, OnResponseHeaders};
pub use headers::Headers;
pub use reading::{AnswerDecoder, Decoded, FrameFacts};
pub use request::{Forward, LocalReply, OnRequestBody, OnRequestHeaders};

use crate::model::Parameters;
use crate::policy::{Destination, Presented};
use crate::price::{Cost, UnknownCost};
use crate::record::{CallRecord, Caller, Captured, FreshIds, Note, Outcome, Pace, TraceContext};
use crate::redaction::{Seal, Slots};
use crate::settings::{Plan, Sampling};
use crate::telemetry::is_low_in_cardinality;
use crate::usage::estimate;
use admission::HeldRequest;
use answer::Answer;
use bill::Bill;
use request::Exchange;
use std::rc::Rc;

/// One call.
pub struct Call {
    plan: Rc<Plan>,
    record: CallRecord,
    phase: Phase,
    fresh: FreshIds,
    /// Keys presented by the client; they are never forwarded or recorded.
    presented: Presented,
    /// Destination chosen by the client.
    destination: Destination,
    /// Region from the path or the provider's host; prices may depend on it.
    region: Option<String>,
    /// Set when the provider prices by the request's name for the model.
    priced_by_request_model: bool,
    /// Creates and opens the caller's placeholders, if the settings have a placeholder key.
    seal: Option<Rc<Seal>>,
    /// Values shared by the workers of one Envoy.
    slots: Option<Rc<dyn Slots>>,
}

/// Progress of a call. Each phase owns its state.
enum Phase {
    /// No headers yet.
    Idle,
    /// The request's body is arriving; its headers are held.
    Reading(Box<HeldRequest>),
    /// The request is forwarded; the answer has not begun.
    Forwarded(Box<Exchange>),
    /// The answer is arriving.
    Answering(Box<Answer>),
    /// Tollgate has replied itself; nothing more is read.
    Over,
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
    pub fn new(plan: Rc<Plan>, now: u64, fresh: FreshIds) -> Self {
        let record = CallRecord {
            trace: TraceContext::continue_or_start(None, None, fresh),
            started: now,
            ended: now,
            first_chunk: None,
            first_token: None,
            pace: Pace::default(),
            operation: None,
            api_operation: None,
            api_type: None,
            provider: None,
            server: None,
            request_model: None,
            stream: false,
            parameters: Parameters::default(),
            reply: crate::model::Reply::default(),
            input_text: 0,
            output_text: 0,
            usage_estimated: false,
            belongs_to_other_call: false,
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
            region: None,
            priced_by_request_model: false,
            seal: None,
            slots: None,
        }
    }

    /// Adds the slots shared by the workers of one Envoy, when the settings use them.
    #[must_use]
    pub fn with_slots(self, slots: Rc<dyn Slots>) -> Self {
        Self { slots: Some(slots), ..self }
    }

    /// Reports whether the host has to supply the ending, because the call ended before its answer did.
    pub fn is_unfinished(&self) -> bool {
        match &self.phase {
            Phase::Idle | Phase::Over => false,
            Phase::Reading(_) | Phase::Forwarded(_) => true,
            Phase::Answering(answer) => !answer.is_complete(),
        }
    }

    /// Reports whether the rest of the answer is to be read.
    pub fn reads_answer(&self) -> bool {
        matches!(self.phase, Phase::Forwarded(_) | Phase::Answering(_))
    }

    /// Handles an error reply by the host itself. `reason` is the host's own: the provider did not answer or was never
    /// called.
    pub fn on_local_reply(&mut self, headers: &Headers, reason: String) {
        if !matches!(self.phase, Phase::Forwarded(_)) {
            return;
        }
        self.phase = Phase::Over;
        self.record.status = headers.text(":status").and_then(|status| status.parse().ok());
        self.record.outcome = if is_of_provider(&reason) {
            Outcome::CutByProvider { error: reason }
        } else {
            Outcome::Failed { error: reason }
        };
    }

    /// Ends the call at `now`, in nanoseconds since 1970, and returns its record. `None` when no request had arrived.
    pub fn finish(mut self, now: u64, ending: &Ending) -> Option<CallRecord> {
        match std::mem::replace(&mut self.phase, Phase::Idle) {
            Phase::Idle => return None,
            Phase::Over => self.conceal(),
            Phase::Reading(_) | Phase::Forwarded(_) => {
                self.conceal();
                self.record.outcome = cut(ending);
            }
            Phase::Answering(answer) => {
                let complete = answer.is_complete();
                answer.finish(&self.plan, &mut self.record);
                self.conceal();
                self.record.outcome = if complete { self.answered() } else { cut(ending) };
            }
        }
        self.record.ended = now.max(self.record.started);
        self.mark_usage_incomplete();
        self.estimate_usage();
        let (prices, region) = (&self.plan.prices, self.region.as_deref());
        let bill = Bill { prices, record: &self.record, region, priced_by_request_model: self.priced_by_request_model };
        if let Some(cost) = bill.cost() {
            self.record.cost = cost;
        }
        Some(self.record)
    }

    /// Outcome of a call with a complete answer.
    fn answered(&self) -> Outcome {
        let record = &self.record;
        let failed = |error: String| Outcome::Failed { error };
        if let Some(failure) = &record.reply.failure {
            let known = [&failure.code, &failure.kind].into_iter().flatten();
            let mut words = known.filter(|word| is_low_in_cardinality(word));
            let status = record.status.filter(|status| *status >= 400);
            return failed(match (words.next(), status) {
                (Some(word), _) => word.clone(),
                (None, Some(status)) => status.to_string(),
                (None, None) => "_OTHER".to_owned(),
            });
        }
        match record.status {
            Some(status) if status >= 400 => failed(status.to_string()),
            _ if record.notes.contains(&Note::StreamTruncated) => {
                Outcome::CutByProvider { error: Note::StreamTruncated.name().to_owned() }
            }
            _ => Outcome::Answered,
        }
    }

    /// Adds a note when a cut answer had reported usage: the output count, and so the cost, are those at that point.
    fn mark_usage_incomplete(&mut self) {
        let record = &mut self.record;
        let cut = matches!(record.outcome, Outcome::CutByClient | Outcome::CutByProvider { .. });
        if cut && record.reply.usage.is_some() && !record.reply.finished() {
            record.note(Note::UsageIncomplete);
        }
    }

    /// Estimates usage that the provider did not report, if the settings ask for it, and marks it as estimated.
    fn estimate_usage(&mut self) {
        let record = &mut self.record;
        let was_served = !matches!(record.outcome, Outcome::Failed { .. } | Outcome::Refused { .. });
        let wanted = self.plan.telemetry.estimate_usage && record.input_text > 0 && !record.belongs_to_other_call;
        if wanted && was_served && record.reply.usage.is_none() {
            record.reply.usage = Some(estimate(record.input_text, record.output_text));
            record.usage_estimated = true;
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
