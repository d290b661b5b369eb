//! Law 4 over all requests.

use crate::exchanges::exchanges;
use crate::forms;
use crate::meaning::{differences, facts, kept, translate_to};
use std::collections::BTreeMap;
use tollgate::dialect::Dialect;
use tollgate::model::{Loss, Losses, Parameter, Variant};

const DIALECTS: &[Dialect] = &[
    Dialect::OpenAiChat,
    Dialect::OpenAiResponses,
    Dialect::AnthropicMessages,
    Dialect::GeminiGenerate,
    Dialect::BedrockConverse,
    Dialect::CohereV2,
    Dialect::Ollama,
];

/// Forms that requests are written in.
pub(crate) const TARGETS: &[(Dialect, Variant)] = &[
    (Dialect::OpenAiChat, Variant::Common),
    (Dialect::OpenAiResponses, Variant::Common),
    (Dialect::AnthropicMessages, Variant::Common),
    (Dialect::GeminiGenerate, Variant::Common),
    (Dialect::BedrockConverse, Variant::Common),
    (Dialect::CohereV2, Variant::Common),
    (Dialect::OpenAiChat, Variant::Mistral),
    (Dialect::Ollama, Variant::Common),
];

#[test]
fn a_written_request_says_what_was_read_or_names_what_is_lost() {
    let (mut translated, mut lossless, mut failures) = (0, 0, Vec::new());
    let mut named: BTreeMap<String, u32> = BTreeMap::new();
    for exchange in exchanges() {
        let Some(from) = exchange.route.dialect.filter(|dialect| DIALECTS.contains(dialect)) else { continue };
        let Ok(body) = std::str::from_utf8(&exchange.request) else { continue };
        // A request to be counted is encoded within another, which is never translated.
        if from == Dialect::BedrockConverse && body.contains("\"invokeModel\"") {
            continue;
        }
        let Some(before) = facts(from, body) else { continue };
        for target in TARGETS {
            let (to, mut losses) = (&target.0, Losses::default());
            let Some(written) = translate_to(from, *target, body, &mut losses) else { continue };
            let body = &written.body;
            assert!(serde_json::from_str::<serde_json::Value>(body).is_ok(), "{}: {body}", exchange.id);
            let after = facts(*to, body).unwrap_or_else(|| panic!("{}: {body}", exchange.id));
            let mut after = kept(after, &losses);
            // Functions have the client's names again in the answer.
            for (got, had) in &*written.tool_names {
                after.iter_mut().for_each(|fact| *fact = fact.replace(&format!("\"{got}\""), &format!("\"{had}\"")));
            }
            let shows = before.iter().any(|fact| is_about_reasoning(&fact.text));
            let choice = before.iter().find(|fact| fact.text.starts_with("choose ")).map(|fact| fact.text.as_str());
            let mut before = kept(before.clone(), &losses);
            if [from, *to].iter().any(|dialect| matches!(dialect, Dialect::GeminiGenerate | Dialect::BedrockConverse)) {
                // In the path there.
                let is_in_path = |fact: &String| ["Model ", "Stream "].iter().any(|word| fact.starts_with(word));
                before.retain(|fact| !is_in_path(fact));
                after.retain(|fact| !is_in_path(fact));
            }
            // Reasoning that is switched on is shown, in some dialects unasked; who asks to see it switches it on.
            if shows {
                let is_implied =
                    |fact: &String| fact == "ReasoningDisplay true" || fact == "ReasoningMode \"adaptive\"";
                before.retain(|fact| !is_implied(fact));
                after.retain(|fact| !is_implied(fact));
            }
            // A level stands for a budget that is lost.
            if losses.iter().any(|loss| *loss == Loss::Parameter(Parameter::ReasoningBudget)) {
                after.retain(|fact| !fact.starts_with("ReasoningLevel"));
            }
            // A translated conversation is not stored.
            if !before.iter().any(|fact| fact.starts_with("Store")) {
                after.retain(|fact| fact != "Store false");
            }
            // The one member that is added where a request has none.
            if !before.iter().any(|fact| fact.starts_with("MaxTokens")) {
                after.retain(|fact| !fact.starts_with("MaxTokens"));
            }
            // A budget stands for a level that is lost.
            if losses.iter().any(|loss| *loss == Loss::Parameter(Parameter::ReasoningLevel)) {
                after.retain(|fact| !fact.starts_with("ReasoningBudget"));
            }
            let (before, after) =
                forms::alike(*target, (before, after), &losses, written.schema_tool.as_deref(), choice);
            let ((said, set), (said_after, set_after)) = (sorted(before), sorted(after));
            let found = [differences(&said, &said_after), differences(&set, &set_after)].concat();
            if !found.is_empty() {
                failures.push(format!("{} to {to:?}: {found:#?}\n{losses:?}", exchange.id));
            }
            translated += 1;
            lossless += u32::from(losses.is_empty());
            losses.iter().for_each(|loss| *named.entry(format!("{from:?} to {to:?}: {loss}")).or_default() += 1);
        }
    }
    println!("{translated} translations, {lossless} without a loss");
    named.iter().for_each(|(name, count)| println!("{count:6} {name}"));
    let first: Vec<&String> = failures.iter().take(12).collect();
    assert!(failures.is_empty(), "{} of {translated}: {first:#?}", failures.len());
    assert!(translated >= 4, "the fixtures are missing");
}

fn is_about_reasoning(fact: &str) -> bool {
    ["ReasoningMode", "ReasoningBudget", "ReasoningLevel", "ReasoningDisplay"].iter().any(|word| fact.starts_with(word))
}

/// The conversation in its order, the settings by name: their order says nothing.
fn sorted(facts: Vec<String>) -> (Vec<String>, Vec<String>) {
    let is_said = |fact: &String| {
        ["system ", "user ", "assistant ", "result ", "failure ", "cached ", "author "]
            .iter()
            .any(|word| fact.starts_with(word))
    };
    let (said, mut set): (Vec<String>, Vec<String>) = facts.into_iter().partition(is_said);
    set.sort();
    (said, set)
}

#[test]
fn a_request_translated_there_and_back_is_written_alike_the_second_time() {
    for exchange in exchanges() {
        let Some(from) = exchange.route.dialect.filter(|dialect| DIALECTS.contains(dialect)) else { continue };
        let Ok(body) = std::str::from_utf8(&exchange.request) else { continue };
        for target in TARGETS {
            let to = &target.0;
            let Some(written) = translate_to(from, *target, body, &mut Losses::default()) else { continue };
            // Cohere's documents, which stand beside the conversation, are read as texts.
            if *to == Dialect::CohereV2 && written.body.contains("\"documents\":[{") {
                continue;
            }
            let mut losses = Losses::default();
            let again = translate_to(*to, *target, &written.body, &mut losses);
            let again = again.unwrap_or_else(|| panic!("{} in {to:?}: {}", exchange.id, written.body));
            assert_eq!(written.body, again.body, "{} in {to:?}", exchange.id);
            assert!(losses.is_empty(), "{} in {to:?}: {losses:?}", exchange.id);
        }
    }
}
