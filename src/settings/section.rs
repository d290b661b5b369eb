//! Sections: what each of them is, and what their checks need besides their text.

use super::member::Required;
use super::parse::elements;
use super::problem::{Path, Problems};
#[cfg(schema)]
use super::schema::{json_schema, schemas};
use super::validate::Environment;
use super::value::deserialize;
use crate::policy::OnLoss;
use crate::redaction::Kinds;
#[cfg(schema)]
use schemars::JsonSchema;
use serde::de::DeserializeOwned;
use std::marker::PhantomData;

/// A section of the settings, by its form as written.
pub(super) trait Section {
    /// Share of the plan.
    type Checked;

    /// Parses and checks the section. An absent one has its defaults; one with problems yields what is left, which must
    /// not be used.
    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> Self::Checked;
}

/// A section that may be absent.
impl<S: Section> Section for Option<S> {
    type Checked = S::Checked;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> S::Checked {
        S::check(text, context, at, problems)
    }
}

/// A section that must be there.
impl<S: Section> Section for Required<S> {
    type Checked = S::Checked;

    fn check(text: Option<&str>, context: &mut Context<'_>, at: &Path<'_>, problems: &mut Problems) -> S::Checked {
        S::check(text, context, at, problems)
    }
}

/// Input of checks besides the section's own text.
pub(super) struct Context<'a> {
    /// The host's environment.
    pub(super) environment: Environment<'a>,
    /// Names of the providers in the settings, in the order of the plan.
    pub(super) providers: Vec<String>,
    /// Set when upstream instances make the attempts.
    pub(super) has_upstream: bool,
    /// Handling of what a target's API cannot say, where the target sets none.
    pub(super) on_loss: OnLoss,
    /// Names on spans of the providers in the settings.
    pub(super) telemetry_names: Vec<String>,
    /// Kinds of data that are redacted.
    pub(super) redacted: Kinds,
    /// Names that are recorded, and so must not be keys.
    pub(super) recorded: Vec<RecordedName>,
}

/// A name of the operator's in an element of a section.
pub(super) struct RecordedName {
    pub(super) section: &'static str,
    pub(super) index: usize,
    pub(super) member: &'static str,
    pub(super) name: String,
}

impl<'a> Context<'a> {
    /// Context of the first section.
    pub(super) fn new(environment: Environment<'a>) -> Self {
        Self {
            environment,
            providers: Vec::new(),
            has_upstream: false,
            on_loss: OnLoss::default(),
            telemetry_names: Vec::new(),
            redacted: Kinds::NONE,
            recorded: Vec::new(),
        }
    }
}

/// Parses a section that is an object. Absent or unreadable, it has no members.
pub(super) fn object<T: DeserializeOwned + Default>(text: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> T {
    text.and_then(|text| deserialize(text, at, problems)).unwrap_or_default()
}

/// A section that is a list of at least `LEAST` elements, parsed one at a time.
pub(super) struct List<T, const LEAST: usize = 0>(PhantomData<T>);

impl<T: DeserializeOwned, const LEAST: usize> List<T, LEAST> {
    /// Parses the elements and passes them to `each` with their indexes. Returns their number, the faulty ones included.
    pub(super) fn each(
        text: &str,
        at: &Path<'_>,
        problems: &mut Problems,
        mut each: impl FnMut(usize, T, &Path<'_>, &mut Problems),
    ) -> usize {
        let mut count = 0;
        elements(text, at, problems, &mut |element, at, problems| {
            if let Some(element) = deserialize::<T>(element, at, problems) {
                each(count, element, at, problems);
            }
            count += 1;
        });
        count
    }
}

#[cfg(schema)]
schemas! {
    [T: JsonSchema, const LEAST: usize] List<T, LEAST> = |generator| {
        let mut list = json_schema!({ "type": "array", "items": T::json_schema(generator) });
        if LEAST > 0 {
            list.insert("minItems".to_owned(), LEAST.into());
        }
        list
    };
}
