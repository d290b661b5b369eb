//! Options of the command line: `--name value`, in any order.

use std::collections::HashMap;
use std::io;
use std::str::FromStr;

/// The options of one run.
pub(crate) struct Options(HashMap<String, String>);

impl Options {
    /// Parses pairs of a name and a value.
    pub(crate) fn read(mut words: impl Iterator<Item = String>) -> io::Result<Self> {
        let mut found = HashMap::new();
        while let Some(word) = words.next() {
            let name = word.strip_prefix("--").ok_or_else(|| io::Error::other(format!("not an option: {word}")))?;
            let value = words.next().ok_or_else(|| io::Error::other(format!("--{name} has no value")))?;
            found.insert(name.to_owned(), value);
        }
        Ok(Self(found))
    }

    /// A required option.
    pub(crate) fn needed<T: FromStr>(&self, name: &str) -> io::Result<T> {
        self.maybe(name)?.ok_or_else(|| io::Error::other(format!("--{name} is missing")))
    }

    /// An optional option.
    pub(crate) fn maybe<T: FromStr>(&self, name: &str) -> io::Result<Option<T>> {
        let wrong = |value: &String| io::Error::other(format!("--{name} cannot be {value}"));
        self.0.get(name).map(|value| value.parse().map_err(|_| wrong(value))).transpose()
    }
}
