//! The steps: onto an empty and onto a used database, a second time, and back.

use crate::support::pg::Database;
use crate::wall::{A, NO_SCOPE, TABLES, TENANT, Wall, manifest};
use tenancy::db::seal;
use tenancy_rls::{Level, Options, Plan, keyring, live};

/// Everything that a plan may change, as text.
const STATE: &str = r#"
    SELECT 'table', c.oid::regclass::text, c.relrowsecurity, c.relforcerowsecurity, 
           coalesce(c.relacl, acldefault(CASE relkind WHEN 'S' THEN 's' ELSE 'r' END::"char", relowner))::text,
           pg_get_userbyid(c.relowner) FROM pg_class c WHERE c.relnamespace::regnamespace::text IN ('public', 'billing')
    UNION ALL SELECT 'policy', polrelid::regclass::text, polpermissive, null, polname, null FROM pg_policy
    UNION ALL SELECT 'constraint', conrelid::regclass::text, convalidated, null, pg_get_constraintdef(oid), null
      FROM pg_constraint WHERE contype = 'f'
    UNION ALL SELECT 'column', attrelid::regclass::text, null, null, attacl::text, attname FROM pg_attribute
      WHERE attacl IS NOT NULL AND attrelid > 16384
    UNION ALL SELECT 'schema', nspname, null, null, coalesce(nspacl, acldefault('n', nspowner))::text, null
      FROM pg_namespace WHERE nspname !~ '^pg_'
    UNION ALL SELECT 'database', '', null, null, coalesce(datacl, acldefault('d', datdba))::text, null
      FROM pg_database WHERE datname = current_database()
    ORDER BY 1, 2, 5, 6"#;

// attack: H24
#[tokio::test]
async fn a_second_plan_is_empty() {
    let wall = Wall::built().await;
    let plan = wall.diff(&wall.options).await;
    assert!(plan.is_empty(), "{:#?}", plan.steps);
    // Advice stays: the keys that compare all organizations were not dropped.
    let ids: Vec<_> = plan.advice.iter().map(|advice| advice.id.as_str()).collect();
    assert!(
        ids.contains(&"foreign-key-without-organization public.invoice_lines invoice_lines_invoice_id_fkey"),
        "{ids:?}"
    );
    assert!(ids.contains(&"key-without-organization public.invoices invoices_pkey"), "{ids:?}");
}

#[tokio::test]
async fn the_whole_plan_is_run_twice_without_harm() {
    let wall = Wall::bare();
    let plan = Plan::for_manifest(&manifest(), &wall.options).expect("the declaration holds");
    for _ in 0..2 {
        wall.apply(&plan).await;
    }
    let left = wall.diff(&wall.options).await;
    assert!(left.is_empty(), "{:#?}", left.steps);
}

#[tokio::test]
async fn an_empty_database_is_told_to_migrate_first() {
    let db = Database::create();
    let name = db.url().rsplit('/').next().expect("a name").to_owned();
    let options = Options::new(format!("app_{name}")).owner_role(format!("owner_{name}"));
    let mut conn = live::connect(db.url()).await.expect("the server answers");
    let plan = live::diff(&mut conn, &manifest(), &options).await.expect("the catalogue is read");
    assert_eq!(plan.advice.iter().filter(|advice| advice.id.starts_with("table ")).count(), 7);
    live::apply(&mut conn, &plan, |_| {}).await.expect("what does not need the tables is built");
    db.psql(TABLES);
    let plan = live::diff(&mut conn, &manifest(), &options).await.expect("the catalogue is read");
    live::apply(&mut conn, &plan, |_| {}).await.expect("the rest is built");
    let plan = live::diff(&mut conn, &manifest(), &options).await.expect("the catalogue is read");
    assert!(plan.is_empty(), "{:#?}", plan.steps);
    drop(conn);
    db.psql(&format!(
        "REASSIGN OWNED BY owner_{name} TO owner; DROP OWNED BY owner_{name}, app_{name};
         DROP ROLE owner_{name}, app_{name}"
    ));
}

// attack: H24
#[tokio::test]
async fn what_drifts_comes_back() {
    let wall = Wall::built().await;
    let app = &wall.options.app_role;
    let drifts = [
        ("security public.invoices", "ALTER TABLE invoices DISABLE ROW LEVEL SECURITY".to_owned()),
        ("security public.invoices", "ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY".to_owned()),
        ("policy public.invoices", "ALTER POLICY tenancy ON invoices USING (true)".to_owned()),
        ("policy public.texts", "ALTER POLICY tenancy ON texts WITH CHECK (org_id = tenancy.org()::text)".to_owned()),
        ("policy public.blobs", "ALTER POLICY tenancy ON blobs TO PUBLIC".to_owned()),
        // As earlier releases wrote it.
        (
            "policy public.invoices",
            "ALTER POLICY tenancy ON invoices USING (org_id = (SELECT tenancy.org()))".to_owned(),
        ),
        (
            "delete-policy public.invoices",
            "ALTER POLICY tenancy_delete ON invoices USING (org_id = (SELECT tenancy.org_rw()))".to_owned(),
        ),
        ("verifier tenancy.may_plan", "ALTER FUNCTION tenancy.may_plan() STABLE".to_owned()),
        ("verifier tenancy.may_plan", "ALTER FUNCTION tenancy.may_plan() SECURITY INVOKER".to_owned()),
        ("verifier-grants tenancy.may_plan", "GRANT EXECUTE ON FUNCTION tenancy.may_plan() TO PUBLIC".to_owned()),
        ("delete-policy public.blobs", "DROP POLICY tenancy_delete ON blobs".to_owned()),
        ("verifier tenancy.org", "ALTER FUNCTION tenancy.org() IMMUTABLE".to_owned()),
        ("verifier tenancy.org", "ALTER FUNCTION tenancy.org() COST 1".to_owned()),
        ("verifier tenancy.org_rw", "ALTER FUNCTION tenancy.org_rw() STRICT".to_owned()),
        (
            "verifier tenancy.may_plan",
            "ALTER FUNCTION tenancy.may_plan() SUPPORT generate_series_int4_support".to_owned(),
        ),
        ("verifier tenancy.org", "ALTER FUNCTION tenancy.org() RESET search_path".to_owned()),
        ("verifier tenancy.org", "ALTER FUNCTION tenancy.org() SECURITY INVOKER".to_owned()),
        ("verifier tenancy.org_rw", "ALTER FUNCTION tenancy.org_rw() LEAKPROOF".to_owned()),
        ("verifier tenancy.org_rw", "ALTER FUNCTION tenancy.org_rw() OWNER TO CURRENT_USER".to_owned()),
        ("verifier-grants tenancy.org", "GRANT EXECUTE ON FUNCTION tenancy.org() TO PUBLIC".to_owned()),
        ("key-secret tenancy.key", format!("GRANT SELECT ON tenancy.key TO \"{app}\"")),
        ("key-secret tenancy.key", "GRANT SELECT ON tenancy.key TO pg_monitor".to_owned()),
        ("schema-grants tenancy", format!("GRANT CREATE ON SCHEMA tenancy TO \"{app}\"")),
        (
            "database create",
            "DO $$ BEGIN EXECUTE format('GRANT TEMP ON DATABASE %I TO PUBLIC', current_database()); END $$".to_owned(),
        ),
        ("schema-create public", "GRANT CREATE ON SCHEMA public TO PUBLIC".to_owned()),
        ("revokes public.invoices", format!("GRANT TRUNCATE ON invoices TO \"{app}\"")),
        ("revokes public.invoices", format!("GRANT UPDATE ON invoices TO \"{app}\"")),
        ("revokes public.invoices", format!("GRANT SELECT ON invoices TO \"{app}\" WITH GRANT OPTION")),
        ("organization-fixed public.invoices", format!("GRANT UPDATE (org_id) ON invoices TO \"{app}\"")),
        ("grants public.invoices", format!("REVOKE UPDATE (cents) ON invoices FROM \"{app}\"")),
        ("grants public.invoices", format!("REVOKE INSERT ON invoices FROM \"{app}\"")),
        ("public billing.parties", "GRANT SELECT ON billing.parties TO PUBLIC".to_owned()),
        ("sequence public.invoices_id_seq", format!("REVOKE USAGE ON SEQUENCE invoices_id_seq FROM \"{app}\"")),
        ("owner public.invoices", format!("ALTER TABLE invoices OWNER TO \"{app}\"")),
        ("role-limits", format!("ALTER ROLE \"{app}\" BYPASSRLS")),
        ("owner-apart", format!("GRANT \"{}\" TO \"{app}\"", wall.options.owner_role.replace('"', "\"\""))),
        ("key public.invoices", "DROP INDEX invoices_tenancy_key CASCADE".to_owned()),
    ];
    for (step, drift) in drifts {
        wall.db.psql(&drift);
        let plan = wall.diff(&wall.options).await;
        assert!(plan.steps.iter().any(|found| found.id.starts_with(step)), "{drift}: {:#?}", plan.steps);
        wall.apply(&plan).await;
        let left = wall.diff(&wall.options).await;
        assert!(left.is_empty(), "{drift}: {:#?}", left.steps);
    }
}

/// `schema!` takes a `Varchar` for the organization, in each way that diesel writes it, and so does the wall.
#[tokio::test]
async fn a_varchar_organization_is_walled() {
    let wall = Wall::bare();
    for written in ["Varchar", "VarChar", "diesel::sql_types::Varchar"] {
        let mut manifest = manifest();
        let texts = manifest.tables.iter_mut().find(|table| table.name == "texts").expect("it is declared");
        let column = texts.columns.iter_mut().find(|column| column.name == "org_id").expect("it is declared");
        column.sql_type = written.to_owned();
        let offline = Plan::for_manifest(&manifest, &wall.options).expect("it is an organization").up_sql();
        assert!(offline.contains("OPERATOR(pg_catalog.=) (SELECT true, tenancy.org()::pg_catalog.text)"), "{written}");
        let mut admin = wall.admin().await;
        let plan = live::diff(&mut admin, &manifest, &wall.options).await.expect("the catalogue is read");
        assert_eq!(written == "Varchar", plan.steps.iter().any(|step| step.id == "policy public.texts"), "{written}");
        live::apply(&mut admin, &plan, |_| {}).await.expect("it is applied");
    }
    keyring::publish(&mut wall.admin().await, &wall.key).await.expect("it is published");
    wall.db.psql(&format!("ALTER ROLE \"{}\" PASSWORD 'secret'", wall.options.app_role));
    let mut session = wall.session().await;
    assert_eq!(session.count("texts").await, Err(NO_SCOPE.to_owned()));
    session.begin(&wall.token(A, seal::Access::Read)).await;
    assert_eq!(session.count("texts").await, Ok("1".to_owned()), "of {A}");
}

/// What was built by a release without `tenancy.may_plan()` answers without a token; the next plan replaces it.
// attack: H27
#[tokio::test]
async fn a_wall_of_an_earlier_release_is_replaced() {
    let wall = Wall::built().await;
    let app = &wall.options.app_role;
    wall.db.psql(&format!(
        "DROP FUNCTION tenancy.may_plan() CASCADE;
         CREATE POLICY tenancy ON invoices TO \"{app}\" USING (org_id = (SELECT tenancy.org()))
           WITH CHECK (org_id = (SELECT tenancy.org_rw()));
         CREATE POLICY tenancy_delete ON invoices AS RESTRICTIVE FOR DELETE TO \"{app}\"
           USING (org_id = (SELECT tenancy.org_rw()))"
    ));
    let mut session = wall.session().await;
    let oracle = "EXISTS (SELECT FROM invoices WHERE cents = ANY ('{0}'))";
    assert_eq!(session.ask(oracle).await, Ok("false".to_owned()), "it says that no row has the value");
    let plan = wall.diff(&wall.options).await;
    for step in
        ["verifier tenancy.may_plan", "policy public.invoices", "delete-policy public.invoices", "policy public.blobs"]
    {
        assert!(plan.steps.iter().any(|found| found.id == step), "{step}: {:#?}", plan.steps);
    }
    wall.apply(&plan).await;
    assert!(wall.diff(&wall.options).await.is_empty());
    assert_eq!(session.ask(oracle).await, Err(NO_SCOPE.to_owned()));
}

/// Each index that finds a value before the policy is asked, with statements that can be run as they stand.
// attack: H30
#[tokio::test]
async fn every_index_that_does_not_begin_with_the_organization_is_listed_with_its_replacement() {
    let wall = Wall::built().await;
    wall.db.psql(
        "CREATE INDEX by_cents ON invoices (cents DESC, lower(currency)) INCLUDE (id) WHERE cents > 0;
         CREATE UNIQUE INDEX second ON invoices (cents, org_id); CREATE INDEX hashed ON texts USING hash (id);
         ALTER TABLE billing.parties ADD CONSTRAINT \"By Name\" UNIQUE (name) DEFERRABLE INITIALLY DEFERRED",
    );
    let listed = async |options: &Options| {
        let plan = wall.diff(options).await;
        let ours = |id: &str| id.starts_with("key-without") || id.starts_with("index-without");
        plan.advice.into_iter().filter(|advice| ours(&advice.id)).collect::<Vec<_>>()
    };
    let advice = listed(&wall.options).await;
    let ids: Vec<_> = advice.iter().map(|advice| advice.id.as_str()).collect();
    for id in [
        "index-without-organization public.invoices by_cents",
        "index-without-organization public.invoices second",
        "index-without-organization public.texts hashed",
        "key-without-organization billing.parties By Name",
        "key-without-organization billing.parties parties_pkey",
        "key-without-organization public.invoices invoices_pkey",
    ] {
        assert!(ids.contains(&id), "{id}: {ids:?}");
    }
    assert!(!ids.iter().any(|id| id.contains("tenancy_key") || id.contains("invoice_lines_pkey")), "{ids:?}");
    let primary = advice.iter().find(|advice| advice.id.ends_with("invoices_pkey")).expect("it is listed");
    let says = "-- public.invoice_lines invoice_lines_invoice_id_fkey leads to";
    assert!(primary.sql.iter().any(|line| line.starts_with(says)), "what refers to it: {:?}", primary.sql);
    let unsealed = listed(&wall.options.clone().level(Level::Unsealed)).await;
    assert!(unsealed.iter().all(|advice| advice.id.starts_with("key-without")), "{unsealed:?}");

    wall.db.psql("ALTER TABLE invoice_lines DROP CONSTRAINT invoice_lines_invoice_id_fkey");
    for statement in advice.iter().flat_map(|advice| &advice.sql).filter(|line| !line.starts_with("--")) {
        wall.db.psql(statement);
    }
    let left = listed(&wall.options).await;
    assert!(left.is_empty(), "{left:#?}");
    let keys = "SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint WHERE conname IN ('By Name', 'invoices_pkey') ORDER BY 1";
    assert_eq!(
        wall.db.psql(keys),
        "By Name UNIQUE (\"Company\", name) DEFERRABLE INITIALLY DEFERRED\ninvoices_pkey PRIMARY KEY (org_id, id)"
    );
    assert!(wall.diff(&wall.options).await.is_empty(), "nothing that the wall needs is gone");
}

#[tokio::test]
async fn down_takes_back_what_up_did() {
    let wall = Wall::bare();
    let app = &wall.options.app_role;
    wall.db.psql(&format!("CREATE ROLE \"{app}\" LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO \"{app}\""));
    let before = wall.db.psql(STATE);
    let plan = wall.diff(&wall.options).await;
    wall.db.psql(&format!("BEGIN; {} COMMIT", plan.up_sql()));
    assert!(wall.diff(&wall.options).await.is_empty());
    wall.db.psql(&format!("BEGIN; {} COMMIT", plan.down_sql()));
    assert_eq!(wall.db.psql(STATE), before);
    for table in TENANT {
        assert_eq!(wall.db.psql(&format!("SELECT count(*) FROM {table}")), "2", "no row was touched");
    }
    // And forth again.
    wall.apply(&wall.diff(&wall.options).await).await;
    assert!(wall.diff(&wall.options).await.is_empty());
}

/// Managed services hand out no superuser: the owner of the database who may make roles is enough.
#[tokio::test]
async fn no_superuser_is_needed() {
    let wall = Wall::bare();
    let migrator = wall.hand_to_migrator();
    let mut conn = migrator.connect().await;
    let plan = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
    live::apply(&mut conn, &plan, |_| {}).await.unwrap_or_else(|why| panic!("{why:?}"));
    let plan = live::diff(&mut conn, &manifest(), &wall.options).await.expect("the catalogue is read");
    assert!(plan.is_empty(), "{:#?}", plan.steps);
    keyring::publish(&mut conn, &wall.key).await.expect("it acts for the owner");
    wall.set_password();
    assert_eq!(wall.armed().await.ask("SELECT id FROM invoices").await, Ok("101".to_owned()));
}

#[tokio::test]
async fn a_migration_is_written_once() {
    let plan = Plan::for_manifest(&manifest(), &Options::new("app")).expect("the declaration holds");
    let folder = std::env::temp_dir().join(format!("tenancy-migration-{}", std::process::id()));
    plan.write_migration(&folder).expect("it is written");
    assert_eq!(std::fs::read_to_string(folder.join("up.sql")).expect("it is there"), plan.up_sql());
    assert!(plan.write_migration(&folder).is_err(), "and never written over");
    std::fs::remove_dir_all(&folder).expect("it is ours");
}

#[tokio::test]
async fn a_failed_run_changes_nothing() {
    let wall = Wall::bare();
    let before = wall.db.psql(STATE);
    let mut plan = wall.diff(&wall.options).await;
    plan.steps.last_mut().expect("there are steps").up.push("SELECT 1 / 0".to_owned());
    let error = live::apply(&mut wall.admin().await, &plan, |_| {}).await.expect_err("it cannot be run");
    assert!(error.to_string().contains("the step `"), "{error}");
    assert_eq!(wall.db.psql(STATE), before);
}

// attack: F19
#[tokio::test]
async fn the_unsealed_wall_holds_for_those_who_do_not_set_it() {
    let wall = Wall::bare();
    let options = wall.options.clone().level(Level::Unsealed);
    wall.build(&options).await;
    let plan = wall.diff(&options).await;
    assert!(plan.is_empty(), "{:#?}", plan.steps);
    assert!(plan.advice.iter().any(|advice| advice.id == "unsealed wall"), "and says what it lacks");
    let mut session = wall.session().await;
    assert_eq!(session.count("invoices").await, Err(NO_SCOPE.to_owned()));
    session.begin(&seal::unsealed(A.parse().expect("a UUID"), tenancy::db::seal::Access::Read)).await;
    assert_eq!(session.ask("SELECT id FROM invoices").await, Ok("101".to_owned()));
    session.refused("DELETE FROM invoices", "refused").await;
}
