//! Writer of the probabilities of an answer's tokens: `LogprobsResult` of <https://ai.google.dev/api/generate-content>,
//! read 2026-11-29.

use crate::document::JsonWriter;
use crate::model::SchemaNode;

/// Writes probabilities that are in the form of chat completions.
pub(super) fn write_logprobs(json: &mut JsonWriter, logprobs: &str) {
    let Some(logprobs) = SchemaNode::read(logprobs) else { return };
    let tokens = logprobs.get("content").map(SchemaNode::elements).unwrap_or_default();
    if tokens.is_empty() {
        return;
    }
    json.name("logprobsResult").begin_object().name("chosenCandidates").begin_array();
    tokens.iter().for_each(|token| write_token(json, token));
    json.end_array().name("topCandidates").begin_array();
    for token in tokens {
        json.begin_object().name("candidates").begin_array();
        let top = token.get("top_logprobs").map(SchemaNode::elements).unwrap_or_default();
        top.iter().for_each(|token| write_token(json, token));
        json.end_array().end_object();
    }
    json.end_array().end_object();
}

fn write_token(json: &mut JsonWriter, token: &SchemaNode<'_>) {
    json.begin_object().name("token").escaped(token.get("token").and_then(SchemaNode::string).unwrap_or_default());
    if let Some(value) = token.get("logprob") {
        json.name("logProbability").raw(&value.text());
    }
    json.end_object();
}
