//! The settings at the head of a schema.
use expect_test::expect;

use super::meaning;

const TABLE: &str = "table! { invoices (id) { id -> Uuid, org_id -> Uuid, owner -> Binary, } }";

fn with_table(settings: &str) -> String {
    meaning(&format!("{settings}\n{TABLE}"))
}

#[test]
fn every_setting() {
    let input = "
        platform(staff,);
        organization(notes = owner);
        crate = crate::vendored::tenancy;
        organization = tenant;
        global();
        table! { invoices (id) { id -> Uuid, #[sql_name = \"tenant_id\"] tenant -> Uuid, } }
        table! { notes (id) { id -> Uuid, owner -> Text, } }
        table! { ledgers (id) { id -> Uuid, #[sql_name = \"tenant\"] tenant_ -> Uuid, } }
        table! { staff (id) { id -> Uuid, } }
    ";
    expect![[r#"
        crate crate::vendored::tenancy
        Tenant invoices = "invoices" key (id), 0 attributes
          id = "id": Uuid
          tenant = "tenant_id": Uuid  <- organization
        Tenant notes = "notes" key (id), 0 attributes
          id = "id": Uuid
          owner = "owner": Text  <- organization
        Tenant ledgers = "ledgers" key (id), 0 attributes
          id = "id": Uuid
          tenant_ = "tenant": Uuid  <- organization
        Platform staff = "staff" key (id), 0 attributes
          id = "id": Uuid
    "#]]
    .assert_eq(&meaning(input));
}

#[test]
fn unknown_settings_list_the_known_ones() {
    expect![[r#"
        1:1: `globl` is no setting of a schema
        help: did you mean `global`?
        help: the settings are `crate = ::tenancy;`, `file = "src/schema.rs";`, `organization = org_id;`, `organization(invoices = owner_org_id);`, `global(currencies, countries);`, `platform(staff);`, `privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);`
        TEN0113: run `tenancy explain TEN0113`

        1:11: `frobnicate` is no setting of a schema
        help: the settings are `crate = ::tenancy;`, `file = "src/schema.rs";`, `organization = org_id;`, `organization(invoices = owner_org_id);`, `global(currencies, countries);`, `platform(staff);`, `privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);`
        TEN0113: run `tenancy explain TEN0113`

    "#]].assert_eq(&with_table("globl(a); frobnicate = 3;"));
}

#[test]
fn bad_values() {
    let input = "
        crate = my::tenancy;
        file = src;
        organization = \"org_id\";
        organization(invoices);
        global = currencies;
        platform(a b);
    ";
    expect![[r#"
        2:17: the setting `crate` cannot be read: `my::tenancy` depends on where it is written: write `::my::tenancy` for a crate, or `crate::my::tenancy` for a module of this crate
        help: write `crate = ::tenancy;`
        TEN0113: run `tenancy explain TEN0113`

        3:16: the setting `file` cannot be read: expected string literal
        help: write `file = "src/schema.rs";`
        TEN0113: run `tenancy explain TEN0113`

        4:24: the setting `organization` cannot be read: expected identifier
        help: write `organization = org_id;`
        TEN0113: run `tenancy explain TEN0113`

        1:1: the setting `organization` cannot be read: expected `=`
        help: write `organization(invoices = owner_org_id);`
        TEN0113: run `tenancy explain TEN0113`

        6:9: the setting `global` is not written like this
        help: write `global(currencies, countries);`
        TEN0113: run `tenancy explain TEN0113`

        7:20: the setting `platform` cannot be read: expected `,`
        help: write `platform(staff);`
        TEN0113: run `tenancy explain TEN0113`

    "#]].assert_eq(&with_table(input));
}

#[test]
fn twice_late_and_unfinished() {
    expect![[r#"
        1:24: the setting `organization` is given twice
        help: say it once
        TEN0113: run `tenancy explain TEN0113`

        1:120: a setting stands after the tables
        help: settings come first in a `schema!`
        TEN0113: run `tenancy explain TEN0113`

        1:130: a setting stands after the tables
        help: settings come first in a `schema!`
        TEN0113: run `tenancy explain TEN0113`

        1:130: a setting ends with `;`
        help: the settings are `crate = ::tenancy;`, `file = "src/schema.rs";`, `organization = org_id;`, `organization(invoices = owner_org_id);`, `global(currencies, countries);`, `platform(staff);`, `privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);`
        TEN0113: run `tenancy explain TEN0113`

    "#]].assert_eq(&meaning(&format!(
        "organization = org_id; organization = owner; {TABLE} global(); crate = ::t"
    )));
}
