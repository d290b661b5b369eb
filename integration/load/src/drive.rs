//! The client: makes calls over several connections, as fast as they are answered, and measures them.

use crate::embeddings;
use crate::http::{Connection, Head};
use crate::latencies::Latencies;
use crate::options::Options;
use crate::server::STACK;
use crate::turn::{ADDRESSES_IN_ANSWER, Turn, addresses_in, addresses_said, text_of};
use std::io;
use std::thread;
use std::time::{Duration, Instant};

/// Makes the calls and prints the measurements, as one line of JSON.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    let plan = Plan::of(options)?;
    let connections: u32 = options.needed("connections")?;
    let start = Instant::now();
    let plan = &plan;
    let measured = thread::scope(|scope| {
        let clients = (0..connections).map(|number| {
            // Streams of clients that began at once would run in step.
            let begin = start + plan.stagger * number;
            let client = move || plan.client(begin, start);
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, client)
        });
        let clients: Vec<_> = clients.collect::<io::Result<_>>()?;
        let mut all = Measured::default();
        for client in clients {
            all.append(client.join().map_err(|_| io::Error::other("a client panicked"))??);
        }
        io::Result::Ok(all)
    })?;
    measured.print(start.elapsed());
    Ok(())
}

/// The request's bytes: head and body.
pub(crate) fn request(path: &str, key: &str, body: &str, headers: &str) -> Vec<u8> {
    format!(
        "POST {path} HTTP/1.1\r\nhost: gateway.example\r\nauthorization: Bearer {key}\r\n\
         content-type: application/json\r\naccept: application/json\r\nuser-agent: load/1\r\n{headers}\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Parameters of every client.
struct Plan {
    address: String,
    request: Vec<u8>,
    turn: Turn,
    /// Number of addresses in a correct answer.
    addresses: usize,
    /// The very bytes of a correct answer, where it says nothing of the prompt.
    answer: Option<String>,
    events: u64,
    lasts: Duration,
    stagger: Duration,
}

/// Measurements.
#[derive(Default)]
struct Measured {
    whole: Latencies,
    first_byte: Latencies,
    calls: u64,
    events: u64,
}

impl Plan {
    fn of(options: &Options) -> io::Result<Self> {
        let turn: Turn = options.needed("turn")?;
        let events: u64 = options.maybe("events")?.unwrap_or(0);
        let gap: u32 = options.maybe("gap-us")?.unwrap_or(0);
        let key: String = options.needed("key")?;
        let batch: u32 = options.maybe("batch")?.unwrap_or(1);
        let headers = match turn {
            Turn::Stream => format!("x-load-events: {events}\r\nx-load-batch: {batch}\r\nx-load-gap-us: {gap}\r\n"),
            _ => String::new(),
        };
        Ok(Self {
            address: options.needed("address")?,
            request: request(turn.path(), &key, &turn.prompt(), &headers),
            turn,
            addresses: match turn {
                Turn::Stream => addresses_in(events),
                Turn::Embeddings => 0,
                Turn::Small | Turn::Large => ADDRESSES_IN_ANSWER,
            },
            answer: (turn == Turn::Embeddings).then(embeddings::answer),
            events,
            lasts: Duration::from_secs_f64(options.needed("seconds")?),
            stagger: Duration::from_micros(137),
        })
    }

    /// Makes calls until the time is over.
    fn client(&self, begin: Instant, start: Instant) -> io::Result<Measured> {
        let mut connection = Connection::open(&self.address)?;
        let mut measured = Measured::default();
        let mut body = Vec::new();
        sleep_until(begin);
        while start.elapsed() < self.lasts {
            self.call(&mut connection, &mut body, &mut measured)?;
        }
        Ok(measured)
    }

    /// Makes one call. Any answer but the correct one is an error: fast failures must not count as fast calls.
    fn call(&self, connection: &mut Connection, body: &mut Vec<u8>, measured: &mut Measured) -> io::Result<()> {
        body.clear();
        let start = Instant::now();
        connection.write(&self.request)?;
        let head = connection.read_head()?.ok_or(io::ErrorKind::UnexpectedEof)?;
        let mut first_byte = None;
        connection.read_body(&head, |piece| {
            first_byte.get_or_insert_with(|| start.elapsed());
            body.extend(piece);
        })?;
        measured.whole.add(start.elapsed());
        measured.first_byte.add(first_byte.unwrap_or_default());
        measured.calls += 1;
        measured.events += self.events;
        self.check(&head, body)
    }

    fn check(&self, head: &Head, body: &[u8]) -> io::Result<()> {
        let body = String::from_utf8_lossy(body);
        let stream = self.turn == Turn::Stream;
        let said = if stream { addresses_said(&text_of(&body)) } else { addresses_said(&body) };
        let ended = !stream || body.ends_with("data: [DONE]\n\n");
        let same = self.answer.as_ref().is_none_or(|answer| *answer == body);
        if head.word(1) == "200" && said == self.addresses && ended && same {
            return Ok(());
        }
        let seen: String = body.chars().take(2000).collect();
        Err(io::Error::other(format!(
            "a wrong answer: status {}, {said} addresses instead of {}: {seen}",
            head.word(1),
            self.addresses
        )))
    }
}

impl Measured {
    fn append(&mut self, other: Self) {
        self.whole.append(other.whole);
        self.first_byte.append(other.first_byte);
        self.calls += other.calls;
        self.events += other.events;
    }

    fn print(self, elapsed: Duration) {
        let written = |percentiles: [Option<f64>; 3]| {
            let [p50, p99, p999] = percentiles.map(|value| value.map_or("null".to_owned(), |value| value.to_string()));
            format!(r#"{{"p50":{p50},"p99":{p99},"p999":{p999}}}"#)
        };
        println!(
            r#"{{"seconds":{},"calls":{},"events":{},"whole_us":{},"first_byte_us":{}}}"#,
            elapsed.as_secs_f64(),
            self.calls,
            self.events,
            written(self.whole.percentiles([50.0, 99.0, 99.9])),
            written(self.first_byte.percentiles([50.0, 99.0, 99.9])),
        );
    }
}

fn sleep_until(due: Instant) {
    thread::sleep(due.saturating_duration_since(Instant::now()));
}
