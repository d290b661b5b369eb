//! A request's items as a tree, for whoever writes it anew.

use super::{Item, Items, Node, Parameter, Property, Role, TextKind, TextSpan};
use crate::document::{EditedDocument, Span};
use std::borrow::Cow;

/// Part of a request with all that belongs to it, in the order of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// The part.
    pub node: Node,
    /// Members, with their values as written.
    pub properties: Vec<(Property, Span)>,
    /// Texts and parts within.
    pub children: Vec<Child>,
}

/// Child of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Child {
    /// A text.
    Text(TextSpan),
    /// A part.
    Branch(Branch),
}

/// A request as a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tree {
    /// Settings of the call, with their values as written.
    pub parameters: Vec<(Parameter, Span)>,
    /// Parts: messages, tools and rules.
    pub branches: Vec<Branch>,
    /// Texts that belong to no part.
    pub texts: Vec<TextSpan>,
}

impl Branch {
    fn new(node: Node) -> Self {
        Self { node, properties: Vec::new(), children: Vec::new() }
    }

    /// Returns the value of a member; of a repeated one, the last.
    pub fn property(&self, property: Property) -> Option<Span> {
        self.properties.iter().rev().find(|(name, _)| *name == property).map(|(_, value)| *value)
    }

    /// Matches instructions beside the conversation, which have no role of their own. Google's may have any.
    fn is_beside(&self) -> bool {
        let is_outside = |branch: &Branch| branch.texts().any(|text| text.message.is_none());
        self.node == Node::Message(Some(Role::System))
            && (self.property(Property::Role).is_none() || is_outside(self) || self.branches().any(is_outside))
    }

    /// Texts directly within the part.
    pub fn texts(&self) -> impl Iterator<Item = &TextSpan> {
        self.children.iter().filter_map(|child| if let Child::Text(text) = child { Some(text) } else { None })
    }

    /// Parts directly within the part.
    pub fn branches(&self) -> impl Iterator<Item = &Branch> {
        self.children.iter().filter_map(|child| if let Child::Branch(branch) = child { Some(branch) } else { None })
    }
}

impl Tree {
    /// Builds the tree of a request's items.
    pub fn of(items: &Items) -> Self {
        let mut tree = Self::default();
        let mut open: Vec<Branch> = Vec::new();
        for item in items.iter() {
            match *item {
                Item::Parameter(parameter, value) => tree.parameters.push((parameter, value)),
                Item::Open(node) => open.push(Branch::new(node)),
                Item::Close => {
                    if let Some(branch) = open.pop() {
                        tree.place(&mut open, branch);
                    }
                }
                Item::Property(property, value) => {
                    if let Some(branch) = open.last_mut() {
                        branch.properties.push((property, value));
                    }
                }
                // Found for redaction only.
                Item::Text(text) if text.place == TextKind::Other => {}
                Item::Text(text) => match open.last_mut() {
                    Some(branch) => branch.children.push(Child::Text(text)),
                    None => tree.texts.push(text),
                },
            }
        }
        while let Some(branch) = open.pop() {
            tree.place(&mut open, branch);
        }
        tree
    }

    fn place(&mut self, open: &mut [Branch], branch: Branch) {
        match open.last_mut() {
            Some(outer) => outer.children.push(Child::Branch(branch)),
            None => self.branches.push(branch),
        }
    }

    /// Messages in the order of the conversation: instructions that stand beside it come first.
    pub fn messages(&self) -> Vec<&Branch> {
        let messages = self.branches.iter().filter(|branch| matches!(branch.node, Node::Message(_)));
        let (beside, within): (Vec<&Branch>, Vec<&Branch>) = messages.partition(|message| message.is_beside());
        beside.into_iter().chain(within).collect()
    }

    /// Settings that ask for something, with their values as edited JSON: each once, of a repeated one the last.
    pub fn requested<'a>(&self, source: &EditedDocument<'a>) -> Vec<(Parameter, Cow<'a, str>)> {
        let mut requested: Vec<(Parameter, Cow<'a, str>)> = Vec::new();
        for &(parameter, _) in &self.parameters {
            let is_new = requested.iter().all(|(known, _)| *known != parameter);
            if let Some(value) = self.parameter(parameter).filter(|_| is_new) {
                requested.push((parameter, source.raw(value)));
            }
        }
        requested.retain(|(parameter, value)| value != "null" && !parameter.is_default(value));
        requested
    }

    /// Returns the value of a setting; of a repeated one, the last.
    pub fn parameter(&self, parameter: Parameter) -> Option<Span> {
        self.parameters.iter().rev().find(|(name, _)| *name == parameter).map(|(_, value)| *value)
    }
}
