#[allow(
    unused_imports,
    dead_code,
    unreachable_pub,
    unused_qualifications,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals
)]
pub mod rates {
    use ::tenancy as __tenancy;
    use ::tenancy::__private::diesel;
    pub use self::columns::*;
    use diesel::sql_types::*;
    /// The columns, and the table under its module's name: for functions that deal with this table only.
    pub mod dsl {
        pub use super::columns::{code, rate};
        pub use super::table as rates;
    }
    /// What is selected unless a query says otherwise: all columns, in order, but the organization's.
    pub const all_columns: (code, rate) = (code, rate);
    /// The SQL type of `all_columns`.
    pub type SqlType = (diesel::dsl::SqlTypeOf<code>, diesel::dsl::SqlTypeOf<rate>);
    /// A boxed query of this table.
    pub type BoxedQuery<'a, DB, ST = SqlType> = diesel::internal::table_macro::BoxedSelectStatement<
        'a,
        ST,
        diesel::internal::table_macro::FromClause<table>,
        DB,
    >;
    /// The table.
    #[derive(
        ::core::fmt::Debug,
        ::core::clone::Clone,
        ::core::marker::Copy,
        ::core::default::Default
    )]
    pub struct table;
    impl diesel::query_builder::QueryId for table {
        type QueryId = Self;
        const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
    }
    impl table {
        /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
        pub fn star(&self) -> star {
            star
        }
    }
    impl diesel::associations::HasTable for table {
        type Table = Self;
        fn table() -> Self::Table {
            table
        }
    }
    impl diesel::query_source::QuerySource for table {
        type FromClause = __tenancy::__private::PlainFrom<table>;
        type DefaultSelection = (code, rate);
        fn from_clause(&self) -> Self::FromClause {
            __tenancy::__private::PlainFrom::NEW
        }
        fn default_selection(&self) -> Self::DefaultSelection {
            (code, rate)
        }
    }
    impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB>
    for table {
        fn walk_ast<'b>(
            &'b self,
            __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
        ) -> diesel::QueryResult<()> {
            __tenancy::__private::walk_plain::<table, __DB>(__out)
        }
    }
    impl diesel::query_builder::AsQuery for table {
        type SqlType = SqlType;
        type Query = diesel::internal::table_macro::SelectStatement<
            diesel::internal::table_macro::FromClause<Self>,
        >;
        fn as_query(self) -> Self::Query {
            diesel::internal::table_macro::SelectStatement::simple(self)
        }
    }
    impl diesel::Table for table {
        type PrimaryKey = code;
        type AllColumns = (code, rate);
        fn primary_key(&self) -> Self::PrimaryKey {
            code
        }
        fn all_columns() -> Self::AllColumns {
            (code, rate)
        }
    }
    impl diesel::query_source::AppearsInFromClause<table> for table {
        type Count = diesel::query_source::Once;
    }
    impl diesel::query_source::AppearsInFromClause<table>
    for diesel::internal::table_macro::NoFromClause {
        type Count = diesel::query_source::Never;
    }
    impl<
        __S: diesel::query_source::AliasSource<Target = table>,
    > diesel::internal::table_macro::AliasAppearsInFromClause<__S, table> for table {
        type Count = diesel::query_source::Never;
    }
    impl<
        __S1,
        __S2,
    > diesel::internal::table_macro::AliasAliasAppearsInFromClause<table, __S2, __S1>
    for table
    where
        __S1: diesel::query_source::AliasSource<Target = table>
            + diesel::internal::table_macro::AliasAliasAppearsInFromClauseSameTable<
                __S2,
                table,
            >,
        __S2: diesel::query_source::AliasSource<Target = table>,
    {
        type Count = <__S1 as diesel::internal::table_macro::AliasAliasAppearsInFromClauseSameTable<
            __S2,
            table,
        >>::Count;
    }
    impl<
        __S: diesel::query_source::AliasSource,
    > diesel::query_source::AppearsInFromClause<diesel::query_source::Alias<__S>>
    for table {
        type Count = diesel::query_source::Never;
    }
    impl<
        __S,
        __C,
    > diesel::internal::table_macro::FieldAliasMapperAssociatedTypesDisjointnessTrick<
        table,
        __S,
        __C,
    > for table
    where
        __S: diesel::query_source::AliasSource<Target = table> + ::core::clone::Clone,
        __C: diesel::query_source::Column<Table = table>,
    {
        type Out = diesel::query_source::AliasedField<__S, __C>;
        fn map(__column: __C, __alias: &diesel::query_source::Alias<__S>) -> Self::Out {
            __alias.field(__column)
        }
    }
    impl<
        __L,
        __R,
        __K,
    > diesel::JoinTo<diesel::internal::table_macro::Join<__L, __R, __K>> for table
    where
        diesel::internal::table_macro::Join<__L, __R, __K>: diesel::JoinTo<table>,
        __L: diesel::query_source::QuerySource,
        __R: diesel::query_source::QuerySource,
    {
        type FromClause = diesel::internal::table_macro::Join<__L, __R, __K>;
        type OnClause = <diesel::internal::table_macro::Join<
            __L,
            __R,
            __K,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::Join<__L, __R, __K>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl<__J, __On> diesel::JoinTo<diesel::internal::table_macro::JoinOn<__J, __On>>
    for table
    where
        diesel::internal::table_macro::JoinOn<__J, __On>: diesel::JoinTo<table>,
    {
        type FromClause = diesel::internal::table_macro::JoinOn<__J, __On>;
        type OnClause = <diesel::internal::table_macro::JoinOn<
            __J,
            __On,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::JoinOn<__J, __On>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl<
        __F,
        __S,
        __D,
        __W,
        __O,
        __L,
        __Of,
        __G,
    > diesel::JoinTo<
        diesel::internal::table_macro::SelectStatement<
            diesel::internal::table_macro::FromClause<__F>,
            __S,
            __D,
            __W,
            __O,
            __L,
            __Of,
            __G,
        >,
    > for table
    where
        diesel::internal::table_macro::SelectStatement<
            diesel::internal::table_macro::FromClause<__F>,
            __S,
            __D,
            __W,
            __O,
            __L,
            __Of,
            __G,
        >: diesel::JoinTo<table>,
        __F: diesel::query_source::QuerySource,
    {
        type FromClause = diesel::internal::table_macro::SelectStatement<
            diesel::internal::table_macro::FromClause<__F>,
            __S,
            __D,
            __W,
            __O,
            __L,
            __Of,
            __G,
        >;
        type OnClause = <diesel::internal::table_macro::SelectStatement<
            diesel::internal::table_macro::FromClause<__F>,
            __S,
            __D,
            __W,
            __O,
            __L,
            __Of,
            __G,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::SelectStatement<
                diesel::internal::table_macro::FromClause<__F>,
                __S,
                __D,
                __W,
                __O,
                __L,
                __Of,
                __G,
            >,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl<
        'a,
        __F,
        __ST,
        __DB,
    > diesel::JoinTo<
        diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            diesel::internal::table_macro::FromClause<__F>,
            __ST,
            __DB,
        >,
    > for table
    where
        diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            diesel::internal::table_macro::FromClause<__F>,
            __ST,
            __DB,
        >: diesel::JoinTo<table>,
        __F: diesel::query_source::QuerySource,
    {
        type FromClause = diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            diesel::internal::table_macro::FromClause<__F>,
            __ST,
            __DB,
        >;
        type OnClause = <diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            diesel::internal::table_macro::FromClause<__F>,
            __ST,
            __DB,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::BoxedSelectStatement<
                'a,
                diesel::internal::table_macro::FromClause<__F>,
                __ST,
                __DB,
            >,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl<__S> diesel::JoinTo<diesel::query_source::Alias<__S>> for table
    where
        diesel::query_source::Alias<__S>: diesel::JoinTo<table>,
    {
        type FromClause = diesel::query_source::Alias<__S>;
        type OnClause = <diesel::query_source::Alias<
            __S,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::query_source::Alias<__S>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl<__S> diesel::JoinTo<diesel::query_builder::Only<__S>> for table
    where
        diesel::query_builder::Only<__S>: diesel::JoinTo<table>,
    {
        type FromClause = diesel::query_builder::Only<__S>;
        type OnClause = <diesel::query_builder::Only<
            __S,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::query_builder::Only<__S>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl<__S, __M> diesel::JoinTo<diesel::query_builder::Tablesample<__S, __M>> for table
    where
        diesel::query_builder::Tablesample<__S, __M>: diesel::JoinTo<table>,
        __M: diesel::internal::table_macro::TablesampleMethod,
    {
        type FromClause = diesel::query_builder::Tablesample<__S, __M>;
        type OnClause = <diesel::query_builder::Tablesample<
            __S,
            __M,
        > as diesel::JoinTo<table>>::OnClause;
        fn join_target(
            __rhs: diesel::query_builder::Tablesample<__S, __M>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped_with(table, __rhs)
        }
    }
    impl diesel::query_source::AppearsInFromClause<diesel::query_builder::Only<table>>
    for table {
        type Count = diesel::query_source::Once;
    }
    impl diesel::query_source::AppearsInFromClause<table>
    for diesel::query_builder::Only<table> {
        type Count = diesel::query_source::Once;
    }
    impl<
        __M: diesel::internal::table_macro::TablesampleMethod,
    > diesel::query_source::AppearsInFromClause<
        diesel::query_builder::Tablesample<table, __M>,
    > for table {
        type Count = diesel::query_source::Once;
    }
    impl<
        __M: diesel::internal::table_macro::TablesampleMethod,
    > diesel::query_source::AppearsInFromClause<table>
    for diesel::query_builder::Tablesample<table, __M> {
        type Count = diesel::query_source::Once;
    }
    impl diesel::query_builder::IntoUpdateTarget for table {
        type WhereClause = <<table as diesel::query_builder::AsQuery>::Query as diesel::query_builder::IntoUpdateTarget>::WhereClause;
        fn into_update_target(
            self,
        ) -> diesel::query_builder::UpdateTarget<Self::Table, Self::WhereClause> {
            diesel::query_builder::IntoUpdateTarget::into_update_target(
                diesel::query_builder::AsQuery::as_query(self),
            )
        }
    }
    impl<__T> diesel::insertable::Insertable<__T> for table
    where
        <table as diesel::query_builder::AsQuery>::Query: diesel::insertable::Insertable<
            __T,
        >,
    {
        type Values = <<table as diesel::query_builder::AsQuery>::Query as diesel::insertable::Insertable<
            __T,
        >>::Values;
        fn values(self) -> Self::Values {
            diesel::insertable::Insertable::values(
                diesel::query_builder::AsQuery::as_query(self),
            )
        }
    }
    impl<'a, __T> diesel::insertable::Insertable<__T> for &'a table
    where
        table: diesel::insertable::Insertable<__T>,
    {
        type Values = <table as diesel::insertable::Insertable<__T>>::Values;
        fn values(self) -> Self::Values {
            diesel::insertable::Insertable::values(*self)
        }
    }
    impl __tenancy::schema::PlainTable for table {
        const SCHEMA: ::core::option::Option<&'static ::core::primitive::str> = ::core::option::Option::Some(
            "finance",
        );
        const NAME: &'static ::core::primitive::str = "rates";
        const ALIAS: &'static ::core::primitive::str = "finance.rates";
        const PLATFORM: ::core::primitive::bool = false;
    }
    impl diesel::internal::table_macro::StaticQueryFragment for table {
        type Component = diesel::internal::table_macro::InfixNode<
            diesel::internal::table_macro::Identifier<'static>,
            diesel::internal::table_macro::Identifier<'static>,
            &'static ::core::primitive::str,
        >;
        const STATIC_COMPONENT: &'static Self::Component = &diesel::internal::table_macro::InfixNode::new(
            diesel::internal::table_macro::Identifier("finance"),
            diesel::internal::table_macro::Identifier("rates"),
            ".",
        );
    }
    impl __tenancy::schema::GlobalTable for table {}
    impl __tenancy::__private::WithoutOrganizations for table {}
    impl __tenancy::query::LeafSource for table {
        type Under = __tenancy::query::Anywhere;
    }
    impl __tenancy::query::JoinSide for table {
        type Organization = __tenancy::query::NoOrganization;
        fn __organization() -> Self::Organization {
            __tenancy::query::NoOrganization
        }
    }
    impl<__Rhs, __On> diesel::JoinTo<__tenancy::query::OnInOrganization<__Rhs, __On>>
    for table
    where
        __Rhs: __tenancy::query::JoinSide,
    {
        type FromClause = __Rhs;
        type OnClause = __On;
        fn join_target(
            __rhs: __tenancy::query::OnInOrganization<__Rhs, __On>,
        ) -> (Self::FromClause, Self::OnClause) {
            __rhs.join_from::<Self>()
        }
    }
    impl<__X> diesel::JoinTo<__tenancy::query::NeedsOrgScope<__X>> for table
    where
        __tenancy::query::AStatement: __tenancy::query::NamesAnOrganization<__X>,
    {
        type FromClause = __tenancy::__private::NoTableValue<__X>;
        type OnClause = <__tenancy::__private::NoTableValue<
            __X,
        > as diesel::Table>::PrimaryKey;
        fn join_target(
            _: __tenancy::query::NeedsOrgScope<__X>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::no_join()
        }
    }
    /// The columns of this table.
    pub mod columns {
        use super::{__tenancy, diesel, table};
        use diesel::sql_types::*;
        /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
        pub struct star;
        impl diesel::query_builder::QueryId for star {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for star
        where
            (code, rate): diesel::expression::ValidGrouping<__GB>,
        {
            type IsAggregate = <(
                code,
                rate,
            ) as diesel::expression::ValidGrouping<__GB>>::IsAggregate;
        }
        impl diesel::Expression for star {
            type SqlType = diesel::expression::expression_types::NotSelectable;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB>
        for star {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::walk_plain_star::<table, __DB>(__out)
            }
        }
        impl diesel::SelectableExpression<table> for star {}
        impl diesel::AppearsOnTable<table> for star {}
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::default::Default
        )]
        pub struct code;
        impl diesel::query_builder::QueryId for code {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl diesel::expression::Expression for code {
            type SqlType = Text;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB>
        for code {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::walk_plain_column::<table, __DB>(__out, "code")
            }
        }
        impl diesel::query_source::Column for code {
            type Table = table;
            const NAME: &'static ::core::primitive::str = "code";
        }
        impl<__T> diesel::EqAll<__T> for code
        where
            __T: diesel::expression::AsExpression<Text>,
            diesel::dsl::Eq<
                code,
                __T::Expression,
            >: diesel::Expression<SqlType = diesel::sql_types::Bool>,
        {
            type Output = diesel::dsl::Eq<Self, __T::Expression>;
            fn eq_all(self, __rhs: __T) -> Self::Output {
                diesel::expression_methods::ExpressionMethods::eq(self, __rhs)
            }
        }
        impl diesel::SelectableExpression<table> for code {}
        impl<__QS> diesel::AppearsOnTable<__QS> for code
        where
            __QS: diesel::query_source::AppearsInFromClause<
                table,
                Count = diesel::query_source::Once,
            >,
        {}
        impl<
            __L,
            __R,
        > diesel::SelectableExpression<
            diesel::internal::table_macro::Join<
                __L,
                __R,
                diesel::internal::table_macro::LeftOuter,
            >,
        > for code
        where
            code: diesel::AppearsOnTable<
                    diesel::internal::table_macro::Join<
                        __L,
                        __R,
                        diesel::internal::table_macro::LeftOuter,
                    >,
                > + diesel::SelectableExpression<__L>,
            __R: diesel::query_source::AppearsInFromClause<
                    table,
                    Count = diesel::query_source::Never,
                > + diesel::query_source::QuerySource,
            __L: diesel::query_source::QuerySource,
        {}
        impl<
            __L,
            __R,
        > diesel::SelectableExpression<
            diesel::internal::table_macro::Join<
                __L,
                __R,
                diesel::internal::table_macro::Inner,
            >,
        > for code
        where
            code: diesel::AppearsOnTable<
                    diesel::internal::table_macro::Join<
                        __L,
                        __R,
                        diesel::internal::table_macro::Inner,
                    >,
                >
                + diesel::SelectableExpression<
                    <(
                        __L::Count,
                        __R::Count,
                    ) as diesel::internal::table_macro::Pick<__L, __R>>::Selection,
                >,
            __L: diesel::query_source::AppearsInFromClause<table>
                + diesel::query_source::QuerySource,
            __R: diesel::query_source::AppearsInFromClause<table>
                + diesel::query_source::QuerySource,
            (__L::Count, __R::Count): diesel::internal::table_macro::Pick<__L, __R>,
        {}
        impl<
            __J,
            __On,
        > diesel::SelectableExpression<diesel::internal::table_macro::JoinOn<__J, __On>>
        for code
        where
            code: diesel::SelectableExpression<__J>
                + diesel::AppearsOnTable<
                    diesel::internal::table_macro::JoinOn<__J, __On>,
                >,
        {}
        impl<
            __F,
        > diesel::SelectableExpression<
            diesel::internal::table_macro::SelectStatement<
                diesel::internal::table_macro::FromClause<__F>,
            >,
        > for code
        where
            __F: diesel::query_source::QuerySource,
            code: diesel::SelectableExpression<__F>
                + diesel::AppearsOnTable<
                    diesel::internal::table_macro::SelectStatement<
                        diesel::internal::table_macro::FromClause<__F>,
                    >,
                >,
        {}
        impl diesel::expression::ValidGrouping<()> for code {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for code
        where
            __GB: __tenancy::schema::Groups<code>,
        {
            type IsAggregate = diesel::expression::is_aggregate::Yes;
        }
        impl<
            __C: __tenancy::schema::ColumnOf<table>,
        > diesel::expression::IsContainedInGroupBy<__C> for code {
            type Output = diesel::expression::is_contained_in_group_by::Yes;
        }
        impl __tenancy::schema::ColumnOf<table> for code {
            type Index = (__tenancy::schema::No, (__tenancy::schema::No, ()));
            type Anchors = __tenancy::schema::Yes;
            const NAME: &'static ::core::primitive::str = "code";
        }
        impl diesel::query_source::AppearsInFromClause<
            diesel::query_builder::Only<table>,
        > for code {
            type Count = diesel::query_source::Once;
        }
        impl diesel::SelectableExpression<diesel::query_builder::Only<table>> for code {}
        impl<
            __M: diesel::internal::table_macro::TablesampleMethod,
        > diesel::query_source::AppearsInFromClause<
            diesel::query_builder::Tablesample<table, __M>,
        > for code {
            type Count = diesel::query_source::Once;
        }
        impl<
            __M: diesel::internal::table_macro::TablesampleMethod,
        > diesel::SelectableExpression<diesel::query_builder::Tablesample<table, __M>>
        for code {}
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::default::Default
        )]
        pub struct rate;
        impl diesel::query_builder::QueryId for rate {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl diesel::expression::Expression for rate {
            type SqlType = Double;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB>
        for rate {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::walk_plain_column::<table, __DB>(__out, "rate")
            }
        }
        impl diesel::query_source::Column for rate {
            type Table = table;
            const NAME: &'static ::core::primitive::str = "rate";
        }
        impl<__T> diesel::EqAll<__T> for rate
        where
            __T: diesel::expression::AsExpression<Double>,
            diesel::dsl::Eq<
                rate,
                __T::Expression,
            >: diesel::Expression<SqlType = diesel::sql_types::Bool>,
        {
            type Output = diesel::dsl::Eq<Self, __T::Expression>;
            fn eq_all(self, __rhs: __T) -> Self::Output {
                diesel::expression_methods::ExpressionMethods::eq(self, __rhs)
            }
        }
        impl diesel::SelectableExpression<table> for rate {}
        impl<__QS> diesel::AppearsOnTable<__QS> for rate
        where
            __QS: diesel::query_source::AppearsInFromClause<
                table,
                Count = diesel::query_source::Once,
            >,
        {}
        impl<
            __L,
            __R,
        > diesel::SelectableExpression<
            diesel::internal::table_macro::Join<
                __L,
                __R,
                diesel::internal::table_macro::LeftOuter,
            >,
        > for rate
        where
            rate: diesel::AppearsOnTable<
                    diesel::internal::table_macro::Join<
                        __L,
                        __R,
                        diesel::internal::table_macro::LeftOuter,
                    >,
                > + diesel::SelectableExpression<__L>,
            __R: diesel::query_source::AppearsInFromClause<
                    table,
                    Count = diesel::query_source::Never,
                > + diesel::query_source::QuerySource,
            __L: diesel::query_source::QuerySource,
        {}
        impl<
            __L,
            __R,
        > diesel::SelectableExpression<
            diesel::internal::table_macro::Join<
                __L,
                __R,
                diesel::internal::table_macro::Inner,
            >,
        > for rate
        where
            rate: diesel::AppearsOnTable<
                    diesel::internal::table_macro::Join<
                        __L,
                        __R,
                        diesel::internal::table_macro::Inner,
                    >,
                >
                + diesel::SelectableExpression<
                    <(
                        __L::Count,
                        __R::Count,
                    ) as diesel::internal::table_macro::Pick<__L, __R>>::Selection,
                >,
            __L: diesel::query_source::AppearsInFromClause<table>
                + diesel::query_source::QuerySource,
            __R: diesel::query_source::AppearsInFromClause<table>
                + diesel::query_source::QuerySource,
            (__L::Count, __R::Count): diesel::internal::table_macro::Pick<__L, __R>,
        {}
        impl<
            __J,
            __On,
        > diesel::SelectableExpression<diesel::internal::table_macro::JoinOn<__J, __On>>
        for rate
        where
            rate: diesel::SelectableExpression<__J>
                + diesel::AppearsOnTable<
                    diesel::internal::table_macro::JoinOn<__J, __On>,
                >,
        {}
        impl<
            __F,
        > diesel::SelectableExpression<
            diesel::internal::table_macro::SelectStatement<
                diesel::internal::table_macro::FromClause<__F>,
            >,
        > for rate
        where
            __F: diesel::query_source::QuerySource,
            rate: diesel::SelectableExpression<__F>
                + diesel::AppearsOnTable<
                    diesel::internal::table_macro::SelectStatement<
                        diesel::internal::table_macro::FromClause<__F>,
                    >,
                >,
        {}
        impl diesel::expression::ValidGrouping<()> for rate {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for rate
        where
            __GB: __tenancy::schema::Groups<rate>,
        {
            type IsAggregate = diesel::expression::is_aggregate::Yes;
        }
        impl<__C> diesel::expression::IsContainedInGroupBy<__C> for rate
        where
            __C: __tenancy::schema::ColumnOf<table>,
            <rate as __tenancy::schema::ColumnOf<
                table,
            >>::Index: __tenancy::schema::SameColumn<__C::Index>,
        {
            type Output = <<rate as __tenancy::schema::ColumnOf<
                table,
            >>::Index as __tenancy::schema::SameColumn<__C::Index>>::Output;
        }
        impl __tenancy::schema::ColumnOf<table> for rate {
            type Index = (__tenancy::schema::No, (__tenancy::schema::Yes, ()));
            type Anchors = __tenancy::schema::No;
            const NAME: &'static ::core::primitive::str = "rate";
        }
        impl<__Rhs> ::core::ops::Add<__Rhs> for rate
        where
            __Rhs: diesel::expression::AsExpression<
                <<rate as diesel::Expression>::SqlType as diesel::sql_types::ops::Add>::Rhs,
            >,
        {
            type Output = diesel::internal::table_macro::ops::Add<
                Self,
                __Rhs::Expression,
            >;
            fn add(self, __rhs: __Rhs) -> Self::Output {
                diesel::internal::table_macro::ops::Add::new(self, __rhs.as_expression())
            }
        }
        impl<__Rhs> ::core::ops::Sub<__Rhs> for rate
        where
            __Rhs: diesel::expression::AsExpression<
                <<rate as diesel::Expression>::SqlType as diesel::sql_types::ops::Sub>::Rhs,
            >,
        {
            type Output = diesel::internal::table_macro::ops::Sub<
                Self,
                __Rhs::Expression,
            >;
            fn sub(self, __rhs: __Rhs) -> Self::Output {
                diesel::internal::table_macro::ops::Sub::new(self, __rhs.as_expression())
            }
        }
        impl<__Rhs> ::core::ops::Div<__Rhs> for rate
        where
            __Rhs: diesel::expression::AsExpression<
                <<rate as diesel::Expression>::SqlType as diesel::sql_types::ops::Div>::Rhs,
            >,
        {
            type Output = diesel::internal::table_macro::ops::Div<
                Self,
                __Rhs::Expression,
            >;
            fn div(self, __rhs: __Rhs) -> Self::Output {
                diesel::internal::table_macro::ops::Div::new(self, __rhs.as_expression())
            }
        }
        impl<__Rhs> ::core::ops::Mul<__Rhs> for rate
        where
            __Rhs: diesel::expression::AsExpression<
                <<rate as diesel::Expression>::SqlType as diesel::sql_types::ops::Mul>::Rhs,
            >,
        {
            type Output = diesel::internal::table_macro::ops::Mul<
                Self,
                __Rhs::Expression,
            >;
            fn mul(self, __rhs: __Rhs) -> Self::Output {
                diesel::internal::table_macro::ops::Mul::new(self, __rhs.as_expression())
            }
        }
        impl diesel::query_source::AppearsInFromClause<
            diesel::query_builder::Only<table>,
        > for rate {
            type Count = diesel::query_source::Once;
        }
        impl diesel::SelectableExpression<diesel::query_builder::Only<table>> for rate {}
        impl<
            __M: diesel::internal::table_macro::TablesampleMethod,
        > diesel::query_source::AppearsInFromClause<
            diesel::query_builder::Tablesample<table, __M>,
        > for rate {
            type Count = diesel::query_source::Once;
        }
        impl<
            __M: diesel::internal::table_macro::TablesampleMethod,
        > diesel::SelectableExpression<diesel::query_builder::Tablesample<table, __M>>
        for rate {}
    }
}
#[doc(hidden)]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod __tenancy_manifest_of_rates {
    /// This schema as data: each table with its columns, keys and kind, and the joins between them.
    pub fn schema_manifest() -> ::tenancy::schema::Manifest {
        ::tenancy::schema::Manifest::__declared(
            ::core::module_path!(),
            "{\"tables\":[{\"path\":\"rates\",\"schema\":\"finance\",\"name\":\"rates\",\"kind\":\"global\",\"columns\":[{\"path\":\"code\",\"name\":\"code\",\"sql_type\":\"Text\",\"nullable\":false,\"max_length\":null},{\"path\":\"rate\",\"name\":\"rate\",\"sql_type\":\"Double\",\"nullable\":false,\"max_length\":null}],\"primary_key\":[\"code\"],\"organization\":null}],\"joins\":[]}",
        )
    }
}
#[doc(inline)]
#[allow(unused_imports, unreachable_pub)]
pub use __tenancy_manifest_of_rates::*;
