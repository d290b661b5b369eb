//! Translation: a request's items or an answer's events, written in another dialect. Readers and writers know nothing of
//! each other.

use super::api::{AnswerWriters, Frames, StreamWriter, Translation};
use super::table::Dialect;
use crate::document::{Document, EditedDocument, Edits};
use crate::framing::Framing;
use crate::model::{
    AnswerContent, AnswerContext, AnswerStream, Channel, Conversation, Event, Failure, Loss, Losses, Maker, Parameter,
    ProviderError, Request, Tree, Unmapped, Untranslatable, WholeAnswer, WriteTarget, WrittenRequest, unmapped,
    unmapped_in_answer,
};

/// Something read from a document, with the edits of its texts.
#[derive(Clone, Copy, Debug)]
pub struct TranslationSource<'s, T: ?Sized> {
    /// Dialect that it was read in.
    pub dialect: Dialect,
    /// Document.
    pub document: Document<'s>,
    /// Edits of the document.
    pub edits: &'s Edits,
    /// The request, or the events of the answer.
    pub read: &'s T,
}

impl Dialect {
    fn translation(self) -> Option<&'static Translation> {
        match self {
            Self::OpenAiChat => Some(&super::openai::chat::TRANSLATION),
            Self::OpenAiResponses => Some(&super::openai::responses::TRANSLATION),
            Self::AnthropicMessages => Some(&super::anthropic::messages::TRANSLATION),
            Self::GeminiGenerate => Some(&super::google::generate::TRANSLATION),
            _ => None,
        }
    }

    /// Company whose signatures the dialect carries.
    fn maker(self) -> Maker {
        self.translation().map_or(Maker::Other, |translation| translation.maker)
    }

    /// Members that only repeat the structure of the dialect's requests and answers.
    fn structure(self) -> &'static [&'static str] {
        self.translation().map_or(&[], |translation| translation.structure)
    }

    fn answer_writers(self) -> Result<&'static AnswerWriters, Untranslatable> {
        self.translation().and_then(|translation| translation.answers.as_ref()).ok_or(Untranslatable::NoWriter)
    }

    /// Reports whether answers are written in this dialect.
    pub fn is_client(self) -> bool {
        self.answer_writers().is_ok()
    }

    /// Writes an error of a provider as an error of this dialect. `None`: no errors are written in it.
    pub fn write_provider_error(self, error: &ProviderError) -> Option<String> {
        self.answer_writers().ok().map(|writers| (writers.error)(error))
    }

    /// Reports whether requests are written in this dialect.
    pub fn is_target(self) -> bool {
        self.translation().is_some()
    }

    /// Writes a request of any dialect, edited, as a request of this one. What it cannot say is added to the losses.
    ///
    /// # Errors
    /// The reason why this dialect cannot say it.
    pub fn write_request(
        self,
        from: &TranslationSource<'_, Request>,
        target: &WriteTarget<'_>,
        losses: &mut Losses,
    ) -> Result<WrittenRequest, Untranslatable> {
        let translation = self.translation().ok_or(Untranslatable::NoWriter)?;
        let unmapped = unmapped(from.document, &from.read.items).map_err(|_| Untranslatable::Malformed)?;
        lose_members(unmapped, from.dialect.structure(), from.document, losses);
        let source = EditedDocument::new(from.document, from.edits);
        let tree = Tree::of(&from.read.items);
        if from.read.stored_state.is_some() || tree.parameter(Parameter::StoredPrompt).is_some() {
            return Err(Untranslatable::StoredState);
        }
        let mut conversation = Conversation::of(&tree, &source, from.dialect.maker(), losses);
        // A path may ask for a stream, in place of the body.
        conversation.settings.stream |= from.read.stream;
        conversation.settings.stream_usage |= target.reports_usage;
        let written = (translation.write_request)(&conversation, target, losses);
        losses.resolve(from.document).map_err(|_| Untranslatable::Malformed)?;
        written
    }

    /// Writes a whole answer of any dialect, edited, as an answer of this one. What it cannot say is added to the losses.
    ///
    /// # Errors
    /// No answers are written in this dialect.
    pub fn write_answer(
        self,
        from: &TranslationSource<'_, [Event]>,
        context: &AnswerContext,
        losses: &mut Losses,
    ) -> Result<String, Untranslatable> {
        let writers = self.answer_writers()?;
        let unmapped = unmapped_in_answer(from.document, from.read).map_err(|_| Untranslatable::Malformed)?;
        let repeated = from.dialect.answer_writers().map_or(&[][..], |writers| writers.repeated);
        let known = [from.dialect.structure(), repeated].concat();
        lose_members(unmapped, &known, from.document, losses);
        let source = EditedDocument::new(from.document, from.edits);
        let whole = WholeAnswer::of(from.read, from.document);
        let answer = AnswerContent::of(&whole, &source, (from.dialect.maker(), writers.proofs), context, losses);
        let written = (writers.whole)(&answer, losses);
        losses.resolve(from.document).map_err(|_| Untranslatable::Malformed)?;
        Ok(written)
    }

    /// Writes the error that an answer reports as an error of this dialect. `None`: it reports none, or no errors are
    /// written in this dialect.
    pub fn write_error(self, from: &TranslationSource<'_, [Event]>, status: Option<u16>) -> Option<String> {
        let writers = self.answer_writers().ok()?;
        let text = |span| Document::text(from.document, span).into_owned();
        from.read.iter().find_map(|event| match *event {
            Event::Failure { kind, code, status: word, message } => {
                let failure = Failure { kind: kind.map(text), code: code.map(text), status: word.map(text) };
                Some((writers.error)(&ProviderError {
                    status,
                    failure,
                    message: message.map(text).unwrap_or_default(),
                }))
            }
            _ => None,
        })
    }

    /// Begins a streamed answer of this dialect in a framing, from the events of an answer of the dialect `from`.
    ///
    /// # Errors
    /// No answers are written in this dialect.
    pub fn translate_stream(
        self,
        from: Self,
        framing: Framing,
        context: AnswerContext,
    ) -> Result<StreamTranslator, Untranslatable> {
        let writers = self.answer_writers()?;
        let writer = (writers.stream)(&context);
        let stream = AnswerStream::new(from.maker(), writers.proofs, context);
        Ok(StreamTranslator { framing, has_frames: false, is_closed: false, stream, writer })
    }
}

/// Adds members without a canonical word to the losses, unless they say nothing.
fn lose_members(members: Vec<Unmapped>, structure: &[&str], document: Document<'_>, losses: &mut Losses) {
    for member in members {
        if !structure.iter().any(|known| is_within(&member.path, known)) && document.raw(member.value) != "\"\"" {
            losses.add(Loss::Member(member.path));
        }
    }
}

/// Matches the path of a member, and those within it.
fn is_within(path: &str, member: &str) -> bool {
    path.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

/// Streamed answer that is written in another dialect while it comes.
pub struct StreamTranslator {
    framing: Framing,
    /// Set when a frame has been written.
    has_frames: bool,
    is_closed: bool,
    stream: AnswerStream,
    writer: Box<dyn StreamWriter>,
}

impl StreamTranslator {
    /// Takes the events of a frame, with the edits of its document, and writes the client's frames.
    pub fn push(&mut self, events: &[Event], document: Document<'_>, edits: &Edits, out: &mut Vec<u8>) {
        let Self { framing, has_frames, stream, writer, .. } = self;
        let mut frames = Frames::new(*framing, has_frames, out);
        stream.push(events, &EditedDocument::new(document, edits), &mut |delta| writer.write(delta, &mut frames));
    }

    /// Takes text that was held back from the client.
    pub fn push_held(&mut self, channel: Channel, text: &str, out: &mut Vec<u8>) {
        let Self { framing, has_frames, stream, writer, .. } = self;
        let mut frames = Frames::new(*framing, has_frames, out);
        stream.push_held(channel, text, &mut |delta| writer.write(delta, &mut frames));
    }

    /// Ends the stream where the provider's bytes end.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let Self { framing, has_frames, is_closed, stream, writer } = self;
        let mut frames = Frames::new(*framing, has_frames, out);
        stream.finish(&mut |delta| writer.write(delta, &mut frames));
        if !std::mem::replace(is_closed, true) {
            frames.close();
        }
    }
}
