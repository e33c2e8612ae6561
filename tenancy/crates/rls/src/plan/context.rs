//! What the steps are made from.

use crate::catalog::Catalog;
use crate::options::Options;
use crate::quote;
use crate::storage::storage;
use tenancy::schema::{DeclaredTable, Manifest, TableKind};

/// Why there is no plan.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// The declaration was written by hand, or damaged.
    #[error(
        "the table `{0}` is an organization table without an organization column of type `Uuid`, `Binary`, `Text` or `Varchar`"
    )]
    NoOrganization(String),
    /// No name in PostgreSQL holds it.
    #[error("a name is empty, or holds a null character")]
    Name,
    /// The service's role would own the key.
    #[error("the application's role and the owner's role must be two roles")]
    OneRole,
}

/// What the steps are made from.
pub(crate) struct Context<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) options: &'a Options,
    /// `None` when nothing is known of the database.
    pub(crate) live: Option<&'a Catalog>,
}

impl<'a> Context<'a> {
    pub(crate) fn new(
        manifest: &'a Manifest,
        options: &'a Options,
        live: Option<&'a Catalog>,
    ) -> Result<Self, PlanError> {
        let Options { app_role, owner_role, default_schema, directory, .. } = options;
        if app_role == owner_role {
            return Err(PlanError::OneRole);
        }
        let tables = manifest.tables.iter();
        let names = tables.clone().flat_map(|table| {
            let columns = table.columns.iter().map(|column| &column.name);
            columns.chain(&table.schema).chain(&table.primary_key).chain([&table.name])
        });
        if names
            .chain([app_role, owner_role, default_schema])
            .chain(directory)
            .any(|name| name.is_empty() || name.contains('\0'))
        {
            return Err(PlanError::Name);
        }
        if let Some(table) = tables.clone().find(|table| table.kind == TableKind::Tenant && storage(table).is_none()) {
            return Err(PlanError::NoOrganization(table.path.clone()));
        }
        Ok(Self { manifest, options, live })
    }

    /// The table as the server knows it.
    pub(crate) fn place<'t>(&'t self, table: &'t DeclaredTable) -> (&'t str, &'t str) {
        (table.schema.as_deref().unwrap_or(&self.options.default_schema), &table.name)
    }

    /// `"schema"."table"`.
    pub(crate) fn sql(&self, table: &DeclaredTable) -> String {
        let (schema, name) = self.place(table);
        quote::qualified(schema, name)
    }

    /// `schema.table`, for ids.
    pub(crate) fn label(&self, table: &DeclaredTable) -> String {
        let (schema, name) = self.place(table);
        format!("{schema}.{name}")
    }

    pub(crate) fn app(&self) -> String {
        quote::ident(&self.options.app_role)
    }

    pub(crate) fn owner(&self) -> String {
        quote::ident(&self.options.owner_role)
    }

    /// The schemas that hold declared tables, each once.
    pub(crate) fn schemas(&self) -> Vec<&str> {
        let mut schemas: Vec<_> = self.manifest.tables.iter().map(|table| self.place(table).0).collect();
        schemas.sort_unstable();
        schemas.dedup();
        schemas
    }
}
