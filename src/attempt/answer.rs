//! The answer: counts and records while it passes, and restores placeholders in it.

use super::closing::error_event;
use super::early::EarlyPass;
use super::header_change::HeaderChange;
use super::restore::StreamRestore;
use super::translation::{AnswerTranslation, AnswerTranslator};
use super::{AnswerDecoder, AttemptEnd, Decoded, Exchange, FrameFacts, Headers};
use crate::dialect::{AnswerState, Dialect};
use crate::document::{Edits, Span};
use crate::framing::Framing;
use crate::model::{Channel, Event, Extra, Refusal, Reply};
use crate::record::{AttemptRecord, Note, Pace};
use crate::settings::Limits;
use crate::telemetry::Output;
use crate::usage::{Fee, ReportedUsage, UsageConvention, UsageReport, UsageSource};
use std::rc::Rc;

/// Action for a piece of a response body.
#[derive(Debug, PartialEq, Eq)]
pub enum OnResponseBody {
    /// Pass the piece unchanged.
    Pass,
    /// Replace the piece by these bytes, possibly none.
    Replace(Vec<u8>),
    /// Send nothing yet. The call keeps the piece: a whole answer is restored at its end.
    Hold,
}

/// Beginning of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beginning {
    /// Nothing but comments, or names of events.
    Open,
    /// A first event, or a whole answer, that is not an error.
    Good,
    /// An error.
    Failed,
}

/// An answer in progress.
pub(super) struct Answer {
    reading: AnswerDecoder,
    filter: AnswerFilter,
    early: EarlyPass,
    complete: bool,
    first_chunk: Option<u64>,
    first_token: Option<u64>,
    last_token: Option<u64>,
    pace: Pace,
}

/// Consumes decoded parts: facts go into the reply, bytes to the client.
struct AnswerFilter {
    exchange: Rc<Exchange>,
    /// The provider's dialect.
    dialect: Option<Dialect>,
    translator: Option<Box<AnswerTranslator>>,
    hides_usage: bool,
    reply: Reply,
    output: Option<Output>,
    notes: Vec<Note>,
    restore: StreamRestore,
    edits: Edits,
    /// Set when the client may get other bytes than the provider sent.
    rewrites: bool,
    /// Framing, once the answer has proved to be a stream.
    framing: Option<Framing>,
    /// Set when a whole answer has come that is to be sent on with the edits: the decoder has its bytes.
    sends_whole: bool,
    /// Set once a stream frame with data has come. Comments, which only keep a connection alive, have none.
    begun: bool,
    /// Set once a fact other than an event's name has come.
    has_facts: bool,
    /// Set when the current piece contains text or a tool call.
    spoke: bool,
    /// Bytes of text so far.
    text_bytes: u64,
}

impl Answer {
    /// Begins an answer with these headers, and returns the changes to them.
    pub(super) fn begin(
        exchange: Rc<Exchange>,
        translation: Option<Box<AnswerTranslation>>,
        hides_usage: bool,
        headers: &Headers,
        limits: Limits,
        output: Option<Output>,
    ) -> (Box<Self>, Vec<HeaderChange>) {
        let route = translation.as_ref().map_or(&exchange.route, |translation| &translation.route);
        let reading = AnswerDecoder::new(route, exchange.stream, headers, limits);
        let hides = hides_usage && !reading.is_whole();
        let is_translated = translation.is_some();
        let rewrites = is_translated || !reading.is_unread() && (exchange.table.restores() || hides);
        let is_vectors = exchange.route.operation.is_some_and(|operation| operation.answers_vectors);
        let early =
            EarlyPass::new(is_vectors && rewrites && !hides_usage && !headers.is_error() && !reading.inflates());
        let signs =
            route.dialect.is_some_and(|dialect| is_translated && dialect.signs_reasoning(route.model.as_deref()));
        let dialect = route.dialect;
        let (translator, mut changes) = match translation {
            Some(translation) => {
                let (translator, changes) = AnswerTranslator::begin(*translation, headers, exchange.stream);
                (Some(Box::new(translator)), changes)
            }
            None => (None, Vec::new()),
        };
        if rewrites && !is_translated && headers.first("content-length").is_some() {
            changes.push(HeaderChange::Remove("content-length".into()));
        }
        if rewrites && !is_translated && reading.inflates() {
            changes.push(HeaderChange::Remove("content-encoding".into()));
        }
        let filter = AnswerFilter {
            restore: StreamRestore::new(exchange.keeps_reasoning || signs),
            exchange,
            dialect,
            translator,
            hides_usage,
            reply: Reply::default(),
            output,
            notes: Vec::new(),
            edits: Edits::default(),
            rewrites,
            framing: None,
            sends_whole: false,
            begun: false,
            has_facts: false,
            spoke: false,
            text_bytes: 0,
        };
        let (first_chunk, first_token, last_token) = (None, None, None);
        let pace = Pace::default();
        let answer = Self { reading, filter, early, complete: false, first_chunk, first_token, last_token, pace };
        (Box::new(answer), changes)
    }

    /// Reports whether all of the answer has come: the body's end, a stream's end marker or, for dialects without one,
    /// the finish reason of each choice. Clients disconnect at that point, before the body ends.
    pub(super) fn is_complete(&self) -> bool {
        let reply = &self.filter.reply;
        let has_word = self.filter.dialect.is_none_or(Dialect::has_end_marker);
        let is_over = reply.ended || reply.failure.is_some() || !has_word && reply.finished();
        self.complete || self.filter.framing.is_some() && is_over
    }

    /// Beginning of the answer, as far as it has come.
    pub(super) fn beginning(&self) -> Beginning {
        let Self { reading, filter, complete, .. } = self;
        match &filter.reply.failure {
            Some(_) => Beginning::Failed,
            None if filter.framing.is_some() && filter.has_facts || reading.is_unread() || *complete => Beginning::Good,
            None => Beginning::Open,
        }
    }

    /// Writes the error that ends a stream which broke off without its end marker; nothing for any other answer.
    pub(super) fn closing_error(&self, refusal: &Refusal) -> Option<Vec<u8>> {
        let framing = self.filter.framing.filter(|framing| *framing == Framing::ServerSentEvents)?;
        let is_truncated = self.filter.notes.contains(&Note::StreamTruncated);
        // A translated stream has an end of its own.
        let is_own = is_truncated && self.filter.translator.is_none();
        let dialect = self.filter.dialect.filter(|_| is_own)?;
        let mut written = Vec::new();
        framing.write(error_event(dialect), dialect.write_refusal(refusal).as_bytes(), &mut written);
        Some(written)
    }

    /// Takes a piece of the body. `since` returns the time since the start of the call, in nanoseconds.
    pub(super) fn on_body(&mut self, piece: &[u8], end: bool, since: impl FnOnce() -> u64) -> OnResponseBody {
        let done = self.push(piece, end);
        let begins = self.first_chunk.is_none() && self.filter.begun;
        if begins || self.filter.framing.is_some() && self.filter.spoke {
            self.note_time(since());
        }
        done
    }

    pub(super) fn push(&mut self, piece: &[u8], end: bool) -> OnResponseBody {
        let was_complete = self.complete;
        self.complete |= end;
        let Self { reading, filter, early, .. } = self;
        filter.spoke = false;
        let mut out = Vec::with_capacity(if filter.rewrites && !reading.is_whole() { piece.len() } else { 0 });
        reading.push(piece, end && !was_complete, &mut |read| filter.take(&read, &mut out));
        if end && !was_complete {
            filter.end(reading.state(), &mut out);
        }
        let mut whole = reading.take_whole();
        if std::mem::take(&mut filter.sends_whole) {
            filter.edits.apply_to(&mut whole);
            if out.is_empty() {
                out = whole;
            } else {
                out.extend_from_slice(&whole);
            }
        }
        if !filter.rewrites {
            return OnResponseBody::Pass;
        }
        if !end && out.is_empty() && reading.is_whole() {
            return if early.takes(piece) { OnResponseBody::Pass } else { OnResponseBody::Hold };
        }
        let skipped = early.skip(&out);
        if out.get(skipped..) == Some(piece) {
            return OnResponseBody::Pass;
        }
        out.drain(..skipped);
        OnResponseBody::Replace(out)
    }

    /// Records the arrival of the current piece, in nanoseconds since the start of the call.
    fn note_time(&mut self, since: u64) {
        self.first_chunk.get_or_insert(since);
        if !self.filter.spoke {
            return;
        }
        let first = *self.first_token.get_or_insert(since);
        let gap = self.last_token.replace(since).map_or(0, |last| since.saturating_sub(last));
        self.pace.pieces += 1;
        self.pace.span = since.saturating_sub(first);
        self.pace.longest_gap = self.pace.longest_gap.max(gap);
    }

    /// Ends the answer and writes its facts to the attempt's record.
    pub(super) fn finish(&mut self, record: &mut AttemptRecord) -> AttemptEnd {
        let complete = self.is_complete();
        let Self { reading, filter, .. } = self;
        reading.cut(&mut |said| filter.note(said));
        reading.finish(&mut filter.reply);
        let was_served = record.status.is_some_and(|status| status < 300);
        filter.count_characters(was_served);
        filter.note_offered();
        record.first_chunk = self.first_chunk;
        record.first_token = self.first_token;
        record.pace = self.pace;
        record.output_text = filter.text_bytes;
        record.reply = std::mem::take(&mut filter.reply);
        if let Some(translator) = &mut filter.translator {
            record.lost_in_answer = translator.take_losses();
        }
        AttemptEnd { complete, notes: std::mem::take(&mut filter.notes), output: filter.output.take() }
    }
}

impl AnswerFilter {
    fn take(&mut self, read: &Decoded<'_>, out: &mut Vec<u8>) {
        match read {
            // Notes are only for bodies of a known API.
            Decoded::Note(_) if self.dialect.is_none() => {}
            Decoded::Note(note) => self.note_once(*note),
            Decoded::Rest { .. } if self.translator.is_some() => {}
            Decoded::Rest { bytes, ends } => {
                if let Some(state) = ends {
                    let held = self.restore.flush_all();
                    self.flush(held, state, Framing::JsonArray, true, out);
                }
                self.pass(bytes, out);
            }
            Decoded::Whole { said, .. } if self.translator.is_some() => self.translate_whole(*said, out),
            Decoded::Whole { said, .. } => self.take_whole(*said),
            Decoded::Frame { frame, framing, said, state, .. } => {
                self.framing = Some(*framing);
                self.begun |= !frame.data.trim_ascii().is_empty();
                let Some(said) = said else {
                    return self.pass(frame.raw, out);
                };
                self.note(*said);
                if self.translator.is_some() {
                    let exception = Some(&*frame.name).filter(|_| frame.is_exception);
                    return self.translate_frame(*said, exception, out);
                }
                if !self.rewrites {
                    return;
                }
                let held = self.restore.flush(said.events);
                self.flush(held, state, *framing, false, out);
                if self.hides_usage && is_only_usage(said.events) {
                    return;
                }
                self.edits.clear();
                self.restore.event(said.document, said.events, &self.exchange.table, &mut self.edits);
                write_frame(read, &mut self.edits, out);
            }
        }
    }

    /// Handles the end of the answer.
    fn end(&mut self, state: &AnswerState, out: &mut Vec<u8>) {
        let Some(framing) = self.framing else {
            if let Some(translator) = &mut self.translator {
                translator.end_whole(out);
            }
            return;
        };
        let held = self.restore.flush_all();
        match &mut self.translator {
            Some(translator) => {
                translator.held(held, out);
                translator.end(out);
            }
            None => self.flush(held, state, framing, true, out),
        }
        let has_end = self.dialect.is_some_and(Dialect::shows_end);
        if has_end && self.reply.failure.is_none() && !self.reply.ended && !self.reply.finished() {
            self.note_once(Note::StreamTruncated);
        }
    }

    /// Writes a frame's facts, restored, in the client's dialect. `exception`: its name, where the framing marks it as one.
    fn translate_frame(&mut self, said: FrameFacts<'_>, exception: Option<&str>, out: &mut Vec<u8>) {
        let Some(translator) = &mut self.translator else { return };
        if let Some(name) = exception {
            translator.name_failure(name);
        }
        translator.held(self.restore.flush(said.events), out);
        self.edits.clear();
        self.restore.event(said.document, said.events, &self.exchange.table, &mut self.edits);
        translator.frame(said.events, said.document, &self.edits, out);
    }

    /// Writes a whole answer, restored, in the client's dialect.
    fn translate_whole(&mut self, said: Option<FrameFacts<'_>>, out: &mut Vec<u8>) {
        self.edits.clear();
        if let Some(said) = said {
            self.note(said);
            self.restore.whole(said.document, said.events, &self.exchange.table, &mut self.edits);
        }
        if let Some(translator) = &mut self.translator {
            translator.whole(said.map(|said| (said.events, said.document)), &self.edits, out);
        }
    }

    fn pass(&self, bytes: &[u8], out: &mut Vec<u8>) {
        if self.rewrites && self.translator.is_none() {
            out.extend_from_slice(bytes);
        }
    }

    fn take_whole(&mut self, said: Option<FrameFacts<'_>>) {
        self.sends_whole = self.rewrites;
        self.edits.clear();
        let Some(said) = said else {
            return;
        };
        self.note(said);
        if self.rewrites {
            self.restore.whole(said.document, said.events, &self.exchange.table, &mut self.edits);
        }
    }

    /// Applies the facts of an answer or frame.
    fn note(&mut self, said: FrameFacts<'_>) {
        for event in said.events {
            self.reply.apply(event, said.document);
            self.has_facts |= !matches!(event, Event::EventName(_));
            match event {
                Event::Text { text, .. } | Event::Missing { text, .. } => {
                    self.spoke = true;
                    self.text_bytes += text.range().len() as u64;
                }
                Event::ToolCall { .. } | Event::BuiltinCall { .. } => self.spoke = true,
                _ => {}
            }
        }
        if let Some(output) = &mut self.output {
            output.push(said.document, said.events);
        }
    }

    /// Counts the spoken characters when the answer reports no usage, as a pure audio answer does.
    fn count_characters(&mut self, was_served: bool) {
        let input_characters = self.exchange.characters.filter(|_| was_served && self.reply.usage.is_none());
        if input_characters.is_some() && self.reply.failure.is_none() {
            let counts = ReportedUsage { input_characters, ..ReportedUsage::default() };
            let (convention, source, raw) = (UsageConvention::Inclusive, UsageSource::Request, Span::default());
            self.reply.count(&UsageReport { counts, convention, source, raw });
        }
    }

    /// Adds facts about the provider's own tools that only the request holds.
    fn note_offered(&mut self) {
        let Self { exchange, reply, .. } = self;
        reply.fees.add(exchange.offered.fees);
        if exchange.offered.frees_code {
            reply.fees.remove(Fee::CodeExecution);
        }
        if exchange.offered.preview_search {
            reply.set_extra(Extra::PreviewSearch, "web_search_preview");
        }
    }

    fn note_once(&mut self, note: Note) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Writes out held texts that turned out to contain no placeholder.
    fn flush(
        &self,
        held: Vec<(Channel, String)>,
        state: &AnswerState,
        framing: Framing,
        is_last: bool,
        out: &mut Vec<u8>,
    ) {
        let Some(dialect) = self.exchange.route.dialect else {
            return;
        };
        for (channel, text) in held {
            let written = dialect.write_text(state, &self.reply, channel, &text);
            let wrapped = self.exchange.route.wrapped.then(|| crate::dialect::chunk(written.data.as_bytes()));
            let (name, data) = match &wrapped {
                Some(chunk) => ("chunk", chunk.as_slice()),
                None => (written.name, written.data.as_bytes()),
            };
            // Separates the element of an array from its neighbours: before the next one, or after the last.
            let (before, after) = match (framing, is_last) {
                (Framing::JsonArray, true) => (",", ""),
                (Framing::JsonArray, false) => ("", ","),
                _ => ("", ""),
            };
            out.extend_from_slice(before.as_bytes());
            framing.write(name, data, out);
            out.extend_from_slice(after.as_bytes());
        }
    }
}

/// Writes a frame with edits applied to its document.
fn write_frame(read: &Decoded<'_>, edits: &mut Edits, out: &mut Vec<u8>) {
    let Decoded::Frame { frame, framing, said: Some(said), wrapped, .. } = read else {
        return;
    };
    if edits.is_empty() {
        out.extend_from_slice(frame.raw);
        return;
    }
    let data = edits.applied(said.document.as_str().as_bytes());
    if !wrapped {
        frame.rewrite(*framing, &data, out);
        return;
    }
    match crate::dialect::wrap_chunk(&frame.data, &data) {
        Some(data) => frame.rewrite(*framing, &data, out),
        None => out.extend_from_slice(frame.raw),
    }
}

/// Reports whether an event carries usage and nothing of a choice, like the event that `include_usage` requests.
fn is_only_usage(events: &[Event]) -> bool {
    let of_a_choice = |event: &Event| {
        matches!(
            event,
            Event::Text { .. }
                | Event::Missing { .. }
                | Event::Choice(_)
                | Event::Part { .. }
                | Event::ToolCall { .. }
                | Event::BuiltinCall { .. }
                | Event::Arguments { .. }
                | Event::Finish { .. }
                | Event::FinishWord { .. }
                | Event::Failure { .. }
                | Event::End
        )
    };
    let counts = |event: &Event| matches!(event, Event::Usage(counted) if !counted.counts.is_empty());
    events.iter().any(counts) && !events.iter().any(of_a_choice)
}
