//! Each wall is switched off in turn, and the other one holds.

use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, B, World, invoices};
use diesel::result::Error as DieselError;
use tenancy::prelude::*;

// attack: H20
/// Wall two off: no row-level security, and the service's role owns the table. Wall one alone keeps every statement in.
#[tokio::test(flavor = "multi_thread")]
async fn without_wall_two_wall_one_holds() {
    let world = World::new().await;
    let role = &world.wall.options.app_role;
    world.wall.db.psql(&format!(
        "DROP POLICY IF EXISTS tenancy ON invoices; ALTER TABLE invoices DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY;
         ALTER TABLE invoices OWNER TO \"{role}\""
    ));
    let (db, a, before) = (world.db(), world.a(), world.rows_of(B));
    let mut conn = db.scoped(&a).await.expect("a connection");
    let all = conn.raw_sql(wall_two(), crate::armed::world::SEEN, "the wall is really off");
    assert_eq!(all.get_result::<crate::armed::world::Seen>().await.expect("a row").organizations, 2);
    assert_eq!(a.from(invoices::table).count().get_result::<i64>(&mut conn).await, Ok(20));
    let theirs = a.from(invoices::table).filter(invoices::number.like("b-%")).or_filter(invoices::id.gt(0));
    assert_eq!(theirs.select(invoices::number).load::<String>(&mut conn).await.expect("rows").len(), 20);
    assert_eq!(a.update(invoices::table).set(invoices::cents.eq(1)).execute(&mut conn).await, Ok(20));
    assert_eq!(a.delete(invoices::table).execute(&mut conn).await, Ok(20));
    assert_eq!((world.rows_of(A), world.rows_of(B)), (String::new(), before));
}

// attack: E34, H20
/// Wall one off: the statement says another organization than the scope. What a bug in wall one would send.
#[tokio::test(flavor = "multi_thread")]
async fn without_wall_one_wall_two_holds() {
    let world = World::new().await;
    let (db, a, before) = (world.db(), world.a(), world.rows_of(B));
    let mut conn = db.scoped(&a).await.expect("a connection");
    for sql in [
        format!("SELECT 1 FROM invoices WHERE org_id = '{B}'"),
        format!("UPDATE invoices SET cents = 0 WHERE org_id = '{B}'"),
        format!("DELETE FROM invoices WHERE org_id = '{B}'"),
        "DELETE FROM invoices WHERE number LIKE 'b-%'".to_owned(),
    ] {
        let read = sql.starts_with("SELECT");
        let sql = if read {
            format!("SELECT count(*) AS rows, 0::bigint AS organizations, 0 AS session FROM ({sql}) x")
        } else {
            sql
        };
        if read {
            let seen =
                conn.raw_sql(wall_two(), &sql, "a bug").get_result::<crate::armed::world::Seen>().await.expect("a row");
            assert_eq!(seen.rows, 0, "{sql}");
        } else {
            assert_eq!(conn.raw_sql(wall_two(), &sql, "a bug").execute().await, Ok(0), "{sql}");
        }
    }
    for sql in [
        format!("INSERT INTO invoices VALUES ('{B}', 500, 'planted')"),
        format!(
            "INSERT INTO invoices VALUES ('{B}', 1, 'taken') ON CONFLICT (org_id, id) DO UPDATE SET number = 'taken'"
        ),
    ] {
        let refused = conn.raw_sql(wall_two(), &sql, "a bug").execute().await;
        assert!(
            matches!(&refused, Err(DieselError::DatabaseError(_, why)) if why.message().contains("row-level security")),
            "{sql}: {refused:?}"
        );
    }
    let moved = conn.raw_sql(wall_two(), &format!("UPDATE invoices SET org_id = '{B}'"), "a bug").execute().await;
    assert!(matches!(&moved, Err(DieselError::DatabaseError(_, why)) if why.message().contains("permission denied")));
    assert_eq!(world.rows_of(B), before);
}

/// A service asks at boot whether the wall that it relies on stands.
#[tokio::test(flavor = "multi_thread")]
async fn a_service_asks_its_own_pool_before_it_starts() {
    use tenancy_audit::{AuditError, Options, ensure};
    let world = World::new().await;
    let (endpoint, manifest) =
        (world.wall.tenant_db(world.kit.authority()).endpoint(), crate::armed::world::schema_manifest());
    let mut options = Options::new(world.wall.options.clone());
    // The tests do not choose the server's release.
    options.disabled.push("F01".to_owned());
    ensure(&endpoint, &manifest, &options).await.expect("the wall stands");
    world.wall.db.psql("ALTER TABLE invoices NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY");
    let refused = ensure(&endpoint, &manifest, &options).await.expect_err("the wall is broken");
    assert!(matches!(&refused, AuditError::Broken { rules } if rules.contains(&"B01")), "{refused}");
}
