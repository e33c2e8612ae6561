/// What a customer owes.
#[allow(
    unused_imports,
    dead_code,
    unreachable_pub,
    unused_qualifications,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals
)]
pub mod invoices {
    use ::tenancy as __tenancy;
    use ::tenancy::__private::diesel;
    pub use self::columns::*;
    use diesel::sql_types::*;
    /// The columns, and the table under its module's name: for functions that deal with this table only.
    pub mod dsl {
        pub use super::columns::{id, org_id};
        pub use super::table as invoices;
    }
    /// What is selected unless a query says otherwise: all columns, in order, but the organization's.
    pub const all_columns: (id,) = (id,);
    /// The SQL type of `all_columns`.
    pub type SqlType = (diesel::dsl::SqlTypeOf<id>,);
    /// A boxed query of this table.
    pub type BoxedQuery<'a, DB, ST = SqlType> = diesel::internal::table_macro::BoxedSelectStatement<
        'a,
        ST,
        diesel::internal::table_macro::FromClause<table>,
        DB,
    >;
    /// The rows of one organization. A value comes from a scope: `scope.from(..)`.
    pub struct table<__B = __tenancy::scope::Request> {
        rows: __tenancy::__private::ScopedFrom<table, __B>,
    }
    /// This table before it is given a scope.
    pub const table: __tenancy::query::NeedsOrgScope<table> = __tenancy::query::NeedsOrgScope::new();
    impl<__B> ::core::clone::Clone for table<__B> {
        fn clone(&self) -> Self {
            *self
        }
    }
    impl<__B> ::core::marker::Copy for table<__B> {}
    impl<__B> ::core::fmt::Debug for table<__B> {
        fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            __f.write_str("table")
        }
    }
    impl<__B> diesel::query_builder::QueryId for table<__B> {
        type QueryId = table;
        const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
    }
    impl<__B> table<__B> {
        /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
        pub fn star(&self) -> star {
            star
        }
        /// Joins on `on` and on the organization, instead of on the declared foreign key.
        pub fn on<__On>(
            self,
            __on: __On,
        ) -> __tenancy::query::OnInOrganization<Self, __On> {
            __tenancy::query::OnInOrganization::new(self, __on)
        }
    }
    impl<__B> diesel::query_source::QuerySource for table<__B> {
        type FromClause = __tenancy::__private::ScopedFrom<table, __B>;
        type DefaultSelection = (id,);
        fn from_clause(&self) -> Self::FromClause {
            self.rows
        }
        fn default_selection(&self) -> Self::DefaultSelection {
            (id,)
        }
    }
    impl<__DB> diesel::query_builder::QueryFragment<__DB> for table
    where
        __DB: diesel::backend::Backend
            + diesel::sql_types::HasSqlType<
                <table as __tenancy::schema::TenantTable>::OrganizationType,
            >,
        __tenancy::scope::ScopeKey: diesel::serialize::ToSql<
            <table as __tenancy::schema::TenantTable>::OrganizationType,
            __DB,
        >,
    {
        fn walk_ast<'b>(
            &'b self,
            __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
        ) -> diesel::QueryResult<()> {
            self.rows.walk_rows(__out)
        }
    }
    impl<__B> diesel::query_builder::AsQuery for table<__B> {
        type SqlType = SqlType;
        type Query = diesel::internal::table_macro::SelectStatement<
            diesel::internal::table_macro::FromClause<Self>,
        >;
        fn as_query(self) -> Self::Query {
            diesel::internal::table_macro::SelectStatement::simple(self)
        }
    }
    impl<__B> diesel::Table for table<__B> {
        type PrimaryKey = id;
        type AllColumns = (id,);
        fn primary_key(&self) -> Self::PrimaryKey {
            id
        }
        fn all_columns() -> Self::AllColumns {
            (id,)
        }
    }
    impl<__B> diesel::query_source::AppearsInFromClause<table> for table<__B> {
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
        __B,
        __S: diesel::query_source::AliasSource,
    > diesel::query_source::AppearsInFromClause<diesel::query_source::Alias<__S>>
    for table<__B> {
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
        __B,
        __L,
        __R,
        __K,
    > diesel::JoinTo<diesel::internal::table_macro::Join<__L, __R, __K>> for table<__B>
    where
        diesel::internal::table_macro::Join<__L, __R, __K>: diesel::JoinTo<table<__B>>,
        __L: diesel::query_source::QuerySource,
        __R: diesel::query_source::QuerySource,
    {
        type FromClause = diesel::internal::table_macro::Join<__L, __R, __K>;
        type OnClause = <diesel::internal::table_macro::Join<
            __L,
            __R,
            __K,
        > as diesel::JoinTo<table<__B>>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::Join<__L, __R, __K>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped::<table, __B, _>(__rhs)
        }
    }
    impl<__B, __J, __On> diesel::JoinTo<diesel::internal::table_macro::JoinOn<__J, __On>>
    for table<__B>
    where
        diesel::internal::table_macro::JoinOn<__J, __On>: diesel::JoinTo<table<__B>>,
    {
        type FromClause = diesel::internal::table_macro::JoinOn<__J, __On>;
        type OnClause = <diesel::internal::table_macro::JoinOn<
            __J,
            __On,
        > as diesel::JoinTo<table<__B>>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::JoinOn<__J, __On>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped::<table, __B, _>(__rhs)
        }
    }
    impl<
        __B,
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
    > for table<__B>
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
        >: diesel::JoinTo<table<__B>>,
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
        > as diesel::JoinTo<table<__B>>>::OnClause;
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
            __tenancy::__private::join_flipped::<table, __B, _>(__rhs)
        }
    }
    impl<
        'a,
        __B,
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
    > for table<__B>
    where
        diesel::internal::table_macro::BoxedSelectStatement<
            'a,
            diesel::internal::table_macro::FromClause<__F>,
            __ST,
            __DB,
        >: diesel::JoinTo<table<__B>>,
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
        > as diesel::JoinTo<table<__B>>>::OnClause;
        fn join_target(
            __rhs: diesel::internal::table_macro::BoxedSelectStatement<
                'a,
                diesel::internal::table_macro::FromClause<__F>,
                __ST,
                __DB,
            >,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped::<table, __B, _>(__rhs)
        }
    }
    impl<__B, __S> diesel::JoinTo<diesel::query_source::Alias<__S>> for table<__B>
    where
        diesel::query_source::Alias<__S>: diesel::JoinTo<table<__B>>,
    {
        type FromClause = diesel::query_source::Alias<__S>;
        type OnClause = <diesel::query_source::Alias<
            __S,
        > as diesel::JoinTo<table<__B>>>::OnClause;
        fn join_target(
            __rhs: diesel::query_source::Alias<__S>,
        ) -> (Self::FromClause, Self::OnClause) {
            __tenancy::__private::join_flipped::<table, __B, _>(__rhs)
        }
    }
    impl<
        __S: diesel::query_source::AliasSource<Target = table>,
    > __tenancy::query::MapsOrganizationOf<table, __S> for table {
        type Out = __tenancy::query::AliasedOrganization<__S>;
        fn map(_: __tenancy::schema::OrganizationIsSetByTheScope<table>) -> Self::Out {
            __tenancy::query::AliasedOrganization::NEW
        }
    }
    impl<__B> __tenancy::query::JoinSide for table<__B> {
        type Organization = __tenancy::schema::OrganizationIsSetByTheScope<table>;
        fn __organization() -> Self::Organization {
            __tenancy::schema::OrganizationIsSetByTheScope::NEW
        }
    }
    impl<
        __B,
        __Rhs,
        __On,
    > diesel::JoinTo<__tenancy::query::OnInOrganization<__Rhs, __On>> for table<__B>
    where
        __Rhs: __tenancy::query::JoinSide + __tenancy::query::SourceBrand,
        __tenancy::query::OfBrand<__B>: __tenancy::query::Agrees<__Rhs::Under>,
        __tenancy::schema::OrganizationIsSetByTheScope<
            table,
        >: __tenancy::query::OnClauseOf<__Rhs::Organization, __On>,
    {
        type FromClause = __Rhs;
        type OnClause = <__tenancy::schema::OrganizationIsSetByTheScope<
            table,
        > as __tenancy::query::OnClauseOf<__Rhs::Organization, __On>>::Clause;
        fn join_target(
            __rhs: __tenancy::query::OnInOrganization<__Rhs, __On>,
        ) -> (Self::FromClause, Self::OnClause) {
            __rhs.join_from::<Self>()
        }
    }
    impl<__B, __X> diesel::JoinTo<__tenancy::query::NeedsOrgScope<__X>> for table<__B>
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
    impl __tenancy::schema::TenantTable for table {
        type Scoped<__B> = table<__B>;
        type OrganizationType = __tenancy::sql_types::Organization;
        const TABLE: __tenancy::schema::TableName = __tenancy::schema::TableName::new(
            ::core::option::Option::None,
            "invoices",
            "invoices",
        );
        const ORGANIZATION: &'static ::core::primitive::str = "org_id";
        fn __scoped<__B>(
            __rows: __tenancy::__private::ScopedFrom<table, __B>,
        ) -> table<__B> {
            table { rows: __rows }
        }
    }
    impl __tenancy::query::ScopeTarget for table {
        type As = __tenancy::query::AsTable;
    }
    impl<__B> __tenancy::query::LeafSource for table<__B> {
        type Under = __tenancy::query::OfBrand<__B>;
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
            (id, org_id): diesel::expression::ValidGrouping<__GB>,
        {
            type IsAggregate = <(
                id,
                org_id,
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
                __tenancy::__private::walk_star(__out, "invoices")
            }
        }
        impl<__B> diesel::SelectableExpression<table<__B>> for star {}
        impl<__B> diesel::AppearsOnTable<table<__B>> for star {}
        /// Its number.
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::default::Default
        )]
        pub struct id;
        impl diesel::query_builder::QueryId for id {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl diesel::expression::Expression for id {
            type SqlType = Integer;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB>
        for id {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::walk_column(
                    __out,
                    &__tenancy::__private::ColumnName {
                        table: "invoices",
                        column: "id",
                        postgres: "\"invoices\".\"id\"",
                        sqlite: "`invoices`.`id`",
                    },
                )
            }
        }
        impl diesel::query_source::Column for id {
            type Table = table;
            const NAME: &'static ::core::primitive::str = "id";
        }
        impl<__T> diesel::EqAll<__T> for id
        where
            __T: diesel::expression::AsExpression<Integer>,
            diesel::dsl::Eq<
                id,
                __T::Expression,
            >: diesel::Expression<SqlType = diesel::sql_types::Bool>,
        {
            type Output = diesel::dsl::Eq<Self, __T::Expression>;
            fn eq_all(self, __rhs: __T) -> Self::Output {
                diesel::expression_methods::ExpressionMethods::eq(self, __rhs)
            }
        }
        impl<__B> diesel::SelectableExpression<table<__B>> for id {}
        impl<__QS> diesel::AppearsOnTable<__QS> for id
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
        > for id
        where
            id: diesel::AppearsOnTable<
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
        > for id
        where
            id: diesel::AppearsOnTable<
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
        for id
        where
            id: diesel::SelectableExpression<__J>
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
        > for id
        where
            __F: diesel::query_source::QuerySource,
            id: diesel::SelectableExpression<__F>
                + diesel::AppearsOnTable<
                    diesel::internal::table_macro::SelectStatement<
                        diesel::internal::table_macro::FromClause<__F>,
                    >,
                >,
        {}
        impl diesel::expression::ValidGrouping<()> for id {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for id
        where
            __GB: __tenancy::schema::Groups<id>,
        {
            type IsAggregate = diesel::expression::is_aggregate::Yes;
        }
        impl<__C> diesel::expression::IsContainedInGroupBy<__C> for id
        where
            __C: __tenancy::schema::ColumnOf<table>,
            <id as __tenancy::schema::ColumnOf<
                table,
            >>::Index: __tenancy::schema::SameColumn<__C::Index>,
        {
            type Output = <<id as __tenancy::schema::ColumnOf<
                table,
            >>::Index as __tenancy::schema::SameColumn<__C::Index>>::Output;
        }
        impl __tenancy::schema::ColumnOf<table> for id {
            type Index = (__tenancy::schema::No, (__tenancy::schema::No, ()));
            type Anchors = __tenancy::schema::Yes;
            const NAME: &'static ::core::primitive::str = "id";
        }
        impl<__Rhs> ::core::ops::Add<__Rhs> for id
        where
            __Rhs: diesel::expression::AsExpression<
                <<id as diesel::Expression>::SqlType as diesel::sql_types::ops::Add>::Rhs,
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
        impl<__Rhs> ::core::ops::Sub<__Rhs> for id
        where
            __Rhs: diesel::expression::AsExpression<
                <<id as diesel::Expression>::SqlType as diesel::sql_types::ops::Sub>::Rhs,
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
        impl<__Rhs> ::core::ops::Div<__Rhs> for id
        where
            __Rhs: diesel::expression::AsExpression<
                <<id as diesel::Expression>::SqlType as diesel::sql_types::ops::Div>::Rhs,
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
        impl<__Rhs> ::core::ops::Mul<__Rhs> for id
        where
            __Rhs: diesel::expression::AsExpression<
                <<id as diesel::Expression>::SqlType as diesel::sql_types::ops::Mul>::Rhs,
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
        pub type org_id = __tenancy::schema::OrganizationIsSetByTheScope<table>;
        #[doc(hidden)]
        pub const org_id: org_id = __tenancy::schema::OrganizationIsSetByTheScope::NEW;
        impl<__B> diesel::SelectableExpression<table<__B>> for org_id {}
        impl __tenancy::schema::ColumnOf<table> for org_id {
            type Index = (__tenancy::schema::No, (__tenancy::schema::Yes, ()));
            type Anchors = __tenancy::schema::Yes;
            const NAME: &'static ::core::primitive::str = "org_id";
        }
    }
}
impl ::tenancy::query::Privileges for invoices::table {
    type Insert = ::tenancy::query::Unprivileged;
    type Delete = ::tenancy::query::Unprivileged;
    type Update = ::tenancy::query::Unprivileged;
}
#[doc(hidden)]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod __tenancy_manifest_of_invoices {
    /// This schema as data: each table with its columns, keys and kind, and the joins between them.
    pub fn schema_manifest() -> ::tenancy::schema::Manifest {
        ::tenancy::schema::Manifest::__declared(
            ::core::module_path!(),
            "{\"tables\":[{\"path\":\"invoices\",\"schema\":null,\"name\":\"invoices\",\"kind\":\"tenant\",\"columns\":[{\"path\":\"id\",\"name\":\"id\",\"sql_type\":\"Integer\",\"nullable\":false,\"max_length\":null},{\"path\":\"org_id\",\"name\":\"org_id\",\"sql_type\":\"Uuid\",\"nullable\":false,\"max_length\":null}],\"primary_key\":[\"id\"],\"organization\":\"org_id\"}],\"joins\":[]}",
        )
    }
}
#[doc(inline)]
#[allow(unused_imports, unreachable_pub)]
pub use __tenancy_manifest_of_invoices::*;
