//! Paths that hold wherever a macro is used.
use proc_macro2::TokenStream;
use quote::quote;
use syn::parse::{Parse, ParseStream};
use syn::{Path, parse_quote};

/// Where `tenancy` is unless a `crate = path` override says otherwise.
pub(crate) fn default_crate() -> Path {
    parse_quote!(::tenancy)
}

/// A derive's items, in a block of their own where `__diesel` is the diesel that `tenancy` itself uses: a service may
/// rename or hide its own dependency on diesel.
pub(crate) fn with_diesel(krate: &Path, items: &TokenStream) -> TokenStream {
    quote! {
        const _: () = {
            use #krate::__private::diesel as __diesel;
            #items
        };
    }
}

/// The value of a `crate = path` override.
///
/// The expansion has modules of its own, where a relative path would mean something else than it does where
/// the developer wrote it, so only paths that mean the same everywhere are taken.
pub(crate) fn parse_crate(input: ParseStream) -> syn::Result<Path> {
    let path = Path::parse_mod_style(input)?;
    let first = path.segments.first().map(|segment| segment.ident.to_string());
    let absolute = path.leading_colon.is_some() || matches!(first.as_deref(), Some("crate" | "$crate"));
    if absolute {
        return Ok(path);
    }
    let written = quote!(#path).to_string().replace(' ', "");
    Err(syn::Error::new_spanned(
        &path,
        format!(
            "`{written}` depends on where it is written: write `::{written}` for a crate, or `crate::{written}` for \
             a module of this crate"
        ),
    ))
}

/// `#[tenancy(crate = path)]` on a derive's struct.
pub(crate) struct CrateAttribute(pub(crate) Path);

impl Parse for CrateAttribute {
    fn parse(input: ParseStream) -> syn::Result<Self> {
        let unknown = "unknown attribute: `#[tenancy(..)]` takes `crate = ::path::to::tenancy`";
        input.parse::<syn::Token![crate]>().map_err(|error| syn::Error::new(error.span(), unknown))?;
        input.parse::<syn::Token![=]>()?;
        let path = parse_crate(input)?;
        if input.is_empty() { Ok(Self(path)) } else { Err(input.error(unknown)) }
    }
}
