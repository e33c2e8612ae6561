//! Family E: keys, indexes, partitions. The texts are in `e_rules.rs`.

use super::catalog::{Constraint, Index, Oid, Relation, Sequence};
use super::context::Context;
use super::rule::Severity::{High, Low, Medium};
use super::rule::{Hit, Severity};
use crate::rls::Target;
use crate::schema::{DeclaredJoin, TableKind};

pub(super) use super::e_rules::RULES;

/// Compares rows of one organization only.
fn has(index: &Index, organization: &str) -> bool {
    let place = index.columns.iter().position(|column| column.as_deref() == Some(organization));
    // An exclusion may compare by anything.
    place.is_some_and(|place| index.operators.get(place).is_none_or(|operator| operator == "="))
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
        let hit = Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail);
        match guessed(cx, index) {
            _ if super::f_server::lacks_fixes(cx) => hit,
            Some(severity) => hit.at(severity),
            None => hit,
        }
    };
    keys.map(hit).collect()
}

/// One that is critical by E01, whatever the server, is not reported twice.
pub(super) fn e14(cx: &Context<'_>) -> Vec<Hit> {
    let late = indexes(cx).filter(|(index, organization)| {
        let leads = index.columns.first().is_some_and(|first| first.as_deref() == Some(organization));
        let keeps = index.unique || index.primary || index.exclusion;
        let by_e01 = keeps && !has(index, organization) && guessed(cx, index).is_none();
        cx.options.sealed() && !leads && !by_e01
    });
    let hit = |(index, organization): (&Index, &str)| {
        let detail = format!("does not begin with `{organization}`: it finds a value in the rows of all organizations");
        Hit::new(format!("{} {}", cx.catalog.name_of(index.table), index.name), detail)
    };
    late.map(hit).collect()
}

/// How bad a key without the organization is where nothing is read through it: who can say the value of another
/// organization's row? `None`: it is a value that people give.
fn guessed(cx: &Context<'_>, index: &Index) -> Option<Severity> {
    let mut columns = index.columns.iter();
    let made = columns.all(|column| {
        let column = column.as_deref().and_then(|name| cx.catalog.column(index.table, name));
        // That a number was given out says what the sequence says (E07): how many rows there are.
        let numbered = |name: &String| {
            let mut sequences = cx.catalog.sequences.iter();
            sequences.any(|of| of.column.as_ref() == Some(name) && of.used_by.contains(&index.table))
        };
        column.is_some_and(|column| column.r#type == "uuid" || (index.primary && numbered(&column.name)))
    });
    match (made, index.primary) {
        (true, _) => Some(Low),
        (false, true) => Some(Medium),
        (false, false) => None,
    }
}

/// Foreign keys from tenant tables to tenant tables, or partitions and children of them, with both organizations.
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

pub(super) fn e02(cx: &Context<'_>) -> Vec<Hit> {
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

pub(super) fn e03(cx: &Context<'_>) -> Vec<Hit> {
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

/// Valid, and over every row.
fn whole(index: &Index) -> bool {
    index.valid && !index.partial
}

pub(super) fn e04(cx: &Context<'_>) -> Vec<Hit> {
    let without = cx.organizations().filter(|(organization, table, _)| {
        let leads = |index: &&Index| index.columns.first().is_some_and(|first| first.as_deref() == Some(organization));
        !cx.catalog.indexes.iter().filter(|index| index.table == table.oid).any(|index| whole(index) && leads(&index))
    });
    let hit = |(organization, table, _): (&str, &Relation, _)| {
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

pub(super) fn e07(cx: &Context<'_>) -> Vec<Hit> {
    let shared = cx.catalog.sequences.iter().filter_map(|sequence| {
        let relation = cx.catalog.relation(sequence.sequence).filter(|relation| !relation.extension)?;
        let held = cx.grants_to(relation, &cx.hands);
        let table = sequence.used_by.first().copied();
        let tenant = table.filter(|&table| cx.holds_tenants(table));
        // Numbers of a global or platform table are of no organization.
        if held.is_empty() || (table.is_some() && tenant.is_none()) || next_key(cx, sequence, tenant, &held) {
            return None;
        }
        let what = tenant.map_or("is shared".to_owned(), |table| format!("numbers {}", cx.catalog.name_of(table)));
        Some(Hit::new(relation.full_name(), format!("{what} for all organizations: {}", held.join(", "))))
    });
    shared.collect()
}

/// What an insert needs, and `rls apply` grants: the next number of a `serial` primary key.
fn next_key(cx: &Context<'_>, sequence: &Sequence, table: Option<Oid>, held: &[String]) -> bool {
    let keys = cx.catalog.indexes.iter().filter(|index| index.primary && Some(index.table) == table);
    let mut columns = keys.flat_map(|index| &index.columns).flatten();
    let of_key = sequence.column.as_ref().is_some_and(|column| columns.any(|key| key == column));
    of_key && held.iter().all(|privilege| privilege == "USAGE")
}

/// Tables above tenant tables that are none themselves: read through them, a child's own policies are not asked.
fn parents<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Relation, Oid)> {
    let above = cx.catalog.children.iter();
    let above = above.filter(|pair| cx.holds_tenants(pair.child) && !cx.holds_tenants(pair.parent));
    above.filter_map(|pair| Some((cx.catalog.relation(pair.parent)?, pair.child)))
}

pub(super) fn e08(cx: &Context<'_>) -> Vec<Hit> {
    let below = cx.children().map(|(child, root)| (child, root, "hangs below"));
    let kin = below.chain(parents(cx).map(|(parent, child)| (parent, child, "stands above")));
    let open = kin.filter_map(|(relation, other, how)| {
        let held = cx.grants_to(relation, &cx.hands);
        let detail = || format!("{how} {}, and {} is granted on it", cx.catalog.name_of(other), held.join(", "));
        (!held.is_empty()).then(|| Hit::new(relation.full_name(), detail()))
    });
    open.collect()
}

pub(super) fn e09(cx: &Context<'_>) -> Vec<Hit> {
    let open = cx.children().filter(|(child, _)| !(child.rls && child.force));
    let hit = |(child, root): (&Relation, _)| {
        let detail = format!("hangs below {} without row-level security of its own", cx.catalog.name_of(root));
        Hit::new(child.full_name(), detail)
    };
    let above = parents(cx).map(|(parent, child)| {
        Hit::new(
            parent.full_name(),
            format!("stands above {}, whose policies it does not ask", cx.catalog.name_of(child)),
        )
    });
    open.map(hit).chain(above).collect()
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
    let classes = cx.catalog.reach.classes.iter().filter(|class| cx.holds_tenants(class.rel));
    let classes = classes.map(|class| {
        let object = format!("{} {}", cx.catalog.name_of(class.rel), class.index);
        Hit::new(object, format!("compares by the operator class {}, which is a user's", class.class))
    });
    unchecked.chain(invalid.map(hit)).chain(off).chain(classes).collect()
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
