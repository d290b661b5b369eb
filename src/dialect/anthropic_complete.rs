//! Anthropic complete, the legacy API: <https://docs.anthropic.com/en/api/complete>, read 2026-11-21.
//!
//! Whole answers and events are read alike: an event is an answer with the next piece of the text. On Amazon Bedrock
//! the older models speak it under the same path as messages, so that its members are read there too.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::leaves::{non_empty, read_other};
use crate::chat::{Channel, Content, Delta, Leaf, Place, Reply, Request, Role};
use crate::document::{Document, Kind, Reader, Unreadable, escape_into};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::anthropic_messages::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "prompt"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// A member of a request, of those that messages has too, and of those that only this API has.
pub(super) fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "max_tokens_to_sample" => parameters.max_tokens = reader.maybe_count()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" => parameters.top_p = reader.maybe_number()?,
        "top_k" => parameters.top_k = reader.maybe_integer()?,
        "stop_sequences" => return super::leaves::read_stop(reader, request),
        "prompt" if reader.peek()? == Kind::String => {
            let (place, role) = (Place::Text, Some(Role::User));
            request.leaves.push(Leaf { span: reader.string()?, place, role, message: Some(0), call: None });
        }
        _ => return read_other(reader, None, &mut request.leaves),
    }
    Ok(())
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let mut reason = None;
    let mut reported = super::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "stop_reason" => reason = non_empty(reader)?,
            _ if reported.read_marked(reader, &key, deltas)? => {}
            "type" | "log_id" => reader.skip()?,
            "completion" => read_completion(reader, deltas)?,
            _ => super::leaves::read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    reported.finish(true, deltas);
    reader.finish()?;
    if let Some(reason) = reason {
        deltas.extend([Delta::Finish { choice: 0, reason }, Delta::End]);
    }
    Ok(())
}

/// Reads what the model said.
pub(super) fn read_completion(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    deltas.push(Delta::Choice(0));
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    deltas.extend(non_empty(reader)?.map(|text| Delta::Text { channel, text }));
    Ok(())
}

pub(super) fn write_text(_: &Reply, _: Channel, text: &str) -> Written {
    let mut data = String::from(r#"{"type":"completion","completion":""#);
    escape_into(text, &mut data);
    data.push_str(r#"","stop_reason":null,"stop":null}"#);
    Written { name: "completion", data }
}
