//! Writer of the items of a request's input.

use super::response_writer::CallWords;
use crate::dialect::writing::{address, id, lose_cache, lose_name_and_prefix, member};
use crate::document::{JsonWriter, KeySet};
use crate::model::{
    Author, CallPart, ConversationTurn, Loss, Losses, Maker, Media, MediaPart, MessagePart, PartData, PartKind,
    Property, ReasoningPart, ResultPart,
};
use std::borrow::Cow;

/// Longest id of a call: the API answers "string too long. Expected a string with maximum length 64" to a longer one
/// (<https://github.com/AnswerDotAI/fastllm/issues/45>, read 2026-11-29).
const LONGEST_ID: usize = 64;

/// Writer of items into the input of a request.
pub(super) struct ItemWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
    /// Ids of the calls of custom tools so far.
    pub(super) custom: KeySet<String>,
}

impl ItemWriter<'_> {
    /// Writes a turn: calls, results and reasoning are items of their own, all else messages between them. `at`: index of
    /// the turn.
    pub(super) fn turn(&mut self, at: usize, turn: &ConversationTurn<'_>) {
        lose_name_and_prefix(turn, self.losses);
        let mut contents = Vec::new();
        let mut is_item = false;
        for part in &turn.parts {
            lose_cache(part, self.losses);
            match &part.data {
                PartData::Media(media) if !is_written(turn.author, media) => {
                    self.losses.add_at(Loss::Part(media.kind), part.span);
                }
                PartData::Text(..) | PartData::Media(_) => contents.push(part),
                PartData::Refusal(_) if turn.author != Author::Assistant => contents.push(part),
                _ => {
                    self.message(turn, &std::mem::take(&mut contents));
                    self.item(at, part);
                    is_item = true;
                }
            }
        }
        if contents.is_empty() && !is_item && turn.author == Author::User {
            self.json.begin_object().name("role").string("user").name("content").string("").end_object();
        }
        self.message(turn, &contents);
    }

    fn item(&mut self, at: usize, part: &MessagePart<'_>) {
        match &part.data {
            PartData::Call(call) => self.call(part, call),
            PartData::Result(result) => self.result(part, result),
            PartData::Reasoning(reasoning) if is_own(&part.data) => self.reasoning(reasoning),
            PartData::Reasoning(_) => self.losses.add_at(Loss::Part(PartKind::Reasoning), part.span),
            PartData::Refusal(text) => self.refusal(at, text),
            _ => {}
        }
    }

    /// Writes a message. Each text of the model's is a message by itself: one without an id has a string.
    fn message(&mut self, turn: &ConversationTurn<'_>, parts: &[&MessagePart<'_>]) {
        let role = match turn.author {
            Author::System if turn.is_developer => "developer",
            Author::System => "system",
            Author::Assistant => "assistant",
            Author::User => "user",
        };
        if turn.author == Author::Assistant {
            for part in parts.iter().filter(|part| !part.is_blank()) {
                self.lose_citations(part);
                self.json.begin_object().name("role").string(role).name("content");
                self.json.escaped(said(part)).end_object();
            }
            return;
        }
        if parts.is_empty() {
            return;
        }
        self.json.begin_object().name("role").string(role).name("content");
        self.contents(parts);
        self.json.end_object();
    }

    /// Writes contents: one text as a string, anything else as parts.
    fn contents(&mut self, parts: &[&MessagePart<'_>]) {
        match parts {
            [] => drop(self.json.string("")),
            [part] if is_text(part) => {
                self.lose_citations(part);
                self.json.escaped(said(part));
            }
            parts => {
                self.json.begin_array();
                parts.iter().for_each(|part| self.part(part));
                self.json.end_array();
            }
        }
    }

    fn lose_citations(&mut self, part: &MessagePart<'_>) {
        if let PartData::Text(_, Some(_)) = part.data {
            self.losses.add_at(Loss::Property(Property::Citations), part.span);
        }
    }

    fn part(&mut self, part: &MessagePart<'_>) {
        match &part.data {
            PartData::Media(media) if !is_text(part) => self.media(part, media),
            _ => {
                self.lose_citations(part);
                self.json.begin_object().name("type").string("input_text").name("text").escaped(said(part));
                self.json.end_object();
            }
        }
    }

    fn media(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>) {
        for (property, is_said) in
            [(Property::Citations, content.citations.is_some()), (Property::Context, content.context.is_some())]
        {
            if is_said {
                self.losses.add_at(Loss::Property(property), part.span);
            }
        }
        let is_image = content.kind == PartKind::Image;
        self.json.begin_object().name("type").string(if is_image { "input_image" } else { "input_file" });
        match &content.media {
            Media::File(id) => drop(self.json.name("file_id").escaped(id)),
            media if is_image => drop(self.json.name("image_url").escaped(&address(media))),
            Media::Url(url) => drop(self.json.name("file_url").escaped(url)),
            media => {
                // A name is required with the data.
                self.json.name("filename").escaped(content.name.as_deref().unwrap_or("file"));
                self.json.name("file_data").escaped(&address(media));
            }
        }
        let known = content.detail.as_ref().filter(|detail| matches!(&***detail, "low" | "high" | "original"));
        match is_image {
            true => drop(self.json.name("detail").escaped(known.map_or("auto", |detail| detail))),
            false => member(self.json, "detail", known),
        }
        self.json.end_object();
    }

    fn call(&mut self, part: &MessagePart<'_>, call: &CallPart<'_>) {
        if call.proof.is_some() {
            self.losses.add_at(Loss::Property(Property::Signature), part.span);
        }
        let words = CallWords::of(call.is_custom);
        if call.is_custom {
            self.custom.insert(call.id.clone().into_owned());
        }
        self.json.begin_object().name("type").string(words.kind).name("call_id").escaped(&call_id(&call.id));
        self.json.name("name").escaped(&call.name).name(words.member).string(&call.arguments).end_object();
    }

    fn result(&mut self, part: &MessagePart<'_>, result: &ResultPart<'_>) {
        if result.is_error {
            self.losses.add_at(Loss::Property(Property::IsError), part.span);
        }
        let is_custom = self.custom.contains(&*result.id);
        let kind = if is_custom { "custom_tool_call_output" } else { "function_call_output" };
        self.json.begin_object().name("type").string(kind);
        self.json.name("call_id").escaped(&call_id(&result.id)).name("output");
        let mut parts = Vec::new();
        for part in &result.parts {
            lose_cache(part, self.losses);
            match &part.data {
                PartData::Media(media) if !is_written(Author::User, media) => {
                    self.losses.add_at(Loss::Part(media.kind), part.span);
                }
                _ => parts.push(part),
            }
        }
        match (&result.value, parts.as_slice()) {
            (None, parts) => self.contents(parts),
            (Some(_), []) => drop(self.json.escaped(&result.joined())),
            (Some(_), parts) => {
                self.json.begin_array().begin_object().name("type").string("input_text");
                self.json.name("text").escaped(&result.joined()).end_object();
                parts.iter().for_each(|part| self.part(part));
                self.json.end_array();
            }
        }
        self.json.end_object();
    }

    /// Writes encrypted reasoning. Its id is required; the API does not look it up in a conversation that is not stored.
    fn reasoning(&mut self, part: &ReasoningPart<'_>) {
        let Some(proof) = &part.proof else { return };
        self.json.begin_object().name("type").string("reasoning").name("id");
        match &part.id {
            Some(id) => self.json.escaped(id),
            None => self.json.string(&format!("rs_{}", id(&proof.value, "", 32))),
        };
        self.json.name("summary").begin_array();
        if !part.text.is_empty() {
            self.json.begin_object().name("type").string("summary_text").name("text").escaped(&part.text).end_object();
        }
        self.json.end_array().name("encrypted_content").escaped(&proof.value).end_object();
    }

    /// Writes a refusal, which only a message with an id can have.
    fn refusal(&mut self, at: usize, text: &str) {
        self.json.begin_object().name("type").string("message").name("id").string(&format!("msg_{at}"));
        self.json.name("role").string("assistant").name("status").string("completed").name("content").begin_array();
        self.json.begin_object().name("type").string("refusal").name("refusal").escaped(text).end_object();
        self.json.end_array().end_object();
    }
}

fn call_id(given: &str) -> Cow<'_, str> {
    if given.len() > LONGEST_ID { id(given, "-_", LONGEST_ID) } else { given.into() }
}

/// Matches a part that is written as text: a document of text is one.
fn is_text(part: &MessagePart<'_>) -> bool {
    match &part.data {
        PartData::Media(media) => matches!(media.media, Media::Text(_)),
        _ => true,
    }
}

/// Text of a part.
fn said<'p>(part: &'p MessagePart<'_>) -> &'p str {
    match &part.data {
        PartData::Text(text, _) | PartData::Refusal(text) => text,
        PartData::Media(media) => match &media.media {
            Media::Text(text) => text,
            _ => "",
        },
        _ => "",
    }
}

/// Reports whether media have a form here: images, and files.
fn is_written(author: Author, media: &MediaPart<'_>) -> bool {
    match (media.kind, &media.media) {
        (_, media) if media.is_at_google() => false,
        (_, Media::Text(_)) => true,
        (kind, _) => author != Author::Assistant && matches!(kind, PartKind::Image | PartKind::File),
    }
}

/// Matches reasoning that OpenAI has encrypted.
pub(super) fn is_own(part: &PartData<'_>) -> bool {
    match part {
        PartData::Reasoning(part) => part.proof.as_ref().is_some_and(|proof| proof.maker == Maker::OpenAi),
        _ => false,
    }
}
