//! Decoding of an answer: invalid bodies.

#![cfg(test)]

mod headers;

use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::endpoint::Route;
use tollgate::settings::Limits;

/// All bytes of the output for an answer to a chat completion, and the notes on parts that could not be read.
fn read(headers: &[(&str, &str)], pieces: &[&[u8]]) -> (Vec<u8>, Vec<&'static str>) {
    let route = Route::of("POST", "/v1/chat/completions", &[]);
    let mut reading = AnswerDecoder::new(&route, true, &Headers::from_iter(headers.iter().copied()), Limits::default());
    let (mut bytes, mut notes) = (Vec::new(), Vec::new());
    let mut each = |read: Decoded<'_>| match read {
        Decoded::Note(note) => notes.push(note.name()),
        Decoded::Whole { bytes: some, .. } | Decoded::Rest { bytes: some, .. } => bytes.extend_from_slice(some),
        Decoded::Frame { frame, .. } => bytes.extend_from_slice(frame.raw),
    };
    pieces.iter().for_each(|piece| reading.push(piece, false, &mut each));
    reading.push(&[], true, &mut each);
    (bytes, notes)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    gzip.finish().unwrap()
}

/// The client's headers have no compression any more: after a fault it must not get compressed bytes.
#[test]
fn behind_a_fault_in_a_compressed_body_no_compressed_bytes_go_out() {
    let text = "data: {\"choices\":[]}\n\n";
    let mut body = gzip(text);
    let length = body.len();
    // The checksum is wrong, and more follows.
    body[length - 8] ^= 1;
    body.extend_from_slice(b"more of what cannot be read");
    for content_type in ["text/event-stream", "application/json"] {
        for size in [1, 7, body.len()] {
            let pieces: Vec<&[u8]> = body.chunks(size).collect();
            let (bytes, notes) = read(&[("content-type", content_type), ("content-encoding", "gzip")], &pieces);
            assert_eq!(String::from_utf8_lossy(&bytes), text, "{content_type} in pieces of {size}");
            assert!(notes.contains(&"response_encoding_broken"), "{notes:?}");
        }
    }
}

#[test]
fn a_body_that_is_not_compressed_as_it_says_gives_nothing_however_it_is_cut() {
    let body = b"{\"choices\":[],\"usage\":null} and so on";
    for size in [1, 7, body.len()] {
        let pieces: Vec<&[u8]> = body.chunks(size).collect();
        let (bytes, notes) = read(&[("content-type", "application/json"), ("content-encoding", "gzip")], &pieces);
        assert!(bytes.is_empty(), "{:?} in pieces of {size}", String::from_utf8_lossy(&bytes));
        assert!(notes.contains(&"response_encoding_broken"), "{notes:?}");
    }
}

/// OpenRouter writes white space while the model thinks. Held until the first word, it would neither keep the client's
/// connection alive nor be bounded.
#[test]
fn white_space_before_an_answer_goes_on_as_it_comes_however_much_there_is() {
    let blank = b"\n         \r\n\t";
    for content_type in ["application/json", "text/event-stream", ""] {
        let headers = Headers::from_iter(vec![("content-type".to_owned(), content_type.as_bytes().to_vec())]);
        let route = Route::of("POST", "/v1/chat/completions", &[]);
        let mut reading = AnswerDecoder::new(&route, true, &headers, Limits { response_body: 64, ..Limits::default() });
        for _ in 0..100 {
            let mut passed = Vec::new();
            reading.push(blank, false, &mut |read| match read {
                Decoded::Rest { bytes, .. } => passed.extend_from_slice(bytes),
                Decoded::Note(note) => panic!("{note:?}"),
                Decoded::Whole { .. } | Decoded::Frame { .. } => panic!("nothing was said"),
            });
            assert_eq!(passed, blank);
        }
        let mut said = 0;
        reading.push(b"{\"error\":{\"message\":\"too late\"}}", true, &mut |read| match read {
            Decoded::Whole { said: Some(words), .. } => said += words.events.len(),
            _ => panic!("it is an error, and short"),
        });
        assert!(said > 0, "{content_type}");
    }
}
