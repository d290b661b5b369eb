//! The built-in text: packed by `build.rs`, unpacked when it is first asked for, and then shared.

use super::lines::BookLines;
use flate2::read::ZlibDecoder;
use std::io::Read;
use std::sync::LazyLock;

/// The lines of `book.txt`. The first caller waits for some milliseconds, which is when settings are read, not in a
/// call.
pub(super) fn lines() -> BookLines<'static> {
    static TEXT: LazyLock<String> = LazyLock::new(|| unpacked(PACKED).unwrap_or_default());
    BookLines::new(&TEXT)
}

/// `None` for what is not zlib of UTF-8; what is packed at build time is.
fn unpacked(packed: &[u8]) -> Option<String> {
    let mut text = String::new();
    ZlibDecoder::new(packed).read_to_string(&mut text).ok()?;
    text.shrink_to_fit();
    Some(text)
}

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/book.zlib"));
