//! What the kernel says about mounts: a file that is a mount of its own is never swapped.

use std::path::{Path, PathBuf};

/// Whether the path itself is mounted, as Kubernetes does for a `subPath` and Docker for a single file. The file behind
/// it may be replaced; this mount goes on showing the old one.
pub(super) fn is_mount(path: &Path) -> bool {
    std::fs::read_to_string("/proc/self/mountinfo").is_ok_and(|table| is_listed(&table, path))
}

fn is_listed(table: &str, path: &Path) -> bool {
    // "36 35 98:0 /root /mount/point options - type source super-options"
    table.lines().filter_map(|line| line.split(' ').nth(4)).any(|point| unescaped(point) == path)
}

/// The kernel writes space, tab, line feed and backslash as `\` and three octal digits.
fn unescaped(point: &str) -> PathBuf {
    let mut pieces = point.split('\\');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        match piece.get(..3).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                text.push(char::from(byte));
                text.push_str(&piece[3..]);
            }
            None => text.push_str(piece),
        }
    }
    PathBuf::from(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mounted_file_is_seen() {
        let table = "36 35 98:0 / /run/secrets rw - tmpfs tmpfs rw\n\
                     40 35 98:0 /vol/a /etc/app/seal\\040key rw - ext4 /dev/sda rw\n";
        assert!(is_listed(table, Path::new("/etc/app/seal key")));
        assert!(is_listed(table, Path::new("/run/secrets")));
        assert!(!is_listed(table, Path::new("/run/secrets/seal")));
        assert!(!is_listed("", Path::new("/")));
        assert!(is_mount(Path::new("/")), "the root is a mount of this machine too");
    }
}
