//! A canary in every secret, and everything that a process says is searched for it.
//!
//! This test runs itself once more as a child, with tracing and `log` at their loudest and full backtraces. The child reads
//! secrets from every source, has each refused in every way it knows, shows every value, error and setting, and panics.

use crate::vault::{Store, reference};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::error::Error;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;
use tenancy::db::follow_seal_key;
use tenancy::db::seal::{SealKey, Sealer};
use tenancy_secrets::{ExposeSecret as _, Scheme, SecretField, SecretString, Secrets, VaultAuth, VaultSource};

/// Ten digits that no address, time or identifier of this test holds.
const CANARY: &str = "canary4815162342";

/// What the child finds, and where.
const ADDRESS: &str = "CANARY_VAULT";
const ROLE: &str = "CANARY_ROLE";
const FOLDER: &str = "CANARY_FOLDER";

#[test]
fn no_secret_is_ever_shown() {
    let store = Store::new(&["token_ttl=2s"]);
    let folder = &store.folder;
    let secret_id = std::fs::read_to_string(folder.path().join("secret-id")).expect("it is there");
    let key = SealKey::generate().expect("there are random bytes");
    let digits = key.expose().rsplit('.').next().expect("digits").to_owned();
    folder.write("plain", format!("{CANARY}-file"));
    folder.write("seal", &*key.expose());
    folder.write("not-a-key", format!("tenancy1.k1.{CANARY}"));
    folder.write("url", format!("postgres://app:{CANARY}-url@127.0.0.1:1/shop"));
    folder.write_with("world", format!("{CANARY}-world"), 0o644);
    store.bao.run(&["kv", "put", "-mount=secret", "billing/canary", &format!("value={CANARY}-vault"), "list=ok"]);

    let mut child = Command::new(std::env::current_exe().expect("this test"));
    child.args(["--exact", "canary::child", "--ignored", "--nocapture", "--test-threads=1"]);
    child.env("RUST_BACKTRACE", "full").env("RUST_LOG", "trace").env("CREDENTIALS_DIRECTORY", folder.path());
    child.env(ADDRESS, store.bao.address()).env(ROLE, store.role()).env(FOLDER, folder.path());
    child.env("CANARY_SECRET", format!("{CANARY}-environment"));
    let done = child.output().expect("it runs");
    let said = format!("{}\n{}", String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));

    assert!(!done.status.success(), "it ends with a panic");
    // It got to its end, was loud, and had backtraces: an empty output holds no canary either.
    for expected in ["CHILD READ ALL", "CHILD PANICS NOW", "stack backtrace", "TRACE", "reqwest", "final URL is"] {
        assert!(said.contains(expected), "`{expected}` is not in:\n{said}");
    }
    let encoded = STANDARD.encode(CANARY);
    let hex: String = CANARY.bytes().map(|byte| format!("{byte:02x}")).collect();
    // Bytes as `Debug` prints them.
    let bytes = CANARY.bytes().map(|byte| byte.to_string()).collect::<Vec<_>>().join(", ");
    for (what, secret) in [
        ("a value", CANARY),
        ("a value in base64", encoded.trim_end_matches('=').get(..16).expect("it is long")),
        ("a value in hexadecimal", &hex),
        ("a value's bytes", &bytes),
        ("the sealing key", &digits),
        ("the secret id", secret_id.trim()),
        ("a token of the store", "s."),
    ] {
        let found = said.lines().find(|line| match what {
            // OpenBao's tokens: `s.` and 24 letters and digits.
            "a token of the store" => has_token(line),
            _ => line.contains(secret),
        });
        assert_eq!(found, None, "{what} was shown");
    }
}

fn has_token(line: &str) -> bool {
    let words = line.split(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '.'));
    words.into_iter().any(|word| word.strip_prefix("s.").is_some_and(|rest| rest.len() >= 24 && !rest.contains('.')))
}

#[test]
fn a_token_would_be_seen() {
    assert!(has_token("X-Vault-Token: \"s.AbCdEfGhIjKlMnOpQrStUvWx\""));
    assert!(!has_token("tenancy::secrets.rs is at tests.rs"));
}

fn show(what: &str, error: &dyn Error) {
    println!("{what}: {error} / {error:?}");
    let mut source = error.source();
    while let Some(error) = source {
        println!("  {error} / {error:?}");
        source = error.source();
    }
}

#[ignore = "run by `no_secret_is_ever_shown`, which reads what it says"]
#[test]
fn child() {
    tracing_subscriber::fmt().with_env_filter("trace").with_ansi(false).init();
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(read_show_and_panic());
}

async fn read_show_and_panic() {
    let variable = |name: &str| std::env::var(name).expect("the parent sets it");
    let at = |name: &str| format!("file:{}/{name}", variable(FOLDER)).parse().expect("a reference");
    let auth = VaultAuth::app_role(variable(ROLE), at("secret-id"));
    let builder = VaultSource::builder(variable(ADDRESS), auth.clone()).poll(Duration::from_millis(100));
    println!("{auth:?} {builder:?}");
    let source = builder.connect().await.expect("it signs in");
    println!("{source:?}");
    let secrets = Secrets::new().with(Scheme::Vault, source);

    let texts = ["env:CANARY_SECRET", "credential:plain"].map(|text| text.parse().expect("a reference"));
    let mut values: Vec<SecretString> = Vec::new();
    for reference in texts.into_iter().chain([at("plain"), at("url"), reference("billing/canary#value")]) {
        let value = secrets.read(&reference).await.expect("it is read");
        assert!(value.expose_secret().contains(CANARY), "the canary is there to be found");
        println!("{reference} {reference:?} {value:?}");
        values.push(value);
    }
    refusals(&secrets, &at).await;

    let sealer = Arc::new(Sealer::suspended());
    let key = follow_seal_key(&secrets, &at("seal"), Arc::clone(&sealer)).await.expect("a key");
    let watched =
        secrets.watch(&[reference("billing/canary#value")], |values| Ok(values[0].clone())).await.expect("read");
    println!("{key:?} {watched:?} {sealer:?} {:?} {:?} {secrets:?}", key.get(), watched.get());
    // The token is renewed meanwhile.
    tokio::time::sleep(Duration::from_secs(3)).await;
    println!("CHILD READ ALL");
    eprintln!("CHILD PANICS NOW");
    panic!("{values:?} {secrets:?} {key:?} {sealer:?} {:?}", watched.get());
}

async fn refusals(secrets: &Secrets, at: &dyn Fn(&str) -> tenancy_secrets::SecretRef) {
    for reference in [at("world"), at("nothing"), reference("billing/canary#nothing"), reference("payroll/x#y")] {
        show("refused", &secrets.read(&reference).await.expect_err("it is refused"));
    }
    let sealer = Arc::new(Sealer::suspended());
    show("no key", &follow_seal_key(secrets, &at("not-a-key"), sealer).await.expect_err("it is none"));
    let literal: SecretField = serde_json::from_value(serde_json::json!(CANARY)).expect("it never fails");
    println!("{literal:?}");
    show("a literal", &literal.reference("password").expect_err("a literal"));
    show("a literal", &CANARY.parse::<tenancy_secrets::SecretRef>().expect_err("a literal"));
    // The token of a store that refuses it, and a database that cannot be reached.
    let auth = VaultAuth::app_role("another role", at("plain"));
    let address = std::env::var(ADDRESS).expect("the parent sets it");
    show("no session", &VaultSource::builder(address, auth).connect().await.expect_err("an unknown role"));
    let url = secrets.read(&at("url")).await.expect("it is read");
    let kit = tenancy_testkit::TestKit::new();
    let db = tenancy::TenantDb::postgres(url.expose_secret(), kit.authority());
    let db = db.without_statement_review("no statement runs").build().expect("a pool");
    let scope = kit.scope(tenancy::OrgId::new(uuid::Uuid::from_u128(0xA)));
    show("no connection", &db.scoped(&scope).await.map(drop).expect_err("nobody listens"));
}
