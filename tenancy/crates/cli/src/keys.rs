//! `tenancy keys`.

use super::connection::DatabaseUrl;
use super::out::{self, Format};
use super::outcome::CommandError;
use clap::{Args, Subcommand};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use tenancy::db::seal::SealKey;
use tenancy_rls::keyring;

#[derive(Subcommand)]
pub(super) enum Keys {
    /// Makes a key and publishes it. The keys before it stay.
    Mint {
        #[command(flatten)]
        database: DatabaseUrl,
        #[command(flatten)]
        to: Destination,
    },
    /// Makes a key, publishes it, and ends the keys before it after a time.
    ///
    /// In that time give the new key to every process of the service: tokens of both are believed. It must be longer
    /// than that takes and than a token lives.
    Rotate {
        #[command(flatten)]
        database: DatabaseUrl,
        #[command(flatten)]
        to: Destination,
        /// How long the earlier keys are believed: `90s`, `15m`, `2h`.
        #[arg(long, default_value = "1h", value_parser = duration)]
        grace: Duration,
        /// Wait until then, and delete them.
        #[arg(long)]
        wait: bool,
    },
    /// Lists the keys that the database knows, without the keys.
    List {
        #[command(flatten)]
        database: DatabaseUrl,
    },
    /// Ends a key, and deletes those whose end is past.
    Retire {
        #[command(flatten)]
        database: DatabaseUrl,
        /// Its id. Without one, only what is past its end is deleted.
        kid: Option<String>,
        /// How long it is still believed: at once unless set.
        #[arg(long, default_value = "0s", value_parser = duration)]
        grace: Duration,
    },
}

/// Where the new key is written. A holder of the key can act for every organization.
#[derive(Args)]
#[group(required = true, multiple = false)]
pub(super) struct Destination {
    /// A new file that only you may read.
    #[arg(long, value_parser = file)]
    out: Option<PathBuf>,
    /// Standard output, for a pipe into a secret store.
    #[arg(long)]
    stdout: bool,
}

/// Elsewhere `-` means standard output; here it would be a file in the current folder with a key in it.
fn file(text: &str) -> Result<PathBuf, String> {
    if text == "-" { Err("`-` is no file: for standard output give --stdout".to_owned()) } else { Ok(text.into()) }
}

fn duration(text: &str) -> Result<Duration, String> {
    let known = [("s", 1), ("m", 60), ("h", 60 * 60), ("d", 24 * 60 * 60)];
    let found = known.iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, *seconds)));
    let number = found.and_then(|(number, seconds)| number.parse::<u32>().ok()?.checked_mul(seconds));
    number.map(|seconds| Duration::from_secs(seconds.into())).ok_or("write `90s`, `15m`, `2h` or `1d`".to_owned())
}

impl Destination {
    /// Before it is published: a key that was published and then lost would be of no use.
    fn write(&self, key: &SealKey) -> Result<(), CommandError> {
        match &self.out {
            Some(path) => {
                let written = private_file(path).and_then(|mut file| writeln!(file, "{}", *key.expose()));
                written.map_err(|error| CommandError::usage(format!("cannot write {}: {error}", path.display())))
            }
            None => out::secret(&key.expose()),
        }
    }
}

fn private_file(path: &Path) -> std::io::Result<std::fs::File> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

pub(super) async fn run(command: Keys, format: Format) -> Result<ExitCode, CommandError> {
    match command {
        Keys::Mint { database, to } => {
            let (mut conn, key) = (database.connect().await?, SealKey::generate().map_err(CommandError::usage)?);
            to.write(&key)?;
            keyring::publish(&mut conn, &key).await?;
            say(format, &format!("the key {} is published", key.kid()), key.kid())
        }
        Keys::Rotate { database, to, grace, wait } => {
            let (mut conn, key) = (database.connect().await?, SealKey::generate().map_err(CommandError::usage)?);
            to.write(&key)?;
            keyring::rotate(&mut conn, &key, grace).await?;
            let text = format!("the key {} is published; those before it end in {} s", key.kid(), grace.as_secs());
            say(format, &text, key.kid())?;
            if wait {
                tokio::time::sleep(grace + Duration::from_secs(1)).await;
                out::note(format!("{} keys deleted\n", keyring::forget(&mut conn).await?));
            }
            Ok(ExitCode::SUCCESS)
        }
        Keys::List { database } => list(&database, format).await,
        Keys::Retire { database, kid, grace } => {
            let mut conn = database.connect().await?;
            if let Some(kid) = &kid
                && !keyring::retire(&mut conn, kid, grace).await?
            {
                return Err(CommandError::usage(format!("the database knows no key `{kid}`")));
            }
            let deleted = keyring::forget(&mut conn).await?;
            say(format, &format!("{deleted} keys deleted"), kid.as_deref().unwrap_or_default())
        }
    }
}

/// For people on standard error: standard output may be a pipe that takes the key.
fn say(format: Format, text: &str, kid: &str) -> Result<ExitCode, CommandError> {
    match format {
        Format::Text => out::note(format!("{text}\n")),
        Format::Json => out::note(format!("{}\n", serde_json::json!({ "kid": kid, "done": text }))),
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(database: &DatabaseUrl, format: Format) -> Result<ExitCode, CommandError> {
    let keys = keyring::list(&mut database.connect().await?).await?;
    if format == Format::Json {
        out::json(&serde_json::to_string_pretty(&keys).map_err(CommandError::usage)?)?;
        return Ok(ExitCode::SUCCESS);
    }
    out::line(format!("{:<34}{:>12}  believed", "key", "age in s"))?;
    for key in keys {
        let left = match key.seconds_left {
            None => "without an end".to_owned(),
            Some(seconds) if seconds > 0 => format!("for {seconds} s"),
            Some(_) => "no longer".to_owned(),
        };
        out::line(format!("{:<34}{:>12}  {left}", key.kid, key.age_seconds))?;
    }
    Ok(ExitCode::SUCCESS)
}
