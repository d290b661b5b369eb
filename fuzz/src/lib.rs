//! The fuzz targets: functions that take any bytes, and panic when an invariant does not hold.

/// Requests and answers as inputs: a line, headers, an empty line, a body.
pub mod message;
/// Seeds of the corpora.
#[cfg(feature = "libfuzzer")]
pub mod seeds;

#[path = "../targets/call.rs"]
mod call;
#[path = "../targets/dialects.rs"]
mod dialects;
#[path = "../targets/document.rs"]
mod document;
#[path = "../targets/form.rs"]
mod form;
#[path = "../targets/framing.rs"]
mod framing;
#[path = "../targets/growth.rs"]
mod growth;
#[path = "../targets/price.rs"]
mod price;
#[path = "../targets/reading.rs"]
mod reading;
#[path = "../targets/redaction.rs"]
mod redaction;
#[path = "../targets/route.rs"]
mod route;
#[path = "../targets/settings.rs"]
mod settings;
#[path = "../targets/trace_context.rs"]
mod trace_context;

/// Takes any bytes.
pub type Target = fn(&[u8]);

/// Targets, by name.
pub const TARGETS: &[(&str, Target)] = &[
    ("document", document::run),
    ("framing", framing::run),
    ("dialects", dialects::run),
    ("reading", reading::run),
    ("form", form::run),
    ("route", route::run),
    ("price", price::run),
    ("call", call::run),
    ("growth", growth::run),
    ("redaction", redaction::run),
    ("settings", settings::run),
    ("trace_context", trace_context::run),
];

/// Order of the lists that inputs choose from by index: the framings and the dialects.
pub use framing::FRAMINGS;

/// The target with a name.
pub fn target(name: &str) -> Option<Target> {
    TARGETS.iter().find(|(known, _)| *known == name).map(|(_, run)| *run)
}
