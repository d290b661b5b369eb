//! Turns of a conversation, from the messages of any dialect.

use super::maker::{Escaped, Maker};
use super::part::{MessagePart, PartData, PartReader, span_of};
use crate::document::{EditedDocument, Span};
use crate::model::{Branch, Child, Losses, Node, PartKind, Property, Role, Tree};
use std::collections::BTreeMap;

/// Author of a turn. Results of tools are parts of the user's turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Author {
    /// The application's operator.
    System,
    /// The user, and the tools.
    User,
    /// The model.
    Assistant,
}

/// Turn of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub struct ConversationTurn<'a> {
    /// Author.
    pub author: Author,
    /// Set for OpenAI's `developer`.
    pub is_developer: bool,
    /// Name of the author.
    pub name: Option<Escaped<'a>>,
    /// Set when the model goes on from this turn instead of beginning one.
    pub is_prefix: bool,
    /// Parts in order.
    pub parts: Vec<MessagePart<'a>>,
    /// A value of the turn, by which losses name it.
    pub span: Span,
}

impl ConversationTurn<'_> {
    /// Matches a turn in which the model calls tools.
    pub fn has_calls(&self) -> bool {
        self.parts.iter().rev().any(|part| matches!(part.data, PartData::Call(_)))
    }

    /// Matches a turn of results alone.
    pub fn is_results(&self) -> bool {
        !self.parts.is_empty() && self.parts.iter().all(|part| matches!(part.data, PartData::Result(_)))
    }
}

/// Reads the turns of a request.
pub(super) fn read<'a>(
    tree: &Tree,
    source: &EditedDocument<'a>,
    maker: Maker,
    losses: &mut Losses,
) -> Vec<ConversationTurn<'a>> {
    let mut turns: Vec<ConversationTurn<'a>> = Vec::new();
    let mut reader = PartReader { source, maker, losses };
    for message in tree.messages() {
        let Node::Message(role) = message.node else { continue };
        let mut turn = read_turn(&mut reader, role, message);
        // An item that is lost leaves no turn, nor does an empty list of instructions.
        let is_lost = message.property(Property::Role).is_none() && !message.children.is_empty();
        if turn.parts.is_empty() && (is_lost || turn.author == Author::System) {
            continue;
        }
        // Google's clients keep each piece of a stream as a content of its own.
        let is_item = is_item(message) || maker == Maker::Google && turn.author == Author::Assistant;
        match turns.last_mut().filter(|last| goes_on(last, &turn, is_item)) {
            Some(last) => last.parts.append(&mut turn.parts),
            None => turns.push(turn),
        }
    }
    // Texts beside all messages: a bare input.
    let beside: Vec<Child> =
        tree.texts.iter().filter(|text| text.role == Some(Role::User)).map(|text| Child::Text(*text)).collect();
    if !beside.is_empty() {
        let parts = reader.children(&beside);
        turns.push(ConversationTurn::new(Author::User, parts, Span::default()));
    }
    turns
}

impl<'a> ConversationTurn<'a> {
    pub(super) fn new(author: Author, parts: Vec<MessagePart<'a>>, span: Span) -> Self {
        Self { author, is_developer: false, name: None, is_prefix: false, parts, span }
    }
}

fn read_turn<'a>(reader: &mut PartReader<'_, 'a>, role: Option<Role>, message: &Branch) -> ConversationTurn<'a> {
    let text = |property| message.property(property).and_then(|span| reader.source.string(span));
    let (word, name) = (text(Property::Role), text(Property::Name));
    let is_prefix = message.property(Property::Prefix).is_some_and(|span| reader.source.raw(span) == "true");
    let cache = message.property(Property::CacheMarker).map(|span| reader.source.raw(span));
    let is_message_result = role == Some(Role::Tool) && !has_results(message);
    let mut parts = if is_message_result {
        let data = reader.result(message);
        vec![MessagePart { data, cache: None, span: span_of(message) }]
    } else {
        reader.children(&message.children)
    };
    merge_reasoning(&mut parts);
    if let Some(last) = parts.last_mut().filter(|last| last.cache.is_none()) {
        last.cache = cache;
    }
    let author = match role {
        Some(Role::System) => Author::System,
        Some(Role::Assistant) => Author::Assistant,
        _ => Author::User,
    };
    ConversationTurn {
        is_developer: word.as_deref() == Some("developer"),
        name: name.filter(|_| role != Some(Role::Tool)),
        is_prefix,
        ..ConversationTurn::new(author, parts, span_of(message))
    }
}

/// Merges reasoning that a message has under several names, as some servers write it.
fn merge_reasoning(parts: &mut Vec<MessagePart<'_>>) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut merged: Vec<MessagePart<'_>> = Vec::with_capacity(parts.len());
    for part in std::mem::take(parts) {
        let PartData::Reasoning(reasoning) = &part.data else {
            merged.push(part);
            continue;
        };
        let before = known.get(&*reasoning.text).filter(|_| !reasoning.text.is_empty());
        match before.and_then(|at| merged.get_mut(*at)).map(|part| &mut part.data) {
            Some(PartData::Reasoning(before))
                if before.proof.is_none() || reasoning.proof.is_none() || before.proof == reasoning.proof =>
            {
                before.proof = before.proof.take().or_else(|| reasoning.proof.clone());
                before.id = before.id.take().or_else(|| reasoning.id.clone());
            }
            _ => {
                known.insert(reasoning.text.clone().into_owned(), merged.len());
                merged.push(part);
            }
        }
    }
    *parts = merged;
}

fn has_results(message: &Branch) -> bool {
    message.branches().any(|part| part.node == Node::Part(PartKind::ToolResult))
}

/// Matches a message that is an item of a turn by itself: a call, a result, reasoning.
fn is_item(message: &Branch) -> bool {
    let is_item = |kind| matches!(kind, PartKind::ToolCall | PartKind::ToolResult | PartKind::Reasoning);
    let [Child::Branch(part)] = message.children.as_slice() else { return false };
    message.property(Property::Role).is_none() && matches!(part.node, Node::Part(kind) if is_item(kind))
}

/// Reports whether a turn belongs to the one before it: results of the same calls, or items of one answer.
fn goes_on(last: &ConversationTurn<'_>, next: &ConversationTurn<'_>, next_is_item: bool) -> bool {
    if last.author != next.author {
        return false;
    }
    match last.author {
        Author::System => false,
        Author::User => last.is_results() && next.is_results(),
        // Anthropic takes neighbours of one author as one: parallel calls may be apart.
        Author::Assistant => {
            next_is_item
                || last.has_calls() && next.has_calls()
                || ends_in_item(last) && last.parts.iter().all(|part| part.text().is_none())
        }
    }
}

/// Matches a turn of items alone, to which the text that follows belongs.
fn ends_in_item(turn: &ConversationTurn<'_>) -> bool {
    turn.parts.last().is_some_and(|part| matches!(part.data, PartData::Reasoning(_)))
}
