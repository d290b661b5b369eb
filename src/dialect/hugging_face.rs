//! Hugging Face's inference API for one model, and Text Generation Inference, which serves it:
//! <https://huggingface.co/docs/inference-providers/tasks/index> and
//! <https://huggingface.github.io/text-generation-inference>, read 2026-11-21.
//!
//! What is asked and answered differs from task to task: texts are found whatever their place. Events of a stream have a
//! token each, the last one the whole text besides. Not read: `prefill` and `tokens`, which are the text once more.

use super::Unread;
use super::api::{Api, Frame, Written};
use super::failure::Reported;
use super::leaves::{non_empty, read_other, read_rest, text};
use crate::chat::{
    Channel, Content, Counted, Counting, Delta, Leaf, Refusal, Reply, Request, Role, Tally, UsageSource,
};
use crate::document::{Document, Kind, Loose, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;

pub(super) const API: Api =
    Api { stream: Framing::ServerSentEvents, read_request, read_answer, write_text, write_refusal };

type Read = Result<(), Unreadable>;

fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = super::leaves::object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "inputs"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream = reader.maybe_bool()? == Some(true),
            "inputs" if reader.peek()? == Kind::Array => {
                reader.array(|reader, index| read_input(reader, index, &mut request))?;
            }
            "inputs" => read_input(reader, 0, &mut request)?,
            "parameters" => {
                reader.maybe_object(|reader, key| read_parameter(reader, &key, &mut request))?;
            }
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// An input: a text, or an object of them, beside which there may be encoded pictures or sounds.
fn read_input(reader: &mut Reader<'_>, index: u32, request: &mut Request) -> Read {
    if reader.peek()? == Kind::Object {
        return reader.object(|reader, key| match &*key {
            "image" | "audio" | "video" => super::leaves::read_media(reader, &mut request.leaves),
            _ => read_input(reader, index, request),
        });
    }
    reader.loose(&mut |part| {
        if let Loose::String(span) = part {
            request.leaves.push(Leaf { role: Some(Role::User), ..text(span, index) });
        }
    })
}

fn read_parameter(reader: &mut Reader<'_>, key: &str, request: &mut Request) -> Read {
    let parameters = &mut request.parameters;
    match key {
        "max_new_tokens" => parameters.max_tokens = reader.maybe_count()?,
        "temperature" => parameters.temperature = reader.maybe_number()?,
        "top_p" => parameters.top_p = reader.maybe_number()?,
        "top_k" => parameters.top_k = reader.maybe_integer()?,
        "frequency_penalty" => parameters.frequency_penalty = reader.maybe_number()?,
        "seed" => parameters.seed = reader.maybe_integer()?,
        "stop" => return super::leaves::read_stop(reader, request),
        "grammar" => {
            parameters.output_type = (reader.peek()? == Kind::Object).then_some("json");
            return read_other(reader, None, &mut request.leaves);
        }
        _ => return read_other(reader, None, &mut request.leaves),
    }
    Ok(())
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let mut reader = Reader::new(frame.document);
    let mut tally = Tally::default();
    match reader.peek()? {
        Kind::Array => read_list(&mut reader, &mut tally, deltas)?,
        _ => read_object(&mut reader, 0, &mut tally, deltas)?,
    }
    if !tally.is_empty() {
        // The counts stand among other details, in no object of their own.
        let (counting, source, raw) = (Counting::Within, UsageSource::Body, Span::default());
        deltas.push(Delta::Usage(Box::new(Counted { tally, counting, source, raw })));
    }
    reader.finish()
}

/// Answers to one input or several; or a vector of numbers, or several.
fn read_list(reader: &mut Reader<'_>, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    let (mut numbers, mut length) = (0_u32, 0);
    reader.array(|reader, index| {
        match reader.peek()? {
            Kind::Object => read_object(reader, index, tally, deltas)?,
            Kind::Array => {
                deltas.push(Delta::Choice(index));
                let inner = read_vector(reader, index, tally, deltas)?;
                length = if index == 0 { inner } else { length };
            }
            Kind::Number => {
                numbers = index.saturating_add(1);
                reader.skip()?;
            }
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    if numbers > 0 {
        deltas.push(Delta::Choice(0));
    }
    deltas.extend(Some(numbers.max(length)).filter(|numbers| *numbers > 0).map(Delta::Dimensions));
    Ok(())
}

/// How many numbers there are in a vector; of several, as many as there are tokens, in the first one. Or what is answered
/// to one input of several.
fn read_vector(
    reader: &mut Reader<'_>,
    choice: u32,
    tally: &mut Tally,
    deltas: &mut Vec<Delta>,
) -> Result<u32, Unreadable> {
    let mut length = 0;
    reader.array(|reader, index| {
        match reader.peek()? {
            Kind::Number => {
                length = index.saturating_add(1);
                reader.skip()?;
            }
            Kind::Array if index == 0 => length = read_vector(reader, choice, tally, deltas)?,
            Kind::Array => reader.skip()?,
            Kind::Object => read_object(reader, choice, tally, deltas)?,
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    })?;
    Ok(length)
}

/// An answer to one input, or an event.
fn read_object(reader: &mut Reader<'_>, choice: u32, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    let channel = Channel { choice, part: 0, content: Content::Text };
    let (mut token, mut whole, mut is_event) = (None, None, false);
    let mut reported = Reported::default();
    reader.maybe_object(|reader, key| {
        match &*key {
            "generated_text" | "summary_text" | "translation_text" => whole = non_empty(reader)?,
            "token" => {
                is_event = true;
                token = read_token(reader)?;
            }
            "details" => read_details(reader, choice, tally, deltas)?,
            "top_tokens" => reader.skip()?,
            _ => {
                if !reported.read_flat(reader, &key, deltas)? {
                    read_rest(reader, deltas)?;
                }
            }
        }
        Ok(())
    })?;
    if is_event {
        deltas.extend(token.map(|text| Delta::Text { channel, text }));
        // The last event has the whole text once more.
        if let Some(text) = whole {
            deltas.extend([Delta::Other(text), Delta::End]);
        }
    } else {
        deltas.extend(whole.map(|text| Delta::Text { channel, text }));
    }
    reported.finish(is_event || whole.is_some(), deltas);
    Ok(())
}

/// A token's text; those that are none of the text have none.
fn read_token(reader: &mut Reader<'_>) -> Result<Option<Span>, Unreadable> {
    let (mut text, mut is_special) = (None, false);
    reader.maybe_object(|reader, key| {
        match &*key {
            "text" => text = non_empty(reader)?,
            "special" => is_special = reader.maybe_bool()? == Some(true),
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(text.filter(|_| !is_special))
}

fn read_details(reader: &mut Reader<'_>, choice: u32, tally: &mut Tally, deltas: &mut Vec<Delta>) -> Read {
    let add = |known: Option<u64>, count: Option<u64>| known.map_or(count, |sum| Some(sum + count.unwrap_or(0)));
    reader
        .maybe_object(|reader, key| {
            match &*key {
                "finish_reason" => {
                    deltas.extend(non_empty(reader)?.map(|reason| Delta::Finish { choice, reason }));
                }
                "generated_tokens" => tally.output = add(tally.output, reader.maybe_count()?),
                "input_length" => tally.input = add(tally.input, reader.maybe_count()?),
                "best_of_sequences" => {
                    reader.maybe_array(|reader, _| read_other_sequence(reader, deltas))?;
                }
                "prefill" | "tokens" | "top_tokens" => reader.skip()?,
                _ => read_rest(reader, deltas)?,
            }
            Ok(())
        })
        .map(drop)
}

/// What was generated besides, of which another was the best.
fn read_other_sequence(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "prefill" | "tokens" | "top_tokens" => reader.skip(),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

fn write_text(_: &Reply, _: Channel, text: &str) -> Written {
    let mut data = String::from(r#"{"index":0,"token":{"id":0,"text":""#);
    escape_into(text, &mut data);
    data.push_str(r#"","logprob":0.0,"special":false},"generated_text":null,"details":null}"#);
    Written { name: "", data }
}

/// Its clients raise what they have for the status, with this text.
fn write_refusal(refusal: &Refusal) -> String {
    let mut body = String::from(r#"{"error":""#);
    escape_into(&refusal.message(), &mut body);
    body.push_str("\"}");
    body
}
