//! Schemas with modules, and two tables of one name: what is declared is told by its path and its SQL schema.

use super::source_planted::with;

/// Schemas that print-schema and people write, of one file each.
const SCHEMAS: &[(&str, &str)] = &[
    ("a module comes first", "pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, org_id -> Uuid, } } }"),
    (
        "an import comes first",
        "use crate::types::Cents; pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, org_id -> Uuid, } } }",
    ),
    (
        "two tables of one name",
        "diesel::table! { users (id) { id -> Uuid, org_id -> Uuid, } } \
         pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, org_id -> Uuid, } } }",
    ),
    (
        "one of them global, under its path",
        "global(auth::users); diesel::table! { users (id) { id -> Uuid, org_id -> Uuid, } } \
         pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, name -> Text, } } }",
    ),
    (
        "organization columns by path",
        "organization(auth::users = company_id, users = owner); \
         diesel::table! { users (id) { id -> Uuid, owner -> Uuid, company_id -> Nullable<Uuid>, } } \
         pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, company_id -> Uuid, owner -> Nullable<Uuid>, } } }",
    ),
    (
        "a global child of a global table that has a tenant's name",
        "global(auth::users, auth::logins); diesel::table! { users (id) { id -> Uuid, org_id -> Uuid, } } \
         pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, } } \
         diesel::table! { auth.logins (id) { id -> Uuid, user_id -> Uuid, } } diesel::joinable!(logins -> users (user_id)); }",
    ),
];

/// The same with a mistake: the path that a setting names is the path that counts.
const WRONG_SCHEMAS: &[(&str, &str, &str)] = &[
    (
        "the global one has the organization",
        "global(auth::users); diesel::table! { users (id) { id -> Uuid, org_id -> Uuid, } } \
         pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, org_id -> Uuid, } } }",
        "S05",
    ),
    (
        "one schema twice",
        "pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, org_id -> Uuid, } } } \
         pub mod again { diesel::table! { auth.users (id) { id -> Uuid, org_id -> Uuid, } } }",
        "S01",
    ),
    (
        "a global child of an organization table elsewhere",
        "global(auth::logins); diesel::table! { users (id) { id -> Uuid, org_id -> Uuid, } } \
         pub mod auth { diesel::table! { auth.logins (id) { id -> Uuid, user_id -> Uuid, } } \
         diesel::joinable!(logins -> crate::schema::users (user_id)); }",
        "S06",
    ),
    (
        "the organization column of the second is nullable",
        "organization(auth::users = company_id); diesel::table! { users (id) { id -> Uuid, org_id -> Uuid, } } \
         pub mod auth { diesel::table! { auth.users (id) { id -> Uuid, company_id -> Nullable<Uuid>, } } }",
        "S08",
    ),
];

#[test]
fn a_schema_with_modules_is_read() {
    let found = |schema: &str| {
        let text = format!("mod schema_of_auth {{ tenancy::schema! {{ {schema} }} }}");
        with(&[("src/extra.rs", &text)]).audit().rule_ids().join(" ")
    };
    for (what, schema) in SCHEMAS {
        assert_eq!(found(schema), "", "{what}");
    }
    for (what, schema, expected) in WRONG_SCHEMAS {
        assert_eq!(found(schema), *expected, "{what}");
    }
}
