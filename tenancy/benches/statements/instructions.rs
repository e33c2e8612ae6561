//! Counts instructions: runs this program again under `valgrind --tool=callgrind`, which writes its count down at
//! [`counting_begins`] and at [`counting_ends`], so nothing but the statements is counted, in all threads.

use super::modes::{Bench, Mode};
use super::report::Pair;
use std::hint::black_box;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::{env, fs};

/// Runs of a statement before it is counted: caches are warm then.
const WARM: u32 = 8;
/// Counted runs.
const RUNS: u32 = 64;

// Callgrind finds the two by their names: they must stay functions of their own.

#[inline(never)]
fn counting_begins() {
    black_box(());
}

#[inline(never)]
fn counting_ends() {
    black_box(0);
}

fn counted(work: &mut dyn FnMut()) {
    (0..WARM).for_each(|_| work());
    counting_begins();
    (0..RUNS).for_each(|_| work());
    counting_ends();
}

/// The counted program: runs every pair and names it.
struct Counted;

impl Bench for Counted {
    fn pair(&mut self, statement: &'static str, scoped: &mut dyn FnMut(), plain: &mut dyn FnMut()) {
        counted(scoped);
        counted(plain);
        println!("{statement}");
    }
}

/// What the program does under callgrind.
pub fn run_counted(mode: Mode) {
    mode.visit(&mut Counted);
}

/// Counts every pair of `mode`.
pub fn count(mode: Mode) -> Result<Vec<Pair>, String> {
    let folder = env::temp_dir().join(format!("tenancy-bench-{}", std::process::id()));
    fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let counted = count_in(mode, &folder);
    // A folder of the temporary files' own; what stays behind does no harm.
    let _ = fs::remove_dir_all(&folder);
    counted
}

fn count_in(mode: Mode, folder: &Path) -> Result<Vec<Pair>, String> {
    let program = env::current_exe().map_err(|error| error.to_string())?;
    let out = folder.join("count");
    let done = Command::new("valgrind")
        .args(["--quiet", "--tool=callgrind", "--dump-before=*counting_begins*", "--dump-before=*counting_ends*"])
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(["--counted", mode.name()])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot run valgrind ({error}): apt-get install valgrind"))?;
    if !done.status.success() {
        let _ = std::io::stderr().write_all(&done.stderr);
        return Err(format!("the counted program failed: {}", done.status));
    }
    let statements = String::from_utf8_lossy(&done.stdout);
    statements.lines().enumerate().map(|(n, statement)| pair(&out, n, statement)).collect()
}

/// Each pair leaves four counts: before the scoped statement and of it, before the plain one and of it.
fn pair(out: &Path, n: usize, statement: &str) -> Result<Pair, String> {
    let count = |place: usize| total(&format!("{}.{}", out.display(), 4 * n + place));
    Ok(Pair { statement: statement.to_owned(), scoped: count(2)?, plain: count(4)? })
}

/// The instructions of one dump, a run.
fn total(path: &str) -> Result<f64, String> {
    let dump = fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let total = dump.lines().find_map(|line| line.strip_prefix("totals: "));
    let total: f64 = total.and_then(|total| total.trim().parse().ok()).ok_or(format!("{path}: no totals"))?;
    Ok(total / f64::from(RUNS))
}
