//! Amazon Bedrock ApplyGuardrail:
//! <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html>, read 2026-11-21.
//!
//! Its usage counts units of policies, of which each has a price of its own; no tokens. What it gives back in place of a
//! text is no model's.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::aws::Common;
use super::leaves::{non_empty, read_other, read_rest, span};
use crate::chat::{Channel, Counted, Counting, Delta, Leaf, Place, Reply, Request, Role, Tally, UsageSource};
use crate::document::{Document, Kind, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::AwsEventStream,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::aws::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    let mut role = Role::User;
    reader.object(|reader, key| {
        once.saw(&key, &["content", "source"]);
        match &*key {
            "source" => {
                if reader.api_text()?.as_deref() == Some("OUTPUT") {
                    role = Role::Assistant;
                }
                Ok(())
            }
            "content" => reader.maybe_array(|reader, index| read_content(reader, index, &mut request)).map(drop),
            _ => read_other(reader, None, &mut request.leaves),
        }
    })?;
    super::leaves::finish(reader, &mut request)?;
    for leaf in request.leaves.iter_mut().filter(|leaf| leaf.message.is_some()) {
        leaf.role = Some(role);
    }
    once.check().map(|()| request)
}

/// A block of what is checked: `{"text":{"text":…,"qualifiers":[…]}}` or an image.
fn read_content(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" if reader.peek()? == Kind::Object => read_content(reader, index, request),
            "text" => {
                if let Some(span) = reader.maybe_string()? {
                    let (place, message) = (Place::Text, Some(index));
                    request.leaves.push(Leaf { span, place, role: None, message, call: None });
                }
                Ok(())
            }
            "image" => super::leaves::read_media(reader, &mut request.leaves),
            _ => read_other(reader, Some(index), &mut request.leaves),
        })
        .map(drop)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut common = Common::default();
    let mut answered = false;
    reader.maybe_object(|reader, key| {
        match &*key {
            "usage" => read_usage(reader, deltas)?,
            "action" => {
                answered = true;
                deltas.extend(non_empty(reader)?.map(|value| Delta::Kept { name: "guardrail_action", value }));
            }
            _ if common.read(reader, &key, deltas)? => {}
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    reader.finish()?;
    deltas.extend(answered.then_some(Delta::End));
    common.push(frame.is_exception, deltas);
    Ok(())
}

/// Units of policies, by their names.
fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader.peek()?;
    let start = reader.offset();
    let is_object = reader.maybe_object(|reader, _| reader.skip())?;
    if is_object {
        let (tally, counting, source) = (Tally::default(), Counting::CacheBeside, UsageSource::Body);
        let raw = span(start, reader.offset());
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting, source, raw })));
    }
    Ok(())
}

/// It has no streams.
fn write_text(_: &Reply, _: Channel, _: &str) -> Written {
    Written::default()
}
