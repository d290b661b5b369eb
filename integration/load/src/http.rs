//! HTTP/1.1 on one connection: only the parts that Envoy and these programs use.

use std::io::{self, Read, Write};
use std::net::TcpStream;

/// One connection, read with look-ahead.
pub(crate) struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
}

/// The head of a request or an answer.
pub(crate) struct Head(String);

impl Connection {
    /// Takes a connection; writes are sent at once.
    pub(crate) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nodelay(true)?;
        Ok(Self { stream, buffer: vec![0; READ_AHEAD], at: 0, end: 0 })
    }

    /// Connects.
    pub(crate) fn open(address: &str) -> io::Result<Self> {
        Self::new(TcpStream::connect(address)?)
    }

    /// Writes all bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Reads the next head; `None` when the connection ends before one.
    pub(crate) fn read_head(&mut self) -> io::Result<Option<Head>> {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            if !self.read_line(&mut head)? {
                return if head.is_empty() { Ok(None) } else { Err(cut()) };
            }
        }
        String::from_utf8(head).map(|head| Some(Head(head))).map_err(io::Error::other)
    }

    /// Reads a body, with its length from the head, and passes on its pieces as they arrive.
    pub(crate) fn read_body(&mut self, head: &Head, mut each: impl FnMut(&[u8])) -> io::Result<()> {
        let mut body = Body::of(head)?;
        while let Some(length) = self.next_piece(&mut body)? {
            self.read_piece(length, &mut each)?;
        }
        Ok(())
    }

    /// Length of a body's next piece; `None` at its end.
    fn next_piece(&mut self, body: &mut Body) -> io::Result<Option<usize>> {
        match body {
            Body::Length(left) => {
                let length = std::mem::take(left);
                Ok((length > 0).then_some(length))
            }
            Body::Chunks { begun } => {
                let mut line = Vec::new();
                if *begun {
                    self.read_line(&mut line)?;
                    line.clear();
                }
                *begun = true;
                if !self.read_line(&mut line)? {
                    return Err(cut());
                }
                let digits = String::from_utf8_lossy(&line);
                let digits = digits.split(';').next().unwrap_or_default().trim();
                let length = usize::from_str_radix(digits, 16).map_err(io::Error::other)?;
                if length == 0 {
                    // No program here sends trailers.
                    self.read_line(&mut line)?;
                }
                Ok((length > 0).then_some(length))
            }
        }
    }

    fn read_piece(&mut self, mut left: usize, each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        while left > 0 {
            if self.at == self.end && !self.fill()? {
                return Err(cut());
            }
            let end = self.end.min(self.at + left);
            let piece = self.buffer.get(self.at..end).unwrap_or_default();
            left -= piece.len();
            each(piece);
            self.at = end;
        }
        Ok(())
    }

    /// Appends a line with its end; `false` when the connection is at its end.
    fn read_line(&mut self, line: &mut Vec<u8>) -> io::Result<bool> {
        loop {
            let ahead = self.buffer.get(self.at..self.end).unwrap_or_default();
            if let Some(length) = ahead.iter().position(|byte| *byte == b'\n') {
                line.extend(ahead.iter().take(length + 1));
                self.at += length + 1;
                return Ok(true);
            }
            line.extend(ahead);
            self.at = self.end;
            if !self.fill()? {
                return Ok(false);
            }
        }
    }

    fn fill(&mut self) -> io::Result<bool> {
        self.at = 0;
        self.end = self.stream.read(&mut self.buffer)?;
        Ok(self.end > 0)
    }
}

impl Head {
    /// A word of the first line, counted from 0.
    pub(crate) fn word(&self, index: usize) -> &str {
        self.0.split(' ').nth(index).unwrap_or_default()
    }

    /// The first value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.0.lines().skip(1).find_map(|line| {
            let (known, value) = line.split_once(':')?;
            known.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The first value of a header, as a number.
    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.header(name)?.parse().ok()
    }
}

/// End of a body.
enum Body {
    Length(usize),
    Chunks { begun: bool },
}

impl Body {
    fn of(head: &Head) -> io::Result<Self> {
        if head.header("transfer-encoding").is_some() {
            return Ok(Self::Chunks { begun: false });
        }
        let length = head.header("content-length").map(str::parse).transpose();
        Ok(Self::Length(length.map_err(io::Error::other)?.unwrap_or(0)))
    }
}

fn cut() -> io::Error {
    io::ErrorKind::UnexpectedEof.into()
}

/// Longest piece that is read at once.
const READ_AHEAD: usize = 256 << 10;
