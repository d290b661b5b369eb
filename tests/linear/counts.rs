//! Instructions of a case at several sizes, counted by callgrind, or, to find what is worth counting, its time.

use crate::calls;
use crate::cases::{Case, Reach};
use crate::exchanges::Exchange;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// The first word of the arguments with which callgrind is given this program: to run a case once for each size.
pub(crate) const COUNT: &str = "count";

/// How much more four times the input may cost. What grows with the square of the input is found from 512 kB to 2 MB where
/// it is 4.3 % of the linear work at 512 kB. A bound of 5 from 1 to 4 MB would find as little, at twice the price: 9 % at
/// 1 MB, which is 4.5 % at 512 kB. What is searched in a map grows by 4.3.
const MOST: f64 = 4.5;

/// Sizes in bytes.
const SIZES: [usize; 3] = [64 << 10, 256 << 10, 1 << 20];
const FAR: [usize; 4] = [32 << 10, 128 << 10, 512 << 10, 2 << 20];

/// At which of them a case is counted.
fn sizes(case: &Case, is_suspicious: bool) -> &'static [usize] {
    match case.reach {
        Reach::Far => &FAR,
        _ if is_suspicious => &SIZES,
        Reach::Counted | Reach::Timed => &SIZES[..2],
    }
}

/// At which size a case is timed, and at sixteen times that.
fn few(case: &Case) -> usize {
    if case.reach == Reach::Timed { 24 << 10 } else { SIZES[1] }
}

/// Where valgrind is; `None` where it is not installed.
pub(crate) fn valgrind() -> Option<PathBuf> {
    let paths = std::env::var_os("PATH")?;
    std::env::split_paths(&paths).map(|folder| folder.join("valgrind")).find(|file| file.is_file())
}

/// All that is counted.
#[inline(never)]
fn counted_call(case: &Case, exchange: &Exchange) {
    black_box(calls::call(black_box(exchange), case.piece, case.keeps));
}

/// After this callgrind tells its count: of one function it takes but one order.
#[inline(never)]
fn told_call(case: &Case, exchange: &Exchange) {
    counted_call(case, exchange);
    black_box(());
}

/// Runs the cases that the arguments name, each at the sizes behind its name; before that a small one of each, so that
/// what is made once is made.
pub(crate) fn run(cases: &[Case], words: &[String]) {
    let mut chosen = None;
    for word in words.iter().skip(1) {
        match (chosen, word.parse::<usize>()) {
            (Some(case), Ok(size)) => told_call(case, &(case.make)(size)),
            _ => {
                let case = cases.iter().find(|case| case.name == *word).expect("a case");
                calls::call(&(case.make)(1 << 10), case.piece, case.keeps);
                chosen = Some(case);
            }
        }
    }
}

/// A case to be counted, and whether it is suspicious.
pub(crate) type Doubt<'c> = (&'c Case, bool);

/// Instructions of some cases at each of their sizes.
pub(crate) fn count(valgrind: &Path, batch: &[Doubt<'_>]) -> Vec<Vec<u64>> {
    let number = std::thread::current().id();
    let folder = std::env::temp_dir().join(format!("tollgate-linear-{}-{number:?}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut command = Command::new(valgrind);
    command
        .args(["--tool=callgrind", "--quiet", "--toggle-collect=*counted_call*", "--dump-after=*told_call*"])
        .arg(format!("--callgrind-out-file={}", folder.join("out").display()))
        .arg(std::env::current_exe().unwrap())
        .arg(COUNT);
    for (case, is_suspicious) in batch {
        command.arg(&case.name).args(sizes(case, *is_suspicious).iter().map(usize::to_string));
    }
    let ran = command.output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let mut dumps = (1..).map(|number| {
        let dump = std::fs::read_to_string(folder.join(format!("out.{number}"))).unwrap();
        let total = dump.lines().find_map(|line| line.strip_prefix("totals: ")).expect("a total");
        total.trim().parse::<u64>().unwrap()
    });
    let sizes = batch.iter().map(|(case, is_suspicious)| sizes(case, *is_suspicious).len());
    let counts = sizes.map(|sizes| dumps.by_ref().take(sizes).collect()).collect();
    std::fs::remove_dir_all(&folder).unwrap();
    counts
}

/// Names the fault in the counts of a case.
pub(crate) fn verdict(case: &Case, counts: &[u64]) -> Option<String> {
    let most = ratios(counts).fold(0.0, f64::max);
    (most > MOST).then(|| format!("{}: {most:.1} times the instructions for four times the input", case.name))
}

fn ratios(counts: &[u64]) -> impl Iterator<Item = f64> {
    counts.windows(2).map(|pair| pair[1] as f64 / pair[0].max(1) as f64)
}

/// A table of instructions for each byte, and of how they grow.
pub(crate) fn table(cases: &[Doubt<'_>], counts: &[Vec<u64>]) {
    println!(
        "instructions for each byte at 32, 128, 512 kB, 2 MB, or 64, 256 kB, 1 MB; growth for four times the input"
    );
    for ((case, is_suspicious), counts) in cases.iter().zip(counts) {
        let sizes = sizes(case, *is_suspicious);
        let each = counts.iter().zip(sizes).map(|(count, size)| format!("{:8.1}", *count as f64 / *size as f64));
        let growth = ratios(counts).map(|ratio| format!("{ratio:6.2}"));
        let (each, growth) = (each.collect::<String>(), growth.collect::<String>());
        println!("{each:32} {growth:18}  {}", case.name.escape_debug());
    }
}

/// Suspects cases of which 16 times the input takes much more than 16 times as long, by the best of several times:
/// others than we may use the machine.
pub(crate) fn is_suspicious(case: &Case) -> bool {
    let [few, many] = [(case.make)(few(case)), (case.make)(16 * few(case))];
    let time = |exchange: &Exchange, times: usize| {
        let start = Instant::now();
        (0..times).for_each(|_| counted_call(case, exchange));
        start.elapsed()
    };
    // Quadratic time is 256 times as long, but for what is linear in it; linear time may be 40, for memory that is new.
    if time(&many, 1) <= time(&few, 1).max(Duration::from_micros(20)) * 60 {
        return false;
    }
    // What takes about as long is interrupted about as often.
    let mut best = [Duration::MAX; 2];
    (0..8).all(|_| {
        best = [best[0].min(time(&few, 16)), best[1].min(time(&many, 1))];
        best[1] > best[0] * 4
    })
}
