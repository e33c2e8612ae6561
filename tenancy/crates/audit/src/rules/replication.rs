//! Family D: publications, replication slots and subscriptions (D08, D09, D12).

use crate::catalog::{Publication, Relation};
use crate::context::Context;
use crate::policy_text::{always_true, canonical};
use crate::rule::Check::Catalog;
use crate::rule::Severity::Medium;
use crate::rule::{Hit, Rule};
use tenancy::schema::TableKind;

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "D08",
        severity: Medium,
        title: "an organization table is published without a row filter",
        what: "Publications that hold an organization table by name or by its schema, without a filter, or with one that does not name its organization; and platform tables.",
        why: "The subscriber gets every organization's rows; row-level security does not hold there.",
        fix: "Add a row filter, or accept it with the reason in the baseline.",
        check: Catalog(d08),
    },
    Rule {
        id: "D09",
        severity: Medium,
        title: "all tables are published",
        what: "Publications FOR ALL TABLES, and logical replication slots that decode without a publication.",
        why: "As D08, and every table to come.",
        fix: "Publish tables by name.",
        check: Catalog(d09),
    },
    Rule {
        id: "D12",
        severity: Medium,
        title: "a subscription writes into an organization table",
        what: "Declared tables that a logical subscription fills, and subscriptions whose tables cannot be told.",
        why: "Its rows are taken as they come; WITH CHECK does not hold for its worker.",
        fix: "Accept it with the reason in the baseline, or drop the subscription.",
        check: Catalog(d12),
    },
];

fn d08(cx: &Context<'_>) -> Vec<Hit> {
    let mut hits = Vec::new();
    for publication in cx.catalog.publications.iter().filter(|publication| !publication.all_tables) {
        let platform = |table: &Relation| cx.kind_of(table) == Some(TableKind::Platform);
        let tables = cx.catalog.relations.iter().filter(|table| cx.holds_tenants(table.oid) || platform(table));
        for table in tables.filter(|table| publication.holds(table) && !filtered(cx, publication, table)) {
            let whose = if platform(table) { "the platform" } else { "every organization" };
            let detail = format!("the publication `{}` holds rows of {whose}", publication.name);
            hits.push(Hit::new(table.full_name(), detail));
        }
    }
    hits
}

/// Whether a publication shows only rows that its filter chooses by the organization.
fn filtered(cx: &Context<'_>, publication: &Publication, table: &Relation) -> bool {
    let filter = publication.filters.iter().find(|filter| filter.table == table.oid);
    let Some((filter, organization)) = filter.zip(cx.root_organization(table.oid)) else { return false };
    let names = |word: &String| word == organization;
    !always_true(&filter.filter) && canonical(&filter.filter).iter().any(names)
}

fn d09(cx: &Context<'_>) -> Vec<Hit> {
    let all = cx.catalog.publications.iter().filter(|publication| publication.all_tables);
    let all = all.map(|publication| Hit::new(format!("publication {}", publication.name), "holds all tables"));
    // The server's own plugin shows what a publication holds; others show everything.
    let slots = cx.catalog.slots.iter().filter(|slot| slot.plugin != "pgoutput");
    let slots = slots.map(|slot| {
        let detail = format!("decodes every table with `{}`, without a publication", slot.plugin);
        Hit::new(format!("replication slot {}", slot.name), detail)
    });
    all.chain(slots).collect()
}

fn d12(cx: &Context<'_>) -> Vec<Hit> {
    let tables = cx.catalog.subscribed.iter().filter(|&&table| cx.is_declared(table));
    let mut hits: Vec<Hit> =
        tables.map(|&table| Hit::new(cx.catalog.name_of(table), "a subscription writes into it")).collect();
    // One whose tables are not known yet (never refreshed) may write into any.
    if cx.catalog.subscribed.is_empty() {
        let unknown = cx.catalog.subscriptions.iter();
        hits.extend(unknown.map(|name| Hit::new(format!("subscription {name}"), "its tables are not known yet")));
    }
    hits
}
