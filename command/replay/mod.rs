//! `tollgate replay`: decodes recorded exchanges with the core and prints the facts, or compares them with
//! expectations.

mod check;
mod equal;
mod exceptions;
mod exchange;
mod facts;
mod fold;
mod kind;
mod read;
mod table;
mod text;

use crate::json_error;
use check::Check;
use clap::Args;
use equal::NOT_FACTS;
use exceptions::Exceptions;
use exchange::RecordedExchange;
use facts::Facts;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Map, Value};
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Decodes recorded exchanges with providers and prints their facts, one line of JSON per exchange
#[derive(Args)]
#[command(long_about = text::ABOUT, after_long_help = text::after_help())]
pub(crate) struct Replay {
    /// Recording: JSON lines, one exchange per line; `-` is standard input
    file: PathBuf,
    /// Compares with these facts, JSON lines matched by `id`; exit code 1 when one differs without an exception
    #[arg(long, value_name = "EXPECTED")]
    check: Option<PathBuf>,
    /// Known differences with their reasons: JSON lines (see below)
    #[arg(long, value_name = "FILE", requires = "check")]
    exceptions: Option<PathBuf>,
    /// Passes each answer to the decoder in pieces of this size; the facts must be the same
    #[arg(long, value_name = "BYTES", value_parser = clap::value_parser!(u64).range(1..))]
    split: Option<u64>,
    /// Provider at a host that the table of providers does not have, by its kind in the settings
    #[arg(long = "at", value_name = "HOST[:PORT]=PROVIDER", value_parser = read::ProviderHost::parse)]
    hosts: Vec<read::ProviderHost>,
    /// Only exchanges whose id begins so (may be repeated)
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Only exchanges recorded with this provider; `*` matches any text
    #[arg(long, value_name = "NAME")]
    provider: Option<String>,
    /// Only exchanges recorded as this operation; `*` matches any text
    #[arg(long, value_name = "NAME")]
    operation: Option<String>,
    /// Only these fields, separated by commas
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    fields: Vec<String>,
    /// Maximum number of differences listed
    #[arg(long, value_name = "COUNT", default_value_t = 100)]
    limit: usize,
}

/// Reason why the command failed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ReplayError {
    /// A file could not be read.
    #[error("{path}: {source}")]
    File {
        /// The file.
        path: String,
        /// The cause.
        source: io::Error,
    },
    /// A line cannot be parsed.
    #[error("{path}, line {line}: {}", json_error::of_line(source))]
    Line {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The cause.
        source: serde_json::Error,
    },
    /// A field of `--fields` that no expectation has.
    #[error("--fields {0}: no expectation has it")]
    Field(String),
    /// The output could not be written.
    #[error("output: {0}")]
    Output(#[from] io::Error),
}

impl Replay {
    /// Runs the command.
    pub(crate) fn run(&self) -> ExitCode {
        match self.replay() {
            Ok(code) => code,
            // The reader of the output has enough: not an error.
            Err(ReplayError::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(fault) => {
                let _ = writeln!(io::stderr(), "tollgate: {fault}");
                ExitCode::from(2)
            }
        }
    }

    fn replay(&self) -> Result<ExitCode, ReplayError> {
        let mut out = BufWriter::new(io::stdout().lock());
        let mut check = match &self.check {
            Some(expected) => Some(Check::new(self.expected(expected)?, self.exceptions()?)),
            None => None,
        };
        let mut progress = Progress::new();
        let mut unread = 0_usize;
        let mut pass_over = |fault: ReplayError| {
            unread += 1;
            if unread <= SHOWN_FAULTS {
                let _ = writeln!(io::stderr(), "tollgate: {fault}");
            }
            Ok(())
        };
        each_line(&self.file, &mut pass_over, |exchange: RecordedExchange| {
            progress.step();
            if !self.wants(&exchange) {
                return Ok(());
            }
            let facts = read::read(&exchange, &self.hosts, self.split);
            match &mut check {
                Some(check) => check.compare(&exchange, &members(&facts), &self.fields),
                None if self.fields.is_empty() => writeln!(out, "{}", json(&facts))?,
                None => writeln!(out, "{}", json(&Chosen { facts: &members(&facts), fields: &self.fields }))?,
            }
            Ok(())
        })?;
        progress.end();
        let whole = self.only.is_empty() && self.provider.is_none() && self.operation.is_none();
        let agreed = match check {
            Some(check) => check.report(whole, self.limit, &mut out)?,
            None => true,
        };
        out.flush()?;
        if unread > SHOWN_FAULTS {
            let _ =
                writeln!(io::stderr(), "tollgate: … and {} more lines that are no exchanges", unread - SHOWN_FAULTS);
        }
        Ok(match (unread, agreed) {
            (0, true) => ExitCode::SUCCESS,
            (0, false) => ExitCode::from(1),
            _ => ExitCode::from(2),
        })
    }

    fn wants(&self, exchange: &RecordedExchange) -> bool {
        let fits = |wanted: &Option<String>, name: &str| wanted.as_ref().is_none_or(|wanted| equal::glob(wanted, name));
        (self.only.is_empty() || self.only.iter().any(|start| exchange.id.starts_with(start.as_str())))
            && fits(&self.provider, &exchange.provider)
            && fits(&self.operation, &exchange.operation)
    }

    fn expected(&self, path: &Path) -> Result<Vec<Map<String, Value>>, ReplayError> {
        let mut expected = Vec::new();
        each_line(path, &mut Err, |ExpectedFacts(facts)| {
            expected.push(facts);
            Ok(())
        })?;
        let is_compared = |field: &&String| {
            let is_fact =
                !NOT_FACTS.contains(&field.as_str()) && expected.iter().any(|facts| facts.contains_key(*field));
            is_fact || *field == "id"
        };
        match self.fields.iter().find(|field| !is_compared(field)) {
            Some(field) => Err(ReplayError::Field(field.clone())),
            None => Ok(expected),
        }
    }

    fn exceptions(&self) -> Result<Exceptions, ReplayError> {
        let mut exceptions = Exceptions::default();
        if let Some(path) = &self.exceptions {
            each_line(path, &mut Err, |exception| {
                exceptions.add(exception);
                Ok(())
            })?;
        }
        Ok(exceptions)
    }
}

/// The expected facts of one exchange; they include its id.
struct ExpectedFacts(Map<String, Value>);

impl<'de> Deserialize<'de> for ExpectedFacts {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let facts = Map::deserialize(from)?;
        match facts.get("id") {
            Some(Value::String(_)) => Ok(Self(facts)),
            _ => Err(de::Error::custom("`id` is no text, or not there")),
        }
    }
}

/// Facts by field.
fn members(facts: &Facts) -> Map<String, Value> {
    match serde_json::to_value(facts) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// The requested fields, in that order.
struct Chosen<'a> {
    facts: &'a Map<String, Value>,
    fields: &'a [String],
}

impl Serialize for Chosen<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let asked = self.fields.iter().filter(|field| *field != "id").map(String::as_str);
        to.collect_map(std::iter::once("id").chain(asked).map(|field| (field, self.facts.get(field))))
    }
}

/// Reads a file of JSON lines, one at a time. Skips blank lines, and lines that begin with `#`. When a line cannot be
/// parsed, `unread` decides whether to continue.
fn each_line<T: de::DeserializeOwned>(
    path: &Path,
    unread: &mut dyn FnMut(ReplayError) -> Result<(), ReplayError>,
    mut each: impl FnMut(T) -> Result<(), ReplayError>,
) -> Result<(), ReplayError> {
    let shown = || path.display().to_string();
    let of_file = |source| ReplayError::File { path: shown(), source };
    let mut input: Box<dyn BufRead> = match path.to_str() {
        Some("-") => Box::new(io::stdin().lock()),
        _ => Box::new(BufReader::new(File::open(path).map_err(of_file)?)),
    };
    let mut line = Vec::new();
    for number in 1.. {
        line.clear();
        if input.read_until(b'\n', &mut line).map_err(of_file)? == 0 {
            break;
        }
        let text = json_error::unmarked(&line).trim_ascii();
        if text.is_empty() || text.starts_with(b"#") {
            continue;
        }
        match serde_json::from_slice(text) {
            Ok(read) => each(read)?,
            Err(source) => unread(ReplayError::Line { path: shown(), line: number, source })?,
        }
    }
    Ok(())
}

/// Progress, shown only when standard error is a terminal and standard output is not.
struct Progress {
    shown: bool,
    count: usize,
}

impl Progress {
    fn new() -> Self {
        Self { shown: io::stderr().is_terminal() && !io::stdout().is_terminal(), count: 0 }
    }

    fn step(&mut self) {
        self.count += 1;
        if self.shown && self.count.is_multiple_of(100) {
            let _ = write!(io::stderr(), "\r{} exchanges", self.count);
        }
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(io::stderr(), "\r{} exchanges", self.count);
        }
    }
}

/// Maximum number of unreadable lines reported one by one.
const SHOWN_FAULTS: usize = 20;
