//! A wire between gateway and service that somebody listens in to.

use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What went to a service, byte for byte, each connection apart.
pub(crate) struct Tap {
    pub(crate) url: String,
    seen: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Tap {
    /// In front of `http://HOST:PORT`.
    pub(crate) async fn before(service: &str) -> Tap {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("bound"));
        let (seen, to) = (Arc::<Mutex<Vec<Vec<u8>>>>::default(), place(service).to_owned());
        let all = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((gateway, _)) = listener.accept().await {
                let service = TcpStream::connect(&to).await.expect("the service");
                tokio::spawn(pass(gateway, service, Arc::clone(&all)));
            }
        });
        Tap { url, seen }
    }

    /// The last request that begins like this, whole.
    pub(crate) fn last(&self, beginning: &str) -> Vec<u8> {
        let seen = self.seen.lock().expect("not poisoned");
        let found = seen.iter().rev().find_map(|said| {
            let text = String::from_utf8_lossy(said);
            let request = &text[text.rfind(beginning)?..];
            let (head, body) = request.split_once("\r\n\r\n")?;
            Some(format!("{head}\r\n\r\n{}", &body[..length(head).unwrap_or(0)]).into_bytes())
        });
        found.unwrap_or_else(|| panic!("no {beginning} went by"))
    }
}

fn place(url: &str) -> &str {
    url.split_once("://").map_or(url, |(_, place)| place)
}

async fn pass(gateway: TcpStream, service: TcpStream, all: Arc<Mutex<Vec<Vec<u8>>>>) {
    let number = {
        let mut all = all.lock().expect("not poisoned");
        all.push(Vec::new());
        all.len() - 1
    };
    let ((mut asks, mut hears), (mut answers, mut takes)) = (gateway.into_split(), service.into_split());
    tokio::spawn(async move { tokio::io::copy(&mut answers, &mut hears).await });
    let mut bytes = [0; 4096];
    while let Ok(length @ 1..) = asks.read(&mut bytes).await {
        all.lock().expect("not poisoned")[number].extend_from_slice(&bytes[..length]);
        if takes.write_all(&bytes[..length]).await.is_err() {
            return;
        }
    }
}

/// Sends these bytes to a service on a connection of its own: the status of the answer, and all of it.
pub(crate) async fn send(service: &str, request: &[u8]) -> (u16, String) {
    let mut stream = TcpStream::connect(place(service)).await.expect("the service");
    stream.write_all(request).await.expect("sent");
    let mut answer = Vec::new();
    let wait = std::time::Duration::from_secs(5);
    while !is_whole(&answer) && matches!(tokio::time::timeout(wait, stream.read_buf(&mut answer)).await, Ok(Ok(1..))) {}
    let text = String::from_utf8_lossy(&answer).into_owned();
    (text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), text)
}

fn is_whole(answer: &[u8]) -> bool {
    let text = String::from_utf8_lossy(answer);
    text.split_once("\r\n\r\n").is_some_and(|(head, body)| length(head).is_some_and(|length| body.len() >= length))
}

/// How long the body is, if its head says so.
fn length(head: &str) -> Option<usize> {
    head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok())
}
