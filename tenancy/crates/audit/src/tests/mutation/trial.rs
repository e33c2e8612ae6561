//! What a change opened, by doing: as the service's role with and without a scope, and as an undeclared login.

use super::super::Built;
use super::Session;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy::__private::expired_token;
use tenancy::db::seal::{Access, Sealer};
use tenancy_rls::__private::literal;

pub(super) const OWN: &str = "00000000-0000-7000-8000-00000000000a";
pub(super) const OTHER: &str = "00000000-0000-7000-8000-00000000000b";

/// Everything that a role can read, by relations, by functions without arguments, by the server's own; errors speak too.
const LOOK: &str = "DO $look$ DECLARE seen text := ''; found text; what text; BEGIN
    FOR what IN
        SELECT format('SELECT string_agg(%I::text, '' '') FROM %I.%I', a.attname, n.nspname, c.relname)
        FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
        WHERE c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm') AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
          AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
        UNION ALL
        SELECT format('SELECT string_agg(x::text, '' '') FROM %I.%I() x', n.nspname, p.proname)
        FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
        WHERE p.oid >= 16384 AND p.prokind = 'f' AND p.pronargs = 0 AND p.prorettype <> 'trigger'::regtype AND p.proname !~ '^org'
          AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') AND pg_catalog.has_function_privilege(p.oid, 'EXECUTE')
        UNION ALL VALUES ('SELECT string_agg(rolpassword, '' '') FROM pg_catalog.pg_authid'),
            ('SELECT ''a file: '' || pg_catalog.pg_read_file(''PG_VERSION'')'),
            ('SELECT string_agg(stavalues1::text, '' '') || ''statistics'' FROM pg_catalog.pg_statistic')
    LOOP
        BEGIN EXECUTE what INTO found; seen := concat(seen, ' ', found);
        EXCEPTION WHEN OTHERS THEN seen := concat(seen, ' ', SQLERRM); END;
    END LOOP;
    seen := concat(seen, ' ', pg_catalog.current_setting('told.note', true));
    PERFORM pg_catalog.set_config('trial.seen', seen, true);
END $look$";

/// Everything that a role may try to change, own or make. What it must not is in the answer.
const ACT: &str = "DO $act$ DECLARE what text; done text := ''; BEGIN
    FOR what IN
        SELECT format('%s %s', k, c) FROM unnest('{DELETE FROM,TRUNCATE}'::text[]) k, unnest('{public.texts,public.blobs,
            public.invoice_lines,billing.parties,public.events,public.events_0,public.invoices,public.operators,tenancy.key}'::text[]) c
        UNION ALL VALUES ('INSERT INTO public.currencies VALUES (''ZZZ'')'), ('INSERT INTO public.operators VALUES (9)'),
            ('UPDATE public.operators SET id = id + 1'), ('UPDATE tenancy.key SET not_after = now()'),
            ('INSERT INTO public.invoices SELECT ''{own}'', gen_random_uuid(), ''EUR'', 1'),
            ('INSERT INTO billing.parties SELECT ''{own}'', 99, ''x'''),
            ('INSERT INTO public.texts SELECT ''{other}'', 77'), ('INSERT INTO public.events SELECT ''{other}'', 77')
    LOOP
        BEGIN EXECUTE what; EXCEPTION WHEN OTHERS THEN NULL; END;
    END LOOP;
    FOR what IN VALUES ('CREATE SCHEMA zz'), ('CREATE TEMP TABLE zz ()'), ('CREATE TABLE public.zz ()'), ('CREATE TABLE billing.zz ()'),
        ('CREATE FUNCTION tenancy.zz() RETURNS int LANGUAGE sql AS ''SELECT 1'''),
        ('CREATE FUNCTION pg_catalog.zz() RETURNS int LANGUAGE sql AS ''SELECT 1'''),
        ('CREATE FUNCTION information_schema.zz() RETURNS int LANGUAGE sql AS ''SELECT 1''')
    LOOP
        -- A temporary table of a login that is not the service's is its own matter.
        CONTINUE WHEN what LIKE 'CREATE TEMP%' AND NOT {service};
        BEGIN EXECUTE what; done := concat(done, '; ', what); EXCEPTION WHEN OTHERS THEN NULL; END;
    END LOOP;
    FOR what IN
        SELECT format('COMMENT ON TABLE %s IS ''mine''', c.oid::regclass) FROM pg_catalog.pg_class c
        WHERE c.relkind IN ('r', 'p') AND c.oid::regclass::text = ANY ('{public.invoices,public.texts,public.events,public.events_0,
            public.currencies,public.operators,billing.parties,tenancy.key}'::text[])
        UNION ALL SELECT format('COMMENT ON SCHEMA %I IS ''mine''', n) FROM unnest('{public,billing,tenancy}'::text[]) n
        UNION ALL SELECT format('COMMENT ON DATABASE %I IS ''mine''', pg_catalog.current_database())
        UNION ALL SELECT format('COMMENT ON FUNCTION %s IS ''mine''', p.oid::regprocedure) FROM pg_catalog.pg_proc p
            WHERE p.oid IN (SELECT tgfoid FROM pg_catalog.pg_trigger WHERE tgfoid >= 16384) OR p.pronamespace = 'tenancy'::regnamespace
        UNION ALL SELECT format('COMMENT ON DOMAIN %s IS ''mine''', a.atttypid::regtype) FROM pg_catalog.pg_attribute a
            JOIN pg_catalog.pg_type y ON y.oid = a.atttypid WHERE a.attrelid = 'public.invoices'::regclass AND y.typtype = 'd'
    LOOP
        BEGIN EXECUTE what; done := concat(done, '; ', what); EXCEPTION WHEN OTHERS THEN NULL; END;
    END LOOP;
    SELECT concat(done, '; can be ' || string_agg(rolname, ' ')) INTO done FROM pg_catalog.pg_roles
    WHERE (rolsuper OR rolbypassrls OR rolcreaterole OR rolreplication OR rolcreatedb AND {service}
           OR rolname IN ('pg_read_all_data', 'pg_write_all_data', 'pg_read_server_files', {owner})
           OR NOT {service} AND rolname = {app})
      AND pg_catalog.pg_has_role(current_user, oid, 'MEMBER');
    PERFORM pg_catalog.set_config('trial.done', done, true);
END $act$";

/// The rows of the other organization, of the tables that all share, of the platform's, and the keys.
const STAND: &str = "SELECT md5(concat((SELECT string_agg(t::text, '') FROM (SELECT * FROM public.invoices ORDER BY id) t WHERE org_id = '{other}'),
    (SELECT count(*) FROM public.texts WHERE org_id = '{other}'), (SELECT count(*) FROM public.blobs WHERE org_id = uuid_send('{other}')),
    (SELECT count(*) FROM billing.parties WHERE company = '{other}'), (SELECT count(*) FROM public.events WHERE org_id = '{other}'),
    (SELECT count(*) FROM public.currencies), (SELECT string_agg(id::text, '') FROM public.operators),
    (SELECT string_agg(k::text, '') FROM tenancy.key k))) AS document";

fn filled(built: &Built, sql: &str, service: bool) -> String {
    let (app, owner) = (literal(built.app()), literal(&built.options.wall.owner_role));
    let sql = sql.replace("{own}", OWN).replace("{other}", OTHER);
    sql.replace("{service}", if service { "true" } else { "false" }).replace("{app}", &app).replace("{owner}", &owner)
}

/// Scopes that a session of the service may claim: a true one of `OWN`, none, one that is over, and ones without a valid seal.
fn scopes(built: &Built) -> Vec<String> {
    let database = built.fill("{db}");
    let sealer = Sealer::new(&built.key);
    let org = OWN.parse().expect("an organization");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
    let seal = sealer.seal(org, Access::ReadWrite, &database, Duration::from_secs(900)).expect("it is sealed");
    let over = expired_token(&sealer, org, &database).expect("it is sealed");
    let forged = format!("{OTHER}|{}|{}|rw|{database}|{}", now + 900, built.key.kid(), "0".repeat(64));
    vec![seal.expose().to_owned(), String::new(), over.expose().to_owned(), forged, OTHER.to_owned()]
}

/// Why a change opened something; `None` when nothing was seen, changed or gained.
pub(super) async fn opened(built: &Built, session: &mut Session, login: &str, secrets: &[String]) -> Option<String> {
    let scopes = scopes(built);
    let app = built.app().to_owned();
    for (at, scope) in scopes.iter().enumerate() {
        let seen = done_as(session, &app, scope, LOOK, "trial.seen").await;
        if let Some(secret) = shown(&seen, secrets, at == 0) {
            return Some(format!("the service saw {secret} with scope {at}"));
        }
    }
    let seen = done_as(session, login, "", LOOK, "trial.seen").await;
    if let Some(secret) = shown(&seen, secrets, false) {
        return Some(format!("a login saw {secret}"));
    }
    for (role, scope, service) in [(app.as_str(), scopes[0].as_str(), true), (login, "", false)] {
        let stood = stands(built, session).await;
        session.run("SAVEPOINT act").await.expect("it is set");
        let done = done_as(session, role, scope, &filled(built, ACT, service), "trial.done").await;
        let stands = stands(built, session).await;
        session.run("ROLLBACK TO SAVEPOINT act").await.expect("it is taken back");
        if !done.is_empty() || stood != stands {
            return Some(format!("{role} changed rows: {}; did{done}", stood != stands));
        }
    }
    elsewhere(built, session).await
}

fn shown(seen: &str, secrets: &[String], own: bool) -> Option<String> {
    let own = (!own).then(|| OWN.to_owned());
    let mut all = secrets.iter().cloned().chain([OTHER.to_owned(), OTHER.replace('-', "")]).chain(own);
    all.find(|secret| seen.contains(secret.as_str()))
}

/// Runs a block as a role and returns what it set.
async fn done_as(session: &mut Session, role: &str, scope: &str, block: &str, answer: &str) -> String {
    let scope = literal(scope);
    let sql = format!(
        "SAVEPOINT look; SELECT set_config('{answer}', '', true), set_config('told.note', '', false), \
         set_config('tenancy.scope', {scope}, true); SET LOCAL ROLE {role}; {block}"
    );
    let mut told = String::new();
    match session.run(&sql).await {
        Ok(()) => {
            let text =
                session.texts(&format!("SELECT current_setting('{answer}') AS document")).await.expect("it is read");
            told = text.into_iter().flatten().collect();
            session.run("RESET ROLE").await.expect("it is taken back");
        }
        Err(why) => {
            session.run("ROLLBACK TO SAVEPOINT look").await.expect("it is taken back");
            told += &why.to_string();
            // The role may not run a block: nothing was tried.
            assert!(told.contains("permission denied"), "{told}");
            told.clear();
        }
    }
    told
}

async fn stands(built: &Built, session: &mut Session) -> String {
    let sql = filled(built, STAND, true);
    session.run("SAVEPOINT stand").await.expect("it is set");
    let answer = session.texts(&sql).await;
    session.run("ROLLBACK TO SAVEPOINT stand").await.expect("it is taken back");
    // A table that was renamed or dropped: that stands in the answer.
    answer.map_or_else(|why| why.to_string(), |rows| rows.into_iter().flatten().collect())
}

/// Names as diesel writes them.
async fn elsewhere(built: &Built, session: &mut Session) -> Option<String> {
    let sql = "SELECT n AS document FROM unnest('{invoices,currencies,texts,operators}'::text[]) n WHERE to_regclass(n) IS NOT NULL \
               AND to_regclass(n) <> to_regclass('public.' || n)";
    let path = format!("SAVEPOINT path; SET LOCAL search_path = {}, public", built.app());
    session.run(&path).await.expect("it is set");
    let found = session.texts(sql).await.expect("it is read").into_iter().flatten().next();
    session.run("ROLLBACK TO SAVEPOINT path").await.expect("it is taken back");
    found.map(|name| format!("`{name}` leads elsewhere"))
}
