//! Translation: a request's items or an answer's events, written in another dialect. Readers and writers know nothing of
//! each other.

use super::anthropic::messages as anthropic_messages;
use super::api::{AnswerWriters, EmbeddingTranslation, Frames, StreamWriter, Translation};
use super::bedrock::chunk::invocation_metrics;
use super::rerank_writer;
use super::splice::{self, MemberEdit};
use super::table::Dialect;
use crate::document::{Document, EditedDocument, Edits, JsonWriter, KeySet, Reader};
use crate::framing::Framing;
use crate::model::{
    AnswerContent, AnswerContext, AnswerStream, CallKind, Channel, Conversation, EmbeddingAnswer, EmbeddingRequest,
    Event, Failure, Loss, Losses, Maker, Parameter, Property, ProviderError, Request, StreamLosses, Tree, Unmapped,
    Untranslatable, Variant, WholeAnswer, WriteTarget, WrittenRequest, unmapped, unmapped_in_answer,
};

/// Members of requests that say in which form they are, by path.
const REQUEST_STRUCTURE: &[&str] = &["anthropic_version"];

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
            Self::CohereV2 => Some(&super::cohere::v2::TRANSLATION),
            Self::Ollama => Some(&super::ollama::TRANSLATION),
            Self::AnthropicMessages => Some(&anthropic_messages::TRANSLATION),
            Self::GeminiGenerate => Some(&super::google::generate::TRANSLATION),
            Self::BedrockConverse => Some(&super::bedrock::converse::TRANSLATION),
            _ => None,
        }
    }

    fn embedding(self) -> Option<&'static EmbeddingTranslation> {
        match self {
            Self::OpenAiEmbeddings => Some(&super::openai::embeddings::EMBEDDING),
            Self::GeminiEmbed => Some(&super::google::embed::EMBEDDING),
            Self::CohereEmbed => Some(&super::cohere::embed::EMBEDDING),
            Self::BedrockTitan => Some(&super::bedrock::titan::EMBEDDING),
            Self::Ollama => Some(&super::ollama::EMBEDDING),
            _ => None,
        }
    }

    /// Translations of embeddings of another dialect and of this one. `None`: one of them has none.
    fn embeddings_from(self, from: Self) -> Option<(&'static EmbeddingTranslation, &'static EmbeddingTranslation)> {
        // Ollama's own are known by their path alone.
        let is_conversation = from == self && self.translation().is_some();
        from.embedding().zip(self.embedding()).filter(|_| !is_conversation)
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

    /// Reports whether answers to a kind of call are written in this dialect.
    pub fn is_client(self, kind: CallKind) -> bool {
        match kind {
            CallKind::Conversation => self.answer_writers().is_ok(),
            CallKind::Embedding => self.embedding().is_some(),
        }
    }

    /// Writes an error of a provider as an error of this dialect. `None`: no errors are written in it.
    pub fn write_provider_error(self, error: &ProviderError) -> Option<String> {
        self.error_writer().map(|write| write(error))
    }

    fn error_writer(self) -> Option<fn(&ProviderError) -> String> {
        let of_conversations = self.answer_writers().ok().map(|writers| writers.error);
        match self {
            Self::Rerank => Some(rerank_writer::write_error),
            _ => of_conversations.or_else(|| self.embedding().map(|translation| translation.write_error)),
        }
    }

    /// Reports whether requests of a kind of call are written in this dialect.
    pub fn is_target(self, kind: CallKind) -> bool {
        match kind {
            CallKind::Conversation => self.translation().is_some(),
            CallKind::Embedding => self.embedding().is_some(),
        }
    }

    /// Writes a request of any dialect, edited, as a request of this one. What it cannot say is added to the losses. A
    /// request of this very dialect stays as it is, but for the model and what the provider's form of it demands.
    ///
    /// # Errors
    /// The reason why this dialect cannot say it.
    pub fn write_request(
        self,
        from: &TranslationSource<'_, Request>,
        target: &WriteTarget<'_>,
        losses: &mut Losses,
    ) -> Result<WrittenRequest, Untranslatable> {
        match self.spliced(from, target) {
            Some(body) => Ok(body.into()),
            None => self.rewrite_request(from, target, losses),
        }
    }

    /// Splices a request of this dialect. `None`: it is one of another, or says what the provider's form cannot.
    fn spliced(self, from: &TranslationSource<'_, Request>, target: &WriteTarget<'_>) -> Option<String> {
        if from.dialect != self {
            return None;
        }
        let source = EditedDocument::new(from.document, from.edits);
        let mut wanted = Vec::new();
        match self {
            Self::AnthropicMessages if target.variant != target.client => {
                let tree = Tree::of(&from.read.items);
                wanted = anthropic_messages::variant_edits(&tree, &source, target)?;
            }
            // The same members, under other paths.
            Self::GeminiGenerate => {}
            _ if target.variant != target.client => return None,
            _ => {}
        }
        if let Some(model) = target.model.filter(|_| self.names_model() && !target.variant.has_model_in_path()) {
            wanted.push(MemberEdit::Set("model", json_string(model)));
        }
        let mut edits = Edits::default();
        from.edits.iter().for_each(|(range, text)| edits.replace(range, text));
        splice::edit_members(from.document, &wanted, &mut edits).ok()?;
        String::from_utf8(edits.applied(from.document.as_str().as_bytes())).ok()
    }

    /// Reports whether a request of this dialect has members that a provider's form of it does not have.
    pub fn is_foreign(self, document: Document<'_>, variant: Variant) -> bool {
        let members = match self {
            Self::OpenAiEmbeddings => super::openai::embeddings::foreign_members(variant),
            _ => return false,
        };
        has_member(document, members)
    }

    /// Reports whether requests name their model in the body.
    const fn names_model(self) -> bool {
        !matches!(
            self,
            Self::GeminiGenerate | Self::GeminiEmbed | Self::BedrockConverse | Self::BedrockTitan | Self::VertexPredict
        )
    }

    /// Writes a request of any dialect, also one of this, from its meaning alone.
    ///
    /// # Errors
    /// The reason why this dialect cannot say it.
    pub fn rewrite_request(
        self,
        from: &TranslationSource<'_, Request>,
        target: &WriteTarget<'_>,
        losses: &mut Losses,
    ) -> Result<WrittenRequest, Untranslatable> {
        let embeddings = self.embeddings_from(from.dialect);
        let translation = self.translation();
        let is_reranking = self == Self::Rerank && from.dialect == self;
        if translation.is_none() && embeddings.is_none() && !is_reranking {
            return Err(Untranslatable::NoWriter);
        }
        let unmapped = unmapped(from.document, &from.read.items).map_err(|_| Untranslatable::Malformed)?;
        let structure: Vec<&str> = [from.dialect.structure(), REQUEST_STRUCTURE].concat();
        lose_members(unmapped, &structure, from.document, losses);
        let source = EditedDocument::new(from.document, from.edits);
        let tree = Tree::of(&from.read.items);
        let written = match (embeddings, translation) {
            (Some((of, to)), _) => write_embedding_request(from, (of, to), (&tree, &source), target, losses),
            (None, Some(translation)) => write_conversation(from, translation, (&tree, &source), target, losses),
            (None, None) => rerank_writer::write_request(&tree, &source, target, losses).map(WrittenRequest::from),
        };
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
        let unmapped = unmapped_in_answer(from.document, from.read).map_err(|_| Untranslatable::Malformed)?;
        if let Some((of, to)) = self.embeddings_from(from.dialect) {
            lose_members(unmapped, of.structure, from.document, losses);
            let source = EditedDocument::new(from.document, from.edits);
            let answer = EmbeddingAnswer::of(from.read, &source, context, losses)?;
            if self == Self::BedrockTitan && answer.vectors.len() > 1 {
                return Err(Untranslatable::SeveralInputs);
            }
            losses.resolve(from.document).map_err(|_| Untranslatable::Malformed)?;
            return Ok((to.write_answer)(&answer, &context.embedding));
        }
        if self == Self::Rerank && from.dialect == self {
            lose_members(unmapped, rerank_writer::STRUCTURE, from.document, losses);
            let source = EditedDocument::new(from.document, from.edits);
            let written = rerank_writer::write_answer(from.read, &source, context, losses);
            losses.resolve(from.document).map_err(|_| Untranslatable::Malformed)?;
            return Ok(written);
        }
        let writers = self.answer_writers()?;
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
        let write = self.error_writer()?;
        let text = |span| Document::text(from.document, span).into_owned();
        from.read.iter().find_map(|event| match *event {
            Event::Failure { kind, code, status: word, message } => {
                let failure = Failure { kind: kind.map(text), code: code.map(text), status: word.map(text) };
                Some(write(&ProviderError { status, failure, message: message.map(text).unwrap_or_default() }))
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
        let losses = StreamLosses { has_custom_tools: writers.proofs.custom, ..StreamLosses::default() };
        Ok(StreamTranslator { framing, has_frames: false, is_closed: false, stream, writer, losses })
    }
}

/// Writes a conversation of any dialect in another.
fn write_conversation(
    from: &TranslationSource<'_, Request>,
    translation: &Translation,
    (tree, source): (&Tree, &EditedDocument<'_>),
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    if from.read.stored_state.is_some() || tree.parameter(Parameter::StoredPrompt).is_some() {
        return Err(Untranslatable::StoredState);
    }
    let mut conversation = Conversation::of(tree, source, from.dialect.maker(), losses);
    // A path may ask for a stream, in place of the body, and some dialects stream or report usage without being asked.
    conversation.settings.stream |= from.read.stream;
    conversation.settings.stream_usage |= target.reports_usage || from.read.usage_asked;
    let has_custom_tools = translation.custom_tools && target.variant == Variant::Common;
    let custom_tools = if has_custom_tools { KeySet::default() } else { conversation.make_functions(losses) };
    let tool_names = translation.names.map(|rule| conversation.fit_names(&rule)).unwrap_or_default();
    let written = (translation.write_request)(&conversation, target, losses)?;
    Ok(WrittenRequest { tool_names: tool_names.into(), custom_tools: custom_tools.into(), ..written })
}

/// Writes a request for embeddings of any dialect in another.
fn write_embedding_request(
    from: &TranslationSource<'_, Request>,
    (of, to): (&EmbeddingTranslation, &EmbeddingTranslation),
    (tree, source): (&Tree, &EditedDocument<'_>),
    target: &WriteTarget<'_>,
    losses: &mut Losses,
) -> Result<WrittenRequest, Untranslatable> {
    let request = EmbeddingRequest::of(tree, source, of.convention, losses)?;
    let mut written = (to.write_request)(&request, target, losses)?;
    written.embedding.is_bare = has_bare_form(from.dialect, from.document);
    Ok(written)
}

/// Reports whether a request for embeddings is in the form of its API whose answers are bare.
fn has_bare_form(dialect: Dialect, document: Document<'_>) -> bool {
    match dialect {
        Dialect::GeminiEmbed => !has_member(document, &["requests"]),
        Dialect::Ollama => has_member(document, &["prompt"]),
        _ => false,
    }
}

/// Reports whether an object has one of some members.
fn has_member(document: Document<'_>, members: &[&str]) -> bool {
    let mut has_one = false;
    let _ = Reader::new(document).object(|reader, key| {
        has_one |= members.contains(&&*key);
        reader.skip()
    });
    has_one
}

/// Adds members without a canonical word to the losses, unless they say nothing.
fn lose_members(members: Vec<Unmapped>, structure: &[&str], document: Document<'_>, losses: &mut Losses) {
    for member in members {
        let is_empty = matches!(document.raw(member.value), "\"\"" | "{}" | "[]");
        if !structure.iter().any(|known| is_within(&member.path, known)) && !is_empty {
            losses.add(Loss::Member(member.path));
        }
    }
}

/// Matches the path of a member, and those within it.
fn is_within(path: &str, member: &str) -> bool {
    path.strip_prefix(member).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn json_string(text: &str) -> String {
    let mut json = JsonWriter::default();
    json.string(text);
    json.finish()
}

/// Streamed answer that is written in another dialect while it comes.
pub struct StreamTranslator {
    framing: Framing,
    /// Set when a frame has been written.
    has_frames: bool,
    is_closed: bool,
    stream: AnswerStream,
    writer: Box<dyn StreamWriter>,
    losses: StreamLosses,
}

impl StreamTranslator {
    /// Takes the events of a frame, with the edits of its document, and writes the client's frames.
    pub fn push(&mut self, events: &[Event], document: Document<'_>, edits: &Edits, out: &mut Vec<u8>) {
        let Self { framing, has_frames, stream, writer, losses, .. } = self;
        losses.note(events, document);
        let mut frames = Frames::new(*framing, has_frames, out, &mut losses.losses);
        if let Some(counted) = invocation_metrics(document) {
            stream.count(&counted);
        }
        stream.push(events, &EditedDocument::new(document, edits), &mut |delta| writer.write(delta, &mut frames));
    }

    /// Takes the kind of a failure that the framing names, before the frame itself.
    pub fn name_failure(&mut self, kind: &str) {
        self.stream.name_failure(kind);
    }

    /// Takes text that was held back from the client.
    pub fn push_held(&mut self, channel: Channel, text: &str, out: &mut Vec<u8>) {
        let Self { framing, has_frames, stream, writer, losses, .. } = self;
        let mut frames = Frames::new(*framing, has_frames, out, &mut losses.losses);
        stream.push_held(channel, text, &mut |delta| writer.write(delta, &mut frames));
    }

    /// Ends the stream where the provider's bytes end.
    pub fn finish(&mut self, out: &mut Vec<u8>) {
        let Self { framing, has_frames, is_closed, stream, writer, losses } = self;
        let mut frames = Frames::new(*framing, has_frames, out, &mut losses.losses);
        stream.finish(&mut |delta| writer.write(delta, &mut frames));
        if !std::mem::replace(is_closed, true) {
            frames.close();
        }
    }

    /// Takes the losses: each kind once, by the path of its first place. Members of a frame without a canonical word are
    /// not among them.
    pub fn take_losses(&mut self) -> Losses {
        let mut losses = std::mem::take(&mut self.losses.losses);
        if self.stream.has_lost_proof() {
            losses.add(Loss::Property(Property::Signature));
        }
        losses
    }
}
