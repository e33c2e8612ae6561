//! I83, I85, 72: staff of the platform behind a gateway in another process.

use crate::split::forge::{CREATE, LIST, payload};
use crate::split::service::Known;
use crate::split::world::{ACME, Alone, BRAVO, START, World, send, signed_in};
use serde_json::{Value, json};
use std::path::PathBuf;
use tenancy::OrgId;
use tenancy::scope::{Epochs, Subject};
use tenancy_gateway::{AccessRequest, GatewayDb, OrganizationState, VerifiedIdentity};
use tenancy_service::{DirectoryEpochs, RejectionReason, ServiceBuilder};
use uuid::Uuid;

fn subject(name: &str) -> Subject {
    Subject { issuer: "https://id.test".to_owned(), subject: name.to_owned() }
}

/// What a grant for staff says.
pub(crate) fn acting(org: OrgId, writes: bool) -> Value {
    let mut said = payload(org, START);
    let sam = json!({"issuer": "https://id.test", "subject": "sam"});
    said["sub"] = sam.clone();
    said["rol"] = "platform".into();
    said["act"] = json!({"staff": sam, "entry": Uuid::from_u128(0xE), "writes": writes});
    said
}

fn admitting(service: ServiceBuilder) -> ServiceBuilder {
    service.admit_staff()
}

/// 72: a service that was not told of staff takes no grant for them, whoever signed it.
#[tokio::test]
async fn a_service_takes_no_staff_unless_it_is_told_to() {
    let (untold, told) = (Alone::new().await, Alone::with(admitting).await);
    for writes in [false, true] {
        let (acme, bravo) = (acting(ACME, writes), acting(BRAVO, writes));
        let ask = async |alone: &Alone, said: &Value| alone.with_grant(&LIST, &alone.key.grant(said, &LIST)).await;
        assert_eq!(ask(&untold, &acme).await, (401, "Unauthorized".to_owned()));
        assert_eq!(ask(&told, &acme).await, (200, "acme-1".to_owned()));
        assert_eq!(ask(&told, &bravo).await, (200, "bravo-1".to_owned()));
    }
    assert_eq!(untold.refused(RejectionReason::GrantProfile), 2);
    assert_eq!(untold.names(ACME).await, "acme-1");
}

/// 72: without an actor, with an actor of another tier, as somebody else, or with half of one.
#[tokio::test]
async fn a_tier_and_an_actor_that_contradict_each_other_are_refused() {
    let told = Alone::with(admitting).await;
    let good = acting(ACME, true);
    let changes: [fn(&mut Value); 9] = [
        |said| said["act"] = Value::Null,
        |said| said["rol"] = "org".into(),
        |said| said["rol"] = "tenant".into(),
        |said| said["sub"]["id"] = "alice".into(),
        |said| said["act"]["staff"]["issuer"] = "https://id.test/".into(),
        |said| said["act"]["writes"] = "true".into(),
        |said| drop(said["act"].as_object_mut().unwrap().remove("writes")),
        |said| drop(said["act"].as_object_mut().unwrap().remove("entry")),
        |said| drop(said.as_object_mut().unwrap().remove("act")),
    ];
    for (at, change) in changes.iter().enumerate() {
        let mut said = good.clone();
        change(&mut said);
        assert_eq!(told.with_grant(&LIST, &told.key.grant(&said, &LIST)).await.0, 401, "{at}");
    }
    assert_eq!(told.refused(RejectionReason::GrantProfile), changes.len() as u64);
}

/// 85: the service refuses the write of who came to read, and takes the one of who came to change.
#[tokio::test]
async fn who_came_to_read_changes_nothing_at_a_service() {
    let told = Alone::with(admitting).await;
    let reads = told.key.grant(&acting(ACME, false), &CREATE);
    assert_eq!(told.with_grant(&CREATE, &reads).await.0, 500);
    assert_eq!((told.names(ACME).await, told.names(BRAVO).await), ("acme-1".to_owned(), "bravo-1".to_owned()));
    let writes = told.key.grant(&acting(ACME, true), &CREATE);
    assert_eq!(told.with_grant(&CREATE, &writes).await, (200, "created".to_owned()));
    assert_eq!(told.names(ACME).await, "acme-1,a new one");
    assert_eq!(told.names(BRAVO).await, "bravo-1");
}

/// A source of epochs that was not written for staff refuses them.
#[tokio::test]
async fn a_source_that_knows_no_staff_refuses_them() {
    let known = Known::default();
    *known.0.lock().unwrap() = Some([(ACME, Epochs { org: 0, sub: 0 })].into());
    let told = Alone::with(|service| service.admit_staff().epochs(known)).await;
    assert_eq!(told.with_grant(&LIST, &told.key.grant(&acting(ACME, false), &LIST)).await.0, 401);
    assert_eq!(told.refused(RejectionReason::GrantEpoch), 1);
    assert_eq!(told.names(ACME).await, "acme-1");
}

/// Gateway and service over one file: the service asks of every request whether the entry holds.
struct Whole {
    world: World,
    file: PathBuf,
}

impl Whole {
    async fn new() -> Self {
        let file = std::env::temp_dir().join(format!("tenancy-split-{}.db", Uuid::new_v4()));
        let url = || file.to_str().unwrap();
        let (tables, epochs) = (GatewayDb::sqlite(url()).await.unwrap(), DirectoryEpochs::sqlite(url()).await.unwrap());
        let settings = |service: ServiceBuilder| service.admit_staff().epochs(epochs);
        let world = World::over(tables, |keys| keys, |upstream| upstream, settings).await;
        world.gateway.directory("tests").add_staff(&subject("sam")).await.unwrap();
        Self { world, file }
    }

    /// The headers of Sam's browser, inside.
    async fn entered(&self, org: &str, entry: AccessRequest) -> (tenancy_gateway::Session, String) {
        let sessions = self.world.gateway.sessions();
        let proved = VerifiedIdentity { methods: vec!["mfa".to_owned()], ..signed_in("sam") };
        let (session, _) = sessions.sign_in(&proved, None, None).await.unwrap();
        let (session, cookie) = sessions.enter(&session, &org.into(), entry).await.unwrap();
        let cookie = cookie.header_value().to_str().unwrap().split(';').next().unwrap().to_owned();
        let token = session.form_token().unwrap();
        (session, format!("Cookie: {cookie}\r\nX-CSRF-Token: {token}\r\n"))
    }

    /// Lets Sam read, and gives the grant that passed.
    async fn granted(&self) -> (tenancy_gateway::Session, String) {
        let (session, headers) = self.entered("acme", AccessRequest::read_only("a call")).await;
        self.world.ask("GET", "/invoices", &headers, "").await.is(200, "acme-1");
        (session, self.world.wire.grants.lock().unwrap().pop().unwrap())
    }

    /// The same request again, with the grant that it had.
    async fn again(&self, grant: &str) -> u16 {
        send(&self.world.behind.router, &LIST, &[("tenancy-grant", grant)]).await.0.as_u16()
    }
}

impl Drop for Whole {
    fn drop(&mut self) {
        for end in ["", "-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
        }
    }
}

/// From the cookie to the service's rows, in both organizations.
#[tokio::test(flavor = "multi_thread")]
async fn staff_read_and_change_through_the_gateway() {
    let whole = Whole::new().await;
    let world = &whole.world;
    let (_, reads) = whole.entered("acme", AccessRequest::read_only("a call")).await;
    let (_, writes) = whole.entered("bravo", AccessRequest::read_write("to mend")).await;
    world.ask("GET", "/invoices", &reads, "").await.is(200, "acme-1");
    world.ask("GET", "/o/bravo/invoices", &reads, "").await.is(404, "Not Found");
    assert_eq!(world.ask("POST", "/invoices", &reads, "planted").await.status, 500);
    world.ask("POST", "/invoices", &writes, "mended").await.is(200, "created");
    world.ask("GET", "/invoices", &writes, "").await.is(200, "bravo-1,mended");
    let alice = world.cookie("alice").await;
    world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
}

/// 83: a grant that is 0 s old and good for 30 s, after its entry has ended.
#[tokio::test(flavor = "multi_thread")]
async fn a_grant_ends_with_its_entry() {
    let whole = Whole::new().await;
    let (directory, sessions) = (whole.world.gateway.directory("tests"), whole.world.gateway.sessions());
    let alice = whole.world.cookie("alice").await;
    for way in 0..5 {
        let (session, grant) = whole.granted().await;
        assert_eq!(whole.again(&grant).await, 200);
        match way {
            0 => sessions.leave(&session).await.map(drop).unwrap(),
            1 => sessions.enter(&session, &"bravo".into(), AccessRequest::read_only("on")).await.map(drop).unwrap(),
            2 => directory.remove_staff(&subject("sam")).await.unwrap(),
            3 => directory.set_state(ACME, OrganizationState::Suspended).await.unwrap(),
            _ => directory.set_disabled(&subject("sam"), true).await.unwrap(),
        }
        assert_eq!(whole.again(&grant).await, 401, "{way}");
        match way {
            2 => directory.add_staff(&subject("sam")).await.unwrap(),
            3 => directory.set_state(ACME, OrganizationState::Active).await.unwrap(),
            _ => {}
        }
        assert_eq!(whole.again(&grant).await, 401, "{way}: for good");
        whole.world.ask("GET", "/invoices", &alice, "").await.is(200, "acme-1");
    }
    assert_eq!(whole.world.behind.service.refused(RejectionReason::GrantEpoch), 10);
}
