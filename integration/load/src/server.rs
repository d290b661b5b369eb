//! A server: one thread per connection, requests one after the other.

use crate::http::{Connection, Head};
use std::io;
use std::net::TcpListener;
use std::thread;

/// Handler of a server: reads a request's body, and answers it.
pub(crate) trait Service: Sync {
    /// Answers one request.
    fn answer(&self, head: &Head, connection: &mut Connection) -> io::Result<()>;
}

/// Serves on a port of the loopback interface until the process is ended.
pub(crate) fn serve(port: u16, service: &impl Service) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    thread::scope(|scope| {
        for stream in listener.incoming() {
            let stream = stream?;
            // The peer decides how a connection ends: its result is ignored.
            let connection = move || -> io::Result<()> {
                let mut connection = Connection::new(stream)?;
                while let Some(head) = connection.read_head()? {
                    service.answer(&head, &mut connection)?;
                }
                Ok(())
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, connection)?;
        }
        Ok(())
    })
}

/// A whole answer with its head.
pub(crate) fn whole(body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// Stack size of thousands of threads with few nested calls.
pub(crate) const STACK: usize = 128 << 10;
