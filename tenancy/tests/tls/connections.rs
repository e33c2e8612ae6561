//! What clients may hold: connections, bodies, idleness.

use crate::support::log::Log;
use crate::tls::site::{GET, Site, ask, socket};
use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::response::Response;
use axum::routing::{get, post};
use http_body::Frame;
use http_body_util::Empty;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tenancy_tls::{Listener, ListenerHandle};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Longer than anything here takes on a machine that has other work.
const PATIENCE: Duration = Duration::from_secs(60);

async fn in_time<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| panic!("in vain: {what}"))
}

/// A listener that ends with it.
struct Door {
    address: SocketAddr,
    handle: ListenerHandle,
}

impl Door {
    fn open(app: Router, settings: impl FnOnce(Listener) -> Listener) -> Self {
        let socket = socket();
        let address = socket.local_addr().expect("bound");
        let listener = settings(Listener::plaintext_on_loopback(socket).expect("loopback"));
        let handle = listener.handle();
        tokio::spawn(listener.serve(app));
        Self { address, handle }
    }

    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.expect("it listens")
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.handle.shut_down(Duration::ZERO);
    }
}

async fn is_closed(stream: &mut TcpStream) -> bool {
    matches!(stream.read(&mut [0; 64]).await, Ok(0) | Err(_))
}

fn hello() -> Router {
    Router::new().route("/", get(async || "hello"))
}

/// Idle connections over HTTP/2 after one request, as many as there may be and more: each newcomer is served, because the one
/// that has waited longest makes room.
#[tokio::test(flavor = "multi_thread")]
async fn who_holds_idle_connections_shuts_nobody_out() {
    let site = Site::serve_with(hello(), None, |listener| listener.most_connections(20)).await;
    let mut held = Vec::new();
    for number in 0..60 {
        let mut config = site.client();
        config.alpn_protocols = vec![b"h2".to_vec()];
        let stream = TokioIo::new(site.connect(config).await.expect("room is made"));
        let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.expect("HTTP/2");
        tokio::spawn(connection);
        let request = hyper::Request::get("https://localhost/").body(Empty::<Bytes>::new()).expect("a request");
        let answer = in_time("an answer", sender.send_request(request)).await;
        assert_eq!(answer.expect("an answer").status(), 200, "{number}");
        held.push(sender);
    }
    let mut honest = site.connect(site.client()).await.expect("room is made");
    assert_eq!(ask(&mut honest, GET).await.expect("an answer").status, 200);
    let gone = async {
        while held.iter().filter(|sender| !sender.is_closed()).count() > 20 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    in_time("the oldest are closed", gone).await;
}

/// Connections that have a request under way are nobody's to close: then the new one is, and the log says so.
#[tokio::test(flavor = "multi_thread")]
async fn connections_in_use_are_never_closed_for_others() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt().with_ansi(false).with_writer(log.clone()).finish();
    // The process's: the listener works on threads of its own.
    tracing::subscriber::set_global_default(subscriber).expect("no other test of this binary logs for all");
    let (began, go_on) = (Arc::new(tokio::sync::Semaphore::new(0)), Arc::new(tokio::sync::Semaphore::new(0)));
    let (begins, waits) = (Arc::clone(&began), Arc::clone(&go_on));
    let slow = async move || {
        begins.add_permits(1);
        waits.acquire().await.expect("open").forget();
        "late"
    };
    let door = Door::open(hello().route("/slow", get(slow)), |listener| {
        listener.most_connections(3).most_connections_per_address(3)
    });
    let mut busy = Vec::new();
    for _ in 0..3 {
        let mut stream = door.connect().await;
        stream.write_all(b"GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("sent");
        busy.push(stream);
    }
    in_time("all are in use", began.acquire_many(3)).await.expect("open").forget();
    let mut fourth = door.connect().await;
    assert!(in_time("there is no room", is_closed(&mut fourth)).await);
    // All at once: which of the three began to wait first is not known.
    go_on.add_permits(3);
    for mut stream in busy {
        let mut text = String::new();
        in_time("its answer", async {
            while !text.ends_with("late") {
                let mut piece = [0; 512];
                let read = stream.read(&mut piece).await.expect("it stays");
                assert_ne!(read, 0, "it stays");
                text += &String::from_utf8_lossy(&piece[..read]);
            }
        })
        .await;
    }
    assert!(log.text().contains("connections are not taken") && log.text().contains("no room"), "{}", log.text());
    let mut fifth = door.connect().await;
    assert_eq!(ask(&mut fifth, GET).await.expect("room is made").status, 200);
}

/// Requests whose bodies are held back, as many as there may be and more: who sends a whole one is served.
#[tokio::test(flavor = "multi_thread")]
async fn who_holds_bodies_back_shuts_nobody_out() {
    let app = hello().route("/read", post(async |body: Bytes| body.len().to_string()));
    let door = Door::open(app, |listener| listener.most_connections(10).most_connections_per_address(10));
    let mut held = Vec::new();
    for _ in 0..30 {
        let mut stream = door.connect().await;
        let head = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx";
        stream.write_all(head.as_bytes()).await.expect("sent");
        held.push(stream);
        let mut honest = door.connect().await;
        let request = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(in_time("an answer", ask(&mut honest, request)).await.expect("room is made").body, "5");
    }
    // It may be told that its body broke off; then it is closed.
    let mut told = Vec::new();
    let _ = in_time("the oldest is closed", held[0].read_to_end(&mut told)).await;
}

/// One address has its part, and others have theirs.
#[tokio::test(flavor = "multi_thread")]
async fn one_address_has_its_part_of_the_connections() {
    let door = Door::open(hello(), |listener| listener.most_connections(100).most_connections_per_address(5));
    let mut mine = Vec::new();
    for _ in 0..5 {
        let mut stream = door.connect().await;
        ask(&mut stream, GET).await.expect("an answer");
        mine.push(stream);
    }
    // Loopback is a whole network: this comes from another address of it.
    let from = tokio::net::TcpSocket::new_v4().expect("a socket");
    from.bind("127.0.0.2:0".parse().expect("an address")).expect("bound");
    let mut other = from.connect(door.address).await.expect("it listens");
    assert_eq!(ask(&mut other, GET).await.expect("an answer").status, 200);
    for _ in 0..3 {
        let mut stream = door.connect().await;
        assert_eq!(ask(&mut stream, GET).await.expect("room is made").status, 200);
        mine.push(stream);
    }
    let mut closed = 0;
    for stream in mine.iter_mut().take(3) {
        closed += usize::from(in_time("the oldest of the address is closed", is_closed(stream)).await);
    }
    assert_eq!(closed, 3);
    assert_eq!(ask(&mut other, GET).await.expect("it stays").status, 200);
}

/// A body that does not come to an end breaks off in any route, one that asks for no session too.
#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_to_come_to_an_end() {
    let app = hello().route("/read", post(async |body: Bytes| body.len().to_string()));
    let door = Door::open(app, |listener| listener.body_timeout(Duration::from_millis(300)));
    const HEAD: &str = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n";
    let mut silent = door.connect().await;
    silent.write_all(HEAD.as_bytes()).await.expect("sent");
    let mut dripping = door.connect().await;
    dripping.write_all(HEAD.as_bytes()).await.expect("sent");
    let (mut reads, mut writes) = dripping.into_split();
    let drips = tokio::spawn(async move {
        while writes.write_all(b"x").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    for reader in [&mut silent as &mut (dyn tokio::io::AsyncRead + Unpin), &mut reads] {
        let mut text = Vec::new();
        let read = in_time("it breaks off", reader.read_to_end(&mut text)).await;
        let text = String::from_utf8_lossy(&text).into_owned();
        assert!(read.is_err() || text.starts_with("HTTP/1.1 400") || text.is_empty(), "{text}");
    }
    in_time("nothing more is taken", drips).await.expect("it ends");
    let mut whole = door.connect().await;
    let request = "POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello";
    assert_eq!(ask(&mut whole, request).await.expect("an answer").body, "5");
}

/// Also when the client answers every ping: what nobody uses is closed.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_closed_after_a_while() {
    let site = Site::serve_with(hello(), None, |listener| listener.idle_timeout(Duration::from_millis(300))).await;
    let mut config = site.client();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TokioIo::new(site.connect(config).await.expect("a connection"));
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.expect("HTTP/2");
    let ended = tokio::spawn(connection);
    let request = hyper::Request::get("https://localhost/").body(Empty::<Bytes>::new()).expect("a request");
    assert_eq!(sender.send_request(request).await.expect("an answer").status(), 200);
    let _ = in_time("it is closed", ended).await.expect("the task ends");
}

/// Over HTTP/1.1 too: for as long as a connection may be idle, its next request is answered, however soon the first had to come. A
/// proxy that keeps connections for a shorter time loses no request to one that is just being closed.
#[tokio::test(flavor = "multi_thread")]
async fn an_idle_connection_is_kept_for_as_long_as_it_may_be() {
    let door = Door::open(hello(), |listener| listener.first_request_timeout(Duration::from_millis(300)));
    let mut silent = door.connect().await;
    let mut kept = door.connect().await;
    assert_eq!(ask(&mut kept, GET).await.expect("an answer").status, 200);
    assert!(in_time("who never asks is closed", is_closed(&mut silent)).await);
    tokio::time::sleep(Duration::from_millis(900)).await;
    assert_eq!(ask(&mut kept, GET).await.expect("it was kept").status, 200);

    let door = Door::open(hello(), |listener| listener.idle_timeout(Duration::from_millis(300)));
    let mut idle = door.connect().await;
    assert_eq!(ask(&mut idle, GET).await.expect("an answer").status, 200);
    assert!(in_time("it is closed", is_closed(&mut idle)).await);
}

/// An answer that does not end: whatever a system keeps for a client that takes nothing, there is more.
struct Endless;

impl HttpBody for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(&[b'x'; 65_536])))))
    }
}

async fn endless() -> Response {
    Response::new(Body::new(Endless))
}

/// Waits until a new client is served.
async fn is_served(door: &Door) {
    let served = async {
        loop {
            let mut honest = door.connect().await;
            if ask(&mut honest, GET).await.is_ok_and(|answer| answer.status == 200) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    in_time("room is made", served).await;
}

/// Responses that no client reads, up to the connection limit.
#[tokio::test(flavor = "multi_thread")]
async fn who_takes_no_answer_shuts_nobody_out() {
    let app = hello().route("/much", get(endless));
    let door = Door::open(app, |listener| {
        listener.most_connections(3).most_connections_per_address(3).first_request_timeout(Duration::from_millis(300))
    });
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut stream = door.connect().await;
        stream.write_all(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("sent");
        // It has begun to be answered.
        assert_eq!(in_time("the beginning", stream.read(&mut [0; 1])).await.expect("an answer"), 1);
        held.push(stream);
    }
    is_served(&door).await;
    drop(held);
}

/// The same over HTTP/2, where a client need not let the server send anything.
#[tokio::test(flavor = "multi_thread")]
async fn who_grants_no_window_shuts_nobody_out() {
    let door = Door::open(hello(), |listener| {
        listener.most_connections(3).most_connections_per_address(3).first_request_timeout(Duration::from_millis(300))
    });
    let mut held = Vec::new();
    for _ in 0..3 {
        let mut client = http2::Builder::new(TokioExecutor::new());
        client.initial_stream_window_size(0).adaptive_window(false);
        let (mut sender, connection) =
            client.handshake(TokioIo::new(door.connect().await)).await.expect("HTTP/2 in plaintext");
        tokio::spawn(connection);
        let request = hyper::Request::get("http://localhost/").body(Empty::<Bytes>::new()).expect("a request");
        let answer = in_time("a head", sender.send_request(request)).await.expect("a head");
        assert_eq!(answer.status(), 200);
        held.push((sender, answer));
    }
    is_served(&door).await;
    drop(held);
}

/// What was closed to make room is gone, also when its client neither sends nor takes anything: there are never more descriptors in use
/// than there may be.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_closed_is_gone() {
    // It answers without reading what it was sent.
    let app = hello().route("/much", post(endless));
    let door = Door::open(app, |listener| {
        listener.most_connections(3).most_connections_per_address(3).first_request_timeout(Duration::from_millis(300))
    });
    let mut held = Vec::new();
    for _ in 0..12 {
        let mut stream = door.connect().await;
        let head = "POST /much HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx";
        stream.write_all(head.as_bytes()).await.expect("sent");
        let _ = in_time("an answer or an end", stream.read(&mut [0; 1])).await;
        held.push(stream);
    }
    is_served(&door).await;
    let gone = async {
        while door.handle.connections() > 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    in_time("no more are open than may be", gone).await;
    drop(held);
}

/// Too many cookies are for the service to refuse, in words: a browser whose every request is refused before that is locked out.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_head_reaches_whoever_can_say_what_to_do() {
    let length = async |headers: axum::http::HeaderMap| {
        let cookies = headers.get_all("cookie").iter().map(|cookie| cookie.len());
        cookies.sum::<usize>().to_string()
    };
    let site = Site::serve(Router::new().route("/", get(length)), None).await;
    let mut config = site.client();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TokioIo::new(site.connect(config).await.expect("a connection"));
    let (mut sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.expect("HTTP/2");
    tokio::spawn(connection);
    let mut request = hyper::Request::get("https://localhost/");
    for number in 0..10 {
        request = request.header("cookie", format!("c{number}={}", "x".repeat(4000)));
    }
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let answer = in_time("an answer", sender.send_request(request)).await.expect("an answer");
    assert_eq!(answer.status(), 200);
}

/// A client on a slow line reads a large response that was returned as a whole: the connection stays open as long as the client reads,
/// however soon an idle connection is closed.
#[tokio::test(flavor = "multi_thread")]
async fn who_takes_an_answer_slowly_has_it_whole() {
    const LENGTH: usize = 48 * 1024 * 1024;
    let app = Router::new().route("/much", get(async || vec![b'x'; LENGTH]));
    let door = Door::open(app, |listener| listener.idle_timeout(Duration::from_millis(300)));
    let mut slow = door.connect().await;
    slow.write_all(b"GET /much HTTP/1.1\r\nHost: localhost\r\n\r\n").await.expect("sent");
    let (mut taken, mut piece) = (0, vec![0; 128 * 1024]);
    while taken < LENGTH {
        let read = in_time("the next piece", slow.read(&mut piece)).await.expect("it stays");
        assert_ne!(read, 0, "cut off after {taken}");
        taken += read;
        // Three megabytes a second at most: longer than a connection has for closing.
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
}
