//! Which cases to compile.

use std::path::Path;

use crate::tree;

/// The cases below `folder` whose path contains `filter`; all of them without one.
pub fn cases(folder: &Path, filter: Option<&str>) -> Vec<String> {
    let mut cases = tree::files(folder, ".rs");
    cases.retain(|path| filter.is_none_or(|filter| path.contains(filter)));
    cases
}

/// The filter of this run: the environment variable `TENANCY_UI`, when it is set and not empty.
pub fn filter() -> Option<String> {
    std::env::var("TENANCY_UI").ok().filter(|filter| !filter.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::Fixture;

    #[test]
    fn filters_by_a_part_of_the_path() {
        let tree =
            Fixture::new().file("a_unscoped/load.rs", "").file("e_writes/load.rs", "").file("e_writes/x.stderr", "");
        assert_eq!(cases(tree.path(), None).len(), 2);
        assert_eq!(cases(tree.path(), Some("e_writes")), ["e_writes/load.rs"]);
        assert_eq!(cases(tree.path(), Some("nothing")), Vec::<String>::new());
    }
}
