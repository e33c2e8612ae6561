//! A stream to the server, with the rewriting of both ways.

use super::incoming::Incoming;
use super::outgoing::Outgoing;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};

/// A stream to the server.
pub(in crate::db::postgres) struct SyncElision<S> {
    inner: S,
    binding: fn(&S) -> ChannelBinding,
    outgoing: Outgoing,
    incoming: Incoming,
    /// The requests, by number, that have one Sync less than the driver thinks.
    joined: VecDeque<u64>,
}

impl<S> SyncElision<S> {
    pub(super) fn new(inner: S, binding: fn(&S) -> ChannelBinding) -> Self {
        Self { inner, binding, outgoing: Outgoing::default(), incoming: Incoming::default(), joined: VecDeque::new() }
    }
}

impl<S: AsyncWrite + Unpin> SyncElision<S> {
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        // Half a request would cost the server a wake-up, and could not be answered.
        while !self.outgoing.holds && !self.outgoing.ready.is_empty() {
            let written = ready!(Pin::new(&mut self.inner).poll_write(cx, &self.outgoing.ready))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            bytes::Buf::advance(&mut self.outgoing.ready, written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for SyncElision<S> {
    fn poll_write(self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        // What was taken earlier goes first; so no more than a token and one write are ever held here.
        ready!(this.poll_drain(cx))?;
        this.outgoing.take(bytes, &mut this.joined)?;
        if let Poll::Ready(Err(error)) = this.poll_drain(cx) {
            return Poll::Ready(Err(error));
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.inner).poll_flush(cx)
    }

    fn poll_shutdown(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_drain(cx))?;
        Pin::new(&mut this.inner).poll_shutdown(cx)
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for SyncElision<S> {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        if !this.incoming.keeps() {
            let from = buffer.filled().len();
            ready!(Pin::new(&mut this.inner).poll_read(cx, buffer))?;
            this.incoming.pass(buffer, from, &mut this.joined)?;
        }
        // At once, as far as there is room: in pieces the driver would wake its caller for each.
        while this.incoming.keeps() && buffer.remaining() > 0 {
            this.incoming.give(buffer, &mut this.joined)?;
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for SyncElision<S> {
    fn channel_binding(&self) -> ChannelBinding {
        (self.binding)(&self.inner)
    }
}
