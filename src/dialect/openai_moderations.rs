//! OpenAI moderations: <https://platform.openai.com/docs/api-reference/moderations>, read 2026-11-21; and Mistral's, of
//! texts and of conversations (<https://docs.mistral.ai/api/#tag/classifiers>).

use super::Unread;
use super::api::{Api, Frame};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest};
use crate::chat::{Delta, Request};
use crate::document::{Document, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text: super::openai_chat::write_text,
    write_refusal: super::openai_chat::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request::default();
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "input"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "input" => super::openai_embeddings::read_inputs(reader, &mut request)?,
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Result<(), Unreadable> {
    let mut reader = Reader::new(frame.document);
    let mut reported = Reported::default();
    let mut answered = false;
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "usage" => super::openai_usage::read(reader, deltas)?,
            // Verdicts: names of categories, numbers and truth values.
            "results" => {
                answered = true;
                reader.skip()?;
            }
            _ => {
                if !reported.read_flat(reader, &key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    })?;
    reported.finish(answered, deltas);
    reader.finish()
}
