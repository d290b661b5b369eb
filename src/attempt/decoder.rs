//! Decoding of an answer: takes headers and bytes in pieces of any size, returns the events that its dialect reads.

use super::Headers;
use super::body_format::{BodyFormat, BodyKind, FirstBytes};
use super::header_facts::HeaderFacts;
use super::seen_texts::SeenTexts;
use crate::dialect::{self, AnswerFrame, AnswerState, Dialect};
use crate::document::{Document, JsonError, JsonResult, Span};
use crate::endpoint::Route;
use crate::framing::{Decoder, Frame, Framing, Inflate, LinesProbe, Piece, SkipReason};
use crate::model::{Event, Reply};
use crate::record::Note;
use crate::settings::Limits;
use crate::usage::UsageReport;
use std::borrow::Cow;

/// Decoder of one answer.
pub struct AnswerDecoder {
    interpretation: Interpretation,
    wrapped: bool,
    body: Body,
    /// Bytes of a whole answer that was read.
    whole: Vec<u8>,
    /// Memory that a whole answer is given at once: its declared length, if within the limit, and room for values.
    room: usize,
    inflate: Option<Inflate>,
    events: Vec<Event>,
    /// State after the frames so far.
    state: AnswerState,
    seen_texts: SeenTexts,
    said: HeaderFacts,
    metrics: Option<Box<UsageReport>>,
    limits: Limits,
    note: Option<Note>,
}

/// Interpretation of an answer.
#[derive(Clone, Copy)]
struct Interpretation {
    dialect: Option<Dialect>,
    /// Set when the counts belong to this call, for answers without a known dialect.
    counts_own_usage: bool,
    /// Set when the status is an error.
    is_error: bool,
    /// Set when the error is plain text.
    is_plain_text: bool,
}

impl Interpretation {
    fn read(self, frame: AnswerFrame<'_>, state: &mut AnswerState, events: &mut Vec<Event>) -> JsonResult {
        match self.dialect {
            _ if self.is_plain_text => {
                events.push(plain_text_failure(frame.document));
                Ok(())
            }
            Some(dialect) => dialect.read_answer(frame, state, events),
            None => {
                let is_exception = frame.is_exception || self.is_error && frame.is_whole;
                dialect::read_unknown_answer(AnswerFrame { is_exception, ..frame }, self.counts_own_usage, events)
            }
        }
    }
}

/// Failure event for a plain-text error.
fn plain_text_failure(document: Document<'_>) -> Event {
    let end = u32::try_from(document.as_str().len()).unwrap_or(u32::MAX);
    let message = Some(Span { start: 0, end, escaped: false });
    Event::Failure { kind: None, code: None, status: None, message }
}

/// Decoding state of the body.
enum Body {
    /// Too few bytes to determine the format; `kept` holds them. White space before them passes: some gateways send it
    /// to keep a connection alive while the model thinks, in unbounded amounts.
    Begins { format: BodyFormat, kept: Vec<u8> },
    /// A whole JSON document, kept until its end; or JSON lines before the second line has begun.
    Whole { kept: Vec<u8>, probe: Option<LinesProbe> },
    /// A stream.
    Stream { framing: Framing, decoder: Box<Decoder> },
    /// Unreadable or too long: passed unread.
    Skipped,
    /// The compressed body is broken. The rest can be neither read nor passed as decompressed bytes.
    Lost,
}

/// Decoded part of an answer. The concatenated bytes of all parts are the (decompressed) body.
pub enum Decoded<'a> {
    /// A whole answer.
    Whole {
        /// Bytes of the answer.
        bytes: &'a [u8],
        /// Facts of the answer; `None` when it is unreadable.
        said: Option<FrameFacts<'a>>,
    },
    /// A frame of a stream.
    Frame {
        /// The frame.
        frame: &'a Frame<'a>,
        /// Framing of the stream.
        framing: Framing,
        /// Facts of the frame; `None` when it has no data or unreadable data.
        said: Option<FrameFacts<'a>>,
        /// Set when the frame's data wraps the document of `said`.
        wrapped: bool,
        /// State of the answer after the frame.
        state: &'a AnswerState,
    },
    /// Bytes without facts.
    Rest {
        /// The bytes.
        bytes: &'a [u8],
        /// State of the answer, when the stream's closing bracket is among the bytes.
        ends: Option<&'a AnswerState>,
    },
    /// A note about something unreadable, a fixed text.
    Note(Note),
}

/// Facts of an answer or one of its frames.
#[derive(Clone, Copy)]
pub struct FrameFacts<'a> {
    /// The document read.
    pub document: Document<'a>,
    /// Events that the dialect read in the document.
    pub events: &'a [Event],
}

impl AnswerDecoder {
    /// Creates a decoder for an answer with these headers to a request on this route. `asked`: the request asked for a
    /// stream.
    pub fn new(route: &Route, asked: bool, headers: &Headers, limits: Limits) -> Self {
        let mut note = None;
        let inflate = match headers.text("content-encoding").map(str::trim) {
            Some(encoding) if headers.is_encoded() => {
                let inflate = Inflate::of(encoding);
                note = inflate.is_none().then_some(Note::ResponseEncoding);
                inflate
            }
            _ => None,
        };
        let length = headers.content_length().filter(|length| *length <= limits.response_body);
        let room = length.map_or(0, |length| length.saturating_add(ROOM_FOR_VALUES));
        let is_error = headers.is_error();
        let format = BodyFormat::of(route.dialect, asked, is_error, headers);
        let body = match format {
            Some(format) if note.is_none() => Body::Begins { format, kept: Vec::new() },
            _ => {
                note = note.or(Some(Note::ResponseContentType));
                Body::Skipped
            }
        };
        Self {
            interpretation: Interpretation {
                dialect: route.dialect,
                counts_own_usage: route.operation.is_none_or(|operation| operation.counts),
                is_error,
                is_plain_text: format.is_some_and(BodyFormat::is_plain_text),
            },
            wrapped: route.wrapped,
            body,
            whole: Vec::new(),
            room: if inflate.is_some() { 0 } else { room },
            inflate,
            events: Vec::new(),
            state: AnswerState::default(),
            seen_texts: SeenTexts::default(),
            said: HeaderFacts::of(headers),
            metrics: None,
            limits,
            note,
        }
    }

    /// Reports whether the body is compressed.
    pub fn inflates(&self) -> bool {
        self.inflate.is_some()
    }

    /// Reports whether the body passes unread.
    pub fn is_unread(&self) -> bool {
        matches!(self.body, Body::Skipped)
    }

    /// Reports whether the body is a single document, or is expected to be by its headers.
    pub fn is_whole(&self) -> bool {
        match &self.body {
            Body::Whole { .. } => true,
            Body::Begins { format, .. } => format.is_whole(),
            Body::Stream { .. } | Body::Skipped | Body::Lost => false,
        }
    }

    /// Returns the framing once known; `None` for a body that is not a stream.
    pub fn framing(&self) -> Option<Framing> {
        match &self.body {
            Body::Stream { framing, .. } => Some(*framing),
            Body::Begins { format, .. } => format.framing(),
            _ => None,
        }
    }

    /// State of the answer after the frames so far.
    pub fn state(&self) -> &AnswerState {
        &self.state
    }

    /// Decodes a piece of the body. `end`: it is the last.
    pub fn push(&mut self, piece: &[u8], end: bool, each: &mut dyn FnMut(Decoded<'_>)) {
        if let Some(note) = self.note.take() {
            each(Decoded::Note(note));
        }
        match self.inflate.take() {
            None => self.take(piece, each),
            Some(mut inflate) => {
                let inflated = inflate.push(piece, |piece| self.take(piece, each));
                if inflated.is_err() || end && !inflate.is_finished() {
                    each(Decoded::Note(Note::ResponseEncodingBroken));
                }
                if inflated.is_ok() {
                    self.inflate = Some(inflate);
                } else {
                    self.end(each);
                    self.body = Body::Lost;
                }
            }
        }
        if end {
            self.end(each);
        }
    }

    /// Decodes a piece of the decompressed body.
    fn take(&mut self, piece: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
        let Body::Begins { format, kept } = &mut self.body else {
            return self.read(piece, each);
        };
        let format = *format;
        let mut begun = std::mem::take(kept);
        let rest = if begun.is_empty() {
            let blank = piece.iter().take_while(|byte| is_blank(**byte)).count();
            let (blank, rest) = piece.split_at_checked(blank).unwrap_or((piece, &[]));
            if !blank.is_empty() {
                each(Decoded::Rest { bytes: blank, ends: None });
            }
            rest
        } else {
            begun.extend_from_slice(piece);
            &begun
        };
        match FirstBytes::of(rest.strip_prefix(MARK).unwrap_or(rest)) {
            _ if rest.len() < MARK.len() && MARK.starts_with(rest) => self.wait_for_more(format, rest),
            None => self.wait_for_more(format, rest),
            Some(look) => self.begin(format, look, rest, each),
        }
    }

    /// Keeps bytes that are too few to determine the format.
    fn wait_for_more(&mut self, format: BodyFormat, begun: &[u8]) {
        self.body = Body::Begins { format, kept: begun.to_vec() };
    }

    /// Starts decoding once the first bytes have determined the format.
    fn begin(&mut self, format: BodyFormat, look: FirstBytes, begun: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
        let found = format.sniff(look);
        self.interpretation.is_plain_text &= found == BodyKind::Whole && look != FirstBytes::Object;
        self.body = match found {
            BodyKind::Whole => Body::Whole { kept: Vec::with_capacity(self.room), probe: None },
            BodyKind::WholeOrLines => {
                Body::Whole { kept: Vec::with_capacity(self.room), probe: Some(LinesProbe::default()) }
            }
            BodyKind::Stream(framing) => self.stream(framing),
            BodyKind::Opaque => Body::Skipped,
        };
        if self.is_unread() {
            each(Decoded::Note(Note::ResponseContentType));
        }
        self.read(begun, each);
    }

    fn stream(&self, framing: Framing) -> Body {
        Body::Stream { framing, decoder: Box::new(Decoder::new(framing, self.limits.stream_event)) }
    }

    /// Decodes a piece of a body of known format.
    fn read(&mut self, piece: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
        match &mut self.body {
            Body::Begins { .. } | Body::Lost => {}
            Body::Skipped if piece.is_empty() => {}
            Body::Skipped => each(Decoded::Rest { bytes: piece, ends: None }),
            Body::Whole { kept, .. } if kept.len().saturating_add(piece.len()) > self.limits.response_body => {
                let kept = std::mem::take(kept);
                self.body = Body::Skipped;
                each(Decoded::Note(Note::ResponseTooLarge));
                each(Decoded::Rest { bytes: &kept, ends: None });
                each(Decoded::Rest { bytes: piece, ends: None });
            }
            Body::Whole { kept, probe } => {
                kept.extend_from_slice(piece);
                match probe.as_mut().and_then(|probe| probe.is_lines(piece)) {
                    None => {}
                    Some(false) => *probe = None,
                    Some(true) => {
                        let kept = std::mem::take(kept);
                        self.body = self.stream(Framing::JsonLines);
                        self.read(&kept, each);
                    }
                }
            }
            Body::Stream { framing, decoder } => {
                let mut reader = FrameReader {
                    interpretation: self.interpretation,
                    wrapped: self.wrapped,
                    framing: *framing,
                    events: &mut self.events,
                    state: &mut self.state,
                    seen_texts: &mut self.seen_texts,
                    metrics: &mut self.metrics,
                    error: &mut self.said.error,
                };
                decoder.push(piece, |piece| reader.read(&piece, each));
            }
        }
    }

    /// Handles the end of the body.
    fn end(&mut self, each: &mut dyn FnMut(Decoded<'_>)) {
        if let Body::Begins { format, kept } = &mut self.body
            && !kept.is_empty()
        {
            let (format, kept) = (*format, std::mem::take(kept));
            self.begin(format, FirstBytes::Other, &kept, each);
        }
        match std::mem::replace(&mut self.body, Body::Skipped) {
            Body::Skipped | Body::Lost => {}
            Body::Begins { .. } => each(Decoded::Note(Note::ResponseEmpty)),
            Body::Whole { kept, .. } => {
                self.read_whole(&kept, each);
                self.whole = kept;
            }
            Body::Stream { framing, mut decoder } => {
                let mut reader = FrameReader {
                    interpretation: self.interpretation,
                    wrapped: self.wrapped,
                    framing,
                    events: &mut self.events,
                    state: &mut self.state,
                    seen_texts: &mut self.seen_texts,
                    metrics: &mut self.metrics,
                    error: &mut self.said.error,
                };
                decoder.finish(|piece| reader.read(&piece, each));
            }
        }
    }

    fn read_whole(&mut self, bytes: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
        self.events.clear();
        self.events.reserve(USUAL_EVENTS);
        let read = Document::new(bytes).and_then(|document| {
            self.interpretation.read(AnswerFrame::whole(document), &mut self.state, &mut self.events)?;
            Ok(document)
        });
        // JSON lines, although no stream was asked for.
        let is_lines = |fault: JsonError| fault.is_text_after_end() && bytes.get(fault.at()) == Some(&b'{');
        if read.is_err_and(is_lines) {
            self.body = self.stream(Framing::JsonLines);
            self.read(bytes, each);
            return self.end(each);
        }
        let said = read.ok().map(|document| FrameFacts { document, events: &self.events });
        if said.is_none() {
            each(Decoded::Note(Note::ResponseUnreadable));
        }
        each(Decoded::Whole { bytes, said });
    }

    /// Takes the bytes of a whole answer that was read, once; empty otherwise.
    pub(super) fn take_whole(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.whole)
    }

    /// Reads a whole answer that was cut as far as it came.
    pub fn cut(&mut self, each: &mut dyn FnMut(FrameFacts<'_>)) {
        let Body::Whole { kept, .. } = std::mem::replace(&mut self.body, Body::Skipped) else {
            return;
        };
        let readable = kept.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        self.events.clear();
        if let Ok(document) = Document::new(readable.as_bytes()) {
            let _ = self.interpretation.read(AnswerFrame::whole(document), &mut self.state, &mut self.events);
            each(FrameFacts { document, events: &self.events });
        }
    }

    /// Adds facts from outside the body, and counts that apply only when the body has none.
    pub fn finish(&mut self, reply: &mut Reply) {
        match self.metrics.take().or_else(|| self.said.counted.take()) {
            Some(counted) if reply.usage.is_none() => reply.count(&counted),
            // Bedrock counts what it bills. Cohere's own counts are of a longer prompt, which Cohere makes.
            Some(counted)
                if self.interpretation.dialect.is_some_and(|dialect| dialect.is_cohere_family(&self.state)) =>
            {
                reply.bill(&counted)
            }
            _ => {}
        }
        self.said.finish(reply);
    }
}

/// Decodes the frames of a stream.
struct FrameReader<'r> {
    interpretation: Interpretation,
    wrapped: bool,
    framing: Framing,
    events: &'r mut Vec<Event>,
    state: &'r mut AnswerState,
    seen_texts: &'r mut SeenTexts,
    metrics: &'r mut Option<Box<UsageReport>>,
    error: &'r mut Option<String>,
}

impl FrameReader<'_> {
    fn read(&mut self, piece: &Piece<'_>, each: &mut dyn FnMut(Decoded<'_>)) {
        match piece {
            Piece::Between { bytes, ends } => each(Decoded::Rest { bytes, ends: ends.then_some(self.state) }),
            Piece::Skipped { bytes, reason } => {
                each(Decoded::Note(match reason {
                    SkipReason::TooLarge => Note::StreamEventTooLarge,
                    SkipReason::Broken => Note::StreamBroken,
                }));
                each(Decoded::Rest { bytes, ends: None });
            }
            Piece::Frame(frame) => self.read_frame(frame, each),
        }
    }

    fn read_frame(&mut self, frame: &Frame<'_>, each: &mut dyn FnMut(Decoded<'_>)) {
        self.events.clear();
        if frame.is_exception && !frame.name.is_empty() {
            self.error.get_or_insert_with(|| frame.name.clone().into_owned());
        }
        let unwrapped = if self.wrapped && !frame.is_exception { dialect::unwrap_chunk(&frame.data) } else { None };
        let wrapped = unwrapped.is_some();
        let data: Cow<'_, [u8]> = unwrapped.map_or(Cow::Borrowed(&frame.data), Cow::Owned);
        let blank = data.iter().all(|byte| is_blank(*byte));
        if blank && frame.name.is_empty() {
            each(Decoded::Frame { frame, framing: self.framing, said: None, wrapped, state: self.state });
            return;
        }
        let read = Document::new(&data).and_then(|document| {
            let frame = AnswerFrame { name: &frame.name, is_exception: frame.is_exception, is_whole: false, document };
            let read = self.interpretation.read(frame, self.state, self.events);
            // An event named `error` is an error, JSON or not; so is a frame that the framing marks as one.
            if read.is_err() && (frame.name == "error" || frame.is_exception) {
                self.events.clear();
                self.events.push(plain_text_failure(document));
                return Ok(document);
            }
            let fails = |event: &Event| match event {
                Event::Failure { kind, code, status, .. } => kind.or(*code).or(*status).is_some(),
                _ => false,
            };
            if frame.name == "error" && !self.events.iter().any(fails) && !frame.is_done() {
                self.events.clear();
                if dialect::read_failure(document, self.events).is_err() {
                    self.events.clear();
                    self.events.push(plain_text_failure(document));
                }
            }
            read.map(|()| document)
        });
        if wrapped && let Ok(document) = read {
            *self.metrics = dialect::invocation_metrics(document).map(Box::new).or_else(|| self.metrics.take());
        }
        if self.interpretation.dialect.is_some_and(Dialect::completes_texts)
            && let Ok(document) = read
        {
            self.seen_texts.complete(document, self.events);
        }
        // An event with a name and no data (a ping) is not unreadable.
        let said = read.ok().map(|document| FrameFacts { document, events: self.events });
        if said.is_none() && !blank {
            each(Decoded::Note(Note::StreamEventUnreadable));
        }
        each(Decoded::Frame { frame, framing: self.framing, said, wrapped, state: self.state });
    }
}

/// Number of events for which memory is taken at first: most whole answers have fewer.
const USUAL_EVENTS: usize = 32;
/// Number of bytes by which most whole answers grow at most when they are restored.
const ROOM_FOR_VALUES: usize = 512;
/// Byte-order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}
