//! Tools that a request offers, the choice among them, and the form of the output.

use super::input_format::InputFormat;
use super::maker::{Escaped, Maker};
use super::part::span_of;
use crate::document::{EditedDocument, Span};
use crate::model::{
    Branch, Function, Loss, Losses, Node, OutputFormat, PartKind, Property, SchemaNode, ToolChoice, Tree, plain_schema,
};
use std::borrow::Cow;

/// Function, or custom tool, that the model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct ToolOffer<'a> {
    /// Name.
    pub name: Escaped<'a>,
    /// Description.
    pub description: Option<Escaped<'a>>,
    /// JSON schema of the arguments.
    pub schema: Option<Cow<'a, str>>,
    /// Strict adherence to the schema.
    pub is_strict: Option<bool>,
    /// Format of its input, for a custom tool, which has no schema.
    pub input: Option<InputFormat<'a>>,
    /// Marker up to which the provider caches the prompt, as a JSON value in the request's dialect.
    pub cache: Option<Cow<'a, str>>,
    /// A value of the tool, by which losses name it.
    pub span: Span,
    /// Places of its members.
    spans: Vec<(Property, Span)>,
}

impl ToolOffer<'_> {
    /// Place of a member, by which its loss is named.
    pub fn place(&self, property: Property) -> Span {
        let place = self.spans.iter().rev().find(|(known, _)| *known == property);
        place.map_or(self.span, |(_, place)| *place)
    }
}

impl<'a> ToolOffer<'a> {
    /// Creates the tool that stands for the form of the output.
    pub fn of_output(name: &'a str, rule: &'a OutputRule<'_>) -> Self {
        let description = rule.description.as_deref().unwrap_or("Answers the user in this form.");
        Self {
            name: name.into(),
            description: Some(description.into()),
            schema: rule.schema.as_deref().map(Cow::Borrowed),
            is_strict: None,
            input: None,
            cache: None,
            span: rule.span,
            spans: Vec::new(),
        }
    }
}

/// Form that the output has to have.
#[derive(Clone, Debug, PartialEq)]
pub struct OutputRule<'a> {
    /// JSON schema; `None` for any JSON.
    pub schema: Option<Cow<'a, str>>,
    /// Name of the schema.
    pub name: Option<Escaped<'a>>,
    /// Description of the schema.
    pub description: Option<Escaped<'a>>,
    /// Strict adherence to the schema.
    pub is_strict: Option<bool>,
    /// A value of the rule, by which losses name it.
    pub span: Span,
}

impl OutputRule<'_> {
    /// Matches a schema that a function's arguments can have: that of an object.
    pub fn is_object(&self) -> bool {
        let root = self.schema.as_deref().and_then(SchemaNode::read);
        root.is_some_and(|root| root.get("type").is_none_or(|kind| kind.string() == Some("object")))
    }
}

/// Reads the functions. Tools of a provider's own are lost.
pub(super) fn offers<'a>(
    tree: &Tree,
    source: &EditedDocument<'a>,
    maker: Maker,
    losses: &mut Losses,
) -> Vec<ToolOffer<'a>> {
    let mut offers: Vec<ToolOffer<'a>> = Vec::new();
    for tool in &tree.branches {
        match tool.node {
            Node::Tool => {}
            // Stands behind the tool that it marks.
            Node::Part(PartKind::CacheMarker) => {
                if let Some(last) = offers.last_mut() {
                    last.cache = raw(tool, Property::CacheMarker, source);
                }
                continue;
            }
            _ => continue,
        }
        let input = InputFormat::of(tool, source, losses);
        let name = match input {
            Some(_) => tool.property(Property::Name),
            None => Function::of(tool, source).map(|function| function.name),
        };
        let Some(name) = name else {
            losses.add_at(Loss::Tool, span_of(tool));
            continue;
        };
        offers.push(ToolOffer {
            name: source.string(name).unwrap_or_default(),
            description: text(tool, Property::Description, source),
            schema: raw(tool, Property::Schema, source).map(|schema| json_schema(schema, maker)),
            is_strict: switch(tool, Property::Strict, source),
            input,
            cache: raw(tool, Property::CacheMarker, source),
            span: span_of(tool),
            spans: tool.properties.clone(),
        });
    }
    offers
}

/// Reads the choice among the tools.
pub(super) fn choice<'a>(
    tree: &Tree,
    source: &EditedDocument<'a>,
    losses: &mut Losses,
) -> Option<(ToolChoice<'a>, Span)> {
    let branch = tree.branches.iter().find(|branch| branch.node == Node::ToolChoice)?;
    let choice = ToolChoice::of(branch, source);
    if choice.is_none() && !branch.properties.is_empty() {
        losses.add_at(Loss::ToolChoice, span_of(branch));
    }
    choice.map(|choice| (choice, span_of(branch)))
}

/// Reads the form of the output. Text needs none.
pub(super) fn output<'a>(
    tree: &Tree,
    source: &EditedDocument<'a>,
    maker: Maker,
    losses: &mut Losses,
) -> Option<OutputRule<'a>> {
    let branch = tree.branches.iter().find(|branch| branch.node == Node::OutputFormat)?;
    let span = span_of(branch);
    let schema = match OutputFormat::of(branch, source) {
        Some(OutputFormat::Text) => return None,
        Some(OutputFormat::Json) => None,
        Some(OutputFormat::Schema(schema)) => Some(json_schema(schema_text(schema, source), maker)),
        None if branch.properties.is_empty() => return None,
        None => {
            losses.add_at(Loss::OutputFormat, span);
            return None;
        }
    };
    Some(OutputRule {
        schema,
        name: text(branch, Property::Name, source),
        description: text(branch, Property::Description, source),
        is_strict: switch(branch, Property::Strict, source),
        span,
    })
}

/// Returns a schema as JSON. Converse's is a string of JSON.
fn schema_text<'a>(schema: Span, source: &EditedDocument<'a>) -> Cow<'a, str> {
    source.text(schema).unwrap_or_else(|| source.raw(schema))
}

/// Returns a schema as JSON schema. Google has a form of its own beside it.
fn json_schema(schema: Cow<'_, str>, maker: Maker) -> Cow<'_, str> {
    if maker == Maker::Google { plain_schema(schema) } else { schema }
}

fn text<'a>(branch: &Branch, property: Property, source: &EditedDocument<'a>) -> Option<Escaped<'a>> {
    branch.property(property).and_then(|span| source.string(span)).filter(|text| !text.is_empty())
}

fn raw<'a>(branch: &Branch, property: Property, source: &EditedDocument<'a>) -> Option<Cow<'a, str>> {
    branch.property(property).map(|span| source.raw(span)).filter(|raw| raw != "null")
}

fn switch(branch: &Branch, property: Property, source: &EditedDocument<'_>) -> Option<bool> {
    match &*source.raw(branch.property(property)?) {
        "true" => Some(true),
        "false" => Some(false),
        _ => None,
    }
}
