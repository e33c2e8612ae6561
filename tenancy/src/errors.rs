//! The pages of the error codes. `tenancy explain TEN0001`, of the crate `tenancy-cli`, prints the same ones.

/// Returns the page of an error code such as `TEN0001`, in Markdown; `None` for a code that does not exist.
#[must_use]
pub fn page(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, page)| *page)
}

/// Returns every code, in order.
pub fn codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

macro_rules! pages {
    ($($code:ident)*) => {
        const PAGES: &[(&str, &str)] =
            &[$((stringify!($code), include_str!(concat!("../errors/", stringify!($code), ".md")))),*];

        $(
            // The examples of a page are tested where its schema is: `tenancy-macros/src/tests/pages.rs`, `ui-tests`.
            #[cfg_attr(not(doctest), doc = include_str!(concat!("../errors/", stringify!($code), ".md")))]
            #[allow(non_snake_case, reason = "a code is written as it is printed")]
            pub mod $code {}
        )*
    };
}

pages! {
    TEN0001 TEN0002 TEN0003 TEN0004 TEN0005 TEN0006 TEN0007 TEN0008
    TEN0009 TEN0010 TEN0011 TEN0012 TEN0022 TEN0023 TEN0024 TEN0025
    TEN0026 TEN0101 TEN0102 TEN0103 TEN0104 TEN0105 TEN0106 TEN0107
    TEN0108 TEN0109 TEN0110 TEN0111 TEN0112 TEN0113 TEN0114 TEN0115
    TEN0116 TEN0117 TEN0118 TEN0119 TEN0120 TEN0121 TEN0122 TEN0123
    TEN0124 TEN0125 TEN0151 TEN0152 TEN0153 TEN0201 TEN0202 TEN0203
    TEN0204 TEN0205 TEN0206 TEN0207 TEN0208 TEN0209 TEN0210 TEN0211
    TEN0212 TEN0213 TEN0214 TEN0215 TEN0216 TEN0230
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn every_page_is_listed() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("errors");
        let mut files: Vec<_> = std::fs::read_dir(folder)
            .expect("the folder of pages exists")
            .map(|entry| entry.expect("an entry can be read").path())
            .filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned()))
            .filter(|name| name.starts_with("TEN"))
            .collect();
        files.sort();
        assert_eq!(super::codes().collect::<Vec<_>>(), files);
    }

    #[test]
    fn a_page_is_found_by_its_code_and_no_other_word() {
        assert!(super::page("TEN0001").is_some_and(|page| page.starts_with("# TEN0001")));
        assert_eq!(super::page("ten0001"), super::page("TEN0001"));
        assert_eq!(super::page("TEN"), None);
        assert_eq!(super::page(""), None);
    }
}
