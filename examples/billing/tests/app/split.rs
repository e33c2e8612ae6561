//! Gateway and service apart: the same pages, and two organizations.

use crate::authority::{Authority, Pair};
use crate::browser::Browser;
use crate::folder::{Folder, until};
use crate::pg::Database;
use crate::starting::{Prepared, free_port, is_fixed};
use crate::tap::Tap;
use billing::{Args, Running, StartError, start};
use clap::Parser as _;
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// Both parts, and somebody who listens in between them.
pub(crate) struct Two {
    pub(crate) gateway: Running,
    pub(crate) service: Running,
    pub(crate) tap: Tap,
    _folder: Folder,
}

/// A new root: where its key is, and its public half.
fn root(folder: &Folder) -> (String, String) {
    let trusted = billing::new_root_key(&folder.path().join("root")).expect("a key");
    (folder.reference("root").to_string(), trusted)
}

pub(crate) fn service_args(statements: &str, trusted: &str, more: &[&str]) -> Args {
    let fixed = ["billing", "--service", "--listen", "127.0.0.1:0", "--internal-listen", "127.0.0.1:0"];
    let statements = format!("http://{statements}/keys");
    let told = ["--statements", &statements, "--trust", trusted];
    Args::try_parse_from(fixed.iter().chain(&told).chain(more)).expect("arguments")
}

pub(crate) fn gateway_args(statements: &str, root: &str, upstream: &str, more: &[&str]) -> Args {
    gateway_args_with(statements, upstream, &[&["--root-key", root], more].concat())
}

/// With whichever root.
pub(crate) fn gateway_args_with(statements: &str, upstream: &str, more: &[&str]) -> Args {
    let fixed = ["billing", "--gateway", "--listen", "127.0.0.1:0", "--dev-provider-listen", "127.0.0.1:0"];
    let told = ["--keys-listen", statements, "--upstream", upstream, "--publish-keys-before", "0"];
    Args::try_parse_from(fixed.iter().chain(&told).chain(more)).expect("arguments")
}

impl Two {
    pub(crate) async fn on_sqlite() -> Two {
        Two::with(Folder::new(), &[], &[]).await.expect("it starts")
    }

    /// Each with a role of its own, and the service with the seal's key.
    async fn on_both_walls(database: &Database) -> Result<Two, StartError> {
        let (folder, made) = (Folder::new(), Prepared::on(database).await);
        let seal = folder.write("seal", made.seal.expose().as_str()).to_string();
        let books = folder.write("books", &made.books).to_string();
        let service = ["--database", &books, "--both-walls", "--seal-key", &seal, "--rls-owner-role", &made.owner];
        let service = [&service[..], &["--compare-epochs", "--permissions-database", &made.permissions]].concat();
        Two::with(folder, &service, &["--gateway-database", &made.gateway]).await
    }

    async fn with(folder: Folder, service: &[&str], gateway: &[&str]) -> Result<Two, StartError> {
        let (statements, (root, trusted)) = (free_port(), root(&folder));
        let service = start(service_args(&statements, &trusted, service)).await?;
        let tap = Tap::before(service.url()).await;
        let gateway = start(gateway_args(&statements, &root, &tap.url, gateway)).await.expect("the gateway starts");
        assert_eq!(gateway.statements().map(|address| address.to_string()), Some(statements));
        Ok(Two { gateway, service, tap, _folder: folder })
    }

    pub(crate) async fn signed_in(&self, subject: &str) -> Browser {
        let mut browser = Browser::new(self.gateway.url(), self.gateway.provider().expect("the development provider"));
        let page = browser.sign_in(subject, "/").await;
        assert_eq!(page.status, 200, "{}", page.text);
        browser
    }
}

/// Everything that people do, with the pages of the two processes side by side.
async fn people_work_as_in_one_process(two: Two) {
    let (mut ada, mut bo) = (two.signed_in("ada").await, two.signed_in("bo").await);
    let (own, foreign) = (ada.get("/invoices").await, bo.get("/invoices").await);
    assert!(own.text.contains("Harbour Trading") && foreign.text.contains("Freewheel"), "{}", own.text);
    assert!(own.invoices().iter().all(|id| !foreign.invoices().contains(id)) && own.invoices().len() == 10);
    assert!(own.text.contains("<span>ada</span>") && own.header("cache-control").contains("no-store"));
    assert!(own.header("content-security-policy").contains("default-src 'none'"), "{:?}", own.headers);

    // What is written, with forms of the service's pages.
    let page = ada.post("/customers", "/customers", &[("name", "Quay & Sons")]).await;
    assert!(page.status == 200 && page.text.contains("Quay &amp; Sons"), "{}", page.text);
    assert!(!bo.get("/customers").await.text.contains("Quay"), "another organization's");
    let customer = crate::pages::customer_of(&ada.get("/invoices").await.text, "Quay &amp; Sons");
    let new =
        [("customer", &*customer), ("number", "7-1"), ("period", "2026-11"), ("amount", "9"), ("currency", "EUR")];
    let page = ada.post("/invoices", "/invoices", &new).await;
    assert!(page.status == 200 && page.at.path().starts_with("/invoices/"), "{}", page.text);
    let path = page.at.path().to_owned();
    let page = ada.post(&path, &format!("{path}/pay"), &[]).await;
    assert!(page.text.contains("paid"), "{}", page.text);
    assert!(ada.get("/roll-up").await.text.contains("2026-11"));
    let page = ada.get("/isolation").await;
    assert!(page.text.contains("<mark>") && page.text.contains("UPDATE"), "{}", page.text);

    // What is another organization's looks like what is not there.
    let of_bo = foreign.invoices()[0];
    let (there, absent) = (ada.get(&format!("/invoices/{of_bo}")).await, ada.get("/invoices/999999").await);
    assert_eq!((there.status, &there.text), (404, &absent.text));
    assert!(there.text.contains("no such page here"), "{}", there.text);
    let page = ada.post("/isolation", "/isolation/claim", &[("organization", "freewheel")]).await;
    assert_eq!(page.status, 404, "{}", page.text);

    // The gateway's own pages, and the switch.
    let mut cleo = two.signed_in("cleo").await;
    assert_eq!(cleo.get("/invoices").await.status, 409, "not chosen yet");
    for (slug, name) in [("freewheel", "Freewheel"), ("harbour-trading", "Harbour Trading")] {
        let page = cleo.switch(slug).await;
        assert!(page.status == 200 && page.text.contains(name), "{}", page.text);
    }
    assert!(cleo.get("/settings").await.text.contains("(this one)"));
    cleo.post("/settings", "/sign-out", &[]).await;
    let page = cleo.get("/invoices").await;
    assert!(page.status == 401 && page.text.contains("You are not signed in"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn people_work_as_in_one_process_on_sqlite() {
    people_work_as_in_one_process(Two::on_sqlite().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_work_as_in_one_process_on_both_walls() {
    let database = Database::create();
    match Two::on_both_walls(&database).await {
        Ok(two) => people_work_as_in_one_process(two).await,
        // A server without the fixes of row-level security is refused here as in one process.
        Err(refused) => assert!(!is_fixed(&database), "{refused:?}"),
    }
    crate::world::drop_roles(&database);
}

/// TLS between the two, each with a certificate that the other asks for.
#[tokio::test(flavor = "multi_thread")]
async fn the_two_know_each_other_by_their_certificates() {
    let (folder, authority, other) = (Folder::new(), Authority::new(), Authority::new());
    let write = |name: &str, Pair { certificate, key }: Pair| {
        let place = |end: &str, text: String| folder.write(&format!("{name}.{end}"), text).to_string();
        (place("crt", certificate), place("key", key))
    };
    let (server, client) = (write("server", authority.server()), write("client", authority.client("spiffe://gateway")));
    let stranger = write("stranger", other.client("spiffe://gateway"));
    let roots = folder.write("roots", &authority.pem).to_string();
    let (statements, (root, trusted)) = (free_port(), root(&folder));
    let tls = ["--tls-certificate", &server.0, "--tls-key", &server.1, "--clients-ca", &roots];
    let service = start(service_args(&statements, &trusted, &tls)).await.expect("the service starts");
    assert!(service.url().starts_with("https://127.0.0.1:"), "{}", service.url());

    let file = folder.path().join("roots");
    let through = async |certificate: &(String, String)| {
        let shown = ["--upstream-certificate", &certificate.0, "--upstream-key", &certificate.1];
        let more = [&["--upstream-ca", file.to_str().expect("text")][..], &shown].concat();
        let gateway = start(gateway_args(&statements, &root, service.url(), &more)).await.expect("the gateway starts");
        let mut browser = Browser::new(gateway.url(), gateway.provider().expect("the development provider"));
        let page = browser.sign_in("ada", "/").await;
        gateway.stop().await;
        (page.status, page.text)
    };
    let (status, text) = through(&client).await;
    assert!(status == 200 && text.contains("Harbour Trading"), "{text}");
    let (status, text) = through(&stranger).await;
    assert!(status == 502 && !text.contains("Harbour Trading"), "{text}");
    service.stop().await;
}

/// The program twice, in the order of the guide: nothing is wrong, and nothing says so.
#[tokio::test(flavor = "multi_thread")]
async fn two_processes_of_the_program() {
    let folder = Folder::new();
    let log = folder.path().join("log");
    let [front, behind, statements, provider] = [(); 4].map(|()| free_port());
    let made = program(&["--new-root-key", folder.path().join("root").to_str().expect("text")], &log);
    let trusted = String::from_utf8(made.wait_with_output().expect("it ends").stdout).expect("text").trim().to_owned();
    let (upstream, root) = (format!("http://{behind}"), folder.reference("root").to_string());
    let gateway = ["--gateway", "--listen", &front, "--keys-listen", &statements, "--upstream", &upstream];
    let more = ["--root-key", &root, "--publish-keys-before", "0", "--dev-provider-listen", &provider];
    let _gateway = Ended(program(&[&gateway[..], &more].concat(), &log));
    until(&statements, || TcpStream::connect(&statements).is_ok()).await;
    let told = format!("http://{statements}/keys");
    let service = program(&["--service", "--listen", &behind, "--trust", &trusted, "--statements", &told], &log);
    let _service = Ended(service);
    for address in [&behind, &front] {
        until(address, || TcpStream::connect(address).is_ok()).await;
    }
    let port = front.rsplit(':').next().expect("a port");
    let provider = format!("http://{provider}/for-development");
    for (subject, name) in [("ada", "Harbour Trading"), ("bo", "Freewheel")] {
        let mut browser = Browser::new(&format!("http://localhost:{port}"), &provider);
        let page = browser.sign_in(subject, "/").await;
        assert!(page.status == 200 && page.text.contains(name), "{}", page.text);
    }
    assert_eq!(reqwest::get(format!("{upstream}/invoices")).await.expect("an answer").status(), 401);
    let log = std::fs::read_to_string(log).expect("a log");
    assert!(
        log.contains("without --session-key every session ends with this process") && !log.contains("ERROR"),
        "{log}"
    );
}

/// What it logs goes to the end of a file.
fn program(arguments: &[&str], log: &Path) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a file");
    let mut program = Command::new(env!("CARGO_BIN_EXE_billing"));
    program.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(log).spawn().expect("it runs")
}

/// Ended with its test.
struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
