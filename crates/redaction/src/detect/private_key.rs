//! Private keys in PEM: whole blocks, from `-----BEGIN … PRIVATE KEY-----` to the `END` of the same label (RFC 7468),
//! including PGP's `PRIVATE KEY BLOCK`.

use super::super::view::View;
use memchr::memmem;
use std::ops::Range;

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";
const DASHES: &str = "-----";
/// Longest label, in bytes.
const LABEL: usize = 40;
/// Longest block, in bytes: an RSA key of 16384 bits has 13 kB.
const BLOCK: usize = 32 * 1024;
/// Minimum length of a block that is cut off before its `END`, in bytes.
const CUT: usize = 40;

/// Search for private keys. Remembers the position of the next `END`, so that each is searched for once.
#[derive(Default)]
pub(in super::super) struct PrivateKeys {
    next_end: usize,
}

impl PrivateKeys {
    /// Finds the block whose first dash is at `at`. A truncated block extends to the end of its base64.
    pub(in super::super) fn private_key(&mut self, view: &View<'_>, at: usize) -> Option<Range<usize>> {
        if !view.has(at, BEGIN) {
            return None;
        }
        // It has many lines.
        if let Some(unclear) = view.unclear {
            unclear.set(true);
            return None;
        }
        let rest = view.text.get(at + BEGIN.len()..)?;
        let in_label = |byte: &u8| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b' ');
        let length = rest.bytes().take(LABEL).take_while(in_label).count();
        let label = rest.get(..length)?;
        let body = at + BEGIN.len() + length + DASHES.len();
        let private = label.ends_with("PRIVATE KEY") || label.ends_with("PRIVATE KEY BLOCK");
        if !private || !view.has(body - DASHES.len(), DASHES) {
            return None;
        }
        let end = self.end(view, body, label).or_else(|| cut(view, body))?;
        Some(at..end)
    }

    /// End of the block whose body begins at `body`, after the `END` line.
    fn end(&mut self, view: &View<'_>, body: usize, label: &str) -> Option<usize> {
        if self.next_end < body {
            let rest = view.text.as_bytes().get(body..)?;
            self.next_end = memmem::find(rest, END.as_bytes()).map_or(usize::MAX, |at| body + at);
        }
        let dashes = self.next_end.checked_add(END.len() + label.len())?;
        let fits = view.has(self.next_end + END.len(), label) && view.has(dashes, DASHES);
        (fits && dashes - body <= BLOCK).then_some(dashes + DASHES.len())
    }
}

/// End of a body without an `END`: base64 and line breaks, including breaks written as `\n`.
fn cut(view: &View<'_>, body: usize) -> Option<usize> {
    let in_body =
        |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'\\' | b'\r' | b'\n');
    let rest = view.text.get(body..)?;
    let length = rest.bytes().take(BLOCK).take_while(in_body).count();
    let written = rest.get(..length)?.trim_end().len();
    (written >= CUT).then_some(body + written)
}
