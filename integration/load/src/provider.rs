//! The provider: answers chat completions and messages with fixed bodies, whole or streamed, and repeats the address it was
//! given; and embeddings.

use crate::embeddings;
use crate::http::{Connection, Head};
use crate::messages;
use crate::options::Options;
use crate::prompt::REPLY_TO;
use crate::server::{Service, serve, whole};
use crate::turn::{answer, ending, event, reply_to};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};

/// Serves until the process is ended.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    let provider =
        Provider { embeddings: whole(&embeddings::answer()), calls: AtomicU64::new(0), unredacted: AtomicU64::new(0) };
    serve(options.needed("port")?, &provider)
}

struct Provider {
    /// The answer to every call for embeddings, with its head.
    embeddings: Vec<u8>,
    calls: AtomicU64,
    /// Calls whose prompt still contained the address.
    unredacted: AtomicU64,
}

impl Service for Provider {
    fn answer(&self, head: &Head, connection: &mut Connection) -> io::Result<()> {
        let prompt = read_beginning(head, connection)?;
        match head.word(1) {
            "/v1/chat/completions" => {
                let address = self.count(&prompt);
                match head.number("x-load-events") {
                    Some(events) => {
                        let last = ending(prompt.contains("include_usage"));
                        let stream = Stream { first: Vec::new(), event, last };
                        stream.send(head, connection, events, address)
                    }
                    None => connection.write(&whole(&answer(address))),
                }
            }
            "/v1/messages" => {
                let address = self.count(&prompt);
                match head.number("x-load-events") {
                    Some(events) => {
                        let (first, last) = (messages::beginning(), messages::ending());
                        Stream { first, event: messages::event, last }.send(head, connection, events, address)
                    }
                    None => connection.write(&whole(&messages::answer(address))),
                }
            }
            "/v1/embeddings" => {
                self.count(&prompt);
                connection.write(&self.embeddings)
            }
            _ => {
                let (calls, unredacted) = (self.calls.load(Relaxed), self.unredacted.load(Relaxed));
                connection.write(&whole(&format!(r#"{{"calls":{calls},"unredacted":{unredacted}}}"#)))
            }
        }
    }
}

impl Provider {
    /// Counts a call, and returns the address that its prompt asks to reply to.
    fn count<'a>(&self, prompt: &'a str) -> &'a str {
        self.calls.fetch_add(1, Relaxed);
        let address = reply_to(prompt).unwrap_or("nobody");
        if address == REPLY_TO {
            self.unredacted.fetch_add(1, Relaxed);
        }
        address
    }
}

/// A stream: its first events, one for each index, and its last.
struct Stream {
    first: Vec<String>,
    event: fn(u64, &str) -> String,
    last: Vec<String>,
}

impl Stream {
    /// Sends it, so many events by one write; one that is held is silent from its beginning, or after its events, until the
    /// peer ends it.
    fn send(&self, head: &Head, connection: &mut Connection, events: u64, address: &str) -> io::Result<()> {
        let hold = head.header("x-load-hold");
        if hold == Some("idle") {
            return connection.read_head().map(drop);
        }
        let gap = Duration::from_micros(head.number("x-load-gap-us").unwrap_or(0));
        let start = Instant::now();
        connection.write(STREAM_HEAD)?;
        let whole = |events: &[String]| events.iter().flat_map(|event| chunked(event)).collect::<Vec<u8>>();
        connection.write(&whole(&self.first))?;
        let batch = head.number("x-load-batch").unwrap_or(1).max(1);
        for (number, first) in (0..events).step_by(batch as usize).enumerate() {
            // By the clock, not by pauses: those would add up to a slower stream.
            let due = start + gap * number as u32;
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let indices = first..events.min(first + batch);
            connection.write(&indices.flat_map(|index| chunked(&(self.event)(index, address))).collect::<Vec<u8>>())?;
        }
        if hold.is_some() {
            return connection.read_head().map(drop);
        }
        connection.write(&whole(&self.last))?;
        connection.write(b"0\r\n\r\n")
    }
}

/// Reads a prompt and keeps its beginning: answers depend on nothing else.
fn read_beginning(head: &Head, connection: &mut Connection) -> io::Result<String> {
    let mut kept = Vec::new();
    connection.read_body(head, |piece| {
        let room = KEPT.saturating_sub(kept.len());
        kept.extend(piece.iter().take(room));
    })?;
    Ok(String::from_utf8_lossy(&kept).into_owned())
}

fn chunked(data: &str) -> Vec<u8> {
    format!("{:x}\r\n{data}\r\n", data.len()).into_bytes()
}

const STREAM_HEAD: &[u8] =
    b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";

/// Maximum length kept: a small prompt is kept whole.
const KEPT: usize = 8 << 10;
