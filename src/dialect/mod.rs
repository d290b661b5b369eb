//! One file or folder per wire API, all with the same parts: read a request, read an answer or a frame of one, write a
//! piece of text, write an error. The path of a request determines its dialect.

mod answer_members;
mod answer_state;
mod anthropic;
mod api;
mod bedrock;
mod chat_writing;
mod cohere;
mod embedding_writing;
mod failure;
mod fallbacks;
mod form;
mod google;
mod hosted_tools;
mod hugging_face;
mod members;
mod mistral;
mod ollama;
mod openai;
mod other_models;
mod output_format;
mod parameters;
mod replicate;
mod reported_cost;
mod request_error;
mod rerank;
mod splice;
mod table;
mod texts;
mod tools;
mod translate;
mod turns;
mod unique_keys;
mod unknown;
mod watsonx;
mod writing;

pub use answer_state::AnswerState;
pub use api::{AnswerFrame, WrittenFrame};
pub use bedrock::aws::bare_error;
pub use bedrock::chunk::{chunk, invocation_metrics, unwrap_chunk, wrap_chunk};
pub use failure::read_event as read_failure;
pub use form::{Form, read_form};
pub use request_error::RequestError;
pub use table::Dialect;
pub use translate::{StreamTranslator, TranslationSource};
pub use unknown::{read_unknown_answer, read_unknown_request};
