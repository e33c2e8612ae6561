//! A module for each SQL schema, as `diesel print-schema` writes several.
use diesel::debug_query;
use diesel::prelude::*;
use diesel::sqlite::Sqlite;

use crate::schema_forms::support::{scope, sql};

mod types {
    pub(crate) use diesel::sql_types::Text as Memo;
}

mod vendored {
    pub(crate) use ::tenancy;
}

tenancy::schema! {
    crate = crate::schema_forms::modules::vendored::tenancy;
    global(people::countries);
    platform(people::operators);

    use crate::schema_forms::modules::types::Memo;

    pub mod billing {
        use super::Memo;

        pub mod sql_types {
            pub type Cents = diesel::sql_types::BigInt;
        }

        diesel::table! {
            use diesel::sql_types::*;
            use super::sql_types::Cents;
            use super::Memo;

            billing.invoices (id) {
                id -> Integer,
                org_id -> Binary,
                user_id -> Integer,
                account_id -> Integer,
                amount -> Cents,
                memo -> Memo,
            }
        }

        diesel::table! {
            billing.users (id) {
                id -> Integer,
                org_id -> Binary,
            }
        }

        diesel::joinable!(invoices -> users (user_id));
        diesel::joinable!(invoices -> accounts (account_id));
        diesel::allow_tables_to_appear_in_same_query!(accounts, invoices, users,);
        diesel::allow_columns_to_appear_in_same_group_by_clause!(invoices::memo, super::people::accounts::name);
    }

    mod people {
        diesel::table! {
            people.accounts (id) {
                id -> Integer,
                org_id -> Binary,
                name -> Text,
                country -> Text,
            }
        }

        diesel::table! {
            people.countries (code) {
                code -> Text,
            }
        }

        diesel::table! {
            people.operators (id) {
                id -> Integer,
                country -> Text,
            }
        }

        diesel::table! {
            people.users (id) {
                id -> Integer,
                org_id -> Binary,
                manager_id -> Integer,
            }
        }

        diesel::joinable!(accounts -> countries (country));
        diesel::joinable!(operators -> countries (country));
        diesel::joinable!(users -> crate::schema_forms::modules::billing::users (manager_id));
        diesel::allow_tables_to_appear_in_same_query!(accounts, countries, operators, users, invoices);
        diesel::allow_tables_to_appear_in_same_query!(countries, super::billing::users);
    }
}

#[test]
fn tables_of_two_schemas() {
    let scope = scope();
    let query = scope
        .from(billing::invoices::table)
        .inner_join(scope.from(people::accounts::table).inner_join(people::countries::table))
        .inner_join(scope.from(billing::users::table))
        .filter(billing::invoices::amount.gt(1))
        .select((billing::invoices::memo, people::countries::code));
    let text = sql(&query);
    assert!(
        text.contains("(SELECT * FROM `billing`.`invoices` WHERE `invoices`.`org_id` = ?) AS `billing.invoices`"),
        "{text}"
    );
    assert!(text.contains("INNER JOIN `people`.`countries` AS `people.countries`"), "{text}");
    assert!(text.starts_with("SELECT `billing.invoices`.`memo`, `people.countries`.`code` FROM"), "{text}");
}

#[test]
fn columns_of_two_tables_in_one_group() {
    let scope = scope();
    let grouped = scope
        .from(billing::invoices::table)
        .inner_join(scope.from(people::accounts::table))
        .group_by((billing::invoices::memo, people::accounts::name))
        .select((billing::invoices::memo, people::accounts::name, diesel::dsl::count_star()));
    assert!(sql(&grouped).ends_with("GROUP BY `billing.invoices`.`memo`, `people.accounts`.`name`"));
}

#[test]
fn the_platforms_own_query() {
    let query = people::operators::table.inner_join(people::countries::table).select(people::operators::id);
    assert_eq!(
        sql(&query),
        "SELECT `people.operators`.`id` FROM (`people`.`operators` AS `people.operators` \
         INNER JOIN `people`.`countries` AS `people.countries` ON (`people.operators`.`country` = `people.countries`.`code`))"
    );
}

#[test]
fn tables_of_one_name_in_two_schemas() {
    let scope = scope();
    let managed = scope.from(people::users::table).filter(people::users::manager_id.eq(billing::users::id));
    let query = scope.from(billing::users::table).filter(diesel::dsl::exists(managed)).select(billing::users::id);
    assert_eq!(
        sql(&query),
        "SELECT `billing.users`.`id` FROM (SELECT * FROM `billing`.`users` WHERE `users`.`org_id` = ?) AS `billing.users` \
         WHERE EXISTS (SELECT `people.users`.`id`, `people.users`.`manager_id` FROM \
         (SELECT * FROM `people`.`users` WHERE `users`.`org_id` = ?) AS `people.users` \
         WHERE (`people.users`.`manager_id` = `billing.users`.`id`))"
    );
    assert_eq!(
        sql(&scope.delete(people::users::table).find(1)),
        "DELETE FROM `people`.`users` AS `people.users` WHERE `people.users`.`org_id` = ? AND ((`people.users`.`id` = ?))"
    );
}

mod long {
    tenancy::schema! {
        diesel::table! {
            a_schema_with_a_name_of_forty_two_letters_x.a_table_with_a_name_of_forty_letters_one (id) {
                id -> Integer, org_id -> Binary,
            }
        }
        pub mod second {
            diesel::table! {
                a_schema_with_a_name_of_forty_two_letters_x.a_table_with_a_name_of_forty_letters_two (id) {
                    id -> Integer, org_id -> Binary,
                }
            }
        }
    }
}

/// PostgreSQL cuts a name after 63 bytes: two that begin alike would be one.
#[test]
fn long_names_stay_apart() {
    // A column is written behind what a statement calls its table.
    let called = |column: String| column.split('`').nth(1).expect("a quoted name").to_owned();
    let one = called(debug_query::<Sqlite, _>(&long::a_table_with_a_name_of_forty_letters_one::id).to_string());
    let two = called(debug_query::<Sqlite, _>(&long::second::a_table_with_a_name_of_forty_letters_two::id).to_string());
    assert!(one != two && one.len() == 63 && two.len() == 63, "{one} {two}");
}
