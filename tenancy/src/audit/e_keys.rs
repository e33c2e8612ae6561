//! Family E: keys, indexes, partitions. The texts are in `e_rules.rs`.

use super::catalog::{Constraint, Index};
use super::context::Context;
use super::rule::Hit;
use crate::rls::Target;
use crate::schema::TableKind;

pub(super) use super::e_rules::RULES;

fn has(index: &Index, column: &str) -> bool {
    index.columns.iter().flatten().any(|name| name == column)
}

/// Indexes of tenant tables, and of partitions and children that do not repeat their root's: with the organization.
fn indexes<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Index, &'a str)> {
    let roots = cx.catalog.indexes.iter().filter_map(|index| Some((index, cx.organization(index.table)?)));
    let below = cx.children().flat_map(move |(child, root)| {
        let indexes = cx.catalog.indexes.iter().filter(move |index| index.table == child.oid);
        indexes.filter_map(move |index| Some((index, cx.organization(root)?)))
    });
    roots.chain(below)
}

pub(super) fn e01(cx: &Context<'_>) -> Vec<Hit> {
    let keys = indexes(cx).filter(|(index, organization)| {
        (index.unique || index.primary || index.exclusion) && !has(index, organization)
    });
    let hit = |(index, organization): (&Index, &str)| {
        let columns: Vec<&str> =
            index.columns.iter().map(|column| column.as_deref().unwrap_or("an expression")).collect();
        let detail = format!("({}) is unique without `{organization}`", columns.join(", "));
        Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail)
    };
    keys.map(hit).collect()
}

/// Foreign keys from tenant tables to tenant tables, with both organizations.
fn foreign_keys<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Constraint, &'a str, &'a str)> {
    let keys = cx.catalog.constraints.iter().filter(|constraint| constraint.kind == "f" && !constraint.inherited);
    keys.filter_map(|key| Some((key, cx.organization(key.table)?, cx.organization(key.references?)?)))
}

fn name(cx: &Context<'_>, constraint: &Constraint) -> String {
    format!("{} {}", cx.catalog.name_of(constraint.table), constraint.name)
}

pub(super) fn e02(cx: &Context<'_>) -> Vec<Hit> {
    let single = foreign_keys(cx).filter(|(key, child, parent)| {
        !key.columns.iter().zip(&key.referenced).any(|(from, to)| from == child && to == parent)
    });
    let hit = |(key, ..): (&Constraint, &str, &str)| {
        let parent = key.references.map(|oid| cx.catalog.name_of(oid)).unwrap_or_default();
        Hit::new(name(cx, key), format!("leads to {parent} without the organization"))
    };
    single.map(hit).collect()
}

pub(super) fn e03(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.constraints.iter().filter(|constraint| constraint.kind == "f" && !constraint.inherited);
    let hits = keys.filter_map(|key| {
        let organization = cx.organization(key.table)?;
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

/// Valid, and over every row.
fn whole(index: &Index) -> bool {
    index.valid && !index.partial
}

pub(super) fn e04(cx: &Context<'_>) -> Vec<Hit> {
    let without = cx.organizations().filter(|(organization, table, _)| {
        let leads = |index: &&Index| index.columns.first().is_some_and(|first| first.as_deref() == Some(organization));
        !cx.catalog.indexes.iter().filter(|index| index.table == table.oid).any(|index| whole(index) && leads(&index))
    });
    let hit = |(organization, table, _): (&str, &super::catalog::Relation, _)| {
        Hit::new(table.full_name(), format!("no index begins with `{organization}`"))
    };
    without.map(hit).collect()
}

pub(super) fn e05(cx: &Context<'_>) -> Vec<Hit> {
    let leaky = indexes(cx).filter(|(index, _)| index.leaky);
    let hit = |(index, _): (&Index, &str)| {
        let detail = format!("an operator of this {} index is not leakproof", index.method);
        Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail)
    };
    leaky.map(hit).collect()
}

pub(super) fn e06(cx: &Context<'_>) -> Vec<Hit> {
    let bare = foreign_keys(cx).filter(|(key, organization, _)| {
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

pub(super) fn e07(cx: &Context<'_>) -> Vec<Hit> {
    let shared = cx.catalog.sequences.iter().filter_map(|sequence| {
        let table = sequence.used_by.iter().find(|&&table| cx.holds_tenants(table))?;
        let relation = cx.catalog.relation(sequence.sequence)?;
        let held = cx.grants_to(relation, &cx.hands);
        let detail = || format!("numbers {} for all organizations", cx.catalog.name_of(*table));
        (!held.is_empty()).then(|| Hit::new(relation.full_name(), detail()))
    });
    shared.collect()
}

pub(super) fn e08(cx: &Context<'_>) -> Vec<Hit> {
    let open = cx.children().filter_map(|(child, root)| {
        let held = cx.grants_to(child, &cx.hands);
        let detail = || format!("hangs below {}, and {} is granted on it", cx.catalog.name_of(root), held.join(", "));
        (!held.is_empty()).then(|| Hit::new(child.full_name(), detail()))
    });
    open.collect()
}

pub(super) fn e09(cx: &Context<'_>) -> Vec<Hit> {
    let open = cx.children().filter(|(child, _)| !(child.rls && child.force));
    let hit = |(child, root): (&super::catalog::Relation, _)| {
        let detail = format!("hangs below {} without row-level security of its own", cx.catalog.name_of(root));
        Hit::new(child.full_name(), detail)
    };
    open.map(hit).collect()
}

pub(super) fn e10(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.partition_keys.iter().filter_map(|key| {
        let organization = cx.organization(key.table)?;
        let detail = || format!("is partitioned by ({}), without `{organization}`", key.columns.join(", "));
        let has = key.columns.iter().any(|column| column == organization);
        (!has).then(|| Hit::new(cx.catalog.name_of(key.table), detail()))
    });
    keys.collect()
}

pub(super) fn e11(cx: &Context<'_>) -> Vec<Hit> {
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
    unchecked.chain(invalid.map(hit)).chain(off).collect()
}

pub(super) fn e12(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.constraints.iter().filter(|constraint| constraint.kind == "f" && !constraint.inherited);
    let hits = keys.filter_map(|key| {
        let child = cx.catalog.relation(key.table)?;
        let parent = key.references.filter(|&parent| cx.holds_tenants(parent))?;
        let global = cx.kind_of(child) == Some(TableKind::Global);
        global.then(|| Hit::new(name(cx, key), format!("leads to {}", cx.catalog.name_of(parent))))
    });
    hits.collect()
}
