//! Readings of a part that hold for every dialect: media, a tool, the choice among tools, the output format.

use super::{Branch, Child, Node, PartKind, Property};
use crate::document::{EditedDocument, Span};
use std::borrow::Cow;

/// Media of a part. Texts are the inside of JSON strings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media<'a> {
    /// Address.
    Url(Cow<'a, str>),
    /// Encoded media with its type, as MIME type or as a short name; empty when unknown.
    Inline {
        /// Type.
        kind: Cow<'a, str>,
        /// Base64.
        data: Cow<'a, str>,
    },
    /// Document of plain text.
    Text(Cow<'a, str>),
    /// Id of a file at the provider.
    File(Cow<'a, str>),
}

impl<'a> Media<'a> {
    /// Reads the media of a part. A `data:` address is encoded media.
    pub fn of(part: &Branch, source: &EditedDocument<'a>) -> Option<Self> {
        let text = |property| part.property(property).and_then(|span| source.string(span));
        if let Some(url) = text(Property::Url) {
            return Some(Self::of_url(url));
        }
        let is_text = text(Property::SourceType).as_deref() == Some("text");
        if let Some(data) = text(Property::Data) {
            if is_text {
                return Some(Self::Text(data));
            }
            let is_image = part.node == Node::Part(PartKind::Image);
            let kind = text(Property::MediaType);
            let kind = kind.unwrap_or_else(|| if is_image { image_kind(&data).into() } else { "".into() });
            return Some(Self::Inline { kind, data: standard(data) });
        }
        text(Property::FileId).map(Self::File)
    }

    /// Matches an address that Google's APIs alone read: in Cloud Storage, or of a file uploaded to the Gemini API.
    pub fn is_at_google(&self) -> bool {
        let Self::Url(url) = self else { return false };
        url.starts_with("gs://") || url.starts_with("https://generativelanguage.googleapis.com/")
    }

    pub(super) fn of_url(url: Cow<'a, str>) -> Self {
        let parts = url.strip_prefix("data:").and_then(|rest| rest.split_once(";base64,"));
        match parts {
            Some((kind, data)) => {
                let kind = kind.split(';').next().unwrap_or_default();
                // Some clients escape the slash.
                Self::Inline { kind: Cow::Owned(kind.replace("\\/", "/")), data: Cow::Owned(data.to_owned()) }
            }
            // Some clients leave out what comes before the data.
            None if !url.contains(':') && url.len() > LONGEST_NAME => {
                Self::Inline { kind: Cow::Borrowed(""), data: url }
            }
            None => Self::Url(url),
        }
    }
}

/// Longest text without a scheme that may still be an address, in bytes.
const LONGEST_NAME: usize = 256;

/// Brings base64 to the alphabet and padding of RFC 4648, section 4: Google's clients write that of section 5 too.
fn standard(data: Cow<'_, str>) -> Cow<'_, str> {
    if !data.contains(['-', '_']) {
        return data;
    }
    let mut text = data.replace('-', "+").replace('_', "/");
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    Cow::Owned(text)
}

/// Type of an image whose API has no member for it (Ollama), by the first bytes of its encoding; empty for any other
/// data. <https://mimesniff.spec.whatwg.org/#image-type-pattern-matching-algorithm>, read 2026-11-29.
fn image_kind(data: &str) -> &'static str {
    const KINDS: [(&str, &str); 4] =
        [("iVBORw0KGg", "image/png"), ("/9j/", "image/jpeg"), ("R0lGOD", "image/gif"), ("UklGR", "image/webp")];
    // Some clients escape the slash.
    let starts = |start: &str| data.starts_with(start) || start == "/9j/" && data.starts_with("\\/9j");
    KINDS.into_iter().find(|(start, _)| starts(start)).map_or("", |(_, kind)| kind)
}

/// Choice among tools.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolChoice<'a> {
    /// The model decides.
    Auto,
    /// Any tool has to be called.
    Required,
    /// No tool may be called.
    None,
    /// The named tool has to be called: the inside of a JSON string.
    Tool(Cow<'a, str>),
    /// Some of the tools alone may be called.
    Among {
        /// Their names.
        names: Vec<Cow<'a, str>>,
        /// Set when one of them has to be called.
        is_required: bool,
    },
}

impl<'a> ToolChoice<'a> {
    /// Reads the choice. `None`: only its own dialect has it.
    pub fn of(choice: &Branch, source: &EditedDocument<'a>) -> Option<Self> {
        let values = |wanted| choice.properties.iter().filter(move |(property, _)| *property == wanted);
        let kinds: Vec<Cow<'a, str>> = values(Property::Type).filter_map(|(_, span)| source.string(*span)).collect();
        let mut names: Vec<Cow<'a, str>> =
            values(Property::Name).filter_map(|(_, span)| source.string(*span)).collect();
        // OpenAI names the kind of such a choice besides its mode.
        let Some(kind) = kinds.iter().rfind(|kind| **kind != "allowed_tools") else {
            // The older `function_call`: <https://platform.openai.com/docs/api-reference/chat/create>, read 2026-11-29.
            return names.pop().map(Self::Tool);
        };
        let is_required = match &**kind {
            "function" | "tool" | "custom" => return names.pop().map(Self::Tool),
            // Capitals are Cohere's and Google's: <https://docs.cohere.com/reference/chat>, read 2026-11-21.
            "none" | "NONE" => return Some(Self::None),
            "auto" | "AUTO" | "VALIDATED" | "validated" => false,
            "required" | "any" | "REQUIRED" | "ANY" => true,
            _ => return None,
        };
        Some(match (names.len(), is_required) {
            (0, false) => Self::Auto,
            (0, true) => Self::Required,
            (1, true) => Self::Tool(names.pop()?),
            _ => Self::Among { names, is_required },
        })
    }
}

/// Function that the model may call.
#[derive(Clone, Copy, Debug)]
pub struct Function<'t> {
    /// The tool.
    pub tool: &'t Branch,
    /// Its name.
    pub name: Span,
}

impl<'t> Function<'t> {
    /// Reads a tool. `None`: it is a tool of the provider's, or has no JSON schema.
    pub fn of(tool: &'t Branch, source: &EditedDocument<'_>) -> Option<Self> {
        let kind = tool.property(Property::Type).and_then(|span| source.string(span));
        let is_function = match kind.as_deref() {
            None | Some("function") => true,
            // Anthropic's word for tools of the client's; OpenAI's custom tools take text of a grammar.
            Some("custom") => tool.property(Property::Schema).is_some(),
            Some(_) => false,
        };
        let name = tool.property(Property::Name).filter(|_| is_function)?;
        Some(Self { tool, name })
    }
}

/// Format of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputFormat {
    /// Text: no demand.
    Text,
    /// Any JSON object.
    Json,
    /// JSON by a schema.
    Schema(Span),
}

impl OutputFormat {
    /// Reads the format. `None`: only its own dialect has it.
    pub fn of(format: &Branch, source: &EditedDocument<'_>) -> Option<Self> {
        if let Some(schema) = format.property(Property::Schema) {
            return Some(Self::Schema(schema));
        }
        // Google's word is a MIME type.
        let word = format.property(Property::Type).or_else(|| format.property(Property::MediaType));
        match word.and_then(|span| source.string(span)).as_deref() {
            Some("text" | "text/plain") => Some(Self::Text),
            // Ollama's word is the shorter: <https://github.com/ollama/ollama/blob/main/docs/api.md>, read 2026-11-21.
            Some("json_object" | "json" | "application/json") => Some(Self::Json),
            _ => None,
        }
    }
}

impl Branch {
    /// Texts of the part and of the parts within it, in order.
    pub fn all_texts(&self) -> Vec<Span> {
        let mut texts = Vec::new();
        self.collect_texts(&mut texts);
        texts
    }

    fn collect_texts(&self, into: &mut Vec<Span>) {
        for child in &self.children {
            match child {
                Child::Text(text) => into.push(text.span),
                Child::Branch(branch) => branch.collect_texts(into),
            }
        }
    }
}
