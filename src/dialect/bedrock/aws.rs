//! Members common to every API of Amazon Bedrock: errors and guardrail results.
//!
//! An error is an object with a `message` alone. Its type stands in the header `x-amzn-errortype` or in the frame's
//! `:exception-type`: <https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html>. Guardrails add
//! members to a model's own answer:
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-invoke-api.html>. Both read 2026-11-21.

use crate::dialect::texts::{non_empty, read_property, read_rest};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::model::{Event, Extra, Owner, Property};
use crate::usage::Fee;
use std::ops::Range;

/// Members that any answer may have.
#[derive(Debug, Default)]
pub(in crate::dialect) struct Common {
    kind: Option<Span>,
    message: Option<Span>,
    /// Set for a stream's last chunk.
    is_last: bool,
}

impl Common {
    /// Reads one of these members and returns true. Returns false for any other member, which is then still unread.
    pub(in crate::dialect) fn read(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        events: &mut Vec<Event>,
    ) -> JsonResult<bool> {
        match key {
            // Some models send an empty one in successful answers.
            "message" | "Message" if reader.peek()? == ValueKind::String => {
                self.message = non_empty(reader)?.or(self.message)
            }
            "__type" => self.kind = reader.maybe_string()?.map(|kind| bare(reader.document(), kind)),
            // Counts, which `invocation_metrics` reads.
            "amazon-bedrock-invocationMetrics" => {
                self.is_last = true;
                reader.skip()?;
            }
            // Padding that hides the length of a chunk's content.
            "p" => reader.skip()?,
            "amazon-bedrock-guardrailAction" => {
                let action = reader.maybe_string()?;
                events.push(Event::Fee(Fee::Guardrail));
                events.extend(action.map(|value| Event::Extra { name: Extra::GuardrailAction, value }));
                // An answer stopped by a guardrail has no finish reason from the model.
                let stopped = action.is_some_and(|action| reader.document().raw(action) == "INTERVENED");
                events.extend(stopped.then_some(Event::End));
            }
            "amazon-bedrock-trace" => {
                read_property(reader, (Property::Verdicts, Owner::Answer), events, read_rest)?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Takes the message, when it is not an error's.
    pub(in crate::dialect) fn take_message(&mut self) -> Option<Span> {
        self.message.take()
    }

    /// Appends the end and the error, if any, after all other events.
    pub(in crate::dialect) fn push(self, is_exception: bool, events: &mut Vec<Event>) {
        self.push_from(0, is_exception, events);
    }

    /// Variant of `push` for one of several answers in a list, whose events begin at `first`.
    pub(in crate::dialect) fn push_from(self, first: usize, is_exception: bool, events: &mut Vec<Event>) {
        let Self { kind, message, is_last } = self;
        if is_last && !events.iter().skip(first).any(|event| *event == Event::End) {
            events.push(Event::End);
        }
        if is_exception || kind.is_some() || message.is_some() {
            events.extend(message.map(Event::Other));
            events.push(Event::Failure { kind, code: None, status: None, message });
        }
    }
}

/// Range of the bare name in an error type, in a body or a header:
/// `com.amazon.coral.service#ValidationException:http://…` is a `ValidationException`: "Operation error serialization",
/// <https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html>, read 2026-11-28.
pub fn bare_error(kind: &str) -> Range<usize> {
    let end = kind.find(':').unwrap_or(kind.len());
    let start = kind.get(..end).and_then(|kind| kind.rfind('#')).map_or(0, |at| at + 1);
    start..end
}

fn bare(document: Document<'_>, kind: Span) -> Span {
    let Range { start, end } = bare_error(document.raw(kind));
    let offset = |at: usize| kind.start.saturating_add(u32::try_from(at).unwrap_or(u32::MAX));
    Span { start: offset(start), end: offset(end), ..kind }
}
