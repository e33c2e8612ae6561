//! A proxy between a client and its database server that counts round trips, and can hold the server's answers back.
//!
//! Answers are delayed, so that everything a client sends without having seen an answer arrives while it waits: a round
//! trip is counted when the client speaks again after an answer. No clock is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

pub struct Proxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    delay: Duration,
    trips: AtomicUsize,
    /// How many of the server's messages still pass; all of them when it is `usize::MAX`.
    pass: watch::Sender<usize>,
}

/// Which side spoke last on one connection.
#[derive(Default)]
struct Line {
    /// Answers that reached the client since it last spoke.
    answers: AtomicUsize,
}

impl Proxy {
    /// A proxy to the server that the URL names.
    pub async fn to(url: &str, delay: Duration) -> Proxy {
        let server = place(url).to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (pass, _) = watch::channel(usize::MAX);
        let shared = Arc::new(Shared { delay, trips: AtomicUsize::new(0), pass });
        let serving = Arc::clone(&shared);
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.expect("the server answers");
                for end in [&client, &server] {
                    end.set_nodelay(true).expect("no delay of the kernel's");
                }
                let line = Arc::new(Line::default());
                let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
                tokio::spawn(forward(from_client, to_server, Arc::clone(&serving), Arc::clone(&line)));
                tokio::spawn(answer(from_server, to_client, Arc::clone(&serving), line));
            }
        });
        Proxy { port, shared }
    }

    /// The URL that leads through the proxy.
    pub fn url(&self, url: &str) -> String {
        url.replacen(place(url), &format!("127.0.0.1:{}", self.port), 1)
    }

    /// How many round trips there were since the last question.
    pub fn trips(&self) -> usize {
        self.shared.trips.swap(0, Ordering::SeqCst)
    }

    /// Lets this many of the server's messages pass, then none.
    pub fn hold_after(&self, messages: usize) {
        self.shared.pass.send_replace(messages);
    }

    /// Whether everything passed that was let pass: something may be held back now.
    pub fn holds(&self) -> bool {
        *self.shared.pass.borrow() == 0
    }

    pub fn release(&self) {
        self.shared.pass.send_replace(usize::MAX);
    }
}

fn place(url: &str) -> &str {
    let rest = url.rsplit_once('@').expect("a URL with a password").1;
    rest.split_once('/').expect("a URL with a database").0
}

async fn forward(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: Arc<Shared>, line: Arc<Line>) {
    let mut first = true;
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if line.answers.swap(0, Ordering::SeqCst) > 0 || first {
            shared.trips.fetch_add(1, Ordering::SeqCst);
        }
        first = false;
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}

/// Hands over whole messages: a byte for the kind, four for the length, which counts itself.
async fn answer(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, shared: Arc<Shared>, line: Arc<Line>) {
    let mut waiting = Vec::new();
    let mut buffer = vec![0; 64 * 1024];
    let mut pass = shared.pass.subscribe();
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        waiting.extend_from_slice(&buffer[..read]);
        tokio::time::sleep(shared.delay).await;
        while let Some(length) = whole(&waiting) {
            if pass.wait_for(|left| *left > 0).await.is_err() {
                return;
            }
            shared.pass.send_modify(|left| *left = if *left == usize::MAX { *left } else { left.saturating_sub(1) });
            line.answers.fetch_add(1, Ordering::SeqCst);
            if to.write_all(&waiting[..length]).await.is_err() {
                return;
            }
            waiting.drain(..length);
        }
    }
    let _ = to.shutdown().await;
}

fn whole(bytes: &[u8]) -> Option<usize> {
    let length = u32::from_be_bytes(*bytes.get(1..)?.first_chunk()?) as usize + 1;
    (bytes.len() >= length).then_some(length)
}
