//! Reading folders: sorted, relative, and loud when something cannot be read.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace that this crate sits in.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("ui-tests sits in the workspace").to_path_buf()
}

/// Every file below `folder` whose name ends in `suffix`, relative to `folder`, with `/` between parts, sorted.
///
/// A folder that does not exist holds no files. Folders named `target` or starting with a dot are not entered.
///
/// # Panics
/// When a folder cannot be read: a check must not pass because it saw nothing.
pub fn files(folder: &Path, suffix: &str) -> Vec<String> {
    let mut found = Vec::new();
    if folder.is_dir() {
        walk(folder, "", suffix, &mut found);
    }
    found.sort();
    found
}

fn walk(folder: &Path, prefix: &str, suffix: &str, found: &mut Vec<String>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
    for entry in entries {
        let entry = entry.unwrap_or_else(|error| panic!("cannot list {}: {error}", folder.display()));
        let name = entry.file_name().into_string().expect("file names are UTF-8");
        let path = entry.path();
        if path.is_dir() {
            if name != "target" && !name.starts_with('.') {
                walk(&path, &format!("{prefix}{name}/"), suffix, found);
            }
        } else if name.ends_with(suffix) {
            found.push(format!("{prefix}{name}"));
        }
    }
}

/// The text of a file.
///
/// # Panics
/// When it cannot be read.
pub fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("cannot read {}: {error}", path.display()))
        .replace("\r\n", "\n")
}

/// The words in `text` that have the shape of one of our error codes: `TEN` and four digits. `TEN0100` and the like are
/// the borders of ranges, and no codes.
pub fn error_codes(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| word.len() == 7 && word.starts_with("TEN") && word[3..].bytes().all(|b| b.is_ascii_digit()))
        .filter(|word| !word.ends_with("00"))
        .map(str::to_owned)
        .collect()
}
