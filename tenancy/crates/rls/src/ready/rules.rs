//! What is asked of each table, each reference, and the wall.

use super::finding::{Finding, Rule, Verdict};
use crate::options::{Level, Options, Target};
use crate::plan::pair;
use crate::storage::{Storage, storage};
use tenancy::schema::{DeclaredJoin, DeclaredTable, Manifest, TableKind};

pub(super) fn findings(manifest: &Manifest, options: &Options) -> Vec<Finding> {
    let mut findings = Vec::new();
    wall(options, &mut findings);
    let common = common_storage(manifest);
    for table in manifest.tenant_tables() {
        let label = label(table, options);
        organization(table, &label, common, &mut findings);
        key(table, &label, &mut findings);
    }
    for join in &manifest.joins {
        reference(manifest, options, join, &mut findings);
    }
    findings
}

fn label(table: &DeclaredTable, options: &Options) -> String {
    format!("{}.{}", table.schema.as_deref().unwrap_or(&options.default_schema), table.name)
}

fn wall(options: &Options, findings: &mut Vec<Finding>) {
    if options.target != Target::Citus {
        findings.push(Finding {
            table: "wall".to_owned(),
            rule: Rule::Target,
            verdict: Verdict::Refused,
            seen: "the wall is not planned for Citus".to_owned(),
            why: "Citus refuses policies with a sub-select, and DDL that shares a transaction with a distributed table's",
            fix: "plan, apply and audit with `--target citus`".to_owned(),
        });
    }
    if options.level == Level::Sealed {
        findings.push(Finding {
            table: "wall".to_owned(),
            rule: Rule::Context,
            verdict: Verdict::Open,
            seen: "the scope is sealed".to_owned(),
            why: "`set_config` does not reach the workers, so the token has to be text, which sessions of the same role \
                  can read; and the verifier reads its keys on the node where the rows are",
            fix: "`SET LOCAL` with `citus.propagate_set_commands = 'local'`, a role a service, short lives, and the key \
                  table as a plain local table on every node; or the unsealed level, which lacks what the guide says"
                .to_owned(),
        });
    }
}

/// The way that most organization tables store their organization; the first one in a tie.
fn common_storage(manifest: &Manifest) -> Option<Storage> {
    let all: Vec<_> = manifest.tenant_tables().filter_map(storage).collect();
    let count = |one: &Storage| all.iter().filter(|other| *other == one).count();
    // `max_by_key` gives the last of several: turned round, that is the first.
    all.iter().rev().max_by_key(|one| count(one)).copied()
}

fn organization(table: &DeclaredTable, label: &str, common: Option<Storage>, findings: &mut Vec<Finding>) {
    let mut refuse = |rule, seen: String, why, fix: &str| {
        let table = label.to_owned();
        findings.push(Finding { table, rule, verdict: Verdict::Refused, seen, why, fix: fix.to_owned() });
    };
    let column = table.organization.as_deref().and_then(|name| table.column(name));
    let (Some(column), Some(storage)) = (column, storage(table)) else {
        return refuse(
            Rule::OrganizationColumn,
            "it has no organization column of type `Uuid`, `Binary` or `Text`".to_owned(),
            "rows are placed by the value of that column",
            "declare the column; `schema!` compiles no organization table without it",
        );
    };
    if column.nullable {
        refuse(
            Rule::OrganizationNull,
            format!("`{}` allows NULL", column.name),
            "a row without an organization has no place, and no scope sees it",
            "make it NOT NULL, after giving such rows their organization",
        );
    }
    if Some(storage) != common {
        refuse(
            Rule::OrganizationType,
            format!("`{}` is {}, other than in most organization tables", column.name, column.sql_type),
            "tables lie together only when their organization columns have one type; apart, they cannot be joined or \
             referred to",
            "give it the type of the others",
        );
    }
}

fn key(table: &DeclaredTable, label: &str, findings: &mut Vec<Finding>) {
    let Some(organization) = table.organization.as_deref() else { return };
    let declared = table.primary_key.join(", ");
    let (verdict, seen, why) = match table.primary_key.iter().position(|column| column == organization) {
        Some(0) => return,
        // `table!` may leave the organization out, because `find(id)` and `joinable!` go by what it names.
        None => (
            Verdict::Open,
            format!("the declared key ({declared}) does not hold `{organization}`"),
            "Citus refuses a primary or unique key without the organization; the database may have it although \
             `table!` does not name it",
        ),
        Some(_) => (
            Verdict::Advice,
            format!("the declared key ({declared}) does not begin with `{organization}`"),
            "it is taken, but serves no query of one organization, and elsewhere the first column decides where a row is",
        ),
    };
    let rest = table.primary_key.iter().filter(|column| *column != organization);
    let columns: Vec<_> = [organization].into_iter().chain(rest.map(String::as_str)).collect();
    let fix = format!("in the database: PRIMARY KEY ({})", columns.join(", "));
    findings.push(Finding { table: label.to_owned(), rule: Rule::Key, verdict, seen, why, fix });
}

fn reference(manifest: &Manifest, options: &Options, join: &DeclaredJoin, findings: &mut Vec<Finding>) {
    let (Some(child), Some(parent)) = (manifest.table(&join.child), manifest.table(&join.parent)) else {
        findings.push(Finding {
            table: join.child.clone(),
            rule: Rule::Reference,
            verdict: Verdict::Refused,
            seen: format!("`{}` refers to `{}`, and one of them is not declared", join.child, join.parent),
            why: "the declaration does not say whose rows they are",
            fix: "declare both tables in one `schema!`, or correct the manifest".to_owned(),
        });
        return;
    };
    let column = &join.column;
    let seen = format!("`{column}` refers to the {} table {}", kind(parent), label(parent, options));
    let (rule, verdict, why, fix) = match (child.kind, parent.kind) {
        (TableKind::Tenant, TableKind::Tenant) if !by_pair(child, parent, join) => (
            Rule::Pair,
            Verdict::Open,
            "a foreign key without the organization has no unique key to lead to, and `tenancy rls plan` does not write \
             this one: the parent's key has several columns beside the organization, or the column is the organization",
            "write the foreign key with both organization columns first, or none",
        ),
        (TableKind::Tenant, TableKind::Platform) | (TableKind::Global | TableKind::Platform, TableKind::Tenant) => (
            Rule::Reference,
            Verdict::Refused,
            "a row of one organization is on one node, a global row on every node, a platform row on none of them: such a \
             foreign key cannot be checked, and is refused",
            "drop the reference, or declare the table as what its rows are",
        ),
        (TableKind::Global, TableKind::Platform) => (
            Rule::Reference,
            Verdict::Refused,
            "a global table has a copy on every node, a platform table has not",
            "declare the parent as global, or drop the reference",
        ),
        _ => return,
    };
    findings.push(Finding { table: label(child, options), rule, verdict, seen, why, fix: fix.to_owned() });
}

fn by_pair(child: &DeclaredTable, parent: &DeclaredTable, join: &DeclaredJoin) -> bool {
    pair(child, parent, join).is_some()
}

fn kind(table: &DeclaredTable) -> &'static str {
    match table.kind {
        TableKind::Tenant => "tenant",
        TableKind::Global => "global",
        TableKind::Platform => "platform",
    }
}
