//! A throwaway database behind wall two, and the roles that belong to it.
#![allow(clippy::disallowed_types, clippy::disallowed_methods, reason = "the role that migrates")]

use super::pg::{Database, is_ours};
use diesel_async::{AsyncConnection as _, AsyncPgConnection};
use std::sync::Arc;
use std::sync::OnceLock;
use tenancy::db::seal::{SealKey, Sealer};
use tenancy::db::{BothWalls, Postgres, TenantDb, TenantDbBuilder, WallTwo};
use tenancy::schema::Manifest;
use tenancy::scope::Authority;
use tenancy_rls::{Level, Options, Plan, keyring, live};
use tokio::sync::OnceCell;

/// The proof that wall two stands, which raw SQL asks for: any builder behind wall two gives it out.
pub fn wall_two() -> &'static WallTwo {
    static PROOF: OnceLock<WallTwo> = OnceLock::new();
    PROOF.get_or_init(|| {
        let nobody = Authority::new("no gateway", "no service", []);
        TenantDb::postgres("postgres://app@localhost/app", &nobody).unsealed().wall_two()
    })
}

/// A database and the names of its two roles, which belong to the whole server.
pub struct Walled {
    pub db: Database,
    pub options: Options,
    pub name: String,
    pub key: SealKey,
    manifest: Manifest,
    /// A copy shares its roles with what it was copied from.
    copied: bool,
}

impl Walled {
    /// The tables, with rows, and no wall.
    pub fn bare(manifest: Manifest, setup: &[&str]) -> Walled {
        let db = Database::create();
        let name = db.url().rsplit('/').next().expect("a name").to_owned();
        let number = name.trim_start_matches("tenancy_test_");
        let options = Options::new(format!("app {number}")).owner_role(format!("own\"er {number}"));
        for batch in setup {
            db.psql(batch);
        }
        Walled { db, options, name, key: SealKey::generate().expect("there are random bytes"), manifest, copied: false }
    }

    /// The same behind a wall, with a key and a password.
    pub async fn built(manifest: Manifest, setup: &[&str]) -> Walled {
        let wall = Walled::bare(manifest, setup);
        wall.build(&wall.options).await;
        wall
    }

    /// The same, copied from one that this process builds once. For tests that leave its roles as they are.
    pub async fn copy(template: &OnceCell<Walled>, manifest: Manifest, setup: &[&str]) -> Walled {
        if !is_ours() {
            // The template would stay on a server that is not ours.
            return Walled::built(manifest, setup).await;
        }
        let template = template.get_or_init(async || {
            let wall = Walled::built(manifest.clone(), setup).await;
            wall.end_sessions();
            wall
        });
        let template = template.await;
        let db = Database::copy(&template.name);
        let name = db.url().rsplit('/').next().expect("a name").to_owned();
        // What is granted on a database itself is not copied with it.
        db.psql(&format!("REVOKE TEMPORARY, CREATE ON DATABASE {name} FROM PUBLIC"));
        let key = template.key.expose().parse().expect("its key");
        Walled { db, options: template.options.clone(), name, key, manifest, copied: true }
    }

    pub async fn build(&self, options: &Options) {
        self.apply(&self.diff(options).await).await;
        self.set_password();
        if options.level == Level::Sealed {
            keyring::publish(&mut self.admin().await, &self.key).await.expect("it is published");
        }
    }

    pub async fn diff(&self, options: &Options) -> Plan {
        live::diff(&mut self.admin().await, &self.manifest, options).await.unwrap_or_else(|why| panic!("{why:?}"))
    }

    pub async fn apply(&self, plan: &Plan) {
        live::apply(&mut self.admin().await, plan, |_| {}).await.unwrap_or_else(|why| panic!("{why:?}"));
    }

    /// `ALTER ROLE`, not the plan: a password is never in DDL that is kept.
    pub fn set_password(&self) {
        self.db.psql(&format!("ALTER ROLE \"{}\" PASSWORD 'secret'", self.options.app_role));
    }

    pub async fn admin(&self) -> AsyncPgConnection {
        AsyncPgConnection::establish(self.db.url()).await.expect("the server answers")
    }

    /// The database as the service's role.
    pub fn app_url(&self) -> String {
        self.db.url_as(&self.options.app_role.replace(' ', "%20"), "secret")
    }

    pub fn sealer(&self) -> Arc<Sealer> {
        Arc::new(Sealer::new(&self.key))
    }

    /// Armed and sealed, as the service's role.
    pub fn tenant_db(&self, authority: &Authority) -> TenantDbBuilder<Postgres, BothWalls> {
        let db = TenantDb::postgres(self.app_url(), authority).schema(self.manifest.clone());
        db.sealed(self.sealer()).expect("the URL names a database")
    }

    /// A dropped session closes when the runtime next runs; a test that blocks it until then must have the server do it.
    pub fn end_sessions(&self) {
        self.db.psql(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
              WHERE datname = current_database() AND pid <> pg_backend_pid()",
        );
    }
}

impl Drop for Walled {
    fn drop(&mut self) {
        // What a borrowed server must not keep. The database goes with its objects; the roles are the server's.
        let Options { app_role, owner_role, .. } = &self.options;
        let owner = owner_role.replace('"', "\"\"");
        self.end_sessions();
        if self.copied {
            return;
        }
        self.db.psql(&format!(
            "DO $$ DECLARE r name; BEGIN
               FOREACH r IN ARRAY ARRAY['{app_role}', '{owner_role}'] LOOP
                 IF EXISTS (SELECT FROM pg_roles WHERE rolname = r) THEN
                   EXECUTE format('REASSIGN OWNED BY %I TO CURRENT_USER', r);
                   EXECUTE format('DROP OWNED BY %I', r);
                 END IF;
               END LOOP; END $$;
             DROP ROLE IF EXISTS \"{app_role}\"; DROP ROLE IF EXISTS \"{owner}\";"
        ));
    }
}
