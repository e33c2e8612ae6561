//! A real OpenBao: reading, refusals, renewal, rotation.

use crate::support::folder::{Folder, until};
use crate::support::log::{self, Log};
use crate::support::openbao::Bao;
use std::time::{Duration, Instant};
use tenancy_secrets::{
    ExposeSecret as _, Scheme, SecretError, SecretRef, Secrets, SourceError, VaultAuth, VaultBuilder, VaultSource,
};

pub(crate) const VALUE: &str = "9f86d081884c7d659a2feaa0";

/// A server with an AppRole that may read `secret/billing/*`, and a folder that holds its secret id.
pub(crate) struct Store {
    pub(crate) bao: Bao,
    pub(crate) folder: Folder,
    role: String,
}

impl Store {
    pub(crate) fn new(settings: &[&str]) -> Store {
        Store::on(Bao::start(), settings)
    }

    pub(crate) fn on(bao: Bao, settings: &[&str]) -> Store {
        let folder = Folder::new();
        bao.allow("billing", "secret/data/billing/*");
        let (role, secret) = bao.app_role(&[&["token_policies=billing"], settings].concat());
        folder.write("secret-id", secret);
        bao.run(&["kv", "put", "-mount=secret", "billing/db", &format!("password={VALUE}"), "user=app"]);
        Store { bao, folder, role }
    }

    pub(crate) fn role(&self) -> &str {
        &self.role
    }

    pub(crate) fn auth(&self) -> VaultAuth {
        VaultAuth::app_role(&self.role, self.folder.reference("secret-id"))
    }

    pub(crate) fn source(&self) -> VaultBuilder {
        VaultSource::builder(self.bao.address(), self.auth()).timeout(Duration::from_secs(5))
    }

    pub(crate) async fn secrets(&self) -> Secrets {
        Secrets::new().with(Scheme::Vault, self.source().connect().await.expect("it signs in"))
    }
}

pub(crate) fn reference(text: &str) -> SecretRef {
    format!("vault:secret/{text}").parse().expect("a reference")
}

async fn fault(secrets: &Secrets, text: &str) -> SourceError {
    secrets.read(&reference(text)).await.expect_err(text).fault().clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_is_read_and_all_else_is_refused() {
    let store = Store::new(&[]);
    let put = |path: &str, pairs: &[&str]| store.bao.run(&[&["kv", "put", "-mount=secret", path], pairs].concat());
    put("billing/poor", &["empty=", "default=changeme"]);
    put("billing/gone", &["password=x1y2z3x1y2z3"]);
    store.bao.run(&["kv", "delete", "-mount=secret", "billing/gone"]);
    put("payroll/db", &["password=x1y2z3x1y2z3"]);
    let secrets = store.secrets().await;

    let both = ["billing/db#password", "billing/db#user"].map(reference);
    let values = secrets.read_together(&both).await.expect("they are read");
    assert_eq!(values.iter().map(|value| value.expose_secret()).collect::<Vec<_>>(), [VALUE, "app"]);
    assert_eq!(fault(&secrets, "billing/db#other").await, SourceError::Missing);
    assert_eq!(fault(&secrets, "billing/nothing#password").await, SourceError::Missing);
    assert_eq!(fault(&secrets, "billing/gone#password").await, SourceError::Missing);
    assert_eq!(fault(&secrets, "billing/poor#empty").await, SourceError::Empty);
    assert_eq!(fault(&secrets, "billing/poor#default").await, SourceError::KnownDefault);
    assert_eq!(fault(&secrets, "payroll/db#password").await, SourceError::Denied);
    assert_eq!(
        secrets.read(&"vault:sys/health#version".parse().expect("a reference")).await.expect_err("not ours").fault(),
        &SourceError::Denied
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_id_does_not_sign_in() {
    let store = Store::new(&[]);
    store.folder.write("secret-id", "00000000-0000-4000-8000-00000000beef");
    let refused = store.source().connect().await.expect_err("it is unknown");
    assert_eq!(refused.fault(), &SourceError::Denied);
    assert!(
        refused.to_string().contains(store.bao.address()) && !format!("{refused:?}").contains("beef"),
        "{refused:?}"
    );
    store.folder.write_with("secret-id", "00000000-0000-4000-8000-00000000beef", 0o644);
    let refused = store.source().connect().await.expect_err("others may read it");
    assert_eq!(refused.fault(), &SourceError::ReadableByOthers { mode: 0o644 });
    let own = VaultAuth::app_role("app", reference("billing/db#password"));
    let refused = VaultSource::builder(store.bao.address(), own).connect().await.expect_err("it would need itself");
    assert_eq!(refused.fault(), &SourceError::NoSource);
}

/// A token of 3 s that lives for 9 s at most: renewed at two thirds, replaced at its end, and every reading succeeds.
#[tokio::test]
async fn the_token_is_renewed_and_at_its_end_replaced() {
    // One thread, so that what the renewal logs is seen here.
    let log = Log::default();
    let level = tracing::level_filters::LevelFilter::ERROR;
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_max_level(level).with_writer(log.clone()).finish();
    let _guard = log::of_this_thread(subscriber);
    let store = Store::new(&["token_ttl=3s", "token_max_ttl=9s"]);
    let source = std::sync::Arc::new(store.source().connect().await.expect("it signs in"));
    let wanted = [reference("billing/db#password")];
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(16) {
        use tenancy_secrets::SecretSource as _;
        let read: Result<_, SecretError> = source.read_together(&wanted).await;
        assert!(read.is_ok(), "after {:?}: {read:?}", began.elapsed());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let status = source.status();
    assert!(status.renewals >= 3, "{status:?}");
    assert!((2..=4).contains(&status.logins), "{status:?}");
    assert_eq!(status.failures, 0, "{}", log.text());
}

/// Somebody revokes all tokens: the next reading signs in anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_is_replaced_once() {
    let store = Store::new(&[]);
    let source = store.source().connect().await.expect("it signs in");
    store.bao.run(&["lease", "revoke", "-force", "-prefix", "auth/approle/login"]);
    use tenancy_secrets::SecretSource as _;
    let wanted = [reference("billing/db#password")];
    assert!(source.read_together(&wanted).await.is_ok());
    assert_eq!(source.status().logins, 2);
    // What is denied for good costs one sign-in each time, and no loop.
    let denied = source.read_together(&[reference("payroll/db#password")]).await.expect_err("not ours");
    assert_eq!(denied.fault(), &SourceError::Denied);
    assert_eq!(source.status().logins, 3);
}

/// attack, or a slip: a wrong secret id in the file of a follower. The store locks a role after five refused sign-ins, whatever it shows then.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_secret_id_locks_no_role() {
    let store = Store::new(&[]);
    let source = store.source().connect().await.expect("it signs in");
    let right = std::fs::read_to_string(store.folder.path().join("secret-id")).expect("it is there");
    store.folder.write("secret-id", "00000000-0000-4000-8000-00000000beef");
    store.bao.run(&["lease", "revoke", "-force", "-prefix", "auth/approle/login"]);
    use tenancy_secrets::SecretSource as _;
    let wanted = [reference("billing/db#password")];
    for _ in 0..12 {
        let refused = source.read_together(&wanted).await.expect_err("the secret id is unknown");
        assert_eq!(refused.fault(), &SourceError::Denied);
    }
    store.folder.write("secret-id", right);
    assert!(source.read_together(&wanted).await.is_ok(), "a changed secret id is shown at once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_version_reaches_the_readers() {
    let store = Store::new(&[]);
    let source = store.source().poll(Duration::from_millis(100)).connect().await.expect("it signs in");
    let secrets = Secrets::new().with(Scheme::Vault, source);
    let wanted = [reference("billing/db#password"), reference("billing/db#user")];
    let parse = |values: &[tenancy_secrets::SecretString]| {
        Ok(values.iter().map(|value| value.expose_secret().to_owned()).collect::<Vec<_>>())
    };
    let watched = secrets.watch(&wanted, parse).await.expect("it is read");
    for version in 1..=3 {
        let (password, user) = (format!("{VALUE}-{version}"), format!("app-{version}"));
        let pairs = [format!("password={password}"), format!("user={user}")];
        store.bao.run(&["kv", "put", "-mount=secret", "billing/db", &pairs[0], &pairs[1]]);
        until("it is read anew", || *watched.get().expect("it is fresh") == [password.as_str(), user.as_str()]).await;
    }
    assert_eq!(watched.changes(), 3, "both fields change at once: they are of one version");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tls_with_the_certificates_that_it_was_given() {
    let certificates = Folder::new();
    let bao = Bao::start_with_tls(certificates.path());
    let roots = std::fs::read_to_string(certificates.path().join("vault-ca.pem")).expect("the server wrote it");
    let store = Store::on(bao, &[]);
    let source = store.source().root_certificates(roots).connect().await.expect("it signs in");
    let secrets = Secrets::new().with(Scheme::Vault, source);
    assert!(secrets.read(&reference("billing/db#password")).await.is_ok());
    assert_eq!(store.source().connect().await.expect_err("not the machine's").fault(), &SourceError::Unreachable);
    let other = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate").cert.pem();
    let refused = store.source().root_certificates(other).connect().await.expect_err("another's");
    assert_eq!(refused.fault(), &SourceError::Unreachable);
    let refused = store.source().root_certificates("no PEM").connect().await.expect_err("no PEM");
    assert!(matches!(refused.fault(), SourceError::Setup(_)));
}
