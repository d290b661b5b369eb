//! Forms as request bodies, `multipart/form-data` (RFC 7578, with RFC 2046 section 5.1 for the boundaries). The body
//! must be complete.

use super::parameters;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::ops::Range;

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPart<'a> {
    /// Name of the field; empty where there is none. Bytes that are not UTF-8 are replaced.
    pub name: Cow<'a, str>,
    /// File name, for a file.
    pub filename: Option<Cow<'a, str>>,
    /// Media type of the content, where stated.
    pub content_type: Option<&'a str>,
    /// Encoding of the content (`content-transfer-encoding`), where stated.
    pub encoding: Option<&'a [u8]>,
    /// Range of the headers in the body, including the empty line that ends them.
    pub headers: Range<usize>,
    /// Range of the content in the body.
    pub range: Range<usize>,
    /// The content.
    pub content: &'a [u8],
}

/// Boundary of a body with this `content-type`; `None` if it is not a form or names no boundary.
pub fn boundary(content_type: &str) -> Option<Cow<'_, str>> {
    let media = content_type.get(..memchr::memchr(b';', content_type.as_bytes())?)?;
    let is_form = media.trim().eq_ignore_ascii_case("multipart/form-data");
    // Readers differ on the choice between two boundaries.
    let is_clear = is_form && parameters::count(content_type.as_bytes(), "boundary") == 1;
    parameters::text(content_type.as_bytes(), "boundary").filter(|boundary| is_clear && !boundary.is_empty())
}

/// Character set of a content type, where stated.
pub fn charset(content_type: &str) -> Option<Cow<'_, str>> {
    parameters::text(content_type.as_bytes(), "charset")
}

/// Returns the fields of a form, in their order. Ignores everything before the first boundary and behind the last one.
/// In a truncated body the last field extends to the body's end. Takes time proportional to the body's length.
pub fn parts<'a>(body: &'a [u8], boundary: &str) -> impl Iterator<Item = FormPart<'a>> + use<'a> {
    let delimiters = Delimiters::new(body, boundary);
    let mut next = delimiters.first();
    std::iter::from_fn(move || {
        let Delimiter { behind: begin, line_end, .. } = next.take()?;
        let delimiter = delimiters.after(begin, line_end);
        // The line end before a delimiter is a part of it, also where it ends the delimiter before.
        let end = delimiter.as_ref().map_or(body.len(), |delimiter| delimiter.at).max(begin);
        next = delimiter.filter(|delimiter| !delimiter.closes);
        Some(FormPart::of(body, begin..end))
    })
}

/// Finds the lines between the fields.
struct Delimiters<'a> {
    body: &'a [u8],
    /// Finds a line feed, two hyphens and the boundary: two matches cannot overlap.
    finder: Finder<'static>,
}

/// A line between fields.
struct Delimiter {
    /// Offset of the line, including the line end before it.
    at: usize,
    /// Offset of the first byte behind the line.
    behind: usize,
    /// Line end. If the first boundary line ends in a carriage return and a line feed, as it should, a bare line feed
    /// before a boundary is content.
    line_end: &'static [u8],
    /// Set when no field follows.
    closes: bool,
}

impl<'a> Delimiters<'a> {
    fn new(body: &'a [u8], boundary: &str) -> Self {
        let finder = Finder::new(&format!("\n--{boundary}")).into_owned();
        Self { body, finder }
    }

    /// Finds the delimiter that begins the first field.
    fn first(&self) -> Option<Delimiter> {
        let needle = self.finder.needle();
        let at_once = needle.get(1..).filter(|line| self.body.starts_with(line));
        at_once
            .and_then(|line| self.line(0, line.len()))
            .or_else(|| self.find(0, b"\n"))
            .filter(|delimiter| !delimiter.closes)
    }

    /// Finds the next delimiter. The field in between begins at `begin`, behind a line feed.
    fn after(&self, begin: usize, line_end: &[u8]) -> Option<Delimiter> {
        self.find(begin.saturating_sub(1), line_end)
    }

    /// Finds the first delimiter from an offset on. It must follow `line_end` and, unless it closes the form, end with
    /// it.
    fn find(&self, from: usize, line_end: &[u8]) -> Option<Delimiter> {
        let mut from = from;
        loop {
            let feed = from + self.finder.find(self.body.get(from..)?)?;
            from = feed + self.finder.needle().len();
            let before = self.body.get(..=feed)?;
            if before.ends_with(line_end)
                && let Some(delimiter) = self.line(feed + 1 - line_end.len(), from)
                && (delimiter.closes || delimiter.line_end.ends_with(line_end))
            {
                return Some(delimiter);
            }
        }
    }

    /// Returns the delimiter at `at`, if a valid rest of such a line follows its boundary.
    fn line(&self, at: usize, behind_boundary: usize) -> Option<Delimiter> {
        let rest = self.body.get(behind_boundary..)?;
        let (closes, rest) = rest.strip_prefix(b"--").map_or((false, rest), |rest| (true, rest));
        let padding = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let rest = rest.get(padding..)?;
        let line_end: &[u8] = match rest {
            [b'\r', b'\n', ..] => b"\r\n",
            [b'\n', ..] => b"\n",
            [] => b"",
            _ => return None,
        };
        let behind = self.body.len() - rest.len() + line_end.len();
        // A body truncated within the line has no further field.
        Some(Delimiter { at, behind, line_end, closes: closes || line_end.is_empty() })
    }
}

impl<'a> FormPart<'a> {
    /// Parses a field. `whole`: range of its headers and content.
    fn of(body: &'a [u8], whole: Range<usize>) -> Self {
        let bytes = body.get(whole.clone()).unwrap_or_default();
        let length = length_of_headers(bytes);
        let (headers, content) = bytes.split_at_checked(length).unwrap_or((bytes, &[]));
        let disposition = header(headers, b"content-disposition").unwrap_or_default();
        let content_type = header(headers, b"content-type").and_then(|value| std::str::from_utf8(value).ok());
        Self {
            name: parameters::text(disposition, "name").unwrap_or_default(),
            filename: parameters::text(disposition, "filename"),
            content_type: content_type.map(str::trim),
            encoding: header(headers, b"content-transfer-encoding"),
            headers: whole.start..whole.start + headers.len(),
            range: whole.start + headers.len()..whole.end,
            content,
        }
    }
}

/// Length of a field's headers, including the empty line that ends them.
fn length_of_headers(bytes: &[u8]) -> usize {
    let mut line = 0;
    for feed in memchr::memchr_iter(b'\n', bytes) {
        let text = bytes.get(line..feed).unwrap_or_default();
        line = feed + 1;
        if text.is_empty() || text == b"\r" {
            return line;
        }
    }
    bytes.len()
}

/// Value of the first header with that name, which must be in lower case. Includes all its lines, if it was folded.
fn header<'a>(headers: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut begin = 0;
    let feeds = memchr::memchr_iter(b'\n', headers).map(|feed| feed + 1);
    for end in feeds.chain([headers.len()]) {
        if matches!(headers.get(end), Some(b' ' | b'\t')) {
            continue;
        }
        let line = headers.get(begin..end).unwrap_or_default();
        begin = end;
        let (key, value) = line.split_at_checked(memchr::memchr(b':', line).unwrap_or(line.len()))?;
        if key.trim_ascii().eq_ignore_ascii_case(name) {
            return value.get(1..).map(<[u8]>::trim_ascii);
        }
    }
    None
}
