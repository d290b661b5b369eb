//! Framing: events come out whole and at once, however the stream is cut.

#![cfg(test)]

use proptest::prelude::*;
use tollgate::framing::{Decoder, Piece};

/// What a decoder hands out: data of events, and whether bytes went by unread.
#[derive(Debug, Default, PartialEq)]
struct Out {
    events: Vec<(Vec<u8>, Vec<u8>)>,
    unread: Vec<u8>,
    bytes: Vec<u8>,
}

impl Out {
    fn take(&mut self, piece: Piece<'_>) {
        match piece {
            Piece::Event(event) => {
                if let Some(at) = event.data_at {
                    assert_eq!(&event.raw[at..at + event.data.len()], &*event.data);
                }
                self.bytes.extend_from_slice(event.raw);
                self.events.push((event.raw.to_vec(), event.data.to_vec()));
            }
            Piece::Unread(bytes) => {
                self.unread.extend_from_slice(bytes);
                self.bytes.extend_from_slice(bytes);
            }
        }
    }
}

fn decode(pieces: &[&[u8]], limit: usize) -> Out {
    let mut decoder = Decoder::new(limit);
    let mut out = Out::default();
    for piece in pieces {
        decoder.push(piece, |piece| out.take(piece));
        assert!(decoder.held() <= limit + piece.len() + 2, "holds more than its limit");
    }
    decoder.finish(|piece| out.take(piece));
    out
}

fn datas(stream: &[u8]) -> Vec<String> {
    let out = decode(&[stream], 1 << 20);
    out.events.into_iter().map(|(_, data)| String::from_utf8(data).unwrap()).collect()
}

#[test]
fn events_are_read_as_the_standard_says() {
    assert_eq!(datas(b"data: a\n\ndata:b\r\n\r\ndata: c\rdata: d\r\r"), ["a", "b", "c\nd"]);
    assert_eq!(datas(b": comment\n\nevent: x\ndata: 1\nid: 7\n\n"), ["", "1"]);
    assert_eq!(datas(b"\xef\xbb\xbfdata: bom\n\n"), ["bom"]);
    assert_eq!(datas(b"data\n\ndatax: no\n\ndata:  two spaces\n\n"), ["", "", " two spaces"]);
    assert_eq!(datas(b"data: no end"), ["no end"]);
}

#[test]
fn an_event_goes_on_at_once_when_it_is_whole() {
    for end in ["\n\n", "\r\n\r\n", "\r\r"] {
        let mut decoder = Decoder::new(1 << 20);
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
        let whole = decode(&[&stream], 100);
        for at in 0..=stream.len() {
            let out = decode(&[&stream[..at], &stream[at..]], 100);
            assert_eq!(out.bytes, stream);
            let data: Vec<&[u8]> = out.events.iter().map(|(_, data)| data.as_slice()).collect();
            assert!(data.starts_with(&[b"1"]) && data.ends_with(&[b"2"]), "{end:?} at {at}");
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        let single = decode(&bytes, 100);
        assert_eq!((&single.bytes, single.events.len()), (&whole.bytes, 2), "{end:?}");
    }
}

#[test]
fn a_long_event_in_small_pieces_takes_time_in_proportion_to_its_length() {
    let time = |length: usize| {
        let mut decoder = Decoder::new(usize::MAX);
        let start = std::time::Instant::now();
        decoder.push(b"data: ", |_| {});
        for _ in 0..length / 16 {
            decoder.push(&[b'x'; 16], |_| {});
        }
        decoder.push(b"\n\n", |_| {});
        start.elapsed()
    };
    let (short, long) = (time(1 << 18), time(1 << 21));
    assert!(long < short * 40 + std::time::Duration::from_millis(50), "{short:?} {long:?}");
}

fn streams() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just("data: ".to_owned()),
        "data:[a-z ]{0,9}",
        "(event|id|:)[: a-z]{0,5}",
        Just(String::new()),
        any::<String>().prop_map(|text| format!("data: {}", text.replace(['\r', '\n'], " "))),
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    prop::collection::vec((line, end), 0..20).prop_map(|lines| {
        lines.into_iter().flat_map(|(line, end)| [line, end.to_owned()]).collect::<String>().into_bytes()
    })
}

proptest! {
    #[test]
    fn any_split_gives_the_same_events(stream in streams(), cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..6)) {
        let whole = decode(&[&stream], 1 << 20);
        prop_assert_eq!(&whole.bytes, &stream);
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.extend([0, stream.len()]);
        cuts.sort_unstable();
        let pieces: Vec<&[u8]> = cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect();
        prop_assert_eq!(&decode(&pieces, 1 << 20), &whole);
        let single: Vec<&[u8]> = stream.chunks(1).collect();
        prop_assert_eq!(&decode(&single, 1 << 20), &whole);
    }

    #[test]
    fn no_byte_is_lost_whatever_the_limit(stream in streams(), limit in 0usize..30, size in 1usize..9) {
        let pieces: Vec<&[u8]> = stream.chunks(size).collect();
        prop_assert_eq!(decode(&pieces, limit).bytes, stream);
    }
}
