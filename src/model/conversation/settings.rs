//! Settings of a request apart from reasoning: values as written.

use super::maker::Escaped;
use super::reasoning::Reasoning;
use crate::document::{Document, EditedDocument, Reader, Span, ValueKind};
use crate::model::{Parameter, Tree};
use std::borrow::Cow;

/// Setting with its value as written.
#[derive(Clone, Debug, PartialEq)]
pub struct Setting<'a> {
    /// Parameter.
    pub parameter: Parameter,
    /// Value: JSON.
    pub value: Cow<'a, str>,
    /// Its place.
    pub span: Span,
}

/// Settings of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CallSettings<'a> {
    /// Model, as the client named it.
    pub model: Option<Escaped<'a>>,
    /// Set when the answer is to be streamed.
    pub stream: bool,
    /// Set when the stream is to report usage.
    pub stream_usage: bool,
    /// Stop sequences.
    pub stop: Vec<Escaped<'a>>,
    /// All others that ask for something, each once.
    pub others: Vec<Setting<'a>>,
}

impl<'a> CallSettings<'a> {
    /// Returns the setting of a parameter.
    pub fn get(&self, parameter: Parameter) -> Option<&Setting<'a>> {
        self.others.iter().find(|setting| setting.parameter == parameter)
    }

    /// Removes a switch. Returns whether it is on.
    pub(super) fn take(&mut self, parameter: Parameter) -> bool {
        let mut taken = self.others.extract_if(.., |setting| setting.parameter == parameter);
        taken.next().is_some_and(|setting| setting.value == "true")
    }

    /// Returns a count.
    pub fn count(&self, parameter: Parameter) -> Option<u64> {
        self.get(parameter)?.value.parse().ok()
    }
}

impl Setting<'_> {
    /// Value as a number.
    pub fn number(&self) -> Option<f64> {
        self.value.parse().ok()
    }
}

/// Reads the settings, those of reasoning, and whether several tools may be called at once.
pub(super) fn read<'a>(
    tree: &Tree,
    source: &EditedDocument<'a>,
) -> (CallSettings<'a>, Reasoning, Option<(bool, Span)>) {
    let (mut settings, mut reasoning, mut parallel) = (CallSettings::default(), Reasoning::default(), None);
    for (parameter, value) in tree.requested(source) {
        let span = tree.parameter(parameter).unwrap_or_default();
        match parameter {
            // Google's may be the name of a resource.
            Parameter::Model => settings.model = source.string(span).map(short_name),
            Parameter::Stream => settings.stream = value == "true",
            Parameter::StreamUsage => settings.stream_usage = value == "true",
            // OpenAI asks for them by the name of a member.
            Parameter::Logprobs if value.contains("logprobs") => {
                settings.others.push(Setting { parameter, value: Cow::Borrowed("true"), span });
            }
            Parameter::ParallelTools => parallel = Some((value != "false", span)),
            Parameter::SerialTools => parallel = Some((value != "true", span)),
            Parameter::Stop => {
                settings.stop = words(&value);
                if !settings.stop.is_empty() {
                    settings.others.push(Setting { parameter, value, span });
                }
            }
            // Google writes them in capitals.
            Parameter::Modalities => {
                let value: Cow<'a, str> = Cow::Owned(value.to_ascii_lowercase());
                if !parameter.is_default(&value) {
                    settings.others.push(Setting { parameter, value, span });
                }
            }
            // A count may be a number with a point in Google's.
            Parameter::TopK | Parameter::MaxTokens | Parameter::Seed | Parameter::Choices if value.ends_with(".0") => {
                let value = Cow::Owned(value.trim_end_matches(".0").to_owned());
                settings.others.push(Setting { parameter, value, span });
            }
            _ if reasoning.set(parameter, &value, span) => {}
            _ => settings.others.push(Setting { parameter, value, span }),
        }
    }
    (settings, reasoning, parallel)
}

/// Name of a model without those of what it belongs to: `models/…`, `publishers/google/models/…`.
fn short_name(name: Escaped<'_>) -> Escaped<'_> {
    let is_resource = ["models/", "publishers/", "projects/"].iter().any(|prefix| name.starts_with(prefix));
    match name.rfind("models/").filter(|_| is_resource) {
        Some(at) => Cow::Owned(name.get(at + "models/".len()..).unwrap_or_default().to_owned()),
        None => name,
    }
}

/// Reads a string, or a list of strings.
pub(super) fn words<'a>(value: &str) -> Vec<Escaped<'a>> {
    let mut words = Vec::new();
    let Ok(document) = Document::new(value.as_bytes()) else { return words };
    let mut reader = Reader::new(document);
    let mut push = |reader: &mut Reader<'_>| {
        if let Some(text) = reader.maybe_string()? {
            words.push(Cow::Owned(document.raw(text).to_owned()));
        }
        Ok(())
    };
    let read = match reader.peek() {
        Ok(ValueKind::Array) => reader.array(|reader, _| push(reader)),
        _ => push(&mut reader),
    };
    let _ = read;
    words.retain(|word: &Cow<'_, str>| !word.is_empty());
    words
}
