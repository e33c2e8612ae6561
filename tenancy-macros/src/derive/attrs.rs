//! `#[diesel(..)]`: every key that diesel 2.3 knows, because its own derives read the same attributes.
use proc_macro2::{TokenStream, TokenTree};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Ident, LitStr, Path, Token, Type};

/// One `key`, `key = value` or `key(..)`, with the keys that our derives use told apart.
pub(super) enum Attr {
    TableName(Path),
    PrimaryKey(Vec<Ident>),
    CheckForBackend(Option<Vec<Path>>),
    BaseQuery(Ident),
    ColumnName(Ident),
    SerializeAs(Type),
    DeserializeAs(Type),
    SelectExpression(Expr),
    SelectExpressionType(Type),
    Embed,
    /// A key of another derive of diesel, checked by that derive.
    Other,
}

/// Reads every `#[diesel(..)]` among `attrs`.
pub(super) fn read(attrs: &[Attribute]) -> syn::Result<Vec<Attr>> {
    let mut keys = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident("diesel")) {
        keys.extend(attr.parse_args_with(Punctuated::<Attr, Token![,]>::parse_terminated)?);
    }
    Ok(keys)
}

impl Parse for Attr {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let key: Ident = input.call(Ident::parse_any)?;
        match key.to_string().as_str() {
            "table_name" => equals(input).map(Self::TableName),
            "primary_key" => list(input).map(Self::PrimaryKey),
            "check_for_backend" => check_for_backend(input).map(Self::CheckForBackend),
            "base_query" => {
                equals::<Expr>(input)?;
                Ok(Self::BaseQuery(key))
            }
            "base_query_type" => {
                equals::<Type>(input)?;
                Ok(Self::BaseQuery(key))
            }
            "column_name" => column_name(input).map(Self::ColumnName),
            "serialize_as" => equals(input).map(Self::SerializeAs),
            "deserialize_as" => equals(input).map(Self::DeserializeAs),
            "select_expression" => equals(input).map(Self::SelectExpression),
            "select_expression_type" => equals(input).map(Self::SelectExpressionType),
            "embed" => Ok(Self::Embed),
            "sql_type" => equals::<Type>(input).map(|_| Self::Other),
            _ => skip(input),
        }
    }
}

fn equals<T: Parse>(input: ParseStream) -> syn::Result<T> {
    input.parse::<Token![=]>()?;
    input.parse()
}

fn list<T: Parse>(input: ParseStream) -> syn::Result<Vec<T>> {
    let content;
    syn::parenthesized!(content in input);
    Ok(Punctuated::<T, Token![,]>::parse_terminated(&content)?.into_iter().collect())
}

/// `check_for_backend(diesel::pg::Pg, ..)`, or `check_for_backend(disable = true)`, which is `None`.
fn check_for_backend(input: ParseStream) -> syn::Result<Option<Vec<Path>>> {
    let fork = input.fork();
    let content;
    syn::parenthesized!(content in fork);
    if !(content.peek(Ident) && content.peek2(Token![=])) {
        return list(input).map(Some);
    }
    input.parse::<TokenTree>()?;
    content.parse::<Ident>()?;
    let disable = equals::<syn::LitBool>(&content)?;
    if disable.value {
        return Ok(None);
    }
    Err(syn::Error::new(disable.span, "only `disable = true` means something: to check, leave it out"))
}

/// A name, or the name in quotes; `type` is a column's name in the table's module only as `r#type`.
fn column_name(input: ParseStream) -> syn::Result<Ident> {
    input.parse::<Token![=]>()?;
    let ident = if input.peek(LitStr) {
        input.parse::<LitStr>()?.parse_with(Ident::parse_any)?
    } else {
        input.call(Ident::parse_any)?
    };
    let name = ident.to_string();
    let rust = syn::parse_str::<Ident>(&name).or_else(|_| syn::parse_str(&format!("r#{name}")));
    // `self`, `super` and `crate` are names in neither form.
    let mut rust = rust.map_err(|_| syn::Error::new(ident.span(), format!("no column can be called `{name}`")))?;
    rust.set_span(ident.span());
    Ok(rust)
}

/// Goes past a value that is not ours, to the comma that ends it.
fn skip(input: ParseStream) -> syn::Result<Attr> {
    let mut depth = 0_usize;
    while !input.is_empty() && (depth > 0 || !input.peek(Token![,])) {
        // Commas between `<` and `>` belong to the value's type.
        match input.parse::<TokenTree>()? {
            TokenTree::Punct(punct) if punct.as_char() == '<' => depth += 1,
            TokenTree::Punct(punct) if punct.as_char() == '>' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    Ok(Attr::Other)
}

/// `#[tenancy(crate = path)]`.
pub(super) fn krate(attrs: &[Attribute]) -> syn::Result<Path> {
    let mut own = attrs.iter().filter(|attr| attr.path().is_ident("tenancy"));
    let Some(attr) = own.next() else {
        return Ok(crate::paths::default_crate());
    };
    attr.parse_args::<crate::paths::CrateAttribute>().map(|attribute| attribute.0)
}

/// Tokens of a list, each followed by a comma: what a tuple type or value takes, one element included.
pub(super) fn tuple(elements: impl IntoIterator<Item = TokenStream>) -> TokenStream {
    let elements = elements.into_iter();
    quote::quote!((#(#elements,)*))
}
