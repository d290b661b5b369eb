//! Writer of messages of chat completions.

use crate::dialect::writing::{address, is_public, lose_cache, member};
use crate::document::JsonWriter;
use crate::model::{
    Author, CallPart, ConversationTurn, Loss, Losses, Media, MediaPart, MessagePart, PartData, PartKind, Property,
    ResultPart,
};

/// Writer of messages into the list of a request.
pub(super) struct MessageWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
}

impl MessageWriter<'_> {
    /// Writes a turn. Results within it become messages of their own, before the rest of it; their media, for which a
    /// result has no place, stand in a message of the user behind them.
    pub(super) fn turn(&mut self, turn: &ConversationTurn<'_>) {
        if turn.is_prefix {
            self.losses.add_at(Loss::Property(Property::Prefix), turn.span);
        }
        let (mut contents, mut calls, mut refusals, mut media) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for part in &turn.parts {
            lose_cache(part, self.losses);
            match &part.data {
                PartData::Result(result) => {
                    self.result(result, part);
                    media.extend(result.media());
                }
                PartData::Call(call) => calls.push((part, call)),
                PartData::Refusal(text) if turn.author == Author::Assistant => refusals.push(text),
                PartData::Reasoning(_) => self.losses.add_at(Loss::Part(PartKind::Reasoning), part.span),
                PartData::Media(content) if !self.is_written(turn.author, content) => {
                    self.losses.add_at(Loss::Part(content.kind), part.span);
                }
                _ => contents.push(part),
            }
        }
        media.extend(contents);
        if media.is_empty() && calls.is_empty() && refusals.is_empty() && turn.is_results() {
            return;
        }
        self.json.begin_object().name("role").string(match turn.author {
            Author::System if turn.is_developer => "developer",
            Author::System => "system",
            Author::Assistant => "assistant",
            Author::User => "user",
        });
        member(self.json, "name", turn.name.as_ref());
        self.contents(turn.author, &media);
        if let Some(refusal) = refusals.first() {
            self.json.name("refusal").escaped(refusal);
        }
        if !calls.is_empty() {
            self.json.name("tool_calls").begin_array();
            calls.into_iter().for_each(|(part, call)| self.call(part, call));
            self.json.end_array();
        }
        self.json.end_object();
    }

    /// Writes the contents of a message: one text as a string, anything else as parts.
    fn contents(&mut self, author: Author, parts: &[&MessagePart<'_>]) {
        self.json.name("content");
        match parts {
            [] if author == Author::Assistant => drop(self.json.raw("null")),
            [] => drop(self.json.string("")),
            [part] if part.text().is_some() => {
                self.lose_citations(part);
                self.json.escaped(part.text().unwrap_or_default());
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

    /// Reports whether media have a form here.
    fn is_written(&self, author: Author, media: &MediaPart<'_>) -> bool {
        match (media.kind, &media.media) {
            (_, Media::Text(_)) => true,
            (_, media) if author != Author::User || media.is_at_google() => false,
            (PartKind::Image, Media::Url(url)) => is_public(url),
            (PartKind::Image, Media::Inline { .. }) => true,
            (PartKind::Audio, Media::Inline { kind, .. }) => audio_format(kind).is_some(),
            (PartKind::File, Media::Inline { .. } | Media::File(_)) => true,
            _ => false,
        }
    }

    fn part(&mut self, part: &MessagePart<'_>) {
        match &part.data {
            PartData::Text(text, _) | PartData::Refusal(text) => {
                self.lose_citations(part);
                self.text(text);
            }
            PartData::Media(media) => self.media(part, media),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.json.begin_object().name("type").string("text").name("text").escaped(text).end_object();
    }

    fn media(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>) {
        for (property, is_said) in
            [(Property::Citations, content.citations.is_some()), (Property::Context, content.context.is_some())]
        {
            if is_said {
                self.losses.add_at(Loss::Property(property), part.span);
            }
        }
        if let Media::Text(text) = &content.media {
            return self.text(text);
        }
        self.json.begin_object();
        match (content.kind, &content.media) {
            (PartKind::Image, media) => {
                self.json.name("type").string("image_url").name("image_url").begin_object();
                self.json.name("url").escaped(&address(media));
                member(self.json, "detail", content.detail.as_ref().filter(|detail| is_detail(detail)));
                self.json.end_object();
            }
            (PartKind::Audio, Media::Inline { kind, data }) => {
                self.json.name("type").string("input_audio").name("input_audio").begin_object();
                let format = audio_format(kind).unwrap_or_default();
                self.json.name("data").escaped(data).name("format").string(format).end_object();
            }
            (_, media) => {
                self.json.name("type").string("file").name("file").begin_object();
                match media {
                    Media::File(id) => drop(self.json.name("file_id").escaped(id)),
                    media => {
                        // A name is required with the data.
                        self.json.name("filename").escaped(content.name.as_deref().unwrap_or("file"));
                        self.json.name("file_data").escaped(&address(media));
                    }
                }
                self.json.end_object();
            }
        }
        self.json.end_object();
    }

    fn call(&mut self, part: &MessagePart<'_>, call: &CallPart<'_>) {
        if call.proof.is_some() {
            self.losses.add_at(Loss::Property(Property::Signature), call.proof_span.unwrap_or(part.span));
        }
        self.json.begin_object().name("id").escaped(&call.id).name("type").string("function");
        self.json.name("function").begin_object().name("name").escaped(&call.name);
        self.json.name("arguments").string(&call.arguments).end_object().end_object();
    }

    /// Writes the message of a tool's result. Only text may stand in it.
    fn result(&mut self, result: &ResultPart<'_>, part: &MessagePart<'_>) {
        if result.is_error {
            self.losses.add_at(Loss::Property(Property::IsError), part.span);
        }
        self.json.begin_object().name("role").string("tool").name("tool_call_id").escaped(&result.id);
        let texts: Vec<&MessagePart<'_>> = result.parts.iter().filter(|part| part.text().is_some()).collect();
        self.json.name("content");
        match texts.as_slice() {
            _ if result.value.is_some() => drop(self.json.escaped(&result.joined())),
            [] => drop(self.json.string("")),
            [text] => drop(self.json.escaped(text.text().unwrap_or_default())),
            texts => {
                self.json.begin_array();
                texts.iter().for_each(|part| self.text(part.text().unwrap_or_default()));
                self.json.end_array();
            }
        }
        result.parts.iter().for_each(|part| lose_cache(part, self.losses));
        self.json.end_object();
    }
}

/// Format of audio: `wav` or `mp3`.
fn audio_format(kind: &str) -> Option<&'static str> {
    match kind.rsplit(['/', '-']).next()? {
        "wav" | "wave" => Some("wav"),
        "mp3" | "mpeg" => Some("mp3"),
        _ => None,
    }
}

fn is_detail(detail: &str) -> bool {
    matches!(detail, "low" | "high" | "auto")
}
