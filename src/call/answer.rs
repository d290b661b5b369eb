//! The answer's half of a call: read as it passes, restored where the request was redacted.

use super::request::Exchange;
use super::restore::{StreamRestore, restore_whole};
use super::{Call, Headers, Phase};
use crate::chat::{Channel, Content, Delta, Reply};
use crate::document::{Document, Edits};
use crate::framing::{Decoder, Event, Piece};
use crate::redaction::{Escape, Placeholders};
use crate::settings::{ContentCapture, Plan};
use crate::telemetry::{CallRecord, Captured, Output};

/// What becomes of a piece of an answer's body.
#[derive(Debug, PartialEq, Eq)]
pub enum OnResponseBody {
    /// It passes as it is.
    Pass,
    /// These bytes go in its place, perhaps none.
    Replace(Vec<u8>),
    /// Nothing goes yet, not even this piece, which the call keeps: a whole answer is restored at its end.
    Hold,
}

/// An answer on its way.
pub(super) struct Answer {
    exchange: Exchange,
    body: Body,
    reply: Reply,
    output: Option<Output>,
    complete: bool,
    notes: Vec<&'static str>,
    first_chunk: Option<u64>,
}

/// How the body is read.
enum Body {
    /// A whole JSON document, kept until its end.
    Whole { kept: Vec<u8> },
    /// Server-sent events.
    Stream(Box<Stream>),
    /// Not readable, or too long: it passes.
    Unread,
}

/// A stream that is read, and rewritten where something has to be restored or hidden.
struct Stream {
    decoder: Decoder,
    restore: StreamRestore,
    deltas: Vec<Delta>,
    edits: Edits,
}

impl Call {
    /// The answer's headers have arrived. `end`: no body follows. Whether the body's length may change, so that
    /// `content-length` has to go.
    pub fn on_response_headers(&mut self, headers: &Headers, end: bool) -> bool {
        let status = headers.text(":status").and_then(|status| status.parse().ok());
        self.record.status = status.or(self.record.status);
        let phase = std::mem::replace(&mut self.phase, Phase::Over);
        let Phase::Forwarded(exchange) = phase else {
            self.phase = phase;
            return false;
        };
        let mut notes = Vec::new();
        let body = body_of(headers, self.plan.limits.stream_event, &mut notes);
        let output = (self.plan.telemetry.content != ContentCapture::None)
            .then(|| Output::new(self.plan.telemetry.content_limit));
        let mut answer = Answer {
            exchange: *exchange,
            body,
            reply: Reply::default(),
            output,
            complete: end,
            notes,
            first_chunk: None,
        };
        if end && matches!(answer.body, Body::Whole { .. }) {
            answer.notes.push("response_empty");
        }
        let length_changes = answer.rewrites() && headers.first("content-length").is_some();
        self.phase = Phase::Answering(Box::new(answer));
        length_changes
    }

    /// A piece of the answer's body has arrived. `end`: it is the last. `now` tells the time, in nanoseconds since 1970;
    /// it is asked once, for asking is a call of the host.
    pub fn on_response_body(&mut self, piece: &[u8], end: bool, now: impl FnOnce() -> u64) -> OnResponseBody {
        let Phase::Answering(answer) = &mut self.phase else {
            return OnResponseBody::Pass;
        };
        let begins = answer.first_chunk.is_none() && !piece.is_empty();
        if begins && matches!(answer.body, Body::Stream(_)) {
            answer.first_chunk = Some(now().saturating_sub(self.record.started));
        }
        answer.push(piece, end, self.plan.limits.response_body)
    }

    /// Trailers have arrived instead of a last piece. Gives what was still held of the body.
    pub fn on_response_trailers(&mut self) -> Option<Vec<u8>> {
        let Phase::Answering(answer) = &mut self.phase else {
            return None;
        };
        match answer.push(&[], true, self.plan.limits.response_body) {
            OnResponseBody::Replace(held) if !held.is_empty() => Some(held),
            _ => None,
        }
    }
}

/// How the body of an answer with these headers is read.
fn body_of(headers: &Headers, limit: usize, notes: &mut Vec<&'static str>) -> Body {
    if headers.is_encoded() {
        notes.push("response_encoding");
        return Body::Unread;
    }
    match headers.media_type().as_deref() {
        Some("text/event-stream") => Body::Stream(Box::new(Stream {
            decoder: Decoder::new(limit),
            restore: StreamRestore::default(),
            deltas: Vec::new(),
            edits: Edits::default(),
        })),
        Some(media) if media == "application/json" || media.ends_with("+json") => Body::Whole { kept: Vec::new() },
        _ => {
            notes.push("response_content_type");
            Body::Unread
        }
    }
}

impl Answer {
    /// Whether all of the answer has come: its body's end, or, in a stream, the word that it is over. Clients leave at
    /// that word, before the body has ended.
    pub(super) fn is_complete(&self) -> bool {
        let stream = matches!(self.body, Body::Stream(_));
        self.complete || stream && (self.reply.ended || self.reply.failure.is_some())
    }

    /// Whether the client may get other bytes than the provider sent.
    fn rewrites(&self) -> bool {
        match self.body {
            Body::Whole { .. } => !self.exchange.table.is_empty(),
            Body::Stream(_) => !self.exchange.table.is_empty() || self.exchange.hide_usage,
            Body::Unread => false,
        }
    }

    fn push(&mut self, piece: &[u8], end: bool, limit: usize) -> OnResponseBody {
        self.complete |= end;
        let rewrites = self.rewrites();
        match &mut self.body {
            Body::Unread => OnResponseBody::Pass,
            Body::Whole { kept } => {
                if kept.len().saturating_add(piece.len()) > limit {
                    return self.give_up(piece, rewrites);
                }
                kept.extend_from_slice(piece);
                match (end, rewrites) {
                    (true, _) => self.read_whole(rewrites),
                    (false, true) => OnResponseBody::Hold,
                    (false, false) => OnResponseBody::Pass,
                }
            }
            Body::Stream(_) => self.read_stream(piece, end, rewrites),
        }
    }

    /// The answer is too long to be kept: it passes unread, what was held of it first.
    fn give_up(&mut self, piece: &[u8], rewrites: bool) -> OnResponseBody {
        self.notes.push("response_too_large");
        match std::mem::replace(&mut self.body, Body::Unread) {
            Body::Whole { mut kept } if rewrites => {
                kept.extend_from_slice(piece);
                OnResponseBody::Replace(kept)
            }
            _ => OnResponseBody::Pass,
        }
    }

    fn read_whole(&mut self, rewrites: bool) -> OnResponseBody {
        let Body::Whole { kept } = std::mem::replace(&mut self.body, Body::Unread) else {
            return OnResponseBody::Pass;
        };
        let mut edits = Edits::default();
        let mut deltas = Vec::new();
        let document = Document::new(&kept);
        match document.and_then(|document| {
            self.exchange.dialect.read_answer(document, &mut deltas)?;
            Ok(document)
        }) {
            Ok(document) => {
                self.note(document, &deltas);
                restore_whole(document, &deltas, &self.exchange.table, &mut edits);
            }
            Err(_) if kept.is_empty() => self.notes.push("response_empty"),
            Err(_) => self.notes.push("response_unreadable"),
        }
        match (rewrites, edits.is_empty()) {
            (false, _) => OnResponseBody::Pass,
            (true, true) => OnResponseBody::Replace(kept),
            (true, false) => OnResponseBody::Replace(edits.applied(&kept)),
        }
    }

    fn read_stream(&mut self, piece: &[u8], end: bool, rewrites: bool) -> OnResponseBody {
        let Body::Stream(mut stream) = std::mem::replace(&mut self.body, Body::Unread) else {
            return OnResponseBody::Pass;
        };
        let mut out = Vec::with_capacity(if rewrites { piece.len() } else { 0 });
        let Stream { decoder, restore, deltas, edits } = &mut *stream;
        let mut each = |piece: Piece<'_>| match piece {
            Piece::Event(event) => self.read_event(&event, restore, deltas, edits, rewrites, &mut out),
            Piece::Unread(bytes) => {
                self.note_once("stream_event_too_large");
                if rewrites {
                    out.extend_from_slice(bytes);
                }
            }
        };
        decoder.push(piece, &mut each);
        if end {
            decoder.finish(&mut each);
            self.flush(restore.flush_all(), &mut out);
            if self.reply.failure.is_none() && !self.reply.ended && !self.reply.finished() {
                self.note_once("stream_truncated");
            }
        } else {
            self.body = Body::Stream(stream);
        }
        match rewrites {
            true if out == piece => OnResponseBody::Pass,
            true => OnResponseBody::Replace(out),
            false => OnResponseBody::Pass,
        }
    }

    fn read_event(
        &mut self,
        event: &Event<'_>,
        restore: &mut StreamRestore,
        deltas: &mut Vec<Delta>,
        edits: &mut Edits,
        rewrites: bool,
        out: &mut Vec<u8>,
    ) {
        if event.data.is_empty() {
            out.extend_from_slice(if rewrites { event.raw } else { &[] });
            return;
        }
        deltas.clear();
        let read = Document::new(&event.data).and_then(|document| {
            self.exchange.dialect.read_answer(document, deltas)?;
            Ok(document)
        });
        let Ok(document) = read else {
            self.note_once("stream_event_unreadable");
            out.extend_from_slice(if rewrites { event.raw } else { &[] });
            return;
        };
        self.note(document, deltas);
        if !rewrites {
            return;
        }
        self.flush(restore.flush(deltas), out);
        if self.exchange.hide_usage && is_only_usage(deltas) {
            return;
        }
        if self.exchange.table.is_empty() {
            out.extend_from_slice(event.raw);
            return;
        }
        edits.clear();
        restore.event(document, deltas, &self.exchange.table, edits);
        write_event(event, edits, out);
    }

    /// Takes over the facts of an answer or event.
    fn note(&mut self, document: Document<'_>, deltas: &[Delta]) {
        for delta in deltas {
            self.reply.apply(delta, document);
        }
        if let Some(output) = &mut self.output {
            output.push(document, deltas);
        }
    }

    fn note_once(&mut self, note: &'static str) {
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }

    /// Writes texts that were held, for which no placeholder came after all.
    fn flush(&self, held: Vec<(Channel, String)>, out: &mut Vec<u8>) {
        for (channel, text) in held {
            let event = self.exchange.dialect.write_text(&self.reply, channel, &text);
            out.extend_from_slice(event.as_bytes());
        }
    }

    /// Leaves what is known in the record.
    pub(super) fn finish(mut self, plan: &Plan, record: &mut CallRecord) {
        self.read_torn();
        record.first_chunk = self.first_chunk;
        record.notes.append(&mut self.notes);
        record.content = self.captured(plan);
        record.reply = self.reply;
    }

    /// A whole answer that was cut has told something all the same.
    fn read_torn(&mut self) {
        let Body::Whole { kept } = std::mem::replace(&mut self.body, Body::Unread) else {
            return;
        };
        let readable = kept.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        let mut deltas = Vec::new();
        if let Ok(document) = Document::new(readable.as_bytes()) {
            // It cannot be read to its end: what was read until then counts.
            let _ = self.exchange.dialect.read_answer(document, &mut deltas);
            self.note(document, &deltas);
        }
    }

    fn captured(&mut self, plan: &Plan) -> Captured {
        let Some(mut output) = self.output.take() else {
            return Captured::Nothing;
        };
        let table = &self.exchange.table;
        if plan.telemetry.content == ContentCapture::Redacted {
            let redactor = &plan.telemetry.content_redactor;
            output.map(|_, text| redacted(text, table, redactor));
        } else {
            output.map(|content, text| table.restored(text, escape(content)).into_owned());
        }
        match (self.exchange.input_hash.take(), self.exchange.input.take()) {
            (Some(input), _) => Captured::Hashes { input, output: output.hash().unwrap_or_default() },
            (None, Some(input)) => output.with_input(input, &self.reply),
            (None, None) => Captured::Nothing,
        }
    }
}

fn redacted(text: &str, table: &Placeholders, redactor: &crate::redaction::Redactor) -> String {
    // What the model made up itself is taken out too, numbered after what the request had.
    let mut table = table.clone();
    table.redact_text(redactor, text).into_owned()
}

fn escape(content: Content) -> Escape {
    match content {
        Content::Arguments => Escape::Json,
        Content::Text | Content::Reasoning | Content::Refusal => Escape::None,
    }
}

/// Whether an event carries usage and nothing of a choice: the one that comes when usage was asked for.
fn is_only_usage(deltas: &[Delta]) -> bool {
    let of_a_choice = |delta: &Delta| {
        matches!(
            delta,
            Delta::Text { .. }
                | Delta::ToolCall { .. }
                | Delta::Arguments { .. }
                | Delta::Finish { .. }
                | Delta::Failure { .. }
                | Delta::End
        )
    };
    deltas.iter().any(|delta| matches!(delta, Delta::Usage(_))) && !deltas.iter().any(of_a_choice)
}

/// Writes an event with its data edited.
fn write_event(event: &Event<'_>, edits: &mut Edits, out: &mut Vec<u8>) {
    if edits.is_empty() {
        out.extend_from_slice(event.raw);
        return;
    }
    if let Some((before, rest)) = event.data_at.and_then(|at| event.raw.split_at_checked(at)) {
        let (data, after) = rest.split_at_checked(event.data.len()).unwrap_or((rest, &[]));
        out.extend_from_slice(before);
        edits.apply(data, out);
        out.extend_from_slice(after);
        return;
    }
    // Data over several lines: the other lines stay as they are, the data becomes one line again per line feed.
    let data = edits.applied(&event.data);
    for line in event.raw.split_inclusive(|byte| *byte == b'\n') {
        if !line.starts_with(b"data") && line.iter().any(|byte| !b"\r\n".contains(byte)) {
            out.extend_from_slice(line);
        }
    }
    for line in data.split(|byte| *byte == b'\n') {
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(line);
        out.push(b'\n');
    }
    out.push(b'\n');
}
