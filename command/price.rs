//! `tollgate price`: cost of calls, by the same book and the same rules as in the filter.

use crate::json_error;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches, value_parser};
use serde::ser::SerializeMap;
use serde::{Deserialize, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Error, ErrorKind, Write, stderr, stdin, stdout};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};
use tollgate::price::{Book, Cost, PriceQuery, UnknownCost, decimal};
use tollgate::settings::{moment, read_prices};
use tollgate::usage::{Bucket, Unit, Usage};

/// Print the exact cost of calls, or the reason why it is unknown
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct PriceCommand {
    /// Questions, one JSON object per line; "-" or no file: standard input
    #[arg(value_name = "FILE", conflicts_with_all = ["provider", "model"])]
    file: Option<PathBuf>,
    /// Provider, by its name in spans: openai, aws.bedrock, gcp.gemini
    #[arg(long, requires = "model")]
    provider: Option<String>,
    /// Model, as requests or answers name it
    #[arg(long, requires = "provider")]
    model: Option<String>,
    /// Service tier reported by the answer: flex, priority, batch
    #[arg(long, requires = "model")]
    tier: Option<String>,
    /// Region that processed the call: eu, us, us-east-1
    #[arg(long, requires = "model")]
    region: Option<String>,
    /// Time of the call, for prices that depend on the hour: 2026-11-21T03:00:00Z, or seconds since 1970
    #[arg(long, value_parser = when, requires = "model")]
    at: Option<u64>,
    /// Your own prices, aliases and discounts: JSON, like the settings' "prices"
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    #[command(flatten)]
    counts: Counts,
}

const EXAMPLES: &str = r#"One question comes by flags, many come as JSON lines in a file or on standard input. Each gives one line of
JSON: the cost per bucket and in total, as exact decimals in US dollars, and the entry of the price book that
matched; or "unknown" (model, usage, bucket or time) and "why".

Examples:
  What a thousand tokens in and two hundred out cost:
    tollgate price --provider openai --model gpt-4o --input 1000 --output 200

  Of 1000 tokens in, 900 from the cache, on the flex tier, processed in Europe:
    tollgate price --provider openai --model gpt-5.6 --input 100 --cache-read 900 --tier flex --region eu

  A file of questions, with your own prices laid over the book:
    echo '{"provider": "anthropic", "model": "claude-sonnet-4-5", "usage": {"input": 10, "output": 5}}' > calls.jsonl
    echo '{"discounts": [{"provider": "anthropic", "percent": "12.5"}]}' > own.json
    tollgate price calls.jsonl --prices own.json

A question: {"provider", "model", "usage": {BUCKET: COUNT}, "tier", "region", "at"}; the last three may be absent.
Buckets hold disjoint counts: cached tokens are not in "input", reasoning is not in "output".

Exit status: 0 every question was answered, "unknown" being an answer; 1 some lines were no questions; 2 a file
could not be read."#;

/// One flag per bucket of usage.
#[derive(Debug)]
struct Counts(Box<Usage>);

impl FromArgMatches for Counts {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut counts = Self(Box::default());
        counts.update_from_arg_matches(matches)?;
        Ok(counts)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        for bucket in Bucket::ALL {
            if let Some(count) = matches.get_one(bucket.name()) {
                self.0.set(bucket, Some(*count));
            }
        }
        Ok(())
    }
}

impl Args for Counts {
    fn augment_args(command: Command) -> Command {
        let flags = Bucket::ALL.map(|bucket| {
            Arg::new(bucket.name())
                .long(bucket.name().replace('_', "-"))
                .value_name(counted(bucket.unit()))
                .value_parser(value_parser!(u64))
                .requires("model")
                .help_heading("Usage, in disjoint buckets")
        });
        command.args(flags)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

const fn counted(unit: Unit) -> &'static str {
    match unit {
        Unit::Token => "TOKENS",
        Unit::Character => "CHARACTERS",
        Unit::Second => "SECONDS",
        Unit::Image => "IMAGES",
        Unit::Page => "PAGES",
        Unit::Search => "SEARCHES",
        Unit::Request => "REQUESTS",
    }
}

/// One question of a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked<'a> {
    #[serde(borrow)]
    provider: Cow<'a, str>,
    #[serde(borrow)]
    model: Cow<'a, str>,
    #[serde(borrow, default)]
    usage: Option<BTreeMap<Cow<'a, str>, Option<u64>>>,
    #[serde(borrow, default)]
    tier: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    region: Option<Cow<'a, str>>,
    #[serde(default)]
    at: Option<At>,
}

/// A time in either of its forms.
#[derive(Deserialize)]
#[serde(untagged)]
enum At {
    Seconds(u64),
    Text(String),
}

/// One line of output.
#[derive(Serialize)]
#[serde(untagged)]
enum PricedLine<'a> {
    Known { provider: &'a str, model: &'a str, entry: &'a str, cost: Parts<'a>, total: String },
    Unknown { provider: &'a str, model: &'a str, unknown: &'a str, why: &'a str },
    Refused { error: String },
}

/// Cost per bucket, in the order of the buckets.
struct Parts<'a>(&'a [(Bucket, u64)]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (bucket, part) in self.0 {
            map.serialize_entry(bucket.name(), &decimal(*part))?;
        }
        map.end()
    }
}

impl PriceCommand {
    /// Answers on standard output; errors and progress go to standard error.
    pub(crate) fn run(&self) -> ExitCode {
        match self.answer(&mut stdin().lock(), &mut stdout().lock(), &mut stderr()) {
            Ok(0) => ExitCode::SUCCESS,
            Ok(_) => ExitCode::FAILURE,
            // The reader has enough: `head` does this.
            Err(error) if error.kind() == ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            Err(error) => {
                // If this cannot be written either, the exit code reports it.
                let _ = writeln!(stderr(), "error: {error}");
                ExitCode::from(2)
            }
        }
    }

    /// Answers the questions of the arguments, of a file or of `input`, with one line of `output` each. Writes progress
    /// to `notes` when it takes long. Returns the number of lines that are not questions.
    fn answer(&self, input: &mut dyn BufRead, output: &mut dyn Write, notes: &mut dyn Write) -> Result<u64, Error> {
        let book = self.book()?;
        let mut output = BufWriter::new(output);
        if let (Some(provider), Some(model)) = (&self.provider, &self.model) {
            let (tier, region, at) = (self.tier.as_deref(), self.region.as_deref(), self.at);
            let usage = Some(&*self.counts.0);
            answer(
                &book,
                &PriceQuery { provider, model, usage, tier, region, at, ..PriceQuery::default() },
                &mut output,
            )?;
            output.flush()?;
            return Ok(0);
        }
        let refused = match self.file.as_ref().filter(|path| path.as_os_str() != "-") {
            Some(path) => {
                let opened = File::open(path).map_err(|error| named(path, &error))?;
                answer_all(&book, &mut BufReader::new(opened), &mut output, notes)?
            }
            None => answer_all(&book, input, &mut output, notes)?,
        };
        output.flush()?;
        if refused > 0 {
            writeln!(notes, "error: {refused} lines were no questions; their answers say why")?;
        }
        Ok(refused)
    }

    /// The built-in book, with the prices of `--prices`.
    fn book(&self) -> Result<Book, Error> {
        let Some(path) = &self.prices else {
            return Ok(Book::built_in());
        };
        let text = std::fs::read_to_string(path).map_err(|error| named(path, &error))?;
        read_prices(&text).map_err(|problems| Error::other(format!("{}:\n{problems}", path.display())))
    }
}

fn named(path: &Path, error: &Error) -> Error {
    Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Answers line by line. Returns the number of lines that are not questions.
fn answer_all(
    book: &Book,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
    notes: &mut dyn Write,
) -> Result<u64, Error> {
    let (mut line, mut count, mut refused) = (Vec::new(), 0_u64, 0);
    let mut noted = Instant::now();
    loop {
        line.clear();
        if input.read_until(b'\n', &mut line)? == 0 {
            return Ok(refused);
        }
        count += 1;
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        if let Err(error) = answer_line(book, json_error::unmarked(&line), output)? {
            refused += 1;
            write_line(&PricedLine::Refused { error: format!("line {count}: {error}") }, output)?;
        }
        if count % 1024 == 0 && noted.elapsed() >= BETWEEN_NOTES {
            noted = Instant::now();
            writeln!(notes, "{count} lines read")?;
        }
    }
}

/// Answers one line. The inner error is a fault in the line.
fn answer_line(book: &Book, line: &[u8], output: &mut dyn Write) -> Result<Result<(), String>, Error> {
    let asked: Asked<'_> = match serde_json::from_slice(line) {
        Ok(asked) => asked,
        Err(error) => return Ok(Err(json_error::of_line(&error))),
    };
    let usage = match asked.usage.as_ref().map(usage).transpose() {
        Ok(usage) => usage,
        Err(error) => return Ok(Err(error)),
    };
    let at = match asked.at.map(seconds).transpose() {
        Ok(at) => at,
        Err(error) => return Ok(Err(error)),
    };
    let (tier, region) = (asked.tier.as_deref(), asked.region.as_deref());
    let question = PriceQuery {
        provider: &asked.provider,
        model: &asked.model,
        usage: usage.as_ref(),
        tier,
        region,
        at,
        ..PriceQuery::default()
    };
    answer(book, &question, output).map(Ok)
}

fn usage(written: &BTreeMap<Cow<'_, str>, Option<u64>>) -> Result<Usage, String> {
    let mut usage = Usage::default();
    for (name, count) in written {
        let Some(bucket) = Bucket::of_name(name) else {
            let known = Bucket::ALL.map(Bucket::name).join(", ");
            return Err(format!("unknown bucket `{name}`; known: {known}"));
        };
        usage.set(bucket, *count);
    }
    Ok(usage)
}

fn seconds(at: At) -> Result<u64, String> {
    match at {
        At::Seconds(seconds) => Ok(seconds),
        At::Text(text) => when(&text),
    }
}

/// Parses a time for clap, which shows the error behind the flag's name.
fn when(text: &str) -> Result<u64, String> {
    text.parse().or_else(|_| moment(text)).map_err(ToOwned::to_owned)
}

fn answer(book: &Book, question: &PriceQuery<'_>, output: &mut dyn Write) -> Result<(), Error> {
    let PriceQuery { provider, model, .. } = *question;
    match book.cost(question) {
        Cost::Exact { total, parts, entry } => {
            let (cost, total) = (Parts(&parts), decimal(total));
            write_line(&PricedLine::Known { provider, model, entry: &entry, cost, total }, output)
        }
        Cost::Unknown(reason) => {
            let why = match reason {
                UnknownCost::Model => "the book has no entry for this model of this provider",
                UnknownCost::Usage => "no usage, or more than can be believed",
                UnknownCost::Time => "the price depends on the hour: say when",
                UnknownCost::Bucket | UnknownCost::Fee(_) => {
                    "the entry has no price for one of these buckets, or none under this tier for a prompt so long"
                }
            };
            write_line(&PricedLine::Unknown { provider, model, unknown: reason.name(), why }, output)
        }
    }
}

fn write_line(answer: &PricedLine<'_>, output: &mut dyn Write) -> Result<(), Error> {
    serde_json::to_writer(&mut *output, answer)?;
    output.write_all(b"\n")
}

const BETWEEN_NOTES: Duration = Duration::from_secs(2);
