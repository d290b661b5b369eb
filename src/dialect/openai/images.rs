//! OpenAI images, generated, edited and varied: <https://platform.openai.com/docs/api-reference/images> and
//! `/images-streaming`, read 2026-11-21.
//!
//! Models of the gpt-image family are billed by token, reported in their answers. Other models, of OpenAI and of APIs
//! that follow it, are billed by image and report nothing, so the images are counted here.

use crate::dialect::answer_members::{self, AnswerMember, opaque, texts};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api};
use crate::dialect::failure::Reported;
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, object, read_extra, read_other, read_rest, set_choice};
use crate::dialect::turns::{read_media_parts, read_said};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind};
use crate::framing::Framing;
use crate::model::{Event, Extra, Owner, Parameter, PartKind, Property, Request, Role};
use crate::usage::{ReportedUsage, UsageConvention};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request,
    read_answer,
    // No event of this API adds to a text.
    write_text: super::chat::write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    request.parameters.output_type = Some("image");
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "prompt"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "prompt" if reader.peek()? == ValueKind::String => {
                read_said(reader, Role::User, Some(0), &mut request)?;
            }
            // Addresses, ids and encoded images.
            "image_url" | "image_urls" => read_media_parts(reader, PartKind::Image, Property::Url, &mut request)?,
            "image" | "images" | "reference_images" | "input_references" => {
                read_media_parts(reader, PartKind::Image, Property::Data, &mut request)?;
            }
            "mask" | "markup" => crate::dialect::texts::read_media(reader, &mut request.items)?,
            _ if super::parameters::read(reader, &key, &mut request)? => {}
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Reads a whole answer or an event. An event has one image: a partial or a completed one.
fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let mut reported = Reported::default();
    let mut kind = None;
    let mut images = None;
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "created" | "created_at" => events.extend(reader.maybe_count()?.map(Event::Created)),
            "type" if !frame.is_whole => kind = non_empty(reader)?,
            "data" if reader.peek()? == ValueKind::Array => images = Some(read_images(reader, events)?),
            "usage" => super::usage::read(reader, events)?,
            // Properties that determine an image's price.
            "size" => read_extra(Extra::ImageSize, reader, events)?,
            "quality" => read_extra(Extra::ImageQuality, reader, events)?,
            "background" => reader.skip()?,
            _ if answer_members::read(IMAGE, reader, &key, events)? => {}
            _ if reported.read_flat(reader, &key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    let word = kind.map(|kind: Span| document.text(kind)).unwrap_or_default();
    events.extend(kind.map(Event::EventName));
    let completed = word.ends_with(".completed");
    if completed {
        events.push(Event::Choice(0));
    }
    count(images, events);
    reported.finish(images.is_some() || !frame.is_whole && word != "error", events);
    if images.is_some() || completed {
        events.push(Event::End);
    }
    reader.finish()
}

/// Reads the images of a whole answer, and returns their number.
fn read_images(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult<u64> {
    let mut images = 0;
    reader.array(|reader, index| {
        images += 1;
        events.push(Event::Choice(index));
        let first = events.len();
        reader.maybe_object(|reader, key| {
            let is_read = answer_members::read(IMAGE, reader, &key, events)?;
            if is_read { Ok(()) } else { read_rest(reader, events) }
        })?;
        set_choice(events, first, index);
        Ok(())
    })?;
    Ok(images)
}

/// Members of an image. The format is that of all images.
const IMAGE: &[AnswerMember] = &[
    opaque("b64_json", Property::Data, Owner::part(PartKind::Image)),
    opaque("url", Property::Url, Owner::part(PartKind::Image)),
    opaque("output_format", Property::MediaType, Owner::part(PartKind::Image)),
    texts("revised_prompt", Property::Description, Owner::part(PartKind::Image)),
];

/// Completes the usage. Output tokens of unspecified modality are image tokens. Without token counts the images are
/// counted.
fn count(images: Option<u64>, events: &mut Vec<Event>) {
    let usage = events.iter_mut().rev().find_map(|event| match event {
        Event::Usage(counted) => Some(&mut counted.counts),
        _ => None,
    });
    match usage {
        Some(counts) if counts.input.or(counts.output).or(counts.total).is_some() => {
            counts.output_image = counts.output_image.or(counts.output);
        }
        Some(counts) => counts.output_images = images,
        None => {
            let counts = ReportedUsage { output_images: images, ..ReportedUsage::default() };
            crate::dialect::texts::counted(counts, UsageConvention::Inclusive, Span::default(), events);
        }
    }
}
