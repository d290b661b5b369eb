//! Questions to the guard: a request is held until its answer has come.

use super::Call;
use super::body::BodyReader;
use super::phase::{Asking, Phase, Prepared};
use super::step::{ExternalRequest, ExternalResponse, Step};
use crate::dialect::Dialect;
use crate::document::JsonWriter;
use crate::model::{Refusal, TextKind};
use crate::policy::{GuardFault, GuardVerdict, HttpGuard, OnFailure};
use crate::record::{GuardDecision, GuardRecord};

impl Call {
    /// Asks the guard about a request, or sends it where there is no guard.
    pub(super) fn ask_or_send(
        &mut self,
        mut prepared: Prepared,
        reader: &BodyReader,
        bytes: &[u8],
        error_dialect: Dialect,
    ) -> Result<Step, Refusal> {
        let Some(guard) = self.plan.guards.clone() else {
            return Ok(Step::Continue(self.send(prepared)));
        };
        let body = self.question(reader, bytes, &mut prepared)?;
        self.record.guard = Some(GuardRecord { decision: GuardDecision::Abandoned, rule: None, waited: None });
        self.phase = Phase::Asking(Box::new(Asking { prepared, error_dialect }));
        Ok(Step::Ask(vec![request(&guard, body)]))
    }

    /// Writes the guard's question: the model, and the texts as the provider gets them.
    fn question(&self, reader: &BodyReader, bytes: &[u8], prepared: &mut Prepared) -> Result<Vec<u8>, Refusal> {
        let redactor = self.redactor();
        let body = reader.read(prepared.body.as_deref().unwrap_or(bytes)).map_err(|_| Refusal::Internal)?;
        let mut json = JsonWriter::default();
        json.begin_object().name("model");
        match &self.record.request_model {
            Some(model) => json.string(model),
            None => json.raw("null"),
        };
        json.name("texts").begin_array();
        let table = &mut prepared.exchange.table;
        body.texts(|text, kind| {
            match kind {
                // The provider takes it only unchanged; the guard need not.
                TextKind::SignedReasoning => json.string(&table.redact_text(&redactor, text)),
                _ => json.string(text),
            };
        });
        json.end_array().end_object();
        Ok(json.finish().into_bytes())
    }

    /// Handles the answer to a question; `None` when none came. `waited`: time since it was asked, in nanoseconds. An
    /// answer that comes when the call does not wait for it is ignored, by [`Step::Wait`].
    pub fn on_answer(&mut self, id: u32, answer: Option<ExternalResponse<'_>>, waited: u64) -> Step {
        let asking = match std::mem::replace(&mut self.phase, Phase::Over) {
            Phase::Asking(asking) if id == QUESTION => *asking,
            phase => {
                self.phase = phase;
                return Step::Wait;
            }
        };
        let Asking { prepared, error_dialect } = asking;
        let verdict =
            answer.ok_or(GuardFault::NoAnswer).and_then(|answer| GuardVerdict::read(answer.status, answer.body));
        let on_failure = self.plan.guards.as_ref().map_or(OnFailure::Refuse, |guard| guard.on_failure);
        let (decision, rule, goes_on) = match verdict {
            Ok(GuardVerdict { allow: true, rule }) => (GuardDecision::Allowed, rule, Ok(())),
            Ok(GuardVerdict { allow: false, rule }) => (GuardDecision::Refused, rule, Err(Refusal::GuardRefused)),
            Err(fault) => {
                let goes_on = if on_failure == OnFailure::Allow { Ok(()) } else { Err(Refusal::GuardUnavailable) };
                (GuardDecision::Failed(fault), None, goes_on)
            }
        };
        self.record.guard = Some(GuardRecord { decision, rule, waited: Some(waited) });
        match goes_on {
            Ok(()) => Step::Continue(self.send(prepared)),
            Err(refusal) => Step::Refuse(self.refuse(error_dialect, &refusal)),
        }
    }
}

fn request(guard: &HttpGuard, body: Vec<u8>) -> ExternalRequest {
    let headers = vec![
        (":method", "POST".to_owned()),
        (":path", guard.path.clone()),
        (":authority", guard.cluster.clone()),
        ("content-type", "application/json".to_owned()),
        ("user-agent", USER_AGENT.to_owned()),
    ];
    ExternalRequest { id: QUESTION, cluster: guard.cluster.clone(), headers, body, timeout: guard.timeout }
}

/// The only question of a call.
const QUESTION: u32 = 0;

const USER_AGENT: &str = concat!("Tollgate-Guard/", env!("CARGO_PKG_VERSION"));
