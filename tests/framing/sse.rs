//! Server-sent events.

use super::{Out, bytes, data, decode, rewritten, whole};
use tollgate::framing::{Decoder, Framing, SkipReason};

const SSE: Framing = Framing::ServerSentEvents;

fn datas(stream: &[u8]) -> Vec<String> {
    data(&whole(SSE, stream))
}

fn names(stream: &[u8]) -> Vec<String> {
    let name = |out| match out {
        Out::Frame { name, .. } => name,
        other => panic!("{other:?}"),
    };
    whole(SSE, stream).into_iter().map(name).collect()
}

#[test]
fn events_are_read_as_the_standard_says() {
    assert_eq!(datas(b"data: a\n\ndata:b\r\n\r\ndata: c\rdata: d\r\r"), ["a", "b", "c\nd"]);
    assert_eq!(datas(b": comment\n\nevent: x\ndata: 1\nid: 7\n\n"), ["", "1"]);
    assert_eq!(datas(b"\xef\xbb\xbfdata: bom\n\n"), ["bom"]);
    assert_eq!(datas(b"data\n\ndatax: no\n\ndata:  two spaces\n\n"), ["", "", " two spaces"]);
    assert_eq!(datas(b"data: no end"), ["no end"]);
    assert_eq!(datas(b"data: a\r\ndata: half an end\r"), ["a\nhalf an end"]);
    assert_eq!(datas(b"data: a\ndata\ndata:\ndata: b\n\n"), ["a\n\n\nb"]);
}

#[test]
fn an_event_has_the_name_of_its_last_event_line() {
    let stream =
        b"event: a\nevent:b\ndata: 1\n\ndata: 2\n\nevent\ndata: 3\n\nevents: no\n\n\xef\xbb\xbfevent: c\r\n\r\n";
    assert_eq!(names(stream), ["b", "", "", "", "c"]);
    assert_eq!(names(b"event: \xff\n\n"), ["\u{fffd}"]);
}

/// Older servers of llama.cpp write `error: {…}`.
#[test]
fn a_field_named_error_is_an_event_of_that_name_unless_there_are_data() {
    let stream = b"error: {\"code\":500}\n\nevent: x\nerror: no\ndata: 1\n\nerror\n\n";
    assert_eq!(datas(stream), ["{\"code\":500}", "1", ""]);
    assert_eq!(names(stream), ["error", "x", "error"]);
    let (frame, anew) = (b"error: [EMAIL_1]\n\n", b"error: ada@example.com\n\n");
    assert_eq!(rewritten(SSE, frame, b"ada@example.com"), anew);
}

#[test]
fn an_event_goes_on_at_once_when_it_is_whole() {
    for end in ["\n\n", "\r\n\r\n", "\r\r"] {
        let mut decoder = Decoder::new(SSE, 1 << 20);
        let mut whole = 0;
        decoder.push(b"data: x", |_| whole += 1);
        assert_eq!(whole, 0);
        decoder.push(end.as_bytes(), |_| whole += 1);
        assert_eq!((whole, decoder.held()), (1, 0), "{end:?}");
    }
}

#[test]
fn an_event_beyond_the_limit_passes_unread_and_the_next_is_read() {
    let long = "x".repeat(500);
    for end in ["\n\n", "\r\n\r\n", "\r\r"] {
        let stream = format!("data: 1{end}data: {long}{end}data: 2{end}").into_bytes();
        let out = decode(SSE, [&stream[..]], 100);
        assert!(
            matches!(&out[..], [Out::Frame { .. }, Out::Skipped(_, SkipReason::TooLarge), Out::Frame { .. }]),
            "{out:?}"
        );
        assert_eq!(data(&out), ["1", "2"]);
        for at in 0..=stream.len() {
            assert_eq!(decode(SSE, [&stream[..at], &stream[at..]], 100), out, "{end:?} at {at}");
        }
        assert_eq!(decode(SSE, stream.chunks(1), 100), out, "{end:?}");
        assert_eq!(bytes(&out), stream);
    }
}

#[test]
fn an_event_is_rewritten_with_its_other_lines_kept() {
    let table = [
        ("event: e\ndata: old\nid: 1\n\n", "new", "event: e\ndata: new\nid: 1\n\n"),
        ("data:old\r\n\r\n", "new", "data:new\r\n\r\n"),
        ("data:old\n\n", " new", "data:  new\n\n"),
        ("data\n\n", "new", "data: new\n\n"),
        (": comment\r\n\r\n", "new", ": comment\r\ndata: new\r\n\r\n"),
        ("data: a\nid: 1\ndata: b\n\n", "new", "data: new\nid: 1\n\n"),
        ("data: a\nid: 1\n\n", "1\n2\r\n3", "data: 1\ndata: 2\ndata: 3\nid: 1\n\n"),
        ("\u{feff}data: a\ndata: b\r\n\r\n", "new", "\u{feff}data: new\n\r\n"),
        ("data: no end", "new", "data: new"),
        ("event: no end", "new", "event: no end\ndata: new\n"),
        ("data: a\r\n\r\n", "a", "data: a\r\n\r\n"),
        ("data: a\n\n", "", "data: \n\n"),
        (": no data\n\n", "", ": no data\n\n"),
    ];
    for (stream, data, expected) in table {
        let out = rewritten(SSE, stream.as_bytes(), data.as_bytes());
        assert_eq!(String::from_utf8(out).unwrap(), expected, "{stream:?}");
    }
}

#[test]
fn an_event_of_our_own_has_a_name_only_if_there_is_one() {
    let mut out = Vec::new();
    SSE.write("", b"{}", &mut out);
    SSE.write("stop\nid: 1", b"1\n2", &mut out);
    assert_eq!(String::from_utf8(out).unwrap(), "data: {}\n\nevent: stop\ndata: 1\ndata: 2\n\n");
}
