//! Sources of the project, for tests about them.

use std::path::{Path, PathBuf};

fn sources(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

/// Every source file of some folders, with its text.
pub(crate) fn files(folders: &[&str]) -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    folders.iter().for_each(|folder| sources(&root.join(folder), &mut paths));
    paths.sort();
    let read = |path: PathBuf| {
        let text = std::fs::read_to_string(&path).unwrap();
        (path.strip_prefix(root).unwrap().to_owned(), text)
    };
    paths.into_iter().map(read).collect()
}

/// Every source file of the core with its text, each by its path within `src/`. A module that is a crate of its own is
/// read as if it lay there too.
pub(crate) fn core_files() -> Vec<(PathBuf, String)> {
    let own = files(&["src"]).into_iter().map(|(path, text)| (path.strip_prefix("src").unwrap().to_owned(), text));
    let crates = ["document", "redaction"].into_iter().flat_map(|module| {
        let folder = format!("crates/{module}/src");
        let files = files(&[&folder]).into_iter();
        files.map(move |(path, text)| {
            let within = path.strip_prefix(&folder).unwrap();
            let within = if within == Path::new("lib.rs") { Path::new("mod.rs") } else { within };
            (Path::new(module).join(within), text.replace("crate::", &format!("crate::{module}::")))
        })
    });
    own.chain(crates).collect()
}

/// The module that a line of `src/lib.rs` declares, or takes from a crate of its own.
pub(crate) fn module_of(line: &str) -> Option<&str> {
    let declared = line
        .strip_prefix("pub mod ")
        .or_else(|| line.strip_prefix("pub use ")?.split_once(" as ").map(|(_, name)| name));
    declared?.strip_suffix(';')
}
