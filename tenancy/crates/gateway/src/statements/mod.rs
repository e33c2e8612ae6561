//! Every statement that the gateway runs on its own tables.
//!
//! The values of a statement have names, in its text and in the struct that it is called with, and the two are compared while the
//! crate compiles (`docs/decisions/0026-named-parameters.md`). Tests prepare all of them on both databases.

mod directory;
mod fragments;
#[cfg(feature = "oidc")]
mod oidc;
mod sessions;
mod support_access;

pub(crate) use directory::*;
#[cfg(feature = "oidc")]
pub(crate) use oidc::*;
pub(crate) use sessions::*;
pub(crate) use support_access::*;

use tenancy::scope::{OrgId, Subject};
use tenancy_service::__private::sql::{Kind, Value};

/// Every text above, for tests.
#[cfg(test)]
pub(crate) fn texts() -> Vec<&'static tenancy_service::__private::named::NamedText> {
    let lists: &[&'static [_]] = &[
        directory::ALL,
        #[cfg(feature = "oidc")]
        oidc::ALL,
        sessions::ALL,
        support_access::ALL,
        crate::migrations::statements::ALL,
    ];
    lists.iter().copied().flatten().collect()
}

pub(crate) fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn text_or_null(text: Option<&str>) -> Value {
    text.map_or(Value::Null(Kind::Text), self::text)
}

pub(crate) fn org(org: OrgId) -> Value {
    Value::Id(*org.as_uuid())
}

pub(crate) fn issuer(subject: &Subject) -> Value {
    text(&subject.issuer)
}

pub(crate) fn subject(subject: &Subject) -> Value {
    text(&subject.subject)
}
