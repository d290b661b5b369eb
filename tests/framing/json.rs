//! JSON arrays that arrive element by element, and JSON lines.

use super::{Out, bytes, data, decode, rewritten, whole};
use tollgate::framing::{Decoder, Framing, Piece, SkipReason};

const ARRAY: Framing = Framing::JsonArray;
const LINES: Framing = Framing::JsonLines;

fn between(text: &str, ends: bool) -> Out {
    Out::Between(text.into(), ends)
}

fn frame(text: &str) -> Out {
    Out::Frame { raw: text.into(), name: String::new(), is_exception: false, data: text.into() }
}

fn broken(text: &str) -> Out {
    Out::Skipped(text.into(), SkipReason::Broken)
}

#[test]
fn an_array_is_cut_into_its_elements() {
    let out = whole(ARRAY, b" [{\"a\": [1, {}]}\r\n,\r\n{\"b\": \"]}\\\"\\\\\"}\r\n]\r\n");
    let expected = [
        between(" [", false),
        frame("{\"a\": [1, {}]}"),
        between("\r\n,\r\n", false),
        frame("{\"b\": \"]}\\\"\\\\\"}"),
        between("\r\n]\r\n", true),
    ];
    assert_eq!(out, expected);
    assert_eq!(
        data(&whole(ARRAY, b"[1,-2.5e+3 ,true,\"s[\",[[]],null]")),
        ["1", "-2.5e+3", "true", "\"s[\"", "[[]]", "null"]
    );
    assert_eq!(whole(ARRAY, b"[]"), [between("[]", true)]);
    assert_eq!(whole(ARRAY, b"[ ] [").last(), Some(&broken("[")));
}

#[test]
fn an_element_goes_on_at_once_when_its_last_byte_is_there() {
    let stream = b"[{\"a\":\"\\\"}\"},\n[2],\"s\"]";
    let (mut decoder, mut ends) = (Decoder::new(ARRAY, 1 << 20), Vec::new());
    for (at, byte) in stream.iter().enumerate() {
        decoder.push(&[*byte], |piece| match piece {
            Piece::Frame(_) => ends.push(at),
            Piece::Between { ends: end, .. } => assert_eq!(end, at + 1 == stream.len()),
            Piece::Skipped { .. } => panic!("unread at {at}"),
        });
    }
    assert_eq!(ends, [11, 16, 20]);
}

#[test]
fn a_text_that_is_no_array_is_one_frame() {
    let error = "{\n  \"error\": {\"code\": 400}\n}\n";
    assert_eq!(whole(ARRAY, error.as_bytes()), [frame(error)]);
    assert_eq!(whole(ARRAY, format!("\n {error}").as_bytes()), [between("\n ", false), frame(error)]);
    assert_eq!(whole(ARRAY, b"<html>[1]"), [frame("<html>[1]")]);
    assert_eq!(decode(ARRAY, error.as_bytes().chunks(3), 10), [Out::Skipped(error.into(), SkipReason::TooLarge)]);
}

#[test]
fn what_cannot_be_in_an_array_is_broken() {
    assert_eq!(whole(ARRAY, b"[{}, :{}]"), [between("[", false), frame("{}"), between(", ", false), broken(":{}]")]);
    assert_eq!(whole(ARRAY, b"[}]"), [between("[", false), broken("}]")]);
    assert_eq!(whole(ARRAY, b"[\"cut"), [between("[", false), broken("\"cut")]);
    assert_eq!(whole(ARRAY, b"[{\"cut\": ["), [between("[", false), broken("{\"cut\": [")]);
    assert_eq!(whole(ARRAY, b"[12"), [between("[", false), broken("12")]);
    assert_eq!(whole(ARRAY, b"[{}]x"), [between("[", false), frame("{}"), between("]", true), broken("x")]);
}

#[test]
fn an_element_beyond_the_limit_passes_unread_and_the_next_is_read() {
    let long = format!("{{\"a\":\"{}\"}}", "\\\\\\\"}".repeat(50));
    let stream = format!("[1,{long},[2]]");
    let out = decode(ARRAY, [stream.as_bytes()], 20);
    assert_eq!(
        (data(&out), &out[3]),
        (vec!["1".to_owned(), "[2]".to_owned()], &Out::Skipped(long.into(), SkipReason::TooLarge))
    );
    for size in 1..30 {
        assert_eq!(decode(ARRAY, stream.as_bytes().chunks(size), 20), out);
    }
}

#[test]
fn a_line_is_a_frame_and_a_blank_line_is_none() {
    let out = whole(LINES, b"{\"a\":1}\n\r\n  \n {\"b\":2}\r\n{\"c\":3}");
    assert_eq!(data(&out), ["{\"a\":1}", "{\"b\":2}", "{\"c\":3}"]);
    let raw: Vec<_> = out.iter().map(|out| String::from_utf8_lossy(out.bytes()).into_owned()).collect();
    assert_eq!(raw, ["{\"a\":1}\n", "\r\n  \n ", "{\"b\":2}\r\n", "{\"c\":3}"]);
    assert_eq!(out[1], between("\r\n  \n ", false));
}

#[test]
fn a_line_beyond_the_limit_passes_unread_and_the_next_is_read() {
    let stream = format!("1\n{}\n2\n{}", "x".repeat(100), "y".repeat(21));
    for size in 1..130 {
        let out = decode(LINES, stream.as_bytes().chunks(size), 20);
        assert_eq!((data(&out), bytes(&out)), (vec!["1".to_owned(), "2".to_owned()], stream.clone().into_bytes()));
    }
}

#[test]
fn elements_and_lines_are_rewritten() {
    let out = rewritten(ARRAY, b"[{\"a\":1},\r\n2]", b"{}");
    assert_eq!(String::from_utf8(out).unwrap(), "[{},\r\n{}]");
    let out = rewritten(LINES, b"1\r\n\n2\n3", b"{\n}");
    assert_eq!(String::from_utf8(out).unwrap(), "{ }\r\n\n{ }\n{ }");
    let mut out = Vec::new();
    LINES.write("no names here", b"[1,\r\n2]", &mut out);
    ARRAY.write("", b"{}", &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "[1,  2]\n{}");
}

#[test]
fn a_number_longer_than_the_limit_leaves_no_empty_piece_behind() {
    for limit in [0, 1] {
        let mut decoder = tollgate::framing::Decoder::new(tollgate::framing::Framing::JsonArray, limit);
        let mut bytes = Vec::new();
        decoder.push(b"[123,4]", |piece| {
            assert!(!piece.bytes().is_empty());
            bytes.extend_from_slice(piece.bytes());
        });
        decoder.finish(|piece| bytes.extend_from_slice(piece.bytes()));
        assert_eq!(bytes, b"[123,4]");
    }
}
