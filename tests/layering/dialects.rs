//! Files of a wire API: one short file, or a folder with the same files as any other's.

use crate::sources::files;
use std::path::Path;

/// Maximum number of lines of an API in one file.
const LONGEST: usize = 300;

/// Files of every API in a folder.
const FILES: [&str; 3] = ["request.rs", "answer.rs", "piece.rs"];

#[test]
fn an_api_is_one_short_file_or_a_folder_with_the_same_files() {
    let files = files(&["src/dialect"]);
    let exists = |path: &Path| files.iter().any(|(other, _)| other == path);
    let apis: Vec<_> = files.iter().filter(|(_, text)| text.contains(" const API: Api =")).collect();
    assert!(apis.len() > 20, "{} APIs", apis.len());
    for (path, text) in apis {
        if path.ends_with("mod.rs") {
            for file in FILES {
                assert!(exists(&path.with_file_name(file)), "{} has no {file} beside it", path.display());
            }
        } else {
            assert!(text.lines().count() <= LONGEST, "{} is longer than {LONGEST} lines", path.display());
        }
    }
}
