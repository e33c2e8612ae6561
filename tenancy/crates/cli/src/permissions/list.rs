//! `tenancy permissions list` and `log`: what is stored, and what was written.

use super::database::Relationships;
use super::{print_json, times};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::process::ExitCode;
use std::time::SystemTime;
use tenancy_permits::sql::{Filter, LogLine, Page, StoredRelationship};

/// Lists the stored relationships of an organization, sorted by object.
#[derive(Args)]
#[command(after_help = LIST)]
pub(crate) struct List {
    #[command(flatten)]
    place: Relationships,
    /// Those about this object, as `type:id`.
    #[arg(long, value_name = "TYPE:ID")]
    object: Option<String>,
    /// Those of this relation.
    #[arg(long, value_name = "NAME")]
    relation: Option<String>,
    /// Those that name this subject, as `type:id`, `type:id#relation` or `type:*`.
    #[arg(long, value_name = "SUBJECT")]
    subject: Option<String>,
    /// How many are listed at most. The command says when there are more.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// Prints the log of an organization's relationships, the newest change first: what was changed, when, by which account, why.
#[derive(Args)]
#[command(after_help = LOG)]
pub(crate) struct Log {
    #[command(flatten)]
    place: Relationships,
    /// Begin with the line before the one of this number.
    #[arg(long, value_name = "NUMBER")]
    before: Option<i64>,
    /// How many lines are printed at most. The command says when there are more.
    #[arg(long, value_name = "N", default_value_t = 50)]
    limit: usize,
}

const LIST: &str = "\
Example:
  tenancy permissions list --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 --relation owner

  prints, for instance:
    organization:6f1a6b3e-0000-4000-8000-000000000007#owner@user:anna  written 2026-11-30T21:00:00Z by cli:root

A relationship that has expired is listed, and marked, until it is written again or deleted. What a subject may do follows from
the model: ask with `tenancy permissions who`, `what` and `explain`.

Exit codes:
  0  done, also when nothing was found, or more than --limit
  2  the arguments, the model or the tables are not usable
  3  the database was not reached, or refused";

const LOG: &str = "\
Example:
  tenancy permissions log --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 --limit 10

  prints, for instance:
    12  2026-11-30T21:00:00Z  touch  invoice:1#viewer@user:bob  by cli:root: asked for by the accountant

The log is append-only. Once an organization is deleted, its earlier lines lose the texts that name people.

Exit codes:
  0  done, also when nothing was found, or more than --limit
  2  the arguments, the model or the tables are not usable
  3  the database was not reached, or refused";

pub(super) async fn list(args: &List, format: Format) -> Result<ExitCode, CommandError> {
    let parse =
        |flag: &str, error: tenancy_permits::ParseRelationshipError| CommandError::usage(format!("{flag}: {error}"));
    let object = args.object.as_deref().map(str::parse).transpose().map_err(|error| parse("--object", error))?;
    let subject = args.subject.as_deref().map(str::parse).transpose().map_err(|error| parse("--subject", error))?;
    let filter = Filter::Matching { object, relation: args.relation.clone(), subject };
    let organization = args.place.organization()?;
    let Page { items, more, .. } = args.place.engine().await?.read_page(organization, &filter, args.limit).await?;
    let now = SystemTime::now();
    if format == Format::Json {
        let listed: Vec<_> = items.iter().map(|stored| document(stored, now)).collect();
        print_json(&json!({ "relationships": listed, "more": more }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for stored in &items {
        let text = times::relationship(&stored.relationship);
        let expired = if has_expired(stored, now) { "  expired" } else { "" };
        let (at, by) = (times::text(stored.written_at), &stored.written_by);
        out::line(format!("{text}  written {at} by {by}{expired}"))?;
    }
    match (items.len(), more) {
        (0, false) => out::line("no such relationship is stored")?,
        (shown, true) => out::line(format!(
            "there are more than these {shown}: raise --limit, or name --object, --relation or --subject"
        ))?,
        _ => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn has_expired(stored: &StoredRelationship, now: SystemTime) -> bool {
    stored.relationship.expires_at.is_some_and(|expires| expires <= now)
}

fn document(stored: &StoredRelationship, now: SystemTime) -> serde_json::Value {
    json!({
        "relationship": stored.relationship.to_string(),
        "expires_at": stored.relationship.expires_at.map(times::text),
        "expired": has_expired(stored, now),
        "written_at": times::text(stored.written_at),
        "written_by": stored.written_by,
    })
}

pub(super) async fn log(args: &Log, format: Format) -> Result<ExitCode, CommandError> {
    let organization = args.place.organization()?;
    let Page { items, more, .. } = args.place.engine().await?.read_log(organization, args.before, args.limit).await?;
    if format == Format::Json {
        let lines: Vec<_> = items.iter().map(line).collect();
        print_json(&json!({ "lines": lines, "more": more }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for LogLine { number, written_at, operation, relationship, expires_at, by, reason, .. } in &items {
        let at = times::text(*written_at);
        let expires = expires_at.map(|at| format!("[expiration:{}]", times::text(at))).unwrap_or_default();
        out::line(format!("{number}  {at}  {operation}  {relationship}{expires}  by {by}: {reason}"))?;
    }
    match (items.last(), more) {
        (None, false) => out::line("the log has no line")?,
        (None, true) => out::line("there are lines: raise --limit")?,
        (Some(last), true) => {
            out::line(format!("there are older lines: give --before {}, or raise --limit", last.number))?
        }
        (Some(_), false) => {}
    }
    Ok(ExitCode::SUCCESS)
}

fn line(line: &LogLine) -> serde_json::Value {
    json!({
        "number": line.number,
        "written_at": times::text(line.written_at),
        "by": line.by,
        "reason": line.reason,
        "operation": line.operation,
        "relationship": line.relationship,
        "expires_at": line.expires_at.map(times::text),
    })
}
