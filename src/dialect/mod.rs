//! One file per wire API, all with the same parts in the same order: read a request, read an answer or an event of one,
//! write a piece of text, write an error.

mod anthropic_messages;
mod failure;
mod leaves;
mod once;
mod openai_chat;

use crate::chat::{Channel, Delta, Refusal, Reply, Request};
use crate::document::{Document, Unreadable};

/// A wire API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dialect {
    /// OpenAI chat completions.
    OpenAiChat,
    /// Anthropic messages.
    AnthropicMessages,
}

/// Why a request's body cannot be acted upon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// It is not JSON.
    NotJson(Unreadable),
    /// It is JSON, but not an object.
    NotAnObject,
    /// A field that decides about the call is there twice: readers differ in which one holds.
    Ambiguous(&'static str),
}

impl From<Unreadable> for Unread {
    fn from(reason: Unreadable) -> Self {
        Self::NotJson(reason)
    }
}

impl Dialect {
    /// Every dialect.
    pub const ALL: [Self; 2] = [Self::OpenAiChat, Self::AnthropicMessages];

    /// The dialect whose path this is; a query does not matter.
    pub fn of_path(path: &str) -> Option<Self> {
        let path = path.split_once('?').map_or(path, |(path, _)| path);
        match path {
            openai_chat::PATH => Some(Self::OpenAiChat),
            anthropic_messages::PATH => Some(Self::AnthropicMessages),
            _ => None,
        }
    }

    /// The operation, in the conventions' word (OpenTelemetry GenAI, `gen_ai.operation.name`).
    pub fn operation(self) -> &'static str {
        match self {
            Self::OpenAiChat | Self::AnthropicMessages => "chat",
        }
    }

    /// The conventions' `openai.api.type`, where the provider is OpenAI.
    pub fn openai_api_type(self) -> Option<&'static str> {
        match self {
            Self::OpenAiChat => Some("chat_completions"),
            Self::AnthropicMessages => None,
        }
    }

    /// The header in which this dialect's own clients present their key.
    pub fn key_header(self) -> &'static str {
        match self {
            Self::OpenAiChat => "authorization",
            Self::AnthropicMessages => "x-api-key",
        }
    }

    /// Reads a request.
    ///
    /// # Errors
    /// See [`Unread`].
    pub fn read_request(self, document: Document<'_>) -> Result<Request, Unread> {
        match self {
            Self::OpenAiChat => openai_chat::read_request(document),
            Self::AnthropicMessages => anthropic_messages::read_request(document),
        }
    }

    /// Reads a whole answer, or the data of one event of a streamed one, error answers included. Deltas come in the
    /// order of the document, but for those that close something, which come last.
    ///
    /// # Errors
    /// Not JSON; deltas read so far stay in the list.
    pub fn read_answer(self, document: Document<'_>, deltas: &mut Vec<Delta>) -> Result<(), Unreadable> {
        match self {
            Self::OpenAiChat => openai_chat::read_answer(document, deltas),
            Self::AnthropicMessages => anthropic_messages::read_answer(document, deltas),
        }
    }

    /// Writes an event that adds `text` to a channel of a stream whose facts so far are `reply`'s.
    pub fn write_text(self, reply: &Reply, channel: Channel, text: &str) -> String {
        match self {
            Self::OpenAiChat => openai_chat::write_text(reply, channel, text),
            Self::AnthropicMessages => anthropic_messages::write_text(channel, text),
        }
    }

    /// Writes the body of a refusal, so that the dialect's own clients raise the error they have for it.
    pub fn write_refusal(self, refusal: &Refusal) -> String {
        match self {
            Self::OpenAiChat => openai_chat::write_refusal(refusal),
            Self::AnthropicMessages => anthropic_messages::write_refusal(refusal),
        }
    }
}
