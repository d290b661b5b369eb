//! Writer of messages of a request: `Message` of the ollama SDK 0.6.3.

use crate::dialect::chat_writing::{TurnParts, is_plain, joined, lose_details};
use crate::dialect::writing::{lose_name_and_prefix, member, write_object};
use crate::document::JsonWriter;
use crate::model::{
    Author, CallPart, ConversationTurn, Loss, Losses, Media, MessagePart, PartData, PartKind, Property, ResultPart,
};

/// Writer of messages into the list of a request.
pub(super) struct OllamaMessageWriter<'w> {
    pub(super) json: &'w mut JsonWriter,
    pub(super) losses: &'w mut Losses,
}

impl OllamaMessageWriter<'_> {
    /// Writes a turn. Results within it become messages of their own, before the rest of it; their images stand in a
    /// message of the user behind them.
    pub(super) fn turn(&mut self, turn: &ConversationTurn<'_>) {
        lose_name_and_prefix(turn, self.losses);
        let parts = TurnParts::of(turn, self.losses);
        for (part, result) in &parts.results {
            self.result(result, part);
        }
        let images = parts.results.iter().flat_map(|(_, result)| result.media());
        let contents: Vec<&MessagePart<'_>> = images.chain(parts.contents.iter().copied()).collect();
        let is_assistant = turn.author == Author::Assistant;
        if contents.is_empty() && !parts.results.is_empty() || is_assistant && parts.is_blank() {
            return;
        }
        self.json.begin_object().name("role").string(match turn.author {
            Author::System => "system",
            Author::Assistant => "assistant",
            Author::User => "user",
        });
        let images = self.images(&contents, turn.author);
        self.json.name("content").escaped(&text(&contents));
        contents.iter().for_each(|part| lose_details(part, self.losses));
        self.thinking(&parts);
        if !images.is_empty() {
            self.json.name("images").begin_array();
            for data in images {
                self.json.escaped(data);
            }
            self.json.end_array();
        }
        if !parts.calls.is_empty() {
            self.json.name("tool_calls").begin_array();
            parts.calls.iter().for_each(|(part, call)| self.call(part, call));
            self.json.end_array();
        }
        self.json.end_object();
    }

    /// Lists the images, encoded. Images by address, and any other media but texts, are lost; so is the place of an image
    /// between texts.
    fn images<'c>(&mut self, contents: &[&'c MessagePart<'_>], author: Author) -> Vec<&'c str> {
        let mut images = Vec::new();
        let is_text = |part: &&MessagePart<'_>| !matches!(part.data, PartData::Media(_));
        let last = contents.iter().rposition(is_text).unwrap_or(0);
        let mut follows_text = false;
        for (at, part) in contents.iter().enumerate() {
            follows_text |= is_text(part);
            let PartData::Media(content) = &part.data else { continue };
            match (content.kind, &content.media) {
                (_, Media::Text(_)) => {
                    if content.context.is_some() {
                        self.losses.add_at(Loss::Property(Property::Context), part.span);
                    }
                }
                (PartKind::Image, Media::Inline { data, .. }) if author == Author::User => {
                    images.push(&**data);
                    if content.detail.is_some() {
                        self.losses.add_at(Loss::Property(Property::Detail), part.span);
                    }
                    if follows_text && at < last {
                        self.losses.add_at(Loss::Position, part.span);
                    }
                }
                _ => self.losses.add_at(Loss::Part(content.kind), part.span),
            }
        }
        images
    }

    fn thinking(&mut self, parts: &TurnParts<'_, '_>) {
        let mut thoughts = Vec::new();
        for (part, reasoning) in &parts.reasoning {
            match is_plain(reasoning) {
                true => thoughts.push(&*reasoning.text),
                false => self.losses.add_at(Loss::Part(PartKind::Reasoning), part.span),
            }
        }
        if !thoughts.is_empty() {
            self.json.name("thinking").escaped(&thoughts.join("\\n"));
        }
    }

    /// Writes a call. It has no id: its result is linked to it by the name and the order.
    fn call(&mut self, part: &MessagePart<'_>, call: &CallPart<'_>) {
        lose_details(part, self.losses);
        self.json.begin_object().name("function").begin_object();
        self.json.name("name").escaped(&call.name).name("arguments");
        let losses = &mut *self.losses;
        write_object(self.json, &call.arguments, || losses.add_at(Loss::Property(Property::Arguments), part.span));
        self.json.end_object().end_object();
    }

    fn result(&mut self, result: &ResultPart<'_>, part: &MessagePart<'_>) {
        if result.is_error {
            self.losses.add_at(Loss::Property(Property::IsError), part.span);
        }
        self.json.begin_object().name("role").string("tool");
        member(self.json, "tool_name", result.name.as_ref());
        self.json.name("content").escaped(&result.joined()).end_object();
    }
}

/// Joins the texts of a message, also those of documents.
fn text(contents: &[&MessagePart<'_>]) -> String {
    let of = |part: &&MessagePart<'_>| match &part.data {
        PartData::Media(content) => match &content.media {
            Media::Text(text) => Some(text.to_string()),
            _ => None,
        },
        _ => Some(joined(&[*part])),
    };
    contents.iter().filter_map(of).collect::<Vec<String>>().join("\\n")
}
