//! AWS event stream, `application/vnd.amazon.eventstream` (<https://smithy.io/2.0/aws/amazon-eventstream.html>, and
//! "Event stream encoding", <https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html>, both read on
//! 2026-11-21). Layout of a message, all numbers big-endian:
//!
//! | bytes | content |
//! |---|---|
//! | 4 | length of the whole message |
//! | 4 | length of the headers |
//! | 4 | CRC-32 of the eight bytes before |
//! | … | headers: length of the name (1 byte), name, type of the value (1 byte), value |
//! | … | payload |
//! | 4 | CRC-32 of all bytes before |

use super::{Frame, Piece, SkipReason};
use std::borrow::Cow;

/// Length of the prelude: the two lengths and their checksum.
const PRELUDE: usize = 12;
/// Length of the message's checksum.
const CHECKSUM: usize = 4;

/// Splits a stream into messages.
#[derive(Debug)]
pub(super) struct Messages {
    limit: usize,
    state: MessageState,
}

#[derive(Debug, Clone, Copy)]
enum MessageState {
    /// The next byte is a message's first.
    Prelude,
    /// The message's prelude has been checked; holds the message's length in bytes.
    Message(usize),
    /// Skips a message longer than the limit; holds the number of bytes left.
    Passing(usize),
    /// A prelude is wrong: the start of the next message is unknown.
    Lost,
}

impl Messages {
    pub(super) fn new(limit: usize) -> Self {
        // A message cannot even be skipped without its prelude.
        Self { limit: limit.max(PRELUDE + CHECKSUM), state: MessageState::Prelude }
    }

    pub(super) fn next<'a>(&mut self, rest: &'a [u8]) -> Option<Piece<'a>> {
        if matches!(self.state, MessageState::Prelude) {
            self.state = self.prelude(rest)?;
        }
        match self.state {
            MessageState::Prelude => None,
            MessageState::Message(length) => {
                let raw = rest.get(..length)?;
                self.state = MessageState::Prelude;
                Some(message(raw).map_or(Piece::Skipped { bytes: raw, reason: SkipReason::Broken }, Piece::Frame))
            }
            MessageState::Passing(left) => {
                let bytes = rest.get(..left).unwrap_or(rest);
                let left = left - bytes.len();
                self.state = if left == 0 { MessageState::Prelude } else { MessageState::Passing(left) };
                Some(Piece::Skipped { bytes, reason: SkipReason::TooLarge })
            }
            MessageState::Lost => Some(Piece::Skipped { bytes: rest, reason: SkipReason::Broken }),
        }
    }

    /// Skips an incomplete message: its checksum is missing.
    pub(super) fn last<'a>(&mut self, held: &'a [u8]) -> Piece<'a> {
        self.state = MessageState::Lost;
        Piece::Skipped { bytes: held, reason: SkipReason::Broken }
    }

    /// Parses the prelude, once it is complete.
    fn prelude(&self, rest: &[u8]) -> Option<MessageState> {
        let prelude = rest.get(..PRELUDE)?;
        let (lengths, _) = prelude.split_at_checked(8)?;
        let (length, checksum) = (number(prelude, 0)?, number(prelude, 8)?);
        let length = usize::try_from(length).ok()?;
        let is_right = crc32fast::hash(lengths) == checksum && length >= PRELUDE + CHECKSUM;
        Some(match length {
            _ if !is_right => MessageState::Lost,
            length if length > self.limit => MessageState::Passing(length),
            length => MessageState::Message(length),
        })
    }
}

/// Reads the big-endian number at an offset.
fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|bytes| u32::from_be_bytes(*bytes))
}

/// Parses a whole message. `None` if its checksum, a length in it or a header is wrong.
fn message(raw: &[u8]) -> Option<Frame<'_>> {
    let (checked, checksum) = raw.split_last_chunk::<CHECKSUM>()?;
    if crc32fast::hash(checked) != u32::from_be_bytes(*checksum) {
        return None;
    }
    let length = usize::try_from(number(raw, 4)?).ok()?;
    let (headers, data) = checked.get(PRELUDE..)?.split_at_checked(length)?;
    let headers = MessageHeaders::of(headers)?;
    let (name, is_exception) = match headers.message_type {
        b"exception" => (headers.exception_type, true),
        b"error" => (headers.error_code, true),
        _ => (headers.event_type, false),
    };
    let name = String::from_utf8_lossy(name);
    // An error has its message in a header, an exception in its payload.
    let says_in_header = data.is_empty() && !headers.error_message.is_empty();
    let (data, data_at) = if says_in_header { (headers.error_message, None) } else { (data, Some(PRELUDE + length)) };
    Some(Frame { raw, name, is_exception, data: Cow::Borrowed(data), data_at })
}

/// Headers that identify a message; empty where they are missing.
#[derive(Debug, Default)]
struct MessageHeaders<'a> {
    message_type: &'a [u8],
    event_type: &'a [u8],
    exception_type: &'a [u8],
    error_code: &'a [u8],
    error_message: &'a [u8],
}

impl<'a> MessageHeaders<'a> {
    /// Parses the headers. `None` if they do not end where they should.
    fn of(mut rest: &'a [u8]) -> Option<Self> {
        let mut headers = Self::default();
        while let Some((length, behind)) = rest.split_first() {
            let (name, behind) = behind.split_at_checked(usize::from(*length))?;
            let (value, behind) = value(behind)?;
            match name {
                b":message-type" => headers.message_type = value,
                b":event-type" => headers.event_type = value,
                b":exception-type" => headers.exception_type = value,
                b":error-code" => headers.error_code = value,
                b":error-message" => headers.error_message = value,
                _ => {}
            }
            rest = behind;
        }
        Some(headers)
    }
}

/// Splits a header's value, which begins with its type, from the bytes behind it.
fn value(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (kind, rest) = bytes.split_first()?;
    match kind {
        // True and false.
        0 | 1 => Some((&[], rest)),
        // Byte, 16, 32 and 64 bits.
        2 => rest.split_at_checked(1),
        3 => rest.split_at_checked(2),
        4 => rest.split_at_checked(4),
        5 => rest.split_at_checked(8),
        // Bytes and text, behind their length.
        6 | 7 => {
            let (length, rest) = rest.split_first_chunk()?;
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))
        }
        // Time in milliseconds, and UUID.
        8 => rest.split_at_checked(8),
        9 => rest.split_at_checked(16),
        _ => None,
    }
}

/// Writes a message with another payload. A message without a place for a payload is copied.
pub(super) fn rewrite(frame: &Frame<'_>, data: &[u8], out: &mut Vec<u8>) {
    match frame.data_at.and_then(|at| frame.raw.get(PRELUDE..at)) {
        Some(headers) => message_of(headers, data, out),
        None => out.extend_from_slice(frame.raw),
    }
}

/// Writes a message with a name and a payload.
pub(super) fn write(name: &str, data: &[u8], out: &mut Vec<u8>) {
    let mut headers = Vec::with_capacity(96 + name.len());
    let event = [(":event-type", name), (":content-type", "application/json"), (":message-type", "event")];
    for (name, value) in event {
        let (name, value) = (name.as_bytes(), text_within(value, u16::MAX));
        headers.push(u8::try_from(name.len()).unwrap_or_default());
        headers.extend_from_slice(name);
        headers.push(7);
        headers.extend_from_slice(&u16::try_from(value.len()).unwrap_or_default().to_be_bytes());
        headers.extend_from_slice(value);
    }
    message_of(&headers, data, out);
}

/// Longest prefix of a text whose length fits `longest`.
fn text_within(text: &str, longest: u16) -> &[u8] {
    let end = text.floor_char_boundary(usize::from(longest));
    text.as_bytes().get(..end).unwrap_or_default()
}

fn message_of(headers: &[u8], data: &[u8], out: &mut Vec<u8>) {
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let begin = out.len();
    out.extend_from_slice(&length(PRELUDE + headers.len() + data.len() + CHECKSUM));
    out.extend_from_slice(&length(headers.len()));
    let lengths = out.get(begin..).map_or(0, crc32fast::hash);
    out.extend_from_slice(&lengths.to_be_bytes());
    out.extend_from_slice(headers);
    out.extend_from_slice(data);
    let all = out.get(begin..).map_or(0, crc32fast::hash);
    out.extend_from_slice(&all.to_be_bytes());
}
