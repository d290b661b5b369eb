//! Rules: facts that hold for the models of a family from a version on.

use super::effort::{Effort, Efforts};
use super::facts::{Capabilities, PermittedSampling};
use super::thinking::ThinkingForm;

/// A family of models.
pub(super) struct Family {
    /// Beginning of its names, after anything that is not a letter or digit. Where it does not end with a dash, a digit
    /// follows it, or, after a word, no letter.
    pub(super) name: &'static str,
    /// The first that holds for a model applies.
    pub(super) rules: &'static [FamilyRule],
}

impl Family {
    /// Facts about a model, if it belongs to the family.
    pub(super) fn facts(&self, model: &str) -> Option<Capabilities> {
        let is_family = |rest: &str| {
            let follows = |is_fit: fn(&char) -> bool| rest.chars().next().is_some_and(|next| is_fit(&next));
            self.name.ends_with('-')
                || follows(char::is_ascii_digit)
                || self.name.len() > 1 && !follows(char::is_ascii_alphanumeric)
        };
        let rest = after_word(model, self.name, is_family)?;
        let version = version(rest).unwrap_or_default();
        let rule = self.rules.iter().find(|rule| version >= rule.since && has_word(rest, rule.line));
        rule.map(FamilyRule::facts)
    }
}

/// A family's models from a version on, and facts about them.
#[derive(Clone, Copy)]
pub(super) struct FamilyRule {
    /// Word in the rest of the name; empty for any.
    line: &'static str,
    /// First version; the rule of version 0 also holds for a name without one.
    since: Version,
    sampling: Option<PermittedSampling>,
    thinking: Option<ThinkingForm>,
    efforts: Option<Efforts>,
    default_effort: Option<Effort>,
    schema: Option<bool>,
    max_tokens: Option<bool>,
    tools_while_reasoning: Option<bool>,
    signed_calls: Option<bool>,
}

/// Major and minor version.
pub(super) type Version = (u8, u8);

impl FamilyRule {
    pub(super) const fn of(line: &'static str, since: Version) -> Self {
        Self {
            line,
            since,
            sampling: None,
            thinking: None,
            efforts: None,
            default_effort: None,
            schema: None,
            max_tokens: None,
            tools_while_reasoning: None,
            signed_calls: None,
        }
    }

    pub(super) const fn sampling(mut self, sampling: PermittedSampling) -> Self {
        self.sampling = Some(sampling);
        self
    }

    pub(super) const fn thinking(mut self, form: ThinkingForm) -> Self {
        self.thinking = Some(form);
        self
    }

    pub(super) const fn efforts(mut self, levels: &[Effort]) -> Self {
        self.efforts = Some(Efforts::of(levels));
        self
    }

    pub(super) const fn default_effort(mut self, level: Effort) -> Self {
        self.default_effort = Some(level);
        self
    }

    pub(super) const fn schema(mut self, is_taken: bool) -> Self {
        self.schema = Some(is_taken);
        self
    }

    pub(super) const fn max_tokens(mut self, is_taken: bool) -> Self {
        self.max_tokens = Some(is_taken);
        self
    }

    pub(super) const fn tools_while_reasoning(mut self, are_taken: bool) -> Self {
        self.tools_while_reasoning = Some(are_taken);
        self
    }

    pub(super) const fn signed_calls(mut self, are_needed: bool) -> Self {
        self.signed_calls = Some(are_needed);
        self
    }

    fn facts(&self) -> Capabilities {
        Capabilities {
            schema: self.schema,
            sampling: self.sampling,
            thinking: self.thinking,
            efforts: self.efforts,
            default_effort: self.default_effort,
            max_tokens: self.max_tokens,
            tools_while_reasoning: self.tools_while_reasoning,
            signed_calls: self.signed_calls,
            ..Capabilities::UNKNOWN
        }
    }
}

/// The rest of a name behind the first word that follows nothing, or no letter or digit, and before what is `fitting`. A
/// search of the standard library's would take 2 KB of the filter.
fn after_word<'a>(name: &'a str, word: &str, fitting: impl Fn(&str) -> bool) -> Option<&'a str> {
    let mut is_inside = false;
    name.char_indices().find_map(|(at, first)| {
        let begins_inside = std::mem::replace(&mut is_inside, first.is_ascii_alphanumeric());
        let rest = name.get(at..)?.strip_prefix(word)?;
        if begins_inside || !fitting(rest) { None } else { Some(rest) }
    })
}

/// Finds a word that no letter or digit touches. The empty word is everywhere.
fn has_word(text: &str, word: &str) -> bool {
    let ends = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
    word.is_empty() || after_word(text, word, ends).is_some()
}

/// The first number, with one behind it: `4-7`, `4.7`, `4`. It is the first or the second part of the name; more than two
/// digits are a date.
fn version(rest: &str) -> Option<Version> {
    let mut parts = rest.split(['-', '.', '@', ':', '_']);
    let major = number(parts.next()?).or_else(|| number(parts.next()?))?;
    Some((major, parts.next().and_then(number).unwrap_or(0)))
}

/// A number of one or two digits, also `v2` and, of names such as `4o`, its beginning.
fn number(part: &str) -> Option<u8> {
    let part = part.strip_prefix('v').unwrap_or(part).trim_end_matches('o');
    if matches!(part.len(), 1 | 2) { part.parse().ok() } else { None }
}
