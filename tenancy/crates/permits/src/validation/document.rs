//! The YAML of a validation file.

use super::error::ValidationFileError;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_saphyr::Spanned;

/// SpiceDB ignores other keys. Here they are refused: a misspelled `assertions` must not pass.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Document {
    pub(super) schema: Option<String>,
    #[serde(rename = "schemaFile")]
    pub(super) schema_file: Option<String>,
    pub(super) relationships: Option<String>,
    pub(super) assertions: Option<Assertions>,
    pub(super) validation: Option<IgnoredAny>,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(super) struct Assertions {
    pub(super) assert_true: Option<Vec<Spanned<String>>>,
    pub(super) assert_false: Option<Vec<Spanned<String>>>,
    pub(super) assert_caveated: Option<Vec<Spanned<String>>>,
}

impl Document {
    pub(super) fn parse(text: &str) -> Result<Self, ValidationFileError> {
        serde_saphyr::from_str(text).map_err(|error| ValidationFileError::Yaml { message: error.to_string() })
    }

    /// Takes the text of the schema, from the file or through `read`.
    pub(super) fn schema(
        &mut self,
        read: impl FnOnce(&str) -> Result<String, ValidationFileError>,
    ) -> Result<Option<String>, ValidationFileError> {
        match (self.schema.take(), self.schema_file.take()) {
            (Some(schema), None) => Ok(Some(schema)),
            (None, Some(path)) => read(&path).map(Some),
            (Some(_), Some(_)) => Err(ValidationFileError::TwoSchemas),
            (None, None) => Ok(None),
        }
    }
}
