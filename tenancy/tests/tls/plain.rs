//! Plaintext: where it is allowed, and the door that only redirects.

use crate::support::log::{self, Log};
use crate::tls::site::{Answer, ask, socket};
use axum::Router;
use axum::routing::get;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;
use tenancy_tls::{Listener, Redirects, TlsError};
use tokio::net::TcpStream;

async fn send(address: SocketAddr, request: &str) -> Answer {
    let mut stream = TcpStream::connect(address).await.expect("it listens");
    ask(&mut stream, request).await.expect("an answer")
}

#[tokio::test]
async fn plaintext_is_for_loopback_or_has_a_reason() {
    let everywhere = || TcpListener::bind("0.0.0.0:0").expect("a port");
    let refused = Listener::plaintext_on_loopback(everywhere()).expect_err("others reach it");
    assert!(matches!(refused, TlsError::NotLoopback(_)) && refused.to_string().contains("plaintext_because"));
    if let Ok(everywhere) = TcpListener::bind("[::]:0") {
        assert!(Listener::plaintext_on_loopback(everywhere).is_err());
    }
    let app = || Router::new().route("/", get(async || "hello"));
    for listener in [
        Listener::plaintext_on_loopback(socket()).expect("loopback"),
        Listener::plaintext_because(everywhere(), "a test"),
    ] {
        let handle = listener.handle();
        let (address, serving) = serve(listener, app());
        let answer = send(address, "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "hello"));
        // Over plaintext a browser must ignore it, and it would be a lie.
        assert_eq!(answer.header("strict-transport-security"), None);
        handle.shut_down(Duration::from_secs(5));
        serving.await.expect("it ends").expect("in good order");
    }
}

fn serve(listener: Listener, app: Router) -> (SocketAddr, tokio::task::JoinHandle<std::io::Result<()>>) {
    let port = listener.local_addr().expect("bound").port();
    (SocketAddr::from(([127, 0, 0, 1], port)), tokio::spawn(listener.serve(app)))
}

/// The reason is in the log, as a warning.
#[test]
fn the_reason_is_logged() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    let guard = log::of_this_thread(subscriber);
    drop(Listener::plaintext_because(socket(), "the mesh encrypts"));
    drop(guard);
    let text = log.text();
    assert!(text.contains("WARN") && text.contains("the mesh encrypts") && text.contains("127.0.0.1"), "{text}");
}

async fn redirects() -> SocketAddr {
    let socket = socket();
    let address = socket.local_addr().expect("bound");
    let redirects = Redirects::new(socket, "https://billing.example.org:8443").expect("an origin");
    tokio::spawn(redirects.serve());
    address
}

/// attack: a redirect that a client chooses, and credentials that would be sent twice (ASVS 4.1.2).
#[tokio::test]
async fn browsers_are_sent_over_and_everything_else_is_refused() {
    let address = redirects().await;
    const HTML: &str = "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\n";
    for (line, place) in [
        ("GET /", "/"),
        ("HEAD /invoices?page=2&x=%2F", "/invoices?page=2&x=%2F"),
        ("GET //evil.example/x", "//evil.example/x"),
        ("GET /@evil.example", "/@evil.example"),
    ] {
        // The host that the client names is not asked.
        let request = format!("{line} HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n{HTML}\r\n");
        let answer = send(address, &request).await;
        assert_eq!(answer.status, 308, "{line}");
        assert_eq!(answer.header("location"), Some(format!("https://billing.example.org:8443{place}").as_str()));
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    for request in [
        format!("POST / HTTP/1.1\r\nHost: h\r\n{HTML}Content-Length: 0\r\n\r\n"),
        format!("PUT / HTTP/1.1\r\nHost: h\r\n{HTML}Content-Length: 0\r\n\r\n"),
        format!("OPTIONS * HTTP/1.1\r\nHost: h\r\n{HTML}\r\n"),
        format!("GET / HTTP/1.1\r\nHost: h\r\n{HTML}Authorization: Bearer x\r\n\r\n"),
        format!("GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n{HTML}\r\n"),
        "GET /api HTTP/1.1\r\nHost: h\r\nAccept: application/json\r\n\r\n".to_owned(),
        "GET /api HTTP/1.1\r\nHost: h\r\nAccept: */*\r\n\r\n".to_owned(),
        "GET /api HTTP/1.1\r\nHost: h\r\n\r\n".to_owned(),
        format!("GET / HTTP/1.1\r\nHost: h\r\n{HTML}X-HTTP-Method-Override: GET\r\nAuthorization: Basic x\r\n\r\n"),
        // A session's cookie, whoever set it without `Secure`, and what a provider or a mail sends along.
        format!("GET / HTTP/1.1\r\nHost: h\r\n{HTML}Cookie: __Host-tenancy=A\r\n\r\n"),
        format!("GET / HTTP/1.1\r\nHost: h\r\n{HTML}Cookie: session=A\r\n\r\n"),
        format!("GET /login/callback?code=secret&state=A HTTP/1.1\r\nHost: h\r\n{HTML}\r\n"),
        format!("GET /login/callback?State=A&iss=x HTTP/1.1\r\nHost: h\r\n{HTML}\r\n"),
        format!("GET /reset?x=1&reset_token=secret HTTP/1.1\r\nHost: h\r\n{HTML}\r\n"),
        format!("GET /x?access_token=secret HTTP/1.1\r\nHost: h\r\n{HTML}\r\n"),
        format!("GET /x?c%6Fde=secret HTTP/1.1\r\nHost: h\r\n{HTML}\r\n"),
    ] {
        let answer = send(address, &request).await;
        assert_eq!((answer.status, answer.header("location")), (403, None), "{request}");
        // What was sent is repeated nowhere; a person is shown where to go.
        assert!(!answer.body.contains("secret") && !answer.body.contains("evil"), "{}", answer.body);
        let shown = answer.body.contains("<a href=\"https://billing.example.org:8443/\">");
        assert_eq!(shown, request.contains("text/html"), "{}", answer.body);
    }
}

#[test]
fn an_origin_is_an_origin() {
    for wrong in [
        "http://billing.example.org",
        "billing.example.org",
        "https://",
        "https://h/path",
        "https://h?x",
        "",
        "https://user:pw@h",
        "javascript:alert(1)",
        "/relative",
        "https://h#x",
    ] {
        assert!(matches!(Redirects::new(socket(), wrong), Err(TlsError::Origin)), "{wrong}");
    }
    for right in ["https://billing.example.org", "https://billing.example.org:8443/", "https://[::1]:8443"] {
        assert!(Redirects::new(socket(), right).is_ok(), "{right}");
    }
}
