//! Errors reported by providers, in all their shapes.
//!
//! OpenAI's and Anthropic's is `{"error":{"type":…,"code":…,"message":…}}`
//! (<https://platform.openai.com/docs/guides/error-codes/api-errors>, read 2026-11-21). Google's has an additional
//! `status`, and its OpenAI endpoint wraps everything in a list. Others write `{"error":"text"}` (Hugging Face, Ollama;
//! xAI with a `code` beside it), `{"detail":…}` (Mistral, Voyage, all FastAPI servers: a text, or a list of faults of
//! the request), `{"errors":[…]}` (Cloudflare, Writer), or the error's members without an `error` around them (Mistral,
//! vLLM, Cerebras, AWS).
//!
//! Some report errors under a success status, marked by a member: MiniMax
//! `"base_resp":{"status_code":1008,"status_msg":…}` (in its own API and in OpenAI's and Anthropic's), Cloudflare and
//! Zhipu `"success":false`, Baidu `{"error_code":…,"error_msg":…}`, iFlytek a `code` other than 0: as clients' code and
//! users' reports have them, 2026-11-28.

use super::texts::{non_empty, read_rest, retract};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::Event;

/// Reads the value of `error`; `null` or an empty value is no error.
pub(super) fn read(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    let mut reported = Reported::default();
    reported.read(reader, events)?;
    reported.finish(true, events);
    Ok(())
}

/// Error facts of an answer, collected member by member.
#[derive(Debug, Default)]
pub(super) struct Reported {
    /// Facts from the value of `error`.
    nested: Words,
    /// Facts from members beside `error`, or without it.
    flat: Words,
    /// Set when the value of `error` reports an error.
    failed: bool,
    /// Set when another member reports an error, possibly without details.
    marked: bool,
    /// Set when the value of `error` is an object, which then holds all details.
    is_object: bool,
    /// Set when a code means success: the details beside it then describe no error.
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

    /// Reads a member of an answer that may be an error as a whole, and returns true. Returns false for any other
    /// member, which is then still unread.
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

    /// Reads a member that by itself decides whether the answer is an error, and returns true. Returns false for any
    /// other member, which is then still unread.
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

    /// Reads MiniMax's `base_resp`. Every answer has one; code 0 means success.
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

    /// Sets the error type, for callers that read the member themselves.
    pub(super) fn name(&mut self, kind: Span) {
        self.flat.kind = Some(kind);
    }

    /// Appends the error, if any, after all other events. `answered`: the answer has the dialect's own output, so that
    /// members beside it are no error whatever their names, and the id belongs to an answer. Otherwise the id belongs
    /// to the request, and its events are retracted.
    pub(super) fn finish(self, answered: bool, events: &mut Vec<Event>) {
        self.finish_from(0, answered, events);
    }

    /// Variant of `finish` for one of several answers in a list, whose events begin at `first`.
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

/// Reads an event that the stream marks as an error, in any of the shapes.
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

/// Matches codes that mean success.
fn is_success(reader: &Reader<'_>, code: Span) -> bool {
    matches!(reader.document().raw(code), "0" | "200" | "ok" | "OK" | "success" | "Success")
}

/// Reads a code: a string or a number.
fn read_code(reader: &mut Reader<'_>) -> JsonResult<Option<Span>> {
    Ok(reader.scalar()?.filter(|span| span.start < span.end))
}

/// Reads the human-readable text of a value: the value itself, or its first member with a name for such text.
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
