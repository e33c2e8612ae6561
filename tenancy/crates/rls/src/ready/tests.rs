use super::{Readiness, Rule, UNSEEN, Verdict, check};
use crate::{Level, Options, Plan, Target};
use tenancy::schema::{DeclaredColumn, DeclaredJoin, DeclaredTable, Manifest, TableKind};

/// `tenant invoices (org_id, id): org_id Uuid, id Integer`; a `?` allows NULL.
fn table(declared: &str) -> DeclaredTable {
    let (head, columns) = declared.split_once(": ").expect("a table and its columns");
    let (kind, rest) = head.split_once(' ').expect("a kind and a name");
    let (path, key) = rest.trim_end_matches(')').split_once(" (").expect("a name and a key");
    let kind = match kind {
        "tenant" => TableKind::Tenant,
        "global" => TableKind::Global,
        _ => TableKind::Platform,
    };
    let column = |column: &str| {
        let (name, sql_type) = column.split_once(' ').expect("a name and a type");
        DeclaredColumn {
            path: name.to_owned(),
            name: name.to_owned(),
            sql_type: sql_type.trim_end_matches('?').to_owned(),
            nullable: sql_type.ends_with('?'),
            max_length: None,
        }
    };
    DeclaredTable {
        path: path.to_owned(),
        schema: None,
        name: path.to_owned(),
        kind,
        columns: columns.split(", ").map(column).collect(),
        primary_key: key.split(", ").map(str::to_owned).collect(),
        organization: (kind == TableKind::Tenant).then(|| "org_id".to_owned()),
    }
}

/// `lines.invoice_id -> invoices`.
fn join(declared: &str) -> DeclaredJoin {
    let (from, parent) = declared.split_once(" -> ").expect("an arrow");
    let (child, column) = from.split_once('.').expect("a column");
    DeclaredJoin { child: child.to_owned(), column: column.to_owned(), parent: parent.to_owned() }
}

fn manifest(tables: &[&str], joins: &[&str]) -> Manifest {
    Manifest {
        module: "shop::schema".to_owned(),
        tables: tables.iter().map(|declared| table(declared)).collect(),
        joins: joins.iter().map(|declared| join(declared)).collect(),
    }
}

const INVOICES: &str = "tenant invoices (org_id, id): org_id Uuid, id Integer, currency Text";
const LINES: &str = "tenant lines (org_id, id): org_id Uuid, id Integer, invoice_id Integer";
const CURRENCIES: &str = "global currencies (code): code Text, country Text";
const STAFF: &str = "platform staff (id): id Integer, currency Text";

fn options() -> Options {
    Options::new("app").target(Target::Citus).level(Level::Unsealed)
}

fn ready(tables: &[&str], joins: &[&str]) -> Readiness {
    check(&manifest(tables, joins), &options())
}

fn said(readiness: &Readiness) -> Vec<(Verdict, Rule, &str)> {
    readiness.findings.iter().map(|finding| (finding.verdict, finding.rule, finding.table.as_str())).collect()
}

#[test]
fn a_schema_that_keeps_the_rules_is_ready_as_declared() {
    let joins = ["lines.invoice_id -> invoices", "invoices.currency -> currencies", "staff.currency -> currencies"];
    let readiness = ready(&[INVOICES, LINES, CURRENCIES, STAFF], &joins);
    assert_eq!(said(&readiness), []);
    assert!(readiness.is_ready_as_declared());
    assert_eq!(readiness.unseen, UNSEEN);
}

#[test]
fn the_organization_column_is_there_never_null_and_of_one_type() {
    for (odd, rule) in [
        ("tenant odd (id): id Integer", Rule::OrganizationColumn),
        ("tenant odd (org_id, id): org_id BigInt, id Integer", Rule::OrganizationColumn),
        ("tenant odd (org_id, id): org_id Uuid?, id Integer", Rule::OrganizationNull),
        ("tenant odd (org_id, id): org_id Text, id Integer", Rule::OrganizationType),
    ] {
        // Wherever it stands: what most tables have is the measure, not what the first one has.
        for tables in [[odd, INVOICES, LINES], [INVOICES, LINES, odd]] {
            let readiness = ready(&tables, &[]);
            let refused: Vec<_> = readiness.of(Verdict::Refused).map(|f| (f.rule, f.table.as_str())).collect();
            assert_eq!(refused, [(rule, "public.odd")], "{odd}");
            assert!(!readiness.is_ready_as_declared());
        }
    }
}

#[test]
fn a_key_begins_with_the_organization_or_the_database_is_asked() {
    let verdict = |table| {
        let readiness = ready(&[table], &[]);
        assert!(readiness.is_ready_as_declared());
        said(&readiness).first().map(|(verdict, rule, _)| (*verdict, *rule))
    };
    assert_eq!(verdict(INVOICES), None);
    assert_eq!(verdict("tenant t (id): org_id Uuid, id Integer"), Some((Verdict::Open, Rule::Key)));
    assert_eq!(verdict("tenant t (id, org_id): org_id Uuid, id Integer"), Some((Verdict::Advice, Rule::Key)));
    let readiness = ready(&["tenant t (id, place): org_id Uuid, id Integer, place Integer"], &[]);
    assert_eq!(readiness.findings[0].fix, "in the database: PRIMARY KEY (org_id, id, place)");
}

#[test]
fn references_stay_where_both_rows_are_on_one_node() {
    let tables = [INVOICES, LINES, CURRENCIES, STAFF, "global countries (code): code Text, staff Integer"];
    for refused in [
        "currencies.country -> invoices",
        "staff.currency -> invoices",
        "invoices.currency -> staff",
        "countries.staff -> staff",
        "invoices.currency -> elsewhere",
    ] {
        let readiness = ready(&tables, &[refused]);
        let rules: Vec<_> = readiness.findings.iter().map(|finding| (finding.verdict, finding.rule)).collect();
        assert_eq!(rules, [(Verdict::Refused, Rule::Reference)], "{refused}");
    }
    // Not by the pair that `tenancy rls plan` would write.
    let wide = "tenant wide (org_id, a, b): org_id Uuid, a Integer, b Integer";
    for open in ["lines.invoice_id -> wide", "lines.org_id -> invoices"] {
        let readiness = ready(&[INVOICES, LINES, wide], &[open]);
        assert_eq!(said(&readiness), [(Verdict::Open, Rule::Pair, "public.lines")], "{open}");
    }
}

#[test]
fn the_wall_is_planned_for_citus() {
    let manifest = manifest(&[INVOICES], &[]);
    for target in [Target::Postgres, Target::Cockroach] {
        let readiness = check(&manifest, &options().target(target));
        assert_eq!(said(&readiness), [(Verdict::Refused, Rule::Target, "wall")], "{target:?}");
    }
    let readiness = check(&manifest, &options().level(Level::Sealed));
    assert_eq!(said(&readiness), [(Verdict::Open, Rule::Context, "wall")]);
    let elsewhere = options().default_schema("shop");
    let readiness = check(&self::manifest(&["tenant t (id): org_id Uuid, id Integer"], &[]), &elsewhere);
    assert_eq!(readiness.findings[0].table, "shop.t");
}

/// What `Rule::Target` rests on: the plan that is written for Citus.
#[test]
fn the_plan_for_citus_holds_nothing_that_citus_refuses() {
    let joins = ["lines.invoice_id -> invoices", "invoices.currency -> currencies"];
    let manifest = manifest(&[INVOICES, LINES, "tenant t (id): org_id Text, id Integer", CURRENCIES, STAFF], &joins);
    for level in [Level::Sealed, Level::Unsealed] {
        let plan = Plan::for_manifest(&manifest, &options().level(level)).expect("a plan");
        let statements: Vec<&String> = plan.steps.iter().flat_map(|step| &step.up).collect();
        let policies = statements.iter().filter(|statement| statement.contains("POLICY")).count();
        assert!(policies >= 3, "{policies}");
        for statement in &statements {
            // The catalog's own name of it stands in a look.
            let ddl = statement.to_uppercase().replace("PG_INHERITS", "");
            let sub_select = ddl.contains("CREATE POLICY") && ddl.contains("SELECT ");
            let refused = ["CREATE TRIGGER", "SET NULL", "SET DEFAULT", "DEFERRABLE", "EXCLUDE", "INHERITS"];
            assert!(!sub_select && !refused.iter().any(|word| ddl.contains(word)), "{statement}");
            // Keys that the plan makes hold the organization.
            assert!(!ddl.contains("CREATE UNIQUE INDEX") || ddl.contains("(\"ORG_ID\""), "{statement}");
        }
        let (sql, transactions) = (plan.up_sql(), statements.len());
        assert_eq!(sql.matches("\nBEGIN;\n").count() + usize::from(sql.starts_with("BEGIN;\n")), transactions);
    }
    let plain = Plan::for_manifest(&manifest, &options().target(Target::Postgres)).expect("a plan");
    assert!(plain.up_sql().contains("(SELECT true, tenancy."), "the other form is told from this one");
}

#[test]
fn what_is_said_names_the_table_the_reason_and_the_fix() {
    let readiness = ready(&["tenant notes (id): org_id Uuid?, id Integer"], &[]);
    let text = readiness.to_string();
    for part in [
        "refused public.notes: `org_id` allows NULL\n    why: a row without",
        "fix: make it NOT NULL",
        "open public.notes: the declared key (id)",
        "(audit E01)",
        "(yours to look at)",
        "not ready: 1 refused, 1 open, 0 advice",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let json = serde_json::to_value(&readiness).expect("JSON");
    assert_eq!(
        (&json["findings"][0]["rule"], &json["findings"][0]["verdict"]),
        (&"organization-null".into(), &"refused".into())
    );
}
