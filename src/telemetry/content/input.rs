//! Input of a call: its items as instructions and messages.

use super::part::{MediaSource, PartWriter};
use crate::document::{EditedDocument, Span};
use crate::model::{Branch, Child, Items, Node, PartKind, Property, Role, TextKind, TextSpan, Tree};
use std::borrow::Cow;

/// The input of one call, as `gen_ai.system_instructions` and `gen_ai.input.messages`.
#[derive(Clone, Debug, Default)]
pub struct Input {
    pub(super) system: Option<String>,
    pub(super) messages: String,
}

impl Input {
    /// Captures the items of a request, truncated so that all of their texts together stay within `limit` bytes. `clean`
    /// changes addresses and ids of media, which are no texts of the request.
    pub fn of(source: &EditedDocument<'_>, items: &Items, limit: usize, clean: &mut dyn FnMut(&str) -> String) -> Self {
        let tree = Tree::of(items);
        let mut input = InputWriter { source, clean, parts: PartWriter::new(limit) };
        let (beside, within): (Vec<Turn<'_>>, Vec<Turn<'_>>) = turns(&tree).into_iter().partition(Turn::is_beside);
        let system = input.list(|input| beside.iter().for_each(|turn| input.parts(turn)));
        let messages = input.list(|input| input.messages(&within));
        Self { system: Some(system).filter(|system| system != "[]"), messages }
    }
}

/// A message.
enum Turn<'t> {
    /// Message, or a part that is a turn of its own.
    Branch(&'t Branch),
    /// Texts of a message that belong to none of its parts.
    Texts(Vec<&'t TextSpan>),
}

/// Returns the turns of a request, in the order of the document.
fn turns(tree: &Tree) -> Vec<Turn<'_>> {
    let messages = tree.branches.iter().filter(|branch| matches!(branch.node, Node::Message(_) | Node::Part(_)));
    let is_said = |text: &&TextSpan| text.message.is_some() || text.role == Some(Role::System);
    let said: Vec<&TextSpan> = tree.texts.iter().filter(is_said).collect();
    let mut groups = said.chunk_by(|one, next| one.message == next.message).peekable();
    let mut turns = Vec::new();
    for message in messages {
        let at = start(message).unwrap_or_default();
        while let Some(texts) = groups.next_if(|texts| texts.first().is_some_and(|text| text.span.start < at)) {
            turns.push(Turn::Texts(texts.to_vec()));
        }
        turns.push(Turn::Branch(message));
    }
    turns.extend(groups.map(|texts| Turn::Texts(texts.to_vec())));
    turns
}

/// Returns the offset of the first value of a part.
fn start(branch: &Branch) -> Option<u32> {
    let properties = branch.properties.iter().map(|(_, value)| value.start);
    let children = branch.children.iter().filter_map(|child| match child {
        Child::Text(text) => Some(text.span.start),
        Child::Branch(inner) => start(inner),
    });
    properties.chain(children).min()
}

/// Returns the first text of a part.
fn first_text(branch: &Branch) -> Option<&TextSpan> {
    branch.children.iter().find_map(|child| match child {
        Child::Text(text) => Some(text),
        Child::Branch(inner) => first_text(inner),
    })
}

impl Turn<'_> {
    /// Matches instructions beside the conversation.
    fn is_beside(&self) -> bool {
        match self {
            Self::Branch(branch) => {
                let is_within = || branch.property(Property::Role).is_some();
                branch.node == Node::Message(Some(Role::System))
                    && first_text(branch).map_or_else(|| !is_within(), |text| text.message.is_none())
            }
            Self::Texts(texts) => texts.iter().all(|text| text.message.is_none()),
        }
    }

    /// Returns the index of the message, where the turn has a text.
    fn index(&self) -> Option<u32> {
        match self {
            Self::Branch(branch) => first_text(branch)?.message,
            Self::Texts(texts) => texts.first()?.message,
        }
    }

    /// Returns the role in the conventions' words. Results of tools are a turn of the tool's.
    fn role(&self) -> &'static str {
        let role = match self {
            Self::Branch(branch) => role_of(branch),
            Self::Texts(texts) => texts.first().and_then(|text| text.role),
        };
        match role {
            Some(Role::System) => "system",
            Some(Role::Assistant) => "assistant",
            Some(Role::Tool) => "tool",
            Some(Role::User) | None => "user",
        }
    }
}

fn role_of(branch: &Branch) -> Option<Role> {
    match (branch.node, branch.children.first()) {
        (Node::Part(PartKind::ToolResult), _) => Some(Role::Tool),
        (Node::Part(PartKind::ToolCall), _) => Some(Role::Assistant),
        (Node::Message(_), Some(Child::Branch(first))) if first.node == Node::Part(PartKind::ToolResult) => {
            Some(Role::Tool)
        }
        (Node::Message(role), _) => role,
        _ => first_text(branch).and_then(|text| text.role),
    }
}

/// Writes the parts of a request.
struct InputWriter<'a, 's> {
    source: &'s EditedDocument<'a>,
    clean: &'s mut dyn FnMut(&str) -> String,
    parts: PartWriter,
}

impl<'a> InputWriter<'a, '_> {
    /// Writes a list by `write` and returns it.
    fn list(&mut self, write: impl FnOnce(&mut Self)) -> String {
        self.parts.json.begin_array();
        write(self);
        self.parts.json.end_array();
        std::mem::take(&mut self.parts.json).finish()
    }

    fn messages(&mut self, turns: &[Turn<'_>]) {
        let mut last = None;
        for turn in turns {
            let key = Some((turn.index(), turn.role()));
            // Texts beside the parts of a message are part of it.
            if !matches!(turn, Turn::Texts(_)) || last != key {
                self.parts.end_message();
                self.parts.begin_message(turn.role());
            }
            self.parts(turn);
            last = key;
        }
        self.parts.end_message();
    }

    fn parts(&mut self, turn: &Turn<'_>) {
        match turn {
            Turn::Branch(branch) if branch.node == Node::Message(Some(Role::Tool)) => self.result(branch),
            Turn::Branch(branch) if matches!(branch.node, Node::Part(_)) => self.part(branch, PartKind::Text),
            Turn::Branch(branch) => self.children(branch, PartKind::Text),
            Turn::Texts(texts) => texts.iter().for_each(|text| self.text(text, PartKind::Text)),
        }
    }

    fn children(&mut self, branch: &Branch, kind: PartKind) {
        for child in &branch.children {
            match child {
                Child::Text(text) => self.text(text, kind),
                Child::Branch(inner) => self.part(inner, kind),
            }
        }
    }

    /// Writes a part within a part of a kind.
    fn part(&mut self, part: &Branch, within: PartKind) {
        match part.node {
            Node::Part(PartKind::ToolCall) => self.call(part),
            Node::Part(PartKind::ToolResult) => self.result(part),
            Node::Part(kind @ (PartKind::Image | PartKind::Audio | PartKind::Video | PartKind::File)) => {
                self.media(part, kind);
                self.children(part, PartKind::Text);
            }
            Node::Part(PartKind::Reasoning) => self.children(part, PartKind::Reasoning),
            // A call of a tool that the provider runs.
            Node::Part(PartKind::Other) if part.property(Property::Arguments).is_some() => {
                self.call(part);
                self.children(part, within);
            }
            _ => self.children(part, within),
        }
    }

    /// Writes a text of a part of a kind. Those of a call's arguments are part of the call.
    fn text(&mut self, text: &TextSpan, kind: PartKind) {
        let kind = match text.place {
            TextKind::Text if kind == PartKind::Reasoning => "reasoning",
            TextKind::Text => "text",
            TextKind::Reasoning | TextKind::SignedReasoning => "reasoning",
            TextKind::ToolResult => return self.parts.tool_result(None, &self.string(text.span)),
            _ => return,
        };
        self.parts.text(kind, &self.string(text.span));
    }

    /// Writes a tool call with its arguments: a JSON value, or a text.
    fn call(&mut self, call: &Branch) {
        let [id, name] = [Property::Id, Property::Name].map(|name| call.property(name).map(|span| self.string(span)));
        let arguments = call.property(Property::Arguments);
        let arguments = arguments.map(|value| self.source.text(value).unwrap_or_else(|| self.source.raw(value)));
        self.parts.tool_call(id.as_deref(), name.as_deref(), &arguments.unwrap_or_default());
    }

    /// Writes the result of a tool call: a JSON object, and texts and media beside it.
    fn result(&mut self, result: &Branch) {
        let id = result.property(Property::CallId).map(|id| self.string(id));
        let value = result.property(Property::Result).filter(|value| self.source.raw(*value).starts_with('{'));
        if let Some(value) = value {
            self.parts.tool_value(id.as_deref(), &self.source.raw(value));
        }
        self.result_parts(result, id.as_deref(), [value, result.property(Property::IsError)]);
    }

    /// Writes the texts and media of a result, except for texts of `known` members.
    fn result_parts(&mut self, result: &Branch, id: Option<&str>, known: [Option<Span>; 2]) {
        let is_known = |text: &TextSpan| {
            let mut known = known.iter().flatten();
            known.any(|member| member.start <= text.span.start && text.span.end <= member.end)
        };
        for child in &result.children {
            match child {
                Child::Text(text) if is_known(text) => {}
                Child::Text(text) if matches!(text.place, TextKind::Text | TextKind::ToolResult) => {
                    self.parts.tool_result(id, &self.string(text.span));
                }
                Child::Text(text) => self.text(text, PartKind::Text),
                Child::Branch(part) => match part.node {
                    Node::Part(PartKind::Text | PartKind::Other) => self.result_parts(part, id, known),
                    _ => self.part(part, PartKind::Text),
                },
            }
        }
    }

    /// Writes media without their data.
    fn media(&mut self, part: &Branch, kind: PartKind) {
        let string = |property| part.property(property).and_then(|value| self.source.string(value));
        let (url, file) = (string(Property::Url), string(Property::FileId));
        let media_type = string(Property::MediaType).unwrap_or_default();
        let data = string(Property::Data).filter(|_| string(Property::SourceType).as_deref() != Some("text"));
        let encoded = url.as_deref().and_then(|url| url.strip_prefix("data:"));
        let (media_type, source) = match (encoded, &url, &data, &file) {
            (Some(encoded), ..) => {
                let (head, data) = encoded.split_once(',').unwrap_or((encoded, ""));
                // Some clients escape the slash.
                let media_type = head.split(';').next().unwrap_or_default().replace("\\/", "/");
                (Cow::Owned(media_type), MediaSource::Inline(decoded_length(data)))
            }
            (None, Some(url), ..) => {
                let url = (self.clean)(url);
                return self.parts.media(kind, &media_type, &MediaSource::Uri(&url));
            }
            (None, None, Some(data), _) => (media_type, MediaSource::Inline(decoded_length(data))),
            (None, None, None, Some(file)) => {
                let file = (self.clean)(file);
                return self.parts.media(kind, &media_type, &MediaSource::File(&file));
            }
            (None, None, None, None) => return,
        };
        self.parts.media(kind, &media_type, &source);
    }

    /// Text of a string, edited; empty for any other value.
    fn string(&self, span: Span) -> Cow<'a, str> {
        self.source.text(span).unwrap_or_default()
    }
}

/// Length of the data that a text of Base64 stands for.
fn decoded_length(encoded: &str) -> usize {
    let padding = encoded.bytes().rev().take_while(|byte| *byte == b'=').count();
    encoded.len().saturating_sub(padding) * 3 / 4
}
