//! What a text may name: the declared relations and columns, and the functions, operators and types that run no SQL.

use super::Dialect;
use super::names::{declared, parts};
use crate::schema::{DeclaredTable, Manifest, TableKind};
use sqlparser::ast::ObjectName;
use std::collections::{HashMap, HashSet};

/// Whose rows a relation holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Owner {
    /// Shared reference data.
    Shared,
    /// One organization a row, in this column.
    Organizations(String),
    /// Not an organization's business.
    Platform,
}

/// What texts are held against.
#[derive(Debug)]
pub(super) struct Rules {
    pub(super) dialect: Dialect,
    /// The pool is the platform's: organization tables are refused, all others are read and written.
    pub(super) platform: bool,
    tables: HashMap<(String, String), Owner>,
    columns: HashSet<String>,
    columns_of: HashMap<(String, String), HashSet<String>>,
    functions: HashSet<String>,
    operators: HashSet<String>,
    prefixes: HashSet<String>,
    types: HashSet<String>,
}

const POSTGRES_FUNCTIONS: &str = include_str!("known/postgres_functions.txt");
const SQLITE_FUNCTIONS: &str = include_str!("known/sqlite_functions.txt");
const POSTGRES_TYPES: &str = include_str!("known/postgres_types.txt");
const POSTGRES_OPERATORS: &str = include_str!("known/postgres_operators.txt");
const POSTGRES_PREFIXES: &str = include_str!("known/postgres_prefix_operators.txt");
const SQLITE_OPERATORS: &str = include_str!("known/sqlite_operators.txt");
const SQLITE_PREFIXES: &str = include_str!("known/sqlite_prefix_operators.txt");

/// The words of a list; what follows a `#` is for its reader.
pub(super) fn words(list: &str) -> HashSet<String> {
    let lines = list.lines().map(|line| line.split_once(" # ").map_or(line, |(words, _)| words));
    let lines = lines.filter(|line| !line.starts_with("# "));
    lines.flat_map(str::split_whitespace).map(str::to_owned).collect()
}

impl Rules {
    pub(super) fn new(dialect: Dialect) -> Self {
        let (functions, types, operators, prefixes) = match dialect {
            Dialect::Postgres => (POSTGRES_FUNCTIONS, POSTGRES_TYPES, POSTGRES_OPERATORS, POSTGRES_PREFIXES),
            Dialect::Sqlite => (SQLITE_FUNCTIONS, "", SQLITE_OPERATORS, SQLITE_PREFIXES),
        };
        Self {
            dialect,
            platform: false,
            tables: HashMap::new(),
            columns: HashSet::new(),
            columns_of: HashMap::new(),
            functions: words(functions),
            operators: words(operators),
            prefixes: words(prefixes),
            types: words(types),
        }
    }

    /// Adds a declaration. Of two for one relation the stricter counts.
    pub(super) fn declare(&mut self, manifest: &Manifest) {
        for table in &manifest.tables {
            let schema = table.schema.as_deref().unwrap_or(self.dialect.default_schema());
            let name = (declared(schema, self.dialect), declared(&table.name, self.dialect));
            let owner = owner(table, self.dialect);
            let columns = || table.columns.iter().map(|column| declared(&column.name, self.dialect));
            self.columns.extend(columns());
            self.columns_of.entry(name.clone()).or_default().extend(columns());
            let known = self.tables.entry(name).or_insert(Owner::Shared);
            *known = stricter(std::mem::replace(known, Owner::Shared), owner);
        }
    }

    pub(super) fn add_function(&mut self, name: &str) {
        self.functions.insert(name.to_owned());
    }

    pub(super) fn add_operator(&mut self, symbol: &str) {
        self.operators.insert(symbol.to_owned());
        self.prefixes.insert(symbol.to_owned());
    }

    pub(super) fn add_type(&mut self, name: &str) {
        self.types.insert(name.to_owned());
    }

    /// Whose rows the relation of that name holds; `None` when no declaration has it.
    pub(super) fn owner(&self, name: &ObjectName) -> Option<&Owner> {
        self.tables.get(&self.key(name)?)
    }

    /// The columns of the relation of that name; `None` when no declaration has it.
    pub(super) fn columns_of(&self, name: &ObjectName) -> Option<&HashSet<String>> {
        self.columns_of.get(&self.key(name)?)
    }

    fn key(&self, name: &ObjectName) -> Option<(String, String)> {
        Some(match <[String; 1]>::try_from(parts(name, self.dialect)?) {
            Ok([table]) => (self.dialect.default_schema().to_owned(), table),
            Err(parts) => match <[String; 2]>::try_from(parts) {
                Ok([schema, table]) => (schema, table),
                Err(_) => return None,
            },
        })
    }

    pub(super) fn has_column(&self, name: &str) -> bool {
        self.columns.contains(name)
    }

    /// Whether a function of that name runs no SQL: one of the database's own, or one that the service named.
    pub(super) fn knows_function(&self, name: &ObjectName) -> bool {
        self.knows(name, &self.functions)
    }

    pub(super) fn knows_type(&self, name: &ObjectName) -> bool {
        self.knows(name, &self.types)
    }

    pub(super) fn knows_operator(&self, symbol: &str) -> bool {
        self.operators.contains(symbol)
    }

    /// The same for one that stands before its value.
    pub(super) fn knows_prefix(&self, symbol: &str) -> bool {
        self.prefixes.contains(symbol)
    }

    fn knows(&self, name: &ObjectName, known: &HashSet<String>) -> bool {
        match parts(name, self.dialect).as_deref() {
            Some([name]) => known.contains(name),
            Some([schema, name]) => {
                (schema == "pg_catalog" && known.contains(name)) || known.contains(&format!("{schema}.{name}"))
            }
            _ => false,
        }
    }
}

fn owner(table: &DeclaredTable, dialect: Dialect) -> Owner {
    match (table.kind, &table.organization) {
        (TableKind::Tenant, Some(column)) => Owner::Organizations(declared(column, dialect)),
        (TableKind::Global, _) => Owner::Shared,
        // An organization table without its column can carry no organization.
        (TableKind::Platform | TableKind::Tenant, _) => Owner::Platform,
    }
}

fn stricter(one: Owner, other: Owner) -> Owner {
    match (one, other) {
        (Owner::Shared, other) => other,
        (one, Owner::Shared) => one,
        (Owner::Organizations(one), Owner::Organizations(other)) if one == other => Owner::Organizations(one),
        _ => Owner::Platform,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_known_function_runs_sql_or_reaches_outside_of_the_statement() {
        let rules = Rules::new(Dialect::Postgres);
        for name in [
            "query_to_xml",
            "table_to_xml",
            "cursor_to_xml",
            "schema_to_xml",
            "database_to_xml",
            "query_to_xmlschema",
            "query_to_xml_and_xmlschema",
            "ts_stat",
            "ts_rewrite",
            "set_config",
            "current_setting",
            "nextval",
            "setval",
            "currval",
            "lastval",
            "pg_sleep",
            "pg_read_file",
            "pg_ls_dir",
            "lo_import",
            "lo_get",
            "lo_put",
            "dblink",
            "pg_terminate_backend",
            "pg_advisory_lock",
            "pg_notify",
            "txid_current",
            "pg_relation_size",
            "to_regclass",
            "has_table_privilege",
            "pg_get_viewdef",
            "pg_stat_get_activity",
            "setseed",
            "loread",
            "lowrite",
            "pg_reload_conf",
        ] {
            assert!(!rules.functions.contains(name), "{name}");
        }
        let rules = Rules::new(Dialect::Sqlite);
        for name in
            ["load_extension", "last_insert_rowid", "changes", "total_changes", "readfile", "writefile", "eval", "edit"]
        {
            assert!(!rules.functions.contains(name), "{name}");
        }
    }

    #[test]
    fn of_two_declarations_the_stricter_counts() {
        let organizations = || Owner::Organizations("org_id".to_owned());
        assert_eq!(stricter(Owner::Shared, organizations()), organizations());
        assert_eq!(stricter(organizations(), Owner::Shared), organizations());
        assert_eq!(stricter(organizations(), organizations()), organizations());
        assert_eq!(stricter(organizations(), Owner::Organizations("other".to_owned())), Owner::Platform);
        assert_eq!(stricter(Owner::Platform, Owner::Shared), Owner::Platform);
    }
}
