//! Between socket and driver: above TLS where there is TLS.
//!
//! The driver takes a stream of ours only as the outcome of a TLS handshake. So without TLS it is told of a handshake in
//! which nothing happens ([`Plain`]); no byte on the wire differs.

use super::Line;
#[cfg(feature = "postgres-tls")]
use crate::db::driver::BoxFuture;
use std::convert::Infallible;
use tokio::io::{AsyncRead, AsyncWrite};
#[cfg(feature = "postgres-tls")]
use tokio_postgres::tls::TlsStream;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};

/// What its inner one connects, with a line on top.
#[cfg(feature = "postgres-tls")]
pub(in crate::db::pg) struct OnLine<T>(pub(in crate::db::pg) T);

#[cfg(feature = "postgres-tls")]
impl<S, T> MakeTlsConnect<S> for OnLine<T>
where
    T: MakeTlsConnect<S>,
    T::TlsConnect: Send + 'static,
    T::Stream: 'static,
    OnLine<T::TlsConnect>: TlsConnect<S, Stream = Line<T::Stream>>,
{
    type Stream = Line<T::Stream>;
    type TlsConnect = OnLine<T::TlsConnect>;
    type Error = T::Error;

    fn make_tls_connect(&mut self, host: &str) -> Result<Self::TlsConnect, T::Error> {
        self.0.make_tls_connect(host).map(OnLine)
    }
}

#[cfg(feature = "postgres-tls")]
impl<S, T> TlsConnect<S> for OnLine<T>
where
    T: TlsConnect<S>,
    T::Future: Send + 'static,
{
    type Stream = Line<T::Stream>;
    type Error = T::Error;
    type Future = BoxFuture<'static, Result<Self::Stream, T::Error>>;

    fn connect(self, socket: S) -> Self::Future {
        let connected = self.0.connect(socket);
        Box::pin(async move { Ok(Line::new(connected.await?, T::Stream::channel_binding)) })
    }
}

/// No TLS.
#[derive(Clone, Copy)]
pub(in crate::db::pg) struct Plain;

impl<S: AsyncRead + AsyncWrite + Unpin> MakeTlsConnect<S> for Plain {
    type Stream = Line<S>;
    type TlsConnect = Plain;
    type Error = Infallible;

    fn make_tls_connect(&mut self, _: &str) -> Result<Plain, Infallible> {
        Ok(Plain)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsConnect<S> for Plain {
    type Stream = Line<S>;
    type Error = Infallible;
    type Future = std::future::Ready<Result<Line<S>, Infallible>>;

    fn connect(self, socket: S) -> Self::Future {
        std::future::ready(Ok(Line::new(socket, |_| ChannelBinding::none())))
    }
}
