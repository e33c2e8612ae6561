//! The task that waits for a response drives the connection (`tenancy/src/db/postgres/inline_driver.rs`): nothing hangs, nothing is lost, and
//! what the server says between two users is not missed.

use crate::armed::support::walled::wall_two;
use crate::armed::world::{A, SEEN, Seen, World, invoices};
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tenancy::prelude::*;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

#[derive(diesel::QueryableByName, Debug, PartialEq)]
struct Number {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    number: i32,
}

/// The server's session behind the next connection.
async fn session(world: &World, db: &tenancy::TenantDb<crate::armed::world::Db>) -> Result<i32, tenancy::Error> {
    let a = world.a();
    let mut conn = db.scoped(&a).await?;
    Ok(conn.raw_sql(wall_two(), SEEN, "a test").get_result::<Seen>().await?.session)
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_the_server_closed_meanwhile_is_replaced() {
    let world = World::new().await;
    let db = world.db();
    // A busy machine may deliver the end later, and the statement then fails on it. Without the look each round would.
    let mut replaced = false;
    for _ in 0..10 {
        let first = session(&world, &db).await.expect("an open connection");
        assert_eq!(session(&world, &db).await.expect("it stays open"), first, "one connection");
        assert_eq!(world.wall.db.psql(&format!("SELECT pg_terminate_backend({first}, 5000)")), "t");
        // The runtime hears of sockets where it hears of timers.
        tokio::time::sleep(Duration::from_millis(1)).await;
        let next = session(&world, &db).await;
        replaced = next.as_ref().is_ok_and(|next| *next != first);
        if replaced {
            break;
        }
        assert!(next.is_err(), "the session that ended answered");
    }
    assert!(replaced, "each statement failed on the connection that had ended");
}

/// A large answer is read as it is asked for. Whoever pauses holds up nobody else, and goes on where it was.
#[tokio::test]
async fn a_reader_that_pauses_misses_no_row() {
    for world in World::with_each_pipeline().await {
        const ROWS: i32 = 50_000;
        let db = world.db();
        let a = world.a();
        let mut conn = db.scoped(&a).await.expect("a connection");
        let sql = format!("SELECT n AS number FROM generate_series(1, {ROWS}) n");
        let mut rows = conn.raw_sql(wall_two(), &sql, "a test").load_stream::<Number>().await.expect("rows");
        let other = world.db();
        let mut expected = 0;
        while let Some(row) = poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut rows), cx)).await {
            expected += 1;
            assert_eq!(row.expect("a row").number, expected);
            if expected % 10_000 == 1 {
                session(&world, &other).await.expect("it answers");
            }
        }
        assert_eq!(expected, ROWS);
        drop(rows);
        assert_eq!(
            conn.raw_sql(wall_two(), "SELECT 7 AS number", "a test").get_result::<Number>().await,
            Ok(Number { number: 7 })
        );
    }
}

/// Each is sent with its text and gets a name whose answer nobody waits for: it must not hold up the next one.
#[tokio::test]
async fn many_new_statements_in_a_row_are_answered() {
    for world in World::with_each_pipeline().await {
        let db = world.db();
        let a = world.a();
        let mut conn = db.scoped(&a).await.expect("a connection");
        for number in (0..100).chain(0..100) {
            // A wide description, which does not come in one piece.
            let columns = (0..200).map(|column| format!("{column} AS c{column}")).collect::<Vec<_>>().join(", ");
            let sql = format!("SELECT {number} AS number, {columns}");
            let row = conn.raw_sql(wall_two(), &sql, "a test").get_result::<Number>().await;
            assert_eq!(row, Ok(Number { number }));
        }
    }
}

/// Begun on one task, ended on another: the answer wakes the one that waits for it now.
#[tokio::test(flavor = "multi_thread")]
async fn a_statement_may_move_to_another_task() {
    let world = World::new().await;
    let db = world.db();
    session(&world, &db).await.expect("it answers");
    for _ in 0..20 {
        let (db, a) = (db.clone(), world.a());
        let mut read = Box::pin(async move {
            let mut conn = db.scoped(&a).await?;
            let numbers = a.from(invoices::table).filter(invoices::id.eq(1)).select(invoices::number);
            Ok::<_, tenancy::db::Error>(numbers.load::<String>(&mut conn).await?)
        });
        let begun = poll_fn(|_| Poll::Ready(read.as_mut().poll(&mut Context::from_waker(Waker::noop())))).await;
        let read = match begun {
            Poll::Ready(read) => read,
            Poll::Pending => tokio::spawn(read).await.expect("it ends"),
        };
        assert_eq!(read.expect("rows"), ["a-1"]);
    }
}

/// Whatever a client says to the server, until it is through.
async fn overheard(url: &str) -> (String, JoinHandle<Vec<u8>>) {
    let server = url.rsplit_once('@').expect("a password").1.split_once('/').expect("a database").0.to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let here = listener.local_addr().expect("an address").to_string();
    let url = url.replacen(&server, &here, 1);
    let heard = tokio::spawn(async move {
        let (client, _) = listener.accept().await.expect("a client");
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = TcpStream::connect(server).await.expect("the server").into_split();
        tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
        let (mut heard, mut buffer) = (Vec::new(), [0; 4096]);
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            heard.extend_from_slice(&buffer[..length]);
            to_server.write_all(&buffer[..length]).await.expect("the server listens");
        }
        heard
    });
    (url, heard)
}

#[tokio::test]
async fn one_that_is_dropped_takes_leave_of_the_server() {
    let world = World::new().await;
    let (url, heard) = overheard(&world.wall.app_url()).await;
    let db = world.db_at(&url).build().expect("a pool");
    session(&world, &db).await.expect("it answers");
    drop(db);
    assert!(heard.await.expect("it hears").ends_with(b"X\0\0\0\x04"), "Terminate");
    assert_eq!(world.rows_of(A).split(',').count(), 20);
}
