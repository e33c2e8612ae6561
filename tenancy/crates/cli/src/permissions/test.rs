//! `tenancy permissions test`.

use super::files::{engine, model, validation};
use super::{found, print_json};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::SystemTime;
use tenancy_permission_model::Model;
use tenancy_permits::validation::Report;

/// Runs the assertions of SpiceDB's validation files against a model, in memory.
///
/// A file has `relationships` and `assertions` (`assertTrue`, `assertFalse`). It needs no `schema`. If it has one, or names a
/// `schemaFile`, that must say the same as the model.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Test {
    /// The model.
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Validation files.
    #[arg(value_name = "TESTS", required = true)]
    tests: Vec<PathBuf>,
}

const HELP: &str = "\
Example:
  tenancy permissions test permissions.zed permissions.test.yaml

  with this in permissions.test.yaml:
    relationships: |
      organization:7#owner@user:anna
      invoice:1#organization@organization:7
    assertions:
      assertTrue:
        - invoice:1#void@user:anna
      assertFalse:
        - invoice:1#void@user:bob

`zed validate` runs the same files against SpiceDB when they have a `schema` or `schemaFile`.

Exit codes:
  0  every assertion holds
  1  an assertion does not hold
  2  the arguments or a file are not usable, or the model does not allow a relationship";

pub(super) fn run(args: &Test, format: Format) -> Result<ExitCode, CommandError> {
    let model = model(&args.model)?;
    let reports = args.tests.iter().map(|path| Ok((path.as_path(), report(path, &model)?)));
    let reports: Vec<(&Path, Report)> = reports.collect::<Result<_, CommandError>>()?;
    match format {
        Format::Text => print(&reports)?,
        Format::Json => print_json(&document(&reports))?,
    }
    Ok(found(reports.iter().any(|(_, report)| !report.passed())))
}

fn report(path: &Path, model: &Model) -> Result<Report, CommandError> {
    let file = validation(path, model)?;
    Ok(file.run(&engine(path, &file)?, SystemTime::now()))
}

fn print(reports: &[(&Path, Report)]) -> Result<(), CommandError> {
    for (path, report) in reports {
        for failure in report.failures() {
            out::line(format!("{}:{}: {failure}", path.display(), failure.assertion.line))?;
        }
        for note in report.notes() {
            out::line(format!("{}: note: {note}", path.display()))?;
        }
        if report.checked() == 0 {
            out::line(format!("{}: note: the file has no assertions", path.display()))?;
        }
    }
    let (hold, checked) = totals(reports);
    out::line(format!("{hold} of {checked} assertions hold"))
}

fn totals(reports: &[(&Path, Report)]) -> (usize, usize) {
    let checked: usize = reports.iter().map(|(_, report)| report.checked()).sum();
    let failed: usize = reports.iter().map(|(_, report)| report.failures().len()).sum();
    (checked - failed, checked)
}

fn document(reports: &[(&Path, Report)]) -> Value {
    let failures = reports.iter().flat_map(|(path, report)| {
        report.failures().iter().map(move |failure| {
            let (found, error) = match &failure.found {
                Ok(allowed) => (Some(*allowed), None),
                Err(error) => (None, Some(error)),
            };
            json!({
                "file": path, "line": failure.assertion.line, "assertion": failure.assertion.to_string(),
                "expected": failure.assertion.expected, "found": found, "error": error,
            })
        })
    });
    let failures: Vec<Value> = failures.collect();
    let notes = reports
        .iter()
        .flat_map(|(path, report)| report.notes().iter().map(move |note| json!({ "file": path, "note": note })));
    let notes: Vec<Value> = notes.collect();
    let (hold, checked) = totals(reports);
    json!({ "checked": checked, "hold": hold, "failures": failures, "notes": notes })
}
