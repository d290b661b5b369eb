//! The built-in text: packed by `build.rs`, unpacked and indexed at first use, and then shared.

use super::index::BookIndex;
use flate2::bufread::ZlibDecoder;
use std::io::{BufRead, BufReader};
use std::sync::LazyLock;

/// Index of `book.txt`. The first caller waits some milliseconds: that is while settings are read, not during a call.
pub(super) fn index() -> &'static BookIndex {
    static INDEX: LazyLock<BookIndex> = LazyLock::new(|| BookIndex::new(unpacked().unwrap_or_default()));
    &INDEX
}

/// Names of all models of `book.txt`, in its order; one that several providers have comes several times.
pub(crate) fn models() -> impl Iterator<Item = &'static str> {
    index().models()
}

/// Unpacks the text without its head, line by line from its columns. `None` if they are not zlib of UTF-8; those packed at
/// build time always are.
fn unpacked() -> Option<String> {
    let mut columns = PACKED.map(|packed| BufReader::new(ZlibDecoder::new(packed)));
    let mut text = Vec::with_capacity(LENGTH);
    loop {
        for (column, end) in columns.iter_mut().zip(*b"\t\t\n") {
            if column.read_until(b'\n', &mut text).ok()? == 0 {
                return String::from_utf8(text).ok();
            }
            *text.last_mut()? = end;
        }
    }
}

/// The columns: provider, model and words, each cell ended by a line feed.
const PACKED: [&[u8]; 3] = [
    include_bytes!(concat!(env!("OUT_DIR"), "/book-0.zlib")),
    include_bytes!(concat!(env!("OUT_DIR"), "/book-1.zlib")),
    include_bytes!(concat!(env!("OUT_DIR"), "/book-2.zlib")),
];

/// Length of the text without its head.
const LENGTH: usize = match usize::from_str_radix(env!("BOOK_LENGTH"), 10) {
    Ok(length) => length,
    Err(_) => 0,
};

#[cfg(test)]
mod tests {
    #[test]
    fn the_unpacked_text_is_the_book_without_its_head() {
        let book = include_str!("book.txt");
        let expected: String = book.split_inclusive('\n').filter(|line| !line.starts_with('#')).collect();
        let text = super::unpacked().unwrap();
        assert!(text == expected);
        assert_eq!(text.capacity(), text.len());
    }
}
