//! Losses of a translation: what a request or an answer says and another dialect cannot.

use super::paths::paths;
use super::{Branch, Parameter, PartKind, Property};
use crate::document::{Document, JsonResult, KeySet, Span};
use std::collections::BTreeMap;
use std::fmt;

/// Kind of a loss, named in the record of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// A limit of the target: more stop sequences, a higher temperature.
    Limit(Parameter),
    /// The position of instructions within the conversation: they were put before it.
    Position,
    /// A keyword of a JSON schema, or what it refers to.
    Schema(String),
    /// The order of turns: one of the user's was put before the first, or a result behind its call.
    Order,
    /// The lack of a result: of a call without one the model is told so.
    Unanswered,
    /// A member without a canonical word, by its path.
    Member(String),
}

impl Loss {
    /// Matches losses whose place is a value of what is lost.
    const fn is_around(&self) -> bool {
        matches!(self, Self::Part(_) | Self::Tool | Self::Position | Self::Order | Self::Unanswered)
    }
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
            Self::Limit(parameter) => write!(into, "parameter {parameter:?} beyond its limit"),
            Self::Position => into.write_str("position of instructions"),
            Self::Schema(keyword) => write!(into, "schema keyword {keyword}"),
            Self::Order => into.write_str("order of turns"),
            Self::Unanswered => into.write_str("call without a result"),
            Self::Member(path) => into.write_str(path),
        }
    }
}

/// Losses of one translation, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Losses {
    /// Losses by what they are called, as indices. Maps of one type share their code in the filter.
    index: BTreeMap<String, usize>,
    losses: Vec<KnownLoss>,
    /// Places of losses that have one.
    spans: Vec<(Loss, Span)>,
    /// Paths of those places.
    paths: KeySet<String>,
}

/// A loss of a translation.
#[derive(Clone, Debug, PartialEq, Eq)]
struct KnownLoss {
    loss: Loss,
    /// Set when the path of a place names it.
    has_path: bool,
}

impl Losses {
    /// Adds a loss.
    pub fn add(&mut self, loss: Loss) {
        self.position(loss);
    }

    /// Adds a loss, and returns its index.
    fn position(&mut self, loss: Loss) -> usize {
        let next = self.losses.len();
        let at = *self.index.entry(loss.to_string()).or_insert(next);
        if at == next {
            self.losses.push(KnownLoss { loss, has_path: false });
        }
        at
    }

    /// Adds a loss of the value at a place of the document; of the value around it, where it is a part that is lost.
    pub fn add_at(&mut self, loss: Loss, place: Span) {
        self.spans.push((loss.clone(), place));
        self.add(loss);
    }

    /// Adds those members of a part that it has.
    pub fn add_members(&mut self, part: &Branch, properties: &[Property]) {
        for property in properties {
            if let Some(place) = part.property(*property) {
                self.add_at(Loss::Property(*property), place);
            }
        }
    }

    /// Names the losses by the paths of their spans.
    ///
    /// # Errors
    /// Not JSON.
    pub fn resolve(&mut self, document: Document<'_>) -> JsonResult {
        // Long answers, of vectors, mostly lose nothing.
        if self.spans.is_empty() {
            return Ok(());
        }
        let spans = std::mem::take(&mut self.spans);
        let wanted: Vec<Span> = spans.iter().map(|(_, span)| *span).collect();
        for ((loss, _), path) in spans.into_iter().zip(paths(document, &wanted)?) {
            let path = if loss.is_around() { outer(&path) } else { &path };
            if !path.is_empty() {
                self.paths.insert(path.to_owned());
                let at = self.position(loss);
                if let Some(known) = self.losses.get_mut(at) {
                    known.has_path = true;
                }
            }
        }
        Ok(())
    }

    /// Losses in a fixed order.
    pub fn iter(&self) -> impl Iterator<Item = &Loss> {
        self.index.values().filter_map(|at| self.losses.get(*at)).map(|known| &known.loss)
    }

    /// Names of the losses, in order: members of the document by their paths, anything else by its kind.
    pub fn names(&self) -> Vec<String> {
        let mut names = self.paths.clone();
        for known in self.losses.iter().filter(|known| !known.has_path) {
            names.insert(known.loss.to_string());
        }
        names.into_keys().collect()
    }

    /// Matches a translation without losses.
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }
}

/// Path of the object that has a member.
fn outer(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(outer, _)| outer)
}
