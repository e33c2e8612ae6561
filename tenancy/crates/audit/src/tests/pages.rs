//! `docs/audit/` holds one page a rule, written from the rule itself. `TENANCY_BLESS=1` writes them again.

use crate::rules;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::{env, fs};

fn index() -> String {
    let mut text = String::from(
        "# The rules of `tenancy audit`\n\nWritten from the rules themselves; see [the guide](../guide/audit.md).\n\n| rule | severity | what it finds |\n| --- | --- | --- |\n",
    );
    for rule in rules() {
        text += &format!("| [{0}]({0}.md) | {1} | {2} |\n", rule.id, rule.severity, rule.title);
    }
    text
}

#[test]
fn every_rule_has_its_page_and_every_page_its_rule() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../docs/audit");
    let mut wanted: BTreeMap<String, String> =
        rules().map(|rule| (format!("{}.md", rule.id), rule.markdown())).collect();
    wanted.insert("README.md".to_owned(), index());
    if env::var_os("TENANCY_BLESS").is_some() {
        fs::create_dir_all(&folder).expect("the folder is made");
        for (name, text) in &wanted {
            fs::write(folder.join(name), text).expect("the page is written");
        }
    }
    let pages = fs::read_dir(&folder).expect("docs/audit is there").map(|entry| entry.expect("it is read").path());
    let found: BTreeMap<String, String> = pages
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            (name, fs::read_to_string(&path).expect("the page is read"))
        })
        .collect();
    let differ: Vec<_> =
        wanted.keys().chain(found.keys()).filter(|name| wanted.get(*name) != found.get(*name)).collect();
    assert!(differ.is_empty(), "run this test with TENANCY_BLESS=1, and look at {differ:?}");
}

#[test]
fn ids_are_in_order_and_unique() {
    let ids: Vec<_> = rules().map(|rule| rule.id).collect();
    let mut sorted = ids.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(ids, sorted);
    let of_the_research = ids.iter().filter(|id| !id.starts_with(['G', 'S', 'X'])).count();
    assert_eq!(of_the_research, 75);
}
