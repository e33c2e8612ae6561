//! Keys and indexes that begin with the organization, and foreign keys that carry it.
//!
//! A key without the organization compares rows of all organizations: its error says that a row exists, and a foreign
//! key of one column takes a row of another organization for a parent.

use super::{Context, Plan, Validation};
use crate::rls::live::{ForeignKey, Relation};
use crate::rls::quote;
use crate::schema::{DeclaredJoin, DeclaredTable, TableKind};

pub(super) fn steps(context: &Context<'_>, table: &DeclaredTable, plan: &mut Plan) {
    let Some(organization) = table.organization.as_deref() else {
        return;
    };
    let live = context.live.and_then(|live| live.relation(context.place(table)));
    let leads = table.primary_key.first().is_some_and(|first| first == organization);
    // The key serves as the index too, because it begins with the organization.
    if !leads && !live.is_some_and(|live| live.has_key(&key(table, organization))) {
        unique(context, table, organization, plan);
    } else if live.is_some_and(|live| !live.leads_with(organization)) {
        index(context, table, organization, plan);
    }
    if let Some(live) = live {
        super::indexes::advise(context, table, organization, live, plan);
    }
}

/// `(organization, primary key)`, the organization once.
fn key(table: &DeclaredTable, organization: &str) -> Vec<String> {
    let rest = table.primary_key.iter().filter(|column| *column != organization);
    [organization.to_owned()].into_iter().chain(rest.cloned()).collect()
}

fn unique(context: &Context<'_>, table: &DeclaredTable, organization: &str, plan: &mut Plan) {
    let (schema, name) = context.place(table);
    let index = quote::derived(name, "tenancy_key");
    let columns = key(table, organization);
    let columns = quote::idents(columns.iter().map(String::as_str));
    let up =
        [format!("CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({columns})", quote::ident(&index), context.sql(table))];
    let down = [format!("DROP INDEX IF EXISTS {}", quote::qualified(schema, &index))];
    let reason = "the key that foreign keys carry, and the index of every scoped query; cannot fail, because the \
                  primary key is unique already. On a large table build it CONCURRENTLY under this name first";
    plan.step("key", &context.label(table), reason, up, down);
}

fn index(context: &Context<'_>, table: &DeclaredTable, organization: &str, plan: &mut Plan) {
    let (schema, name) = context.place(table);
    let index = quote::derived(name, "tenancy_org");
    let column = quote::ident(organization);
    let up = [format!("CREATE INDEX IF NOT EXISTS {} ON {} ({column})", quote::ident(&index), context.sql(table))];
    let down = [format!("DROP INDEX IF EXISTS {}", quote::qualified(schema, &index))];
    plan.step("index", &context.label(table), "every scoped query asks for one organization's rows", up, down);
}

/// The pair of columns that leads to a parent, and the parent's key that it leads to. A key of several columns beside the
/// organization is more than `joinable!` can say.
pub(in crate::rls) fn pair(
    child: &DeclaredTable,
    parent: &DeclaredTable,
    join: &DeclaredJoin,
) -> Option<([String; 2], Vec<String>)> {
    let (child_org, parent_org) = (child.organization.as_ref()?, parent.organization.as_ref()?);
    let target = key(parent, parent_org);
    let said = target.len() == 2 && join.column != *child_org;
    said.then(|| ([child_org.clone(), join.column.clone()], target))
}

/// `(organization, column)` of a child leads to `(organization, key)` of its parent.
pub(super) fn foreign_key(context: &Context<'_>, join: &DeclaredJoin, plan: &mut Plan) {
    let tenant = |path: &str| context.manifest.table(path).filter(|table| table.kind == TableKind::Tenant);
    let (Some(child), Some(parent)) = (tenant(&join.child), tenant(&join.parent)) else {
        return;
    };
    let Some((columns, target)) = pair(child, parent, join) else {
        return;
    };
    let place = context.place(parent);
    let live = context.live.map(|live| (live.relation(context.place(child)), live.relation(place)));
    let Some(existing) = (match live {
        Some((Some(child), Some(_))) => Some(child.foreign_keys.as_slice()),
        Some(_) => return,
        None => Some(&[][..]),
    }) else {
        return;
    };
    let found = existing.iter().find(|key| key.leads(&columns, place, &target));
    let single = existing.iter().find(|key| key.leads(&columns[1..], place, &target[1..]));
    let child_live = live.and_then(|(child, _)| child);
    let key = ForeignKeyPlan { child, parent, columns: &columns, target: &target, single, live: child_live };
    if found.is_none() && !key.waits() {
        key.add(context, plan);
    }
    if !child_live.is_some_and(|child| child.begins_with(&columns)) {
        supporting(context, child, &columns, plan);
    }
    if !found.is_some_and(|key| key.validated) {
        key.validate(context, found, plan);
    }
    if let Some(single) = single {
        beside(context, child, single, plan);
    }
}

/// Without it, deleting or changing a parent looks for its children row by row.
fn supporting(context: &Context<'_>, child: &DeclaredTable, columns: &[String; 2], plan: &mut Plan) {
    let (schema, name) = context.place(child);
    let index = quote::derived(name, &format!("{}_tenancy_idx", columns[1]));
    let list = quote::idents(columns.iter().map(String::as_str));
    let up = [format!("CREATE INDEX IF NOT EXISTS {} ON {} ({list})", quote::ident(&index), context.sql(child))];
    let down = [format!("DROP INDEX IF EXISTS {}", quote::qualified(schema, &index))];
    let reason =
        "deleting a parent finds its children by it. On a large table build it CONCURRENTLY under this name first";
    plan.step("foreign-key-index", &format!("{} {index}", context.label(child)), reason, up, down);
}

fn constraint(context: &Context<'_>, child: &DeclaredTable, column: &str) -> String {
    quote::derived(context.place(child).1, &format!("{column}_tenancy_fkey"))
}

/// A composite foreign key that is to be.
struct ForeignKeyPlan<'a> {
    child: &'a DeclaredTable,
    parent: &'a DeclaredTable,
    columns: &'a [String; 2],
    target: &'a [String],
    /// The key of one column that it stands beside.
    single: Option<&'a ForeignKey>,
    /// The child in the live database.
    live: Option<&'a Relation>,
}

impl ForeignKeyPlan<'_> {
    /// A partitioned table takes no foreign key without a look at its rows: the whole key is a validation then.
    fn waits(&self) -> bool {
        self.live.is_some_and(|child| child.partitioned)
    }

    /// The statement that adds it, for rows to come only.
    fn sql(&self, context: &Context<'_>) -> String {
        format!(
            "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){}",
            context.sql(self.child),
            quote::ident(&constraint(context, self.child, &self.columns[1])),
            quote::idents(self.columns.iter().map(String::as_str)),
            context.sql(self.parent),
            quote::idents(self.target.iter().map(String::as_str)),
            self.single.map(|key| key.actions(&self.columns[1])).unwrap_or_default(),
        )
    }

    fn add(&self, context: &Context<'_>, plan: &mut Plan) {
        let name = constraint(context, self.child, &self.columns[1]);
        let sql = context.sql(self.child);
        let add = self.sql(context) + " NOT VALID";
        let up = match context.live {
            Some(_) => add,
            // Nothing is known of the database, and there is no ADD CONSTRAINT IF NOT EXISTS. A partitioned table takes
            // no foreign key that is not valid: `apply` adds it.
            None => quote::block(&format!(
                "BEGIN\n    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = {0}::regclass AND conname \
                 = {1})\n        AND (SELECT relkind FROM pg_catalog.pg_class WHERE oid = {0}::regclass) <> 'p' THEN\n        \
                 {add};\n    END IF;\nEND",
                quote::literal(&sql),
                quote::literal(&name)
            )),
        };
        let down = [format!("ALTER TABLE {sql} DROP CONSTRAINT IF EXISTS {}", quote::ident(&name))];
        let reason = "a child's parent is of its own organization; from now on, without a look at the rows that exist";
        plan.step("foreign-key", &format!("{} {name}", context.label(self.child)), reason, [up], down);
    }

    /// The look at the rows that exist.
    fn validate(&self, context: &Context<'_>, found: Option<&ForeignKey>, plan: &mut Plan) {
        let ours = constraint(context, self.child, &self.columns[1]);
        let name = found.map_or(ours.as_str(), |key| key.name.as_str());
        let sql = context.sql(self.child);
        let check = match found {
            None if self.waits() => self.sql(context),
            _ => format!("ALTER TABLE {sql} VALIDATE CONSTRAINT {}", quote::ident(name)),
        };
        let mut forced = vec![sql.clone()];
        let children = self.live.iter().flat_map(|child| &child.children);
        forced.extend(children.map(|child| quote::qualified(&child.schema, &child.name)));
        let parent = context.sql(self.parent);
        if !forced.contains(&parent) {
            forced.push(parent.clone());
        }
        let pairs = self.target.iter().zip(self.columns);
        let pairs = pairs.map(|(to, from)| format!("p.{} = c.{}", quote::ident(to), quote::ident(from)));
        let broken = format!(
            "SELECT c.* FROM {sql} c WHERE c.{} IS NOT NULL AND NOT EXISTS (SELECT FROM {parent} p WHERE {})",
            quote::ident(&self.columns[1]),
            pairs.collect::<Vec<_>>().join(" AND ")
        );
        plan.validations.push(Validation {
            id: format!("foreign-key-validate {} {name}", context.label(self.child)),
            reason: "looks at every row, and fails where a child has a parent of another organization".to_owned(),
            check,
            forced,
            broken,
        });
    }
}

/// A key of one column beside the composite one.
fn beside(context: &Context<'_>, child: &DeclaredTable, single: &ForeignKey, plan: &mut Plan) {
    let reason = "its error says whether a row of another organization exists; drop it once the composite one is \
                  validated. `diesel print-schema` writes `joinable!` from it, so keep that line by hand then";
    let statement = format!("ALTER TABLE {} DROP CONSTRAINT {}", context.sql(child), quote::ident(&single.name));
    let of = format!("{} {}", context.label(child), single.name);
    plan.advise("foreign-key-without-organization", &of, reason, [statement]);
}
