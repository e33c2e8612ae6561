//! Between socket and driver: above TLS where there is TLS.
//!
//! tokio-postgres accepts a stream of ours only as the result of a TLS handshake. So without TLS it gets a handshake in
//! which nothing happens ([`ElisionWithoutTls`]); no byte on the network differs.

use super::stream::SyncElision;
#[cfg(feature = "postgres-tls")]
use crate::db::driver::BoxFuture;
use std::convert::Infallible;
use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(feature = "postgres-tls")]
use tokio_postgres::tls::TlsStream;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};

/// What its inner one connects, with the rewriting on top.
#[cfg(feature = "postgres-tls")]
pub(in crate::db::postgres) struct ElisionOverTls<T>(pub(in crate::db::postgres) T);

#[cfg(feature = "postgres-tls")]
impl<S, T> MakeTlsConnect<S> for ElisionOverTls<T>
where
    T: MakeTlsConnect<S>,
    T::TlsConnect: Send + 'static,
    T::Stream: 'static,
    ElisionOverTls<T::TlsConnect>: TlsConnect<S, Stream = SyncElision<T::Stream>>,
{
    type Stream = SyncElision<T::Stream>;
    type TlsConnect = ElisionOverTls<T::TlsConnect>;
    type Error = T::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Self::TlsConnect, T::Error> {
        self.0.make_tls_connect(host).map(ElisionOverTls)
    }
}

#[cfg(feature = "postgres-tls")]
impl<S, T> TlsConnect<S> for ElisionOverTls<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = SyncElision<T::Stream>;
    type Error = T::Error;
    type Future = BoxFuture<'static, Result<Self::Stream, T::Error>>;

    fn connect(self, socket: S) -> Self::Future {
        let connected = self.0.connect(socket);
        Box::pin(async move { Ok(SyncElision::new(connected.await?, T::Stream::channel_binding)) })
    }
}

/// No TLS.
#[derive(Clone, Copy)]
pub(in crate::db::postgres) struct ElisionWithoutTls;

impl<S: AsyncRead + AsyncWrite + Unpin> MakeTlsConnect<S> for ElisionWithoutTls {
    type Stream = SyncElision<S>;
    type TlsConnect = ElisionWithoutTls;
    type Error = Infallible;

    fn make_tls_connect(&mut self, _: &str) -> Result<ElisionWithoutTls, Infallible> {
        Ok(ElisionWithoutTls)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsConnect<S> for ElisionWithoutTls {
    type Stream = SyncElision<S>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<SyncElision<S>, Infallible>>;

    fn connect(self, socket: S) -> Self::Future {
        std::future::ready(Ok(SyncElision::new(socket, |_| ChannelBinding::none())))
    }
}
