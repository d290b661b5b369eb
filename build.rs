//! Compresses the price book, a text file in the repository, to a ninth of its length for the program. Sets `schema` where
//! the settings' declarations are also a JSON schema: in the command, never in the VM.

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
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&std::fs::read(BOOK)?)?;
    std::fs::write(Path::new(&folder).join("book.zlib"), encoder.finish()?)
}

const BOOK: &str = "src/price/book.txt";
