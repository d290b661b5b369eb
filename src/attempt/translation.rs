//! Translation of an answer into the client's dialect while it comes.

use super::form::is_of_dialect;
use super::header_change::HeaderChange;
use super::headers::Headers;
use super::rate_limit::for_client;
use crate::dialect::{Dialect, StreamTranslator, TranslationSource};
use crate::document::{Document, Edits};
use crate::endpoint::{Route, split_query};
use crate::framing::Framing;
use crate::model::{AnswerContext, Channel, Event, Failure, Losses, ProviderError};

/// Facts of a call whose answer is translated.
#[derive(Clone, Debug)]
pub struct AnswerTranslation {
    /// The provider's route: its dialect, and how its answers come.
    pub route: Route,
    /// The client's dialect.
    pub client: Dialect,
    /// Framing that the client wants for a stream.
    pub framing: Framing,
    /// Facts of the call that the answer is written for.
    pub context: AnswerContext,
}

/// Framing in which a client of a route wants its stream. Google's asks for events by a parameter.
pub fn client_framing(dialect: Dialect, path: &str) -> Framing {
    let (_, query) = split_query(path);
    let asks = query.is_some_and(|query| query.split('&').any(|member| member == "alt=sse"));
    match dialect {
        Dialect::GeminiGenerate if asks => Framing::ServerSentEvents,
        Dialect::GeminiGenerate => Framing::JsonArray,
        other => other.stream(),
    }
}

/// Translator of one answer.
pub(super) struct AnswerTranslator {
    facts: AnswerTranslation,
    /// Status of the answer.
    status: Option<u16>,
    stream: Option<StreamTranslator>,
    is_written: bool,
    losses: Losses,
}

impl AnswerTranslator {
    /// Begins with the answer's headers. Returns the changes to them.
    pub(super) fn begin(facts: AnswerTranslation, headers: &Headers, is_stream: bool) -> (Self, Vec<HeaderChange>) {
        let status: Option<u16> = headers.text(":status").and_then(|status| status.parse().ok());
        let is_good = status.is_none_or(|status| status < 400);
        let mut changes = Vec::new();
        for (name, _) in headers.iter().filter(|(name, _)| is_replaced(name)) {
            changes.push(HeaderChange::Remove(name.to_owned().into()));
        }
        let media = match (is_stream && is_good, facts.framing) {
            (true, Framing::ServerSentEvents) => "text/event-stream",
            (true, Framing::JsonLines) => "application/x-ndjson",
            _ => "application/json",
        };
        changes.push(HeaderChange::Set("content-type".into(), media.as_bytes().to_vec()));
        let kept = for_client(headers, facts.client).into_iter();
        changes.extend(kept.map(|(name, value)| HeaderChange::Set(name.into(), value.as_bytes().to_vec())));
        // Anthropic's own; other clients' SDKs do not try it again.
        if status == Some(529) && facts.client != Dialect::AnthropicMessages {
            changes.push(HeaderChange::Set(":status".into(), b"503".to_vec()));
        }
        (Self { facts, status, stream: None, is_written: false, losses: Losses::default() }, changes)
    }

    fn stream(&mut self) -> Option<&mut StreamTranslator> {
        if self.stream.is_none() {
            let AnswerTranslation { route, client, framing, context } = &self.facts;
            self.stream = client.translate_stream(route.dialect?, *framing, context.clone()).ok();
        }
        self.stream.as_mut()
    }

    /// Takes the events of a frame.
    pub(super) fn frame(&mut self, events: &[Event], document: Document<'_>, edits: &Edits, out: &mut Vec<u8>) {
        if let Some(stream) = self.stream() {
            stream.push(events, document, edits, out);
        }
    }

    /// Takes the name of an exception, before its frame.
    pub(super) fn name_failure(&mut self, name: &str) {
        if let Some(stream) = self.stream() {
            stream.name_failure(name);
        }
    }

    /// Takes texts that were held back.
    pub(super) fn held(&mut self, held: Vec<(Channel, String)>, out: &mut Vec<u8>) {
        for (channel, text) in held {
            if let Some(stream) = self.stream() {
                stream.push_held(channel, &text, out);
            }
        }
    }

    /// Ends an answer that was no stream: one that nothing was read of is an error.
    pub(super) fn end_whole(&mut self, out: &mut Vec<u8>) {
        if !self.is_written {
            self.whole(None, &Edits::default(), out);
        }
    }

    /// Ends a stream.
    pub(super) fn end(&mut self, out: &mut Vec<u8>) {
        if let Some(stream) = self.stream() {
            stream.finish(out);
        }
    }

    /// Writes a whole answer, or an error. `read`: its events, where it is of its dialect.
    pub(super) fn whole(&mut self, read: Option<(&[Event], Document<'_>)>, edits: &Edits, out: &mut Vec<u8>) {
        let AnswerTranslation { route, client, context, .. } = &self.facts;
        let written = read.zip(route.dialect).and_then(|((events, document), dialect)| {
            let source = TranslationSource { dialect, document, edits, read: events };
            let error = client.write_error(&source, self.status);
            error.or_else(|| match self.status {
                Some(400..) => None,
                _ => client.write_answer(&source, context, &mut self.losses).ok(),
            })
        });
        let written = written.or_else(|| client.write_provider_error(&self.unknown_error()));
        self.is_written = true;
        out.extend_from_slice(written.unwrap_or_default().as_bytes());
    }

    /// Error for an answer that is not of its dialect.
    fn unknown_error(&self) -> ProviderError {
        let status = self.status.filter(|status| *status >= 400).unwrap_or(502);
        let message = format!("The provider's answer, with status {status}, is not one of its API.");
        ProviderError { status: Some(status), failure: Failure::default(), message }
    }

    /// Takes the names of what the client's dialect cannot say.
    pub(super) fn take_losses(&mut self) -> Vec<String> {
        let losses = self.stream.as_mut().map(StreamTranslator::take_losses);
        losses.unwrap_or_else(|| std::mem::take(&mut self.losses)).names()
    }
}

/// Matches headers of an answer that are not of the translated one.
fn is_replaced(name: &str) -> bool {
    matches!(name, "content-length" | "content-encoding" | "content-type") || is_of_dialect(name)
}
