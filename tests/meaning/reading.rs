//! Reading of a request as text that can be compared.

use tollgate::dialect::Dialect;
use tollgate::document::Document;
use tollgate::model::{Item, TextKind, unmapped};

/// Facts read of a request.
#[derive(Debug, PartialEq)]
pub(crate) struct Reading {
    /// Items with their values.
    pub(crate) items: Vec<String>,
    /// Members without a canonical word: path and value.
    pub(crate) unmapped: Vec<(String, String)>,
}

/// Dialects whose requests are read as items throughout.
pub(crate) const DIALECTS: &[Dialect] = &[Dialect::OpenAiChat, Dialect::AnthropicMessages];

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
