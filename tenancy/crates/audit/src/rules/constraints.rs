//! Family E: foreign keys and other constraints (E02, E03, E06, E11, E12, E13). E13 compares rows, in `row_checks.rs`.

use super::indexes::{indexes, whole};
use crate::catalog::{Constraint, Index};
use crate::context::Context;
use crate::rule::Check::{Catalog, Live};
use crate::rule::Severity::{Critical, High, Low, Medium};
use crate::rule::{Hit, Rule};
use tenancy::schema::{DeclaredJoin, TableKind};
use tenancy_rls::Target;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "E02",
        severity: Critical,
        title: "a foreign key does not pair the organizations",
        what: "Foreign keys between organization tables and their partitions hold the two organization columns at the same place, and each `joinable!` of two organization tables has one that does. Low: one that stands beside such a key, which holds the rows together.",
        why: "Foreign keys are checked without row-level security: a child takes another organization's row for its parent, and the error tells whether one exists.",
        fix: "A composite key: `(organization, column)` to `(organization, key)`; `tenancy rls apply` makes one for each foreign key of the database, declared or not, and `rls plan --check` fails where none can be made. Then drop the one without, and keep its `joinable!` by hand.",
        check: Catalog(e02),
    },
    Rule {
        id: "E03",
        severity: High,
        title: "a foreign key's action overwrites the organization",
        what: "SET NULL and SET DEFAULT whose columns hold the organization.",
        why: "Deleting a parent takes its children out of their organization.",
        fix: "RESTRICT or CASCADE; on PostgreSQL also `SET NULL (column)`.",
        check: Catalog(e03),
    },
    Rule {
        id: "E06",
        severity: Low,
        title: "a foreign key has no index",
        what: "An index on the columns of each foreign key between organization tables that begins with the organization.",
        why: "Deleting or changing a parent looks for its children row by row.",
        fix: "`CREATE INDEX CONCURRENTLY .. (organization, column)`.",
        check: Catalog(e06),
    },
    Rule {
        id: "E11",
        severity: Medium,
        title: "a constraint or index does not hold",
        what: "Constraints that are not validated or not enforced, or whose triggers are disabled, invalid indexes, and indexes with an operator class of a user, on organization tables.",
        why: "A composite foreign key that was never validated says nothing about the rows that were there.",
        fix: "`ALTER TABLE .. VALIDATE CONSTRAINT ..`; `REINDEX INDEX CONCURRENTLY ..`.",
        check: Catalog(e11),
    },
    Rule {
        id: "E12",
        severity: Medium,
        title: "a global table refers to an organization table",
        what: "Foreign keys from tables that are declared global.",
        why: "Shared data then depends on one organization's row, and says that it exists.",
        fix: "Drop the key, or declare the table as an organization table.",
        check: Catalog(e12),
    },
    Rule {
        id: "E13",
        severity: Critical,
        title: "a row's parent belongs to another organization",
        what: "Up to 10 000 rows of each organization table against their parents, by foreign keys and `joinable!`s that do not pair the organizations. Needs a connection that row-level security does not hold.",
        why: "Data that was mixed before the wall stays mixed behind it.",
        fix: "Repair the rows, then add the composite foreign key.",
        check: Live,
    },
];

/// Foreign keys from organization tables to organization tables, or partitions and children of them, with both organizations.
fn foreign_keys<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Constraint, &'a str, &'a str)> {
    let keys = cx.catalog.constraints.iter().filter(|constraint| constraint.kind == "f" && !constraint.inherited);
    keys.filter_map(|key| Some((key, cx.root_organization(key.table)?, cx.root_organization(key.references?)?)))
}

fn name(cx: &Context<'_>, constraint: &Constraint) -> String {
    format!("{} {}", cx.catalog.name_of(constraint.table), constraint.name)
}

fn pairs(key: &Constraint) -> impl Iterator<Item = (&str, &str)> {
    key.columns.iter().map(String::as_str).zip(key.referenced.iter().map(String::as_str))
}

fn e02(cx: &Context<'_>) -> Vec<Hit> {
    let single = foreign_keys(cx).filter(|(key, child, parent)| !pairs(key).any(|pair| pair == (*child, *parent)));
    let hit = |(key, child, parent): (&Constraint, &str, &str)| {
        // Another key that holds the same columns within one organization, for the rows that were there too.
        let held = foreign_keys(cx).any(|(other, ..)| {
            (other.table, other.references) == (key.table, key.references)
                && other.validated
                && other.enforced
                && pairs(other).any(|pair| pair == (child, parent))
                && pairs(key).all(|wanted| pairs(other).any(|pair| pair == wanted))
        });
        let to = key.references.map(|oid| cx.catalog.name_of(oid)).unwrap_or_default();
        match held {
            true => Hit::new(name(cx, key), format!("its error tells whether a row of {to} exists")).at(Low),
            false => Hit::new(name(cx, key), format!("leads to {to} without the organization")),
        }
    };
    single.map(hit).chain(cx.manifest.joins.iter().filter_map(|join| unheld(cx, join))).collect()
}

/// A declared join that no foreign key holds. One that pairs no organizations is reported itself.
fn unheld(cx: &Context<'_>, join: &DeclaredJoin) -> Option<Hit> {
    let (child, parent) = (cx.manifest.table(&join.child)?, cx.manifest.table(&join.parent)?);
    let (child_org, parent_org) = (child.organization.as_deref()?, parent.organization.as_deref()?);
    let others: Vec<&String> = parent.primary_key.iter().filter(|column| *column != parent_org).collect();
    // What `joinable!` cannot say: a key of several columns. `rls apply` makes no foreign key then.
    let [key] = others[..] else { return None };
    if join.column == child_org {
        return None;
    }
    let (from, to) = (cx.find(child)?, cx.find(parent)?);
    cx.catalog.column(from.oid, &join.column)?;
    let wanted = (join.column.as_str(), key.as_str());
    let mut keys = cx.catalog.constraints.iter().filter(|key| key.kind == "f" && key.table == from.oid);
    let held = keys.any(|key| key.references == Some(to.oid) && pairs(key).any(|pair| pair == wanted));
    let detail =
        format!("`{}` leads to {} by `joinable!`, and no foreign key holds it there", join.column, cx.label(parent));
    (!held).then(|| Hit::new(from.full_name(), detail).at(High))
}

fn e03(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.constraints.iter().filter(|constraint| constraint.kind == "f" && !constraint.inherited);
    let hits = keys.filter_map(|key| {
        let organization = cx.root_organization(key.table)?;
        let sets = |action: &str| matches!(action, "n" | "d");
        let touched = |columns: &[String]| columns.iter().any(|column| column == organization);
        // Citus refuses the form that names columns too.
        let whole = key.delete_sets.is_empty() || cx.options.wall.target == Target::Citus;
        let deleted = sets(&key.on_delete) && if whole { touched(&key.columns) } else { touched(&key.delete_sets) };
        let updated = sets(&key.on_update) && touched(&key.columns);
        let spared = whole && !key.delete_sets.is_empty() && !touched(&key.delete_sets);
        let detail = || match spared && !updated {
            true => format!("its action is refused by Citus, because the key holds `{organization}`"),
            false => format!("its action overwrites `{organization}`"),
        };
        (deleted || updated).then(|| Hit::new(name(cx, key), detail()))
    });
    hits.collect()
}

fn e06(cx: &Context<'_>) -> Vec<Hit> {
    // One that does not pair the organizations is E02's.
    let paired = foreign_keys(cx).filter(|(key, child, parent)| pairs(key).any(|pair| pair == (*child, *parent)));
    let bare = paired.filter(|(key, organization, _)| {
        let supports = |index: &&Index| {
            let lead: Vec<&String> = index.columns.iter().take(key.columns.len()).flatten().collect();
            let all = key.columns.iter().all(|column| lead.contains(&column));
            all && index.columns.first().is_some_and(|first| first.as_deref() == Some(*organization))
        };
        let needs = key.columns.iter().any(|column| column != organization);
        needs && !cx.catalog.indexes.iter().filter(|i| i.table == key.table && whole(i)).any(|i| supports(&i))
    });
    bare.map(|(key, ..)| Hit::new(name(cx, key), "no index on its columns that begins with the organization")).collect()
}

fn e11(cx: &Context<'_>) -> Vec<Hit> {
    let constraints = cx.catalog.constraints.iter().filter(|constraint| cx.holds_tenants(constraint.table));
    let unchecked = constraints.filter_map(|constraint| {
        let why = match (constraint.enforced, constraint.validated) {
            (false, _) => "is not enforced",
            (_, false) => "is not validated: rows that were there may break it",
            _ => return None,
        };
        Some(Hit::new(name(cx, constraint), why))
    });
    let invalid = indexes(cx).filter(|(index, _)| !index.valid);
    let hit = |(index, _): (&Index, &str)| {
        Hit::new(
            format!("{} {}", cx.catalog.name_of(index.table), index.name),
            "is invalid: it checks and finds nothing",
        )
    };
    let off = cx.catalog.switched_off.iter().filter(|off| cx.holds_tenants(off.table));
    let off = off.map(|off| {
        let object = format!("{} {}", cx.catalog.name_of(off.table), off.name);
        Hit::new(object, "its triggers are disabled: it checks nothing")
    });
    let classes = cx.catalog.reach.classes.iter().filter(|class| cx.holds_tenants(class.rel));
    let classes = classes.map(|class| {
        let object = format!("{} {}", cx.catalog.name_of(class.rel), class.index);
        Hit::new(object, format!("compares by the operator class {}, which is a user's", class.class))
    });
    unchecked.chain(invalid.map(hit)).chain(off).chain(classes).collect()
}

fn e12(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.constraints.iter().filter(|constraint| constraint.kind == "f" && !constraint.inherited);
    let hits = keys.filter_map(|key| {
        let child = cx.catalog.relation(key.table)?;
        let parent = key.references.filter(|&parent| cx.holds_tenants(parent))?;
        let global = cx.kind_of(child) == Some(TableKind::Global);
        global.then(|| Hit::new(name(cx, key), format!("leads to {}", cx.catalog.name_of(parent))))
    });
    hits.collect()
}
