//! Writer of messages and documents of a request.

use crate::dialect::chat_writing::{TurnParts, is_plain, joined, lose_details, write_call};
use crate::dialect::writing::{address, lose_name_and_prefix, member};
use crate::document::JsonWriter;
use crate::model::{
    Author, Conversation, ConversationTurn, Loss, Losses, Media, MediaPart, MessagePart, PartData, PartKind, Property,
    ResultPart,
};

/// Document of text that the model is asked to cite: it stands beside the conversation.
pub(super) struct DocumentPart<'c, 'a> {
    part: &'c MessagePart<'a>,
    content: &'c MediaPart<'a>,
    text: &'c str,
}

/// Lists the documents of a conversation. Beside a form of the output documents are refused, so that they stay texts.
pub(super) fn documents<'c, 'a>(conversation: &'c Conversation<'a>) -> Vec<DocumentPart<'c, 'a>> {
    if conversation.output.is_some() {
        return Vec::new();
    }
    let parts = conversation.turns.iter().flat_map(|turn| &turn.parts);
    parts.filter_map(|part| document(part)).collect()
}

fn document<'c, 'a>(part: &'c MessagePart<'a>) -> Option<DocumentPart<'c, 'a>> {
    let PartData::Media(content) = &part.data else { return None };
    let Media::Text(text) = &content.media else { return None };
    let is_cited = content.citations.as_deref().is_some_and(|raw| raw.contains("true"));
    is_cited.then_some(DocumentPart { part, content, text })
}

impl DocumentPart<'_, '_> {
    /// Writes the document. Its place in the conversation is lost.
    pub(super) fn write(&self, json: &mut JsonWriter, losses: &mut Losses) {
        losses.add_at(Loss::Position, self.part.span);
        json.begin_object().name("data").begin_object();
        member(json, "title", self.content.name.as_ref());
        member(json, "context", self.content.context.as_ref());
        json.name("text").escaped(self.text).end_object().end_object();
    }
}

/// Writer of messages into the list of a request.
pub(super) struct CohereMessageWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
    /// Set when documents stand beside the conversation.
    pub(super) has_documents: bool,
}

impl CohereMessageWriter<'_> {
    /// Writes a turn. Results within it become messages of their own, before the rest of it; their images stand in a
    /// message of the user behind them.
    pub(super) fn turn(&mut self, turn: &ConversationTurn<'_>) {
        lose_name_and_prefix(turn, self.losses);
        let parts = TurnParts::of(turn, self.losses);
        for (part, result) in &parts.results {
            self.result(result, part);
        }
        let images = parts.results.iter().flat_map(|(_, result)| result.media());
        let own = parts.contents.iter().filter(|part| !self.has_documents || document(part).is_none());
        let contents: Vec<&MessagePart<'_>> = images.chain(own.copied()).collect();
        let contents: Vec<&MessagePart<'_>> =
            contents.into_iter().filter(|part| self.is_written(part, turn.author)).collect();
        match turn.author {
            Author::Assistant => self.assistant(&parts, &contents),
            _ if contents.is_empty() && !parts.results.is_empty() => {}
            author => {
                let role = if author == Author::System { "system" } else { "user" };
                self.json.begin_object().name("role").string(role).name("content");
                self.contents(&contents);
                self.json.end_object();
            }
        }
    }

    /// Writes a message of the model. Its text before calls is their plan.
    fn assistant(&mut self, parts: &TurnParts<'_, '_>, contents: &[&MessagePart<'_>]) {
        let mut thoughts = Vec::new();
        for (part, reasoning) in &parts.reasoning {
            match is_plain(reasoning) {
                true => thoughts.push(*part),
                false => self.losses.add_at(Loss::Part(PartKind::Reasoning), part.span),
            }
        }
        let plan = joined(contents);
        if parts.calls.is_empty() && thoughts.is_empty() && contents.iter().all(|part| part.is_blank()) {
            return;
        }
        self.json.begin_object().name("role").string("assistant");
        if parts.calls.is_empty() {
            thoughts.extend(contents);
        } else if !plan.is_empty() {
            contents.iter().for_each(|part| lose_details(part, self.losses));
            self.json.name("tool_plan").escaped(&plan);
        }
        if !thoughts.is_empty() {
            self.json.name("content");
            self.contents(&thoughts);
        }
        if !parts.calls.is_empty() {
            self.json.name("tool_calls").begin_array();
            for (part, call) in &parts.calls {
                lose_details(part, self.losses);
                write_call(self.json, &call.id, call);
            }
            self.json.end_array();
        }
        self.json.end_object();
    }

    /// Writes contents: one text as a string, anything else as blocks.
    fn contents(&mut self, parts: &[&MessagePart<'_>]) {
        match parts {
            [] => drop(self.json.string("")),
            [part] if part.text().is_some() => {
                lose_details(part, self.losses);
                self.json.escaped(part.text().unwrap_or_default());
            }
            parts => {
                self.json.begin_array();
                parts.iter().for_each(|part| self.block(part));
                self.json.end_array();
            }
        }
    }

    fn block(&mut self, part: &MessagePart<'_>) {
        match &part.data {
            PartData::Text(text, _) | PartData::Refusal(text) => {
                lose_details(part, self.losses);
                self.text("text", text);
            }
            PartData::Reasoning(reasoning) => self.text("thinking", &reasoning.text),
            PartData::Media(content) => self.media(part, content),
            PartData::Call(_) | PartData::Result(_) => {}
        }
    }

    fn text(&mut self, kind: &str, text: &str) {
        self.json.begin_object().name("type").string(kind).name(kind).escaped(text).end_object();
    }

    fn media(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>) {
        if let Media::Text(text) = &content.media {
            if content.context.is_some() {
                self.losses.add_at(Loss::Property(Property::Context), part.span);
            }
            return self.text("text", text);
        }
        self.json.begin_object().name("type").string("image_url").name("image_url").begin_object();
        self.json.name("url").escaped(&address(&content.media));
        let detail = content.detail.as_ref();
        member(self.json, "detail", detail.filter(|detail| matches!(&***detail, "low" | "high" | "auto")));
        self.json.end_object().end_object();
    }

    /// Reports whether a part has a form in a message; adds it to the losses if it has none.
    fn is_written(&mut self, part: &MessagePart<'_>, author: Author) -> bool {
        let PartData::Media(content) = &part.data else { return true };
        let is_written = match (content.kind, &content.media) {
            (_, Media::Text(_)) => true,
            (PartKind::Image, Media::Url(_) | Media::Inline { .. }) => author == Author::User,
            _ => false,
        };
        if !is_written {
            self.losses.add_at(Loss::Part(content.kind), part.span);
        }
        is_written
    }

    /// Writes the message of a tool's result, in which only text may stand.
    fn result(&mut self, result: &ResultPart<'_>, part: &MessagePart<'_>) {
        if result.is_error {
            self.losses.add_at(Loss::Property(Property::IsError), part.span);
        }
        self.json.begin_object().name("role").string("tool").name("tool_call_id").escaped(&result.id);
        let texts: Vec<&MessagePart<'_>> = result.parts.iter().filter(|part| part.text().is_some()).collect();
        self.json.name("content");
        match result.value.is_some() {
            true => drop(self.json.escaped(&result.joined())),
            false => self.contents(&texts),
        }
        self.json.end_object();
    }
}
