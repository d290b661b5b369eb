//! The query of a path.

/// Splits a path at its first question mark; `None` in the place of a query that it does not have.
pub fn split_query(path: &str) -> (&str, Option<&str>) {
    let Some(at) = memchr::memchr(b'?', path.as_bytes()) else {
        return (path, None);
    };
    (path.get(..at).unwrap_or_default(), path.get(at + 1..))
}
