//! `tenancy explain`: the page of an error code.

use super::out::{self, Format};
use super::outcome::CommandError;
use std::process::ExitCode;
use tenancy::errors;

/// Prints the page of an error code: what is wrong, why, and what to write instead.
///
/// Compile errors and run-time errors of `tenancy` end in a code such as TEN0001. Without a code, the codes are listed.
#[derive(clap::Args)]
pub(super) struct Explain {
    /// For example TEN0001.
    code: Option<String>,
}

pub(super) fn run(command: &Explain, format: Format) -> Result<ExitCode, CommandError> {
    match &command.code {
        None => listed(format)?,
        Some(code) => explained(code, format)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn explained(code: &str, format: Format) -> Result<(), CommandError> {
    let known = errors::codes().find(|known| known.eq_ignore_ascii_case(code));
    let Some((code, page)) = known.and_then(|code| Some((code, errors::page(code)?))) else {
        return Err(CommandError::usage(format!(
            "there is no error code `{code}`; `tenancy explain` without a code lists them"
        )));
    };
    match format {
        Format::Text => out::whole(page),
        Format::Json => out::line(serde_json::json!({ "code": code, "title": title(page), "page": page })),
    }
}

fn listed(format: Format) -> Result<(), CommandError> {
    let pages = errors::codes().filter_map(|code| Some((code, title(errors::page(code)?))));
    match format {
        Format::Text => out::whole(pages.map(|(code, title)| format!("{code}  {title}\n")).collect::<String>()),
        Format::Json => {
            let pages: Vec<_> =
                pages.map(|(code, title)| serde_json::json!({ "code": code, "title": title })).collect();
            out::line(serde_json::Value::from(pages))
        }
    }
}

/// What the first line of a page says behind its code.
fn title(page: &str) -> &str {
    let first = page.lines().next().unwrap_or_default();
    first.split_once(": ").map_or(first, |(_, title)| title)
}
