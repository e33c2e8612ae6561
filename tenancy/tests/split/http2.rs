//! What a browser may try at the gateway over HTTP/2, where a header may hold any byte, so that the service behind it, which
//! is asked over HTTP/1.1, hears something else.

use crate::split::frames::{End, Fields, Frames};
use crate::split::recorder::Recorder;
use crate::split::world::{ACME, World};
use crate::tls::site::Site;
use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tenancy_gateway::split::Upstream;
use tenancy_service::RejectionReason;

/// The gateway behind the TLS listener, and a service that writes down what it is sent.
struct Edge {
    world: World,
    site: Site,
    recorder: Recorder,
}

/// A browser's cookie and form token.
struct Signed {
    cookie: String,
    token: String,
}

impl Edge {
    async fn new() -> Edge {
        let recorder = Recorder::start().await;
        let address = format!("http://{}", recorder.address);
        let world = World::with(|keys| keys, |_| Upstream::new("billing", &address).unwrap()).await;
        let site = Site::serve(world.router.clone(), None).await;
        Edge { world, site, recorder }
    }

    async fn signed(&self, name: &str) -> Signed {
        signed(&self.world, name).await
    }

    /// One request on a connection of its own.
    async fn ask(&self, fields: Fields<'_>, body: Option<&[u8]>, trailers: Fields<'_>) -> End {
        Frames::connect(self.site.address, self.site.client()).await.ask(fields, body, trailers).await
    }

    /// A refusal, of the request, its stream or its connection, and nothing reaches the service.
    async fn refuses(&self, why: &str, fields: Fields<'_>, body: Option<&[u8]>, trailers: Fields<'_>) -> End {
        let end = self.ask(fields, body, trailers).await;
        assert!(end.status().is_none_or(|status| status >= 400), "{why}: {end:?}");
        let seen = self.recorder.take().await;
        assert!(seen.is_empty(), "{why}: {seen:?}");
        end
    }
}

async fn signed(world: &World, name: &str) -> Signed {
    let headers = world.cookie(name).await;
    let value = |header: &str| {
        let line = headers.lines().find_map(|line| line.strip_prefix(header)).unwrap();
        line.trim().to_owned()
    };
    Signed { cookie: value("Cookie:"), token: value("X-CSRF-Token:") }
}

/// A request that is good, with these fields in place of those of the same name and behind them.
fn with<'a>(method: &'a str, signed: &'a Signed, changed: &[(&'a [u8], &'a [u8])]) -> Vec<(&'a [u8], &'a [u8])> {
    let good: [(&str, &str); 7] = [
        (":method", method),
        (":scheme", "https"),
        (":authority", "billing.test"),
        (":path", "/invoices"),
        ("origin", "https://billing.test"),
        ("cookie", &signed.cookie),
        ("x-csrf-token", &signed.token),
    ];
    let pseudo = |name: &[u8]| name.starts_with(b":");
    let good = good.into_iter().map(|(name, value)| (name.as_bytes(), value.as_bytes()));
    let kept = good.filter(|(name, _)| !pseudo(name) || changed.iter().all(|(other, _)| other != name));
    let (before, after): (Vec<_>, Vec<_>) = kept.partition(|(name, _)| pseudo(name));
    let (first, last): (Vec<_>, Vec<_>) = changed.iter().copied().partition(|(name, _)| pseudo(name));
    [before, first, after, last].concat()
}

/// As browsers connect.
async fn connect(site: &Site) -> http2::SendRequest<Full<Bytes>> {
    let mut config = site.client();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TokioIo::new(site.connect(config).await.unwrap());
    let (sender, connection) = http2::handshake(TokioExecutor::new(), stream).await.unwrap();
    tokio::spawn(connection);
    sender
}

/// The way that works: two organizations on one connection each, reading and changing, over the library that browsers' are like.
#[tokio::test(flavor = "multi_thread")]
async fn each_member_reaches_its_own_organization_over_http2() {
    let world = World::new().await;
    let site = Site::serve(world.router.clone(), None).await;
    for (name, first) in [("alice", "acme-1"), ("bob", "bravo-1")] {
        let signed = signed(&world, name).await;
        let mut sender = connect(&site).await;
        for (method, body, answer) in
            [("GET", "", first), ("POST", "new", "created"), ("GET", "", &*format!("{first},new"))]
        {
            let request = hyper::Request::builder()
                .method(method)
                .uri("https://billing.test/invoices")
                .header("cookie", &signed.cookie)
                .header("origin", "https://billing.test")
                .header("x-csrf-token", &signed.token)
                .body(Full::new(Bytes::from(body.to_owned())))
                .unwrap();
            let got = sender.send_request(request).await.unwrap();
            assert_eq!(got.headers()["strict-transport-security"], "max-age=31536000");
            assert_eq!(got.headers()["cache-control"], "no-store");
            assert!(!got.headers().contains_key("tenancy-grant"));
            assert_eq!(got.status(), 200, "{name} {method}");
            assert_eq!(got.into_body().collect().await.unwrap().to_bytes(), answer, "{name} {method}");
        }
    }
    assert_eq!(world.wire.grants.lock().unwrap().len(), 6);
}

/// The same by hand, so that what the other tests send is refused for what it says.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_by_hand_works_too() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let mut frames = Frames::connect(edge.site.address, edge.site.client()).await;
    let reads = with("GET", &alice, &[]);
    assert_eq!(frames.ask(&reads, None, &[]).await, End::Answered(200, "seen".to_owned()));
    let changes = with("POST", &alice, &[(b"content-length", b"7"), (b"te", b"trailers"), (b"x-note", b"a\tb")]);
    assert_eq!(frames.ask(&changes, Some(b"invoice"), &[]).await, End::Answered(200, "seen".to_owned()));
    let nobody = [reads[0], reads[1], reads[2], reads[3]];
    assert_eq!(frames.ask(&nobody, None, &[]).await.status(), Some(401));
    let seen = edge.recorder.take().await;
    let bodies: Vec<_> = seen.iter().map(|one| (&*one.body, &*one.rest)).collect();
    assert_eq!(bodies, [(&b""[..], &b""[..]), (b"invoice", b"")]);
    assert_eq!((seen[1].header("te"), seen[1].header("x-note")), (vec![], vec!["a\tb"]));
    assert!(seen.iter().all(|one| one.header("host") == ["billing.test"] && one.header("cookie").is_empty()));
}

/// Browsers send each cookie in a field of its own. A session that is there twice is refused all the same.
#[tokio::test(flavor = "multi_thread")]
async fn cookies_may_come_in_crumbs_and_a_session_once() {
    let edge = Edge::new().await;
    let (alice, bob) = (edge.signed("alice").await, edge.signed("bob").await);
    let crumbs = with("GET", &alice, &[(b"cookie", b"theme=dark"), (b"cookie", b"a=b")]);
    assert_eq!(edge.ask(&crumbs, None, &[]).await.status(), Some(200));
    assert_eq!(edge.recorder.take().await.len(), 1);
    let twice = with("GET", &alice, &[(b"cookie", bob.cookie.as_bytes())]);
    assert_eq!(edge.refuses("two sessions", &twice, None, &[]).await.status(), Some(400));
}

/// 4.2.3: what speaks of a connection has no place in HTTP/2, and would be a second framing behind the gateway.
#[tokio::test(flavor = "multi_thread")]
async fn connection_headers_are_refused() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let fields: [(&[u8], &[u8]); 8] = [
        (b"connection", b"close"),
        (b"connection", b"cookie"),
        (b"keep-alive", b"timeout=5"),
        (b"proxy-connection", b"keep-alive"),
        (b"transfer-encoding", b"chunked"),
        (b"transfer-encoding", b"identity"),
        (b"upgrade", b"websocket"),
        (b"te", b"gzip"),
    ];
    for field in fields {
        for method in ["GET", "POST"] {
            let body = (method == "POST").then_some(&b"0\r\n\r\nGET /plant HTTP/1.1\r\n\r\n"[..]);
            edge.refuses(&format!("{field:?}"), &with(method, &alice, &[field]), body, &[]).await;
        }
    }
}

/// 4.2.3, in the other direction: neither what a service says of its connection nor what a handler does.
#[tokio::test(flavor = "multi_thread")]
async fn no_connection_header_is_sent() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let said = "Connection: close, x-hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Connection: close\r\nTE: gzip\r\n\
                Upgrade: h2c\r\nTransfer-Encoding: chunked\r\n";
    edge.recorder.answers(format!("HTTP/1.1 200 OK\r\n{said}\r\n4\r\nseen\r\n0\r\n\r\n").as_bytes());
    let own =
        [("connection", "close"), ("keep-alive", "timeout=5"), ("upgrade", "h2c"), ("transfer-encoding", "chunked")];
    let handler = Site::serve(Router::new().route("/invoices", get(async move || (own, "seen"))), None).await;
    for site in [&edge.site, &handler] {
        let mut sender = connect(site).await;
        let request = hyper::Request::get("https://billing.test/invoices").header("cookie", &alice.cookie);
        let got = sender.send_request(request.body(Full::default()).unwrap()).await.unwrap();
        for name in ["connection", "x-hop", "keep-alive", "proxy-connection", "te", "upgrade", "transfer-encoding"] {
            assert!(!got.headers().contains_key(name), "{name}: {:?}", got.headers());
        }
        assert_eq!(got.into_body().collect().await.unwrap().to_bytes(), "seen");
    }
}

/// 4.2.4: no line ends inside a name or a value; nor any other byte that a reader of HTTP/1.1 takes for one.
#[tokio::test(flavor = "multi_thread")]
async fn line_ends_never_reach_the_service() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    for end in ["\r\n", "\n", "\r", "\0", "\r\n\r\n"] {
        let smuggled = format!("x{end}tenancy-grant: smuggled{end}{end}GET /plant HTTP/1.1{end}");
        let smuggled = smuggled.as_bytes();
        for name in ["x-note", "accept", "host", "cookie", "content-type", "te", "content-length", "tenancy"] {
            let fields = with("POST", &alice, &[(name.as_bytes(), smuggled)]);
            edge.refuses(&format!("{name} {end:?}"), &fields, Some(b"body"), &[]).await;
        }
        edge.refuses("in a name", &with("GET", &alice, &[(smuggled, b"x")]), None, &[]).await;
        for pseudo in [":method", ":path", ":authority", ":scheme"] {
            let value = format!("{}{end}smuggled: 1", if pseudo == ":path" { "/invoices" } else { "GET" });
            let fields = with("GET", &alice, &[(pseudo.as_bytes(), value.as_bytes())]);
            edge.refuses(&format!("{pseudo} {end:?}"), &fields, None, &[]).await;
        }
    }
}

/// Names in upper case, with blanks and colons, and none.
#[tokio::test(flavor = "multi_thread")]
async fn names_that_are_none_are_refused() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let names: [&[u8]; 11] = [
        b"X-Note",
        b"Cookie",
        b"Tenancy-Grant",
        b"x note",
        b"x-note ",
        b" x-note",
        b"x-note:",
        b"tenancy-grant: x",
        b"",
        b":grant",
        b"x-n\xf6te",
    ];
    for name in names {
        let why = String::from_utf8_lossy(name).into_owned();
        edge.refuses(&why, &with("GET", &alice, &[(name, b"x")]), None, &[]).await;
    }
    for name in [&b"tenancy-grant"[..], b"tenancy_grant", b"tenancy.org"] {
        let end = edge.refuses("ours", &with("GET", &alice, &[(name, b"x")]), None, &[]).await;
        assert_eq!(end.status(), Some(400));
    }
    let behind = [&with("GET", &alice, &[])[..], &[(&b":path"[..], &b"/plant"[..])]].concat();
    edge.refuses("a pseudo-header behind others", &behind, None, &[]).await;
    edge.refuses("one of an answer", &with("GET", &alice, &[(b":status", b"200")]), None, &[]).await;
}

/// One host, whether the pseudo-header says it or a header, and the same in both.
#[tokio::test(flavor = "multi_thread")]
async fn the_host_is_named_once_and_alike() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let refused: [Fields<'_>; 9] = [
        &[(b"host", b"evil.test")],
        &[(b":authority", b"evil.test"), (b"host", b"billing.test")],
        &[(b":authority", b"evil.test")],
        &[(b"host", b"billing.test"), (b"host", b"billing.test")],
        &[(b"host", b"billing.test"), (b"host", b"evil.test")],
        &[(b":authority", b"billing.test"), (b":authority", b"evil.test")],
        &[(b":authority", b"user@billing.test")],
        &[(b":authority", b"billing.test/invoices")],
        &[(b":authority", b"")],
    ];
    for fields in refused {
        edge.refuses(&format!("{fields:?}"), &with("GET", &alice, fields), None, &[]).await;
    }
    let same = with("GET", &alice, &[(b"host", b"billing.test")]);
    assert_eq!(edge.ask(&same, None, &[]).await.status(), Some(200));
    let seen = edge.recorder.take().await;
    assert_eq!((seen.len(), seen[0].header("host")), (1, vec!["billing.test"]));
}

/// A path is one, and the method is one that has a path.
#[tokio::test(flavor = "multi_thread")]
async fn strange_targets_are_refused_over_http2() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let paths: [&[u8]; 13] = [
        b"",
        b"*",
        b"invoices",
        b"//evil.test/invoices",
        b"https://evil.test/invoices",
        b"https://billing.test/invoices",
        b"billing.test:443",
        b"/invoices HTTP/1.1",
        b"/public/../invoices",
        b"/public/%2e%2e/invoices",
        b"/public/%0d%0ax",
        b"/inv\x7foices",
        b"/inv\xc3\xb6ices\t",
    ];
    for path in paths {
        edge.refuses(&format!("{path:?}"), &with("GET", &alice, &[(b":path", path)]), None, &[]).await;
    }
    let two = with("GET", &alice, &[(b":path", b"/invoices"), (b":path", b"/plant")]);
    edge.refuses("two paths", &two, None, &[]).await;
    let good = with("GET", &alice, &[]);
    for missing in 0..4 {
        let fields: Vec<_> =
            good.iter().enumerate().filter(|(at, _)| *at != missing).map(|(_, field)| *field).collect();
        edge.refuses(&format!("without {:?}", good[missing].0), &fields, None, &[]).await;
    }
    for method in ["CONNECT", "TRACE", "GET /x", "", "G\u{e4}T"] {
        edge.refuses(method, &with(method, &alice, &[]), None, &[]).await;
    }
    let tunnel: [(&[u8], &[u8]); 3] =
        [(b":method", b"CONNECT"), (b":authority", b"billing.test"), (b"cookie", alice.cookie.as_bytes())];
    edge.refuses("a tunnel", &tunnel, None, &[]).await;
    edge.refuses("an extended one", &with("CONNECT", &alice, &[(b":protocol", b"websocket")]), None, &[]).await;
}

/// 4.2.1: frames say where a message ends, and a length that says otherwise ends the request.
#[tokio::test(flavor = "multi_thread")]
async fn a_length_that_lies_ends_the_request() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let body = b"0\r\n\r\nGET /plant HTTP/1.1\r\nHost: billing.test\r\n\r\n";
    let longer = (body.len() + 1).to_string();
    let refused: [Fields<'_>; 8] = [
        &[(b"content-length", b"0")],
        &[(b"content-length", b"5")],
        &[(b"content-length", longer.as_bytes())],
        &[(b"content-length", b"5"), (b"content-length", b"48")],
        &[(b"content-length", b"+48")],
        &[(b"content-length", b"48, 48")],
        &[(b"content-length", b"0x30")],
        &[(b"content-length", b"")],
    ];
    for fields in refused {
        for path in [&b"/invoices"[..], b"/o/acme/invoices"] {
            let fields = [fields, &[(&b":path"[..], path)]].concat();
            edge.refuses(&format!("{fields:?}"), &with("POST", &alice, &fields), Some(body), &[]).await;
        }
    }
    edge.refuses("without a body", &with("POST", &alice, &[(b"content-length", b"5")]), None, &[]).await;
    // Streamed, the head has gone before the lie is known: the service then sees a body without an end.
    for length in ["5", &longer] {
        let fields = with("POST", &alice, &[(b":path", b"/upload"), (b"content-length", length.as_bytes())]);
        let end = edge.ask(&fields, Some(body), &[]).await;
        assert!(end.status() != Some(200), "{length}: {end:?}");
        for seen in edge.recorder.take().await {
            assert!(!seen.body.ends_with(b"0\r\n\r\n") && seen.rest.is_empty(), "{length}: {seen:?}");
        }
    }
}

/// Trailers are headers that nobody looked at, here too.
#[tokio::test(flavor = "multi_thread")]
async fn trailers_do_not_pass_over_http2() {
    let edge = Edge::new().await;
    let alice = edge.signed("alice").await;
    let org = ACME.to_string();
    let trailers: Fields<'_> = &[(b"tenancy-grant", b"smuggled"), (b"x-org-id", org.as_bytes())];
    for path in ["/invoices", "/upload"] {
        let fields = with("POST", &alice, &[(b":path", path.as_bytes())]);
        assert_eq!(edge.ask(&fields, Some(b"abc"), trailers).await.status(), Some(200), "{path}");
        let seen = edge.recorder.take().await;
        let whole = format!("{}{}", seen[0].head, String::from_utf8_lossy(&seen[0].body));
        assert!(!whole.contains("smuggled") && !whole.contains(&org) && seen[0].rest.is_empty(), "{whole}");
    }
    let fields = with("POST", &alice, &[]);
    edge.refuses("line ends", &fields, Some(b"abc"), &[(b"x", b"a\r\nsmuggled: 1")]).await;
    // A pseudo-header there should be refused; it is not heard.
    edge.ask(&fields, Some(b"abc"), &[(b":path", b"/plant")]).await;
    let seen = edge.recorder.take().await;
    assert!(seen.iter().all(|one| one.head.starts_with("POST /invoices ") && one.rest.is_empty()), "{seen:?}");
    assert_eq!(edge.world.gateway.refused(RejectionReason::Upstream), 0);
}
