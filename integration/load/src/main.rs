//! Load for the benchmark: the client, the provider and the collector around the measured Envoy.
//!
//! One thread per connection, with blocking reads and writes: no scheduling except the kernel's, and pauses finer than
//! the millisecond of event loops.

mod drive;
mod embeddings;
mod hold;
mod http;
mod latencies;
mod messages;
mod options;
mod prompt;
mod provider;
mod server;
mod sink;
mod turn;

use options::Options;
use std::process::ExitCode;

const USAGE: &str = "\
load provider --port P               a provider of OpenAI chat completions and embeddings, and of Anthropic messages
load sink --port P                   a collector that takes everything
load drive --address HOST:PORT --turn small|large|stream|embeddings --key KEY --connections N --seconds S
           [--events N] [--batch N] [--gap-us U]
                                     calls, as fast as they are answered; prints what was measured
load hold --address HOST:PORT --key KEY --count N --events N
                                     streams that stay open, silent or after N events, until a line of input";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let ran = Options::read(words).and_then(|options| match command.as_str() {
        "provider" => provider::run(&options),
        "sink" => sink::run(&options),
        "drive" => drive::run(&options),
        "hold" => hold::run(&options),
        _ => Err(std::io::Error::other(USAGE)),
    });
    match ran {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("load: {error}");
            ExitCode::FAILURE
        }
    }
}
