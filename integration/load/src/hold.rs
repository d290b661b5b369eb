//! Streams that stay open, to measure their memory.

use crate::drive::request;
use crate::options::Options;
use crate::turn::Turn;
use std::io::{self, BufRead, Read, Write};
use std::net::TcpStream;

/// Opens the streams, prints `held`, and ends them at a line of input. Without events they wait for their answer,
/// otherwise each is in the middle of it.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    let address: String = options.needed("address")?;
    let key: String = options.needed("key")?;
    let count: usize = options.needed("count")?;
    let events: u64 = options.needed("events")?;
    let state = if events == 0 { "idle" } else { "open" };
    let headers = format!("x-load-events: {events}\r\nx-load-hold: {state}\r\n");
    let request = request(Turn::Stream.path(), &key, &Turn::Stream.prompt(), &headers);
    let streams = (0..count).map(|_| {
        let mut stream = TcpStream::connect(&address)?;
        stream.write_all(&request)?;
        read_events(&mut stream, events)?;
        Ok(stream)
    });
    let streams: Vec<_> = streams.collect::<io::Result<_>>()?;
    println!("held");
    io::stdin().lock().read_line(&mut String::new())?;
    drop(streams);
    Ok(())
}

/// Reads until the given number of events has arrived.
fn read_events(stream: &mut TcpStream, events: u64) -> io::Result<()> {
    let mut piece = [0; 16 << 10];
    let mut seen = 0;
    while seen < events {
        let length = stream.read(&mut piece)?;
        if length == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // Every event ends with this, and every piece that Envoy sends is a number of whole chunks.
        let piece = String::from_utf8_lossy(piece.get(..length).unwrap_or_default());
        seen += piece.matches("\n\n").count() as u64;
    }
    Ok(())
}
