//! Hashes in the place of content.

use crate::document::Document;
use crate::model::Request;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// SHA-256 over all text spans of a request, each followed by a zero byte, in lower-case hexadecimal.
pub fn input_hash(document: Document<'_>, request: &Request) -> String {
    let mut hash = Sha256::new();
    for leaf in request.items.texts() {
        hash.update(document.text(leaf.span).as_bytes());
        hash.update([0]);
    }
    hexadecimal(&hash.finalize())
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
