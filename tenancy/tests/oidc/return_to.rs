//! Where a browser goes after its sign-in.

use openidconnect::url::Url;
use tenancy_gateway::oidc::{ReturnTo, ReturnToError};

#[test]
fn paths_of_this_site_are_taken_as_they_are() {
    let paths = [
        "/",
        "/invoices",
        "/invoices/",
        "/invoices/7?page=2&q=a%20b",
        "/a.b/c..d",
        "/%C3%A4",
        "/x?next=https://a.test//y",
    ];
    for path in paths {
        assert_eq!(ReturnTo::parse(path).unwrap().as_str(), path);
    }
    assert_eq!(ReturnTo::default().as_str(), "/");
}

#[test]
fn what_is_or_could_be_read_as_another_place_is_refused() {
    let cases = [
        ("", ReturnToError::NotAPath),
        ("invoices", ReturnToError::NotAPath),
        ("//evil.test", ReturnToError::NotAPath),
        ("///evil.test", ReturnToError::NotAPath),
        ("https://evil.test", ReturnToError::NotAPath),
        ("https:evil.test", ReturnToError::NotAPath),
        ("javascript:alert(1)", ReturnToError::NotAPath),
        (" /evil", ReturnToError::NotAPath),
        ("\t//evil.test", ReturnToError::NotAPath),
        ("/\\evil.test", ReturnToError::Byte),
        ("/a\\b", ReturnToError::Byte),
        ("/\t/evil.test", ReturnToError::Byte),
        ("/a\r\nSet-Cookie: x=y", ReturnToError::Byte),
        ("/a#b", ReturnToError::Byte),
        ("/ä", ReturnToError::Byte),
        ("/a b", ReturnToError::Byte),
        ("/a\0", ReturnToError::Byte),
        ("/%2f/evil.test", ReturnToError::Encoded),
        ("/%2Fevil.test", ReturnToError::Encoded),
        ("/%5cevil.test", ReturnToError::Encoded),
        ("/a%0d%0aSet-Cookie:x", ReturnToError::Encoded),
        ("/%00", ReturnToError::Encoded),
        ("/%09/evil.test", ReturnToError::Encoded),
        ("/%252f", ReturnToError::Encoded),
        ("/%", ReturnToError::Encoded),
        ("/%2", ReturnToError::Encoded),
        ("/%zz", ReturnToError::Encoded),
        ("/a//evil.test", ReturnToError::Segment),
        ("/./evil", ReturnToError::Segment),
        ("/../evil", ReturnToError::Segment),
        ("/.%2e/evil", ReturnToError::Segment),
        ("/%2E//evil.test", ReturnToError::Segment),
        ("/a/..", ReturnToError::Segment),
    ];
    for (path, expected) in cases {
        assert_eq!(ReturnTo::parse(path), Err(expected), "{path:?}");
        assert_eq!(ReturnTo::or_root(path).as_str(), "/");
    }
    assert_eq!(ReturnTo::parse(&format!("/{}", "a".repeat(2048))), Err(ReturnToError::TooLong));
}

/// Whatever is taken, a browser (the WHATWG's URL) resolves on this site, and to this very text.
#[test]
fn whatever_is_taken_stays_on_this_site() {
    let site = Url::parse("https://billing.example.test/login/callback?x=1").unwrap();
    let pieces =
        ["/", "//", "\\", ".", "..", "%2e", "%2f", "%5c", "@", ":", "a", "evil.test", "?", "#", "\t", "%0a", "%", "ä"];
    let mut taken = 0;
    for number in 0..50_000 {
        let length = fastrand::usize(1..7);
        let path: String = (0..length).map(|_| pieces[fastrand::usize(..pieces.len())]).collect();
        let path = if number % 3 == 0 { path } else { format!("/{path}") };
        if let Ok(path) = ReturnTo::parse(&path) {
            let there = site.join(path.as_str()).unwrap();
            assert_eq!(there.origin(), site.origin(), "{path:?}");
            assert_eq!(there.as_str(), format!("https://billing.example.test{}", path.as_str()));
            taken += 1;
        }
    }
    assert!(taken > 500, "{taken}");
}
