//! Permits behind both walls: the engine has a role of its own, and the service's role reaches no relationship.

use crate::application::support::walled::{Walled, wall_two};
use std::time::Duration;
use tenancy::db::{BothWalls, Postgres, TenantDb};
use tenancy::permit::{Denied, PermitAuthority, subject_id};
use tenancy::prelude::*;
use tenancy::{OrgId, OrgScope};
use tenancy_audit::{Audit, Options};
use tenancy_permission_model::Model;
use tenancy_permits::sql::{Change, SqlEngine, postgres_grants, postgres_script};
use tenancy_permits::{ObjectRef, Relationship, SubjectRef};
use tenancy_testkit::TestKit;
use uuid::Uuid;

mod actions {
    tenancy::permissions! {
        file = "tests/wall_one/permits/permissions.zed";
        ids(invoice = i32);
    }
}

use actions::invoice;

tenancy::schema! {
    privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);

    diesel::table! { invoices (org_id, id) { org_id -> Uuid, id -> Integer, status -> Text, memo -> Text, } }
    diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
}

const A: OrgId = OrgId::new(Uuid::from_u128(0xA));
const B: OrgId = OrgId::new(Uuid::from_u128(0xB));

const TABLES: &str = "
    CREATE TABLE invoices (org_id uuid NOT NULL, id int NOT NULL, status text NOT NULL, memo text NOT NULL,
        PRIMARY KEY (org_id, id));
    INSERT INTO invoices SELECT org, id, 'open', '' FROM generate_series(1, 3) id, unnest(ARRAY[
        '00000000-0000-0000-0000-00000000000a'::uuid, '00000000-0000-0000-0000-00000000000b']) org;";

struct World {
    wall: Walled,
    kit: TestKit,
    engine: SqlEngine,
    permits: PermitAuthority,
    role: String,
}

impl World {
    async fn new() -> Self {
        let script: String =
            postgres_script().lines().filter(|line| !line.starts_with('\\')).collect::<Vec<_>>().join("\n");
        let wall = Walled::built(schema_manifest(), &[TABLES, &script]).await;
        let role = format!("permits_{}", wall.name);
        wall.db.psql(&format!("CREATE ROLE {role} LOGIN BYPASSRLS PASSWORD 'secret'; {}", postgres_grants(&role)));
        let model = Model::parse(actions::PERMISSION_MODEL).expect("the model of the macro");
        let url = wall.db.url_as(&role, "secret");
        let engine = SqlEngine::postgres(url, model).expect("an engine");
        engine.adopt_model().await.expect("the model is recorded");
        engine.verify().await.expect("tables and model are this program's");
        let permits = PermitAuthority::new(engine.clone()).engine_timeout(Duration::from_secs(5));
        Self { wall, kit: TestKit::new(), engine, permits, role }
    }

    fn db(&self) -> TenantDb<Postgres> {
        let db: tenancy::db::TenantDbBuilder<Postgres, BothWalls> = self.wall.tenant_db(self.kit.authority());
        db.permits(&self.permits).build().expect("a pool")
    }

    /// `organization:<org>#<relation>@user:<the scope's subject>`.
    fn role_of(&self, org: OrgId, relation: &str, scope: &OrgScope) -> Relationship {
        Relationship {
            resource: ObjectRef::new("organization", org.to_string()).expect("an id"),
            relation: relation.to_owned(),
            subject: SubjectRef::Object(ObjectRef::new("user", subject_id(scope.subject())).expect("an id")),
            expires_at: None,
        }
    }

    async fn write(&self, change: Change) {
        let written = self.engine.write(&[change], "a test", "because").await.expect("it is written");
        assert_eq!(written.stored + written.deleted, 1);
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.wall.end_sessions();
        self.wall.db.psql(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.role));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_allows_until_it_is_revoked_and_in_its_organization_alone() {
    let world = World::new().await;
    let (db, permits) = (world.db(), &world.permits);
    let (a, b) = (world.kit.scope(A), world.kit.scope(B));
    let owner = world.role_of(A, "owner", &a);
    let other = Relationship { subject: "user:somebody-else".parse().expect("a subject"), ..owner.clone() };
    for relationship in [&owner, &other] {
        world.write(Change::touch(Some(*A.as_uuid()), relationship.clone())).await;
    }
    let mut conn = db.scoped(&a).await.expect("a connection");
    let permit = permits.require(&a, invoice::Delete(1)).await.expect("the owner may");
    assert_eq!(a.delete(invoices::table).permitted(permit).execute(&mut conn).await, Ok(1));
    // The same person in another organization, and an invoice of that organization.
    let denied = permits.require(&b, invoice::Delete(1)).await.expect_err("no role in B");
    assert!(matches!(denied, Denied::NotPermitted), "{denied:?}");

    // Revoked between the check and the statement: the epoch has risen.
    let permit = permits.require(&a, invoice::Void(2)).await.expect("the owner may");
    world.write(Change::delete(Some(*A.as_uuid()), owner.clone())).await;
    let void = a.update(invoices::table).set(invoices::status.eq("void")).permitted(permit);
    assert_eq!(void.execute(&mut conn).await, Ok(0));
    assert!(matches!(permits.require(&a, invoice::Void(2)).await, Err(Denied::NotPermitted)));
    // Banned is the same, though something was added: it is used negatively.
    world.write(Change::touch(Some(*A.as_uuid()), owner.clone())).await;
    let permit = permits.require(&a, invoice::Void(2)).await.expect("the owner may");
    world.write(Change::touch(Some(*A.as_uuid()), world.role_of(A, "banned", &a))).await;
    let void = a.update(invoices::table).set(invoices::status.eq("void")).permitted(permit);
    assert_eq!(void.execute(&mut conn).await, Ok(0));
    assert!(matches!(permits.require(&a, invoice::Void(2)).await, Err(Denied::NotPermitted)));
}

/// In a transaction that has run a statement: checks, revokes, and changes an invoice. Returns how many were changed.
async fn changed_after_a_revocation(world: &World) -> Result<usize, diesel::result::Error> {
    let (db, permits, a) = (world.db(), &world.permits, world.kit.scope(A));
    let owner = world.role_of(A, "owner", &a);
    let other = Relationship { subject: "user:another-owner".parse().expect("a subject"), ..owner.clone() };
    for relationship in [&owner, &other] {
        world.write(Change::touch(Some(*A.as_uuid()), relationship.clone())).await;
    }
    let mut conn = db.scoped(&a).await.expect("a connection");
    let work = conn.transaction(async |conn| {
        let open: Vec<i32> = a.from(invoices::table).select(invoices::id).load(conn).await?;
        assert_eq!(open.len(), 3);
        let permit = permits.require(&a, invoice::Void(2)).await.expect("the owner may");
        world.write(Change::delete(Some(*A.as_uuid()), owner.clone())).await;
        a.update(invoices::table).set(invoices::status.eq("void")).permitted(permit).execute(conn).await
    });
    work.await
}

/// At READ COMMITTED each statement sees what was committed before it began.
#[tokio::test(flavor = "multi_thread")]
async fn a_revocation_before_the_statement_fences_it_in_a_transaction_that_began_before() {
    let world = World::new().await;
    assert_eq!(changed_after_a_revocation(&world).await, Ok(0));
    assert_eq!(world.wall.db.psql("SELECT count(*) FROM invoices WHERE status = 'void'"), "0");
}

/// The statement locks the epoch's row, which its transaction's snapshot has in an older version. No setting of `TenantDb` leads here: it
/// takes one of the role.
#[tokio::test(flavor = "multi_thread")]
async fn at_repeatable_read_a_transaction_that_began_before_a_revocation_fails() {
    let world = World::new().await;
    let app = &world.wall.options.app_role;
    world.wall.db.psql(&format!("ALTER ROLE \"{app}\" SET default_transaction_isolation = 'repeatable read'"));
    let error = changed_after_a_revocation(&world).await.expect_err("it is not serializable");
    assert!(error.to_string().contains("could not serialize access"), "{error}");
    assert_eq!(world.wall.db.psql("SELECT count(*) FROM invoices WHERE status = 'void'"), "0");
}

/// A statement that waits for a row's lock holds the epoch meanwhile: a revocation comes after it, and not before.
#[tokio::test(flavor = "multi_thread")]
#[expect(clippy::disallowed_methods, reason = "a session that locks a row")]
async fn a_revocation_waits_for_a_permitted_statement_that_waits_for_a_row() {
    let world = World::new().await;
    let (db, permits, a) = (world.db(), &world.permits, world.kit.scope(A));
    let owner = world.role_of(A, "owner", &a);
    let other = Relationship { subject: "user:another-owner".parse().expect("a subject"), ..owner.clone() };
    for relationship in [&owner, &other] {
        world.write(Change::touch(Some(*A.as_uuid()), relationship.clone())).await;
    }
    let mut holder = world.wall.admin().await;
    let lock =
        "BEGIN; SELECT 1 FROM invoices WHERE id = 1 AND org_id = '00000000-0000-0000-0000-00000000000a' FOR UPDATE";
    diesel_async::SimpleAsyncConnection::batch_execute(&mut holder, lock).await.expect("the row is locked");
    let waiting = async |number: &str| {
        let sql =
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";
        // A minute, which is far more than it takes.
        for _ in 0..3_000 {
            if world.wall.db.psql(sql) == number {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("{number} sessions do not come to wait");
    };
    let order = std::sync::Mutex::new(Vec::new());
    let mut conn = db.scoped(&a).await.expect("a connection");
    let permit = permits.require(&a, invoice::Delete(1)).await.expect("the owner may");
    let delete = async {
        let deleted = a.delete(invoices::table).permitted(permit).execute(&mut conn).await;
        order.lock().expect("no panic").push("deleted");
        deleted
    };
    let revoke = async {
        waiting("1").await;
        world.write(Change::delete(Some(*A.as_uuid()), owner)).await;
        order.lock().expect("no panic").push("revoked");
    };
    let release = async {
        waiting("2").await;
        diesel_async::SimpleAsyncConnection::batch_execute(&mut holder, "ROLLBACK").await.expect("it is released");
    };
    let (deleted, (), ()) = tokio::join!(delete, revoke, release);
    assert_eq!(deleted, Ok(1));
    assert_eq!(*order.lock().expect("no panic"), ["deleted", "revoked"]);
}

/// Above organizations: a tenant's administrator loses the role, and no organization's relationship changes.
#[tokio::test(flavor = "multi_thread")]
async fn what_changes_above_organizations_fences_each_of_them() {
    let world = World::new().await;
    let a = world.kit.scope(A);
    let edge: Relationship = format!("organization:{A}#tenant@tenant:acme").parse().expect("a relationship");
    world.write(Change::touch(Some(*A.as_uuid()), edge)).await;
    let person = format!("user:{}", subject_id(a.subject()));
    let administrator: Relationship = format!("tenant:acme#administrator@{person}").parse().expect("a relationship");
    world.write(Change::touch(None, administrator.clone())).await;
    let db = world.db();
    let mut conn = db.scoped(&a).await.expect("a connection");
    assert!(world.permits.require(&a, invoice::View(1)).await.is_ok(), "by the tenant");
    let denied = world.permits.require(&a, invoice::Delete(1)).await.expect_err("the owner's alone");
    assert!(matches!(denied, Denied::NotPermitted));
    let permit = world.permits.require(&a, invoice::View(1)).await.expect("by the tenant");
    world.write(Change::delete(None, administrator)).await;
    let touched = a.update(invoices::table).set(invoices::memo.eq("x")).permitted(permit).execute(&mut conn).await;
    assert_eq!(touched, Ok(0), "fenced");
    assert!(matches!(world.permits.require(&a, invoice::View(1)).await, Err(Denied::NotPermitted)));
}

/// Attack J12: the service's role grants itself nothing, and moves no epoch back.
#[tokio::test(flavor = "multi_thread")]
async fn the_services_role_reaches_no_relationship() {
    let world = World::new().await;
    let a = world.kit.scope(A);
    world.write(Change::touch(Some(*A.as_uuid()), world.role_of(A, "owner", &a))).await;
    let app = &world.wall.options.app_role;
    for sql in [
        "SELECT 1 FROM permission_relationships",
        "INSERT INTO permission_relationships OVERRIDING SYSTEM VALUE SELECT * FROM permission_relationships",
        "DELETE FROM permission_relationships",
        "UPDATE permission_relationships SET relation = 'owner'",
        "SELECT 1 FROM permission_log",
        "UPDATE permission_log SET reason = 'erased'",
        "SELECT 1 FROM permission_model",
    ] {
        let refused = world.wall.db.try_psql(&format!("SET ROLE \"{app}\"; {sql}")).expect_err("refused");
        assert!(refused.contains("permission denied"), "{sql}: {refused}");
    }
    let db = world.db();
    let mut conn = db.scoped(&a).await.expect("a connection");
    // No statement of a scope writes epochs (`ui-tests/tests/fail/j_permits/`). Raw SQL in an armed request raises one by one at most.
    let mut sql = async |sql: &str| conn.raw_sql(wall_two(), sql, "an attack").execute().await;
    for (attack, reason) in [
        ("UPDATE permission_epochs SET epoch = epoch - 1", "never goes back"),
        ("UPDATE permission_epochs SET epoch = 9223372036854775807", "at once"),
        ("DELETE FROM permission_epochs", "its row stays"),
    ] {
        let refused = sql(attack).await.expect_err("refused").to_string();
        assert!(refused.contains(reason), "{attack}: {refused}");
    }
    assert_eq!(sql("UPDATE permission_epochs SET epoch = epoch + 1").await, Ok(1));
}

/// The engine's role sees every epoch, so it is named to the audit; which then finds nothing about the tables of
/// permissions.
#[tokio::test(flavor = "multi_thread")]
async fn the_audit_is_clean_once_the_engines_role_is_named() {
    let world = World::new().await;
    let manifest = schema_manifest();
    let mut options = Options::new(world.wall.options.clone());
    let found = async |options: &Options| {
        let audit = Audit::new(world.wall.db.url(), &manifest, options).key(&world.wall.key);
        let findings = audit.run().await.expect("an audit").findings;
        // Not the server's release, nor the roles of tests that run beside this one.
        let ours = findings.iter().filter(|finding| finding.rule.id != "F01");
        let ours = ours.filter(|finding| !finding.object.starts_with("role ") || finding.object.ends_with(&world.role));
        ours.map(|finding| format!("{} {}", finding.rule.id, finding.object)).collect::<Vec<_>>()
    };
    let role = format!("C14 role {}", world.role);
    assert_eq!(found(&options).await, ["C10 public.permission_epochs", &role]);
    options.readers.push(world.role.clone());
    options.administrators.push(world.role.clone());
    assert_eq!(found(&options).await, Vec::<String>::new());
}
