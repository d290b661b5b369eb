//! Writer of messages of chat completions.

use crate::dialect::chat_writing::{TurnParts, lose_details, write_call};
use crate::dialect::mistral::chat as mistral;
use crate::dialect::writing::{address, is_public, member};
use crate::document::JsonWriter;
use crate::model::{
    Author, ConversationTurn, Loss, Losses, Media, MediaPart, MessagePart, PartData, PartKind, Property, ResultPart,
};
use std::collections::BTreeMap;

/// Writer of messages into the list of a request.
pub(super) struct MessageWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
    /// Ids of calls as Mistral takes them; `None` for messages of OpenAI's form.
    pub(super) ids: Option<BTreeMap<String, String>>,
    /// Set when instructions may be a developer's.
    pub(super) has_developer: bool,
    /// Set for the last turn, where it is the model's.
    pub(super) goes_on: bool,
}

impl MessageWriter<'_> {
    const fn is_mistral(&self) -> bool {
        self.ids.is_some()
    }

    /// Writes a turn. Results within it become messages of their own, before the rest of it; their media, for which a
    /// result of OpenAI's form has no place, stand in a message of the user behind them.
    pub(super) fn turn(&mut self, turn: &ConversationTurn<'_>) {
        let is_prefix = self.goes_on && self.is_mistral();
        if turn.is_prefix && !is_prefix {
            self.losses.add_at(Loss::Property(Property::Prefix), turn.span);
        }
        let parts = TurnParts::of(turn, self.losses);
        let mut contents = Vec::new();
        for (part, result) in &parts.results {
            self.result(result, part);
            contents.extend(result.media().filter(|_| !self.is_mistral() || result.value.is_some()));
        }
        if parts.is_blank() && (turn.is_results() || self.is_mistral() && turn.author == Author::Assistant) {
            return self.media_of_results(&contents);
        }
        let (mut refusals, is_assistant) = (Vec::new(), turn.author == Author::Assistant);
        for (part, reasoning) in &parts.reasoning {
            match is_assistant && self.is_mistral() && mistral::is_own(reasoning) {
                true => contents.push(part),
                false => self.losses.add_at(Loss::Part(PartKind::Reasoning), part.span),
            }
        }
        for part in &parts.contents {
            match &part.data {
                PartData::Refusal(text) if is_assistant && !self.is_mistral() => refusals.push(text),
                PartData::Media(media) if !self.is_written(turn.author, media) => {
                    self.losses.add_at(Loss::Part(media.kind), part.span);
                }
                _ => contents.push(part),
            }
        }
        let role = match turn.author {
            Author::System if turn.is_developer && self.has_developer => "developer",
            Author::System => "system",
            Author::Assistant => "assistant",
            Author::User => "user",
        };
        self.json.begin_object().name("role").string(role);
        match self.is_mistral() && turn.name.is_some() {
            true => self.losses.add_at(Loss::Property(Property::Name), turn.span),
            false => member(self.json, "name", turn.name.as_ref()),
        }
        self.contents(turn.author, &contents);
        if let Some(refusal) = refusals.first() {
            self.json.name("refusal").escaped(refusal);
        }
        if !parts.calls.is_empty() {
            self.json.name("tool_calls").begin_array();
            for (part, call) in &parts.calls {
                lose_details(part, self.losses);
                write_call(self.json, id_of(self.ids.as_ref(), &call.id), call);
            }
            self.json.end_array();
        }
        if is_prefix {
            self.json.name("prefix").raw("true");
        }
        self.json.end_object();
    }

    /// Writes the media of results as the user's.
    fn media_of_results(&mut self, media: &[&MessagePart<'_>]) {
        if media.is_empty() {
            return;
        }
        self.json.begin_object().name("role").string("user");
        self.contents(Author::User, media);
        self.json.end_object();
    }

    /// Writes the contents of a message: one text as a string, anything else as parts.
    fn contents(&mut self, author: Author, parts: &[&MessagePart<'_>]) {
        self.json.name("content");
        match parts {
            [] if author == Author::Assistant => drop(self.json.raw("null")),
            [] => drop(self.json.string("")),
            [part] if part.text().is_some() => {
                lose_details(part, self.losses);
                self.json.escaped(part.text().unwrap_or_default());
            }
            parts => {
                self.json.begin_array();
                parts.iter().for_each(|part| self.part(part));
                self.json.end_array();
            }
        }
    }

    /// Reports whether media have a form here.
    fn is_written(&self, author: Author, media: &MediaPart<'_>) -> bool {
        match (media.kind, &media.media) {
            (_, Media::Text(_)) => true,
            (_, media) if author != Author::User || media.is_at_google() => false,
            _ if self.is_mistral() => mistral::is_media(media),
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
                lose_details(part, self.losses);
                self.text(text);
            }
            PartData::Reasoning(reasoning) => mistral::write_thinking(self.json, reasoning),
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
        if self.is_mistral() {
            return mistral::write_media(self.json, content);
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

    /// Writes the message of a tool's result. In OpenAI's form only text may stand in it.
    fn result(&mut self, result: &ResultPart<'_>, part: &MessagePart<'_>) {
        if result.is_error {
            self.losses.add_at(Loss::Property(Property::IsError), part.span);
        }
        self.json.begin_object().name("role").string("tool").name("tool_call_id");
        self.json.escaped(id_of(self.ids.as_ref(), &result.id));
        if self.is_mistral() {
            member(self.json, "name", result.name.as_ref());
        }
        let mut parts = Vec::new();
        for part in &result.parts {
            match &part.data {
                PartData::Text(..) => parts.push(part),
                PartData::Media(media) if self.is_mistral() => match mistral::is_media(media) {
                    true => parts.push(part),
                    false => self.losses.add_at(Loss::Part(media.kind), part.span),
                },
                _ => {}
            }
        }
        self.json.name("content");
        match parts.as_slice() {
            _ if result.value.is_some() => drop(self.json.escaped(&result.joined())),
            [] => drop(self.json.string("")),
            [part] if part.text().is_some() => drop(self.json.escaped(part.text().unwrap_or_default())),
            parts => {
                self.json.begin_array();
                parts.iter().for_each(|part| self.part(part));
                self.json.end_array();
            }
        }
        self.json.end_object();
    }
}

/// Id of a call as the API takes it.
fn id_of<'i>(ids: Option<&'i BTreeMap<String, String>>, id: &'i str) -> &'i str {
    ids.and_then(|ids| ids.get(id)).map_or(id, String::as_str)
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
