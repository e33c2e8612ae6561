//! The cookies of sign-ins that were begun: what the provider's answer is compared with, sealed, in the browser alone.
//!
//! Each sign-in has one of its own, so that two tabs do not overwrite each other's. There are a few and no more: a page that had a
//! browser begin a hundred would otherwise fill what a request may carry.

use axum::http::{HeaderMap, header};
use secrecy::{ExposeSecret as _, SecretString};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

const PREFIX: &str = "__Host-billing-login-";
/// What every cookie here is given with.
const ATTRIBUTES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";
/// How many sign-ins of a browser are remembered, and how long their cookies are together, in bytes.
const MOST: usize = 3;
const LONGEST: usize = 5 * 1024;

/// A sign-in that was begun, as its cookie holds it.
pub(super) struct Begun {
    pub(super) step_up: bool,
    /// The browser's secret, and the sealed sign-in.
    pub(super) browser: SecretString,
    pub(super) sealed: SecretString,
}

/// The name of a sign-in's cookie, by its key.
fn name(key: &str) -> String {
    format!("{PREFIX}{}", key.get(..16).unwrap_or(key))
}

/// All cookies of sign-ins that a request came with.
fn all(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.filter(|(name, _)| name.starts_with(PREFIX))
}

/// The header that takes a cookie away.
fn away(name: &str) -> String {
    format!("{name}=; {ATTRIBUTES}; Max-Age=0")
}

/// What a browser is given for a sign-in that begins, and what is taken from it: the oldest ones.
pub(super) fn given(headers: &HeaderMap, key: &str, begun: &Begun, life: Duration) -> Vec<String> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let kind = if begun.step_up { "p" } else { "s" };
    let value = format!("{now:x}.{kind}.{}.{}", begun.browser.expose_secret(), begun.sealed.expose_secret());
    let (name, mut length) = (name(key), value.len());
    let mut others: Vec<_> = all(headers).filter(|(other, _)| *other != name).collect();
    let at = |value: &str| u64::from_str_radix(value.split('.').next().unwrap_or_default(), 16).unwrap_or(0);
    others.sort_by_key(|(_, value)| std::cmp::Reverse(at(value)));
    let mut cookies = vec![format!("{name}={value}; {ATTRIBUTES}; Max-Age={}", life.as_secs())];
    for (place, (other, value)) in others.into_iter().enumerate() {
        length += value.len();
        if place + 1 >= MOST || length > LONGEST {
            cookies.push(away(other));
        }
    }
    cookies
}

/// The sign-in that a browser began under this key; none when there are two of the name.
pub(super) fn brought(headers: &HeaderMap, key: &str) -> Option<Begun> {
    let name = name(key);
    let mut values = all(headers).filter(|(one, _)| *one == name).map(|(_, value)| value);
    let (value, None) = (values.next()?, values.next()) else { return None };
    let mut parts = value.splitn(4, '.').skip(1);
    let (kind, browser, sealed) = (parts.next()?, parts.next()?, parts.next()?);
    Some(Begun { step_up: kind == "p", browser: browser.to_owned().into(), sealed: sealed.to_owned().into() })
}

/// Takes a used one away.
pub(super) fn used(key: &str) -> String {
    away(&name(key))
}

/// How many are taken away by one answer: clients read a hundred headers and no more.
const AT_ONCE: usize = 50;

/// Takes all of them away, or as many as an answer can: there are more than a request may carry.
pub(super) fn none(headers: &HeaderMap) -> Vec<String> {
    all(headers).take(AT_ONCE).map(|(name, _)| away(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begun() -> Begun {
        Begun { step_up: false, browser: "b".repeat(43).into(), sealed: "s".repeat(900).into() }
    }

    fn of(cookies: &[String]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for cookie in cookies {
            headers.append(header::COOKIE, cookie.parse().unwrap());
        }
        headers
    }

    #[test]
    fn a_browser_has_a_few_and_the_oldest_go() {
        let cookie = |number: u64| format!("{PREFIX}{number:016}={number:x}.s.b.{}", "s".repeat(900));
        let headers = of(&[cookie(4), cookie(1), "theme=dark".to_owned(), cookie(3), cookie(2)]);
        let given = given(&headers, &"f".repeat(64), &begun(), Duration::from_secs(600));
        assert_eq!(given.len(), 3, "{given:?}");
        assert!(given[0].starts_with(&format!("{PREFIX}ffffffffffffffff=")) && given[0].ends_with("Max-Age=600"));
        for (gone, number) in given[1..].iter().zip([2, 1]) {
            assert_eq!(*gone, format!("{PREFIX}{number:016}=; {ATTRIBUTES}; Max-Age=0"));
        }
        assert_eq!(none(&headers).len(), 4);
        let long = of(&[format!("{PREFIX}1=1.s.b.{}", "s".repeat(4500))]);
        assert_eq!(super::given(&long, "key", &begun(), Duration::ZERO).len(), 2, "they are too long together");
    }

    #[test]
    fn a_cookie_is_one_of_its_key() {
        let given = given(&HeaderMap::new(), &"a".repeat(64), &begun(), Duration::ZERO).remove(0);
        let pair = given.split(';').next().unwrap().to_owned();
        let back = brought(&of(std::slice::from_ref(&pair)), &"a".repeat(64)).unwrap();
        assert!(!back.step_up && back.browser.expose_secret() == "b".repeat(43));
        assert_eq!(back.sealed.expose_secret(), "s".repeat(900));
        assert!(brought(&of(std::slice::from_ref(&pair)), &"b".repeat(64)).is_none());
        assert!(brought(&of(&[pair.clone(), pair]), &"a".repeat(64)).is_none(), "two of a name");
        assert!(brought(&of(&[format!("{PREFIX}key=1.s.b")]), "key").is_none());
    }
}
