//! Decoding, dialect by dialect and framing by framing: each reader on realistic input.

use crate::fixtures::{Fixture, Stream, folder_name};
use crate::stopwatch::Work;
use crate::{Bench, grown, inputs};
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write;
use tollgate::attempt::{AnswerDecoder, Decoded, Headers};
use tollgate::dialect::Dialect;
use tollgate::document::Document;
use tollgate::endpoint::Route;
use tollgate::framing::{Decoder, Framing, Inflate, multipart};
use tollgate::model::Reply;
use tollgate::settings::Limits;

/// Every dialect that has fixtures: a short and a long request, a whole answer, and a stream.
pub(crate) fn dialects(bench: &mut Bench) {
    let mut without = Vec::new();
    for dialect in Dialect::ALL {
        match Fixture::of(*dialect) {
            Some(fixture) => read(bench, &fixture),
            None => without.push(folder_name(*dialect)),
        }
    }
    if !without.is_empty() {
        bench.say(&format!("without fixtures: {}", without.join(", ")));
    }
}

fn read(bench: &mut Bench, fixture: &Fixture) {
    let Fixture { name, dialect, route, .. } = fixture;
    for (part, size) in [("request", 2_000), ("long request", 100_000)] {
        let Some(body) = fixture.request.as_deref().map(|request| grown::document(request, size)) else { continue };
        let read = |body| Document::new(body).is_ok_and(|document| dialect.read_request(document).is_ok());
        if !read(body.as_bytes()) {
            bench.say(&format!("{name}: the request cannot be read"));
            continue;
        }
        let work = Work { subject: name, part, bytes: body.len(), aim: Some(REQUESTS) };
        bench.measure(work, || body.as_bytes(), read);
    }
    if let Some(body) = fixture.answer.as_deref().map(|answer| grown::document(answer, 20_000)) {
        let headers = headers("application/json");
        let work = Work { subject: name, part: "answer", bytes: body.len(), aim: None };
        if replied(route, &headers, body.as_bytes()) == Reply::default() {
            bench.say(&format!("{name}: the answer says nothing"));
        }
        bench.measure(work, || (), |()| replied(route, &headers, body.as_bytes()));
    }
    for stream in &fixture.streams {
        let (part, media) = match stream.framing {
            Framing::ServerSentEvents => ("stream, server-sent events", "text/event-stream"),
            Framing::AwsEventStream => ("stream, AWS event stream", "application/vnd.amazon.eventstream"),
            Framing::JsonArray => ("stream, JSON array", "application/json"),
            Framing::JsonLines => ("stream, JSON lines", "application/x-ndjson"),
        };
        read_stream(bench, Work { subject: name, part, bytes: 0, aim: Some(STREAMS) }, media, fixture, stream);
    }
    // Form of Bedrock's InvokeModel: each event in base64, within an AWS message.
    let route = Route::of("POST", "/model/anthropic.claude-3-haiku-20240307-v1%3A0/invoke-with-response-stream", &[]);
    if let Some(stream) = fixture.streams.first().filter(|_| route.dialect == Some(*dialect)) {
        let work = Work { subject: name, part: "stream, base64 in AWS event stream", bytes: 0, aim: Some(STREAMS) };
        let wrapped = grown::wrapped(fixture, stream, route);
        read_stream(bench, work, "application/vnd.amazon.eventstream", fixture, &wrapped);
    }
}

/// A stream of about 1 MB, in pieces of 16 KB, folded into a reply.
fn read_stream(bench: &mut Bench, work: Work<'_>, media: &str, fixture: &Fixture, stream: &Stream) {
    let body = grown::stream(fixture, stream, 1 << 20);
    let headers = headers(media);
    if replied(&stream.route, &headers, &body) == Reply::default() {
        bench.say(&format!("{}: the {} says nothing", work.subject, work.part));
    }
    bench.measure(Work { bytes: body.len(), ..work }, || (), |()| replied(&stream.route, &headers, &body));
}

/// Decodes an answer as a call does.
fn replied(route: &Route, headers: &Headers, body: &[u8]) -> Reply {
    let mut reply = Reply::default();
    let mut reading = AnswerDecoder::new(route, true, headers, Limits::default());
    let mut each = |read: Decoded<'_>| {
        if let Decoded::Whole { said: Some(said), .. } | Decoded::Frame { said: Some(said), .. } = read {
            said.events.iter().for_each(|delta| reply.apply(delta, said.document));
        }
    };
    body.chunks(PIECE).for_each(|piece| reading.push(piece, false, &mut each));
    reading.push(&[], true, &mut each);
    reading.finish(&mut reply);
    reply
}

fn headers(media: &str) -> Headers {
    Headers::from_iter(vec![("content-type".to_owned(), media.as_bytes().to_vec())])
}

/// Framings alone, with the encodings around them: the same events in each.
pub(crate) fn framings(bench: &mut Bench) -> std::io::Result<()> {
    let payloads = inputs::payloads("[EMAIL_1]");
    for (part, framing, body) in [
        ("server-sent events", Framing::ServerSentEvents, framed(Framing::ServerSentEvents, &payloads)),
        ("AWS event stream", Framing::AwsEventStream, framed(Framing::AwsEventStream, &payloads)),
        ("JSON array", Framing::JsonArray, [b"[", payloads.join(&b",\r\n"[..]).as_slice(), b"]"].concat()),
        ("JSON lines", Framing::JsonLines, framed(Framing::JsonLines, &payloads)),
    ] {
        let work = Work { subject: "cut into frames", part, bytes: body.len(), aim: Some(STREAMS) };
        let cut = |mut decoder: Decoder| {
            let mut frames = 0;
            body.chunks(PIECE).for_each(|piece| decoder.push(piece, |_| frames += 1));
            frames
        };
        bench.measure(work, || Decoder::new(framing, 1 << 20), cut);
    }
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    let text = inputs::dense();
    gzip.write_all(text.as_bytes())?;
    let compressed = gzip.finish()?;
    let work = Work { subject: "inflate", part: "gzip", bytes: text.len(), aim: Some(STREAMS) };
    bench.measure(work, || Inflate::of("gzip"), |inflate| inflated(inflate, &compressed));
    let form = inputs::form(1 << 20);
    let work = Work { subject: "form", part: "a file of 1 MB", bytes: form.len(), aim: Some(REQUESTS) };
    bench.measure(work, || form.as_slice(), |form| multipart::parts(form, inputs::BOUNDARY).count());
    Ok(())
}

/// Decompressed size, in bytes.
fn inflated(inflate: Option<Inflate>, compressed: &[u8]) -> usize {
    let mut bytes = 0;
    if let Some(mut inflate) = inflate {
        let _ = inflate.push(compressed, |piece| bytes += piece.len());
    }
    bytes
}

fn framed(framing: Framing, payloads: &[Vec<u8>]) -> Vec<u8> {
    let mut body = Vec::new();
    payloads.iter().for_each(|data| framing.write("message", data, &mut body));
    body
}

/// Size of a piece, in bytes: about that of Envoy's buffers.
pub(crate) const PIECE: usize = 16 << 10;

/// Minimum speed of decoding requests, natively, in megabytes per second.
const REQUESTS: f64 = 300.0;
/// The same for streams.
const STREAMS: f64 = 200.0;
