use tollgate::attempt::Headers;
use tollgate::endpoint::Route;
use tollgate::provider::ROWS;

/// A request or an answer in the form of inputs, such that bytes changed anywhere still make one: a line of words,
/// lines of headers, an empty line, and the body.
pub struct Message<'a> {
    line: String,
    /// The headers; the name of each ends at its first colon.
    pub headers: Headers,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Parses any bytes.
    pub fn of(bytes: &'a [u8]) -> Self {
        let end = find(bytes, b"\n\n").unwrap_or(bytes.len());
        let (head, body) = (&bytes[..end], bytes.get(end + 2..).unwrap_or_default());
        let mut lines = head.split(|byte| *byte == b'\n');
        let line = String::from_utf8_lossy(lines.next().unwrap_or_default()).into_owned();
        let header = |line: &[u8]| {
            let colon = find(line, b":").unwrap_or(line.len());
            let value = line.get(colon + 1..).unwrap_or_default();
            (String::from_utf8_lossy(&line[..colon]).to_ascii_lowercase(), value.trim_ascii().to_vec())
        };
        Self { line, headers: Headers::from_iter(lines.map(header)), body }
    }

    /// The same with another body.
    pub fn with_body<'b>(&self, body: &'b [u8]) -> Message<'b> {
        Message { line: self.line.clone(), headers: self.headers.clone(), body }
    }

    /// A word of the first line; empty where there is none.
    pub fn word(&self, at: usize) -> &str {
        self.line.split(' ').nth(at).unwrap_or_default()
    }

    /// Route of its method and path, the first two words: of any provider, or of one that has its own paths.
    pub fn route(&self) -> Route {
        let route = |own| Route::of(self.word(0), self.word(1), own);
        let own = || ROWS.iter().map(|row| route(row.endpoints)).find(|route| route.operation.is_some());
        Some(route(&[])).filter(|route| route.operation.is_some()).or_else(own).unwrap_or_default()
    }

    /// A word of the first line as a number; 0 where it is none.
    pub fn number(&self, at: usize) -> usize {
        self.word(at).parse().unwrap_or_default()
    }
}

/// Splits an input at the line that separates two messages.
pub fn two(bytes: &[u8]) -> (&[u8], &[u8]) {
    match find(bytes, SEPARATOR) {
        Some(at) => (&bytes[..at], &bytes[at + SEPARATOR.len()..]),
        None => (bytes, &[]),
    }
}

/// Separator of two messages in one input.
pub const SEPARATOR: &[u8] = b"\n-----\n";

/// Bytes in pieces of a size, the first of them of another; of size 0, in one.
pub fn pieces(bytes: &[u8], first: usize, size: usize) -> impl Iterator<Item = &[u8]> {
    let (head, tail) = bytes.split_at(if size == 0 { bytes.len() } else { first.min(bytes.len()) });
    std::iter::once(head).chain(tail.chunks(size.max(1)))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}
