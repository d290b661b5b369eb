//! Instructions, counted by callgrind.

use crate::parts::Part;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The argument with which callgrind is given this program.
pub(crate) const COUNT: &str = "count";

/// Where valgrind is; `None` where it is not installed.
pub(crate) fn valgrind() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join("valgrind")).find(|file| file.is_file())
}

/// All that is counted.
#[inline(never)]
fn counted_part(work: &mut dyn FnMut()) {
    work();
    black_box(());
}

/// After this callgrind tells its count.
#[inline(never)]
pub(crate) fn told_part(_: Part, work: &mut dyn FnMut()) {
    counted_part(work);
    black_box(());
}

/// Instructions of the parts, in their order. Calls of `host_side` are left out: entered while counting, it stops that.
pub(crate) fn count(valgrind: &Path, parts: usize) -> Vec<u64> {
    let folder = std::env::temp_dir().join(format!("tollgate-cost-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(valgrind);
    command
        .args(["--tool=callgrind", "--quiet", "--compress-strings=no", "--compress-pos=no"])
        .args(["--toggle-collect=*counted_part*", "--toggle-collect=*host_side*", "--dump-after=*told_part*"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(std::env::current_exe().unwrap())
        .arg(COUNT);
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let dumps = (1..=parts).map(|number| std::fs::read_to_string(folder.join(format!("out.{number}"))).unwrap());
    let counts = dumps.map(|dump| read(&dump)).collect();
    if std::env::var_os("KEEP_COUNTS").is_some() {
        println!("callgrind's files are in {}", folder.display());
    } else {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    counts
}

/// Reads the total of a dump.
fn read(dump: &str) -> u64 {
    let total = dump.lines().find_map(|line| line.strip_prefix("totals: ")).expect("a total");
    total.trim().parse().unwrap()
}
