//! What is printed. The standard macros panic when a reader goes away (`| head`), in the middle of what a command does.

use super::Failure;
use std::fmt::Display;
use std::io::{ErrorKind, Write as _};

/// A line on standard output. A reader that went away wants no more of it, and what the command did is done all the same.
pub(super) fn line(text: impl Display) -> Result<(), Failure> {
    whole(format!("{text}\n"))
}

/// The same without the end of a line.
pub(super) fn whole(text: impl Display) -> Result<(), Failure> {
    match written(text) {
        Err(why) if why.kind() == ErrorKind::BrokenPipe => Ok(()),
        done => done.map_err(|why| Failure::usage(format!("standard output: {why}"))),
    }
}

/// What must arrive: a reader that went away is an error too.
pub(super) fn secret(text: &str) -> Result<(), Failure> {
    written(format!("{text}\n")).map_err(|why| Failure::usage(format!("the key could not be handed over: {why}")))
}

fn written(text: impl Display) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    write!(out, "{text}")?;
    out.flush()
}

/// On standard error, for people. If no one reads it, nothing is lost but the words.
pub(super) fn note(text: impl Display) {
    let _ = write!(std::io::stderr().lock(), "{text}");
}
