//! OpenAI audio: speech, transcriptions, translations (<https://platform.openai.com/docs/api-reference/audio>, read
//! 2026-11-21), and similar APIs: Mistral (<https://docs.mistral.ai/api/#tag/audio.transcriptions>), OpenRouter, whose
//! requests are JSON (<https://openrouter.ai/docs/guides/overview/multimodal/stt>), Cohere, Groq, and xAI's `stt` and
//! `tts` (<https://docs.x.ai/docs/model-capabilities/audio/voice>).
//!
//! Transcriptions are billed by token or by second: the usage shows which; an answer without usage may report the
//! duration. Speech is billed by token, reported at the end of a stream, or by character, reported by no answer: the
//! characters are counted from the request. Skips audio, and transcriptions that are not JSON (text, SRT, WebVTT).

use crate::dialect::answer_members::{self, AnswerMember, opaque};
use crate::dialect::answer_state::AnswerState;
use crate::dialect::api::{AnswerFrame, Api, WrittenFrame};
use crate::dialect::failure::Reported;
use crate::dialect::request_error::RequestError;
use crate::dialect::texts::{non_empty, object, read_other, read_rest, text};
use crate::document::{Document, JsonResult, Reader, Span, ValueKind, escape_into};
use crate::framing::Framing;
use crate::model::{Channel, Content, Event, Items, Owner, PartKind, Property, Reply, Request, Role, TextSpan};
use crate::usage::{ReportedUsage, UsageConvention};

pub(in crate::dialect) const API: Api = Api {
    stream: Framing::ServerSentEvents,
    parameters: &[super::parameters::ROWS],
    read_request,
    read_answer,
    write_text,
    write_refusal: super::error::write_refusal,
};

/// Reads a JSON request. Forms are read by [`read_form`](crate::dialect::read_form).
fn read_request(document: Document<'_>) -> Result<Request, RequestError> {
    let mut reader = object(document)?;
    let mut request = Request { usage_asked: true, ..Request::default() };
    let mut unique = crate::dialect::unique_keys::UniqueKeys::default();
    reader.object(|reader, key| {
        unique.observe(&key, &["model", "stream", "stream_format", "input", "text"]);
        match &*key {
            "model" => request.model = reader.maybe_text()?.map(Into::into),
            "stream" => request.stream |= reader.maybe_bool()? == Some(true),
            "stream_format" => request.stream |= reader.api_text()?.as_deref() == Some("sse"),
            "input" | "text" if reader.peek()? == ValueKind::String => {
                request.parameters.output_type = Some("speech");
                request.characters = Some(read_spoken(reader, Role::User, &mut request.items)?);
            }
            // OpenRouter: texts of several speakers, one after another.
            "input" if reader.peek()? == ValueKind::Array => {
                request.parameters.output_type = Some("speech");
                reader.array(|reader, _| read_spoken_turn(reader, &mut request))?;
            }
            "instructions" if reader.peek()? == ValueKind::String => {
                read_spoken(reader, Role::System, &mut request.items)?;
            }
            // The second is OpenRouter's: references for the sound of the voice.
            "conversation_history" | "input_references" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| read_turn(reader, &mut request.items))?;
            }
            // Encoded audio and its addresses.
            "input_audio" | "file" | "file_url" | "file_id" | "ref_audio" => {
                crate::dialect::texts::read_media(reader, &mut request.items)?;
            }
            _ if super::parameters::read(reader, &key, &mut request)? => {}
            _ => read_other(reader, None, &mut request.items)?,
        }
        Ok(())
    })?;
    crate::dialect::texts::finish(reader, &mut request)?;
    unique.check().map(|()| request)
}

/// Records a text and returns its length in characters.
fn read_spoken(reader: &mut Reader<'_>, role: Role, items: &mut Items) -> JsonResult<u64> {
    let span = reader.string()?;
    let message = (role == Role::User).then_some(0);
    items.push_text(TextSpan { role: Some(role), message, ..text(span, 0) });
    Ok(reader.document().text(span).chars().count() as u64)
}

fn read_spoken_turn(reader: &mut Reader<'_>, request: &mut Request) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" if reader.peek()? == ValueKind::String => {
                let spoken = read_spoken(reader, Role::User, &mut request.items)?;
                request.characters = Some(request.characters.unwrap_or_default().saturating_add(spoken));
                Ok(())
            }
            _ => read_other(reader, None, &mut request.items),
        })
        .map(drop)
}

/// Reads an earlier turn: texts and audio.
fn read_turn(reader: &mut Reader<'_>, items: &mut Items) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "role" | "type" => reader.api_word().map(drop),
            "audio" | "input_audio" | "image_url" => crate::dialect::texts::read_media(reader, items),
            _ => read_other(reader, None, items),
        })
        .map(drop)
}

fn read_answer(frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
    let document = frame.document;
    if frame.is_done() {
        events.push(Event::End);
        return Ok(());
    }
    let mut reader = Reader::new(document);
    let mut facts = AudioEvent::default();
    reader.maybe_object(|reader, key| facts.read_member(reader, &key, frame.is_whole, events))?;
    if frame.is_whole {
        facts.emit_whole(events)
    } else {
        facts.tell_event(document, state, events)
    }
    reader.finish()
}

/// Facts of an answer or event, collected member by member, because the type may come last.
#[derive(Default)]
struct AudioEvent {
    kind: Option<Span>,
    text: Option<Span>,
    /// Duration of the input audio in seconds.
    duration: Option<u64>,
    /// Set when there is audio.
    sounds: bool,
    reported: Reported,
}

impl AudioEvent {
    fn read_member(
        &mut self,
        reader: &mut Reader<'_>,
        key: &str,
        is_whole: bool,
        events: &mut Vec<Event>,
    ) -> JsonResult {
        match key {
            "type" if !is_whole => self.kind = non_empty(reader)?,
            "text" | "delta" if reader.peek()? == ValueKind::String => self.text = Some(reader.string()?),
            // An event's id is that of a segment.
            "id" if !is_whole => reader.skip()?,
            "id" => events.extend(non_empty(reader)?.map(Event::Id)),
            "model" => events.extend(non_empty(reader)?.map(Event::Model)),
            "usage" => super::usage::read(reader, events)?,
            "duration" => self.duration = reader.maybe_count()?,
            "segments" if reader.peek()? == ValueKind::Array => {
                reader.array(|reader, _| read_segment(reader, events))?;
            }
            "audio" | "audio_data" => {
                self.sounds = true;
                answer_members::read(MEMBERS, reader, key, events)?;
            }
            "obfuscation" => reader.skip()?,
            "logprobs" => drop(answer_members::read(MEMBERS, reader, key, events)?),
            _ if self.reported.read_flat(reader, key, events)? => {}
            _ => read_rest(reader, events)?,
        }
        Ok(())
    }

    fn emit_whole(self, events: &mut Vec<Event>) {
        let channel = Channel { choice: 0, part: 0, content: Content::Text };
        events.extend(self.text.filter(|text| text.start < text.end).map(|text| Event::Text { channel, text }));
        if !events.iter().any(|event| matches!(event, Event::Usage(_))) {
            let counts = ReportedUsage { input_seconds: self.duration, ..ReportedUsage::default() };
            crate::dialect::texts::counted(counts, UsageConvention::Inclusive, Span::default(), events);
        }
        let answered = self.text.is_some() || self.sounds;
        self.reported.finish(answered, events);
        if answered {
            events.push(Event::End);
        }
    }

    fn tell_event(self, document: Document<'_>, state: &mut AnswerState, events: &mut Vec<Event>) {
        let kind = self.kind.map(|kind| document.text(kind)).unwrap_or_default();
        let channel = Channel { choice: 0, part: 0, content: Content::Text };
        if kind.ends_with(".text.delta") {
            events.extend(self.text.map(|text| Event::Text { channel, text }));
            state.is_mistrals |= kind == MISTRALS;
        } else if ENDS.contains(&&*kind) {
            events.extend(self.text.map(|text| Event::Complete { channel, place: 0, text }));
        } else {
            // Text of a segment.
            events.extend(self.text.map(|text| Event::Repeated { content: Content::Text, text }));
        }
        events.extend(self.kind.map(Event::EventName));
        self.reported.finish(kind != "error", events);
        if ENDS.contains(&&*kind) {
            events.push(Event::End);
        }
    }
}

/// Members of an answer or event. Probabilities are of single tokens: none holds a whole placeholder.
const MEMBERS: &[AnswerMember] = &[
    opaque("audio", Property::Data, Owner::part(PartKind::Audio)),
    opaque("audio_data", Property::Data, Owner::part(PartKind::Audio)),
    opaque("logprobs", Property::Logprobs, Owner::CHOICE),
];

fn read_segment(reader: &mut Reader<'_>, events: &mut Vec<Event>) -> JsonResult {
    reader
        .maybe_object(|reader, key| match &*key {
            "text" => {
                let text = non_empty(reader)?;
                events.extend(text.map(|text| Event::Repeated { content: Content::Text, text }));
                Ok(())
            }
            "tokens" | "id" | "type" => reader.skip(),
            _ => read_rest(reader, events),
        })
        .map(drop)
}

/// Mistral's event type for a piece of text.
const MISTRALS: &str = "transcription.text.delta";

/// Types of last events.
const ENDS: &[&str] = &["transcript.text.done", "transcription.done", "speech.audio.done"];

fn write_text(state: &AnswerState, _: &Reply, _: Channel, text: &str) -> WrittenFrame {
    let (name, start) = match state.is_mistrals {
        true => (MISTRALS, r#"{"type":"transcription.text.delta","text":""#),
        false => ("", r#"{"type":"transcript.text.delta","delta":""#),
    };
    let mut data = String::from(start);
    escape_into(text, &mut data);
    data.push_str("\"}");
    WrittenFrame { name, data }
}
