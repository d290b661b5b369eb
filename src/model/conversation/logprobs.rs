//! Probabilities of an answer's tokens, brought to the form of chat completions.

use crate::document::JsonWriter;
use crate::model::SchemaNode;

/// Returns Google's probabilities in the form of chat completions. `None`: they are something else.
/// `LogprobsResult` of <https://ai.google.dev/api/generate-content>, read 2026-11-29.
pub(super) fn of_google(raw: &str) -> Option<String> {
    let result = SchemaNode::read(raw)?;
    let member = |camel, snake| result.get(camel).or_else(|| result.get(snake));
    let chosen = member("chosenCandidates", "chosen_candidates")?.elements();
    let top = member("topCandidates", "top_candidates").map(SchemaNode::elements).unwrap_or_default();
    let mut json = JsonWriter::default();
    json.begin_object().name("content").begin_array();
    for (at, token) in chosen.iter().enumerate() {
        begin_token(&mut json, token);
        json.name("top_logprobs").begin_array();
        for other in top.get(at).and_then(|top| top.get("candidates")).map(SchemaNode::elements).unwrap_or_default() {
            begin_token(&mut json, other);
            json.end_object();
        }
        json.end_array().end_object();
    }
    json.end_array().name("refusal").raw("null").end_object();
    Some(json.finish())
}

fn begin_token(json: &mut JsonWriter, token: &SchemaNode<'_>) {
    let text = token.get("token").and_then(SchemaNode::string).unwrap_or_default();
    let value = token.get("logProbability").or_else(|| token.get("log_probability"));
    json.begin_object().name("token").escaped(text).name("bytes").raw("null").name("logprob");
    match value {
        Some(value) => json.raw(&value.text()),
        None => json.raw("0"),
    };
}
