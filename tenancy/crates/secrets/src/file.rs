//! Secrets in files: plain ones, mounted volumes, systemd's credentials.

use super::reference::{Place, Readers};
use super::{BoxFuture, Changes, SecretError, SecretRef, SecretSource, SourceError, decode, mountinfo};
use secrecy::SecretString;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, ErrorKind, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;
use zeroize::Zeroizing;

/// Kubernetes writes a volume's files into a folder of its own and then swaps this link to it.
const SWAPPED: &str = "..data";

/// How often a folder may be swapped away between our look and our reading.
const ATTEMPTS: usize = 5;

/// `file:/path`, and `credential:name` in `$CREDENTIALS_DIRECTORY`.
///
/// Secrets that are read together come from one state of their folder, also while Kubernetes swaps it: a certificate
/// never meets the key of another. The folder is watched (Linux), and read again every 30 s all the same.
///
/// A file that any account may read is refused. So is one that its group may read, except on a volume that Kubernetes swaps
/// (the group is the pod's own `fsGroup`) and among systemd's credentials (the bits are those of an access list). A certificate
/// that is read beside its key may be read by any account, and written by its owner alone.
#[derive(Clone, Debug)]
pub struct FileSource {
    poll: Duration,
}

impl Default for FileSource {
    fn default() -> Self {
        Self { poll: Duration::from_secs(30) }
    }
}

impl FileSource {
    /// Reads changed files again after so long when no event tells of them; 30 s unless set.
    pub fn polling(poll: Duration) -> Self {
        Self { poll }
    }
}

impl SecretSource for FileSource {
    fn read_together<'a>(
        &'a self,
        references: &'a [SecretRef],
    ) -> BoxFuture<'a, Result<Vec<SecretString>, SecretError>> {
        Box::pin(async move {
            let wanted = wanted(references)?;
            // The task is gone when the runtime ends.
            let gone = |_| Err((0, SourceError::Unreadable(ErrorKind::Interrupted)));
            let read = tokio::task::spawn_blocking(move || read_all(&wanted)).await.unwrap_or_else(gone);
            read.map_err(|(place, fault)| SecretError::new(&references[place], fault))
        })
    }

    fn changes(&self, references: &[SecretRef]) -> Changes {
        let Ok(wanted) = wanted(references) else { return Changes::never() };
        if wanted.iter().all(|wanted| wanted.credential) {
            return Changes::never();
        }
        for (wanted, reference) in wanted.iter().zip(references) {
            if mountinfo::is_mount(&wanted.path) {
                tracing::warn!(
                    %reference,
                    "this secret will not rotate: the file is a mount of its own (a Kubernetes `subPath`, or a single file \
                     given to a container); mount its folder instead"
                );
            }
        }
        watched(Changes::every(self.poll), &wanted)
    }
}

struct Wanted {
    path: PathBuf,
    credential: bool,
    readers: Readers,
}

fn wanted(references: &[SecretRef]) -> Result<Vec<Wanted>, SecretError> {
    let path = |reference: &SecretRef| match reference.place() {
        Place::File(path) => Ok(Wanted { path: PathBuf::from(path), credential: false, readers: reference.readers() }),
        Place::Credential(name) => match std::env::var_os("CREDENTIALS_DIRECTORY") {
            Some(folder) => {
                let path = Path::new(&folder).join(name);
                Ok(Wanted { path, credential: true, readers: reference.readers() })
            }
            None => Err(SecretError::new(reference, SourceError::NoCredentials)),
        },
        _ => Err(SecretError::new(reference, SourceError::NoSource)),
    };
    references.iter().map(path).collect()
}

/// All of them from one state of their folders, or which of them failed.
fn read_all(wanted: &[Wanted]) -> Result<Vec<SecretString>, (usize, SourceError)> {
    let mut attempt = 1;
    loop {
        match read_once(wanted) {
            // The folder was swapped away after it was resolved: look again.
            Err((_, SourceError::Missing)) if attempt < ATTEMPTS => attempt += 1,
            done => return done,
        }
    }
}

fn read_once(wanted: &[Wanted]) -> Result<Vec<SecretString>, (usize, SourceError)> {
    let mut folders = BTreeMap::new();
    let mut values = Vec::new();
    for (place, one) in wanted.iter().enumerate() {
        let failed = |fault| (place, fault);
        let (Some(parent), Some(name)) = (one.path.parent(), one.path.file_name()) else {
            return Err(failed(SourceError::NotAFile));
        };
        let folder = match folders.get(parent) {
            Some(folder) => folder,
            None => folders.entry(parent).or_insert(resolved(parent).map_err(|error| failed(fault(&error)))?),
        };
        let shared = one.credential || folder.swapped;
        let forbidden = match one.readers {
            // An account that may write it may put another one there.
            Readers::AnyAccount => 0o022,
            Readers::Owner if shared => 0o007,
            Readers::Owner => 0o077,
        };
        values.push(read_file(&folder.path.join(name), forbidden).map_err(failed)?);
    }
    Ok(values)
}

struct Folder {
    path: PathBuf,
    swapped: bool,
}

fn resolved(parent: &Path) -> io::Result<Folder> {
    let current = parent.join(SWAPPED);
    let link = if current.is_symlink() { &current } else { parent };
    // A folder below the link (`items` with a `path`) is resolved through it.
    let swapped = parent.ancestors().any(|above| above.join(SWAPPED).is_symlink());
    Ok(Folder { path: link.canonicalize()?, swapped })
}

fn read_file(path: &Path, forbidden: u32) -> Result<SecretString, SourceError> {
    // The permissions are those of the very file that is read, not of what its name meant before.
    let file = File::open(path).map_err(|error| fault(&error))?;
    let about = file.metadata().map_err(|error| fault(&error))?;
    if !about.is_file() {
        return Err(SourceError::NotAFile);
    }
    let mode = about.permissions().mode() & 0o7777;
    if mode & forbidden != 0 {
        return Err(SourceError::ReadableByOthers { mode });
    }
    if about.len() > decode::MAX {
        return Err(SourceError::TooLong);
    }
    let length = usize::try_from(about.len()).map_err(|_| SourceError::TooLong)?;
    // Long enough from the start, and one more to see that it grew: a vector that grows leaves its old bytes behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 1));
    let read = file.take(about.len() + 1).read_to_end(&mut bytes).map_err(|error| fault(&error))?;
    if read > length { Err(SourceError::TooLong) } else { decode::secret(bytes) }
}

fn fault(error: &io::Error) -> SourceError {
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::NotADirectory => SourceError::Missing,
        kind => SourceError::Unreadable(kind),
    }
}

#[cfg(target_os = "linux")]
fn watched(changes: Changes, wanted: &[Wanted]) -> Changes {
    match events::of_folders(wanted.iter().filter_map(|wanted| wanted.path.parent())) {
        Ok(events) => changes.with_events(events),
        Err(error) => {
            // Out of watches, as a rule. The period goes on.
            tracing::warn!(kind = ?error.kind(), "secrets are not watched, only read again from time to time");
            changes
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn watched(changes: Changes, _: &[Wanted]) -> Changes {
    changes
}

#[cfg(target_os = "linux")]
mod events {
    use super::SWAPPED;
    use futures_core::Stream;
    use inotify::{EventStream, Inotify, WatchMask};
    use std::io;
    use std::path::Path;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    /// Folders are watched, never files: a watch on a file sees the first swap and is blind from then on.
    pub(super) fn of_folders<'a>(parents: impl Iterator<Item = &'a Path>) -> io::Result<Events> {
        let kinds = WatchMask::CREATE
            | WatchMask::MOVED_TO
            | WatchMask::CLOSE_WRITE
            | WatchMask::ATTRIB
            | WatchMask::DELETE
            | WatchMask::DELETE_SELF
            | WatchMask::MOVE_SELF;
        let inotify = Inotify::init()?;
        for parent in parents {
            inotify.watches().add(parent, kinds | WatchMask::ONLYDIR)?;
            for above in parent.ancestors().skip(1).filter(|above| above.join(SWAPPED).is_symlink()) {
                inotify.watches().add(above, kinds | WatchMask::ONLYDIR)?;
            }
        }
        Ok(Events(inotify.into_event_stream([0; 4096])?))
    }

    pub(super) struct Events(EventStream<[u8; 4096]>);

    impl Stream for Events {
        type Item = ();

        fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<()>> {
            // An error ends the stream, and the period goes on.
            Pin::new(&mut self.0).poll_next(context).map(|event| event.and_then(Result::ok).map(drop))
        }
    }
}
