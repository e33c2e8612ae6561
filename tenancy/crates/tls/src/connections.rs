//! How many connections are open, whose they are, and which of them are not in use.
//!
//! A process has so many descriptors and no more. A client that opens connections and leaves them would shut all others out: so
//! there is an end to them, in all and for one address, those that wait for nothing are closed after a while, and where there
//! is no room the one that has waited longest makes it.

use super::connection::{Connection, locked};
use super::under_way::{Answering, Arriving, Busy};
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use axum_server::ConnectionShutdown;
use axum_server::accept::Accept;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How long a connection that was asked to close may take for it.
pub(super) const GRACE: Duration = Duration::from_secs(10);

/// What a listener was configured with for its connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) all: usize,
    pub(super) of_one: usize,
    pub(super) idle: Duration,
    /// How long a client may take for a handshake and for a first request, and where there is no room, for the next piece of an
    /// answer.
    pub(super) patience: Duration,
}

impl Limits {
    /// Three quarters of the descriptors that the process may have, and half of those for one address.
    pub(super) fn of_the_process() -> Self {
        let all = (descriptors() / 4 * 3).clamp(16, 65_536);
        Self { all, of_one: all / 2, idle: Duration::from_secs(60), patience: Duration::from_secs(10) }
    }
}

/// How many descriptors the process may have; what every system allows, where it does not say.
fn descriptors() -> usize {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let soft = line.and_then(|line| line.split_whitespace().next());
    match soft {
        Some("unlimited") => usize::MAX,
        soft => soft.and_then(|soft| soft.parse().ok()).unwrap_or(256),
    }
}

/// Where a client is, as far as limits tell clients apart: a client with IPv6 has a whole network of addresses.
fn whose(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

/// The connections of a listener.
pub(super) struct Connections {
    limits: Limits,
    open: Mutex<HashMap<u64, Arc<Connection>>>,
    last: AtomicUsize,
}

impl Connections {
    pub(super) fn new(limits: Limits) -> Arc<Self> {
        Arc::new(Self { limits, open: Mutex::default(), last: AtomicUsize::new(0) })
    }

    /// A place for one more, whose ever it is; `None` where there is none, and none to be made.
    fn enter(self: &Arc<Self>, address: Option<IpAddr>) -> Option<Place> {
        let address = address.map(whose);
        let mut open = locked(&self.open);
        let of_one = open.values().filter(|one| address.is_some() && one.address == address && one.is_open()).count();
        if of_one >= self.limits.of_one && !self.close_one(&open, |one| one.address == address) {
            return None;
        }
        let all = open.values().filter(|one| one.is_open()).count();
        if all >= self.limits.all && !self.close_one(&open, |_| true) {
            return None;
        }
        let connection = Arc::new(Connection::new(address));
        let number = self.last.fetch_add(1, Ordering::Relaxed) as u64;
        open.insert(number, Arc::clone(&connection));
        Some(Place { connections: Arc::clone(self), number, connection })
    }

    /// Closes the connection that has waited longest for its client: for a request, for the rest of one, or to read a part of a response,
    /// for which every client has `patience`. Returns `false` when no connection waits for its client.
    fn close_one(&self, open: &HashMap<u64, Arc<Connection>>, of: impl Fn(&Connection) -> bool) -> bool {
        let idle = open.values().filter(|one| one.is_open() && one.ours.load(Ordering::SeqCst) == 0 && of(one));
        let since = idle
            .map(|one| (*locked(&one.idle_since), one))
            .filter(|(since, one)| one.taking.load(Ordering::SeqCst) == 0 || since.elapsed() >= self.limits.patience);
        since.min_by_key(|(since, _)| *since).inspect(|(_, one)| one.close()).is_some()
    }
}

/// A connection's place among the others, for as long as it is open.
struct Place {
    connections: Arc<Connections>,
    number: u64,
    connection: Arc<Connection>,
}

impl Drop for Place {
    fn drop(&mut self) {
        locked(&self.connections.open).remove(&self.number);
    }
}

/// Closes a connection that has not been used for long enough: in good order, and if the client does not take part, without.
async fn watch(connection: Weak<Connection>, idle: Duration, shutdown: ConnectionShutdown) {
    let mut next = idle;
    loop {
        tokio::time::sleep(next).await;
        let Some(connection) = connection.upgrade() else { return };
        match connection.idle_for() {
            Some(waited) if waited >= idle => break,
            Some(waited) => next = idle - waited,
            None => next = idle,
        }
    }
    shutdown.graceful_shutdown();
    loop {
        tokio::time::sleep(GRACE).await;
        let Some(connection) = connection.upgrade() else { return };
        // A request that came at the last moment is answered, and a client that still takes its answer has it.
        if connection.idle_for().is_some_and(|waited| waited >= GRACE) {
            return connection.close();
        }
    }
}

/// Takes connections for as long as there is room.
#[derive(Clone)]
pub(super) struct Counting(pub(super) Arc<Connections>);

/// There was no room. The text is for the log.
#[derive(Debug, thiserror::Error)]
#[error("as many connections are open as may be, and all of them are in use")]
pub(super) struct Full;

impl<S> Accept<TcpStream, S> for Counting {
    type Stream = Counted;
    type Service = Using<S>;
    type Future = std::future::Ready<io::Result<(Counted, Using<S>)>>;

    fn accept(&self, stream: TcpStream, service: S) -> Self::Future {
        let taken = || {
            let address = stream.peer_addr().ok().map(|address| address.ip());
            let place = self.0.enter(address).ok_or_else(|| io::Error::other(Full))?;
            stream.set_nodelay(true)?;
            let (connection, idle) = (Arc::clone(&place.connection), self.0.limits.idle);
            Ok((Counted { stream, place }, Using { service, connection, idle }))
        };
        std::future::ready(taken())
    }
}

/// A connection that counts.
pub(super) struct Counted {
    stream: TcpStream,
    place: Place,
}

impl AsyncRead for Counted {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        *locked(&self.place.connection.reader) = Some(cx.waker().clone());
        if !self.place.connection.is_open() {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        }
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Counted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.place.connection.sent(&sent);
        sent
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let sent = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.place.connection.sent(&sent);
        sent
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

/// What answers on a connection, and says whether it does.
#[derive(Clone)]
pub(super) struct Using<S> {
    service: S,
    connection: Arc<Connection>,
    idle: Duration,
}

impl<B, S> tower_service::Service<axum::http::Request<B>> for Using<S>
where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<axum::BoxError>,
    S: tower_service::Service<Request, Response = Response>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.service.poll_ready(cx)
    }

    fn call(&mut self, request: axum::http::Request<B>) -> Self::Future {
        let busy = Busy::on(&self.connection);
        if let Some(shutdown) = request.extensions().get::<ConnectionShutdown>()
            && self.connection.shutdown.set(shutdown.clone()).is_ok()
        {
            tokio::spawn(watch(Arc::downgrade(&self.connection), self.idle, shutdown.clone()));
        }
        let answer = self.service.call(request.map(|body| Arriving::of(Body::new(body), &busy)));
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| Answering::of(body, busy)))
        })
    }
}

/// Says what went wrong with connections, and how often, but not each time.
pub(super) struct Told {
    last: Mutex<Option<Instant>>,
    since: AtomicUsize,
}

/// Between two lines.
const QUIET: Duration = Duration::from_secs(10);

impl Told {
    pub(super) fn new() -> Self {
        Self { last: Mutex::default(), since: AtomicUsize::new(0) }
    }

    /// How many there were since the last line, with this one, if it is time for one.
    fn due(&self) -> Option<usize> {
        let count = self.since.fetch_add(1, Ordering::Relaxed) + 1;
        let mut last = locked(&self.last);
        if last.is_some_and(|last| last.elapsed() < QUIET) {
            return None;
        }
        *last = Some(Instant::now());
        self.since.store(0, Ordering::Relaxed);
        Some(count)
    }

    /// A connection could not be taken: `address` is the client's, if it came so far.
    pub(super) fn failed(&self, listening: Option<std::net::SocketAddr>, client: bool, error: &io::Error) {
        let full = error.get_ref().is_some_and(|inner| inner.is::<Full>());
        if client && !full {
            // A handshake that came to nothing: clients do that all the time.
            tracing::debug!(?listening, %error, "a client's connection came to nothing");
        } else if let Some(times) = self.due() {
            let why = if full { "no room" } else { "accept failed" };
            tracing::error!(?listening, times, why, %error, "connections are not taken");
        }
    }
}

/// What a handler is given; here so that the body of every request has a deadline.
pub(super) async fn in_time(time: Duration, request: Request) -> Request {
    request.map(|body| crate::timed::timed(body, time))
}
