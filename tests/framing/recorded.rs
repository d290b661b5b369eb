//! Recorded streams of real providers, where they are next to the project.

use super::{Out, bytes, decode, whole};
use base64::Engine;
use serde_json::Value;
use std::path::Path;
use tollgate::framing::Framing;

struct Stream {
    id: String,
    framing: Framing,
    body: Vec<u8>,
}

/// All recorded answers that are streams; none, and a note, where there are no recordings.
fn recorded() -> Vec<Stream> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/traffic");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap_or_default();
    let (exchanges, expected) = (read("dev.jsonl"), read("dev.expected.jsonl"));
    if exchanges.is_empty() {
        println!("no recorded traffic beside the project");
    }
    let base64 = base64::engine::general_purpose::STANDARD;
    let json = |line: &str| serde_json::from_str::<Value>(line).unwrap();
    let stream = |(exchange, expected): (&str, &str)| {
        let (exchange, expected) = (json(exchange), json(expected));
        let framing = match expected["response_kind"].as_str()? {
            "sse" => Framing::ServerSentEvents,
            "eventstream" => Framing::AwsEventStream,
            "json_array" => Framing::JsonArray,
            "ndjson" => Framing::JsonLines,
            _ => return None,
        };
        let body = base64.decode(exchange["response"]["body_b64"].as_str()?).unwrap();
        Some(Stream { id: exchange["id"].as_str()?.to_owned(), framing, body })
    };
    exchanges.lines().zip(expected.lines()).filter_map(stream).collect()
}

#[test]
fn every_recorded_stream_is_read_to_its_end() {
    for Stream { id, framing, body } in recorded() {
        let outs = whole(framing, &body);
        assert_eq!(bytes(&outs), body, "{id}");
        let mut frames = 0;
        for out in &outs {
            match out {
                Out::Frame { data, .. } => {
                    frames += 1;
                    let is_done = framing == Framing::ServerSentEvents && (data.is_empty() || data == b"[DONE]");
                    assert!(is_done || serde_json::from_slice::<Value>(data).is_ok(), "{id}: {out:?}");
                }
                Out::Between(..) => {}
                Out::Skipped(..) => panic!("{id}: {out:?}"),
            }
        }
        assert!(frames > 0, "{id}");
        for size in [1, 7, 4096] {
            assert_eq!(decode(framing, body.chunks(size), 1 << 22), outs, "{id} in pieces of {size}");
        }
    }
}
