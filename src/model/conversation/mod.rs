//! Conversation: a request in the form from which every dialect is written, whatever dialect it was read from.
//!
//! Texts are the inside of JSON strings, escaped, unless said otherwise: a writer copies them.

mod answer;
mod carrier;
mod custom_input;
mod custom_tools;
mod delta;
mod embedding;
mod embedding_answer;
mod input_format;
mod link;
mod logprobs;
mod maker;
mod names;
mod part;
mod pending;
mod reasoning;
mod request;
mod settings;
mod stream;
mod stream_losses;
mod tools;
mod turns;

pub use answer::{AnswerChoice, AnswerContent, AnswerContext, ClientSupport};
pub use carrier::{Carrier, Proof, ProofKind, ReasoningPart};
pub use delta::{BlockCall, OutputBlock, Sink, Start, StreamDelta};
pub use embedding::{EmbeddingConvention, EmbeddingRequest};
pub use embedding_answer::EmbeddingAnswer;
pub use input_format::InputFormat;
pub use maker::{Escaped, Maker};
pub use names::NameRule;
pub use part::{CallPart, MediaPart, MessagePart, PartData, ResultPart};
pub use reasoning::{Reasoning, ReasoningMode};
pub use request::Conversation;
pub use settings::{CallSettings, Setting};
pub use stream::AnswerStream;
pub use stream_losses::StreamLosses;
pub use tools::{OutputRule, ToolOffer};
pub use turns::{Author, ConversationTurn};
