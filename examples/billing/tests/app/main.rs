//! The service as a browser meets it: over HTTP, with the development provider, on SQLite and on PostgreSQL with both walls.
//!
//! Both databases pass the same tests; PostgreSQL's are a throwaway server's, built by `--setup-postgres`.

use tenancy_test_support::{authority, folder, openbao, pg, sql};

mod browser;
mod documents;
#[path = "../../../../tenancy/tests/oidc/forge.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with tenancy's tests; each takes its part")]
mod forge;
mod isolation;
#[path = "../../../../tenancy/tests/oidc/liar.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with tenancy's tests; each takes its part")]
mod liar;
mod members;
mod other_provider;
mod over_postgres_tls;
mod over_tls;
mod pages;
mod payout;
mod program;
mod provider;
mod providers_habits;
mod ready;
mod refusals;
mod safe_methods;
mod secrets;
mod sessions;
mod sign_in;
mod split;
mod split_refusals;
mod starting;
mod tap;

mod voiding;
mod world;

/// The same test on each database.
macro_rules! on_each_database {
    ($($name:ident),* $(,)?) => {
        mod on_sqlite {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::world::World::on_sqlite().await).await;
            })*
        }
        mod on_both_walls {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                super::$name(crate::world::World::on_both_walls().await).await;
            })*
        }
    };
}
use on_each_database;
