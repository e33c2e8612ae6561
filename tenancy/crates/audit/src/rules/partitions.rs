//! Family E: partitions, children and parents of organization tables (E08 to E10).

use crate::catalog::{Oid, Relation};
use crate::context::Context;
use crate::rule::Check::Catalog;
use crate::rule::Severity::{Critical, High, Low};
use crate::rule::{Hit, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "E08",
        severity: Critical,
        title: "a partition, child or parent is granted",
        what: "Grants to the service's role or PUBLIC on partitions and children of organization tables, and on tables that these hang below.",
        why: "Named directly, a child passes its parent's policies by; read through a parent, it passes its own.",
        fix: "`REVOKE ALL ON TABLE <partition> FROM ..`.",
        check: Catalog(e08),
    },
    Rule {
        id: "E09",
        severity: High,
        title: "a partition or child has no row-level security",
        what: "Row-level security is enabled and forced on partitions and children of organization tables, and no other table stands above them.",
        why: "One grant later it shows every organization.",
        fix: "`ALTER TABLE <partition> ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY`.",
        check: Catalog(e09),
    },
    Rule {
        id: "E10",
        severity: Low,
        title: "a table is partitioned without the organization",
        what: "The partition key of partitioned organization tables.",
        why: "A statement of one organization opens every partition, no unique key of the organization can be made without the partition key, and whether a partition is empty says whether any organization has a row of its values.",
        fix: "Partition by hash of the organization, then by the rest.",
        check: Catalog(e10),
    },
];

/// Tables above organization tables that are none themselves: read through them, a child's own policies are not asked.
fn parents<'a>(cx: &'a Context<'a>) -> impl Iterator<Item = (&'a Relation, Oid)> {
    let above = cx.catalog.children.iter();
    let above = above.filter(|pair| cx.holds_tenants(pair.child) && !cx.holds_tenants(pair.parent));
    above.filter_map(|pair| Some((cx.catalog.relation(pair.parent)?, pair.child)))
}

fn e08(cx: &Context<'_>) -> Vec<Hit> {
    let below = cx.children().map(|(child, root)| (child, root, "hangs below"));
    let kin = below.chain(parents(cx).map(|(parent, child)| (parent, child, "stands above")));
    let open = kin.filter_map(|(relation, other, how)| {
        let held = cx.grants_to(relation, &cx.hands);
        let detail = || format!("{how} {}, and {} is granted on it", cx.catalog.name_of(other), held.join(", "));
        (!held.is_empty()).then(|| Hit::new(relation.full_name(), detail()))
    });
    open.collect()
}

fn e09(cx: &Context<'_>) -> Vec<Hit> {
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

fn e10(cx: &Context<'_>) -> Vec<Hit> {
    let keys = cx.catalog.partition_keys.iter().filter_map(|key| {
        let organization = cx.organization(key.table)?;
        let detail = || format!("is partitioned by ({}), without `{organization}`", key.columns.join(", "));
        let has = key.columns.iter().any(|column| column == organization);
        (!has).then(|| Hit::new(cx.catalog.name_of(key.table), detail()))
    });
    keys.collect()
}
