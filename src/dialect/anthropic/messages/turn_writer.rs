//! Writer of the system text and the turns of a request.

use super::thinking::is_proven;
use crate::dialect::writing::{
    self, CacheTime, cache_time, is_public, lose_cache, mime, text_of, trimmed, write_object,
};
use crate::document::JsonWriter;
use crate::model::{
    Author, CallPart, ConversationTurn, Loss, Losses, Media, MediaPart, MessagePart, PartData, PartKind, ProofKind,
    Property, ReasoningPart, ResultPart,
};

/// Writer of turns into a request.
pub(super) struct TurnWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
    /// Set when the provider fetches media by their address, and keeps files.
    pub(super) takes_addresses: bool,
}

/// Longest id of a call, in bytes: the API states no bound.
const LONGEST_ID: usize = 256;

/// Writes the marker of a part.
pub(super) fn write_cache(json: &mut JsonWriter, marker: Option<&str>) {
    let Some(marker) = marker else { return };
    json.name("cache_control").begin_object().name("type").string("ephemeral");
    match cache_time(marker) {
        CacheTime::Usual => {}
        CacheTime::Minutes => drop(json.name("ttl").string("5m")),
        CacheTime::Hour => drop(json.name("ttl").string("1h")),
    }
    json.end_object();
}

impl TurnWriter<'_> {
    /// Writes all instructions before the conversation.
    pub(super) fn system(&mut self, turns: &[&ConversationTurn<'_>]) {
        let parts: Vec<&MessagePart<'_>> = turns.iter().flat_map(|turn| &turn.parts).collect();
        let parts: Vec<&MessagePart<'_>> = parts.into_iter().filter(|part| !part.is_blank()).collect();
        match parts.as_slice() {
            [] => {}
            [part] if part.is_plain_text() => drop(self.json.name("system").escaped(part.text().unwrap_or_default())),
            parts => {
                self.json.name("system").begin_array();
                parts.iter().for_each(|part| self.block(part));
                self.json.end_array();
            }
        }
    }

    /// Writes the turns.
    pub(super) fn turns(&mut self, turns: &[&ConversationTurn<'_>]) {
        self.json.name("messages").begin_array();
        let last = turns.len().saturating_sub(1);
        for (at, turn) in turns.iter().enumerate() {
            self.turn(turn, at == last);
        }
        self.json.end_array();
    }

    fn turn(&mut self, turn: &ConversationTurn<'_>, is_last: bool) {
        if turn.name.is_some() {
            self.losses.add_at(Loss::Property(Property::Name), turn.span);
        }
        // Text first, calls last within an assistant's turn; results first within a user's.
        let rank = |part: &MessagePart<'_>| match &part.data {
            PartData::Result(_) | PartData::Reasoning(_) => 0,
            PartData::Call(_) => 2,
            _ => 1,
        };
        let parts: Vec<&MessagePart<'_>> =
            (0..=2).flat_map(|wanted| turn.parts.iter().filter(move |part| rank(part) == wanted)).collect();
        let parts: Vec<&MessagePart<'_>> = parts.into_iter().filter(|part| self.is_written(part)).collect();
        let is_assistant = turn.author == Author::Assistant;
        if parts.is_empty() {
            return;
        }
        self.json.begin_object().name("role").string(if is_assistant { "assistant" } else { "user" }).name("content");
        match parts.as_slice() {
            [part] if part.is_plain_text() => {
                let text = part.text().unwrap_or_default();
                // The text to go on from may not end in white space.
                self.json.escaped(if is_assistant && is_last { trimmed(text) } else { text });
            }
            parts => {
                self.json.begin_array();
                parts.iter().for_each(|part| self.block(part));
                self.json.end_array();
            }
        }
        self.json.end_object();
    }

    /// Reports whether a part has a form here; adds it to the losses if not. Blank texts are refused.
    fn is_written(&mut self, part: &MessagePart<'_>) -> bool {
        let kind = match &part.data {
            PartData::Text(..) if !part.is_blank() => return true,
            PartData::Text(..) => {
                lose_cache(part, self.losses);
                return false;
            }
            PartData::Media(media) if is_media(media, self.takes_addresses) => return true,
            PartData::Media(media) => media.kind,
            PartData::Reasoning(_) if is_proven(&part.data) => return true,
            PartData::Reasoning(_) => PartKind::Reasoning,
            _ => return true,
        };
        lose_cache(part, self.losses);
        self.losses.add_at(Loss::Part(kind), part.span);
        false
    }

    fn block(&mut self, part: &MessagePart<'_>) {
        match &part.data {
            PartData::Text(text, citations) => {
                if citations.is_some() {
                    self.losses.add_at(Loss::Property(Property::Citations), part.span);
                }
                self.json.begin_object().name("type").string("text").name("text").escaped(text);
            }
            PartData::Refusal(text) => {
                self.json.begin_object().name("type").string("text").name("text").escaped(text);
            }
            PartData::Media(media) => self.media(part, media),
            PartData::Reasoning(reasoning) => return self.reasoning(reasoning),
            PartData::Call(call) => self.call(part, call),
            PartData::Result(result) => self.result(result),
        }
        write_cache(self.json, part.cache.as_deref());
        self.json.end_object();
    }

    /// Writes media, up to the end of its members.
    fn media(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>) {
        if content.detail.is_some() {
            self.losses.add_at(Loss::Property(Property::Detail), part.span);
        }
        let is_image = content.kind == PartKind::Image;
        self.json.begin_object().name("type").string(if is_image { "image" } else { "document" });
        self.json.name("source").begin_object();
        match &content.media {
            Media::Url(url) => self.json.name("type").string("url").name("url").escaped(url),
            Media::File(id) => self.json.name("type").string("file").name("file_id").escaped(id),
            Media::Text(text) => {
                self.json.name("type").string("text").name("media_type").string("text/plain");
                self.json.name("data").escaped(text)
            }
            Media::Inline { kind, data } if let Some(text) = text_of(content.kind, kind, data) => {
                self.json.name("type").string("text").name("media_type").string("text/plain");
                self.json.name("data").string(&text)
            }
            Media::Inline { kind, data } => {
                self.json.name("type").string("base64").name("media_type").escaped(mime(kind));
                self.json.name("data").escaped(data)
            }
        };
        self.json.end_object();
        if is_image {
            return;
        }
        for (name, value) in [("title", &content.name), ("context", &content.context)] {
            writing::member(self.json, name, value.as_ref());
        }
        if let Some(citations) = content.citations.as_deref().filter(|raw| raw.contains("\"enabled\"")) {
            self.json.name("citations").raw(citations);
        }
    }

    /// Writes signed or encrypted reasoning. Without Anthropic's proof the API refuses it.
    fn reasoning(&mut self, part: &ReasoningPart<'_>) {
        let Some(proof) = &part.proof else { return };
        self.json.begin_object().name("type");
        match proof.kind {
            ProofKind::Encrypted => self.json.string("redacted_thinking").name("data").escaped(&proof.value),
            ProofKind::Signature => {
                self.json.string("thinking").name("thinking").escaped(&part.text);
                self.json.name("signature").escaped(&proof.value)
            }
        };
        self.json.end_object();
    }

    fn call(&mut self, part: &MessagePart<'_>, call: &CallPart<'_>) {
        if call.proof.is_some() {
            self.losses.add_at(Loss::Property(Property::Signature), call.proof_span.unwrap_or(part.span));
        }
        self.json.begin_object().name("type").string("tool_use");
        self.json.name("id").escaped(&writing::id(&call.id, "-_", LONGEST_ID)).name("name").escaped(&call.name);
        self.json.name("input");
        write_object(self.json, &call.arguments, || self.losses.add_at(Loss::Property(Property::Arguments), part.span));
    }

    fn result(&mut self, result: &ResultPart<'_>) {
        self.json.begin_object().name("type").string("tool_result");
        self.json.name("tool_use_id").escaped(&writing::id(&result.id, "-_", LONGEST_ID));
        let parts: Vec<&MessagePart<'_>> = result.parts.iter().filter(|part| self.is_written(part)).collect();
        match parts.as_slice() {
            [] if result.value.is_none() => {}
            [] => drop(self.json.name("content").escaped(&result.joined())),
            [part] if part.is_plain_text() && result.value.is_none() => {
                self.json.name("content").escaped(part.text().unwrap_or_default());
            }
            parts => {
                self.json.name("content").begin_array();
                if result.value.is_some() {
                    self.json.begin_object().name("type").string("text").name("text").escaped(&result.joined());
                    self.json.end_object();
                }
                parts.iter().for_each(|part| self.block(part));
                self.json.end_array();
            }
        }
        if result.is_error {
            self.json.name("is_error").raw("true");
        }
    }
}

/// Reports whether media have a form here: images and documents.
fn is_media(media: &MediaPart<'_>, takes_addresses: bool) -> bool {
    match (media.kind, &media.media) {
        (_, Media::Url(_) | Media::File(_)) if !takes_addresses => false,
        (_, Media::Url(url)) if !is_public(url) => false,
        (PartKind::Image, Media::Inline { kind, .. }) => {
            matches!(mime(kind), "image/jpeg" | "image/png" | "image/gif" | "image/webp")
        }
        (PartKind::File, Media::Inline { kind, data }) => {
            mime(kind) == "application/pdf" || text_of(media.kind, kind, data).is_some()
        }
        (PartKind::Image | PartKind::File, media) => !media.is_at_google(),
        _ => false,
    }
}
