//! A check over three stored relationships, and a read by primary key.

use super::clock::{Rounds, Row, time};
use super::data::{Data, Part, Random, Statement, context};
use diesel::sql_types::{BigInt, Text};
use diesel_async::{AsyncPgConnection, RunQueryDsl as _};
use tenancy_permits::sql::Question;
use tenancy_permits::{ObjectRef, SubjectRef};

/// How many operations of one side follow each other.
const BATCH: usize = 200;

/// How far apart the checks of a hundred thousand and of a million relationships may be.
const FLAT: f64 = 1.5;

/// Relationships and plain rows, as many of each.
struct Place {
    data: Data,
    conn: AsyncPgConnection,
    pid: u32,
    relationships: usize,
}

pub async fn all(rounds: usize, scale: usize) -> Vec<Row> {
    let mut places = Vec::new();
    for relationships in [100_000 / scale, 1_000_000 / scale] {
        places.push(Place::new(relationships).await);
    }
    let mut rows = Vec::new();
    for (permission, allowed, name) in [
        ("read", true, "one way of three relationships, allowed"),
        ("read", false, "one way of three relationships, denied"),
        ("view", true, "with five ways beside it, allowed"),
        ("view", false, "with five ways beside it, denied"),
    ] {
        let mut times = [Rounds::default(), Rounds::default()];
        // The first round prepares the statements and warms the caches.
        for round in 0..=rounds {
            for (place, times) in places.iter_mut().zip(&mut times) {
                let seed = round as u64;
                let (engine, plain) = (place.data.engine_pid, place.pid);
                let before = time(plain, place.read(seed)).await;
                let checked = time(engine, place.check(seed, permission, allowed)).await;
                let again = time(plain, place.read(seed + 1_000)).await;
                if round > 0 {
                    times.add(BATCH, [before, checked, again]);
                }
            }
        }
        for (place, times) in places.iter().zip(&times) {
            rows.push(times.row(format!("check, {name}; {} relationships", place.relationships), Some(5.0)));
        }
    }
    for pair in rows.chunks(2) {
        let grown = pair[1].this / pair[0].this;
        println!("{}: {grown:.2} times the check among {}", pair[1].name, places[0].relationships);
        if grown > FLAT {
            println!("not flat: more than {FLAT} times");
        }
    }
    rows
}

impl Place {
    /// Each invoice lies in a folder, ten folders are a team's, and each team has ninety members.
    async fn new(relationships: usize) -> Self {
        let data = Data::new().await;
        let (folders, teams) = (relationships / 100, relationships / 1_000);
        let folder = format!("'invoice', 'i' || n, 'folder', 'folder', 'f' || (n % {folders}), ''");
        data.relate(relationships * 9 / 10, &folder);
        let viewer = format!("'folder', 'f' || (n - 1), 'viewer', 'team', 't' || ((n - 1) % {teams}), 'member'");
        data.relate(folders, &viewer);
        let member = format!("'team', 't' || (n % {teams}), 'member', 'user', 'u' || n, ''");
        data.relate(teams * 90, &member);
        data.database.psql(&format!(
            "CREATE TABLE plain (id bigint PRIMARY KEY, note text NOT NULL); \
             INSERT INTO plain SELECT n, 'a note of row ' || n FROM generate_series(1, {relationships}) AS s (n)"
        ));
        data.settle();
        let (conn, pid) = data.plain().await;
        Self { data, conn, pid, relationships }
    }

    async fn read(&mut self, seed: u64) {
        let mut random = Random(seed);
        for _ in 0..BATCH {
            let id = 1 + random.below(self.relationships) as i64;
            let parts = vec![Part::Sql("SELECT id, note FROM plain WHERE id = "), Part::Int(id)];
            let statement = Statement::<(BigInt, Text)>::new(parts);
            let row: (i64, String) = statement.get_result(&mut self.conn).await.expect("a row");
            assert_eq!(row.0, id);
        }
    }

    async fn check(&self, seed: u64, permission: &str, allowed: bool) {
        let (mut random, folders, teams) = (Random(seed), self.relationships / 100, self.relationships / 1_000);
        for _ in 0..BATCH {
            let invoice = 1 + random.below(self.relationships * 9 / 10);
            let team = (invoice % folders) % teams + usize::from(!allowed);
            // Members of the team `t` are the users `t`, `t + teams`, and so on.
            let user = team + teams * (1 + random.below(88));
            let asked = self.ask(permission, &format!("i{invoice}"), &format!("u{user}")).await;
            assert_eq!(asked, allowed, "invoice {invoice}, user {user}");
        }
    }

    async fn ask(&self, permission: &str, invoice: &str, user: &str) -> bool {
        let resource = ObjectRef::new("invoice", invoice).expect("an id");
        let subject = SubjectRef::Object(ObjectRef::new("user", user).expect("an id"));
        let question = Question { resource: &resource, permission, subject: &subject, context: context() };
        self.data.engine.check(&question).await.expect("an answer").allowed
    }
}
