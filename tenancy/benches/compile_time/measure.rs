//! Runs cargo with this program in place of rustc, and reads off how long rustc took.
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::generate::Case;

/// Where the wrapper leaves the time of the crate that is measured.
const LOG: &str = "TENANCY_COMPILE_TIME_LOG";

/// Seconds of one run of rustc.
#[derive(Clone, Copy)]
pub(crate) struct Sample {
    /// By the clock.
    pub(crate) wall: f64,
    /// On the processor, system time included; other people's work does not count. `None` where /proc is absent.
    pub(crate) cpu: Option<f64>,
}

pub(crate) fn is_wrapper() -> bool {
    std::env::var_os(LOG).is_some()
}

/// Runs rustc as it was called, leaves its time, and ends as it ended.
pub(crate) fn wrap() -> ! {
    let mut arguments = std::env::args_os().skip(1);
    let rustc = arguments.next().expect("cargo names rustc first");
    let start = Instant::now();
    let status = Command::new(rustc).args(arguments).status().expect("rustc can be run");
    let wall = start.elapsed().as_secs_f64();
    let cpu = children_cpu().map(|cpu| cpu.to_string()).unwrap_or_default();
    let log = std::env::var_os(LOG).expect("the wrapper knows its log");
    fs::write(log, format!("{wall} {cpu}")).expect("the target folder can be written");
    std::process::exit(status.code().unwrap_or(1))
}

/// User and system time of the children that ended, in seconds; Linux counts them in hundredths.
fn children_cpu() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let fields = stat.rsplit_once(')')?.1.split_whitespace().collect::<Vec<_>>();
    let ticks = fields.get(13)?.parse::<f64>().ok()? + fields.get(14)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// Builds what the crates depend on, so that only they remain.
pub(crate) fn dependencies(workspace: &Path) {
    check(workspace, &["--workspace"]);
}

/// Compiles one crate again.
pub(crate) fn rustc(workspace: &Path, case: Case) -> Sample {
    let root = workspace.join(case.package()).join("src/lib.rs");
    let now = std::time::SystemTime::now();
    let file = fs::File::options().append(true).open(root).expect("the crate was written");
    file.set_modified(now).expect("the target folder can be written");
    check(workspace, &["-p", &case.package()]);
    let log = fs::read_to_string(log(workspace)).expect("the wrapper left a time");
    let mut times = log.split_whitespace().map(|time| time.parse::<f64>().expect("a time is a number"));
    Sample { wall: times.next().expect("the wrapper left a time"), cpu: times.next() }
}

fn log(workspace: &Path) -> PathBuf {
    workspace.join("time")
}

fn check(workspace: &Path, packages: &[&str]) {
    let this = std::env::current_exe().expect("a program knows its own file");
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--quiet", "--offline", "--jobs=1"])
        .args(packages)
        .current_dir(workspace)
        .env("RUSTC_WRAPPER", this)
        .env(LOG, log(workspace))
        // Incremental compilation would find that nothing changed.
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_TARGET_DIR", workspace.join("target"))
        .env_remove("RUSTFLAGS")
        .status()
        .expect("cargo can be run");
    assert!(status.success(), "the generated crates compile");
}
