//! One call from first header to last byte, without I/O: headers and bytes go in, what to do with them comes out, and
//! at the end the record of it all.

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
use crate::redaction::{Seal, Slots};
use crate::settings::{Plan, Sampling};
use crate::telemetry::{
    CallRecord, Caller, Captured, FreshIds, Note, Outcome, Pace, TraceContext, is_low_in_cardinality,
};
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
    /// Keys that the client presents; no one else gets them.
    presented: Presented,
    /// Destination that the client means.
    destination: Destination,
    /// The region, of the path or of the provider's host, which prices may depend on.
    region: Option<String>,
    /// Whether the provider bills by the name that the request has for the model.
    priced_by_request_model: bool,
    /// Makes and opens the caller's placeholders, where the settings have a key for them.
    seal: Option<Rc<Seal>>,
    /// Values that the workers of one Envoy share.
    slots: Option<Rc<dyn Slots>>,
}

/// How far a call has come. Each phase owns what it needs.
enum Phase {
    /// Nothing has arrived.
    Idle,
    /// The request's body arrives; its headers are held.
    Reading(Box<HeldRequest>),
    /// The request has gone to the provider, whose answer is awaited.
    Forwarded(Box<Exchange>),
    /// The answer arrives.
    Answering(Box<Answer>),
    /// Nothing more is to be read: Tollgate has answered itself.
    Over,
}

/// How a stream ended, as the host saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// All of the answer went to the client.
    Whole,
    /// The client went away first.
    CutByClient,
    /// The provider went away first, or never answered; the host's word for how.
    CutByProvider(String),
}

impl Call {
    /// A call whose headers arrive at `now`, in nanoseconds since 1970. `fresh` are random ids for its span.
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

    /// The same call with the slots that the workers of one Envoy share, where the settings use such.
    #[must_use]
    pub fn with_slots(self, slots: Rc<dyn Slots>) -> Self {
        Self { slots: Some(slots), ..self }
    }

    /// Whether the host has to say how the call ended: it ended before its answer did.
    pub fn is_unfinished(&self) -> bool {
        match &self.phase {
            Phase::Idle | Phase::Over => false,
            Phase::Reading(_) | Phase::Forwarded(_) => true,
            Phase::Answering(answer) => !answer.is_complete(),
        }
    }

    /// Whether the answer, or what is still to come of it, is of interest.
    pub fn reads_answer(&self) -> bool {
        matches!(self.phase, Phase::Forwarded(_) | Phase::Answering(_))
    }

    /// The host itself answers with an error, for this reason in its own word: what it says is not the provider's,
    /// which gave no answer or was never asked.
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

    /// Ends the call, at `now`, in nanoseconds since 1970, and gives its record. `None` when there is nothing to
    /// record: no request had arrived.
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

    /// How a call ended whose answer came to its end.
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

    /// Usage that was told before the answer's end counts the output only as far as it had come, and so does the cost.
    fn mark_usage_incomplete(&mut self) {
        let record = &mut self.record;
        let cut = matches!(record.outcome, Outcome::CutByClient | Outcome::CutByProvider { .. });
        if cut && record.reply.usage.is_some() && !record.reply.finished() {
            record.notes.push(Note::UsageIncomplete);
        }
    }

    /// Usage that the provider did not report is estimated where the settings ask for it, and marked so.
    fn estimate_usage(&mut self) {
        let record = &mut self.record;
        let was_served = !matches!(record.outcome, Outcome::Failed { .. } | Outcome::Refused { .. });
        let wanted = self.plan.telemetry.estimate_usage && record.input_text > 0 && !record.belongs_to_other_call;
        if wanted && was_served && record.reply.usage.is_none() {
            record.reply.usage = Some(estimate(record.input_text, record.output_text));
            record.usage_estimated = true;
        }
    }

    /// Whether the call's span will be exported.
    pub fn is_exported(&self) -> bool {
        self.plan.telemetry.sampling == Sampling::Always || self.record.trace.sampled()
    }
}

/// Matches the host's reasons that say that the provider did not answer; others are those of its filters (limits,
/// authorization) and routes. Envoy's words: `ResponseCodeDetailValues` in `envoy/stream_info/stream_info.h`.
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
