//! A server: one thread per connection, requests one after the other.

use crate::http::{Connection, Head};
use std::io;
use std::net::TcpListener;
use std::thread;

/// What a server does with a request: reads its body, and answers it.
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
            // How a connection ends is the other side's affair: its result is not looked at.
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

/// Thousands of threads that call little.
pub(crate) const STACK: usize = 128 << 10;
