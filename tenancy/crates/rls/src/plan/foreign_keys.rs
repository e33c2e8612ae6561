//! Foreign keys that carry the organization.
//!
//! A foreign key without it takes a row of another organization for a parent: PostgreSQL checks it without row-level
//! security. The database says which there are; what `joinable!` says is compared with it, because a declaration does not name
//! all of them (`diesel print-schema` writes none where two keys lead to one parent). Each pair of organization tables has a
//! key that holds the two organizations together, or the plan says that it lacks one.

use super::context::Context;
use super::document::Plan;
use super::document::Validation;
use super::keys::{key, pair};
use crate::catalog::{ForeignKey, Relation};
use crate::locked_reads::Read;
use crate::quote;
use tenancy::schema::{DeclaredTable, TableKind};

pub(super) fn steps(context: &Context<'_>, plan: &mut Plan) {
    let tables = Owned::all(context);
    let mut ways = Vec::new();
    for (number, child) in tables.iter().enumerate() {
        for key in child.live.iter().flat_map(|live| &live.foreign_keys) {
            let parent = tables.iter().position(|table| key.is_to((table.schema, table.name)));
            if let Some(parent) = parent {
                of_key(&tables, (number, parent), key, &mut ways, plan);
            }
        }
    }
    declared(context, &tables, &mut ways, plan);
    for way in &ways {
        way.plan(context, plan);
    }
    if context.live.is_none() {
        let reason =
            "foreign keys that no `joinable!` names are not covered here: plan against the database, which knows them";
        plan.advise("foreign-keys", "wall", reason, []);
    }
}

/// A relation that holds rows of organizations: a declared table, or a partition or child of one.
#[derive(Clone, Copy)]
struct Owned<'a> {
    schema: &'a str,
    name: &'a str,
    organization: &'a str,
    /// `None` for a partition or child.
    declared: Option<&'a DeclaredTable>,
    live: Option<&'a Relation>,
}

impl<'a> Owned<'a> {
    /// Those that exist, or may exist.
    fn all(context: &'a Context<'a>) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for table in context.manifest.tables.iter().filter(|table| table.kind == TableKind::Tenant) {
            let Some(organization) = table.organization.as_deref() else { continue };
            let (schema, name) = context.place(table);
            let live = context.live.and_then(|live| live.relation((schema, name)));
            let has = live.is_some_and(|live| live.column(organization).is_some());
            if context.live.is_none() || has {
                found.push(Self { schema, name, organization, declared: Some(table), live });
            }
        }
        for root in found.clone() {
            let below = root.live.iter().flat_map(|live| &live.children);
            for child in below {
                let live = context.live.and_then(|live| live.relation((&child.schema, &child.name)));
                let known = found.iter().any(|known| (known.schema, known.name) == (&child.schema, &child.name));
                if live.is_some() && !known {
                    let (schema, name) = (child.schema.as_str(), child.name.as_str());
                    found.push(Self { schema, name, declared: None, live, ..root });
                }
            }
        }
        found
    }

    fn sql(&self) -> String {
        quote::qualified(self.schema, self.name)
    }

    fn label(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

/// How rows of one table lead to rows of another, whatever keys hold it.
struct Way<'a> {
    child: Owned<'a>,
    parent: Owned<'a>,
    /// The columns that lead there beside the organizations, each with the one that it holds.
    pairs: Vec<(String, String)>,
    /// A key without the organizations.
    single: Option<&'a ForeignKey>,
    /// A key with them.
    found: Option<&'a ForeignKey>,
}

/// Sorts one key of the database into the ways.
fn of_key<'a>(
    tables: &[Owned<'a>],
    (child, parent): (usize, usize),
    key: &'a ForeignKey,
    ways: &mut Vec<Way<'a>>,
    plan: &mut Plan,
) {
    let (child, parent) = (tables[child], tables[parent]);
    let (with, pairs): (Vec<_>, Vec<_>) =
        key.pairs().into_iter().partition(|(from, to)| from == child.organization && to == parent.organization);
    if pairs.iter().any(|(from, to)| from == child.organization || to == parent.organization) {
        let reason = "it compares an organization with something else, so no key can hold the two organizations together: \
                      drop it, or declare the tables otherwise";
        return plan.lack("foreign-key-lacking", &format!("{} {}", child.label(), key.name), reason, []);
    }
    let way = way(ways, child, parent, pairs);
    let place = if with.is_empty() { &mut way.single } else { &mut way.found };
    // One that is validated says more than one that is not.
    if place.is_none_or(|other| !other.validated) {
        *place = Some(key);
    }
}

fn way<'w, 'a>(
    ways: &'w mut Vec<Way<'a>>,
    child: Owned<'a>,
    parent: Owned<'a>,
    mut pairs: Vec<(String, String)>,
) -> &'w mut Way<'a> {
    pairs.sort_unstable();
    let same = |way: &Way<'_>| {
        (way.child.schema, way.child.name, way.parent.schema, way.parent.name)
            == (child.schema, child.name, parent.schema, parent.name)
            && way.pairs == pairs
    };
    let number = ways.iter().position(same).unwrap_or_else(|| {
        ways.push(Way { child, parent, pairs: pairs.clone(), single: None, found: None });
        ways.len() - 1
    });
    &mut ways[number]
}

/// What `joinable!` says beside that.
fn declared<'a>(context: &Context<'a>, tables: &[Owned<'a>], ways: &mut Vec<Way<'a>>, plan: &mut Plan) {
    for join in &context.manifest.joins {
        let find = |path: &str| tables.iter().find(|table| table.declared.is_some_and(|known| known.path == path));
        let (Some(child), Some(parent)) = (find(&join.child), find(&join.parent)) else { continue };
        if join.column == child.organization {
            continue;
        }
        let of = format!("{} {}", child.label(), join.column);
        let leads = |way: &&Way<'_>| {
            let from = (way.child.schema, way.child.name) == (child.schema, child.name);
            from && way.pairs.iter().any(|(column, _)| *column == join.column)
        };
        let there = |way: &&Way<'_>| (way.parent.schema, way.parent.name) == (parent.schema, parent.name);
        if ways.iter().filter(leads).any(|way| there(&way)) {
            continue;
        }
        if let Some(other) = ways.iter().find(leads) {
            let (declared, other) = (parent.label(), other.parent.label());
            let reason =
                format!("`joinable!` leads to {declared}, the database's foreign key to {other}: correct one of them");
            plan.lack("foreign-key-lacking", &of, reason, []);
            continue;
        }
        let declared = child.declared.zip(parent.declared);
        match declared.and_then(|(child, parent)| pair(child, parent, join)) {
            Some((_, target)) => {
                way(ways, *child, *parent, vec![(join.column.clone(), target[1].clone())]);
            }
            None => {
                let reason = format!(
                    "`joinable!` leads to {}, whose key has several columns, and no foreign key of the database holds it: add one",
                    parent.label()
                );
                plan.lack("foreign-key-lacking", &of, reason, []);
            }
        }
    }
}

/// Types that PostgreSQL compares in a foreign key without running code that is not its own.
fn comparable(child: &Relation, parent: &Relation, (from, to): (&str, &str)) -> bool {
    let (Some(from), Some(to)) = (child.column(from), parent.column(to)) else { return false };
    let base = |written: &str| match written.split('(').next().unwrap_or_default() {
        "character varying" | "text" => "text".to_owned(),
        "smallint" | "integer" | "bigint" => "integer".to_owned(),
        _ => written.to_owned(),
    };
    from.sql_type == to.sql_type || (from.builtin && to.builtin && base(&from.sql_type) == base(&to.sql_type))
}

impl Way<'_> {
    fn columns(&self) -> Vec<&str> {
        [self.child.organization].into_iter().chain(self.pairs.iter().map(|(from, _)| from.as_str())).collect()
    }

    fn target(&self) -> Vec<&str> {
        [self.parent.organization].into_iter().chain(self.pairs.iter().map(|(_, to)| to.as_str())).collect()
    }

    /// The columns' names in a name: `invoice_id`.
    fn named(&self) -> String {
        self.columns()[1..].join("_")
    }

    fn plan(&self, context: &Context<'_>, plan: &mut Plan) {
        if self.found.is_none() && !self.can_be(plan) {
            return;
        }
        let name = self.found.map_or_else(|| self.name(plan), |found| found.name.clone());
        if self.found.is_none() {
            self.parent_key(plan);
            if !self.waits() {
                self.add(context, &name, plan);
            }
        }
        if !self.pairs.is_empty() && !self.child.live.is_some_and(|child| child.begins_with(&self.columns())) {
            self.supporting(plan);
        }
        match self.found {
            Some(found) if !found.enforced => {
                let reason = "it is not enforced, so it holds nothing together: `ALTER CONSTRAINT .. ENFORCED`";
                plan.lack("foreign-key-lacking", &format!("{} {name}", self.child.label()), reason, []);
            }
            Some(found) if found.validated => {}
            _ => self.validate(&name, plan),
        }
        if let Some(single) = self.single {
            self.as_deferrable(single, plan);
            self.beside(single, plan);
        }
    }

    /// Whether a key with the organizations can be made; the plan says why not.
    fn can_be(&self, plan: &mut Plan) -> bool {
        let (Some(child), Some(parent)) = (self.child.live, self.parent.live) else { return true };
        let (columns, target) = (self.columns(), self.target());
        let others: Vec<&str> = columns
            .iter()
            .zip(&target)
            .filter(|(from, to)| !comparable(child, parent, (**from, **to)))
            .map(|(from, _)| *from)
            .collect();
        if others.is_empty() {
            return true;
        }
        let reason = format!(
            "no key can hold {} and {} together: {} is of another type there, or not there at all",
            self.child.label(),
            self.parent.label(),
            others.join(", ")
        );
        let of = self.single.map_or_else(|| self.named(), |single| single.name.clone());
        plan.lack("foreign-key-lacking", &format!("{} {of}", self.child.label()), reason, []);
        false
    }

    /// A partitioned table takes no foreign key without a look at its rows: the whole key is a validation then.
    fn waits(&self) -> bool {
        self.child.live.is_some_and(|child| child.partitioned)
    }

    /// A name that no other key of the table has. Two keys from the same column lead to two parents.
    fn name(&self, plan: &Plan) -> String {
        let taken = |name: &str| {
            let lives = self.child.live.is_some_and(|child| child.foreign_keys.iter().any(|key| key.name == name));
            let id = format!("{} {name}", self.child.label());
            let planned = plan.steps.iter().any(|step| step.id.strip_prefix("foreign-key ") == Some(&id));
            let waits = plan.validations.iter().any(|look| look.id.strip_prefix("foreign-key-validate ") == Some(&id));
            lives || planned || waits
        };
        let (table, column, parent) = (self.child.name, self.named(), self.parent.name);
        let first = quote::derived(table, &format!("{column}_tenancy_fkey"));
        if taken(&first) { quote::derived(table, &format!("{column}_{parent}_tenancy_fkey")) } else { first }
    }

    /// The key of the parent that it leads to. Its columns are unique already where a foreign key leads to them.
    fn parent_key(&self, plan: &mut Plan) {
        let (Some(live), target) = (self.parent.live, self.target()) else { return };
        let label = self.parent.label();
        let of_table = self.parent.declared.map(|table| key(table, self.parent.organization));
        let primary = of_table.is_some_and(|columns| columns == target);
        let planned = |id: &str| plan.steps.iter().any(|step| step.id == id);
        let purpose = if primary { "tenancy_key".to_owned() } else { format!("{}_tenancy_key", target[1..].join("_")) };
        let index = quote::derived(self.parent.name, &purpose);
        let id = format!("{label} {index}");
        if live.has_key_of(&target) || (primary && planned(&format!("key {label}"))) || planned(&format!("key {id}")) {
            return;
        }
        let columns = quote::idents(target);
        let up = [format!(
            "CREATE UNIQUE INDEX IF NOT EXISTS {} ON {} ({columns})",
            quote::ident(&index),
            self.parent.sql()
        )];
        let down = [format!("DROP INDEX IF EXISTS {}", quote::qualified(self.parent.schema, &index))];
        let reason = "the key that a foreign key with the organization leads to. On a large table build it CONCURRENTLY \
                      under this name first";
        plan.step("key", &id, reason, up, down);
    }

    /// The statement that adds it, for rows to come only. As deferrable as the key beside it, so that what is put in order
    /// only at COMMIT still can be.
    fn sql(&self, name: &str) -> String {
        let (actions, checked) = self.single.map(|key| (key.actions(), key.deferrability())).unwrap_or_default();
        format!(
            "ALTER TABLE {} ADD CONSTRAINT {} FOREIGN KEY ({}) REFERENCES {} ({}){actions}{checked}",
            self.child.sql(),
            quote::ident(name),
            quote::idents(self.columns()),
            self.parent.sql(),
            quote::idents(self.target()),
        )
    }

    fn add(&self, context: &Context<'_>, name: &str, plan: &mut Plan) {
        let sql = self.child.sql();
        let add = self.sql(name) + " NOT VALID";
        let up = match context.live {
            Some(_) => add,
            // Nothing is known of the database, and there is no ADD CONSTRAINT IF NOT EXISTS. A partitioned table takes
            // no foreign key that is not valid: `apply` adds it.
            None => quote::block(&format!(
                "BEGIN\n    IF NOT EXISTS (SELECT FROM pg_catalog.pg_constraint WHERE conrelid = {0}::pg_catalog.regclass \
                 AND conname = {1})\n        AND (SELECT relkind FROM pg_catalog.pg_class WHERE oid = \
                 {0}::pg_catalog.regclass) <> 'p' THEN\n        {add};\n    END IF;\nEND",
                quote::literal(&sql),
                quote::literal(name)
            )),
        };
        let down = [format!("ALTER TABLE {sql} DROP CONSTRAINT IF EXISTS {}", quote::ident(name))];
        let reason = "a child's parent is of its own organization; from now on, without a look at the rows that exist";
        plan.step("foreign-key", &format!("{} {name}", self.child.label()), reason, [up], down);
    }

    /// Without it, deleting or changing a parent looks for its children row by row.
    fn supporting(&self, plan: &mut Plan) {
        let index = quote::derived(self.child.name, &format!("{}_tenancy_idx", self.named()));
        let id = format!("{} {index}", self.child.label());
        if plan.steps.iter().any(|step| step.id.strip_prefix("foreign-key-index ") == Some(&id)) {
            return;
        }
        let list = quote::idents(self.columns());
        let up = [format!("CREATE INDEX IF NOT EXISTS {} ON {} ({list})", quote::ident(&index), self.child.sql())];
        let down = [format!("DROP INDEX IF EXISTS {}", quote::qualified(self.child.schema, &index))];
        let reason =
            "deleting a parent finds its children by it. On a large table build it CONCURRENTLY under this name first";
        plan.step("foreign-key-index", &id, reason, up, down);
    }

    /// The look at the rows that exist.
    fn validate(&self, name: &str, plan: &mut Plan) {
        let (sql, parent) = (self.child.sql(), self.parent.sql());
        let check = match self.found {
            None if self.waits() => self.sql(name),
            _ => format!("ALTER TABLE {sql} VALIDATE CONSTRAINT {}", quote::ident(name)),
        };
        let mut forced = vec![sql.clone()];
        let children = self.child.live.iter().flat_map(|child| &child.children);
        forced.extend(children.map(|child| quote::qualified(&child.schema, &child.name)));
        if !forced.contains(&parent) {
            forced.push(parent.clone());
        }
        let held = |alias: &str, columns: &[&str]| {
            columns.iter().map(|column| format!("{alias}.{}", quote::ident(column))).collect::<Vec<_>>()
        };
        let (from, to) = (held("c", &self.columns()), held("p", &self.target()));
        let pairs: Vec<_> = to.iter().zip(&from).map(|(to, from)| format!("{to} = {from}")).collect();
        let given: Vec<_> = from[1..].iter().map(|column| format!("{column} IS NOT NULL AND ")).collect();
        let broken = format!(
            "SELECT c.* FROM {sql} c WHERE {}NOT EXISTS (SELECT FROM {parent} p WHERE {})",
            given.concat(),
            pairs.join(" AND ")
        );
        let read = |table: &Owned<'_>, columns: Vec<&str>| {
            let columns = columns.into_iter().map(str::to_owned).collect();
            Read(table.schema.to_owned(), table.name.to_owned(), columns)
        };
        plan.validations.push(Validation {
            id: format!("foreign-key-validate {} {name}", self.child.label()),
            reason: "looks at every row, and fails where a child has a parent of another organization".to_owned(),
            check,
            forced,
            broken,
            // Equal types of the service's own (enums, domains) are compared by the server's operators, without a cast.
            reads: vec![read(&self.child, Vec::new()), read(&self.parent, Vec::new())],
        });
    }

    /// A key that was added before its neighbour became deferrable.
    fn as_deferrable(&self, single: &ForeignKey, plan: &mut Plan) {
        let Some(found) = self.found else { return };
        let less = (single.deferrable && !found.deferrable) || (single.deferred && !found.deferred);
        if less {
            let alter = |like: &ForeignKey| {
                let how = if like.deferrable { like.deferrability() } else { " NOT DEFERRABLE".to_owned() };
                format!("ALTER TABLE {} ALTER CONSTRAINT {}{how}", self.child.sql(), quote::ident(&found.name))
            };
            let of = format!("{} {}", self.child.label(), found.name);
            let reason = "it is checked before the key beside it, so what is put in order only at COMMIT is refused";
            plan.step("foreign-key-deferrable", &of, reason, [alter(single)], [alter(found)]);
        }
    }

    /// A key without the organization beside the one with it.
    fn beside(&self, single: &ForeignKey, plan: &mut Plan) {
        let reason = "its error says whether a row of another organization exists; drop it once the composite one is \
                      validated. `diesel print-schema` writes `joinable!` from it, so keep that line by hand then";
        let statement = format!("ALTER TABLE {} DROP CONSTRAINT {}", self.child.sql(), quote::ident(&single.name));
        let of = format!("{} {}", self.child.label(), single.name);
        plan.advise("foreign-key-without-organization", &of, reason, [statement]);
    }
}
