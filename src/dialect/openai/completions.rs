//! OpenAI completions, the legacy API: <https://platform.openai.com/docs/api-reference/completions>, read 2026-11-21.
//! Answers are read in `answer.rs`, together with those of chat completions.

use super::parameters::{self as own, StreamOptions};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{Api, WrittenFrame};
use crate::dialect::parameters;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::read_other;
use crate::dialect::turns::{read_said, read_suffix};
use crate::document::{Document, JsonResult, Reader, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{Channel, Content, Parameter, Reply, Request, Role};
use std::fmt::Write;

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request,
    read_answer: super::chat::answer::read_completion,
    write_text,
    write_refusal: super::error::write_refusal,
};

fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = crate::dialect::texts::object(document)?;
    let mut request = Request::default();
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    let mut options = StreamOptions::none(document);
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "stream_options", "prompt"]);
        match &*key {
            "model" => request.model = parameters::text(reader, Parameter::Model, &mut request)?,
            "stream" => request.stream = parameters::switch(reader, Parameter::Stream, &mut request)?,
            "stream_options" => options = StreamOptions::read(reader, &mut request)?,
            "prompt" => read_prompts(reader, &mut request)?,
            // Text after the requested insertion.
            "suffix" if reader.peek()? == ValueKind::String => read_suffix(reader, &mut request)?,
            _ => {
                if !own::read(reader, &key, &mut request)? {
                    read_other(reader, None, &mut request.items)?;
                }
            }
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check()?;
    options.apply(false, &mut request);
    Ok(request)
}

/// Reads one or several texts. Token numbers are skipped: nobody reads them as text.
fn read_prompts(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    if reader.peek()? != ValueKind::Array {
        return read_prompt(reader, 0, request);
    }
    reader.array(|reader, index| read_prompt(reader, index, request))
}

fn read_prompt(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> JsonResult {
    let first = request.items.len();
    read_said(reader, Role::User, Some(index), request)?;
    request.items.texts_from_mut(first).for_each(|leaf| leaf.role = Some(Role::User));
    Ok(())
}

fn write_text(state: &AnswerState, reply: &Reply, channel: Channel, text: &str) -> WrittenFrame {
    if channel.content != Content::Text {
        return super::chat::write_text(state, reply, channel, text);
    }
    let mut data = super::chat::chunk(reply, "text_completion");
    let _ = write!(data, r#""choices":[{{"index":{},"text":""#, channel.choice);
    escape_into(text, &mut data);
    data.push_str(r#"","logprobs":null,"finish_reason":null}]}"#);
    WrittenFrame { name: "", data }
}
