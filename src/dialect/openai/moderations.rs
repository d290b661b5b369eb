//! OpenAI moderations: <https://platform.openai.com/docs/api-reference/moderations>, read 2026-11-21; and Mistral's, of
//! texts and of conversations (<https://docs.mistral.ai/api/#tag/classifiers>).

use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api};
use crate::dialect::failure::Reported;
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, read_other, read_property, read_rest};
use crate::document::{Document, JsonResult, Reader};
use crate::framing::Framing;
use crate::model::{Event, Owner, Parameter, Property, Request};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[],
    read_request,
    read_answer,
    write_text: super::chat::write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request::default();
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "input"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "input" => super::embeddings::read_inputs(reader, &mut request)?,
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut reported = Reported::default();
    let mut answered = false;
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "usage" => super::usage::read(reader, events)?,
            // Category names, numbers and booleans.
            "results" => {
                answered = true;
                reader.maybe_array(|reader, position| {
                    let owner = Owner::Choice(position);
                    read_property(reader, (Property::Verdicts, owner), events, |reader, _| reader.skip())
                })?;
            }
            _ => {
                if !reported.read_flat(reader, &key, events)? {
                    read_rest(reader, events)?;
                }
            }
        }
        Ok(())
    })?;
    reported.finish(answered, events);
    reader.finish()
}
