//! `tenancy permissions check`.

use super::files::{engine, model, validation};
use super::{found, print_json};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::SystemTime;
use tenancy_permits::{CheckError, ObjectRef, Relationship, SubjectRef};

/// Says whether a subject has a permission, given a file of relationships, and which relationships give it.
#[derive(Args)]
#[command(after_help = HELP)]
pub(crate) struct Check {
    /// The model.
    #[arg(long, value_name = "FILE")]
    model: PathBuf,
    /// A YAML file with `relationships`, such as a validation file of `tenancy permissions test`.
    #[arg(long, value_name = "FILE")]
    relationships: PathBuf,
    /// The object, as `type:id`.
    resource: String,
    /// The relation or permission.
    permission: String,
    /// The subject, as `type:id` or `type:id#relation`.
    subject: String,
}

const HELP: &str = "\
Example:
  tenancy permissions check --model permissions.zed --relationships permissions.test.yaml invoice:1 void user:anna

  prints, for instance:
    allowed
      invoice:1#organization@organization:7
      organization:7#owner@user:anna

Exit codes:
  0  the subject has the permission
  1  it does not have it, or relationships lead further than 50 steps
  2  the arguments or a file are not usable, or the model lacks the name";

pub(super) fn run(args: &Check, format: Format) -> Result<ExitCode, CommandError> {
    let model = model(&args.model)?;
    let file = validation(&args.relationships, &model)?;
    let engine = engine(&args.relationships, &file)?;
    let resource: ObjectRef = args.resource.parse().map_err(CommandError::usage)?;
    let subject: SubjectRef = args.subject.parse().map_err(CommandError::usage)?;
    let answer = engine.explain(&resource, &args.permission, &subject, SystemTime::now());
    let (path, too_deep) = match answer {
        Ok(path) => (path, None),
        Err(error @ CheckError::TooDeep { .. }) => (None, Some(error.to_string())),
        Err(error) => return Err(CommandError::usage(error)),
    };
    match format {
        Format::Text => print(path.as_deref(), too_deep.as_deref())?,
        Format::Json => {
            let steps: Vec<String> = path.iter().flatten().map(ToString::to_string).collect();
            print_json(&json!({ "allowed": path.is_some(), "path": steps, "error": too_deep }))?;
        }
    }
    Ok(found(path.is_none()))
}

fn print(path: Option<&[Relationship]>, too_deep: Option<&str>) -> Result<(), CommandError> {
    match (path, too_deep) {
        (Some(path), _) => {
            out::line("allowed")?;
            path.iter().try_for_each(|step| out::line(format!("  {step}")))
        }
        (None, Some(error)) => out::line(format!("denied: {error}")),
        (None, None) => out::line("denied"),
    }
}
