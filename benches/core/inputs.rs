//! Inputs of the core: requests of two dialects, texts, and a stream.

use crate::prompt::{Random, conversation, openai_large, openai_small, quote};
use std::fmt::Write;

/// An OpenAI request of 2 KB.
pub(crate) fn openai_2_kb() -> Vec<u8> {
    openai_small(true).into_bytes()
}

/// An OpenAI request of 480 KB.
pub(crate) fn openai_480_kb() -> Vec<u8> {
    openai_large(480_000).into_bytes()
}

/// The same conversation as an Anthropic request.
pub(crate) fn anthropic_480_kb() -> Vec<u8> {
    let mut body = String::from(r#"{"model":"claude-haiku-4-5","max_tokens":1024,"messages":["#);
    let mut system = String::new();
    let mut comma = "";
    for (role, text) in conversation(480_000) {
        if role == "system" {
            quote(&text, &mut system);
            continue;
        }
        let _ = write!(body, r#"{comma}{{"role":"{role}","content":[{{"type":"text","text":"#);
        quote(&text, &mut body);
        body.push_str("}]}");
        comma = ",";
    }
    let _ = write!(body, r#"],"system":{system}}}"#);
    body.into_bytes()
}

/// Prose without personal data, but with numbers, dates and versions.
pub(crate) fn prose() -> String {
    text(Random::sentence)
}

/// A value in every line, as in an export of customers.
pub(crate) fn dense() -> String {
    text(Random::value)
}

/// A stream of 500 events; every fiftieth has a placeholder in its text, split over two. Event by event.
pub(crate) fn events(placeholder: &str) -> Vec<Vec<u8>> {
    let event = |data: Vec<u8>| [b"data: ", data.as_slice(), b"\n\n"].concat();
    payloads(placeholder).into_iter().chain([b"[DONE]".to_vec()]).map(event).collect()
}

/// The JSON of these events.
pub(crate) fn payloads(placeholder: &str) -> Vec<Vec<u8>> {
    let (head, tail) = placeholder.split_at_checked(placeholder.len() / 2).unwrap_or((placeholder, ""));
    let said = |index| match index % 50 {
        20 => head,
        21 => tail,
        n if n % 2 == 0 => " rounding",
        _ => " invoice,",
    };
    let texts = (0..500).map(|index| payload(&format!(r#"{{"content":"{}"}}"#, said(index)), "null"));
    texts.chain([payload("{}", r#""stop""#)]).collect()
}

fn payload(delta: &str, finish: &str) -> Vec<u8> {
    format!(
        "{{\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1764000000,\"model\":\
         \"gpt-4o-mini-2024-07-18\",\"service_tier\":\"default\",\"system_fingerprint\":\"fp_bench\",\"choices\":\
         [{{\"index\":0,\"delta\":{delta},\"logprobs\":null,\"finish_reason\":{finish}}}],\"usage\":null}}"
    )
    .into_bytes()
}

/// A form with a file of `size` bytes: no byte is like its neighbours, as in compressed sound.
pub(crate) fn form(size: usize) -> Vec<u8> {
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nwhisper-1\r\n--{BOUNDARY}\r\n\
         Content-Disposition: form-data; name=\"file\"; filename=\"talk.mp3\"\r\nContent-Type: audio/mpeg\r\n\r\n"
    );
    let noise = (0..size as u32).map(|index| (index.wrapping_mul(0x9e37_79b9) >> 24) as u8);
    head.into_bytes().into_iter().chain(noise).chain(format!("\r\n--{BOUNDARY}--\r\n").into_bytes()).collect()
}

/// Boundary of the form's fields.
pub(crate) const BOUNDARY: &str = "----bench7MA4YWxkTrZu0gW";

fn text(append: impl Fn(&mut Random, &mut String)) -> String {
    let (mut text, mut random) = (String::new(), Random::default());
    while text.len() < 480_000 {
        append(&mut random, &mut text);
    }
    text
}
