//! Arguments that `rls plan`, `rls apply` and `rls ready` share.

use super::outcome::CommandError;
use clap::ValueEnum;
use std::io::Read as _;
use std::path::Path;
use tenancy::schema::Manifest;
use tenancy_rls::Level;

#[derive(Clone, Copy, ValueEnum)]
pub(super) enum LevelArg {
    Sealed,
    Unsealed,
}

impl LevelArg {
    pub(super) fn level(self) -> Level {
        match self {
            Self::Sealed => Level::Sealed,
            Self::Unsealed => Level::Unsealed,
        }
    }
}

pub(super) fn read_manifest(path: &Path) -> Result<Manifest, CommandError> {
    let name = path.display();
    let text = read(path).map_err(|error| CommandError::usage(format!("cannot read {name}: {error}")))?;
    Manifest::from_json(&text).map_err(|error| CommandError::usage(format!("{name} is no manifest: {error}")))
}

fn read(path: &Path) -> std::io::Result<String> {
    if path == Path::new("-") {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(path)
}
