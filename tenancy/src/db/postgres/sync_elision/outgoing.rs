//! What the driver sends, without the Sync behind a token.

use super::message::length;
use crate::db::postgres::context_sql::SET_CONTEXT;
use bytes::{Bytes, BytesMut};
use std::collections::VecDeque;
use std::io;

#[derive(Default)]
pub(super) struct Outgoing {
    /// The begin of a message whose end the driver has not written yet.
    partial: BytesMut,
    /// What goes to the server.
    pub(super) ready: BytesMut,
    /// The first message of a connection has no kind.
    started: bool,
    /// How many requests went to the server; the connection's begin is answered like one.
    requests: u64,
    /// The name under which what begins with [`SET_CONTEXT`] is prepared.
    context: Option<Bytes>,
    /// The current request holds the token: the next Sync is left out.
    sets_context: bool,
    /// The token's part of a request is here and its statement is not.
    pub(super) holds: bool,
}

impl Outgoing {
    /// Takes what the driver writes.
    pub(super) fn take(&mut self, bytes: &[u8], joined: &mut VecDeque<u64>) -> io::Result<()> {
        self.partial.extend_from_slice(bytes);
        while let Some(whole) = self.whole()? {
            let message = self.partial.split_to(whole);
            if self.goes(&message, joined) {
                self.ready.extend_from_slice(&message);
            }
        }
        Ok(())
    }

    fn whole(&self) -> io::Result<Option<usize>> {
        let kind = usize::from(self.started);
        let Some(header) = self.partial.get(kind..kind + 4) else { return Ok(None) };
        let whole = kind + length(header)?;
        Ok((self.partial.len() >= whole).then_some(whole))
    }

    fn goes(&mut self, message: &[u8], joined: &mut VecDeque<u64>) -> bool {
        if !std::mem::replace(&mut self.started, true) {
            self.requests += 1;
            return true;
        }
        let (kind, body) = (message[0], &message[5..]);
        match kind {
            b'P' => self.parses(body),
            b'B' => self.binds(body),
            b'S' if std::mem::take(&mut self.sets_context) => {
                joined.push_back(self.requests);
                self.holds = true;
                return false;
            }
            b'S' | b'Q' => {
                self.requests += 1;
                self.holds = false;
            }
            _ => {}
        }
        true
    }

    /// Parse: a name, a text.
    fn parses(&mut self, body: &[u8]) {
        let mut parts = body.split(|byte| *byte == 0);
        if let (Some(name), Some(text)) = (parts.next(), parts.next())
            && text.starts_with(SET_CONTEXT.as_bytes())
        {
            self.context = Some(Bytes::copy_from_slice(name));
        } else if self.context.as_ref().is_some_and(|name| body.starts_with(name) && body.get(name.len()) == Some(&0)) {
            // The name, or rather the lack of one, is another statement's from now on.
            self.context = None;
        }
    }

    /// Bind: a portal, a name.
    fn binds(&mut self, body: &[u8]) {
        let name = body.split(|byte| *byte == 0).nth(1);
        self.sets_context = self.context.is_some() && name == self.context.as_deref();
    }
}
