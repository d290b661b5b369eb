//! AWS event stream. The messages are built from the specification, independently of the code that writes them.

use super::{NO_LIMIT, Out, bytes, data, decode, rewritten, whole};
use tollgate::framing::{Framing, SkipReason};

const AWS: Framing = Framing::AwsEventStream;

/// CRC-32 bit by bit, by its definition.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| (sum >> 1) ^ if sum & 1 == 1 { 0xedb8_8320 } else { 0 })
    })
}

/// A header with a text.
pub(super) fn text(name: &str, value: &str) -> Vec<u8> {
    let length = u16::try_from(value.len()).unwrap().to_be_bytes();
    header(name, 7, &[&length, value.as_bytes()].concat())
}

fn header(name: &str, kind: u8, value: &[u8]) -> Vec<u8> {
    [&[u8::try_from(name.len()).unwrap()], name.as_bytes(), &[kind], value].concat()
}

/// A message with these headers and this payload.
pub(super) fn message(headers: &[Vec<u8>], payload: &[u8]) -> Vec<u8> {
    let headers = headers.concat();
    with_length(16 + headers.len() + payload.len(), headers.len(), &headers, payload)
}

fn with_length(total: usize, of_headers: usize, headers: &[u8], payload: &[u8]) -> Vec<u8> {
    let number = |number: usize| u32::try_from(number).unwrap().to_be_bytes();
    let mut message = [number(total), number(of_headers)].concat();
    message.extend(crc32(&message).to_be_bytes());
    message.extend([headers, payload].concat());
    message.extend(crc32(&message).to_be_bytes());
    message
}

fn event(name: &str, payload: &str) -> Vec<u8> {
    message(&[text(":message-type", "event"), text(":event-type", name)], payload.as_bytes())
}

#[test]
fn a_message_is_read_with_its_name() {
    let streams = [
        (event("chunk", "{}"), "chunk", false),
        (message(&[text(":event-type", "no type of message")], b"{}"), "no type of message", false),
        (message(&[text(":exception-type", "slow"), text(":message-type", "exception")], b"{}"), "slow", true),
        (message(&[text(":message-type", "error"), text(":error-code", "gone")], b"{}"), "gone", true),
        (message(&[text(":message-type", "exception"), text(":event-type", "other")], b"{}"), "", true),
        (message(&[], b"{}"), "", false),
    ];
    for (stream, name, is_exception) in streams {
        let expected = Out::Frame { raw: stream.clone(), name: name.to_owned(), is_exception, data: b"{}".to_vec() };
        assert_eq!(whole(AWS, &stream), [expected]);
    }
}

#[test]
fn an_error_without_a_payload_says_why_in_a_header_and_is_not_written_anew() {
    let told = [text(":message-type", "error"), text(":error-code", "gone"), text(":error-message", "Sorry.")];
    let stream = message(&told, b"");
    let (raw, name) = (stream.clone(), "gone".to_owned());
    let frame = Out::Frame { raw, name, is_exception: true, data: b"Sorry.".to_vec() };
    assert_eq!(whole(AWS, &stream), [frame]);
    assert_eq!(rewritten(AWS, &stream, b"{}"), stream);
    // The payload has precedence.
    assert_eq!(data(&whole(AWS, &message(&told, b"{}"))), ["{}"]);
}

#[test]
fn headers_of_every_type_are_passed_over() {
    let lengths = [0, 0, 1, 2, 4, 8, 2 + 3, 2 + 3, 8, 16];
    let mut headers: Vec<_> = (0..)
        .zip(lengths)
        .map(|(kind, length)| {
            let mut value = vec![0; length];
            if kind == 6 || kind == 7 {
                value[1] = 3;
            }
            header("any", kind, &value)
        })
        .collect();
    headers.push(text(":event-type", "found"));
    let stream = message(&headers, b"payload");
    assert!(matches!(&whole(AWS, &stream)[..], [Out::Frame { name, .. }] if name == "found"));
    let unknown = message(&[header("any", 10, &[0])], b"payload");
    assert_eq!(whole(AWS, &unknown), [Out::Skipped(unknown.clone(), SkipReason::Broken)]);
    let too_short = message(&[header("any", 9, &[0; 15])], b"");
    assert_eq!(whole(AWS, &too_short), [Out::Skipped(too_short.clone(), SkipReason::Broken)]);
}

#[test]
fn a_wrong_bit_in_a_message_loses_that_message_and_in_a_prelude_all_the_rest() {
    let stream = [event("a", "1"), event("b", "2"), event("c", "3")].concat();
    let length = event("b", "2").len();
    for at in length..2 * length {
        let mut broken = stream.clone();
        broken[at] ^= 0x10;
        let out = whole(AWS, &broken);
        assert_eq!(bytes(&out), broken);
        let in_prelude = at < length + 12;
        assert_eq!(data(&out), if in_prelude { vec!["1"] } else { vec!["1", "3"] }, "{at}");
        let lost = if in_prelude { 2 * length } else { length };
        assert_eq!(out[1], Out::Skipped(broken[length..length + lost].to_vec(), SkipReason::Broken));
    }
}

#[test]
fn impossible_lengths_are_broken() {
    let good = event("a", "1");
    // Shorter than the shortest message: the start of the next one is unknown.
    let short = [with_length(15, 0, b"", b""), good.clone()].concat();
    assert_eq!(whole(AWS, &short), [Out::Skipped(short.clone(), SkipReason::Broken)]);
    // Headers beyond the message's end: the message itself still has one.
    let long = with_length(20, 5, b"", b"1234");
    let out = whole(AWS, &[long.clone(), good.clone()].concat());
    assert_eq!((&out[0], data(&out)), (&Out::Skipped(long, SkipReason::Broken), vec!["1".to_owned()]));
    // What is cut is not whole.
    let cut = &good[..good.len() - 1];
    assert_eq!(whole(AWS, cut), [Out::Skipped(cut.to_vec(), SkipReason::Broken)]);
}

#[test]
fn a_message_beyond_the_limit_passes_as_it_comes() {
    let stream = [event("a", "1"), event("b", &"x".repeat(500)), event("c", "3")].concat();
    let out = decode(AWS, [&stream[..]], 100);
    assert!(matches!(&out[..], [Out::Frame { .. }, Out::Skipped(_, SkipReason::TooLarge), Out::Frame { .. }]));
    assert_eq!((data(&out), bytes(&out)), (vec!["1".to_owned(), "3".to_owned()], stream.clone()));
    assert_eq!(decode(AWS, stream.chunks(1), 100), out);
}

#[test]
fn a_message_is_rewritten_with_its_headers_kept() {
    let headers = [text(":message-type", "event"), header("n", 5, &[7; 8]), text(":event-type", "chunk")];
    let stream = message(&headers, b"old");
    assert_eq!(rewritten(AWS, &stream, b"newer"), message(&headers, b"newer"));
    assert_eq!(rewritten(AWS, &stream, b"old"), stream);
}

#[test]
fn a_message_of_our_own_is_an_event_with_json() {
    let mut out = Vec::new();
    AWS.write("chunk", b"{}", &mut out);
    let headers =
        [text(":event-type", "chunk"), text(":content-type", "application/json"), text(":message-type", "event")];
    assert_eq!(out, message(&headers, b"{}"));
    // A name too long for a header is truncated; the message stays readable.
    out.clear();
    AWS.write(&"ü".repeat(40_000), b"{}", &mut out);
    assert_eq!(data(&decode(AWS, [&out[..]], NO_LIMIT)), ["{}"]);
}
