//! What a service behind its gateway refuses, and what neither part starts with.

use crate::browser::Browser;
use crate::folder::Folder;
use crate::split::{Two, gateway_args, service_args};
use crate::starting::{free_port, said};
use crate::tap::send;
use billing::{Args, start};

impl Two {
    /// How many requests the service refused for this reason.
    async fn refused(&self, reason: &str) -> u64 {
        let at = format!("http://{}/metrics", self.service.internal().expect("counters"));
        let text = reqwest::get(at).await.expect("an answer").text().await.expect("text");
        let line = text.lines().find(|line| line.contains(&format!("\"{reason}\"")));
        line.and_then(|line| line.rsplit(' ').next()?.parse().ok()).unwrap_or_default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_read_without_a_grant() {
    let two = Two::on_sqlite().await;
    let ada = two.signed_in("ada").await;
    let session = ada.cookie("__Host-tenancy").expect("a session").to_owned();
    let host = two.gateway.url().trim_start_matches("http://");
    let cookie = format!("Cookie: __Host-tenancy={session}\r\n");
    let forged = "tenancy-grant: v4.public.bm9uZQ\r\n";
    for headers in ["", &cookie, "X-Form-Token: x\r\nX-User: ada\r\n", forged] {
        for begin in ["GET /invoices", "GET /invoices/1", "POST /customers", "GET /isolation"] {
            let (status, text) =
                send(two.service.url(), format!("{begin} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n").as_bytes()).await;
            assert!(status == 401 && !text.contains("Trading"), "{begin} {headers} {text}");
        }
    }
    assert!(two.refused("no_grant").await >= 12);
    // Pages of the gateway are not there at all.
    for path in ["/", "/login", "/settings", "/organizations", "/keys", "/metrics"] {
        let (status, text) =
            send(two.service.url(), format!("GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes()).await;
        assert!(matches!(status, 401 | 404), "{path} {text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_from_the_wire_does_nothing_again() {
    let two = Two::on_sqlite().await;
    for (subject, foreign) in [("ada", "bo"), ("bo", "ada")] {
        let mut browser = two.signed_in(subject).await;
        let name = format!("once for {subject}");
        browser.post("/customers", "/customers", &[("name", &name)]).await;
        let written = two.tap.last("POST /customers HTTP/1.1");
        let text = String::from_utf8(written.clone()).expect("text");
        assert!(text.contains("tenancy-grant: v4.public.") && !text.to_lowercase().contains("cookie"), "{text}");
        assert_eq!(send(two.service.url(), &written).await.0, 401, "the same once more");
        // On another path, by another method, for another body, on another host.
        let read = String::from_utf8(two.tap.last("GET /customers HTTP/1.1")).expect("text");
        let host = two.gateway.url().trim_start_matches("http://");
        for changed in [
            text.replacen("/customers", "/invoices", 1),
            text.replace("once+for", "more+for"),
            read.replacen("/customers", "/invoices", 1),
            read.replacen("GET", "DELETE", 1),
            read.replace(host, "evil.example"),
        ] {
            assert!(changed != text && changed != read);
            assert_eq!(send(two.service.url(), changed.as_bytes()).await.0, 401, "{changed}");
        }
        let page = browser.get("/customers").await;
        assert_eq!(page.text.matches(&name).count(), 1, "{}", page.text);
        assert!(!two.signed_in(foreign).await.get("/customers").await.text.contains(&name));
    }
    assert_eq!(two.refused("grant_replayed").await, 2);
}

/// The token for forms comes from the gateway, whatever a browser sends under its name.
#[tokio::test(flavor = "multi_thread")]
async fn a_browser_plants_no_form_token() {
    let two = Two::on_sqlite().await;
    let mut ada = two.signed_in("ada").await;
    let session = ada.cookie("__Host-tenancy").expect("a session").to_owned();
    let client = reqwest::Client::new().get(format!("{}/customers", two.gateway.url()));
    let asked = client.header("cookie", format!("__Host-tenancy={session}")).header("x-form-token", "planted");
    let text = asked.send().await.expect("an answer").text().await.expect("text");
    assert!(text.contains("name=\"form_token\"") && !text.contains("planted"), "{text}");
    // Without it, or with somebody else's, a form of the service's pages does nothing.
    let other = two.signed_in("bo").await.get("/customers").await.field("form_token");
    for token in ["", "planted", &other] {
        let page = ada.post_as_is("/customers", &[("form_token", token), ("name", "Planted")]).await;
        assert_eq!(page.status, 403, "{token}");
    }
    assert!(!ada.get("/customers").await.text.contains("Planted"));
}

/// Services do not trust its key yet: it grants nothing, and says so to whoever would give it requests.
#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_that_has_just_begun_grants_nothing() {
    let folder = Folder::new();
    billing::new_root_key(&folder.path().join("root")).expect("a key");
    let (statements, root) = (free_port(), folder.reference("root").to_string());
    let mut args = gateway_args(&statements, &root, "http://127.0.0.1:1", &[]);
    let ready = async || reqwest::get(format!("http://{statements}/ready")).await.expect("an answer").status().as_u16();
    let running = start(args).await.expect("it starts");
    assert_eq!(ready().await, 200, "at once, where services learn of a key when they meet it");
    running.stop().await;

    args = gateway_args(&statements, &root, "http://127.0.0.1:1", &[]);
    args.split.publish_keys_before = 30;
    let running = start(args).await.expect("it starts");
    assert_eq!(ready().await, 503);
    let mut ada = Browser::new(running.url(), running.provider().expect("the development provider"));
    let page = ada.sign_in("ada", "/").await;
    assert!(page.status == 503 && page.text.contains("cannot answer at the moment"), "{}", page.text);
    running.stop().await;
}

async fn refused(args: Args) -> String {
    let Err(error) = start(args).await else { panic!("it started") };
    assert_eq!(error.exit_code(), 2, "{error:?}");
    said(&error)
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_starts_by_half() {
    let folder = Folder::new();
    let trusted = billing::new_root_key(&folder.path().join("root")).expect("a key");
    let root = folder.reference("root").to_string();
    let statements = free_port();
    // A key is not written over.
    assert!(billing::new_root_key(&folder.path().join("root")).is_err());

    let service = async |trusted: &str, more: &[&str]| refused(service_args(&statements, trusted, more)).await;
    assert!(service("k4.public.none", &[]).await.contains("--trust"));
    assert!(service(&trusted, &["--statements", "https://gateway"]).await.contains("--statements"));
    let beyond = Args { listen: "0.0.0.0:0".parse().expect("an address"), ..service_args(&statements, &trusted, &[]) };
    assert!(refused(beyond).await.contains("--clients-ca"));

    let gateway = async |root: &str, upstream: &str, more: &[&str]| {
        refused(gateway_args(&statements, root, upstream, more)).await
    };
    let local = "http://127.0.0.1:1";
    for far in ["http://billing.internal:3100", "https://127.0.0.1:1", "127.0.0.1:1", "http://127.0.0.1:1/path"] {
        assert!(gateway(&root, far, &[]).await.contains("--upstream"), "{far}");
    }
    let secret = std::fs::read_to_string(folder.path().join("root")).expect("the key");
    let literal = gateway(secret.trim(), local, &[]).await;
    assert!(literal.contains("`--root-key` holds a literal value") && !literal.contains("k4.secret"), "{literal}");
    let readable = folder.write_with("readable", &secret, 0o644).to_string();
    assert!(gateway(&readable, local, &[]).await.contains("0644"));
    let none = folder.write("none", "no key at all, really").to_string();
    assert!(gateway(&none, local, &[]).await.contains("--root-key"));
    let mut late = gateway_args(&statements, &root, local, &[]);
    late.split.publish_keys_before = 3_000;
    assert!(refused(late).await.contains("--publish-keys-before"));
}
