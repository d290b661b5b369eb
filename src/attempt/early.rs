//! Early passing: an answer of vectors goes to the client while it is read, up to the piece in which a placeholder may
//! begin. Restoring changes nothing before that.

use memchr::memchr2_iter;

/// Bytes of a whole answer that the client has before the answer is read.
#[derive(Default)]
pub(super) struct EarlyPass {
    /// Set while pieces pass.
    is_open: bool,
    /// Number of bytes that have passed.
    passed: usize,
}

impl EarlyPass {
    /// Starts before an answer. `is_open`: its pieces may pass.
    pub(super) fn new(is_open: bool) -> Self {
        Self { is_open, passed: 0 }
    }

    /// Lets a piece pass, or holds it and all that follow.
    pub(super) fn takes(&mut self, piece: &[u8]) -> bool {
        self.is_open = self.is_open && !may_begin_placeholder(piece);
        if self.is_open {
            self.passed += piece.len();
        }
        self.is_open
    }

    /// Returns how many of the next bytes for the client have passed already. None passes early from now on.
    pub(super) fn skip(&mut self, out: &[u8]) -> usize {
        self.is_open = false;
        let skipped = self.passed.min(out.len());
        self.passed -= skipped;
        skipped
    }
}

/// Reports whether a piece of JSON has a byte at which an edit for a placeholder may begin: an opening bracket that is
/// not an array's with numbers, arrays or objects, or an escape, which may be that of a bracket.
fn may_begin_placeholder(piece: &[u8]) -> bool {
    memchr2_iter(b'[', b'\\', piece).any(|at| {
        let is_bracket = piece.get(at) == Some(&b'[');
        let next = piece.get(at + 1);
        !(is_bracket && matches!(next, Some(b'0'..=b'9' | b'-' | b'[' | b'{' | b']' | b' ' | b'\n' | b'\r' | b'\t')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_pass_and_placeholders_do_not() {
        for piece in ["", r#"{"data":[{"embedding":[-0.1,2],"index":0}]"#, "[[1]]", "[\n 1", "[]", ",0.5]}"] {
            assert!(!may_begin_placeholder(piece.as_bytes()), "{piece}");
        }
        for piece in ["[EMAIL_1]", "0.5,[", r"\u005bEMAIL_1]", r"[\u0045MAIL_1]", r#"["a""#, "[1],[E"] {
            assert!(may_begin_placeholder(piece.as_bytes()), "{piece}");
        }
    }

    #[test]
    fn what_passed_is_skipped_once() {
        let mut early = EarlyPass::new(true);
        assert!(early.takes(b"[1,") && early.takes(b"2,") && !early.takes(b"[E") && !early.takes(b"3"));
        assert_eq!((early.skip(b"[1"), early.skip(b",2,[E3"), early.skip(b"]")), (2, 3, 0));
    }
}
