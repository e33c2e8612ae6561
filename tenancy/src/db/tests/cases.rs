//! What every driver must do, written once. `open(&kit, pool_size)` gives an empty database.

macro_rules! cases {
    ($open:expr) => {
        use diesel::OptionalExtension;
        use diesel::result::Error as DieselError;
        use std::future::{pending, poll_fn};
        use std::pin::Pin;
        use tokio::time::timeout;

        const SOON: Duration = Duration::from_millis(200);

        #[tokio::test(flavor = "multi_thread")]
        async fn a_connection_runs_statements_of_its_scope_only() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 2).await;
            let (a, b) = (kit.scope(A), kit.scope(B));
            let mut conn = db.scoped(&a).await.unwrap();
            assert_eq!(add(&a, "a1").execute(&mut conn).await, Ok(1));
            assert_eq!(add(&a, "a2").execute(&mut conn).await, Ok(1));
            drop(conn);
            let mut conn = db.scoped(&b).await.unwrap();
            assert_eq!(add(&b, "b1").execute(&mut conn).await, Ok(1));
            assert_eq!(refusal(names(&a, "%").load::<String>(&mut conn).await), Some(ScopeError::OtherScope));
            assert_eq!(refusal(add(&a, "a3").execute(&mut conn).await), Some(ScopeError::OtherScope));
            // The connection lives on, and the refused statements left nothing behind.
            assert_eq!(names(&b, "%").load::<String>(&mut conn).await, Ok(vec!["b1".to_owned()]));
            drop(conn);
            let mut conn = db.scoped(&a).await.unwrap();
            assert_eq!(
                names(&a, "%").get_results::<String>(&mut conn).await,
                Ok(vec!["a1".to_owned(), "a2".to_owned()])
            );
            assert_eq!(names(&a, "%").get_result::<String>(&mut conn).await, Ok("a1".to_owned()));
            assert_eq!(names(&a, "b%").get_result::<String>(&mut conn).await.optional(), Ok(None));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_stream_ends_with_its_scope() {
            let mut kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            let mut conn = db.scoped(&a).await.unwrap();
            for name in ["a1", "a2", "a3"] {
                add(&a, name).execute(&mut conn).await.unwrap();
            }
            let mut stream = names(&a, "%").load_stream::<String>(&mut conn).await.unwrap();
            let mut next = async || poll_fn(|cx| futures_core::Stream::poll_next(Pin::new(&mut stream), cx)).await;
            assert_eq!(next().await, Some(Ok("a1".to_owned())));
            kit.request = RequestGuard::new();
            assert_eq!(refusal(next().await.unwrap()), Some(ScopeError::RequestEnded));
            assert!(next().await.is_none());
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_scope_that_ended_is_refused_at_every_statement() {
            let mut kit = Kit::new();
            let (db, _keep) = $open(&kit, 2).await;
            let a = kit.scope(A);
            let mut conn = db.scoped(&a).await.unwrap();
            add(&a, "a1").execute(&mut conn).await.unwrap();
            // Whether the scope lived long enough to be used once: on a busy machine a short life may not be.
            let ended = async |life: Duration| {
                let short = kit.scope_for(A, life);
                let Ok(mut short_conn) = db.scoped(&short).await else { return false };
                let Ok(used) = names(&short, "%").load::<String>(&mut short_conn).await else { return false };
                assert_eq!(used.len(), 1);
                tokio::time::sleep(life + Duration::from_millis(100)).await;
                assert_eq!(
                    refusal(names(&short, "%").load::<String>(&mut short_conn).await),
                    Some(ScopeError::Expired)
                );
                assert!(matches!(db.scoped(&short).await, Err(Error::Refused(ScopeError::Expired))));
                true
            };
            let lives = [2, 8, 30].map(Duration::from_secs);
            assert!(ended(lives[0]).await || ended(lives[1]).await || ended(lives[2]).await);
            kit.request = RequestGuard::new();
            assert_eq!(refusal(add(&a, "a2").execute(&mut conn).await), Some(ScopeError::RequestEnded));
            let begun = conn.transaction(async |_| Ok::<_, DieselError>(())).await;
            assert_eq!(refusal(begun), Some(ScopeError::RequestEnded));
            assert!(matches!(db.scoped(&a).await, Err(Error::Refused(ScopeError::RequestEnded))));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn scopes_of_another_authority_are_refused() {
            let (kit, other) = (Kit::new(), Kit::new());
            let (db, _keep) = $open(&kit, 1).await;
            assert!(matches!(db.scoped(&other.scope(A)).await, Err(Error::Refused(ScopeError::OtherAuthority))));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_transaction_commits_rolls_back_and_nests() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            let mut conn = db.scoped(&a).await.unwrap();
            let failed: Result<(), DieselError> = conn
                .transaction(async |conn| {
                    add(&a, "lost").execute(conn).await?;
                    Err(DieselError::RollbackTransaction)
                })
                .await;
            assert_eq!(failed, Err(DieselError::RollbackTransaction));
            conn.transaction(async |conn| {
                add(&a, "kept").execute(conn).await?;
                let inner: Result<(), DieselError> = conn
                    .transaction(async |conn| {
                        add(&a, "inner lost").execute(conn).await?;
                        Err(DieselError::NotFound)
                    })
                    .await;
                assert_eq!(inner, Err(DieselError::NotFound));
                conn.transaction(async |conn| add(&a, "inner kept").execute(conn).await).await?;
                Ok::<_, DieselError>(())
            })
            .await
            .unwrap();
            drop(conn);
            let mut conn = db.scoped(&a).await.unwrap();
            let all = names(&a, "%").load::<String>(&mut conn).await.unwrap();
            assert_eq!(all, ["inner kept", "kept"]);
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_scope_that_ends_inside_a_transaction_rolls_it_back() {
            let mut kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            let mut conn = db.scoped(&a).await.unwrap();
            let ended = std::mem::replace(&mut kit.request, RequestGuard::new());
            let done = conn
                .transaction(async |conn| {
                    add(&a, "late").execute(conn).await?;
                    drop(ended);
                    Ok::<_, DieselError>(())
                })
                .await;
            assert_eq!(refusal(done), Some(ScopeError::RequestEnded));
            drop(conn);
            let again = kit.scope(A);
            let mut conn = db.scoped(&again).await.unwrap();
            assert_eq!(names(&again, "%").load::<String>(&mut conn).await, Ok(vec![]));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_transaction_that_is_dropped_half_way_never_returns_to_the_pool() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            for nested in [false, true] {
                let mut conn = db.scoped(&a).await.unwrap();
                let cancelled = timeout(
                    SOON,
                    conn.transaction(async |conn| {
                        add(&a, "half").execute(conn).await?;
                        if nested {
                            conn.transaction(async |_| Ok::<_, DieselError>(pending::<()>().await)).await?;
                        }
                        pending::<()>().await;
                        Ok::<_, DieselError>(())
                    }),
                );
                assert!(cancelled.await.is_err());
                // Whoever catches the cancellation cannot go on inside the lost transaction.
                let lost = add(&a, "lost").execute(&mut conn).await;
                assert!(matches!(lost, Err(DieselError::BrokenTransactionManager)));
                drop(conn);
                let mut conn = db.scoped(&a).await.unwrap();
                assert_eq!(names(&a, "%").load::<String>(&mut conn).await, Ok(vec![]));
                // Nothing holds a lock, and a transaction begins anew.
                conn.transaction(async |conn| {
                    add(&a, "whole").execute(conn).await?;
                    Err::<(), _>(DieselError::RollbackTransaction)
                })
                .await
                .unwrap_err();
            }
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn what_was_cancelled_is_closed_at_once() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            let open = || db.pool.status().size;
            let mut conn = db.scoped(&a).await.unwrap();
            add(&a, "whole").execute(&mut conn).await.unwrap();
            drop(conn);
            assert_eq!(open(), 1, "an untroubled connection goes back");
            // A transaction. The pool alone would keep it, and its locks, until somebody asks for a connection.
            let mut conn = db.scoped(&a).await.unwrap();
            let work = conn.transaction(async |_| Ok::<_, DieselError>(pending::<()>().await));
            assert!(timeout(SOON, work).await.is_err());
            drop(conn);
            assert_eq!(open(), 0);
            // A read and a write whose answer nobody heard. Not polled: SQLite may have answered by then.
            for read in [true, false] {
                let mut conn = db.scoped(&a).await.unwrap();
                if read {
                    drop(names(&a, "%").load::<String>(&mut conn));
                } else {
                    drop(add(&a, "unheard").execute(&mut conn));
                }
                // Another statement may follow; the connection is closed all the same.
                names(&a, "whole").load::<String>(&mut conn).await.unwrap();
                drop(conn);
                assert_eq!(open(), 0);
            }
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn an_inner_transaction_that_is_dropped_takes_the_outer_with_it() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            let mut conn = db.scoped(&a).await.unwrap();
            let outer = conn
                .transaction(async |conn| {
                    add(&a, "outer").execute(conn).await?;
                    let inner = conn.transaction(async |conn| {
                        add(&a, "inner").execute(conn).await?;
                        pending::<()>().await;
                        Ok::<_, DieselError>(())
                    });
                    assert!(timeout(SOON, inner).await.is_err());
                    Ok::<_, DieselError>(())
                })
                .await;
            assert!(matches!(outer, Err(DieselError::BrokenTransactionManager)));
            drop(conn);
            let mut conn = db.scoped(&a).await.unwrap();
            assert_eq!(names(&a, "%").load::<String>(&mut conn).await, Ok(vec![]));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_panic_inside_a_transaction_rolls_it_back() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let (a, in_task, task_db) = (kit.scope(A), kit.scope(A), db.clone());
            let task = tokio::spawn(async move {
                let mut conn = task_db.scoped(&in_task).await.unwrap();
                conn.transaction(async |conn| {
                    add(&in_task, "half").execute(conn).await?;
                    if true {
                        panic!("on purpose");
                    }
                    Ok::<_, DieselError>(())
                })
                .await
            });
            assert!(task.await.unwrap_err().is_panic());
            let mut conn = db.scoped(&a).await.unwrap();
            assert_eq!(names(&a, "%").load::<String>(&mut conn).await, Ok(vec![]));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn branded_scopes_run_on_their_own_connections() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 2).await;
            // The whole of it in a task: its future must be `Send`.
            let (a, b) = (kit.scope(A), kit.scope(B));
            let count = tokio::spawn(async move {
                a.enter(async |a| {
                    let mut conn_a = db.scoped(&a).await?;
                    add(&a, "a1").execute(&mut conn_a).await?;
                    let moved = b
                        .enter(async |b| {
                            let mut conn_b = db.scoped(&b).await?;
                            let of_a = names(&a, "%").load::<String>(&mut conn_a).await?;
                            for _ in of_a {
                                add(&b, "from a").execute(&mut conn_b).await?;
                            }
                            conn_b
                                .transaction(async |conn| {
                                    add(&b, "b1").execute(conn).await?;
                                    names(&b, "%").load::<String>(conn).await
                                })
                                .await
                                .map_err(Error::from)
                        })
                        .await?;
                    Ok::<_, Error>(moved)
                })
                .await
            });
            assert_eq!(count.await.unwrap().unwrap(), ["b1", "from a"]);
            let c = kit.scope(B);
            assert_eq!(c.enter_sync(|c| c.org_id()), B);
        }

        /// 85: by us, before anything is sent; and by the database, for what begins as a statement that reads. Whoever has the
        /// connection next writes.
        #[tokio::test(flavor = "multi_thread")]
        async fn a_scope_that_reads_is_refused_every_write() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let (a, reads) = (kit.scope(A), kit.reading(A));
            add(&a, "a1").execute(&mut db.scoped(&a).await.unwrap()).await.unwrap();
            for _ in 0..2 {
                let mut conn = db.scoped(&reads).await.unwrap();
                assert_eq!(names(&reads, "a%").load::<String>(&mut conn).await, Ok(vec!["a1".to_owned()]));
                assert_eq!(refusal(add(&reads, "a2").execute(&mut conn).await), Some(ScopeError::ReadOnly));
                assert_eq!(refusal(add(&reads, "a2").load::<String>(&mut conn).await), Some(ScopeError::ReadOnly));
                assert!(add_under_a_with(&reads, "a2").execute(&mut conn).await.is_err(), "by the database");
                let inside = conn.transaction(async |conn| {
                    assert_eq!(names(&reads, "a%").load::<String>(conn).await, Ok(vec!["a1".to_owned()]));
                    conn.transaction(async |conn| add_under_a_with(&reads, "a3").execute(conn).await).await
                });
                let refused = inside.await.unwrap_err();
                assert!(matches!(refused, DieselError::DatabaseError(..)), "{refused:?}");
                drop(conn);
                let branded = reads.enter(async |scope| {
                    let mut conn = db.scoped(&scope).await.unwrap();
                    add(&scope, "a4").execute(&mut conn).await
                });
                assert_eq!(refusal(branded.await), Some(ScopeError::ReadOnly));
                let mut conn = db.scoped(&a).await.unwrap();
                assert_eq!(names(&a, "a%").load::<String>(&mut conn).await, Ok(vec!["a1".to_owned()]));
                assert_eq!(add_under_a_with(&a, "b1").execute(&mut conn).await, Ok(1));
                let clean = conn.transaction::<(), _, _>(async |conn| {
                    add(&a, "b2").execute(conn).await?;
                    Err(DieselError::NotFound)
                });
                assert_eq!(clean.await, Err(DieselError::NotFound));
            }
            assert_eq!(names(&a, "b%").load::<String>(&mut db.scoped(&a).await.unwrap()).await.unwrap().len(), 2);
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_busy_pool_says_so() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 1).await;
            let a = kit.scope(A);
            let _first = db.scoped(&a).await.unwrap();
            assert!(matches!(db.scoped(&a).await, Err(Error::Pool(PoolError::Busy))));
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn a_pool_says_how_it_stands() {
            let kit = Kit::new();
            let (db, _keep) = $open(&kit, 2).await;
            let a = kit.scope(A);
            let says = |open, idle, waiting| crate::db::PoolStatus { most: 2, open, idle, waiting };
            assert_eq!(db.pool_status(), says(0, 0, 0));
            let first = db.scoped(&a).await.unwrap();
            assert_eq!(db.pool_status(), says(1, 0, 0));
            drop(first);
            assert_eq!(db.pool_status(), says(1, 1, 0));
            let _both = (db.scoped(&a).await.unwrap(), db.scoped(&a).await.unwrap());
            let mut third = std::pin::pin!(db.scoped(&a));
            let waits = std::future::poll_fn(|cx| std::task::Poll::Ready(third.as_mut().poll(cx).is_pending())).await;
            assert!(waits);
            assert_eq!(db.pool_status(), says(2, 0, 1));
        }
    };
}
pub(super) use cases;
