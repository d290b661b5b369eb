//! Writer of the system text and the contents of a request.

use crate::dialect::writing::{is_object, lose_cache, lose_name_and_prefix, mime, write_object};
use crate::document::{JsonWriter, unescape};
use crate::model::{
    Author, CallPart, ConversationTurn, Loss, Losses, Maker, Media, MediaPart, MessagePart, PartData, PartKind, Proof,
    Property, ReasoningPart, ResultPart,
};
use std::borrow::Cow;

/// Signature for a call that Gemini has not made: from Gemini 3 on it refuses one without, and takes this word instead
/// (<https://ai.google.dev/gemini-api/docs/thought-signatures#faqs> and
/// <https://cloud.google.com/vertex-ai/generative-ai/docs/thought-signatures>, read 2026-11-29).
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// Writer of contents into a request.
pub(super) struct ContentWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
    /// Set for Gemini 3 and later: calls have signatures, results media, and images each a resolution. `None`: unknown.
    pub(super) is_signed: Option<bool>,
}

impl ContentWriter<'_> {
    /// Writes all instructions, each as a part.
    pub(super) fn system(&mut self, turns: &[&ConversationTurn<'_>]) {
        let parts: Vec<&MessagePart<'_>> =
            turns.iter().flat_map(|turn| &turn.parts).filter(|part| self.is_written(part)).collect();
        if parts.is_empty() {
            return;
        }
        self.json.name("systemInstruction").begin_object().name("parts").begin_array();
        parts.into_iter().for_each(|part| self.part(part));
        self.json.end_array().end_object();
    }

    /// Writes the turns. Neighbours of one role are one content: a turn of calls is followed by one with all results.
    pub(super) fn contents(&mut self, turns: &[&ConversationTurn<'_>]) {
        self.json.name("contents").begin_array();
        let mut role = None;
        let mut is_signed = false;
        for turn in turns {
            lose_name_and_prefix(turn, self.losses);
            let is_model = turn.author == Author::Assistant;
            let parts: Vec<&MessagePart<'_>> = turn.parts.iter().filter(|part| self.is_written(part)).collect();
            for part in parts {
                if role != Some(is_model) {
                    if role.is_some() {
                        self.json.end_array().end_object();
                    }
                    role = Some(is_model);
                    is_signed = false;
                    self.json.begin_object().name("role").string(if is_model { "model" } else { "user" });
                    self.json.name("parts").begin_array();
                }
                match &part.data {
                    PartData::Call(call) => {
                        // Of parallel calls only the first has a signature.
                        self.call(part, call, is_signed);
                        is_signed = true;
                    }
                    PartData::Result(result) => self.result(result),
                    _ => self.part(part),
                }
            }
            self.media_behind(turn);
        }
        if role.is_some() {
            self.json.end_array().end_object();
        }
        self.json.end_array();
    }

    /// Writes media of results behind all results of a turn, where a result has no place for them.
    fn media_behind(&mut self, turn: &ConversationTurn<'_>) {
        let results = turn.parts.iter().filter_map(|part| match &part.data {
            PartData::Result(result) if self.is_signed == Some(false) => Some(result),
            _ => None,
        });
        let media: Vec<&MessagePart<'_>> = results.flat_map(|result| result.media()).collect();
        for part in media {
            if self.is_written(part) {
                self.part(part);
            }
        }
    }

    /// Reports whether a part has a form here; adds it to the losses if not. Empty texts are refused.
    fn is_written(&mut self, part: &MessagePart<'_>) -> bool {
        lose_cache(part, self.losses);
        let kind = match &part.data {
            PartData::Text(..) => return !part.is_blank(),
            PartData::Media(media) if matches!(media.media, Media::File(_)) => media.kind,
            PartData::Reasoning(reasoning) if is_google_s(reasoning.proof.as_ref()) => return true,
            PartData::Reasoning(_) => PartKind::Reasoning,
            _ => return true,
        };
        self.losses.add_at(Loss::Part(kind), part.span);
        false
    }

    fn part(&mut self, part: &MessagePart<'_>) {
        match &part.data {
            PartData::Text(text, citations) => {
                if citations.is_some() {
                    self.losses.add_at(Loss::Property(Property::Citations), part.span);
                }
                self.text(text);
            }
            PartData::Refusal(text) => self.text(text),
            PartData::Media(content) => {
                if let Media::Text(text) = &content.media {
                    return self.text(text);
                }
                self.json.begin_object();
                self.media(part, content);
                self.resolution(part, content);
                self.json.end_object();
            }
            PartData::Reasoning(reasoning) => self.reasoning(reasoning),
            PartData::Call(_) | PartData::Result(_) => {}
        }
    }

    fn text(&mut self, text: &str) {
        self.json.begin_object().name("text").escaped(text).end_object();
    }

    /// Writes media as a member of a part.
    fn media(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>) {
        let lost = [
            (Property::FileName, content.name.is_some()),
            (Property::Context, content.context.is_some()),
            (Property::Citations, content.citations.is_some()),
        ];
        for (property, _) in lost.into_iter().filter(|(_, is_said)| *is_said) {
            self.losses.add_at(Loss::Property(property), part.span);
        }
        match &content.media {
            Media::Inline { kind, data } => {
                self.json.name("inlineData").begin_object().name("mimeType").escaped(mime(kind));
                self.json.name("data").escaped(data).end_object();
            }
            Media::Url(url) | Media::File(url) | Media::Text(url) => {
                self.json.name("fileData").begin_object();
                if let Some(kind) = content.media_type.as_deref().or_else(|| mime_of_address(url)) {
                    self.json.name("mimeType").escaped(kind);
                }
                self.json.name("fileUri").escaped(url).end_object();
            }
        }
    }

    /// Writes the resolution at which media are read: since Gemini 3 one for each part.
    fn resolution(&mut self, part: &MessagePart<'_>, content: &MediaPart<'_>) {
        let level = match content.detail.as_deref() {
            None | Some("auto") => return,
            Some("low") => Some("MEDIA_RESOLUTION_LOW"),
            Some("medium") => Some("MEDIA_RESOLUTION_MEDIUM"),
            Some("high") => Some("MEDIA_RESOLUTION_HIGH"),
            Some("ultra_high") => Some("MEDIA_RESOLUTION_ULTRA_HIGH"),
            Some(_) => None,
        };
        match level.filter(|_| self.is_signed == Some(true)) {
            Some(level) => {
                self.json.name("mediaResolution").begin_object().name("level").string(level).end_object();
            }
            None => self.losses.add_at(Loss::Property(Property::Detail), part.span),
        }
    }

    fn reasoning(&mut self, part: &ReasoningPart<'_>) {
        let Some(proof) = &part.proof else { return };
        self.json.begin_object().name("text").escaped(&part.text).name("thought").raw("true");
        self.json.name("thoughtSignature").escaped(&proof.value).end_object();
    }

    fn call(&mut self, part: &MessagePart<'_>, call: &CallPart<'_>, is_signed: bool) {
        self.json.begin_object().name("functionCall").begin_object();
        self.json.name("id").escaped(&call.id).name("name").escaped(&call.name);
        write_args(self.json, &call.arguments, || self.losses.add_at(Loss::Property(Property::Arguments), part.span));
        self.json.end_object();
        match &call.proof {
            Some(proof) if proof.maker == Maker::Google => {
                self.json.name("thoughtSignature").escaped(&proof.value);
            }
            proof => {
                if proof.is_some() {
                    self.losses.add_at(Loss::Property(Property::Signature), call.proof_span.unwrap_or(part.span));
                }
                if !is_signed && self.is_signed == Some(true) {
                    self.json.name("thoughtSignature").string(NO_SIGNATURE);
                }
            }
        }
        self.json.end_object();
    }

    /// Writes a result, whose response is an object. One with a `$ref` would be taken as a reference to its media.
    fn result(&mut self, result: &ResultPart<'_>) {
        self.json.begin_object().name("functionResponse").begin_object();
        self.json.name("id").escaped(&result.id);
        self.json.name("name").escaped(result.name.as_deref().unwrap_or(&result.id)).name("response");
        let text = result.joined();
        let object: Option<Cow<'_, str>> = match &result.value {
            Some(value) => Some(Cow::Borrowed(&**value)),
            None => Some(unescape(&text)),
        };
        let is_plain = |object: &Cow<'_, str>| is_object(object) && !object.contains("\"$ref\"");
        let is_failure = result.is_error && result.value.is_none();
        match object.filter(is_plain).filter(|_| !is_failure) {
            Some(object) => drop(self.json.raw(object.trim())),
            None => {
                let name = if result.is_error { "error" } else { "result" };
                self.json.begin_object().name(name).escaped(&text).end_object();
            }
        }
        let has_place = self.is_signed != Some(false);
        let media: Vec<&MessagePart<'_>> = result.media().filter(|part| has_place && self.is_written(part)).collect();
        if !media.is_empty() {
            self.json.name("parts").begin_array();
            for part in media {
                if let PartData::Media(content) = &part.data {
                    self.json.begin_object();
                    self.media(part, content);
                    self.json.end_object();
                }
            }
            self.json.end_array();
        }
        result.parts.iter().filter(|part| part.text().is_some()).for_each(|part| lose_cache(part, self.losses));
        self.json.end_object().end_object();
    }
}

/// Matches a proof that Google made.
fn is_google_s(proof: Option<&Proof<'_>>) -> bool {
    proof.is_some_and(|proof| proof.maker == Maker::Google)
}

/// Writes the arguments of a call, which have to be an object. Any others stand in a member of one.
pub(super) fn write_args(json: &mut JsonWriter, arguments: &str, lose: impl FnOnce()) {
    write_object(json.name("args"), arguments, lose);
}

/// Type of media by the end of their address, which Vertex AI requires.
fn mime_of_address(address: &str) -> Option<&'static str> {
    let path = address.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    let (_, end) = name.rsplit_once('.')?;
    Some(match end.to_ascii_lowercase().as_str() {
        "jpg" | "jpeg" => "image/jpeg",
        "png" => "image/png",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "mp3" => "audio/mp3",
        "wav" => "audio/wav",
        "mp4" => "video/mp4",
        "mov" => "video/quicktime",
        "webm" => "video/webm",
        _ => return None,
    })
}
