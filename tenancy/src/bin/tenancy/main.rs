//! The command line.
#![forbid(unsafe_code)]

mod audit;

use clap::Parser;
use std::process::ExitCode;

/// Multi-organization services on diesel: the second wall and its audit.
#[derive(Debug, Parser)]
#[command(name = "tenancy", version)]
enum Command {
    /// Audits a database against the declaration, and a service's source.
    Audit(Box<audit::AuditArgs>),
}

fn main() -> ExitCode {
    match Command::parse() {
        Command::Audit(args) => audit::run(&args),
    }
}
