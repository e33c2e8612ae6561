//! Connections to services. One is had first, and the grant is signed for it: it is bound to what was shown when it began.

use super::client_certificate::ShownCertificate;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{Extensions, HeaderValue, Uri};
use axum::response::Response;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::rt::{Read, Write};
use hyper_util::client::legacy::connect::Connection;
use std::collections::HashMap;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};
use tenancy_service::__private::headers::GRANT;
use tenancy_service::__private::locked;
use tenancy_service::BoxFuture;
use tower_service::Service;

/// How long an idle connection to a service is kept. The service's own listener closes idle connections after 60 s: a longer time here
/// would send requests on connections that are being closed.
const KEPT: Duration = Duration::from_secs(50);

type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a service gave no answer.
pub(super) enum Failed {
    /// There is no key to sign with.
    Unsigned,
    /// It was not reached, or did not answer.
    Service(Cause),
}

/// Makes the grant for a connection, by the certificate that was shown on it.
pub(super) type Sign<'a> = &'a (dyn Fn(Option<ShownCertificate>) -> Option<HeaderValue> + Send + Sync);

/// Connections, without the type of what makes them.
pub(super) trait Connections: Send + Sync {
    /// Sends a request to the service at this address, with a grant for the very connection.
    fn send<'a>(&'a self, to: &'a Uri, request: Request, sign: Sign<'a>) -> BoxFuture<'a, Result<Response, Failed>>;
}

/// Connections that `C` makes.
pub(super) struct Pool<C> {
    connector: C,
    idle: Arc<Idle>,
}

struct Conn {
    sender: SendRequest<Body>,
    shown: Option<ShownCertificate>,
}

/// Connections that wait for their next request, by where they lead; those that were used last at the end.
#[derive(Default)]
struct Idle {
    waiting: Mutex<HashMap<Uri, Vec<(Conn, Instant)>>>,
    swept: AtomicBool,
}

impl<C> Pool<C> {
    pub(super) fn over(connector: C) -> Self {
        Self { connector, idle: Arc::default() }
    }
}

impl<C, T> Pool<C>
where
    C: Service<Uri, Response = T> + Clone + Send + Sync + 'static,
    C::Error: Into<Cause>,
    C::Future: Send,
    T: Read + Write + Connection + Unpin + Send + 'static,
{
    async fn connect(&self, to: &Uri) -> Result<Conn, Cause> {
        let mut connector = self.connector.clone();
        poll_fn(|cx| connector.poll_ready(cx)).await.map_err(Into::into)?;
        let stream = connector.call(to.clone()).await.map_err(Into::into)?;
        let mut extras = Extensions::new();
        stream.connected().get_extras(&mut extras);
        let (mut sender, driver) = http1::handshake(stream).await?;
        tokio::spawn(driver);
        sender.ready().await?;
        Ok(Conn { sender, shown: extras.get().copied() })
    }

    async fn exchange(&self, to: &Uri, mut request: Request, sign: Sign<'_>) -> Result<Response, Failed> {
        loop {
            let kept = self.idle.take(to);
            let was_kept = kept.is_some();
            let mut conn = match kept {
                Some(conn) => conn,
                None => self.connect(to).await.map_err(Failed::Service)?,
            };
            request.headers_mut().insert(GRANT, sign(conn.shown).ok_or(Failed::Unsigned)?);
            match conn.sender.try_send_request(request).await {
                Ok(answer) => {
                    self.idle.expect(to, conn);
                    return Ok(answer.map(Body::new));
                }
                // The service had closed it, and nothing was written. Anything else would use a grant twice.
                Err(mut failure) => match failure.take_message() {
                    Some(unsent) if was_kept => request = unsent,
                    _ => return Err(Failed::Service(failure.into_error().into())),
                },
            }
        }
    }
}

impl<C, T> Connections for Pool<C>
where
    C: Service<Uri, Response = T> + Clone + Send + Sync + 'static,
    C::Error: Into<Cause>,
    C::Future: Send,
    T: Read + Write + Connection + Unpin + Send + 'static,
{
    fn send<'a>(&'a self, to: &'a Uri, request: Request, sign: Sign<'a>) -> BoxFuture<'a, Result<Response, Failed>> {
        Box::pin(self.exchange(to, request, sign))
    }
}

impl Idle {
    fn take(&self, to: &Uri) -> Option<Conn> {
        let mut waiting = locked(&self.waiting);
        let conns = waiting.get_mut(to)?;
        while let Some((conn, since)) = conns.pop() {
            if conn.sender.is_ready() && since.elapsed() < KEPT {
                return Some(conn);
            }
        }
        None
    }

    /// Takes a connection back when its answer has ended. One whose answer was not read to the end is closed.
    fn expect(self: &Arc<Self>, to: &Uri, mut conn: Conn) {
        let (idle, to) = (Arc::downgrade(self), to.clone());
        tokio::spawn(async move {
            if conn.sender.ready().await.is_ok()
                && let Some(idle) = idle.upgrade()
            {
                let mut waiting = locked(&idle.waiting);
                waiting.entry(to).or_default().push((conn, Instant::now()));
            }
        });
        if !self.swept.swap(true, Ordering::Relaxed) {
            tokio::spawn(sweep(Arc::downgrade(self)));
        }
    }

    fn forget(&self) {
        let mut waiting = locked(&self.waiting);
        waiting.retain(|_, conns| {
            conns.retain(|(conn, since)| !conn.sender.is_closed() && since.elapsed() < KEPT);
            !conns.is_empty()
        });
    }
}

/// Closes connections that are not in use, for as long as there is a pool.
async fn sweep(idle: Weak<Idle>) {
    loop {
        tokio::time::sleep(KEPT / 3).await;
        match idle.upgrade() {
            Some(idle) => idle.forget(),
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper_util::rt::TokioIo;
    use tokio::io::{AsyncReadExt as _, DuplexStream};

    async fn waiting(idle: &Idle, since: Instant) -> DuplexStream {
        let (near, far) = tokio::io::duplex(1024);
        let (sender, driver) = http1::handshake(TokioIo::new(near)).await.unwrap();
        tokio::spawn(driver);
        let mut conn = Conn { sender, shown: None };
        conn.sender.ready().await.unwrap();
        idle.waiting.lock().unwrap().entry(Uri::from_static("http://a:1")).or_default().push((conn, since));
        far
    }

    #[tokio::test]
    async fn what_nobody_uses_is_closed_and_never_used() {
        let idle = Idle::default();
        let now = Instant::now();
        // A machine that has run for less than that has nothing old.
        let Some(long_ago) = now.checked_sub(KEPT) else { return };
        let mut old = waiting(&idle, long_ago).await;
        assert!(idle.take(&Uri::from_static("http://a:1")).is_none());
        assert_eq!(old.read(&mut [0]).await.unwrap(), 0, "closed");

        let (mut old, fresh) = (waiting(&idle, long_ago).await, waiting(&idle, now).await);
        idle.forget();
        assert_eq!(old.read(&mut [0]).await.unwrap(), 0, "closed");
        assert!(idle.take(&Uri::from_static("http://a:2")).is_none(), "it leads elsewhere");
        let gone = waiting(&idle, now).await;
        drop(gone);
        tokio::time::timeout(Duration::from_secs(5), async {
            while idle.waiting.lock().unwrap().values().flatten().all(|(conn, _)| !conn.sender.is_closed()) {
                tokio::task::yield_now().await;
            }
        })
        .await
        .unwrap();
        assert!(
            idle.take(&Uri::from_static("http://a:1")).is_some(),
            "the one that the other end closed is passed over"
        );
        assert!(idle.take(&Uri::from_static("http://a:1")).is_none());
        drop(fresh);
    }
}
