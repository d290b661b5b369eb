//! Writer of the system text and the messages of a request.

use super::media_writer::MediaWriter;
use crate::dialect::anthropic::messages::thinking::is_proven;
use crate::dialect::bedrock::family::ModelFamily;
use crate::dialect::writing::{CacheTime, cache_time, id, is_object, lose_cache, trimmed, write_object};
use crate::document::JsonWriter;
use crate::model::{
    Author, CallPart, ConversationTurn, Loss, Losses, MessagePart, PartData, PartKind, ProofKind, Property,
    ReasoningPart, ResultPart,
};

/// Text of the user's turn that is put before an answer at the start: "A conversation must start with a user message."
const OPENING: &str = ".";

/// Text of a result that has none: blank ones are refused.
const NO_OUTPUT: &str = "(no output)";

/// Longest id of a call, and the marks that it may have.
const LONGEST_ID: usize = 64;
const ID_MARKS: &str = "_.:-";

/// Message: neighbouring turns of the same author.
pub(super) struct Message<'c, 'a> {
    is_assistant: bool,
    parts: Vec<&'c MessagePart<'a>>,
}

/// Writer of turns into a request.
pub(super) struct ConverseTurnWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
    pub(super) family: ModelFamily,
    pub(super) media: MediaWriter,
}

impl ConverseTurnWriter<'_> {
    /// Writes the instructions.
    pub(super) fn system(&mut self, turns: &[&ConversationTurn<'_>]) {
        let parts = turns.iter().flat_map(|turn| &turn.parts);
        let (texts, others): (Vec<_>, Vec<_>) = parts.partition(|part| part.text().is_some());
        for part in others {
            if let PartData::Media(media) = &part.data {
                self.losses.add_at(Loss::Part(media.kind), part.span);
            }
        }
        let texts: Vec<&MessagePart<'_>> = texts.into_iter().filter(|part| !part.is_blank()).collect();
        if texts.is_empty() {
            return;
        }
        self.json.name("system").begin_array();
        texts.into_iter().for_each(|part| self.part(part, false));
        self.json.end_array();
    }

    /// Merges turns into messages whose roles alternate, the first of them the user's.
    pub(super) fn messages<'c, 'a>(&mut self, turns: &[&'c ConversationTurn<'a>]) -> Vec<Message<'c, 'a>> {
        let mut messages: Vec<Message<'c, 'a>> = Vec::new();
        for turn in turns {
            if turn.name.is_some() {
                self.losses.add_at(Loss::Property(Property::Name), turn.span);
            }
            let is_assistant = turn.author == Author::Assistant;
            let parts: Vec<_> = turn.parts.iter().filter(|part| self.is_written(part, is_assistant)).collect();
            match messages.last_mut() {
                _ if parts.is_empty() => {}
                Some(last) if last.is_assistant == is_assistant => last.parts.extend(parts),
                _ => messages.push(Message { is_assistant, parts }),
            }
        }
        // Results and reasoning first, calls last.
        let rank = |part: &&MessagePart<'_>| match &part.data {
            PartData::Result(_) | PartData::Reasoning(_) => 0,
            PartData::Call(_) => 2,
            _ => 1_u64,
        };
        for message in &mut messages {
            crate::document::sort_by_number(&mut message.parts, rank);
        }
        if let Some(first) = messages.first().filter(|message| message.is_assistant) {
            let span = first.parts.first().map(|part| part.span).unwrap_or_default();
            self.losses.add_at(Loss::Order, span);
            messages.insert(0, Message { is_assistant: false, parts: Vec::new() });
        }
        messages
    }

    /// Writes messages.
    pub(super) fn write(&mut self, messages: &[Message<'_, '_>]) {
        self.json.name("messages").begin_array();
        let last = messages.len().saturating_sub(1);
        for (at, message) in messages.iter().enumerate() {
            self.json.begin_object().name("role").string(if message.is_assistant { "assistant" } else { "user" });
            self.json.name("content").begin_array();
            if message.parts.is_empty() {
                self.json.begin_object().name("text").string(OPENING).end_object();
            }
            let end = message.parts.len().saturating_sub(1);
            for (place, part) in message.parts.iter().enumerate() {
                // The text to go on from may not end in white space.
                self.part(part, message.is_assistant && at == last && place == end);
            }
            self.json.end_array().end_object();
        }
        self.json.end_array();
    }

    /// Reports whether a part has a form here; adds it to the losses if not. Blank texts are refused.
    fn is_written(&mut self, part: &MessagePart<'_>, is_assistant: bool) -> bool {
        let kind = match &part.data {
            PartData::Text(..) if part.is_blank() => {
                lose_cache(part, self.losses);
                return false;
            }
            PartData::Media(media) if !is_assistant && MediaWriter::is_written(media) => return true,
            PartData::Media(media) => media.kind,
            PartData::Reasoning(_) if self.family.is_claude() && is_proven(&part.data) => return true,
            PartData::Reasoning(_) => PartKind::Reasoning,
            _ => return true,
        };
        lose_cache(part, self.losses);
        self.losses.add_at(Loss::Part(kind), part.span);
        false
    }

    /// Writes a part, and the marker behind it.
    fn part(&mut self, part: &MessagePart<'_>, is_end: bool) {
        self.json.begin_object();
        let mut is_marked = part.cache.is_some();
        match &part.data {
            PartData::Text(text, citations) => {
                if citations.is_some() {
                    self.losses.add_at(Loss::Property(Property::Citations), part.span);
                }
                self.json.name("text").escaped(if is_end { trimmed(text) } else { text });
            }
            PartData::Refusal(text) => drop(self.json.name("text").escaped(text)),
            PartData::Media(media) => self.media.write(self.json, part, media, self.losses),
            PartData::Reasoning(reasoning) => self.reasoning(reasoning),
            PartData::Call(call) => self.call(part, call),
            PartData::Result(result) => {
                is_marked |= result.parts.iter().any(|part| part.cache.is_some());
                self.result(part, result);
            }
        }
        self.json.end_object();
        if is_marked {
            let inner = match &part.data {
                PartData::Result(result) => result.parts.iter().find_map(|part| part.cache.as_deref()),
                _ => None,
            };
            let marker = part.cache.as_deref().or(inner).unwrap_or_default();
            write_cache(self.json, marker, self.family, || lose_cache(part, self.losses));
        }
    }

    /// Writes signed or encrypted reasoning.
    fn reasoning(&mut self, part: &ReasoningPart<'_>) {
        let Some(proof) = &part.proof else { return };
        self.json.name("reasoningContent").begin_object();
        match proof.kind {
            ProofKind::Encrypted => self.json.name("redactedContent").escaped(&proof.value),
            ProofKind::Signature => {
                self.json.name("reasoningText").begin_object().name("text").escaped(&part.text);
                self.json.name("signature").escaped(&proof.value).end_object()
            }
        };
        self.json.end_object();
    }

    fn call(&mut self, part: &MessagePart<'_>, call: &CallPart<'_>) {
        self.json.name("toolUse").begin_object();
        self.json.name("toolUseId").escaped(&id(&call.id, ID_MARKS, LONGEST_ID)).name("name").escaped(&call.name);
        self.json.name("input");
        write_object(self.json, &call.arguments, || self.losses.add_at(Loss::Property(Property::Arguments), part.span));
        self.json.end_object();
    }

    fn result(&mut self, part: &MessagePart<'_>, result: &ResultPart<'_>) {
        self.json.name("toolResult").begin_object();
        self.json.name("toolUseId").escaped(&id(&result.id, ID_MARKS, LONGEST_ID));
        self.json.name("content").begin_array();
        let parts: Vec<&MessagePart<'_>> = result.parts.iter().filter(|part| self.is_in_result(part)).collect();
        match &result.value {
            Some(value) if is_object(value) => drop(self.json.begin_object().name("json").raw(value).end_object()),
            Some(_) => drop(self.json.begin_object().name("text").escaped(&result.joined()).end_object()),
            None if parts.is_empty() => drop(self.json.begin_object().name("text").string(NO_OUTPUT).end_object()),
            None => {}
        }
        for part in parts {
            self.json.begin_object();
            match &part.data {
                PartData::Media(media) => self.media.write(self.json, part, media, self.losses),
                PartData::Text(text, _) | PartData::Refusal(text) => drop(self.json.name("text").escaped(text)),
                _ => {}
            }
            self.json.end_object();
        }
        self.json.end_array();
        if result.is_error {
            match self.family {
                // <https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolResultBlock.html>, read
                // 2026-11-29: Nova and Claude alone.
                ModelFamily::Other { .. } => self.losses.add_at(Loss::Property(Property::IsError), part.span),
                _ => drop(self.json.name("status").string("error")),
            }
        }
        self.json.end_object();
    }

    /// Reports whether a part of a result has a form there.
    fn is_in_result(&mut self, part: &MessagePart<'_>) -> bool {
        let kind = match &part.data {
            PartData::Text(..) | PartData::Refusal(_) => return !part.is_blank(),
            PartData::Media(media) if media.kind != PartKind::Audio && MediaWriter::is_written(media) => return true,
            PartData::Media(media) => media.kind,
            _ => PartKind::Other,
        };
        self.losses.add_at(Loss::Part(kind), part.span);
        false
    }
}

/// Writes the marker of what stands before it.
pub(super) fn write_cache(json: &mut JsonWriter, marker: &str, family: ModelFamily, lose: impl FnOnce()) {
    if !family.has_cache() {
        return lose();
    }
    json.begin_object().name("cachePoint").begin_object().name("type").string("default");
    match cache_time(marker) {
        CacheTime::Usual => {}
        // Nova keeps a prompt for five minutes.
        CacheTime::Hour if !family.is_claude() => lose(),
        CacheTime::Minutes if !family.is_claude() => {}
        CacheTime::Minutes => drop(json.name("ttl").string("5m")),
        CacheTime::Hour => drop(json.name("ttl").string("1h")),
    }
    json.end_object().end_object();
}
