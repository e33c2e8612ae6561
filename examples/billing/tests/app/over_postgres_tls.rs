//! PostgreSQL over TLS, on a server that takes nothing else.

use crate::authority::Authority;
use crate::folder::Folder;
use crate::pg::OwnServer;
use crate::starting::is_fixed_at;
use crate::world::{World, args};
use billing::start;
use std::error::Error as _;
use tenancy::db::seal::SealKey;
use tenancy::db::tls_roots;
use tenancy_rls::{keyring, live};

/// A server that takes no plaintext, with an empty database, and the URL of its owner.
fn server(authority: &Authority) -> (OwnServer, String) {
    let server = OwnServer::start();
    let pair = authority.server();
    server.encrypt_with(&pair.certificate, &pair.key);
    server.psql("CREATE DATABASE shop");
    server.demand_tls();
    let url = server.url().replace("127.0.0.1", "localhost").replace("/postgres", "/shop");
    (server, url)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_connection_is_encrypted_or_there_is_none() {
    let (folder, right) = (Folder::new(), Authority::new());
    let (server, url) = server(&right);
    let file = |name: &str, pem: &str| {
        folder.write_with(name, pem, 0o644);
        folder.path().join(name).to_str().expect("text").to_owned()
    };
    let (right_ca, other_ca) = (file("right.pem", &right.pem), file("other.pem", &Authority::new().pem));

    // Tables, roles, wall, key, the audit at the start, and the pages of two organizations.
    let made = start(args(&["--setup-postgres", &url, "--postgres-ca", &right_ca])).await.expect("it starts");
    let world = World::of(made);
    for (subject, name) in [("ada", "Harbour Trading"), ("bo", "Freewheel")] {
        let page = world.signed_in(subject).await.get("/invoices").await;
        assert!(page.status == 200 && page.text.contains(name), "{}", page.text);
    }
    let sessions = "SELECT count(*) FILTER (WHERE ssl) > 1, count(*) FILTER (WHERE NOT ssl) FROM pg_stat_ssl JOIN \
                    pg_stat_activity USING (pid) WHERE usename IN ('shop_app', 'shop_gateway', 'shop_permits')";
    assert_eq!(server.psql(sessions), "t|0");
    drop(world);

    // The same as somebody who did not migrate, with each wrong way.
    server.psql("ALTER ROLE shop_app PASSWORD 'secret-1'; ALTER ROLE shop_gateway PASSWORD 'secret-2'");
    let seal = SealKey::generate().expect("a key");
    let mut conn = live::connect_over_tls(&url, tls_roots(&right.pem).expect("roots")).await.expect("it is encrypted");
    keyring::publish(&mut conn, &seal).await.expect("published");
    let seal = folder.write("seal", seal.expose().as_str()).to_string();
    let place = url.rsplit('@').next().expect("a place");
    let (books, gateway) =
        (format!("postgres://shop_app:secret-1@{place}"), format!("postgres://shop_gateway:secret-2@{place}"));
    server.psql("ALTER ROLE shop_permits PASSWORD 'secret-3'");
    let roles = format!("postgres://shop_permits:secret-3@{place}");
    let more = ["--database", &books, "--gateway-database", &gateway, "--both-walls", "--seal-key", &seal];
    let more = [&more[..], &["--permissions-database", &roles]].concat();
    let told = [&more[..], &["--rls-owner-role", "shop_wall", "--compare-epochs"]].concat();
    let started = async |ca: &[&str]| start(args(&[&told[..], ca].concat())).await;
    for ca in [&["--postgres-ca", other_ca.as_str()][..], &[]] {
        let refused = started(ca).await.err().expect("refused");
        let mut text = refused.to_string();
        let mut cause = refused.source();
        while let Some(under) = cause {
            text += &under.to_string();
            cause = under.source();
        }
        assert!(refused.exit_code() == 4 && !text.contains("secret-"), "{ca:?} {text}");
        let setup = [&["--setup-postgres", url.as_str()][..], ca].concat();
        assert_eq!(start(args(&setup)).await.err().expect("refused").exit_code(), 4, "{ca:?}");
    }
    match started(&["--postgres-ca", &right_ca]).await {
        Ok(running) => running.stop().await,
        Err(refused) => assert!(!is_fixed_at(&server.psql("SHOW server_version_num")), "{refused:?}"),
    }
    let sqlite = ["--database", "sqlite::memory:", "--postgres-ca", &right_ca];
    assert_eq!(start(args(&sqlite)).await.err().expect("refused").exit_code(), 2);
}

/// Neither role has a password that the server would take: each comes in by a certificate of its own, and not by the other's.
#[tokio::test(flavor = "multi_thread")]
async fn each_role_comes_in_by_its_certificate() {
    let (folder, authority, clients) = (Folder::new(), Authority::new(), Authority::new());
    let (server, url) = server(&authority);
    let file = |name: &str, text: &str, mode: u32| {
        folder.write_with(name, text, mode);
        folder.path().join(name).to_str().expect("text").to_owned()
    };
    let ca = file("ca.pem", &authority.pem, 0o644);
    start(args(&["--setup-postgres", &url, "--postgres-ca", &ca])).await.expect("it starts").stop().await;
    server.demand_certificates(&clients.pem, "shop_app,shop_gateway,shop_permits");
    let place = url.rsplit('@').next().expect("a place");
    let (books, tables) = (format!("postgres://shop_app@{place}"), format!("postgres://shop_gateway@{place}"));
    let pair = |role: &str| {
        let pair = clients.role(role);
        [("crt", &pair.certificate), ("key", &pair.key)]
            .map(|(end, pem)| format!("file:{}", file(&format!("{role}.{end}"), pem, 0o600)))
    };
    let (app, gateway, roles) = (pair("shop_app"), pair("shop_gateway"), pair("shop_permits"));
    let engine = format!("postgres://shop_permits@{place}");
    let started = async |app: &[String; 2], gateway: &[String; 2]| {
        let named = ["--database", &books, "--gateway-database", &tables, "--postgres-ca", &ca];
        let app = ["--postgres-certificate", &app[0], "--postgres-key", &app[1]];
        let gateway = ["--gateway-postgres-certificate", &gateway[0], "--gateway-postgres-key", &gateway[1]];
        let engine = ["--permissions-database", &engine, "--permissions-postgres-certificate", &roles[0]];
        let listen = ["--permissions-postgres-key", &roles[1], "--internal-listen", "127.0.0.1:0"];
        start(args(&[&named[..], &app, &gateway, &engine, &listen].concat())).await
    };
    let ready = async |service: &billing::Running| {
        let at = format!("http://{}/ready", service.internal().expect("an internal listener"));
        reqwest::get(at).await.expect("an answer").status().as_u16()
    };
    let service = started(&app, &gateway).await.expect("it starts");
    assert_eq!(ready(&service).await, 200);
    let names = "SELECT string_agg(DISTINCT usename || client_dn, ' ' ORDER BY usename || client_dn) FROM pg_stat_ssl \
                 JOIN pg_stat_activity USING (pid) WHERE usename LIKE 'shop\\_%'";
    assert_eq!(server.psql(names), "shop_app/CN=shop_app shop_gateway/CN=shop_gateway shop_permits/CN=shop_permits");
    service.stop().await;
    assert_eq!(started(&app, &app).await.err().expect("refused").exit_code(), 4, "the other role's");
    // Nothing of the books is asked at the start, with wall one alone.
    let service = started(&gateway, &gateway).await.expect("it starts");
    assert_eq!(ready(&service).await, 503, "the other role's");
    service.stop().await;
    let swapped = [app[0].clone(), gateway[1].clone()];
    assert_eq!(started(&swapped, &gateway).await.err().expect("refused").exit_code(), 2, "another's key");
}
