//! Amazon Bedrock InvokeModel of a model whose name does not show its maker (an application's inference profile, an
//! imported, tuned or provisioned model), or whose maker has several APIs. The members determine the API.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>, read 2026-11-21.
//!
//! A body is scanned up to the first decisive member before it is read.

use super::aws::FORM;
use super::{converse, error, nova, text, titan};
use crate::dialect::anthropic::messages as anthropic_messages;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::cohere::embed as cohere_embed;
use crate::dialect::cohere::v1 as cohere_v1;
use crate::dialect::openai::chat as openai_chat;
use crate::dialect::request_error::RequestError;
use crate::document::{Document, JsonError, JsonFault, JsonResult, Reader, Span};
use crate::framing::Framing;
use crate::model::{Channel, Event, Reply, Request};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::AwsEventStream,
    parameters: &[],
    read_request,
    read_answer,
    write_text,
    write_refusal: error::write_refusal,
};

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
    ("inferenceConfig", Certain, &nova::API),
    ("schemaVersion", Certain, &nova::API),
    ("toolConfig", Certain, &nova::API),
    ("inputText", Certain, &titan::API),
    ("taskType", Certain, &titan::API),
    ("chat_history", Certain, &cohere_v1::API),
    ("message", Certain, &cohere_v1::API),
    ("texts", Certain, &cohere_embed::API),
    ("input_type", Certain, &cohere_embed::API),
    ("prompt", Possible, &text::API),
    ("messages", Possible, &openai_chat::API),
];

/// Members of answers and events.
const ANSWERED: &[Marker] = &[
    ("object", Certain, &openai_chat::API),
    ("type", Certain, &anthropic_messages::API),
    ("content", Certain, &anthropic_messages::API),
    ("completion", Certain, &anthropic_messages::API),
    ("output", Certain, &nova::API),
    ("messageStart", Certain, &nova::API),
    ("contentBlockStart", Certain, &nova::API),
    ("contentBlockDelta", Certain, &nova::API),
    ("contentBlockStop", Certain, &nova::API),
    ("messageStop", Certain, &nova::API),
    ("metadata", Certain, &nova::API),
    ("inputTextTokenCount", Certain, &titan::API),
    ("results", Certain, &titan::API),
    ("outputText", Certain, &titan::API),
    ("generation", Certain, &text::API),
    ("outputs", Certain, &text::API),
    ("completions", Certain, &text::API),
    ("finishReason", Certain, &text::API),
    ("generations", Certain, &cohere_v1::API),
    ("generation_id", Certain, &cohere_v1::API),
    ("event_type", Certain, &cohere_v1::API),
    ("is_finished", Certain, &cohere_v1::API),
    ("texts", Certain, &cohere_embed::API),
    ("embedding", Possible, &titan::API),
    ("embeddings", Possible, &titan::API),
    ("images", Possible, &titan::API),
    ("choices", Possible, &text::API),
];

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let told = identify(document, ASKED).map_or(&text::API, |(_, api)| api);
    (told.read_request)(document)
}

fn read_answer(frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
    let told = if frame.is_exception { None } else { identify(frame.document, ANSWERED) };
    let Some((value, api)) = told else {
        return (converse::API.read_answer)(frame, events);
    };
    events.push(Event::Extra { name: FORM, value });
    (api.read_answer)(frame, events)
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    let form = reply.extra(FORM).unwrap_or_default();
    let api = ANSWERED.iter().find(|(name, ..)| *name == form).map_or(&text::API, |(.., api)| *api);
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
