//! A signed-in browser: it sends requests without a pause, checks every response, and repeats a request only after `503` with
//! `Retry-After`.

use crate::world::{Load, SEEDS};
use fastrand::Rng;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;
use tenancy::OrgId;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// How it reaches the gateway.
#[derive(Clone)]
pub(crate) struct Way {
    pub(crate) address: SocketAddr,
    pub(crate) tls: TlsConnector,
}

impl Way {
    pub(crate) fn new(address: SocketAddr, config: ClientConfig) -> Self {
        Self { address, tls: TlsConnector::from(Arc::new(config)) }
    }

    pub(crate) async fn connect(&self) -> std::io::Result<TlsStream<TcpStream>> {
        let name = ServerName::try_from("localhost").expect("a name");
        self.tls.connect(name, TcpStream::connect(self.address).await?).await
    }
}

pub(crate) struct Browser {
    pub(crate) user: String,
    pub(crate) org: OrgId,
    /// `name=value`, as the header has it.
    pub(crate) cookie: String,
    pub(crate) form_token: String,
    pub(crate) way: Way,
    /// Of the session keys under which it has its id.
    pub(crate) generation: u64,
    /// The highest number that an answer has had.
    pub(crate) number: u64,
    pub(crate) open: Option<TlsStream<TcpStream>>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Answer {
    fn retry_after(&self) -> Option<u64> {
        self.head.lines().find_map(|line| line.strip_prefix("retry-after: ")?.parse().ok())
    }
}

impl Browser {
    /// Asks until the load is over. What went wrong, if anything did.
    pub(crate) async fn live(mut self, load: Arc<Load>) -> Result<(), String> {
        let mut dice = Rng::new();
        while !load.over.load(Ordering::SeqCst) {
            let turn = load.turns.acquire().await.map_err(|closed| closed.to_string())?;
            let done = self.turn(&load, &mut dice).await;
            drop(turn);
            if let Err(what) = done {
                let what = format!("{} of {}: {what}", self.user, self.org);
                load.fails(&what);
                return Err(what);
            }
        }
        Ok(())
    }

    async fn turn(&mut self, load: &Load, dice: &mut Rng) -> Result<(), String> {
        let generation = load.generation.load(Ordering::SeqCst);
        if self.generation < generation {
            self.renew(load).await?;
            self.generation = generation;
            load.renewed.fetch_add(1, Ordering::SeqCst);
            return Ok(());
        }
        // At any time, and often while some processes have the next session key in use and others do not: whichever is
        // asked next has to know the new id.
        let seldom = if load.rolling.load(Ordering::SeqCst) { 4 } else { 64 };
        if dice.u8(..seldom) == 0 {
            self.renew(load).await?;
        }
        let path = if dice.bool() { "/ledger" } else { "/own/ledger" };
        let number = if dice.u8(..5) == 0 {
            let number = self.good(load, "POST", path, &self.org.to_string()).await?.body;
            load.written.fetch_add(1, Ordering::SeqCst);
            number
        } else {
            let listed = self.good(load, "GET", path, "").await?.body;
            self.own_rows(&listed)?
        };
        self.follows(&number, load)?;
        load.served.fetch_add(1, Ordering::SeqCst);
        // Connections stay for a while; there are new ones all the time.
        if dice.u8(..16) == 0 {
            self.open = None;
        }
        Ok(())
    }

    /// The number in an answer whose rows are all of the own organization.
    fn own_rows(&self, listed: &str) -> Result<String, String> {
        let mut lines = listed.lines();
        let number = lines.next().unwrap_or_default().to_owned();
        let own = format!("{0} {0}", self.org);
        let mut rows = 0;
        for line in lines {
            if line != own {
                return Err(format!("a row of another organization: {line}"));
            }
            rows += 1;
        }
        // Of both walls and of wall two alone, the seeds at the least.
        if rows < 2 * SEEDS { Err(format!("{rows} rows")) } else { Ok(number) }
    }

    /// A secret that was read anew is never followed by an older one.
    fn follows(&mut self, number: &str, load: &Load) -> Result<(), String> {
        let number: u64 = number.parse().map_err(|_| format!("no number: {number}"))?;
        if number < self.number {
            return Err(format!("an old secret: {number} after {}", self.number));
        }
        self.number = number;
        load.number.fetch_max(number, Ordering::SeqCst);
        Ok(())
    }

    /// The tokens of the provider are still there, and are sealed anew; then the session gets a new id.
    async fn renew(&mut self, load: &Load) -> Result<(), String> {
        let tokens = self.good(load, "POST", "/refresh", "").await?.body;
        if tokens != format!("refresh-{0} id-{0}", self.user) {
            return Err(format!("other tokens: {tokens}"));
        }
        let renewed = self.good(load, "POST", "/renew", "").await?;
        let cookie = renewed.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = cookie.and_then(|cookie| cookie.split(';').next()).ok_or("no new id")?;
        (self.cookie, self.form_token) = (cookie.to_owned(), renewed.body);
        load.served.fetch_add(2, Ordering::SeqCst);
        Ok(())
    }

    async fn good(&mut self, load: &Load, method: &str, path: &str, body: &str) -> Result<Answer, String> {
        let answer =
            self.answered(load, method, path, body).await.map_err(|error| format!("{method} {path}: {error}"))?;
        if answer.status == 200 { Ok(answer) } else { Err(format!("{method} {path}: {answer:?}")) }
    }

    /// An answer. Where there was no connection to a database, nothing was done and the answer says when to come again: then it
    /// does, as any client would.
    pub(crate) async fn answered(
        &mut self,
        load: &Load,
        method: &str,
        path: &str,
        body: &str,
    ) -> std::io::Result<Answer> {
        loop {
            let answer = self.ask(method, path, body).await?;
            let Some(seconds) = answer.retry_after().filter(|_| answer.status == 503) else { return Ok(answer) };
            load.busy.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_secs(seconds)).await;
        }
    }

    /// The certificate of the connection that is open.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        let stream = self.open.as_ref().expect("it is open");
        stream.get_ref().1.peer_certificates().expect("it has one")[0].to_vec()
    }

    /// One request, on the connection that is open or on a new one, and never a second time: whatever ends a connection before its
    /// answer is a failure. The listener keeps connections for longer than the test is patient.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> std::io::Result<Answer> {
        let mut stream = match self.open.take() {
            Some(stream) => stream,
            None => self.way.connect().await?,
        };
        let proof = match method {
            "GET" => String::new(),
            _ => {
                let proof = &self.form_token;
                format!("Origin: https://billing.test\r\nSec-Fetch-Site: same-origin\r\nX-CSRF-Token: {proof}\r\n")
            }
        };
        let head = format!("{method} {path} HTTP/1.1\r\nHost: billing.test\r\nCookie: {}\r\n{proof}", self.cookie);
        let request = format!("{head}Content-Type: text/plain\r\nContent-Length: {}\r\n\r\n{body}", body.len());
        stream.write_all(request.as_bytes()).await?;
        stream.flush().await?;
        let answer = read(&mut stream).await?;
        self.open = Some(stream);
        Ok(answer)
    }
}

async fn read(stream: &mut TlsStream<TcpStream>) -> std::io::Result<Answer> {
    let mut bytes = Vec::with_capacity(2048);
    loop {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let nonsense = || std::io::Error::other(format!("no answer: {head}"));
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).ok_or_else(nonsense)?;
        if body.len() >= length.parse().map_err(|_| nonsense())? {
            let status = head.get(9..12).and_then(|status| status.parse().ok()).ok_or_else(nonsense)?;
            return Ok(Answer { status, head: head.to_owned(), body: body.to_owned() });
        }
    }
}
