//! The derives, beside their inputs.
use expect_test::expect;
use quote::quote;

use super::pretty;
use crate::derive::{has_query, identifiable};

#[test]
fn identifiable_by_default() {
    let input = quote! {
        #[diesel(belongs_to(Customer, foreign_key = buyer_id), check_for_backend(diesel::pg::Pg))]
        struct Invoice { id: Uuid, #[diesel(sql_type = Nullable<Text>, embed)] total: Option<String> }
    };
    expect![[r#"
        const _: () = {
            use ::tenancy::__private::diesel as __diesel;
            impl __diesel::associations::HasTable for Invoice {
                type Table = ::tenancy::__private::NoTableValue<invoices::table>;
                fn table() -> Self::Table {
                    ::tenancy::__private::NoTableValue::new()
                }
            }
            impl<'ident> __diesel::associations::Identifiable for &'ident Invoice {
                type Id = &'ident Uuid;
                fn id(self) -> Self::Id {
                    &self.id
                }
            }
            impl<'ident> __diesel::associations::Identifiable for &'_ &'ident Invoice {
                type Id = &'ident Uuid;
                fn id(self) -> Self::Id {
                    &self.id
                }
            }
            impl Invoice {
                #[doc(hidden)]
                #[allow(dead_code)]
                pub fn belonging_to<__Parent>(
                    _: __Parent,
                ) -> ::tenancy::__private::Unscoped<invoices::table>
                where
                    __Parent: ::tenancy::query::BelongsThroughAScope<Self>,
                {
                    ::tenancy::__private::no_statement()
                }
            }
        };
    "#]]
    .assert_eq(&pretty(identifiable(input)));
}

#[test]
fn identifiable_by_a_composite_key_with_generics() {
    let input = quote! {
        #[diesel(table_name = crate::schema::invoice_lines)]
        #[diesel(primary_key(invoice_id, r#type))]
        #[tenancy(crate = crate::vendored::tenancy)]
        struct Line<'a, T: Clone> where T: 'a {
            #[diesel(column_name = "invoice_id")]
            invoice: T,
            #[diesel(column_name = type, serialize_as = Stored<A, B>)]
            kind: &'a str,
        }
    };
    expect![[r#"
        const _: () = {
            use crate::vendored::tenancy::__private::diesel as __diesel;
            impl<'a, T: Clone> __diesel::associations::HasTable for Line<'a, T>
            where
                T: 'a,
            {
                type Table = crate::vendored::tenancy::__private::NoTableValue<
                    crate::schema::invoice_lines::table,
                >;
                fn table() -> Self::Table {
                    crate::vendored::tenancy::__private::NoTableValue::new()
                }
            }
            impl<'ident, 'a, T: Clone> __diesel::associations::Identifiable
            for &'ident Line<'a, T>
            where
                T: 'a,
            {
                type Id = (&'ident T, Stored<A, B>);
                fn id(self) -> Self::Id {
                    (
                        &self.invoice,
                        ::core::convert::Into::<
                            Stored<A, B>,
                        >::into(::core::clone::Clone::clone(&self.kind)),
                    )
                }
            }
            impl<'ident, 'a, T: Clone> __diesel::associations::Identifiable
            for &'_ &'ident Line<'a, T>
            where
                T: 'a,
            {
                type Id = (&'ident T, Stored<A, B>);
                fn id(self) -> Self::Id {
                    (
                        &self.invoice,
                        ::core::convert::Into::<
                            Stored<A, B>,
                        >::into(::core::clone::Clone::clone(&self.kind)),
                    )
                }
            }
            impl<'a, T: Clone> Line<'a, T>
            where
                T: 'a,
            {
                #[doc(hidden)]
                #[allow(dead_code)]
                pub fn belonging_to<__Parent>(
                    _: __Parent,
                ) -> crate::vendored::tenancy::__private::Unscoped<
                    crate::schema::invoice_lines::table,
                >
                where
                    __Parent: crate::vendored::tenancy::query::BelongsThroughAScope<Self>,
                {
                    crate::vendored::tenancy::__private::no_statement()
                }
            }
        };
    "#]]
    .assert_eq(&pretty(identifiable(input)));
}

#[test]
fn has_query_with_every_kind_of_field() {
    let input = quote! {
        #[diesel(table_name = invoices, check_for_backend(diesel::pg::Pg))]
        struct Invoice<T> {
            id: Uuid,
            #[diesel(column_name = type_, deserialize_as = Stored<Kind, u8>)]
            kind: Kind,
            #[diesel(embed)]
            customer: Customer<T>,
            #[diesel(select_expression = invoices::paid_at.is_not_null())]
            paid: bool,
            #[diesel(select_expression = total(), select_expression_type = Total<invoices::id>)]
            total: i64,
        }
    };
    expect![[r#"
        const _: () = {
            use ::tenancy::__private::diesel as __diesel;
            impl<T, __DB: __diesel::backend::Backend> __diesel::expression::Selectable<__DB>
            for Invoice<T>
            where
                Customer<T>: __diesel::expression::Selectable<__DB>,
            {
                type SelectExpression = (
                    invoices::id,
                    invoices::type_,
                    <Customer<T> as __diesel::expression::Selectable<__DB>>::SelectExpression,
                    __diesel::dsl::IsNotNull<invoices::paid_at>,
                    Total<invoices::id>,
                );
                fn construct_selection() -> Self::SelectExpression {
                    (
                        invoices::id,
                        invoices::type_,
                        <Customer<
                            T,
                        > as __diesel::expression::Selectable<__DB>>::construct_selection(),
                        invoices::paid_at.is_not_null(),
                        total(),
                    )
                }
            }
            #[allow(dead_code)]
            fn _check_field_compatibility<T>()
            where
                Uuid: __diesel::deserialize::FromSqlRow<
                    __diesel::dsl::SqlTypeOf<invoices::id>,
                    diesel::pg::Pg,
                >,
                Stored<
                    Kind,
                    u8,
                >: __diesel::deserialize::FromSqlRow<
                    __diesel::dsl::SqlTypeOf<invoices::type_>,
                    diesel::pg::Pg,
                >,
                Customer<
                    T,
                >: __diesel::deserialize::FromSqlRow<
                    __diesel::dsl::SqlTypeOf<
                        <Customer<
                            T,
                        > as __diesel::expression::Selectable<diesel::pg::Pg>>::SelectExpression,
                    >,
                    diesel::pg::Pg,
                >,
                bool: __diesel::deserialize::FromSqlRow<
                    __diesel::dsl::SqlTypeOf<__diesel::dsl::IsNotNull<invoices::paid_at>>,
                    diesel::pg::Pg,
                >,
                i64: __diesel::deserialize::FromSqlRow<
                    __diesel::dsl::SqlTypeOf<Total<invoices::id>>,
                    diesel::pg::Pg,
                >,
            {}
            impl<
                T,
                __DB: __diesel::backend::Backend,
                __ST0,
                __ST1,
                __ST2,
                __ST3,
                __ST4,
            > __diesel::deserialize::Queryable<(__ST0, __ST1, __ST2, __ST3, __ST4), __DB>
            for Invoice<T>
            where
                (
                    Uuid,
                    Stored<Kind, u8>,
                    Customer<T>,
                    bool,
                    i64,
                ): __diesel::deserialize::FromStaticSqlRow<
                    (__ST0, __ST1, __ST2, __ST3, __ST4),
                    __DB,
                >,
            {
                type Row = (Uuid, Stored<Kind, u8>, Customer<T>, bool, i64);
                fn build(row: Self::Row) -> __diesel::deserialize::Result<Self> {
                    #[allow(unused_imports)]
                    use ::core::convert::TryInto as _;
                    ::core::result::Result::Ok(Self {
                        id: row.0.try_into()?,
                        kind: row.1.try_into()?,
                        customer: row.2.try_into()?,
                        paid: row.3.try_into()?,
                        total: row.4.try_into()?,
                    })
                }
            }
            impl<T> ::tenancy::schema::ScopedModel for Invoice<T> {
                type Table = invoices::table;
            }
        };
    "#]]
    .assert_eq(&pretty(has_query(input)));
}

#[test]
fn has_query_on_a_tuple_struct() {
    let input = quote! {
        #[diesel(check_for_backend(disable = true))]
        struct Invoice(#[diesel(column_name = id)] Uuid);
    };
    expect![[r#"
        const _: () = {
            use ::tenancy::__private::diesel as __diesel;
            impl<__DB: __diesel::backend::Backend> __diesel::expression::Selectable<__DB>
            for Invoice {
                type SelectExpression = (invoices::id,);
                fn construct_selection() -> Self::SelectExpression {
                    (invoices::id,)
                }
            }
            impl<
                __DB: __diesel::backend::Backend,
                __ST0,
            > __diesel::deserialize::Queryable<(__ST0,), __DB> for Invoice
            where
                (Uuid,): __diesel::deserialize::FromStaticSqlRow<(__ST0,), __DB>,
            {
                type Row = (Uuid,);
                fn build(row: Self::Row) -> __diesel::deserialize::Result<Self> {
                    #[allow(unused_imports)]
                    use ::core::convert::TryInto as _;
                    ::core::result::Result::Ok(Self { 0: row.0.try_into()? })
                }
            }
            impl ::tenancy::schema::ScopedModel for Invoice {
                type Table = invoices::table;
            }
        };
    "#]]
    .assert_eq(&pretty(has_query(input)));
}

#[test]
fn mistakes() {
    let inputs = [
        quote!(
            enum Invoice {
                Open,
                Paid,
            }
        ),
        quote!(
            struct Invoice;
        ),
        quote!(
            #[tenancy(crate = tenancy)]
            struct Invoice {
                id: Uuid,
            }
        ),
        quote!(
            #[tenancy(krate = ::tenancy)]
            struct Invoice {
                id: Uuid,
            }
        ),
        quote!(
            #[diesel(table_name(invoices))]
            struct Invoice {
                id: Uuid,
            }
        ),
        quote!(
            #[diesel(primary_key(number, year))]
            struct Invoice {
                id: Uuid,
            }
        ),
        quote!(
            struct Invoice {
                number: i32,
            }
        ),
    ];
    let text = inputs.map(|input| pretty(identifiable(input))).join("\n");
    expect![[r#"
        ::core::compile_error! {
            "`Invoice` is no struct with fields, so it stands for no row\nhelp: derive this on a struct that has a field for each column\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "`Invoice` is no struct with fields, so it stands for no row\nhelp: derive this on a struct that has a field for each column\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "this attribute cannot be read: `tenancy` depends on where it is written: write `::tenancy` for a crate, or `crate::tenancy` for a module of this crate\nhelp: attributes are diesel's: `#[diesel(table_name = invoices, primary_key(id))]`\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "this attribute cannot be read: unknown attribute: `#[tenancy(..)]` takes `crate = ::path::to::tenancy`\nhelp: attributes are diesel's: `#[diesel(table_name = invoices, primary_key(id))]`\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "this attribute cannot be read: expected `=`\nhelp: attributes are diesel's: `#[diesel(table_name = invoices, primary_key(id))]`\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "`Invoice` has no field for the primary key column `number`\nhelp: add the field, or name the primary key: `#[diesel(primary_key(number))]`\nTEN0153: run `tenancy explain TEN0153`"
        }
        ::core::compile_error! {
            "`Invoice` has no field for the primary key column `year`\nhelp: add the field, or name the primary key: `#[diesel(primary_key(year))]`\nTEN0153: run `tenancy explain TEN0153`"
        }

        ::core::compile_error! {
            "`Invoice` has no field for the primary key column `id`\nhelp: add the field, or name the primary key: `#[diesel(primary_key(id))]`\nTEN0153: run `tenancy explain TEN0153`"
        }
    "#]].assert_eq(&text);
}

#[test]
fn has_query_mistakes() {
    let inputs = [
        quote!(
            #[diesel(base_query = invoices::table.filter(invoices::paid))]
            struct Invoice {
                id: Uuid,
            }
        ),
        quote!(
            #[diesel(check_for_backend(diesel::pg::Pg))]
            struct Invoice(Uuid, i64);
        ),
        quote!(
            struct Invoice {
                #[diesel(column_name = self)]
                id: Uuid,
            }
        ),
        quote!(
            #[diesel(check_for_backend(disable = false))]
            struct Invoice {
                id: Uuid,
            }
        ),
        quote!(
            struct Invoice {
                #[diesel(select_expression = if a { b } else { c })]
                total: i64,
            }
        ),
    ];
    let text = inputs.map(|input| pretty(has_query(input))).join("\n");
    expect![[r#"
        ::core::compile_error! {
            "`base_query` names no organization\nhelp: write a function that takes the scope: `fn base(scope: &OrgScope) -> .. { scope.from(..) }`\nhelp: or keep diesel's own `HasQuery` for a record of global tables\nTEN0152: run `tenancy explain TEN0152`"
        }

        ::core::compile_error! {
            "this field does not say which column it is\nhelp: write `#[diesel(column_name = ..)]` on each field of a tuple struct\nTEN0151: run `tenancy explain TEN0151`"
        }
        ::core::compile_error! {
            "this field does not say which column it is\nhelp: write `#[diesel(column_name = ..)]` on each field of a tuple struct\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "this attribute cannot be read: no column can be called `self`\nhelp: attributes are diesel's: `#[diesel(table_name = invoices, primary_key(id))]`\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "this attribute cannot be read: only `disable = true` means something: to check, leave it out\nhelp: attributes are diesel's: `#[diesel(table_name = invoices, primary_key(id))]`\nTEN0151: run `tenancy explain TEN0151`"
        }

        ::core::compile_error! {
            "the type of this expression is not clear: unsupported expression for auto_type, please provide a type hint\nhelp: say it: `#[diesel(select_expression_type = ..)]`\nTEN0151: run `tenancy explain TEN0151`"
        }
    "#]].assert_eq(&text);
}
