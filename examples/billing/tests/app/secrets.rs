//! Every secret by reference: from a real OpenBao, and followed where it may change.

use crate::authority::Authority;
use crate::browser::Browser;
use crate::folder::Folder;
use crate::liar::Liar;
use crate::openbao::Bao;
use crate::pg::Database;
use crate::split::{gateway_args_with, service_args};
use crate::starting::{Prepared, free_port, is_fixed, said, session_key};
use billing::{Args, StartError, start};
use clap::Parser as _;
use std::time::{Duration, Instant};
use tenancy::db::seal::SealKey;
use tenancy_rls::{keyring, live};

/// The store, with an AppRole that may read `secret/billing/*`.
struct Store {
    bao: Bao,
    folder: Folder,
    role: String,
}

impl Store {
    fn start() -> Store {
        let (bao, folder) = (Bao::start(), Folder::new());
        bao.allow("billing", "secret/data/billing/*");
        let (role, secret) = bao.app_role(&["token_policies=billing"]);
        folder.write("secret-id", secret);
        Store { bao, folder, role }
    }

    /// The reference of what was put there.
    fn put(&self, name: &str, fields: &[(&str, &str)]) -> Vec<String> {
        let arguments = fields.iter().map(|(field, value)| {
            self.folder.write(field, value);
            format!("{field}=@{}", self.folder.path().join(field).display())
        });
        let arguments: Vec<String> = arguments.collect();
        let path = format!("secret/billing/{name}");
        let words: Vec<&str> = ["kv", "put", &path].into_iter().chain(arguments.iter().map(String::as_str)).collect();
        self.bao.run(&words);
        fields.iter().map(|(field, _)| format!("vault:{path}#{field}")).collect()
    }

    fn arguments(&self) -> [String; 6] {
        let proof = self.folder.reference("secret-id").to_string();
        let [address, role] = [self.bao.address(), &self.role].map(str::to_owned);
        ["--vault-address".to_owned(), address, "--vault-role".to_owned(), role, "--vault-proof".to_owned(), proof]
    }
}

/// Both URLs, the seal, the sessions, the provider's client, the certificate: nothing is written anywhere else.
#[tokio::test(flavor = "multi_thread")]
async fn it_starts_with_all_secrets_from_a_store_and_without_one_it_does_not() {
    let (store, database, provider, authority) =
        (Store::start(), Database::create(), Liar::start().await, Authority::new());
    let (made, pair) = (Prepared::on(&database).await, authority.server());
    let urls =
        store.put("database", &[("books", &made.books), ("gateway", &made.gateway), ("roles", &made.permissions)]);
    let keys = store
        .put("keys", &[("seal", made.seal.expose().as_str()), ("sessions", &session_key()), ("client", "4f1c-77ab")]);
    let tls = store.put("tls", &[("certificate", &pair.certificate), ("key", &pair.key)]);
    let both = [
        ("--database", &urls[0]),
        ("--gateway-database", &urls[1]),
        ("--permissions-database", &urls[2]),
        ("--seal-key", &keys[0]),
        ("--session-key", &keys[1]),
    ];
    // The provider of this test has no TLS, and is taken by a service without alone.
    let parts = [
        (["--oidc-issuer", &provider.issuer, "--oidc-client-id", "billing"], vec![("--oidc-client-secret", &keys[2])]),
        (
            ["--dev-provider-listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"],
            vec![("--tls-certificate", &tls[0]), ("--tls-key", &tls[1])],
        ),
    ];
    let parsed = |told: [&str; 4], secrets: &[(&str, &String)]| {
        let fixed = ["billing", "--listen", "127.0.0.1:0", "--both-walls", "--compare-epochs"];
        let named = secrets.iter().flat_map(|(name, place)| [*name, place.as_str()]);
        let words = fixed.into_iter().chain(told).chain(named).map(str::to_owned).chain(store.arguments());
        let mut args = Args::try_parse_from(words).expect("arguments");
        args.rls_owner_role.clone_from(&made.owner);
        args
    };
    for (told, more) in &parts {
        let secrets = [&both[..], more].concat();
        for (number, (name, place)) in secrets.iter().enumerate() {
            let mut others = secrets.clone();
            let absent = format!("{}#absent", place.rsplit_once('#').expect("a field").0);
            others[number].1 = &absent;
            let error = start(parsed(*told, &others)).await.err().unwrap_or_else(|| panic!("started without {name}"));
            let text = said(&error);
            assert!(error.exit_code() == 2 && text.contains(&absent), "{name}: {text}");
            assert!(text.contains("there is no such secret"), "{name}: {text}");
        }
        match start(parsed(*told, &secrets)).await {
            Ok(running) => running.stop().await,
            // Read, and used: a server without the fixes is refused by the audit.
            Err(error) => assert!(matches!(error, StartError::Wall(_)) && !is_fixed(&database), "{error:?}"),
        }
    }
    let closed = parsed(parts[1].0, &both);
    store.bao.stop();
    let error = start(closed).await.err().expect("refused");
    assert!(error.exit_code() == 2 && said(&error).contains("cannot be reached"), "{}", said(&error));
    crate::world::drop_roles(&database);
}

/// A split gateway's root signs in the store, and is never read.
#[tokio::test(flavor = "multi_thread")]
async fn a_root_stays_in_the_store() {
    let store = Store::start();
    store.bao.run(&["secrets", "enable", "transit"]);
    for (key, kind) in [("root", "type=ed25519"), ("other", "type=rsa-2048")] {
        store.bao.run(&["write", "-f", &format!("transit/keys/{key}"), kind]);
    }
    let policy = "path \"transit/keys/*\" { capabilities = [\"read\"] }\npath \"transit/sign/root\" { capabilities = [\"update\"] }";
    store.folder.write("policy", policy);
    let file = store.folder.path().join("policy");
    store.bao.run(&["policy", "write", "billing", file.to_str().expect("text")]);

    // The service's place is known before its root is: it listens where the gateway was told.
    let (statements, behind) = (free_port(), free_port());
    let upstream = format!("http://{behind}");
    let gateway = |key: &str| {
        let place = format!("transit/{key}");
        let arguments = store.arguments();
        let more: Vec<&str> = arguments.iter().map(String::as_str).chain(["--root-transit", &place]).collect();
        gateway_args_with(&statements, &upstream, &more)
    };
    for wrong in ["other", "absent"] {
        let error = start(gateway(wrong)).await.err().expect("refused");
        assert!(error.exit_code() == 2 && said(&error).contains("--root-transit"), "{wrong}: {}", said(&error));
    }
    let gateway = start(gateway("root")).await.expect("the gateway starts");
    let trusted = gateway.root().expect("its public half").to_owned();
    let mut args = service_args(&statements, &trusted, &[]);
    args.listen = behind.parse().expect("an address");
    let service = start(args).await.expect("the service starts");
    for (subject, name) in [("ada", "Harbour Trading"), ("bo", "Freewheel")] {
        let mut browser = Browser::new(gateway.url(), gateway.provider().expect("the development provider"));
        let page = browser.sign_in(subject, "/").await;
        assert!(page.status == 200 && page.text.contains(name), "{}", page.text);
    }
    gateway.stop().await;
    service.stop().await;
}

#[tokio::test]
async fn a_literal_is_refused_and_not_shown() {
    let literal = session_key();
    for name in ["--session-key", "--seal-key", "--tls-key", "--oidc-client-secret"] {
        let more = match name {
            "--seal-key" => &[
                "--both-walls",
                "--database",
                "postgres://a@localhost/b",
                "--gateway-database",
                "postgres://a@localhost/b",
            ][..],
            "--tls-key" => &["--tls-certificate", "file:/no/such/file"],
            "--oidc-client-secret" => &["--oidc-issuer", "http://127.0.0.1:1", "--oidc-client-id", "x"],
            _ => &[],
        };
        let words = ["billing", "--listen", "127.0.0.1:0", name, &literal].into_iter().chain(more.iter().copied());
        let error = start(Args::try_parse_from(words).expect("arguments")).await.err().expect("refused");
        let text = said(&error);
        assert!(error.exit_code() == 2 && text.contains(&format!("`{name}` holds a literal value")), "{name} {text}");
        assert!(!text.contains(&literal), "{text}");
    }
    for name in ["--database", "--gateway-database", "--permissions-database"] {
        let words = [
            "billing",
            "--listen",
            "127.0.0.1:0",
            "--database",
            "postgres://a@localhost/b",
            "--gateway-database",
            "postgres://a@localhost/b",
            "--permissions-database",
            "postgres://a@localhost/b",
        ];
        let words = words.map(|word| word.to_owned());
        let mut words: Vec<String> = words.into_iter().collect();
        let at = words.iter().position(|word| word == name).expect("it is there");
        words[at + 1] = "mysql://a:sekret@b/c".to_owned();
        let error = start(Args::try_parse_from(words).expect("arguments")).await.err().expect("refused");
        assert!(
            error.exit_code() == 2 && said(&error).contains(name) && !said(&error).contains("sekret"),
            "{}",
            said(&error)
        );
    }
    // A vault: reference without a store.
    let words = ["billing", "--listen", "127.0.0.1:0", "--session-key", "vault:secret/billing#key"];
    let error = start(Args::try_parse_from(words).expect("arguments")).await.err().expect("refused");
    assert!(error.exit_code() == 2 && said(&error).contains("--vault-address"), "{}", said(&error));
}

/// The seal's key is another while the service runs, which goes on with it.
#[tokio::test(flavor = "multi_thread")]
async fn the_seals_key_is_followed() {
    let (database, folder) = (Database::create(), Folder::new());
    let made = Prepared::on(&database).await;
    let seal = folder.write("seal", made.seal.expose().as_str()).to_string();
    let more = ["--database", &made.books, "--gateway-database", &made.gateway, "--both-walls", "--seal-key", &seal];
    let more = [&more[..], &["--permissions-database", &made.permissions]].concat();
    let args = crate::world::args(&[&more[..], &["--rls-owner-role", &made.owner, "--compare-epochs"]].concat());
    let running = match start(args).await {
        Ok(running) => running,
        Err(error) => {
            assert!(matches!(error, StartError::Wall(_)) && !is_fixed(&database), "{error:?}");
            crate::world::drop_roles(&database);
            return;
        }
    };
    let mut browsers = Vec::new();
    for subject in ["ada", "bo"] {
        let mut browser = Browser::new(running.url(), running.provider().expect("the development provider"));
        assert_eq!(browser.sign_in(subject, "/").await.status, 200);
        browsers.push(browser);
    }
    let mut migrator = live::connect(database.url()).await.expect("a connection");
    let next = SealKey::generate().expect("a key");
    keyring::publish(&mut migrator, &next).await.expect("published");
    folder.write("seal", next.expose().as_str());
    // From here on the old key opens nothing, and with it the service would show nothing any more.
    assert!(keyring::retire(&mut migrator, made.seal.kid(), Duration::ZERO).await.expect("retired"));
    for browser in &mut browsers {
        let began = Instant::now();
        while browser.get("/invoices").await.status != 200 {
            assert!(began.elapsed() < Duration::from_secs(30), "the new key was not read");
        }
    }
    running.stop().await;
    crate::world::drop_roles(&database);
}

/// Both databases' passwords and the client's secret at the provider, each in its file first: nobody restarts, nobody is refused.
#[tokio::test(flavor = "multi_thread")]
async fn passwords_and_the_client_secret_change_while_it_runs() {
    let (database, folder, provider) = (Database::create(), Folder::new(), Liar::start().await);
    let made = Prepared::on(&database).await;
    let name = database.url().rsplit('/').next().expect("a name").to_owned();
    let (app, gateway) = (format!("{name}_app"), format!("{name}_gateway"));
    provider.knows(&["4f1c-77ab"]);
    let seal = made.seal.expose();
    let places = [("books", &made.books[..]), ("gateway", &made.gateway), ("client", "4f1c-77ab"), ("seal", &seal)];
    let places = places.map(|(name, value)| folder.write(name, value).to_string());
    let words = ["billing", "--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0", "--database", &places[0]];
    let wall = ["--both-walls", "--compare-epochs", "--seal-key", &places[3], "--rls-owner-role", &made.owner];
    let more = ["--gateway-database", &places[1], "--oidc-client-secret", &places[2], "--oidc-client-id", "billing"];
    let member = ["--oidc-issuer", &provider.issuer, "--add-member", "alice@freewheel"];
    let roles = ["--permissions-database", &made.permissions];
    let words = words.into_iter().chain(wall).chain(more).chain(member).chain(roles);
    let running = match start(Args::try_parse_from(words).expect("arguments")).await {
        Ok(running) => running,
        Err(error) => {
            assert!(matches!(error, StartError::Wall(_)) && !is_fixed(&database), "{error:?}");
            return crate::world::drop_roles(&database);
        }
    };
    let ready = format!("http://{}/ready", running.internal().expect("an internal listener"));
    let ready = async || reqwest::get(&ready).await.expect("an answer").status().as_u16();
    let sign_in = async || crate::other_provider::sign_in_at(running.url(), &provider).await;
    // A connection that was cut may be noticed by whoever asks on it.
    let serves = async || {
        let began = Instant::now();
        loop {
            let statuses = (ready().await, sign_in().await);
            if statuses == (200, 200) {
                return;
            }
            assert!(began.elapsed() < Duration::from_secs(20), "no new connection is opened: {statuses:?}");
        }
    };
    serves().await;

    let (books, tables) = (database.url_as(&app, "d41d8cd98f00b204"), database.url_as(&gateway, "e9800998ecf8427e"));
    for (name, value) in [("books", &books[..]), ("gateway", &tables), ("client", "92b0-c3d1")] {
        folder.write("next", value);
        std::fs::rename(folder.path().join("next"), folder.path().join(name)).expect("renamed");
    }
    let cut =
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename LIKE current_database() || '\\_%'";
    // Read by now or not: whatever the server takes is tried.
    database.psql(cut);
    serves().await;
    let began = Instant::now();
    while !provider.shown().iter().any(|secret| secret == "92b0-c3d1") {
        assert!(began.elapsed() < Duration::from_secs(30), "the new secret was not read");
        assert_eq!(sign_in().await, 200);
    }
    database.psql(&format!(
        "ALTER ROLE {app} PASSWORD 'd41d8cd98f00b204'; ALTER ROLE {gateway} PASSWORD 'e9800998ecf8427e'"
    ));
    provider.knows(&["92b0-c3d1"]);
    database.psql(cut);
    serves().await;
    running.stop().await;
    crate::world::drop_roles(&database);
}
