//! The table of dialects: each with the file of its API.

use super::answer_state::AnswerState;
use super::api::{AnswerFrame, Api, WrittenFrame};
use super::parameters::Row;
use super::request_error::RequestError;
use crate::document::{Document, JsonResult};
use crate::framing::Framing;
use crate::model::{Channel, Event, Refusal, Reply, Request};

/// Declares the dialects and their files, and derives every list of them.
macro_rules! dialects {
    ($($(#[$doc:meta])* $dialect:ident, $($file:ident)::+;)*) => {
        /// A wire API.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Dialect {
            $($(#[$doc])* $dialect,)*
        }

        impl Dialect {
            /// Every dialect.
            pub const ALL: &'static [Self] = &[$(Self::$dialect),*];

            const fn api(self) -> &'static Api {
                match self {
                    $(Self::$dialect => &$($file)::+::API,)*
                }
            }
        }
    };
}

dialects! {
    /// OpenAI chat completions.
    OpenAiChat, super::openai::chat;
    /// OpenAI completions, the legacy API.
    OpenAiCompletions, super::openai::completions;
    /// OpenAI responses.
    OpenAiResponses, super::openai::responses;
    /// OpenAI conversations, and the input items of a stored response.
    OpenAiConversations, super::openai::conversations;
    /// OpenAI embeddings.
    OpenAiEmbeddings, super::openai::embeddings;
    /// OpenAI images: generations, edits, variations.
    OpenAiImages, super::openai::images;
    /// OpenAI audio: speech, transcriptions, translations.
    OpenAiAudio, super::openai::audio;
    /// OpenAI moderations.
    OpenAiModerations, super::openai::moderations;
    /// Anthropic messages.
    AnthropicMessages, super::anthropic::messages;
    /// Anthropic message batches.
    AnthropicBatches, super::anthropic::batches;
    /// Anthropic complete, the legacy API.
    AnthropicComplete, super::anthropic::complete;
    /// Gemini generateContent, of the Gemini API and of Vertex AI, with countTokens.
    GeminiGenerate, super::google::generate;
    /// Gemini cached contents and batches.
    GeminiStored, super::google::stored;
    /// Gemini embedContent and batchEmbedContents.
    GeminiEmbed, super::google::embed;
    /// Gemini interactions.
    GeminiInteractions, super::google::interactions;
    /// Vertex AI predict, for Google's embeddings.
    VertexPredict, super::google::vertex_predict;
    /// Amazon Bedrock Converse, with count-tokens.
    BedrockConverse, super::bedrock::converse;
    /// Amazon Bedrock InvokeModel of Amazon Nova.
    BedrockNova, super::bedrock::nova;
    /// Amazon Bedrock InvokeModel of Amazon Titan.
    BedrockTitan, super::bedrock::titan;
    /// Amazon Bedrock InvokeModel of text completion models: Llama, Mistral, DeepSeek, AI21's Jurassic.
    BedrockText, super::bedrock::text;
    /// Amazon Bedrock InvokeModel of a model whose name does not determine its API.
    BedrockModel, super::bedrock::model;
    /// Amazon Bedrock ApplyGuardrail.
    BedrockGuardrail, super::bedrock::guardrail;
    /// Cohere v1: chat, generate, tokenize.
    CohereV1, super::cohere::v1;
    /// Cohere v2 chat.
    CohereV2, super::cohere::v2;
    /// Cohere embed, v1 and v2.
    CohereEmbed, super::cohere::embed;
    /// Reranking, as in the APIs of Cohere, Voyage and those that follow them.
    Rerank, super::rerank;
    /// Mistral OCR.
    MistralOcr, super::mistral::ocr;
    /// Mistral conversations.
    MistralConversations, super::mistral::conversations;
    /// Ollama: chat, generate, embed.
    Ollama, super::ollama;
    /// Hugging Face's inference API for one model.
    HuggingFace, super::hugging_face;
    /// IBM watsonx.ai: generation, chat, embeddings.
    Watsonx, super::watsonx;
    /// Replicate predictions.
    Replicate, super::replicate;
}

impl Dialect {
    /// Matches OpenAI's dialects, whose paths begin with `/v1`, or with another base at other providers.
    pub fn is_openai_family(self) -> bool {
        matches!(
            self,
            Self::OpenAiChat
                | Self::OpenAiCompletions
                | Self::OpenAiResponses
                | Self::OpenAiConversations
                | Self::OpenAiEmbeddings
                | Self::OpenAiImages
                | Self::OpenAiAudio
                | Self::OpenAiModerations
        )
    }

    /// Returns the dialect that this one belongs to: who speaks that one serves this one's paths too.
    pub fn primary(self) -> Self {
        match self {
            Self::OpenAiConversations => Self::OpenAiResponses,
            Self::AnthropicBatches => Self::AnthropicMessages,
            Self::GeminiStored => Self::GeminiGenerate,
            other => other,
        }
    }

    /// Matches answers of Cohere's own APIs on any host, as far as they have been read.
    pub fn is_cohere_family(self, state: &AnswerState) -> bool {
        matches!(self, Self::CohereV1 | Self::CohereV2 | Self::CohereEmbed) || state.is_cohere_family()
    }

    /// Matches dialects whose streams have an end marker. Gemini's do not: the last chunk is one with finish reasons.
    pub fn has_end_marker(self) -> bool {
        self != Self::GeminiGenerate
    }

    /// Matches dialects whose streams show that they are complete. Lines of results do not.
    pub fn shows_end(self) -> bool {
        self != Self::AnthropicBatches
    }

    /// Matches dialects whose reasoning is signed by the provider of the model in the path. A stream has the signature
    /// only after the text. An inference profile does not show whose model it is.
    pub fn signs_reasoning(self, model: Option<&str>) -> bool {
        let is_anthropics = |model: &str| ["anthropic", "claude", "arn:"].iter().any(|word| model.contains(word));
        match self {
            Self::AnthropicMessages | Self::AnthropicBatches | Self::GeminiInteractions => true,
            Self::BedrockConverse | Self::BedrockNova => model.is_none_or(is_anthropics),
            _ => false,
        }
    }

    /// Matches dialects whose streams repeat texts as a whole.
    pub fn completes_texts(self) -> bool {
        matches!(self, Self::OpenAiResponses | Self::OpenAiAudio)
    }

    /// Names of the dialect's parameters, apart from those in settings of their own.
    pub(super) fn parameters(self) -> impl Iterator<Item = &'static Row> {
        self.api().parameters.iter().copied().flatten()
    }

    /// Returns the framing of a streamed answer whose headers do not determine it.
    pub fn stream(self) -> Framing {
        self.api().stream
    }

    /// Matches dialects whose requests may be forms.
    pub fn takes_forms(self) -> bool {
        matches!(self, Self::OpenAiAudio | Self::OpenAiImages)
    }

    /// Matches dialects whose request body may be a raw image, audio or video without text.
    pub fn takes_media(self) -> bool {
        self == Self::HuggingFace
    }

    /// Reads a request.
    ///
    /// # Errors
    /// See [`RequestError`].
    pub fn read_request(self, document: Document<'_>) -> Result<Request, RequestError> {
        (self.api().read_request)(document)
    }

    /// Reads a whole answer or a frame of a streamed one, errors included. Events come in document order, except for
    /// those that end something: these come last or, where a part ends and another text starts in its place, in
    /// between. `state`: of this answer, after the frames before.
    ///
    /// # Errors
    /// Not JSON; events read so far stay in the list.
    pub fn read_answer(self, frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
        let (first, before) = (events.len(), state.calls);
        let read = (self.api().read_answer)(frame, state, events);
        let calls = events.iter().skip(first).filter(|event| event.is_call()).count();
        state.calls = before.saturating_add(u32::try_from(calls).unwrap_or(u32::MAX));
        read
    }

    /// Writes a frame that adds `text` to a channel of a stream with the facts `reply` and the state so far.
    pub fn write_text(self, state: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
        (self.api().write_text)(state, reply, channel, text)
    }

    /// Writes an error body that makes the dialect's own clients raise their matching error.
    pub fn write_refusal(self, refusal: &Refusal) -> String {
        (self.api().write_refusal)(refusal)
    }
}
