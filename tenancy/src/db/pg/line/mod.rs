//! The bytes between the driver and the server, on which the token and its statement become one request.
//!
//! The driver ends every request with Sync, and at every Sync the server ends the transaction, wakes up and sends what it
//! has. Here the token's own Sync is left out, so the server sees token and statement as one request, which is one
//! transaction: its answer comes at once, and no BEGIN and COMMIT go around it. The driver, which still waits for the
//! answer to its Sync, is given one. Source: PostgreSQL's documentation, "Message Flow", "Extended Query" and "Pipelining".
//!
//! `outgoing.rs` leaves out, `incoming.rs` makes up for it, `connect.rs` puts both between socket and driver.

mod connect;
mod incoming;
mod outgoing;

#[cfg(test)]
mod tests;

#[cfg(feature = "postgres-tls")]
pub(super) use connect::OnLine;
pub(super) use connect::Plain;

use incoming::Incoming;
use outgoing::Outgoing;
use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsStream};

/// A stream to the server.
pub(super) struct Line<S> {
    inner: S,
    binding: fn(&S) -> ChannelBinding,
    outgoing: Outgoing,
    incoming: Incoming,
    /// The requests, by number, that have one Sync less than the driver thinks.
    joined: VecDeque<u64>,
}

impl<S> Line<S> {
    fn new(inner: S, binding: fn(&S) -> ChannelBinding) -> Self {
        Self { inner, binding, outgoing: Outgoing::default(), incoming: Incoming::default(), joined: VecDeque::new() }
    }
}

impl<S: AsyncWrite + Unpin> Line<S> {
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

impl<S: AsyncWrite + Unpin> AsyncWrite for Line<S> {
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

impl<S: AsyncRead + Unpin> AsyncRead for Line<S> {
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

impl<S: AsyncRead + AsyncWrite + Unpin> TlsStream for Line<S> {
    fn channel_binding(&self) -> ChannelBinding {
        (self.binding)(&self.inner)
    }
}

/// A message's length, which counts itself but not its kind.
fn length(header: &[u8]) -> io::Result<usize> {
    let length = header.try_into().map(u32::from_be_bytes).ok().and_then(|length| usize::try_from(length).ok());
    // Shorter than its own four bytes: whoever speaks does not speak PostgreSQL's protocol.
    length.filter(|length| *length >= 4).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
