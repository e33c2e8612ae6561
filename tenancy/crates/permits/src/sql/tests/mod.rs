//! The engine on both databases.

mod attacks;
mod cached;
mod concurrency;
mod defaults;
mod differential;
mod erasure;
mod failing;
mod graphs;
mod killed;
mod listing;
mod lists;
mod on_behalf;
mod organizations;
mod plans;
mod random;
mod speed;
mod taking_away;
mod world;
mod writes;

use super::{Change, Context, Decision, EngineError, Question, SqlEngine, SqlEngineBuilder, WriteError, Written};
use crate::{ObjectRef, Relationship, SubjectRef};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tenancy_permission_model::Model;
use tenancy_test_support::pg::Database;
use uuid::Uuid;

/// Two organizations.
const A: Uuid = Uuid::from_u128(0xaaaa_aaaa_aaaa_4aaa_8aaa_aaaa_aaaa_aaaa);
const B: Uuid = Uuid::from_u128(0xbbbb_bbbb_bbbb_4bbb_8bbb_bbbb_bbbb_bbbb);

/// The model of most tests.
const MODEL: &str = "
    use expiration

    definition user {}
    definition service {}
    definition team {
        relation member: user | team#member
    }
    definition platform {
        relation operator: user
        permission operate = operator
    }
    definition tenant {
        relation platform: platform
        relation admin: user | team#member
        permission administer = admin
        permission suspend = platform->operate
    }
    definition organization {
        relation tenant: tenant
        relation owner: user | team#member
        relation viewer: user | team#member | user:*
        relation banned: user | team#member
        relation support: user with expiration
        permission administer = (owner + tenant->administer) - banned
        permission pay = owner - banned
        permission view = (viewer + administer + support) - banned
    }
    definition invoice {
        relation organization: organization
        relation author: user
        permission view = organization->view + author
        permission delete = organization->administer
        permission payout = organization->pay
    }
    definition grant {
        relation holder: user | user with expiration
    }
    definition folder {
        relation parent: folder
        relation viewer: user | team#member
        relation locked: user
        permission view = (viewer + parent->view) - locked
    }
    definition project {
        relation reviewer: team
        permission publish = reviewer.all(member)
    }
";

fn model(text: &str) -> Model {
    Model::parse(text).unwrap_or_else(|error| panic!("{error:?}\n{text}"))
}

/// The columns of a relationship, for rows that are stored past the engine.
const COLUMNS: &str = "organization_id, resource_type, resource_id, relation, subject_type, subject_id, \
                       subject_relation, expires_at, written_at, written_by";

/// An engine with tables.
struct Fixture {
    engine: SqlEngine,
    /// `None`: SQLite in memory.
    database: Option<Database>,
}

fn plain(builder: SqlEngineBuilder) -> SqlEngineBuilder {
    builder
}

/// Engines on both databases.
async fn both(text: &str, settings: impl Fn(SqlEngineBuilder) -> SqlEngineBuilder) -> [Fixture; 2] {
    let builder = || settings(SqlEngine::builder(model(text)));
    let database = Database::create();
    let postgres = builder().postgres(database.url()).expect("an engine on PostgreSQL");
    let sqlite = builder().sqlite(":memory:").await.expect("an engine on SQLite");
    let fixtures = [Fixture { engine: sqlite, database: None }, Fixture { engine: postgres, database: Some(database) }];
    for fixture in &fixtures {
        fixture.engine.migrate().await.expect("the tables");
    }
    fixtures
}

fn relationship(text: &str) -> Relationship {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn object(text: &str) -> ObjectRef {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn subject(text: &str) -> SubjectRef {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The object of an organization.
fn organization(id: Uuid) -> String {
    format!("organization:{id}")
}

fn context(organization: Option<Uuid>) -> Context {
    Context::new(organization, Duration::from_secs(20))
}

fn after(seconds: u64) -> SystemTime {
    SystemTime::now() + Duration::from_secs(seconds)
}

impl Fixture {
    fn name(&self) -> &'static str {
        if self.database.is_some() { "PostgreSQL" } else { "SQLite" }
    }

    async fn try_write(&self, changes: Vec<Change>) -> Result<Written, WriteError> {
        self.engine.write(&changes, "user:test", "a test").await
    }

    /// Stores relationships of an organization.
    async fn give(&self, organization: Option<Uuid>, texts: &[&str]) {
        let changes = texts.iter().map(|text| Change::touch(organization, relationship(text))).collect();
        let written = self.try_write(changes).await.unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        assert_eq!(written.stored, texts.len());
    }

    async fn take(&self, organization: Option<Uuid>, text: &str) -> Written {
        let written = self.try_write(vec![Change::delete(organization, relationship(text))]).await;
        written.unwrap_or_else(|error| panic!("{}: {error}", self.name()))
    }

    async fn ask(&self, context: Context, resource: &str, permission: &str, of: &str) -> Result<Decision, EngineError> {
        let (resource, of) = (object(resource), subject(of));
        self.engine.check(&Question { resource: &resource, permission, subject: &of, context }).await
    }

    /// Whether a subject has a permission, for an organization; `explain` must agree.
    async fn allows(&self, organization: Option<Uuid>, resource: &str, permission: &str, of: &str) -> bool {
        self.allows_in(context(organization), resource, permission, of).await
    }

    async fn allows_in(&self, context: Context, resource: &str, permission: &str, of: &str) -> bool {
        let decision = self.ask(context, resource, permission, of).await;
        let allowed = decision.unwrap_or_else(|error| panic!("{}: {error}", self.name())).allowed;
        let (resource, of) = (object(resource), subject(of));
        let question = Question { resource: &resource, permission, subject: &of, context };
        let explained = self.engine.explain(&question).await;
        let explained = explained.unwrap_or_else(|error| panic!("{}: {error}", self.name()));
        assert_eq!(explained.allowed, allowed, "{}: {resource}#{permission}@{of}: {explained}", self.name());
        allowed
    }

    /// Runs SQL past the engine.
    async fn sql(&self, sql: String) {
        let mut session = self.engine.session().await.expect("a connection");
        session.script(sql.leak()).await.unwrap_or_else(|error| panic!("{}: {error:?}", self.name()));
        session.keep();
    }

    /// Stores a relationship past the engine, whatever the model says.
    async fn smuggle(&self, organization: Option<Uuid>, text: &str, expires_at: Option<u64>) {
        let Relationship { resource, relation, subject, .. } = relationship(text);
        let (kind, id, of) = super::question::parts(&subject);
        let org = match organization {
            None => "NULL".to_owned(),
            Some(id) if self.database.is_some() => format!("'{id}'"),
            Some(id) => format!("x'{}'", id.simple()),
        };
        let expires = expires_at.map_or("NULL".to_owned(), |at| at.to_string());
        self.sql(format!(
            "INSERT INTO permission_relationships ({COLUMNS}) \
             VALUES ({org}, '{}', '{}', '{relation}', '{kind}', '{id}', '{of}', {expires}, 0, 'sql')",
            resource.kind(),
            resource.id(),
        ))
        .await;
    }

    async fn epochs(&self, organization: Uuid) -> (i64, i64) {
        let asked = context(Some(organization));
        let decision = self.ask(asked, "invoice:none", "view", "user:none").await.expect("an answer");
        (decision.organization_epoch, decision.upper_epoch)
    }
}

fn seconds_now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock").as_secs()
}
