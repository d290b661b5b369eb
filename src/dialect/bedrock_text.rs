//! Amazon Bedrock InvokeModel of models that go on with a text: Llama, Mistral, DeepSeek, AI21's Jurassic; and what
//! Mistral and Writer answer to a chat, in OpenAI's words but for some.
//! <https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html>, `model-parameters-mistral.html`, `model-parameters-deepseek.html`, `model-parameters-jurassic2.html`, read
//! 2026-11-21.
//!
//! Each has a list or a member of its own for what it wrote, which is the same in a whole answer and in an event.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::aws::Common;
use super::leaves::{counted, non_empty, read_other, read_rest, set_choice};
use crate::chat::{Channel, Content, Counting, Delta, Leaf, Place, Reply, Request, Role, Tally};
use crate::document::{Document, Key, Kind, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;
use std::fmt::Write;

pub(super) const API: Api = Api {
    stream: Framing::AwsEventStream,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::aws::write_refusal,
};

type Read<T = ()> = Result<T, Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["prompt"]);
        read_parameter(reader, &key, &mut request)
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "prompt" if reader.peek()? == Kind::String => {
            let (place, role) = (Place::Text, Some(Role::User));
            request.leaves.push(Leaf { span: reader.string()?, place, role, message: Some(0), call: None });
        }
        "max_gen_len" | "max_tokens" | "maxTokens" | "maxOutputTokens" => {
            parameters.max_tokens = reader.maybe_count()?
        }
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" | "topP" => parameters.top_p = reader.maybe_number()?,
        "top_k" | "topK" => parameters.top_k = reader.maybe_integer()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "numResults" => parameters.choices = reader.maybe_count()?,
        "frequencyPenalty" => parameters.frequency_penalty = read_penalty(reader)?,
        "presencePenalty" => parameters.presence_penalty = read_penalty(reader)?,
        "stop" | "stopSequences" => return super::leaves::read_stop(reader, request),
        // Llama's, in base64.
        "images" => super::leaves::read_media(reader, &mut request.leaves)?,
        _ => return read_other(reader, None, &mut request.leaves),
    }
    Ok(())
}

/// Jurassic's penalties: a scale, with what it is applied to.
fn read_penalty(reader: &mut Reader<'_>) -> Read<Option<f64>> {
    if reader.peek()? != Kind::Object {
        return reader.maybe_number();
    }
    let mut scale = None;
    reader.object(|reader, key| {
        match &*key {
            "scale" => scale = reader.maybe_number()?,
            _ => reader.stray()?,
        }
        Ok(())
    })?;
    Ok(scale)
}

/// What an answer says besides its texts.
#[derive(Default)]
struct Said {
    is_whole: bool,
    tally: Tally,
    reason: Option<Span>,
    /// Whether a message is the answer.
    answers: bool,
    common: Common,
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut said = Said { is_whole: frame.is_whole, ..Said::default() };
    reader.maybe_object(|reader, key| read_member(reader, &key, &mut said, deltas))?;
    reader.finish()?;
    let Said { tally, reason, answers, mut common, .. } = said;
    // Llama's stream tells the input at its beginning only, and the output so far in each event.
    counted(tally, Counting::CacheBeside, Span::default(), deltas);
    if answers {
        let channel = channel(0, Content::Text);
        deltas.extend(common.take_message().map(|text| Delta::Text { channel, text }));
    }
    deltas.extend(reason.map(|reason| Delta::Finish { choice: 0, reason }));
    common.push(frame.is_exception, deltas);
    Ok(())
}

fn read_member(reader: &mut Reader<'_>, key: &Key<'_>, said: &mut Said, deltas: &mut Vec<Delta>) -> Read {
    match &**key {
        "generation" => {
            deltas.extend([Delta::Choice(0), keep_form(key)]);
            deltas.extend(read_text(reader, Content::Text)?);
        }
        "outputs" | "choices" | "completions" if reader.peek()? == Kind::Array => {
            deltas.push(keep_form(key));
            reader.array(|reader, choice| read_choice(reader, choice, said.is_whole, deltas))?;
        }
        "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
        "created" => deltas.extend(reader.maybe_count()?.map(Delta::Created)),
        "usage" => super::openai_usage::read(reader, deltas)?,
        "object" => reader.skip()?,
        "id" => deltas.extend(reader.scalar()?.filter(|id| id.start < id.end).map(Delta::Id)),
        "prompt_token_count" => said.tally.input = reader.maybe_count()?,
        "generation_token_count" => said.tally.output = reader.maybe_count()?,
        "stop_reason" => said.reason = non_empty(reader)?,
        // TwelveLabs' Pegasus answers with a message, and says so by this.
        "finishReason" => {
            said.reason = non_empty(reader)?;
            said.answers = true;
        }
        "prompt" => read_echo(reader, deltas)?,
        _ if said.common.read(reader, key, deltas)? => {}
        _ => read_rest(reader, deltas)?,
    }
    Ok(())
}

/// Notes by which member the answer tells its text: [`write_text`] has to do likewise.
fn keep_form(key: &Key<'_>) -> Delta {
    Delta::Kept { name: super::bedrock_model::FORM, value: key.span }
}

/// One of several texts. Jurassic wraps text and reason once more, and Mistral's chat has a message.
fn read_choice(reader: &mut Reader<'_>, position: u32, is_whole: bool, deltas: &mut Vec<Delta>) -> Read {
    let (first, mut index, mut reason) = (deltas.len(), position, None);
    deltas.push(Delta::Choice(0));
    let is_reason = |key: &str| matches!(key, "stop_reason" | "finish_reason" | "reason");
    reader.maybe_object(|reader, key| {
        match &*key {
            "index" => {
                index = reader.maybe_count()?.and_then(|index| u32::try_from(index).ok()).unwrap_or(position);
            }
            "text" => deltas.extend(read_text(reader, Content::Text)?),
            "data" => read_echo_with(reader, &mut |reader| {
                deltas.extend(read_text(reader, Content::Text)?);
                Ok(())
            })?,
            "message" | "delta" => {
                deltas.push(Delta::Kept { name: CHOICE_FORM, value: key.span });
                super::openai_message::read_message(reader, is_whole, deltas)?;
            }
            "finishReason" => {
                reader.maybe_object(|reader, key| {
                    match &*key {
                        "reason" => reason = non_empty(reader)?,
                        _ => reader.skip()?,
                    }
                    Ok(())
                })?;
            }
            key if is_reason(key) => reason = non_empty(reader)?.or(reason),
            "logprobs" => reader.skip()?,
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    set_choice(deltas, first, index);
    if let Some(choice @ Delta::Choice(_)) = deltas.get_mut(first) {
        *choice = Delta::Choice(index);
    }
    deltas.extend(reason.map(|reason| Delta::Finish { choice: index, reason }));
    Ok(())
}

/// Jurassic's `data` and `prompt`: a text, and the same again token by token, in none of which a placeholder is whole.
fn read_echo_with(reader: &mut Reader<'_>, text: &mut dyn FnMut(&mut Reader<'_>) -> Read) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" => text(reader),
            _ => reader.skip(),
        })
        .map(drop)
}

fn read_echo(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    read_echo_with(reader, &mut |reader| read_rest(reader, deltas))
}

fn read_text(reader: &mut Reader<'_>, content: Content) -> Read<Option<Delta>> {
    Ok(non_empty(reader)?.map(|text| Delta::Text { channel: channel(0, content), text }))
}

const fn channel(part: u32, content: Content) -> Channel {
    Channel { choice: 0, part, content }
}

fn write_text(reply: &Reply, channel: Channel, text: &str) -> Written {
    let form = reply.kept(super::bedrock_model::FORM);
    let (before, after) = match (form, reply.kept(CHOICE_FORM)) {
        (Some("choices"), Some(_)) => return write_message(reply, channel, text),
        (Some("choices"), None) => (format!(r#"{{"choices":[{{"index":{},"text":""#, channel.choice), END_OF_ELEMENT),
        (Some("outputs"), _) => (r#"{"outputs":[{"text":""#.to_owned(), END_OF_ELEMENT),
        _ => (r#"{"prompt_token_count":null,"generation_token_count":null,"generation":""#.to_owned(), END),
    };
    let mut data = before;
    escape_into(text, &mut data);
    data.push_str(after);
    Written { name: "", data }
}

/// A piece of a message, in a choice that has such.
fn write_message(reply: &Reply, channel: Channel, text: &str) -> Written {
    let Channel { choice, part, content } = channel;
    let message = if reply.kept(CHOICE_FORM) == Some("delta") { "delta" } else { "message" };
    let mut data = format!(r#"{{"choices":[{{"index":{choice},"{message}":{{"role":"assistant","#);
    let after = match content {
        Content::Arguments | Content::Input => {
            let _ = write!(data, r#""content":"","tool_calls":[{{"index":{part},"function":{{"arguments":""#);
            r#""}}]},"stop_reason":null}]}"#
        }
        Content::Reasoning | Content::SignedReasoning => {
            data.push_str(r#""content":"","reasoning_content":""#);
            r#""},"stop_reason":null}]}"#
        }
        Content::Text | Content::Refusal | Content::Speech => {
            data.push_str(r#""content":""#);
            r#""},"stop_reason":null}]}"#
        }
    };
    escape_into(text, &mut data);
    data.push_str(after);
    Written { name: "", data }
}

/// Under which name a reply keeps whether its choices have a message or a delta; such that have neither have a text.
const CHOICE_FORM: &str = "choice_form";

const END: &str = r#"","stop_reason":null}"#;
const END_OF_ELEMENT: &str = r#"","stop_reason":null}]}"#;
