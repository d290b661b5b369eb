//! Amazon Bedrock InvokeModel of a model whose name does not show its maker (an application's inference profile, an
//! imported, tuned or provisioned model), or whose maker has several APIs. The members determine the API.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>, read 2026-11-21.
//!
//! A body is scanned up to the first decisive member before it is read.

use super::aws;
use super::converse as bedrock_converse;
use super::nova as bedrock_nova;
use super::text as bedrock_text;
use super::titan as bedrock_titan;
use crate::dialect::RequestError;
use crate::dialect::anthropic::messages as anthropic_messages;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::cohere::embed as cohere_embed;
use crate::dialect::cohere::v1 as cohere_v1;
use crate::dialect::openai::chat as openai_chat;
use crate::document::{Document, JsonError, JsonFault, JsonResult, Reader, Span};
use crate::framing::Framing;
use crate::model::{Channel, Event, Reply, Request};

pub(in crate::dialect) const API: Api =
    Api { stream: Framing::AwsEventStream, read_request, read_answer, write_text, write_refusal: aws::write_refusal };

/// Name of the extra fact that stores the member that identified the API.
pub(in crate::dialect) const FORM: &str = "form";

/// Certainty of identifying an API by a member's name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likelihood {
    /// Several APIs have the member; this one is the likeliest.
    Possible,
    Certain,
}

use Likelihood::{Certain, Possible};

type Marker = (&'static str, Likelihood, &'static Api);

/// Members of requests.
const ASKED: &[Marker] = &[
    ("anthropic_version", Certain, &anthropic_messages::API),
    ("max_tokens_to_sample", Certain, &anthropic_messages::API),
    ("inferenceConfig", Certain, &bedrock_nova::API),
    ("schemaVersion", Certain, &bedrock_nova::API),
    ("toolConfig", Certain, &bedrock_nova::API),
    ("inputText", Certain, &bedrock_titan::API),
    ("taskType", Certain, &bedrock_titan::API),
    ("chat_history", Certain, &cohere_v1::API),
    ("message", Certain, &cohere_v1::API),
    ("texts", Certain, &cohere_embed::API),
    ("input_type", Certain, &cohere_embed::API),
    ("prompt", Possible, &bedrock_text::API),
    ("messages", Possible, &openai_chat::API),
];

/// Members of answers and events.
const ANSWERED: &[Marker] = &[
    ("object", Certain, &openai_chat::API),
    ("type", Certain, &anthropic_messages::API),
    ("content", Certain, &anthropic_messages::API),
    ("completion", Certain, &anthropic_messages::API),
    ("output", Certain, &bedrock_nova::API),
    ("messageStart", Certain, &bedrock_nova::API),
    ("contentBlockStart", Certain, &bedrock_nova::API),
    ("contentBlockDelta", Certain, &bedrock_nova::API),
    ("contentBlockStop", Certain, &bedrock_nova::API),
    ("messageStop", Certain, &bedrock_nova::API),
    ("metadata", Certain, &bedrock_nova::API),
    ("inputTextTokenCount", Certain, &bedrock_titan::API),
    ("results", Certain, &bedrock_titan::API),
    ("outputText", Certain, &bedrock_titan::API),
    ("generation", Certain, &bedrock_text::API),
    ("outputs", Certain, &bedrock_text::API),
    ("completions", Certain, &bedrock_text::API),
    ("finishReason", Certain, &bedrock_text::API),
    ("generations", Certain, &cohere_v1::API),
    ("generation_id", Certain, &cohere_v1::API),
    ("event_type", Certain, &cohere_v1::API),
    ("is_finished", Certain, &cohere_v1::API),
    ("texts", Certain, &cohere_embed::API),
    ("embedding", Possible, &bedrock_titan::API),
    ("embeddings", Possible, &bedrock_titan::API),
    ("images", Possible, &bedrock_titan::API),
    ("choices", Possible, &bedrock_text::API),
];

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let told = identify(document, ASKED).map_or(&bedrock_text::API, |(_, api)| api);
    (told.read_request)(document)
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let told = if frame.is_exception { None } else { identify(frame.document, ANSWERED) };
    let Some((value, api)) = told else {
        return (bedrock_converse::API.read_answer)(frame, events);
    };
    events.push(Event::Extra { name: FORM, value });
    (api.read_answer)(frame, events)
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let form = reply.extra(FORM).unwrap_or_default();
    let api = ANSWERED.iter().find(|(name, ..)| *name == form).map_or(&bedrock_text::API, |(.., api)| *api);
    (api.write_text)(reply, channel, text)
}

/// Matches answers identified as one of Cohere's APIs.
pub(in crate::dialect) fn is_cohere_family(reply: &Reply) -> bool {
    let form = reply.extra(FORM).unwrap_or_default();
    matches!(form, "generations" | "generation_id" | "event_type" | "is_finished" | "texts")
}

/// Identifies the API and the member that shows it: the first certain one, else the first possible one.
fn identify(document: Document<'_>, rows: &[Marker]) -> Option<(Span, &'static Api)> {
    let mut reader = Reader::new(document);
    let mut found: Option<(Span, Marker)> = None;
    // The error only ends the scan. The API's reader decides whether the body is JSON.
    let _ = reader.maybe_object(|reader, key| {
        let row = rows.iter().find(|(name, ..)| *name == &*key);
        if let Some(row) = row.filter(|(_, tells, _)| found.is_none_or(|(_, (_, known, _))| known < *tells)) {
            found = Some((key.span, *row));
        }
        match found {
            Some((_, (_, Certain, _))) => Err(JsonError::new(reader.offset(), JsonFault::Found)),
            _ => reader.skip(),
        }
    });
    found.map(|(span, (_, _, api))| (span, api))
}
