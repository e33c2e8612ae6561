//! The derives: diesel's attributes, so that a service changes nothing but the import.
mod attrs;
mod has_query;
mod identifiable;
mod record;

use proc_macro2::TokenStream;

use crate::errors::Errors;

/// `#[derive(Identifiable)]`.
pub(crate) fn identifiable(item: TokenStream) -> TokenStream {
    run(item, identifiable::expand)
}

/// `#[derive(HasQuery)]`.
pub(crate) fn has_query(item: TokenStream) -> TokenStream {
    run(item, has_query::expand)
}

/// On an error a derive adds nothing: no impl, no access.
fn run(item: TokenStream, expand: fn(&record::Record, &mut Errors) -> TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expansion = match syn::parse2::<syn::DeriveInput>(item) {
        Ok(item) => record::Record::read(item, &mut errors).map(|record| expand(&record, &mut errors)),
        Err(error) => return error.into_compile_error(),
    };
    if errors.is_empty() {
        return expansion.unwrap_or_default();
    }
    errors.0.iter().map(crate::errors::Error::to_compile_error).collect()
}
