//! A service of a test's own, and browsers in front of it.

use crate::browser::Browser;
use crate::pg::Database;
use billing::{Args, Running};
use clap::Parser as _;

/// A running service, with the database that it stands on if that is PostgreSQL.
pub(crate) struct World {
    pub(crate) service: Running,
    database: Option<Database>,
}

/// On ports that are free, so that tests run side by side.
pub(crate) fn args(more: &[&str]) -> Args {
    let fixed = ["billing", "--listen", "127.0.0.1:0", "--dev-provider-listen", "127.0.0.1:0"];
    Args::try_parse_from(fixed.iter().chain(more)).expect("arguments")
}

impl World {
    pub(crate) async fn on_sqlite() -> World {
        let service = billing::start(args(&["--internal-listen", "127.0.0.1:0"])).await.expect("it starts");
        World { service, database: None }
    }

    /// Started by the test itself, on no database of PostgreSQL.
    pub(crate) fn of(service: Running) -> World {
        World { service, database: None }
    }

    /// Built by `--setup-postgres`, as the server's owner; served as the role that it made.
    pub(crate) async fn on_both_walls() -> World {
        let database = Database::create();
        let args = args(&["--internal-listen", "127.0.0.1:0", "--setup-postgres", database.url()]);
        let service = billing::start(args).await.expect("it starts");
        World { service, database: Some(database) }
    }

    /// Runs SQL as the database's owner; on PostgreSQL alone.
    pub(crate) fn psql(&self, sql: &str) -> String {
        self.database.as_ref().expect("it stands on PostgreSQL").psql(sql)
    }

    pub(crate) fn url(&self) -> &str {
        self.service.url()
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(self.url(), self.service.provider().expect("the development provider"))
    }

    /// A browser in which somebody is signed in.
    pub(crate) async fn signed_in(&self, subject: &str) -> Browser {
        let mut browser = self.browser();
        let page = browser.sign_in(subject, "/").await;
        assert_eq!(page.status, 200, "{}", page.text);
        browser
    }

    /// A browser in which somebody acts for an organization.
    pub(crate) async fn acting(&self, subject: &str, organization: &str) -> Browser {
        let mut browser = self.signed_in(subject).await;
        browser.switch(organization).await;
        browser
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if let Some(database) = &self.database {
            drop_roles(database);
        }
    }
}

/// A database goes by itself; the roles that `--setup-postgres` made for it are the server's.
pub(crate) fn drop_roles(database: &Database) {
    let name = database.url().rsplit('/').next().expect("a name");
    let each = |role: &str| format!("DROP OWNED BY {name}_{role} CASCADE; DROP ROLE {name}_{role};");
    let drops: String = ["app", "gateway", "wall"].into_iter().map(each).collect();
    // The set-up makes no such role where the migrating role may not give BYPASSRLS.
    let permits = format!("SELECT count(*) FROM pg_roles WHERE rolname = '{name}_permits'");
    let drops = if database.try_psql(&permits).as_deref() == Ok("1") { drops + &each("permits") } else { drops };
    let dropped = database.try_psql(&format!("REASSIGN OWNED BY {name}_wall TO CURRENT_USER; {drops}"));
    // A test that failed before they were made says so itself.
    if let (Err(why), false) = (dropped, std::thread::panicking()) {
        panic!("the roles of {name} stay: {why}");
    }
}
