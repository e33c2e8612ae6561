//! PostgreSQL: the gateway's role and the service's reach nothing of each other's tables.

use crate::gateway::world::{ACME, ORIGIN, key, signed_in, subject};
use crate::pg::Database;
use tenancy::db::{Postgres, unscoped_sql};
use tenancy::scope::Tier;
use tenancy_gateway::migrations::postgres_grants;
use tenancy_gateway::{Gateway, GatewayDb, SessionKeys};

#[tokio::test(flavor = "multi_thread")]
async fn the_gateway_needs_only_the_grants_that_are_shipped() {
    let database = Database::create();
    GatewayDb::postgres(database.url()).unwrap().migrate().await.unwrap();
    // Roles belong to the server: two test runs on a borrowed one must not meet.
    let (role, service) = (format!("gateway_{}", std::process::id()), format!("service_gw_{}", std::process::id()));
    let grants = postgres_grants(&role).unwrap();
    database.psql(&format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'secret'; CREATE ROLE {service} LOGIN PASSWORD 'secret'; \
         CREATE TABLE invoices (id int); GRANT SELECT ON invoices TO {service}; {grants}"
    ));
    let db = GatewayDb::postgres(database.url_as(&role, "secret")).unwrap();
    db.check_migrations().await.unwrap();
    let gateway = Gateway::builder(db, SessionKeys::new(key('1')), ORIGIN).build().unwrap();
    let (sessions, directory) = (gateway.sessions(), gateway.directory("tests"));
    directory.create_organization(ACME, "acme").await.unwrap();
    directory.add_member(&subject("alice"), ACME, Tier::Org).await.unwrap();
    let mut signed = signed_in("alice");
    (signed.provider_session, signed.refresh_token) = (Some("sid".to_owned()), Some("refresh".into()));
    let (session, _) = sessions.sign_in(&signed, None, None).await.unwrap();
    let (session, _) = sessions.switch(&session, &"acme".into()).await.unwrap();
    sessions.lend_refresh_token(&session).await.unwrap().unwrap();
    sessions.list(&session).await.unwrap();
    directory.set_tier(&subject("alice"), ACME, Tier::Tenant).await.unwrap();
    directory.remove_member(&subject("alice"), ACME).await.unwrap();
    {
        use tenancy_gateway::oidc::{Candidate, ProviderOrganization};
        let theirs = Candidate::new("https://id.test", ProviderOrganization::parse("1").unwrap());
        directory.link_organization(&theirs, ACME).await.unwrap();
        directory.unlink_organization(&theirs).await.unwrap();
        directory.link_organization(&theirs, ACME).await.unwrap();
    }
    directory.add_staff(&subject("sam")).await.unwrap();
    let (session, _) = sessions.sign_in(&crate::gateway::staff::proved("sam"), None, None).await.unwrap();
    let (session, _) = sessions.enter(&session, &"acme".into(), crate::gateway::staff::look()).await.unwrap();
    let (session, _) = sessions.enter(&session, &"acme".into(), crate::gateway::staff::look()).await.unwrap();
    assert!(session.entry().is_some());
    directory.remove_staff(&subject("sam")).await.unwrap();
    directory.set_state(ACME, tenancy_gateway::OrganizationState::Closed).await.unwrap();
    sessions.end_provider_session("https://id.test", "sid").await.unwrap();
    sessions.delete_expired(10).await.unwrap();

    let refused =
        async |url: String, sql: &str| unscoped_sql::run_unscoped_sql::<Postgres>(&url, &[sql]).await.is_err();
    assert!(refused(database.url_as(&role, "secret"), "SELECT * FROM invoices").await);
    assert!(refused(database.url_as(&role, "secret"), "DELETE FROM gateway_audit").await);
    assert!(refused(database.url_as(&role, "secret"), "SELECT reason FROM gateway_audit").await);
    assert!(refused(database.url_as(&role, "secret"), "DELETE FROM gateway_migrations").await);
    assert!(refused(database.url_as(&role, "secret"), "ALTER TABLE gateway_users ADD COLUMN x int").await);
    assert!(refused(database.url_as(&role, "secret"), "DELETE FROM gateway_organizations").await);
    assert!(refused(database.url_as(&role, "secret"), "DELETE FROM gateway_removed_members").await);
    assert!(refused(database.url_as(&role, "secret"), "DELETE FROM gateway_entries").await);
    assert!(refused(database.url_as(&role, "secret"), "UPDATE gateway_entry_ends SET why = ''").await);
    for table in [
        "gateway_users",
        "gateway_organizations",
        "gateway_memberships",
        "gateway_removed_members",
        "gateway_provider_organizations",
        "gateway_sessions",
        "gateway_logins",
        "gateway_staff",
        "gateway_entries",
        "gateway_entry_approvals",
        "gateway_entry_ends",
        "gateway_audit",
        "gateway_migrations",
    ] {
        assert!(refused(database.url_as(&service, "secret"), &format!("SELECT * FROM {table}")).await, "{table}");
    }
    database.psql(&format!("DROP OWNED BY {role}; DROP OWNED BY {service}; DROP ROLE {role}; DROP ROLE {service}"));
}
