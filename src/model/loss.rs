//! Losses of a translation: what a request or an answer says and another dialect cannot.

use super::{Branch, Parameter, PartKind, Property};
use std::collections::BTreeSet;
use std::fmt;

/// Kind of a loss, named in the record of the call.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Loss {
    /// A parameter.
    Parameter(Parameter),
    /// A member of a part, a tool or a message.
    Property(Property),
    /// A part of a message.
    Part(PartKind),
    /// A tool that only its own dialect has.
    Tool,
    /// The choice among tools, or a part of it.
    ToolChoice,
    /// The format of the output.
    OutputFormat,
    /// The position of instructions within the conversation: they were put before it.
    Position,
    /// A member without a canonical word, by its path.
    Member(String),
}

impl fmt::Display for Loss {
    fn fmt(&self, into: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(parameter) => write!(into, "parameter {parameter:?}"),
            Self::Property(property) => write!(into, "member {property:?}"),
            Self::Part(kind) => write!(into, "part {kind:?}"),
            Self::Tool => into.write_str("tool"),
            Self::ToolChoice => into.write_str("tool choice"),
            Self::OutputFormat => into.write_str("output format"),
            Self::Position => into.write_str("position of instructions"),
            Self::Member(path) => into.write_str(path),
        }
    }
}

/// Losses of one translation, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses(BTreeSet<Loss>);

impl Losses {
    /// Adds a loss.
    pub fn add(&mut self, loss: Loss) {
        self.0.insert(loss);
    }

    /// Adds those members of a part that it has.
    pub fn add_members(&mut self, part: &Branch, properties: &[Property]) {
        for property in properties.iter().filter(|property| part.property(**property).is_some()) {
            self.add(Loss::Property(*property));
        }
    }

    /// Losses in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &Loss> {
        self.0.iter()
    }

    /// Matches a translation without losses.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
