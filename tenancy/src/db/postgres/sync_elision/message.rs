//! A message of PostgreSQL's protocol.

use std::io;

/// A message's length, which counts itself but not its kind.
pub(super) fn length(header: &[u8]) -> io::Result<usize> {
    let length = header.try_into().map(u32::from_be_bytes).ok().and_then(|length| usize::try_from(length).ok());
    // Shorter than its own four bytes: the peer does not speak PostgreSQL's protocol.
    length.filter(|length| *length >= 4).ok_or_else(|| io::ErrorKind::InvalidData.into())
}
