//! Writer of requests and answers of reranking in the forms of Cohere (`V2Client.rerank` and `V2RerankResponse` of the
//! cohere SDK 7.3.1), Voyage (<https://docs.voyageai.com/reference/reranker-api>) and Jina
//! (<https://api.jina.ai/redoc>); read 2026-11-29.

use super::chat_writing::write_model_name;
use crate::document::{EditedDocument, JsonWriter, Span};
use crate::model::{
    AnswerContext, Branch, Choice, Event, Loss, Losses, Node, Parameter, PartKind, Property, ProviderError, Tree,
    Untranslatable, Variant, WholeAnswer, WriteTarget,
};
use crate::usage::Bucket;

/// Members of an answer that only repeat its structure.
pub(super) const STRUCTURE: &[&str] = &["object"];

/// Names of settings in a form. An empty one is none.
const fn names(variant: Variant) -> [(Parameter, &'static str); 4] {
    let (most, documents, truncation) = match variant {
        Variant::Voyage => ("top_k", "return_documents", "truncation"),
        Variant::Jina => ("top_n", "return_documents", ""),
        _ => ("top_n", "", ""),
    };
    [
        (Parameter::TopK, most),
        (Parameter::MostResults, most),
        (Parameter::ReturnDocuments, documents),
        (Parameter::Truncation, truncation),
    ]
}

/// Writes a request, adding what it cannot say to the losses.
pub(super) fn write_request(
    tree: &Tree,
    source: &EditedDocument<'_>,
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<String, Untranslatable> {
    let mut json = JsonWriter::default();
    json.begin_object();
    let model = tree.parameter(Parameter::Model).and_then(|span| source.string(span));
    write_model_name(&mut json, model.as_deref(), target);
    let is_query = |branch: &&Branch| matches!(branch.node, Node::Message(_));
    let query = tree.branches.iter().find(is_query).ok_or(Untranslatable::Empty)?;
    json.name("query").escaped(&text_of(query, source)?).name("documents").begin_array();
    for document in tree.branches.iter().filter(|branch| branch.node == Node::Part(PartKind::File)) {
        json.escaped(&text_of(document, source)?);
    }
    json.end_array();
    for (parameter, value) in tree.requested(source) {
        let name = names(target.variant).into_iter().find(|(known, _)| *known == parameter).map(|(_, name)| name);
        match name {
            _ if parameter == Parameter::Model => {}
            Some(name) if !name.is_empty() => drop(json.name(name).raw(&value)),
            // No document comes back where there is no word for it.
            Some(_) if parameter == Parameter::ReturnDocuments && value == "false" => {}
            _ => losses.add_at(Loss::Parameter(parameter), tree.parameter(parameter).unwrap_or_default()),
        }
    }
    json.end_object();
    Ok(json.finish())
}

/// Text of a query or a document: those of its members on lines of their own.
fn text_of(branch: &Branch, source: &EditedDocument<'_>) -> Result<String, Untranslatable> {
    let texts: Vec<_> = branch.texts().filter_map(|text| source.string(text.span)).collect();
    let is_text = branch.branches().next().is_none() && !texts.is_empty();
    if is_text { Ok(texts.join("\\n")) } else { Err(Untranslatable::InputKind) }
}

/// Writes an answer in the client's form, adding what that cannot say to the losses.
pub(super) fn write_answer(
    events: &[Event],
    source: &EditedDocument<'_>,
    context: &AnswerContext,
    losses: &mut Losses,
) -> String {
    let whole = WholeAnswer::of(events, source.document());
    let text = |span: Option<Span>| span.and_then(|span| source.string(span)).filter(|text| !text.is_empty());
    let is_cohere = !matches!(context.variant, Variant::Voyage | Variant::Jina);
    let mut json = JsonWriter::default();
    json.begin_object();
    if is_cohere {
        json.name("id").escaped(&text(whole.id).unwrap_or_else(|| context.id.as_str().into()));
    } else {
        json.name("object").string("list");
        json.name("model").escaped(&text(whole.model).unwrap_or_else(|| context.model.as_str().into()));
    }
    json.name(if context.variant == Variant::Voyage { "data" } else { "results" }).begin_array();
    whole.choices.iter().for_each(|result| write_result(&mut json, result, source, context.variant, losses));
    json.end_array();
    let billed = |event: &Event| if let Event::Usage(report) = event { report.counts.billed_input } else { None };
    let tokens = whole.usage.and_then(|usage| usage.input_total()).or_else(|| events.iter().find_map(billed));
    let searches = whole.usage.and_then(|usage| usage.count(Bucket::Searches));
    if is_cohere {
        json.name("meta").begin_object().name("api_version").begin_object().name("version").string("2").end_object();
        if let Some(searches) = searches {
            json.name("billed_units").begin_object().name("search_units").raw(&searches.to_string()).end_object();
        }
        if let Some(tokens) = tokens {
            json.name("tokens").begin_object().name("input_tokens").raw(&tokens.to_string()).end_object();
        }
    } else {
        // Clients read it from every answer.
        json.name("usage").begin_object().name("total_tokens").raw(&tokens.unwrap_or_default().to_string());
    }
    json.end_object().end_object();
    json.finish()
}

fn write_result(
    json: &mut JsonWriter,
    result: &Choice,
    source: &EditedDocument<'_>,
    variant: Variant,
    losses: &mut Losses,
) {
    json.begin_object();
    for (property, span) in &result.properties {
        match (property, variant) {
            (Property::DocumentIndex, _) => drop(json.name("index").raw(&source.raw(*span))),
            (Property::Score, _) => drop(json.name("relevance_score").raw(&source.raw(*span))),
            (Property::Result, Variant::Voyage) => drop(json.name("document").raw(&source.raw(*span))),
            (Property::Result, Variant::Jina) => {
                json.name("document").begin_object().name("text").raw(&source.raw(*span)).end_object();
            }
            (property, _) => losses.add_at(Loss::Property(*property), *span),
        }
    }
    json.end_object();
}

/// Writes an error. Cohere's clients read `message`, Voyage's and Jina's `detail`.
pub(super) fn write_error(error: &ProviderError) -> String {
    let mut json = JsonWriter::default();
    json.begin_object().name("message").string(&error.message).name("detail").string(&error.message).end_object();
    json.finish()
}
