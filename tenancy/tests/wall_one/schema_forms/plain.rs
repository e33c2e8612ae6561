//! Global and platform tables render, character by character, what diesel's own table does.
#![expect(clippy::disallowed_methods, reason = "the twin is plain diesel, on purpose")]

use diesel::prelude::*;

use crate::schema_forms::support::sql;

mod ours {
    tenancy::schema! {
        global(currencies, rates, countries);
        platform(operators);
        diesel::table! { currencies (code) { code -> Text, label -> Text, country -> Nullable<Text>, } }
        diesel::table! {
            /// What a currency was worth.
            finance.rates (code, day) { code -> Text, day -> Date, #[sql_name = "type"] kind -> Integer, rate -> Double, }
        }
        diesel::table! { countries (code) { code -> Text, #[max_length = 3] short -> Text, } }
        diesel::table! { operators (id) { id -> Integer, name -> Text, } }
        diesel::table! { notes (id) { id -> Integer, org_id -> Binary, operator_id -> Integer, currency -> Text, } }
        diesel::joinable!(currencies -> countries (country));
        diesel::joinable!(rates -> currencies (code));
        diesel::joinable!(notes -> currencies (currency));
        diesel::allow_tables_to_appear_in_same_query!(currencies, rates, countries, operators, notes);
    }
}

mod diesels {
    diesel::table! { currencies (code) { code -> Text, label -> Text, country -> Nullable<Text>, } }
    diesel::table! {
        finance.rates (code, day) { code -> Text, day -> Date, #[sql_name = "type"] kind -> Integer, rate -> Double, }
    }
    diesel::table! { countries (code) { code -> Text, #[max_length = 3] short -> Text, } }
    diesel::joinable!(currencies -> countries (country));
    diesel::joinable!(rates -> currencies (code));
    diesel::allow_tables_to_appear_in_same_query!(currencies, rates, countries);
}

/// The one difference from diesel's text: a table of a named schema has an alias that says so.
fn as_diesels(text: &str) -> String {
    text.replace("`finance`.`rates` AS `finance.rates`", "`finance`.`rates`")
        .replace("`finance.rates`", "`finance`.`rates`")
}

/// The same expression over both schemas.
macro_rules! same {
    ($($query:expr),* $(,)?) => {
        $(assert_eq!(
            { use ours::{currencies, countries, rates}; let _ = (currencies::table, countries::table, rates::table); as_diesels(&sql(&$query)) },
            { use diesels::{currencies, countries, rates}; let _ = (currencies::table, countries::table, rates::table); sql(&$query) },
        );)*
    };
}

#[test]
fn reads() {
    same! {
        currencies::table.filter(currencies::code.eq("EUR").or(currencies::label.like("E%"))).order(currencies::label),
        rates::table.find(("EUR", rates::day)).select((rates::kind + 1, rates::rate * 2.0)),
        rates::table.inner_join(currencies::table.left_join(countries::table)).select((rates::rate, currencies::label)),
        currencies::table.inner_join(rates::table).count(),
        countries::table.left_join(currencies::table).select((countries::all_columns, currencies::code.nullable())),
        currencies::table.inner_join(rates::table.on(rates::code.eq(currencies::label))).select(rates::day),
        currencies::star,
        rates::table.star(),
        currencies::table.into_boxed::<diesel::sqlite::Sqlite>().filter(currencies::code.eq("x")),
        countries::table.filter(diesel::dsl::exists(currencies::table.filter(currencies::code.eq(countries::code)))),
        currencies::table.select(currencies::code).union(countries::table.select(countries::code)),
        // The primary key covers its table.
        currencies::table.group_by(currencies::code).select((currencies::code, currencies::label)),
        rates::table.group_by(rates::kind).select((rates::kind, diesel::dsl::max(rates::rate))),
        countries::table.inner_join(currencies::table).group_by(countries::code).select(countries::short),
    }
}

#[test]
fn aliases() {
    macro_rules! of {
        ($schema:ident) => {{
            use $schema::{countries, currencies};
            let (a, b) = diesel::alias!(currencies as a, currencies as b);
            sql(&a
                .inner_join(b.on(a.field(currencies::code).eq(b.field(currencies::label))))
                .inner_join(countries::table.on(countries::code.eq(a.field(currencies::code))))
                .select((b.field(currencies::code), countries::short)))
        }};
    }
    assert_eq!(of!(ours), of!(diesels));
}

#[test]
fn writes() {
    same! {
        diesel::insert_into(currencies::table).values((currencies::code.eq("EUR"), currencies::label.eq("Euro"))),
        diesel::insert_into(rates::table).default_values(),
        diesel::insert_into(currencies::table).values(currencies::code.eq("EUR")).on_conflict(currencies::code)
            .do_update().set(currencies::label.eq("Euro")),
        countries::table.select((countries::code, countries::short)).insert_into(currencies::table)
            .into_columns((currencies::code, currencies::label)),
        diesel::update(currencies::table).set(currencies::label.eq("Euro")),
        diesel::update(rates::table.filter(rates::kind.eq(1))).set(rates::rate.eq(rates::rate * 2.0)),
        diesel::update(currencies::table.find("EUR")).set((currencies::label.eq("x"), currencies::country.eq(None::<String>))),
        diesel::delete(currencies::table),
        diesel::delete(rates::table.find(("EUR", rates::day))),
    }
}

#[cfg(feature = "postgres")]
#[test]
fn only_and_tablesample() {
    use crate::schema_forms::support::pg_sql;
    use diesel::dsl::{OnlyDsl as _, TablesampleDsl as _};

    macro_rules! of {
        ($schema:ident) => {{
            use $schema::{countries, currencies};
            [
                pg_sql(&currencies::table.only().select(currencies::code)),
                pg_sql(&countries::table.inner_join(currencies::table.only()).select(countries::code)),
                pg_sql(&currencies::table.tablesample_bernoulli(10).filter(currencies::code.eq("x"))),
                pg_sql(&currencies::table.only().inner_join(countries::table).select(countries::code)),
            ]
        }};
    }
    assert_eq!(of!(ours), of!(diesels));
}

#[cfg(feature = "sqlite")]
mod run {
    use super::ours::{currencies, notes, operators};
    use tenancy::prelude::*;
    use tenancy::scope::{OrgId, ScopeError};

    /// Types keep a platform table out of a statement's sources; its subqueries are asked when they are rendered.
    #[tokio::test]
    async fn no_organizations_connection_renders_a_platform_table() {
        let kit = tenancy_testkit::TestKit::new();
        let tables = "create table notes(id integer primary key, org_id blob not null, operator_id integer not null, \
            currency text not null); create table operators(id integer primary key, name text not null); \
            create table currencies(code text primary key, label text not null, country text)";
        let db = kit.sqlite(&[tables]).schema(super::ours::schema_manifest()).build().await.unwrap();
        let scope = kit.scope(OrgId::new(uuid::Uuid::from_u128(7)));
        let conn = &mut db.scoped(&scope).await.unwrap();
        let operators = || operators::table.filter(operators::name.eq("x")).select(operators::id);

        let alone = diesel::select(diesel::dsl::exists(operators())).get_result::<bool>(conn).await.unwrap_err();
        let beside = currencies::table
            .filter(diesel::dsl::exists(operators()))
            .select(currencies::code)
            .load::<String>(conn)
            .await
            .unwrap_err();
        let inserted = scope
            .insert_into(notes::table)
            .values((
                notes::id.eq(1),
                notes::currency.eq("EUR"),
                notes::operator_id.eq(operators().single_value().assume_not_null()),
            ))
            .execute(conn)
            .await
            .unwrap_err();
        for error in [alone, beside, inserted] {
            assert_eq!(ScopeError::in_error(&error), Some(ScopeError::PlatformTable), "{error}");
            assert!(error.to_string().starts_with("TEN0206"), "{error}");
        }
        let known = currencies::table.select(currencies::code).load::<String>(conn).await.unwrap();
        assert_eq!(known, Vec::<String>::new());
    }
}
