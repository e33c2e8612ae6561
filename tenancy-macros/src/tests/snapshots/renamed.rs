#[allow(
    unused_imports,
    dead_code,
    unreachable_pub,
    unused_qualifications,
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals
)]
pub mod lines {
    use ::tenancy as __tenancy;
    use ::tenancy::__private::diesel;
    pub use self::columns::*;
    use diesel::sql_types::Text;
    use super::sql_types::Status;
    /// The columns, and the table under its module's name: for functions that deal with this table only.
    pub mod dsl {
        pub use super::columns::{tenant, key};
        pub use super::table as lines;
    }
    /// What is selected unless a query says otherwise: all columns, in order, but the organization's.
    pub const all_columns: (key,) = (key,);
    /// The SQL type of `all_columns`.
    pub type SqlType = (diesel::dsl::SqlTypeOf<key>,);
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
        type DefaultSelection = (key,);
        fn from_clause(&self) -> Self::FromClause {
            self.rows
        }
        fn default_selection(&self) -> Self::DefaultSelection {
            (key,)
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
        type PrimaryKey = (tenant, key);
        type AllColumns = (key,);
        fn primary_key(&self) -> Self::PrimaryKey {
            (tenant, key)
        }
        fn all_columns() -> Self::AllColumns {
            (key,)
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
        type OrganizationType = __tenancy::sql_types::OrganizationText;
        const TABLE: __tenancy::schema::TableName = __tenancy::schema::TableName::new(
            ::core::option::Option::Some("sales"),
            "Line",
            "sales.Line",
        );
        const ORGANIZATION: &'static ::core::primitive::str = "tenant_id";
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
        use diesel::sql_types::Text;
        use super::super::sql_types::Status;
        /// `table_name.*`, for efficient counts. It cannot be used in place of `all_columns`.
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
        pub struct star;
        impl diesel::query_builder::QueryId for star {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for star
        where
            (tenant, key): diesel::expression::ValidGrouping<__GB>,
        {
            type IsAggregate = <(
                tenant,
                key,
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
                __tenancy::__private::walk_star(__out, "sales.Line")
            }
        }
        impl<__B> diesel::SelectableExpression<table<__B>> for star {}
        impl<__B> diesel::AppearsOnTable<table<__B>> for star {}
        pub type tenant = __tenancy::schema::OrganizationIsSetByTheScope<table>;
        #[doc(hidden)]
        pub const tenant: tenant = __tenancy::schema::OrganizationIsSetByTheScope::NEW;
        impl<__B> diesel::SelectableExpression<table<__B>> for tenant {}
        impl __tenancy::schema::ColumnOf<table> for tenant {
            type Index = (__tenancy::schema::No, (__tenancy::schema::No, ()));
            type Anchors = __tenancy::schema::Yes;
            const NAME: &'static ::core::primitive::str = "tenant_id";
        }
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::default::Default
        )]
        pub struct key;
        impl diesel::query_builder::QueryId for key {
            type QueryId = Self;
            const HAS_STATIC_QUERY_ID: ::core::primitive::bool = true;
        }
        impl diesel::expression::Expression for key {
            type SqlType = Status;
        }
        impl<__DB: diesel::backend::Backend> diesel::query_builder::QueryFragment<__DB>
        for key {
            fn walk_ast<'b>(
                &'b self,
                __out: diesel::query_builder::AstPass<'_, 'b, __DB>,
            ) -> diesel::QueryResult<()> {
                __tenancy::__private::walk_column(
                    __out,
                    &__tenancy::__private::ColumnName {
                        table: "sales.Line",
                        column: "type",
                        postgres: "\"sales.Line\".\"type\"",
                        sqlite: "`sales.Line`.`type`",
                    },
                )
            }
        }
        impl diesel::query_source::Column for key {
            type Table = table;
            const NAME: &'static ::core::primitive::str = "type";
        }
        impl diesel::query_source::SizeRestrictedColumn for key {
            const MAX_LENGTH: ::core::primitive::usize = 3;
        }
        impl<__T> diesel::EqAll<__T> for key
        where
            __T: diesel::expression::AsExpression<Status>,
            diesel::dsl::Eq<
                key,
                __T::Expression,
            >: diesel::Expression<SqlType = diesel::sql_types::Bool>,
        {
            type Output = diesel::dsl::Eq<Self, __T::Expression>;
            fn eq_all(self, __rhs: __T) -> Self::Output {
                diesel::expression_methods::ExpressionMethods::eq(self, __rhs)
            }
        }
        impl<__B> diesel::SelectableExpression<table<__B>> for key {}
        impl<__QS> diesel::AppearsOnTable<__QS> for key
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
        > for key
        where
            key: diesel::AppearsOnTable<
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
        > for key
        where
            key: diesel::AppearsOnTable<
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
        for key
        where
            key: diesel::SelectableExpression<__J>
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
        > for key
        where
            __F: diesel::query_source::QuerySource,
            key: diesel::SelectableExpression<__F>
                + diesel::AppearsOnTable<
                    diesel::internal::table_macro::SelectStatement<
                        diesel::internal::table_macro::FromClause<__F>,
                    >,
                >,
        {}
        impl diesel::expression::ValidGrouping<()> for key {
            type IsAggregate = diesel::expression::is_aggregate::No;
        }
        impl<__GB> diesel::expression::ValidGrouping<__GB> for key
        where
            __GB: __tenancy::schema::Groups<key>,
        {
            type IsAggregate = diesel::expression::is_aggregate::Yes;
        }
        impl<__C> diesel::expression::IsContainedInGroupBy<__C> for key
        where
            __C: __tenancy::schema::ColumnOf<table>,
            <key as __tenancy::schema::ColumnOf<
                table,
            >>::Index: __tenancy::schema::SameColumn<__C::Index>,
        {
            type Output = <<key as __tenancy::schema::ColumnOf<
                table,
            >>::Index as __tenancy::schema::SameColumn<__C::Index>>::Output;
        }
        impl __tenancy::schema::ColumnOf<table> for key {
            type Index = (__tenancy::schema::No, (__tenancy::schema::Yes, ()));
            type Anchors = __tenancy::schema::No;
            const NAME: &'static ::core::primitive::str = "type";
        }
    }
}
impl ::tenancy::query::Privileges for lines::table {
    type Insert = ::tenancy::query::Unprivileged;
    type Delete = ::tenancy::query::Unprivileged;
    type Update = ::tenancy::query::Unprivileged;
}
#[doc(hidden)]
#[allow(dead_code, unreachable_pub, missing_docs)]
mod __tenancy_manifest_of_lines {
    /// This schema as data: each table with its columns, keys and kind, and the joins between them.
    pub fn schema_manifest() -> ::tenancy::schema::Manifest {
        ::tenancy::schema::Manifest::__declared(
            ::core::module_path!(),
            "{\"tables\":[{\"path\":\"lines\",\"schema\":\"sales\",\"name\":\"Line\",\"kind\":\"tenant\",\"columns\":[{\"path\":\"tenant\",\"name\":\"tenant_id\",\"sql_type\":\"Text\",\"nullable\":false,\"max_length\":null},{\"path\":\"key\",\"name\":\"type\",\"sql_type\":\"Status\",\"nullable\":false,\"max_length\":3}],\"primary_key\":[\"tenant_id\",\"type\"],\"organization\":\"tenant_id\"}],\"joins\":[]}",
        )
    }
}
#[doc(inline)]
#[allow(unused_imports, unreachable_pub)]
pub use __tenancy_manifest_of_lines::*;
