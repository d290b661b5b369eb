//! Laws of every framing, for any input.

use super::aws_event_stream::{message, text};
use super::{ALL, NO_LIMIT, Out, bytes, decode, rewritten, take, whole};
use cpu_time::ThreadTime;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use std::time::Duration;
use tollgate::framing::{Decoder, Framing};

fn events() -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![
        Just("data: ".to_owned()),
        "\u{feff}?data:[a-z ]{0,9}",
        "(event|id|:|data)[: a-z]{0,5}",
        Just(String::new()),
        any::<String>().prop_map(|text| format!("data: {}", text.replace(['\r', '\n'], " "))),
    ];
    let end = prop_oneof![Just("\n"), Just("\r\n"), Just("\r")];
    vec((line, end), 0..20).prop_map(|lines| {
        lines.into_iter().flat_map(|(line, end)| [line, end.to_owned()]).collect::<String>().into_bytes()
    })
}

fn messages() -> impl Strategy<Value = Vec<u8>> {
    let header = ("(:message-type|:event-type|:exception-type|:error-code|x)", "(event|exception|error|a|)")
        .prop_map(|(name, value)| text(&name, &value));
    let message = (vec(header, 0..4), vec(any::<u8>(), 0..40)).prop_map(|(headers, data)| message(&headers, &data));
    let wrong = prop::option::weighted(0.3, (any::<Index>(), any::<u8>()));
    (vec(message, 0..6), wrong).prop_map(|(messages, wrong)| {
        let mut stream = messages.concat();
        if let Some((at, byte)) = wrong
            && !stream.is_empty()
        {
            let at = at.index(stream.len());
            stream[at] ^= byte;
        }
        stream
    })
}

/// JSON, and texts that resemble it a little.
fn json() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        9 => "[\\[\\]{},:\"\\\\ \r\n0-9a-z]{1,3}",
        3 => Just("{\"a\":\"\\\\\\\"}\",\"b\":[1,{}]}".to_owned()),
        1 => any::<String>(),
    ];
    (prop::bool::weighted(0.8), vec(word, 0..20))
        .prop_map(|(is_array, words)| [if is_array { "[" } else { "" }, &words.join(",\n")].concat().into_bytes())
}

/// A stream of the framing, or any bytes.
fn streams() -> impl Strategy<Value = (Framing, Vec<u8>)> {
    prop_oneof![
        4 => events().prop_map(|stream| (Framing::ServerSentEvents, stream)),
        4 => messages().prop_map(|stream| (Framing::AwsEventStream, stream)),
        4 => json().prop_map(|stream| (Framing::JsonArray, stream)),
        4 => json().prop_map(|stream| (Framing::JsonLines, stream)),
        1 => (prop::sample::select(&ALL[..]), vec(any::<u8>(), 0..200)),
    ]
}

/// Limits below, at and above the length of the frames.
fn limits() -> impl Strategy<Value = usize> {
    prop_oneof![0usize..120, Just(NO_LIMIT)]
}

/// The stream in pieces, split at these positions.
fn cut<'a>(stream: &'a [u8], cuts: &[Index]) -> Vec<&'a [u8]> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
    cuts.extend([0, stream.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect()
}

fn frames(outs: &[Out]) -> Vec<&Out> {
    outs.iter().filter(|out| matches!(out, Out::Frame { .. })).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn any_split_gives_the_same_pieces_and_loses_no_byte(
        (framing, stream) in streams(),
        limit in limits(),
        cuts in vec(any::<Index>(), 0..6),
    ) {
        let whole = decode(framing, [&stream[..]], limit);
        prop_assert_eq!(bytes(&whole), &stream[..]);
        prop_assert_eq!(&decode(framing, cut(&stream, &cuts), limit), &whole);
        prop_assert_eq!(&decode(framing, stream.chunks(1), limit), &whole);
    }

    #[test]
    fn the_limit_decides_only_what_is_read((framing, stream) in streams(), limit in 16usize..120) {
        let all = whole(framing, &stream);
        let limited = decode(framing, [&stream[..]], limit);
        let expected: Vec<_> = frames(&all).into_iter().filter(|frame| frame.bytes().len() <= limit).collect();
        prop_assert_eq!(frames(&limited), expected);
    }

    #[test]
    fn a_frame_goes_on_at_once((framing, stream) in streams()) {
        let mut decoder = Decoder::new(framing, NO_LIMIT);
        let (mut outs, mut gone) = (Vec::new(), 0);
        for at in 0..stream.len() {
            outs.clear();
            decoder.push(&stream[at..=at], |piece| take(&mut outs, &piece));
            for out in &outs {
                gone += out.bytes().len();
                // Only the next byte ends a number. The same is true for a carriage return that may have a line feed.
                let late = usize::from(match framing {
                    Framing::JsonArray => !b"}]\"".contains(out.bytes().last().unwrap()),
                    Framing::ServerSentEvents => out.bytes().ends_with(b"\r\n\r"),
                    Framing::AwsEventStream | Framing::JsonLines => false,
                });
                prop_assert!(!matches!(out, Out::Frame { .. }) || gone == at + 1 - late, "{:?} at {}", out, at);
            }
            prop_assert_eq!(gone + decoder.held(), at + 1);
        }
        outs.clear();
        decoder.finish(|piece| take(&mut outs, &piece));
        for out in frames(&outs) {
            let has_an_end = match framing {
                Framing::ServerSentEvents => [b"\n\n", b"\r\r"].iter().any(|end| out.bytes().ends_with(*end)),
                Framing::AwsEventStream => true,
                Framing::JsonArray => stream.trim_ascii_start().starts_with(b"["),
                Framing::JsonLines => out.bytes().ends_with(b"\n"),
            };
            prop_assert!(!has_an_end, "late: {:?}", out);
        }
    }

    #[test]
    fn a_rewritten_frame_is_read_with_its_new_data(
        (framing, stream) in streams(),
        data in prop_oneof!["[ a-z:]{0,9}", "[ \n\ra-z:]{0,9}"],
    ) {
        for out in frames(&whole(framing, &stream)) {
            let raw = out.bytes();
            let expected = match framing {
                Framing::AwsEventStream | Framing::JsonArray => data.clone(),
                Framing::ServerSentEvents => data.replace("\r\n", "\n").replace('\r', "\n"),
                Framing::JsonLines => data.replace(['\r', '\n'], " ").trim_start().to_owned(),
            };
            let written = rewritten(framing, raw, data.as_bytes());
            if framing == Framing::JsonArray {
                // Outside an array, an element is the whole text.
                let before = raw.iter().take_while(|byte| b" \t\r\n".contains(byte)).count();
                prop_assert!(raw[before..].starts_with(b"[") || written[before..] == *expected.as_bytes());
                continue;
            }
            if expected.trim().is_empty() && framing == Framing::JsonLines {
                continue;
            }
            let again = whole(framing, &written);
            let first = frames(&again).first().map(|frame| frame.with(expected.as_bytes()));
            prop_assert_eq!(first.as_ref(), frames(&again).first().copied(), "{:?}", written);
            let (Some(Out::Frame { name, is_exception, .. }), Out::Frame { name: old, is_exception: was, .. }) = (first, out)
            else {
                return Err(TestCaseError::fail("no frame"));
            };
            prop_assert_eq!((&name, is_exception), (old, *was));
        }
    }

    #[test]
    fn a_frame_of_our_own_is_read_as_it_was_meant(framing in prop::sample::select(&ALL[..]), name in "[a-z]{0,5}") {
        let mut stream = if framing == Framing::JsonArray { b"[".to_vec() } else { Vec::new() };
        framing.write(&name, br#"{"a":1}"#, &mut stream);
        let outs = whole(framing, &stream);
        let Some(Out::Frame { name: read, is_exception: false, data, .. }) = outs.last() else {
            return Err(TestCaseError::fail("no frame"));
        };
        prop_assert_eq!(&data[..], br#"{"a":1}"#);
        let has_names = matches!(framing, Framing::ServerSentEvents | Framing::AwsEventStream);
        prop_assert_eq!(read, if has_names { &name } else { "" });
    }

    #[test]
    fn the_elements_of_an_array_are_those_that_a_parser_finds(stream in json()) {
        let stream = [&stream[..], b"]"].concat();
        let Ok(elements) = serde_json::from_slice::<Vec<&serde_json::value::RawValue>>(&stream) else {
            return Ok(());
        };
        let elements: Vec<_> = elements.into_iter().map(|element| element.get().to_owned()).collect();
        prop_assert_eq!(super::data(&whole(Framing::JsonArray, &stream)), elements);
    }
}

/// A stream with one frame of about this length.
fn long_frame(framing: Framing, length: usize) -> Vec<u8> {
    let text = format!("\"{}\"", "x\\\"".repeat(length / 3));
    let mut stream = if framing == Framing::JsonArray { b"[".to_vec() } else { Vec::new() };
    framing.write("", text.as_bytes(), &mut stream);
    stream
}

/// A stream of about this length in small frames.
fn short_frames(framing: Framing, length: usize) -> Vec<u8> {
    let mut frame = Vec::new();
    framing.write("", b"{}", &mut frame);
    frame.extend_from_slice(if framing == Framing::JsonArray { b"," } else { b"" });
    let begin: &[u8] = if framing == Framing::JsonArray { b"[" } else { b"" };
    [begin, &frame.repeat(length / frame.len())].concat()
}

/// Duration of decoding.
fn time(framing: Framing, stream: &[u8], size: usize, limit: usize) -> Duration {
    let mut decoder = Decoder::new(framing, limit);
    let start = ThreadTime::now();
    stream.chunks(size).for_each(|chunk| decoder.push(chunk, |_| {}));
    start.elapsed()
}

#[test]
fn time_is_in_proportion_to_length_whatever_the_frames_and_pieces() {
    for framing in ALL {
        for make in [long_frame, short_frames] {
            let [short, middle, long] = [15, 18, 21].map(|bits| make(framing, 1 << bits));
            for (size, limit) in [(1, NO_LIMIT), (64, NO_LIMIT), (5000, NO_LIMIT), (NO_LIMIT, NO_LIMIT), (64, 1000)] {
                let [short, long] = if size == 1 { [&short, &middle] } else { [&middle, &long] };
                // Eight times the bytes; quadratic time would be sixty-four times as long. The machine may be busy
                // once.
                let is_linear = |_| {
                    let [short, long] = [short, long].map(|stream| time(framing, stream, size, limit));
                    long < short * 30 + Duration::from_millis(30)
                };
                assert!((0..3).any(is_linear), "{framing:?} in pieces of {size}");
            }
        }
    }
}

#[test]
fn what_is_held_of_a_stream_does_not_grow_with_its_pieces() {
    for framing in ALL {
        let mut decoder = Decoder::new(framing, 1000);
        for chunk in short_frames(framing, 1 << 20).chunks(4099) {
            decoder.push(chunk, |_| {});
            assert!(decoder.held() < 200, "{framing:?}");
        }
    }
}
