//! Anthropic complete, the legacy API: <https://docs.anthropic.com/en/api/complete>, read 2026-11-21.
//!
//! One reader serves whole answers and events, because an event is an answer with the next piece of text. Older models
//! on Amazon Bedrock use this API under the path of messages, so the messages dialect reads its members too.

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, read_other, read_property, read_rest};
use crate::document::{Document, JsonResult, Reader, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, Owner, Parameter, Property, Reply, Request, Role, TextKind, TextSpan};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "prompt"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            _ => read_parameter(reader, &key, &mut request)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads a request member that messages has too, or that only this API has.
pub(in crate::dialect) fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> JsonResult {
    match key {
        "prompt" if reader.peek()? == ValueKind::String => {
            let (place, role) = (TextKind::Text, Some(Role::User));
            request.items.push_text(TextSpan { span: reader.string()?, place, role, message: Some(0), call: None });
            Ok(())
        }
        _ if parameters::read(reader, super::parameters::ROWS, key, request)? => Ok(()),
        _ => read_other(reader, None, &mut request.items),
    }
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let mut reason = None;
    let mut reported = crate::dialect::failure::Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "stop_reason" => reason = non_empty(reader)?,
            "stop" => read_property(reader, (Property::StopSequence, Owner::CHOICE), events, read_rest)?,
            _ if reported.read_marked(reader, &key, events)? => {}
            "type" | "log_id" => reader.skip()?,
            "completion" => read_completion(reader, events)?,
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    reported.finish(true, events);
    reader.finish()?;
    if let Some(reason) = reason {
        events.extend([Event::Finish { choice: 0, reason }, Event::End]);
    }
    Ok(())
}

/// Reads the model's text.
pub(in crate::dialect) fn read_completion(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    events.push(Event::Choice(0));
    let channel = Channel { choice: 0, part: 0, content: Content::Text };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

pub(in crate::dialect) fn write_text(_: &AnswerState, _: &Reply, _: Channel, text: &str) -> WrittenFrame {
    let mut data = String::from(r#"{"type":"completion","completion":""#);
    escape_into(text, &mut data);
    data.push_str(r#"","stop_reason":null,"stop":null}"#);
    WrittenFrame { name: "completion", data }
}
