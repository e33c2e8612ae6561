#[allow(unused_imports)]
use crate::types::Money;
pub mod countries {}
mod billing {
    #[allow(unused_imports)]
    use super::Money;
    pub mod sql_types {
        pub struct State;
    }
    pub mod invoices {}
    pub mod users {}
    ::tenancy::__private::diesel::allow_columns_to_appear_in_same_group_by_clause!(
        invoices::id, users::id
    );
}
impl<__B> ::tenancy::__private::diesel::JoinTo<billing::users::table<__B>>
for billing::invoices::table<__B> {
    type FromClause = billing::users::table<__B>;
    type OnClause = ::tenancy::__private::diesel::dsl::And<
        ::tenancy::__private::diesel::dsl::Eq<
            ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
                billing::invoices::user_id,
            >,
            ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
                billing::users::id,
            >,
        >,
        ::tenancy::__private::diesel::dsl::Eq<
            ::tenancy::schema::OrganizationIsSetByTheScope<billing::invoices::table>,
            ::tenancy::schema::OrganizationIsSetByTheScope<billing::users::table>,
        >,
    >;
    fn join_target(
        __rhs: billing::users::table<__B>,
    ) -> (Self::FromClause, Self::OnClause) {
        #[allow(unused_imports)]
        use ::tenancy::__private::diesel::{
            BoolExpressionMethods as _, ExpressionMethods as _,
            NullableExpressionMethods as _,
        };
        (
            __rhs,
            billing::invoices::user_id
                .nullable()
                .eq(billing::users::id.nullable())
                .and(
                    ::tenancy::schema::OrganizationIsSetByTheScope::<
                        billing::invoices::table,
                    >::NEW
                        .eq(
                            ::tenancy::schema::OrganizationIsSetByTheScope::<
                                billing::users::table,
                            >::NEW,
                        ),
                ),
        )
    }
}
impl<__B> ::tenancy::__private::diesel::JoinTo<billing::invoices::table<__B>>
for billing::users::table<__B> {
    type FromClause = billing::invoices::table<__B>;
    type OnClause = ::tenancy::__private::diesel::dsl::And<
        ::tenancy::__private::diesel::dsl::Eq<
            ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
                billing::invoices::user_id,
            >,
            ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
                billing::users::id,
            >,
        >,
        ::tenancy::__private::diesel::dsl::Eq<
            ::tenancy::schema::OrganizationIsSetByTheScope<billing::invoices::table>,
            ::tenancy::schema::OrganizationIsSetByTheScope<billing::users::table>,
        >,
    >;
    fn join_target(
        __rhs: billing::invoices::table<__B>,
    ) -> (Self::FromClause, Self::OnClause) {
        #[allow(unused_imports)]
        use ::tenancy::__private::diesel::{
            BoolExpressionMethods as _, ExpressionMethods as _,
            NullableExpressionMethods as _,
        };
        (
            __rhs,
            billing::invoices::user_id
                .nullable()
                .eq(billing::users::id.nullable())
                .and(
                    ::tenancy::schema::OrganizationIsSetByTheScope::<
                        billing::invoices::table,
                    >::NEW
                        .eq(
                            ::tenancy::schema::OrganizationIsSetByTheScope::<
                                billing::users::table,
                            >::NEW,
                        ),
                ),
        )
    }
}
impl<__B> ::tenancy::__private::diesel::JoinTo<countries::table>
for billing::users::table<__B> {
    type FromClause = countries::table;
    type OnClause = ::tenancy::__private::diesel::dsl::Eq<
        ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
            billing::users::country,
        >,
        ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
            countries::code,
        >,
    >;
    fn join_target(__rhs: countries::table) -> (Self::FromClause, Self::OnClause) {
        #[allow(unused_imports)]
        use ::tenancy::__private::diesel::{
            BoolExpressionMethods as _, ExpressionMethods as _,
            NullableExpressionMethods as _,
        };
        (__rhs, billing::users::country.nullable().eq(countries::code.nullable()))
    }
}
impl<__B> ::tenancy::__private::diesel::JoinTo<billing::users::table<__B>>
for countries::table {
    type FromClause = billing::users::table<__B>;
    type OnClause = ::tenancy::__private::diesel::dsl::Eq<
        ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
            billing::users::country,
        >,
        ::tenancy::__private::diesel::internal::table_macro::NullableExpression<
            countries::code,
        >,
    >;
    fn join_target(
        __rhs: billing::users::table<__B>,
    ) -> (Self::FromClause, Self::OnClause) {
        #[allow(unused_imports)]
        use ::tenancy::__private::diesel::{
            BoolExpressionMethods as _, ExpressionMethods as _,
            NullableExpressionMethods as _,
        };
        (__rhs, billing::users::country.nullable().eq(countries::code.nullable()))
    }
}
impl<
    __B,
> ::tenancy::__private::diesel::query_source::TableNotEqual<billing::users::table>
for billing::invoices::table<__B> {}
impl<
    __B,
> ::tenancy::__private::diesel::query_source::TableNotEqual<billing::invoices::table>
for billing::users::table<__B> {}
impl<__B> ::tenancy::__private::diesel::query_source::TableNotEqual<countries::table>
for billing::invoices::table<__B> {}
impl ::tenancy::__private::diesel::query_source::TableNotEqual<billing::invoices::table>
for countries::table {}
impl<__B> ::tenancy::__private::diesel::query_source::TableNotEqual<countries::table>
for billing::users::table<__B> {}
impl ::tenancy::__private::diesel::query_source::TableNotEqual<billing::users::table>
for countries::table {}
impl ::tenancy::query::Privileges for billing::invoices::table {
    type Insert = ::tenancy::query::Unprivileged;
    type Delete = ::tenancy::query::Unprivileged;
    type Update = ::tenancy::query::Unprivileged;
}
impl ::tenancy::query::Privileges for billing::users::table {
    type Insert = ::tenancy::query::Unprivileged;
    type Delete = ::tenancy::query::Unprivileged;
    type Update = ::tenancy::query::Unprivileged;
}
mod __tenancy_manifest_of_billing_invoices {
    /// This schema as data: each table with its columns, keys and kind, and the joins between them.
    pub fn schema_manifest() -> ::tenancy::schema::Manifest {
        ::tenancy::schema::Manifest::__declared(
            ::core::module_path!(),
            "{\"tables\":[{\"path\":\"billing::invoices\",\"schema\":\"billing\",\"name\":\"invoices\",\"kind\":\"tenant\",\"columns\":[{\"path\":\"id\",\"name\":\"id\",\"sql_type\":\"Integer\",\"nullable\":false,\"max_length\":null},{\"path\":\"org_id\",\"name\":\"org_id\",\"sql_type\":\"Uuid\",\"nullable\":false,\"max_length\":null},{\"path\":\"user_id\",\"name\":\"user_id\",\"sql_type\":\"Integer\",\"nullable\":false,\"max_length\":null}],\"primary_key\":[\"id\"],\"organization\":\"org_id\"},{\"path\":\"billing::users\",\"schema\":\"billing\",\"name\":\"users\",\"kind\":\"tenant\",\"columns\":[{\"path\":\"id\",\"name\":\"id\",\"sql_type\":\"Integer\",\"nullable\":false,\"max_length\":null},{\"path\":\"org_id\",\"name\":\"org_id\",\"sql_type\":\"Uuid\",\"nullable\":false,\"max_length\":null},{\"path\":\"country\",\"name\":\"country\",\"sql_type\":\"Text\",\"nullable\":false,\"max_length\":null}],\"primary_key\":[\"id\"],\"organization\":\"org_id\"},{\"path\":\"countries\",\"schema\":null,\"name\":\"countries\",\"kind\":\"global\",\"columns\":[{\"path\":\"code\",\"name\":\"code\",\"sql_type\":\"Text\",\"nullable\":false,\"max_length\":null}],\"primary_key\":[\"code\"],\"organization\":null}],\"joins\":[{\"child\":\"billing::invoices\",\"column\":\"user_id\",\"parent\":\"billing::users\"},{\"child\":\"billing::users\",\"column\":\"country\",\"parent\":\"countries\"}]}",
        )
    }
}
#[doc(inline)]
#[allow(unused_imports, unreachable_pub)]
pub use __tenancy_manifest_of_billing_invoices::*;
