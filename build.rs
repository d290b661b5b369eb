//! Compresses the price book and the models' capabilities, text files in the repository, to a fraction of their length for
//! the program. Sets `schema` where the settings' declarations are also a JSON schema: in the command, never in the VM.

use flate2::{Compression, write::ZlibEncoder};
use std::collections::{BTreeMap, HashSet};
use std::io::{Error, Write};
use std::path::{Path, PathBuf};

fn main() -> Result<(), Error> {
    println!("cargo::rustc-check-cfg=cfg(schema)");
    let is_command = std::env::var_os("CARGO_FEATURE_COMMAND").is_some();
    if is_command && std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target != "wasm32") {
        println!("cargo::rustc-cfg=schema");
    }
    let folder = std::env::var_os("OUT_DIR").ok_or_else(|| Error::other("cargo names no folder for what is built"))?;
    let folder = PathBuf::from(folder);
    let book = Table::read(BOOK)?;
    pack_book(&book, &folder)?;
    pack_capabilities(&book, &Table::read(CAPABILITIES)?, &folder)
}

/// A text of lines with cells between tabs.
struct Table(String);

impl Table {
    fn read(path: &str) -> Result<Self, Error> {
        println!("cargo::rerun-if-changed={path}");
        Ok(Self(std::fs::read_to_string(path)?))
    }

    /// Lines without the head.
    fn lines(&self) -> impl Iterator<Item = &str> {
        self.0.lines().filter(|line| !line.starts_with('#'))
    }

    /// First cell of each line, and the others.
    fn rows(&self) -> Result<Vec<(&str, &str)>, Error> {
        self.lines().map(|line| line.split_once('\t').ok_or_else(|| too_few(line))).collect()
    }
}

fn too_few(line: &str) -> Error {
    Error::other(format!("too few columns: {line}"))
}

/// Packs each column by itself: alike stands beside alike, and a fifth less is left.
fn pack_book(book: &Table, folder: &Path) -> Result<(), Error> {
    println!("cargo::rustc-env=BOOK_LENGTH={}", book.lines().map(|line| line.len() + 1).sum::<usize>());
    for column in 0..COLUMNS {
        let cells: Result<Vec<&str>, Error> =
            book.lines().map(|line| line.split('\t').nth(column).ok_or_else(|| too_few(line))).collect();
        pack(&cells?, &folder.join(format!("book-{column}.zlib")))?;
    }
    Ok(())
}

/// Packs the facts in the order of the book's models, without names, so that those which the book has are not there twice. A
/// model of the book without facts, or whose name came before, has an empty line. Then come whole lines of other models.
fn pack_capabilities(book: &Table, capabilities: &Table, folder: &Path) -> Result<(), Error> {
    let mut known: BTreeMap<&str, &str> = capabilities.rows()?.into_iter().collect();
    let mut seen = HashSet::new();
    let mut facts = Vec::new();
    for (provider, rest) in book.rows()? {
        let (model, _) = rest.split_once('\t').ok_or_else(|| too_few(rest))?;
        if seen.insert((provider, model)) {
            facts.push(known.remove(model).unwrap_or_default());
        }
    }
    facts.extend(
        capabilities.lines().filter(|line| line.split('\t').next().is_some_and(|name| known.contains_key(name))),
    );
    pack(&facts, &folder.join("capabilities.zlib"))
}

fn pack(lines: &[&str], file: &Path) -> Result<(), Error> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    for line in lines {
        writeln!(encoder, "{line}")?;
    }
    std::fs::write(file, encoder.finish()?)
}

const BOOK: &str = "src/price/book.txt";
/// Provider, model and words.
const COLUMNS: usize = 3;
const CAPABILITIES: &str = "src/capability/models.txt";
