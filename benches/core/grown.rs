//! Fixtures grown to the sizes of real traffic: their messages and events are repeated.

use crate::fixtures::{Fixture, Stream};
use std::ops::Range;
use tollgate::dialect::{self, chunk, unwrap_chunk};
use tollgate::document::{Document, JsonError, Reader, Scalar, Span, ValueKind};
use tollgate::endpoint::Route;
use tollgate::framing::{Decoder, Framing, Piece};
use tollgate::model::Event;

/// Returns a JSON text without white space whose messages (or its longest list, or its longest text) repeat until it
/// has about `size` bytes.
pub(crate) fn document(json: &str, size: usize) -> String {
    let compact = compact(json);
    let Some((range, comma)) = Document::new(compact.as_bytes()).ok().and_then(repeatable) else {
        return compact;
    };
    let run = compact.get(range.clone()).unwrap_or_default();
    let again = format!("{comma}{run}");
    let times = size.saturating_sub(compact.len()) / again.len().max(1);
    let (before, after) = compact.split_at_checked(range.end).unwrap_or((&compact, ""));
    [before, &again.repeat(times), after].concat()
}

/// Returns a stream whose frames with text repeat, each in its place, until it has about `size` bytes; if none has
/// text, the one in the middle repeats.
pub(crate) fn stream(fixture: &Fixture, stream: &Stream, size: usize) -> Vec<u8> {
    let mut frames = frames(fixture, stream);
    let middle = frames.len() / 2;
    if !frames.iter().any(|frame| frame.has_text) {
        frames.iter_mut().skip(middle).take(1).for_each(|frame| frame.has_text = true);
    }
    let length = |has_text: bool| -> usize {
        frames.iter().filter(|frame| frame.has_text == has_text).map(|frame| frame.raw.len()).sum()
    };
    let times = (size.saturating_sub(length(false)) / length(true).max(1)).max(1);
    let all = frames.iter().flat_map(|frame| std::iter::repeat_n(&frame.raw, if frame.has_text { times } else { 1 }));
    match stream.framing {
        Framing::JsonArray => {
            let elements: Vec<&[u8]> = all.map(Vec::as_slice).collect();
            [b"[", elements.join(&b"\r\n,\r\n"[..]).as_slice(), b"]"].concat()
        }
        _ => all.flatten().copied().collect(),
    }
}

/// The same stream, each event of it in base64, within an AWS message.
pub(crate) fn wrapped(fixture: &Fixture, stream: &Stream, route: Route) -> Stream {
    let framing = Framing::AwsEventStream;
    let mut body = Vec::new();
    for data in frames(fixture, stream).into_iter().map(|frame| frame.data).filter(|data| !data.is_empty()) {
        framing.write("chunk", &chunk(&data), &mut body);
    }
    Stream { route, framing, body }
}

/// A frame of a stream.
struct AnswerFrame {
    raw: Vec<u8>,
    data: Vec<u8>,
    /// Set when it has a piece of text.
    has_text: bool,
}

fn frames(fixture: &Fixture, stream: &Stream) -> Vec<AnswerFrame> {
    let (mut frames, mut state) = (Vec::new(), dialect::AnswerState::default());
    let mut each = |piece: Piece<'_>| {
        let Piece::Frame(frame) = piece else { return };
        let data = unwrap_chunk(&frame.data).unwrap_or_else(|| frame.data.to_vec());
        let mut events = Vec::new();
        if let Ok(document) = Document::new(&data) {
            let (name, is_exception) = (&*frame.name, frame.is_exception);
            let read = dialect::AnswerFrame { name, is_exception, is_whole: false, document };
            let _ = fixture.dialect.read_answer(read, &mut state, &mut events);
        }
        let has_text = events.iter().any(|delta| matches!(delta, Event::Text { .. }));
        frames.push(AnswerFrame { raw: frame.raw.to_vec(), data, has_text });
    };
    let mut decoder = Decoder::new(stream.framing, 1 << 20);
    decoder.push(&stream.body, &mut each);
    decoder.finish(&mut each);
    frames
}

/// A JSON text without the white space between its parts.
fn compact(json: &str) -> String {
    let (mut in_string, mut escaped) = (false, false);
    json.trim_start_matches('\u{feff}')
        .chars()
        .filter(|letter| {
            let is_content = in_string || !letter.is_ascii_whitespace();
            let is_quote = *letter == '"' && !escaped;
            escaped = in_string && !escaped && *letter == '\\';
            in_string ^= is_quote;
            is_content
        })
        .collect()
}

/// Returns the repeatable range of a document, and the separator of the repetitions.
fn repeatable(document: Document<'_>) -> Option<(Range<usize>, &'static str)> {
    let mut lists = Vec::new();
    let mut reader = Reader::new(document);
    match reader.peek().ok()? {
        ValueKind::Array => lists.extend(list(&mut reader).ok()?.map(|range| (false, range))),
        _ => reader
            .object(|reader, key| {
                if reader.peek()? != ValueKind::Array {
                    return reader.skip();
                }
                let is_talk = MESSAGES.contains(&&*key);
                lists.extend(list(reader)?.map(|range| (is_talk, range)));
                Ok(())
            })
            .ok()?,
    }
    let longest = lists.into_iter().max_by_key(|(is_talk, range)| (*is_talk, range.len()));
    let text = longest_text(document);
    match longest {
        Some((is_talk, range)) if is_talk || range.len() >= text.len() => Some((range, ",")),
        _ => Some((text, "")).filter(|(text, _)| !text.is_empty()),
    }
}

/// Range from the first to the last element of a list; `None` when it is empty.
fn list(reader: &mut Reader<'_>) -> Result<Option<Range<usize>>, JsonError> {
    let mut all: Option<Range<usize>> = None;
    reader.array(|reader, _| {
        let element = reader.value()?.range();
        all = Some(all.as_ref().map_or(element.start, |all| all.start)..element.end);
        Ok(())
    })?;
    Ok(all)
}

/// Range of the longest text of a document.
fn longest_text(document: Document<'_>) -> Range<usize> {
    let mut longest = Span::default();
    let _ = Reader::new(document).scalars(&mut |part| {
        if let Scalar::String(span) = part
            && span.range().len() > longest.range().len()
        {
            longest = span;
        }
    });
    longest.range()
}

/// Members with the messages, questions or inputs of a request.
const MESSAGES: &[&str] =
    &["messages", "contents", "input", "inputs", "texts", "documents", "instances", "requests", "content"];
