//! Format of the input of OpenAI's custom tools, which is a text:
//! <https://platform.openai.com/docs/guides/function-calling#custom-tools>, read 2026-11-30.

use super::maker::Escaped;
use crate::document::EditedDocument;
use crate::model::{Branch, Loss, Losses, Property, SchemaNode};
use std::borrow::Cow;

/// Format of a custom tool's input.
#[derive(Clone, Debug, PartialEq)]
pub enum InputFormat<'a> {
    /// Any text.
    Text,
    /// Text of a grammar.
    Grammar {
        /// Language of the definition: `lark` or `regex`.
        syntax: Escaped<'a>,
        /// Definition.
        definition: Escaped<'a>,
    },
}

impl InputFormat<'_> {
    /// Reads the format of a custom tool. `None`: the tool is none. Only the tool's own dialect has a format that is
    /// neither text nor a grammar.
    pub(super) fn of(tool: &Branch, source: &EditedDocument<'_>, losses: &mut Losses) -> Option<Self> {
        let kind = tool.property(Property::Type).and_then(|span| source.string(span));
        // Anthropic's word for functions is the same.
        if kind.as_deref() != Some("custom") || tool.property(Property::Schema).is_some() {
            return None;
        }
        let Some(place) = tool.property(Property::Format) else { return Some(Self::Text) };
        let raw = source.raw(place);
        if raw == "null" {
            return Some(Self::Text);
        }
        let format = SchemaNode::read(&raw).and_then(|format| Self::read(&format));
        if format.is_none() {
            losses.add_at(Loss::Property(Property::Format), place);
        }
        Some(format.unwrap_or(Self::Text))
    }

    /// Reads a format. Chat completions have the grammar within an object, responses beside the type.
    fn read(format: &SchemaNode<'_>) -> Option<Self> {
        match format.get("type").and_then(SchemaNode::string) {
            Some("text") => Some(Self::Text),
            Some("grammar") => {
                let grammar = format.get("grammar").unwrap_or(format);
                let text =
                    |name| grammar.get(name).and_then(SchemaNode::string).map(|text| Cow::Owned(text.to_owned()));
                Some(Self::Grammar { syntax: text("syntax")?, definition: text("definition")? })
            }
            _ => None,
        }
    }
}
