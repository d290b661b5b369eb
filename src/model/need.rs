//! Needs of a request: what its model must be able to take.

use super::{Item, Items, Node, PartKind, Property};
use crate::capability::Capabilities;
use crate::usage::{Bucket, estimate};

/// Something that a model must be able to take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Tools.
    Tools,
    /// Images.
    Images,
    /// Audio.
    Audio,
    /// Documents.
    Documents,
    /// A JSON schema for the output.
    Schema,
    /// A prompt of this length.
    ContextLength,
}

impl Need {
    /// Name on spans.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tools => "tools",
            Self::Images => "images",
            Self::Audio => "audio",
            Self::Documents => "documents",
            Self::Schema => "schema",
            Self::ContextLength => "context_length",
        }
    }
}

/// Needs of a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    kinds: Vec<Need>,
    /// Input tokens, estimated.
    input: u64,
}

impl Needs {
    /// Needs of a request's items. `text`: bytes of its texts.
    pub fn of(items: &Items, text: u64) -> Self {
        let mut needs = Self { kinds: Vec::new(), input: estimate(text, 0).count(Bucket::Input).unwrap_or_default() };
        let mut open = Vec::new();
        for item in items.iter() {
            match *item {
                Item::Open(node) => {
                    open.push(node);
                    needs.add(match node {
                        Node::Tool => Some(Need::Tools),
                        Node::Part(PartKind::Image) => Some(Need::Images),
                        Node::Part(PartKind::Audio) => Some(Need::Audio),
                        Node::Part(PartKind::File) => Some(Need::Documents),
                        _ => None,
                    });
                }
                Item::Close => {
                    open.pop();
                }
                Item::Property(Property::Schema, _) if open.last() == Some(&Node::OutputFormat) => {
                    needs.add(Some(Need::Schema));
                }
                _ => {}
            }
        }
        needs
    }

    fn add(&mut self, need: Option<Need>) {
        if let Some(need) = need.filter(|need| !self.kinds.contains(need)) {
            self.kinds.push(need);
        }
    }

    /// Finds a need that a model is known not to meet. What is not known of it is no reason against it.
    pub fn unmet(&self, model: &Capabilities) -> Option<Need> {
        let is_too_long = model.max_input.is_some_and(|most| self.input > most.into());
        let is_lacking = |need: &Need| {
            let takes = match need {
                Need::Tools => model.tools,
                Need::Images => model.images,
                Need::Audio => model.audio,
                Need::Documents => model.documents,
                Need::Schema => model.schema,
                Need::ContextLength => None,
            };
            takes == Some(false)
        };
        self.kinds.iter().copied().find(is_lacking).or_else(|| is_too_long.then_some(Need::ContextLength))
    }
}
