//! Compresses the price book, a text file in the repository, to an eleventh of its length for the program. Sets `schema`
//! where the settings' declarations are also a JSON schema: in the command, never in the VM.

use flate2::{Compression, write::ZlibEncoder};
use std::io::{Error, Write};
use std::path::Path;

fn main() -> Result<(), Error> {
    println!("cargo::rerun-if-changed={BOOK}");
    println!("cargo::rustc-check-cfg=cfg(schema)");
    let is_command = std::env::var_os("CARGO_FEATURE_COMMAND").is_some();
    if is_command && std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target != "wasm32") {
        println!("cargo::rustc-cfg=schema");
    }
    let folder = std::env::var_os("OUT_DIR").ok_or_else(|| Error::other("cargo names no folder for what is built"))?;
    let book = std::fs::read_to_string(BOOK)?;
    let lines: Vec<&str> = book.lines().filter(|line| !line.starts_with('#')).collect();
    println!("cargo::rustc-env=BOOK_LENGTH={}", lines.iter().map(|line| line.len() + 1).sum::<usize>());
    for column in 0..COLUMNS {
        // Each by itself: alike stands beside alike, and a fifth less is left.
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
        for line in &lines {
            let cell = line.split('\t').nth(column).ok_or_else(|| Error::other(format!("too few columns: {line}")))?;
            writeln!(encoder, "{cell}")?;
        }
        std::fs::write(Path::new(&folder).join(format!("book-{column}.zlib")), encoder.finish()?)?;
    }
    Ok(())
}

const BOOK: &str = "src/price/book.txt";
/// Provider, model and words.
const COLUMNS: usize = 3;
