//! Amazon Bedrock InvokeModel of Amazon Titan, and of Amazon Nova's image and embedding models, whose requests are of
//! the same make: <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan.html>,
//! <https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html> and
//! <https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html>, read 2026-11-21.
//!
//! Not read: images, which are base64.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::aws::Common;
use super::leaves::{counted, non_empty, read_other, read_rest};
use crate::chat::{Channel, Content, Counting, Delta, Leaf, Place, Reply, Request, Role, Tally};
use crate::document::{Document, Kind, Reader, Span, Unreadable, escape_into};
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
    reader.object(|reader, key| {
        once.saw(&key, &["inputText"]);
        match &*key {
            "textGenerationConfig" | "imageGenerationConfig" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request)).map(drop)
            }
            _ => read_input(reader, &key, &mut request),
        }
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "maxTokenCount" => parameters.max_tokens = reader.maybe_count()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "topP" => parameters.top_p = reader.maybe_number()?,
        "numberOfImages" => parameters.choices = reader.maybe_count()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "stopSequences" => return super::leaves::read_stop(reader, request),
        _ => return read_other(reader, None, &mut request.leaves),
    }
    Ok(())
}

/// What is asked: texts, at the top or within the parameters of a task, and images, which are passed over.
fn read_input(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    match (key, reader.peek()?) {
        ("inputText" | "text" | "negativeText" | "value" | "maskPrompt" | "prompt", Kind::String) => {
            let (place, role) = (Place::Text, Some(Role::User));
            request.leaves.push(Leaf { span: reader.string()?, place, role, message: Some(0), call: None });
            Ok(())
        }
        ("bytes" | "image" | "images" | "inputImage" | "maskImage" | "conditionImage" | "referenceImages", kind)
            if kind != Kind::Object =>
        {
            super::leaves::read_media(reader, &mut request.leaves)
        }
        ("sourceImage" | "garmentImage" | "styleImage", Kind::String) => reader.opaque(),
        ("s3Location", _) => super::leaves::read_media(reader, &mut request.leaves),
        (_, Kind::Object) => reader.object(|reader, key| read_input(reader, &key, request)),
        _ => read_other(reader, None, &mut request.leaves),
    }
}

/// What an answer says besides its texts.
#[derive(Default)]
struct Said {
    tally: Tally,
    reason: Option<Span>,
    failure: Option<Span>,
    common: Common,
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut said = Said::default();
    reader.maybe_object(|reader, key| read_member(reader, &key, &mut said, deltas))?;
    reader.finish()?;
    let Said { tally, reason, failure, common } = said;
    // A stream tells the input at its beginning, perhaps, and the output at its end.
    counted(tally, Counting::CacheBeside, Span::default(), deltas);
    deltas.extend(reason.map(|reason| Delta::Finish { choice: 0, reason }));
    if let Some(message) = failure {
        deltas.push(Delta::Other(message));
        deltas.push(Delta::Failure { kind: None, code: None, status: None, message: Some(message) });
    }
    common.push(frame.is_exception, deltas);
    Ok(())
}

fn read_member(reader: &mut Reader<'_>, key: &str, said: &mut Said, deltas: &mut Vec<Delta>) -> Read {
    match key {
        "results" => {
            reader.maybe_array(|reader, choice| read_result(reader, choice, &mut said.tally, deltas))?;
        }
        "outputText" => {
            deltas.push(Delta::Choice(0));
            read_text(reader, 0, deltas)?;
        }
        "completionReason" => said.reason = non_empty(reader)?,
        "inputTextTokenCount" => said.tally.input = reader.maybe_count()?,
        "totalOutputTextTokenCount" => said.tally.output = reader.maybe_count()?,
        // The number of the chunk.
        "index" => reader.skip()?,
        "images" => {
            let mut images = 0;
            reader.maybe_array(|reader, _| {
                images += 1;
                reader.skip()
            })?;
            said.tally.output_images = Some(images);
        }
        "error" => said.failure = non_empty(reader)?,
        "embedding" | "embeddings" | "embeddingsByType" => read_embedding(reader, deltas)?,
        _ if said.common.read(reader, key, deltas)? => {}
        _ => read_rest(reader, deltas)?,
    }
    Ok(())
}

/// One result of a whole answer; several share the count of output tokens.
fn read_result(reader: &mut Reader<'_>, choice: u32, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    let mut reason = None;
    deltas.push(Delta::Choice(choice));
    reader.maybe_object(|reader, key| {
        match &*key {
            "outputText" => read_text(reader, choice, deltas)?,
            "completionReason" => reason = non_empty(reader)?,
            "tokenCount" => {
                let tokens: Option<u64> = reader.maybe_count()?;
                tally.output =
                    tokens.map(|tokens| tally.output.unwrap_or_default().saturating_add(tokens)).or(tally.output);
            }
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    deltas.extend(reason.map(|reason| Delta::Finish { choice, reason }));
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, choice: u32, deltas: &mut Vec<Delta>) -> Read {
    let channel = Channel { choice, part: 0, content: Content::Text };
    deltas.extend(non_empty(reader)?.map(|text| Delta::Text { channel, text }));
    Ok(())
}

/// A vector: a list of numbers, by itself, by the type of its numbers, or in a list of such.
fn read_embedding(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    match reader.peek()? {
        Kind::Object => reader.object(|reader, key| match &*key {
            "embedding" | "float" | "binary" => read_embedding(reader, deltas),
            _ => reader.skip(),
        }),
        Kind::Array => {
            let mut length = 0;
            reader.array(|reader, _| {
                if reader.peek()? != Kind::Number {
                    return read_embedding(reader, deltas);
                }
                length += 1;
                reader.skip()
            })?;
            deltas.extend((length > 0).then_some(Delta::Dimensions(length)));
            Ok(())
        }
        _ => reader.skip(),
    }
}

pub(super) fn write_text(_: &Reply, _: Channel, text: &str) -> Written {
    let mut data = String::from(r#"{"outputText":""#);
    escape_into(text, &mut data);
    data.push_str(
        r#"","index":0,"totalOutputTextTokenCount":null,"completionReason":null,"inputTextTokenCount":null}"#,
    );
    Written { name: "", data }
}
