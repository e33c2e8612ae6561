//! Keys and indexes that begin with the organization.
//!
//! A key without the organization compares rows of all organizations: its error says that a row exists.

use super::context::Context;
use super::document::Plan;
use crate::quote;
use tenancy::schema::{DeclaredJoin, DeclaredTable};

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
pub(super) fn key(table: &DeclaredTable, organization: &str) -> Vec<String> {
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
pub(crate) fn pair(
    child: &DeclaredTable,
    parent: &DeclaredTable,
    join: &DeclaredJoin,
) -> Option<([String; 2], Vec<String>)> {
    let (child_org, parent_org) = (child.organization.as_ref()?, parent.organization.as_ref()?);
    let target = key(parent, parent_org);
    let said = target.len() == 2 && join.column != *child_org;
    said.then(|| ([child_org.clone(), join.column.clone()], target))
}
