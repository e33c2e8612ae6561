//! What a schema means, with the spans that errors and expansions point at.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Attribute, Ident, ItemMod, ItemUse, LitInt, Path, Visibility};

/// A whole `tenancy::schema!` invocation.
pub(crate) struct Schema {
    /// The path of the `tenancy` crate, absolute (`::tenancy` unless `crate = path` says otherwise).
    pub(crate) krate: Path,
    /// Every `diesel::table!`, in source order.
    pub(crate) tables: Vec<Table>,
    /// Every `diesel::joinable!`.
    pub(crate) joins: Vec<Joinable>,
    /// Every pair that may share a query, once, in source order, as indices into `tables`; no pair of a table with
    /// itself, nor of a platform table with an organization table.
    pub(crate) pairs: Vec<(usize, usize)>,
    /// Modules that `diesel print-schema` writes for other SQL schemas; `Table::module` names one of them.
    pub(crate) modules: Vec<Module>,
    /// Items that are passed through unchanged: `pub mod sql_types { .. }`.
    pub(crate) passthrough: Vec<ItemMod>,
    /// `use` items that are passed through unchanged.
    pub(crate) uses: Vec<ItemUse>,
    /// `diesel::allow_columns_to_appear_in_same_group_by_clause!` invocations, passed through: they speak of columns
    /// only and grant no access. Each with the schema module that it was written in.
    pub(crate) grouping: Vec<(Option<Ident>, TokenStream)>,
    /// Files whose change must rebuild the crate (`file = ".."`), as absolute paths.
    pub(crate) tracked_files: Vec<String>,
}

impl Schema {
    /// The tables of one schema module, or those outside of every module.
    pub(crate) fn tables_in<'a>(&'a self, module: Option<&'a Ident>) -> impl Iterator<Item = &'a Table> {
        self.tables.iter().filter(move |table| table.module.as_ref() == module)
    }

    /// The group-by lists of one schema module, or those outside of every module.
    pub(crate) fn grouping_in<'a>(&'a self, module: Option<&'a Ident>) -> impl Iterator<Item = &'a TokenStream> {
        self.grouping.iter().filter(move |(place, _)| place.as_ref() == module).map(|(_, list)| list)
    }
}

/// `pub mod billing { .. }`: the tables of one SQL schema, and what is beside them.
pub(crate) struct Module {
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) vis: Visibility,
    pub(crate) name: Ident,
    /// Modules inside it without tables, such as its own `sql_types`.
    pub(crate) passthrough: Vec<ItemMod>,
    pub(crate) uses: Vec<ItemUse>,
}

/// Who owns a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// One organization a row; the default.
    Tenant,
    /// Shared reference data without an owner.
    Global,
    /// The operator's own.
    Platform,
}

/// One table.
pub(crate) struct Table {
    pub(crate) kind: Kind,
    /// The schema module that the table lives in, if it was written inside one.
    pub(crate) module: Option<Ident>,
    /// Attributes and doc comments on the table, without `sql_name`.
    pub(crate) attrs: Vec<Attribute>,
    /// `use` lines inside the table; empty means `use diesel::sql_types::*`.
    pub(crate) imports: Vec<ItemUse>,
    /// The SQL schema, when the table is qualified.
    pub(crate) schema: Option<Ident>,
    /// The module's name.
    pub(crate) name: Ident,
    /// The name in SQL.
    pub(crate) sql_name: String,
    /// Primary key columns, at least one.
    pub(crate) primary_key: Vec<Ident>,
    pub(crate) columns: Vec<Column>,
    /// Index into `columns` of the organization column; `Some` exactly for organization tables.
    pub(crate) org_column: Option<usize>,
    /// The name that the settings give this table's organization column, present or not.
    pub(crate) org_name: Ident,
    /// Which statements need a permit; `Some` for what `privileged(..)` lists.
    pub(crate) privileges: Option<Privileges>,
}

/// What needs permits, of one table.
pub(crate) struct Privileges {
    pub(crate) delete: Option<Path>,
    pub(crate) update: Option<Path>,
    /// Indices into the columns of the table, each with its action.
    pub(crate) columns: Vec<(usize, Path)>,
    /// Index of the key that a permit's object is compared with.
    pub(crate) key: usize,
    /// Index of the table of the organizations' authorization epochs in `Schema::tables`.
    pub(crate) epochs: usize,
}

/// The longest name that PostgreSQL takes whole, in bytes.
const LONGEST_NAME: usize = 63;

/// How an organization is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OrgType {
    Uuid,
    Binary,
    Text,
}

impl Table {
    /// The table's module, as a path from where `schema!` was written.
    pub(crate) fn path(&self) -> TokenStream {
        let name = &self.name;
        self.module.as_ref().map_or_else(|| quote!(#name), |module| quote!(#module::#name))
    }

    /// The same path for people.
    pub(crate) fn display(&self) -> String {
        self.module.as_ref().map_or_else(|| self.name.to_string(), |module| format!("{module}::{}", self.name))
    }

    /// What statements call the table: its name in SQL, and in front of it the schema that it is qualified with. Two schemas
    /// may have a table of one name; a statement that holds both must tell them apart.
    pub(crate) fn alias(&self) -> String {
        let Some(schema) = &self.schema else { return self.sql_name.clone() };
        let whole = format!("{}.{}", syn::ext::IdentExt::unraw(schema), self.sql_name);
        if whole.len() <= LONGEST_NAME {
            return whole;
        }
        // PostgreSQL cuts a name after 63 bytes, and two names may begin alike.
        let sum = whole
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
        let mut end = LONGEST_NAME - 17;
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        format!("{}_{sum:016x}", &whole[..end])
    }

    /// What a query selects unless it says otherwise. Every row has the scope's organization, so that column is read when
    /// it is named; a record then has the same fields for reading and for writing.
    pub(crate) fn selected(&self) -> Vec<&Ident> {
        let columns = self.columns.iter().enumerate();
        let others: Vec<_> =
            columns.filter(|(index, _)| self.org_column != Some(*index)).map(|(_, column)| &column.name).collect();
        if others.is_empty() { self.columns.iter().map(|column| &column.name).collect() } else { others }
    }

    /// The column of that Rust name.
    pub(crate) fn column(&self, name: &Ident) -> Option<usize> {
        self.columns.iter().position(|column| column.name == *name)
    }

    /// The column that the settings call the organization's, by its Rust name first, then by its name in SQL.
    ///
    /// Global tables are asked too: such a column there means that the rows are not shared.
    pub(crate) fn organization(&self) -> Option<usize> {
        let sql_name = syn::ext::IdentExt::unraw(&self.org_name).to_string();
        self.column(&self.org_name)
            .or_else(|| self.columns.iter().position(|column| column.sql_name.eq_ignore_ascii_case(&sql_name)))
    }
}

/// One column.
pub(crate) struct Column {
    /// Attributes and doc comments, without `sql_name` and `max_length`.
    pub(crate) attrs: Vec<Attribute>,
    pub(crate) name: Ident,
    pub(crate) sql_name: String,
    /// The SQL type as written.
    pub(crate) sql_type: syn::TypePath,
    pub(crate) max_length: Option<LitInt>,
}

impl Column {
    /// How this column would store an organization; `None` when it cannot.
    pub(crate) fn org_type(&self) -> Option<OrgType> {
        let segments = &self.sql_type.path.segments;
        let mut qualifier = segments.iter().rev().skip(1).map(|segment| segment.ident.to_string());
        let last = segments.last().filter(|segment| segment.arguments.is_none())?;
        // A bare name, `sql_types::Uuid` or `diesel::sql_types::Uuid`; another crate's `Uuid` is not diesel's.
        let diesels = qualifier.next().is_none_or(|module| module == "sql_types")
            && qualifier.next().is_none_or(|krate| krate == "diesel")
            && qualifier.next().is_none();
        match last.ident.to_string().as_str() {
            "Uuid" if diesels => Some(OrgType::Uuid),
            "Binary" if diesels => Some(OrgType::Binary),
            // Diesel has these for one type, and PostgreSQL compares `varchar` with `text` as it is.
            "Text" | "Varchar" | "VarChar" if diesels => Some(OrgType::Text),
            _ => None,
        }
    }

    /// Whether the column may be NULL.
    pub(crate) fn nullable(&self) -> bool {
        self.sql_type.path.segments.last().is_some_and(|segment| segment.ident == "Nullable")
    }
}

/// `joinable!(child -> parent (foreign_key))`.
pub(crate) struct Joinable {
    pub(crate) foreign_key: Ident,
    /// Indices of `child` and `parent` in `tables`.
    pub(crate) child_table: usize,
    pub(crate) parent_table: usize,
    /// The first table's name in it, for errors.
    pub(crate) child_span: Span,
    /// The whole declaration.
    pub(crate) span: Span,
}

impl Joinable {
    /// The columns of the parent's key that the foreign key holds. Between two organizations' tables every join compares the
    /// organizations anyway, so theirs is no part of it.
    pub(crate) fn keys<'a>(&self, schema: &'a Schema) -> Vec<&'a Ident> {
        let (child, parent) = self.tables(schema);
        let organization = parent.org_column.filter(|_| child.org_column.is_some() && parent.primary_key.len() > 1);
        let organization = organization.map(|index| &parent.columns[index].name);
        parent.primary_key.iter().filter(|key| Some(*key) != organization).collect()
    }

    /// The table of the foreign key, and the one that it leads to.
    pub(crate) fn tables<'a>(&self, schema: &'a Schema) -> (&'a Table, &'a Table) {
        (&schema.tables[self.child_table], &schema.tables[self.parent_table])
    }
}
