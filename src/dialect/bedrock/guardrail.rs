//! Amazon Bedrock ApplyGuardrail:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html>, read 2026-11-21.
//!
//! Usage counts policy units, each policy with a price of its own, and no tokens. Texts that replace the checked ones
//! come from no model.

use super::aws::Common;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, read_other, read_property, read_rest, span};
use crate::document::{Document, JsonResult, Reader, ValueKind};
use crate::framing::Framing;
use crate::model::{Channel, Event, Extra, Owner, Property, Reply, Request, Role, TextKind, TextSpan};
use crate::usage::{ReportedUsage, UsageConvention, UsageReport, UsageSource};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let mut role = Role::User;
    reader.object(|reader, key| {
        unique.observe(&key, &["content", "source"]);
        match &*key {
            "source" => {
                if reader.api_text()?.as_deref() == Some("OUTPUT") {
                    role = Role::Assistant;
                }
                Ok(())
            }
            "content" => reader.maybe_array(|reader, index| read_content(reader, index, &mut request)).map(drop),
            _ => read_other(reader, None, &mut request.items),
        }
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    for leaf in request.items.texts_from_mut(0).filter(|leaf| leaf.message.is_some()) {
        leaf.role = Some(role);
    }
    unique.check().map(|()| request)
}

/// Reads a block to check: `{"text":{"text":…,"qualifiers":[…]}}` or an image.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" if reader.peek()? == ValueKind::Object => read_content(reader, index, request),
            "text" => {
                if let Some(span) = reader.maybe_string()? {
                    let (place, message) = (TextKind::Text, Some(index));
                    request.items.push_text(TextSpan { span, place, role: None, message, call: None });
                }
                Ok(())
            }
            "image" => crate::dialect::texts::read_media(reader, &mut request.items),
            _ => read_other(reader, Some(index), &mut request.items),
        })
        .map(drop)
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut common = Common::default();
    let mut answered = false;
    reader.maybe_object(|reader, key| {
        match &*key {
            "usage" => read_usage(reader, events)?,
            "action" => {
                answered = true;
                events.extend(non_empty(reader)?.map(|value| Event::Extra { name: Extra::GuardrailAction, value }));
            }
            "assessments" => read_property(reader, (Property::Verdicts, Owner::Answer), events, read_rest)?,
            "actionReason" => read_property(reader, (Property::StopDetails, Owner::Answer), events, read_rest)?,
            _ if common.read(reader, &key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    reader.finish()?;
    events.extend(answered.then_some(Event::End));
    common.push(frame.is_exception, events);
    Ok(())
}

/// Reads the policy units, by name.
fn read_usage(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader.peek()?;
    let start = reader.offset();
    let is_object = reader.maybe_object(|reader, _| reader.skip())?;
    if is_object {
        let (counts, convention, source) =
            (ReportedUsage::default(), UsageConvention::CacheExcluded, UsageSource::Body);
        let raw = span(start, reader.offset());
        events.push(Event::Usage(Box::new(UsageReport { counts, convention, source, raw })));
    }
    Ok(())
}

/// Writes nothing: the API does not stream.
fn write_text(_: &AnswerState, _: &Reply, _: Channel, _: &str) -> WrittenFrame {
    WrittenFrame::default()
}
