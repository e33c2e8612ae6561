//! What is verified before the first answer.

use crate::front::{Front, KEY};
use crate::world::{A, B, MODEL, PATIENCE, World, model, settings, user, with_front};
use secrecy::SecretString;
use std::sync::Arc;
use tenancy::permit::EngineError;
use tenancy_permits::spicedb::{SpiceDbBuildError, SpiceDbEngine, VerifyError};
use tenancy_permits::sql::{SchemaError, SqlEngine};
use tenancy_test_support::authority::Authority;

async fn on_sqlite(text: &str) -> SqlEngine {
    settings(SqlEngine::builder(model(text))).sqlite(":memory:").await.expect("an engine on SQLite")
}

fn key() -> SecretString {
    SecretString::from(KEY)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_engine_gives_no_answer_before_the_schema_is_the_model() {
    let world = with_front(Front::of_library().await).await;
    let missing = world.engine.verify().await;
    assert!(matches!(missing, Err(VerifyError::NoSchema)), "{missing:?}");
    for organization in [A, B] {
        let answer = world.decide(organization, ("invoice", "1"), "own", "anna").await;
        assert!(matches!(answer, Err(EngineError::Model(_))), "{answer:?}");
    }
    world.engine.write_schema().await.expect("the schema");
    world.engine.verify().await.expect("verified");
    world.engine.write_schema().await.expect("the same again");
    assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
    assert_eq!(
        (world.engine.counts().by_database, world.front.calls("CheckPermission")),
        (1, 0),
        "nothing is compared"
    );
    world.start().await;
    assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
    assert_eq!((world.engine.counts().by_database, world.front.calls("CheckPermission")), (1, 1));

    // Another program writes another model.
    let other = on_sqlite(&MODEL.replace("permission own = author", "permission own = author + folder->view")).await;
    let other = SpiceDbEngine::builder(other, world.front.address(), key()).build().expect("an engine");
    other.write_schema().await.expect("the other schema");
    let differs = world.engine.verify().await;
    assert!(matches!(differs, Err(VerifyError::OtherSchema)), "{differs:?}");
    let answer = world.decide(A, ("invoice", "1"), "own", "anna").await;
    assert!(matches!(answer, Err(EngineError::Model(_))), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_outbox_is_refused() {
    let front = Front::of_library().await;
    let sql = on_sqlite(MODEL).await;
    sql.migrate().await.expect("the tables");
    sql.adopt_model().await.expect("the model");
    let engine = SpiceDbEngine::builder(sql, front.address(), key()).build().expect("an engine");
    engine.write_schema().await.expect("the schema");
    let missing = engine.verify().await;
    assert!(matches!(missing, Err(VerifyError::Tables(SchemaError::Outdated { found: 0, .. }))), "{missing:?}");
    assert_eq!((engine.migrate().await.expect("made"), engine.migrate().await.expect("there")), (true, false));
    engine.verify().await.expect("verified");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_its_outbox_an_engine_gives_no_answer_and_made_again_it_has_all() {
    for world in World::both().await {
        let author = format!("invoice:1#author@{}", user("anna"));
        for organization in [A, B] {
            world.give(Some(organization), &[&author]).await;
        }
        world.engine.remove_outbox().await.expect("removed");
        assert!(world.decide(A, ("invoice", "1"), "own", "anna").await.is_err());
        assert!(world.engine.verify().await.is_err());
        // Nothing tells SpiceDB of it.
        world.revoke(Some(A), &author).await;
        assert!(world.engine.migrate().await.expect("made again"));
        world.engine.verify().await.expect("verified");
        world.sync.drain().await.map(drop).expect("sent");
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await, "the database answers until all is compared");
        let found = world.sync.reconcile().await.expect("compared");
        assert_eq!((found.extra, found.missing), (1, 0));
        assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
        assert!(world.allows(B, ("invoice", "1"), "own", "anna").await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_scripts_make_the_tables_with_rights_that_are_enough() {
    let database = tenancy_test_support::pg::Database::create();
    let scripts = [tenancy_permits::sql::postgres_script(), tenancy_permits::spicedb::postgres_script()].concat();
    database.psql_script(&scripts).expect("the tables");
    let role = format!("permits_{}", std::process::id());
    let grants = [tenancy_permits::sql::postgres_grants(&role), tenancy_permits::spicedb::postgres_grants(&role)];
    database.psql(&format!("CREATE ROLE {role} LOGIN PASSWORD 'x'; {}", grants.concat()));
    let url = database.url_as(&role, "x");
    let sql = settings(SqlEngine::builder(model(MODEL))).postgres(url).expect("an engine");
    sql.adopt_model().await.expect("the model");
    let front = Front::of_library().await;
    let engine = SpiceDbEngine::builder(sql, front.address(), key()).timeout(PATIENCE).build().expect("an engine");
    engine.write_schema().await.expect("the schema");
    engine.verify().await.expect("verified");
    let sync = engine.sync();
    let world = World { engine, sync, front, database: Some(database) };
    world.start().await;
    world.give(Some(A), &[&format!("invoice:1#author@{}", user("anna"))]).await;
    assert!(world.allows(A, ("invoice", "1"), "own", "anna").await);
    assert!(!world.allows(B, ("invoice", "1"), "own", "anna").await);
    world.revoke(Some(A), &format!("invoice:1#author@{}", user("anna"))).await;
    world.sync.reconcile().await.map(drop).expect("reconciled");
    assert!(!world.allows(A, ("invoice", "1"), "own", "anna").await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn models_that_spicedb_cannot_keep_apart_by_organization_are_refused() {
    let built = async |text: &str, settings: fn(tenancy_permits::sql::SqlEngineBuilder) -> _| {
        let sql: tenancy_permits::sql::SqlEngineBuilder = settings(SqlEngine::builder(model(text)));
        let sql = sql.sqlite(":memory:").await.expect("an engine");
        SpiceDbEngine::builder(sql, "http://127.0.0.1:1", key()).build().map(drop)
    };
    let unclear = built(MODEL, |builder| builder.above_organizations("team")).await;
    assert!(matches!(&unclear, Err(SpiceDbBuildError::UnclearLevel { kind }) if kind == "group"), "{unclear:?}");
    let leads = built(MODEL, |builder| builder.within_organizations("team").within_organizations("group")).await;
    assert!(
        matches!(&leads, Err(SpiceDbBuildError::LeadsIntoOrganizations { relation, .. }) if relation == "tenant#admin")
    );
    let reserved = built("definition tenancy_sync {}", |builder| builder).await;
    assert!(matches!(reserved, Err(SpiceDbBuildError::ReservedType { .. })), "{reserved:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_is_not_sent_unencrypted_to_another_machine_and_not_shown() {
    let sql = on_sqlite(MODEL).await;
    let built = |address: &str| SpiceDbEngine::builder(sql.clone(), address, key()).build().map(drop);
    for address in ["http://spicedb:50051", "http://10.0.0.1:50051", "http://localhost.example:50051", "http://[::2]:1"]
    {
        assert!(matches!(built(address), Err(SpiceDbBuildError::KeyOverPlaintext)), "{address}");
    }
    for address in ["http://127.0.0.1:1", "http://localhost:1", "http://[::1]:1", "http://127.9.9.9:1"] {
        assert!(built(address).is_ok(), "{address}");
    }
    for address in ["", "spicedb", "ftp://localhost", "http://localhost@10.0.0.1:1", "http://127.0.0.1@spicedb:1"] {
        assert!(matches!(built(address), Err(SpiceDbBuildError::Address)), "{address}");
    }
    // No certificate of the system counts.
    assert!(matches!(built("https://spicedb:50051"), Err(SpiceDbBuildError::Authority(_))));
    let builder = SpiceDbEngine::builder(sql.clone(), "http://127.0.0.1:1", key());
    let shown = format!("{builder:?}");
    let engine = builder.build().expect("an engine");
    assert!(![shown, format!("{engine:?} {:?}", engine.sync())].concat().contains(KEY));
    let line = SpiceDbEngine::builder(sql, "http://127.0.0.1:1", SecretString::from("a\nb")).build();
    assert!(matches!(line.map(drop), Err(SpiceDbBuildError::Key)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn over_tls_the_server_has_to_be_signed_by_the_authority() {
    use rustls::pki_types::pem::PemObject as _;
    let (own, other) = (Authority::new(), Authority::new());
    let pair = own.server();
    let chain = vec![rustls::pki_types::CertificateDer::from_pem_slice(pair.certificate.as_bytes()).expect("PEM")];
    let private = rustls::pki_types::PrivateKeyDer::from_pem_slice(pair.key.as_bytes()).expect("PEM");
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let tls = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let mut tls = tls.expect("TLS").with_no_client_auth().with_single_cert(chain, private).expect("a certificate");
    tls.alpn_protocols = vec![b"h2".to_vec()];
    let front = Front::over_tls(tls).await;
    let address = format!("https://localhost:{}", front.port);
    let sql = on_sqlite(MODEL).await;
    let with = |authority: &Authority| {
        SpiceDbEngine::builder(sql.clone(), &*address, key()).authority(&*authority.pem).build().expect("an engine")
    };
    let refused = with(&other).write_schema().await;
    assert!(refused.is_err(), "another authority's server");
    assert_eq!(front.calls("WriteSchema"), 0);
    with(&own).write_schema().await.expect("the schema, encrypted");
}
