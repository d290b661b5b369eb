//! Reading an answer: headers and bytes go in, in whatever pieces; what its dialect says of them comes out.

use super::Headers;
use super::body_format::{BodyFormat, BodyKind, FirstBytes};
use super::header_facts::HeaderFacts;
use super::seen_texts::SeenTexts;
use crate::dialect::{self, Dialect};
use crate::document::{Document, Edits, JsonError, Span};
use crate::endpoint::Route;
use crate::framing::{Decoder, Frame, Framing, Inflate, LinesProbe, Piece, SkipReason};
use crate::model::{Event, Reply};
use crate::settings::Limits;
use crate::telemetry::Note;
use crate::usage::UsageReport;
use std::borrow::Cow;

/// An answer that is being read.
pub struct AnswerDecoder {
    interpretation: Interpretation,
    wrapped: bool,
    body: Body,
    inflate: Option<Inflate>,
    events: Vec<Event>,
    /// How many tool calls the frames so far have told of.
    calls: u32,
    seen_texts: SeenTexts,
    said: HeaderFacts,
    metrics: Option<UsageReport>,
    limits: Limits,
    note: Option<Note>,
}

/// How an answer is to be understood.
#[derive(Clone, Copy)]
struct Interpretation {
    dialect: Option<Dialect>,
    /// Whether what it counts is the call's own, where no dialect is known.
    counts_own_usage: bool,
    /// Whether its status says that it is an error.
    is_error: bool,
    /// Whether it is that in plain words.
    is_plain_text: bool,
}

impl Interpretation {
    fn read(self, frame: dialect::AnswerFrame<'_>, events: &mut Vec<Event>) -> Result<(), JsonError> {
        match self.dialect {
            _ if self.is_plain_text => {
                events.push(failure_in_words(frame.document));
                Ok(())
            }
            Some(dialect) => dialect.read_answer(frame, events),
            None => {
                let is_exception = frame.is_exception || self.is_error && frame.is_whole;
                dialect::read_unknown_answer(
                    dialect::AnswerFrame { is_exception, ..frame },
                    self.counts_own_usage,
                    events,
                )
            }
        }
    }
}

/// An error in plain words.
fn failure_in_words(document: Document<'_>) -> Event {
    let end = u32::try_from(document.as_str().len()).unwrap_or(u32::MAX);
    let message = Some(Span { start: 0, end, escaped: false });
    Event::Failure { kind: None, code: None, status: None, message }
}

/// How the body is read.
enum Body {
    /// Its first bytes decide: as many as are kept until then. White space before them passes: it is how some gateways
    /// keep a connection alive while the model thinks, and there is no bound to how much of it comes.
    Begins { format: BodyFormat, kept: Vec<u8> },
    /// A whole JSON document, kept until its end; or lines of which the second has not begun.
    Whole { kept: Vec<u8>, probe: Option<LinesProbe> },
    /// A stream.
    Stream { framing: Framing, decoder: Box<Decoder> },
    /// Not readable, or too long: it passes.
    Skipped,
    /// The compressed body is broken: what follows can be neither read nor passed as what it is not.
    Lost,
}

/// What has been read. Put together, the bytes of all reads are the (decompressed) body.
pub enum Decoded<'a> {
    /// A whole answer.
    Whole {
        /// Its bytes.
        bytes: &'a [u8],
        /// What it says; `None` when it cannot be read.
        said: Option<FrameFacts<'a>>,
    },
    /// A frame of a stream.
    Frame {
        /// The frame.
        frame: &'a Frame<'a>,
        /// How the stream is cut.
        framing: Framing,
        /// What it says; `None` when it has no data, or none that can be read.
        said: Option<FrameFacts<'a>>,
        /// Whether its data wraps what `said` was read from.
        wrapped: bool,
    },
    /// Bytes that say nothing. `ends`: the bracket that closes the stream is among them.
    Rest {
        /// The bytes.
        bytes: &'a [u8],
        /// Whether the stream's closing bracket is among them.
        ends: bool,
    },
    /// Something could not be read; why, in fixed words.
    Note(Note),
}

/// What an answer or a frame of one says.
#[derive(Clone, Copy)]
pub struct FrameFacts<'a> {
    /// The document.
    pub document: Document<'a>,
    /// What its dialect read in it.
    pub events: &'a [Event],
}

impl AnswerDecoder {
    /// An answer with these headers, to a request on this route; `asked`: whether it asked for a stream.
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
            inflate,
            events: Vec::new(),
            calls: 0,
            seen_texts: SeenTexts::default(),
            said: HeaderFacts::of(headers),
            metrics: None,
            limits,
            note,
        }
    }

    /// Whether the body is compressed.
    pub fn inflates(&self) -> bool {
        self.inflate.is_some()
    }

    /// Whether the body is passed over.
    pub fn is_unread(&self) -> bool {
        matches!(self.body, Body::Skipped)
    }

    /// Whether the body is, or by its headers is to be, one document and no stream.
    pub fn is_whole(&self) -> bool {
        match &self.body {
            Body::Whole { .. } => true,
            Body::Begins { format, .. } => format.is_whole(),
            Body::Stream { .. } | Body::Skipped | Body::Lost => false,
        }
    }

    /// How the body is cut, once that is known; `None` for one that is not a stream.
    pub fn framing(&self) -> Option<Framing> {
        match &self.body {
            Body::Stream { framing, .. } => Some(*framing),
            Body::Begins { format, .. } => format.framing(),
            _ => None,
        }
    }

    /// A piece of the body has arrived. `end`: it is the last.
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

    /// A part of the body as the provider wrote it, decompressed.
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
                each(Decoded::Rest { bytes: blank, ends: false });
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

    /// Too little has come to tell what the body is.
    fn wait_for_more(&mut self, format: BodyFormat, begun: &[u8]) {
        self.body = Body::Begins { format, kept: begun.to_vec() };
    }

    /// Begins to read a body once its first bytes have shown what it is.
    fn begin(&mut self, format: BodyFormat, look: FirstBytes, begun: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
        let found = format.sniff(look);
        self.interpretation.is_plain_text &= found == BodyKind::Whole && look != FirstBytes::Object;
        self.body = match found {
            BodyKind::Whole => Body::Whole { kept: Vec::new(), probe: None },
            BodyKind::WholeOrLines => Body::Whole { kept: Vec::new(), probe: Some(LinesProbe::default()) },
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

    /// A part of the body, of which it is known what it is.
    fn read(&mut self, piece: &[u8], each: &mut dyn FnMut(Decoded<'_>)) {
        match &mut self.body {
            Body::Begins { .. } | Body::Lost => {}
            Body::Skipped if piece.is_empty() => {}
            Body::Skipped => each(Decoded::Rest { bytes: piece, ends: false }),
            Body::Whole { kept, .. } if kept.len().saturating_add(piece.len()) > self.limits.response_body => {
                let kept = std::mem::take(kept);
                self.body = Body::Skipped;
                each(Decoded::Note(Note::ResponseTooLarge));
                each(Decoded::Rest { bytes: &kept, ends: false });
                each(Decoded::Rest { bytes: piece, ends: false });
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
                    calls: &mut self.calls,
                    seen_texts: &mut self.seen_texts,
                    metrics: &mut self.metrics,
                    error: &mut self.said.error,
                };
                decoder.push(piece, |piece| reader.read(&piece, each));
            }
        }
    }

    /// The body has come to its end.
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
            Body::Whole { kept, .. } => self.read_whole(&kept, each),
            Body::Stream { framing, mut decoder } => {
                let mut reader = FrameReader {
                    interpretation: self.interpretation,
                    wrapped: self.wrapped,
                    framing,
                    events: &mut self.events,
                    calls: &mut self.calls,
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
        let read = Document::new(bytes).and_then(|document| {
            self.interpretation.read(dialect::AnswerFrame::whole(document), &mut self.events)?;
            Ok(document)
        });
        // Lines, where no stream was asked for.
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

    /// A whole answer that was cut has seen_texts something all the same: it cannot be read to its end, but what can be is.
    pub fn cut(&mut self, each: &mut dyn FnMut(FrameFacts<'_>)) {
        let Body::Whole { kept, .. } = std::mem::replace(&mut self.body, Body::Skipped) else {
            return;
        };
        let readable = kept.utf8_chunks().next().map_or("", |chunk| chunk.valid());
        self.events.clear();
        if let Ok(document) = Document::new(readable.as_bytes()) {
            let _ = self.interpretation.read(dialect::AnswerFrame::whole(document), &mut self.events);
            each(FrameFacts { document, events: &self.events });
        }
    }

    /// Adds to a reply what stands not in the body, or counts only where the body says nothing.
    pub fn finish(&mut self, reply: &mut Reply) {
        match self.metrics.take().or_else(|| self.said.counted.take()) {
            Some(counted) if reply.usage.is_none() => reply.count(&counted),
            // What Bedrock counts is what it bills; Cohere's own counts are of a longer prompt, which it makes.
            Some(counted) if self.interpretation.dialect.is_some_and(|dialect| dialect.is_cohere_family(reply)) => {
                reply.bill(&counted)
            }
            _ => {}
        }
        self.said.finish(reply);
    }
}

/// Reads frames.
struct FrameReader<'r> {
    interpretation: Interpretation,
    wrapped: bool,
    framing: Framing,
    events: &'r mut Vec<Event>,
    calls: &'r mut u32,
    seen_texts: &'r mut SeenTexts,
    metrics: &'r mut Option<UsageReport>,
    error: &'r mut Option<String>,
}

impl FrameReader<'_> {
    fn read(&mut self, piece: &Piece<'_>, each: &mut dyn FnMut(Decoded<'_>)) {
        match piece {
            Piece::Between { bytes, ends } => each(Decoded::Rest { bytes, ends: *ends }),
            Piece::Skipped { bytes, reason } => {
                each(Decoded::Note(match reason {
                    SkipReason::TooLarge => Note::StreamEventTooLarge,
                    SkipReason::Broken => Note::StreamBroken,
                }));
                each(Decoded::Rest { bytes, ends: false });
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
            each(Decoded::Frame { frame, framing: self.framing, said: None, wrapped });
            return;
        }
        let read = Document::new(&data).and_then(|document| {
            let frame = dialect::AnswerFrame {
                name: &frame.name,
                calls: *self.calls,
                is_exception: frame.is_exception,
                is_whole: false,
                document,
            };
            let read = self.interpretation.read(frame, self.events);
            // An event of this name is an error, be it JSON or not; so is what the framing marks as one.
            if read.is_err() && (frame.name == "error" || frame.is_exception) {
                self.events.clear();
                self.events.push(failure_in_words(document));
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
                    self.events.push(failure_in_words(document));
                }
            }
            read.map(|()| document)
        });
        if wrapped && let Ok(document) = read {
            *self.metrics = dialect::invocation_metrics(document).or_else(|| self.metrics.take());
        }
        if self.interpretation.dialect.is_some_and(Dialect::completes_texts)
            && let Ok(document) = read
        {
            self.seen_texts.complete(document, self.events);
        }
        let calls = self.events.iter().filter(|event| event.is_call()).count();
        *self.calls = self.calls.saturating_add(u32::try_from(calls).unwrap_or(u32::MAX));
        // An event with a name and no data (a ping) is not unreadable.
        let said = read.ok().map(|document| FrameFacts { document, events: self.events });
        if said.is_none() && !blank {
            each(Decoded::Note(Note::StreamEventUnreadable));
        }
        each(Decoded::Frame { frame, framing: self.framing, said, wrapped });
    }
}

/// Writes a frame with what it says edited.
pub(super) fn write_frame(read: &Decoded<'_>, edits: &mut Edits, out: &mut Vec<u8>) {
    let Decoded::Frame { frame, framing, said: Some(said), wrapped } = read else {
        return;
    };
    if edits.is_empty() {
        out.extend_from_slice(frame.raw);
        return;
    }
    let data = edits.applied(said.document.as_str().as_bytes());
    if !wrapped {
        frame.rewrite(*framing, &data, out);
        return;
    }
    match dialect::wrap_chunk(&frame.data, &data) {
        Some(data) => frame.rewrite(*framing, &data, out),
        None => out.extend_from_slice(frame.raw),
    }
}

/// A byte-order mark.
const MARK: &[u8] = b"\xef\xbb\xbf";

const fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\n' | b'\r' | b'\t')
}
