//! The provider: answers chat completions with fixed bodies, whole or streamed, and repeats the address it was given.

use crate::http::{Connection, Head};
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
    serve(options.needed("port")?, &Provider::default())
}

#[derive(Default)]
struct Provider {
    calls: AtomicU64,
    /// Calls whose prompt still contained the address.
    unredacted: AtomicU64,
}

impl Service for Provider {
    fn answer(&self, head: &Head, connection: &mut Connection) -> io::Result<()> {
        let prompt = read_beginning(head, connection)?;
        match head.word(1) {
            "/v1/chat/completions" => {
                self.calls.fetch_add(1, Relaxed);
                let address = reply_to(&prompt).unwrap_or("nobody");
                if address == REPLY_TO {
                    self.unredacted.fetch_add(1, Relaxed);
                }
                match head.number("x-load-events") {
                    Some(events) => stream(head, connection, events, &prompt, address),
                    None => connection.write(&whole(&answer(address))),
                }
            }
            _ => {
                let (calls, unredacted) = (self.calls.load(Relaxed), self.unredacted.load(Relaxed));
                connection.write(&whole(&format!(r#"{{"calls":{calls},"unredacted":{unredacted}}}"#)))
            }
        }
    }
}

/// Sends a stream; one that is held is silent from its beginning, or after its events, until the peer ends it.
fn stream(head: &Head, connection: &mut Connection, events: u64, prompt: &str, address: &str) -> io::Result<()> {
    let hold = head.header("x-load-hold");
    if hold == Some("idle") {
        return connection.read_head().map(drop);
    }
    let gap = Duration::from_micros(head.number("x-load-gap-us").unwrap_or(0));
    let start = Instant::now();
    connection.write(STREAM_HEAD)?;
    for (index, due) in (0..events).zip((0..).map(|index| start + gap * index)) {
        // By the clock, not by pauses: those would add up to a slower stream.
        thread::sleep(due.saturating_duration_since(Instant::now()));
        connection.write(&chunked(&event(index, address)))?;
    }
    if hold.is_some() {
        return connection.read_head().map(drop);
    }
    for event in ending(prompt.contains("include_usage")) {
        connection.write(&chunked(&event))?;
    }
    connection.write(b"0\r\n\r\n")
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
