//! What is said of a line that cannot be read.

/// What is wrong with a line of JSON. The parser calls it line 1, which is not the file's.
pub(crate) fn of_line(error: &serde_json::Error) -> String {
    error.to_string().replacen(" at line 1 column ", " at column ", 1)
}

/// A line without the mark of its bytes' order, which some editors put before the first.
pub(crate) fn unmarked(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}
