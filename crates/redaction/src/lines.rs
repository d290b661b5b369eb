//! Lines of the inside of a JSON string as written: parts between line breaks, tabs, other control characters and quotes.

use memchr::{memchr, memrchr};
use std::ops::Range;

/// Returns the line around `at` if it has no escapes. `border`: a place of the string before it, between escapes.
pub(super) fn plain_line(bytes: &[u8], border: usize, at: usize) -> Option<Range<usize>> {
    let start = match memrchr(b'\\', bytes.get(border..at)?) {
        None => border,
        Some(0) => is_border(bytes, border).then_some(border + 2)?,
        Some(back) => {
            // Behind another backslash it may be the second one of an escape.
            let place = border + back;
            (is_border(bytes, place) && bytes.get(place - 1) != Some(&b'\\')).then_some(place + 2)?
        }
    };
    let end = match memchr(b'\\', bytes.get(at..)?) {
        None => bytes.len(),
        Some(ahead) => is_border(bytes, at + ahead).then_some(at + ahead)?,
    };
    Some(start..end)
}

/// Number of bytes that are decoded at once, if there are so many: a few take longer to begin with than to decode.
const WINDOW: usize = 256;

/// Returns the line around `at`, and further ones up to [`WINDOW`] bytes.
pub(super) fn lines_around(bytes: &[u8], border: usize, at: usize) -> Range<usize> {
    let (mut start, mut place) = (border, border);
    while let Some(ahead) = bytes.get(place..).and_then(|rest| memchr(b'\\', rest)) {
        let escape = place + ahead;
        place = escape + if bytes.get(escape + 1) == Some(&b'u') { 6 } else { 2 };
        if !is_border(bytes, escape) {
            continue;
        }
        if escape < at {
            start = place;
        } else if escape >= start + WINDOW {
            return start..escape;
        }
    }
    start..bytes.len()
}

/// Reports whether the escape at a place stands for a control character or a quote.
fn is_border(bytes: &[u8], place: usize) -> bool {
    matches!(bytes.get(place + 1), Some(b'n' | b'r' | b't' | b'b' | b'f' | b'"'))
}
