//! The same service over TLS of its own.

use crate::authority::{Authority, Pair};
use crate::browser::Browser;
use crate::folder::Folder;
use crate::world::{World, args};
use billing::start;
use reqwest::{Certificate, Client, redirect::Policy};

#[tokio::test(flavor = "multi_thread")]
async fn people_sign_in_over_tls_and_are_sent_over_from_plaintext() {
    let (folder, authority) = (Folder::new(), Authority::new());
    let Pair { certificate, key } = authority.server();
    let files = [("tls.crt", certificate), ("tls.key", key)].map(|(name, text)| folder.write(name, text).to_string());
    let more = ["--tls-certificate", &files[0], "--tls-key", &files[1], "--redirect-listen", "127.0.0.1:0"];
    let world = World::of(start(args(&more)).await.expect("it starts"));
    assert!(world.url().starts_with("https://localhost:"), "{}", world.url());

    let root = Certificate::from_pem(authority.pem.as_bytes()).unwrap();
    let client = || Client::builder().redirect(Policy::none()).tls_certs_only([root.clone()]).build().unwrap();
    let mut browser = Browser::with(client(), world.url(), world.service.provider().unwrap());
    let page = browser.sign_in("ada", "/").await;
    assert!(page.status == 200 && page.text.contains("Harbour Trading"), "{}", page.text);
    assert!(page.header("strict-transport-security").contains("max-age="), "{:?}", page.headers);
    let page = browser.post("/settings", "/sign-out", &[]).await;
    assert_eq!((page.status, page.at.path()), (200, "/"));

    let plain = format!("http://{}/invoices", world.service.redirects().unwrap());
    let answer = client().get(&plain).header("accept", "text/html").send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (308, &*format!("{}/invoices", world.url()))
    );
    assert_eq!(client().post(&plain).body("x").send().await.unwrap().status(), 403);
}
