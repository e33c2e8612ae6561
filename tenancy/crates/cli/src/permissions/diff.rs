//! `tenancy permissions diff`.

use super::files::{model, model_of, position, read};
use super::{found, print_json};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use tenancy_permission_model::{Change, ChangeKind};

/// Says which permissions a new model gives to more subjects than an old one, from the same relationships.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Diff {
    /// The model that is in use.
    #[arg(value_name = "OLD")]
    old: PathBuf,
    /// The model that is to replace it.
    #[arg(value_name = "NEW")]
    new: PathBuf,
    /// Exits with 0 although a permission is wider or changed.
    #[arg(long)]
    allow_widening: bool,
}

const HELP: &str = "\
Example, in CI:
  git show origin/main:permissions.zed > old.zed
  tenancy permissions diff old.zed permissions.zed

  wider     more subjects may have it: an operand of `+` or a subject type was added, one of `&` or behind `-` removed
  narrower  no subject has it that did not have it before
  changed   neither could be proven; treat it as wider
  added     the old model does not have it
  removed   the new model does not have it

What is computed from a changed name is listed too, with that name behind `through`.

Exit codes:
  0  no permission is wider or changed, or --allow-widening is given
  1  a permission is wider or changed
  2  the arguments or a file are not usable";

pub(super) fn run(args: &Diff, format: Format) -> Result<ExitCode, CommandError> {
    let text = read(&args.new)?;
    let (old, new) = (model(&args.old)?, model_of(&args.new, &text)?);
    let changes = new.changes_since(&old);
    let widens = changes.iter().any(|change| change.kind.is_widening());
    match format {
        Format::Text => print(args, &text, &changes)?,
        Format::Json => {
            let line = |change: &Change| change.span.map(|span| position(&text, span.start).0);
            let listed = changes.iter().map(|change| {
                json!({
                    "name": format!("{}#{}", change.definition, change.name), "kind": change.kind.name(),
                    "line": line(change), "before": change.before, "after": change.after, "through": change.through,
                })
            });
            print_json(&json!({ "widens": widens, "changes": listed.collect::<Vec<_>>() }))?;
        }
    }
    Ok(found(widens && !args.allow_widening))
}

fn print(args: &Diff, text: &str, changes: &[Change]) -> Result<(), CommandError> {
    for change in changes {
        let place = match change.span {
            Some(span) => {
                let (line, column) = position(text, span.start);
                format!("{}:{line}:{column}", args.new.display())
            }
            None => args.old.display().to_string(),
        };
        out::line(format!("{:<9} {}#{}  ({place})", change.kind, change.definition, change.name))?;
        if !change.through.is_empty() {
            out::line(format!("          through {}", change.through.join(", ")))?;
            continue;
        }
        for (when, said) in [("was", &change.before), ("now", &change.after)] {
            if let Some(said) = said {
                out::line(format!("          {when}: {said}"))?;
            }
        }
    }
    out::line(summary(changes))
}

fn summary(changes: &[Change]) -> String {
    use ChangeKind::{Added, Changed, Narrower, Removed, Wider};
    let count = |kind: ChangeKind| changes.iter().filter(|change| change.kind == kind).count();
    let counts = [Wider, Changed, Narrower, Added, Removed].map(|kind| format!("{} {kind}", count(kind)));
    counts.join(", ")
}
