//! The audit against a running server.

use super::faults::{FAULTS, LINES};
use super::{Built, TABLES, chosen, declare, manifest, told};
use crate::{Audit, AuditError, Options, Report, Severity, ensure};
use tenancy::schema::DeclaredJoin;
use tenancy_rls::__private::{Verifier, verifier_body};
use tenancy_rls::{Level, Target};

/// What a report names of what the tests choose.
fn ids(report: &Report, built: &Built) -> Vec<&'static str> {
    let mut report = report.clone();
    report.findings.retain(|finding| chosen(finding, &built.options));
    report.rule_ids()
}

#[tokio::test]
async fn what_rls_apply_made_is_sound() {
    for level in [Level::Sealed, Level::Unsealed] {
        let built = Built::at(level, TABLES, &manifest()).await;
        let (manifest, url) = (manifest(), built.app_url());
        let report = Audit::new(built.db.url(), &manifest, &built.options).app_url(&url).key(&built.key).run().await;
        let report = report.expect("the database is read");
        assert!(ids(&report, &built).is_empty(), "{level:?}:\n{}", told(&report));
        let not_run: Vec<_> = report.not_run.iter().map(|not_run| not_run.rule).collect();
        // No PgBouncer stands in between; without a seal any value is believed.
        assert_eq!(not_run, if level == Level::Sealed { vec!["F08"] } else { vec!["F05", "F08"] });
        println!("{level:?}: {} rules in {:?}", report.ran.len(), report.took);
    }
}

/// A foreign key that `rls apply` had to add is validated when it can be; `tenancy/crates/rls/tests/rls/validate.rs` has the other case.
#[tokio::test]
async fn a_foreign_key_that_rls_apply_added_is_no_finding() {
    let key = ", FOREIGN KEY (org_id, invoice_id) REFERENCES invoices (org_id, id) ON DELETE CASCADE";
    let tables = TABLES.replace(key, "").replace("CREATE INDEX ON invoice_lines (org_id, invoice_id);", "");
    let manifest = manifest();
    let built = Built::at(Level::Sealed, &tables, &manifest).await;
    let report = Audit::new(built.db.url(), &manifest, &built.options).run().await.expect("the database is read");
    assert!(ids(&report, &built).is_empty(), "{}", told(&report));
}

#[tokio::test]
async fn every_planted_fault_is_found_and_nothing_else() {
    let built = Built::new().await;
    let mut session = built.admin().await;
    let mut wrong = String::new();
    for (sql, expected) in FAULTS {
        let report = built.after(&mut session, sql, &built.options).await;
        let found = report.rule_ids().join(" ");
        if found != *expected {
            wrong += &format!("{sql}\n  expected {expected}, found {found}\n{}", told(&report));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    println!("{} planted faults found", FAULTS.len());
}

#[tokio::test]
async fn every_rule_of_the_catalog_has_a_planted_fault() {
    let around = super::planted::around().iter().map(|(.., ids)| *ids);
    let planted: Vec<&str> = FAULTS.iter().map(|(_, ids)| *ids).chain(around).flat_map(|ids| ids.split(' ')).collect();
    // The release, PgBouncer and the target are in `pure.rs`; the rest is tried below.
    let elsewhere = ["F01", "F08", "F09", "C15", "E13", "F03", "F04", "F05", "F06", "F07", "F10"];
    let missing = crate::rules().map(|rule| rule.id).filter(|id| !id.starts_with(['S', 'X']));
    let missing: Vec<_> = missing.filter(|id| !planted.contains(id) && !elsewhere.contains(id)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    assert!(FAULTS.len() >= 60);
}

/// Each line of the families E and H that the audit is to see has a rule, and that rule makes the command fail.
#[test]
fn the_lines_of_the_database_have_rules() {
    let list = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../docs/attacks.md");
    let list = std::fs::read_to_string(list).expect("it is read");
    let lines = list.lines().filter_map(|line| line.strip_prefix("- ")).filter_map(|line| line.split_once(" ["));
    for (code, rest) in lines.filter(|(code, _)| code.starts_with(['E', 'H'])) {
        let walls = rest.split(']').next().unwrap_or_default();
        let ours = walls.split(' ').any(|wall| wall == "L");
        assert_eq!(LINES.iter().any(|(line, _)| *line == code), ours, "{code}");
    }
    for id in LINES.iter().flat_map(|(_, ids)| ids.split(' ')) {
        assert!(crate::rule(id).expect("it is a rule").severity >= Severity::Medium, "{id}");
    }
}

/// Faults that the probes see, in a database of their own.
#[tokio::test]
async fn the_probes_see_a_broken_wall() {
    let faults = [
        ("ALTER TABLE public.invoices DISABLE ROW LEVEL SECURITY", vec!["F03", "F04", "F06"]),
        ("ALTER POLICY tenancy ON public.invoices WITH CHECK (true)", vec!["F04"]),
        (
            "CREATE OR REPLACE FUNCTION tenancy.org() RETURNS uuid LANGUAGE sql STABLE AS \
             'SELECT split_part(current_setting(''tenancy.scope'', true), ''|'', 1)::uuid'",
            vec!["F05"],
        ),
        ("ALTER ROLE {app} SET tenancy.scope = 'x'", vec!["F07"]),
        ("GRANT {owner} TO {app}", vec!["C15"]),
        (
            "INSERT INTO tenancy.key SELECT 'planted', decode(repeat('36', 64), 'hex'), decode(repeat('5c', 64), 'hex')",
            vec!["C13"],
        ),
        ("INSERT INTO tenancy.key SELECT 'second', opad, ipad FROM tenancy.key", vec!["C13"]),
        ("UPDATE tenancy.key SET opad = ipad", vec!["C13", "F10"]),
        (
            "INSERT INTO tenancy.key SELECT 'far', opad, ipad, now(), now() + interval '90 days' FROM tenancy.key",
            vec!["C13"],
        ),
        ("DELETE FROM tenancy.key", vec!["C13", "F10"]),
        ("UPDATE tenancy.key SET not_after = now() - interval '1 day'", vec!["C13", "F10"]),
        ("UPDATE tenancy.key SET kid = 'another'", vec!["C13", "F10"]),
        ("CREATE TABLE public.config AS SELECT kid AS a, ipad AS b FROM tenancy.key", vec!["C13"]),
        ("CREATE TABLE public.config AS SELECT encode(opad, 'hex') AS note FROM tenancy.key", vec!["C13"]),
        ("REVOKE EXECUTE ON FUNCTION tenancy.org() FROM {app}", vec!["F10"]),
        ("ALTER ROLE {app} NOLOGIN", vec!["C15"]),
        (
            "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey; \
             UPDATE public.invoice_lines SET org_id = '00000000-0000-7000-8000-00000000000b', id = id + 1 \
             WHERE org_id = '00000000-0000-7000-8000-00000000000a'",
            vec!["E13"],
        ),
    ];
    for (sql, expected) in faults {
        let built = Built::new().await;
        built.db.psql(&built.fill(sql));
        let (manifest, url) = (manifest(), built.app_url());
        let report = Audit::new(built.db.url(), &manifest, &built.options).app_url(&url).key(&built.key).run().await;
        let report = report.expect("the database is read");
        let live: Vec<_> = ids(&report, &built)
            .into_iter()
            .filter(|id| ["C13", "C15", "E13", "F03", "F04", "F05", "F06", "F07", "F10"].contains(id))
            .collect();
        assert_eq!(live, expected, "{sql}\n{}", told(&report));
    }
}

/// A rule that the server refuses is one finding, and the others go on.
#[tokio::test]
async fn a_rule_that_fails_hides_no_other() {
    let faults = [
        // No query of the declaration's columns can be made.
        (
            "ALTER TABLE public.invoices RENAME org_id TO tenant_id; ALTER TABLE public.texts DISABLE ROW LEVEL SECURITY",
            "A06",
        ),
        // The comparison of rows has no operator.
        (
            "ALTER TABLE public.invoice_lines DROP CONSTRAINT invoice_lines_org_id_invoice_id_fkey; ALTER TABLE \
             public.invoice_lines ALTER invoice_id TYPE text; ALTER TABLE public.texts DISABLE ROW LEVEL SECURITY",
            "E13",
        ),
    ];
    for (sql, rule) in faults {
        let built = Built::new().await;
        built.db.psql(&built.fill(sql));
        let (manifest, url) = (manifest(), built.app_url());
        let report = Audit::new(built.db.url(), &manifest, &built.options).app_url(&url).key(&built.key).run().await;
        let report = report.expect("the database is read");
        let ids = ids(&report, &built);
        assert!(ids.contains(&rule) && ids.contains(&"B01") && ids.contains(&"F03"), "{ids:?}\n{}", told(&report));
        assert!(report.ran.contains(&"F04") && report.ran.contains(&"F05"), "{:?}", report.not_run);
    }
}

/// What is stored for the service's role is seen in its own session too, whichever role runs the audit.
#[tokio::test]
async fn the_settings_of_the_services_session_are_asked() {
    let built = Built::new().await;
    built.db.psql(&built.fill("ALTER DATABASE {db} SET debug_print_rewritten = on"));
    let (manifest, url) = (manifest(), built.app_url());
    let report = Audit::new(built.db.url(), &manifest, &built.options).app_url(&url).run().await;
    let report = report.expect("the database is read");
    let of: Vec<_> = report.findings.iter().filter(|finding| finding.rule.id == "F02").collect();
    assert!(of.len() == 1 && of[0].object == "setting debug_print_rewritten", "{}", told(&report));
}

#[tokio::test]
async fn what_was_not_tried_is_said() {
    let built = Built::new().await;
    let manifest = manifest();
    let report = Audit::new(built.db.url(), &manifest, &built.options).run().await.expect("the database is read");
    let not_run: Vec<_> = report.not_run.iter().map(|not_run| not_run.rule).collect();
    assert_eq!(not_run, ["C15", "F03", "F04", "F05", "F06", "F07", "F08", "F10"]);
    assert!(not_run.iter().all(|id| !report.ran.contains(id)));
}

#[tokio::test]
async fn a_service_does_not_start_on_a_broken_wall() {
    let built = Built::new().await;
    let manifest = manifest();
    // The tests do not choose the server's release.
    let mut options = built.options.clone();
    options.disabled.push("F01".to_owned());
    ensure(&built.app_url(), &manifest, &options).await.expect("the wall stands");
    built.db.psql("ALTER TABLE invoices DISABLE ROW LEVEL SECURITY");
    let refused = ensure(&built.app_url(), &manifest, &options).await.expect_err("the wall is broken");
    let text = refused.to_string();
    assert!(matches!(&refused, AuditError::Broken { rules } if rules == &["B01", "F03"]), "{text}");
    assert!(!text.contains("invoices"), "{text}");
}

#[tokio::test]
async fn options_know_what_is_meant_to_be() {
    let built = Built::new().await;
    let mut session = built.admin().await;
    let known = |change: fn(&mut Options)| {
        let mut options = built.options.clone();
        change(&mut options);
        options
    };
    let name = built.fill("{db}");
    let cases = [
        ("CREATE ROLE report_{db}; GRANT SELECT ON public.invoices TO report_{db}", {
            let mut options = built.options.clone();
            options.readers.push(format!("report_{name}"));
            options
        }),
        ("CREATE ROLE backup_{db} LOGIN BYPASSRLS", {
            let mut options = built.options.clone();
            options.administrators.push(format!("backup_{name}"));
            options
        }),
        (
            "CREATE FUNCTION public.peek() RETURNS int LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp \
             AS 'SELECT 1'",
            known(|options| options.definers.push("public.peek".to_owned())),
        ),
        (
            "CREATE TABLE public.old (org_id uuid); GRANT SELECT ON public.old TO {app}",
            known(|options| options.ignored_tables.push("public.old".to_owned())),
        ),
        ("GRANT UPDATE (org_id) ON public.invoices TO {app}", known(|options| options.column_grants = false)),
    ];
    for (sql, options) in cases {
        let report = built.after(&mut session, sql, &options).await;
        assert!(report.findings.is_empty(), "{sql}\n{}", told(&report));
    }
    // On another target the same policies have the wrong form.
    let citus = known(|options| options.wall.target = Target::Citus);
    let report = built.after(&mut session, "SELECT 1", &citus).await;
    assert_eq!(report.rule_ids(), ["B05", "B08", "F09"], "{}", told(&report));
    assert!(report.findings.iter().any(|finding| finding.rule.id == "B08" && finding.severity == Severity::High));
}

/// 200 tables, each with ten columns and a foreign key to the one before. The statements are counted, not the time: it
/// is printed, and `docs/guide/audit.md` quotes it.
#[tokio::test]
async fn two_hundred_tables_are_audited() {
    let mut manifest = manifest();
    let mut tables = TABLES.to_owned();
    let columns = "org_id uuid NOT NULL, id uuid NOT NULL, parent_id uuid, name text NOT NULL, note text, cents bigint, \
                   ratio float8, data jsonb, at timestamptz NOT NULL DEFAULT now(), active bool NOT NULL DEFAULT true";
    let declared = "org_id Uuid, id Uuid, parent_id Uuid?, name Text, note Text?, cents BigInt?, ratio Float8?, data Jsonb?, \
                    at Timestamptz, active Bool";
    for number in 0..194 {
        let (name, parent) = (format!("many_{number}"), format!("many_{}", number.max(1) - 1));
        tables += &format!(
            "CREATE TABLE {name} ({columns}, PRIMARY KEY (org_id, id)); CREATE INDEX ON {name} (org_id, name); \
             INSERT INTO {name} VALUES ('00000000-0000-7000-8000-00000000000a', \
             '00000000-0000-7000-8000-000000000001', NULL, 'x');"
        );
        manifest.tables.push(declare(&format!("tenant {name}"), declared, "id"));
        let join = DeclaredJoin { child: name, column: "parent_id".to_owned(), parent };
        manifest.joins.push(join);
    }
    let built = Built::at(Level::Sealed, &tables, &manifest).await;
    let url = built.app_url();
    let report = Audit::new(built.db.url(), &manifest, &built.options).run().await.expect("the database is read");
    assert!(ids(&report, &built).is_empty(), "{}", told(&report));
    println!("200 tables, catalog: {:?}, {} statements", report.took, report.statements);
    assert!(report.statements <= 16, "{}", report.statements);
    let report = Audit::new(built.db.url(), &manifest, &built.options).app_url(&url).key(&built.key).run().await;
    let report = report.expect("the database is read");
    assert!(ids(&report, &built).is_empty(), "{}", told(&report));
    assert!(report.ran.contains(&"F04"), "{:?}", report.not_run);
    println!("200 tables, with all probes: {:?}, {} statements", report.took, report.statements);
    // One by one they would be some 2 000.
    assert!(report.statements <= 112, "{}", report.statements);
}

/// Every built-in function that the verifier and the policies call, as the server keeps them when it has parsed them.
const CALLED: &str = "
    WITH tree AS (
        SELECT prosqlbody::text AS body FROM pg_proc WHERE oid = 'public.verifier'::regproc
        UNION ALL SELECT concat(polqual, polwithcheck) FROM pg_policy
    )
    SELECT DISTINCT p.proname::text AS document FROM tree CROSS JOIN LATERAL (
        SELECT m[1]::oid AS id FROM regexp_matches(body, ':(?:funcid|opfuncid) (\\d+)', 'g') m
        UNION SELECT o.oprcode FROM regexp_matches(body, ':(?:opno|opnos \\(o) ([0-9 ]+)', 'g') m,
            unnest(string_to_array(trim(m[1]), ' ')) n JOIN pg_operator o ON o.oid = n::oid
        UNION SELECT unnest(ARRAY[y.typinput, y.typoutput]::oid[])
            FROM regexp_matches(body, '\\{COERCEVIAIO .*?:resulttype (\\d+) ', 'g') m JOIN pg_type y ON y.oid = m[1]::oid
    ) c JOIN pg_proc p ON p.oid = c.id AND p.pronamespace = 'pg_catalog'::regnamespace";

/// The expressions of a body in PL/pgSQL, as statements that a function with a parsed body takes.
fn as_statements(body: &str) -> String {
    let mut statements = String::new();
    for (begin, end) in [("IF ", " THEN"), ("RETURN ", ";"), (":= ", ";"), ("PERFORM ", ";")] {
        for rest in body.split(begin).skip(1).filter(|rest| !rest.starts_with(';')) {
            statements += &format!("SELECT {};", rest.split(end).next().unwrap_or_default());
        }
    }
    for query in body.split("SELECT ").skip(1) {
        statements += &format!("SELECT {};", query.split(';').next().unwrap_or_default().replace("INTO i, p", ""));
    }
    statements
}

/// The list of B13 is written by hand; what must be in it is asked of the server.
#[tokio::test]
async fn every_built_in_function_of_the_wall_is_watched() {
    let built = Built::new().await;
    let mut session = built.admin().await;
    let bodies = Verifier::ALL.into_iter().flat_map(|of| [Level::Sealed, Level::Unsealed].map(|level| (level, of)));
    let statements: String = bodies.map(|(level, of)| as_statements(&verifier_body(level, of))).collect();
    let planted = format!(
        "SET search_path = pg_catalog; CREATE FUNCTION public.verifier(t text, i bytea, p bytea) RETURNS void \
         BEGIN ATOMIC {statements} SELECT NULL::void; END"
    );
    session.run(&planted).await.expect("it is parsed");
    let called: Vec<String> = session.texts(CALLED).await.expect("they are read").into_iter().flatten().collect();
    for known in ["current_setting", "set_config", "textne", "booleq", "uuid_eq", "byteaeq", "date_part", "float8in"] {
        assert!(called.iter().any(|name| name == known), "{known} is not in {called:?}");
    }
    let list = include_str!("../catalog/catalog.sql").split("('{current_setting,").nth(1).expect("the list is there");
    let list: Vec<&str> = list.split('}').next().unwrap_or_default().split(',').map(str::trim).collect();
    let missing: Vec<_> =
        called.iter().filter(|name| *name != "current_setting" && !list.contains(&name.as_str())).collect();
    assert!(missing.is_empty(), "not watched: {missing:?}");
}
