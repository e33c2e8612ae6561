//! Family A: the declaration against the database.

use crate::catalog::{Column, Grant, Index, Relation};
use crate::context::{Context, WALL_SCHEMA};
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule};
use crate::{plpgsql, sql_type_names};
use tenancy::schema::{DeclaredTable, TableKind};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "A01",
        severity: High,
        title: "a declared table is missing, or is no table",
        what: "Every table of the declaration exists in the database as an ordinary or partitioned table.",
        why: "A view, foreign table or other table under that name is not what the policies were made for.",
        fix: "Run the missing migration, or correct the declaration (its schema, its `sql_name`).",
        check: Catalog(a01),
    },
    Rule {
        id: "A02",
        severity: Critical,
        title: "a table has the organization column but is no organization table of the declaration",
        what: "Tables with a column of the organization's name that are not declared, or are declared as global; undeclared tables with a foreign key to an organization table.",
        why: "They hold organizations' rows and nothing scopes them, in neither wall.",
        fix: "Declare the table in `schema!` and run `tenancy rls plan`; or name it among the ignored tables.",
        check: Catalog(a02),
    },
    Rule {
        id: "A03",
        severity: High,
        title: "the service's role reaches a table that is declared nowhere",
        what: "Grants to the service's role, to roles that it can take, and to PUBLIC on tables outside the declaration, and on large objects.",
        why: "The declaration does not say whose rows they are, so nothing scopes them.",
        fix: "Declare the table (as `global` or `platform` if that is what it is), or revoke the grant.",
        check: Catalog(a03),
    },
    Rule {
        id: "A04",
        severity: Critical,
        title: "the organization column allows NULL",
        what: "`NOT NULL` on the organization column of every organization table.",
        why: "No scope sees, exports or erases a row without an organization, and keys that contain the organization do not bind it.",
        fix: "`ALTER TABLE .. ALTER COLUMN .. SET NOT NULL`, after giving such rows their organization.",
        check: Catalog(a04),
    },
    Rule {
        id: "A05",
        severity: High,
        title: "the organization column has a default",
        what: "No `DEFAULT` on the organization column.",
        why: "A constant gives one organization the rows that name none; `current_setting` hides a missing scope.",
        fix: "`ALTER TABLE .. ALTER COLUMN .. DROP DEFAULT`.",
        check: Catalog(a05),
    },
    Rule {
        id: "A06",
        severity: High,
        title: "the organization column has another type than declared",
        what: "The column exists, with the declared type and not a domain over it, and for text its collation tells different texts apart.",
        why: "A cast in every predicate skips the index; a nondeterministic collation holds two organizations equal.",
        fix: "Change the column's type to the declared one, or the declaration to the column's.",
        check: Catalog(a06),
    },
    Rule {
        id: "A07",
        severity: Low,
        title: "the service's role may update the organization column",
        what: "UPDATE on the organization column, by a grant on the column or on the whole table.",
        why: "WITH CHECK refuses to move a row elsewhere; without the privilege there is nothing to refuse.",
        fix: "Grant UPDATE on the other columns only; `tenancy rls plan` writes it.",
        check: Catalog(a07),
    },
    Rule {
        id: "A08",
        severity: Medium,
        title: "the database computes the organization column",
        what: "Generated and identity columns, and triggers before a row is written whose function writes the organization of the new row, returns another record than NEW, or is not written in PL/pgSQL.",
        why: "The value then comes from somewhere else than the scope, and replaces what wall one wrote.",
        fix: "Remove the trigger or the generation expression.",
        check: Catalog(a08),
    },
    Rule {
        id: "A09",
        severity: Medium,
        title: "columns, keys or NULLs differ from the declaration",
        what: "Declared columns exist with a matching type and nullability; no other column has to be filled; the primary key is the declared one, with or without the organization before it.",
        why: "Statements fail at run time, and what the compiler checked was another table.",
        fix: "Run `diesel print-schema` again, or the missing migration.",
        check: Catalog(a09),
    },
];

fn a01(cx: &Context<'_>) -> Vec<Hit> {
    let wrong = |table: &DeclaredTable| match cx.find(table) {
        None => Some(Hit::new(cx.label(table), "does not exist")),
        Some(relation) if matches!(relation.kind.as_str(), "r" | "p") => None,
        Some(relation) => Some(Hit::new(cx.label(table), format!("is a {}", kind_name(&relation.kind)))),
    };
    cx.manifest.tables.iter().filter_map(wrong).collect()
}

fn kind_name(kind: &str) -> &'static str {
    match kind {
        "v" => "view",
        "m" => "materialised view",
        "f" => "foreign table",
        _ => "relation without rows of its own",
    }
}

fn known(cx: &Context<'_>, name: &str) -> bool {
    name.ends_with(".__diesel_schema_migrations") || cx.options.ignored_tables.iter().any(|ignored| ignored == name)
}

fn a02(cx: &Context<'_>) -> Vec<Hit> {
    let names = cx.organization_names();
    let tables = cx.catalog.relations.iter().filter(|relation| {
        relation.is_table()
            && relation.schema != WALL_SCHEMA
            && !cx.holds_tenants(relation.oid)
            && !known(cx, &relation.full_name())
            && cx.kind_of(relation) != Some(TableKind::Platform)
    });
    let wrong = tables.filter_map(|relation| {
        let named = |name: &str| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        let column = cx.catalog.columns_of(relation.oid).find(|column| named(&column.name));
        let as_what = if cx.declared(relation).is_some() { "is declared as global" } else { "is not declared" };
        let detail = match (column, cx.declared(relation)) {
            (Some(column), _) => format!("has the column `{}` and {as_what}", column.name),
            // A global table that does so is E12's.
            (None, None) => format!("is not declared and refers to {}", refers_to_tenants(cx, relation)?),
            (None, Some(_)) => return None,
        };
        Some(Hit::new(relation.full_name(), detail))
    });
    wrong.collect()
}

/// An organization table that a table's foreign keys lead to.
fn refers_to_tenants(cx: &Context<'_>, relation: &Relation) -> Option<String> {
    let mut keys = cx.catalog.constraints.iter().filter(|key| key.kind == "f" && key.table == relation.oid);
    let parent = keys.find_map(|key| key.references.filter(|&parent| cx.holds_tenants(parent)))?;
    Some(cx.catalog.name_of(parent))
}

fn a03(cx: &Context<'_>) -> Vec<Hit> {
    let tables = cx.catalog.relations.iter().filter(|relation| {
        relation.is_table()
            && !relation.extension
            && relation.schema != WALL_SCHEMA
            && !cx.is_child(relation.oid)
            && cx.declared(relation).is_none()
            && !cx.options.ignored_tables.contains(&relation.full_name())
    });
    let held = tables.filter_map(|relation| {
        let held = cx.grants_to(relation, &cx.hands);
        let detail = || format!("is declared nowhere, and the service's role holds {}", held.join(", "));
        (!held.is_empty()).then(|| Hit::new(relation.full_name(), detail()))
    });
    held.chain(large_objects(cx)).collect()
}

/// No policy covers them.
fn large_objects(cx: &Context<'_>) -> Option<Hit> {
    let reached = |grants: &[Grant]| grants.iter().any(|grant| cx.hands.contains(&grant.grantee));
    let mut found = cx.catalog.large_objects.iter();
    found
        .any(|objects| cx.hands.contains(&objects.owner) || reached(&objects.acl))
        .then(|| Hit::new("large objects", "the service's role reaches some, and no policy covers them"))
}

fn a04(cx: &Context<'_>) -> Vec<Hit> {
    let nullable = cx.organizations().filter(|(.., column)| !column.not_null);
    nullable.map(|(name, table, _)| Hit::new(table.full_name(), format!("`{name}` allows NULL"))).collect()
}

fn a05(cx: &Context<'_>) -> Vec<Hit> {
    let with_default = cx.organizations().filter(|(.., column)| !column.generated);
    let hit = with_default.filter_map(|(name, table, column)| {
        let default = column.default.as_ref()?;
        Some(Hit::new(table.full_name(), format!("`{name}` has the default {default}")))
    });
    let below = cx.children().filter_map(|(child, root)| {
        let name = cx.organization(root)?;
        let default = cx.catalog.column(child.oid, name).filter(|column| !column.generated)?.default.as_ref()?;
        Some(Hit::new(child.full_name(), format!("`{name}` has the default {default}")))
    });
    hit.chain(below).collect()
}

fn a06(cx: &Context<'_>) -> Vec<Hit> {
    let wrong = cx.organizations().filter_map(|(name, relation, column)| {
        let declared = &cx.declared(relation)?.column(name)?.sql_type;
        let detail = match sql_type_names::matches(declared, &column.r#type) {
            _ if column.base.is_some() => format!("`{name}` is the domain {}: it may hold a default", column.r#type),
            Some(false) => format!("`{name}` is {} and declared as {declared}", column.r#type),
            _ if !column.deterministic => format!("`{name}` has a collation that holds different texts equal"),
            _ => return None,
        };
        Some(Hit::new(relation.full_name(), detail))
    });
    let missing = cx.tenants().filter_map(|(table, relation)| {
        let name = table.organization.as_deref()?;
        let exists = cx.catalog.column(relation.oid, name).is_some();
        (!exists).then(|| Hit::new(relation.full_name(), format!("has no column `{name}`")))
    });
    wrong.chain(missing).collect()
}

fn a07(cx: &Context<'_>) -> Vec<Hit> {
    if !cx.options.column_grants {
        return Vec::new();
    }
    let open = cx.organizations().filter(|(_, table, column)| {
        let mut grants = table.acl.iter().chain(&column.acl);
        grants.any(|grant| grant.privilege == "UPDATE" && cx.hands.contains(&grant.grantee))
    });
    open.map(|(name, table, _)| Hit::new(table.full_name(), format!("UPDATE of `{name}` is granted"))).collect()
}

fn a08(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for (name, table, _) in cx.organizations().filter(|(.., column)| column.generated || column.identity) {
        hits.push(Hit::new(table.full_name(), format!("`{name}` is generated")));
    }
    for trigger in cx.catalog.triggers.iter() {
        let (Some(name), Some(table)) = (cx.root_organization(trigger.table), cx.catalog.relation(trigger.table))
        else {
            continue;
        };
        let source = cx.catalog.function(trigger.function).map_or("", |function| &function.source);
        // The arguments of `autoinc` and `insert_username` say which column they write.
        let told = trigger.arguments.split("\\000").any(|argument| argument == name);
        let function = cx.catalog.function(trigger.function).filter(|function| !function.extension);
        let language = function.map_or("", |function| function.language.as_str());
        let detail = match language {
            _ if told || plpgsql::assigns(source, name) => format!("the trigger `{}` writes `{name}`", trigger.name),
            "plpgsql" if trigger.before_row && plpgsql::returns_another(source) => {
                format!("the trigger `{}` returns another record than NEW", trigger.name)
            }
            "" | "plpgsql" => continue,
            _ if trigger.before_row => {
                format!("the trigger `{}` is written in {language}: what row it returns is not seen", trigger.name)
            }
            _ => continue,
        };
        hits.push(Hit::new(table.full_name(), detail));
    }
    hits
}

fn a09(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for table in &cx.manifest.tables {
        let Some(relation) = cx.find(table) else { continue };
        for declared in table.columns.iter().filter(|column| Some(&column.name) != table.organization.as_ref()) {
            let object = format!("{}.{}", cx.label(table), declared.name);
            match cx.catalog.column(relation.oid, &declared.name) {
                None if relation.is_table() => hits.push(Hit::new(object, "is declared and does not exist")),
                None => {}
                Some(column) if column.not_null == declared.nullable => {
                    let allows = if column.not_null { "refuses" } else { "allows" };
                    hits.push(Hit::new(object, format!("{allows} NULL, other than declared")));
                }
                // `diesel print-schema` writes the type under a domain.
                Some(column)
                    if sql_type_names::matches(&declared.sql_type, column.base.as_ref().unwrap_or(&column.r#type))
                        == Some(false) =>
                {
                    hits.push(Hit::new(object, format!("is {}, declared as {}", column.r#type, declared.sql_type)));
                }
                Some(_) => {}
            }
        }
        hits.extend(undeclared(cx, table, relation));
        hits.extend(primary_key(cx, table, relation.oid));
    }
    hits
}

/// Columns that every insert has to fill and none knows of.
fn undeclared<'a>(
    cx: &'a Context<'a>,
    table: &'a DeclaredTable,
    relation: &'a Relation,
) -> impl Iterator<Item = Hit> + 'a {
    let columns = cx.catalog.columns_of(relation.oid).filter(|column| table.column(&column.name).is_none());
    let filled =
        |column: &&Column| column.not_null && column.default.is_none() && !column.generated && !column.identity;
    let hit = |column: &Column| {
        let object = format!("{}.{}", cx.label(table), column.name);
        Hit::new(object, "refuses NULL, has no default and is not declared: every insert fails")
    };
    columns.filter(filled).map(hit)
}

fn primary_key(cx: &Context<'_>, table: &DeclaredTable, oid: i64) -> Option<Hit> {
    let key = cx.catalog.indexes.iter().find(|index| index.table == oid && index.primary);
    let mut live: Vec<&str> = key.iter().flat_map(|index| &index.columns).flatten().map(String::as_str).collect();
    let mut declared: Vec<&str> = table.primary_key.iter().map(String::as_str).collect();
    // With the organization added, a key stays the same key.
    let other_than_organization = |column: &&str| Some(*column) != table.organization.as_deref();
    live.retain(other_than_organization);
    declared.retain(other_than_organization);
    live.sort_unstable();
    declared.sort_unstable();
    // A unique key in the place of the primary key serves as well.
    let serves = |index: &&Index| {
        let mut columns: Vec<&str> = index.columns.iter().map(|column| column.as_deref().unwrap_or("")).collect();
        columns.retain(other_than_organization);
        columns.sort_unstable();
        index.table == oid && index.unique && index.valid && !index.partial && columns == declared
    };
    let is_table = cx.catalog.relation(oid).is_some_and(crate::catalog::Relation::is_table);
    if key.is_none() && is_table && !cx.catalog.indexes.iter().any(|index| serves(&index)) {
        return Some(Hit::new(cx.label(table), "has no unique key in the place of its declared primary key"));
    }
    let differs = key.is_some() && live != declared;
    let names = |columns: &[&str]| columns.join(", ");
    differs.then(|| {
        let detail = format!("the primary key is ({}), declared is ({})", names(&live), names(&declared));
        Hit::new(cx.label(table), detail)
    })
}
