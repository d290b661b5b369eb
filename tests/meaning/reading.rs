//! Reading of a request as text that can be compared.

use tollgate::dialect::{AnswerFrame, Dialect};
use tollgate::document::Document;
use tollgate::model::{Event, Item, TextKind, unmapped, unmapped_in_answer};

/// Facts read of a request.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    /// Items with their values.
    pub(crate) items: Vec<String>,
    /// Members without a canonical word: path and value.
    pub(crate) unmapped: Vec<(String, String)>,
}

/// Dialects whose requests are read as items throughout.
pub(crate) const DIALECTS: &[Dialect] = &[
    Dialect::OpenAiChat,
    Dialect::AnthropicMessages,
    Dialect::GeminiGenerate,
    Dialect::GeminiInteractions,
    Dialect::GeminiEmbed,
    Dialect::VertexPredict,
    Dialect::BedrockConverse,
    Dialect::BedrockNova,
    Dialect::BedrockTitan,
    Dialect::BedrockText,
    Dialect::OpenAiResponses,
    Dialect::CohereV1,
    Dialect::CohereV2,
    Dialect::MistralConversations,
    Dialect::Ollama,
    Dialect::OpenAiCompletions,
    Dialect::OpenAiEmbeddings,
    Dialect::OpenAiImages,
    Dialect::CohereEmbed,
    Dialect::Rerank,
    Dialect::Watsonx,
    Dialect::HuggingFace,
    Dialect::Replicate,
];

/// Dialects whose answers are read as events throughout.
pub(crate) const ANSWER_DIALECTS: &[Dialect] = &[Dialect::OpenAiChat, Dialect::AnthropicMessages];

/// Reads a request. `None`: it is refused.
pub(crate) fn read(dialect: Dialect, body: &str) -> Option<Reading> {
    let document = Document::new(body.as_bytes()).ok()?;
    let request = dialect.read_request(document).ok()?;
    let items = request.items.iter().filter_map(|item| shown(document, item)).collect();
    let unmapped = unmapped(document, &request.items).unwrap();
    let unmapped = unmapped.into_iter().map(|member| (member.path, document.raw(member.value).to_owned())).collect();
    Some(Reading { items, unmapped })
}

fn shown(document: Document<'_>, item: &Item) -> Option<String> {
    match *item {
        Item::Parameter(parameter, value) => Some(format!("{parameter:?} {}", document.raw(value))),
        Item::Property(property, value) => Some(format!("{property:?} {}", document.raw(value))),
        Item::Open(node) => Some(format!("{node:?} {{")),
        Item::Close => Some("}".to_owned()),
        // Found for redaction only.
        Item::Text(text) if text.place == TextKind::Other => None,
        Item::Text(text) => Some(format!("{:?} {}", text.place, document.text(text.span))),
    }
}

/// Reads a whole answer. `None`: it is not JSON.
pub(crate) fn read_answer(dialect: Dialect, body: &str) -> Option<Reading> {
    let document = Document::new(body.as_bytes()).ok()?;
    let mut events = Vec::new();
    dialect.read_answer(AnswerFrame::whole(document), &mut events).ok()?;
    let items = events.iter().filter_map(|event| shown_event(document, event)).collect();
    let unmapped = unmapped_in_answer(document, &events).unwrap();
    let unmapped = unmapped.into_iter().map(|member| (member.path, document.raw(member.value).to_owned())).collect();
    Some(Reading { items, unmapped })
}

fn shown_event(document: Document<'_>, event: &Event) -> Option<String> {
    let values: Vec<_> = event.spans().into_iter().map(|span| document.raw(span)).collect();
    match event {
        // Found for restoring only.
        Event::Other(_) => None,
        Event::Created(_) | Event::CostTicks(_) | Event::Uses(..) => Some(format!("{event:?}")),
        Event::Usage(report) => Some(format!("{:?} {values:?}", report.counts)),
        Event::ToolCall { part, id, name, builtin, .. } => {
            let named = [id, name].map(|span| span.map(|span| document.raw(span)));
            Some(format!("call {part} {named:?} {builtin}"))
        }
        Event::Text { channel, .. } | Event::Property { channel, .. } => Some(format!("{channel:?} {values:?}")),
        _ => Some(format!("{} {values:?}", format!("{event:?}").split([' ', '(']).next().unwrap())),
    }
}
