//! Settings: checks the operator's text and returns either every problem, each with its path, or the plan for calls.
//!
//! One file per section has its form as written, its defaults and its checks; `plan` lists them. `parse` splits the text
//! into sections, `value` parses each separately; `member` and `units` have the forms that sections share. The JSON schema
//! and the table in the documentation come from the same declarations.

mod attempts;
mod capabilities;
mod distinct;
mod fault;
mod forward_client_address;
mod gateway_hosts;
mod guards;
mod keys;
mod limits;
mod member;
mod models;
mod moment;
mod operations;
mod otlp;
mod parse;
mod pasted;
mod plan;
mod prices;
mod problem;
mod providers;
mod raw_json;
mod redaction;
#[cfg(schema)]
mod published;
#[cfg(schema)]
mod schema;
mod section;
mod strip_headers;
mod telemetry;
mod translation;
mod units;
mod unknown_paths;
mod validate;
mod value;

pub use attempts::AttemptsPlan;
pub use limits::Limits;
pub use otlp::OtlpPlan;
pub use plan::Plan;
pub use problem::{Problem, Problems};
#[cfg(schema)]
pub use published::schema;
pub use redaction::Redaction;
pub use telemetry::{ContentCapture, Names, Sampling, TelemetryPlan};
pub use unknown_paths::UnknownPaths;

use crate::document::{Document, Reader};
use crate::price::Book;
use moment::Moment;
use parse::sections;
use plan::SECTIONS;
use prices::PricesSettings;
use problem::Path;
use section::{Context, Section};

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
    let Some(found) = sections(bytes, &SECTIONS, &mut problems) else {
        return Err(problems);
    };
    let mut context = Context::new(environment);
    let plan = plan::plan(found, &mut context, &mut problems);
    pasted::note_keys(&context.recorded, &plan, &mut problems);
    if problems.0.is_empty() { Ok(plan) } else { Err(problems) }
}

/// Matches the configuration of upstream instances, `{"role": "attempt"}`: they have the settings of their calls.
pub fn is_attempt(bytes: &[u8]) -> bool {
    let mut is_attempt = false;
    let read = Document::new(bytes).and_then(|document| {
        Reader::strict(document).object(|reader, name| {
            let role = reader.maybe_text()?;
            is_attempt = &*name == "role" && role.as_deref() == Some("attempt");
            Ok(())
        })
    });
    read.is_ok() && is_attempt
}

/// Reads the settings' section `prices` alone: a JSON object.
///
/// # Errors
/// All problems, as in [`read`].
pub fn read_prices(text: &str) -> Result<Book, Problems> {
    let mut problems = Problems::default();
    let top = Path::Top;
    let prices = PricesSettings::check(Some(text), &mut Context::new(&|_| None), &top.member("prices"), &mut problems);
    if problems.0.is_empty() { Ok(prices) } else { Err(problems) }
}

/// Parses a time in the form of the settings, `2027-01-31T00:00:00Z`, into seconds since 1970.
///
/// # Errors
/// The fault in the text.
pub fn moment(text: &str) -> Result<u64, &'static str> {
    Moment::parse(text).map(|moment| moment.0)
}

/// Minimal settings, shown when there are none.
const LEAST: &str = concat!(
    r#"{"providers": [{"name": "openai", "kind": "openai", "credential": {"env": "OPENAI_API_KEY"}}], "#,
    r#""keys": [{"id": "me", "sha256": "the SHA-256 of a virtual key"}]}"#,
);
