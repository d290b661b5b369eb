//! Problems: faults in the settings, each with its path.

use std::fmt;

/// All problems of the settings, in the order of the checks. At most 100; if there are more, one more entry reports
/// that.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// Reports whether further problems are discarded.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() > MOST
    }

    /// Adds a problem. Each path has at most one: consequences of a problem, such as a member missing because it could
    /// not be read, are not reported.
    pub(super) fn note(&mut self, at: &Path<'_>, what: impl fmt::Display) {
        self.add(at, &what);
    }

    fn add(&mut self, at: &Path<'_>, what: &dyn fmt::Display) {
        if self.is_full() {
            return;
        }
        if self.0.len() == MOST {
            let what = format!("there are more problems: these are the first {MOST}");
            return self.0.push(Problem { path: String::new(), what });
        }
        let path = at.to_string();
        if self.0.iter().all(|problem| problem.path != path) {
            self.0.push(Problem { path, what: one_line(&what.to_string()) });
        }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            let end = if index == 0 { "" } else { "\n" };
            write!(formatter, "{end}{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Path, such as `keys[2].sha256`; empty for the settings as a whole.
    pub path: String,
    /// The fault and its remedy. Never the value of a secret, nor a text that might be one.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() {
            return formatter.write_str(&self.what);
        }
        write!(formatter, "{}: {}", self.path, self.what)
    }
}

/// Path of a value in the settings. Costs nothing until it is shown.
#[derive(Clone, Copy, Debug)]
pub(super) enum Path<'a> {
    /// The settings as a whole.
    Top,
    /// A member of an object.
    Member(&'a Self, &'a str),
    /// An element of a list.
    Element(&'a Self, usize),
}

impl Path<'_> {
    /// Path of a member of this value.
    pub(super) fn member<'a>(&'a self, name: &'a str) -> Path<'a> {
        Path::Member(self, name)
    }

    /// Path of an element of this value.
    pub(super) fn element(&self, index: usize) -> Path<'_> {
        Path::Element(self, index)
    }
}

impl fmt::Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Top => Ok(()),
            Self::Member(parent, name) => {
                parent.fmt(formatter)?;
                if is_like_a_token(name) {
                    return formatter.write_str("[…]");
                }
                let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
                if name.is_empty() || !name.bytes().all(is_plain) {
                    let shown: String = name.chars().take(LONGEST_NAME).collect();
                    return write!(formatter, "[{shown:?}]");
                }
                let point = if matches!(parent, Self::Top) { "" } else { "." };
                let shown = name.get(..LONGEST_NAME).unwrap_or(name);
                write!(formatter, "{point}{shown}")
            }
            Self::Element(parent, index) => {
                parent.fmt(formatter)?;
                write!(formatter, "[{index}]")
            }
        }
    }
}

/// An unknown word, with the nearest known one; the word itself is not shown.
#[derive(Clone, Copy, Debug)]
pub(super) struct Unknown<'a> {
    /// Meaning of the word, such as "kind of provider".
    pub(super) what: &'a str,
    /// The word.
    pub(super) word: &'a str,
    /// Known words.
    pub(super) known: &'a [&'a str],
}

impl fmt::Display for Unknown<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unknown {}", self.what)?;
        if let Some(nearest) = nearest(self.word, self.known) {
            return write!(formatter, "; did you mean `{nearest}`?");
        }
        for (index, word) in self.known.iter().enumerate() {
            let before = if index == 0 { "; known:" } else { "," };
            write!(formatter, "{before} `{word}`")?;
        }
        Ok(())
    }
}

/// Returns the nearest known word, if at most a third of the letters are wrong.
pub(super) fn nearest<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let letters: Vec<char> = word.chars().take(LONGEST_NAME + 1).map(|c| c.to_ascii_lowercase()).collect();
    if letters.len() > LONGEST_NAME {
        return None;
    }
    let distances = known.iter().map(|known| (distance(&letters, known), *known));
    let (distance, nearest) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= letters.len().div_ceil(3)).then_some(nearest)
}

/// Number of letters to add, remove or change between two words (Levenshtein).
fn distance(from: &[char], to: &str) -> usize {
    let mut row: Vec<usize> = (0..=from.len()).collect();
    for (above, wanted) in to.chars().enumerate() {
        let (mut diagonal, mut left) = (above, above + 1);
        if let Some(first) = row.first_mut() {
            *first = left;
        }
        for (cell, letter) in row.iter_mut().skip(1).zip(from) {
            let changed = diagonal + usize::from(*letter != wanted);
            diagonal = *cell;
            left = changed.min(left + 1).min(*cell + 1);
            *cell = left;
        }
    }
    row.last().copied().unwrap_or(usize::MAX)
}

/// Reports whether a name might be a secret in the wrong place, which no problem may show: long, and of small letters
/// and digits or of one piece.
pub(super) fn is_like_a_token(name: &str) -> bool {
    let has = |sort: fn(&u8) -> bool| name.as_bytes().iter().any(sort);
    let is_mixed = has(u8::is_ascii_lowercase) || !name.contains('_');
    name.len() >= SHORTEST_TOKEN && has(u8::is_ascii_digit) && is_mixed
}

/// Makes a text one line of a log, for any content of the settings.
fn one_line(what: &str) -> String {
    let shown = what.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    shown.take(LONGEST_WHAT).collect()
}

/// Maximum number of problems: a log is read by people, and for an absurd configuration these are enough.
const MOST: usize = 100;
const LONGEST_NAME: usize = 64;
const LONGEST_WHAT: usize = 500;
const SHORTEST_TOKEN: usize = 20;
