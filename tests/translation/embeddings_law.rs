//! Laws of embeddings, over the fixtures and the recorded requests and answers; and golden files.

use crate::embeddings::{COHERE, FORMS, Form, GEMINI, MISTRAL, OLLAMA, OPENAI, TITAN, VOYAGE, answer_to, write};
use crate::exchanges::{Exchange, exchanges};
use crate::golden::compare;
use serde_json::Value;
use tollgate::document::{Document, EditedDocument, Edits};
use tollgate::model::{AnswerContext, Item, Loss, Losses, Parameter, Property, TextKind};

/// Embeddings among the exchanges, by a form of their dialect.
fn embeddings() -> impl Iterator<Item = (Exchange, Form)> {
    exchanges().into_iter().filter_map(|exchange| {
        let operation = exchange.route.operation?;
        let is_fixture = exchange.id.contains("bedrock_titan");
        if operation.telemetry != "embeddings" && !is_fixture {
            return None;
        }
        let form = FORMS.iter().map(|(_, form)| *form).find(|(dialect, _)| Some(*dialect) == exchange.route.dialect)?;
        Some((exchange, form))
    })
}

/// Texts and settings of a request.
fn said(form: Form, body: &str) -> (Vec<String>, Vec<Parameter>) {
    let document = Document::new(body.as_bytes()).unwrap();
    let request = form.0.read_request(document).unwrap();
    let edits = Edits::default();
    let source = EditedDocument::new(document, &edits);
    let texts = request.items.texts().filter(|text| text.place == TextKind::Text);
    let texts = texts.map(|text| source.text(text.span).unwrap().into_owned()).collect();
    let parameters = request.items.iter().filter_map(|item| match item {
        Item::Parameter(Parameter::Model | Parameter::EmbeddingEncoding, _) => None,
        Item::Parameter(parameter, span) if source.raw(*span) != "null" => Some(*parameter),
        _ => None,
    });
    let mut parameters: Vec<Parameter> = parameters.collect();
    parameters.sort();
    parameters.dedup();
    (texts, parameters)
}

#[test]
fn a_written_request_has_the_texts_and_the_settings_but_for_the_losses() {
    let mut count = 0;
    for (exchange, from) in embeddings() {
        let Ok(body) = std::str::from_utf8(&exchange.request) else { continue };
        let (texts, settings) = said(from, body);
        for (name, to) in FORMS.iter().filter(|(_, to)| to.0 != from.0) {
            let mut losses = Losses::default();
            let Ok(written) = write(from, *to, body, &mut losses) else { continue };
            let (written_texts, written_settings) = said(*to, &written.body);
            let has_title = losses.iter().any(|loss| *loss == Loss::Property(Property::Title));
            let kept: Vec<&String> = texts.iter().filter(|text| !has_title || written_texts.contains(text)).collect();
            assert!(texts.len() - kept.len() <= usize::from(has_title), "{} to {name}", exchange.id);
            assert_eq!(kept, written_texts.iter().collect::<Vec<_>>(), "{} to {name}", exchange.id);
            let lost: Vec<String> = losses.iter().map(ToString::to_string).collect();
            for setting in &settings {
                let is_named = lost.iter().any(|loss| loss.contains(&format!("{setting:?}")));
                let is_known = *setting == Parameter::EmbeddingTypes || written_settings.contains(setting);
                assert!(
                    is_known || is_named,
                    "{} to {name}: {setting:?} in {}, lost {lost:?}",
                    exchange.id,
                    written.body
                );
            }
            // Nothing is added but what Cohere requires.
            for setting in written_settings.iter().filter(|setting| !settings.contains(setting)) {
                let is_required = matches!(setting, Parameter::EmbeddingPurpose | Parameter::EmbeddingTypes);
                assert!(is_required, "{} to {name}: {setting:?}", exchange.id);
            }
            // What has been written is read by others without a further loss, and there and back it is the same.
            let other = if to.0 == OPENAI.0 { OLLAMA } else { OPENAI };
            let mut again = Losses::default();
            // One of images is refused where texts alone are taken.
            let Ok(there) = write(*to, other, &written.body, &mut again) else { continue };
            let back = write(other, *to, &there.body, &mut Losses::default()).unwrap();
            if again.is_empty() {
                assert_eq!(back.body, written.body, "{} to {name}", exchange.id);
            }
            count += 1;
        }
    }
    println!("{count} translations");
    assert!(count >= 15, "the fixtures are missing");
}

/// Numbers of all vectors of an answer.
fn vectors(value: &Value, into: &mut Vec<Vec<f64>>) {
    match value {
        Value::Array(items) if items.first().is_some_and(Value::is_number) => {
            into.push(items.iter().map(|number| number.as_f64().unwrap()).collect());
        }
        Value::Array(items) => items.iter().for_each(|item| vectors(item, into)),
        Value::Object(members) => members.values().for_each(|item| vectors(item, into)),
        _ => {}
    }
}

#[test]
fn a_written_answer_has_the_vectors_and_the_tokens() {
    let mut count = 0;
    for (exchange, from) in embeddings().filter(|(exchange, _)| exchange.status == 200 && !exchange.is_stream()) {
        let Ok(body) = std::str::from_utf8(&exchange.answer) else { continue };
        let context = AnswerContext::default();
        // As floats, whatever the encoding.
        let Ok(neutral) =
            answer_to(from, if from == OLLAMA { OPENAI } else { OLLAMA }, &context, body, &mut Losses::default())
        else {
            continue;
        };
        let mut before = Vec::new();
        vectors(&serde_json::from_str(&neutral).unwrap(), &mut before);
        assert!(!before.is_empty(), "{}", exchange.id);
        for (name, to) in FORMS.iter().filter(|(_, to)| to.0 != from.0) {
            let mut losses = Losses::default();
            let written = answer_to(from, *to, &context, body, &mut losses);
            let Ok(written) = written else {
                assert!(*to == TITAN && before.len() > 1, "{} to {name}: {written:?}", exchange.id);
                continue;
            };
            let mut after = Vec::new();
            vectors(&serde_json::from_str(&written).unwrap(), &mut after);
            after.dedup();
            before.dedup();
            assert_eq!(before, after, "{} to {name}", exchange.id);
            // And back.
            let back = answer_to(*to, from, &context, &written, &mut Losses::default());
            if let Ok(back) = back {
                let mut again = Vec::new();
                vectors(&serde_json::from_str(&back).unwrap(), &mut again);
                again.dedup();
                assert_eq!(before, again, "{} from {name}", exchange.id);
            }
            count += 1;
        }
    }
    println!("{count} answers");
    assert!(count >= 12, "the fixtures are missing");
}

/// Requests with all that their API can say of texts.
const REQUESTS: &[(&str, Form, &str)] = &[
    (
        "openai_embeddings",
        OPENAI,
        r#"{"model":"text-embedding-3-small","input":["One \"text\"","two"],"dimensions":256,"encoding_format":"base64","user":"u"}"#,
    ),
    (
        "gemini_embed",
        GEMINI,
        r#"{"model":"models/gemini-embedding-001","content":{"role":"user","parts":[{"text":"One"},{"text":"two"}]},"taskType":"RETRIEVAL_DOCUMENT","title":"T","outputDimensionality":256}"#,
    ),
    (
        "cohere_embed",
        COHERE,
        r#"{"model":"embed-v4.0","texts":["One","two"],"input_type":"clustering","embedding_types":["float","int8"],"output_dimension":256,"max_tokens":128,"truncate":"NONE","priority":1}"#,
    ),
    (
        "bedrock_titan_embed",
        TITAN,
        r#"{"inputText":"One","dimensions":256,"normalize":false,"embeddingTypes":["float","binary"]}"#,
    ),
    (
        "mistral_embeddings",
        MISTRAL,
        r#"{"model":"codestral-embed","input":["One"],"output_dimension":256,"output_dtype":"ubinary","metadata":{"a":"b"}}"#,
    ),
    (
        "ollama_embed",
        OLLAMA,
        r#"{"model":"nomic-embed-text","input":"One","truncate":false,"dimensions":256,"keep_alive":"5m","options":{"temperature":0}}"#,
    ),
    (
        "voyage_embeddings",
        VOYAGE,
        r#"{"model":"voyage-3-large","input":["One"],"input_type":"query","truncation":true,"output_dimension":256,"output_dtype":"float"}"#,
    ),
];

#[test]
fn requests_for_embeddings_are_written_as_reviewed() {
    for (from, form, body) in REQUESTS {
        let mut shown = String::new();
        for (to, target) in FORMS.iter().filter(|(_, target)| target != form) {
            let mut losses = Losses::default();
            let written = write(*form, *target, body, &mut losses);
            let lines: Vec<String> = losses.names().iter().map(|name| format!("lost: {name}\n")).collect();
            let written = written.map_or_else(|reason| format!("refused: {reason}"), |written| written.body);
            shown.push_str(&format!("{to}\n{written}\n{}\n", lines.concat()));
        }
        compare(&format!("{from}.txt"), &shown);
    }
}
