//! Names that the expansion uses itself, shadowed names, and no prelude.
#![allow(non_camel_case_types, reason = "the names are the point")]

use crate::schema_forms::support::{scope, sql};

#[expect(dead_code, reason = "shadows what the expansion must not mean")]
mod shadows {
    pub(super) mod core {}
    pub(super) mod std {}
    pub(super) struct Option;
    pub(super) struct Some;
    pub(super) struct None;
    pub(super) struct Result;
    pub(super) struct String;
    pub(super) trait Clone {}
    pub(super) trait Copy {}
    pub(super) trait Default {}
    pub(super) trait FnMut {}
    pub(super) trait QueryDsl {}
}

mod shadowed {
    #[allow(unused_imports, reason = "as above")]
    use super::shadows::*;

    tenancy::schema! {
        organization(std = owner);
        global(columns);
        diesel::table! {
            core (key) {
                key -> Integer, org_id -> Binary, star -> Text, name -> Text, out -> Integer, rhs -> Integer,
                visit -> Integer, alias -> Integer, column -> Integer, f -> Integer, r#type -> Text, str -> Text,
                bool -> Bool, usize -> Integer, id -> Integer,
            }
        }
        diesel::table! { std (str) { str -> Integer, owner -> Text, r#in -> Nullable<Integer>, } }
        diesel::table! { table (id) { id -> Integer, org_id -> Binary, tables -> Integer, key -> Integer, } }
        diesel::table! { columns (id) { id -> Integer, key -> Integer, out -> Integer, rhs -> Integer, str -> Text, bool -> Bool, } }
        diesel::table! { r#match (id) { id -> Integer, org_id -> Binary, #[max_length = 3] usize -> Text, } }
        diesel::joinable!(table -> core (key));
        diesel::joinable!(core -> columns (id));
        diesel::allow_tables_to_appear_in_same_query!(core, std, table, columns, r#match);
    }
}

#[no_implicit_prelude]
mod bare {
    ::tenancy::schema! {
        global(rates);
        diesel::table! { notes (id) { id -> Integer, org_id -> Binary, rate_id -> Integer, amount -> Integer, } }
        diesel::table! { parts (note_id, id) { note_id -> Integer, id -> Integer, org_id -> Binary, } }
        diesel::table! { rates (id) { id -> Integer, amount -> Nullable<Double>, } }
        diesel::joinable!(notes -> rates (rate_id));
        diesel::joinable!(parts -> notes (note_id));
        diesel::allow_tables_to_appear_in_same_query!(notes, parts, rates);
    }
}

#[test]
fn names_of_the_expansion() {
    use diesel::prelude::*;
    use shadowed::{columns, core, r#match, table};

    let scope = scope();
    let query = scope.from(table::table).inner_join(scope.from(core::table)).select((
        core::r#type,
        core::star,
        table::tables,
        core::str,
    ));
    assert!(sql(&query).starts_with("SELECT `core`.`type`, `core`.`star`, `table`.`tables`, `core`.`str` FROM"));
    let update = scope.update(core::table).find(1).set((core::out.eq(core::rhs + 1), core::key.eq(2)));
    assert_eq!(
        sql(&update),
        "UPDATE `core` SET `out` = (`core`.`rhs` + ?), `key` = ? WHERE `core`.`org_id` = ? AND ((`core`.`key` = ?))"
    );
    let query = scope.from(r#match::table).filter(r#match::usize.eq("x")).select(r#match::id);
    assert!(sql(&query).contains("FROM (SELECT * FROM `match` WHERE"));
    let query = columns::table.inner_join(scope.from(core::table)).select((columns::out, core::visit));
    assert!(sql(&query).starts_with("SELECT `columns`.`out`, `core`.`visit` FROM (`columns` INNER JOIN (SELECT"));
}

#[test]
fn another_organization_column() {
    use diesel::prelude::*;
    use shadowed::std;

    let query = scope().from(std::table).select((std::owner, std::r#in));
    assert_eq!(
        sql(&query),
        "SELECT `std`.`owner`, `std`.`in` FROM (SELECT * FROM `std` WHERE `std`.`owner` = ?) AS `std`"
    );
}

#[test]
fn without_a_prelude() {
    use bare::{notes, parts, rates};
    use diesel::prelude::*;

    let scope = scope();
    let query = scope
        .from(parts::table)
        .inner_join(scope.from(notes::table).inner_join(rates::table))
        .filter(notes::amount.gt(notes::amount * 2))
        .select((parts::id, rates::amount));
    assert_eq!(sql(&query).matches("`org_id` = ?").count(), 2);
    assert!(sql(&scope.from(parts::table).find((1, 2)).select(parts::id)).contains("`parts`.`note_id` = ?"));
}
