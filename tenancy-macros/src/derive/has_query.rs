//! `HasQuery`'s twin: `Queryable` and `Selectable` as diesel's derive gives them, and `ScopedModel` in place of a
//! base query, because a base query would start from a table and an organization table starts from a scope.
//!
//! Only this derive implements `ScopedModel`: a record often derives `Identifiable` too, and two impls would clash.
use dsl_auto_type::Case;
use dsl_auto_type::auto_type::expression_type_inference as inference;
use proc_macro2::{Span, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::{Generics, Type, parse_quote};

use super::attrs::tuple;
use super::record::{Field, Record};
use crate::errors::{Code, Error, Errors};
use crate::paths;

pub(super) fn expand(record: &Record, errors: &mut Errors) -> TokenStream {
    if let Some(key) = &record.base_query {
        errors.push(
            Error::new(Code::BaseQuery, key.span(), format!("`{key}` names no organization"))
                .help("write a function that takes the scope: `fn base(scope: &OrgScope) -> .. { scope.from(..) }`")
                .help("or keep diesel's own `HasQuery` for a record of global tables"),
        );
        return TokenStream::new();
    }
    let columns = record.fields.iter().map(|field| selection(record, field, errors)).collect::<Vec<_>>();
    if !errors.is_empty() {
        // A field without a column has no path to select; what is built from it would not be Rust.
        return TokenStream::new();
    }
    let selectable = selectable(record, &columns);
    let check = check_for_backend(record, &columns);
    let queryable = queryable(record);
    let model = scoped_model(record);
    paths::with_diesel(&record.krate, &quote!(#selectable #check #queryable #model))
}

fn scoped_model(record: &Record) -> TokenStream {
    let Record { krate, name, table, generics, .. } = record;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        impl #impl_generics #krate::schema::ScopedModel for #name #ty_generics #where_clause {
            type Table = #table::table;
        }
    }
}

/// How one field is selected.
struct Selection {
    /// The expression's type; the placeholder `__DB` stands for the backend in an embedded record's.
    ty: Type,
    embedded: bool,
    value: TokenStream,
}

impl Selection {
    fn ty(&self, backend: &TokenStream) -> TokenStream {
        let ty = &self.ty;
        if self.embedded {
            quote!(<#ty as __diesel::expression::Selectable<#backend>>::SelectExpression)
        } else {
            quote!(#ty)
        }
    }
}

fn selection(record: &Record, field: &Field, errors: &mut Errors) -> Selection {
    let column = || {
        let (table, column) = (&record.table, &field.column);
        // Resolved at the derive, like any path that the developer writes.
        quote_spanned!(Span::call_site()=> #table::#column)
    };
    let value = match &field.select_expression {
        Some(expr) => quote!(#expr),
        None if field.embed => {
            let ty = &field.ty;
            quote!(<#ty as __diesel::expression::Selectable<__DB>>::construct_selection())
        }
        None => column(),
    };
    let (ty, embedded) = match (&field.select_expression, &field.select_expression_type) {
        (Some(expr), hint) => (infer(expr, hint.as_ref(), errors), false),
        (None, Some(ty)) => (ty.clone(), false),
        (None, None) if field.embed => (field.ty.clone(), true),
        (None, None) => {
            if field.column.is_none() {
                errors.push(nameless(field));
            }
            (Type::Verbatim(column()), false)
        }
    };
    Selection { ty, embedded, value }
}

fn nameless(field: &Field) -> Error {
    Error::new(Code::DeriveInput, field.span, "this field does not say which column it is")
        .help("write `#[diesel(column_name = ..)]` on each field of a tuple struct")
}

/// Diesel's own inference of an expression's type, with diesel's settings.
fn infer(expr: &syn::Expr, hint: Option<&Type>, errors: &mut Errors) -> Type {
    let settings = inference::InferrerSettings::builder()
        .dsl_path(parse_quote!(__diesel::dsl))
        .function_types_case(Case::DoNotChange)
        .method_types_case(Case::UpperCamel)
        .build();
    let (ty, inner) = inference::infer_expression_type(expr, hint, &settings);
    for error in inner {
        errors.push_syn(
            Code::DeriveInput,
            error,
            "the type of this expression is not clear",
            "say it: `#[diesel(select_expression_type = ..)]`",
        );
    }
    ty
}

fn selectable(record: &Record, columns: &[Selection]) -> TokenStream {
    let Record { name, generics, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let mut generics = with_backend(generics);
    for Field { ty, .. } in record.fields.iter().filter(|field| field.embed) {
        generics.make_where_clause().predicates.push(parse_quote!(#ty: __diesel::expression::Selectable<__DB>));
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let types = tuple(columns.iter().map(|column| column.ty(&quote!(__DB))));
    let values = tuple(columns.iter().map(|column| column.value.clone()));
    quote! {
        impl #impl_generics __diesel::expression::Selectable<__DB> for #name #ty_generics #where_clause {
            type SelectExpression = #types;

            fn construct_selection() -> Self::SelectExpression {
                #values
            }
        }
    }
}

fn with_backend(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.push(parse_quote!(__DB: __diesel::backend::Backend));
    generics
}

/// Says field by field which Rust type does not fit its column, where `load` would only say that something does not.
fn check_for_backend(record: &Record, columns: &[Selection]) -> TokenStream {
    let backends = match &record.check_for_backend {
        Some(Some(backends)) => backends.iter().map(|backend| quote!(#backend)).collect(),
        Some(None) => Vec::new(),
        None => enabled_backends(),
    };
    if backends.is_empty() {
        return TokenStream::new();
    }
    let mut generics = record.generics.clone();
    let clause = generics.make_where_clause();
    for (field, column) in record.fields.iter().zip(columns) {
        let (ty, span) = (field.read_as(), Span::mixed_site().located_at(field.span));
        for backend in &backends {
            let expression = column.ty(backend);
            clause.predicates.push(syn::parse_quote_spanned! {span=>
                #ty: __diesel::deserialize::FromSqlRow<__diesel::dsl::SqlTypeOf<#expression>, #backend>
            });
        }
    }
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[allow(dead_code)]
        fn _check_field_compatibility #impl_generics () #where_clause {}
    }
}

/// The backends that the build supports; `tenancy` passes its features on.
fn enabled_backends() -> Vec<TokenStream> {
    let postgres = cfg!(feature = "postgres").then(|| quote!(__diesel::pg::Pg));
    let sqlite = cfg!(feature = "sqlite").then(|| quote!(__diesel::sqlite::Sqlite));
    postgres.into_iter().chain(sqlite).collect()
}

fn queryable(record: &Record) -> TokenStream {
    let Record { name, generics, fields, .. } = record;
    let (_, ty_generics, _) = generics.split_for_impl();
    let sql_types = (0..fields.len()).map(|index| format_ident!("__ST{index}")).collect::<Vec<_>>();
    let row = tuple(fields.iter().map(|field| field.read_as()).map(|ty| quote!(#ty)));
    let sql_row = tuple(sql_types.iter().map(|ty| quote!(#ty)));
    let mut generics = with_backend(generics);
    generics.params.extend(sql_types.iter().map(|ty| -> syn::GenericParam { parse_quote!(#ty) }));
    let bound = parse_quote!(#row: __diesel::deserialize::FromStaticSqlRow<#sql_row, __DB>);
    generics.make_where_clause().predicates.push(bound);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    let members = fields.iter().map(|field| &field.member);
    let index = (0..fields.len()).map(syn::Index::from);
    quote! {
        impl #impl_generics __diesel::deserialize::Queryable<#sql_row, __DB> for #name #ty_generics #where_clause {
            type Row = #row;

            fn build(row: Self::Row) -> __diesel::deserialize::Result<Self> {
                // A method call, as in diesel: a type may have a `try_into` of its own.
                #[allow(unused_imports)]
                use ::core::convert::TryInto as _;
                ::core::result::Result::Ok(Self { #(#members: row.#index.try_into()?,)* })
            }
        }
    }
}
