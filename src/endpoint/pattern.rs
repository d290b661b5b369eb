//! Patterns of paths, and their match with the segments of a path.

/// Pattern for the end of a path, segment by segment: `*` is any one segment, `{model}` the model's name, `{model+}` a
/// name of one or more segments, a final `**` any rest, even an empty one. In a segment such as `{model}:predict` the
/// text after the name is literal. An empty pattern is the root.
#[derive(Clone, Copy, Debug)]
pub(super) struct PathPattern {
    text: &'static str,
    /// Number of segments.
    length: usize,
    /// Set for patterns that cover a varying number of segments.
    open: bool,
    /// First segment; empty when it has a wildcard.
    head: &'static str,
    /// Last segment; empty when it has a wildcard.
    end: &'static str,
}

impl PathPattern {
    /// Reads a pattern. All but its text is computed by the compiler, and rules out most paths without splitting it.
    pub(super) const fn new(text: &'static str) -> Self {
        let mut pattern = Self { text, length: 0, open: false, head: "", end: "" };
        let mut rest = text;
        loop {
            let (segment, behind) = first_segment(rest);
            let (is_literal, open) = wildcards(segment);
            pattern.open |= open;
            pattern.end = if is_literal { segment } else { "" };
            if pattern.length == 0 {
                pattern.head = pattern.end;
            }
            pattern.length += 1;
            match behind {
                Some(behind) => rest = behind,
                None => return pattern,
            }
        }
    }

    pub(super) const fn text(&self) -> &'static str {
        self.text
    }

    pub(super) const fn head(&self) -> &'static str {
        self.head
    }

    pub(super) const fn end(&self) -> &'static str {
        self.end
    }

    /// Finds the pattern at the end of a path, or, for one that is open, at the first place where it fits.
    pub(super) fn find<'a>(&self, segments: &[&'a str]) -> Option<Match<'a>> {
        if self.text.is_empty() {
            return segments.is_empty().then_some(Match { start: 0, model: Model::None });
        }
        if !self.end.is_empty() && segments.last() != Some(&self.end) {
            return None;
        }
        let Self { text, length, open, head, .. } = *self;
        let last = segments.len().checked_sub(if open { length.saturating_sub(1) } else { length })?;
        let first = if open { 0 } else { last };
        (first..=last).find_map(|start| {
            let mut model = Model::None;
            let tail = segments.get(start..)?;
            let may_fit = head.is_empty() || tail.first() == Some(&head);
            (may_fit && fits(text, tail, &mut model)).then_some(Match { start, model })
        })
    }
}

/// Splits a pattern behind its first segment; `None` when it has no other.
const fn first_segment(pattern: &'static str) -> (&'static str, Option<&'static str>) {
    let (mut bytes, mut at) = (pattern.as_bytes(), 0);
    while let [byte, behind @ ..] = bytes {
        if *byte == b'/' {
            let (segment, slash) = pattern.split_at(at);
            return (segment, Some(slash.split_at(1).1));
        }
        (bytes, at) = (behind, at + 1);
    }
    (pattern, None)
}

/// Reports whether a segment is literal, and whether it covers a varying number of segments.
const fn wildcards(segment: &str) -> (bool, bool) {
    let mut bytes = segment.as_bytes();
    let (mut is_literal, mut open) = (true, matches!(bytes, b"**"));
    while let [byte, behind @ ..] = bytes {
        is_literal &= !matches!(*byte, b'*' | b'{');
        open |= *byte == b'+';
        bytes = behind;
    }
    (is_literal, open)
}

/// Match of an endpoint.
pub(super) struct Match<'a> {
    /// Index of the first segment covered by the pattern.
    pub(super) start: usize,
    /// Model name in the path.
    pub(super) model: Model<'a>,
}

/// Location of the model's name in a path, percent-encoded.
pub(super) enum Model<'a> {
    /// No model name.
    None,
    /// One segment, or a part of it.
    One(&'a str),
    /// Several consecutive segments.
    Several { start: usize, count: usize },
}

fn fits<'a>(pattern: &str, segments: &[&'a str], model: &mut Model<'a>) -> bool {
    let mut at = 0;
    let mut parts = parts(pattern);
    while let Some(part) = parts.next() {
        if part == "**" {
            return true;
        }
        if part == "{model+}" {
            let behind = parts.clone().count();
            let Some(count) = segments.len().checked_sub(at + behind).filter(|count| *count > 0) else {
                return false;
            };
            *model = Model::Several { start: at, count };
            at += count;
            continue;
        }
        let Some(segment) = segments.get(at) else {
            return false;
        };
        at += 1;
        let fitting = match part.strip_prefix("{model}") {
            Some(end) => without_end(segment, end).filter(|name| !name.is_empty()).map(|name| {
                *model = Model::One(name);
            }),
            None => (part == "*" || part == *segment).then_some(()),
        };
        if fitting.is_none() {
            return false;
        }
    }
    at == segments.len()
}

/// Parts of a path or a pattern between its slashes. They are short: a byte at a time is quicker than a search.
pub(super) fn parts(path: &str) -> impl Iterator<Item = &str> + Clone {
    let mut rest = Some(path);
    std::iter::from_fn(move || {
        let whole = rest?;
        let Some(end) = whole.bytes().position(|byte| byte == b'/') else {
            return rest.take();
        };
        rest = whole.get(end + 1..);
        whole.get(..end)
    })
}

/// Strips a suffix from a segment; its colon may be percent-encoded.
fn without_end<'a>(segment: &'a str, end: &str) -> Option<&'a str> {
    segment.strip_suffix(end).or_else(|| {
        let before = segment.strip_suffix(end.strip_prefix(':')?)?;
        before.strip_suffix("%3A").or_else(|| before.strip_suffix("%3a"))
    })
}
