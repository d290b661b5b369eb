//! Messages for a line that cannot be parsed.

/// Error message for a line of JSON. Omits the parser's line number, which is always 1 and not the file's.
pub(crate) fn of_line(error: &serde_json::Error) -> String {
    error.to_string().replacen(" at line 1 column ", " at column ", 1)
}

/// Strips a byte-order mark, which some editors put before the first line.
pub(crate) fn unmarked(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
}
