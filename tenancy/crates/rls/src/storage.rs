//! How a table stores its organization.

use tenancy::schema::DeclaredTable;

/// How an organization table stores its organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Storage {
    /// As `uuid`.
    Uuid,
    /// As `bytea`.
    Binary,
    /// As text.
    Text,
}

/// That of a table, if it has one.
pub fn storage(table: &DeclaredTable) -> Option<Storage> {
    let column = table.column(table.organization.as_deref()?)?;
    match column.sql_type.rsplit("::").next()? {
        "Uuid" => Some(Storage::Uuid),
        "Binary" => Some(Storage::Binary),
        // As `schema!` has it: diesel knows them for one type, and PostgreSQL compares `varchar` with `text` as it is.
        "Text" | "Varchar" | "VarChar" => Some(Storage::Text),
        _ => None,
    }
}
