//! What is printed. The standard macros panic when a reader goes away (`| head`), in the middle of what a command does.

use super::outcome::CommandError;
use clap::ValueEnum;
use std::fmt::Display;
use std::io::{ErrorKind, IsTerminal as _, Write as _};

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum Output {
    #[default]
    #[value(alias = "table")]
    Text,
    Json,
    /// SARIF 2.1.0, for code scanning; of `audit` only.
    Sarif,
}

/// A line on standard output. A reader that went away wants no more of it, and what the command did is done all the same.
pub(super) fn line(text: impl Display) -> Result<(), CommandError> {
    whole(format!("{}\n", plain(text)))
}

/// For programs, which get every name as it is.
pub(super) fn json(text: &str) -> Result<(), CommandError> {
    whole(format!("{text}\n"))
}

/// SQL: as it is for a file or a pipe, and so that it can be read on a terminal.
pub(super) fn sql(text: &str) -> Result<(), CommandError> {
    if std::io::stdout().is_terminal() { whole(plain(text)) } else { whole(text) }
}

/// Names come from the database, and a terminal obeys what its owners wrote into them: what controls it is shown instead.
fn plain(text: impl Display) -> String {
    let shown = |letter: char| match letter {
        '\n' | '\t' => letter.to_string(),
        _ if tenancy_audit::render::controls(letter) => letter.escape_unicode().to_string(),
        _ => letter.to_string(),
    };
    text.to_string().chars().map(shown).collect()
}

/// The same without the end of a line.
pub(super) fn whole(text: impl Display) -> Result<(), CommandError> {
    match written(text) {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(|why| CommandError::usage(format!("standard output: {why}"))),
    }
}

/// What must arrive: a reader that went away is an error too, and so is a standard output that was closed, in whose place
/// the runtime opens `/dev/null`.
pub(super) fn secret(text: &str) -> Result<(), CommandError> {
    if leads_nowhere() {
        return Err(CommandError::usage("the key could not be handed over: standard output leads nowhere"));
    }
    written(format!("{text}\n")).map_err(|why| CommandError::usage(format!("the key could not be handed over: {why}")))
}

#[cfg(unix)]
fn leads_nowhere() -> bool {
    use std::os::fd::AsFd as _;
    use std::os::unix::fs::MetadataExt as _;
    let output = std::io::stdout().as_fd().try_clone_to_owned().map(std::fs::File::from);
    let device =
        |file: std::io::Result<std::fs::Metadata>| file.ok().map(|known| known.rdev()).filter(|rdev| *rdev != 0);
    let output = device(output.and_then(|file| file.metadata()));
    output.is_some() && output == device(std::fs::metadata("/dev/null"))
}

#[cfg(not(unix))]
fn leads_nowhere() -> bool {
    false
}

fn written(text: impl Display) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{text}")?;
    out.flush()
}

/// On standard error, for people. If no one reads it, nothing is lost but the words.
pub(super) fn note(text: impl Display) {
    let _ = write!(std::io::stderr().lock(), "{}", plain(text));
}
