//! Family E: sequences that organizations share (E07).

use crate::catalog::{Oid, Sequence};
use crate::context::Context;
use crate::rule::Check::Catalog;
use crate::rule::Severity::Low;
use crate::rule::{Hit, Rule};

pub(super) static RULES: &[Rule] = &[Rule {
    id: "E07",
    severity: Low,
    title: "organizations share a sequence",
    what: "Sequences that the service's role may use beside drawing the next primary key: to number something that people see, to read or set the last number, or for itself.",
    why: "Its numbers tell one organization how much the others write.",
    fix: "Keys by UUIDv7, a counter an organization; or accept it in the baseline.",
    check: Catalog(e07),
}];

fn e07(cx: &Context<'_>) -> Vec<Hit> {
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
