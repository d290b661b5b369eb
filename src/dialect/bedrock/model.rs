//! Amazon Bedrock InvokeModel of a model whose name does not show its maker (an application's inference profile, an
//! imported, tuned or provisioned model), or whose maker has several APIs. The members determine the API.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>, read 2026-11-21.
//!
//! A body is scanned up to the first decisive member before it is read.

use super::{converse, error, nova, text, titan};
use crate::dialect::answer_state::{AnswerState, InvokedApi};
use crate::dialect::anthropic::messages as anthropic_messages;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::cohere::embed as cohere_embed;
use crate::dialect::cohere::v1 as cohere_v1;
use crate::dialect::openai::chat as openai_chat;
use crate::dialect::request_error::RequestError;
use crate::document::{Document, JsonError, JsonFault, JsonResult, Reader};
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

type Marker = (&'static str, Likelihood, InvokedApi);

/// Members of requests.
const ASKED: &[Marker] = &[
    ("anthropic_version", Certain, InvokedApi::Anthropic),
    ("max_tokens_to_sample", Certain, InvokedApi::Anthropic),
    ("inferenceConfig", Certain, InvokedApi::Nova),
    ("schemaVersion", Certain, InvokedApi::Nova),
    ("toolConfig", Certain, InvokedApi::Nova),
    ("inputText", Certain, InvokedApi::Titan),
    ("taskType", Certain, InvokedApi::Titan),
    ("chat_history", Certain, InvokedApi::Cohere),
    ("message", Certain, InvokedApi::Cohere),
    ("texts", Certain, InvokedApi::CohereEmbed),
    ("input_type", Certain, InvokedApi::CohereEmbed),
    ("prompt", Possible, InvokedApi::Text),
    ("messages", Possible, InvokedApi::Chat),
];

/// Members of answers and events.
const ANSWERED: &[Marker] = &[
    ("object", Certain, InvokedApi::Chat),
    ("type", Certain, InvokedApi::Anthropic),
    ("content", Certain, InvokedApi::Anthropic),
    ("completion", Certain, InvokedApi::Anthropic),
    ("output", Certain, InvokedApi::Nova),
    ("messageStart", Certain, InvokedApi::Nova),
    ("contentBlockStart", Certain, InvokedApi::Nova),
    ("contentBlockDelta", Certain, InvokedApi::Nova),
    ("contentBlockStop", Certain, InvokedApi::Nova),
    ("messageStop", Certain, InvokedApi::Nova),
    ("metadata", Certain, InvokedApi::Nova),
    ("inputTextTokenCount", Certain, InvokedApi::Titan),
    ("results", Certain, InvokedApi::Titan),
    ("outputText", Certain, InvokedApi::Titan),
    ("generation", Certain, InvokedApi::Text),
    ("outputs", Certain, InvokedApi::Text),
    ("completions", Certain, InvokedApi::Text),
    ("finishReason", Certain, InvokedApi::Text),
    ("generations", Certain, InvokedApi::Cohere),
    ("generation_id", Certain, InvokedApi::Cohere),
    ("event_type", Certain, InvokedApi::Cohere),
    ("is_finished", Certain, InvokedApi::Cohere),
    ("texts", Certain, InvokedApi::CohereEmbed),
    ("embedding", Possible, InvokedApi::Titan),
    ("embeddings", Possible, InvokedApi::Titan),
    ("images", Possible, InvokedApi::Titan),
    ("choices", Possible, InvokedApi::Text),
];

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let told = identify(document, ASKED).map_or(&text::API, api);
    (told.read_request)(document)
}

fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let told = if frame.is_exception { None } else { identify(frame.document, ANSWERED) };
    state.invoked = told.or(state.invoked);
    (told.map_or(&converse::API, api).read_answer)(frame, state, events)
}

fn write_text(state: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    (state.invoked.map_or(&text::API, api).write_text)(state, reply, channel, text)
}

fn api(invoked: InvokedApi) -> &'static Api {
    match invoked {
        InvokedApi::Chat => &openai_chat::API,
        InvokedApi::Anthropic => &anthropic_messages::API,
        InvokedApi::Nova => &nova::API,
        InvokedApi::Titan => &titan::API,
        InvokedApi::Text => &text::API,
        InvokedApi::Cohere => &cohere_v1::API,
        InvokedApi::CohereEmbed => &cohere_embed::API,
    }
}

/// Identifies the API: by the first certain member, else by the first possible one.
fn identify(document: Document<'_>, rows: &[Marker]) -> Option<InvokedApi> {
    let mut reader = Reader::new(document);
    let mut found: Option<Marker> = None;
    // The error only ends the scan. The API's reader decides whether the body is JSON.
    let _ = reader.maybe_object(|reader, key| {
        let row = rows.iter().find(|(name, ..)| *name == &*key);
        if let Some(row) = row.filter(|(_, tells, _)| found.is_none_or(|(_, known, _)| known < *tells)) {
            found = Some(*row);
        }
        match found {
            Some((_, Certain, _)) => Err(JsonError::new(reader.offset(), JsonFault::Found)),
            _ => reader.skip(),
        }
    });
    found.map(|(_, _, api)| api)
}
