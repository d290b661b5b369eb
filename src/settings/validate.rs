//! Checks of the short texts in settings: names, headers and variables of the environment.

use super::member::Required;
use super::problem::{Path, Problems, is_like_a_token};
use crate::redaction::{Kind, Kinds, Redactor};
#[cfg(schema)]
use schemars::JsonSchema;
use serde::Deserialize;
use std::net::Ipv6Addr;

/// The host's environment: returns the value of a variable.
pub(super) type Environment<'a> = &'a dyn Fn(&str) -> Option<String>;

/// A text that is shown to people: one line of 1 to 128 characters.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(transparent)]
pub(super) struct Label(
    #[cfg_attr(schema, schemars(regex(pattern = NOT_BLANK), length(max = LONGEST_LABEL)))] pub(super) String,
);

impl Label {
    /// Checks the text.
    pub(super) fn checked(self, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
        let Self(text) = self;
        let fault = if text.trim().is_empty() {
            "empty"
        } else if text.chars().any(char::is_control) {
            "has a control character"
        } else if text.chars().nth(LONGEST_LABEL).is_some() {
            "longer than 128 characters"
        } else if is_like_a_key(&text) {
            LIKE_A_KEY
        } else {
            return Some(text);
        };
        problems.note(at, fault);
        None
    }
}

/// Finds a key of a known issuer's shape in a text.
pub(super) fn is_like_a_key(text: &str) -> bool {
    let mut findings = Vec::new();
    Redactor::new(Kinds::NONE.with(Kind::ApiKey)).find(text, &mut findings);
    !findings.is_empty()
}

/// Problem of a name that is a key.
pub(super) const LIKE_A_KEY: &str = "looks like a key: write a name, for this is recorded; a provider's key stands in the \
    environment, a virtual key as its SHA-256";

/// Parses a host name or an IP address into the form of [`Provider::host`](crate::provider::Provider::host).
pub(super) fn host_name(written: &str) -> Option<String> {
    let bare = written.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(written);
    if bare.parse::<Ipv6Addr>().is_ok() {
        return Some(bare.to_ascii_lowercase());
    }
    let name = written.strip_suffix('.').unwrap_or(written);
    let is_label = |label: &str| {
        let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        !label.is_empty() && label.len() <= 63 && label.bytes().all(is_letter)
    };
    (name.len() <= 253 && name.split('.').all(is_label)).then(|| name.to_ascii_lowercase())
}

/// Matches texts that can be a header's value: visible ASCII, and spaces within.
pub(super) fn is_header_value(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' '..=b'~')) && text.trim() == text
}

/// Matches texts without white space that can be a header's value.
pub(super) fn is_visible(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// Name of a header (a token of RFC 9110, section 5.6.2).
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(transparent)]
pub(super) struct HeaderName(#[cfg_attr(schema, schemars(regex(pattern = r"^[0-9A-Za-z!#$%&'*+.^_`|~-]+$")))] String);

impl HeaderName {
    /// Checks the name. Returns it in lower case.
    pub(super) fn checked(&self, at: &Path<'_>, problems: &mut Problems) -> Option<String> {
        let Self(name) = self;
        let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if name.starts_with(':') {
            problems.note(at, "a part of the request line, not a header");
        } else if name.is_empty() || !name.bytes().all(is_token_byte) {
            problems.note(at, "not the name of a header");
        } else {
            return Some(name.to_ascii_lowercase());
        }
        None
    }
}

/// Name of a variable of the host's environment, in POSIX's portable letters.
#[derive(Debug, Deserialize)]
#[cfg_attr(schema, derive(JsonSchema))]
#[serde(transparent)]
pub(super) struct Variable(
    #[cfg_attr(schema, schemars(regex(pattern = "^[A-Za-z_][0-9A-Za-z_]*$"), length(max = LONGEST_LABEL)))] String,
);

/// Returns a variable of the host's environment that is valid in a header. No problem shows the value.
pub(super) fn from_environment(
    name: Required<Variable>,
    environment: Environment<'_>,
    at: &Path<'_>,
    problems: &mut Problems,
) -> Option<String> {
    let Variable(name) = name.or_note("the name of a variable of the host's environment", at, problems)?;
    if !is_variable(&name) {
        problems.note(at, "not the name of a variable; write the name, never the value");
        return None;
    }
    let shown = if is_like_a_token(&name) { "the variable" } else { &name };
    let Some(value) = environment(&name) else {
        let what = format_args!(
            "{shown} is not set in the host's environment; Envoy must have it, and hand it on: name it in \
             vm_config.environment_variables.host_env_keys (Istio: vmConfig.env with valueFrom: HOST)"
        );
        problems.note(at, what);
        return None;
    };
    if value.is_empty() {
        problems.note(at, format_args!("{shown} is empty in the host's environment"));
    } else if !is_header_value(&value) {
        let what = format_args!(
            "{shown} holds what cannot stand in a header: white space or a line break at an end, a control \
             character, or a letter beyond ASCII"
        );
        problems.note(at, what);
    } else {
        return Some(value);
    }
    None
}

/// Matches names of variables in POSIX's portable letters.
fn is_variable(name: &str) -> bool {
    let of_letters = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let begins_well = name.bytes().next().is_some_and(|first| !first.is_ascii_digit());
    of_letters && begins_well && name.len() <= LONGEST_LABEL
}

const LONGEST_LABEL: usize = 128;

/// Texts with something else than white space.
#[cfg(schema)]
pub(super) const NOT_BLANK: &str = r"\S";

/// Texts that [`is_visible`] matches.
#[cfg(schema)]
pub(super) const VISIBLE: &str = "^[!-~]+$";
