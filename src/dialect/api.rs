//! Interface of every dialect.

use super::answer_state::AnswerState;
use super::parameters::Row;
use super::request_error::RequestError;
use crate::document::{Document, JsonResult};
use crate::framing::Framing;
use crate::model::{
    AnswerContent, AnswerContext, Channel, ClientSupport, Conversation, EmbeddingAnswer, EmbeddingContext,
    EmbeddingConvention, EmbeddingRequest, Event, Loss, Losses, Maker, NameRule, Property, ProviderError, Refusal,
    Reply, Request, StreamDelta, Untranslatable, WriteTarget, WrittenRequest,
};

/// Functions of one wire API.
pub(super) struct Api {
    /// Framing of a streamed answer whose headers do not determine it.
    pub(super) stream: Framing,
    /// Names of its parameters: members of a request, or of an object that holds its parameters.
    pub(super) parameters: &'static [&'static [Row]],
    /// Reads a request.
    pub(super) read_request: fn(Document<'_>) -> Result<Request, RequestError>,
    /// Reads a whole answer, or a frame of a streamed one.
    pub(super) read_answer: fn(AnswerFrame<'_>, &mut AnswerState, &mut Vec<Event>) -> JsonResult,
    /// Writes a frame that adds a piece of text.
    pub(super) write_text: fn(&AnswerState, &Reply, Channel, &str) -> WrittenFrame,
    /// Writes an error body.
    pub(super) write_refusal: fn(&Refusal) -> String,
}

/// Functions of a dialect that calls are translated into or from.
pub(super) struct Translation {
    /// Company whose signatures it carries.
    pub(super) maker: Maker,
    /// Rule for the names of functions; none where any is taken.
    pub(super) names: Option<NameRule>,
    /// Set when the form of the dialect's own company has custom tools.
    pub(super) custom_tools: bool,
    /// Writes a request, and adds what the dialect cannot say to the losses.
    pub(super) write_request: WriteRequest,
    /// Writers of answers, for dialects of clients.
    pub(super) answers: Option<AnswerWriters>,
    /// Members of a request or an answer that only repeat its structure, by path: no loss where they are not written.
    pub(super) structure: &'static [&'static str],
}

/// Functions of a dialect of embeddings that calls are translated into or from.
pub(super) struct EmbeddingTranslation {
    /// Conventions of its requests.
    pub(super) convention: EmbeddingConvention,
    /// Writes a request, and adds what the dialect cannot say to the losses.
    pub(super) write_request: WriteEmbeddingRequest,
    /// Writes an answer.
    pub(super) write_answer: fn(&EmbeddingAnswer<'_>, &EmbeddingContext) -> String,
    /// Writes an error body.
    pub(super) write_error: fn(&ProviderError) -> String,
    /// Members of an answer that only repeat its structure, by path: no loss where they are not written.
    pub(super) structure: &'static [&'static str],
}

/// Writer of requests for embeddings in a dialect.
pub(super) type WriteEmbeddingRequest =
    fn(&EmbeddingRequest<'_>, &WriteTarget<'_>, &mut Losses) -> Result<WrittenRequest, Untranslatable>;

/// Writer of requests in a dialect.
pub(super) type WriteRequest =
    fn(&Conversation<'_>, &WriteTarget<'_>, &mut Losses) -> Result<WrittenRequest, Untranslatable>;

/// Writers of answers in a client's dialect.
pub(super) struct AnswerWriters {
    /// Support for proofs of other makers.
    pub(super) proofs: ClientSupport,
    /// Writes a whole answer, and adds what the dialect cannot say to the losses.
    pub(super) whole: fn(&AnswerContent<'_>, &mut Losses) -> String,
    /// Begins a streamed answer.
    pub(super) stream: fn(&AnswerContext) -> Box<dyn StreamWriter>,
    /// Writes an error body.
    pub(super) error: fn(&ProviderError) -> String,
    /// Members of an answer that only repeat its request, by path: no loss where they are not written.
    pub(super) repeated: &'static [&'static str],
}

/// Writer of a streamed answer.
pub(super) trait StreamWriter {
    /// Writes the frames of a change.
    fn write(&mut self, delta: &StreamDelta<'_>, frames: &mut Frames<'_>);
}

/// Frames of a stream to be written.
pub(super) struct Frames<'o> {
    framing: Framing,
    /// Set when a frame stands before the next one.
    follows: &'o mut bool,
    out: &'o mut Vec<u8>,
    losses: &'o mut Losses,
}

impl<'o> Frames<'o> {
    /// Writes to `out`, and adds what the dialect cannot say to the losses.
    pub(super) fn new(framing: Framing, follows: &'o mut bool, out: &'o mut Vec<u8>, losses: &'o mut Losses) -> Self {
        Self { framing, follows, out, losses }
    }

    /// Adds a loss.
    pub(super) fn lose(&mut self, loss: Loss) {
        self.losses.add(loss);
    }

    /// Names the stop sequence that ended a choice as lost.
    pub(super) fn lose_stop_sequence(&mut self, stop_sequence: Option<&str>) {
        if stop_sequence.is_some() {
            self.lose(Loss::Property(Property::StopSequence));
        }
    }

    /// Writes a frame, named or not.
    pub(super) fn push(&mut self, name: &str, data: &str) {
        let follows = std::mem::replace(self.follows, true);
        if self.framing == Framing::JsonArray {
            self.out.extend_from_slice(if follows { b",\r\n" } else { b"[" });
        }
        self.framing.write(name, data.as_bytes(), self.out);
    }

    /// Ends the stream.
    pub(super) fn close(&mut self) {
        if self.framing == Framing::JsonArray {
            self.out.extend_from_slice(if *self.follows { b"]" } else { b"[]" });
        }
    }
}

/// Input to a dialect's answer reader: a whole answer, or one frame of a stream.
#[derive(Clone, Copy, Debug)]
pub struct AnswerFrame<'a> {
    /// Name of the frame, empty when it has none: `event:` of server-sent events, `:event-type` or `:exception-type` of
    /// AWS event streams.
    pub name: &'a str,
    /// Set when the framing itself marks an error.
    pub is_exception: bool,
    /// Set for a whole answer, unset for a frame of a stream.
    pub is_whole: bool,
    /// Data of the frame.
    pub document: Document<'a>,
}

impl<'a> AnswerFrame<'a> {
    /// Creates the input for a whole answer.
    pub fn whole(document: Document<'a>) -> Self {
        Self { name: "", is_exception: false, is_whole: true, document }
    }

    /// Matches `[DONE]`, which ends a stream of OpenAI's and of many others'.
    pub fn is_done(&self) -> bool {
        self.document.as_str().trim() == "[DONE]"
    }
}

/// A frame written by the gateway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WrittenFrame {
    /// Name of the frame, empty for dialects with unnamed frames.
    pub name: &'static str,
    /// Data of the frame.
    pub data: String,
}

impl WrittenFrame {
    /// Writes nothing: for APIs whose answers have no text in pieces.
    pub(super) fn nothing(_: &AnswerState, _: &Reply, _: Channel, _: &str) -> Self {
        Self::default()
    }
}
