//! Amazon Bedrock InvokeModel of Amazon Titan, and of Amazon Nova's image and embedding models, whose requests have the
//! same structure: <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan.html>,
//! <https://docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html> and
//! <https://docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html>, read 2026-11-21.
//!
//! Skips images, which are base64.

use super::aws::Common;
use super::text::read_images;
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, EmbeddingTranslation, WrittenFrame};
use crate::dialect::members;
use crate::dialect::parameters::{self, Row, row};
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{counted, non_empty, push_property, read_other, read_property, read_rest};
use crate::document::{Document, JsonResult, Key, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{
    Channel, Content, EmbeddingConvention, Event, Node, Owner, Parameter, PartKind, Property, Reply, Request, Role,
    TextKind, TextSpan,
};
use crate::usage::{ReportedUsage, UsageConvention};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[ROWS, GENERATION],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

pub(in crate::dialect) const EMBEDDING: EmbeddingTranslation = EmbeddingTranslation {
    convention: EmbeddingConvention { sets_each: false, has_bits: true },
    write_request: super::titan_writer::write_request,
    write_answer: super::titan_writer::write_answer,
    write_error: crate::dialect::embedding_writing::write_message,
    structure: &["inputTextTokenCount"],
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["inputText"]);
        match &*key {
            "textGenerationConfig" | "imageGenerationConfig" => {
                parameters::read_object(reader, GENERATION, &mut request)
            }
            "dimensions" if reader.peek()? == ValueKind::Number => {
                parameters::read(reader, ROWS, &key, &mut request).map(drop)
            }
            "normalize" => parameters::stray(reader, Parameter::Normalization, &mut request),
            "embeddingTypes" => parameters::stray(reader, Parameter::EmbeddingTypes, &mut request),
            _ => read_input(reader, &key, &mut request),
        }
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Members of an embedding request.
const ROWS: &[Row] = &[row("dimensions", Parameter::Dimensions)];

/// Members of the generation parameters.
const GENERATION: &[Row] = &[
    row("maxTokenCount", Parameter::MaxTokens),
    row("temperature", Parameter::Temperature),
    row("topP", Parameter::TopP),
    row("numberOfImages", Parameter::Choices),
    row("seed", Parameter::Seed),
    row("stopSequences", Parameter::Stop),
];

/// Reads the input: texts, at the top or within the parameters of a task. Images are skipped.
fn read_input(reader: &mut Reader<'_>, key: &Key<'_>, request: &mut Request) -> JsonResult {
    match (&**key, reader.peek()?) {
        ("inputText" | "text" | "value" | "prompt", ValueKind::String) => read_prompt(reader, request),
        // Texts beside the prompt.
        ("negativeText" | "maskPrompt", ValueKind::String) => {
            request.items.open(Node::Part(PartKind::Other));
            members::push(Property::Type, key.span, request);
            read_prompt(reader, request)?;
            request.items.close();
            Ok(())
        }
        ("bytes" | "image" | "images" | "inputImage" | "maskImage" | "conditionImage" | "referenceImages", kind)
            if kind != ValueKind::Object =>
        {
            read_images(reader, request)
        }
        ("sourceImage" | "garmentImage" | "styleImage", ValueKind::String) => read_images(reader, request),
        ("s3Location", _) => crate::dialect::texts::read_media(reader, &mut request.items),
        (_, ValueKind::Object) => reader.object(|reader, key| read_input(reader, &key, request)),
        _ => read_other(reader, None, &mut request.items),
    }
}

fn read_prompt(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    let (place, role) = (TextKind::Text, Some(Role::User));
    request.items.push_text(TextSpan { span: reader.string()?, place, role, message: Some(0), call: None });
    Ok(())
}

/// Facts of an answer besides its texts.
#[derive(Default)]
struct TitanAnswer {
    counts: ReportedUsage,
    reason: Option<Span>,
    failure: Option<Span>,
    common: Common,
}

fn read_answer(frame: AnswerFrame<'_>, _: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let mut reader = Reader::new(frame.document);
    let mut facts = TitanAnswer::default();
    reader.maybe_object(|reader, key| read_member(reader, &key, &mut facts, events))?;
    reader.finish()?;
    let TitanAnswer { counts, reason, failure, common } = facts;
    // A stream may report the input at its start, and reports the output at its end.
    counted(counts, UsageConvention::CacheExcluded, Span::default(), events);
    events.extend(reason.map(|reason| Event::Finish { choice: 0, reason }));
    if let Some(message) = failure {
        events.push(Event::Other(message));
        events.push(Event::Failure { kind: None, code: None, status: None, message: Some(message) });
    }
    common.push(frame.is_exception, events);
    Ok(())
}

fn read_member(reader: &mut Reader<'_>, key: &str, facts: &mut TitanAnswer, events: &mut Vec<Event>) -> JsonResult {
    match key {
        "results" => {
            reader.maybe_array(|reader, choice| read_result(reader, choice, &mut facts.counts, events))?;
        }
        "outputText" => {
            events.push(Event::Choice(0));
            read_text(reader, 0, events)?;
        }
        "completionReason" => facts.reason = non_empty(reader)?,
        "inputTextTokenCount" => facts.counts.input = reader.maybe_count()?,
        "totalOutputTextTokenCount" => facts.counts.output = reader.maybe_count()?,
        // Index of the chunk.
        "index" => reader.skip()?,
        "images" => {
            let mut images = 0;
            reader.maybe_array(|reader, choice| {
                images += 1;
                let owner = Owner::Part { choice, part: 0, kind: PartKind::Image };
                read_property(reader, (Property::Data, owner), events, |reader, _| reader.skip())
            })?;
            facts.counts.output_images = Some(images);
        }
        "error" => facts.failure = non_empty(reader)?,
        "embeddingsByType" if reader.peek()? == ValueKind::Object => reader.object(|reader, key| {
            push_property(Owner::CHOICE, Property::Format, Some(key.span), events);
            read_property(reader, (Property::Vector, Owner::CHOICE), events, read_embedding)
        })?,
        "embedding" | "embeddings" | "embeddingsByType" => {
            read_property(reader, (Property::Vector, Owner::CHOICE), events, read_embedding)?;
        }
        _ if facts.common.read(reader, key, events)? => {}
        _ => read_rest(reader, events)?,
    }
    Ok(())
}

/// Reads one result of a whole answer and adds its output tokens to the sum.
fn read_result(
    reader: &mut Reader<'_>,
    choice: u32,
    counts: &mut ReportedUsage,
    events: &mut Vec<Event>,
) -> JsonResult {
    let mut reason = None;
    events.push(Event::Choice(choice));
    reader.maybe_object(|reader, key| {
        match &*key {
            "outputText" => read_text(reader, choice, events)?,
            "completionReason" => reason = non_empty(reader)?,
            "tokenCount" => {
                let tokens: Option<u64> = reader.maybe_count()?;
                counts.output =
                    tokens.map(|tokens| counts.output.unwrap_or_default().saturating_add(tokens)).or(counts.output);
            }
            _ => read_rest(reader, events)?,
        }
        Ok(())
    })?;
    events.extend(reason.map(|reason| Event::Finish { choice, reason }));
    Ok(())
}

fn read_text(reader: &mut Reader<'_>, choice: u32, events: &mut Vec<Event>) -> JsonResult {
    let channel = Channel { choice, part: 0, content: Content::Text };
    events.extend(non_empty(reader)?.map(|text| Event::Text { channel, text }));
    Ok(())
}

/// Reads a vector: a bare list of numbers, or a list of such in objects.
fn read_embedding(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    match reader.peek()? {
        ValueKind::Object => reader.object(|reader, key| match &*key {
            "embedding" => read_embedding(reader, events),
            _ => reader.skip(),
        }),
        ValueKind::Array => {
            let length = reader.count_numbers(|reader, _| read_embedding(reader, events))?;
            events.extend((length > 0).then_some(Event::Dimensions(length)));
            Ok(())
        }
        _ => reader.skip(),
    }
}

pub(in crate::dialect) fn write_text(_: &AnswerState, _: &Reply, _: Channel, text: &str) -> WrittenFrame {
    let mut data = String::from(r#"{"outputText":""#);
    escape_into(text, &mut data);
    data.push_str(
        r#"","index":0,"totalOutputTextTokenCount":null,"completionReason":null,"inputTextTokenCount":null}"#,
    );
    WrittenFrame { name: "", data }
}
