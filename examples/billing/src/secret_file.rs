//! Secrets come from files, never from arguments.

use crate::StartError;
use secrecy::SecretString;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

/// A file's text without the line's end.
///
/// # Errors
/// When it cannot be read, is empty, or everybody on the machine may read it.
pub(crate) fn read(path: &Path) -> Result<SecretString, StartError> {
    let name = path.display();
    let failed = |error| StartError::Usage(format!("cannot read {name}: {error}"));
    let mode = std::fs::metadata(path).map_err(failed)?.permissions().mode();
    if mode & 0o007 != 0 {
        return Err(StartError::Usage(format!("everybody may read {name}: chmod o= {name}")));
    }
    let text = std::fs::read_to_string(path).map_err(failed)?;
    let text = text.trim_end();
    if text.is_empty() {
        return Err(StartError::Usage(format!("{name} is empty")));
    }
    Ok(text.to_owned().into())
}
