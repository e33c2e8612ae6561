//! `tenancy permissions grant` and `revoke`.

use super::database::Relationships;
use super::{found, print_json, times};
use crate::out::{self, Format};
use crate::outcome::CommandError;
use clap::Args;
use serde_json::json;
use std::process::ExitCode;
use tenancy_permits::sql::{Change, Written};
use tenancy_permits::{ObjectRef, Relationship};

/// Stores relationships of one organization, all of them or none.
#[derive(Args)]
#[command(after_help = GRANT)]
pub(crate) struct Grant {
    #[command(flatten)]
    place: Relationships,
    #[command(flatten)]
    log: Attribution,
    /// When the relationships end, in UTC: `2030-01-01T00:00:00Z`. An `[expiration:..]` of a relationship is used before this.
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// Fail if one of them is stored already. Without this, its expiry is replaced.
    #[arg(long)]
    create: bool,
    /// Relationships, as `type:id#relation@type:id`.
    #[arg(required = true, value_name = "RELATIONSHIP")]
    relationships: Vec<String>,
}

/// Deletes relationships of one organization, all of them or none.
#[derive(Args)]
#[command(after_help = REVOKE)]
pub(crate) struct Revoke {
    #[command(flatten)]
    place: Relationships,
    #[command(flatten)]
    log: Attribution,
    /// Relationships, as `type:id#relation@type:id`.
    #[arg(required = true, value_name = "RELATIONSHIP")]
    relationships: Vec<String>,
}

/// What the log says of a change.
#[derive(Args)]
struct Attribution {
    /// Why, for the log.
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// The account that makes the change, for the log. Default: `cli:` and your user name.
    #[arg(long, value_name = "TEXT", conflicts_with = "actor")]
    by: Option<String>,
    /// Make the change on behalf of a person, who needs the permission that guards the relation, and what the relation gives.
    /// The log names that person.
    #[arg(long = "as", value_name = "TYPE:ID")]
    actor: Option<String>,
}

const GRANT: &str = "\
Example:
  tenancy permissions grant --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 --reason 'hired' \\
    'organization:6f1a6b3e-0000-4000-8000-000000000007#accountant@user:https=3A/issuer|anna'

  prints, for instance:
    granted organization:6f1a6b3e-0000-4000-8000-000000000007#accountant@user:https=3A/issuer|anna
    1 stored

The database must be used with this model: `tenancy permissions migrate --model FILE` records it. Without --as the command does
not ask who may grant: the role in the URL is trusted with every relationship.

Exit codes:
  0  the relationships are stored, also where they were before
  1  refused, and nothing was changed: a cycle, the last owner, stored already (--create), or the person of --as may not
  2  the arguments, the model or the tables are not usable, or the model does not allow a relationship
  3  the database was not reached, or refused";

const REVOKE: &str = "\
Example:
  tenancy permissions revoke --model permissions.zed --org 6f1a6b3e-0000-4000-8000-000000000007 --reason 'left' \\
    'organization:6f1a6b3e-0000-4000-8000-000000000007#accountant@user:https=3A/issuer|anna'

  prints, for instance:
    revoked organization:6f1a6b3e-0000-4000-8000-000000000007#accountant@user:https=3A/issuer|anna
    1 deleted

From the next check on the person does not have what the relationship gave. What another relationship gives remains: look with
`tenancy permissions explain`.

Exit codes:
  0  the relationships are deleted
  1  one of them was not stored; or refused, and nothing was changed: the last owner, or the person of --as may not
  2  the arguments, the model or the tables are not usable
  3  the database was not reached, or refused";

pub(super) async fn grant(args: &Grant, format: Format) -> Result<ExitCode, CommandError> {
    let relationships = parsed(&args.relationships, args.expires.as_deref())?;
    let make = if args.create { Change::create } else { Change::touch };
    let written = write(&args.place, &args.log, &relationships, make).await?;
    let listed: Vec<String> = relationships.iter().map(times::relationship).collect();
    if format == Format::Json {
        let Written { stored, unchanged, .. } = written;
        print_json(&json!({ "granted": listed, "stored": stored, "unchanged": unchanged }))?;
        return Ok(ExitCode::SUCCESS);
    }
    listed.iter().try_for_each(|text| out::line(format!("granted {text}")))?;
    match written.unchanged {
        0 => out::line(format!("{} stored", written.stored))?,
        all if all == written.stored => {
            out::line("nothing changed: stored before, with the same expiry")?;
        }
        some => {
            out::line(format!("{} stored, of which {some} were stored before with the same expiry", written.stored))?
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn revoke(args: &Revoke, format: Format) -> Result<ExitCode, CommandError> {
    let relationships = parsed(&args.relationships, None)?;
    let written = write(&args.place, &args.log, &relationships, Change::delete).await?;
    let Written { deleted, not_found, .. } = written;
    let listed: Vec<String> = relationships.iter().map(ToString::to_string).collect();
    match format {
        Format::Json => print_json(&json!({ "named": listed, "deleted": deleted, "not_found": not_found }))?,
        Format::Text if deleted == 0 => {
            out::line("nothing changed: no such relationship is stored for this organization")?
        }
        Format::Text if not_found > 0 => out::line(format!("{deleted} deleted, and {not_found} were not stored"))?,
        Format::Text => {
            listed.iter().try_for_each(|text| out::line(format!("revoked {text}")))?;
            out::line(format!("{deleted} deleted"))?;
        }
    }
    Ok(found(not_found > 0))
}

async fn write(
    place: &Relationships,
    log: &Attribution,
    relationships: &[Relationship],
    make: fn(Option<uuid::Uuid>, Relationship) -> Change,
) -> Result<Written, CommandError> {
    let organization = place.organization()?;
    let changes: Vec<Change> = relationships.iter().map(|one| make(organization, one.clone())).collect();
    let author = log.author()?;
    let engine = place.engine().await?;
    let written = match author {
        Author::Person(actor) => engine.write_as(&actor, &changes, &log.reason).await,
        Author::Account(by) => engine.write(&changes, &by, &log.reason).await,
    };
    Ok(written?)
}

enum Author {
    /// Must be allowed to.
    Person(ObjectRef),
    /// Is written down.
    Account(String),
}

impl Attribution {
    fn author(&self) -> Result<Author, CommandError> {
        match (&self.actor, &self.by) {
            (Some(actor), _) => {
                let actor = actor.parse().map_err(|error| CommandError::usage(format!("--as {actor}: {error}")))?;
                Ok(Author::Person(actor))
            }
            (None, Some(by)) => Ok(Author::Account(by.clone())),
            (None, None) => {
                let name = std::env::var("USER").ok().filter(|name| !name.trim().is_empty());
                let missing = || CommandError::usage("name the account that makes the change with --by");
                Ok(Author::Account(format!("cli:{}", name.ok_or_else(missing)?)))
            }
        }
    }
}

fn parsed(texts: &[String], expires: Option<&str>) -> Result<Vec<Relationship>, CommandError> {
    let one = |text: &String| {
        let with_expiry = match expires {
            Some(expires) if !text.contains('[') => format!("{text}[expiration:{expires}]"),
            _ => text.clone(),
        };
        with_expiry.parse().map_err(|error| CommandError::usage(format!("{text}: {error}")))
    };
    texts.iter().map(one).collect()
}
