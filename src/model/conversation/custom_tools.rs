//! Custom tools as functions with one text, for dialects that have none.

use super::input_format::InputFormat;
use super::part::{PartData, escaped};
use super::request::Conversation;
use super::tools::ToolOffer;
use crate::document::KeySet;
use crate::model::{Loss, Losses, Property};

/// Schema of the function that stands for a custom tool.
const SCHEMA: &str =
    r#"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"],"additionalProperties":false}"#;

impl<'a> Conversation<'a> {
    /// Makes functions of the custom tools, and their calls those of functions. Returns the names of the tools, escaped.
    /// No function holds the model to a grammar.
    pub fn make_functions(&mut self, losses: &mut Losses) -> KeySet<String> {
        let mut names = KeySet::default();
        for tool in &mut self.tools {
            if let Some(format) = tool.input.take() {
                names.insert(tool.name.clone().into_owned());
                make_function(tool, &format, losses);
            }
        }
        for part in self.turns.iter_mut().flat_map(|turn| &mut turn.parts) {
            if let PartData::Call(call) = &mut part.data
                && std::mem::take(&mut call.is_custom)
            {
                call.arguments = format!("{{\"input\":\"{}\"}}", escaped(&call.arguments)).into();
            }
        }
        names
    }

    /// Names of the custom tools.
    pub fn custom_tools(&self) -> KeySet<String> {
        let mut names = KeySet::default();
        for tool in self.tools.iter().filter(|tool| tool.input.is_some()) {
            names.insert(tool.name.clone().into_owned());
        }
        names
    }
}

fn make_function<'a>(tool: &mut ToolOffer<'a>, format: &InputFormat<'a>, losses: &mut Losses) {
    let words = words(format);
    tool.description = Some(match &tool.description {
        Some(description) => [description, "\\n\\n", &words].concat().into(),
        None => words.into(),
    });
    tool.schema = Some(SCHEMA.into());
    if let InputFormat::Grammar { .. } = format {
        losses.add_at(Loss::Property(Property::Format), tool.place(Property::Format));
    }
}

/// Words about the input for a model that gets a function, escaped.
fn words(format: &InputFormat<'_>) -> String {
    let mut words = "The input is one plain text: pass the whole of it as the string `input`.".to_owned();
    match format {
        InputFormat::Text => {}
        InputFormat::Grammar { syntax, definition } if syntax == "regex" => {
            words = [&words, " It has to match this regular expression:\\n\\n", definition].concat();
        }
        InputFormat::Grammar { syntax, definition } => {
            words = [&words, " It has to match this grammar (", syntax, "):\\n\\n", definition].concat();
        }
    }
    words
}
