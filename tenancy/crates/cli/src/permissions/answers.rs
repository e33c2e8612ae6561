//! `tenancy permissions explain`, `who` and `what`: what follows from stored relationships.

use super::database::Relationships;
use super::{files, print_json, times};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tenancy_permits::sql::{Explanation, Question, SqlEngine, Subjects};
use tenancy_permits::{ObjectRef, ParseRelationshipError, SubjectRef};

/// How many objects one statement checks.
const CHUNK: usize = 1_000;

/// Says why a subject has a permission, or does not have it.
#[derive(Args)]
#[command(after_help = EXPLAIN)]
pub(crate) struct Explain {
    #[command(flatten)]
    place: Relationships,
    /// The object, as `type:id`.
    resource: String,
    /// The relation or permission.
    permission: String,
    /// The subject, as `type:id` or `type:id#relation`.
    subject: String,
}

/// Lists who has a permission of an object.
#[derive(Args)]
#[command(after_help = WHO)]
pub(crate) struct Who {
    #[command(flatten)]
    place: Relationships,
    /// The object, as `type:id`.
    resource: String,
    /// The relation or permission.
    permission: String,
    /// The type of the subjects.
    #[arg(long = "type", value_name = "TYPE", default_value = "user")]
    kind: String,
    /// How many subjects may be looked at. Where relationships name more, nothing is printed.
    #[arg(long, value_name = "N", default_value_t = 1_000)]
    limit: usize,
}

/// Lists the objects of a type of which a subject has a permission.
#[derive(Args)]
#[command(after_help = WHAT)]
pub(crate) struct What {
    #[command(flatten)]
    place: Relationships,
    /// The subject, as `type:id` or `type:id#relation`.
    subject: String,
    /// The relation or permission.
    permission: String,
    /// The type of the objects.
    #[arg(value_name = "TYPE")]
    kind: String,
    /// A file with the ids of objects, one in each line, `-` for standard input: those are asked about. Objects whose type has a
    /// relation to its organization are rows of your own table, and need this.
    #[arg(long, value_name = "FILE")]
    ids: Option<PathBuf>,
    /// How many objects may be listed. Where there are more, nothing is printed.
    #[arg(long, value_name = "N", default_value_t = 1_000, conflicts_with = "ids")]
    limit: usize,
}

const EXPLAIN: &str = "\
Example:
  tenancy permissions explain --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 invoice:1 void user:anna

  prints the relationships that give the permission, from the object on:
    allowed
      invoice:1#organization@organization:6f1a6b3e-0000-4000-8000-000000000007
      organization:6f1a6b3e-0000-4000-8000-000000000007#owner@user:anna

  or what said no:
    denied
      `organization:6f1a6b3e-0000-4000-8000-000000000007#owner` does not lead to the subject

The object belongs to the organization of --org, as in a check of the service: the relationship to it is given.

Exit codes:
  0  explained, also a denial
  2  the arguments, the model or the tables are not usable, or the model lacks a name
  3  the database was not reached, or refused";

const WHO: &str = "\
Example:
  tenancy permissions who --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 invoice:1 void

  prints, for instance:
    user:anna
    user:bob

`user:*` in the list means every user, but for those behind `except`.

Exit codes:
  0  listed, also when no subject has the permission
  2  the arguments, the model or the tables are not usable, the model lacks a name, or more than --limit are named
  3  the database was not reached, or refused";

const WHAT: &str = "\
Example:
  tenancy permissions what --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 user:anna view team

  of rows of your own table, here of the table `invoices`:
  psql -XAtc \"SELECT id FROM invoices WHERE org_id = '6f1a6b3e-0000-4000-8000-000000000007'\" > ids
  tenancy permissions what --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 user:anna void invoice --ids ids

Exit codes:
  0  listed, also when it is no object
  2  the arguments, the model or the tables are not usable, the model lacks a name, or there are more than --limit
  3  the database was not reached, or refused";

/// Whether a subject has a permission, and why.
pub(super) async fn explanation(
    place: &Relationships,
    (resource, permission, subject): (&str, &str, &str),
) -> Result<Explanation, CommandError> {
    let resource: ObjectRef = resource.parse().map_err(CommandError::usage)?;
    let subject: SubjectRef = subject.parse().map_err(CommandError::usage)?;
    let context = place.context()?;
    let engine = place.engine().await?;
    let question = Question { resource: &resource, permission, subject: &subject, context };
    let decision = engine.check(&question).await?;
    let explanation = engine.explain(&question).await?;
    if explanation.allowed != decision.allowed {
        // A write came between the two.
        return Err(CommandError::database("the relationships changed meanwhile: ask again"));
    }
    Ok(explanation)
}

pub(super) async fn explain(args: &Explain, format: Format) -> Result<ExitCode, CommandError> {
    let asked = (args.resource.as_str(), args.permission.as_str(), args.subject.as_str());
    let Explanation { allowed, path, reasons, .. } = explanation(&args.place, asked).await?;
    let path: Vec<String> = path.iter().map(times::relationship).collect();
    match format {
        Format::Json => print_json(&json!({ "allowed": allowed, "path": path, "reasons": reasons }))?,
        Format::Text => {
            out::line(if allowed { "allowed" } else { "denied" })?;
            path.iter().chain(&reasons).try_for_each(|line| out::line(format!("  {line}")))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn who(args: &Who, format: Format) -> Result<ExitCode, CommandError> {
    let resource: ObjectRef = args.resource.parse().map_err(CommandError::usage)?;
    let context = args.place.context()?;
    let engine = args.place.engine().await?;
    let found = engine.lookup_subjects(&resource, &args.permission, &args.kind, args.limit, &context).await?;
    let named = |ids: &[String]| ids.iter().map(|id| format!("{}:{id}", args.kind)).collect::<Vec<_>>();
    let Subjects { ids, everyone_else, except, .. } = &found;
    if format == Format::Json {
        print_json(&json!({ "subjects": named(ids), "everyone_else": everyone_else, "except": named(except) }))?;
        return Ok(ExitCode::SUCCESS);
    }
    if *everyone_else {
        let except = if except.is_empty() { String::new() } else { format!(" except {}", named(except).join(", ")) };
        out::line(format!("{}:*{except}", args.kind))?;
    }
    named(ids).iter().try_for_each(out::line)?;
    if ids.is_empty() && !everyone_else {
        out::line(format!("no {} has `{}` of `{resource}`", args.kind, args.permission))?;
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn what(args: &What, format: Format) -> Result<ExitCode, CommandError> {
    let subject: SubjectRef = args.subject.parse().map_err(CommandError::usage)?;
    let ids = match &args.ids {
        Some(_) if args.place.organization()?.is_none() => {
            return Err(CommandError::usage("--ids needs --org: the rows belong to an organization"));
        }
        file => file.as_deref().map(read_ids).transpose()?,
    };
    let engine = args.place.engine().await?;
    let ids = match ids {
        Some(ids) => allowed(&engine, args, &subject, ids).await?,
        None => {
            let context = args.place.context()?;
            engine.lookup_resources(&args.kind, &args.permission, &subject, args.limit, &context).await?
        }
    };
    let listed: Vec<String> = ids.iter().map(|id| format!("{}:{id}", args.kind)).collect();
    match format {
        Format::Json => print_json(&json!({ "objects": listed }))?,
        Format::Text if listed.is_empty() => {
            out::line(format!("`{subject}` has `{}` of no {}", args.permission, args.kind))?;
        }
        Format::Text => listed.iter().try_for_each(out::line)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// The ids of those that the subject has the permission of, in the order of the file.
async fn allowed(
    engine: &SqlEngine,
    args: &What,
    subject: &SubjectRef,
    ids: Vec<String>,
) -> Result<Vec<String>, CommandError> {
    let unreadable = |error: ParseRelationshipError| CommandError::usage(format!("--ids: {error}"));
    let parse = |id: &String| format!("{}:{id}", args.kind).parse::<ObjectRef>().map_err(unreadable);
    let objects: Vec<ObjectRef> = ids.iter().map(parse).collect::<Result<_, _>>()?;
    let mut found = Vec::new();
    for objects in objects.chunks(CHUNK) {
        let context = args.place.context()?;
        let decisions = engine.check_many(objects, &args.permission, subject, &context).await?;
        let with = objects.iter().zip(decisions).filter(|(_, decision)| decision.allowed);
        found.extend(with.map(|(object, _)| object.id().to_owned()));
    }
    Ok(found)
}

fn read_ids(path: &Path) -> Result<Vec<String>, CommandError> {
    let text = if path == Path::new("-") {
        std::io::read_to_string(std::io::stdin())
            .map_err(|why| CommandError::usage(format!("cannot read --ids: {why}")))?
    } else {
        files::read(path)?
    };
    Ok(text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect())
}
