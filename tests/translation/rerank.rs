//! Reranking in the forms of Cohere, Voyage and Jina.

use serde_json::{Value, json};
use tollgate::dialect::{AnswerFrame, AnswerState, Dialect, TranslationSource};
use tollgate::document::{Document, Edits};
use tollgate::model::{AnswerContext, Losses, Untranslatable, Variant, WriteTarget};

const COHERE: Variant = Variant::Common;
const VOYAGE: Variant = Variant::Voyage;
const JINA: Variant = Variant::Jina;

fn write(to: Variant, body: &Value) -> Result<(Value, Vec<String>), Untranslatable> {
    let body = body.to_string();
    let document = Document::new(body.as_bytes()).unwrap();
    let request = Dialect::Rerank.read_request(document).unwrap();
    let source = TranslationSource { dialect: Dialect::Rerank, document, edits: &Edits::default(), read: &request };
    let (target, mut losses) = (WriteTarget { variant: to, ..WriteTarget::default() }, Losses::default());
    let written = Dialect::Rerank.rewrite_request(&source, &target, &mut losses)?;
    Ok((serde_json::from_str(&written.body).unwrap(), losses.names().into_iter().collect()))
}

fn answer(to: Variant, body: &str) -> (String, Vec<String>) {
    let document = Document::new(body.as_bytes()).unwrap();
    let mut events = Vec::new();
    Dialect::Rerank.read_answer(AnswerFrame::whole(document), &mut AnswerState::default(), &mut events).unwrap();
    let edits = Edits::default();
    let source = TranslationSource { dialect: Dialect::Rerank, document, edits: &edits, read: events.as_slice() };
    let context =
        AnswerContext { id: "answer-1".to_owned(), model: "asked".to_owned(), variant: to, ..AnswerContext::default() };
    let mut losses = Losses::default();
    let written = Dialect::Rerank.write_answer(&source, &context, &mut losses).unwrap();
    (written, losses.names().into_iter().collect())
}

#[test]
fn a_request_of_each_form_is_written_in_the_others() {
    let cohere = json!({"model": "m", "query": "q", "documents": ["a", "b"], "top_n": 1});
    let voyage = json!({"model": "m", "query": "q", "documents": ["a", "b"], "top_k": 1});
    for (to, written) in [(VOYAGE, &voyage), (JINA, &cohere)] {
        assert_eq!(write(to, &cohere).unwrap(), (written.clone(), Vec::new()));
    }
    assert_eq!(write(COHERE, &voyage).unwrap(), (cohere, Vec::new()));
    let full = json!({"model": "m", "query": "q", "documents": ["a"], "top_k": 1, "return_documents": true, "truncation": false});
    assert_eq!(write(VOYAGE, &full).unwrap(), (full.clone(), Vec::new()));
    let lost = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(write(COHERE, &full).unwrap().1, lost(&["return_documents", "truncation"]));
    let (jina, losses) = write(JINA, &full).unwrap();
    assert_eq!((&jina["return_documents"], &jina["top_n"], losses), (&json!(true), &json!(1), lost(&["truncation"])));
    let own = json!({"model": "m", "query": "q", "documents": ["a"], "max_tokens_per_doc": 9});
    assert_eq!(write(VOYAGE, &own).unwrap().1, lost(&["max_tokens_per_doc"]));
}

#[test]
fn a_document_in_members_is_its_texts_and_an_image_is_refused() {
    let body = json!({"model": "m", "query": "q", "documents": [{"text": "a"}, {"text": "b", "title": "T"}]});
    assert_eq!(write(VOYAGE, &body).unwrap().0["documents"], json!(["a", "b\nT"]));
    let body = json!({"model": "m", "query": "q", "documents": [{"image": "https://a.example/1.png"}]});
    assert_eq!(write(VOYAGE, &body).unwrap_err(), Untranslatable::InputKind);
}

#[test]
fn an_answer_of_each_form_is_written_in_the_others() {
    let cohere = r#"{"id":"r","results":[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-3}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}}}"#;
    let results = r#"[{"index":1,"relevance_score":0.90},{"index":0,"relevance_score":1e-3}]"#;
    let (voyage, losses) = answer(VOYAGE, cohere);
    assert_eq!(voyage, format!(r#"{{"object":"list","model":"asked","data":{results},"usage":{{"total_tokens":0}}}}"#));
    assert!(losses.is_empty(), "{losses:?}");
    let voyage = format!(r#"{{"object":"list","data":{results},"model":"rerank-2","usage":{{"total_tokens":26}}}}"#);
    let (cohere, losses) = answer(COHERE, &voyage);
    assert_eq!(
        cohere,
        format!(
            r#"{{"id":"answer-1","results":{results},"meta":{{"api_version":{{"version":"2"}},"tokens":{{"input_tokens":26}}}}}}"#
        )
    );
    assert!(losses.is_empty(), "{losses:?}");
}

#[test]
fn documents_come_back_as_a_text_or_in_an_object() {
    let voyage = r#"{"object":"list","data":[{"relevance_score":0.5,"index":0,"document":"a \"b\""}],"model":"m","usage":{"total_tokens":2}}"#;
    let (jina, losses) = answer(JINA, voyage);
    let value: Value = serde_json::from_str(&jina).unwrap();
    assert_eq!(value["results"], json!([{"relevance_score": 0.5, "index": 0, "document": {"text": "a \"b\""}}]));
    assert!(losses.is_empty(), "{losses:?}");
    let (back, _) = answer(VOYAGE, &jina);
    let value: Value = serde_json::from_str(&back).unwrap();
    assert_eq!((&value["data"][0]["document"], &value["usage"]["total_tokens"]), (&json!("a \"b\""), &json!(2)));
    assert_eq!(answer(COHERE, voyage).1, ["data[].document"]);
}
