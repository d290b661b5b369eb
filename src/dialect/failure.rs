//! Errors that a provider reports, in the shapes they come in.
//!
//! OpenAI's and Anthropic's is `{"error":{"type":…,"code":…,"message":…}}`
//! (<https://platform.openai.com/docs/guides/error-codes/api-errors>, read 2026-11-21), Google's has a `status`
//! besides, and its OpenAI endpoint puts all of it into a list. Others write `{"error":"text"}` (Hugging Face, Ollama;
//! xAI with a
//! `code` beside it), `{"detail":…}` (Mistral, Voyage, all that is built with FastAPI: a text, or a list of what is
//! wrong with the request), `{"errors":[…]}` (Cloudflare, Writer), or the members of the error without an `error`
//! around them (Mistral, vLLM, Cerebras, AWS).
//!
//! Some say it under the status of a success, by a member that tells one from the other: MiniMax
//! `"base_resp":{"status_code":1008,"status_msg":…}` (in its own API and in OpenAI's and Anthropic's), Cloudflare and
//! Zhipu
//! `"success":false`, Baidu `{"error_code":…,"error_msg":…}`, iFlytek a `code` other than 0: as clients' code and
//! users' reports have them, 2026-11-28.

use super::texts::{non_empty, read_rest, retract};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::Event;

/// Reads the value of `error`; `null`, or what says nothing, is none.
pub(super) fn read(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reported = Reported::default();
    reported.read(reader, events)?;
    reported.finish(true, events);
    Ok(())
}

/// What an answer says of an error, gathered member by member.
#[derive(Debug, Default)]
pub(super) struct Reported {
    /// From the value of `error`.
    nested: Words,
    /// From members beside it, or without it.
    flat: Words,
    /// Whether there was an `error` that says that there is one.
    failed: bool,
    /// Set when something else says so, though it may have no words for it.
    marked: bool,
    /// Whether that was an object, which has all its words within.
    is_object: bool,
    /// Set when a code stands for success: then the words beside it are no error's.
    is_success: bool,
}

#[derive(Debug, Default)]
struct Words {
    kind: Option<Span>,
    code: Option<Span>,
    status: Option<Span>,
    message: Option<Span>,
}

impl Reported {
    /// Reads the value of `error` or `errors`.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        match reader.peek()? {
            ValueKind::Object => self.read_object(reader, events),
            ValueKind::Array => reader
                .array(|reader, _| if self.failed { read_rest(reader, events) } else { self.read(reader, events) }),
            ValueKind::Bool => {
                self.failed |= reader.maybe_bool()? == Some(true);
                Ok(())
            }
            _ => {
                self.nested.message = read_words(reader, events)?;
                self.failed |= self.nested.message.is_some();
                Ok(())
            }
        }
    }

    fn read_object(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        reader.object(|reader, key| {
            (self.failed, self.is_object) = (true, true);
            let words = &mut self.nested;
            match &*key {
                "type" => words.kind = reader.maybe_string()?,
                "code" | "key" => words.code = read_code(reader)?.or(words.code),
                "status" if reader.peek()? == ValueKind::String => words.status = reader.maybe_string()?,
                "message" | "description" => words.message = read_words(reader, events)?.or(words.message),
                "error" => words.message = words.message.or(read_words(reader, events)?),
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })
    }

    /// Reads a member of an answer that may be an error as a whole. Whether it is such a one; if not, it is still to be
    /// read.
    pub(super) fn read_flat(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        events: &mut Vec<Event>,
    ) -> JsonResult<bool> {
        let words = &mut self.flat;
        match key {
            "message" | "Message" | "detail" | "msg" => words.message = words.message.or(read_words(reader, events)?),
            "type" => words.kind = non_empty(reader)?,
            // Text Generation Inference, Databricks.
            "error_type" => words.kind = words.kind.or(non_empty(reader)?),
            "code" | "Code" => {
                let code = read_code(reader)?;
                self.is_success |= code.is_some_and(|code| is_success(reader, code));
                self.flat.code = self.flat.code.or(code);
            }
            _ => return self.read_marked(reader, key, events),
        }
        Ok(true)
    }

    /// Reads a member that by itself says that an answer is an error, or is none. Whether it is such a one; if not, it
    /// is still to be read.
    pub(super) fn read_marked(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        events: &mut Vec<Event>,
    ) -> JsonResult<bool> {
        match key {
            "error" | "errors" => self.read(reader, events)?,
            "base_resp" if reader.peek()? == ValueKind::Object => self.read_base_resp(reader, events)?,
            "success" if reader.peek()? == ValueKind::Bool => self.marked |= reader.maybe_bool()? == Some(false),
            "error_code" => {
                let code = read_code(reader)?;
                let is_success = code.is_some_and(|code| is_success(reader, code));
                self.is_success |= is_success;
                self.marked |= code.is_some() && !is_success;
                self.flat.code = self.flat.code.or(code);
            }
            "error_msg" => self.flat.message = self.flat.message.or(read_words(reader, events)?),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// MiniMax's: every answer has one, that of success with the code 0.
    fn read_base_resp(&mut self, reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
        let (mut code, mut message) = (None, None);
        reader.object(|reader, key| {
            match &*key {
                "status_code" => code = read_code(reader)?,
                "status_msg" => message = read_words(reader, events)?,
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })?;
        if code.is_some_and(|code| !is_success(reader, code)) {
            self.marked = true;
            self.nested = Words { code, message, ..Words::default() };
        }
        Ok(())
    }

    /// Notes the type of an error, where it was read as something else.
    pub(super) fn name(&mut self, kind: Span) {
        self.flat.kind = Some(kind);
    }

    /// Puts the error, if there is one, behind all else. `answered`: there is what the dialect answers with, so that
    /// members beside it, whatever their names, are no error, and the id is that of an answer; else it is a request's,
    /// and deltas that say so are taken back.
    pub(super) fn finish(self, answered: bool, events: &mut Vec<Event>) {
        self.finish_from(0, answered, events);
    }

    /// The same for one of several answers in a list, whose deltas begin at `first`.
    pub(super) fn finish_from(self, first: usize, answered: bool, events: &mut Vec<Event>) {
        let Self { nested, flat, failed, marked, is_object, is_success } = self;
        let failed = failed || marked;
        if !failed && (answered || is_success || flat.message.is_none()) {
            return;
        }
        if !answered {
            retract(events, first, |event| matches!(event, Event::Id(_) | Event::Model(_)));
        }
        let flat = if is_object { Words::default() } else { flat };
        events.push(Event::Failure {
            kind: nested.kind.or(flat.kind),
            code: nested.code.or(flat.code),
            status: nested.status,
            message: nested.message.or(flat.message),
        });
    }
}

/// Reads what a stream marks as an error, in any of the shapes.
///
/// # Errors
/// Not JSON.
pub fn read_event(document: Document<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(document);
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        let is_read = reported.read_flat(reader, &key, events)?;
        if is_read { Ok(()) } else { read_rest(reader, events) }
    })?;
    reported.marked = true;
    reported.finish(true, events);
    reader.finish()
}

/// Matches codes that stand for success.
fn is_success(reader: &Reader<'_>, code: Span) -> bool {
    matches!(reader.document().raw(code), "0" | "200" | "ok" | "OK" | "success" | "Success")
}

/// A code: a word or a number.
fn read_code(reader: &mut Reader<'_>) -> JsonResult<Option<Span>> {
    Ok(reader.scalar()?.filter(|span| span.start < span.end))
}

/// The text for people in a value: the value itself, or the first that it has under a name for such.
fn read_words(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<Option<Span>> {
    let mut found = None;
    match reader.peek()? {
        ValueKind::String => {
            found = non_empty(reader)?;
            events.extend(found.map(Event::Other));
        }
        ValueKind::Array => reader.array(|reader, _| {
            found = found.or(read_words(reader, events)?);
            Ok(())
        })?,
        ValueKind::Object => reader.object(|reader, key| {
            match &*key {
                "message" | "msg" | "detail" | "description" | "error" => found = found.or(read_words(reader, events)?),
                _ => read_rest(reader, events)?,
            }
            Ok(())
        })?,
        _ => reader.skip()?,
    }
    Ok(found)
}
