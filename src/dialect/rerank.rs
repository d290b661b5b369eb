//! Reranking: documents in the order in which they answer a query. Cohere v1 and v2
//! (<https://docs.cohere.com/reference/rerank>), also on Amazon Bedrock, Voyage
//! (<https://docs.voyageai.com/reference/reranker-api>), Jina (<https://api.jina.ai/redoc>), OpenRouter and vLLM: read
//! 2026-11-21. All are asked alike; Cohere counts searches, in `meta`, the others tokens, in `usage`.

use super::Unread;
use super::api::{Api, Frame};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest, span, text};
use crate::chat::{Counting, Delta, Leaf, Refusal, Request, Role, Tally};
use crate::document::{Document, Kind, Loose, Reader, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api = Api {
    stream: Framing::JsonLines,
    read_request,
    read_answer,
    write_text: super::openai_chat::write_text,
    write_refusal,
};

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "query", "documents"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "query" => read_document(reader, 0, &mut request)?,
            // The latter in Text Embeddings Inference.
            "documents" | "texts" => {
                reader.maybe_array(|reader, index| read_document(reader, index.saturating_add(1), &mut request))?;
            }
            // Voyage's and OpenAI's word for what Cohere calls `top_n`.
            "top_k" => request.parameters.top_k = reader.maybe_integer()?,
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// A query or a document: a text, or an object of texts.
fn read_document(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    if reader.peek()? == Kind::Object {
        return reader.object(|reader, key| match &*key {
            // An address, or encoded bytes (Jina).
            "image" | "image_url" => super::leaves::read_media(reader, &mut request.leaves),
            _ => read_document(reader, index, request),
        });
    }
    reader.loose(&mut |part| {
        if let Loose::String(span) = part {
            request.leaves.push(Leaf { role: Some(Role::User), ..text(span, index) });
        }
    })
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut answered = false;
    let mut reported = Reported::default();
    let mut reader = Reader::new(frame.document);
    // Text Embeddings Inference has a list and nothing around it:
    // <https://huggingface.github.io/text-embeddings-inference/#/Text%20Embeddings%20Inference/rerank>.
    if reader.peek()? == Kind::Array {
        read_results(&mut reader, deltas)?;
        return reader.finish();
    }
    reader.maybe_object(|reader, key| {
        match &*key {
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "results" | "data" => {
                answered = true;
                read_results(reader, deltas)?;
            }
            "meta" => super::cohere::read_usage(reader, deltas)?,
            "usage" => read_usage(reader, deltas)?,
            "object" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    })?;
    reported.finish(answered, deltas);
    reader.finish()
}

fn read_results(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_array(|reader, index| {
            deltas.push(Delta::Choice(index));
            read_rest(reader, deltas)
        })
        .map(drop)
}

/// The counts of those who bill tokens. Nothing is written but scores, so that all tokens are input, whether they are
/// said to be or not.
fn read_usage(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader.peek()?;
    let start = reader.offset();
    let mut tally = Tally::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "prompt_tokens" | "input_tokens" => tally.input = reader.maybe_count()?,
            "completion_tokens" | "output_tokens" => tally.output = reader.maybe_count()?,
            "total_tokens" => tally.total = reader.maybe_count()?,
            "search_units" => tally.searches = reader.maybe_count()?,
            // OpenRouter: <https://openrouter.ai/docs/use-cases/usage-accounting>.
            "cost" => deltas.extend(reader.scalar()?.map(|value| Delta::Kept { name: "cost", value })),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if tally.input.is_none() {
        tally.billed_input = tally.total;
    }
    super::leaves::counted(tally, Counting::Within, span(start, reader.offset()), deltas);
    Ok(())
}

/// Cohere's and Bedrock's clients read `message`, Voyage's `detail`.
fn write_refusal(refusal: &Refusal) -> String {
    let mut message = String::new();
    escape_into(&refusal.message(), &mut message);
    let mut body = String::new();
    let _ = write!(body, r#"{{"message":"{message}","detail":"{message}"}}"#);
    body
}
