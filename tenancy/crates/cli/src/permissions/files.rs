//! Models and relationships as files.

use crate::outcome::CommandError;
use std::path::Path;
use tenancy_permission_model::{Model, ModelError};
use tenancy_permits::MemoryEngine;
use tenancy_permits::validation::{ValidationFile, ValidationFileError};

/// Files of more bytes are refused: a model has 256 KiB at most.
const LARGEST: u64 = 64 * 1024 * 1024;

pub(super) fn read(path: &Path) -> Result<String, CommandError> {
    let cannot = |why: std::io::Error| CommandError::usage(format!("cannot read {}: {why}", path.display()));
    if std::fs::metadata(path).map_err(cannot)?.len() > LARGEST {
        return Err(CommandError::usage(format!("{} has more than 64 MiB", path.display())));
    }
    std::fs::read_to_string(path).map_err(cannot)
}

/// Reads a model that must be right.
pub(super) fn model(path: &Path) -> Result<Model, CommandError> {
    model_of(path, &read(path)?)
}

/// Reads the text of a file as a model that must be right.
pub(super) fn model_of(path: &Path, text: &str) -> Result<Model, CommandError> {
    Model::parse(text).map_err(|errors| unreadable(path, &errors))
}

fn unreadable(path: &Path, errors: &[ModelError]) -> CommandError {
    let lines =
        errors.iter().map(|error| format!("\n{}:{}:{}: {}", path.display(), error.line, error.column, error.message));
    CommandError::usage(format!("{} is not a model:{}", path.display(), lines.collect::<String>()))
}

/// Reads a validation file for a model. A `schemaFile` in it is a path from the folder of the file.
pub(super) fn validation(path: &Path, model: &Model) -> Result<ValidationFile, CommandError> {
    let folder = path.parent().unwrap_or(Path::new(""));
    let read_schema = |named: &str| {
        let unreadable = |failure: CommandError| ValidationFileError::SchemaUnreadable {
            path: named.to_owned(),
            message: failure.text,
        };
        read(&folder.join(named)).map_err(unreadable)
    };
    let file = ValidationFile::parse_against(&read(path)?, model, read_schema);
    file.map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))
}

/// Returns an engine with the file's relationships.
pub(super) fn engine(path: &Path, file: &ValidationFile) -> Result<MemoryEngine, CommandError> {
    file.memory_engine().map_err(|error| CommandError::usage(format!("{}: {error}", path.display())))
}

/// Returns the line and the column of a byte, both from 1. The column counts characters.
pub(super) fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}
