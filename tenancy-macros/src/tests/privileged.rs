//! `privileged(..)`: what it expands to, and its errors.
use expect_test::expect;

use super::meaning;
use crate::expand;
use crate::read_schema::read;

const TABLES: &str = "
    table! { invoices (org_id, id) { org_id -> Uuid, id -> Integer, status -> Text, memo -> Text, } }
    table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
";

#[test]
fn it_names_the_actions_the_key_and_the_epochs() {
    let input = format!(
        "privileged(invoices: delete = invoice::Delete, update(status, memo) = crate::actions::Void);
         {TABLES}"
    );
    let outcome = read(input.parse().expect("Rust"), std::path::Path::new("/nowhere"));
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
    let whole = super::pretty(expand::expand(&outcome.schema));
    let from = whole.find("impl ::tenancy::query::Privileges for invoices::table").expect("the privileges");
    let to = whole.find("#[doc(hidden)]\n#[allow(dead_code, unreachable_pub, missing_docs)]").expect("what follows");
    expect![[r#"
        impl ::tenancy::query::Privileges for invoices::table {
            type Insert = ::tenancy::query::Unprivileged;
            type Delete = invoice::Delete;
            type Update = ::tenancy::query::Unprivileged;
            const COLUMNS: &'static [::tenancy::query::PrivilegedColumn] = &[
                ::tenancy::query::PrivilegedColumn {
                    column: "id",
                    action: ::tenancy::query::no_action,
                },
                ::tenancy::query::PrivilegedColumn {
                    column: "status",
                    action: ::core::any::TypeId::of::<crate::actions::Void>,
                },
                ::tenancy::query::PrivilegedColumn {
                    column: "memo",
                    action: ::core::any::TypeId::of::<crate::actions::Void>,
                },
            ];
        }
        const _: () = ::tenancy::query::is_action_on::<invoice::Delete, invoices::table>();
        const _: () = ::tenancy::query::is_action_on::<crate::actions::Void, invoices::table>();
        const _: () = ::tenancy::query::is_action_on::<crate::actions::Void, invoices::table>();
        impl ::tenancy::query::PrivilegedTable for invoices::table {
            type Key = invoices::id;
            type Epochs = permission_epochs::table;
        }
        impl ::tenancy::query::Privileges for permission_epochs::table {
            type Insert = ::tenancy::query::WrittenByTheEngine;
            type Delete = ::tenancy::query::WrittenByTheEngine;
            type Update = ::tenancy::query::WrittenByTheEngine;
        }
    "#]]
    .assert_eq(&whole[from..to]);
}

#[test]
fn every_mistake_is_named() {
    let input = "privileged(invoices: update(statsu) = invoice::Void);
privileged(invoces: delete = invoice::Delete);
privileged(notes: update = note::Change, update(text) = note::Change);
privileged(pairs: delete = pair::Delete);
privileged(staff: delete = staff::Delete);
privileged(memos: delete = memo::Delete, delete = memo::Drop);
privileged(tags: delete = tag::Delete);
privileged(tags: delete = tag::Delete);
privileged(rates: insert = rate::Add);
privileged(names: );
platform(staff);
table! { invoices (id) { id -> Integer, org_id -> Uuid, status -> Text, } }
table! { notes (id) { id -> Integer, org_id -> Uuid, text -> Text, } }
table! { pairs (left, right) { left -> Integer, right -> Integer, org_id -> Uuid, } }
table! { staff (id) { id -> Integer, } }
table! { memos (id) { id -> Integer, org_id -> Uuid, } }
table! { tags (id) { id -> Integer, org_id -> Uuid, } }
table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }
";
    expect![[r#"
        9:19: the setting `privileged` cannot be read: expected `delete = ..`, `update = ..` or `update(column, ..) = ..`
        help: write `privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);`
        TEN0113: run `tenancy explain TEN0113`

        1:1: the setting `privileged` cannot be read: unexpected end of input, expected `delete = ..`, `update = ..` or `update(column) = ..`
        help: write `privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);`
        TEN0113: run `tenancy explain TEN0113`

        1:29: `privileged(..)` names the column `statsu`, which `invoices` does not have
        help: did you mean `status`?
        TEN0123: run `tenancy explain TEN0123`

        3:12: an UPDATE of `notes` would need two permits, and a statement takes one
        help: keep `update = ..`, or list each column that needs a permit
        TEN0123: run `tenancy explain TEN0123`

        4:12: a permit names one object, and the key of `pairs` is not one column
        help: declare a key of one column, beside the organization's: `(id)` or `(org_id, id)`
        TEN0123: run `tenancy explain TEN0123`

        5:12: `staff` belongs to no organization, and only an organization's rows have permits
        help: remove the table from `privileged(..)`
        TEN0123: run `tenancy explain TEN0123`

        6:42: `memos` says twice which permit a statement needs
        help: name each kind of statement, and each column, once
        TEN0123: run `tenancy explain TEN0123`

        8:12: `tags` is listed twice in `privileged(..)`
        help: a table's rows have one kind of owner: one organization (no list), all of them (`global`) or the operator (`platform`)
        TEN0107: run `tenancy explain TEN0107`

    "#]].assert_eq(&meaning(input));
}

#[test]
fn without_epochs_there_are_no_privileged_statements() {
    let table = "privileged(invoices: delete = invoice::Delete);
table! { invoices (id) { id -> Integer, org_id -> Uuid, } }";
    expect![[r#"
        1:12: `invoices` has privileged statements, and the schema has no table `permission_epochs`
        help: declare it: `diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }`; the migrations of `tenancy-permits` create it
        TEN0123: run `tenancy explain TEN0123`

    "#]].assert_eq(&meaning(table));
    let narrow = format!("{table}\ntable! {{ permission_epochs (org_id) {{ org_id -> Uuid, epoch -> Integer, }} }}");
    expect![[r#"
        3:10: the table `permission_epochs` has no column `epoch` of the type `BigInt`
        help: declare it: `diesel::table! { permission_epochs (org_id) { org_id -> Uuid, epoch -> BigInt, } }`; the migrations of `tenancy-permits` create it
        TEN0123: run `tenancy explain TEN0123`

    "#]].assert_eq(&meaning(&narrow));
}
