//! OpenAI audio: speech, transcriptions, translations (<https://platform.openai.com/docs/api-reference/audio>, read
//! 2026-11-21), and what speaks alike: Mistral (<https://docs.mistral.ai/api/#tag/audio.transcriptions>), OpenRouter, whose
//! requests are JSON (<https://openrouter.ai/docs/guides/overview/multimodal/stt>), Cohere, Groq, and xAI's `stt` and
//! `tts` (<https://docs.x.ai/docs/model-capabilities/audio/voice>).
//!
//! A transcription is billed by token or by the second: the usage says which, and where there is none the duration may be
//! told. Speech is billed by token, which the end of a stream tells, or by the character, which no answer tells: its
//! request counts them. Not read: audio, and transcriptions that are no JSON (text, SRT, WebVTT).

use super::Unread;
use super::api::{Api, Frame, Written};
use super::failure::Reported;
use super::leaves::{non_empty, object, read_other, read_rest, text};
use crate::chat::{Channel, Content, Counting, Delta, Leaf, Reply, Request, Role, Tally};
use crate::document::{Document, Kind, Reader, Span, Unreadable, escape_into};
use crate::framing::Framing;

pub(super) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    read_request,
    read_answer,
    write_text,
    write_refusal: super::openai_chat::write_refusal,
};

type Read<T = ()> = Result<T, Unreadable>;

/// Reads a request that is JSON; a form is read by [`read_form`](super::read_form).
fn read_request(document: Document<'_>) -> Result<Request, Unread> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut once = super::once::Once::default();
    reader.object(|reader, key| {
        once.saw(&key, &["model", "stream", "stream_format", "input", "text"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream |= reader.maybe_bool()? == Some(true),
            "stream_format" => request.stream |= reader.api_text()?.as_deref() == Some("sse"),
            "input" | "text" if reader.peek()? == Kind::String => {
                request.parameters.output_type = Some("speech");
                request.characters = Some(read_spoken(reader, Role::User, &mut request.leaves)?);
            }
            // OpenRouter: what several speakers say, one after another.
            "input" if reader.peek()? == Kind::Array => {
                request.parameters.output_type = Some("speech");
                reader.array(|reader, _| read_spoken_turn(reader, &mut request))?;
            }
            "instructions" if reader.peek()? == Kind::String => {
                read_spoken(reader, Role::System, &mut request.leaves)?;
            }
            // The second is OpenRouter's: how the voice is to sound.
            "conversation_history" | "input_references" if reader.peek()? == Kind::Array => {
                reader.array(|reader, _| read_turn(reader, &mut request.leaves))?;
            }
            // Encoded audio, and its addresses.
            "input_audio" | "file" | "file_url" | "file_id" | "ref_audio" => {
                super::leaves::read_media(reader, &mut request.leaves)?;
            }
            _ if super::openai_parameters::read(reader, &key, &mut request)? => {}
            _ => read_other(reader, None, &mut request.leaves)?,
        }
        Ok(())
    })?;
    super::leaves::finish(reader, &mut request)?;
    once.check().map(|()| request)
}

/// Notes a text and counts its characters.
fn read_spoken(reader: &mut Reader<'_>, role: Role, leaves: &mut Vec<Leaf>) -> Read<u64> {
    let span = reader.string()?;
    let message = (role == Role::User).then_some(0);
    leaves.push(Leaf { role: Some(role), message, ..text(span, 0) });
    Ok(reader.document().text(span).chars().count() as u64)
}

fn read_spoken_turn(reader: &mut Reader<'_>, request: &mut Request) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" if reader.peek()? == Kind::String => {
                let spoken = read_spoken(reader, Role::User, &mut request.leaves)?;
                request.characters = Some(request.characters.unwrap_or_default().saturating_add(spoken));
                Ok(())
            }
            _ => read_other(reader, None, &mut request.leaves),
        })
        .map(drop)
}

/// What was said before: texts and audio.
fn read_turn(reader: &mut Reader<'_>, leaves: &mut Vec<Leaf>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "role" | "type" => reader.api_word().map(drop),
            "audio" | "input_audio" | "image_url" => super::leaves::read_media(reader, leaves),
            _ => read_other(reader, None, leaves),
        })
        .map(drop)
}

fn read_answer(frame: Frame<'_>, deltas: &mut Vec<Delta>) -> Read {
    let document = frame.document;
    if frame.is_done() {
        deltas.push(Delta::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let mut said = Said::default();
    reader.maybe_object(|reader, key| said.read_member(reader, &key, frame.is_whole, deltas))?;
    if frame.is_whole {
        said.tell_whole(deltas)
    } else {
        said.tell_event(document, deltas)
    }
    reader.finish()
}

/// What an answer or an event says, gathered member by member: its type may come last.
#[derive(Default)]
struct Said {
    kind: Option<Span>,
    text: Option<Span>,
    /// Seconds of audio that were heard.
    duration: Option<u64>,
    /// Whether there is audio.
    sounds: bool,
    reported: Reported,
}

impl Said {
    fn read_member(&mut self, reader: &mut Reader<'_>, key: &str, is_whole: bool, deltas: &mut Vec<Delta>) -> Read {
        match key {
            "type" if !is_whole => self.kind = non_empty(reader)?,
            "text" | "delta" if reader.peek()? == Kind::String => self.text = Some(reader.string()?),
            // That of an event is a segment's.
            "id" if !is_whole => reader.skip()?,
            "id" => deltas.extend(non_empty(reader)?.map(Delta::Id)),
            "model" => deltas.extend(non_empty(reader)?.map(Delta::Model)),
            "usage" => super::openai_usage::read(reader, deltas)?,
            "duration" => self.duration = reader.maybe_count()?,
            "segments" if reader.peek()? == Kind::Array => {
                reader.array(|reader, _| read_segment(reader, deltas))?;
            }
            "audio" | "audio_data" => {
                self.sounds = true;
                reader.skip()?;
            }
            // Tokens one by one: a placeholder is never whole in one of them.
            "logprobs" | "obfuscation" => reader.skip()?,
            _ if self.reported.read_flat(reader, key, deltas)? => {}
            _ => read_rest(reader, deltas)?,
        }
        Ok(())
    }

    fn tell_whole(self, deltas: &mut Vec<Delta>) {
        let channel = Channel { choice: 0, part: 0, content: Content::Text };
        deltas.extend(self.text.filter(|text| text.start < text.end).map(|text| Delta::Text { channel, text }));
        if !deltas.iter().any(|delta| matches!(delta, Delta::Usage(_))) {
            let tally = Tally { input_seconds: self.duration, ..Tally::default() };
            super::leaves::counted(tally, Counting::Within, Span::default(), deltas);
        }
        let answered = self.text.is_some() || self.sounds;
        self.reported.finish(answered, deltas);
        if answered {
            deltas.push(Delta::End);
        }
    }

    fn tell_event(self, document: Document<'_>, deltas: &mut Vec<Delta>) {
        let kind = self.kind.map(|kind| document.text(kind)).unwrap_or_default();
        let channel = Channel { choice: 0, part: 0, content: Content::Text };
        if kind.ends_with(".text.delta") {
            deltas.extend(self.text.map(|text| Delta::Text { channel, text }));
            // In which of the two ways that there are the text goes on.
            let value = self.kind.filter(|_| kind == MISTRALS);
            deltas.extend(value.map(|value| Delta::Kept { name: "text_event", value }));
        } else if ENDS.contains(&&*kind) {
            deltas.extend(self.text.map(|text| Delta::Complete { channel, place: 0, text }));
        } else {
            // The text of a segment.
            deltas.extend(self.text.map(|text| Delta::Repeated { content: Content::Text, text }));
        }
        deltas.extend(self.kind.map(Delta::Event));
        self.reported.finish(kind != "error", deltas);
        if ENDS.contains(&&*kind) {
            deltas.push(Delta::End);
        }
    }
}

fn read_segment(reader: &mut Reader<'_>, deltas: &mut Vec<Delta>) -> Read {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" => {
                let text = non_empty(reader)?;
                deltas.extend(text.map(|text| Delta::Repeated { content: Content::Text, text }));
                Ok(())
            }
            "tokens" | "id" | "type" => reader.skip(),
            _ => read_rest(reader, deltas),
        })
        .map(drop)
}

/// The event by which Mistral adds to a text.
const MISTRALS: &str = "transcription.text.delta";

/// Events after which nothing comes.
const ENDS: &[&str] = &["transcript.text.done", "transcription.done", "speech.audio.done"];

fn write_text(reply: &Reply, _: Channel, text: &str) -> Written {
    let (name, start) = match reply.kept("text_event") {
        Some(_) => (MISTRALS, r#"{"type":"transcription.text.delta","text":""#),
        None => ("", r#"{"type":"transcript.text.delta","delta":""#),
    };
    let mut data = String::from(start);
    escape_into(text, &mut data);
    data.push_str("\"}");
    Written { name, data }
}
