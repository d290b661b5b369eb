//! What every dialect's file has, in the same order.

use super::RequestError;
use crate::document::{Document, JsonError};
use crate::framing::Framing;
use crate::model::{Channel, Event, Refusal, Reply, Request};

/// One wire API: a row of functions.
pub(super) struct Api {
    /// How a streamed answer is cut when its headers do not say so.
    pub(super) stream: Framing,
    /// Reads a request.
    pub(super) read_request: fn(Document<'_>) -> Result<Request, RequestError>,
    /// Reads a whole answer, or a frame of a streamed one.
    pub(super) read_answer: fn(AnswerFrame<'_>, &mut Vec<Event>) -> Result<(), JsonError>,
    /// Writes a frame that adds a piece of text.
    pub(super) write_text: fn(&Reply, Channel, &str) -> WrittenFrame,
    /// Writes the body of an error.
    pub(super) write_refusal: fn(&Refusal) -> String,
}

/// What a dialect reads of an answer: the whole of it, or a frame.
#[derive(Clone, Copy, Debug)]
pub struct AnswerFrame<'a> {
    /// The frame's name, empty where it has none: `event:` of server-sent events, `:event-type` or `:exception-type` of
    /// AWS's.
    pub name: &'a str,
    /// How many tool calls the frames before have told of: where an API counts anew in each frame, this tells calls
    /// apart.
    pub calls: u32,
    /// Whether the framing itself says that this is an error.
    pub is_exception: bool,
    /// Whether this is a whole answer and no frame of a stream.
    pub is_whole: bool,
    /// The data.
    pub document: Document<'a>,
}

impl<'a> AnswerFrame<'a> {
    /// A whole answer.
    pub fn whole(document: Document<'a>) -> Self {
        Self { name: "", calls: 0, is_exception: false, is_whole: true, document }
    }

    /// Whether it is the word with which OpenAI ends a stream, and many after it.
    pub fn is_done(&self) -> bool {
        self.document.as_str().trim() == "[DONE]"
    }
}

/// A frame of our own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenFrame {
    /// Its name, empty where the dialect's frames have none.
    pub name: &'static str,
    /// Its data.
    pub data: String,
}
