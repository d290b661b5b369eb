//! One try of a call at one provider, without I/O: addresses the request, decodes the answer and restores it.

mod address;
mod answer;
mod bill;
mod body_format;
mod closing;
mod decoder;
mod early;
mod end;
mod exchange;
mod form;
mod header_change;
mod header_facts;
mod headers;
mod outgoing;
mod rate_limit;
mod restore;
mod seen_texts;
mod splice;
mod translation;
mod turned_down;

pub use address::address;
pub use answer::{Beginning, OnResponseBody};
pub use bill::Bill;
pub use decoder::{AnswerDecoder, Decoded, FrameFacts};
pub use end::AttemptEnd;
pub use exchange::Exchange;
pub use form::{ProviderForm, Unwritable, client_form, is_of_dialect, provider_form};
pub use header_change::HeaderChange;
pub use headers::Headers;
pub use outgoing::{ModelAt, RequestSource, WrittenBody, is_written_anew, write_body, write_path};
pub use rate_limit::remaining_rate;
pub use restore::escape;
pub use translation::{AnswerTranslation, client_framing};
pub use turned_down::TurnedDown;

use crate::model::Refusal;
use crate::record::{AttemptRecord, Note, Outcome};
use crate::settings::Limits;
use crate::telemetry::{Output, is_low_in_cardinality};
use crate::usage::estimate;
use answer::Answer;
use std::rc::Rc;

/// One attempt, from the sending of its request on.
pub struct Attempt {
    exchange: Rc<Exchange>,
    /// Set when the gateway asked this provider for usage: its event is withheld from the client.
    hides_usage: bool,
    /// Set when the answer is translated.
    translation: Option<Box<AnswerTranslation>>,
    /// The answer, once its headers have come.
    answer: Option<Box<Answer>>,
}

impl Attempt {
    /// Creates an attempt whose request goes out. `hides_usage`: its request asks for usage, and the client's does not.
    pub fn new(exchange: Rc<Exchange>, hides_usage: bool) -> Self {
        Self { exchange, hides_usage, translation: None, answer: None }
    }

    /// Has the answer translated.
    #[must_use]
    pub fn translated(self, translation: Option<Box<AnswerTranslation>>) -> Self {
        Self { translation, ..self }
    }

    /// Reports whether the answer has begun.
    pub fn has_begun(&self) -> bool {
        self.answer.is_some()
    }

    /// Reports whether all of the answer has come.
    pub fn is_complete(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| answer.is_complete())
    }

    /// Handles the answer's headers, once. `end`: no body follows. `output`: keeper of the answer's texts.
    pub fn on_response_headers(
        &mut self,
        headers: &Headers,
        end: bool,
        limits: Limits,
        output: Option<Output>,
    ) -> Vec<HeaderChange> {
        if self.answer.is_some() {
            return Vec::new();
        }
        let (answer, changes) = {
            let exchange = Rc::clone(&self.exchange);
            Answer::begin(exchange, self.translation.take(), self.hides_usage, headers, limits, output)
        };
        let answer = self.answer.insert(answer);
        if end {
            answer.push(&[], true);
        }
        changes
    }

    /// Handles a piece of the answer's body. `end`: it is the last. `since` returns the time since the start of the
    /// call, in nanoseconds; it is called at most once, because it costs a host call.
    pub fn on_response_body(&mut self, piece: &[u8], end: bool, since: impl FnOnce() -> u64) -> OnResponseBody {
        match &mut self.answer {
            Some(answer) => answer.on_body(piece, end, since),
            None => OnResponseBody::Pass,
        }
    }

    /// Beginning of the answer, as far as it has come.
    pub fn beginning(&self) -> Beginning {
        self.answer.as_ref().map_or(Beginning::Open, |answer| answer.beginning())
    }

    /// Writes the error that ends a stream which broke off without its end marker; nothing for any other answer.
    pub fn closing_error(&self, refusal: &Refusal) -> Option<Vec<u8>> {
        self.answer.as_ref()?.closing_error(refusal)
    }

    /// Handles trailers, which arrive in place of a last piece. Returns the part of the body still held.
    pub fn on_response_trailers(&mut self) -> Option<Vec<u8>> {
        match self.answer.as_mut()?.push(&[], true) {
            OnResponseBody::Replace(held) if !held.is_empty() => Some(held),
            _ => None,
        }
    }

    /// Ends the attempt and writes its facts to its record.
    pub fn finish(&mut self, record: &mut AttemptRecord) -> AttemptEnd {
        match &mut self.answer {
            Some(answer) => answer.finish(record),
            None => AttemptEnd::default(),
        }
    }
}

/// Outcome of a complete answer.
pub fn outcome(record: &AttemptRecord, is_truncated: bool) -> Outcome {
    let failed = |error: String| Outcome::Failed { error };
    let status = record.status.filter(|status| *status >= 400);
    if let Some(failure) = &record.reply.failure {
        let known = [&failure.code, &failure.kind].into_iter().flatten();
        let mut words = known.filter(|word| is_low_in_cardinality(word));
        return failed(match (words.next(), status) {
            (Some(word), _) => word.clone(),
            (None, Some(status)) => status.to_string(),
            (None, None) => "_OTHER".to_owned(),
        });
    }
    match status {
        Some(status) => failed(status.to_string()),
        None if is_truncated => Outcome::CutByProvider { error: Note::StreamTruncated.name().to_owned() },
        None => Outcome::Answered,
    }
}

/// Estimates usage that the provider did not report from the bytes of text, and marks it as estimated.
pub fn estimate_usage(record: &mut AttemptRecord, input_text: u64) {
    if record.reply.usage.is_none() {
        record.reply.usage = Some(estimate(input_text, record.output_text));
        record.usage_estimated = true;
    }
}
