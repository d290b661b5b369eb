//! The collector: accepts every export and counts.

use crate::http::{Connection, Head};
use crate::options::Options;
use crate::server::{Service, serve, whole};
use std::io;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

/// Serves until the process is ended.
pub(crate) fn run(options: &Options) -> io::Result<()> {
    serve(options.needed("port")?, &Sink::default())
}

#[derive(Default)]
struct Sink {
    exports: AtomicU64,
    bytes: AtomicU64,
}

impl Service for Sink {
    fn answer(&self, head: &Head, connection: &mut Connection) -> io::Result<()> {
        let mut length = 0;
        connection.read_body(head, |piece| length += piece.len() as u64)?;
        if head.word(0) == "GET" {
            let (exports, bytes) = (self.exports.load(Relaxed), self.bytes.load(Relaxed));
            return connection.write(&whole(&format!(r#"{{"exports":{exports},"bytes":{bytes}}}"#)));
        }
        self.exports.fetch_add(1, Relaxed);
        self.bytes.fetch_add(length, Relaxed);
        connection.write(&whole(""))
    }
}
