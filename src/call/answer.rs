//! The answer: passes through the attempt, whose facts become the call's at its end.

use super::Call;
use super::fallback::Fallback;
use super::fallback_answer::RETRY_HEADER;
use super::phase::{CapturedInput, Forwarded, Phase, Upstream};
use crate::attempt::{AttemptEnd, Exchange, HeaderChange, Headers, OnResponseBody, escape};
use crate::record::Captured;
use crate::settings::ContentCapture;
use crate::telemetry::Output;
use std::rc::Rc;

impl Call {
    /// Handles the answer's headers. `end`: no body follows.
    pub fn on_response_headers(&mut self, headers: &Headers, end: bool) -> Vec<HeaderChange> {
        let status = headers.text(":status").and_then(|status| status.parse().ok());
        self.record.status = status.or(self.record.status);
        let forwarded = match &mut self.phase {
            Phase::Forwarded(forwarded) => forwarded,
            Phase::Upstream(_) => return without_retry(headers),
            _ => return Vec::new(),
        };
        if let Some(record) = self.record.attempts.last_mut() {
            record.status = status;
        }
        let telemetry = &self.plan.telemetry;
        let output = (telemetry.content != ContentCapture::None).then(|| Output::new(telemetry.content_limit));
        forwarded.attempt.on_response_headers(headers, end, self.plan.limits, output)
    }

    /// Handles a piece of the answer's body. `end`: it is the last. `now` returns the time, in nanoseconds since 1970;
    /// it is called at most once, because it is a host call.
    pub fn on_response_body(&mut self, piece: &[u8], end: bool, now: impl FnOnce() -> u64) -> OnResponseBody {
        let started = self.record.started;
        match &mut self.phase {
            Phase::Forwarded(forwarded) => {
                forwarded.attempt.on_response_body(piece, end, || now().saturating_sub(started))
            }
            _ => OnResponseBody::Pass,
        }
    }

    /// Handles trailers, which arrive in place of a last piece. Returns the part of the body still held.
    pub fn on_response_trailers(&mut self) -> Option<Vec<u8>> {
        match &mut self.phase {
            Phase::Forwarded(forwarded) => forwarded.attempt.on_response_trailers(),
            _ => None,
        }
    }

    /// Writes the attempt's facts to the record. Reports whether the whole answer has come.
    #[expect(clippy::boxed_local, reason = "taken out of its box it would be copied")]
    pub(super) fn end_attempt(&mut self, mut forwarded: Box<Forwarded>) -> bool {
        let Some(record) = self.record.attempts.last_mut() else {
            return false;
        };
        let mut end = forwarded.attempt.finish(record);
        self.record.notes.append(&mut end.notes);
        if let Some(output) = end.output {
            let Forwarded { exchange, attempt, input } = *forwarded;
            drop(attempt);
            self.record.content = self.captured(exchange, input, output);
        }
        end.complete
    }

    /// Takes the records of the attempts that upstream instances have made. Reports whether the whole answer has come.
    pub(super) fn end_upstream(&mut self, upstream: Upstream, now: u64) -> bool {
        let Upstream { fallback, input } = upstream;
        let (end, exchange) = self.take_attempts(&mut fallback.borrow_mut(), now);
        if let Some(output) = end.output {
            self.record.content = self.captured(exchange, input, output);
        }
        end.complete
    }

    /// Moves the records of attempts to the call's.
    pub(super) fn take_attempts(&mut self, fallback: &mut Fallback, now: u64) -> (AttemptEnd, Rc<Exchange>) {
        let (records, mut end, exchange) = fallback.take(now);
        // Until an upstream instance has begun, the target that was chosen is all that is known.
        if !records.is_empty() {
            // Targets that were passed over stay.
            self.record.attempts.retain(|attempt| attempt.moved_on.is_some());
            self.record.attempts.extend(records);
        }
        for note in std::mem::take(&mut end.notes) {
            self.record.note(note);
        }
        (end, exchange)
    }

    /// Combines the input and the output of the call for its span.
    fn captured(&self, exchange: Rc<Exchange>, input: CapturedInput, mut output: Output) -> Captured {
        let telemetry = &self.plan.telemetry;
        // The attempt is over, so that nobody else has the table.
        let mut table = Rc::into_inner(exchange).map(|exchange| exchange.table).unwrap_or_default();
        if telemetry.content == ContentCapture::Redacted {
            let redactor = self.content_redactor();
            // Personal data that the model generated is redacted too, numbered after the request's values.
            output.texts().for_each(|text| table.reserve(text));
            output.map(|_, text| table.redact_text(&redactor, text).into_owned());
        } else {
            output.map(|content, text| table.restored(text, escape(content)).into_owned());
        }
        match (input.hash, input.input, self.record.last_attempt()) {
            (Some(input), ..) => Captured::Hashes { input, output: output.hash().unwrap_or_default() },
            (None, Some(input), Some(attempt)) => output.with_input(input, &attempt.reply),
            _ => Captured::Nothing,
        }
    }
}

/// Removes the header by which an attempt has asked for the next one: this answer is the client's after all.
fn without_retry(headers: &Headers) -> Vec<HeaderChange> {
    let has_header = headers.first(RETRY_HEADER).is_some();
    has_header.then(|| HeaderChange::Remove(RETRY_HEADER.into())).into_iter().collect()
}
