//! Reading of a request as text that can be compared.

use tollgate::dialect::{AnswerFrame, AnswerState, Dialect};
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
    read_frame(dialect, AnswerFrame::whole(Document::new(body.as_bytes()).ok()?), AnswerState::default())
}

/// Reads a whole answer, or an event of a stream with the state after those before. `None`: it is not JSON.
pub(crate) fn read_frame(dialect: Dialect, frame: AnswerFrame<'_>, mut state: AnswerState) -> Option<Reading> {
    let document = frame.document;
    let mut events = Vec::new();
    dialect.read_answer(frame, &mut state, &mut events).ok()?;
    let mut items: Vec<_> = events.iter().filter_map(|event| shown_event(document, event)).collect();
    items.push(format!("{state:?}"));
    let unmapped = unmapped_in_answer(document, &events).unwrap();
    let unmapped = unmapped.into_iter().map(|member| (member.path, document.raw(member.value).to_owned())).collect();
    Some(Reading { items, unmapped })
}

/// Shows an event with the values in the place of their spans.
fn shown_event(document: Document<'_>, event: &Event) -> Option<String> {
    let values: Vec<_> = event.spans().into_iter().map(|span| document.raw(span)).collect();
    match event {
        // Found for restoring only.
        Event::Other(_) => None,
        _ => Some(format!("{} {values:?}", without_spans(&format!("{event:?}")))),
    }
}

fn without_spans(shown: &str) -> String {
    let mut pieces = shown.split("Span {");
    let first = pieces.next().unwrap_or_default().to_owned();
    pieces.fold(first, |all, piece| all + piece.split_once('}').map_or("", |(_, rest)| rest))
}
