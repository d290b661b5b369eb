//! Provider-neutral types shared by all dialects: request, events, reply and refusal.

mod answer;
mod conversation;
mod event;
mod extra;
mod finish;
mod item;
mod loss;
mod media_type;
mod need;
mod part;
mod paths;
mod reading;
mod refusal;
mod reply;
mod request;
mod schema;
mod stable_hash;
mod text;
mod tool_calls;
mod translation;
mod tree;
mod unmapped;
mod vector;

pub use answer::{AnswerPart, Choice, WholeAnswer};
pub use conversation::{
    AnswerChoice, AnswerContent, AnswerContext, AnswerStream, Author, BlockCall, CallPart, CallSettings, Carrier,
    ClientSupport, Conversation, ConversationTurn, EmbeddingAnswer, EmbeddingConvention, EmbeddingRequest, Escaped,
    InputFormat, Maker, MediaPart, MessagePart, NameRule, OutputBlock, OutputRule, PartData, Proof, ProofKind,
    Reasoning, ReasoningMode, ReasoningPart, ResultPart, Setting, Sink, Start, StreamDelta, StreamLosses, ToolOffer,
};
pub use event::{Channel, Content, Event, OtherRun, Owner};
pub use extra::Extra;
pub use finish::FinishReason;
pub use item::{Item, Items};
pub use loss::{Loss, Losses};
pub use media_type::document_type;
pub use need::{Need, Needs};
pub use part::{Node, Parameter, PartKind, Property};
pub use reading::{Function, Media, OutputFormat, ToolChoice};
pub use refusal::{Misdirection, Refusal};
pub use reply::{Failure, Reply, Run};
pub use request::{CallName, Offered, Parameters, Request};
pub use schema::{SchemaNode, SchemaPlace, plain_schema};
pub use stable_hash::stable_hash;
pub use text::{Role, TextKind, TextSpan};
pub use tool_calls::{ToolCall, ToolCalls};
pub use translation::{CallKind, ProviderError, Untranslatable, Variant, WriteTarget, WrittenRequest};
pub use tree::{Branch, Child, Tree};
pub use unmapped::{Unmapped, unmapped, unmapped_in_answer};
pub use vector::{EmbeddingContext, EmbeddingPurpose, NumberType, Truncation, VectorForm};
