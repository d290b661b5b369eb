//! Settings: checks the operator's text and returns either every problem, each with its path, or the plan for calls.
//!
//! `written` has the members in their written form, with the `units` that people use; `section` splits the text into
//! parts and parses each separately; one file per part checks it and builds its share of the [`Plan`].

mod gateway_hosts;
mod guards;
mod keys;
mod operations;
mod pasted;
mod plan;
mod prices;
mod problem;
mod providers;
mod range;
mod redaction;
mod section;
mod telemetry;
mod units;
mod serde_message;
mod validate;
mod written;

pub use plan::{ContentCapture, Limits, Names, OtlpPlan, Plan, Sampling, TelemetryPlan, UnknownPaths};
pub use problem::{Problem, Problems};

use crate::price::Book;
use crate::provider::Provider;
use crate::redaction::Redactor;
use problem::Path;
use section::{deserialize, elements, sections};
use std::rc::Rc;
use units::{KIB, MIB};
use validate::{Environment, header_name};
use written::Object;

/// Reads the settings: a JSON object, and the variables of the host's environment that it names.
///
/// # Errors
/// All problems, not only the first. A text that is not JSON is one problem.
pub fn read(bytes: &[u8], environment: &dyn Fn(&str) -> Option<String>) -> Result<Plan, Problems> {
    let mut problems = Problems::default();
    if bytes.iter().all(u8::is_ascii_whitespace) {
        problems.note(&Path::Top, format_args!("no settings; the least are {LEAST}"));
        return Err(problems);
    }
    let Some(found) = sections(bytes, &written::SECTIONS, &mut problems) else {
        return Err(problems);
    };
    let plan = plan(found, environment, &mut problems);
    if problems.0.is_empty() { Ok(plan) } else { Err(problems) }
}

/// Reads the settings' section `prices` alone: a JSON object.
///
/// # Errors
/// All problems, as in [`read`].
pub fn read_prices(text: &str) -> Result<Book, Problems> {
    let mut problems = Problems::default();
    let top = Path::Top;
    let prices = prices::prices(Some(text), [], &top.member("prices"), &mut problems);
    if problems.0.is_empty() { Ok(prices) } else { Err(problems) }
}

/// Parses a time in the form of the settings, `2027-01-31T00:00:00Z`, into seconds since 1970.
///
/// # Errors
/// The fault in the text.
pub fn moment(text: &str) -> Result<u64, &'static str> {
    units::Moment::parse(text).map(|moment| moment.0)
}

/// Checks every section. The plan must not be used if there are problems.
fn plan(
    [
        providers,
        keys,
        redaction,
        operations,
        prices,
        telemetry,
        limits,
        unknown_paths,
        strip_headers,
        gateway_hosts,
        forward_client_address,
        guards,
    ]: Sections<'_>,
    environment: Environment<'_>,
    problems: &mut Problems,
) -> Plan {
    let top = Path::Top;
    let (providers, names) = providers::providers(providers, environment, &top.member("providers"), problems);
    let (keyring, ids) = keys::keys(keys, &top.member("keys"), problems);
    let redaction::Redaction { kinds, sealing } =
        redaction::redaction(redaction, environment, &top.member("redaction"), problems);
    let known = providers.iter().map(|provider| provider.telemetry_name.as_str());
    let prices = prices::prices(prices, known, &top.member("prices"), problems);
    let mut telemetry = telemetry::telemetry(telemetry, environment, &top.member("telemetry"), problems);
    if !kinds.is_empty() {
        telemetry.content_redactor = Redactor::new(kinds.iter().copied().collect());
    }
    let otlp = telemetry.otlp.iter().flat_map(|otlp| &otlp.headers).map(|(_, value)| value.reveal());
    let secrets: Vec<&str> = providers.iter().filter_map(Provider::key).chain(otlp).collect();
    pasted::note_keys(&names, &secrets, &keyring, ("providers", "name"), problems);
    pasted::note_keys(&ids, &secrets, &keyring, ("keys", "id"), problems);
    Plan {
        providers,
        keyring,
        redactor: Redactor::new(kinds.into_iter().collect()),
        sealing: sealing.map(Rc::new),
        operations: operations::rules(operations, &top.member("operations"), problems),
        guard: guards::http(guards, &top.member("guards"), problems),
        prices,
        telemetry,
        limits: self::limits(limits, &top.member("limits"), problems),
        unknown_paths: self::unknown_paths(unknown_paths, &top.member("unknown_paths"), problems),
        strip_headers: self::strip_headers(strip_headers, &top.member("strip_headers"), problems),
        hosts: gateway_hosts::gateway_hosts(gateway_hosts, &top.member("gateway_hosts"), problems),
        forward_client_address: forward_client_address
            .and_then(|section| deserialize(section, &top.member("forward_client_address"), problems))
            .unwrap_or(false),
    }
}

fn limits(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> Limits {
    let mut limits = Limits::default();
    let written = section.and_then(|section| deserialize::<Object<written::LimitsSettings>>(section, at, problems));
    let Some(Object(written)) = written else {
        return limits;
    };
    let slots = [
        (&mut limits.request_body, written.request_body, 256 * MIB, "request_body"),
        (&mut limits.response_body, written.response_body, 256 * MIB, "response_body"),
        (&mut limits.stream_event, written.stream_event, 64 * MIB, "stream_event"),
    ];
    for (slot, size, most, member) in slots {
        range::size(slot, size, KIB..=most, &at.member(member), problems);
    }
    limits
}

fn unknown_paths(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> UnknownPaths {
    match section.and_then(|section| deserialize(section, at, problems)) {
        Some(written::UnknownPathsSettings::Refuse) | None => UnknownPaths::Refuse,
        Some(written::UnknownPathsSettings::Pass) => UnknownPaths::Pass,
    }
}

/// `strip_headers`, in lower case.
fn strip_headers(section: Option<&str>, at: &Path<'_>, problems: &mut Problems) -> Vec<String> {
    let mut headers = Vec::new();
    elements(section.unwrap_or("[]"), at, problems, |element, at, problems| {
        let name = deserialize::<String>(element, at, problems);
        let Some(name) = name.and_then(|name| header_name(&name, at, problems)) else {
            return;
        };
        if NEEDED_HEADERS.contains(&name.as_str()) {
            problems.note(at, "calls need this header");
        } else {
            headers.push(name);
        }
    });
    headers
}

/// Sections in the order of [`written::SECTIONS`].
type Sections<'a> = [Option<&'a str>; written::SECTIONS.len()];

/// Minimal settings, shown when there are none.
const LEAST: &str = concat!(
    r#"{"providers": [{"name": "openai", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}}], "#,
    r#""keys": [{"id": "me", "sha256": "the SHA-256 of a virtual key"}]}"#,
);

/// Headers without which a provider cannot read the request.
const NEEDED_HEADERS: [&str; 8] = [
    "anthropic-version",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "host",
    "te",
    "transfer-encoding",
];
