//! Reading `docs/deploy`.

use serde_json::Value;
use std::path::PathBuf;

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../docs/deploy")
}

pub(crate) fn text(path: &str) -> String {
    std::fs::read_to_string(folder().join(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}

/// The documents of a YAML file.
pub(crate) fn yaml(path: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(&text(path)).unwrap_or_else(|why| panic!("{path}: {why}"))
}
