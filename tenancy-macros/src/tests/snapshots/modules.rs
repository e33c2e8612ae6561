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
