//! The command `tollgate`: the filter's core at a prompt. The command does the I/O, the core the decoding.

mod price;
mod replay;
mod schema;
mod translate;
mod json_error;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Tollgate's core at a prompt: decodes, records and prices calls as the filter in Envoy does, without an Envoy.
#[derive(Parser)]
#[command(version, max_term_width = 100, arg_required_else_help = true)]
struct Tollgate {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Price(price::PriceCommand),
    Replay(replay::Replay),
    Schema(schema::SchemaCommand),
    Translate(translate::TranslateCommand),
}

fn main() -> ExitCode {
    match Tollgate::parse().task {
        Task::Price(price) => price.run(),
        Task::Replay(replay) => replay.run(),
        Task::Schema(schema) => schema.run(),
        Task::Translate(translate) => translate.run(),
    }
}
