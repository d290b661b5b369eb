//! One file or folder per wire API, all with the same parts: read a request, read an answer or a frame of one, write a
//! piece of text, write an error. The path of a request determines its dialect.

mod anthropic;
mod api;
mod bedrock;
mod cohere;
mod google;
mod mistral;
mod openai;
mod failure;
mod form;
mod hosted_tools;
mod hugging_face;
mod members;
mod output_format;
mod parameters;
mod tools;
mod translate;
mod texts;
mod turns;
mod ollama;
mod unique_keys;
mod other_models;
mod replicate;
mod reported_cost;
mod rerank;
mod unknown;
mod watsonx;

pub use api::{AnswerFrame, WrittenFrame};
pub use bedrock::aws::bare_error;
pub use bedrock::chunk::{chunk, invocation_metrics, unwrap_chunk, wrap_chunk};
pub use failure::read_event as read_failure;
pub use form::{Form, read_form};
pub use hosted_tools::PREVIEW_SEARCH;
pub use unknown::{read_unknown_answer, read_unknown_request};

use crate::document::{Document, JsonError, JsonResult};
use crate::framing::Framing;
use crate::model::{Channel, Event, Refusal, Reply, Request};
use api::Api;

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
    OpenAiChat, openai::chat;
    /// OpenAI completions, the legacy API.
    OpenAiCompletions, openai::completions;
    /// OpenAI responses.
    OpenAiResponses, openai::responses;
    /// OpenAI embeddings.
    OpenAiEmbeddings, openai::embeddings;
    /// OpenAI images: generations, edits, variations.
    OpenAiImages, openai::images;
    /// OpenAI audio: speech, transcriptions, translations.
    OpenAiAudio, openai::audio;
    /// OpenAI moderations.
    OpenAiModerations, openai::moderations;
    /// Anthropic messages.
    AnthropicMessages, anthropic::messages;
    /// Anthropic complete, the legacy API.
    AnthropicComplete, anthropic::complete;
    /// Gemini generateContent, of the Gemini API and of Vertex AI, with countTokens.
    GeminiGenerate, google::generate;
    /// Gemini embedContent and batchEmbedContents.
    GeminiEmbed, google::embed;
    /// Gemini interactions.
    GeminiInteractions, google::interactions;
    /// Vertex AI predict, for Google's embeddings.
    VertexPredict, google::vertex_predict;
    /// Amazon Bedrock Converse, with count-tokens.
    BedrockConverse, bedrock::converse;
    /// Amazon Bedrock InvokeModel of Amazon Nova.
    BedrockNova, bedrock::nova;
    /// Amazon Bedrock InvokeModel of Amazon Titan.
    BedrockTitan, bedrock::titan;
    /// Amazon Bedrock InvokeModel of text completion models: Llama, Mistral, DeepSeek, AI21's Jurassic.
    BedrockText, bedrock::text;
    /// Amazon Bedrock InvokeModel of a model whose name does not determine its API.
    BedrockModel, bedrock::model;
    /// Amazon Bedrock ApplyGuardrail.
    BedrockGuardrail, bedrock::guardrail;
    /// Cohere v1: chat, generate, tokenize.
    CohereV1, cohere::v1;
    /// Cohere v2 chat.
    CohereV2, cohere::v2;
    /// Cohere embed, v1 and v2.
    CohereEmbed, cohere::embed;
    /// Reranking, as in the APIs of Cohere, Voyage and those that follow them.
    Rerank, rerank;
    /// Mistral OCR.
    MistralOcr, mistral::ocr;
    /// Mistral conversations.
    MistralConversations, mistral::conversations;
    /// Ollama: chat, generate, embed.
    Ollama, ollama;
    /// Hugging Face's inference API for one model.
    HuggingFace, hugging_face;
    /// IBM watsonx.ai: generation, chat, embeddings.
    Watsonx, watsonx;
    /// Replicate predictions.
    Replicate, replicate;
}

/// Reason why a request's body cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestError {
    /// The body is not JSON.
    NotJson(JsonError),
    /// The body is JSON, but not an object.
    NotAnObject,
    /// A field that policy depends on occurs twice, and readers differ in the occurrence that they use.
    Ambiguous(&'static str),
}

impl From<JsonError> for RequestError {
    fn from(reason: JsonError) -> Self {
        Self::NotJson(reason)
    }
}

impl Dialect {
    /// Matches OpenAI's dialects, whose paths begin with `/v1`, or with another base at other providers.
    pub fn is_openai_family(self) -> bool {
        matches!(
            self,
            Self::OpenAiChat
                | Self::OpenAiCompletions
                | Self::OpenAiResponses
                | Self::OpenAiEmbeddings
                | Self::OpenAiImages
                | Self::OpenAiAudio
                | Self::OpenAiModerations
        )
    }

    /// Matches answers of Cohere's own APIs on any host, as far as they have been read.
    pub fn is_cohere_family(self, reply: &Reply) -> bool {
        match self {
            Self::CohereV1 | Self::CohereV2 | Self::CohereEmbed => true,
            Self::BedrockModel => bedrock::model::is_cohere_family(reply),
            _ => false,
        }
    }

    /// Matches dialects whose streams have an end marker. Gemini's do not: the last chunk is one with finish reasons.
    pub fn has_end_marker(self) -> bool {
        self != Self::GeminiGenerate
    }

    /// Matches dialects whose reasoning is signed by the provider of the model in the path. A stream has the signature
    /// only after the text. An inference profile does not show whose model it is.
    pub fn signs_reasoning(self, model: Option<&str>) -> bool {
        let is_anthropics = |model: &str| ["anthropic", "claude", "arn:"].iter().any(|word| model.contains(word));
        match self {
            Self::AnthropicMessages | Self::GeminiInteractions => true,
            Self::BedrockConverse | Self::BedrockNova => model.is_none_or(is_anthropics),
            _ => false,
        }
    }

    /// Matches dialects whose streams repeat texts as a whole.
    pub fn completes_texts(self) -> bool {
        matches!(self, Self::OpenAiResponses | Self::OpenAiAudio)
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
    /// between.
    ///
    /// # Errors
    /// Not JSON; events read so far stay in the list.
    pub fn read_answer(self, frame: AnswerFrame<'_>, events: &mut Vec<Event>) -> JsonResult {
        (self.api().read_answer)(frame, events)
    }

    /// Writes a frame that adds `text` to a channel of a stream with the facts `reply` so far.
    pub fn write_text(self, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
        (self.api().write_text)(reply, channel, text)
    }

    /// Writes an error body that makes the dialect's own clients raise their matching error.
    pub fn write_refusal(self, refusal: &Refusal) -> String {
        (self.api().write_refusal)(refusal)
    }
}
