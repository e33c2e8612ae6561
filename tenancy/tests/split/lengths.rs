//! 4.2.2: what is sent on is as long as it says, in one way of saying it.

use crate::split::recorder::{Recorder, Seen};
use crate::split::world::{World, raw};
use tenancy_gateway::split::Upstream;

async fn edge() -> (World, Recorder, String) {
    let recorder = Recorder::start().await;
    let address = format!("http://{}", recorder.address);
    let world = World::with(|keys| keys, |_| Upstream::new("billing", &address).unwrap()).await;
    let alice = world.cookie("alice").await;
    (world, recorder, format!("Host: billing.test\r\nOrigin: https://billing.test\r\n{alice}Connection: close\r\n"))
}

/// The data of a body, however it is framed; it must be framed in one way.
fn data(seen: &Seen) -> String {
    let framings = (seen.header("content-length"), seen.header("transfer-encoding"));
    assert!(seen.rest.is_empty(), "{seen:?}");
    let mut body = std::str::from_utf8(&seen.body).unwrap();
    match (framings.0.as_slice(), framings.1.as_slice()) {
        ([], []) => String::new(),
        ([length], []) => {
            assert_eq!(length.parse(), Ok(body.len()));
            body.to_owned()
        }
        ([], ["chunked"]) => {
            let mut data = String::new();
            while let Some((size, rest)) = body.split_once("\r\n") {
                let size = usize::from_str_radix(size, 16).unwrap();
                data.push_str(&rest[..size]);
                body = &rest[size + 2..];
            }
            data
        }
        framings => panic!("{framings:?}"),
    }
}

/// Towards the service: whole and streamed, with a length and in chunks, empty and without a body.
#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_as_long_as_it_says() {
    let (world, recorder, head) = edge().await;
    let framings = [
        ("Content-Length: 7\r\n\r\ninvoice", "invoice"),
        ("Transfer-Encoding: chunked\r\n\r\n3\r\ninv\r\n4;x=y\r\noice\r\n0\r\n\r\n", "invoice"),
        ("Content-Length: 0\r\n\r\n", ""),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        ("\r\n", ""),
    ];
    for path in ["/invoices", "/upload"] {
        for method in ["POST", "PUT", "PATCH", "DELETE", "GET", "HEAD"] {
            for (framing, sent) in framings {
                let request = format!("{method} {path} HTTP/1.1\r\n{head}{framing}");
                let answer = raw(world.front, request.as_bytes()).await;
                assert_eq!(answer.status, 200, "{method} {path} {framing:?}: {answer:?}");
                let seen = recorder.take().await;
                assert_eq!(seen.len(), 1, "{method} {path} {framing:?}: {seen:?}");
                // Streamed, what cannot have a body loses it on the way.
                let lost = path == "/upload" && matches!(method, "GET" | "HEAD");
                assert_eq!(data(&seen[0]), if lost { "" } else { sent }, "{method} {path} {framing:?}");
            }
        }
    }
}

/// Towards the browser: whatever the service says, the answer is framed once and ends where it says, or breaks off.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_as_long_as_it_says() {
    let (world, recorder, head) = edge().await;
    let hidden = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted";
    let answers = [
        ("GET", "200 OK\r\nContent-Length: 4\r\n\r\nseen".to_owned(), Some("seen")),
        ("GET", "200 OK\r\n\r\nseen".to_owned(), Some("seen")),
        ("GET", "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nseen\r\n0\r\n\r\n".to_owned(), Some("seen")),
        ("HEAD", "200 OK\r\nContent-Length: 4\r\n\r\n".to_owned(), Some("")),
        ("HEAD", format!("200 OK\r\nContent-Length: 4\r\n\r\n{hidden}"), Some("")),
        ("GET", format!("204 No Content\r\n\r\n{hidden}"), Some("")),
        ("GET", format!("304 Not Modified\r\nContent-Length: 4\r\n\r\n{hidden}"), Some("")),
        ("GET", format!("200 OK\r\nContent-Length: 4\r\n\r\nseen{hidden}"), Some("seen")),
        // Two lengths, two framings, none that can be read.
        ("GET", format!("200 OK\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nseen{hidden}"), None),
        ("GET", format!("200 OK\r\nContent-Length: x\r\n\r\nseen{hidden}"), None),
        ("GET", "200 OK\r\nContent-Length: 40\r\n\r\nseen".to_owned(), None),
        ("GET", "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\nseen".to_owned(), None),
        (
            "GET",
            format!("200 OK\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nseen\r\n0\r\n\r\n{hidden}"),
            Some("seen"),
        ),
    ];
    for (method, said, body) in answers {
        recorder.answers(format!("HTTP/1.1 {said}").as_bytes());
        let answer = raw(world.front, format!("{method} /invoices HTTP/1.1\r\n{head}\r\n").as_bytes()).await;
        recorder.take().await;
        let lower = answer.head.to_ascii_lowercase();
        let lengths: Vec<_> = lower.lines().filter_map(|line| line.strip_prefix("content-length: ")).collect();
        let chunked = lower.contains("transfer-encoding");
        assert!(lengths.len() + usize::from(chunked) <= 1, "{said:?}: {answer:?}");
        assert!(!answer.body.contains("planted"), "{said:?}: {answer:?}");
        match body {
            Some(body) => {
                assert_eq!(answer.body, body, "{said:?}: {}", answer.head);
                let said_length = lengths.first().map(|length| length.parse::<usize>().unwrap());
                assert!(
                    said_length.is_none_or(|length| method == "HEAD" || length == body.len()),
                    "{said:?}: {answer:?}"
                );
            }
            None => {
                let broken = lengths.first().is_some_and(|length| length.parse() != Ok(answer.body.len()));
                // `raw` takes chunks apart as far as they go.
                assert!(answer.status == 502 || broken || chunked, "{said:?}: {answer:?}");
            }
        }
    }
}

/// A second answer behind the first, on a connection that is kept: the next request, somebody else's, does not get it.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_nobody_asked_for_is_nobodys() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut read = vec![0; 16 * 1024];
                while stream.read(&mut read).await.is_ok_and(|length| length > 0) {
                    let answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nseen";
                    let planted = "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nplanted";
                    let _ = stream.write_all(format!("{answer}{planted}").as_bytes()).await;
                }
            });
        }
    });
    let world = World::with(|keys| keys, |_| Upstream::new("billing", &format!("http://{at}")).unwrap()).await;
    let (alice, bob) = (world.cookie("alice").await, world.cookie("bob").await);
    for _ in 0..30 {
        for cookie in [&alice, &bob] {
            world.ask("GET", "/invoices", cookie, "").await.is(200, "seen");
        }
    }
}
