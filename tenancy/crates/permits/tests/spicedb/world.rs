//! A database, a SpiceDB and the engine between them.

use crate::front::{Front, KEY};
use secrecy::SecretString;
use std::time::{Duration, Instant};
use tenancy::permit::{Answer, Decision, EngineError, PermissionEngine, Question, subject_id};
use tenancy::scope::{OrgId, Subject};
use tenancy_permission_model::Model;
use tenancy_permits::Relationship;
use tenancy_permits::spicedb::{SpiceDbBuilder, SpiceDbEngine, SpiceDbSync};
use tenancy_permits::sql::{Change, SqlEngine, SqlEngineBuilder};
use tenancy_test_support::pg::Database;
use uuid::Uuid;

/// Two organizations.
pub(crate) const A: Uuid = Uuid::from_u128(0xaaaa_aaaa_aaaa_4aaa_8aaa_aaaa_aaaa_aaaa);
pub(crate) const B: Uuid = Uuid::from_u128(0xbbbb_bbbb_bbbb_4bbb_8bbb_bbbb_bbbb_bbbb);

/// The model of most tests.
pub(crate) const MODEL: &str = "
    use expiration

    definition user {}
    definition platform {
        relation operator: user
        permission operate = operator
    }
    definition team {
        relation member: user | team#member
    }
    definition tenant {
        relation platform: platform
        relation admin: user | team#member
        permission administer = admin
    }
    definition organization {
        relation tenant: tenant
        relation owner: user | team#member
        relation viewer: user | user:*
        relation banned: user
        relation support: user with expiration
        permission administer = (owner + tenant->administer) - banned
        permission view = (viewer + administer + support) - banned
    }
    definition group {
        relation member: user | group#member
    }
    definition folder {
        relation organization: organization
        relation parent: folder
        relation viewer: user | group#member
        relation locked: user
        permission view = (viewer + parent->view + organization->view) - locked
    }
    definition invoice {
        relation organization: organization
        relation author: user
        relation folder: folder
        permission view = organization->view + author + folder->view
        permission delete = organization->administer
        permission own = author
    }
";

pub(crate) struct World {
    pub(crate) engine: SpiceDbEngine,
    pub(crate) sync: SpiceDbSync,
    pub(crate) front: Front,
    /// `None`: SQLite in memory.
    pub(crate) database: Option<Database>,
}

/// How long a question may take: a busy machine changes no answer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) fn relationship(text: &str) -> Relationship {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

pub(crate) fn person(name: &str) -> Subject {
    Subject { issuer: "test".to_owned(), subject: name.to_owned() }
}

/// The id of a person in relationships.
pub(crate) fn user(name: &str) -> String {
    format!("user:{}", subject_id(&person(name)))
}

pub(crate) fn settings(builder: SqlEngineBuilder) -> SqlEngineBuilder {
    builder.above_organizations("team").within_organizations("group")
}

/// An engine for a server whose answers are a script. Its tables are in memory.
pub(crate) async fn with_front(front: Front) -> World {
    let sql = settings(SqlEngine::builder(model(MODEL))).sqlite(":memory:").await.expect("an engine on SQLite");
    World::of(sql, front, None, |builder| builder.timeout(PATIENCE)).await
}

pub(crate) fn model(text: &str) -> Model {
    Model::parse(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

impl World {
    /// Tables, and an engine that is not verified yet.
    pub(crate) async fn of(
        sql: SqlEngine,
        front: Front,
        database: Option<Database>,
        more: impl FnOnce(SpiceDbBuilder) -> SpiceDbBuilder,
    ) -> Self {
        sql.migrate().await.expect("the tables");
        sql.adopt_model().await.expect("the model");
        let builder = SpiceDbEngine::builder(sql, front.address(), SecretString::from(KEY));
        let engine = more(builder).build().expect("an engine");
        assert!(engine.migrate().await.expect("the outbox"));
        let sync = engine.sync();
        Self { engine, sync, front, database }
    }

    /// As a service does it at its first start.
    pub(crate) async fn start(&self) {
        self.engine.write_schema().await.expect("the schema");
        self.engine.verify().await.expect("verified");
        self.sync.reconcile().await.map(drop).expect("the first comparison");
        assert_eq!(self.sync.lag().await.expect("a number").waiting, 0);
    }

    /// On SQLite, with the real SpiceDB, verified.
    pub(crate) async fn on_sqlite() -> Self {
        let world = with_front(Front::of_library().await).await;
        world.start().await;
        world
    }

    /// On PostgreSQL, with the real SpiceDB, verified.
    pub(crate) async fn on_postgres() -> Self {
        let database = Database::create();
        let sql = settings(SqlEngine::builder(model(MODEL))).postgres(database.url()).expect("an engine on PostgreSQL");
        let more = |builder: SpiceDbBuilder| builder.timeout(PATIENCE);
        let world = Self::of(sql, Front::of_library().await, Some(database), more).await;
        world.start().await;
        world
    }

    /// Both.
    pub(crate) async fn both() -> [Self; 2] {
        [Self::on_sqlite().await, Self::on_postgres().await]
    }

    pub(crate) fn name(&self) -> &'static str {
        if self.database.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    /// Stores relationships, and does not tell SpiceDB.
    pub(crate) async fn store(&self, organization: Option<Uuid>, texts: &[&str]) {
        let changes = texts.iter().map(|text| Change::touch(organization, relationship(text))).collect::<Vec<_>>();
        let written = self.engine.write(&changes, "user:test", "a test").await;
        assert_eq!(written.unwrap_or_else(|error| panic!("{}: {error:?}", self.name())).stored, texts.len());
    }

    pub(crate) async fn give(&self, organization: Option<Uuid>, texts: &[&str]) {
        self.store(organization, texts).await;
        self.drain().await;
    }

    /// Deletes a relationship, and does not tell SpiceDB.
    pub(crate) async fn revoke(&self, organization: Option<Uuid>, text: &str) {
        let change = [Change::delete(organization, relationship(text))];
        let written = self.engine.write(&change, "user:test", "a test").await.expect("written");
        assert_eq!(written.deleted, 1, "{text}");
    }

    pub(crate) async fn drain(&self) {
        self.sync.drain().await.unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        assert_eq!(self.sync.lag().await.expect("a number").waiting, 0, "{}", self.name());
    }

    pub(crate) async fn decide(
        &self,
        organization: Uuid,
        (kind, id): (&'static str, &str),
        permission: &'static str,
        name: &str,
    ) -> Result<Decision, EngineError> {
        let subject = person(name);
        self.engine.check(question(organization, (kind, id), permission, &subject)).await
    }

    pub(crate) async fn allows(
        &self,
        organization: Uuid,
        object: (&'static str, &str),
        permission: &'static str,
        name: &str,
    ) -> bool {
        let decision = self.decide(organization, object, permission, name).await;
        let decision = decision.unwrap_or_else(|error| panic!("{}: {object:?}#{permission}: {error:?}", self.name()));
        assert!(decision.epoch.is_some());
        decision.answer == Answer::Yes
    }
}

pub(crate) fn question<'a>(
    organization: Uuid,
    (object_type, object_id): (&'static str, &'a str),
    permission: &'static str,
    subject: &'a Subject,
) -> Question<'a> {
    Question {
        object_type,
        object_id,
        permission,
        subject,
        organization: OrgId::new(organization),
        below_organization: !matches!(object_type, "organization" | "tenant" | "platform" | "team"),
        deadline: Instant::now() + PATIENCE,
    }
}
