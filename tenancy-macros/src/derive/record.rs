//! A struct that stands for rows, as diesel's derives see it.
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Data, DeriveInput, Expr, Fields, Generics, Ident, Index, Path, Type};

use super::attrs::{self, Attr};
use crate::errors::{Code, Error, Errors};

/// The struct.
pub(super) struct Record {
    pub(super) krate: Path,
    pub(super) name: Ident,
    pub(super) generics: Generics,
    /// The path of the table's module.
    pub(super) table: Path,
    pub(super) primary_key: Vec<Ident>,
    /// `Some(None)`: checks are switched off. `None`: nothing is said.
    pub(super) check_for_backend: Option<Option<Vec<Path>>>,
    /// The key `base_query` or `base_query_type`, which we refuse.
    pub(super) base_query: Option<Ident>,
    pub(super) fields: Vec<Field>,
}

/// One field.
pub(super) struct Field {
    /// `name` or `0`.
    pub(super) member: TokenStream,
    pub(super) ty: Type,
    /// The column's name; a tuple struct's field has one only by attribute.
    pub(super) column: Option<Ident>,
    pub(super) serialize_as: Option<Type>,
    pub(super) deserialize_as: Option<Type>,
    pub(super) select_expression: Option<Expr>,
    pub(super) select_expression_type: Option<Type>,
    pub(super) embed: bool,
    pub(super) span: Span,
}

impl Record {
    /// Reads the struct; `None` when there is nothing that could be one.
    pub(super) fn read(item: DeriveInput, errors: &mut Errors) -> Option<Self> {
        let fields = match &item.data {
            Data::Struct(data) if !matches!(data.fields, Fields::Unit) => &data.fields,
            _ => {
                let headline = format!("`{}` is no struct with fields, so it stands for no row", item.ident);
                errors.push(
                    Error::new(Code::DeriveInput, item.ident.span(), headline)
                        .help("derive this on a struct that has a field for each column"),
                );
                return None;
            }
        };
        let fields = fields
            .iter()
            .enumerate()
            .filter_map(|(index, field)| Field::read(field, index).map_err(|error| unreadable(error, errors)).ok());
        let fields = fields.collect();
        let krate = attrs::krate(&item.attrs).map_err(|error| unreadable(error, errors)).ok()?;
        let keys = attrs::read(&item.attrs).map_err(|error| unreadable(error, errors)).ok()?;
        let mut record = Self {
            krate,
            table: infer_table(&item.ident).into(),
            primary_key: vec![Ident::new("id", Span::call_site())],
            name: item.ident,
            generics: item.generics,
            check_for_backend: None,
            base_query: None,
            fields,
        };
        keys.into_iter().for_each(|key| record.apply(key));
        Some(record)
    }

    fn apply(&mut self, attr: Attr) {
        match attr {
            Attr::TableName(path) => self.table = path,
            Attr::PrimaryKey(columns) => self.primary_key = columns,
            Attr::CheckForBackend(backends) => self.check_for_backend = Some(backends),
            Attr::BaseQuery(key) => self.base_query = Some(key),
            // The rest belongs to fields or to other derives, which complain themselves.
            _ => {}
        }
    }

    /// The field of a column, or the error that there is none.
    pub(super) fn field(&self, column: &Ident) -> Result<&Field, Error> {
        // Raw or not, it is the same column.
        let wanted = syn::ext::IdentExt::unraw(column);
        let is_it = |field: &&Field| field.column.as_ref().is_some_and(|own| syn::ext::IdentExt::unraw(own) == wanted);
        self.fields.iter().find(is_it).ok_or_else(|| {
            let headline = format!("`{}` has no field for the primary key column `{column}`", self.name);
            Error::new(Code::NoSuchField, if column == "id" { self.name.span() } else { column.span() }, headline)
                .help(format!("add the field, or name the primary key: `#[diesel(primary_key({column}))]`"))
        })
    }
}

impl Field {
    fn read(field: &syn::Field, index: usize) -> syn::Result<Self> {
        let member = field.ident.as_ref().map_or_else(|| Index::from(index).into_token_stream(), |name| quote!(#name));
        let mut read = Self {
            member,
            ty: field.ty.clone(),
            column: field.ident.clone(),
            serialize_as: None,
            deserialize_as: None,
            select_expression: None,
            select_expression_type: None,
            embed: false,
            span: field.span(),
        };
        for key in attrs::read(&field.attrs)? {
            match key {
                Attr::ColumnName(name) => read.column = Some(name),
                Attr::SerializeAs(ty) => read.serialize_as = Some(ty),
                Attr::DeserializeAs(ty) => read.deserialize_as = Some(ty),
                Attr::SelectExpression(expr) => read.select_expression = Some(expr),
                Attr::SelectExpressionType(ty) => read.select_expression_type = Some(ty),
                Attr::Embed => read.embed = true,
                _ => {}
            }
        }
        Ok(read)
    }

    /// The type that a row's value is read as.
    pub(super) fn read_as(&self) -> &Type {
        self.deserialize_as.as_ref().unwrap_or(&self.ty)
    }
}

fn unreadable(error: syn::Error, errors: &mut Errors) {
    errors.push_syn(
        Code::DeriveInput,
        error,
        "this attribute cannot be read",
        "attributes are diesel's: `#[diesel(table_name = invoices, primary_key(id))]`",
    );
}

/// Diesel's rule for a table that is not named: the struct's name in snake case, with an `s`.
fn infer_table(name: &Ident) -> Ident {
    let mut table = String::new();
    for (position, letter) in syn::ext::IdentExt::unraw(name).to_string().chars().enumerate() {
        if letter.is_uppercase() && position > 0 {
            table.push('_');
        }
        table.extend(letter.to_lowercase());
    }
    table.push('s');
    Ident::new(&table, name.span())
}
