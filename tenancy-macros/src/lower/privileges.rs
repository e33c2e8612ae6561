//! `privileged(..)`: names become tables and columns.
use syn::{Ident, Path};

use super::{Resolver, nearest, twice};
use crate::errors::{Code, Error};
use crate::model::{Kind, Privileges, Table};
use crate::parse::{RawPrivileges, StatementKind};

/// The table of the organizations' authorization epochs, which fence statements with permits.
const EPOCHS: &str = "permission_epochs";

/// Its declaration, for errors.
const EPOCHS_TABLE: &str = "declare it: `diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }`; the \
    migrations of `tenancy-permits` create it";

/// The types of keys that compare as relationships compare ids: byte for byte. One that ignores letter case would let a permit for `abc`
/// change `ABC`.
const KEYS: [&str; 11] =
    ["SmallInt", "Int2", "Integer", "Int4", "BigInt", "Int8", "Uuid", "Text", "Varchar", "VarChar", "Binary"];

fn has_type(column: &crate::model::Column, name: &str) -> bool {
    column.sql_type.path.segments.last().is_some_and(|segment| segment.ident == name && segment.arguments.is_none())
}

/// Gives each listed table its privileges.
pub(super) fn assign(tables: &mut [Table], lists: &[RawPrivileges], names: &mut Resolver<'_>) {
    for list in lists {
        let Some(index) = names.find(tables, &list.table, None, Code::UnknownListed, "`privileged(..)`") else {
            continue;
        };
        if tables[index].privileges.is_some() {
            names.errors.push(twice(&list.table, "listed twice in `privileged(..)`"));
            continue;
        }
        match epochs(tables, list).and_then(|epochs| privileges(&tables[index], list, epochs)) {
            Ok(privileges) => tables[index].privileges = Some(privileges),
            Err(error) => names.errors.push(error),
        }
    }
}

fn error(at: &Ident, headline: String) -> Error {
    Error::new(Code::Privilege, at.span(), headline)
}

fn epochs(tables: &[Table], list: &RawPrivileges) -> Result<usize, Error> {
    let at = &list.table.name;
    let found = tables
        .iter()
        .position(|table| table.sql_name == EPOCHS && table.schema.is_none() && table.kind == Kind::Tenant);
    let Some(index) = found else {
        let headline =
            format!("`{}` has privileged statements, and the schema has no table `{EPOCHS}`", list.table.display());
        return Err(error(at, headline).help(EPOCHS_TABLE));
    };
    let table = &tables[index];
    let epoch = table.columns.iter().find(|column| column.sql_name == "epoch");
    let big = epoch.and_then(|column| column.sql_type.path.segments.last());
    if big.is_none_or(|ty| ty.ident != "BigInt" && ty.ident != "Int8") {
        let headline = format!("the table `{EPOCHS}` has no column `epoch` of the type `BigInt`");
        return Err(error(&table.name, headline).help(EPOCHS_TABLE));
    }
    Ok(index)
}

fn privileges(table: &Table, list: &RawPrivileges, epochs: usize) -> Result<Privileges, Error> {
    let at = &list.table.name;
    if table.kind != Kind::Tenant {
        let headline =
            format!("`{}` belongs to no organization, and only an organization's rows have permits", table.display());
        return Err(error(at, headline).help("remove the table from `privileged(..)`"));
    }
    let mut privileges = Privileges { delete: None, update: None, columns: Vec::new(), key: key(table, at)?, epochs };
    for statement in &list.statements {
        let action = statement.action.clone();
        let again = match &statement.kind {
            StatementKind::Delete => privileges.delete.replace(action).is_some(),
            StatementKind::Update => privileges.update.replace(action).is_some(),
            StatementKind::UpdateColumns(columns) => add_columns(table, columns, &action, &mut privileges.columns)?,
        };
        if again {
            let headline = format!("`{}` says twice which permit a statement needs", at);
            return Err(Error::new(Code::Privilege, statement.span, headline)
                .help("name each kind of statement, and each column, once"));
        }
    }
    if privileges.update.is_some() && !privileges.columns.is_empty() {
        let headline = format!("an UPDATE of `{}` would need two permits, and a statement takes one", table.display());
        return Err(error(at, headline).help("keep `update = ..`, or list each column that needs a permit"));
    }
    Ok(privileges)
}

/// The one column of the primary key beside the organization's.
fn key(table: &Table, at: &Ident) -> Result<usize, Error> {
    let keys = table.primary_key.iter().filter_map(|name| table.column(name));
    let keys: Vec<_> = keys.filter(|index| table.organization() != Some(*index)).collect();
    match keys.as_slice() {
        [key] if KEYS.iter().any(|name| has_type(&table.columns[*key], name)) => Ok(*key),
        [key] => {
            let (name, table) = (&table.columns[*key].name, table.display());
            let headline = format!("the key `{name}` of `{table}` has a type that permits do not name");
            Err(error(at, headline).help(format!("the key of a table with permits is one of {}", KEYS.join(", "))))
        }
        _ => {
            let headline = format!("a permit names one object, and the key of `{}` is not one column", table.display());
            Err(error(at, headline)
                .help("declare a key of one column, beside the organization's: `(id)` or `(org_id, id)`"))
        }
    }
}

/// Whether one of the columns is listed already.
fn add_columns(table: &Table, names: &[Ident], action: &Path, columns: &mut Vec<(usize, Path)>) -> Result<bool, Error> {
    for name in names {
        let known = || table.columns.iter().map(|column| column.name.to_string()).collect::<Vec<_>>();
        let Some(index) = table.column(name) else {
            let unknown = error(
                name,
                format!("`privileged(..)` names the column `{name}`, which `{}` does not have", table.display()),
            );
            return Err(match nearest(&name.to_string(), known().iter().map(String::as_str)) {
                Some(near) => unknown.help(format!("did you mean `{near}`?")),
                None => unknown,
            });
        };
        if columns.iter().any(|(listed, _)| *listed == index) {
            return Ok(true);
        }
        columns.push((index, action.clone()));
    }
    Ok(false)
}
