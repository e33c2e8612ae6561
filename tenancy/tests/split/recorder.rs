//! A service that writes down every byte that the gateway sends to it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// What came over one connection.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    pub(crate) head: String,
    /// As the head frames it: chunks are kept as they came.
    pub(crate) body: Vec<u8>,
    /// Whatever came after the one request.
    pub(crate) rest: Vec<u8>,
}

impl Seen {
    /// The values of a header, in order.
    pub(crate) fn header(&self, name: &str) -> Vec<&str> {
        let lines = self.head.split("\r\n").skip(1).filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value).collect()
    }
}

#[derive(Clone)]
pub(crate) struct Recorder {
    pub(crate) address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    answer: Arc<Mutex<Vec<u8>>>,
    open: Arc<AtomicUsize>,
}

impl Recorder {
    pub(crate) async fn start() -> Recorder {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nseen".to_vec();
        let recorder =
            Recorder { address, seen: Arc::default(), answer: Arc::new(Mutex::new(answer)), open: Arc::default() };
        let here = recorder.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                here.open.fetch_add(1, Ordering::SeqCst);
                let here = here.clone();
                tokio::spawn(async move {
                    let seen = here.record(stream).await;
                    here.seen.lock().unwrap().extend(seen);
                    here.open.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        recorder
    }

    /// What to answer from now on, byte for byte.
    pub(crate) fn answers(&self, bytes: &[u8]) {
        *self.answer.lock().unwrap() = bytes.to_vec();
    }

    /// What came since the last time, when every connection is over.
    pub(crate) async fn take(&self) -> Vec<Seen> {
        for _ in 0..2000 {
            if self.open.load(Ordering::SeqCst) == 0 {
                return std::mem::take(&mut *self.seen.lock().unwrap());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("a connection stays open");
    }

    async fn record(&self, mut stream: TcpStream) -> Option<Seen> {
        let mut bytes = Vec::new();
        let Some(end) = until(&mut stream, &mut bytes, |bytes| find(bytes, b"\r\n\r\n")).await else {
            let head = String::from_utf8_lossy(&bytes).into_owned();
            return (!head.is_empty()).then(|| Seen { head, ..Seen::default() });
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        bytes.drain(..end + 4);
        let mut seen = Seen { head, ..Seen::default() };
        let whole = match (seen.header("transfer-encoding").as_slice(), seen.header("content-length").as_slice()) {
            ([], [length]) => {
                let length: usize = length.parse().unwrap_or(0);
                until(&mut stream, &mut bytes, |bytes| (bytes.len() >= length).then_some(length)).await
            }
            (["chunked"], []) => until(&mut stream, &mut bytes, chunked).await,
            // Without a body, or framed in two ways: then all of it is surplus.
            _ => Some(0),
        };
        seen.body = bytes.drain(..whole.unwrap_or(bytes.len())).collect();
        seen.rest = bytes;
        let answer = self.answer.lock().unwrap().clone();
        let _ = stream.write_all(&answer).await;
        let _ = stream.shutdown().await;
        let _ = stream.read_to_end(&mut seen.rest).await;
        Some(seen)
    }
}

/// Where the last chunk ends.
fn chunked(bytes: &[u8]) -> Option<usize> {
    let at_once = bytes.starts_with(b"0\r\n\r\n").then_some(5);
    at_once.or_else(|| find(bytes, b"\r\n0\r\n\r\n").map(|at| at + 7))
}

async fn until(stream: &mut TcpStream, bytes: &mut Vec<u8>, end: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
    loop {
        if let Some(end) = end(bytes) {
            return Some(end);
        }
        if stream.read_buf(bytes).await.ok()? == 0 {
            return None;
        }
    }
}

fn find(bytes: &[u8], what: &[u8]) -> Option<usize> {
    bytes.windows(what.len()).position(|window| window == what)
}
