//! How many connections are open, whose they are, and which of them nobody uses.
//!
//! A process has so many descriptors and no more. Whoever opens connections and leaves them would shut everybody else out: so
//! there is an end to them, in all and for one address, those that wait for nothing are closed after a while, and where there
//! is no room the one that has waited longest makes it.

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::response::Response;
use axum_server::ConnectionShutdown;
use axum_server::accept::Accept;
use http_body::{Frame, SizeHint};
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv6Addr};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::task::{Context, Poll, Waker};
use std::time::{Duration, Instant};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;

/// How long a connection that was asked to close may take for it.
const GRACE: Duration = Duration::from_secs(10);

/// What a listener was told of its connections.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub(super) all: usize,
    pub(super) of_one: usize,
    pub(super) idle: Duration,
}

impl Limits {
    /// Three quarters of the descriptors that the process may have, and half of those for one address.
    pub(super) fn of_the_process() -> Self {
        let all = (descriptors() / 4 * 3).clamp(16, 65_536);
        Self { all, of_one: all / 2, idle: Duration::from_secs(60) }
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

/// Where a client is, as far as limits tell clients apart: somebody with IPv6 has a whole network of addresses.
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

/// One of them.
struct Connection {
    address: Option<IpAddr>,
    /// Requests whose answers have not ended.
    busy: AtomicUsize,
    /// Those of them that have arrived whole: nothing is waited for but us.
    whole: AtomicUsize,
    /// Since when there are none.
    idle_since: Mutex<Instant>,
    /// To make room, or because nobody used it.
    closed: AtomicBool,
    reader: Mutex<Option<Waker>>,
    /// Whether somebody looks after its idleness.
    watched: AtomicBool,
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while it holds one.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
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
        if of_one >= self.limits.of_one && !close_one(&open, |one| one.address == address) {
            return None;
        }
        let all = open.values().filter(|one| one.is_open()).count();
        if all >= self.limits.all && !close_one(&open, |_| true) {
            return None;
        }
        let connection = Arc::new(Connection {
            address,
            busy: AtomicUsize::new(0),
            whole: AtomicUsize::new(0),
            idle_since: Mutex::new(Instant::now()),
            closed: AtomicBool::new(false),
            reader: Mutex::default(),
            watched: AtomicBool::new(false),
        });
        let number = self.last.fetch_add(1, Ordering::Relaxed) as u64;
        open.insert(number, Arc::clone(&connection));
        Some(Place { connections: Arc::clone(self), number, connection })
    }
}

/// Closes the one that has waited longest of those whose clients are waited for: for a request, or for the rest of one. `false`
/// when there is none.
fn close_one(open: &HashMap<u64, Arc<Connection>>, of: impl Fn(&Connection) -> bool) -> bool {
    let idle = open.values().filter(|one| one.is_open() && one.whole.load(Ordering::SeqCst) == 0 && of(one));
    let oldest = idle.min_by_key(|one| *locked(&one.idle_since));
    oldest.inspect(|one| one.close()).is_some()
}

impl Connection {
    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::SeqCst)
    }

    fn close(&self) {
        self.closed.store(true, Ordering::SeqCst);
        if let Some(reader) = locked(&self.reader).take() {
            reader.wake();
        }
    }

    fn idle_for(&self) -> Option<Duration> {
        (self.busy.load(Ordering::SeqCst) == 0).then(|| locked(&self.idle_since).elapsed())
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

/// A request that is under way.
struct Busy {
    connection: Arc<Connection>,
    whole: AtomicBool,
}

impl Busy {
    fn on(connection: &Arc<Connection>) -> Arc<Self> {
        connection.busy.fetch_add(1, Ordering::SeqCst);
        Arc::new(Self { connection: Arc::clone(connection), whole: AtomicBool::new(false) })
    }

    /// The last of the request has arrived.
    fn is_whole(&self) {
        if !self.whole.swap(true, Ordering::SeqCst) {
            self.connection.whole.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        *locked(&self.connection.idle_since) = Instant::now();
        if *self.whole.get_mut() {
            self.connection.whole.fetch_sub(1, Ordering::SeqCst);
        }
        self.connection.busy.fetch_sub(1, Ordering::SeqCst);
    }
}

/// A request's body, which says when it has arrived.
struct Arriving {
    body: Body,
    busy: Arc<Busy>,
}

impl Arriving {
    fn of(body: Body, busy: &Arc<Busy>) -> Body {
        if body.is_end_stream() {
            busy.is_whole();
            return body;
        }
        Body::new(Self { body, busy: Arc::clone(busy) })
    }
}

impl HttpBody for Arriving {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        if frame.is_none() || self.body.is_end_stream() {
            self.busy.is_whole();
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Closes a connection when nobody has used it for long enough: in good order, and if the client does not take part, without.
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
    tokio::time::sleep(GRACE).await;
    if let Some(connection) = connection.upgrade() {
        // A request that came at the last moment is answered.
        while connection.idle_for().is_none() {
            tokio::time::sleep(GRACE).await;
        }
        connection.close();
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
        Pin::new(&mut self.stream).poll_write(cx, bytes)
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
        Pin::new(&mut self.stream).poll_write_vectored(cx, slices)
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
        if !self.connection.watched.swap(true, Ordering::Relaxed)
            && let Some(shutdown) = request.extensions().get::<ConnectionShutdown>()
        {
            tokio::spawn(watch(Arc::downgrade(&self.connection), self.idle, shutdown.clone()));
        }
        let answer = self.service.call(request.map(|body| Arriving::of(Body::new(body), &busy)));
        Box::pin(async move { Ok(answer.await?.map(|body| Body::new(Answering { body, busy: Some(busy) }))) })
    }
}

/// An answer's body. Its connection is in use until it has ended.
struct Answering {
    body: Body,
    busy: Option<Arc<Busy>>,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = std::task::ready!(Pin::new(&mut self.body).poll_frame(cx));
        if !matches!(frame, Some(Ok(_))) {
            self.busy = None;
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
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
