//! The built-in text: packed by `build.rs`, unpacked and indexed at first use, and then shared.

use super::index::BookIndex;
use flate2::read::ZlibDecoder;
use std::io::Read;
use std::sync::LazyLock;

/// Index of `book.txt`. The first caller waits some milliseconds: that is while settings are read, not during a call.
pub(super) fn index() -> &'static BookIndex {
    static INDEX: LazyLock<BookIndex> = LazyLock::new(|| BookIndex::new(unpacked(PACKED).unwrap_or_default()));
    &INDEX
}

/// Unpacks the text. `None` if it is not zlib of UTF-8; text packed at build time always is.
fn unpacked(packed: &[u8]) -> Option<String> {
    let mut text = String::new();
    ZlibDecoder::new(packed).read_to_string(&mut text).ok()?;
    text.shrink_to_fit();
    Some(text)
}

const PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/book.zlib"));
