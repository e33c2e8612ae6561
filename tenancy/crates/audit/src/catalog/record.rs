//! How a record of a document is declared and read.

use serde::{Deserialize, Deserializer};

macro_rules! records {
    ($($(#[$note:meta])* $name:ident { $($field:ident: $kind:ty,)* })*) => {$(
        $(#[$note])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(default)]
        pub(crate) struct $name {
            $(#[serde(deserialize_with = "none_is_empty")] pub(crate) $field: $kind,)*
        }
    )*};
}
pub(super) use records;

/// An object's number in the server. For a role, 0 is PUBLIC.
pub(crate) type Oid = i64;

/// SQL's `agg` over nothing is NULL; here that is the empty list.
pub(super) fn none_is_empty<'de, D: Deserializer<'de>, T: Deserialize<'de> + Default>(from: D) -> Result<T, D::Error> {
    Ok(Option::<T>::deserialize(from)?.unwrap_or_default())
}
