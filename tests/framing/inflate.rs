//! Compressed bodies.

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
use flate2::{Crc, GzBuilder};
use proptest::prelude::*;
use std::io::Write;
use tollgate::framing::{Broken, Inflate};

fn text(length: usize) -> Vec<u8> {
    (0..length).flat_map(|number| number.to_string().into_bytes()).take(length).collect()
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn zlib(text: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

fn deflate(text: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// Decompresses a body in pieces of a size; returns the output, and `true` if the body is complete.
fn inflated(encoding: &str, body: &[u8], size: usize) -> (Vec<u8>, Result<bool, Broken>) {
    let mut inflate = Inflate::of(encoding).unwrap();
    let mut out = Vec::new();
    let result = body.chunks(size).try_for_each(|chunk| {
        inflate.push(chunk, |bytes| {
            assert!(!bytes.is_empty() && bytes.len() <= 32 << 10);
            out.extend_from_slice(bytes);
        })
    });
    (out, result.map(|()| inflate.is_finished()))
}

#[test]
fn the_encodings_that_can_be_read_are_known_by_name() {
    for name in ["gzip", "x-gzip", "deflate", " GZip "] {
        assert!(Inflate::of(name).is_some(), "{name}");
    }
    for name in ["", "identity", "br", "zstd", "gzip, br", "gzip, gzip", "compress"] {
        assert!(Inflate::of(name).is_none(), "{name}");
    }
}

#[test]
fn a_body_is_inflated_in_any_pieces() {
    for length in [0, 1, 100, 16 << 10, 300_000] {
        let text = text(length);
        for (encoding, body) in [("gzip", gzip(&text)), ("deflate", zlib(&text)), ("deflate", deflate(&text))] {
            for size in [1, 2, 7, 1000, 1 << 20] {
                let (out, end) = inflated(encoding, &body, size);
                assert!(out == text && end == Ok(true), "{encoding} {length} {size}: {} {end:?}", out.len());
            }
        }
    }
}

#[test]
fn what_has_come_is_handed_out_at_once() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let (mut inflate, mut out) = (Inflate::of("gzip").unwrap(), Vec::new());
    for event in ["data: 1\n\n", "data: 2\n\n"] {
        encoder.write_all(event.as_bytes()).unwrap();
        encoder.flush().unwrap();
        out.clear();
        inflate.push(encoder.get_ref(), |bytes| out.extend_from_slice(bytes)).unwrap();
        assert_eq!(String::from_utf8_lossy(&out), event);
        encoder.get_mut().clear();
    }
    assert!(!inflate.is_finished());
}

#[test]
fn members_of_gzip_follow_one_another_and_padding_is_left_out() {
    let mut members = gzip(b"one,");
    let header = GzBuilder::new().filename("a name").comment("a comment").extra(vec![7; 300]);
    let mut encoder = header.write(Vec::new(), Compression::best());
    encoder.write_all(b"two").unwrap();
    members.extend(encoder.finish().unwrap());
    for padding in [&b""[..], &[0; 512], b"remains"] {
        let body = [&members, padding].concat();
        for size in [1, 3, 1 << 20] {
            assert_eq!(inflated("gzip", &body, size), (b"one,two".to_vec(), Ok(true)), "{size}");
        }
    }
    assert_eq!(inflated("gzip", &[&members[..], b"\x1f\x8b"].concat(), 1), (b"one,two".to_vec(), Ok(false)));
}

#[test]
fn a_header_with_a_checksum_and_an_empty_extra_field_is_passed_over() {
    let plain = gzip(b"text");
    let mut header = plain[..10].to_vec();
    header[3] = 2 | 4;
    header.extend([0, 0]);
    let mut crc = Crc::new();
    crc.update(&header);
    header.extend(&crc.sum().to_le_bytes()[..2]);
    let body = [&header, &plain[10..]].concat();
    assert_eq!(inflated("gzip", &body, 1), (b"text".to_vec(), Ok(true)));
}

#[test]
fn a_body_that_was_cut_is_not_finished() {
    let text = text(5000);
    for (encoding, body) in [("gzip", gzip(&text)), ("deflate", zlib(&text)), ("deflate", deflate(&text))] {
        for length in 0..body.len() {
            let (out, end) = inflated(encoding, &body[..length], 100);
            assert!(end == Ok(false) && text.starts_with(&out), "{encoding} cut at {length}: {end:?}");
        }
    }
}

#[test]
fn a_body_that_is_broken_stays_so() {
    let text = text(5000);
    let mut broken = vec![("gzip", b"no gzip".to_vec()), ("gzip", vec![0x1f, 0x8b, 9, 0])];
    for (encoding, body, sum) in [("gzip", gzip(&text), 8), ("gzip", gzip(&text), 1), ("deflate", zlib(&text), 2)] {
        let mut body = body;
        let at = body.len() - sum;
        body[at] ^= 1;
        broken.push((encoding, body));
    }
    for (encoding, body) in broken {
        assert_eq!(inflated(encoding, &body, 1 << 20).1, Err(Broken), "{encoding} {}", body.len());
        let mut inflate = Inflate::of(encoding).unwrap();
        assert!(inflate.push(&body, |_| {}).is_err());
        assert!(inflate.push(&gzip(b"good"), |_| panic!("goes on")).is_err());
    }
}

#[test]
fn what_comes_before_a_wrong_code_is_handed_out() {
    for length in [0, 100, 20_000, 32 << 10, 50_000, 100_000] {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&vec![b'x'; length]).unwrap();
        encoder.flush().unwrap();
        // Behind the flush a block begins, of an undefined type.
        let body = [encoder.get_ref(), &[7, 7, 7, 7][..]].concat();
        for size in [1, 50, 1 << 20] {
            let (out, end) = inflated("deflate", &body, size);
            assert_eq!((out.len(), end), (length, Err(Broken)), "in pieces of {size}");
        }
    }
}

#[test]
fn a_bomb_is_handed_out_in_small_pieces() {
    let zeros = gzip(&vec![0; 64 << 20]);
    let mut bytes = 0;
    let mut inflate = Inflate::of("gzip").unwrap();
    inflate
        .push(&zeros, |piece| {
            assert!(piece.len() <= 32 << 10);
            bytes += piece.len();
        })
        .unwrap();
    assert_eq!((bytes, inflate.is_finished()), (64 << 20, true));
}

proptest! {
    #[test]
    fn any_bytes_give_the_same_in_any_pieces(
        begin in prop::sample::select(vec![gzip(b"abc"), zlib(b"abc"), deflate(b"abc"), Vec::new()]),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
        at in 0usize..30,
        size in 1usize..9,
    ) {
        let body = [&begin[..at.min(begin.len())], &bytes].concat();
        for encoding in ["gzip", "deflate"] {
            let whole = inflated(encoding, &body, 1 << 20);
            let parts = inflated(encoding, &body, size);
            prop_assert_eq!(&whole.1, &parts.1);
            prop_assert!(whole.0 == parts.0);
        }
    }
}
