//! Removal of keys that a record or an error would show: as model, id or tier.

use super::Call;
use crate::endpoint::split_query;
use crate::model::{Refusal, Reply};
use crate::policy::contains;
use crate::provider::Provider;
use crate::record::Captured;
use crate::redaction::Placeholders;

impl Call {
    /// Refuses a model that is a key: it would be forwarded in the request's body.
    pub(super) fn check_no_key<'a>(&self, mut models: impl Iterator<Item = &'a String>) -> Result<(), Refusal> {
        if models.any(|model| self.shows_key(model)) { Err(Refusal::KeyMisplaced) } else { Ok(()) }
    }

    /// Refuses a path that contains a key.
    pub(super) fn check_path(&self, path: &str) -> Result<(), Refusal> {
        let (bare, _) = split_query(path);
        if self.shows_key(bare) { Err(Refusal::KeyMisplaced) } else { Ok(()) }
    }

    /// Returns the refusal without the key that it would show.
    pub(super) fn concealed(&self, refusal: Refusal) -> Refusal {
        match refusal {
            Refusal::ModelNotAllowed { model } if self.shows_key(&model) => {
                Refusal::ModelNotAllowed { model: CONCEALED.to_owned() }
            }
            Refusal::ModelUnknown { model } if self.shows_key(&model) => {
                Refusal::ModelUnknown { model: CONCEALED.to_owned() }
            }
            Refusal::TranslationLoss { mut lost } => {
                lost.iter_mut().for_each(|name| self.conceal_text(name));
                Refusal::TranslationLoss { lost }
            }
            refusal => refusal,
        }
    }

    /// Removes the client's and the providers' keys from every client or provider string in the record.
    pub(super) fn conceal(&mut self) {
        let mut attempts = std::mem::take(&mut self.record.attempts);
        for attempt in &mut attempts {
            self.conceal_reply(&mut attempt.reply);
            for lost in [&mut attempt.lost, &mut attempt.lost_in_answer] {
                self.conceal_names(lost);
            }
        }
        self.record.attempts = attempts;
        self.conceal_request();
        self.conceal_content();
    }

    fn conceal_reply(&self, answer: &mut Reply) {
        let failure = answer.failure.iter_mut().flat_map(|failure| [&mut failure.kind, &mut failure.code]);
        let reply = [&mut answer.id, &mut answer.model, &mut answer.service_tier, &mut answer.fingerprint];
        for text in failure.chain(reply).filter_map(Option::as_mut) {
            self.conceal_text(text);
        }
        let calls = answer.tool_calls.iter_mut().flat_map(|call| [&mut call.id, &mut call.name]);
        let reasons = answer.finish_reasons.iter_mut();
        for text in calls.chain(reasons).filter_map(Option::as_mut) {
            self.conceal_text(text);
        }
        for (_, text) in &mut answer.extras {
            self.conceal_text(text);
        }
    }

    /// Redacts names of members, which a client may make up, and bounds their number.
    fn conceal_names(&self, names: &mut Vec<String>) {
        names.truncate(MOST_NAMES);
        if names.is_empty() {
            return;
        }
        let (redactor, mut table) = (self.content_redactor(), Placeholders::new(self.seal.clone()));
        for name in names {
            self.conceal_text(name);
            *name = table.redact_text(&redactor, name).into_owned();
        }
    }

    fn conceal_request(&mut self) {
        let mut parameters = std::mem::take(&mut self.record.parameters);
        let mut caller = std::mem::take(&mut self.record.caller);
        let (mut model, mut state) = (self.record.request_model.take(), self.record.trace.state.take());
        let asked = [&mut parameters.reasoning_level, &mut parameters.service_tier, &mut model, &mut state];
        let mut guard = self.record.guard.take();
        let rule = guard.as_mut().and_then(|guard| guard.rule.as_mut());
        for text in asked.into_iter().filter_map(Option::as_mut).chain(&mut parameters.stop).chain(rule) {
            self.conceal_text(text);
        }
        for name in [&mut caller.user, &mut caller.feature].into_iter().flatten().filter(|name| self.shows_key(name)) {
            *name = CONCEALED.into();
        }
        self.record.parameters = parameters;
        self.record.caller = caller;
        self.record.guard = guard;
        self.record.request_model = model;
        // A concealed trace state is of no use.
        self.record.trace.state = state.filter(|state| state != CONCEALED);
    }

    fn conceal_content(&mut self) {
        let Captured::Messages { system, input, output } = &mut self.record.content else {
            return;
        };
        for text in system.iter_mut().chain([input, output]) {
            for key in self.presented.texts() {
                if contains(text.as_bytes(), key.as_bytes()) {
                    *text = text.replace(key, CONCEALED);
                }
            }
        }
    }

    #[inline]
    fn conceal_text(&self, text: &mut String) {
        if self.shows_key(text) {
            CONCEALED.clone_into(text);
        }
    }

    /// Reports whether a text shows a key: one that the client presented, or a provider's.
    #[inline]
    fn shows_key(&self, text: &str) -> bool {
        // Most texts are too short.
        let may_show = text.len() >= SHORTEST_KEY || self.presented.may_stand_in(text.len());
        may_show && self.holds_key(text)
    }

    fn holds_key(&self, text: &str) -> bool {
        let keys = self.plan.providers.iter().filter_map(Provider::key);
        let mut long = keys.filter(|key| key.len() <= text.len() && key.len() >= SHORTEST_KEY);
        self.presented.stands_in(text.as_bytes()) || long.any(|key| contains(text.as_bytes(), key.as_bytes()))
    }
}

/// Upper bound on the names of members in a record.
const MOST_NAMES: usize = 32;

/// Replacement for a key.
const CONCEALED: &str = "[key]";

/// Lower bound on the length of a provider key that is searched for, in bytes. Shorter ones are dummies, such as local
/// servers get.
const SHORTEST_KEY: usize = 16;
