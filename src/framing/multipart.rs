//! Forms as request bodies, `multipart/form-data` (RFC 7578, with RFC 2046 section 5.1 for the boundaries), of a body
//! that is there to its end.

use super::parameters;
use memchr::memmem::Finder;
use std::borrow::Cow;
use std::ops::Range;

/// One field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPart<'a> {
    /// The field's name; empty where there is none. What is not UTF-8 in it is replaced.
    pub name: Cow<'a, str>,
    /// The file's name, for a file.
    pub filename: Option<Cow<'a, str>>,
    /// The content's media type, where it is said.
    pub content_type: Option<&'a str>,
    /// How the content is encoded (`content-transfer-encoding`), where it is said.
    pub encoding: Option<&'a [u8]>,
    /// Where its headers lie in the body, with the empty line that ends them.
    pub headers: Range<usize>,
    /// Where the content lies in the body.
    pub range: Range<usize>,
    /// The content.
    pub content: &'a [u8],
}

/// The boundary of a body with this `content-type`; nothing if that is no form, or does not say.
pub fn boundary(content_type: &str) -> Option<Cow<'_, str>> {
    let (media, _) = content_type.split_once(';')?;
    let is_form = media.trim().eq_ignore_ascii_case("multipart/form-data");
    // Readers differ in which of two holds.
    let is_clear = is_form && parameters::count(content_type.as_bytes(), "boundary") == 1;
    parameters::text(content_type.as_bytes(), "boundary").filter(|boundary| is_clear && !boundary.is_empty())
}

/// The character set of a content type, where it is said.
pub fn charset(content_type: &str) -> Option<Cow<'_, str>> {
    parameters::text(content_type.as_bytes(), "charset")
}

/// The fields of a form, in their order. What is before the first boundary and behind the last one is left out. A body
/// that breaks off has its last field up to its end. Takes time in proportion to the body's length.
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

/// Finds the lines between which the fields stand.
struct Delimiters<'a> {
    body: &'a [u8],
    /// Finds a line feed, two hyphens and the boundary: no two of these can overlap.
    finder: Finder<'static>,
}

/// A line between fields.
struct Delimiter {
    /// Where it begins, with the line end before it.
    at: usize,
    /// Where the bytes behind it begin.
    behind: usize,
    /// How it ends. In a body whose first boundary line ends as it should, by a carriage return and a line feed, a mere
    /// line feed before a boundary is content.
    line_end: &'static [u8],
    /// Whether no field follows.
    closes: bool,
}

impl<'a> Delimiters<'a> {
    fn new(body: &'a [u8], boundary: &str) -> Self {
        let finder = Finder::new(&format!("\n--{boundary}")).into_owned();
        Self { body, finder }
    }

    /// The one that begins the first field.
    fn first(&self) -> Option<Delimiter> {
        let needle = self.finder.needle();
        let at_once = needle.get(1..).filter(|line| self.body.starts_with(line));
        at_once
            .and_then(|line| self.line(0, line.len()))
            .or_else(|| self.find(0, b"\n"))
            .filter(|delimiter| !delimiter.closes)
    }

    /// The next one. The field in between begins at `begin`, behind a line feed.
    fn after(&self, begin: usize, line_end: &[u8]) -> Option<Delimiter> {
        self.find(begin.saturating_sub(1), line_end)
    }

    /// The first one from an offset on that `line_end` precedes and, unless it closes, ends.
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

    /// The delimiter that begins at `at`, if the bytes behind its boundary are the rest of such a line.
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
        // A body that breaks off within the line has no further field.
        Some(Delimiter { at, behind, line_end, closes: closes || line_end.is_empty() })
    }
}

impl<'a> FormPart<'a> {
    /// `whole`: where its headers and its content are.
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

/// How long the headers of a field are, with the empty line that ends them.
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

/// The value of the first header of that name, which is in lower case; over all its lines, if it was folded.
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
