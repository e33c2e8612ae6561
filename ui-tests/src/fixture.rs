//! A tiny tree on disk for one unit test; removed when dropped.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

pub(crate) struct Fixture {
    root: PathBuf,
}

impl Fixture {
    pub(crate) fn new() -> Fixture {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let unique = format!("tenancy-ui-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let root = std::env::temp_dir().join(unique);
        fs::create_dir_all(&root).expect("temporary folder");
        Fixture { root }
    }

    pub(crate) fn file(self, path: &str, text: &str) -> Fixture {
        let path = self.root.join(path);
        fs::create_dir_all(path.parent().expect("inside the fixture")).expect("folder");
        fs::write(path, text).expect("file");
        self
    }

    pub(crate) fn path(&self) -> &Path {
        &self.root
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

/// The one problem that a check must have found.
#[track_caller]
pub(crate) fn only(problems: &[crate::Problem]) -> String {
    assert_eq!(problems.len(), 1, "{problems:#?}");
    problems[0].to_string()
}
