//! How a command fails: with an exit code and a text.

use std::fmt;
use tenancy_rls::live;

/// What ends the program.
pub(super) struct CommandError {
    pub(super) code: u8,
    pub(super) text: String,
}

impl CommandError {
    pub(super) fn usage(text: impl fmt::Display) -> Self {
        Self { code: 2, text: text.to_string() }
    }

    pub(super) fn database(text: impl fmt::Display) -> Self {
        Self { code: 3, text: text.to_string() }
    }
}

impl From<live::LiveError> for CommandError {
    fn from(error: live::LiveError) -> Self {
        match std::error::Error::source(&error) {
            Some(source) => Self::database(format!("{error}: {source}")),
            None => Self::usage(error),
        }
    }
}

impl From<diesel::result::Error> for CommandError {
    fn from(error: diesel::result::Error) -> Self {
        Self::database(error)
    }
}
