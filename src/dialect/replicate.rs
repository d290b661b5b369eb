//! Replicate predictions.

use super::Unread;
use super::api::{Api, Frame};
use crate::chat::{Delta, Request};
use crate::document::{Document, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    key_header: "authorization",
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text: super::openai_chat::write_text,
    write_refusal: super::openai_chat::write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request::default();
    reader.object(|reader, key| match &*key {
        "model" => {
            request.model = reader.maybe_text()?.map(Into::into);
            Ok(())
        }
        "stream" => {
            request.stream = reader.maybe_bool()? == Some(true);
            Ok(())
        }
        _ => super::leaves::read_other(reader, None, &mut request.leaves),
    })?;
    reader.finish()?;
    Ok(request)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    super::leaves::read_rest(&mut reader, deltas)?;
    reader.finish()
}
