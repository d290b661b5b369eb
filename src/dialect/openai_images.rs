//! OpenAI images, generated, edited and varied: <https://platform.openai.com/docs/api-reference/images> and
//! `/images-streaming`, read 2026-11-21.
//!
//! Models of the gpt-image family are billed by token, and their answers count these; the others, of OpenAI as of those
//! that follow it, by image, and their answers count nothing, so that the images are counted here. Not read: images.

use super::Unread;
use super::api::{Api, Frame};
use super::failure::Reported;
use super::leaves::{non_empty, object, read_other, read_rest, text};
use crate::chat::{Counting, Delta, Leaf, Request, Role, Tally};
use crate::document::{Document, Kind, Reader, Span, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    // No event of this API adds to a text.
    write_text: super::openai_chat::write_text,
    write_refusal: super::openai_chat::write_refusal,
};

type Read<T = ()> = Result<T, Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    request.parameters.output_type = Some("image");
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "prompt"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "prompt" if reader.peek()? == Kind::String => {
                let leaf = text(reader.string()?, 0);
                request.leaves.push(Leaf { role: Some(Role::User), ..leaf });
            }
            // Addresses, ids and encoded images.
            "image" | "images" | "mask" | "markup" | "image_url" | "image_urls" | "reference_images"
            | "input_references" => super::leaves::read_media(reader, &mut request.leaves)?,
            _ if super::openai_parameters::read(reader, &key, &mut request)? => {}
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// Reads a whole answer or an event. One event has one image: drawn as far as it has come, or completed.
fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let mut reported = Reported::default();
    let mut kind = None;
    let mut images = None;
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "created" | "created_at" => deltas.extend(reader.maybe_count()?.map(Delta::Created)),
            "type" if !frame.is_whole => kind = non_empty(reader)?,
            "data" if reader.peek()? == Kind::Array => images = Some(read_images(reader, deltas)?),
            "usage" => super::openai_usage::read(reader, deltas)?,
            // What an image's price depends on.
            "size" => keep("image_size", reader, deltas)?,
            "quality" => keep("image_quality", reader, deltas)?,
            "b64_json" | "url" | "background" | "output_format" => reader.skip()?,
            _ if reported.read_flat(reader, &key, deltas)? => {}
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    let word = kind.map(|kind: Span| document.text(kind)).unwrap_or_default();
    deltas.extend(kind.map(Delta::Event));
    let completed = word.ends_with(".completed");
    if completed {
        deltas.push(Delta::Choice(0));
    }
    count(images, deltas);
    reported.finish(images.is_some() || !frame.is_whole && word != "error", deltas);
    if images.is_some() || completed {
        deltas.push(Delta::End);
    }
    reader.finish()
}

/// The images of a whole answer: how many there are.
fn read_images(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read<u64> {
    let mut images = 0;
    reader.array(|reader, index| {
        images += 1;
        deltas.push(Delta::Choice(index));
        reader
            .maybe_object(|reader, key| match &*key {
                "b64_json" | "url" => reader.skip(),
                _ => read_rest(reader, deltas),
            })
            .map(drop)
    })?;
    Ok(images)
}

fn keep(name: &'static str, reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    deltas.extend(non_empty(reader)?.map(|value| Delta::Kept { name, value }));
    Ok(())
}

/// Tokens of output are those of images, where the answer does not say of what they are; where it counts no tokens,
/// the images count.
fn count(images: Option<u64>, deltas: &mut Vec<Delta>) {
    let usage = deltas.iter_mut().rev().find_map(|delta| match delta {
        Delta::Usage(counted) => Some(&mut counted.tally),
        _ => None,
    });
    match usage {
        Some(tally) if tally.input.or(tally.output).or(tally.total).is_some() => {
            tally.output_image = tally.output_image.or(tally.output);
        }
        Some(tally) => tally.output_images = images,
        None => {
            let tally = Tally { output_images: images, ..Tally::default() };
            super::leaves::counted(tally, Counting::Within, Span::default(), deltas);
        }
    }
}
