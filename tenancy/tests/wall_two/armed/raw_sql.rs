//! Raw SQL under wall two alone: wall one is switched off by its own design.

use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, B, SEEN, Seen, World, invoices};
use diesel::result::Error as DieselError;
use diesel::sql_types::{BigInt, Integer, Text};
use tenancy::db::seal::Access;
use tenancy::db::{Error, PoolError};
use tenancy::prelude::*;
use tenancy::{ScopeError, TenantDb};

#[tokio::test(flavor = "multi_thread")]
async fn it_sees_and_changes_one_organization_only() {
    let world = World::new().await;
    let (db, a, before) = (world.db(), world.a(), world.rows_of(B));
    let mut conn = db.scoped(&a).await.expect("a connection");
    let seen: Vec<Seen> = conn.raw_sql(wall_two(), SEEN, "a test").load().await.expect("rows");
    assert_eq!((seen[0].rows, seen[0].organizations), (20, 1));
    let all = conn.raw_sql(wall_two(), "UPDATE invoices SET number = 'x' || id, cents = $1", "a test");
    assert_eq!(all.bind::<BigInt, _>(7).execute().await, Ok(20));
    assert_eq!(
        conn.raw_sql(wall_two(), "DELETE FROM invoices WHERE id > $1", "a test").bind::<Integer, _>(10).execute().await,
        Ok(10)
    );
    let theirs = "INSERT INTO invoices (org_id, id, number) VALUES ($1::uuid, 99, 'planted')";
    let planted = conn.raw_sql(wall_two(), theirs, "a test").bind::<Text, _>(B.to_string()).execute().await;
    assert!(
        matches!(&planted, Err(DieselError::DatabaseError(_, why)) if why.message().contains("row-level security"))
    );
    assert_eq!(world.rows_of(B), before);
}

// attack: F19, H12
#[tokio::test(flavor = "multi_thread")]
async fn it_cannot_talk_the_database_into_another_organization() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let stolen = world.wall.sealer().seal(B, Access::ReadWrite, "elsewhere", std::time::Duration::from_secs(60));
    let stolen = stolen.expect("it is sealed").expose().to_owned();
    let unsealed = tenancy::db::seal::unsealed(B, Access::ReadWrite);
    let mut conn = db.scoped(&a).await.expect("a connection");
    for (value, local) in [(stolen.as_str(), true), (stolen.as_str(), false), ("", false), (unsealed.as_str(), true)] {
        let sql = format!(
            "WITH s AS MATERIALIZED (SELECT set_config('tenancy.scope', $1, {local}) AS t) \
                           SELECT count(*) AS rows, count(DISTINCT org_id) AS organizations, pg_backend_pid() AS session \
                             FROM invoices, s WHERE t IS NOT NULL"
        );
        // Whichever the server evaluates first: its own organization, or nothing.
        match conn.raw_sql(wall_two(), &sql, "the attack").bind::<Text, _>(value).get_result::<Seen>().await {
            Ok(seen) => assert!(seen.organizations <= 1 && seen.rows <= 20, "{seen:?}"),
            Err(DieselError::DatabaseError(_, why)) => {
                assert!(why.message().contains("organization scope"), "{}", why.message())
            }
            Err(other) => panic!("{other}"),
        }
    }
}

/// What a session keeps beyond its transaction must not reach the next borrower.
// attack: F21, F23
#[tokio::test(flavor = "multi_thread")]
async fn it_leaves_no_setting_and_no_lock_behind() {
    for world in World::with_each_pipeline().await {
        let (db, a, b) = (world.db(), world.a(), world.b());
        let leave = "SELECT set_config('search_path', 'pg_temp', false), set_config('statement_timeout', '1', false), \
                     set_config('TimeZone', 'Asia/Tokyo', false), pg_advisory_lock(42)::text";
        for in_transaction in [false, true] {
            for fails in [false, true] {
                let mut conn = db.scoped(&a).await.expect("a connection");
                if in_transaction {
                    let done = conn
                        .transaction(async |conn| {
                            conn.raw_sql(wall_two(), leave, "the attack").execute().await?;
                            if fails { Err(DieselError::NotFound) } else { Ok(()) }
                        })
                        .await;
                    assert_eq!(done.is_err(), fails);
                } else {
                    let and = if fails { format!("{leave}, 1 / (random() * 0)::int") } else { leave.to_owned() };
                    assert_eq!(conn.raw_sql(wall_two(), &and, "the attack").execute().await.is_err(), fails);
                }
                drop(conn);
                let mut conn = db.scoped(&b).await.expect("a connection");
                let settings = "SELECT current_setting('search_path') || current_setting('statement_timeout') || \
                                current_setting('TimeZone') || (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory') AS text";
                let left: Setting = conn.raw_sql(wall_two(), settings, "a look").get_result().await.expect("a row");
                assert_eq!(left.text, "\"$user\", public0UTC0", "in a transaction: {in_transaction}, fails: {fails}");
                let own = b.from(invoices::table).count().get_result::<i64>(&mut conn).await;
                assert_eq!(own, Ok(20));
            }
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Setting {
    #[diesel(sql_type = Text)]
    text: String,
}

/// It cannot be sent, while the token before it was: nothing waits for an answer that does not come.
#[tokio::test(flavor = "multi_thread")]
async fn a_text_that_cannot_be_sent_is_an_error() {
    for world in World::with_each_pipeline().await {
        let db = world.db();
        let a = world.a();
        for _ in 0..2 {
            let mut conn = db.scoped(&a).await.expect("a connection");
            let text =
                "SELECT count(*) AS rows, 1::bigint AS organizations, 1 AS session FROM invoices WHERE number = '\0'";
            let unsent = conn.raw_sql(wall_two(), text, "a test").get_result::<Seen>();
            let unsent = tokio::time::timeout(std::time::Duration::from_secs(20), unsent).await.expect("it ends");
            unsent.expect_err("a zero byte ends a text");
            drop(conn);
            let mut conn = db.scoped(&a).await.expect("a connection");
            let seen: Seen = conn.raw_sql(wall_two(), SEEN, "a test").get_result().await.expect("a row");
            assert_eq!((seen.rows, seen.organizations), (20, 1));
            let in_transaction =
                conn.transaction(async |conn| conn.raw_sql(wall_two(), text, "a test").get_result::<Seen>().await);
            in_transaction.await.expect_err("here neither");
        }
    }
}

/// TEN0207.
// attack: F20, F22, H12
#[tokio::test(flavor = "multi_thread")]
async fn what_could_outlive_it_is_refused_unsent() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    for sql in [
        "SET tenancy.scope = 'x'",
        "RESET ALL",
        "DISCARD ALL",
        "SET ROLE postgres",
        "DEALLOCATE ALL",
        "PREPARE s0 AS SELECT 1",
        "EXECUTE s0",
        "CREATE TEMP TABLE invoices (org_id uuid)",
        "COPY invoices TO STDOUT",
        "DO $$ BEGIN END $$",
        "LISTEN x",
        "COMMIT",
        "/* SELECT */ SET x.y = 1",
        "-- SELECT\nSET x.y = 1",
        "/* /* */ SELECT 1 */ SET x.y = 1",
        "/* x /*/ SELECT */ */ SET x.y = 1",
    ] {
        let refused = conn.raw_sql(wall_two(), sql, "the attack").execute().await.expect_err(sql);
        assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::RawSql), "{sql}");
    }
    let refused = conn.raw_sql(wall_two(), "SELECT 1", " ").execute().await.expect_err("no reason");
    assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::RawSql));
    // Two statements in one text: the server takes one only.
    let two = conn.raw_sql(wall_two(), "SELECT 1; RESET ALL", "the attack").execute().await;
    assert!(matches!(two, Err(DieselError::DatabaseError(_, why)) if why.message().contains("multiple commands")));
    assert_eq!(a.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
}

/// Read access is the server's to enforce, twice: by the token and by the transaction.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_writes_nothing() {
    for world in World::with_each_pipeline().await {
        let (db, a, before) = (world.db(), world.a(), world.rows_of(A));
        let mut conn = db.scoped_read_only(wall_two(), &a).await.expect("a connection");
        assert_eq!(a.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
        let refused = a.delete(invoices::table).execute(&mut conn).await;
        assert!(matches!(
            refused,
            Err(DieselError::DatabaseError(diesel::result::DatabaseErrorKind::ReadOnlyTransaction, _))
        ));
        let refused = conn.raw_sql(wall_two(), "DELETE FROM invoices", "the attack").execute().await;
        assert!(refused.is_err());
        let off = "WITH s AS MATERIALIZED (SELECT set_config('transaction_read_only', 'off', true) AS t) \
                   DELETE FROM invoices USING s WHERE t IS NOT NULL";
        assert!(conn.raw_sql(wall_two(), off, "the attack").execute().await.is_err());
        drop(conn);
        assert_eq!(world.rows_of(A), before);
        // The token itself says so, wherever it is carried.
        for (reads, access) in [(true, "r"), (false, "rw")] {
            let conn = if reads { db.scoped_read_only(wall_two(), &a).await } else { db.scoped(&a).await };
            let token = "SELECT split_part(current_setting('tenancy.scope'), '|', 4) AS text";
            let said: Setting =
                conn.expect("a connection").raw_sql(wall_two(), token, "a look").get_result().await.expect("a row");
            assert_eq!(said.text, access);
        }
    }
}

/// A token that raw SQL reads is worth nothing after its scope: it ends with the scope, and after 60 s at the latest.
// attack: H12
#[tokio::test(flavor = "multi_thread")]
async fn a_token_lives_no_longer_than_its_scope() {
    let world = World::new().await;
    let db = world.db();
    let token = "SELECT ceil(split_part(current_setting('tenancy.scope'), '|', 2)::float8 - extract(epoch FROM now()))::text AS text";
    // Tokens end at a whole second.
    for (scope, longest) in [(world.kit.scope_for(A, std::time::Duration::from_secs(15)), 16), (world.a(), 61)] {
        let mut conn = db.scoped(&scope).await.expect("a connection");
        let left: Setting = conn.raw_sql(wall_two(), token, "a look").get_result().await.expect("a row");
        let left: i64 = left.text.parse().expect("a number");
        assert!((1..=longest).contains(&left), "{left} s of {longest}");
    }
}

/// A comment in front says no more than one behind.
#[tokio::test(flavor = "multi_thread")]
async fn a_comment_may_stand_in_front() {
    let world = World::new().await;
    let (db, a) = (world.db(), world.a());
    let mut conn = db.scoped(&a).await.expect("a connection");
    for before in ["/* the report of June */ ", "-- SET x\n", "/* /* SET */ */ -- y\r\n"] {
        let seen: Seen =
            conn.raw_sql(wall_two(), &format!("{before}{SEEN}"), "a test").get_result().await.expect("a row");
        assert_eq!((seen.rows, seen.organizations), (20, 1), "{before}");
    }
}

/// `lastval()` would say what another organization's last insert drew, and a seed what `random()` gives next.
// attack: F21
#[tokio::test(flavor = "multi_thread")]
async fn the_next_organization_learns_no_number_and_no_seed() {
    let world = World::new().await;
    world.wall.db.psql(&format!(
        "CREATE SEQUENCE numbers START 4711; GRANT USAGE ON SEQUENCE numbers TO \"{}\";
         ALTER TABLE invoices ALTER cents SET DEFAULT nextval('numbers')",
        world.wall.options.app_role
    ));
    let (db, a, b) = (world.db(), world.a(), world.b());
    const LAST: &str = "SELECT lastval()::text AS text";
    for (round, by_raw_sql) in [false, true, false].into_iter().enumerate() {
        let id = 100 + i32::try_from(round).expect("it is small");
        let mut conn = db.scoped(&a).await.expect("a connection");
        if by_raw_sql {
            conn.raw_sql(wall_two(), "SELECT nextval('numbers')", "the attack").execute().await.expect("a number");
        } else {
            a.insert_into(invoices::table)
                .values(crate::armed::world::new(id))
                .execute(&mut conn)
                .await
                .expect("a row");
            // Its own number is the organization's to see, also on the connection's next loan.
            drop(conn);
            conn = db.scoped(&a).await.expect("a connection");
            let own: Setting = conn.raw_sql(wall_two(), LAST, "a look").get_result().await.expect("its own");
            assert_eq!(own.text, if round == 0 { "4711" } else { "4714" });
            drop(conn);
            conn = db.scoped(&a).await.expect("a connection");
            a.insert_into(invoices::table)
                .values(crate::armed::world::new(id + 50))
                .execute(&mut conn)
                .await
                .expect("a row");
        }
        drop(conn);
        let mut conn = db.scoped(&b).await.expect("a connection");
        let read = b.from(invoices::table).count().get_result::<i64>(&mut conn).await;
        assert_eq!(read, Ok(20));
        let seen = conn.raw_sql(wall_two(), LAST, "the attack").get_result::<Setting>().await;
        let none = matches!(&seen, Err(DieselError::DatabaseError(_, why)) if why.message().contains("lastval is not yet defined"));
        assert!(none, "round {round}: {:?}", seen.map(|seen| seen.text));
    }
    let predicted =
        world.wall.db.psql("SELECT setseed(0.5); SELECT random()").lines().last().unwrap_or_default().to_owned();
    for in_transaction in [false, true] {
        let mut conn = db.scoped(&a).await.expect("a connection");
        let seed = "SELECT setseed(0.5)::text";
        if in_transaction {
            let done =
                conn.transaction(async |conn| conn.raw_sql(wall_two(), seed, "the attack").execute().await).await;
            done.expect("it is its own session");
        } else {
            conn.raw_sql(wall_two(), seed, "the attack").execute().await.expect("it is its own session");
        }
        drop(conn);
        let mut conn = db.scoped(&b).await.expect("a connection");
        let next: Setting =
            conn.raw_sql(wall_two(), "SELECT random()::text AS text", "a look").get_result().await.expect("a row");
        assert_ne!(next.text, predicted, "in a transaction: {in_transaction}");
    }
}

/// The connection itself is asked whether wall two stands, whatever proof a program has from another database.
// attack: F01
#[tokio::test(flavor = "multi_thread")]
async fn the_proof_of_another_database_runs_no_raw_sql() {
    let world = World::new().await;
    let a = world.a();
    let db =
        TenantDb::postgres(world.wall.app_url(), world.kit.authority()).schema(crate::armed::world::schema_manifest());
    let db = db.pool_size(1).build().expect("a pool");
    let mut conn = db.scoped(&a).await.expect("a connection");
    let refused = conn.raw_sql(wall_two(), "SELECT 1", "the attack").execute().await.expect_err("wall one alone");
    assert_eq!(ScopeError::in_error(&refused), Some(ScopeError::NoWallTwo));
    assert!(refused.to_string().starts_with("TEN0212"), "{refused}");
    drop(conn);
    let read_only = db.scoped_read_only(wall_two(), &a).await.map(drop);
    assert!(matches!(read_only, Err(Error::Pool(PoolError::Setup(_)))), "{read_only:?}");
}
