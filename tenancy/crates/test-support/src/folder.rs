//! A folder of one test's own.

use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};
use tenancy_secrets::SecretRef;

pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("tenancy-secrets-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).expect("a new folder");
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn reference(&self, name: &str) -> SecretRef {
        format!("file:{}", self.0.join(name).display()).parse().expect("a reference")
    }

    /// A file that only its owner may read.
    pub fn write(&self, name: &str, value: impl AsRef<[u8]>) -> SecretRef {
        self.write_with(name, value, 0o600)
    }

    pub fn write_with(&self, name: &str, value: impl AsRef<[u8]>, mode: u32) -> SecretRef {
        let path = self.0.join(name);
        fs::write(&path, value).expect("a file");
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).expect("ours");
        self.reference(name)
    }

    /// As Kubernetes fills a volume: a folder of its own, a link to it that is swapped, a link a file.
    pub fn swap(&self, generation: u32, files: &[(&str, &str, u32)]) {
        let folder = format!("..2026_{generation}");
        fs::create_dir(self.0.join(&folder)).expect("a new folder");
        for (name, value, mode) in files {
            self.write_with(&format!("{folder}/{name}"), value, *mode);
            let link = self.0.join(name);
            if !link.is_symlink() {
                symlink(Path::new("..data").join(name), link).expect("a link");
            }
        }
        let before = fs::read_link(self.0.join("..data")).ok();
        symlink(&folder, self.0.join("..data_tmp")).expect("a link");
        fs::rename(self.0.join("..data_tmp"), self.0.join("..data")).expect("swapped");
        if let Some(before) = before {
            fs::remove_dir_all(self.0.join(before)).expect("it was there");
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Waits until it holds, for a minute: long enough for a busy machine.
pub async fn until(what: &str, holds: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < Duration::from_secs(60), "{what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    began.elapsed()
}
