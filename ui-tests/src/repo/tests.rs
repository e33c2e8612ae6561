use super::*;
use crate::fixture::{Fixture, only};

const CASE: &str = "// attack: A01\n//~ E0277 TEN0001\nfn main() {\n    all();\n}\n";
const TWIN: &str = "fn main() {\n    scope.all();\n}\n";

fn pair() -> Fixture {
    let tree = Fixture::new().file("fail/a_unscoped/x.rs", CASE).file("fail/a_unscoped/x.stderr", "error: x\n");
    tree.file("pass/a_unscoped/x.rs", TWIN)
}

fn run_pairs(tree: &Fixture) -> Vec<Problem> {
    pairs(&tree.path().join("fail"), &tree.path().join("pass"))
}

#[test]
fn a_whole_pair_is_accepted() {
    assert_eq!(run_pairs(&pair()), []);
}

#[test]
fn orphans_and_missing_parts_are_refused() {
    let orphan = pair().file("fail/a_unscoped/y.stderr", "error: y\n");
    assert!(only(&run_pairs(&orphan)).contains("is the output of no case"));
    let lonely = pair().file("pass/a_unscoped/y.rs", TWIN);
    assert!(only(&run_pairs(&lonely)).contains("is the twin of no case"));
    let no_output = pair().file("fail/a_unscoped/y.rs", CASE).file("pass/a_unscoped/y.rs", TWIN);
    assert!(only(&run_pairs(&no_output)).contains("has no .stderr"));
    let no_twin = pair().file("fail/a_unscoped/y.rs", CASE).file("fail/a_unscoped/y.stderr", "error: y\n");
    assert!(only(&run_pairs(&no_twin)).contains("has no compiling twin"));
    let stray = pair().file("fail/z/y.rs", CASE).file("fail/z/y.stderr", "e").file("pass/z/y.rs", TWIN);
    assert!(only(&run_pairs(&stray)).contains("is in no family"));
}

#[test]
fn a_twin_is_a_small_edit_away() {
    let run = |tree: &Fixture| smallest_edits(&tree.path().join("fail"), &tree.path().join("pass"));
    assert_eq!(run(&pair()), []);
    let same = pair().file("pass/a_unscoped/x.rs", &format!("{CASE}// another comment\n"));
    assert!(only(&run(&same)).contains("equals its twin"));
    let other: String = (0..20).map(|n| format!("fn f{n}() {{}}\n")).collect();
    let far = pair().file("pass/a_unscoped/x.rs", &other);
    assert!(only(&run(&far)).contains("more than 12"));
}

#[test]
fn crate_paths_are_refused() {
    let run = |text: &str| no_crate_paths(Fixture::new().file("x.rs", text).path());
    assert_eq!(run("use self::schema::x; // crate::y\nuse my_crate::z;\n"), []);
    assert!(only(&run("use crate::schema::x;\n")).contains("crate::"));
}

#[test]
fn a_struct_literal_sits_alone() {
    let run = |text: &str| literals_sit_alone(Fixture::new().file("x.rs", text).path());
    assert_eq!(run("// attack: G01\n//~ E0451 OrgScope\n"), []);
    assert!(only(&run("// attack: G01\n//~ E0451 OrgScope\n//~ E0277 TEN0001\n")).contains("shares its file"));
}

#[test]
fn standard_library_source_is_refused() {
    let run = |text: &str| no_standard_library(Fixture::new().file("x.stderr", text).path());
    assert_eq!(run("  --> $CARGO/diesel-2.3.14/src/lib.rs\n"), []);
    assert!(only(&run("  --> $RUST/std/src/thread/mod.rs\n")).contains("standard library"));
}

#[test]
fn a_list_of_places_in_two_crates_is_refused() {
    let run = |text: &str| one_crate_a_list(Fixture::new().file("x.stderr", text).path());
    let places = [
        "src/billing.rs",
        "$CARGO/diesel-$VERSION/src/lib.rs",
        "$CARGO/axum-$VERSION/src/lib.rs",
        "$WORKSPACE/tenancy/x.rs",
    ];
    for first in places {
        assert_eq!(run(&format!(" --> tests/x.rs:1:2\n ::: {first}\n ::: {first}\n")), [], "{first}");
        for second in places.into_iter().filter(|second| *second != first) {
            assert!(
                only(&run(&format!(" --> {first}\n ::: {second}\n"))).contains("order is not fixed"),
                "{first} {second}"
            );
            assert_eq!(run(&format!(" --> {first}\n --> {second}\n")), [], "two lists");
            assert!(!run(&format!(" --> tests/x.rs\n ::: {first}\n ::: {second}\n")).is_empty(), "{first} {second}");
        }
    }
}

#[test]
fn long_files_are_refused() {
    let tree = Fixture::new().file("src/short.rs", "x\n").file("src/long.rs", &"x\n".repeat(LONGEST_FILE + 1));
    assert!(only(&short_files(tree.path(), &["src", "absent"])).starts_with("src/long.rs: has 451 lines"));
}

#[test]
fn versions_that_disagree_are_refused() {
    let manifest = "[workspace.package]\nversion = \"0.1.0\"\nrust-version = \"1.89\"\n\n[workspace.dependencies]\n\
                    tenancy-macros = { path = \"m\", version = \"=0.1.0\" }\ntenancy-test-support = { path = \"t\" }\n\
                    diesel = { version = \">=2.3.14, <2.4\", features = [] }\n";
    let (toolchain, check) = ("[toolchain]\nchannel = \"1.95.0\"\n", "#!/bin/bash\nRUST=1.95.0\n");
    assert_eq!(versions(manifest, toolchain, check), []);
    let loose = manifest.replace("\"=0.1.0\"", "\"0.1.0\"");
    assert!(only(&versions(&loose, toolchain, check)).contains("must be pinned"));
    let stale = manifest.replace("\nversion = \"0.1.0\"", "\nversion = \"0.2.0\"");
    assert!(only(&versions(&stale, toolchain, check)).contains("=0.2.0"));
    assert!(only(&versions(manifest, toolchain, "RUST=1.94.0\n")).contains("RUST=1.95.0"));
    let newer = manifest.replace("1.89", "1.96");
    assert!(only(&versions(&newer, toolchain, check)).contains("newer than the toolchain"));
    let none = manifest.replace("rust-version = \"1.89\"\n", "");
    assert!(only(&versions(&none, toolchain, check)).contains("rust-version"));
    for diesel in ["=2.3.14", ">=2.3.14", ">=2.3.14, <2.5", ">=2.3.14, <3", "2.3.14"] {
        let other = manifest.replace(">=2.3.14, <2.4", diesel);
        assert!(only(&versions(&other, toolchain, check)).contains("diesel must be"), "{diesel}");
    }
}

#[test]
fn the_trusted_base_is_counted_without_comments() {
    let table = "# X\n| `other.rs` | no |\n## The trusted base\n| `a/b.rs`, `c.rs` | what |\n";
    let tree = Fixture::new()
        .file("a/b.rs", "//! Doc\n\nfn one() {}\n")
        .file("a/c.rs", "// Why.\nfn two() {}\nfn three() {}\n");
    assert_eq!(trusted_lines(tree.path(), table), 3);
}
