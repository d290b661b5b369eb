//! Parts of turns, read from the branches of any dialect.

use super::carrier::{Carrier, Proof, ProofKind, ReasoningPart};
use super::maker::{Escaped, Maker};
use crate::document::{EditedDocument, Span, sort_by_number};
use crate::model::{Branch, Child, Loss, Losses, Media, Node, PartKind, Property, SchemaNode, TextSpan, document_type};
use std::borrow::Cow;

/// Part of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct MessagePart<'a> {
    /// The part.
    pub data: PartData<'a>,
    /// Marker up to which the provider caches the prompt, as a JSON value in the request's dialect.
    pub cache: Option<Cow<'a, str>>,
    /// A value of the part, by which losses name it.
    pub span: Span,
}

/// Data of a part, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum PartData<'a> {
    /// Text, with its citations as a JSON value.
    Text(Escaped<'a>, Option<Cow<'a, str>>),
    /// Image, audio, video or file.
    Media(Box<MediaPart<'a>>),
    /// Reasoning of an earlier turn.
    Reasoning(ReasoningPart<'a>),
    /// The model's explanation of a refusal.
    Refusal(Escaped<'a>),
    /// Call of a tool in an earlier turn.
    Call(Box<CallPart<'a>>),
    /// Result of a call.
    Result(Box<ResultPart<'a>>),
}

/// Media of a turn.
#[derive(Clone, Debug, PartialEq)]
pub struct MediaPart<'a> {
    /// Kind.
    pub kind: PartKind,
    /// The media.
    pub media: Media<'a>,
    /// Type of media at an address, where it is given.
    pub media_type: Option<Escaped<'a>>,
    /// Name of the file, or title of the document.
    pub name: Option<Escaped<'a>>,
    /// Context of a document.
    pub context: Option<Escaped<'a>>,
    /// Resolution at which an image is read.
    pub detail: Option<Escaped<'a>>,
    /// Request for citations, as a JSON value.
    pub citations: Option<Cow<'a, str>>,
}

/// Call of a tool in an earlier turn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallPart<'a> {
    /// Id, unique in the request.
    pub id: Escaped<'a>,
    /// Name of the function.
    pub name: Escaped<'a>,
    /// Arguments as JSON; the input of a custom tool as plain text.
    pub arguments: Cow<'a, str>,
    /// Set for a call of a custom tool.
    pub is_custom: bool,
    /// Proof of the reasoning before it.
    pub proof: Option<Proof<'a>>,
    /// Place of the proof.
    pub proof_span: Option<Span>,
}

/// Result of a call.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ResultPart<'a> {
    /// Id of the call.
    pub id: Escaped<'a>,
    /// Name of the function, where it is known.
    pub name: Option<Escaped<'a>>,
    /// Set when the tool failed.
    pub is_error: bool,
    /// Texts and media.
    pub parts: Vec<MessagePart<'a>>,
    /// A JSON value in place of parts.
    pub value: Option<Cow<'a, str>>,
}

impl<'a> MessagePart<'a> {
    fn new(data: PartData<'a>, span: Span) -> Self {
        Self { data, cache: None, span }
    }

    /// Returns the text, where the part is one.
    pub fn text(&self) -> Option<&str> {
        if let PartData::Text(text, _) = &self.data { Some(text) } else { None }
    }

    /// Returns the text of a part of a kind: text, reasoning or refusal.
    pub fn output_text(&self, kind: PartKind) -> Option<&str> {
        match (&self.data, kind) {
            (PartData::Text(text, _), PartKind::Text) | (PartData::Refusal(text), PartKind::Refusal) => Some(text),
            (PartData::Reasoning(part), PartKind::Reasoning) => Some(&part.text),
            _ => None,
        }
    }

    /// Matches a text without anything beside it.
    pub fn is_plain_text(&self) -> bool {
        matches!(&self.data, PartData::Text(_, None)) && self.cache.is_none()
    }

    /// Matches a text of white space, which several APIs refuse.
    pub fn is_blank(&self) -> bool {
        self.text().is_some_and(is_blank)
    }
}

/// Matches an escaped text of white space alone.
fn is_blank(text: &str) -> bool {
    crate::document::unescape(text).trim().is_empty()
}

impl<'a> ResultPart<'a> {
    /// Joins the texts, each on lines of its own. A value is its JSON.
    pub fn joined(&self) -> Escaped<'a> {
        if let Some(value) = &self.value {
            return escaped(value);
        }
        let mut texts = self.parts.iter().filter_map(|part| match &part.data {
            PartData::Text(text, _) | PartData::Refusal(text) => Some(text),
            _ => None,
        });
        let Some(first) = texts.next() else { return Cow::Borrowed("") };
        let mut joined = first.clone();
        for text in texts {
            joined = Cow::Owned([&*joined, text].join("\\n"));
        }
        joined
    }

    /// Makes a text of the value in place of parts.
    pub(super) fn value_to_text(&mut self, span: Span) {
        if let Some(value) = self.value.take() {
            self.parts.push(MessagePart::new(PartData::Text(escaped(&value), None), span));
        }
    }

    /// Media among the parts.
    pub fn media(&self) -> impl Iterator<Item = &MessagePart<'a>> {
        self.parts.iter().filter(|part| matches!(part.data, PartData::Media(_)))
    }
}

/// Escapes a text for the inside of a JSON string.
pub(super) fn escaped<'a>(text: &str) -> Escaped<'a> {
    let mut out = String::with_capacity(text.len());
    crate::document::escape_into(text, &mut out);
    Cow::Owned(out)
}

/// Reader of parts: the source, and whose signatures its dialect carries.
pub(super) struct PartReader<'r, 'a> {
    pub(super) source: &'r EditedDocument<'a>,
    pub(super) maker: Maker,
    pub(super) losses: &'r mut Losses,
}

impl<'a> PartReader<'_, 'a> {
    /// Reads the children of a message or of a result.
    pub(super) fn children(&mut self, children: &[Child]) -> Vec<MessagePart<'a>> {
        let mut parts = Vec::with_capacity(children.len());
        for child in children {
            match child {
                Child::Text(text) => parts.push(self.text(text)),
                // The last piece of a stream, which a client keeps.
                Child::Branch(branch) if self.maker == Maker::Google && is_empty_text(branch, self.source) => {}
                Child::Branch(branch) => self.branch(branch, &mut parts),
            }
        }
        parts
    }

    fn text(&self, text: &TextSpan) -> MessagePart<'a> {
        let value = self.source.string(text.span).unwrap_or_default();
        MessagePart::new(PartData::Text(value, None), text.span)
    }

    fn branch(&mut self, branch: &Branch, parts: &mut Vec<MessagePart<'a>>) {
        let Node::Part(kind) = branch.node else { return };
        let cache = self.raw(branch, Property::CacheMarker);
        let span = span_of(branch);
        let before = parts.len();
        match kind {
            PartKind::Text => {
                let citations = self.raw(branch, Property::Citations).filter(|raw| raw != "[]");
                for text in branch.all_texts() {
                    let text = self.source.string(text).unwrap_or_default();
                    parts.push(MessagePart::new(PartData::Text(text, None), span));
                }
                if let Some(MessagePart { data: PartData::Text(_, last), .. }) = parts.last_mut() {
                    *last = citations;
                }
                self.losses.add_members(branch, &[Property::Signature]);
            }
            PartKind::Plan => {
                // Wherever it stands, it comes before the calls.
                let at = parts.iter().position(|part| matches!(part.data, PartData::Call(_))).unwrap_or(before);
                let text = self.source.joined(&branch.all_texts());
                if !text.is_empty() {
                    parts.insert(at, MessagePart::new(PartData::Text(text.into(), None), span));
                }
                return;
            }
            PartKind::Refusal => {
                let text = self.source.joined(&branch.all_texts());
                if !text.is_empty() {
                    parts.push(MessagePart::new(PartData::Refusal(text.into()), span));
                }
            }
            PartKind::Reasoning => match self.reasoning(branch) {
                Some(data) => parts.push(MessagePart::new(data, span)),
                // The provider alone knows it.
                None if branch.property(Property::Id).is_some() => self.losses.add_at(Loss::Part(kind), span),
                None => {}
            },
            PartKind::ToolCall => {
                let data = PartData::Call(Box::new(self.call(branch)));
                parts.push(MessagePart::new(data, span));
            }
            PartKind::ToolResult => parts.push(MessagePart::new(self.result(branch), span)),
            PartKind::CacheMarker => {
                // Stands behind the part that it marks.
                if let Some(last) = parts.last_mut() {
                    last.cache = cache.or(Some(Cow::Borrowed("{}")));
                    // The marker is all that a text can lose.
                    if last.text().is_some() {
                        last.span = span;
                    }
                }
                return;
            }
            PartKind::Image | PartKind::Audio | PartKind::Video | PartKind::File => match self.media(kind, branch) {
                Some(media) => parts.push(MessagePart::new(PartData::Media(Box::new(media)), span)),
                None => self.document(kind, branch, parts),
            },
            PartKind::Other => self.losses.add_at(Loss::Part(kind), span),
        }
        if let Some(last) = parts.get_mut(before..).and_then(<[_]>::last_mut) {
            last.cache = cache;
        }
    }

    /// Reads a document whose source is content blocks, or values by name: its texts stand in its place.
    fn document(&mut self, kind: PartKind, branch: &Branch, parts: &mut Vec<MessagePart<'a>>) {
        if let Some(value) = branch.property(Property::Result) {
            let text = self.source.string(value).unwrap_or_else(|| escaped(&self.source.raw(value)));
            return parts.push(MessagePart::new(PartData::Text(text, None), value));
        }
        let within = self.children(&branch.children);
        for property in [Property::Context, Property::Citations, Property::FileName, Property::Title] {
            if let Some(span) = branch.property(property).filter(|_| !within.is_empty()) {
                self.losses.add_at(Loss::Property(property), span);
            }
        }
        if within.is_empty() {
            self.losses.add_at(Loss::Part(kind), span_of(branch));
        }
        parts.extend(within);
    }

    fn media(&self, kind: PartKind, branch: &Branch) -> Option<MediaPart<'a>> {
        let media = Media::of(branch, self.source)?;
        let text = |property| branch.property(property).and_then(|span| self.source.string(span));
        let name = text(Property::FileName).or_else(|| text(Property::Title));
        let media = match media {
            Media::Inline { kind, data } if kind.is_empty() => {
                Media::Inline { kind: name.as_deref().map(kind_of_name).unwrap_or_default().into(), data }
            }
            media => media,
        };
        Some(MediaPart {
            kind,
            media,
            media_type: text(Property::MediaType).filter(|kind| !kind.is_empty()),
            name,
            context: text(Property::Context),
            // The default.
            detail: text(Property::Detail).filter(|detail| detail != "auto").map(resolution),
            citations: self.raw(branch, Property::Citations),
        })
    }

    /// Reads reasoning. `None`: it says nothing.
    fn reasoning(&self, branch: &Branch) -> Option<PartData<'a>> {
        let text = |property| branch.property(property).and_then(|span| self.source.string(span));
        let joined: Escaped<'a> = Cow::Owned(self.source.joined(&branch.all_texts()));
        let encrypted = text(Property::Encrypted).filter(|value| !value.is_empty());
        let signature = text(Property::Signature).filter(|value| !value.is_empty());
        let id = text(Property::Id);
        let maker = text(Property::Format).and_then(|format| Maker::of_format(&format)).unwrap_or(self.maker);
        let proof = match (encrypted, signature) {
            (Some(value), _) => Some(Proof { maker, kind: ProofKind::Encrypted, value }),
            (None, Some(value)) => Some(Proof { maker, kind: ProofKind::Signature, value }),
            (None, None) => None,
        };
        if joined.is_empty() && proof.is_none() {
            return None;
        }
        // A carrier has the text as it was signed.
        if let Some(Carrier::Reasoning(part)) = proof.as_ref().and_then(|proof| Carrier::read(&proof.value)) {
            return Some(PartData::Reasoning(part));
        }
        Some(PartData::Reasoning(ReasoningPart { text: joined, proof, id }))
    }

    fn call(&self, branch: &Branch) -> CallPart<'a> {
        let text = |property| branch.property(property).and_then(|span| self.source.string(span));
        let arguments = branch.property(Property::Arguments).map(|span| match self.source.text(span) {
            Some(text) => text,
            None => self.source.raw(span),
        });
        let is_custom = text(Property::Type).is_some_and(|kind| is_custom(&kind));
        let arguments = match is_custom {
            true => arguments.or(Some(Cow::Borrowed(""))),
            false => arguments.filter(|text| !text.trim().is_empty() && text != "null"),
        };
        let proof = text(Property::Signature).filter(|value| !value.is_empty());
        let proof = proof.map(|value| match Carrier::read(&value) {
            Some(Carrier::Call(proof)) => proof,
            _ => Proof { maker: self.maker.of_call(), kind: ProofKind::Signature, value },
        });
        CallPart {
            id: text(Property::Id).unwrap_or_default(),
            name: text(Property::Name).unwrap_or_default(),
            arguments: arguments.unwrap_or(Cow::Borrowed("{}")),
            is_custom,
            proof_span: branch.property(Property::Signature).filter(|_| proof.is_some()),
            proof,
        }
    }

    /// Reads a result of a tool: a part, or a message by itself.
    pub(super) fn result(&mut self, branch: &Branch) -> PartData<'a> {
        let text = |property| branch.property(property).and_then(|span| self.source.string(span));
        let (id, name) = (text(Property::CallId).unwrap_or_default(), text(Property::Name));
        let is_error = self.raw(branch, Property::IsError).is_some_and(|raw| matches!(&*raw, "true" | "\"error\""));
        let values = branch.properties.iter().filter(|(property, _)| *property == Property::Result);
        let mut values: Vec<(Span, Cow<'a, str>)> =
            values.map(|(_, span)| (*span, self.source.raw(*span))).filter(|(_, raw)| raw != "null").collect();
        // By convention: <https://ai.google.dev/api/caching#FunctionResponse>, read 2026-11-29.
        let is_error = is_error || self.maker == Maker::Google && values.iter().any(|(_, raw)| is_failure(raw));
        // Texts within a value are the value's.
        let children: Vec<Child> = match values.is_empty() {
            true => branch.children.clone(),
            false => branch.children.iter().filter(|child| matches!(child, Child::Branch(_))).cloned().collect(),
        };
        let mut parts = self.children(&children);
        let has_text = parts.iter().any(|part| part.text().is_some());
        let value = if has_text || values.len() > 1 { None } else { values.pop().map(|(_, value)| value) };
        // Among others a value is a text.
        let texts =
            values.into_iter().map(|(span, value)| MessagePart::new(PartData::Text(escaped(&value), None), span));
        parts.extend(texts);
        sort_by_number(&mut parts, |part| u64::from(part.span.start));
        PartData::Result(Box::new(ResultPart { id, name, is_error, parts, value }))
    }

    fn raw(&self, branch: &Branch, property: Property) -> Option<Cow<'a, str>> {
        branch.property(property).map(|span| self.source.raw(span)).filter(|raw| raw != "null")
    }
}

/// Matches the type of a call of a custom tool: that of responses, and that of chat completions.
pub(super) fn is_custom(kind: &str) -> bool {
    matches!(kind, "custom_tool_call" | "custom")
}

/// Type of a file, by the end of its name; empty when unknown.
fn kind_of_name(name: &str) -> &'static str {
    let (_, end) = name.rsplit_once('.').unwrap_or_default();
    document_type(&end.to_ascii_lowercase()).unwrap_or_default()
}

/// Matches a text without a sign, and without anything beside it.
fn is_empty_text(branch: &Branch, source: &EditedDocument<'_>) -> bool {
    let texts = branch.all_texts();
    branch.node == Node::Part(PartKind::Text)
        && branch.properties.is_empty()
        && texts.iter().all(|text| source.string(*text).is_none_or(|text| text.is_empty()))
}

/// Returns the word of a resolution. Google's are long and in capitals.
fn resolution(word: Escaped<'_>) -> Escaped<'_> {
    match word.strip_prefix("MEDIA_RESOLUTION_") {
        Some(level) => Cow::Owned(level.to_ascii_lowercase()),
        None => word,
    }
}

/// Matches a JSON object whose only member is Google's `error`.
fn is_failure(value: &str) -> bool {
    SchemaNode::read(value).is_some_and(|node| matches!(node.members(), [("error", _)]))
}

/// Returns a value of a part.
pub(super) fn span_of(branch: &Branch) -> Span {
    let own = branch.properties.iter().map(|(_, span)| *span).filter(|span| span.end > 0);
    own.min_by_key(|span| span.start).or_else(|| branch.all_texts().first().copied()).unwrap_or_default()
}
