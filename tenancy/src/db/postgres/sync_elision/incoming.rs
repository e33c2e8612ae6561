//! What the server answers, with an answer to the Sync that it never received.

use super::message::length;
use bytes::{Buf, BytesMut};
use std::collections::VecDeque;
use std::io;
use tokio::io::ReadBuf;

/// ReadyForQuery, inside a transaction.
const READY: [u8; 6] = [b'Z', 0, 0, 0, 5, b'T'];

#[derive(Default)]
pub(super) struct Incoming {
    /// The kind and length of the message that is passing, as far as they are known.
    header: [u8; 5],
    known: usize,
    /// How much of its body is still to come.
    left: usize,
    /// How many requests the server has answered to the end.
    answered: u64,
    /// Goes to the driver as it is, before anything else.
    made: BytesMut,
    /// Was received behind `made`, and not looked at.
    behind: BytesMut,
}

impl Incoming {
    /// Whether there is something that the driver gets before what the server says next.
    pub(super) fn keeps(&self) -> bool {
        !self.made.is_empty() || !self.behind.is_empty()
    }

    /// Hands over what was kept back.
    pub(super) fn give(&mut self, buffer: &mut ReadBuf<'_>, joined: &mut VecDeque<u64>) -> io::Result<()> {
        if !self.made.is_empty() {
            put(&mut self.made, buffer);
            return Ok(());
        }
        let from = buffer.filled().len();
        put(&mut self.behind, buffer);
        self.pass(buffer, from, joined)
    }

    /// Looks at what was put into the buffer from there on, and keeps back what comes behind the answer to a token.
    pub(super) fn pass(&mut self, buffer: &mut ReadBuf<'_>, from: usize, joined: &mut VecDeque<u64>) -> io::Result<()> {
        if let Some(end) = self.end_of_token(&buffer.filled()[from..], joined)? {
            let mut behind = BytesMut::from(&buffer.filled()[from + end..]);
            std::mem::swap(&mut behind, &mut self.behind);
            self.behind.extend_from_slice(&behind);
            self.made.extend_from_slice(&READY);
            buffer.set_filled(from + end);
        }
        Ok(())
    }

    /// Where the answer to a token ends, if it does.
    fn end_of_token(&mut self, bytes: &[u8], joined: &mut VecDeque<u64>) -> io::Result<Option<usize>> {
        let mut at = 0;
        while at < bytes.len() {
            if self.known < self.header.len() {
                self.header[self.known] = bytes[at];
                self.known += 1;
                at += 1;
                if self.known < self.header.len() {
                    continue;
                }
                self.left = length(&self.header[1..])? - 4;
            }
            let step = self.left.min(bytes.len() - at);
            self.left -= step;
            at += step;
            if self.left == 0 {
                self.known = 0;
                if self.ends_token(joined) {
                    return Ok(Some(at));
                }
            }
        }
        Ok(None)
    }

    /// After a message: the token's statement is complete, or was refused, and with it all that is behind it.
    fn ends_token(&mut self, joined: &mut VecDeque<u64>) -> bool {
        match self.header[0] {
            b'C' | b'E' if joined.front() == Some(&self.answered) => {
                joined.pop_front();
                true
            }
            b'Z' => {
                self.answered += 1;
                false
            }
            _ => false,
        }
    }
}

fn put(from: &mut BytesMut, buffer: &mut ReadBuf<'_>) {
    let length = from.len().min(buffer.remaining());
    buffer.put_slice(&from[..length]);
    from.advance(length);
}
