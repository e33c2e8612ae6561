//! A plan as a migration in diesel's layout.

use super::plan::Plan;
use std::fs;
use std::io;
use std::path::Path;

impl Plan {
    /// Writes `up.sql` and `down.sql` into `folder`, and `metadata.toml` where the target takes no transaction around
    /// the whole.
    ///
    /// # Errors
    /// When the folder cannot be made, or holds one of the files: a migration is never written over.
    pub fn write_migration(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        write_new(&folder.join("up.sql"), &self.up_sql())?;
        write_new(&folder.join("down.sql"), &self.down_sql())?;
        if !self.target.one_transaction() {
            write_new(&folder.join("metadata.toml"), "run_in_transaction = false\n")?;
        }
        Ok(())
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    use io::Write as _;
    fs::File::create_new(path)?.write_all(text.as_bytes())
}
