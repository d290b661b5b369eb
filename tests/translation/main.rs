//! Law 4: reading undoes writing. Every request, written in each dialect that has a writer, says there what it said
//! before, except for the losses that the writer names.

#![cfg(test)]

mod answers;
mod capabilities;
mod converse;
mod converse_answers;
mod custom_tools;
mod embeddings;
mod embeddings_law;
#[path = "../traffic/exchanges.rs"]
#[expect(dead_code, reason = "other tests need more of it")]
mod exchanges;
mod faults;
mod forms;
mod gemini;
mod gemini_answers;
mod golden;
mod history;
mod law;
mod meaning;
mod others;
mod requests;
mod rerank;
mod response_streams;
mod responses;
mod schema_facts;
mod stream_law;
mod streams;
mod variants;
