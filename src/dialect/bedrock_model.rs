//! Amazon Bedrock InvokeModel of a model whose maker its name does not tell (an application's inference profile, an
//! imported, tuned or provisioned model), or whose maker has several APIs: which one is spoken the members tell.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html>, read 2026-11-21.
//!
//! A body is looked through, up to the first member that tells, before it is read.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::{
    anthropic_messages, aws, bedrock_converse, bedrock_nova, bedrock_text, bedrock_titan, cohere_embed, cohere_v1,
    openai_chat,
};
use crate::chat::{Channel, Delta, Reply, Request};
use crate::document::{Document, Fault, Reader, Span, Unreadable};
use crate::framing::Framing;

pub(super) const API: Api =
    Api { stream: Framing::AwsEventStream, read_request, read_answer, write_text, write_refusal: aws::write_refusal };

/// Under which name a reply keeps the member by which its API was told.
pub(super) const FORM: &str = "form";

/// How much a member's name tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Tells {
    /// Several APIs have it; of these it is the likeliest.
    Maybe,
    Surely,
}

use Tells::{Maybe, Surely};

type Row = (&'static str, Tells, &'static Api);

/// Members of requests.
const ASKED: &[Row] = &[
    ("anthropic_version", Surely, &anthropic_messages::API),
    ("max_tokens_to_sample", Surely, &anthropic_messages::API),
    ("inferenceConfig", Surely, &bedrock_nova::API),
    ("schemaVersion", Surely, &bedrock_nova::API),
    ("toolConfig", Surely, &bedrock_nova::API),
    ("inputText", Surely, &bedrock_titan::API),
    ("taskType", Surely, &bedrock_titan::API),
    ("chat_history", Surely, &cohere_v1::API),
    ("message", Surely, &cohere_v1::API),
    ("texts", Surely, &cohere_embed::API),
    ("input_type", Surely, &cohere_embed::API),
    ("prompt", Maybe, &bedrock_text::API),
    ("messages", Maybe, &openai_chat::API),
];

/// Members of answers, and of events.
const ANSWERED: &[Row] = &[
    ("object", Surely, &openai_chat::API),
    ("type", Surely, &anthropic_messages::API),
    ("content", Surely, &anthropic_messages::API),
    ("completion", Surely, &anthropic_messages::API),
    ("output", Surely, &bedrock_nova::API),
    ("messageStart", Surely, &bedrock_nova::API),
    ("contentBlockStart", Surely, &bedrock_nova::API),
    ("contentBlockDelta", Surely, &bedrock_nova::API),
    ("contentBlockStop", Surely, &bedrock_nova::API),
    ("messageStop", Surely, &bedrock_nova::API),
    ("metadata", Surely, &bedrock_nova::API),
    ("inputTextTokenCount", Surely, &bedrock_titan::API),
    ("results", Surely, &bedrock_titan::API),
    ("outputText", Surely, &bedrock_titan::API),
    ("generation", Surely, &bedrock_text::API),
    ("outputs", Surely, &bedrock_text::API),
    ("completions", Surely, &bedrock_text::API),
    ("finishReason", Surely, &bedrock_text::API),
    ("generations", Surely, &cohere_v1::API),
    ("generation_id", Surely, &cohere_v1::API),
    ("event_type", Surely, &cohere_v1::API),
    ("is_finished", Surely, &cohere_v1::API),
    ("texts", Surely, &cohere_embed::API),
    ("embedding", Maybe, &bedrock_titan::API),
    ("embeddings", Maybe, &bedrock_titan::API),
    ("images", Maybe, &bedrock_titan::API),
    ("choices", Maybe, &bedrock_text::API),
];

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let told = told(document, ASKED).map_or(&bedrock_text::API, |(_, api)| api);
    (told.read_request)(document)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Result<(), Unreadable> {
    let told = if frame.is_exception { None } else { told(frame.document, ANSWERED) };
    let Some((value, api)) = told else {
        return (bedrock_converse::API.read_answer)(frame, deltas);
    };
    deltas.push(Delta::Kept { name: FORM, value });
    (api.read_answer)(frame, deltas)
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> Written {
    let form = reply.kept(FORM).unwrap_or_default();
    let api = ANSWERED.iter().find(|(name, ..)| *name == form).map_or(&bedrock_text::API, |(.., api)| *api);
    (api.write_text)(reply, channel, text)
}

/// Matches answers that have shown to be of one of Cohere's APIs.
pub(super) fn is_coheres(reply: &Reply) -> bool {
    let form = reply.kept(FORM).unwrap_or_default();
    matches!(form, "generations" | "generation_id" | "event_type" | "is_finished" | "texts")
}

/// The member that tells the API, and the API: the first that surely does, else the first that may.
fn told(document: Document<'_>, rows: &[Row]) -> Option<(Span, &'static Api)> {
    let mut reader = Reader::new(document);
    let mut found: Option<(Span, Row)> = None;
    // The error only ends the search; whether the body is JSON its reader tells.
    let _ = reader.maybe_object(|reader, key| {
        let row = rows.iter().find(|(name, ..)| *name == &*key);
        if let Some(row) = row.filter(|(_, tells, _)| found.is_none_or(|(_, (_, known, _))| known < *tells)) {
            found = Some((key.span, *row));
        }
        match found {
            Some((_, (_, Surely, _))) => Err(Unreadable::new(reader.offset(), Fault::Found)),
            _ => reader.skip(),
        }
    });
    found.map(|(span, (_, _, api))| (span, api))
}
