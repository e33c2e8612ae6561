//! Each refusal says its code first, and the code's page is the one that describes it.
//!
//! That each refusal happens is tested in `surface/refusals.rs` and beside the connection; this is about its words.

use tenancy::Refusal;

const CODES: [(Refusal, &str); 5] = [
    (Refusal::NoOrganization, "TEN0201"),
    (Refusal::OtherScope, "TEN0202"),
    (Refusal::Expired, "TEN0203"),
    (Refusal::RequestEnded, "TEN0204"),
    (Refusal::OtherAuthority, "TEN0205"),
];

#[test]
fn a_refusal_begins_with_its_code_in_lower_case_without_a_full_stop() {
    for (refusal, code) in CODES {
        let text = refusal.to_string();
        let words = text.strip_prefix(&format!("{code}: ")).unwrap_or_else(|| panic!("{text}: not {code}"));
        assert!(words.starts_with(char::is_lowercase), "{text}");
        assert!(!text.ends_with('.'), "{text}");
    }
}

#[test]
fn the_page_of_a_refusal_has_its_words() {
    for (refusal, code) in CODES {
        let text = refusal.to_string();
        let what = text.split([':', ';']).nth(1).expect("words after the code").trim();
        let page = format!("{}/../docs/errors/{code}.md", env!("CARGO_MANIFEST_DIR"));
        let page = std::fs::read_to_string(&page).unwrap_or_else(|error| panic!("{page}: {error}"));
        let title = page.lines().next().unwrap_or_default();
        assert_eq!(title, format!("# {code}: {what}"));
    }
}
