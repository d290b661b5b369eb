//! Law 4 over whole answers: what is written says what was read, or the loss is named; and single faults of others.

use crate::exchanges::exchanges;
use crate::meaning::differences;
use serde_json::{Value, json};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, EditedDocument, Edits, Span};
use tollgate::model::{
    AnswerContext, AnswerPart, Carrier, FinishReason, Loss, Losses, Maker, PartKind, Proof, ProofKind, Property,
    ReasoningPart, WholeAnswer,
};
use tollgate::usage::Bucket;

const DIALECTS: &[Dialect] =
    &[Dialect::OpenAiChat, Dialect::OpenAiResponses, Dialect::AnthropicMessages, Dialect::GeminiGenerate];

/// Fact of an answer, and the losses that account for its absence.
type Fact = (String, Vec<Loss>);

fn facts(dialect: Dialect, body: &str) -> Vec<Fact> {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    dialect.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let edits = Edits::default();
    let source = EditedDocument::new(document, &edits);
    let answer = WholeAnswer::of(&events, document);
    let text = |span| source.text(span).map(|text| text.into_owned());
    let mut facts = vec![(format!("id {:?} of {:?}", answer.id.and_then(text), answer.model.and_then(text)), vec![])];
    let several = vec![Loss::Parameter(tollgate::model::Parameter::Choices)];
    for (index, choice) in answer.choices.iter().enumerate() {
        let losses = if index == 0 { vec![] } else { several.clone() };
        for kind in [PartKind::Reasoning, PartKind::Text, PartKind::Refusal, PartKind::Audio] {
            let parts: Vec<&AnswerPart> = choice.parts.iter().filter(|part| part.kind == kind).collect();
            let text: String = parts.iter().map(|part| source.joined(&part.texts)).collect();
            // The words of a refusal are text where the dialect has no other place.
            let name = if kind == PartKind::Refusal { PartKind::Text } else { kind };
            if !text.is_empty() {
                facts.push((
                    format!("{index} {name:?} {}", tollgate::document::unescape(&text)),
                    [losses.clone(), vec![Loss::Part(kind)]].concat(),
                ));
            }
        }
        for part in &choice.parts {
            // An empty signature is none.
            // The format of a signature is said by its maker.
            // Ids of items and their progress are the dialect's own.
            let own = [Property::Format, Property::Id, Property::ItemId, Property::Status];
            let said = |(property, value): &&(Property, Span)| !own.contains(property) && source.raw(*value) != "\"\"";
            for (property, value) in part.properties.iter().filter(said) {
                // Another maker's proof travels in the place of one.
                let carried = match source.string(*value).and_then(|value| Carrier::read(&value)) {
                    Some(Carrier::Reasoning(ReasoningPart { proof: Some(proof), .. })) => Some(proof),
                    _ => None,
                };
                // Google has one kind of proof alone.
                let kind = |proof: &Proof<'_>| match proof.maker {
                    Maker::Google => ProofKind::Signature,
                    _ => proof.kind,
                };
                let proof = carried.map(|proof| format!("{index} {:?} \"{}\"", kind(&proof), proof.value));
                // Some dialects have them in a part, others beside all.
                let proof = match property {
                    Property::Logprobs if source.raw(*value) == "[]" => continue,
                    Property::Logprobs => Some(probabilities(index, &source.raw(*value))),
                    _ => proof,
                };
                let is_google_s =
                    part.property(Property::Format).is_some_and(|span| source.raw(span).contains("google"));
                let property = if is_google_s { &Property::Signature } else { property };
                facts.push((
                    proof.unwrap_or_else(|| format!("{index} {property:?} {}", source.raw(*value))),
                    [
                        losses.clone(),
                        vec![Loss::Property(*property), Loss::Property(Property::Signature), lost_with(part)],
                    ]
                    .concat(),
                ));
            }
            if part.kind == PartKind::ToolCall {
                let arguments = part.arguments.map_or_else(
                    || tollgate::document::unescape(&source.joined(&part.texts)).into_owned(),
                    |span| source.raw(span).into_owned(),
                );
                let arguments: Value = serde_json::from_str(&arguments)
                    .unwrap_or_else(|_| if arguments.is_empty() { json!({}) } else { json!({"arguments": arguments}) });
                let loss = if is_lost(part) { vec![Loss::Tool] } else { vec![Loss::Property(Property::Arguments)] };
                // What the client's dialect has no place for travels in the id.
                let (id, carried) = Carrier::split(&part.id.and_then(text).unwrap_or_default().into());
                for carrier in carried {
                    let (Carrier::Reasoning(ReasoningPart { proof: Some(proof), .. }) | Carrier::Call(proof)) = carrier
                    else {
                        continue;
                    };
                    facts.push((format!("{index} {:?} \"{}\"", proof.kind, proof.value), vec![]));
                }
                facts.push((
                    format!(
                        "{index} calls {:?} {:?} {arguments}",
                        Some(id).filter(|id| !id.is_empty() && !id.starts_with("call_")),
                        part.name.and_then(text)
                    ),
                    [losses.clone(), loss].concat(),
                ));
            }
        }
        // Words that a dialect lacks are ends, and an answer always has one.
        let refuses = choice.parts.iter().any(|part| part.kind == PartKind::Refusal && !part.texts.is_empty());
        let finish = choice.finish.or(Some(FinishReason::Stop)).map(|reason| match reason {
            // OpenAI says that the model stopped.
            FinishReason::Stop if refuses => FinishReason::Refusal,
            FinishReason::Refusal | FinishReason::ContentFilter => FinishReason::Refusal,
            FinishReason::Error | FinishReason::Other => FinishReason::Stop,
            // Without its calls.
            FinishReason::ToolCalls
                if choice.parts.iter().all(|part| part.kind != PartKind::ToolCall || is_lost(part)) =>
            {
                FinishReason::Stop
            }
            reason => reason,
        });
        facts.push((format!("{index} ends {finish:?}"), losses.clone()));
        for (property, value) in &choice.properties {
            let raw = source.raw(*value);
            let fact = match property {
                // Probabilities of no tokens say nothing.
                Property::Logprobs if raw.starts_with("{\"content\":null") => continue,
                Property::Logprobs => probabilities(index, &raw),
                property => format!("{index} {property:?} {raw}"),
            };
            if raw != "null" {
                facts.push((fact, [losses.clone(), vec![Loss::Property(*property)]].concat()));
            }
        }
    }
    // Counts that a type requires are 0 where nothing is known.
    if let Some(usage) = answer.usage.filter(|usage| usage.input_total() != Some(0) || usage.output_total() != Some(0))
    {
        facts.push((
            format!(
                "usage {:?} {:?} {:?}",
                usage.input_total(),
                usage.output_total().filter(|count| *count > 0),
                usage.cache_read_total().filter(|count| *count > 0)
            ),
            vec![],
        ));
    }
    facts
}

/// Tokens and their probabilities, whatever the members' names.
fn probabilities(choice: usize, value: &str) -> String {
    let value: Value = serde_json::from_str(value).unwrap();
    let pair = |token: &Value| {
        let probability = token.get("logprob").or_else(|| token.get("logProbability")).unwrap();
        format!("{}: {probability}", token["token"])
    };
    let pairs = |tokens: &Value| tokens.as_array().into_iter().flatten().map(pair).collect::<Vec<_>>().join(", ");
    let tokens = value.get("content").unwrap_or(&value).as_array();
    let (chosen, top): (String, Vec<String>) = match (tokens, value.get("chosenCandidates")) {
        (Some(tokens), _) => (
            tokens.iter().map(pair).collect::<Vec<_>>().join(", "),
            tokens.iter().map(|token| pairs(&token["top_logprobs"])).collect(),
        ),
        (None, Some(chosen)) => {
            let top = value["topCandidates"].as_array().into_iter().flatten();
            (pairs(chosen), top.map(|top| pairs(&top["candidates"])).collect())
        }
        (None, None) => return format!("{choice} Logprobs {value}"),
    };
    format!("{choice} Logprobs {chosen} among {top:?}")
}

/// Loss of a part as a whole.
fn lost_with(part: &AnswerPart) -> Loss {
    if is_lost(part) { Loss::Tool } else { Loss::Part(part.kind) }
}

/// Matches a call of the provider's own tool, or of one that only its API has.
fn is_lost(part: &AnswerPart) -> bool {
    part.builtin || part.property(Property::Type).is_some()
}

fn translate(from: Dialect, to: Dialect, body: &str, losses: &mut Losses) -> String {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    from.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let source = TranslationSource { dialect: from, document, edits: &Edits::default(), read: events.as_slice() };
    let context = AnswerContext { now: 1_790_000_000, ..AnswerContext::default() };
    to.write_answer(&source, &context, losses).unwrap()
}

#[test]
fn a_written_answer_says_what_was_read_or_names_what_is_lost() {
    let (mut translated, mut lossless) = (0, 0);
    for exchange in exchanges() {
        let Some(from) = exchange.route.dialect.filter(|dialect| DIALECTS.contains(dialect)) else { continue };
        let Ok(body) = std::str::from_utf8(&exchange.answer) else { continue };
        let is_answer = serde_json::from_str::<Value>(body).is_ok_and(|value| {
            ["choices", "candidates"].iter().any(|name| value.get(name).is_some())
                || value["type"] == "message"
                || value["object"] == "response"
        });
        if exchange.is_stream() || exchange.status != 200 || !is_answer {
            continue;
        }
        for to in DIALECTS {
            let mut losses = Losses::default();
            let written = translate(from, *to, body, &mut losses);
            assert!(serde_json::from_str::<Value>(&written).is_ok(), "{}: {written}", exchange.id);
            let kept = |facts: Vec<Fact>| -> Vec<String> {
                let is_lost = |fact: &Fact| losses.iter().any(|loss| fact.1.contains(loss));
                let mut kept: Vec<String> =
                    facts.into_iter().filter(|fact| !is_lost(fact)).map(|fact| fact.0).collect();
                kept.sort();
                kept
            };
            let (before, after) = (kept(facts(from, body)), kept(facts(*to, &written)));
            let found = differences(&before, &after);
            assert!(found.is_empty(), "{} to {to:?}: {found:#?}\n{losses:?}", exchange.id);
            translated += 1;
            lossless += u32::from(losses.is_empty());
        }
    }
    println!("{translated} translations, {lossless} without a loss");
    assert!(translated >= 4, "the fixtures are missing");
}

#[test]
fn a_stop_after_calls_means_calls() {
    let body = json!({"id": "a", "model": "m", "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant",
        "content": null, "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": ""}}]}}]});
    let written = translate(Dialect::OpenAiChat, Dialect::AnthropicMessages, &body.to_string(), &mut Losses::default());
    let written: Value = serde_json::from_str(&written).unwrap();
    assert_eq!(written["stop_reason"], "tool_use");
    assert_eq!(written["content"], json!([{"type": "tool_use", "id": "c", "name": "f", "input": {}}]));
}

#[test]
fn cached_tokens_are_within_the_prompt_of_one_dialect_and_beside_the_input_of_the_other() {
    let body = json!({"id": "a", "type": "message", "role": "assistant", "model": "m", "content": [{"type": "text", "text": "hi"}],
        "stop_reason": "end_turn", "usage": {"input_tokens": 3, "cache_read_input_tokens": 1712, "cache_creation_input_tokens": 236, "output_tokens": 121}});
    let written = translate(Dialect::AnthropicMessages, Dialect::OpenAiChat, &body.to_string(), &mut Losses::default());
    let chat: Value = serde_json::from_str(&written).unwrap();
    assert_eq!((&chat["usage"]["prompt_tokens"], &chat["usage"]["total_tokens"]), (&json!(1951), &json!(2072)));
    assert_eq!(chat["usage"]["prompt_tokens_details"]["cached_tokens"], 1712);
    assert_eq!(chat["created"], 1_790_000_000);
}

#[test]
fn a_second_choice_and_a_provider_s_own_tool_are_named_as_lost() {
    let choice =
        |index| json!({"index": index, "finish_reason": "stop", "message": {"role": "assistant", "content": "hi"}});
    let body = json!({"id": "a", "model": "m", "choices": [choice(0), choice(1)]});
    let mut losses = Losses::default();
    translate(Dialect::OpenAiChat, Dialect::AnthropicMessages, &body.to_string(), &mut losses);
    assert!(losses.iter().any(|loss| *loss == Loss::Parameter(tollgate::model::Parameter::Choices)));
    let body = json!({"id": "a", "type": "message", "model": "m", "content": [{"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}]});
    let mut losses = Losses::default();
    translate(Dialect::AnthropicMessages, Dialect::OpenAiChat, &body.to_string(), &mut losses);
    assert!(losses.iter().any(|loss| *loss == Loss::Tool));
}

#[test]
fn finish_reasons_of_every_dialect_have_a_canonical_one() {
    let words = [
        "stop",
        "end_turn",
        "STOP",
        "COMPLETE",
        "completed",
        "length",
        "max_tokens",
        "MAX_TOKENS",
        "tool_calls",
        "tool_use",
        "TOOL_CALL",
        "content_filter",
        "SAFETY",
        "guardrail_intervened",
        "refusal",
        "MALFORMED_FUNCTION_CALL",
    ];
    assert!(words.into_iter().all(|word| FinishReason::of(word) != FinishReason::Other));
    assert_eq!(FinishReason::of("pause_turn"), FinishReason::Other);
    assert_eq!(Bucket::of_name("reasoning"), Some(Bucket::Reasoning));
}
