//! Reading `docs/deploy`.

use serde::Deserialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::PathBuf;
use tenancy::secrets::{SecretField, SecretRef};

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

/// The references of the service's configuration, by their fields.
pub(crate) fn references(config: &str) -> BTreeMap<String, SecretRef> {
    #[derive(Deserialize)]
    struct Config {
        secrets: BTreeMap<String, SecretField>,
    }
    let config: Config = toml::from_str(config).expect("it is TOML");
    let reference = |(name, field): (String, SecretField)| {
        let reference = field.reference(&name).expect("a reference and no literal");
        (name, reference)
    };
    config.secrets.into_iter().map(reference).collect()
}
