//! Rounds of all variants in turn, and the median of each round's ratio.

use crate::line::delayed;
use crate::pinned;
use crate::server::schema::invoices;
use crate::server::{ORG, Servers, Session};
use diesel::{ExpressionMethods as _, QueryDsl as _};
use std::fs;
use std::time::{Duration, Instant};
use tenancy::OrgConn;
use tenancy::db::Driver;
use tenancy_rls::Level;

const STATEMENTS: u32 = 1_000;

/// 0.5 ms, as the time of a round trip and as the latency of each way.
const NEAR: Duration = Duration::from_micros(250);
const FAR: Duration = Duration::from_micros(500);

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    Control,
    Unsealed,
    Sealed,
    /// With `sync_elision`.
    UnsealedElided,
    SealedElided,
}

/// The columns of a round, behind the plain read.
const KINDS: [Kind; 5] = [Kind::Control, Kind::Unsealed, Kind::Sealed, Kind::UnsealedElided, Kind::SealedElided];

impl Kind {
    pub fn name(self) -> &'static str {
        match self {
            Self::Control => "plain again",
            Self::Unsealed => "unsealed",
            Self::Sealed => "sealed",
            Self::UnsealedElided => "unsealed, sync elision",
            Self::SealedElided => "sealed, sync elision",
        }
    }
}

/// Where the time is taken.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    /// The statement, inside a transaction of many, by pgbench on one core.
    Pinned,
    /// The statement, inside a transaction of many.
    Statement,
    /// A read that is a transaction of its own, BEGIN, arming and COMMIT included; plain is autocommit.
    Read,
    /// The same, by the clock, over a network with this latency each way.
    Network(Duration),
}

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Self::Pinned => "the statement by pgbench, one core",
            Self::Statement => "server time of the statement",
            Self::Read => "server time of a read alone",
            Self::Network(NEAR) => "a read alone over 0.5 ms, there and back",
            Self::Network(_) => "a read alone over 0.5 ms each way",
        }
    }

    fn bound(self, kind: Kind) -> f64 {
        match (self, kind) {
            (_, Kind::Control) | (Self::Statement | Self::Read, _) => f64::INFINITY,
            (Self::Pinned, Kind::Unsealed | Kind::UnsealedElided) => 1.3,
            (Self::Pinned, Kind::Sealed | Kind::SealedElided) => 2.4,
            (Self::Network(_), Kind::Unsealed | Kind::Sealed) => 1.3,
            (Self::Network(_), Kind::UnsealedElided | Kind::SealedElided) => 1.1,
        }
    }
}

pub struct Row {
    pub place: Place,
    pub kind: Kind,
    pub plain: f64,
    pub this: f64,
    pub ratio: f64,
    pub least: f64,
    pub most: f64,
    pub bound: f64,
}

/// CPU time that a server process has used.
fn used(pid: i32) -> Duration {
    let text = fs::read_to_string(format!("/proc/{pid}/schedstat")).expect("the server runs here, under Linux");
    Duration::from_nanos(text.split(' ').next().and_then(|first| first.parse().ok()).expect("nanoseconds"))
}

macro_rules! one {
    ($scope:expr, $conn:expr, $id:expr) => {{
        use tenancy::RunQueryDsl as _;
        let id = i32::try_from($id % 600).expect("a small number") + 1;
        let query = $scope.from(invoices::table).filter(invoices::id.eq(id)).select(invoices::cents);
        let cents: i64 = query.first($conn).await.expect("a row");
        assert_eq!(cents, i64::from(id));
    }};
}

/// Microseconds a statement, for one variant: its connection, and its server process.
macro_rules! variant {
    ($servers:expr, $db:expr, $watched:expr) => {{
        let (servers, db, watched): (&Servers, _, Option<i32>) = ($servers, $db, $watched);
        async move |place: Place| {
            let scope = servers.kit.scope(ORG);
            let mut conn = db.scoped(&scope).await.expect("a connection");
            for id in 0..50 {
                one!(scope, &mut conn, id);
            }
            let clock = Instant::now();
            let before = watched.map(used);
            match place {
                Place::Statement => conn
                    .transaction(async |conn| {
                        for id in 0..STATEMENTS {
                            one!(scope, conn, id);
                        }
                        Ok::<_, diesel::result::Error>(())
                    })
                    .await
                    .expect("it commits"),
                Place::Read | Place::Network(_) | Place::Pinned => {
                    for id in 0..STATEMENTS {
                        one!(scope, &mut conn, id);
                    }
                }
            }
            let took = match (watched, before) {
                (Some(pid), Some(before)) if !matches!(place, Place::Network(_)) => {
                    // What the last statement used is accounted for when the process next waits.
                    std::thread::sleep(Duration::from_millis(5));
                    used(pid) - before
                }
                _ => clock.elapsed(),
            };
            took.as_secs_f64() * 1e6 / f64::from(STATEMENTS)
        }
    }};
}

/// The process of the session on a database that was opened last, beside `known` and this function's own.
async fn session<Db: Driver>(wall: &crate::support::walled::Walled, conn: OrgConn<'_, Db>, known: Option<i32>) -> i32 {
    use diesel_async::RunQueryDsl as _;
    let known = known.unwrap_or_default();
    let others = format!(
        "SELECT pid FROM pg_stat_activity
          WHERE datname = current_database() AND pid NOT IN (pg_backend_pid(), {known}) AND backend_type = 'client backend'
          ORDER BY backend_start DESC LIMIT 1"
    );
    let found: Session = diesel::sql_query(others).get_result(&mut wall.admin().await).await.expect("a session");
    drop(conn);
    found.pid
}

pub async fn all(servers: &Servers, rounds: usize) -> Vec<Row> {
    let mut rows = Vec::new();
    for place in [Place::Statement, Place::Read, Place::Network(NEAR), Place::Network(FAR)] {
        let line = |url: &str| match place {
            Place::Network(one_way) => delayed(url, one_way),
            _ => url.to_owned(),
        };
        let plain = servers.plain(line(servers.plain_url()));
        let again = servers.plain(line(servers.plain_url()));
        let unsealed = |elide| servers.walled(Level::Unsealed, line(&servers.unsealed.app_url()), elide);
        let sealed = |elide| servers.walled(Level::Sealed, line(&servers.sealed.app_url()), elide);
        let (unsealed, unsealed_elided) = (unsealed(false), unsealed(true));
        let (sealed, sealed_elided) = (sealed(false), sealed(true));
        let scope = servers.kit.scope(ORG);
        let network = matches!(place, Place::Network(_));
        let pids = if network {
            [None; 5]
        } else {
            // Found while it is the only session on its database; those with `sync_elision` are opened behind it.
            let (bare, first, second) = (&servers.bare, &servers.unsealed, &servers.sealed);
            let plain = session(bare, plain.scoped(&scope).await.expect("a connection"), None).await;
            let unsealed = session(first, unsealed.scoped(&scope).await.expect("a connection"), None).await;
            let sealed = session(second, sealed.scoped(&scope).await.expect("a connection"), None).await;
            let elided = unsealed_elided.scoped(&scope).await.expect("a connection");
            let unsealed_elided = session(first, elided, Some(unsealed)).await;
            let elided = sealed_elided.scoped(&scope).await.expect("a connection");
            let sealed_elided = session(second, elided, Some(sealed)).await;
            [plain, unsealed, sealed, unsealed_elided, sealed_elided].map(Some)
        };
        // The control is the same session again where a process is watched, another one where the clock is.
        let again = if network { again } else { plain.clone() };
        let run_plain = variant!(servers, plain.clone(), pids[0]);
        let run_again = variant!(servers, again.clone(), pids[0]);
        let run_unsealed = variant!(servers, unsealed.clone(), pids[1]);
        let run_sealed = variant!(servers, sealed.clone(), pids[2]);
        let run_unsealed_elided = variant!(servers, unsealed_elided.clone(), pids[3]);
        let run_sealed_elided = variant!(servers, sealed_elided.clone(), pids[4]);
        let mut rounds_of: Vec<Vec<f64>> = Vec::new();
        for _ in 0..rounds {
            let (plain, again) = (run_plain(place).await, run_again(place).await);
            let default = [run_unsealed(place).await, run_sealed(place).await];
            let elided = [run_unsealed_elided(place).await, run_sealed_elided(place).await];
            rounds_of.push([[plain, again], default, elided].concat());
        }
        rows.extend(summed(place, &rounds_of));
    }
    // Last: from here on the server's sessions share one core.
    let pinned: Vec<_> = pinned::rounds(servers, rounds).iter().map(|round| round.to_vec()).collect();
    rows.extend(summed(Place::Pinned, &pinned));
    rows
}

fn summed(place: Place, rounds: &[Vec<f64>]) -> Vec<Row> {
    let columns = 1..rounds.first().map_or(1, Vec::len);
    columns.zip(KINDS).map(|(column, kind)| row(place, kind, column, rounds)).collect()
}

fn row(place: Place, kind: Kind, column: usize, rounds: &[Vec<f64>]) -> Row {
    let sorted = |of: &dyn Fn(&Vec<f64>) -> f64| {
        let mut values: Vec<_> = rounds.iter().map(of).collect();
        values.sort_by(f64::total_cmp);
        values
    };
    let ratios = sorted(&|round| round[column] / round[0]);
    let middle = |values: Vec<f64>| values[values.len() / 2];
    Row {
        place,
        kind,
        plain: middle(sorted(&|round| round[0])),
        this: middle(sorted(&|round| round[column])),
        least: ratios[0],
        most: ratios[ratios.len() - 1],
        ratio: middle(ratios),
        bound: place.bound(kind),
    }
}
