//! Names of functions as a target takes them. Tools of other protocols have names with dots, slashes or spaces, and longer
//! ones: the target gets names of its own, made anew from each request alone, and the client's come back in the answer.

use super::maker::Escaped;
use super::part::PartData;
use super::request::Conversation;
use crate::document::unescape;
use crate::model::{ToolChoice, stable_hash};
use std::collections::BTreeMap;

/// Rule for the names of functions: ASCII letters and digits, and some marks.
#[derive(Clone, Copy, Debug)]
pub struct NameRule {
    /// The marks.
    pub marks: &'static str,
    /// Upper bound on the length, in bytes.
    pub most: usize,
    /// Set when a letter or `_` has to come first.
    pub begins_with_letter: bool,
}

impl NameRule {
    fn takes(&self, name: &str) -> bool {
        name.len() <= self.most && self.begins(name) && name.chars().all(|sign| self.has(sign))
    }

    fn has(&self, sign: char) -> bool {
        sign.is_ascii_alphanumeric() || self.marks.contains(sign)
    }

    fn begins(&self, name: &str) -> bool {
        !self.begins_with_letter || name.starts_with(|first: char| first == '_' || first.is_ascii_alphabetic())
    }

    /// Makes a name of one that is not allowed, the same each time, and another for each.
    fn made(&self, name: &str) -> String {
        let mut made: String = name.chars().map(|sign| if self.has(sign) { sign } else { '_' }).collect();
        if !self.begins(&made) {
            made.insert(0, '_');
        }
        made.truncate(self.most.saturating_sub(9));
        format!("{made}_{:08x}", stable_hash(name) & 0xffff_ffff)
    }
}

impl<'a> Conversation<'a> {
    /// Gives the functions names that a rule allows. Returns the names that they had, by those that they got: both
    /// escaped.
    pub fn fit_names(&mut self, rule: &NameRule) -> BTreeMap<String, String> {
        let mut given = BTreeMap::new();
        self.each_name(&mut |name| {
            if !name.is_empty() && !rule.takes(name) {
                let fit = rule.made(&unescape(name));
                let had = std::mem::replace(name, fit.clone().into());
                given.insert(fit, had.into_owned());
            }
        });
        given
    }

    fn each_name(&mut self, visit: &mut dyn FnMut(&mut Escaped<'a>)) {
        self.tools.iter_mut().for_each(|tool| visit(&mut tool.name));
        match &mut self.choice {
            Some((ToolChoice::Tool(name), _)) => visit(name),
            Some((ToolChoice::Among { names, .. }, _)) => names.iter_mut().for_each(&mut *visit),
            _ => {}
        }
        for part in self.turns.iter_mut().flat_map(|turn| &mut turn.parts) {
            match &mut part.data {
                PartData::Call(call) => visit(&mut call.name),
                PartData::Result(result) => result.name.iter_mut().for_each(&mut *visit),
                _ => {}
            }
        }
    }
}
