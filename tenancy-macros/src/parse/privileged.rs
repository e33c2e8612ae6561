//! `privileged(invoices: delete = invoice::Delete, update(status) = invoice::Void);`
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Ident, Path, Token, parenthesized, token};

use super::table_ref::TableRef;

/// What one `privileged(..)` says of one table.
#[derive(Clone)]
pub(crate) struct RawPrivileges {
    pub(crate) table: TableRef,
    pub(crate) statements: Vec<RawPrivilege>,
}

/// One kind of statement, and the action of its permit.
#[derive(Clone)]
pub(crate) struct RawPrivilege {
    pub(crate) kind: StatementKind,
    pub(crate) action: Path,
    pub(crate) span: Span,
}

/// A kind of statement.
#[derive(Clone)]
pub(crate) enum StatementKind {
    Delete,
    /// Every UPDATE.
    Update,
    /// An UPDATE that sets one of these columns.
    UpdateColumns(Vec<Ident>),
}

impl Parse for RawPrivileges {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let table = input.parse()?;
        input.parse::<Token![:]>()?;
        let statements = Punctuated::<RawPrivilege, Token![,]>::parse_terminated(input)?;
        if statements.is_empty() {
            return Err(input.error("expected `delete = ..`, `update = ..` or `update(column) = ..`"));
        }
        Ok(Self { table, statements: statements.into_iter().collect() })
    }
}

impl Parse for RawPrivilege {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let name = Ident::parse_any(input)?;
        let columns = if input.peek(token::Paren) {
            let content;
            parenthesized!(content in input);
            Some(Punctuated::<Ident, Token![,]>::parse_terminated_with(&content, Ident::parse_any)?)
        } else {
            None
        };
        let kind = match (name.to_string().as_str(), columns) {
            ("delete", None) => StatementKind::Delete,
            ("update", None) => StatementKind::Update,
            ("update", Some(columns)) if !columns.is_empty() => {
                StatementKind::UpdateColumns(columns.into_iter().collect())
            }
            _ => {
                let forms = "expected `delete = ..`, `update = ..` or `update(column, ..) = ..`";
                return Err(syn::Error::new(name.span(), forms));
            }
        };
        input.parse::<Token![=]>()?;
        Ok(Self { kind, action: input.call(Path::parse_mod_style)?, span: name.span() })
    }
}
