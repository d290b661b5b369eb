//! Cohere embed, v1 and v2, also on Amazon Bedrock: <https://docs.cohere.com/reference/embed>, `/v1/reference/embed` and
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html>, read 2026-11-21.

use super::Unread;
use super::api::{Api, Frame};
use super::cohere::{read_parameter, read_usage, write_refusal};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest, text};
use crate::chat::{Delta, Leaf, Request, Role};
use crate::document::{Document, Kind, Reader, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::JsonLines,
    read_request,
    read_answer,
    write_text: super::openai_chat::write_text,
    write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "texts", "inputs"]);
        match &*key {
            "texts" => {
                reader.maybe_array(|reader, index| read_text(reader, index, &mut request))?;
            }
            "inputs" => {
                reader.maybe_array(|reader, index| read_input(reader, index, &mut request))?;
            }
            // Encoded pictures; words of a fixed list.
            "images" => super::leaves::read_media(reader, &mut request.leaves)?,
            "input_type" | "embedding_types" | "truncate" => drop(reader.api_word()?),
            _ => {
                if !read_parameter(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.leaves)?;
                }
            }
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_text(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    if reader.peek()? != Kind::String {
        return read_other(reader, Some(index), &mut request.leaves);
    }
    let span = reader.string()?;
    request.leaves.push(Leaf { role: Some(Role::User), ..text(span, index) });
    Ok(())
}

/// An input of several parts: `{"content":[{"type":"text","text":…},{"type":"image_url","image_url":{…}}]}`.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    match reader.peek()? {
        Kind::Object => reader.object(|reader, key| match &*key {
            "content" | "text" => read_input(reader, index, request),
            "type" => reader.api_word().map(drop),
            "image_url" => super::leaves::read_media(reader, &mut request.leaves),
            _ => read_other(reader, Some(index), &mut request.leaves),
        }),
        Kind::Array => reader.array(|reader, _| read_input(reader, index, request)),
        _ => read_text(reader, index, request),
    }
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "embeddings" => {
                answered = true;
                read_embeddings(reader, deltas)?;
            }
            "meta" => read_usage(reader, deltas)?,
            "response_type" => reader.skip()?,
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

/// A list of vectors; or, by the type of their numbers, several such lists, of which the first stands for all.
fn read_embeddings(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    if reader.peek()? != Kind::Object {
        return read_vectors(reader, 1, deltas);
    }
    let mut is_first = true;
    reader.object(|reader, key| {
        if !is_first || reader.peek()? != Kind::Array {
            return reader.skip();
        }
        is_first = false;
        // Eight dimensions are packed into a number.
        let packed = if matches!(&*key, "binary" | "ubinary") { 8 } else { 1 };
        read_vectors(reader, packed, deltas)
    })
}

/// Vectors of numbers that stand for so many dimensions each; or base64 of 32-bit floats.
fn read_vectors(reader: &mut Reader<'_>, packed: u32, deltas: &mut Vec<Delta>) -> Read {
    let document = reader.document();
    let mut dimensions = None;
    reader
        .maybe_array(|reader, index| {
            deltas.push(Delta::Choice(index));
            if index > 0 {
                return reader.skip();
            }
            let mut numbers = 0_u32;
            match reader.peek()? {
                Kind::Array => {
                    reader.array(|reader, index| {
                        numbers = index.saturating_add(1).saturating_mul(packed);
                        reader.skip()
                    })?;
                }
                Kind::String => {
                    let encoded = document.text(reader.string()?).trim_end_matches('=').len();
                    numbers = u32::try_from(encoded / 4 * 3 + encoded % 4 * 3 / 4).unwrap_or(u32::MAX) / 4;
                }
                _ => reader.skip()?,
            }
            dimensions = Some(numbers).filter(|numbers| *numbers > 0);
            Ok(())
        })
        .map(drop)?;
    deltas.extend(dimensions.map(Delta::Dimensions));
    Ok(())
}
